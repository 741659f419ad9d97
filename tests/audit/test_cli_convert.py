"""``qingdan convert``: tables of codes and upload files, what is written, listed and told."""

import csv
import json
from pathlib import Path

import openpyxl
import pytest

import codebooks
from codebooks import maps
from codebooks.maps import Fate
from tests.validators import building

HEAD = ["编码", "名称"]
ROWS = [
    ["A00.001", "霍乱"],
    ["A02.001", "沙门菌肠炎"],
    ["A02.001", "阿哥拉沙门菌肠炎"],
    ["A02.002", ""],
    ["P78.304", "什么"],
    ["ZZZ", "=1+1"],
]
AFTER = ["A00.000x001", "A02.000", "A02.001", "", "", ""]


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def table(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_table_gets_columns_beside_its_own(run, tmp_path):
    given = table(tmp_path / "codes.csv", [HEAD, *ROWS])
    before = given.read_bytes()
    code, out, err = run("convert", given, "--from", "beijing", "-o", tmp_path / "out.csv")
    assert (code, out) == (1, "")
    assert "已转换：2" in err
    assert given.read_bytes() == before
    head, *rows = lines(tmp_path / "out.csv")
    assert head[:2] == HEAD
    assert [row[2] for row in rows] == AFTER
    assert rows[3][5].startswith("A02.003")
    assert rows[4][5] == "K30.x00x002"
    assert rows[5][1] == "'=1+1"


def test_a_plain_column_needs_no_header(run, tmp_path):
    given = tmp_path / "codes.txt"
    given.write_text("A00.001\nA00.101\n", "utf-8")
    code, _, err = run("convert", given, "--from", "beijing", "-o", tmp_path / "out.csv", "--language", "en")
    assert code == 0
    assert "converted: 2" in err
    assert [row[1] for row in lines(tmp_path / "out.csv")] == ["A00.000x001", "A00.100x001"]


def test_a_workbook_in_and_out(run, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["no", "手术编码", "手术名称"])
    own = maps.code_map(codebooks.shipped(), "procedures", "beijing")
    assert own is not None
    wanted = own.with_fate(Fate.CERTAIN)[:30]
    for number, row in enumerate(wanted):
        book.active.append([number, row.source, "手术"])
    book.save(tmp_path / "in.xlsx")
    code, _, _ = run("convert", tmp_path / "in.xlsx", "--from", "beijing", "-o", tmp_path / "out.xlsx")
    assert code == 0
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    found = [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert found == [row.target for row in wanted]


def test_columns_can_be_named(run, tmp_path):
    rows = [["first", "second", "words"], ["A02.001", "A00.001", "沙门菌肠炎"]]
    given = table(tmp_path / "codes.csv", rows)
    named = ("--code-column", "first", "--name-column", "words", "--use", "diagnoses")
    assert run("convert", given, "--from", "beijing", "-o", tmp_path / "o.csv", *named)[0] == 0
    assert lines(tmp_path / "o.csv")[1][3] == "A02.000"
    code, _, err = run(
        "convert", given, "--from", "beijing", "-o", tmp_path / "o.csv", "--code-column", "third"
    )
    assert code == 2
    assert "first" in err


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("a,b\n1,2\n", (), "找不到"),
        ("A00.001\n", ("--from", "shanghai"), "beijing"),
        ("", (), "编码列"),
        (None, (), "不存在"),
    ],
)
def test_what_cannot_be_converted_is_said(run, tmp_path, content, more, said):
    given = tmp_path / "codes.csv"
    if content is not None:
        given.write_text(content, "utf-8")
    arguments = more or ("--from", "beijing")
    code, _, err = run("convert", given, *arguments, "-o", tmp_path / "o.csv")
    assert code == 2
    assert said in err
    assert not (tmp_path / "o.csv").exists()


