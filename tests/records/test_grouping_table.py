"""The grouping table: cases in its order, codes in theirs, weights where there are any, derived facts."""

from pathlib import Path

import numpy as np
import pytest

from records import read
from tests.records import sheets

HEAD = "id,sex,age,age_days,weight,dept,los,discharge,dx,proc"
KNOWN = sorted((Path(__file__).resolve().parents[1] / "data" / "grouping").glob("*.csv"))


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "g.csv"
    path.write_text("\n".join([HEAD, *rows, ""]), "utf-8")
    return path


def test_cases_codes_and_weights(tmp_path: Path) -> None:
    batch = sheets.batch_of(
        read(
            [
                table(
                    tmp_path,
                    "a,2,0,11,2500,0302,7,9,P11.400|P15.800,58.5x01|38.1800",
                    "b,1,9,3430,0,03,0,2,I72.000||H53.802,",
                    "c,1,40,,,,,,,",
                )
            ]
        )
    )
    cases = batch.cases
    assert sheets.texts(batch, "cases", "record_no") == ["a", "b", "c"]
    assert cases.sex.to_list() == ["2", "1", "1"]
    assert sheets.texts(batch, "diagnoses", "code") == ["P11.400", "P15.800", "I72.000", "H53.802"]
    assert batch.diagnoses.seq.tolist() == [0, 1, 0, 1]
    assert batch.diagnoses.principal.tolist() == [True, False, True, False]
    assert batch.procedures.principal.tolist() == [True, False]
    assert batch.newborns.case.tolist() == [0]
    assert cases.birth_weight[0] == cases.admission_weight[0] == 2500
    assert np.isnan(cases.birth_weight[1])
    assert cases.age_days.tolist()[:2] == [11, 3430]
    assert cases.age_years.tolist() == [0, 9, 40]
    assert cases.age_days[2] >= 40 * 365
    assert cases.stay_days.tolist()[:2] == [7, 1]
    assert np.isnan(cases.stay_days[2])
    assert (batch.layouts, batch.sources[0].layout) == ((), "grouping")


def test_odd_values_are_kept(tmp_path: Path) -> None:
    batch = sheets.batch_of(read([table(tmp_path, "a,1,x,1,1kg,03,1,1,A01.000,")]))
    assert batch.cases.raw["reported_age_years"].texts == ("x",)
    assert batch.newborns.raw["birth_weight"].texts == ("1kg",)


def test_a_header_only(tmp_path: Path) -> None:
    assert sheets.keys(read([table(tmp_path)]).problems) == ["no_rows"]


def test_as_a_workbook(tmp_path: Path) -> None:
    path = sheets.put_book(
        tmp_path / "g.xlsx", {"S": [HEAD.split(","), ["a", 1, 50, 18300, 0, "03", 3, 1, "I10.x00", None]]}
    )
    assert sheets.batch_of(read([path])).cases.age_days.tolist() == [18300]


@pytest.mark.parametrize("path", KNOWN, ids=lambda path: path.stem)
def test_the_known_cases(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()[1:]
    batch = sheets.batch_of(read([path]))
    assert sheets.texts(batch, "cases", "record_no") == [line.split(",")[0] for line in lines]
    assert batch.diagnoses.rows == sum(len(line.split(",")[8].split("|")) for line in lines)
