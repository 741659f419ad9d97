"""The weights of the regions over the outcomes of a scheme."""

import numpy as np
import pytest

import codebooks
import groupers
from codebooks import arrow
from groupers import GroupingInput, Kind
from tests.groupers.test_adapter import a_batch, dx, listed, proc

PAID_BY_ITEM = "按项目据实支付"


def outcome(scheme, drg):
    return next(at for at, found in enumerate(scheme.outcomes) if found.drg == drg)


def test_a_weight_and_a_text_in_place_of_one(library, drg_11):
    weights = groupers.weights_for(library, "chs-drg-1.1", "beijing-2022")
    numbers = np.array([outcome(drg_11, drg) for drg in ("KB19", "AA19", "DG29")], np.int32)
    np.testing.assert_equal(weights.of(numbers), [1.57, np.nan, np.nan])
    assert [weights.text(at) for at in numbers] == ["", PAID_BY_ITEM, ""]
    assert (weights.region, weights.title, weights.fits) == ("beijing-2022", "北京 2022 年", True)


def test_every_published_number_of_a_region_that_knows_the_scheme(library):
    """Independent of the look-up: the book's rows against the outcomes."""
    for region in codebooks.regions(library).values():
        weights = groupers.weights_for(library, region.scheme, region.id)
        scheme = groupers.load_scheme(library, region.scheme)
        rows = arrow.rows_where(library.table("payment/drg_weights"), "region", region.id).to_pylist()
        told = {row["drg"]: (row["weight"] or None, row["text"] or "") for row in rows}
        for at, found in enumerate(scheme.outcomes):
            number, text = told.get(found.drg, (None, ""))
            assert weights.text(at) == text
            assert weights.values[at] == number if number else np.isnan(weights.values[at])
        assert weights.unused == len(set(told) - {found.drg for found in scheme.outcomes})


def test_a_code_that_means_something_else_has_no_weight(library, drg_20):
    weights = groupers.weights_for(library, "chs-drg-2.0", "fujian-fuzhou-2022")
    assert not weights.fits
    drgs = {found.drg: at for at, found in enumerate(drg_20.outcomes)}
    names = {found.drg: found.name for found in drg_20.outcomes}
    rows = {row["drg"]: row for row in codebooks.weight_rows(library, "fujian-fuzhou-2022").to_pylist()}
    assert (names["AA19"], rows.get("BJ15", {}).get("name")) == (
        "心肺移植",
        "神经系统其他手术，不伴并发症或合并症",
    )
    assert np.isnan(weights.values[drgs["AA19"]])
    assert weights.values[drgs["BJ15"]] == rows["BJ15"]["weight"]
    assert 0 < weights.known < weights.groups


def test_a_place_is_its_newest_year_and_a_wrong_name_lists_all(library):
    assert groupers.weights_for(library, "chs-drg-1.1", "jiangsu-suzhou").region == "jiangsu-suzhou-2023"
    with pytest.raises(codebooks.CodebookError) as caught:
        groupers.weights_for(library, "chs-drg-1.1", "atlantis")
    assert all(region in str(caught.value) for region in codebooks.regions(library))


def test_the_schemes_own_weights_are_those_that_the_region_published(library):
    for scheme, region in (("urumqi-2022", "xinjiang-urumqi-2022"), ("xpcc-2022", "xinjiang-bingtuan-2022")):
        own = groupers.load_scheme(library, scheme)
        np.testing.assert_equal(groupers.weights_for(library, scheme, region).values, own.weights)
        assert np.isfinite(own.weights[own.kinds == Kind.GROUPED]).mean() > 0.95


def test_a_weighted_scheme_is_the_same_scheme_with_other_weights(library, drg_11):
    scheme = groupers.weighted(library, "chs-drg-1.1", "beijing-2022")
    assert groupers.weighted(library, "chs-drg-1.1", "beijing-2022") is scheme
    assert (scheme.id, scheme.region, drg_11.region) == (drg_11.id, "beijing-2022", "")
    assert [found.drg for found in scheme.outcomes] == [found.drg for found in drg_11.outcomes]
    given = GroupingInput.of([{"dx": ["D35.000"], "proc": ["07.2100"], "sex": 2, "age": 40}])
    groups = groupers.group(given, scheme)
    assert (groups.drg.to_list(), groups.weight.tolist()) == (["KB19"], [1.57])
    assert "1.57" in groupers.explain(given, scheme).lines()[-1]


def test_texts_stand_in_their_own_column(library):
    batch = a_batch(
        [{"sex": "2", "age": 40}] * 2,
        [dx(0, "D35.000", flag="1"), dx(1, "I50.900", flag="1")],
        [proc(0, "07.2100", flag="1"), proc(1, "37.5100", flag="1")],
    )
    columns = groupers.attach(batch, groupers.weighted(library, "chs-drg-1.1", "beijing-2022")).columns
    assert listed(columns["drg"]) == ["KB19", "AA19"]
    np.testing.assert_equal(listed(columns["weight"]), [1.57, np.nan])
    assert listed(columns["weight_text"]) == [None, PAID_BY_ITEM]
