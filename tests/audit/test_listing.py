"""The list as it is asked for, its choices, kept filters; many cases accepted, exported, unmasked at once."""

from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import audit.listing
from audit.accepting import accept_all
from audit.kept_filters import filter_from, filter_text
from audit.list_export import COLUMNS, export_list
from audit.listing import Facet, Sorting, checks_at, checks_of, choices, listed, show_identities
from audit.messages import Stopped
from audit.opening import Wishes, import_into
from audit.session import Changed, Session, read_files
from audit.some_cases import report_on
from audit.worklist import NUMBERS, TEXTS, Filter, Positions, Strings, Worklist
from records import Cancelled, SetCell
from tests.audit.making import Message, broken, library, untidy, written
from validators import Severity

CASES = 8
DAY = date(2026, 11, 2)
SORTS = ("work", "days", *TEXTS, *NUMBERS)


def change(number: int, body: Message) -> None:
    """0 and 2 lack a name, 1 and 4 have an untidy code, 6 an unknown occupation, 7 no department."""
    broken(0, 2)(number, body)
    untidy(1, 4)(number, body)
    if number == 6:
        body["setlinfo"].update(prfs="99", psn_name="欧阳修")
    if number == 7:
        body["setlinfo"].update(dscg_caty="")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    result = read_files([written(tmp_path / "month.jsonl", CASES, change)], library())
    return import_into(tmp_path / "work", library(), result, Wishes(who="甲"))


@pytest.fixture
def worklist(session: Session) -> Worklist:
    assert session.worklist is not None
    return session.worklist


def places(*positions: int) -> Positions:
    return np.array(positions, dtype=np.int64)


# Filtering and sorting


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", SORTS)
def test_every_case_is_listed_once_whatever_it_is_sorted_by(
    worklist: Worklist, key: str, descending: bool
) -> None:
    assert sorted(listed(worklist, Filter(), Sorting(key, descending)).tolist()) == list(range(CASES))


def test_what_needs_work_first_and_last(worklist: Worklist) -> None:
    errors = worklist.counts[Severity.ERROR]
    first = listed(worklist, Filter(), Sorting())
    last = listed(worklist, Filter(), Sorting("work", descending=True))
    assert (np.diff(errors[first]) <= 0).all()
    assert last.tolist() == first[::-1].tolist()


@pytest.mark.parametrize("descending", [False, True])
def test_what_is_unknown_goes_last(worklist: Worklist, descending: bool) -> None:
    worklist.numbers["weight"][:] = [1.0, np.nan, 3.0, 2.0, 5.0, 4.0, 7.0, 6.0]
    worklist.discharged[3] = np.datetime64("NaT")
    assert listed(worklist, Filter(), Sorting("weight", descending))[-1] == 1
    assert listed(worklist, Filter(), Sorting("days", descending))[-1] == 3
    assert listed(worklist, Filter(), Sorting("department", descending))[-1] == 7


def test_a_filter_keeps_the_order(worklist: Worklist) -> None:
    wanted = Filter(severities=frozenset({"error"}))
    order = listed(worklist, Filter(), Sorting("record", descending=True)).tolist()
    mask = worklist.matching(wanted)
    found = listed(worklist, wanted, Sorting("record", descending=True), DAY).tolist()
    assert found == [position for position in order if mask[position]]


def test_many_distinct_values_sort_as_few_do(worklist: Worklist, monkeypatch: pytest.MonkeyPatch) -> None:
    worklist.texts["record"] = Strings(["乙", "b", "", "A", "甲", "B", "10", "9"])
    few = listed(worklist, Filter(), Sorting("record"))
    audit.listing._known_ranks.clear()
    monkeypatch.setattr(audit.listing, "MANY", 0)
    assert listed(worklist, Filter(), Sorting("record")).tolist() == few.tolist()
    worklist.texts["record"].set(0, "0")
    assert listed(worklist, Filter(), Sorting("record"))[0] == 0


# Choices


def test_choices_count_what_the_other_parts_let_through(session: Session, worklist: Worklist) -> None:
    errors = Filter(severities=frozenset({"error"}), departments=frozenset({"nowhere"}))
    found = choices(worklist, session.report, Facet.DEPARTMENTS, errors)
    known = [choice for choice in found if choice.value != "nowhere"]
    named = ~worklist.texts["department"].among([""])
    assert sum(choice.cases for choice in known) == int((named & (worklist.counts[Severity.ERROR] > 0)).sum())
    assert [choice.cases for choice in found if choice.value == "nowhere"] == [0]


def test_checks_to_choose_from_are_gravest_first(session: Session, worklist: Worklist) -> None:
    found = choices(worklist, session.report, Facet.CHECKS, Filter())
    ranks = [list(Severity).index(choice.severity) for choice in found if choice.severity]
    assert len(ranks) == len(found)
    assert ranks == sorted(ranks)
    for choice in found:
        assert choice.cases == len(listed(worklist, Filter(checks=frozenset({choice.value})), Sorting()))


