"""Facts that many checks and the groupers use, derived once a batch as columns.

Each derivation declares the columns it reads; one ending in ``?`` is used where it is there. What the words
mean is defined once, in the design's semantics: age in days, length of stay, principal, identity.
"""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import numpy as np

from codebooks import Library
from records.arrow import Codes, Floats, Mask, Strings, coalesce, encode, linked, strings, substrings
from records.columns import Text, Times, take
from records.table import Batch, Derivation, Table

DERIVATIONS: dict[str, tuple[tuple[str, ...], Derivation]] = {}
OPTIONAL: dict[str, tuple[str, ...]] = {}

IDENTITY = ("settlement_id", "visit_id", "record_no", "admitted_at", "discharged_at")
WESTERN, DISCHARGE, FLAGGED = "1", "discharge", "1"
DAYS_A_YEAR = 365.2425
DAY = np.timedelta64(1, "D")
MINUTE = np.timedelta64(1, "m")


def derive(path: str, *inputs: str) -> Callable[[Derivation], Derivation]:
    """Register a derivation of ``table.column`` from ``inputs``.

    ``?`` at the end: used where it is there. ``a&b|c``: one of these sets must be there, the others are used
    where they are.
    """

    def register(function: Derivation) -> Derivation:
        needed = tuple(name for name in inputs if not name.endswith("?"))
        DERIVATIONS[path] = (needed, function)
        OPTIONAL[path] = tuple(name[:-1] for name in inputs if name.endswith("?"))
        return function

    return register


def inputs_of(path: str) -> frozenset[str]:
    """Every read column that ``table.column`` comes from, through all derivations; itself if it was read."""
    if path not in DERIVATIONS:
        return frozenset((path,))
    found: set[str] = set()
    for names in (*DERIVATIONS[path][0], *OPTIONAL[path]):
        for name in names.replace("&", "|").split("|"):
            found |= inputs_of(name)
    return frozenset(found)


# Time


@derive("cases.age_days", "cases.admitted_at&cases.born_on|cases.reported_age_days|cases.reported_age_years")
def age_days(batch: Batch) -> Floats:
    """Admission date minus birth date (birth day = 0); the reported age only where that is missing."""
    cases = batch.cases
    days = _between(batch, "born_on", "admitted_at", days_between)
    years = cases.reported_age_years if cases.has("reported_age_years") else np.full(len(batch), np.nan)
    if cases.has("reported_age_days"):
        # Beside a full age in years a small number of days says "not a newborn", and no age.
        reported = cases.reported_age_days
        believed = ~(years >= 1) | (reported >= np.floor(DAYS_A_YEAR))
        days = np.where(np.isnan(days) & believed, reported, days)
    estimate = np.where(years >= 1, np.floor(years * DAYS_A_YEAR), np.nan)
    return np.where(np.isnan(days), estimate, days)


@derive("cases.age_years", "cases.admitted_at&cases.born_on|cases.reported_age_years|cases.reported_age_days")
def age_years(batch: Batch) -> Floats:
    """Completed years at admission; the reported age only where the birth date is missing."""
    cases = batch.cases
    years = _between(batch, "born_on", "admitted_at", whole_years)
    if cases.has("reported_age_years"):
        years = np.where(np.isnan(years), np.floor(cases.reported_age_years), years)
    if cases.has("reported_age_days"):
        infant = np.isnan(years) & (cases.reported_age_days >= 0)
        years = np.where(infant, np.floor(cases.reported_age_days / DAYS_A_YEAR), years)
    return years


@derive("cases.stay_days", "cases.admitted_at&cases.discharged_at|cases.reported_stay_days")
def stay_days(batch: Batch) -> Floats:
    """Discharge date minus admission date in days, 1 on one day; the reported days where there are no dates."""
    cases = batch.cases
    dated = cases.has("admitted_at") and cases.has("discharged_at")
    days = (
        _between(batch, "admitted_at", "discharged_at", days_between) if dated else cases.reported_stay_days
    )
    return np.where(days == 0, 1.0, days)


def _between(batch: Batch, start: str, end: str, span: Callable[[Times, Times], Floats]) -> Floats:
    """``span`` of two columns of ``cases``; all missing where the source has not both."""
    cases = batch.cases
    if cases.has(start) and cases.has(end):
        return span(cases.column(start), cases.column(end))
    return np.full(len(batch), np.nan)


