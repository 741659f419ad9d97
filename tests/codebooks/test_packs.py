"""Packs: out and in again, and what is refused without a trace."""

import zipfile
from pathlib import Path

import pytest

import codebooks
from codebooks import manifest, packs, verify

LIBRARY = codebooks.shipped()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "pack.zip"
    packs.export_pack(LIBRARY, packs.matching(LIBRARY, ["edits/*", "value_sets"]), path)
    return path


def rewritten(pack: Path, **changes: bytes | None) -> Path:
    """A copy of ``pack`` with entries changed, added or (None) left out; for their names see ``names``."""
    other = pack.with_name("other.zip")
    with zipfile.ZipFile(pack) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        names = {
            key.replace("__", "/").replace("_p", ".parquet").replace("_j", ".json"): key for key in changes
        }
        for name in [*old.namelist(), *(name for name in names if name not in old.namelist())]:
            content = changes[names[name]] if name in names else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return other


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_out_and_in_again(pack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "user" / "codebooks"
    taken = packs.import_pack(pack, folder)
    assert {book.name for book in taken} >= {"edits/age_classes", "value_sets"}
    assert verify.changed(folder) == ()
    library = codebooks.open_library([folder])
    assert library.folder_of("value_sets") == folder
    assert library.table("value_sets").equals(LIBRARY.table("value_sets"))


def test_equal_books_give_equal_packs(pack: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    packs.export_pack(LIBRARY, packs.matching(LIBRARY, ["value_sets", "edits/*"]), again)
    assert again.read_bytes() == pack.read_bytes()


def test_an_import_keeps_what_it_does_not_replace(pack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "user"
    other = tmp_path / "other.zip"
    packs.export_pack(LIBRARY, packs.matching(LIBRARY, ["checks/*", "value_sets"]), other)
    packs.import_pack(other, folder)
    (folder / "profiles").mkdir()
    (folder / "profiles" / "hospital.toml").write_text('name = "hospital"\n', encoding="utf-8")
    packs.import_pack(pack, folder)
    names = set(manifest.read(folder))
    assert {"checks/diagnosis_selection_rules", "edits/age_classes", "value_sets"} <= names
    assert verify.changed(folder) == ()
    assert codebooks.open_library([folder]).profile("hospital")["name"] == "hospital"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value_sets_p": b"PAR1 damaged"}, "value_sets"),
        ({"value_sets_p": None}, "value_sets"),
        (
            {"edits__age_classes_p": (codebooks.store.SHIPPED / "value_sets.parquet").read_bytes()},
            "age_classes",
        ),
        ({"..__escape_p": b"x"}, "escape"),
        ({"readme": b"x"}, "readme"),
        ({"manifest_j": None}, "zip"),
        ({"manifest_j": b'{"books": []}'}, "没有码表"),
        ({"manifest_j": b'{"books": [{"name": "../x"}]}'}, "manifest"),
        ({"manifest_j": b"\xff\xfe"}, "manifest"),
    ],
)
def test_a_bad_pack_changes_nothing(
    pack: Path, tmp_path: Path, changes: dict[str, bytes], message: str
) -> None:
    folder = tmp_path / "user"
    packs.import_pack(pack, folder)
    before = snapshot(folder)
    with pytest.raises(codebooks.CodebookError, match=message):
        packs.import_pack(rewritten(pack, **changes), folder)
    assert snapshot(folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.zip", "pack.zip", "user"]


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all"])
def test_what_is_no_pack(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    with pytest.raises(codebooks.CodebookError, match="zip"):
        packs.import_pack(path, tmp_path / "user")
    assert not (tmp_path / "user").exists()


def test_a_truncated_pack(pack: Path, tmp_path: Path) -> None:
    pack.write_bytes(pack.read_bytes()[:-200])
    with pytest.raises(codebooks.CodebookError, match="zip"):
        packs.import_pack(pack, tmp_path / "user")


def test_a_bomb_is_stopped_at_the_limit(pack: Path, tmp_path: Path) -> None:
    bomb = rewritten(pack, value_sets_p=bytes(64 * 1024 * 1024))
    assert bomb.stat().st_size < 1024 * 1024
    with pytest.raises(codebooks.CodebookError, match="MB"):
        packs.import_pack(bomb, tmp_path / "user", limit=8 * 1024 * 1024)
    assert not (tmp_path / "user").exists()


def test_a_pattern_that_names_nothing_is_an_error() -> None:
    with pytest.raises(codebooks.CodebookError, match="value_sets"):
        packs.matching(LIBRARY, ["value_set"])
