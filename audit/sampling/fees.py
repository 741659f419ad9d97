"""Money of a sample: charges by category, who pays what. Counted in whole fen, so that every sum is exact."""

from dataclasses import dataclass

import numpy as np

from audit.sampling.conditions import Listed, positions
from audit.sampling.draws import Draws, Floats, Ints
from audit.sampling.people import coded
from audit.sampling.stays import Stays
from audit.sampling.tables import Tables
from records import Column, Text

FEN = 100.0
SURGERY_FEE = 260.0


@dataclass(frozen=True, slots=True)
class Fees:
    """Rows of charges and of fund payments, and the payment columns of ``cases``."""

    charges: Listed
    payments: Listed
    cases: dict[str, Column]


def fees(tables: Tables, draws: Draws, stays: Stays, surgeries: Ints, insurance: Text) -> Fees:
    """All money of every case; ``surgeries`` counts its procedures under anaesthesia."""
    listed = tables.rows("charges")
    categories = list(dict.fromkeys(row["category"] for row in listed))
    profiles = list(dict.fromkeys(row["profile"] for row in listed))
    shape = (len(profiles), len(categories))

    def grid(name: str) -> Floats:
        return np.array([float(row[name]) for row in listed]).reshape(shape)

    profile = np.array([profiles.index(name) for name in tables.text("charges")])[stays.template]
    rows = stays.rows
    level = np.exp(0.9 * (draws.uniform("cost level", rows, 3).sum(axis=1) - 1.5))
    noise = np.exp(0.5 * (draws.uniform("cost noise", rows, len(categories)) - 0.5))
    yuan = (grid("base")[profile] + grid("daily")[profile] * stays.days[:, None]) * level[:, None] * noise
    operated = categories.index(tables.settings["surgery_category"])
    short = (yuan[:, operated] == 0) & (surgeries > 0)
    yuan[:, operated] += np.where(short, SURGERY_FEE * surgeries, 0)
    amount = np.rint(yuan * FEN).astype(np.int64)
    own = np.floor(amount * grid("own_expense")[profile] / 100 * _around(draws, rows)).astype(np.int64)
    own = np.minimum(own, amount)
    first = np.minimum((amount * grid("class_a")[profile] / 100).astype(np.int64), amount - own)
    second = np.minimum((amount * grid("class_b")[profile] / 100).astype(np.int64), amount - own - first)
    flat = np.repeat(np.arange(rows), len(categories))
    data: dict[str, Column] = {
        "category": coded(np.tile(np.arange(len(categories)), rows), categories),
        "amount": amount.ravel() / FEN,
        "class_a_amount": first.ravel() / FEN,
        "class_b_amount": second.ravel() / FEN,
        "own_expense_amount": own.ravel() / FEN,
        "other_amount": (amount - own - first - second).ravel() / FEN,
    }
    charges = Listed(flat, np.tile(np.arange(len(categories)), rows), data)
    payments, cases = _paid(tables, draws, amount.sum(axis=1), own.sum(axis=1), insurance)
    return Fees(charges, payments, cases)


def _around(draws: Draws, rows: int) -> Floats:
    return 0.3 + draws.uniform("own expense", rows, 1)


def _paid(
    tables: Tables, draws: Draws, total: Ints, own: Ints, insurance: Text
) -> tuple[Listed, dict[str, Column]]:
    listed = tables.rows("funds")
    rows = len(total)
    insured = total - own
    held = insured.copy()
    parts: list[tuple[Ints, Ints, Ints]] = []
    for place, row in enumerate(listed):
        due = insurance.is_(row["insurance"]) & draws.chance(f"fund {place}", float(row["probability"]), rows)
        wobble = 0.9 + 0.2 * draws.uniform(f"fund {place}, share", rows)
        paid = np.where(due, np.floor(insured * float(row["share"]) * wobble), 0).astype(np.int64)
        case = np.flatnonzero(paid > 0)
        held -= paid
        parts.append((case, np.full(len(case), place), paid[case]))
    case, fund, paid = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((fund, case))
    payments = Listed(
        case[order],
        positions(case[order]),
        {
            "fund_type": coded(fund[order], [row["fund"] for row in listed]),
            "amount": paid[order] / FEN,
        },
    )
    mine = held + own
    with_account = insurance.isin(tables.settings["insurance_with_account"].split("|"))
    account = np.where(with_account, np.floor(mine * 0.6 * draws.uniform("account", rows)), 0).astype(
        np.int64
    )
    return payments, {
        "self_pay": held / FEN,
        "own_expense_pay": own / FEN,
        "account_pay": account / FEN,
        "cash_pay": (mine - account) / FEN,
    }
