"""Two schemes over a batch as people ask for it: choices, what is missing, tables, one case."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

import codebooks
from audit.comparison import Wish, choices, compare, compare_session, loaded, missing, of_case, usual
from audit.comparison_sheets import Tables, as_json
from audit.comparison_view import LISTS, view_of, write_view
from audit.kept_filters import filter_from, filter_text
from audit.messages import Stopped
from audit.session import Session
from audit.sheets import workbook
from audit.worklist import Filter, Places
from groupers import Fate
from records import Cancelled
from tests.audit.making import library, written
from tests.audit.making import loaded as batch_in

WISH = Wish("chs-drg-1.1", "chs-drg-2.0", "beijing-2022")


@pytest.fixture
def batch(tmp_path):
    return batch_in(written(tmp_path / "cases.jsonl", 5))


@pytest.fixture
def compared(batch):
    return compare(batch, library(), WISH)


def test_the_usual_pair_is_the_one_in_force_and_the_newest():
    assert usual(library(), dt.date(2026, 11, 22)) == ("chs-drg-2.0", "chs-drg-3.0")
    listed = choices(library())
    assert [held.id for held in listed if held.is_missing] == ["chs-drg-3.0"]
    assert [bool(held.region) for held in listed] == sorted(bool(held.region) for held in listed)


def test_a_scheme_that_must_be_imported_says_how():
    lacking = missing(library(), "chs-drg-3.0")
    assert lacking is not None
    with pytest.raises(Stopped) as stopped:
        loaded(library(), "chs-drg-3.0")
    for language in ("zh", "en"):
        told = stopped.value.text(language)
        assert lacking.workbook in told
        assert lacking.page in told
        assert "2027-01-01" in told
    assert missing(library(), "chs-drg-2.0") is None
    with pytest.raises(codebooks.CodebookError):
        loaded(library(), "no-such-scheme")


def test_progress_is_told_and_can_stop(batch):
    stages = []
    compare(batch, library(), WISH, lambda done, total: stages.append((done, total)) is None)
    assert [done for done, _ in stages] == sorted(done for done, _ in stages)
    with pytest.raises(Cancelled):
        compare(batch, library(), WISH, lambda done, _: done < 2)


def test_tables_add_up(compared):
    tables = Tables(compared, library(), "zh")
    assert sum(row[5] for row in map(tables.flow, tables.flows)) == 5
    found = {sheet.name: list(sheet.rows) for sheet in tables.sheets()}
    assert len(found) == 7
    for sheet in tables.sheets():
        assert {len(row) for row in sheet.rows} <= {len(sheet.heads)} == {len(sheet.widths)}
    moved = [flow for flow in tables.flows if flow.fate != Fate.SAME]
    assert len(list(tables.cases())) == sum(flow.cases for flow in moved)


def test_json_has_stable_names(compared):
    held = json.loads(json.dumps(as_json(Tables(compared, library(), "en"))))
    assert held["from"]["scheme"] == "chs-drg-1.1"
    assert "2022" in held["from"]["weights"]
    assert held["to"]["weights"] == ""
    assert held["cmi"][1] is None
    assert held["matched_by"] == "name"
    assert sum(flow["cases"] for flow in held["flows"]) == held["cases"] == 5
    assert set(held["fates"]) == {fate.name.lower() for fate in Fate}


def test_a_workbook_has_a_sheet_a_table_and_no_formula(compared, tmp_path):
    tables = Tables(replace(compared, labels=("=1+1",) * 5), library(), "zh")
    path = tmp_path / "out.xlsx"
    workbook(path, tables.sheets())
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 7
    last = book[book.sheetnames[-1]]
    assert all(row[0].data_type != "f" and row[0].value == "'=1+1" for row in last.iter_rows(min_row=2))
    with pytest.raises(Cancelled):
        workbook(tmp_path / "none.xlsx", Tables(compared, library(), "zh").sheets(), lambda _: False)
    assert not (tmp_path / "none.xlsx").exists()


def test_a_view_narrows_to_a_department_and_leads_to_cases(compared, tmp_path):
    whole = view_of(compared, library(), "zh")
    assert set(whole.lists) == set(LISTS)
    (department,) = compared.department_cases
    part = view_of(compared, library(), "zh", department)
    assert part.totals == whole.totals
    assert [len(listing.rows) for listing in part.lists.values()] == [
        len(listing.held) for listing in whole.lists.values()
    ]
    assert part.cases(part.flows[0]).tolist() == [0, 1, 2, 3, 4]
    assert write_view(part, library(), "en", tmp_path / "v.xlsx", lambda *_: True) == 5
    assert (tmp_path / "v.xlsx").exists()


def test_one_case_of_a_workspace(tmp_path, batch):
    session = Session(tmp_path / "work", library(), scheme="chs-drg-1.1")
    session.workspace.add_import(batch)
    session.load()
    assert of_case(session, 0) is None, "the newest scheme is not imported"
    found = of_case(session, 0, WISH, "en")
    assert found is not None
    whole = compare_session(session, WISH).comparison
    assert found.first == whole.first.outcome_of(0)
    assert found.second == whole.second.outcome_of(0)
    assert found.fate == whole.fate[0]
    assert bool(found.causes) == bool(whole.causes.flags[0])
    assert found.weights[1] is None
    session.close()


def test_the_list_narrows_to_places_and_does_not_keep_them(tmp_path, batch):
    session = Session(tmp_path / "work", library())
    session.workspace.add_import(batch)
    session.load()
    assert session.worklist is not None
    wanted = Filter(places=Places(np.array([1, 3, 99]), "HC25 → HC45"))
    assert wanted.active
    assert np.flatnonzero(session.worklist.matching(wanted)).tolist() == [1, 3]
    assert filter_from(filter_text(wanted)) == Filter()
    session.close()
