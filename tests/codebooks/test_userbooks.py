"""The user's folder: editions beside each other, switched in one step, safe from kills and from two at once."""

import datetime as dt
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

import codebooks
from codebooks import arrow, manifest, userbooks, verify
from codebooks.books import Book
from codebooks.userbooks import BUILT_IN, UserBooks, user_book

NAME = "lists/drug"
ROOT = Path(__file__).resolve().parents[2]


def offered(
    *codes: str,
    name: str = NAME,
    edition: str = "",
    validity: tuple[dt.date | None, dt.date | None] = (None, None),
) -> tuple[Book, arrow.Table]:
    table = arrow.build({"code": codes, "name": [f"name of {code}" for code in codes]}, {})
    return user_book(name, "title", edition, table, "file.zip", validity), table


def library(folder: Path) -> codebooks.Library:
    return codebooks.open_library([folder])


def state(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")} | {
        "manifest": (folder / manifest.NAME).read_bytes()
    }


def test_the_edition_before_stays_and_can_be_used_again(tmp_path: Path) -> None:
    own = UserBooks(tmp_path / "own")
    own.install([offered("A", edition="2025")])
    own.install([offered("A", "B", edition="2026")])
    held = library(own.folder)
    assert held.codes(NAME).codes == ("A", "B")
    assert [book.edition for book in held.editions(NAME)] == ["2026", "2025"]
    assert [book.edition for book in own.use(NAME, "2025")] == ["2025"]
    assert library(own.folder).codes(NAME).codes == ("A",)
    assert [book.edition for book in library(own.folder).editions(NAME)] == ["2025", "2026"]
    assert verify.changed(own.folder) == ()


@pytest.mark.parametrize("wanted", ["id", "day", "valid"])
def test_an_edition_is_named_by_id_day_or_validity(tmp_path: Path, wanted: str) -> None:
    own = UserBooks(tmp_path)
    (book,) = own.install([offered("A", validity=(dt.date(2026, 1, 1), None))])
    words = {"id": book.id, "day": book.taken[:10], "valid": "2026-01-01"}
    assert own.use(NAME, words[wanted]) == (book,)


def test_the_shipped_edition_can_be_used_again(tmp_path: Path) -> None:
    own = UserBooks(tmp_path / "own")
    own.install([offered("Z99.900", name="terms/icd10_nhsa_2.0", edition="mine")])
    assert len(library(own.folder).diagnoses()) == 1
    assert own.use("terms/icd10_nhsa_2.0", BUILT_IN) == ()
    assert len(library(own.folder).diagnoses()) > 30_000
    assert [book.edition for book in library(own.folder).editions("terms/icd10_nhsa_2.0")][1:] == ["mine"]


def test_the_tables_of_a_scheme_go_back_together(tmp_path: Path) -> None:
    own = UserBooks(tmp_path)
    for edition in ("2025", "2026"):
        own.install(
            [offered(edition, name=f"drg/local/{table}", edition=edition) for table in ("adrg", "drg")]
        )
    own.use("drg/local/*", "2025")
    assert {book.edition for book in own.contents().books.values()} == {"2025"}


def test_a_removed_edition_is_gone(tmp_path: Path) -> None:
    own = UserBooks(tmp_path)
    own.install([offered("A", edition="2025")])
    own.install([offered("B", edition="2026")])
    own.remove(NAME, "2026")
    assert not library(tmp_path).has(NAME)
    own.use(NAME, "2025")
    own.remove(NAME)
    assert list(tmp_path.rglob("*.parquet")) == []
    with pytest.raises(codebooks.CodebookError, match=NAME):
        own.remove(NAME)


def test_what_is_no_edition_is_said_with_those_there_are(tmp_path: Path) -> None:
    own = UserBooks(tmp_path)
    (book,) = own.install([offered("A", edition="2025")])
    with pytest.raises(codebooks.CodebookError, match=book.id):
        own.use(NAME, "2024")


def test_the_edition_of_a_day_is_read(tmp_path: Path) -> None:
    own = UserBooks(tmp_path)
    own.install([offered("A", validity=(dt.date(2024, 1, 1), dt.date(2025, 12, 31)))])
    own.install([offered("A", "B", validity=(dt.date(2026, 1, 1), None))])
    held = library(tmp_path)
    for day, count in (
        (dt.date(2025, 6, 1), 1),
        (dt.date(2026, 6, 1), 2),
        (None, 2),
        (dt.date(2020, 1, 1), 2),
    ):
        found = held.list_for("western_drug", day)
        assert found is not None
        assert len(found) == count


