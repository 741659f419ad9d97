"""Columns in words for people; which checks did not run, and the user's own codebooks."""

import shutil
from pathlib import Path

import pytest

import codebooks
from audit.field_words import column_title, unchecked
from audit.opening import books_folder, books_in_use
from audit.pipeline import examine
from codebooks.packs import export_pack, import_pack, matching
from records import ROW
from tests.audit.making import library, loaded, scheme, settings, written


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("cases", "patient_name", "人员姓名"),
        ("diagnoses", "code", "西医诊断疾病代码"),
        ("diagnoses", "external_cause_row", "出院诊断"),
        ("charges", ROW, "收费项目"),
        ("icu_stays", "stay_minutes", "重症监护进入时间、重症监护退出时间"),
        ("icu_stays", "never_heard_of", "重症监护"),
        ("groups", "drg", "groups"),
    ],
)
def test_columns_have_the_titles_of_the_layouts(table: str, column: str, words: str) -> None:
    assert column_title(library(), table, column) == words


def test_in_english_they_have_their_names() -> None:
    assert column_title(library(), "cases", "patient_name", "en") == "Patient name"


def test_what_did_not_run_is_told_once_a_check(tmp_path: Path) -> None:
    batch = loaded(written(tmp_path / "a.jsonl", 1))
    told = unchecked(examine(batch, scheme(), settings()).report, library())
    ids = [item.check for item in told]
    assert ids == sorted(set(ids))
    by_id = {item.check: item for item in told}
    assert by_id["T125"].lacks == ("手术操作结束时间",)
    assert by_id["T125"].title
    english = unchecked(examine(batch, scheme(), settings()).report, library(), "en")
    assert all(name.isascii() for item in english for name in item.lacks)


# Codebooks


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "data"))


def test_the_shipped_books_are_in_use_until_there_are_own_ones(tmp_path: Path) -> None:
    assert books_in_use() is codebooks.shipped()
    pack = tmp_path / "pack.zip"
    export_pack(library(), matching(library(), ["terms/icd9cm3_same*"]), pack)
    import_pack(pack, books_folder())
    assert books_in_use().folder_of("terms/icd9cm3_same_code_other_name_clinical_nhsa") == books_folder()
    assert len(books_in_use().diagnoses()) == len(library().diagnoses())
    shutil.rmtree(books_folder())
    assert books_in_use() is codebooks.shipped()


def test_broken_own_books_are_told() -> None:
    books_folder().mkdir(parents=True)
    (books_folder() / "manifest.json").write_text("{")
    with pytest.raises(codebooks.CodebookError):
        books_in_use()
