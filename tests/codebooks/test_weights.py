"""Which scheme a region's weights speak of, and which scheme applies where and when."""

import datetime as dt

import pytest

import codebooks
from codebooks import arrow, weights

LIBRARY = codebooks.shipped()


def drgs(region: str) -> set[str]:
    return set(arrow.strings(codebooks.weight_rows(LIBRARY, region), "drg"))


def test_all_region_years_are_listed() -> None:
    published = set(arrow.strings(LIBRARY.table(weights.SHIPPED), "region"))
    assert set(weights.regions(LIBRARY)) == published
    assert (len(published), LIBRARY.table(weights.SHIPPED).num_rows) == (27, 18522)


@pytest.mark.parametrize("row", LIBRARY.rows(weights.REGIONS), ids=lambda row: row["region"])
def test_the_scheme_of_a_region_follows_from_its_codes(row: dict[str, str]) -> None:
    """The evidence in the table is what the books say; the best scheme is the one named."""
    best, other, *_ = weights.shares(LIBRARY, drgs(row["region"]), weights.place_of(row["region"]))
    told = (row["scheme"], row["adrgs_known"], row["drgs_known"], row["next_scheme"])
    assert (best.scheme, f"{best.adrgs:.2f}", f"{best.drgs:.2f}", other.scheme) == told
    assert row["splits"] == str(int(weights.splits(best)))
    assert int(row["drgs"]) == len(drgs(row["region"]))


def test_texts_are_kept_apart_from_numbers() -> None:
    rows = LIBRARY.table(weights.SHIPPED).to_pylist()
    assert all((row["weight"] is None) or not row["text"] for row in rows)
    assert {row["text"] for row in rows} == {None, "按项目据实支付", "无"}
    assert sum(row["text"] == "按项目据实支付" for row in rows) == 49


@pytest.mark.parametrize(
    ("day", "region", "scheme"),
    [
        (dt.date(2026, 11, 21), "", "chs-drg-2.0"),
        (dt.date(2023, 5, 1), "", "chs-drg-1.1"),
        (dt.date(2023, 5, 1), "xinjiang-urumqi", "urumqi-2022"),
        (dt.date(2023, 5, 1), "xinjiang-bingtuan", "xpcc-2022"),
        (dt.date(2025, 1, 1), "xinjiang-urumqi", "chs-drg-2.0"),
        (dt.date(2023, 5, 1), "beijing", "chs-drg-1.1"),
        (None, "", "chs-drg-2.0"),
        (None, "xinjiang-urumqi", "chs-drg-2.0"),
    ],
)
def test_the_scheme_follows_from_region_and_discharge(day: dt.date | None, region: str, scheme: str) -> None:
    assert LIBRARY.scheme_on(day, region) == scheme


def test_historic_schemes_are_labelled() -> None:
    for name in ("chs-drg-1.0", "urumqi-2022", "xpcc-2022"):
        entry = LIBRARY.scheme_entry(name)
        assert "历史" in entry.title
        assert entry.note
        assert entry.valid_to is not None