def test_an_own_edition_of_diagnoses_applies_from_its_day(tmp_path: Path) -> None:
    own = UserBooks(tmp_path)
    own.install([offered("Z99.900", name="terms/icd10_nhsa_2.0", validity=(dt.date(2027, 1, 1), None))])
    held = library(tmp_path)
    assert len(held.diagnoses(dt.date(2027, 1, 1))) == 1
    assert len(held.diagnoses(dt.date(2026, 12, 31))) > 30_000


def test_texts_are_put_in_place_and_the_old_ones_kept(tmp_path: Path) -> None:
    own = UserBooks(tmp_path)
    own.install([], {"profiles/hospital.toml": "a = 1\n"})
    own.install([offered("A")], {"profiles/hospital.toml": "a = 2\n"})
    assert library(tmp_path).profile("hospital")["a"] == 2
    assert [path.read_text("utf-8") for path in (tmp_path / "editions").glob("hospital@*.toml")] == [
        "a = 1\n"
    ]


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_failure_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    own = UserBooks(tmp_path)
    own.install([offered("A", edition="2025")], {"profiles/p.toml": "a = 1\n"})
    before = state(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(arrow, "write", full)
        elif step == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(userbooks, "_replace", full)
        with pytest.raises(codebooks.CodebookError, match="No space"):
            own.install([offered("A", "B", edition="2026")], {"profiles/p.toml": "a = 2\n"})
    assert state(tmp_path) == before
    assert library(tmp_path).profile("p")["a"] == 1


KILLED = """
import os, sys
from pathlib import Path
from codebooks import userbooks
sys.path.insert(0, {root!r})
from tests.codebooks.test_userbooks import offered
calls = 0
usual = userbooks._replace
def replace(new, old):
    global calls
    calls += 1
    if calls == {at}:
        os._exit(9)
    usual(new, old)
userbooks._replace = replace
userbooks.UserBooks(Path({folder!r})).install([offered("B", edition="2026")], {{"profiles/p.toml": "a = 2\\n"}})
"""


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_killed_program_leaves_the_old_state_or_the_new(tmp_path: Path, at: int) -> None:
    """Killed before the switch all is old, after it all is new, the profile included."""
    own = UserBooks(tmp_path / "own")
    own.install([offered("A", edition="2025")], {"profiles/p.toml": "a = 1\n"})
    program = KILLED.format(root=str(ROOT), at=at, folder=str(own.folder))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == 9
    held = library(own.folder)
    seen = held.codes(NAME).codes, held.profile("p")["a"]
    assert seen == ((("A",), 1) if at <= 2 else (("B",), 2))
    own.install([offered("C", edition="2027")])
    assert verify.changed(own.folder) == ()
    assert list(own.folder.rglob("*.new-*")) == []


def _install_many(folder: str, name: str) -> None:
    for number in range(4):
        UserBooks(Path(folder)).install(
            [offered(f"{name}{number}", name=f"lists/{name}", edition=str(number))]
        )


def test_two_programs_at_once_both_count(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=_install_many, args=(str(tmp_path), name)) for name in ("a", "b")]
    for process in running:
        process.start()
    for process in running:
        process.join()
        assert process.exitcode == 0
    held = UserBooks(tmp_path).contents()
    assert set(held.books) == {"lists/a", "lists/b"}
    assert len(held.editions) == 8
    assert verify.changed(tmp_path) == ()


def test_who_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(userbooks, "_LOCK_SECONDS", 0.05)
    first = UserBooks(tmp_path)
    with first._alone(), pytest.raises(codebooks.CodebookError):
        UserBooks(tmp_path).install([offered("A")])
    first.install([offered("A")])


def test_a_folder_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    """Books that stand under their plain names stay in use, as an edition like others."""
    table = arrow.build({"code": ["A"], "name": ["a"]}, {})
    book = user_book(NAME, "t", "old", table, "s")
    early = Book(**{**{name: getattr(book, name) for name in Book.__slots__}, "stored": "", "taken": ""})
    (tmp_path / "lists").mkdir()
    arrow.write(table, tmp_path / early.file)
    (tmp_path / manifest.NAME).write_text(manifest.dump([early]), "utf-8")
    UserBooks(tmp_path).install([offered("B", edition="new")])
    assert [one.edition for one in library(tmp_path).editions(NAME)] == ["new", "old"]
    UserBooks(tmp_path).use(NAME, "old")
    assert library(tmp_path).codes(NAME).codes == ("A",)
