"""The shipped schemes, and the cases with known answers."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import codebooks
import groupers
from benchmarks.plain_drg import PlainScheme
from tests.groupers.drg30 import made_library

DATA = Path(__file__).resolve().parents[1] / "data" / "grouping"
FILES = {
    "chs-drg-2.0": "chs_drg_20.csv",
    "chs-drg-1.1": "chs_drg_11.csv",
    "chs-drg-1.0": "chs_drg_10.csv",
    "urumqi-2022": "wlmq_2022.csv",
    "xpcc-2022": "xjbt_2022.csv",
}


@dataclass(frozen=True)
class Known:
    """The cases of one file and their answers (MDC, ADRG, DRG)."""

    scheme: str
    ids: list[str]
    given: groupers.GroupingInput
    answers: list[tuple[str, str, str]]


def known_cases(path: Path, scheme: str) -> Known:
    """Read a grouping table of ``tests/data/grouping``."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    given = groupers.GroupingInput.of(
        {
            "dx": row["dx"].split("|") if row["dx"] else [],
            "proc": row["proc"].split("|") if row["proc"] else [],
            **{name: float(row[name] or "nan") for name in ("age", "age_days", "weight", "sex")},
        }
        for row in rows
    )
    answers = [(row["mdc"], row["adrg"], row["drg"]) for row in rows]
    return Known(scheme, [row["id"] for row in rows], given, answers)


def answers(groups: groupers.Groups) -> list[tuple[str, str, str]]:
    """MDC, ADRG and DRG of each case."""
    return list(zip(groups.mdc.to_list(), groups.adrg.to_list(), groups.drg.to_list(), strict=True))


@cache
def plain_scheme(name: str) -> PlainScheme:
    """A shipped scheme as the plain interpreter reads it."""
    return PlainScheme(codebooks.shipped(), name)


@pytest.fixture(scope="session")
def library():
    return codebooks.shipped()


@pytest.fixture(scope="session")
def drg_20(library):
    return groupers.load_scheme(library, "chs-drg-2.0")


@pytest.fixture(scope="session")
def drg_11(library):
    return groupers.load_scheme(library, "chs-drg-1.1")


@pytest.fixture(scope="session", params=FILES)
def known(request):
    return known_cases(DATA / FILES[request.param], request.param)


@pytest.fixture(scope="session")
def scheme(known, library):
    """The scheme of ``known``."""
    return groupers.load_scheme(library, known.scheme)


@pytest.fixture(scope="session")
def shuffled():
    """A repeatable random source."""
    return np.random.default_rng(20261121)


@pytest.fixture(scope="session")
def library_30(tmp_path_factory):
    """The library with a made workbook of DRG 3.0."""
    return made_library(tmp_path_factory.mktemp("drg30"))


@pytest.fixture(scope="session")
def drg_30(library_30):
    return groupers.load_scheme(library_30, "chs-drg-3.0")
