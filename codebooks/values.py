"""Value sets: the codes that a dictionary field may hold. Which field uses which set, the layouts say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from codebooks import arrow

SETS = "value_sets"
INDEX = "value_sets_index"
LENT = "sources/value_set_books"
OWN = "value_sets/"


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A named set of codes in printed order.

    ``complete`` only where the official text prints the set; in any other set an unknown code is no error.
    """

    name: str
    title: str
    names: Mapping[str, str]
    complete: bool
    origin: str = ""

    def __contains__(self, code: object) -> bool:
        return code in self.names


def lent(books: Iterable[tuple[str, str, arrow.Table]]) -> dict[str, ValueSet]:
    """Sets whose codes are those of a code table, from (name, title, table); never complete."""
    return {
        name: ValueSet(
            name,
            title,
            dict(zip(arrow.strings(table, "code"), arrow.strings(table, "name"), strict=True)),
            complete=False,
        )
        for name, title, table in books
    }


def answered(name: str, table: arrow.Table) -> arrow.Table:
    """A set that was imported as the book ``value_sets/<set>``, in the shape of ``value_sets``: what is valid."""
    valid = arrow.where(table, "valid")
    codes, names = arrow.strings(valid, "code"), arrow.strings(valid, "name")
    return arrow.build({"set": [name.removeprefix(OWN)] * len(codes), "code": codes, "name": names}, {})


def load(
    sets: Sequence[arrow.Table], indexes: Sequence[arrow.Table], others: Mapping[str, ValueSet]
) -> dict[str, ValueSet]:
    """All value sets by name: of a set in several tables the first table's, whole; ``others`` come last."""
    names: dict[str, dict[str, str]] = {}
    for table in sets:
        here: dict[str, dict[str, str]] = {}
        columns = (arrow.strings(table, column) for column in ("set", "code", "name"))
        for set_name, code, name in zip(*columns, strict=True):
            here.setdefault(set_name, {}).setdefault(code, name)
        names = here | names
    found: dict[str, ValueSet] = {}
    for table in indexes:
        for row in table.to_pylist():
            name = row["name"]
            if name not in found:
                codes = names.get(name, {})
                complete = bool(row["complete"]) and bool(codes)
                found[name] = ValueSet(name, row["title"] or "", codes, complete, row["origin"] or "")
    for name, codes in names.items():
        found.setdefault(name, ValueSet(name, "", codes, complete=False))
    return {**others, **found}
