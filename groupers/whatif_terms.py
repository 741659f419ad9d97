"""What the code books say of a code that would stand first: its name, and why it had better not.

The doubts are the flags of the code table that have words (``doubt_<flag>`` in ``texts/whatif.csv``), and the
scheme's lists of diagnoses that have some.
"""

from dataclasses import dataclass

import numpy as np

from codebooks import CodeTable
from groupers.scheme import Scheme
from groupers.texts import table

DOUBT = "doubt_"
UNKNOWN, ASTERISK = "unknown", "asterisk"


@dataclass(frozen=True, slots=True)
class Terms:
    """The code tables of diagnoses and procedures; either may be missing, then nothing is known of a code."""

    diagnoses: CodeTable | None = None
    procedures: CodeTable | None = None

    def _table(self, *, procedures: bool) -> CodeTable | None:
        return self.procedures if procedures else self.diagnoses

    def name(self, code: str, *, procedures: bool) -> str:
        """The name of a code, empty where it is not known."""
        book = self._table(procedures=procedures)
        if book is None or not code:
            return ""
        at = int(book.ids([code])[0])
        return "" if at < 0 else book.names[at]

    def shown(self, code: str, *, procedures: bool) -> str:
        """Code and name."""
        return f"{code} {self.name(code, procedures=procedures)}".strip()

    def doubts(self, code: str, scheme: Scheme, *, procedures: bool) -> tuple[str, ...]:
        """Why this code is doubtful in first place, as names of flags and lists with words."""
        spoken = [key.removeprefix(DOUBT) for key in table("whatif") if key.startswith(DOUBT)]
        if _alone(code):
            return (ASTERISK,)
        found: list[str] = []
        book = self._table(procedures=procedures)
        if book is not None:
            at = int(book.ids([code])[0])
            if at < 0:
                found.append(UNKNOWN)
            else:
                flags = [name for name in spoken if name in book.column_names and name != ASTERISK]
                found += [name for name in flags if bool(book.column(name)[at])]
        if not procedures:
            ids = scheme.dx.ids([code])
            lists = [name for name in spoken if name in scheme.lists]
            found += [name for name in lists if bool(np.any(scheme.lists[name].lut[ids]))]
        return tuple(dict.fromkeys(found))


def _alone(code: str) -> bool:
    """Whether it is an asterisk code without the dagger code of its cause, as ICD-10 writes them."""
    return code.endswith("*") and "+" not in code
