"""What ``audit`` and ``check`` say of the groups in one line, and the progress of a what-if over a batch."""

import re

import openpyxl
import pytest

import groupers
import records
from audit.cli.context import Context
from audit.indicators import indicators
from audit.list_export import COLUMNS, export_list
from audit.pipeline import examine
from audit.reports import groups_told
from audit.session import Session, read_files
from audit.whatif import sweep
from records import Cancelled
from tests.audit.making import DATA, NO_X, library, written
from validators import check_settings


def line(text: str) -> str:
    """The one line about the groups."""
    (found,) = [held for held in text.splitlines() if held.startswith(("分组指标", "groups (chs"))]
    return found


def table(scheme: str, weights: str = ""):
    """The published cases of a scheme, grouped and checked."""
    batch = records.read([DATA / "grouping" / "chs_drg_11.csv"]).batch
    assert batch is not None
    held = (
        groupers.weighted(library(), scheme, weights) if weights else groupers.load_scheme(library(), scheme)
    )
    return examine(batch, held, check_settings(library(), library().profile()))


def test_audit_and_check_say_it(run, tmp_path):
    path = written(tmp_path / "a.json", 3)
    told = ("--scheme", "chs-drg-1.1", "--weights", "beijing-2022")
    _, out, _ = run("audit", path, *NO_X, *told)
    assert "入组率 100.00%" in line(out)
    assert "beijing-2022 的权重里没有" in line(out), "which is not that there are no weights"
    _, out, err = run("check", path, *NO_X, "--scheme", "chs-drg-2.0", "--language", "en")
    assert "grouped rate 100.00%" in line(err)
    assert "no weights, so no CMI" in line(err)
    assert "groups (" not in out, "stdout is the findings alone"


@pytest.mark.parametrize("weights", ["", "beijing-2022"])
def test_the_line_tells_gaps_from_records_and_counts_boundaries(weights):
    examined = table("chs-drg-1.1", weights)
    (told,) = groups_told(examined, "en")
    total = indicators(examined.batch, examined.groups.groups).total
    numbers = [int(number) for number in re.findall(r"(\d+) (?:in|by|open|boundary)", told)]
    marks = [mark for mark in examined.batch.groups.column("boundary").to_list() if mark]
    left = total.ambiguous + total.ungrouped
    assert numbers == [left, total.scheme_gaps, total.record_faults, total.open, len(marks)]
    assert total.scheme_gaps > 0
    assert total.record_faults > 0
    assert ("no CMI" in told) == (total.cmi is None) == (not weights)
    if weights:
        assert f"CMI {total.cmi:.2f}" in told


def test_a_scheme_that_is_announced_says_what_to_import(run, tmp_path):
    """And one that there is not at all, which there are."""
    path = written(tmp_path / "a.json", 1)
    code, out, err = run("group", path, "--scheme", "chs-drg-3.0")
    assert (code, out) == (2, "")
    assert "nhsa.gov.cn" in err
    assert "qingdan codebooks import" in err
    code, out, err = run("group", path, "--scheme", "atlantis")
    assert (code, out) == (2, "")
    assert "chs-drg-2.0" in err


def test_what_if_over_a_batch_tells_how_far_it_is(run, tmp_path, monkeypatch):
    heard = []

    def told(self, done, total):
        heard.append((done, total))
        return True

    monkeypatch.setattr(Context, "trying_progress", told)
    code, _, _ = run("whatif", written(tmp_path / "a.json", 5), "--scheme", "chs-drg-2.0")
    assert code == 0
    assert heard
    assert all(0 <= done <= total == 5 for done, total in heard)


def test_progress_goes_to_a_terminal_only(run, tmp_path, monkeypatch):
    path = written(tmp_path / "a.json", 2)
    _, _, quiet = run("whatif", path, "--scheme", "chs-drg-2.0")
    assert "正在试排" not in quiet
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("audit.cli.context.PROGRESS_SECONDS", -1.0)
    _, _, loud = run("whatif", path, "--scheme", "chs-drg-2.0")
    assert "正在试排" in loud
    assert "/2 例" in loud


def test_a_sweep_that_is_told_to_stop_stops():
    examined = table("chs-drg-1.1")
    with pytest.raises(Cancelled):
        sweep(examined.groups.groups, keep_going=lambda *_: False)


def newborn(number, body):
    if number == 0:
        body["setlinfo"].update(brdy="2020-11-05")


def test_the_exported_list_has_weights_and_boundaries(tmp_path):
    """A weight that is a text stands as it was published; without one the cell is empty, never 0."""
    overrides = {"grouping": {"scheme": "chs-drg-1.1", "weights": "beijing-2022"}}
    session = Session(tmp_path / "held", library(), who="tester", overrides=overrides)
    session.keep_import(read_files([DATA / "grouping" / "chs_drg_11.csv"], library()))
    session.load()
    worklist = session.worklist
    assert worklist is not None
    assert session.workspace.journal.setting("weights") == "beijing-2022"
    groups = session.examined(range(len(worklist))).batch.groups
    export_list(session, worklist.order("record"), tmp_path / "list.xlsx", str, "zh")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets[0]
    heads, *rows = sheet.values
    assert list(heads) == list(COLUMNS)
    by_record = {row[0]: row for row in rows}
    weight, boundary = COLUMNS.index("weight"), COLUMNS.index("boundary")
    kinds = set()
    for at in range(len(worklist)):
        row = by_record[worklist.texts["record"][at]]
        text, mark = groups.column("weight_text").get(at), groups.column("boundary").get(at)
        number = float(groups.weight[at])
        assert row[weight] == (number if number == number else text)  # noqa: PLR0124 - NaN
        assert (row[boundary] or None) == mark
        kinds.add(type(row[weight]))
    assert {float, str, type(None)} <= {float if kind is int else kind for kind in kinds}
    session.close()
