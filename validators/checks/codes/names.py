"""Series C, names: a code and its name say the same, in the words of the edition in force."""

from records import Batch
from validators.model import Basis, Found, Level, Severity
from validators.naming import Naming, misnamed, renamed
from validators.registry import check

BASIS = Basis("医保办发〔2020〕20号", "附件1 一（五）")
DIAGNOSES = ("diagnoses.name", "diagnoses.code", "diagnoses.western", "cases.edition_on?")
PROCEDURES = ("procedures.name", "procedures.code", "cases.edition_on?")


@check("C112", Severity.WARNING, fields=DIAGNOSES, basis=BASIS, since="2026.12")
def diagnosis_name_differs(batch: Batch) -> Found:
    """The name is not the official one of its code and no other edition's."""
    return misnamed(batch, "diagnoses", Naming.DIFFERENT, batch.diagnoses.western)


diagnosis_name_differs.fix(Level.CONFIRM)(renamed("diagnoses"))


@check("C113", Severity.HINT, fields=DIAGNOSES, basis=BASIS, since="2026.12")
def diagnosis_name_of_the_clinical_edition(batch: Batch) -> Found:
    """The clinical edition calls the same code so; the insurance edition has another name."""
    return misnamed(batch, "diagnoses", Naming.CLINICAL, batch.diagnoses.western)


diagnosis_name_of_the_clinical_edition.fix(Level.CONFIRM)(renamed("diagnoses"))


@check("C114", Severity.WARNING, fields=DIAGNOSES, basis=BASIS, since="2026.12")
def diagnosis_name_of_another_code(batch: Batch) -> Found:
    """The name is the official one of another code: either the code or the name is wrong."""
    return misnamed(batch, "diagnoses", Naming.OTHER_CODE, batch.diagnoses.western)


@check("C115", Severity.WARNING, fields=DIAGNOSES, basis=BASIS, since="2026.12")
def diagnosis_code_with_another_meaning_in_the_clinical_edition(batch: Batch) -> Found:
    """Code and name are a pair of the clinical edition; the insurance edition codes that disease elsewhere."""
    return misnamed(batch, "diagnoses", Naming.CLINICAL_MEANING, batch.diagnoses.western)


diagnosis_code_with_another_meaning_in_the_clinical_edition.fix(Level.CONFIRM)(
    renamed("diagnoses", recoded=True)
)


@check("C116", Severity.WARNING, fields=DIAGNOSES, basis=BASIS, since="2026.12")
def diagnosis_code_with_another_meaning_in_a_mapped_edition(batch: Batch) -> Found:
    """The map of another edition leads from this code to the one that has the written name: the name decides."""
    return misnamed(batch, "diagnoses", Naming.MAPPED_MEANING, batch.diagnoses.western)


diagnosis_code_with_another_meaning_in_a_mapped_edition.fix(Level.CONFIRM)(renamed("diagnoses", recoded=True))


@check("C212", Severity.WARNING, fields=PROCEDURES, basis=BASIS, since="2026.12")
def procedure_name_differs(batch: Batch) -> Found:
    """The name is not the official one of its code and no other edition's."""
    return misnamed(batch, "procedures", Naming.DIFFERENT)


procedure_name_differs.fix(Level.CONFIRM)(renamed("procedures"))


@check("C213", Severity.HINT, fields=PROCEDURES, basis=BASIS, since="2026.12")
def procedure_name_of_the_clinical_edition(batch: Batch) -> Found:
    """The clinical edition calls the same code so; the insurance edition has another name."""
    return misnamed(batch, "procedures", Naming.CLINICAL)


procedure_name_of_the_clinical_edition.fix(Level.CONFIRM)(renamed("procedures"))


@check("C214", Severity.WARNING, fields=PROCEDURES, basis=BASIS, since="2026.12")
def procedure_name_of_another_code(batch: Batch) -> Found:
    """The name is the official one of another code: either the code or the name is wrong."""
    return misnamed(batch, "procedures", Naming.OTHER_CODE)


@check("C215", Severity.WARNING, fields=PROCEDURES, basis=BASIS, since="2026.12")
def procedure_code_with_another_meaning_in_the_clinical_edition(batch: Batch) -> Found:
    """Code and name are a pair of the clinical edition; the insurance edition codes that procedure elsewhere."""
    return misnamed(batch, "procedures", Naming.CLINICAL_MEANING)


procedure_code_with_another_meaning_in_the_clinical_edition.fix(Level.CONFIRM)(
    renamed("procedures", recoded=True)
)


@check("C216", Severity.WARNING, fields=PROCEDURES, basis=BASIS, since="2026.12")
def procedure_code_with_another_meaning_in_a_mapped_edition(batch: Batch) -> Found:
    """The map of another edition leads from this code to the one that has the written name: the name decides."""
    return misnamed(batch, "procedures", Naming.MAPPED_MEANING)
