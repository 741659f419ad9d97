"""An open audit: acts keep list, findings and journal together; what compares cases is kept apart."""

from pathlib import Path
from typing import Any

import pytest

from audit.journal import ActionKind
from audit.messages import Stopped
from audit.opening import Wishes, import_into, open_workspace
from audit.pipeline import Examined, examine
from audit.privacy import masked
from audit.session import KEPT, Changed, OneCase, Session, data_folder, read_files
from records import Batch, Cancelled, SetCell
from tests.audit.making import Message, broken, library, untidy, written
from validators import Finding, Level, Severity


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def change(number: int, body: Message) -> None:
    """0 lacks a name, 1 and 4 have an untidy code, 2 a principal diagnosis that is a cause, 3 and 5 are one case."""
    broken(0)(number, body)
    untidy(1, 4)(number, body)
    if number == 2:
        body["diseinfo"][0].update(diag_code="W19.x00", diag_name="跌倒")
    if number == 5:
        body["setlinfo"].update(setl_id="S000003", mdtrt_id="M000003", medcasno="B000003")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    result = read_files([written(tmp_path / "month.jsonl", 6, change)], library())
    return import_into(tmp_path / "work", library(), result, Wishes(who="甲"))


def found(session: Session, position: int) -> set[str]:
    return {finding.check for finding in findings(session, position)}


def findings(session: Session, position: int) -> list[Finding]:
    return list(session.case(position).examined.report.findings())


def the(session: Session, position: int, check: str) -> Finding:
    return next(finding for finding in findings(session, position) if finding.check == check)


def listed(session: Session, check: str) -> list[int]:
    assert session.worklist is not None
    return sorted(
        {
            int(case)
            for key, cases in session.worklist.by_check.items()
            if check in (key, key.partition(":")[0])
            for case in cases
        }
    )


def errors(session: Session) -> list[int]:
    assert session.worklist is not None
    held: list[int] = session.worklist.counts[Severity.ERROR].tolist()
    return held


def name_of(session: Session, position: int, value: str) -> SetCell:
    row = int(session.case(position).batch.cases.row_id[0])
    return SetCell("cases", row, "patient_name", value)


def test_the_data_folder_may_be_given(own_data: Path) -> None:
    assert data_folder() == own_data


def test_one_case_tells_what_the_list_counts(session: Session) -> None:
    assert session.worklist is not None
    for position in range(6):
        keys = {
            key.partition(":")[0] for key, cases in session.worklist.by_check.items() if position in cases
        }
        assert found(session, position) == keys


def test_what_compares_cases_is_told_of_one_case_too(session: Session) -> None:
    assert "X101" in found(session, 3)
    assert "X101" in found(session, 5)
    assert "X101" not in found(session, 4)


def test_an_edit_is_answered_in_list_and_case(session: Session) -> None:
    before = errors(session)[0]
    changed = session.edit([name_of(session, 0, "王五")], "补姓名")
    assert changed == Changed((0,), "补姓名")
    assert errors(session)[0] == before - 1
    assert listed(session, "F001") == []
    assert session.worklist is not None
    assert session.worklist.edited.tolist() == [True] + [False] * 5
    assert session.worklist.texts["name"][0] == "王*"
    session.undo()
    assert errors(session)[0] == before
    assert listed(session, "F001") == [0]
    assert not session.worklist.edited.any()
    session.redo()
    assert errors(session)[0] == before - 1


def test_an_edit_leaves_what_compares_cases(session: Session) -> None:
    session.edit([name_of(session, 3, "王五")])
    assert "X101" in found(session, 3)
    assert listed(session, "X101") == [3, 5]


def test_edits_and_a_full_check_agree_but_for_what_compares_cases(session: Session) -> None:
    def of_one_case() -> dict[str, list[int]]:
        assert session.worklist is not None
        by_check = session.worklist.by_check.items()
        return {key: cases.tolist() for key, cases in by_check if len(cases) and key[0] != "X"}

    session.edit([name_of(session, 0, "王五")])
    session.apply(session.proposals("C101"), "修复")
    kept = of_one_case()
    session.load()
    assert of_one_case() == kept


def test_nothing_to_undo_changes_nothing(session: Session) -> None:
    assert session.undo() == Changed(())
    assert session.redo() == Changed(())


# Repairs


