"""What holds for every check: reserved, documented in both languages, shown by examples, honest about its columns.

And for every fix: it mends what was found, once, and brings nothing up that it did not touch.
"""

import csv
import json
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import codebooks
import records
import validators
from records import Batch, DeleteRow, InsertRow, OrderRows, SetCell
from tests.validators import building
from validators import Check, Found, Level

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = Path(__file__).resolve().parent / "examples"
ABOUT = {"note", "rows", "key", "beside"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")

RESERVED = {
    row["id"]: row
    for row in csv.DictReader((ROOT / "validators" / "identifiers.csv").read_text("utf-8").splitlines())
}
GENERATED = sorted(name for name, row in RESERVED.items() if row["note"] == "generated")
CHECKS = validators.all_checks()
EVERY = [*GENERATED, *(check.id for check in CHECKS)]
by_hand = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
with_fix = pytest.mark.parametrize("check", [c for c in CHECKS if c.fix], ids=lambda check: check.id)
every = pytest.mark.parametrize("identifier", EVERY)


@cache
def _examples(identifier: str) -> dict[str, Any]:
    path = EXAMPLES / f"{identifier}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def _batch(example: dict[str, Any]) -> Batch:
    return _batch_of(json.dumps(example))


@cache
def _batch_of(text: str) -> Batch:
    example = json.loads(text)
    own = {key: value for key, value in example.items() if key not in ABOUT}
    return building.batch(own, *example.get("beside", []))


def _batches(identifier: str, *kinds: str) -> Iterator[Batch]:
    for kind in kinds:
        for example in _examples(identifier).get(kind, []):
            yield _batch(example)


def _mask(check: Check, batch: Batch) -> Any:
    values = building.settings().values(check)
    found = check.function(batch, values) if check.thresholds else check.function(batch)
    return found.mask if isinstance(found, Found) else found


def test_every_identifier_is_reserved_once() -> None:
    lines = (ROOT / "validators" / "identifiers.csv").read_text("utf-8").splitlines()[1:]
    names = [line.split(",")[0] for line in lines]
    assert sorted(names) == sorted(set(names))
    assert all(re.fullmatch(r"[A-Z]\d{3}", name) for name in names)
    assert {name: row["name"] for name, row in RESERVED.items() if not row["note"]} == {
        check.id: check.function.__name__ for check in CHECKS
    }


def test_generated_kinds_are_reserved() -> None:
    made = building.batch({"layout": ["4101", "4101A"]})
    assert {check.id for check in validators.checks_for(made)} - {check.id for check in CHECKS} <= set(
        GENERATED
    )


@every
def test_has_words_in_both_languages(identifier: str) -> None:
    chinese, english = (validators.text_for(identifier, language) for language in ("zh", "en"))
    assert all(
        CHINESE.search(part) for part in (chinese.title, chinese.message, chinese.why, chinese.what_to_do)
    )
    assert not any(CHINESE.search(part) for part in (english.title, english.message, english.why))
    holes = [
        {name for _, name, _, _ in string.Formatter().parse(words.message) if name is not None}
        for words in (chinese, english)
    ]
    assert holes[0] == holes[1], "the two messages name different values"
    assert bool(chinese.fix) == bool(english.fix)


@by_hand
def test_words_speak_of_a_fix_where_there_is_one(check: Check) -> None:
    assert bool(validators.text_for(check.id).fix) == (check.fix is not None)


@every
def test_has_a_bad_and_a_good_example(identifier: str) -> None:
    examples = _examples(identifier)
    assert set(examples) == {"bad", "good"}, f"tests/validators/examples/{identifier}.toml"
    assert all(examples.values())


def test_examples_belong_to_a_check() -> None:
    assert {path.stem for path in EXAMPLES.iterdir()} <= set(EVERY)


@by_hand
def test_says_what_it_rests_on(check: Check) -> None:
    assert check.basis.document
    assert re.fullmatch(r"\d{4}\.\d{2}", check.since)
    assert check.function.__doc__


def test_thresholds_and_checks_agree() -> None:
    declared = {(check.id, name) for check in CHECKS for name in check.thresholds}
    rows = codebooks.shipped().rows("sources/thresholds")
    assert declared == {(row["check"], row["name"]) for row in rows}
    assert len(declared) == len(rows)


@by_hand
def test_reads_only_what_it_declares(check: Check) -> None:
    declared = {name for field in (*check.fields, *check.optional) for name in records.inputs_of(field)}
    for batch in _batches(check.id, "bad", "good"):
        if all(batch.has(name) for name in check.fields):
            batch.reads = set()
            _mask(check, batch)
            read = {name for field in batch.reads for name in records.inputs_of(field)}
            batch.reads = None
            given = {name for name in read if not name.endswith(f".{records.ROW}")}
            assert given <= declared, f"{check.id} reads {', '.join(sorted(given - declared))}"


@by_hand
def test_gives_a_mask_over_its_table_even_of_nothing(check: Check) -> None:
    for batch in _batches(check.id, "bad"):
        for part in (batch, batch.slice(np.zeros(0, np.int64))):
            if all(part.has(name) for name in check.fields):
                mask = _mask(check, part)
                assert mask.dtype == np.bool_
                assert mask.shape == (part.table(check.table).rows,)


@cache
def _many() -> Batch:
    """The first bad and good example of every check that is one 4101 message, as one batch."""
    wanted: list[dict[str, Any]] = []
    for identifier in EVERY:
        examples = _examples(identifier)
        for example in (*examples.get("bad", [])[:1], *examples.get("good", [])[:1]):
            if "layout" not in example:
                own = {key: value for key, value in example.items() if key not in ABOUT}
                number = f"S{len(wanted):05}"
                own["cases"] = {**own.get("cases", {}), "settlement_id": number, "visit_id": number}
                wanted.append(own)
    return building.batch(*wanted)


def _found(report: validators.Report) -> set[tuple[str, int]]:
    return {(segment.check.key, int(row)) for segment in report.segments for row in segment.row_ids.tolist()}


def test_one_case_alone_gives_what_it_gives_among_others() -> None:
    batch = _many()
    alone = [check for check in validators.checks_for(batch) if not check.across_cases]
    settings = building.settings()
    whole = validators.run(batch, settings, checks=alone)
    assert not whole.broken
    expected: dict[int, set[tuple[str, int]]] = {case: set() for case in range(len(batch))}
    for segment in whole.segments:
        for case, row in zip(segment.cases.tolist(), segment.row_ids.tolist(), strict=True):
            expected[case].add((segment.check.key, row))
    made_by_hand = [check for check in alone if check.id not in GENERATED]
    for case in range(0, len(batch), 4):  # every fourth case is enough to see a check that looks aside
        checks = alone if case % 20 == 0 else made_by_hand
        keys = {check.key for check in checks}
        one = validators.run(batch.slice(np.array([case])), settings, checks=checks)
        assert not one.broken
        assert _found(one) == {found for found in expected[case] if found[0] in keys}


@with_fix
def test_a_fix_mends_what_was_found(check: Check) -> None:
    assert check.fix is not None
    mended = 0
    for batch in _batches(check.id, "bad"):
        rows = np.flatnonzero(_mask(check, batch))
        repairs = list(check.fix.function(batch, rows))
        assert len(repairs) == len(rows)
        edits = [edit for repair in repairs for edit in repair]
        ids = {
            int(batch.table(check.table).row_id[row])
            for row, repair in zip(rows, repairs, strict=True)
            if repair
        }
        if not edits or check.fix.level is Level.ADVICE:
            continue
        mended += 1
        fields = records.fields_of(batch)
        after = records.edited(batch, edits, fields)
        left = after.table(check.table).row_id[_mask(check, after)].tolist()
        assert not ids & set(left), f"{check.id} is still found after its own fix"
        _brings_nothing_up(batch, after, {column for edit in edits for column in _columns(edit)})
    assert mended or check.fix.level is Level.ADVICE, f"no bad example of {check.id} can be mended"


@pytest.mark.parametrize("identifier", ["V006"])
def test_a_generated_safe_fix_mends_what_was_found(identifier: str) -> None:
    for example in _examples(identifier)["bad"]:
        batch = _batch(example)
        check = next(made for made in validators.checks_for(batch) if made.key == example["key"])
        assert check.fix is not None
        assert check.fix.level is Level.SAFE
        rows = np.flatnonzero(_mask(check, batch))
        edits = [edit for repair in check.fix.function(batch, rows) for edit in repair]
        after = records.edited(batch, edits, records.fields_of(batch))
        assert not _mask(check, after).any()
        _brings_nothing_up(batch, after, {column for edit in edits for column in _columns(edit)})


def _brings_nothing_up(before: Batch, after: Batch, changed: set[str]) -> None:
    """New findings come only from checks that read a changed column: what the broken value had hidden."""
    settings = building.settings()
    old, new = (validators.run(batch, settings) for batch in (before, after))
    assert not new.broken
    may = {check.key for check in validators.touched_by(validators.checks_for(after), changed)}
    assert {found for found in _found(new) - _found(old) if found[0] not in may} == set()


def _columns(edit: records.Edit) -> set[str]:
    match edit:
        case SetCell():
            return {f"{edit.table}.{edit.column}"}
        case InsertRow() | DeleteRow() | OrderRows():
            return {f"{edit.table}.*"}
