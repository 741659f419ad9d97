"""What-if: every single rearrangement that alters the group, each really one, none missed, nothing invented."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import groupers
import records
from benchmarks.drg_cases import made_cases, makings
from benchmarks.plain_drg import PlainScheme, plain_cases
from groupers import Change, GroupingInput, Kind, Ranking, Scheme
from groupers.whatif_variants import variants
from tests.groupers.conftest import DATA
from tests.groupers.toy import BASIS, toy

Record = tuple[tuple[str, ...], tuple[str, ...]]
CASE = {"dx": ["c1", "b1", "c1", "x"], "proc": ["p2", "p1", "p1"]}


@pytest.fixture(scope="module", params=["chs-drg-2.0", "chs-drg-1.1"])
def both(request, library):
    name = request.param
    return groupers.load_scheme(library, name), PlainScheme(library, name), makings(library, name)


def record(given: GroupingInput, case: int = 0) -> Record:
    return tuple(given.dx.of_case(case)), tuple(given.proc.of_case(case))


def rearranged(held: Record, variant: groupers.Variant) -> Record:
    """The record as the variant says, done by hand."""
    rows = [list(codes) for codes in held]
    mine = rows[variant.change.procedures]
    assert mine[variant.place] == variant.code
    if variant.change.leaves_out:
        del mine[variant.place]
    else:
        mine[0], mine[variant.place] = mine[variant.place], mine[0]
    return tuple(rows[0]), tuple(rows[1])


def same(held: Record) -> tuple[object, ...]:
    """A record but for the order of what does not lead."""
    return tuple((codes[:1], tuple(sorted(codes[1:]))) for codes in held)


def every_single_one(held: Record) -> Iterator[Record]:
    """All exchanges of two rows, and all records with one code less."""
    for side in (0, 1):
        for first in range(len(held[side])):
            less = list(held[side])
            del less[first]
            yield (tuple(less), held[1]) if side == 0 else (held[0], tuple(less))
            for second in range(first + 1, len(held[side])):
                rows = list(held[side])
                rows[first], rows[second] = rows[second], rows[first]
                yield (tuple(rows), held[1]) if side == 0 else (held[0], tuple(rows))


def written(given: GroupingInput, held: Record) -> GroupingInput:
    numbers = {name: float(getattr(given, name)[0]) for name in ("age", "age_days", "weight", "sex")}
    return GroupingInput.of([{"dx": held[0], "proc": held[1], **numbers}])


@settings(max_examples=40)
@given(data=st.data())
def test_nothing_is_missed_and_nothing_is_made_up(both, data):
    """Beside brute force by the plain interpreter, which shares no code with the engine."""
    scheme, plain, of = both
    one = made_cases(
        of,
        1,
        seed=data.draw(st.integers(0, 100_000)),
        diagnoses=data.draw(st.integers(1, 4)),
        procedures=data.draw(st.integers(0, 3)),
    )
    held = record(one)
    now = plain.group(plain_cases(one, 1)[0])
    expected = {}
    for changed in every_single_one(held):
        answer = plain.group(plain_cases(written(one, changed), 1)[0])
        if answer != now:
            expected[same(changed)] = answer
    found = {}
    for variant in groupers.what_if(one, scheme).variants:
        outcome = variant.after.outcome
        found[same(rearranged(held, variant))] = (outcome.mdc, outcome.adrg, outcome.drg)
    assert found == expected


def test_every_variant_is_a_real_rearrangement(known, scheme):
    for case in range(0, len(known.given), 61):
        one = known.given.take(np.array([case]))
        held = record(one)
        for variant in groupers.what_if(one, scheme).variants:
            changed = rearranged(held, variant)
            for before, after in zip(held, changed, strict=True):
                less = Counter(before) - Counter(after)
                assert not Counter(after) - Counter(before)
                assert less.total() == (variant.change.leaves_out and before != after)
            answer = groupers.group(written(one, changed), scheme).outcome_of(0)
            assert answer == variant.after.outcome
            assert answer != groupers.group(one, scheme).outcome_of(0)


def test_a_code_makes_a_variant_once_a_change():
    found, _ = variants(GroupingInput.of([CASE, {"dx": ["b1"]}]), toy())
    rows = [
        (int(c), Change(k).name, int(p))
        for c, k, p in zip(found.case, found.change, found.place, strict=True)
    ]
    assert rows == [
        (0, "MAIN", 1),
        (0, "PRINCIPAL", 1),
        (0, "PRINCIPAL", 3),
        (0, "WITHOUT_PROCEDURE", 0),
        (0, "WITHOUT_PROCEDURE", 1),
        (0, "WITHOUT_DIAGNOSIS", 0),
        (0, "WITHOUT_DIAGNOSIS", 1),
        (0, "WITHOUT_DIAGNOSIS", 2),
        (0, "WITHOUT_DIAGNOSIS", 3),
        (1, "WITHOUT_DIAGNOSIS", 0),
    ]


def test_a_row_without_a_code_is_neither_moved_nor_left_out():
    given = GroupingInput.of([{"dx": ["b1", "c1"]}])
    given.dx.codes[0] = -1
    found, _ = variants(given, toy())
    assert [(Change(k).name, int(p)) for k, p in zip(found.change, found.place, strict=True)] == [
        ("PRINCIPAL", 1),
        ("WITHOUT_DIAGNOSIS", 1),
    ]


def test_many_cases_in_parts_alter_as_each_alone(known, scheme, monkeypatch):
    monkeypatch.setattr("groupers.whatif_variants.CASES_AT_ONCE", 70)
    some = known.given.take(np.arange(0, len(known.given), 9))
    groups = groupers.group(some, scheme)
    together = [
        (int(case), int(change), int(place), int(outcome))
        for part in groupers.altering(some, groups)
        for case, change, place, outcome in zip(part.case, part.change, part.place, part.outcome, strict=True)
    ]
    alone = [
        (case, int(item.change), item.place, item.after.number)
        for case in range(0, len(some), 4)
        for item in groupers.what_if(some, scheme, case=case).variants
    ]
    assert sorted(row for row in together if row[0] % 4 == 0) == sorted(alone)


def weighted_toy() -> Scheme:
    return toy(weight=[*BASIS["weight"], "BZ15|head|3.5|"])


def test_ranked_by_weight_or_by_closeness():
    given = GroupingInput.of([{"dx": ["b1", "c1"], "proc": ["x", "p1"]}])
    found = groupers.what_if(given, weighted_toy())
    assert found.before.outcome.drg == "BZ15"
    by_weight = [(item.change.name, item.after.outcome.drg) for item in found.variants]
    assert by_weight[0] == ("MAIN", "BA19")
    differences = [item.difference for item in found.variants if not np.isnan(item.difference)]
    assert differences == sorted(differences, reverse=True)
    assert found.variants[0].difference == pytest.approx(-1.0)
    by_closeness = found.ranked(Ranking.CLOSENESS).variants
    assert [item.change for item in by_closeness] == sorted(item.change for item in by_closeness)


def test_variants_to_one_group_stand_together():
    given = GroupingInput.of([{"dx": ["b1", "c1"], "proc": ["x", "p1"]}])
    found = groupers.what_if(given, weighted_toy())
    groups = {after.outcome.drg: [item.change.name for item in same] for after, same in found.by_group()}
    assert groups["BA19"] == ["MAIN", "WITHOUT_PROCEDURE"]
    assert sum(map(len, groups.values())) == len(found.variants)


class HalfWeights:
    """Weights of a region: a number for one group, words for the others."""

    def __init__(self, scheme: Scheme) -> None:
        self.values = np.array([2.0 if o.drg == "BA19" else np.nan for o in scheme.outcomes])

    def of(self, outcomes):
        return self.values.take(outcomes)

    def text(self, outcome):
        return "" if self.values[outcome] == 2.0 else "by cost"


def test_weights_of_a_region_stand_in_for_those_of_the_scheme():
    scheme = weighted_toy()
    found = groupers.what_if(
        GroupingInput.of([{"dx": ["b1"], "proc": ["x", "p1"]}]), scheme, HalfWeights(scheme)
    )
    assert found.before.weight_text == "by cost"
    (first, *_) = found.variants
    assert (first.after.weight, first.after.weight_text) == (2.0, "")
    assert np.isnan(first.difference)


@pytest.fixture(scope="module")
def batch():
    found = records.read([DATA / "chs_drg_20.csv"]).batch
    assert found is not None
    return found


def test_of_a_batch_with_names_rows_and_doubts(batch, drg_20, library):
    groups = groupers.group(batch, drg_20)
    seen: Counter[str] = Counter()
    for case in np.flatnonzero(groups.kind != Kind.GROUPED)[:40].tolist():
        one = batch.slice(np.array([case]))
        for variant in groupers.what_if(batch, drg_20, case=case).variants:
            table = one.procedures if variant.change.procedures else one.diagnoses
            at = int(np.flatnonzero(table.row_id == variant.row_id)[0])
            assert table.code.get(at) == variant.code
            book = library.procedures() if variant.change.procedures else library.diagnoses()
            assert variant.name == (book.row(variant.code)["name"] if variant.code in book else "")
            seen.update(variant.doubts)
    assert seen["grey"] > 0


def test_doubts_are_those_of_the_books_and_the_scheme(library, drg_20, drg_11):
    terms = groupers.Terms(library.diagnoses(), library.procedures())

    def doubts(code: str, scheme: Scheme = drg_20, *, procedures: bool = False) -> tuple[str, ...]:
        return terms.doubts(code, scheme, procedures=procedures)

    assert doubts("I63.900") == ()
    assert doubts("N08.3*") == ("asterisk",)
    assert doubts("A52.002+I79.1*") == ()
    assert doubts("ZZZ.99") == ("unknown",)
    assert doubts("I65.200", drg_11) == ("grey",)
    assert "external_cause" in doubts("Y54.200", drg_11)
    assert "dx_invalid_principal" in doubts("Y54.200")
    assert groupers.Terms().doubts("I65.200", drg_11, procedures=False) == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_says_that_nothing_is_added(language, library, drg_20, batch):
    terms = groupers.Terms(library.diagnoses(), library.procedures())
    for case in (0, 5, 300):
        found = groupers.what_if(batch, drg_20, case=case, language=language)
        lines = groupers.whatif_told(found, terms, language)
        assert lines[-1] == groupers.whatif_told(found, terms, language, collapsed=False)[-1]
        recorded = {*batch.slice(np.array([case])).diagnoses.code.to_list()}
        recorded |= {*batch.slice(np.array([case])).procedures.code.to_list()}
        assert {item.code for item in found.variants} <= recorded
        assert {item.other for item in found.variants} <= {*recorded, ""}
    assert {"zh": "不增加任何诊断", "en": "no diagnosis or procedure is added"}[language] in lines[-1]


def test_a_case_that_nothing_alters_says_so(drg_20):
    found = groupers.what_if(GroupingInput.of([{"dx": []}]), drg_20)
    assert found.variants == ()
    assert found.tried == 0
    assert len(groupers.whatif_told(found, groupers.Terms(), "en")) == 3
