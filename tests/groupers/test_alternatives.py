"""Rearranging what is recorded: every variant once, grouped as if it had been written so."""

import numpy as np

import groupers
from groupers import GroupingInput, Moved
from tests.groupers.toy import BASIS, toy

CASE = {"dx": ["c1", "b1", "c1", "x"], "proc": ["p2", "p1", "p1"]}


def rows(found: groupers.Alternatives) -> list[tuple[int, str, int, str]]:
    return [
        (int(case), Moved(moved).name, int(place), drg)
        for case, moved, place, drg in zip(
            found.case, found.moved, found.place, found.groups.drg.to_list(), strict=True
        )
    ]


def test_every_other_code_first_once():
    found = groupers.alternatives(GroupingInput.of([CASE, {"dx": ["b1"]}]), toy())
    assert rows(found) == [
        (0, "PROCEDURE", 1, "CZ19"),
        (0, "DIAGNOSIS", 1, "BZ15"),
        (0, "DIAGNOSIS", 3, "0000"),
    ]


def test_it_is_the_answer_of_the_record_written_so(known, scheme):
    found = groupers.alternatives(known.given, scheme)
    for at in range(0, len(found.case), 97):
        case, place = int(found.case[at]), int(found.place[at])
        lists = {"dx": known.given.dx.of_case(case), "proc": known.given.proc.of_case(case)}
        moved = lists["dx" if found.moved[at] == Moved.DIAGNOSIS else "proc"]
        moved[0], moved[place] = moved[place], moved[0]
        numbers = {
            name: float(getattr(known.given, name)[case]) for name in ("age", "age_days", "weight", "sex")
        }
        written = groupers.group(GroupingInput.of([{**lists, **numbers}]), scheme)
        assert written.outcome_of(0) == found.groups.outcome_of(at)


def test_the_heaviest_group_elsewhere_is_the_best():
    scheme = toy(weight=[*BASIS["weight"], "BZ15|head|3.5|"])
    given = GroupingInput.of([{"dx": ["b1"], "proc": ["x", "p1"]}, {"dx": ["b1"], "proc": ["p1"]}])
    groups = groupers.group(given, scheme)
    found = groupers.alternatives(given, scheme)
    best = found.best(groups)
    assert groups.drg.to_list() == ["BZ15", "BA19"]
    assert best.tolist() == [0, -1]
    assert found.groups.drg.to_list()[best[0]] == "BA19"
    assert np.flatnonzero(found.elsewhere(groups)).tolist() == [0]


def test_only_procedures_or_only_diagnoses():
    given = GroupingInput.of([CASE])
    only = groupers.alternatives(given, toy(), diagnoses=False)
    assert {Moved(moved) for moved in only.moved} == {Moved.PROCEDURE}
    only = groupers.alternatives(given, toy(), procedures=False)
    assert {Moved(moved) for moved in only.moved} == {Moved.DIAGNOSIS}
    assert len(groupers.alternatives(given, toy(), procedures=False, diagnoses=False).case) == 0