def test_the_original_is_never_overwritten(run, tmp_path):
    given = table(tmp_path / "codes.csv", [HEAD, *ROWS])
    assert run("convert", given, "--from", "beijing", "-o", given)[0] == 2
    assert lines(given) == [HEAD, *ROWS]
    assert run("convert", given, "--from", "beijing", "-o", tmp_path / "o.pdf")[0] == 2


def test_an_upload_file_is_rewritten_in_its_shape(run, tmp_path):
    changed = {
        "diagnoses": {
            "2": {"code": "A00.001", "name": "古典生物型霍乱"},
            "3": {"code": "A02.002", "name": ""},
        }
    }
    given = tmp_path / "upload.json"
    given.write_text(json.dumps(building.message(changed), ensure_ascii=False), "utf-8")
    before = given.read_bytes()
    out = tmp_path / "out"
    code, _, err = run("convert", given, "--from", "beijing", "-o", out)
    assert code == 1
    assert "已转换：1" in err
    assert given.read_bytes() == before
    written = json.loads((out / "upload.json").read_text("utf-8"))
    codes = [row["diag_code"] for row in written["input"]["diseinfo"]]
    assert codes[1] == "A00.000x001"
    assert codes[2] == "A02.002"
    listed = lines(out / "conversion.csv")
    assert [row[3] for row in listed[1:]] == ["A00.001", "A02.002"]
    assert listed[1][5] == "A00.000x001"
    assert listed[2][5] == ""
    assert listed[2][8].startswith("A02.003")


def test_diagnoses_of_outpatient_conditions_are_converted_and_their_own_codes_left_alone(run, tmp_path):
    rows = [
        {"diagnosis_code": "A00.001", "diagnosis_name": "古典生物型霍乱"},
        {"diagnosis_code": "M07803", "diagnosis_name": "透析"},
    ]
    given = tmp_path / "upload.json"
    message = building.message({"outpatient_conditions": rows})
    given.write_text(json.dumps(message, ensure_ascii=False), "utf-8")
    code, _, _ = run("convert", given, "--from", "beijing", "-o", tmp_path / "out")
    assert code == 0
    written = json.loads((tmp_path / "out" / "upload.json").read_text("utf-8"))
    assert [row["diag_code"] for row in written["input"]["opspdiseinfo"]] == ["A00.000x001", "M07803"]
    assert [row[3] for row in lines(tmp_path / "out" / "conversion.csv")[1:]] == ["A00.001"]


def test_a_file_that_is_not_there_is_no_code(run, tmp_path):
    code, out, err = run("codebooks", "edition", tmp_path / "codes.csv")
    assert (code, out) == (2, "")
    assert "codes.csv" in err


def test_editions_are_named_in_english(run):
    _, out, _ = run("codebooks", "edition", "38.93004", "--language", "en")
    assert "Beijing edition 8.0" in out
    assert "版" not in out


def test_maps_are_listed_with_what_is_wrong_with_them(run):
    code, out, _ = run("codebooks", "maps")
    assert code == 0
    assert "P78.304 → K30.x00x002" in out
    assert len(out.splitlines()) == 6 + 4


def test_the_edition_of_a_code_is_told_by_its_name(run):
    code, out, _ = run("codebooks", "edition", "A02.001", "--name", "沙门菌肠炎")
    assert code == 0
    assert "应为北京版 7.0" in out.splitlines()[0]
    code, out, _ = run("codebooks", "edition", "A02.001")
    assert code == 1
    assert "不能区分" in out
    code, out, _ = run("codebooks", "edition", "nonsense", "--language", "en")
    assert code == 1
    assert "no known edition" in out


def test_the_edition_of_a_table_is_told_with_evidence(run, tmp_path):
    given = table(
        tmp_path / "codes.csv",
        [HEAD, ["A00.001", "古典生物型霍乱"], ["A00.101", "埃尔托生物型霍乱"], ["I10.x00x002", ""]],
    )
    code, out, _ = run("codebooks", "edition", given)
    assert code == 1
    assert "混用" in out.splitlines()[0]
    assert "说不通的：A00.001" in out