def test_groups_to_choose_from_have_names_and_kinds(session: Session, worklist: Worklist) -> None:
    worklist.kind.set(0, "ungrouped")
    found = choices(worklist, session.report, Facet.GROUPS, Filter(kinds=frozenset({"ambiguous"})))
    assert [choice.value for choice in found[:2]] == ["ungrouped", "ambiguous"]
    assert all(choice.title for choice in found[2:])
    assert sum(choice.cases for choice in found) == CASES


def test_checks_of_some_cases(worklist: Worklist) -> None:
    of_case = checks_of(worklist)
    some = checks_at(worklist, places(0, 2))
    assert set(some) == {*of_case[0], *of_case[2]}
    assert some["F001"] == 2
    assert list(some.values()) == sorted(some.values(), reverse=True)
    assert checks_at(worklist, places()) == {}


# Kept filters

words = st.frozensets(st.text(max_size=5), max_size=3)


@given(
    st.builds(
        Filter,
        severities=words,
        checks=words,
        departments=words,
        groups=words,
        kinds=words,
        edited=st.booleans(),
        due_within=st.none() | st.integers(-9, 99),
        text=st.text(max_size=9),
    )
)
def test_a_kept_filter_comes_back_as_it_was(wanted: Filter) -> None:
    assert filter_from(filter_text(wanted)) == wanted


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"severities": 3, "text": [], "due_within": "x", "new": 1}']
)
def test_what_is_no_filter_narrows_nothing(text: str) -> None:
    assert filter_from(text) == Filter()


# Acts on many cases


def test_accepting_many_is_one_act_that_can_be_undone(session: Session, worklist: Worklist) -> None:
    before = worklist.counts[Severity.ERROR].copy()
    changed = accept_all(session, "F001", [0, 2], "没有姓名的新生儿")
    assert changed.positions == (0, 2)
    assert worklist.counts[Severity.ERROR][0] < before[0]
    assert "F001" not in {finding.check for finding in session.case(0).examined.report.findings()}
    assert set(session.workspace.accepted().values()) == {"没有姓名的新生儿"}
    session.undo()
    assert worklist.counts[Severity.ERROR].tolist() == before.tolist()


def test_accepting_needs_a_reason_and_something_to_accept(session: Session) -> None:
    with pytest.raises(Stopped):
        accept_all(session, "F001", [0], " ")
    assert accept_all(session, "F001", [3], "好").positions == ()
    assert accept_all(session, "F001", [], "好").positions == ()


def test_the_report_on_some_cases_is_that_of_each(session: Session) -> None:
    one = {(f.case, f.check, f.message) for at in (1, 6) for f in session.case(at).examined.report.findings()}
    both = {(f.case, f.check, f.message) for f in report_on(session, places(6, 1)).findings()}
    assert both == one


def test_names_are_shown_and_masked_again(session: Session, worklist: Worklist) -> None:
    assert worklist.texts["name"][6] == "欧**"
    assert show_identities(session, True) == Changed(None)
    assert worklist.texts["name"][6] == "欧阳修"
    show_identities(session, False)
    assert worklist.texts["name"][6] == "欧**"


# Export


def said(name: str) -> str:
    return f"<{name}>"


def test_the_workbook_holds_the_list_and_its_findings(
    session: Session, worklist: Worklist, tmp_path: Path
) -> None:
    row = int(session.workspace.case(6).cases.row_id[0])
    session.edit([SetCell("cases", row, "record_no", "=1+1")])
    path = tmp_path / "list.xlsx"
    assert export_list(session, places(6, 2, 0), path, said, "zh") == 3
    book = openpyxl.load_workbook(path)
    cases, findings = (list(sheet.values) for sheet in book.worksheets)
    assert book.sheetnames == ["<sheet>", "问题清单"]
    assert list(cases[0]) == [said(name) for name in COLUMNS]
    assert [line[0] for line in cases[1:]] == ["'=1+1", "B000002", "B000000"]
    assert cases[1][1] == "欧**"
    assert len(findings) - 1 == sum(int(worklist.counts[s][[0, 2, 6]].sum()) for s in Severity)


def test_an_export_can_be_cancelled_and_leaves_nothing(session: Session, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        export_list(session, places(0), tmp_path / "list.xlsx", said, "zh", lambda *_: False)
    assert list(tmp_path.glob("*.xlsx")) == []


def test_an_export_that_cannot_be_written_names_the_file(session: Session, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Stopped, match=r"list\.xlsx"):
        export_list(session, places(0), tmp_path / "file" / "list.xlsx", said, "zh")


def test_an_empty_list_is_a_workbook_too(session: Session, tmp_path: Path) -> None:
    assert export_list(session, places(), tmp_path / "list.xlsx", said, "en") == 0
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    assert [len(list(sheet.values)) for sheet in book.worksheets] == [1, 1]


def test_long_lists_go_on_on_further_sheets(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.list_export.ROWS_OF_A_SHEET", 3)
    export_list(session, places(*range(CASES)), tmp_path / "list.xlsx", said, "zh")
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    assert book.sheetnames[:3] == ["<sheet>", "<sheet> 2", "<sheet> 3"]
    assert sum(len(list(book[name].values)) - 1 for name in book.sheetnames[:3]) == CASES
