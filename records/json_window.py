"""A window on a long JSON text: values are decoded from it one by one, and what is done with is let go.

The text comes in pieces; a value that is cut by the end of the window waits for more. Positions are those of
the whole text. Not here: what the values are.
"""

import re
from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any

from records.json_text import decode

_BETWEEN = re.compile("[ \t\r\n\ufeff]*")
_OVERLAP = 200
"""No sign that is looked for is longer."""
_CUT_LITERAL = 9
"""``-Infinity`` is the longest word that a window may cut."""


class TooLarge(ValueError):
    """A value is longer than any message is."""


class Window:
    """``text`` is what is in view, ``start`` the place of its first character in the whole, ``at`` where we are."""

    def __init__(self, pieces: Iterator[str], longest: int) -> None:
        self.text = ""
        self.start = 0
        self.at = 0
        self._pieces = pieces
        self._longest = longest
        self._lines = 1
        self._line_start = 0

    def _more(self) -> bool:
        """Take in another piece, letting go of what is before ``at``; whether there was one."""
        piece = next((piece for piece in self._pieces if piece), None)
        if piece is None:
            return False
        newlines = self.text.count("\n", 0, self.at)
        if newlines:
            self._lines += newlines
            self._line_start = self.start + self.text.rfind("\n", 0, self.at) + 1
        self.text = self.text[self.at :] + piece
        self.start += self.at
        self.at = 0
        return True

    def _twice(self) -> bool:
        """Take in as much again as there is from ``at``, so that a long value is not decoded too often."""
        wanted = 2 * (len(self.text) - self.at)
        if not self._more():
            return False
        while len(self.text) < wanted and self._more():
            pass
        return True

    def at_value(self) -> bool:
        """Go on to what is not white space; whether there is anything."""
        while True:
            found = _BETWEEN.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return True
            if not self._more():
                return False

    def value(self) -> tuple[Any, int]:
        """The value here and where it ends in view; ``at`` stays at its start.

        Raises ``JSONDecodeError`` where it is broken, with the place in view, and ``TooLarge``.
        """
        while True:
            size = len(self.text)
            try:
                value, end = decode(self.text, self.at)
            except JSONDecodeError as error:
                if not _may_be_cut(error, size):
                    raise
                if size - self.at > self._longest:
                    raise TooLarge from None
                if not self._twice():
                    raise
            else:
                # A bare number may go on behind the end of the window.
                if end < size or self.text[self.at] in '{["' or not self._twice():
                    return value, end

    def find(self, signs: re.Pattern[str]) -> bool:
        """Go on to where the group ``sign`` of ``signs`` begins; whether there is one (else to the end)."""
        while True:
            found = signs.search(self.text, self.at)
            if found is not None:
                self.at = found.start("sign")
                return True
            self.at = max(self.at, len(self.text) - _OVERLAP)
            if not self._more():
                self.at = len(self.text)
                return False

    def line(self, at: int) -> int:
        """The line of a place in view, from 1."""
        return self._lines + self.text.count("\n", 0, at)

    def column(self, at: int) -> int:
        """The place in its line of a place in view, from 1."""
        newline = self.text.rfind("\n", 0, at)
        return at - newline if newline >= 0 else self.start + at - self._line_start + 1


def _may_be_cut(error: JSONDecodeError, size: int) -> bool:
    return error.pos >= size - _CUT_LITERAL or error.msg.startswith("Unterminated string")
