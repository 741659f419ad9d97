"""From formulas of the workbook to conditions of the scheme tables (the language of ``groupers.conditions``).

``ZYSS in OP_AA1`` becomes ``principal_proc_in(OP_AA1)``. Sets keep their names and belong to the whole
scheme. Weights are rounded to whole grams before they are compared, as the printed bins leave no room
between 1499 and 1500.
"""

from dataclasses import dataclass

from codebooks.workbook.formulas import (
    LEVELS,
    All,
    Any,
    Comparison,
    Constant,
    Count,
    Field,
    Formula,
    Membership,
    Variable,
)

_ASKED = {
    frozenset({Field.PRINCIPAL_DX}): "principal_in",
    frozenset({Field.OTHER_DX}): "secondary_in",
    frozenset({Field.PRINCIPAL_DX, Field.OTHER_DX}): "any_dx_in",
    frozenset({Field.PRINCIPAL_PROC}): "principal_proc_in",
    frozenset({Field.OTHER_PROC}): "secondary_proc_in",
    frozenset({Field.PRINCIPAL_PROC, Field.OTHER_PROC}): "any_proc_in",
}
_COUNTED = {
    frozenset({Field.PRINCIPAL_PROC, Field.OTHER_PROC}): "distinct_proc_in",
    frozenset({Field.PRINCIPAL_DX, Field.OTHER_DX}): "distinct_dx_in",
}
_QUANTITY = {
    Variable.AGE: "age",
    Variable.AGE_DAYS: "age_days",
    Variable.WEIGHT: "rounded(weight)",
    Variable.SEX: "sex",
}
_HELD = {"MCC": "has_mcc", "CC": "has_cc"}
_SEVERITY = {frozenset({"MCC"}): "mcc", frozenset({"CC"}): "cc", frozenset(LEVELS): "mcc_or_cc"}
REST, WHOLE = "none", "all"


class Untranslatable(ValueError):
    """A formula that is well formed and has no counterpart; the text is the part."""


def condition(formula: Formula) -> str:
    """The condition that says the same; empty for what always holds. Raises ``Untranslatable``."""
    return "" if formula == Constant(value=True) else _text(formula)


@dataclass(frozen=True, slots=True)
class Divided:
    """A rule of a DRG as the tables hold it: the word for the severity, and the rest as a condition."""

    severity: str
    extra: str


def divided(formula: Formula, *, among_levels: bool) -> Divided:
    """Take the question for MCC and CC out of the rule of a DRG.

    ``among_levels``: a sibling asks for MCC or CC, so that a rule that does not means the rest.
    """
    parts = formula.parts if isinstance(formula, All) else (formula,)
    for at, part in enumerate(parts):
        word = _severity(part)
        if word:
            rest = parts[:at] + parts[at + 1 :]
            return Divided(word, " & ".join(_inside(one, Any) for one in rest))
    return Divided(REST if among_levels else WHOLE, condition(formula))


def asks_levels(formula: Formula) -> bool:
    """Whether MCC or CC is asked for somewhere."""
    if isinstance(formula, Membership):
        return any(name in LEVELS for name in formula.sets)
    return isinstance(formula, All | Any) and any(asks_levels(part) for part in formula.parts)


def principal_sets(formula: Formula) -> frozenset[str] | None:
    """The sets one of which the principal diagnosis must be in; None where it may be any."""
    if isinstance(formula, Membership):
        wanted = formula.fields == {Field.PRINCIPAL_DX} and not formula.negated
        return frozenset(formula.sets) if wanted else None
    if isinstance(formula, All):
        found = [sets for part in formula.parts if (sets := principal_sets(part)) is not None]
        return min(found, key=len) if found else None
    if isinstance(formula, Any):
        each = [principal_sets(part) for part in formula.parts]
        return frozenset().union(*(sets or () for sets in each)) if None not in each else None
    return None


def _severity(formula: Formula) -> str:
    if isinstance(formula, Membership) and not formula.negated:
        return _SEVERITY.get(frozenset(formula.sets), "")
    return ""


def _text(formula: Formula) -> str:
    if isinstance(formula, Constant):
        return "true" if formula.value else "false"
    if isinstance(formula, Comparison):
        sign = "==" if formula.sign == "=" else formula.sign
        return f"{_QUANTITY[formula.variable]}{sign}{formula.number}"
    if isinstance(formula, Count):
        if formula.fields not in _COUNTED:
            raise Untranslatable(formula.name)
        sign = "==" if formula.sign == "=" else formula.sign
        return f"{_COUNTED[formula.fields]}({formula.name}){sign}{formula.number}"
    if isinstance(formula, Membership):
        return _membership(formula)
    if isinstance(formula, All):
        return " & ".join(_inside(part, Any) for part in formula.parts)
    return " | ".join(_text(part) for part in formula.parts)


def _membership(formula: Membership) -> str:
    asked = _ASKED[formula.fields]
    parts = [_HELD[name] if name in LEVELS else f"{asked}({name})" for name in formula.sets]
    joined = " | ".join(parts)
    if formula.negated:
        return f"!({joined})" if len(parts) > 1 else f"!{joined}"
    return f"({joined})" if len(parts) > 1 else joined


def _inside(formula: Formula, bracketed: type[Any]) -> str:
    text = _text(formula)
    return f"({text})" if isinstance(formula, bracketed) else text
