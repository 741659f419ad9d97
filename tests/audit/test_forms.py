"""The official form as data: every field has its place, rows are acted on as a coder means, changes are told."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from audit.code_finding import candidates, name_of
from audit.form_case import form_case
from audit.form_history import history
from audit.form_values import FIRST_ROW, changes, flags, heading, rows_of
from audit.forms import Form, FormTable, form_for
from audit.pipeline import examine
from audit.privacy import masked, shown
from audit.row_acts import added, coded, made_principal, moved, removed, shifted
from audit.session import Session, read_files
from audit.workspace import Workspace
from records import CASES, ROW, Batch, Edit, SetCell
from tests.audit.making import Message, base, filled, library, scheme, settings, written

LAYOUTS = ("4101", "4101A")
# Not on the form by itself: it is the principal mark, or says which table lists a row.
MARKS = {
    "diagnoses.principal_flag",
    "diagnoses.role",
    "procedures.principal_flag",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return filled(tmp_path / "audit")


@pytest.fixture
def form() -> Form:
    return form_for(library(), ("4101",))


def table(form: Form, name: str) -> FormTable:
    return next(each for each in form.tables() if each.id == name)


def codes(batch: Batch, rows: FormTable) -> list[str]:
    return [row.texts["code"] for row in rows_of(batch, rows)]


def act(workspace: Workspace, edits: list[Edit]) -> Batch:
    workspace.edit(edits)
    return workspace.case(0)


# The form


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_field_of_a_layout_has_one_place(layout: str) -> None:
    form = form_for(library(), (layout,))
    of_case = [shown.target for shown in form.fields()]
    assert len(of_case) == len(set(of_case))
    of_rows = {each.target for rows in form.tables() for each in rows.fields}
    wanted = {field.target for field in library().layout(layout).fields}
    assert wanted - MARKS == set(of_case) | of_rows


def test_sections_stand_in_the_order_of_the_official_form(form: Form) -> None:
    assert [tab.id for tab in form.tabs] == ["basic", "stay", "coding", "fees"]
    coding = [section.id for tab, section in form.sections() if tab.id == "coding"]
    assert coding == ["door", "diagnoses", "tcm", "procedures", "counts"]


def test_fields_of_two_layouts_stand_on_one_form() -> None:
    both = form_for(library(), LAYOUTS)
    targets = {shown.target for shown in both.fields()}
    assert {"cases.patient_name", "cases.responsible_nurse_code"} <= targets
    assert "cases.responsible_nurse_code" not in {
        each.target for each in form_for(library(), ("4101",)).fields()
    }


def test_titles_are_those_of_the_layout(form: Form) -> None:
    sex = form.by_target["cases.sex"]
    assert (sex.title(), sex.title("en")) == ("性别", "Sex")
    # Not the field of the outpatient diagnosis, which fills the same column.
    assert form.by_target["diagnoses.code"].title() == "诊断代码"


def test_a_derived_column_is_shown_where_its_inputs_are(form: Form) -> None:
    assert form.place_of("cases", "sex") == ("cases", "sex")
    assert form.place_of("cases", "age_days") in (
        ("cases", "born_on"),
        ("cases", "reported_age_days"),
        ("cases", "reported_age_years"),
    )
    assert form.place_of("cases", "principal_code") == ("diagnoses", "code")
    assert form.place_of("diagnoses", "principal_flag") == ("diagnoses", ROW)
    assert form.place_of("groups", "drg") is None


# Values


def test_each_diagnosis_is_in_one_table(tmp_path: Path, form: Form) -> None:
    def with_tcm(_: int, body: Message) -> None:
        body["diseinfo"].append(
            {
                "diag_type": "2",
                "diag_code": "A08.01",
                "diag_name": "胆胀",
                "adm_cond_type": "1",
                "maindiag_flag": "1",
            }
        )

    batch = filled(tmp_path / "tcm", written(tmp_path / "tcm.jsonl", 1, with_tcm)).case(0)
    assert codes(batch, table(form, "diagnoses")) == ["K80.101", "I10.x00x002", "E11.900"]
    assert codes(batch, table(form, "tcm")) == ["A08.01"]
    assert codes(batch, table(form, "door")) == ["K80.101"]
    assert sum(len(rows_of(batch, rows)) for rows in form.tables() if rows.table == "diagnoses") == 5


def test_marks_say_what_a_code_is(tmp_path: Path, form: Form) -> None:
    def fall(_: int, body: Message) -> None:
        body["diseinfo"][1] |= {"diag_code": "W19.x00", "diag_name": "跌倒"}

    batch = filled(tmp_path / "fall", written(tmp_path / "fall.jsonl", 1, fall)).case(0)
    assert rows_of(batch, table(form, "diagnoses"))[1].marks == ()
    examine(batch, scheme(), settings(), one_case=True)
    first, fallen, _ = rows_of(batch, table(form, "diagnoses"))
    assert first.principal
    assert first.marks == ()
    assert fallen.marks == ("not_principal",)


def test_findings_stand_at_their_places(tmp_path: Path, form: Form) -> None:
    def faulty(_: int, body: Message) -> None:
        body["setlinfo"] |= {"prfs": "99", "psn_name": ""}
        body["diseinfo"][1] |= {"diag_code": "I10.x"}

    batch = filled(tmp_path / "bad", written(tmp_path / "bad.jsonl", 1, faulty)).case(0)
    report = examine(batch, scheme(), settings(), one_case=True).report
    found = flags(report, form, "zh", shown)
    places = {(flag.table, flag.column) for flag in found}
    assert {("cases", "occupation"), ("cases", "patient_name"), ("diagnoses", "code")} <= places
    assert [flag.severity.value for flag in found] == sorted(
        (flag.severity.value for flag in found), key=["error", "warning", "hint"].index
    )
    second = int(batch.diagnoses.row_id[2])
    assert second in {flag.row_id for flag in found if flag.table == "diagnoses"}


def test_the_heading_counts_the_days_left(workspace: Workspace) -> None:
    held = heading(workspace.case(0), masked(library()), date(2026, 3, 14))
    assert (held.name, held.sex, held.age_years, held.stay_days) == ("陈**", "女", 52, 7)
    assert held.department == "普通外科专业"
    assert held.days_left == 2
    assert heading(workspace.case(0), shown, date(2026, 3, 20)).days_left == -4


def test_a_heading_of_nothing_known(tmp_path: Path) -> None:
    def bare(_: int, body: Message) -> None:
        body["setlinfo"] |= dict.fromkeys(
            ("psn_name", "gend", "brdy", "age", "adm_time", "dscg_time", "medcasno"), ""
        )

    batch = filled(tmp_path / "bare", written(tmp_path / "bare.jsonl", 1, bare)).case(0)
    held = heading(batch, shown, date(2026, 3, 14))
    assert (held.name, held.sex, held.record) == ("", "", "")
    assert held.admitted is None
    assert held.days_left is None


# Acts on rows


def test_a_row_moves_among_the_rows_of_its_table(workspace: Workspace, form: Form) -> None:
    rows = table(form, "diagnoses")
    ids = [row.row_id for row in rows_of(workspace.case(0), rows)]
    after = act(workspace, shifted(workspace.case(0), rows, ids[2], -1))
    assert codes(after, rows) == ["K80.101", "E11.900", "I10.x00x002"]
    assert codes(after, table(form, "door")) == ["K80.101"]
    assert shifted(after, rows, ids[0], -1) == []
    assert moved(after, rows, ids[0], 0) == []
    assert codes(act(workspace, moved(after, rows, ids[0], 99)), rows)[-1] == "K80.101"


def test_made_principal_moves_the_flag_and_the_row(workspace: Workspace, form: Form) -> None:
    rows = table(form, "diagnoses")
    before = rows_of(workspace.case(0), rows)
    after = rows_of(act(workspace, made_principal(workspace.case(0), rows, before[1].row_id)), rows)
    assert [(row.texts["code"], row.principal) for row in after] == [
        ("I10.x00x002", True),
        ("K80.101", False),
        ("E11.900", False),
    ]
    assert made_principal(workspace.case(0), rows, before[1].row_id) == []
    workspace.undo()
    assert codes(workspace.case(0), rows)[0] == "K80.101"


def test_there_is_one_principal_for_each_kind_of_tcm(tmp_path: Path, form: Form) -> None:
    def with_tcm(_: int, body: Message) -> None:
        for kind, code in (("2", "A08.01"), ("3", "B04.02"), ("2", "A08.02")):
            flag = "0" if code == "A08.02" else "1"
            body["diseinfo"].append(
                {
                    "diag_type": kind,
                    "diag_code": code,
                    "diag_name": code,
                    "adm_cond_type": "1",
                    "maindiag_flag": flag,
                }
            )

    rows = table(form, "tcm")
    workspace = filled(tmp_path / "tcm", written(tmp_path / "tcm.jsonl", 1, with_tcm))
    third = rows_of(workspace.case(0), rows)[2].row_id
    after = rows_of(act(workspace, made_principal(workspace.case(0), rows, third)), rows)
    assert {row.texts["code"]: row.principal for row in after} == {
        "A08.02": True,
        "A08.01": False,
        "B04.02": True,
    }


def test_added_and_removed_rows_are_counted(workspace: Workspace, form: Form) -> None:
    rows = table(form, "diagnoses")
    first = rows_of(workspace.case(0), rows)[0].row_id
    texts = {"code": "N40.x00", "name": "前列腺增生"}
    after = act(workspace, added(workspace.case(0), rows, -1, texts, first))
    assert codes(after, rows)[1] == "N40.x00"
    assert not rows_of(after, rows)[1].principal
    assert after.cases.reported_diagnosis_count[0] == 4
    after = act(workspace, removed(after, rows, -1))
    assert codes(after, rows) == ["K80.101", "I10.x00x002", "E11.900"]
    assert after.cases.reported_diagnosis_count[0] == 3


def test_a_wrong_count_stays_as_it_was_written(tmp_path: Path, form: Form) -> None:
    def wrong(_: int, body: Message) -> None:
        body["setlinfo"]["diag_code_cnt"] = "7"

    batch = filled(tmp_path / "wrong", written(tmp_path / "wrong.jsonl", 1, wrong)).case(0)
    assert len(added(batch, table(form, "diagnoses"), -1, {"code": "N40.x00"})) == 1


def test_the_first_row_of_an_empty_table_is_the_principal_one(tmp_path: Path, form: Form) -> None:
    def none(_: int, body: Message) -> None:
        body["oprninfo"] = []
        body["setlinfo"]["oprn_oprt_code_cnt"] = "0"

    rows = table(form, "procedures")
    workspace = filled(tmp_path / "none", written(tmp_path / "none.jsonl", 1, none))
    after = act(workspace, added(workspace.case(0), rows, -1, {"code": "51.2300"}))
    assert rows_of(after, rows)[0].principal
    again = act(workspace, added(after, rows, -2, {"code": "54.2101"}))
    assert [row.principal for row in rows_of(again, rows)] == [True, False]
    assert again.cases.reported_procedure_count[0] == 2


def test_another_code_brings_its_name(workspace: Workspace, form: Form) -> None:
    rows = table(form, "diagnoses")
    row = rows_of(workspace.case(0), rows)[1]
    edits = coded(workspace.case(0), rows, row.row_id, "E78.500", name_of(library(), "diagnoses", "E78.500"))
    after = rows_of(act(workspace, edits), rows)[1].texts
    assert (after["code"], after["name"]) == ("E78.500", "高脂血症")
    assert coded(workspace.case(0), rows, row.row_id, "E78.500", "高脂血症") == []
    assert [
        edit.column
        for edit in coded(workspace.case(0), rows, row.row_id, "x", "")
        if isinstance(edit, SetCell)
    ] == ["code"]
    assert coded(workspace.case(0), rows, 999_999, "x", "") == []


# What was changed


def test_changes_name_field_row_and_order(workspace: Workspace, form: Form) -> None:
    before, rows = base(workspace).slice(np.array([0])), table(form, "diagnoses")
    case_id = int(before.cases.row_id[0])
    ids = [row.row_id for row in rows_of(before, rows)]
    assert changes(before, workspace.case(0), form) == []
    act(workspace, [SetCell(CASES, case_id, "sex", "1")])
    act(workspace, made_principal(workspace.case(0), rows, ids[1]))
    act(workspace, added(workspace.case(0), rows, -1, {"code": "N40.x00", "name": "前列腺增生"}))
    act(workspace, removed(workspace.case(0), rows, ids[2]))
    act(workspace, coded(workspace.case(0), rows, ids[0], "K80.100", ""))
    told = [
        (c.kind, c.shown.column if c.shown else "", c.before, c.after)
        for c in changes(before, workspace.case(0), form)
    ]
    assert told == [
        ("set", "sex", "2", "1"),
        ("principal", "", "", "1"),
        ("set", "code", "K80.101", "K80.100"),
        ("principal", "", "1", ""),
        ("added", "", "", "N40.x00 前列腺增生"),
        ("removed", "", "E11.900 2型糖尿病", ""),
        ("moved", "", "K80.101 → I10.x00x002", "I10.x00x002 → K80.100"),
    ]


def test_history_tells_each_action_of_this_case_alone(workspace: Workspace, form: Form) -> None:
    before, rows = base(workspace).slice(np.array([0])), table(form, "diagnoses")
    case_id, other = (int(base(workspace).cases.row_id[at]) for at in (0, 1))
    ids = [row.row_id for row in rows_of(before, rows)]
    workspace.edit([SetCell(CASES, other, "sex", "1")])
    workspace.edit([SetCell(CASES, case_id, "sex", "1"), SetCell(CASES, other, "sex", "9")], "身份证为男")
    workspace.edit([SetCell(CASES, case_id, "sex", "2")])
    act(workspace, made_principal(workspace.case(0), rows, ids[1]))
    act(workspace, added(workspace.case(0), rows, -1, {"code": "N40.x00", "name": "前列腺增生"}))
    act(workspace, removed(workspace.case(0), rows, -1))
    workspace.undo()
    workspace.override(0, "已与医师核实")
    told = history(workspace.journal.actions(), before, form)
    assert [act.why for act in told] == ["已与医师核实", "", "", "", "身份证为男"]
    assert told[0].steps == ()
    kinds = [[step.kind for step in act.steps] for act in told]
    assert kinds == [[], ["added", "set"], ["set", "set", "ordered"], ["set"], ["set"]]
    assert (told[3].steps[0].before, told[3].steps[0].after) == ("1", "2")
    row = told[1].steps[0]
    assert (row.rows, row.after) == (rows, "N40.x00 前列腺增生")
    assert told[2].steps[2].after == "I10.x00x002 → K80.101 → E11.900"
    assert [told.who for told in told] == ["test"] * 5


def test_removed_rows_are_told_by_what_they_were(workspace: Workspace, form: Form) -> None:
    before, rows = base(workspace).slice(np.array([0])), table(form, "procedures")
    row_id = rows_of(before, rows)[0].row_id
    act(workspace, removed(workspace.case(0), rows, row_id))
    (told,) = history(workspace.journal.actions(), before, form)
    assert told.steps[0].kind == "removed"
    assert told.steps[0].before.startswith("51.2300")


# A case laid out


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "data"))
    session = Session(tmp_path / "audit", library(), who="test")
    session.keep_import(read_files([written(tmp_path / "in.jsonl")], library()))
    session.load()
    return session


def test_a_case_laid_out_compares_with_the_import_once_edited(session: Session) -> None:
    held = form_case(session, session.case(0), "zh")
    assert held.old_texts is None
    assert held.changes == ()
    assert held.texts["cases.sex"] == "2"
    session.edit([SetCell(CASES, held.case_id, "occupation", "99")])
    held = form_case(session, session.case(0), "zh")
    assert held.old_texts is not None
    assert held.old_texts["cases.occupation"] == "17"
    assert "cases.occupation" in held.flags_of_case()
    assert held.worst_of_tabs()["basic"] is held.flags_of_case()["cases.occupation"][0].severity
    session.close()


def test_a_finding_without_a_row_stands_at_the_first(session: Session) -> None:
    held = form_case(session, session.case(0), "zh")
    rows = table(held.form, "diagnoses")
    for row in rows_of(held.batch, rows):
        session.edit(removed(session.workspace.case(0), rows, row.row_id))
    held = form_case(session, session.case(0), "zh")
    assert held.rows["diagnoses"] == []
    assert any(flag.row_id == FIRST_ROW or flag.table == CASES for flag in held.flags)
    session.close()


# Finding codes


def test_codes_are_found_by_code_name_and_initials() -> None:
    assert candidates(library(), "diagnoses", "S72.000", None)[0].name == "股骨颈骨折"
    assert "I10.x00x002" in {found.code for found in candidates(library(), "diagnoses", "gxy", None)}
    assert candidates(library(), "procedures", "51.2300", None)[0].code == "51.2300"
    assert candidates(library(), "diagnoses", "", None) == []
    assert candidates(library(), "diagnoses", "没有这样的诊断", None) == []


def test_candidates_carry_what_must_be_known() -> None:
    (found, *_) = candidates(library(), "diagnoses", "W19.x00", "chs-drg-2.0")
    assert found.marks == ("not_principal",)
    assert name_of(library(), "diagnoses", "?") == ""
