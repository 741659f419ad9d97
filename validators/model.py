"""What a check is: data about it, its function, its fix. Not here: running (``engine``), words (``texts``)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from numpy.typing import NDArray

from records import Batch, Column, Edit
from records.arrow import Mask


class Severity(StrEnum):
    """``error`` blocks the export of a case, ``warning`` is doubtful, ``hint`` may be worth a look."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Level(StrEnum):
    """``safe`` keeps the meaning exactly, ``confirm`` wants a person, ``advice`` is only shown."""

    SAFE = "safe"
    CONFIRM = "confirm"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Basis:
    """The document and clause that a check rests on; ``craft`` where it is experience."""

    document: str
    clause: str = ""


CRAFT = Basis("craft")


@dataclass(frozen=True, slots=True)
class Found:
    """What a check may return instead of a bare mask: the mask and values for the holes of its message.

    ``holes`` are columns as long as the table; a message may also name any column of the flagged row,
    ``{value}`` (the flagged field) and thresholds.
    """

    mask: Mask
    holes: Mapping[str, Column] = field(default_factory=dict)


Settings: TypeAlias = Mapping[str, float]
Rows: TypeAlias = NDArray[Any]
CheckFunction: TypeAlias = Callable[..., "Mask | Found"]
Repair: TypeAlias = "tuple[Edit, ...]"
FixFunction: TypeAlias = Callable[[Batch, Rows], Sequence[Repair]]
"""Gets the flagged rows of the check's table; gives for each the edits that mend it (none: cannot)."""


@dataclass(frozen=True, slots=True)
class Fix:
    """How a finding can be mended, and how sure that is."""

    level: Level
    function: FixFunction


@dataclass(slots=True)
class Check:
    """One check. ``key`` is the id, or ``id:node.field`` for one made from a layout."""

    id: str
    severity: Severity
    fields: tuple[str, ...]
    optional: tuple[str, ...]
    basis: Basis
    since: str
    function: CheckFunction
    key: str = ""
    thresholds: tuple[str, ...] = ()
    across_cases: bool = False
    fix: Fix | None = None
    holes: Mapping[str, str] = field(default_factory=dict)
    points_to: str = ""
    table: str = field(init=False)
    """The table whose rows the check's mask speaks of."""
    column: str = field(init=False)
    """The column that a finding points to."""

    def __post_init__(self) -> None:
        self.key = self.key or self.id
        self.table, _, own = self.fields[0].partition(".")
        self.column = self.points_to or own
