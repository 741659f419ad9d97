"""Which cases the gate holds back, told for a list: the case, and the titles of its errors."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.exporting import gate
from audit.worklist import Worklist
from validators import Report, Severity, text_for


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A case that the gate holds back, and the titles of its errors."""

    position: int
    case: str
    department: str
    diagnosis: str
    reasons: tuple[str, ...]


def held_back(
    report: Report, worklist: Worklist, overrides: Mapping[int, str], language: str = "zh"
) -> list[HeldBack]:
    """The cases with errors that nobody has let out (``overrides``), in the order of the batch."""
    held = gate(report, overrides)
    reasons: dict[int, list[str]] = {position: [] for position in held}
    for segment in report.segments:
        if segment.severity is Severity.ERROR:
            words = text_for(segment.check.id, language).title
            of_field = segment.check.holes.get("title")
            title = f"{segment.check.id} {words}"
            if of_field:
                title += f"（{of_field}）" if language == "zh" else f" ({of_field})"
            for position in set(segment.cases.tolist()) & held:
                reasons[position].append(title)
    texts = worklist.texts
    return [
        HeldBack(
            position,
            texts["record"][position],
            texts["department"][position],
            texts["diagnosis"][position],
            tuple(dict.fromkeys(reasons[position])),
        )
        for position in sorted(held)
    ]
