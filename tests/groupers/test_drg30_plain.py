"""The imported workbook against a plain reading of its own cells, case by case."""

import numpy as np
import pytest

import groupers
from benchmarks.drg_cases import makings
from benchmarks.plain_drg import plain_cases
from benchmarks.plain_formulas import PlainWorkbook
from groupers import CodedRows, GroupingInput
from tests.groupers.conftest import answers
from tests.groupers.drg30 import made_workbook


@pytest.fixture(scope="module")
def plain(library_30, tmp_path_factory):
    path = made_workbook("A").save(tmp_path_factory.mktemp("plain") / "workbook.xlsx")
    errata = library_30.rows("sources/workbook/errata")
    missing = [(str(row["owner"]), str(row["code"])) for row in errata if row["kind"] == "exclusion_row"]
    return PlainWorkbook(path, missing)


@pytest.fixture(scope="module")
def pool(library_30):
    """Codes by set, to draw cases from."""
    sets: dict[str, list[str]] = {}
    for row in library_30.scheme("chs-drg-3.0").adrg_member.to_pylist():
        sets.setdefault(row["slot"], []).append(row["code"])
    return sets


def drawn(pool, library, cases, seed):
    """Cases that make many rules hold: codes of one ADRG's sets, of its MDC, and of anything."""
    draw = np.random.default_rng(seed)
    tables = library.scheme("chs-drg-3.0")
    adrgs = tables.adrg.column("adrg").to_pylist()
    of = makings(library, "chs-drg-3.0")
    severe = tables.comorbidity.column("dx").to_pylist()
    entries = [name for name in pool if name.startswith("DI_") and name.endswith("00")]

    def some(listed, count):
        return [listed[at] for at in draw.integers(0, len(listed), count)]

    def case():
        adrg = adrgs[draw.integers(len(adrgs))]
        dx_sets = [name for name in pool if name.startswith("DI") and name.endswith(adrg)]
        op_sets = [name for name in pool if name.startswith("OP") and name.endswith(adrg)]
        entry = f"DI_{adrg[0]}00" if f"DI_{adrg[0]}00" in pool else some(entries, 1)[0]
        dx = [code for name in dx_sets for code in some(pool[name], 1)]
        dx += some(pool[entry], 1) + some(of.dx, draw.integers(0, 3)) + some(severe, draw.integers(0, 3))
        proc = [code for name in op_sets for code in some(pool[name], 1 + draw.integers(0, 2))]
        proc += some(pool["OP_ALL"], draw.integers(0, 2)) + some(of.proc, draw.integers(0, 2))
        if draw.random() < 0.5:
            draw.shuffle(dx)
            draw.shuffle(proc)
        return dx, proc, adrg

    listed = [case() for _ in range(cases)]
    newborn = np.array([adrg[0] == "P" for _, _, adrg in listed]) | (draw.random(cases) < 0.05)
    age = np.where(newborn, 0, draw.choice([0, 3, 6, 7, 30, 45, 69, 70, 71, 90], cases)).astype(float)
    days = np.where(newborn, draw.integers(0, 40, cases), age * 366 + 40)
    weight = np.where(newborn, draw.choice([900, 999.5, 1499.5, 1700, 2300, 2499.5, 3000], cases), np.nan)
    unknown = draw.random((4, cases)) < 0.05
    numbers = [age, days, weight, draw.integers(1, 3, cases).astype(float)]
    age, days, weight, sex = (np.where(gone, np.nan, n) for gone, n in zip(unknown, numbers, strict=True))
    return GroupingInput(
        CodedRows.of([dx for dx, _, _ in listed]),
        CodedRows.of([proc for _, proc, _ in listed]),
        age=age,
        age_days=days,
        weight=weight,
        sex=sex,
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_it_agrees_on_made_cases(seed, plain, pool, library_30, drg_30):
    given = drawn(pool, library_30, 3000, seed)
    expected = [plain.group(case) for case in plain_cases(given, len(given))]
    got = answers(groupers.group(given, drg_30))
    assert [pair for pair in zip(expected, got, strict=True) if pair[0] != pair[1]] == []
    assert len({drg for _, _, drg in got}) > 350
    assert any(drg.endswith("QY") for _, _, drg in got)
