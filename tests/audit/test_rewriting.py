"""Corrected files beside their originals: the same shape, everything there, nothing overwritten."""

import errno
import json
import os
import zipfile
from pathlib import Path

import pytest

from audit.messages import Stopped
from audit.rewriting import refuse_inside, write_all
from records import CaseRows, Problem, SetCell, edited, fields_of, read
from tests.audit.making import every_message, library, message, told, written

PROBLEMS: list[Problem] = []


def rewritten(paths: list[Path], out: Path, told_to: list[str] | None = None) -> int:
    """Rewrite ``paths`` below ``out`` with the occupation of every case set."""
    result = read(paths, library())
    batch = result.batch
    assert batch is not None
    edits = [SetCell("cases", row, "occupation", "90") for row in batch.cases.row_id.tolist()]
    after = edited(batch, edits, fields_of(batch))
    now = {case: CaseRows(after, case) for case in range(len(batch))}
    problems: list[Problem] = []
    count = write_all(result, paths, now, out, library(), problems.append)
    if told_to is not None:
        told_to += told(problems)
    return count


def occupations(path: Path) -> list[str]:
    return [item["input"]["setlinfo"]["prfs"] for item in every_message(path)]


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_goes_to_the_same_name(tmp_path):
    path = written(tmp_path / "a.json", 2)
    before = path.read_bytes()
    assert rewritten([path], tmp_path / "out") == 1
    assert occupations(tmp_path / "out" / "a.json") == ["90", "90"]
    assert path.read_bytes() == before


def test_a_folder_goes_to_a_folder_with_all_that_is_in_it(tmp_path):
    folder = tmp_path / "in"
    written(folder / "a.json", 1)
    written(folder / "deep" / "b.jsonl", 2, first=5)
    (folder / "deep" / "broken.json").write_text('{"setlinfo": {', "utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n")
    (folder / "empty.json").touch()
    (folder / ".hidden").touch()
    problems: list[str] = []
    assert rewritten([folder], tmp_path / "out", told_to=problems) == 5
    assert tree(tmp_path / "out") == [
        "in/a.json", "in/deep/b.jsonl", "in/deep/broken.json", "in/empty.json", "in/picture.png",
    ]  # fmt: skip
    assert occupations(tmp_path / "out" / "in" / "deep" / "b.jsonl") == ["90", "90"]
    for name in ("deep/broken.json", "picture.png", "empty.json"):
        assert (tmp_path / "out" / "in" / name).read_bytes() == (folder / name).read_bytes()
    assert problems == []


def test_two_inputs_of_one_name_do_not_overwrite_each_other(tmp_path):
    one, two = (written(tmp_path / name / "a.jsonl", 1, first=at) for at, name in enumerate(("x", "Y")))
    upper = written(tmp_path / "z" / "A.jsonl", 1, first=7)
    assert rewritten([one, two, upper], tmp_path / "out") == 3
    assert tree(tmp_path / "out") == ["A-3.jsonl", "a-2.jsonl", "a.jsonl"]
    assert occupations(tmp_path / "out" / "a-2.jsonl") == ["90"]


def test_an_input_given_twice_is_written_once(tmp_path):
    folder = tmp_path / "in"
    path = written(folder / "a.jsonl", 2)
    result = read([folder], library())
    assert write_all(result, [folder, path, folder], {}, tmp_path / "out", library(), PROBLEMS.append) == 1
    assert tree(tmp_path / "out") == ["in/a.jsonl"]


@pytest.mark.parametrize("out", [".", "in/..", "link"])
def test_originals_are_never_overwritten(tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    first, second = written(tmp_path / "z.jsonl", 1, first=9), written(tmp_path / "in" / "a.jsonl", 1)
    before = first.read_bytes(), second.read_bytes()
    with pytest.raises(Stopped) as stopped:
        rewritten([Path("in/a.jsonl"), Path("z.jsonl")], Path(out))
    assert stopped.value.key == "would_overwrite"
    assert (first.read_bytes(), second.read_bytes()) == before
    assert tree(tmp_path / "in") == ["a.jsonl"], "it is settled before anything is written"
    assert not (tmp_path / "a.jsonl").exists()


def test_a_folder_that_is_read_is_not_written_into(tmp_path):
    folder = tmp_path / "in"
    written(folder / "a.jsonl", 1)
    for out in (folder, folder / "out", folder / "deep" / "er"):
        with pytest.raises(Stopped) as stopped:
            rewritten([folder], out)
        assert stopped.value.key == "out_inside_input"
    assert tree(folder) == ["a.jsonl"]
    refuse_inside(tmp_path, [folder])
    refuse_inside(tmp_path / "in2", [folder])


def test_an_archive_goes_to_an_archive(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("z/2.json", (2026, 3, 9, 10, 30, 0))
        archive.writestr(info, json.dumps(message(2), ensure_ascii=False))
        archive.writestr("a/1.json", json.dumps(message(1), ensure_ascii=False))
        archive.writestr("readme.txt", "说明")
        archive.writestr("broken.json", '{"setlinfo')
    assert rewritten([path], tmp_path / "out") == 1
    with zipfile.ZipFile(tmp_path / "out" / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["z/2.json", "a/1.json", "readme.txt", "broken.json"]
        assert archive.infolist()[0].date_time == (2026, 3, 9, 10, 30, 0)
        assert json.loads(archive.read("a/1.json"))["input"]["setlinfo"]["prfs"] == "90"
        assert archive.read("readme.txt").decode() == "说明"
        assert archive.read("broken.json") == b'{"setlinfo'


def test_names_that_chinese_windows_packed_stay_readable(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("XXXX.json", json.dumps(message(1), ensure_ascii=False))
    path.write_bytes(path.read_bytes().replace(b"XXXX.json", "清单".encode("gb18030") + b".json"))
    assert rewritten([path], tmp_path / "out") == 1
    with zipfile.ZipFile(tmp_path / "out" / "a.zip") as archive:
        assert archive.namelist() == ["清单.json"]


def test_an_archive_that_cannot_be_opened_is_copied(tmp_path):
    good = written(tmp_path / "good.jsonl", 1)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK\x03\x04 not really")
    assert rewritten([good, bad], tmp_path / "out") == 2
    assert (tmp_path / "out" / "bad.zip").read_bytes() == bad.read_bytes()


def test_a_member_that_is_refused_is_told(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.json", json.dumps(message(1), ensure_ascii=False))
        archive.writestr("bomb.json", b"0" * (64 << 20))
    problems: list[str] = []
    rewritten([path], tmp_path / "out", told_to=problems)
    assert problems == ["copied_not_read"]
    with zipfile.ZipFile(tmp_path / "out" / "a.zip") as archive:
        assert archive.namelist() == ["1.json"]


def test_a_file_that_changes_meanwhile_is_told_and_copied(tmp_path):
    path = written(tmp_path / "a.jsonl", 1)
    result = read([path], library())
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    problems: list[Problem] = []
    assert write_all(result, [path], {}, tmp_path / "out", library(), problems.append) == 1
    assert told(problems) == ["changed_since"]
    assert (tmp_path / "out" / "a.jsonl").read_bytes() == path.read_bytes()


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    path = written(tmp_path / "a.jsonl", 1)
    result = read([path], library())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Stopped) as stopped:
        write_all(result, [path], {}, tmp_path / "out", library(), PROBLEMS.append)
    assert stopped.value.key == "unwritable"
    assert tree(tmp_path / "out") == []
