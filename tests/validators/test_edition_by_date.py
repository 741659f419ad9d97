"""Codes and names are judged by the edition in force on the date of discharge; maps are followed where certain."""

from pathlib import Path
from typing import Any

import codebooks
from codebooks import arrow, maps
from codebooks.maps import Fate
from records import Batch
from tests.codebooks.test_library import write_books
from tests.validators import building

LIBRARY = codebooks.shipped()
FIRST = {"kind": "1", "admission_condition": "1", "principal_flag": "1"}


def two_years(folder: Path) -> codebooks.Library:
    """The shipped edition until the end of 2025; a small one after it, which renames a code and adds one."""
    table = LIBRARY.table("terms/icd10_nhsa_2.0")
    at = LIBRARY.diagnoses().ids(["K80.101", "I10.x00x002"]).tolist()
    columns: dict[str, list[Any]] = {
        name: [table.column(name)[i].as_py() for i in at] for name in table.column_names
    }
    for values in columns.values():
        values.append(values[0])
    columns["code"][2], columns["name"][2] = "K80.199", "新病"
    columns["name"][1] = "原发性高血压病"
    columns["grey"][1] = True
    editions: dict[str, list[Any]] = {
        "use": ["diagnoses", "diagnoses", "procedures"],
        "key": ["nhsa-2.0", "nhsa-9.0", "nhsa-2.0"],
        "title": ["医保 2.0 版", "医保 9.0 版", "医保 2.0 版"],
        "book": ["terms/icd10_nhsa_2.0", "terms/new", "terms/icd9cm3_nhsa_2.0"],
        "valid_from": [None, "2026-01-01", None],
        "valid_to": ["2025-12-31", None, None],
    }
    types = arrow.column_types(table)
    write_books(
        folder,
        terms__new=arrow.build(columns, {k: v for k, v in types.items() if v != arrow.STRING}),
        sources__terms__editions=arrow.build(editions, {}),
    )
    return codebooks.open_library([folder])


def case(day: str, number: str, *rows: dict[str, str]) -> dict[str, Any]:
    return {
        "cases": {"discharged_at": f"{day} 10:00:00", "settlement_id": number, "visit_id": number},
        "diagnoses": [{**FIRST, "code": "K80.101", "name": "胆囊结石伴慢性胆囊炎"}, *rows],
    }


def judged(library: codebooks.Library, *identifiers: str) -> list[tuple[str, int, str | None]]:
    other = {**FIRST, "principal_flag": "0"}
    renamed = {**other, "code": "I10.x00x002", "name": "原发性高血压病"}
    added = {**other, "code": "K80.199", "name": "新病"}
    made = building.batch(case("2025-06-01", "A1", renamed, added), case("2026-06-01", "A2", renamed, added))
    made.memo["library"] = library
    found = building.findings(made, *identifiers)
    return [(one.check, one.case_position, one.value) for one in found if one.table == "diagnoses"]


def test_names_follow_the_date(tmp_path: Path) -> None:
    found = judged(two_years(tmp_path), "C112", "C114")
    assert [(check, position) for check, position, _ in found] == [("C112", 0)]


def test_grey_codes_follow_the_date(tmp_path: Path) -> None:
    assert [position for _, position, _ in judged(two_years(tmp_path), "C111")] == [1]


def test_a_grey_principal_diagnosis_follows_the_date(tmp_path: Path) -> None:
    grey = {**FIRST, "code": "I10.x00x002", "name": "高血压病"}
    made = building.batch(
        *(
            {**case(day, number), "diagnoses": [grey]}
            for day, number in (("2025-06-01", "A1"), ("2026-06-01", "A2"))
        )
    )
    made.memo["library"] = two_years(tmp_path)
    assert [one.case_position for one in building.findings(made, "D109")] == [1]


def test_a_code_of_a_later_year_is_named_so(tmp_path: Path) -> None:
    library = two_years(tmp_path)
    assert judged(library, "C107", "C109") == [("C109", 0, "K80.199")]
    made = building.batch(
        case("2025-06-01", "A1", {**FIRST, "principal_flag": "0", "code": "K80.199", "name": "新病"})
    )
    made.memo["library"] = library
    (finding,) = building.findings(made, "C109")
    assert "9.0" in finding.message


def mended(made: Batch, identifier: str) -> list[tuple[Any, ...]]:
    return [
        tuple(edit.value for edit in repair)  # type: ignore[union-attr]
        for segment in building.report(made, identifier).segments
        if segment.check.fix is not None
        for repair in segment.check.fix.function(made, segment.rows)
    ]


def test_only_certain_rows_of_the_maps_are_offered() -> None:
    """Codes of each fate from each map: C103 with its target for the certain, C109 without a repair for the others."""
    book = LIBRARY.diagnoses()
    for key in ("clinical", "beijing"):
        own = maps.code_map(LIBRARY, "diagnoses", key)
        assert own is not None
        rows = [row for row in own.rows.values() if row.source not in book]
        for fate in Fate:
            chosen = [row for row in rows if row.fate is fate][:20]
            if not chosen:
                continue
            other = {**FIRST, "principal_flag": "0", "name": ""}
            made = building.batch(
                case("2026-06-01", "A1", *({**other, "code": row.source} for row in chosen))
            )
            standing = {one.value: one.check for one in building.findings(made, "C103", "C109")}
            for row in chosen:
                if fate in maps.FOLLOWED:
                    # Another edition's map may lead elsewhere; then it is not certain.
                    assert standing[row.source] in ("C103", "C109")
                else:
                    assert standing[row.source] == "C109", row
            sure = [row.target for row in chosen if standing[row.source] == "C103"]
            assert [codes[0] for codes in mended(made, "C103")] == sure
            if fate in maps.FOLLOWED:
                assert len(sure) > len(chosen) // 2


def test_a_name_against_the_code_stops_the_repair() -> None:
    own = maps.code_map(LIBRARY, "diagnoses", "clinical")
    clinical = LIBRARY.codes("terms/icd10_clinical_2.0")
    assert own is not None
    row = next(row for row in own.with_fate(Fate.CERTAIN) if row.source == "A06.400")
    (at,) = clinical.ids([row.source]).tolist()
    for name, wanted in ((clinical.names[at], row.target), ("股骨骨折", None), ("", row.target)):
        other = {**FIRST, "principal_flag": "0", "code": row.source, "name": name}
        made = building.batch(case("2026-06-01", "A1", other))
        assert [codes[0] if codes else None for codes in mended(made, "C103")] == [wanted]


def test_shared_beijing_codes_are_found_by_their_names() -> None:
    """Code and the name that Beijing means: C116, whatever the code is in the insurance edition."""
    book = LIBRARY.diagnoses()
    names = dict(zip(book.codes, book.names, strict=True))
    own = maps.code_map(LIBRARY, "diagnoses", "beijing")
    assert own is not None
    shared = [row for row in own.rows.values() if row.source in names and row.source != row.target][::61]
    other = {**FIRST, "principal_flag": "0"}
    rows = [{**other, "code": row.source, "name": names[row.target]} for row in shared]
    made = building.batch(case("2026-06-01", "A1", *rows))
    found = building.findings(made, "C113", "C114", "C115", "C116")
    assert len(found) == len(shared) > 90
    assert sum(one.check == "C116" for one in found) > 0.95 * len(shared)
    official = [{**other, "code": row.source, "name": names[row.source]} for row in shared]
    right = building.batch(case("2026-06-01", "A1", *official))
    assert building.findings(right, "C103", "C109", "C112", "C113", "C114", "C115", "C116") == []
