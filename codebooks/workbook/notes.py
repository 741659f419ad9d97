"""The remarks about one file, collected: many of one sort become some examples and a count."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from codebooks.importing.offers import Remark
from codebooks.workbook.words import CHINESE, ENGLISH, Phrase, say

SHOWN = 20
_EXAMPLES = 5


@dataclass(slots=True)
class Notes:
    """What there is to say about a file."""

    remarks: list[Remark] = field(default_factory=list)
    _many: dict[str, int] = field(default_factory=dict)
    _first: dict[str, Phrase] = field(default_factory=dict)

    def tell(self, key: str, place: str = "", **holes: object) -> None:
        """Something to know."""
        self._add(key, place, blocks=False, **holes)

    def block(self, key: str, place: str = "", **holes: object) -> None:
        """Something that keeps the file out."""
        self._add(key, place, blocks=True, **holes)

    def listed(self, key: str, found: Sequence[str], place: str = "", **holes: object) -> None:
        """One remark over many cases: their number and the first of them; none where there is no case."""
        if found:
            shown = "、".join(found[:_EXAMPLES]) + ("……" if len(found) > _EXAMPLES else "")
            self._add(key, place, blocks=False, count=len(found), shown=shown, **holes)

    @property
    def blocked(self) -> bool:
        """Whether something keeps the file out."""
        return any(remark.blocks for remark in self.remarks)

    def all(self) -> tuple[Remark, ...]:
        """The remarks, what blocks first; what was not listed is counted."""
        rest = [
            _remark("more_of_this", count=count - SHOWN, example=self._first[key])
            for key, count in self._many.items()
            if count > SHOWN
        ]
        return tuple(sorted([*self.remarks, *rest], key=lambda remark: not remark.blocks))

    def _add(self, key: str, place: str, *, blocks: bool, **holes: object) -> None:
        self._many[key] = self._many.get(key, 0) + 1
        self._first.setdefault(key, Phrase(key, holes))
        if self._many[key] <= SHOWN:
            self.remarks.append(_remark(key, place, blocks=blocks, **holes))


def at(sheet: str, row: int) -> str:
    """A row as people name it."""
    return say("place", sheet=sheet, row=row)


def _remark(key: str, place: str = "", *, blocks: bool = False, **holes: object) -> Remark:
    """A remark in both languages."""
    return Remark(say(key, CHINESE, **holes), place, blocks, say(key, ENGLISH, **holes))