@derive("cases.edition_on", "cases.discharged_at", "cases.settled_to?")
def edition_on(batch: Batch) -> Times:
    """The date by which an edition is chosen: discharge, else end of settlement."""
    dates = batch.cases.discharged_at
    if batch.cases.has("settled_to"):
        dates = np.where(np.isnat(dates), batch.cases.settled_to, dates)
    return dates


@derive("icu_stays.stay_minutes", "icu_stays.entered_at", "icu_stays.left_at")
def icu_minutes(batch: Batch) -> Floats:
    """Minutes from entering to leaving the unit."""
    return minutes_between(batch.icu_stays.entered_at, batch.icu_stays.left_at)


def days_between(earlier: Times, later: Times) -> Floats:
    """Whole calendar days; NaN where one is missing."""
    span = later.astype("datetime64[D]") - earlier.astype("datetime64[D]")
    return np.where(np.isnat(span), np.nan, span / DAY)


def minutes_between(earlier: Times, later: Times) -> Floats:
    """Minutes; NaN where one is missing."""
    span = later - earlier
    return np.where(np.isnat(span), np.nan, span / MINUTE)


def whole_years(born: Times, at: Times) -> Floats:
    """Completed years of age; NaN where a date is missing."""
    born_month, at_month = born.astype("datetime64[M]"), at.astype("datetime64[M]")
    months = at_month.astype(np.int64) - born_month.astype(np.int64)
    born_day = (born.astype("datetime64[D]") - born_month) / DAY
    at_day = (at.astype("datetime64[D]") - at_month) / DAY
    months = months - (at_day < born_day)
    return np.where(np.isnat(born) | np.isnat(at), np.nan, np.floor(months / 12))


# Identity


@derive(
    "cases.identity",
    "cases.record_no?",
    "cases.institution_code?",
    "cases.settlement_id?",
    "cases.visit_id?",
    "cases.admitted_at?",
    "cases.discharged_at?",
)
def identity(batch: Batch) -> Text:
    """Settlement id with visit id, else visit id, else record number with admission and discharge.

    The institution is not asked for: 4101A does not carry it, and one import comes from one hospital.
    """
    return identity_by(batch, IDENTITY)


def identity_by(batch: Batch, known: Collection[str]) -> Text:
    """``identity`` by those of its columns that are ``known``."""
    cases = batch.cases

    def has(name: str) -> bool:
        return name in known and bool(cases.has(name))

    def texts(name: str) -> Strings:
        return cases.column(name).spread() if has(name) else strings([None] * len(batch))

    settlement, visit, record = (texts(name) for name in ("settlement_id", "visit_id", "record_no"))
    keys = coalesce(
        linked("s:", settlement, "|", coalesce(visit, strings([""] * len(batch)))), linked("v:", visit)
    )
    if keys.null_count:
        stamps = [
            strings(np.datetime_as_string(cases.column(name)).tolist() if has(name) else [""] * len(batch))
            for name in ("admitted_at", "discharged_at")
        ]
        keys = coalesce(keys, linked("r:", record, "|", stamps[0], "|", stamps[1]))
    return Text(*encode(keys))


# Diagnoses and procedures


@derive("diagnoses.western", "diagnoses.code", "diagnoses.role?", "diagnoses.kind?")
def western_discharge(batch: Batch) -> Mask:
    """Western discharge diagnoses: what grouping, ICD and the D and C checks look at."""
    table = batch.diagnoses
    mask = np.ones(table.rows, dtype=bool)
    if table.has("role"):
        mask &= table.role.is_(DISCHARGE) | table.role.missing
    if table.has("kind"):
        mask &= table.kind.is_(WESTERN) | table.kind.missing
    return mask


@derive("diagnoses.principal", "diagnoses.western", "diagnoses.principal_flag?")
def principal_diagnosis(batch: Batch) -> Mask:
    """Western discharge diagnoses flagged as principal; the first one where the layout has no flag."""
    table = batch.diagnoses
    if table.has("principal_flag"):
        return table.western & table.principal_flag.is_(FLAGGED)
    return _first_rows(batch, table, table.western)


@derive("diagnoses.leading", "diagnoses.principal")
def leading_diagnosis(batch: Batch) -> Mask:
    """The one diagnosis that the case is grouped by: the first flagged, else the first Western one."""
    table = batch.diagnoses
    flagged = batch.any(table, table.principal)
    candidates = np.where(flagged[table.case], table.principal, table.western)
    return _first_rows(batch, table, candidates)


