"""Trying on: what differs between two examinations, and how it is told."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from audit.trying import Conditions, Trial, try_out
from audit.trying_reports import trial_json, trial_lines, trial_workbook
from audit.workspace import Workspace
from codebooks import open_library
from codebooks.importing import registry
from codebooks.importing.installing import install
from records import Batch, Cancelled
from tests.audit.conftest import Run
from tests.audit.making import broken, library, loaded, written
from tests.codebooks.making_lists import directory, row, workbook
from validators import Severity

CASES = 6


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    return loaded(written(tmp_path / "month.jsonl", CASES, broken(1, 3)))


def conditions(**overrides: object) -> Conditions:
    return Conditions(library(), library().profile("national", overrides), "chs-drg-2.0")


def test_the_same_conditions_change_nothing(batch: Batch) -> None:
    trial = try_out(batch, conditions(), conditions())
    assert trial.same
    assert list(trial.differences()) == []
    assert len(list(trial_lines(trial, "zh"))) == 1


def test_a_check_that_is_switched_off_is_gone_and_on_again_new(batch: Batch) -> None:
    on, off = conditions(), conditions(checks={"off": ["F001"]})
    gone = try_out(batch, on, off)
    assert {one.what for one in gone.differences()} == {"gone"}
    assert [one.check for one in gone.by_check()] == ["F001:setlinfo.psn_name"]
    assert gone.blocked()[0] - gone.blocked()[1] == 2
    new = try_out(batch, off, on)
    assert [one.finding.case_position for one in new.differences()] == [1, 3]
    assert {one.after for one in new.differences()} == {Severity.ERROR}


def test_another_severity_is_told_with_the_one_before(batch: Batch) -> None:
    trial = try_out(batch, conditions(), conditions(checks={"severity": {"F001": "hint"}}))
    found = list(trial.differences())
    assert {(one.what, one.before, one.after) for one in found} == {
        ("severity", Severity.ERROR, Severity.HINT)
    }
    assert len(found) == 2


def test_another_scheme_moves_cases(batch: Batch) -> None:
    trial = try_out(batch, conditions(), replace(conditions(), scheme="chs-drg-1.1"))
    assert trial.moves()
    assert all(move.before != move.after for move in trial.moves())
    assert trial.before.scheme.id == "chs-drg-2.0"


def test_the_batch_itself_is_left_as_it_is(batch: Batch) -> None:
    held = set(batch.tables)
    try_out(batch, conditions(), conditions())
    assert set(batch.tables) == held


def test_it_can_be_cancelled(batch: Batch) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> bool:
        told.append((done, total))
        return len(told) < 5

    with pytest.raises(Cancelled):
        try_out(batch, conditions(), conditions(), keep_going=stop)


@pytest.fixture
def trial(batch: Batch) -> Trial:
    return try_out(batch, conditions(checks={"off": ["F001"]}), replace(conditions(), scheme="chs-drg-1.1"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_reports_name_every_difference(trial: Trial, tmp_path: Path, language: str) -> None:
    lines = list(trial_lines(trial, language))
    assert any("F001" in line for line in lines)
    held = [json.loads(line) for line in trial_json(trial)]
    assert sum(item["kind"] == "finding" for item in held) == len(list(trial.differences()))
    assert sum(item["kind"] == "group" for item in held) == len(trial.moves())
    trial_workbook(trial, tmp_path / "trial.xlsx", language)
    book = load_workbook(tmp_path / "trial.xlsx")
    sizes = [sheet.max_row - 1 for sheet in book]
    assert sizes == [len(list(trial.differences())), len(trial.by_check()), len(trial.moves())]


# The command line


@pytest.fixture
def month(tmp_path: Path) -> Path:
    return written(tmp_path / "month.jsonl", CASES)


@pytest.fixture
def no_diagnoses(tmp_path: Path) -> Path:
    """A directory of diagnoses in which nothing of the month is left."""
    return directory(tmp_path / "1307.zip", "1307", [row("1307", code="Z99.900", name="依赖")])


def test_an_edition_is_tried_on_files(run: Run, tmp_path: Path, month: Path, no_diagnoses: Path) -> None:
    code, out, _ = run("codebooks", "try", no_diagnoses, month, "--format", "jsonl")
    assert code == 0
    found = [json.loads(line) for line in out.splitlines()]
    assert any(item["check"].startswith("C") for item in found if item.get("what") == "new")
    assert not (tmp_path / "data" / "codebooks").exists()


def test_an_edition_is_tried_on_a_workspace_that_stays_as_it_is(
    run: Run, tmp_path: Path, month: Path, no_diagnoses: Path
) -> None:
    folder = tmp_path / "work"
    with Workspace(folder, library()) as workspace:
        workspace.add_import(loaded(month))
    code, out, err = run("codebooks", "try", no_diagnoses, folder)
    assert code == 0, err
    assert "C10" in out
    with Workspace(folder, library()) as workspace:
        assert workspace.journal.actions(every=True) == ()


def test_a_profile_is_tried(run: Run, tmp_path: Path, month: Path) -> None:
    path = tmp_path / "strict.toml"
    path.write_text('[checks]\noff = ["F"]\n', "utf-8")
    code, out, _ = run(
        "codebooks", "try", path, written(tmp_path / "bad.jsonl", 3, broken(1)), "--out", tmp_path / "t.txt"
    )
    assert code == 0
    assert out == ""
    assert "F001" in (tmp_path / "t.txt").read_text("utf-8")


def test_a_broken_file_is_not_tried(run: Run, tmp_path: Path, month: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK broken")
    code, out, err = run("codebooks", "try", tmp_path / "x.zip", month)
    assert code == 2
    assert out == ""
    assert "x.zip" in err


# Importing on the command line


def own(tmp_path: Path) -> Path:
    return tmp_path / "data" / "codebooks"


def drugs(tmp_path: Path, *names: str) -> Path:
    rows = [row("1302", code=f"T0018000{at:02}", name=name) for at, name in enumerate(names)]
    return directory(tmp_path / "1302.zip", "1302", rows)


def test_a_preview_counts_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    run("codebooks", "import", drugs(tmp_path, "甲", "乙", "丙"))
    before = {path: path.read_bytes() for path in own(tmp_path).rglob("*") if path.is_file()}
    listed = tmp_path / "changes.csv"
    code, _, err = run("codebooks", "import", drugs(tmp_path, "甲", "=乙2"), "--preview", "--list", listed)
    assert code == 0
    assert "新增 0，删除 1，改动 1" in err
    assert "乙 → =乙2" in err
    assert "'=乙2" in listed.read_text("utf-8-sig")
    assert {path: path.read_bytes() for path in own(tmp_path).rglob("*") if path.is_file()} == before


def test_editions_are_listed_used_compared_and_removed(run: Run, tmp_path: Path) -> None:
    name = "lists/herbal_piece"
    run("codebooks", "import", drugs(tmp_path, "甲"))
    run("codebooks", "import", drugs(tmp_path, "甲", "乙"))
    library_ = open_library([own(tmp_path)])
    new, old = library_.editions(name)
    out = run("codebooks", "list")[1]
    assert f"* {new.id}" in out
    assert f"  {old.id}" in out
    code, out, _ = run("codebooks", "diff", name, new.id, old.id)
    assert code == 0
    assert "added,T001800001,,乙" in out
    assert run("codebooks", "use", name, old.id)[0] == 0
    assert len(open_library([own(tmp_path)]).codes(name)) == 1
    assert run("codebooks", "remove", name, new.id)[0] == 0
    assert run("codebooks", "use", name, new.id)[0] == 2


def test_a_script_is_asked_for_yes_where_rows_are_lost(run: Run, tmp_path: Path) -> None:
    path = directory(tmp_path / "x.zip", "1302", [row("1302"), row("1302")])
    code, _, err = run("codebooks", "import", path)
    assert code == 1
    assert "--yes" in err
    assert not own(tmp_path).exists()
    assert run("codebooks", "import", path, "--yes")[0] == 1
    assert open_library([own(tmp_path)]).has("lists/herbal_piece")


def test_an_increment_is_laid_over_the_list_in_use(run: Run, tmp_path: Path) -> None:
    run("codebooks", "import", drugs(tmp_path, "甲", "乙", "丙", "丁"))
    path = directory(
        tmp_path / "more.zip",
        "1302",
        [row("1302", code="T001800001", name="新乙"), row("1302", code="T001800009")],
    )
    code, _, err = run("codebooks", "import", path)
    assert code == 1
    assert "--merge" in err
    assert run("codebooks", "import", path, "--merge")[0] == 0
    held = open_library([own(tmp_path)]).codes("lists/herbal_piece")
    assert dict(zip(held.codes, held.names, strict=True)) == {
        "T001800000": "甲",
        "T001800001": "新乙",
        "T001800002": "丙",
        "T001800003": "丁",
        "T001800009": "名称",
    }


def test_an_increment_of_diagnoses_keeps_the_rest(run: Run, tmp_path: Path) -> None:
    path = directory(tmp_path / "x.zip", "1307", [row("1307", code="K99.900", name="新病")])
    assert run("codebooks", "import", path, "--merge")[0] == 0
    held = open_library([own(tmp_path)]).diagnoses()
    assert len(held) == len(library().diagnoses()) + 1
    before = library().diagnoses().row("I63.900")
    assert {name: held.row("I63.900")[name] for name in before} == before


def test_one_broken_file_of_several_changes_nothing(run: Run, tmp_path: Path) -> None:
    good = drugs(tmp_path, "甲")
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04")
    code, _, err = run("codebooks", "import", good, bad, "--yes")
    assert code == 2
    assert "bad.xlsx" in err
    assert not own(tmp_path).exists()


def test_a_kind_that_is_asked_for(run: Run, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "x.xlsx", {"a": [["医保编码", "产品名称", "剂型", "规格型号"], ["X1", "某", "片", "1"]]}
    )
    assert run("codebooks", "import", path)[0] == 2
    assert run("codebooks", "import", path, "--kind", "drugs")[0] == 0
    assert run("codebooks", "import", path, "--kind", "nothing")[0] == 2


def test_a_hospitals_books_and_profile_go_to_another_computer(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("codebooks", "import", drugs(tmp_path, "甲"))
    (own(tmp_path) / "profiles").mkdir()
    (own(tmp_path) / "profiles" / "hospital.toml").write_text("beds = 800\n", "utf-8")
    pack = tmp_path / "pack.zip"
    key = tmp_path / "data" / "keys" / "ours.key"
    assert run("codebooks", "export", pack, "--sign", key, "--new-key")[0] == 0
    there = tmp_path / "there"
    (there / "keys").mkdir(parents=True)
    (there / "keys" / "ours.key").write_text(key.read_text("ascii"), "ascii")
    monkeypatch.setenv("QINGDAN_DATA", str(there))
    code, _, err = run("codebooks", "import", pack)
    assert code == 0
    assert "签名正确" in err
    held = open_library([there / "codebooks"])
    assert held.profile("hospital")["beds"] == 800
    assert held.codes("lists/herbal_piece").names == ("甲",)
    assert not held.has("nothing")


def test_reading_a_pack_again_gives_what_is_in_use(tmp_path: Path) -> None:
    install([registry.read(drugs(tmp_path, "甲"))], tmp_path / "own")
    held = open_library([tmp_path / "own"])
    assert held.book("lists/herbal_piece").source.startswith("1302.zip (SHA-256 ")
