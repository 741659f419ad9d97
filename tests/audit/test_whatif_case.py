"""What-if of the case at hand: what is offered is what editing offers, and does what it says."""

from pathlib import Path

import pytest

import codebooks
from audit.whatif_case import NEAREST, arranged, suppose
from records import SetCell
from tests.audit.making import Message
from tests.desktop.driving import few


def not_principal(number: int, body: Message) -> None:
    """1: a principal diagnosis that does not group, and no procedure; 2: one that the procedure does not fit."""
    if number == 2:
        body["diseinfo"][0]["diag_code"] = "I10.x00x002"
    if number == 1:
        body["diseinfo"][0]["diag_code"] = "Y54.200"
        body["oprninfo"] = []


@pytest.fixture
def session(tmp_path: Path):
    made = few(tmp_path, codebooks.shipped(), 3, not_principal)
    yield made
    made.close()


def test_what_is_offered_does_what_it_says(session):
    case = session.case(0)
    told = suppose(session, case)
    offered = [item for item in told.by_weight if item.can_be_applied]
    assert offered
    for item in offered:
        edits = arranged(session, case.batch, item)
        assert session.try_out(0, edits).batch.groups.drg.get(0) == item.drg
    assert case.batch.groups.drg.get(0) not in {item.drg for item in told.by_weight}


def test_leaving_out_is_told_and_not_offered(session):
    told = suppose(session, session.case(0), "en")
    left = [item for item in told.by_weight if item.change.startswith("without")]
    assert left
    assert not any(item.can_be_applied for item in left)


def test_both_orders_hold_the_same(session):
    told = suppose(session, session.case(0))
    assert {item.drg for item in told.by_weight} == {item.drg for item in told.by_closeness}
    assert told.reason == told.missing == ()


def test_applied_and_undone(session):
    before = session.case(0).batch.groups.drg.get(0)
    item = next(item for item in suppose(session, session.case(0)).by_closeness if item.can_be_applied)
    session.edit(arranged(session, session.workspace.case(0), item), "as the notes say")
    assert session.case(0).batch.groups.drg.get(0) == item.drg
    session.undo()
    assert session.case(0).batch.groups.drg.get(0) == before


def test_a_case_without_a_group_has_its_nearest(session):
    told = suppose(session, session.case(1), "en")
    assert "may not be the principal" in told.reason[0]
    assert "what the record says" in told.reason[1]
    assert told.missing == ("no group lacks just one thing",)
    assert any(item.kind == "grouped" and item.can_be_applied for item in told.by_weight)


def test_close_to_a_threshold(session):
    case = session.case(0)
    row = int(case.batch.cases.row_id[0])
    admitted = case.batch.cases.admitted_at[0].astype("datetime64[D]")
    session.edit([SetCell("cases", row, "born_on", str(admitted - 28))])
    told = suppose(session, session.case(0), "en")
    assert any("28/29 days" in words for words in told.boundaries)


def test_an_ambiguous_case_has_few_of_its_nearest_groups(session):
    told = suppose(session, session.case(2), "en")
    assert "ambiguous" in told.reason[0]
    assert "no proposal to add a code" in told.missing[0]
    assert len(told.missing) == 1 + NEAREST + 1
    assert told.missing[-1].strip().startswith("and ")
