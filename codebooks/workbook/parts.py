"""The rows of a workbook as plain records, each with the place it came from."""

from dataclasses import dataclass, field

from codebooks.workbook.formulas import Constant, Formula

MDC, ADRG, DRG = "mdc", "adrg", "drg"


@dataclass(frozen=True, slots=True)
class Source:
    """Sheet and row as people count them."""

    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Group:
    """An MDC, ADRG or DRG: ``rule`` as printed, its tree, and the codes above it (empty: none)."""

    level: str
    code: str
    name: str
    rule: str
    formula: Formula
    sort: float
    source: Source
    adrg: str = ""
    mdc: str = ""

    @property
    def always(self) -> bool:
        """Whether the rule cell is empty (and not the number 1)."""
        return not self.rule and self.formula == Constant(value=True)


@dataclass(frozen=True, slots=True)
class Member:
    """A code of a set; ``procedures`` says of which sort."""

    name: str
    code: str
    title: str
    procedures: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Comorbid:
    """A diagnosis that complicates: MCC or CC, and its exclusion table (empty: never excluded)."""

    code: str
    title: str
    level: str
    table: str
    source: Source


@dataclass(frozen=True, slots=True)
class Excluded:
    """A principal diagnosis in an exclusion table."""

    table: str
    code: str
    title: str
    source: Source


@dataclass(slots=True)
class Parts:
    """Everything a workbook says."""

    mdcs: list[Group] = field(default_factory=list)
    adrgs: list[Group] = field(default_factory=list)
    drgs: list[Group] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    comorbid: list[Comorbid] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)

    def groups(self) -> list[Group]:
        """All groups of the three levels."""
        return [*self.mdcs, *self.adrgs, *self.drgs]


def in_order(groups: list[Group], *, empty_last: bool) -> list[Group]:
    """One scope in the order of evaluation; a group without a rule takes all, so it comes last."""
    return sorted(groups, key=lambda one: (empty_last and one.always, one.sort, one.source.row))
