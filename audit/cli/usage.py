"""The argument parser with its own words in the user's language. Not here: which commands there are."""

import argparse
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from audit.messages import LANGUAGES, say

DEFAULT = "zh"
UNUSABLE = 2
# What argparse says, and the key of our words for it; the groups fill {names} and {why}.
PATTERNS = (
    ("usage_required", re.compile(r"the following arguments are required: (?P<names>.+)")),
    ("usage_unrecognized", re.compile(r"unrecognized arguments: (?P<names>.+)")),
    (
        "usage_choice",
        re.compile(r"argument (?P<names>.+?): invalid choice: (?P<why>.+?) \(choose from (?P<choices>.+)\)"),
    ),
    ("usage_value", re.compile(r"argument (?P<names>.+?): invalid \w+ value: (?P<why>.+)")),
    ("usage_expected", re.compile(r"argument (?P<names>.+?): expected .+ arguments?")),
    ("usage_no_value", re.compile(r"argument (?P<names>.+?): ignored explicit argument (?P<why>.+)")),
)


def asked_language(arguments: Sequence[str]) -> str:
    """The language that the arguments or the environment ask for; Chinese where they do not."""
    wanted = os.environ.get("QINGDAN_LANGUAGE", DEFAULT)
    for at, word in enumerate(arguments):
        if word == "--language" and at + 1 < len(arguments):
            wanted = arguments[at + 1]
        elif word.startswith("--language="):
            wanted = word.partition("=")[2]
    return wanted if wanted in LANGUAGES else DEFAULT


class Parser(argparse.ArgumentParser):
    """A parser whose help and errors are in ``language``; options are never abbreviated."""

    def __init__(self, *, language: str = DEFAULT, add_help: bool = True, **given: Any) -> None:  # noqa: ANN401
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=_formatter(language), **given)
        self._language = language
        if add_help:  # one that only lends its arguments keeps the titles, by which they are put together
            self._positionals.title = say("usage_inputs", language)
            self._optionals.title = say("usage_options", language)
            self.add_argument("-h", "--help", action="help", help=say("help_help", language))

    def error(self, message: str) -> NoReturn:
        """What is wrong and how to see the usage, on stderr; then exit 2."""
        for key, pattern in PATTERNS:
            found = pattern.fullmatch(message)
            if found:
                message = say(key, self._language, **found.groupdict())
                break
        sys.stderr.write(say("usage_wrong", self._language, what=message, program=self.prog) + "\n")
        self.exit(UNUSABLE)


def _formatter(language: str) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.HelpFormatter):
        def add_usage(
            self,
            usage: str | None,
            actions: Iterable[argparse.Action],
            groups: "Iterable[argparse._MutuallyExclusiveGroup]",
            prefix: str | None = None,
        ) -> None:
            own = say("usage_prefix", language) if prefix is None else prefix
            super().add_usage(usage, actions, groups, own)

    return Formatter
