"""Series H, institution codes: the hospital's own and the one that takes over the patient."""

from functools import cache

import numpy as np

from codebooks import Library
from records import Batch, SetCell, Text, missing_mask
from records.arrow import Mask
from validators.coded_fields import said_otherwise
from validators.model import Basis, Found, Level, Repair, Rows, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
INSTITUTION_CODE = Basis("医保发〔2019〕55号", "医保定点医疗机构代码")
TRANSFERRED = ("2", "3")
RECEIVING = ("receiving_institution_name", "receiving_institution_code")


def _malformed(batch: Batch, column: str) -> Mask:
    """Not of the structure; what is of another kind or damaged, chapter C says."""
    library, standard = batch.library, batch.library.standards()["medical_institution"]
    code: Text = batch.cases.column(column)

    def fine(text: str) -> bool:
        return standard.fits(text) or said_otherwise(library, f"cases.{column}", text)

    return code.present & ~code.looked_up(fine, "bool", missing=True)


@check(
    "H101",
    Severity.ERROR,
    fields=["cases.institution_code"],
    basis=INSTITUTION_CODE,
    since="2026.12",
)
def institution_code_malformed(batch: Batch) -> Mask:
    """H, 6 digits division, 5 digits number."""
    return _malformed(batch, "institution_code")


@check(
    "H102",
    Severity.WARNING,
    fields=["cases.institution_code"],
    basis=INSTITUTION_CODE,
    since="2026.12",
)
def institution_of_an_unknown_division(batch: Batch) -> Found:
    """The digits after H are the division of the institution."""
    code: Text = batch.cases.institution_code
    known = _divisions(batch.library)
    unknown = ~code.looked_up(lambda text: text[1:7] in known, "bool", missing=True)
    division = code.mapped(lambda text: text[1:7])
    standard = batch.library.standards()["medical_institution"]
    fits = code.looked_up(standard.fits, "bool", missing=False)
    return Found(unknown & fits, {"division": division})


@check(
    "H103",
    Severity.WARNING,
    fields=["cases.receiving_institution_code", "cases.discharge_way"],
    basis=INSTITUTION_CODE,
    since="2026.12",
)
def receiving_institution_code_malformed(batch: Batch) -> Mask:
    """The code of the hospital that takes over is of the same form; judged only after a transfer."""
    cases = batch.cases
    transferred = cases.discharge_way.isin(TRANSFERRED)
    mask: Mask = _malformed(batch, "receiving_institution_code") & transferred
    return mask


@check(
    "H104",
    Severity.WARNING,
    fields=["cases.receiving_institution_code", "cases.institution_code", "cases.discharge_way"],
    basis=Basis(FILLING, "离院方式、拟接收机构"),
    since="2026.12",
)
def transferred_to_the_own_hospital(batch: Batch) -> Mask:
    """A transfer goes to another institution."""
    cases = batch.cases
    own = cases.receiving_institution_code.same_as(cases.institution_code)
    mask: Mask = own & cases.discharge_way.isin(TRANSFERRED)
    return mask


@check(
    "H105",
    Severity.WARNING,
    fields=["cases.discharge_way", *(f"cases.{name}?" for name in RECEIVING)],
    basis=Basis(FILLING, "离院方式：拟接收机构仅离院方式为2或3时填写"),
    since="2026.12",
)
def receiving_institution_without_a_transfer(batch: Batch) -> Mask:
    """Nobody takes over a patient who went home or died."""
    cases = batch.cases
    given = np.zeros(len(batch), dtype=bool)
    for name in RECEIVING:
        if cases.has(name):
            given |= ~missing_mask(cases.column(name))
    mask: Mask = given & cases.discharge_way.present & ~cases.discharge_way.isin(TRANSFERRED)
    return mask


@receiving_institution_without_a_transfer.fix(Level.CONFIRM)
def no_receiving_institution(batch: Batch, rows: Rows) -> list[Repair]:
    """Name and code of the receiving institution go."""
    cases = batch.cases
    given = [name for name in RECEIVING if cases.has(name)]
    return [
        tuple(SetCell("cases", int(cases.row_id[row]), name, None) for name in given) for row in rows.tolist()
    ]


@cache
def _divisions(library: Library) -> frozenset[str]:
    """Codes of divisions, now and in the past, and the insurance offices' own at the level of a city."""
    codes = {str(row["code"]) for row in library.rows("standards/administrative_divisions")}
    return frozenset(codes | {f"{code[:4]}99" for code in codes})
