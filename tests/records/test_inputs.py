"""Files, folders and archives as one list, in name order, each opened only when it is read."""

import zipfile
from pathlib import Path

import pytest

import codebooks
from records.inputs import Blocks, Input, close_archives, inputs, label, load_again, open_again, shown_name
from records.problems import Problem, Unreadable
from records.reading import limits_of
from tests.records import making

LIMITS = limits_of(codebooks.shipped())


def listed(*paths: Path, **limits: float) -> tuple[list[str], list[str]]:
    """The labels of what there is to read, and the keys of the problems."""
    problems: list[Problem] = []
    try:
        found = list(inputs(paths, {**LIMITS, **limits}, problems))
    finally:
        close_archives()
    for problem in problems:
        assert problem.message()
        assert problem.message("en")
    return [given.label for given in found], [problem.key for problem in problems]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in ("b.json", "a.json", "deep/c.json", "deep/"):
            file.writestr(name, name * 100)
    return path


def test_files_come_in_name_order(tmp_path: Path, archive: Path) -> None:
    for name in ("z.json", "b/2.json", "b/10.json", "b/1.json"):
        making.put(tmp_path / "in", name, "x")
    labels, problems = listed(tmp_path / "in", archive, tmp_path / "in" / "z.json")
    packed = ["a.zip/a.json", "a.zip/b.json", "a.zip/deep/c.json"]
    assert labels == ["1.json", "10.json", "2.json", "z.json", *packed, "z.json"]
    assert problems == []


def test_bytes_are_read_in_blocks_and_again(archive: Path, tmp_path: Path) -> None:
    plain = making.put(tmp_path, "p.json", b"0123456789")
    problems: list[Problem] = []
    for given, whole in zip(
        inputs([plain, archive], LIMITS, problems), (b"0123456789", b"a.json" * 100), strict=False
    ):
        assert given.size == len(whole)
        blocks = Blocks(given, 4)
        assert len(next(iter(blocks))) == 4
        assert b"".join(blocks) == b"".join(blocks) == given.load() == whole
        assert blocks.head == whole[:4]
    close_archives()


def test_a_large_file_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.inputs.SMALL", 5)
    path = making.put(tmp_path, "p.json", b"0123456789")
    opened = []

    def opener():
        opened.append(path)
        return path.open("rb")

    blocks = Blocks(Input(path, "", opener, 10), 4)
    assert list(blocks) == [b"0123", b"4567", b"89"]
    assert blocks.head == b"0123"
    assert len(opened) == 2


def test_a_file_is_found_again(archive: Path, tmp_path: Path) -> None:
    plain = making.put(tmp_path, "p.json", b"0")
    assert load_again(plain, "", LIMITS) == b"0"
    assert load_again(archive, "deep/c.json", LIMITS) == b"deep/c.json" * 100
    for path, member in ((archive, "gone.json"), (tmp_path / "gone", ""), (tmp_path / "gone.zip", "a.json")):
        with pytest.raises(Unreadable):
            open_again(path, member, LIMITS)
    close_archives()


def test_a_packed_workbook_is_one_file(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xls", "c.dat"):
        with zipfile.ZipFile(tmp_path / name, "w") as file:
            file.writestr("[Content_Types].xml", "<x/>")
            file.writestr("xl/workbook.xml", "<x/>")
    assert listed(tmp_path)[0] == ["a.xlsx", "b.xls", "c.dat"]


def test_an_archive_under_another_name_is_opened(archive: Path) -> None:
    other = archive.rename(archive.with_name("month.bak"))
    assert listed(other)[0] == ["month.bak/a.json", "month.bak/b.json", "month.bak/deep/c.json"]


@pytest.mark.parametrize(
    ("limit", "value", "labels", "problem"),
    [
        ("archive_members", 2, [], "archive_many"),
        ("archive_member_megabytes", 0, [], "archive_member_large"),
        ("archive_total_megabytes", 0, [], "archive_total"),
    ],
)
def test_bounds(archive: Path, limit: str, value: float, labels: list[str], problem: str) -> None:
    found, problems = listed(archive, **{limit: value})
    assert found == labels
    assert set(problems) == {problem}


def test_names_are_shown_as_they_were_packed() -> None:
    gbk, utf8 = "清单.json".encode("gb18030").decode("cp437"), "清单.json".encode().decode("cp437")
    assert shown_name(gbk) == shown_name(utf8) == shown_name("清单.json") == "清单.json"
    assert shown_name("plain.json") == "plain.json"
    assert label(Path("a") / "b.zip", gbk) == "b.zip/清单.json"
    label(Path("\udcc7.json"), "").encode()
