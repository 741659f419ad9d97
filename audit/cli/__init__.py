"""The command line ``qingdan``: the same core as the window, for scripts and for workstations without one.

Answers go to stdout, progress and messages to stderr. Exit codes: 0 fine, 1 blocking findings or a partly
unreadable import, 2 unusable input or usage, 3 our fault.
"""

import os
import sys
from collections.abc import Sequence

from audit.cli.arguments import parser
from audit.cli.context import FINE, OUR_FAULT, UNUSABLE, Context
from audit.messages import Stopped, say
from codebooks import CodebookError
from records import Cancelled, Unreadable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Chinese must come out whatever the console's code page is; what it cannot show is escaped, not lost.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            encoding = "utf-8" if not stream.isatty() else stream.encoding
            reconfigure(encoding=encoding, errors="backslashreplace")
    options = parser().parse_args(arguments)
    context = Context(options)
    try:
        code: int = options.run(context)
    except Stopped as error:
        context.tell(error.text(context.language))
        return UNUSABLE
    except Unreadable as error:
        context.tell(error.problem.message(context.language))
        return UNUSABLE
    except CodebookError as error:
        context.tell(str(error))
        return UNUSABLE
    except Cancelled:
        context.tell(say("cancelled", context.language))
        return UNUSABLE
    except KeyboardInterrupt:
        context.tell(say("cancelled", context.language))
        return UNUSABLE
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; that is no failure.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except MemoryError:
        context.tell(say("out_of_memory", context.language))
        return UNUSABLE
    except Exception as error:  # noqa: BLE001 - a person never sees a traceback
        context.tell(say("our_fault", context.language, kind=_shape(error)))
        return OUR_FAULT
    return code


def _shape(error: BaseException) -> str:
    """Kind of failure and place in our code; never its message, which may hold patient data."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{os.path.basename(code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119 - a name, not a path
        trace = trace.tb_next
    return f"{type(error).__name__} {place}"


__all__ = ["main"]
