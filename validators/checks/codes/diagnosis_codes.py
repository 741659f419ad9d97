"""Series C, codes of Western discharge diagnoses: each is in the edition in force, and spelt as there."""

from records import Batch
from records.arrow import Mask
from validators.code_standing import Standing
from validators.judged import grey, misfits, replaced
from validators.model import Basis, Found, Level, Severity
from validators.registry import check

EDITION = Basis("医保办发〔2020〕20号", "附件1 一（五）")
STRUCTURE = Basis("医保发〔2019〕39号", "医保疾病诊断分类与代码")
FIELDS = ("diagnoses.code", "diagnoses.western", "cases.edition_on?")


@check("C101", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def diagnosis_code_spelt_otherwise(batch: Batch) -> Found:
    """Full width, spaces, a small letter or ``X`` for ``x``: one existing code is meant."""
    return misfits(batch, "diagnoses", Standing.SPELT_OTHERWISE, among=batch.diagnoses.western)


diagnosis_code_spelt_otherwise.fix(Level.SAFE)(replaced("diagnoses"))


@check("C102", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def diagnosis_code_in_another_form(batch: Batch) -> Found:
    """A dagger for ``+``, a missing point or filler ``x``: one code has the same letters and digits."""
    return misfits(batch, "diagnoses", Standing.FORM_DIFFERS, among=batch.diagnoses.western)


diagnosis_code_in_another_form.fix(Level.CONFIRM)(replaced("diagnoses"))


@check("C103", Severity.ERROR, fields=(*FIELDS, "diagnoses.name?"), basis=EDITION, since="2026.12")
def diagnosis_code_of_another_edition(batch: Batch) -> Found:
    """The code is of the clinical, an earlier or the Beijing edition, and the maps lead to one certain target."""
    return misfits(batch, "diagnoses", Standing.OTHER_EDITION, among=batch.diagnoses.western)


diagnosis_code_of_another_edition.fix(Level.CONFIRM)(replaced("diagnoses", name="name"))


@check("C104", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def diagnosis_code_damaged_by_a_spreadsheet(batch: Batch) -> Found:
    """A date or a number stands where a code was."""
    return misfits(batch, "diagnoses", Standing.NUMBER_DAMAGED, among=batch.diagnoses.western)


@check("C105", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def diagnosis_code_cut_short(batch: Batch) -> Found:
    """A category, subcategory or the beginning of a code; longer codes begin with it."""
    return misfits(batch, "diagnoses", Standing.CUT_SHORT, among=batch.diagnoses.western)


@check("C106", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def diagnosis_code_malformed(batch: Batch) -> Found:
    """The text has not the structure of a diagnosis code."""
    return misfits(batch, "diagnoses", Standing.MALFORMED, among=batch.diagnoses.western)


@check("C107", Severity.ERROR, fields=FIELDS, basis=EDITION, since="2026.12")
def diagnosis_code_unknown(batch: Batch) -> Found:
    """The code is well formed and in no edition known here."""
    return misfits(batch, "diagnoses", Standing.UNKNOWN, among=batch.diagnoses.western)


@check("C108", Severity.ERROR, fields=(*FIELDS, "diagnoses.leading"), basis=STRUCTURE, since="2026.12")
def asterisk_code_alone(batch: Batch) -> Found:
    """An asterisk code says how a disease shows itself; it stands behind its cause in one code, never alone."""
    among = batch.diagnoses.western & ~batch.diagnoses.leading
    return misfits(batch, "diagnoses", Standing.ASTERISK_ALONE, among=among)


@check("C109", Severity.ERROR, fields=FIELDS, basis=EDITION, since="2026.12")
def diagnosis_code_of_another_edition_without_a_certain_target(batch: Batch) -> Found:
    """Of another edition; its target is shared with other codes, grey, not there, or the maps differ."""
    return misfits(batch, "diagnoses", Standing.OTHER_EDITION_UNSURE, among=batch.diagnoses.western)


@check("C110", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def diagnosis_code_of_another_kind(batch: Batch) -> Found:
    """A procedure, a consumable, a drug, a price item or a TCM code stands where a diagnosis belongs."""
    return misfits(batch, "diagnoses", Standing.OTHER_KIND, among=batch.diagnoses.western)


@check(
    "C111",
    Severity.HINT,
    fields=("diagnoses.code", "diagnoses.western", "diagnoses.leading", "cases.edition_on?"),
    basis=Basis("ICD-10 医保 2.0 版", "灰码"),
    since="2026.12",
)
def grey_diagnosis(batch: Batch) -> Mask:
    """A grey code may be used no more or is too coarse; as another diagnosis it does not count in grouping."""
    dx = batch.diagnoses
    found: Mask = grey(batch, "diagnoses") & dx.western & ~dx.leading
    return found


@check(
    "C121",
    Severity.WARNING,
    fields=("diagnoses.code", "diagnoses.role", "diagnoses.kind", "cases.edition_on?"),
    basis=STRUCTURE,
    since="2026.12",
)
def outpatient_diagnosis_code_spelt_otherwise(batch: Batch) -> Found:
    """The out-patient diagnosis is spelt otherwise than one existing code."""
    wanted = (Standing.SPELT_OTHERWISE,)
    return misfits(batch, "diagnoses", *wanted, among=_outpatient(batch))


outpatient_diagnosis_code_spelt_otherwise.fix(Level.SAFE)(replaced("diagnoses"))


@check(
    "C122",
    Severity.WARNING,
    fields=("diagnoses.code", "diagnoses.role", "diagnoses.kind", "diagnoses.name?", "cases.edition_on?"),
    basis=EDITION,
    since="2026.12",
)
def outpatient_diagnosis_code_of_another_edition(batch: Batch) -> Found:
    """The out-patient diagnosis has a code of another edition, or one in another form."""
    wanted = (Standing.OTHER_EDITION, Standing.OTHER_EDITION_UNSURE, Standing.FORM_DIFFERS)
    return misfits(batch, "diagnoses", *wanted, among=_outpatient(batch))


outpatient_diagnosis_code_of_another_edition.fix(Level.CONFIRM)(replaced("diagnoses", name="name"))


@check(
    "C123",
    Severity.WARNING,
    fields=("diagnoses.code", "diagnoses.role", "diagnoses.kind", "cases.edition_on?"),
    basis=EDITION,
    since="2026.12",
)
def outpatient_diagnosis_code_unknown(batch: Batch) -> Found:
    """The out-patient diagnosis is not in the insurance edition, and no other edition has it."""
    wanted = (
        Standing.NUMBER_DAMAGED,
        Standing.ASTERISK_ALONE,
        Standing.CUT_SHORT,
        Standing.MALFORMED,
        Standing.UNKNOWN,
        Standing.OTHER_KIND,
    )
    return misfits(batch, "diagnoses", *wanted, among=_outpatient(batch))


def _outpatient(batch: Batch) -> Mask:
    dx = batch.diagnoses
    found: Mask = dx.role.is_("outpatient") & (dx.kind.is_("1") | dx.kind.missing)
    return found
