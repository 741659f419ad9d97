"""The library: value sets, standards, schemes, what it says of the absent and damaged, folders in front."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

import codebooks
from codebooks import arrow, manifest
from codebooks.books import Book
from codebooks.compiling import build
from codebooks.store import SHIPPED

LIBRARY = codebooks.shipped()


def write_books(folder: Path, **tables: arrow.Table) -> None:
    """A data folder with ``tables``; ``__`` in a name stands for ``/``."""
    books: list[Book] = []
    for key, table in tables.items():
        name = key.replace("__", "/")
        columns = tuple(arrow.column_types(table).items())
        book = Book(
            name, name, "", None, None, "a test", "none", table.num_rows, columns, arrow.content_hash(table)
        )
        books += build.write([build.Compiled(book, table)], folder)
    (folder / manifest.NAME).write_text(manifest.dump(books), encoding="utf-8")


def test_a_value_set_of_the_specification_is_complete_and_in_order() -> None:
    way = LIBRARY.value_set("dscg_way")
    assert way.title == "离院方式"
    assert list(way.names) == ["1", "2", "3", "4", "5", "9"]
    assert way.complete
    assert "5" in way
    assert "7" not in way


@pytest.mark.parametrize("name", ["setl_type", "err_lv", "qltctrl_rslt"])
def test_a_set_that_is_not_printed_is_empty_and_never_complete(name: str) -> None:
    unknown = LIBRARY.value_set(name)
    assert not unknown.names
    assert not unknown.complete


def test_a_set_of_client_code_is_not_complete() -> None:
    assert LIBRARY.value_set("bld_unt").names
    assert not LIBRARY.value_set("bld_unt").complete


def test_every_dictionary_of_the_layouts_has_a_set() -> None:
    known = set(LIBRARY.value_sets())
    for name in ("4101", "4101A"):
        wanted = {field.value_set for field in LIBRARY.layout(name).fields if field.value_set}
        assert wanted <= known, name


@pytest.mark.parametrize(
    ("key", "code", "fits"),
    [
        ("physician", "D421003007628", True),
        ("physician", "D42100300762", False),
        ("physician", "N421003007628", False),
        ("medical_institution", "H31010600037", True),
        ("diagnosis", "A01.002+G01*", True),
        ("diagnosis", "I10", False),
        ("insurance_unit", "anything", True),
    ],
)
def test_standards(key: str, code: str, fits: bool) -> None:
    assert LIBRARY.standards()[key].fits(code) is fits


def test_standards_without_evidence_are_weak() -> None:
    weak = {key for key, standard in LIBRARY.standards().items() if standard.weak}
    assert {"nurse", "pharmacist", "hospital_preparation"} <= weak
    assert not weak & {"diagnosis", "procedure", "physician", "medical_institution"}


@pytest.mark.parametrize("standard", LIBRARY.standards().values(), ids=lambda standard: standard.key)
def test_examples_fit_their_standard(standard: codebooks.Standard) -> None:
    assert [code for code in standard.example.split("; ") if code and not standard.fits(code)] == []


def test_schemes_have_their_tables() -> None:
    assert {"chs-drg-1.1", "chs-drg-2.0"} <= set(LIBRARY.schemes())
    tables = LIBRARY.scheme("chs-drg-2.0")
    assert (tables.mdc.num_rows, tables.adrg.num_rows, tables.drg.num_rows) == (26, 409, 634)
    assert tables.weight.num_rows == 0
    assert tables.weight.column_names == ["drg", "name", "rw", "basic_group"]
    assert LIBRARY.scheme("chs-drg-1.1").procedure_invalid.num_rows == 0
    assert LIBRARY.scheme("chs-drg-2.0") is tables


@pytest.mark.parametrize("scheme", LIBRARY.schemes())
def test_steps_of_a_scheme_are_its_own_and_in_order(scheme: str) -> None:
    steps = LIBRARY.scheme(scheme).steps.to_pylist()
    order = [row["seq"] for row in steps]
    assert order == sorted(order)
    assert {row["scheme"] for row in steps} <= {scheme}


@pytest.mark.parametrize(
    ("day", "scheme"),
    [
        (dt.date(2024, 12, 31), "chs-drg-1.1"),
        (dt.date(2025, 1, 1), "chs-drg-2.0"),
        (None, "chs-drg-2.0"),
    ],
)
def test_the_scheme_follows_from_the_day(day: dt.date | None, scheme: str) -> None:
    assert LIBRARY.scheme_on(day) == scheme


def test_codes_and_years_are_typed_sensibly() -> None:
    edits = LIBRARY.book("edits/diagnosis_sex_age")
    assert dict(edits.columns)["age_max_days"] == arrow.INTEGER
    assert dict(edits.columns)["code"] == arrow.STRING
    divisions = LIBRARY.codes("standards/administrative_divisions")
    assert divisions.column("current")[divisions.ids(["110000"])[0]]


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda: LIBRARY.table("terms/icd10_nhsa"), "terms/icd10_nhsa_2.0"),
        (lambda: LIBRARY.value_set("dscgway"), "dscg_way"),
        (lambda: LIBRARY.scheme("chs-drg-9.9"), "chs-drg-2.0"),
        (lambda: LIBRARY.layout("9999"), "4101A"),
        (lambda: LIBRARY.profile("nowhere"), "national"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known(ask, near: str) -> None:
    with pytest.raises(codebooks.CodebookError, match=near):
        ask()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of a few shipped books."""
    folder = tmp_path / "data"
    keep = [LIBRARY.book(name) for name in ("value_sets", "value_sets_index", "edits/age_classes")]
    for book in keep:
        (folder / book.file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SHIPPED / book.file, folder / book.file)
    (folder / manifest.NAME).write_text(manifest.dump(keep), encoding="utf-8")
    return folder


