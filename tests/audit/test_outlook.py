"""Weights after repair: only repairs that may be applied count, and only where the scheme has weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import groupers
from audit.outlook import look_out
from audit.session import Session
from audit.worklist import AFTER
from groupers import Scheme
from tests.audit.making import Message, library
from tests.desktop.driving import few


def lower(number: int, body: Message) -> None:
    """The principal diagnosis of the first case is not understood as it is written."""
    if number == 0:
        body["diseinfo"][0]["diag_code"] = body["diseinfo"][0]["diag_code"].lower() + " "


def weighing(scheme: Scheme) -> Scheme:
    return replace(
        scheme, outcomes=tuple(replace(one, weight=1.0 + at / 100) for at, one in enumerate(scheme.outcomes))
    )


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    load = groupers.load_scheme
    monkeypatch.setattr("groupers.load_scheme", lambda *held: weighing(load(*held)))
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "data"))
    return few(tmp_path, library(), 3, lower)


def test_what_is_clean_weighs_as_now(session: Session) -> None:
    worklist = session.worklist
    assert worklist is not None
    assert worklist.has_weights
    assert np.isnan(worklist.numbers[AFTER]).all()
    look_out(session, [1, 2])
    assert worklist.numbers[AFTER][1:].tolist() == worklist.numbers["weight"][1:].tolist()
    assert np.isnan(worklist.numbers[AFTER][0])


def test_open_repairs_are_taken_and_nothing_is_written(session: Session) -> None:
    worklist = session.worklist
    assert worklist is not None
    look_out(session, [0, 1])
    after = worklist.numbers[AFTER][0]
    assert not np.isnan(after)
    assert not len(session.workspace.edited_positions)
    repairs = session.proposals("C101", [0])
    assert repairs
    session.apply(repairs, "as offered")
    assert worklist.numbers["weight"][0] == after
    assert np.isnan(worklist.numbers[AFTER][0]), "an edited case is worked out anew"
    session.close()
