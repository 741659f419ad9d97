"""Runs one command and turns whatever stops it into a sentence and an exit code; never a traceback."""

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Callable

from audit.cli.context import FINE, OUR_FAULT, UNUSABLE, Context
from audit.messages import Stopped
from codebooks import CodebookError
from groupers import SchemeError
from records import Cancelled, Unreadable

Command = Callable[[Context], int]
GONE = (errno.EPIPE, errno.EINVAL)
"""What writing to a reader that has gone (``head``, ``less``) fails with; Windows says "invalid"."""


def run(options: argparse.Namespace, language: str) -> int:
    """Run the command that ``options`` name; its exit code."""
    context = Context(options, language)
    try:
        module, _, function = str(options.run).partition(".")
        command: Command = getattr(importlib.import_module(f"audit.cli.{module}"), function)
        code = command(context)
        sys.stdout.flush()
        return code
    except Stopped as error:
        context.tell(error.text(language))
    except Unreadable as error:
        context.tell(error.problem.message(language))
    except SchemeError as error:
        context.tell(error.message("en" if language == "en" else "zh"))
    except CodebookError as error:
        context.tell(str(error))
    except Cancelled:
        context.tell(context.say("cancelled"))
    except MemoryError:
        context.tell(context.say("out_of_memory"))
    except OSError as error:
        if isinstance(error, BrokenPipeError) or (error.errno in GONE and error.filename is None):
            return _reader_gone()
        name = os.path.basename(str(error.filename or ""))  # noqa: PTH119 - a name, not a path
        context.tell(context.say("system_refused", where=name, why=error.strerror or type(error).__name__))
    except Exception as error:  # noqa: BLE001 - a person never sees a traceback
        context.tell(context.say("our_fault", kind=_shape(error)))
        return OUR_FAULT
    return UNUSABLE


def _reader_gone() -> int:
    """That is no failure; what is still to be flushed at the end goes nowhere."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:
        return FINE
    return FINE


def _shape(error: BaseException) -> str:
    """Kind of failure and place in our code; never its message, which may hold patient data."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{os.path.basename(code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119 - a name, not a path
        trace = trace.tb_next
    return f"{type(error).__name__} {place}"
