"""Coded fields are judged by rows of a table; lists of the hospital's own and dates count; nothing is said twice."""

from pathlib import Path

import pytest

import codebooks
import validators
from codebooks import arrow
from records import Batch
from tests.codebooks.test_library import write_books
from tests.codebooks.test_registry import own_library
from tests.validators import building
from validators.coded_fields import CodedField, Fit, coded_fields, judge_of
from validators.model import Severity

LIBRARY = codebooks.shipped()
CHIEF = "chief_physician_code"
CATALOGUE = (
    "service_item",
    "western_drug",
    "chinese_patent_drug",
    "herbal_piece",
    "herbal_granule",
    "hospital_preparation",
    "consumable",
    "ivd_reagent",
)
"""What a fee line may have; no layout carries fee lines yet, so it is no row."""


def found(batch: Batch, *identifiers: str) -> set[tuple[str, str]]:
    return {(one.check, one.field) for one in building.findings(batch, *identifiers)}


def chapter(batch: Batch) -> list[tuple[str, str]]:
    """All findings of chapters C and H about codes."""
    return [(one.check, one.field) for one in building.findings(batch) if one.check[0] in "CH"]


def test_every_row_names_standards_that_there_are() -> None:
    for target, field in coded_fields(LIBRARY).items():
        assert set(field.standards) <= set(LIBRARY.standards()), target
        assert Fit.FITS not in field.asks


def test_every_coded_column_of_the_layouts_is_checked_somewhere() -> None:
    """A text column called a code is a diagnosis or procedure, a value set, a coded field, or listed here."""
    no_standard = {
        "cases.postcode", "cases.receipt_code", "cases.receipt_no", "cases.certificate_no", "cases.business_no",
        "cases.insured_no", "cases.record_no", "cases.person_no",
        # The hospital's own departments: the standard is the value set of departments, these are local.
        "cases.admission_ward_code", "cases.discharge_ward_code",
    }  # fmt: skip
    known = set(coded_fields(LIBRARY))
    for layout in (str(row["layout"]) for row in LIBRARY.rows("sources/layouts/layouts")):
        for field in LIBRARY.layout(layout).fields:
            if field.column.endswith(("code", "_no")) and not field.code_use and not field.value_set:
                assert field.target in known | no_standard, f"{layout} {field.path}"


@pytest.mark.parametrize(
    ("column", "code", "wanted"),
    [
        (CHIEF, "H11010100001", [("C304", CHIEF)]),
        (CHIEF, "1.1E+14", [("C302", CHIEF)]),
        (CHIEF, "D11010100762", [("C401", CHIEF)]),
        (CHIEF, "0001", [("C411", CHIEF)]),
        (CHIEF, "D110101007628", []),
        ("institution_code", "C0101010011303807555", [("C304", "institution_code")]),
        ("institution_code", "H1101010000", [("H101", "institution_code")]),
        ("institution_code", "H99999900001", [("H102", "institution_code")]),
    ],
)
def test_one_mistake_gives_one_finding(column: str, code: str, wanted: list[tuple[str, str]]) -> None:
    assert chapter(building.batch({"cases": {column: code}})) == wanted


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("M07803", []),
        ("E11.900", []),
        ("ｍ07803", ["C301"]),
        ("1.1E+14", ["C302"]),
        ("M0780", ["C303"]),
        ("C0101010011303807555", ["C304"]),
        ("M07803-0012", ["C305"]),
        ("Z99.998", ["C307"]),
        ("M07803 ", []),  # surrounding spaces are V006's
    ],
)
def test_an_outpatient_condition(code: str, wanted: list[str]) -> None:
    made = building.batch({"outpatient_conditions": [{"diagnosis_name": "透析", "diagnosis_code": code}]})
    assert sorted(check for check, field in chapter(made) if field == "diagnosis_code") == wanted


def test_fixes_of_coded_fields() -> None:
    cases = {"ｍ07803": "M07803", "M07803-0012": "M07803", "M0780": None}
    for code, wanted in cases.items():
        made = building.batch({"outpatient_conditions": [{"diagnosis_name": "透析", "diagnosis_code": code}]})
        mended = [
            edit.value  # type: ignore[union-attr]
            for segment in building.report(made).segments
            if segment.check.id in ("C301", "C305") and segment.check.fix is not None
            for repair in segment.check.fix.function(made, segment.rows)
            for edit in repair
        ]
        assert mended == ([wanted] if wanted else [])


