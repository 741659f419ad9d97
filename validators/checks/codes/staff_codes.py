"""Series C, codes of physicians and nurses: the national structure; local codes are told apart."""

from records import Batch
from records.arrow import Mask
from validators.model import Basis, Level, Severity
from validators.registry import check
from validators.staff_codes import StaffCode, staff_codes, tidies

PHYSICIANS = Basis("医保发〔2019〕55号", "医保医师代码")
NURSES = Basis("医保发〔2019〕55号", "医保护士代码")


@check("C401", Severity.WARNING, fields=["cases.chief_physician_code"], basis=PHYSICIANS, since="2026.12")
def chief_physician_code_malformed(batch: Batch) -> Mask:
    """The code of the chief physician looks like a national one and has not its structure: D and 12 digits."""
    return staff_codes(batch, "cases", "chief_physician_code", "physician", StaffCode.MALFORMED)


chief_physician_code_malformed.fix(Level.SAFE)(tidies("cases", "chief_physician_code", "physician"))


@check("C402", Severity.WARNING, fields=["procedures.surgeon_code"], basis=PHYSICIANS, since="2026.12")
def surgeon_code_malformed(batch: Batch) -> Mask:
    """The code of the surgeon looks like a national one and has not its structure: D and 12 digits."""
    return staff_codes(batch, "procedures", "surgeon_code", "physician", StaffCode.MALFORMED)


surgeon_code_malformed.fix(Level.SAFE)(tidies("procedures", "surgeon_code", "physician"))


@check("C403", Severity.WARNING, fields=["procedures.anaesthetist_code"], basis=PHYSICIANS, since="2026.12")
def anaesthetist_code_malformed(batch: Batch) -> Mask:
    """The code of the anaesthetist looks like a national one and has not its structure: D and 12 digits."""
    return staff_codes(batch, "procedures", "anaesthetist_code", "physician", StaffCode.MALFORMED)


anaesthetist_code_malformed.fix(Level.SAFE)(tidies("procedures", "anaesthetist_code", "physician"))


@check("C404", Severity.HINT, fields=["cases.responsible_nurse_code"], basis=NURSES, since="2026.12")
def nurse_code_malformed(batch: Batch) -> Mask:
    """The code of the nurse looks like a national one and has not its (inferred) structure: N and 12 digits."""
    return staff_codes(batch, "cases", "responsible_nurse_code", "nurse", StaffCode.MALFORMED)


nurse_code_malformed.fix(Level.SAFE)(tidies("cases", "responsible_nurse_code", "nurse"))


@check("C411", Severity.HINT, fields=["cases.chief_physician_code"], basis=PHYSICIANS, since="2026.12")
def chief_physician_code_local(batch: Batch) -> Mask:
    """The code of the chief physician is a local one: allowed only until the region has standardised its staff."""
    return staff_codes(batch, "cases", "chief_physician_code", "physician", StaffCode.LOCAL)


@check("C412", Severity.HINT, fields=["procedures.surgeon_code"], basis=PHYSICIANS, since="2026.12")
def surgeon_code_local(batch: Batch) -> Mask:
    """The code of the surgeon is a local one: allowed only until the region has standardised its staff."""
    return staff_codes(batch, "procedures", "surgeon_code", "physician", StaffCode.LOCAL)


@check("C413", Severity.HINT, fields=["procedures.anaesthetist_code"], basis=PHYSICIANS, since="2026.12")
def anaesthetist_code_local(batch: Batch) -> Mask:
    """The code of the anaesthetist is a local one: allowed only until the region has standardised its staff."""
    return staff_codes(batch, "procedures", "anaesthetist_code", "physician", StaffCode.LOCAL)


@check("C421", Severity.HINT, fields=["cases.chief_physician_code"], basis=PHYSICIANS, since="2026.12")
def chief_physician_code_of_unknown_division(batch: Batch) -> Mask:
    """The code of the chief physician names an administrative division that is not known."""
    return staff_codes(batch, "cases", "chief_physician_code", "physician", StaffCode.UNKNOWN_DIVISION)


@check("C422", Severity.HINT, fields=["procedures.surgeon_code"], basis=PHYSICIANS, since="2026.12")
def surgeon_code_of_unknown_division(batch: Batch) -> Mask:
    """The code of the surgeon names an administrative division that is not known."""
    return staff_codes(batch, "procedures", "surgeon_code", "physician", StaffCode.UNKNOWN_DIVISION)


@check("C423", Severity.HINT, fields=["procedures.anaesthetist_code"], basis=PHYSICIANS, since="2026.12")
def anaesthetist_code_of_unknown_division(batch: Batch) -> Mask:
    """The code of the anaesthetist names an administrative division that is not known."""
    return staff_codes(batch, "procedures", "anaesthetist_code", "physician", StaffCode.UNKNOWN_DIVISION)
