"""A scheme of a few rows, to try one property of the tables at a time."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from codebooks import SchemeTables
from groupers.building import build
from groupers.scheme import Scheme
from groupers.tables import Conventions

COLUMNS = {
    "mdc": "mdc name seq kind age_rule sex_rule other_rule qy qy_after_adrg",
    "mdc_principal": "mdc dx site",
    "adrg": "adrg mdc seq name kind condition",
    "adrg_member": "adrg slot code",
    "drg": "drg adrg name seq severity extra_rule",
    "comorbidity": "dx level exclusion_table",
    "exclusion": "dx exclusion_table",
    "procedure_valid": "code",
    "dx_invalid_principal": "dx name",
    "procedure_invalid": "code name",
    "weight": "drg name rw basic_group",
    "steps": "scheme seq step condition mdc adrg drg reason",
}
CONVENTIONS = Conventions(
    words={
        ("severity", "mcc"): "has_mcc",
        ("severity", "cc"): "has_cc",
        ("severity", "mcc_or_cc"): "has_mcc | has_cc",
        ("severity", "none"): "true",
        ("severity", "all"): "true",
        ("qy", "off"): "false",
        ("qy", "on"): "any_proc_valid",
        ("qy", "on_principal"): "principal_proc_valid",
    },
    spelling={"ungrouped": ("0000", "00", "0000"), "ambiguous": ("{mdc}", "QY", "{letter}QY")},
)
# Two categories: B takes b1, b2 (surgical BA1, medical BZ1 without b2), C takes b1 and c1.
BASIS: Mapping[str, Sequence[str]] = {
    "mdc": ["MDCB|head|1|standard|||principal_in(mdc)|off|", "MDCC|eye|2|standard|||principal_in(mdc)|off|"],
    "mdc_principal": ["MDCB|b1|left", "MDCB|b2|right", "MDCC|b1|", "MDCC|c1|"],
    "adrg": [
        "BZ1|MDCB|2|head, medical|medical|principal_in(dx)",
        "BA1|MDCB|1|head, surgical|surgical|principal_proc_in(proc)",
        "CZ1|MDCC|1|eye|medical|principal_in(dx)",
    ],
    "adrg_member": ["BZ1|dx|b1", "BA1|proc|p1", "CZ1|dx|c1"],
    "drg": [
        "BA19|BA1|head operated|1|all|",
        "BZ11|BZ1|head with MCC|1|mcc|",
        "BZ13|BZ1|head with CC|2|mcc_or_cc|",
        "BZ15|BZ1|head|3|none|",
        "CZ19|CZ1|eye|1|all|",
    ],
    "comorbidity": ["m1|MCC|T1", "k1|CC|T2", "k2|CC|"],
    "exclusion": ["b1|T1", "c1|T2"],
    "procedure_valid": ["p1", "p2"],
    "weight": ["BA19|head operated|2.5|", "CZ19|eye|0|"],
    "steps": ["toy|1|mdc||MDCB|||", "toy|2|mdc||MDCC|||", "toy|3|reason|true||||no_mdc"],
}


def tables(**changed: Sequence[str]) -> SchemeTables:
    """The tables of the basis with some of them replaced; a row is its cells with ``|`` between.

    A condition that needs ``|`` itself writes ``/`` instead.
    """
    rows = {**BASIS, **changed}
    made = {}
    for name, columns in COLUMNS.items():
        names = columns.split()
        cells = [[cell.replace("/", "|") for cell in row.split("|")] for row in rows.get(name, ())]
        made[name] = pa.table(
            {column: pa.array([row[at] for row in cells], pa.string()) for at, column in enumerate(names)}
        )
    return SchemeTables(id="toy", title="toy", **made)


def toy(**changed: Sequence[str]) -> Scheme:
    """The compiled scheme of ``tables``."""
    return build(tables(**changed), CONVENTIONS)
