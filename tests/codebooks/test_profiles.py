"""Profiles: merged by key, layer on layer."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import codebooks
from codebooks import profiles

LAYERS = st.recursive(
    st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
).filter(lambda value: isinstance(value, dict))


@given(LAYERS, LAYERS, LAYERS)
def test_merging_is_associative_and_a_copy(
    low: dict[str, object], middle: dict[str, object], high: dict[str, object]
) -> None:
    merge = codebooks.merge_profiles
    assert merge(merge(low, middle), high) == merge(low, merge(middle, high)) or _shape_changed(
        low, middle, high
    )
    assert merge(low) == low
    assert merge(low) is not low


def _shape_changed(*layers: dict[str, object]) -> bool:
    """A table under a plain value of another layer: the plain value ends what stood below it."""
    kinds: dict[str, set[bool]] = {}
    for layer in layers:
        _kinds(layer, "", kinds)
    return any(len(found) > 1 for found in kinds.values())


def _kinds(layer: dict[str, object], prefix: str, kinds: dict[str, set[bool]]) -> None:
    for key, value in layer.items():
        kinds.setdefault(prefix + key, set()).add(isinstance(value, dict))
        if isinstance(value, dict):
            _kinds(value, f"{prefix}{key}.", kinds)


def test_tables_merge_and_values_are_replaced() -> None:
    low = {"checks": {"D103": "error", "D104": "hint"}, "order": [1, 2], "name": "national"}
    high = {"checks": {"D104": "warning"}, "order": [3]}
    assert codebooks.merge_profiles(low, high) == {
        "checks": {"D103": "error", "D104": "warning"},
        "order": [3],
        "name": "national",
    }
    assert low["order"] == [1, 2]


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    front, back = tmp_path / "front", tmp_path / "back"
    front.mkdir()
    back.mkdir()
    (back / "national.toml").write_text('name = "national"\n[a]\nx = 1\ny = 1\n', encoding="utf-8")
    (back / "region.toml").write_text('name = "region"\n[a]\ny = 2\n', encoding="utf-8")
    (front / "hospital.toml").write_text('extends = "region"\nname = "hospital"\n', encoding="utf-8")
    (front / "circle.toml").write_text('extends = "circle"\n', encoding="utf-8")
    (front / "broken.toml").write_text("name = \n", encoding="utf-8")
    return [front, back]


def test_a_profile_stands_on_what_it_extends(folders: list[Path]) -> None:
    found = profiles.load("hospital", folders, [{"a": {"z": 3}}])
    assert found == {"name": "hospital", "a": {"x": 1, "y": 2, "z": 3}}
    assert profiles.load("region", folders, ())["a"] == {"x": 1, "y": 2}


@pytest.mark.parametrize("name", ["circle", "nowhere", "../back/region"])
def test_what_is_no_profile(folders: list[Path], name: str) -> None:
    with pytest.raises(codebooks.CodebookError, match="hospital"):
        profiles.load(name, folders, ())


def test_a_broken_profile_is_named(folders: list[Path]) -> None:
    with pytest.raises(codebooks.CodebookError, match=r"broken\.toml"):
        profiles.load("broken", folders, ())


def test_the_national_profile_is_shipped() -> None:
    library = codebooks.shipped()
    assert "national" in library.profiles()
    assert library.profile()["name"] == "national"
    assert library.profile("national", {"name": "mine"})["name"] == "mine"
