"""Samples: repeatable, equal to what reading gives, clean by construction, and every planted defect is found."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import codebooks
import groupers
import records
from audit.messages import Stopped
from audit.pipeline import examine
from audit.sampling import Sample, recall, sample, write
from audit.sampling.__main__ import NAME, members, shipped
from audit.sampling.people import CHECK_CHARACTERS, ID_WEIGHTS
from audit.sampling.planting import DROP, REPEAT, kinds
from audit.sampling.spoiling import OPERATIONS
from audit.sampling.tables import Tables
from records import Batch, Text
from validators import Report, Severity, all_checks, check_settings

ROOT = Path(__file__).parents[2]
SCHEME = "chs-drg-2.0"
# What no message can hold: an external cause outside the diagnoses, an ambiguous group as a mistake of somebody,
# several children on a newborn's record of 4101, and a death before another stay of the same month.
NOT_PLANTED = {"D131", "G102", "N114", "X111"}


@pytest.fixture(scope="module")
def library() -> codebooks.Library:
    return codebooks.shipped()


@pytest.fixture(scope="module")
def clean() -> Sample:
    return sample(2000, seed=11)


@pytest.fixture(scope="module")
def spoilt() -> Sample:
    return sample(1000, seed=12, defects=0.3)


def report_of(batch: Batch) -> Report:
    library = batch.library
    settings = check_settings(library, library.profile("national"))
    return examine(batch, groupers.load_scheme(library, SCHEME), settings).report


def test_a_clean_sample_has_no_error_and_hardly_a_warning(clean: Sample) -> None:
    report = report_of(clean.batch)
    assert not report.broken
    assert not report.cases_with(Severity.ERROR).any()
    assert report.cases_with(Severity.WARNING).mean() < 0.02
    assert clean.key == ()


def test_a_batch_is_as_large_as_the_benchmarks_say(clean: Sample) -> None:
    batch = clean.batch
    discharge = batch.count(batch.diagnoses, batch.diagnoses.role.is_("discharge"))
    assert 7.5 < discharge.mean() < 8.7
    assert 2.7 < batch.count(batch.procedures).mean() < 3.5
    assert set(batch.count(batch.charges).tolist()) == {14}


def test_a_month_holds_every_kind_of_case(clean: Sample) -> None:
    batch, cases = clean.batch, clean.batch.cases
    assert set(cases.discharge_way.listed) == {"1", "2", "3", "4", "5"}
    assert set(cases.inpatient_type.listed) == {"1", "2"}
    assert set(batch.diagnoses.kind.listed) == {"1", "2", "3"}
    assert (cases.age_days <= 28).any()
    assert (cases.ventilator_minutes > 0).any()
    for name in ("newborns", "icu_stays", "transfusions", "outpatient_conditions"):
        assert batch.table(name).rows, name
    month = np.unique(cases.discharged_at.astype("datetime64[M]"))
    assert len(month) == 1


def test_identity_numbers_have_their_check_character(clean: Sample) -> None:
    cases = clean.batch.cases
    numbers = [
        number
        for number, kind in zip(cases.certificate_no.to_list(), cases.certificate_type.to_list(), strict=True)
        if kind == "01"
    ]
    for number in numbers[:200]:
        total = sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False))
        assert number[-1] == CHECK_CHARACTERS[total % 11]


@pytest.mark.parametrize("layout", ["4101", "4101A"])
def test_the_same_arguments_give_the_same_bytes(layout: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(sample(60, seed=3, defects=0.5, layout=layout), layout, tmp_path / f"{name}.jsonl")
    for ending in ("", ".key.jsonl"):
        one, two = (tmp_path / f"{name}.jsonl{ending}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
    write(sample(60, seed=4, defects=0.5, layout=layout), layout, tmp_path / "other.jsonl")
    assert (tmp_path / "other.jsonl").read_bytes() != (tmp_path / "one.jsonl").read_bytes()


@pytest.mark.parametrize("layout", ["4101", "4101A"])
def test_reading_back_gives_the_batch(layout: str, tmp_path: Path) -> None:
    made = sample(700, seed=5, defects=0.4, layout=layout)
    write(made, layout, tmp_path / "sample.jsonl")
    result = records.read([tmp_path / "sample.jsonl"])
    assert result.problems == []
    assert result.batch is not None
    assert_equal(made.batch, result.batch)


@pytest.mark.parametrize("name", ["sample.json", "sample.jsonl", "sample.zip", "sample.xlsx", "sample"])
@pytest.mark.parametrize("bare", [False, True])
def test_every_shape_holds_the_same(name: str, bare: bool, tmp_path: Path) -> None:
    made = sample(30, seed=6)
    write(made, "4101", tmp_path / name, bare=bare)
    result = records.read([tmp_path / name])
    assert result.problems == []
    assert result.batch is not None
    assert result.batch.cases.settlement_id.to_list() == made.batch.cases.settlement_id.to_list()


def test_a_workbook_holds_what_the_messages_hold(tmp_path: Path) -> None:
    made = sample(150, seed=16, defects=0.4)
    for name in ("one.xlsx", "two.xlsx"):
        write(made, "4101", tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    result = records.read([tmp_path / "one.xlsx"])
    assert result.problems == []
    assert result.batch is not None
    found = recall(report_of(result.batch).findings(), made.key)
    assert found.share >= 0.98, found.missed


def test_an_unknown_ending_is_said(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match=r"\.pdf"):
        write(sample(2, seed=1), "4101", tmp_path / "sample.pdf")


def test_another_layout_is_made_anew(tmp_path: Path) -> None:
    write(sample(40, seed=7, defects=0.5), "4101A", tmp_path / "a.jsonl")
    result = records.read([tmp_path / "a.jsonl"])
    assert result.batch is not None
    assert result.batch.layouts == ("4101A",)
    keys = (tmp_path / "a.jsonl.key.jsonl").read_text(encoding="utf-8").splitlines()
    assert recall(report_of(result.batch).findings(), ()).share == 1.0
    assert {json.loads(line)["source_field"].partition(".")[0] for line in keys} >= {"setlinfo"}


def test_the_grouping_table_groups_as_the_messages_do(tmp_path: Path, library: codebooks.Library) -> None:
    made = sample(300, seed=8)
    write(made, "grouping", tmp_path / "cases.csv")
    result = records.read([tmp_path / "cases.csv"])
    assert result.problems == []
    assert result.batch is not None
    scheme = groupers.load_scheme(library, SCHEME)
    one, two = (groupers.attach(batch, scheme).columns["drg"] for batch in (made.batch, result.batch))
    assert isinstance(one, Text)
    assert isinstance(two, Text)
    assert one.to_list() == two.to_list()


def test_every_planted_defect_is_found(spoilt: Sample) -> None:
    for made in (spoilt, sample(1000, seed=13, defects=0.3)):
        assert len(made.key) > 300
        found = recall(report_of(made.batch).findings(), made.key)
        assert found.share >= 0.98, found.missed


def test_every_planted_defect_of_the_other_layout_is_found() -> None:
    made = sample(1000, seed=14, defects=0.3, layout="4101A")
    found = recall(report_of(made.batch).findings(), made.key)
    assert len(made.key) > 300
    assert found.share >= 0.98, found.missed


def test_the_share_of_spoilt_cases_is_the_one_asked_for(spoilt: Sample) -> None:
    assert 0.25 < len({line.case for line in spoilt.key}) / len(spoilt.batch) < 0.37


def test_every_check_that_blocks_or_warns_has_a_kind_of_defect(library: codebooks.Library) -> None:
    tables = Tables(library)
    named = {row["check"].partition(":")[0] for row in tables.rows("defects")}
    wanted = {check.id for check in all_checks() if check.severity is not Severity.HINT}
    assert wanted - named <= NOT_PLANTED, sorted(wanted - named - NOT_PLANTED)


def test_every_kind_of_defect_belongs_to_a_check_and_is_known(library: codebooks.Library) -> None:
    tables = Tables(library)
    possible: set[str] = set()
    for layout in ("4101", "4101A"):
        possible |= {kind.kind for kind in kinds(tables, sample(400, seed=9, layout=layout).batch)}
    assert {row["kind"] for row in tables.rows("defects")} - possible == set()
    operations = {row["operation"] for row in tables.rows("defect_changes")}
    assert operations <= {*OPERATIONS, DROP, REPEAT}
    lists = {row["list"] for row in tables.rows("defect_codes")}
    asked = {row["argument"] for row in tables.rows("defect_changes") if row["operation"] in ("code", "name")}
    assert asked == lists


def test_the_codes_of_the_templates_are_in_force(library: codebooks.Library) -> None:
    tables = Tables(library)
    codes = {
        code
        for row in tables.templates
        for name in ("principal", "companions")
        for code in row[name].split("|")
    }
    codes |= {row["code"] for row in tables.rows("diagnoses")}
    assert_in_force(codes, tables.diagnoses)
    done = {code for row in tables.templates for code in row["main_procedure"].split("|")}
    done |= {row["code"] for row in tables.rows("procedures")}
    assert_in_force(done, tables.procedures)
    pools = {row["pool"] for row in tables.rows("diagnoses")}
    assert {row["others"] for row in tables.templates} == pools
    assert {row["procedures"] for row in tables.templates} == {
        row["pool"] for row in tables.rows("procedures")
    }
    assert {row["charges"] for row in tables.templates} == {row["profile"] for row in tables.rows("charges")}
    assert 80 <= len(tables.templates) <= 130


def test_the_shipped_sample_is_the_one_that_is_made() -> None:
    made = shipped()
    archive = ROOT / "resources" / "samples" / NAME
    key = archive.with_name(archive.name + ".key.jsonl")
    assert archive.stat().st_size + key.stat().st_size < 1_000_000
    with zipfile.ZipFile(archive) as held:
        assert {name: held.read(name).decode() for name in held.namelist()} == dict(members(made))
    lines = [json.loads(line) for line in key.read_text(encoding="utf-8").splitlines()]
    assert [(line["case"], line["check"], line["row"]) for line in lines] == [
        (line.case, line.check, line.row) for line in made.key
    ]


def assert_in_force(codes: set[str], books: codebooks.CodeTable) -> None:
    codes.discard("")
    ids = books.ids(sorted(codes))
    assert ids.min() >= 0, [code for code, found in zip(sorted(codes), ids, strict=True) if found < 0]
    assert not books.column("grey")[ids].any()


def assert_equal(one: Batch, two: Batch) -> None:
    for name in dict.fromkeys((*one.tables, *two.tables)):
        first, second = one.table(name), two.table(name)
        for place in ("case", "row_id", "seq", "origin_record", "origin_node", "origin_index"):
            np.testing.assert_array_equal(getattr(first, place), getattr(second, place), f"{name} {place}")
        assert list(first.data) == list(second.data), name
        for column, values in first.data.items():
            other = second.data[column]
            if isinstance(values, Text):
                assert isinstance(other, Text)
                assert values.to_list() == other.to_list(), (name, column)
            else:
                np.testing.assert_array_equal(values, np.asarray(other), f"{name}.{column}")
        assert raw_of(first) == raw_of(second), name


def raw_of(table: records.Table) -> dict[str, list[tuple[int, str]]]:
    kept = {column: list(zip(raw.rows.tolist(), raw.texts, strict=True)) for column, raw in table.raw.items()}
    return {column: texts for column, texts in kept.items() if texts}
