"""Every case with a known answer gets it. This never skips: cases and schemes are in the repository."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pytest

import groupers
import records
from codebooks import SchemeTables
from groupers.building import build
from groupers.loading import conventions
from tests.groupers.conftest import DATA, answers, known_cases

SHARED = Path(__file__).resolve().parents[3] / "shared"
REGIONAL = {"chs_drg_10": "chs-drg-1.0", "wlmq_2022": "urumqi-2022", "xjbt_2022": "xpcc-2022"}


def test_every_case_agrees(known, scheme):
    got = answers(groupers.group(known.given, scheme))
    wrong = [row for row in zip(known.ids, known.answers, got, strict=True) if row[1] != row[2]]
    assert wrong == []


def test_nothing_is_left_out(known):
    assert len(known.answers) == {"chs-drg-2.0": 600, "chs-drg-1.1": 3000}[known.scheme]


def test_kind_follows_the_answer(known, scheme):
    groups = groupers.group(known.given, scheme)
    for (_, adrg, drg), kind in zip(known.answers, groups.kind, strict=True):
        expected = groupers.Kind.GROUPED
        if drg == "0000":
            expected = groupers.Kind.UNGROUPED
        elif adrg == "QY":
            expected = groupers.Kind.AMBIGUOUS
        assert kind == expected


def test_every_case_without_a_group_says_why(known, scheme):
    groups = groupers.group(known.given, scheme)
    grouped = groups.kind == groupers.Kind.GROUPED
    assert all(bool(key) != bool(at) for key, at in zip(groups.reason_keys().to_list(), grouped, strict=True))
    for language in ("zh", "en"):
        assert all(
            bool(text) != bool(at) for text, at in zip(groups.words(language).to_list(), grouped, strict=True)
        )


def test_every_case_agrees_when_read_as_a_file(known, scheme):
    """The way of the command line: file, batch, groups, in input order."""
    name = {"chs-drg-2.0": "chs_drg_20.csv", "chs-drg-1.1": "chs_drg_11.csv"}[known.scheme]
    batch = records.read([DATA / name]).batch
    assert batch is not None
    assert answers(groupers.group(batch, scheme)) == known.answers
    attached = groupers.attach(batch, scheme).columns["drg"]
    assert isinstance(attached, records.Text)
    assert attached.to_list() == [drg for _, _, drg in known.answers]


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the tables of the regional schemes are not beside this clone"
)
@pytest.mark.parametrize("folder", REGIONAL)
def test_regional_schemes_agree_too(folder, library):
    own = REGIONAL[folder]
    facts = SHARED / "facts" / "drg" / folder
    parts = {}
    for name in SchemeTables.__slots__:
        path = facts / f"{name}.csv"
        if path.exists():
            parts[name] = _strings(path)
        elif name not in {"id", "title", "steps"}:
            parts[name] = getattr(library.scheme("chs-drg-2.0"), name).slice(0, 0)
    steps = library.table("sources/schemes/steps")
    parts["steps"] = steps.filter(pc.equal(steps.column("scheme"), own))
    scheme = build(SchemeTables(id=own, title=own, **parts), conventions(library, own))
    known = known_cases(SHARED / "cases" / "grouping" / f"{folder}.csv", own)
    assert answers(groupers.group(known.given, scheme)) == known.answers


def _strings(path: Path) -> pa.Table:
    names = path.read_text(encoding="utf-8").split("\n", 1)[0].strip().split(",")
    options = pacsv.ConvertOptions(
        column_types={name: pa.string() for name in names}, strings_can_be_null=False
    )
    return pacsv.read_csv(path, convert_options=options)