def damage(path: Path, position: float) -> None:
    content = bytearray(path.read_bytes())
    start = int(position * (len(content) - 8))
    content[start : start + 8] = bytes(255 - byte for byte in content[start : start + 8])
    path.write_bytes(content)


@pytest.mark.parametrize("position", [0.0, 0.3, 0.6, 1.0], ids=["head", "data", "more data", "tail"])
def test_a_damaged_file_is_named(copy: Path, position: float) -> None:
    damage(copy / "value_sets.parquet", position)
    with pytest.raises(codebooks.CodebookError, match=r"value_sets.*损坏"):
        codebooks.open_library(shipped_folder=copy).table("value_sets")


def test_damage_anywhere_is_noticed_or_harmless(copy: Path) -> None:
    path = copy / "value_sets.parquet"
    good = path.read_bytes()
    for step in range(100):
        path.write_bytes(good)
        damage(path, step / 100)
        try:
            table = codebooks.open_library(shipped_folder=copy).table("value_sets")
        except codebooks.CodebookError:
            continue
        assert arrow.content_hash(table) == LIBRARY.book("value_sets").sha256


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "value_sets.parquet").unlink()
    with pytest.raises(codebooks.CodebookError, match=r"value_sets.*不在"):
        codebooks.open_library(shipped_folder=copy).table("value_sets")


def test_a_file_of_another_book_is_not_taken(copy: Path) -> None:
    shutil.copyfile(copy / "edits/age_classes.parquet", copy / "value_sets.parquet")
    with pytest.raises(codebooks.CodebookError, match="value_sets"):
        codebooks.open_library(shipped_folder=copy).table("value_sets")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"books": [{}]}', '{"books": [1]}', '{"books": 7}'])
def test_a_broken_manifest_is_named(copy: Path, text: str) -> None:
    (copy / manifest.NAME).write_text(text, encoding="utf-8")
    with pytest.raises(codebooks.CodebookError, match=r"manifest\.json"):
        codebooks.open_library(shipped_folder=copy)


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "C:/x", "a\\b", ""])
def test_a_manifest_cannot_name_files_elsewhere(copy: Path, name: str) -> None:
    text = json.loads((copy / manifest.NAME).read_text(encoding="utf-8"))
    text["books"][0]["name"] = name
    with pytest.raises(codebooks.CodebookError, match=r"manifest\.json"):
        manifest.parse(json.dumps(text), copy)


def test_a_folder_without_a_manifest_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(codebooks.CodebookError, match=r"manifest\.json"):
        codebooks.open_library(shipped_folder=tmp_path)
    assert codebooks.open_library([tmp_path]).books() == LIBRARY.books()


def test_the_users_books_stand_in_front(tmp_path: Path) -> None:
    write_books(
        tmp_path,
        edits__age_classes=arrow.build({"age_class": ["新生儿"]}, {}),
        own=arrow.build({"code": ["1"], "name": ["one"]}, {}),
    )
    library = codebooks.open_library([tmp_path])
    assert library.table("edits/age_classes").num_rows == 1
    assert library.codes("own").names == ("one",)
    assert library.diagnoses().codes == LIBRARY.diagnoses().codes
    assert len(library.books()) == len(LIBRARY.books()) + 1


def test_a_users_value_set_replaces_that_set_only(tmp_path: Path) -> None:
    sets: dict[str, list[object]] = {
        "set": ["dscg_way", "mine"],
        "code": ["1", "a"],
        "name": ["回家", "A"],
        "order": [1, 1],
    }
    index: dict[str, list[object]] = {
        "name": ["dscg_way"],
        "title": ["离院方式（本地）"],
        "rows": [1],
        "origin": ["1901"],
        "complete": [True],
        "used_by": [None],
    }
    write_books(
        tmp_path,
        value_sets=arrow.build(sets, {"order": arrow.INTEGER}),
        value_sets_index=arrow.build(index, {"rows": arrow.INTEGER, "complete": arrow.FLAG}),
    )
    library = codebooks.open_library([tmp_path])
    assert library.value_set("dscg_way").names == {"1": "回家"}
    assert library.value_set("dscg_way").title == "离院方式（本地）"
    assert not library.value_set("mine").complete
    assert library.value_set("adm_way").names == LIBRARY.value_set("adm_way").names


def test_a_users_scheme_is_added(tmp_path: Path) -> None:
    row: dict[str, list[object]] = {
        "id": ["here-2026"],
        "folder": ["drg/here"],
        "title": ["本地"],
        "valid_from": ["2026-01-01"],
    }
    row |= {"valid_to": [None], "credit": ["own"], "note": [None]}
    steps: dict[str, list[object]] = {"scheme": ["here-2026"] * 2, "seq": [2, 1], "step": ["b", "a"]}
    write_books(
        tmp_path,
        sources__schemes__schemes=arrow.build(row, {}),
        sources__schemes__steps=arrow.build(steps, {"seq": arrow.INTEGER}),
        drg__here__drg=arrow.build({"drg": ["XX19"]}, {}),
    )
    library = codebooks.open_library([tmp_path])
    assert "here-2026" in library.schemes()
    assert library.scheme_on(dt.date(2026, 6, 1)) == "here-2026"
    assert library.scheme("here-2026").drg.column("drg").to_pylist() == ["XX19"]
    assert library.scheme("here-2026").steps.column("step").to_pylist() == ["a", "b"]
    assert library.scheme("here-2026").mdc.num_rows == 0
    assert library.scheme("chs-drg-2.0").steps.num_rows == LIBRARY.scheme("chs-drg-2.0").steps.num_rows
