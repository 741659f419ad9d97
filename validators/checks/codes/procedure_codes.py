"""Series C, codes of operations and procedures: each is in the edition in force, and spelt as there."""

from records import Batch
from records.arrow import Mask
from validators.code_standing import Standing
from validators.judged import grey, misfits, replaced
from validators.model import Basis, Found, Level, Severity
from validators.registry import check

EDITION = Basis("医保办发〔2020〕20号", "附件1 一（五）")
STRUCTURE = Basis("医保发〔2019〕39号", "医保手术操作分类与代码")
FIELDS = ("procedures.code", "cases.edition_on?")
OUTPATIENT = ("outpatient_conditions.procedure_code", "cases.edition_on?")


@check("C201", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def procedure_code_spelt_otherwise(batch: Batch) -> Found:
    """Full width, spaces or ``X`` for ``x``: one existing code is meant."""
    return misfits(batch, "procedures", Standing.SPELT_OTHERWISE)


procedure_code_spelt_otherwise.fix(Level.SAFE)(replaced("procedures"))


@check("C202", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def procedure_code_in_another_form(batch: Batch) -> Found:
    """A missing point, leading zero or filler ``x``: one code has the same digits."""
    return misfits(batch, "procedures", Standing.FORM_DIFFERS)


procedure_code_in_another_form.fix(Level.CONFIRM)(replaced("procedures"))


@check("C203", Severity.ERROR, fields=(*FIELDS, "procedures.name?"), basis=EDITION, since="2026.12")
def procedure_code_of_another_edition(batch: Batch) -> Found:
    """The code is of the clinical, an earlier or the Beijing edition, and the maps lead to one certain target."""
    return misfits(batch, "procedures", Standing.OTHER_EDITION)


procedure_code_of_another_edition.fix(Level.CONFIRM)(replaced("procedures", name="name"))


@check("C204", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def procedure_code_damaged_by_a_spreadsheet(batch: Batch) -> Found:
    """A number that has lost its zeros, or a date: the candidates are named, nothing is padded."""
    return misfits(batch, "procedures", Standing.NUMBER_DAMAGED)


procedure_code_damaged_by_a_spreadsheet.fix(Level.CONFIRM)(replaced("procedures"))


@check("C205", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def procedure_code_cut_short(batch: Batch) -> Found:
    """A category, subcategory or the beginning of a code; longer codes begin with it."""
    return misfits(batch, "procedures", Standing.CUT_SHORT)


@check("C206", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def procedure_code_malformed(batch: Batch) -> Found:
    """The text has not the structure of a procedure code."""
    return misfits(batch, "procedures", Standing.MALFORMED)


@check("C207", Severity.ERROR, fields=FIELDS, basis=EDITION, since="2026.12")
def procedure_code_unknown(batch: Batch) -> Found:
    """The code is well formed and in no edition known here."""
    return misfits(batch, "procedures", Standing.UNKNOWN)


@check("C209", Severity.ERROR, fields=FIELDS, basis=EDITION, since="2026.12")
def procedure_code_of_another_edition_without_a_certain_target(batch: Batch) -> Found:
    """Of another edition; its target is shared with other codes, grey, not there, or the maps differ."""
    return misfits(batch, "procedures", Standing.OTHER_EDITION_UNSURE)


@check("C210", Severity.ERROR, fields=FIELDS, basis=STRUCTURE, since="2026.12")
def procedure_code_of_another_kind(batch: Batch) -> Found:
    """A diagnosis, a consumable, a drug or a price item stands where a procedure belongs."""
    return misfits(batch, "procedures", Standing.OTHER_KIND)


@check(
    "C211",
    Severity.HINT,
    fields=("procedures.code", "procedures.leading", "cases.edition_on?"),
    basis=Basis("ICD-9-CM-3 医保 2.0 版", "灰码"),
    since="2026.12",
)
def grey_procedure(batch: Batch) -> Mask:
    """A grey code is too coarse; as another procedure it does not count in grouping."""
    found: Mask = grey(batch, "procedures") & ~batch.procedures.leading
    return found


@check("C221", Severity.WARNING, fields=OUTPATIENT, basis=STRUCTURE, since="2026.12")
def outpatient_procedure_code_spelt_otherwise(batch: Batch) -> Found:
    """The procedure of an out-patient condition is spelt otherwise than one existing code."""
    wanted = (Standing.SPELT_OTHERWISE,)
    return misfits(batch, "procedures", *wanted, table="outpatient_conditions", column="procedure_code")


outpatient_procedure_code_spelt_otherwise.fix(Level.SAFE)(
    replaced("procedures", table="outpatient_conditions", column="procedure_code")
)


@check(
    "C222",
    Severity.WARNING,
    fields=(*OUTPATIENT, "outpatient_conditions.procedure_name?"),
    basis=EDITION,
    since="2026.12",
)
def outpatient_procedure_code_of_another_edition(batch: Batch) -> Found:
    """The procedure of an out-patient condition has a code of another edition, or one in another form."""
    wanted = (Standing.OTHER_EDITION, Standing.OTHER_EDITION_UNSURE, Standing.FORM_DIFFERS)
    return misfits(batch, "procedures", *wanted, table="outpatient_conditions", column="procedure_code")


outpatient_procedure_code_of_another_edition.fix(Level.CONFIRM)(
    replaced("procedures", name="procedure_name", table="outpatient_conditions", column="procedure_code")
)


@check("C223", Severity.WARNING, fields=OUTPATIENT, basis=EDITION, since="2026.12")
def outpatient_procedure_code_unknown(batch: Batch) -> Found:
    """The procedure of an out-patient condition is not in the insurance edition, and no other edition has it."""
    wanted = (
        Standing.NUMBER_DAMAGED,
        Standing.CUT_SHORT,
        Standing.MALFORMED,
        Standing.UNKNOWN,
        Standing.OTHER_KIND,
    )
    return misfits(batch, "procedures", *wanted, table="outpatient_conditions", column="procedure_code")
