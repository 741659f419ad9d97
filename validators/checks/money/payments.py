"""Series M, who paid: funds and the person together pay the total, and the person's parts agree.

Some systems list the personal account among the funds, some count it among what the person pays: both add up.
"""

from functools import cache

import numpy as np

from codebooks import Library
from records import Batch, Text
from records.arrow import Floats, Mask
from validators.carried import carried
from validators.model import Basis, Found, Settings, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
PERSONAL = ("cases.self_pay", "cases.own_expense_pay", "cases.account_pay", "cases.cash_pay")


@check(
    "M120",
    Severity.WARNING,
    fields=[
        "cases.total_amount",
        "cases.self_pay",
        "cases.own_expense_pay",
        "charges.amount",
        "payments.amount?",
        "payments.fund_type?",
    ],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["tolerance"],
)
def payments_differ_from_the_fees(batch: Batch, thresholds: Settings) -> Found:
    """Funds + self-pay + own expense = sum of the fee rows."""
    cases = batch.cases
    person: Floats = np.nan_to_num(cases.self_pay) + np.nan_to_num(cases.own_expense_pay)
    funds, accounts = _funds(batch)
    total: Floats = cases.total_amount
    tolerance = thresholds["tolerance"]
    paid = funds + person
    fits = (np.abs(paid - total) <= tolerance) | (np.abs(paid - accounts - total) <= tolerance)
    due = (total > 0) & carried(batch, "payments.amount")
    return Found(due & ~fits, {"paid": paid, "total": total})


@check(
    "M121",
    Severity.WARNING,
    fields=["cases.cash_pay", "cases.account_pay", "cases.self_pay", "cases.own_expense_pay"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["tolerance"],
)
def personal_payments_differ_from_the_share(batch: Batch, thresholds: Settings) -> Found:
    """What the person owes (self-pay + own expense) is paid from the account and in cash."""
    cases = batch.cases
    owed: Floats = cases.self_pay + cases.own_expense_pay
    paid: Floats = cases.account_pay + cases.cash_pay
    return Found(np.abs(owed - paid) > thresholds["tolerance"], {"owed": owed, "paid": paid})


@check(
    "M122",
    Severity.HINT,
    fields=["cases.own_expense_pay", "cases.total_amount", "charges.own_expense_amount"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["tolerance"],
)
def own_expense_differs_from_the_fees(batch: Batch, thresholds: Settings) -> Found:
    """Own expense of the case = sum of the own-expense column of its fee rows."""
    cases, table = batch.cases, batch.charges
    total: Floats = batch.total(table, table.own_expense_amount)
    differs = np.abs(cases.own_expense_pay - total) > thresholds["tolerance"]
    return Found(differs & (cases.total_amount > 0), {"sum": total})


@check(
    "M123",
    Severity.ERROR,
    fields=PERSONAL,
    basis=Basis(FILLING, "个人支付"),
    since="2026.12",
)
def personal_amount_negative(batch: Batch) -> Mask:
    """Amounts are paid, not received."""
    return np.any([batch.cases.column(name.partition(".")[2]) < 0 for name in PERSONAL], axis=0)


@check(
    "M124",
    Severity.ERROR,
    fields=["payments.amount"],
    basis=Basis(FILLING, "基金支付"),
    since="2026.12",
)
def fund_amount_negative(batch: Batch) -> Mask:
    """Amounts are paid, not received."""
    mask: Mask = batch.payments.amount < 0
    return mask


@check(
    "M125",
    Severity.WARNING,
    fields=["payments.fund_type", "payments.amount", "cases.insurance_type"],
    basis=Basis("craft"),
    since="2026.12",
)
def fund_of_another_insurance(batch: Batch) -> Mask:
    """The employees' fund does not pay for residents, nor the residents' for employees."""
    table = batch.payments
    insurance: Text = batch.of_case(table, batch.cases.insurance_type)
    wrong = np.zeros(table.rows, dtype=bool)
    for fund, insured in _insured(batch.library).items():
        wrong |= table.fund_type.is_(fund) & insurance.present & ~insurance.isin(insured)
    mask: Mask = wrong & (table.amount > 0)
    return mask


def _funds(batch: Batch) -> tuple[Floats, Floats]:
    """What the funds paid a case, and what of it came from the personal account."""
    table = batch.payments
    if not table.has("amount"):
        return np.zeros(len(batch)), np.zeros(len(batch))
    funds = batch.total(table, table.amount)
    if not table.has("fund_type"):
        return funds, np.zeros(len(batch))
    return funds, batch.total(table, table.amount, table.fund_type.isin(_accounts(batch.library)))


@cache
def _accounts(library: Library) -> tuple[str, ...]:
    return tuple(str(row["fund"]) for row in library.rows("sources/checks/funds") if row["account"] == "Y")


@cache
def _insured(library: Library) -> dict[str, tuple[str, ...]]:
    """The insurances that each fund pays for."""
    rows = library.rows("sources/checks/funds")
    return {str(row["fund"]): tuple(str(row["insurance"]).split("|")) for row in rows}