def test_lost_zeros_of_a_service_item_are_offered_where_only_one_code_fits() -> None:
    judge = judge_of(LIBRARY, CodedField(CATALOGUE, frozenset(Fit), 0, Severity.ERROR))
    assert judge.fit("1102000010000") is Fit.DAMAGE
    assert judge.meant("1102000010000", Fit.DAMAGE) == "001102000010000"
    assert judge.fit("1.102E+12") is Fit.DAMAGE
    assert judge.meant("1.102E+12", Fit.DAMAGE) == ""
    assert judge.fit("250102001") is Fit.KIND
    assert judge.fit("86900001000019") is Fit.KIND
    assert judge.fit("国药准字H20063466") is Fit.KIND
    assert judge.fit("X-J01CA-A040-A006") is Fit.KIND
    assert judge.fit("C01010100113038075550000001") is Fit.FITS
    assert judge.fit("C0101010011303807555-88") is Fit.COMPOSITE
    assert judge.fit("ＸA01ABD075A002010100483") is Fit.SPELLING


@pytest.mark.parametrize(
    ("code", "found_so"),
    [("D110101007628", False), ("D110101003315", True), ("D110101000009", True), ("D110101111111", True)],
)
def test_the_hospitals_own_list_on_the_date_of_discharge(tmp_path: Path, code: str, found_so: bool) -> None:
    """In the list and valid; valid until the year before; stopped; not in the list."""
    made = building.batch({"cases": {CHIEF: code}})
    made.memo["library"] = own_library(tmp_path)
    names = [one.check for one in building.findings(made, "C307") if one.field == CHIEF]
    assert names == (["C307"] if found_so else [])


def test_without_a_list_no_code_is_unknown() -> None:
    made = building.batch({"cases": {CHIEF: "D110101111111"}})
    assert found(made, "C307") == set()


def test_a_list_of_tcm_codes_makes_others_unknown(tmp_path: Path) -> None:
    own = {"kind": "2", "admission_condition": "1", "name": "中风病"}
    rows = [
        {"code": "K80.101", "kind": "1", "admission_condition": "1", "principal_flag": "1"},
        {**own, "code": "A07.01.01", "principal_flag": "1"},
        {**own, "code": "A07.99.99", "principal_flag": "0"},
    ]
    write_books(tmp_path, lists__tcm_disease=arrow.build({"code": ["A07.01.01"], "name": ["中风病"]}, {}))
    made = building.batch({"diagnoses": rows})
    assert found(made, "C132") == set()
    made = building.batch({"diagnoses": rows})
    made.memo["library"] = codebooks.open_library([tmp_path])
    assert [one.value for one in building.findings(made, "C132")] == ["A07.99.99"]


def test_a_new_field_is_a_row(tmp_path: Path) -> None:
    row = {
        "table": ["cases"],
        "column": ["record_no"],
        "standards": ["outpatient_condition"],
        "asks": ["malformed"],
        "kind_length": ["0"],
        "severity": ["hint"],
    }
    write_books(tmp_path, sources__standards__coded_fields=arrow.build(row, {}))
    library = codebooks.open_library([tmp_path])
    made = building.batch()
    made.memo["library"] = library
    keys = {check.key for check in validators.checks_for(made)}
    assert "C303:setlinfo.medcasno" in keys
    assert ("C303", "record_no") in found(made, "C303")


def test_messages_name_kinds_and_editions_in_their_language() -> None:
    made = building.batch({"diagnoses": {"2": {"code": "38.9300"}, "3": {"code": "A00.001", "name": ""}}})
    report = building.report(made)
    english = {one.check: one.message for one in report.findings("en")}
    chinese = {one.check: one.message for one in report.findings("zh")}
    assert "procedure" in english["C110"]
    assert "Beijing edition 7.0" in english["C103"]
    assert "北京版 7.0" in chinese["C103"]
    assert "版" not in english["C103"]


def test_every_coded_field_is_in_a_layout() -> None:
    """A row whose column no layout fills would be a check that never fires."""
    filled = {
        field.target
        for row in LIBRARY.rows("sources/layouts/layouts")
        for field in LIBRARY.layout(str(row["layout"])).fields
    }
    assert set(coded_fields(LIBRARY)) <= filled
