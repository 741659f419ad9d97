"""The handbook of checks as one document, made from their texts and registrations. Never edited by hand."""

from collections.abc import Iterator

import codebooks
from validators.generated import checks_of_layout
from validators.model import Check
from validators.registry import all_checks
from validators.texts import text_for

CHAPTERS = "sources/checks/chapters"


def handbook(library: codebooks.Library, language: str) -> str:
    """All checks, chapter by chapter: title, severity, basis, message, why, what to do, bad and good."""
    return "\n".join(_lines(library, language)) + "\n"


def _lines(library: codebooks.Library, language: str) -> Iterator[str]:
    words = {str(row["key"]): str(row[language]) for row in library.rows(CHAPTERS)}
    by_id: dict[str, Check] = {}
    for layout_id in library.table("sources/layouts/layouts").column("layout").to_pylist():
        for check in checks_of_layout(library, str(layout_id)):
            by_id.setdefault(check.id, check)
    by_id |= {check.id: check for check in all_checks()}
    yield f"# {words['title']}"
    yield ""
    yield words["introduction"]
    chapter = ""
    for identifier in sorted(by_id):
        if identifier[0] != chapter:
            chapter = identifier[0]
            yield from ("", f"## {chapter} {words[chapter]}")
        yield from _entry(by_id[identifier], words, language)


def _entry(check: Check, words: dict[str, str], language: str) -> Iterator[str]:
    text = text_for(check.id, language)
    basis = f"{check.basis.document} {check.basis.clause}".strip()
    if check.basis.document == "craft":
        basis = words["craft"]
    made = check.key != check.id
    yield from ("", f"### {check.id} {text.title}", "")
    yield f"**{words[check.severity.value]}** · {words['made'] if made else basis}"
    yield from ("", text.message)
    for key, body in (
        ("why", text.why),
        ("what_to_do", text.what_to_do),
        ("bad", text.bad),
        ("good", text.good),
    ):
        yield from ("", f"*{words[key]}* {body}")
    if check.fix is not None and text.fix:
        yield from ("", f"*{words['fix']}* ({words[check.fix.level.value]}) {text.fix}")
