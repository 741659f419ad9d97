"""What is loaded: lists of the hospital's own, their validity, and which counts as whole."""

import datetime as dt
from pathlib import Path
from typing import Any

import codebooks
from codebooks import arrow, registry
from tests.codebooks.test_library import write_books

LIBRARY = codebooks.shipped()


def own_library(folder: Path) -> codebooks.Library:
    """A hospital's lists of staff and of outpatient conditions, with validity."""
    staff: dict[str, list[Any]] = {
        "code": ["D110101007628", "D110101003315", "D110101000009"],
        "name": ["甲", "乙", "丙"],
        "valid_from": ["2020-01-01", None, None],
        "valid_to": [None, "2025-12-31", None],
        "valid": [True, True, False],
    }
    conditions = {"code": ["M07803"], "name": ["慢性肾功能不全（血透治疗）"]}
    write_books(
        folder,
        lists__physician=arrow.build(staff, {"valid": arrow.FLAG}),
        standards__outpatient_conditions=arrow.build(conditions, {}),
    )
    return codebooks.open_library([folder])


def test_a_list_of_the_hospitals_own_comes_before_the_shipped_one(tmp_path: Path) -> None:
    library = own_library(tmp_path)
    held = {one.standard.key: one for one in registry.loaded(library)}
    assert held["outpatient_condition"].book is not None
    assert held["outpatient_condition"].book.name == "standards/outpatient_conditions"
    assert held["outpatient_condition"].own
    assert held["physician"].rows == 3
    shipped = {one.standard.key: one for one in registry.loaded(LIBRARY)}
    assert shipped["outpatient_condition"].rows == 45
    assert not shipped["outpatient_condition"].own
    assert shipped["physician"].book is None


def test_a_list_without_codes_of_a_standard_makes_none_unknown(tmp_path: Path) -> None:
    """One list of drugs serves Western and patent medicines; where it has none of one kind, that is not judged."""
    columns = {"code": ["XA01ABD075A002010100483"], "name": ["甲硝唑"]}
    write_books(tmp_path, lists__drug=arrow.build(columns, {}))
    library = codebooks.open_library([tmp_path])
    assert registry.codes_of(library, "western_drug") == frozenset(columns["code"])
    assert registry.codes_of(library, "chinese_patent_drug") is None


def test_validity_is_read_from_the_list(tmp_path: Path) -> None:
    found = registry.listed(own_library(tmp_path), "physician")
    assert found is not None
    assert found.spans["D110101007628"] == (dt.date(2020, 1, 1), dt.date.max)
    assert found.spans["D110101003315"] == (dt.date.min, dt.date(2025, 12, 31))
    first, last = found.spans["D110101000009"]
    assert first > last


def test_books_of_a_registry_are_named_as_the_importer_names_them() -> None:
    tables = ("sources/importing/kinds", "sources/importing/splits")
    made = {str(row["book"]) for table in tables for row in LIBRARY.rows(table)}
    named = {name for one in LIBRARY.standards().values() for name in one.books}
    assert {name for name in named if name.startswith("lists/")} <= made
