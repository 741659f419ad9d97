"""What the inspector tells: each finding with its own fix, the group now and after, other orders, reasons given."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.inspection import Inspection, inspect
from audit.opening import Wishes, import_into
from audit.session import Session, read_files
from records import SetCell
from tests.audit.making import Message, library, written
from validators import Level


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "data"))


def change(number: int, body: Message) -> None:
    """0 is fine; 1 has two untidy codes; 2 lacks a name; 3 too, in the same department."""
    body["setlinfo"]["psn_name"] = "" if number in (2, 3) else body["setlinfo"]["psn_name"]
    # Apart in time: nobody was in hospital twice at once.
    if number == 1:
        body["diseinfo"][0]["diag_code"] += " "
        body["diseinfo"][1]["diag_code"] = body["diseinfo"][1]["diag_code"].lower()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    result = read_files([written(tmp_path / "month.jsonl", 4, change)], library())
    session = import_into(tmp_path / "work", library(), result, Wishes())
    session.set_rules({"checks": {"off": ["X"]}})
    session.load()
    yield session
    session.close()


def told(session: Session, position: int) -> Inspection:
    return inspect(session, session.case(position))


def test_a_clean_case_has_nothing_told_but_its_group(session: Session) -> None:
    one = told(session, 0)
    assert one.told == ()
    assert one.now.kind == "grouped"
    assert one.after is None
    assert one.path
    assert one.scheme == "chs-drg-2.0"
    assert one.override is None
    assert one.not_run > 0


def test_every_finding_has_its_own_fix(session: Session) -> None:
    fixes = {
        (item.finding.row, item.proposal.before, item.proposal.after)
        for item in told(session, 1).told
        if item.finding.check == "C101" and item.proposal is not None
    }
    assert fixes == {(1, "K80.101 ", "K80.101"), (2, "i10.x00x002", "I10.x00x002")}


def test_the_group_after_the_fixes_is_shown(session: Session) -> None:
    one = told(session, 1)
    assert one.now.kind == "ungrouped"
    assert one.now.message
    assert one.after is not None
    assert one.after.drg == "HC25"
    assert told(session, 1).now == one.now, "nothing was applied"
    tried = session.try_out(1, [edit for item in one.told if item.proposal for edit in item.proposal.edits])
    groups = tried.batch.groups
    assert (one.after.drg, one.after.name) == (groups.drg.get(0), groups.column("name").get(0))
    assert one.after.message == (groups.message.get(0) or "")


def test_errors_come_first(session: Session) -> None:
    grades = [item.finding.severity.value for item in told(session, 1).told]
    assert grades == sorted(grades, key=["error", "warning", "hint"].index)


def test_a_finding_without_fix_offers_none_and_counts_those_like_it(session: Session) -> None:
    (one,) = told(session, 2).told
    assert (one.finding.check, one.proposal, one.alike) == ("F001", None, 1)
    assert one.what_to_do
    assert one.why


def test_reasons_given_are_told(session: Session) -> None:
    (finding,) = (item.finding for item in told(session, 2).told)
    session.accept(2, finding, "新生儿")
    session.override(3, "已报备")
    (accepted,) = told(session, 2).accepted
    assert (accepted.check, accepted.why) == ("F001", "新生儿")
    assert "姓名" in accepted.message
    assert told(session, 3).override == "已报备"
    session.undo()
    assert told(session, 3).override is None


def test_it_speaks_english_too(session: Session) -> None:
    one = inspect(session, session.case(2), "en")
    assert one.told[0].title.isascii()


@pytest.mark.parametrize("level", [Level.SAFE])
def test_levels_are_told(session: Session, level: Level) -> None:
    assert {item.proposal.level for item in told(session, 1).told if item.proposal} == {level}


def test_a_case_without_diagnoses_is_told_too(session: Session) -> None:
    from records import DeleteRow

    rows = session.case(0).batch.diagnoses.row_id.tolist()
    session.edit([DeleteRow("diagnoses", row) for row in rows])
    one = told(session, 0)
    assert one.told
    assert one.now.kind == "ungrouped"
    session.edit([SetCell("cases", int(session.case(0).batch.cases.row_id[0]), "sex", None)])
    assert told(session, 0).now.kind == "ungrouped"
