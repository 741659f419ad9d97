"""The mapping file: printed, edited, remembered."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import Unreadable, read
from records.spreadsheets import Mapping, Place, memory, remember, remembered
from tests.records import sheets

WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10)
PLACES = st.builds(
    Place,
    st.sampled_from(["", "key", "setlinfo.gend", "diseinfo.diag_code"]),
    st.sampled_from(["", "1", "tcm"]),
    st.booleans(),
)


@given(st.dictionaries(WORD, st.dictionaries(WORD, PLACES, max_size=4), max_size=3))
def test_a_mapping_comes_back_from_its_file(
    tmp_path_factory: pytest.TempPathFactory, found: dict[str, dict[str, Place]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "mapping.toml"
    mapping = Mapping("4101", "0123", found)
    mapping.save(path)
    again = Mapping.load(path)
    assert (again.layout, again.fingerprint, again.sheets) == ("4101", "0123", found)


def test_an_edited_mapping_wins(tmp_path: Path) -> None:
    rows = [["号", "姓名", "主诊", "甲"], ["1", "张", "I10.x00", "E11.900"]]
    path = sheets.put_text(tmp_path / "a.csv", rows)
    file = tmp_path / "m.toml"
    file.write_text(
        'layout = "4101"\n[sheets."x"]\n"号" = "setlinfo.medcasno"\n"姓名" = ""\n'
        '"主诊" = "diseinfo.diag_code#1"\n"甲" = "diseinfo.diag_code#2"\n',
        "utf-8",
    )
    result = read([path], mapping=Mapping.load(file))
    batch = sheets.batch_of(result)
    assert sheets.texts(batch, "cases", "record_no") == ["1"]
    assert not batch.cases.has("patient_name")
    assert sheets.texts(batch, "diagnoses", "code") == ["I10.x00", "E11.900"]


def test_a_target_that_is_no_field_is_said(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", [["病案号", "姓名"], ["1", "张"]])
    result = read([path], mapping=Mapping("4101", "", {"a": {"姓名": Place("setlinfo.nonsense")}}))
    assert sheets.keys(result.problems) == ["mapping_target"]


def test_a_mapping_is_remembered_by_its_headers(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", [["病案号", "名字"], ["1", "张"]])
    used = read([path]).mappings[0]
    kept = Mapping(used.layout, used.fingerprint, {"a": {"名字": Place("setlinfo.psn_name")}})
    remember(kept, tmp_path / "data")
    assert remembered(used.fingerprint, tmp_path / "data") == Mapping(
        kept.layout, kept.fingerprint, kept.sheets, f"{kept.fingerprint}.toml"
    )
    other = sheets.put_text(tmp_path / "b.csv", [["病案号", "名字"], ["2", "李"]])
    batch = sheets.batch_of(read([other], mapping=memory(tmp_path / "data")))
    assert sheets.texts(batch, "cases", "patient_name") == ["李"]


def test_the_mapping_is_printed(tmp_path: Path) -> None:
    mapping = read([sheets.put_text(tmp_path / "a.csv", sheets.FLAT)]).mappings[0]
    for language in ("zh", "en"):
        lines = "\n".join(mapping.lines(language))
        assert "其他诊断编码1" in lines
        assert "diseinfo.diag_code#2" in lines


@pytest.mark.parametrize("text", ['layout = "4101"\n[sheets."x"]\n"a" = "b c d"\n', "[[", "sheets = 3\n"])
def test_a_broken_mapping_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(Unreadable) as refused:
        Mapping.load(path)
    assert refused.value.problem.key == "mapping_broken"


def test_what_is_open_stays_open_and_what_is_shut_stays_shut(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", [["病案号", "姓名", "床号"], ["1", "张", "3"]])
    shut = Mapping("4101", "", {"a": {"姓名": Place()}})
    used = read([path], mapping=shut).mappings[0]
    text = used.text()
    assert '# "床号" = "-"' in text
    assert '\n"姓名" = "-"' in text
    used.save(tmp_path / "m.toml")
    batch = sheets.batch_of(read([path], mapping=Mapping.load(tmp_path / "m.toml")))
    assert not batch.cases.has("patient_name")


@pytest.mark.parametrize(("place", "sex"), [("setlinfo.gend", "1"), ("setlinfo.gend = codes", "男")])
def test_names_are_seen_unless_the_mapping_says_codes(tmp_path: Path, place: str, sex: str) -> None:
    path = sheets.put_text(tmp_path / "a.csv", [["病案号", "性别"], ["1", "男"]])
    mapping = Mapping("4101", "", {"a": {"性别": Place.parsed(place)}})
    assert sheets.texts(sheets.batch_of(read([path], mapping=mapping)), "cases", "sex") == [sex]
