"""Made-up cases for the grouping benchmark and the differential test: every rule of a scheme gets its share.

Not for samples: nothing here looks like a real month.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codebooks import Library
from groupers import CodedRows, GroupingInput

_INFANTS, _NEWBORNS = 0.06, 0.6
_OWN, _VALID = 0.55, 0.8
_NAMED = re.compile(r"\((\w+)\)")
_FEW = 3


@dataclass(frozen=True, slots=True)
class Makings:
    """The codes to draw from: of all terms, and of each MDC."""

    dx: tuple[str, ...]
    proc: tuple[str, ...]
    principal: NDArray[np.int32]
    mdc: NDArray[np.int32]
    of_mdc: tuple[NDArray[np.int32], ...]
    valid: NDArray[np.int32]


def makings(library: Library, scheme: str) -> Makings:
    """What to draw cases of a scheme from."""
    tables = library.scheme(scheme)
    dx = dict.fromkeys((*library.diagnoses().codes, *tables.mdc_principal.column("dx").to_pylist()))
    proc = dict.fromkeys((*library.procedures().codes, *tables.adrg_member.column("code").to_pylist()))
    dx_at = {code: at for at, code in enumerate(dx)}
    proc_at = {code: at for at, code in enumerate(proc)}
    mdcs = tables.mdc.column("mdc").to_pylist()
    mdc_of = dict(
        zip(tables.adrg.column("adrg").to_pylist(), tables.adrg.column("mdc").to_pylist(), strict=True)
    )
    members: dict[str, list[int]] = {mdc: [] for mdc in mdcs}
    asking = _asking(tables.adrg.to_pylist())
    for row in tables.adrg_member.to_pylist():
        if row["adrg"] and row["slot"].startswith("proc"):
            members[mdc_of[row["adrg"]]].append(proc_at[row["code"]])
        elif not row["adrg"] and row["code"] in proc_at:
            for mdc in asking.get(row["slot"], ()):
                members[mdc].append(proc_at[row["code"]])
    listed = tables.mdc_principal.to_pylist()
    return Makings(
        dx=tuple(dx),
        proc=tuple(proc),
        principal=np.array([dx_at[row["dx"]] for row in listed], np.int32),
        mdc=np.array([mdcs.index(row["mdc"]) for row in listed], np.int32),
        of_mdc=tuple(np.array(members[mdc] or [0], np.int32) for mdc in mdcs),
        valid=np.array([proc_at[code] for code in tables.procedure_valid.column("code").to_pylist()
                        if code in proc_at], np.int32),
    )  # fmt: skip


def _asking(adrgs: list[dict[str, str]]) -> dict[str, set[str]]:
    """Which MDCs have an ADRG whose condition names a set, but for those sets that most of them name."""
    found: dict[str, set[str]] = {}
    for row in adrgs:
        for name in _NAMED.findall(row["condition"] or ""):
            found.setdefault(name, set()).add(row["mdc"])
    return {name: mdcs for name, mdcs in found.items() if len(mdcs) <= _FEW}


def made_cases(of: Makings, cases: int, seed: int, diagnoses: int = 8, procedures: int = 3) -> GroupingInput:
    """Cases with that many diagnoses and procedures each."""
    draw = np.random.default_rng(seed)
    row = draw.integers(0, len(of.principal), cases)
    dx = draw.integers(0, len(of.dx), (cases, diagnoses)).astype(np.int32)
    dx[:, 0] = of.principal[row]
    again = draw.integers(0, len(of.principal), (cases, diagnoses))
    dx[:, 1:3] = of.principal[again[:, 1:3]]
    proc = draw.integers(0, len(of.proc), (cases, procedures)).astype(np.int32)
    if procedures:
        kind = draw.random((cases, procedures))
        valid = of.valid[draw.integers(0, len(of.valid), (cases, procedures))]
        proc = np.where(kind < _VALID, valid, proc)
        for mdc, own in enumerate(of.of_mdc):
            mine = (of.mdc[row] == mdc)[:, None] & (kind < _OWN)
            proc = np.where(mine, own[draw.integers(0, len(own), (cases, procedures))], proc)
    infant = draw.random(cases) < _INFANTS
    newborn = infant & (draw.random(cases) < _NEWBORNS)
    age = np.where(infant, 0, draw.integers(1, 95, cases)).astype(np.float64)
    age_days = np.where(newborn, draw.integers(0, 29, cases), np.where(infant, draw.integers(29, 365, cases),
                                                                      np.floor(age * 365.25)))  # fmt: skip
    return GroupingInput(
        dx=CodedRows(dx.ravel(), of.dx, np.arange(cases + 1, dtype=np.int64) * diagnoses),
        proc=CodedRows(
            proc.ravel().astype(np.int32), of.proc, np.arange(cases + 1, dtype=np.int64) * procedures
        ),
        age=age,
        age_days=age_days.astype(np.float64),
        weight=np.where(newborn, draw.integers(700, 4500, cases), 0).astype(np.float64),
        sex=draw.integers(1, 3, cases).astype(np.float64),
    )
