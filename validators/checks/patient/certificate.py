"""Series P, the resident identity number: its form, check character, division, birth date and sex.

GB 11643-1999: 6 digits division, 8 birth date, 3 sequence (odd male, even female), 1 check character. Only
certificate type 01 is judged. Where one check has explained the number, the later ones are silent.
"""

from functools import cache

import numpy as np

from codebooks import Library
from records import Batch, SetCell, Text, cell
from records.arrow import Mask, is_in, substrings
from records.canonical import date_text, narrowed
from validators.model import Basis, Found, Level, Repair, Rows, Severity
from validators.registry import check

NEW_FORM, OLD_FORM = 18, 15
LOWER_CASE_END = r"^[0-9]{17}x$"
GB_11643 = "GB 11643-1999"


@check(
    "P101",
    Severity.ERROR,
    fields=["cases.certificate_no", "cases.card_number", "cases.card_form", "cases.card_cut"],
    basis=Basis(GB_11643, "号码的结构"),
    since="2026.12",
)
def id_number_malformed(batch: Batch) -> Found:
    """A resident identity number has 17 digits and a digit or X; what a spreadsheet made of it is P102's."""
    cases = batch.cases
    mask = (cases.card_form < 0) & ~cases.card_cut
    return Found(mask, {"length": cases.card_number.length.astype(np.float64)})


@check(
    "P102",
    Severity.ERROR,
    fields=["cases.certificate_no", "cases.card_cut", "cases.card_check_fits"],
    basis=Basis("craft"),
    since="2026.12",
)
def id_number_damaged_by_a_spreadsheet(batch: Batch) -> Mask:
    """A spreadsheet keeps 15 digits of a number: the rest becomes zeros or an exponent, and is lost."""
    cases = batch.cases
    mask: Mask = cases.card_cut & ~cases.card_check_fits
    return mask


@check(
    "P103",
    Severity.ERROR,
    fields=["cases.certificate_no", "cases.card_form", "cases.card_check_fits", "cases.card_cut"],
    basis=Basis(GB_11643, "校验码"),
    since="2026.12",
)
def id_check_character_wrong(batch: Batch) -> Mask:
    """The 18th character follows from the first 17 (ISO 7064 MOD 11-2): a slip of the pen shows."""
    cases = batch.cases
    mask: Mask = (cases.card_form == NEW_FORM) & ~cases.card_check_fits & ~cases.card_cut
    return mask


@check(
    "P104",
    Severity.WARNING,
    fields=["cases.certificate_no", "cases.card_form"],
    basis=Basis("中华人民共和国居民身份证法", "第二十三条"),
    since="2026.12",
)
def id_number_of_the_first_generation(batch: Batch) -> Mask:
    """Numbers of 15 digits have not been valid since 2013-01-01."""
    mask: Mask = batch.cases.card_form == OLD_FORM
    return mask


@check(
    "P105",
    Severity.ERROR,
    fields=["cases.born_on", "cases.card_born_on", "cases.card_form", "cases.card_check_fits"],
    basis=Basis(GB_11643, "出生日期码"),
    since="2026.12",
)
def birth_date_differs_from_the_id(batch: Batch) -> Found:
    """Digits 7 to 14 are the birth date. A number damaged or of a wrong check character proves nothing."""
    cases = batch.cases
    both = ~np.isnat(cases.born_on) & ~np.isnat(cases.card_born_on)
    differs = both & (cases.born_on != cases.card_born_on) & _trusted(batch)
    return Found(differs, {"on_card": cases.card_born_on})


@birth_date_differs_from_the_id.fix(Level.CONFIRM)
def birth_date_of_the_id(batch: Batch, rows: Rows) -> list[Repair]:
    """The birth date that stands in the number."""
    cases = batch.cases
    dates = cases.card_born_on[rows]
    return [
        (SetCell("cases", int(cases.row_id[row]), "born_on", date_text(date)),)
        for row, date in zip(rows.tolist(), dates, strict=True)
    ]


@check(
    "P106",
    Severity.ERROR,
    fields=["cases.certificate_no", "cases.card_form", "cases.card_born_on"],
    basis=Basis(GB_11643, "出生日期码"),
    since="2026.12",
)
def id_holds_no_date(batch: Batch) -> Mask:
    """Digits 7 to 14 must be a day of the calendar."""
    cases = batch.cases
    mask: Mask = (cases.card_form > 0) & np.isnat(cases.card_born_on)
    return mask


@check(
    "P107",
    Severity.ERROR,
    fields=["cases.sex", "cases.card_sex", "cases.card_form", "cases.card_check_fits"],
    basis=Basis(GB_11643, "顺序码"),
    since="2026.12",
)
def sex_differs_from_the_id(batch: Batch) -> Found:
    """The 17th digit is odd for men and even for women; unknown sex is not compared."""
    cases = batch.cases
    differs = (cases.sex.is_("1") & (cases.card_sex == 2)) | (cases.sex.is_("2") & (cases.card_sex == 1))
    return Found(differs & _trusted(batch), {"on_card": cases.card_sex})


@sex_differs_from_the_id.fix(Level.CONFIRM)
def sex_of_the_id(batch: Batch, rows: Rows) -> list[Repair]:
    """The sex that the number says."""
    cases = batch.cases
    return [
        (SetCell("cases", int(cases.row_id[row]), "sex", str(int(cases.card_sex[row]))),)
        for row in rows.tolist()
    ]


@check(
    "P108",
    Severity.WARNING,
    fields=["cases.certificate_no", "cases.certificate_type"],
    basis=Basis(GB_11643, "校验码"),
    since="2026.12",
)
def id_ends_in_a_small_x(batch: Batch) -> Mask:
    """The check character is a capital X (the Roman ten)."""
    cases = batch.cases
    mask: Mask = cases.certificate_type.is_("01") & cases.certificate_no.matches(LOWER_CASE_END)
    return mask


@id_ends_in_a_small_x.fix(Level.SAFE)
def capital_x(batch: Batch, rows: Rows) -> list[Repair]:
    """The same number with a capital X."""
    cases = batch.cases
    repairs: list[Repair] = []
    for row in rows.tolist():
        number = narrowed(str(cell(cases.certificate_no, row))).upper()
        repairs.append((SetCell("cases", int(cases.row_id[row]), "certificate_no", number),))
    return repairs


@check(
    "P109",
    Severity.WARNING,
    fields=["cases.certificate_no", "cases.card_number", "cases.card_form", "cases.card_check_fits"],
    basis=Basis(GB_11643, "地址码"),
    since="2026.12",
)
def id_of_an_unknown_province(batch: Batch) -> Mask:
    """The first two digits are a province of GB/T 2260, now or in the past."""
    cases = batch.cases
    number: Text = cases.card_number
    known = is_in(substrings(number.values, 0, 2), _provinces(batch.library))
    mask: Mask = (cases.card_form > 0) & ~number.where(known) & _trusted(batch)
    return mask


@cache
def _provinces(library: Library) -> tuple[str, ...]:
    """The first two digits of all divisions, now and in the past."""
    rows = library.rows("standards/administrative_divisions")
    return tuple(sorted({str(row["code"])[:2] for row in rows}))


def _trusted(batch: Batch) -> Mask:
    """Numbers whose own parts agree: the check character fits, or there is none because the number is old."""
    cases = batch.cases
    fits: Mask = cases.card_check_fits | (cases.card_form == OLD_FORM)
    return fits