@derive("procedures.principal", "procedures.code", "procedures.principal_flag?")
def principal_procedure(batch: Batch) -> Mask:
    """Procedures flagged as principal; the first one where the layout has no flag."""
    table = batch.procedures
    if table.has("principal_flag"):
        return table.principal_flag.is_(FLAGGED)
    return _first_rows(batch, table, np.ones(table.rows, dtype=bool))


@derive("procedures.leading", "procedures.principal")
def leading_procedure(batch: Batch) -> Mask:
    """The one procedure that the case is grouped by: the first flagged, else the first."""
    table = batch.procedures
    flagged = batch.any(table, table.principal)
    candidates = np.where(flagged[table.case], table.principal, np.ones(table.rows, dtype=bool))
    return _first_rows(batch, table, candidates)


@derive("cases.principal_row", "diagnoses.leading")
def principal_row(batch: Batch) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """The row of ``diagnoses`` that leads the case; -1 where there is none."""
    return batch.first(batch.diagnoses, batch.diagnoses.leading)


@derive("cases.principal_code", "cases.principal_row", "diagnoses.code")
def principal_code(batch: Batch) -> Text:
    """The code of the leading diagnosis."""
    return batch.diagnoses.code.take(batch.cases.principal_row)


@derive("cases.principal_procedure_row", "procedures.leading")
def principal_procedure_row(batch: Batch) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """The row of ``procedures`` that leads the case; -1 where there is none."""
    return batch.first(batch.procedures, batch.procedures.leading)


@derive("diagnoses.code_id", "diagnoses.code")
def diagnosis_id(batch: Batch) -> Codes:
    """Position of the code in ICD-10 医保 2.0; -1 where missing or not in it."""
    return _ids(batch.diagnoses.code, batch.library.diagnoses().ids)


@derive("procedures.code_id", "procedures.code")
def procedure_id(batch: Batch) -> Codes:
    """Position of the code in ICD-9-CM-3 医保 2.0; -1 where missing or not in it."""
    return _ids(batch.procedures.code, batch.library.procedures().ids)


@derive("diagnoses.category", "diagnoses.code")
def diagnosis_category(batch: Batch) -> Text:
    """The first three characters of the code."""
    text = batch.diagnoses.code
    return Text.of(substrings(text.values, 0, 3)).take(text.codes)


def _flag(path: str, source: str) -> None:
    table_name, column = path.split(".")

    def derived(batch: Batch) -> Mask:
        books = batch.library.diagnoses() if table_name == "diagnoses" else batch.library.procedures()
        known = np.append(np.asarray(books.column(column), dtype=bool), [False])
        return known[batch.table(table_name).column("code_id")]

    derived.__doc__ = f"Whether the code is marked {column} in the edition in force; unknown codes are not."
    derive(path, source)(derived)


for _name in ("grey", "external_cause", "asterisk"):
    _flag(f"diagnoses.{_name}", "diagnoses.code_id")
_flag("procedures.grey", "procedures.code_id")


@derive("procedures.category", "procedures.code_id")
def procedure_category(batch: Batch) -> Text:
    """手术, 治疗性操作, 诊断性操作 or 介入治疗 as the codebook says; missing where it does not."""
    return _categories(batch.library).take(batch.procedures.code_id)


@cache
def _categories(library: Library) -> Text:
    """The category of every procedure code, made once."""
    return Text.of([str(name) if name else None for name in library.procedures().column("category")])


# Newborns


def _first_newborn(batch: Batch, column: str) -> Floats:
    newborns = batch.newborns
    values = newborns.column(column)
    rows = batch.first(newborns, ~np.isnan(values))
    return np.asarray(take(values, rows), dtype=np.float64) if newborns.rows else np.full(len(batch), np.nan)


@derive("cases.birth_weight", "newborns.birth_weight")
def birth_weight(batch: Batch) -> Floats:
    """Birth weight in grams of the (first) newborn of the record."""
    return _first_newborn(batch, "birth_weight")


@derive("cases.admission_weight", "newborns.admission_weight")
def admission_weight(batch: Batch) -> Floats:
    """Admission weight in grams of the (first) newborn of the record."""
    return _first_newborn(batch, "admission_weight")


def _first_rows(batch: Batch, table: Table, candidates: Mask) -> Mask:
    first = batch.first(table, candidates)
    mask = np.zeros(table.rows, dtype=bool)
    mask[first[first >= 0]] = True
    return mask


def _ids(text: Text, ids: Callable[[list[str]], Codes]) -> Codes:
    return text.gather(np.asarray(ids(text.listed), dtype=np.int32), missing=-1)
