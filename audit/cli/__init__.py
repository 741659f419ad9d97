"""The command line ``qingdan``: the same core as the window, for scripts and for workstations without one.

Answers go to stdout, progress and messages to stderr. Exit codes: 0 fine, 1 blocking findings or a partly
unreadable import, 2 unusable input or usage, 3 our fault.
"""

import sys
from collections.abc import Sequence

from audit.cli.arguments import parser
from audit.cli.usage import asked_language
from audit.messages import say

FINE, BLOCKED, UNUSABLE, OUR_FAULT = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    language = asked_language(given)
    try:
        options = parser(language).parse_args(given)
        # Reading tables takes half a second to load; --help and a wrong word are answered without.
        from audit.cli.running import run

        return run(options, language)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else FINE
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{say('interrupted', language)}\n")
        return UNUSABLE


def _prepare_streams() -> None:
    """Chinese must come out whatever the console's code page is; what it cannot show is escaped, not lost."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            encoding = stream.encoding if stream.isatty() else "utf-8"
            reconfigure(encoding=encoding, errors="backslashreplace")


__all__ = ["main"]