def test_proposals_of_a_check_are_those_of_its_cases(session: Session) -> None:
    listed_all = session.proposals("C101")
    assert [item.before for item in listed_all] == ["K80.101 ", "K80.101 "]
    assert len(session.proposals("C101", [0, 1, 2])) == 1
    assert session.proposals("C101", [0, 2]) == []
    assert session.proposals("F001") == []
    assert session.proposals("F001:setlinfo.psn_name") == []


def test_advice_is_never_applied(session: Session) -> None:
    from dataclasses import replace

    (first, *_) = session.proposals("C101")
    assert session.apply([replace(first, level=Level.ADVICE)], "不行") == Changed(())
    assert listed(session, "C101") == [1, 4]


def test_a_repair_over_many_is_one_step(session: Session) -> None:
    changed = session.apply(session.proposals("C101"), "C101")
    assert changed.positions == (1, 4)
    assert listed(session, "C101") == []
    (action,) = session.workspace.journal.actions(kind=ActionKind.FIX)
    assert (action.who, action.why, len(action.edits)) == ("甲", "C101", 2)
    assert session.undo().positions == (1, 4)
    assert listed(session, "C101") == [1, 4]


def test_what_was_accepted_is_not_repaired(session: Session) -> None:
    session.accept(1, the(session, 1, "C101"), "原文如此")
    assert [item.label for item in session.proposals("C101")] == ["S000004"]


def test_trying_out_writes_nothing(session: Session) -> None:
    tried = session.try_out(0, [name_of(session, 0, "王五")])
    assert "F001" not in {finding.check for finding in tried.examined.report.findings()}
    assert listed(session, "F001") == [0]
    assert list(session.workspace.journal.actions(kind=ActionKind.EDIT)) == []


# Reasons


def test_an_accepted_finding_is_gone_until_the_value_changes(session: Session) -> None:
    before = errors(session)[0]
    session.accept(0, the(session, 0, "F001"), "新生儿未取名")
    assert "F001" not in found(session, 0)
    assert errors(session)[0] == before - 1
    session.edit([name_of(session, 0, "王五")])
    session.edit([name_of(session, 0, "")])
    assert "F001" not in found(session, 0), "the value it was accepted with is back"


def test_an_accepted_finding_comes_back_with_another_value(session: Session) -> None:
    finding = the(session, 2, "D103")
    session.accept(2, finding, "已核对")
    assert "D103" not in found(session, 2)
    row = int(session.case(2).batch.diagnoses.row_id[0])
    session.edit([SetCell("diagnoses", row, "code", "W18.x00")])
    assert "D103" in found(session, 2)


def test_accepting_can_be_undone(session: Session) -> None:
    session.accept(0, the(session, 0, "F001"), "理由")
    assert session.undo().positions == (0,)
    assert listed(session, "F001") == [0]


def test_only_the_finding_at_hand_is_accepted(tmp_path: Path) -> None:
    def change(number: int, body: Message) -> None:
        body["setlinfo"].update(psn_name="", gend="")

    result = read_files([written(tmp_path / "two.jsonl", 1, change)], library())
    session = import_into(tmp_path / "two", library(), result, Wishes())
    fields = {finding.field for finding in findings(session, 0) if finding.check == "F001"}
    assert {"patient_name", "sex"} <= fields
    name = next(finding for finding in findings(session, 0) if finding.field == "patient_name")
    session.accept(0, name, "理由")
    left = {finding.field for finding in findings(session, 0) if finding.check == "F001"}
    assert left == fields - {"patient_name"}


def test_what_compares_cases_can_be_accepted_and_taken_back(session: Session) -> None:
    session.accept(3, the(session, 3, "X101"), "两次结算")
    assert "X101" not in found(session, 3)
    assert listed(session, "X101") == [], "the other has the same identity and values"
    session.load()
    assert listed(session, "X101") == []
    assert session.undo().positions == (3, 5)
    assert listed(session, "X101") == [3, 5]


@pytest.mark.parametrize("why", ["", "  "])
def test_no_reason_no_acceptance(session: Session, why: str) -> None:
    with pytest.raises(Stopped, match="理由"):
        session.accept(0, the(session, 0, "F001"), why)
    with pytest.raises(Stopped, match="理由"):
        session.override(0, why)


def test_a_finding_that_has_gone_cannot_be_accepted(session: Session) -> None:
    finding = the(session, 0, "F001")
    session.edit([name_of(session, 0, "王五")])
    assert session.accept(0, finding, "理由") == Changed(())
    assert list(session.workspace.journal.actions(kind=ActionKind.DISPOSITION)) == []


# The gate


