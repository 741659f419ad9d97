"""Series P, name, contact, address and nationality."""

from functools import cache

import numpy as np

from codebooks import Library
from records import Batch, Text
from records.arrow import Mask
from validators.model import Basis, Severity
from validators.registry import check

SELF, HOUSEHOLDER = "01", "02"
CHINA, CHINESE_REGIONS = "CHN", ("CHN", "HKG", "MAC", "TWN")
RESIDENT_ID, PASSPORT = "01", "03"
POSTCODE = r"^[0-9]{6}$"
POSTCODE_PLACEHOLDER = r"^(?:0{6}|1{6}|9{6}|123456)$"
ODD_IN_A_NAME = r"[0-9０-９?？*#@/\\_]|^[-—]+$"


@check(
    "P117",
    Severity.WARNING,
    fields=["cases.contact_relation", "cases.contact_name", "cases.patient_name"],
    basis=Basis("craft"),
    since="2026.12",
)
def contact_is_the_patient(batch: Batch) -> Mask:
    """Somebody else's name is wanted unless the relation is self or head of the household."""
    cases = batch.cases
    other = cases.contact_relation.present & ~cases.contact_relation.isin((SELF, HOUSEHOLDER))
    mask: Mask = other & cases.contact_name.same_as(cases.patient_name)
    return mask


@check(
    "P118",
    Severity.WARNING,
    fields=["cases.contact_relation", "cases.contact_name", "cases.patient_name"],
    basis=Basis("craft"),
    since="2026.12",
)
def contact_is_self_under_another_name(batch: Batch) -> Mask:
    """With the relation self, the contact is the patient."""
    cases = batch.cases
    both = cases.contact_name.present & cases.patient_name.present
    other = both & ~cases.contact_name.same_as(cases.patient_name)
    mask: Mask = cases.contact_relation.is_(SELF) & other
    return mask


@check(
    "P119",
    Severity.WARNING,
    fields=["cases.contact_phone"],
    basis=Basis("craft"),
    since="2026.12",
)
def contact_phone_is_a_placeholder(batch: Batch) -> Mask:
    """A number nobody can have: one digit repeated, counted up, or too short."""
    return _placeholder(batch, batch.cases.contact_phone)


@check(
    "P120",
    Severity.HINT,
    fields=["cases.employer_phone"],
    basis=Basis("craft"),
    since="2026.12",
)
def employer_phone_is_a_placeholder(batch: Batch) -> Mask:
    """As for the contact's phone; this field may stay empty."""
    return _placeholder(batch, batch.cases.employer_phone)


@check(
    "P121",
    Severity.WARNING,
    fields=["cases.postcode"],
    basis=Basis("craft"),
    since="2026.12",
)
def postcode_is_not_one(batch: Batch) -> Mask:
    """A postcode has six digits, and not six times the same."""
    postcode: Text = batch.cases.postcode
    wrong = postcode.present & ~postcode.matches(POSTCODE)
    mask: Mask = wrong | postcode.matches(POSTCODE_PLACEHOLDER)
    return mask


@check(
    "P122",
    Severity.WARNING,
    fields=["cases.nationality", "cases.certificate_type"],
    basis=Basis("craft"),
    since="2026.12",
)
def foreigner_with_a_resident_id(batch: Batch) -> Mask:
    """Resident identity cards are issued to citizens."""
    cases = batch.cases
    foreign = cases.nationality.present & ~cases.nationality.isin(CHINESE_REGIONS)
    mask: Mask = foreign & cases.certificate_type.is_(RESIDENT_ID)
    return mask


@check(
    "P123",
    Severity.HINT,
    fields=["cases.certificate_type", "cases.nationality"],
    basis=Basis("craft"),
    since="2026.12",
)
def citizen_with_a_passport(batch: Batch) -> Mask:
    """A citizen in a hospital at home usually has an identity card; the nationality may be a default."""
    cases = batch.cases
    mask: Mask = cases.nationality.is_(CHINA) & cases.certificate_type.is_(PASSPORT)
    return mask


@check(
    "P124",
    Severity.HINT,
    fields=["cases.patient_name"],
    basis=Basis("craft"),
    since="2026.12",
)
def patient_name_with_odd_characters(batch: Batch) -> Mask:
    """Digits and signs come from a registration made in a hurry; the insurer compares names by character."""
    mask: Mask = batch.cases.patient_name.matches(ODD_IN_A_NAME)
    return mask


@cache
def _patterns(library: Library) -> str:
    rows = library.rows("sources/checks/phone_placeholders")
    return "|".join(f"(?:{row['pattern']})" for row in rows)


def _placeholder(batch: Batch, phone: Text) -> Mask:
    mask: Mask = phone.matches(_patterns(batch.library))
    return np.logical_and(mask, phone.present)