def test_the_gate_names_what_it_holds_back(session: Session) -> None:
    held = {item.position: item for item in session.held_cases()}
    assert sorted(held) == [at for at, count in enumerate(errors(session)) if count]
    assert any("姓名" in reason for reason in held[0].reasons)
    assert held[0].case == "B000000"


def test_an_override_lets_a_case_out(session: Session, tmp_path: Path) -> None:
    session.override(0, "医保办同意")
    assert 0 not in {item.position for item in session.held_cases()}
    done = session.export(tmp_path / "out")
    assert [item["why"] for item in done.receipt["overridden"]] == ["医保办同意"]
    session.undo()
    assert 0 in {item.position for item in session.held_cases()}


def test_an_export_can_be_stopped_while_it_checks(session: Session, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        session.export(tmp_path / "out", lambda *_: False)
    assert not (tmp_path / "out").exists()


# Settings


def test_rules_count_from_the_next_check(session: Session) -> None:
    session.set_rules({"checks": {"off": ["F001"], "severity": {"C101": "hint"}}})
    session.load()
    assert listed(session, "F001") == []
    assert session.worklist is not None
    assert session.worklist.counts[Severity.HINT][1] >= 1


def test_another_scheme_counts_from_the_next_check(session: Session) -> None:
    session.set_scheme("chs-drg-1.1")
    session.load()
    assert session.scheme is not None
    assert session.scheme.id == "chs-drg-1.1"


def test_the_limit_moves_the_days_left(session: Session) -> None:
    assert session.worklist is not None
    before = session.worklist.days_left()
    session.set_limit(10)
    assert (session.worklist.days_left() - before).tolist() == [3.0] * 6
    session.load()
    assert (session.worklist.days_left() - before).tolist() == [3.0] * 6


def test_identities_are_masked_unless_asked_for(session: Session) -> None:
    assert session.worklist is not None
    full = str(session.workspace.current().cases.patient_name.get(1))
    assert session.worklist.texts["name"][1] == masked(library())("patient_name", full)
    session.show_identity(True)
    session.load()
    assert session.worklist.texts["name"][1] == full


def test_a_stopped_check_leaves_all_as_it_was(session: Session) -> None:
    report, worklist = session.report, session.worklist
    with pytest.raises(Cancelled):
        session.load(lambda done, *_: done < 3)
    assert session.report is report
    assert session.worklist is worklist


# Opening


def test_a_stopped_import_leaves_nothing(tmp_path: Path) -> None:
    result = read_files([written(tmp_path / "m.jsonl")], library())
    with pytest.raises(Cancelled):
        import_into(tmp_path / "fresh", library(), result, Wishes(), lambda *_: False)
    assert not (tmp_path / "fresh").exists()


def test_a_stopped_opening_leaves_the_workspace(session: Session, tmp_path: Path) -> None:
    session.close()
    with pytest.raises(Cancelled):
        open_workspace(tmp_path / "work", library(), Wishes(), lambda *_: False)
    again = open_workspace(tmp_path / "work", library(), Wishes())
    assert again.worklist is not None
    assert len(again.worklist) == 6
    again.close()


def test_a_second_opening_is_refused_in_words(session: Session, tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="正被另一个窗口"):
        open_workspace(tmp_path / "work", library(), Wishes())
    session.close()


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        read_files([written(tmp_path / "m.jsonl", 50)], library(), keep_going=lambda *_: False)


# What is kept


def test_what_an_act_has_examined_is_not_examined_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []

    def counted(part: Batch, *held: Any, **named: Any) -> Examined:
        runs.append(len(part))
        return examine(part, *held, **named)

    monkeypatch.setattr("audit.session.examine", counted)
    session.edit([name_of(session, 0, "王五")])
    before = len(runs)
    assert "F001" not in found(session, 0)
    assert len(runs) == before
    session.undo()
    assert "F001" in found(session, 0)
    assert len(runs) == before + 1


def test_accepting_many_elsewhere_is_seen_in_the_case(session: Session) -> None:
    from audit.accepting import accept_all

    assert "C101" in found(session, 1)
    accept_all(session, "C101", [1, 4], "原文如此")
    assert "C101" not in found(session, 1)


def test_only_a_few_cases_are_kept(session: Session) -> None:
    for _ in range(5):
        for position in range(6):
            session._keep_case(OneCase(position, session.case(position).examined))
    assert len(session._kept) == 6
    session._kept = {at + 100: held for at, held in session._kept.items()}
    for position in range(6):
        session.case(position)
    assert len(session._kept) == KEPT + 1
