"""Synthetic people: names, certificates, addresses, occupations, contacts. No such person exists."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audit.sampling.draws import Draws, Ints, Mask
from audit.sampling.stays import Stays
from audit.sampling.tables import NEWBORNS, Rows, Tables
from records import Column, Text

# GB 11643-1999: weights of the digits and the check characters by remainder.
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
MALE, FEMALE = 1, 2


def people(tables: Tables, draws: Draws, stays: Stays) -> dict[str, Column]:
    """The columns of ``cases`` that say who the patient is."""
    rows = stays.rows
    settings = tables.settings
    newborn = tables.is_kind(*NEWBORNS)[stays.template]
    divisions, places = _divisions(tables, draws, rows)
    contact_sex, relation, same = _relations(tables, draws, stays)
    surname = draws.pick("surname", tables.words("surname")[1], rows)
    patient = names(tables, draws, "patient", surname, stays.sex)
    contact = names(tables, draws, "contact", np.where(same, surname, -1), contact_sex)
    baby = np.array([settings["newborn_name_1"], settings["newborn_name_2"]], dtype=object)[stays.sex - 1]
    patient = np.where(newborn, contact + baby, patient)
    contact = np.where(contact == patient, contact + settings["contact_suffix"], contact)
    occupation, insurance, employed = _occupations(tables, draws, stays)
    address = _addresses(tables, draws, places)
    employers, weights = tables.words("employer")
    employed &= draws.chance("employer", tables.share("share_employer"), rows)
    firm = np.where(employed, draws.pick("which employer", weights, rows), -1)
    return {
        "patient_name": texts(patient),
        "sex": coded(stays.sex - 1, ("1", "2")),
        "nationality": Text.constant(settings["nationality"], rows),
        "ethnicity": texts(_ethnicities(tables, draws, rows)),
        "certificate_type": coded(
            newborn.astype(np.int64), (settings["certificate_resident"], settings["certificate_newborn"])
        ),
        "certificate_no": texts(
            np.where(
                newborn,
                _birth_certificates(settings["birth_certificate"], rows),
                resident_numbers(divisions, stays, draws),
            )
        ),
        "occupation": texts(occupation),
        "home_address": texts(address),
        "employer_name": coded(firm, employers),
        "employer_phone": texts(_where(employed, _phones(draws, "employer", rows))),
        "employer_address": texts(_where(employed, np.array(address, dtype=object))),
        "postcode": Text.constant(settings["division"], rows),
        "contact_name": texts(contact),
        "contact_relation": texts(relation),
        "contact_address": texts(address),
        "contact_phone": texts(_phones(draws, "contact", rows)),
        "insurance_type": texts(insurance),
        "insured_area": texts(_insured_areas(tables, divisions)),
        "insured_no": texts([f"{settings['division']}{100000000 + 7 * row}" for row in range(rows)]),
    }


def _where(mask: Mask, values: "NDArray[np.object_]") -> "NDArray[np.object_]":
    """``values`` where the mask is true, nothing elsewhere."""
    held = values.copy()
    held[~mask] = None
    return held


def texts(values: "Sequence[str | None] | NDArray[np.generic]") -> Text:
    """A text column of strings; ``None`` is missing."""
    return Text.of(values.tolist() if isinstance(values, np.ndarray) else values)


def coded(places: Ints, listed: Sequence[str]) -> Text:
    """A text column of positions in ``listed`` (-1 = missing)."""
    return Text.of(list(listed)).take(places).compact()


def resident_numbers(divisions: Ints, stays: Stays, draws: Draws) -> "NDArray[np.object_]":
    """Citizen numbers as GB 11643 builds them: division, birth date, order (odd for men), check character."""
    rows = stays.rows
    dates = stays.born.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    within = month.astype(np.int64) % 12 + 1
    day = (dates - month.astype("datetime64[D]")).astype(np.int64) + 1
    order = draws.between("citizen order", 0, 499, rows) * 2 + (stays.sex == MALE)
    number = ((divisions * 10_000 + year) * 100 + within) * 100 + day
    number = number * 1000 + order
    digits = (number[:, None] // 10 ** np.arange(16, -1, -1)) % 10
    remainder = (digits * np.array(ID_WEIGHTS)).sum(axis=1) % 11
    checks = np.array(list(CHECK_CHARACTERS), dtype=object)[remainder]
    return number.astype(str).astype(object) + checks


def _birth_certificates(head: str, rows: int) -> "NDArray[np.object_]":
    return np.array([f"{head}{row + 1:07d}" for row in range(rows)], dtype=object)


def _ethnicities(tables: Tables, draws: Draws, rows: int) -> "NDArray[np.str_]":
    majority = tables.settings["ethnic_majority"]
    others = [code for code in tables.library.value_set("naty").names if code != majority]
    drawn = np.array(others)[draws.between("ethnic group", 0, len(others) // 4, rows)]
    return np.where(draws.chance("ethnicity", tables.share("share_ethnic_majority"), rows), majority, drawn)


def _divisions(tables: Tables, draws: Draws, rows: int) -> tuple[Ints, "NDArray[np.object_]"]:
    """County codes and their full names, mostly of the hospital's prefecture."""
    listed = tables.library.rows("standards/administrative_divisions")
    names = {str(row["code"]): str(row["name"]) for row in listed}
    current = [str(row["code"]) for row in listed if row["current"]]
    counties = [code for code in current if not code.endswith("00") and code[:4] + "00" in names]
    counties = [code for code in counties if names[code[:4] + "00"] not in ("市辖区", "县")]
    prefecture = tables.settings["division"][:4]
    home = [code for code in counties if code.startswith(prefecture)]
    local = draws.chance("local", tables.share("share_local"), rows)
    here = np.array(home)[draws.pick("home county", np.ones(len(home)), rows)]
    there = np.array(counties)[draws.pick("other county", np.ones(len(counties)), rows)]
    codes = np.where(local, here, there)
    full = {code: names[code[:2] + "0000"] + names[code[:4] + "00"] + names[code] for code in counties}
    return codes.astype(np.int64), np.array([full[code] for code in codes.tolist()], dtype=object)


def _insured_areas(tables: Tables, divisions: Ints) -> list[str]:
    home = tables.settings["division"]
    return [home if str(code)[:4] == home[:4] else str(code) for code in divisions.tolist()]


def _addresses(tables: Tables, draws: Draws, places: "NDArray[np.object_]") -> list[str]:
    rows = len(places)
    streets, weights = tables.words("street")
    street = draws.pick("street", weights, rows).tolist()
    house = draws.between("house", 1, 260, rows).tolist()
    room = draws.between("room", 101, 2604, rows).tolist()
    return [
        f"{place}{streets[s]}{h}号{r}室"
        for place, s, h, r in zip(places.tolist(), street, house, room, strict=True)
    ]


def _phones(draws: Draws, whose: str, rows: int) -> "NDArray[np.object_]":
    head = draws.between(f"phone of {whose}", 130, 189, rows)
    tail = draws.between(f"phone of {whose}, end", 1, 9999, rows)
    return np.array(
        [f"{h}0000{t:04d}" for h, t in zip(head.tolist(), tail.tolist(), strict=True)], dtype=object
    )


def names(tables: Tables, draws: Draws, whose: str, surname: Ints, sex: Ints) -> "NDArray[np.object_]":
    """Surname and one or two characters; a surname of -1 is drawn."""
    rows = len(sex)
    surnames, weights = tables.words("surname")
    other = draws.pick(f"surname of {whose}", weights, rows)
    family = np.array(surnames, dtype=object)[np.where(surname < 0, other, surname)]
    middle, middle_weights = tables.words("middle")
    inner = np.array(["", *middle], dtype=object)
    between = inner[draws.pick(f"middle of {whose}", np.append(middle_weights.sum(), middle_weights), rows)]
    last = np.empty(rows, dtype=object)
    for which, kind in ((MALE, "male"), (FEMALE, "female")):
        given, given_weights = tables.words(kind)
        drawn = np.array(given, dtype=object)[draws.pick(f"{kind} name of {whose}", given_weights, rows)]
        last = np.where(sex == which, drawn, last)
    return family + between + last


def _relations(tables: Tables, draws: Draws, stays: Stays) -> tuple[Ints, "NDArray[np.str_]", Mask]:
    """The sex of the contact, what they are to the patient, and whether they share the surname."""
    listed = tables.rows("relations")
    newborn = tables.is_kind(*NEWBORNS)[stays.template]
    possible = _suitable(listed, stays)
    possible = np.where(newborn[:, None], np.array([row["newborn"] == "Y" for row in listed]), possible)
    chosen = _one_each(draws, "relation", listed, possible)
    said = np.array([row["contact_sex"] for row in listed])[chosen]
    drawn = 1 + draws.chance("sex of the contact", 0.5, stays.rows).astype(np.int64)
    sex = np.where(said == "other", MALE + FEMALE - stays.sex, drawn)
    for code, which in (("1", MALE), ("2", FEMALE)):
        sex = np.where(said == code, which, sex)
    same = np.array([row["same_surname"] == "Y" for row in listed])[chosen]
    return sex, np.array([row["code"] for row in listed])[chosen], same


def _occupations(
    tables: Tables, draws: Draws, stays: Stays
) -> tuple["NDArray[np.str_]", "NDArray[np.str_]", Mask]:
    """Occupation, kind of insurance, and whether there is an employer."""
    listed = tables.rows("occupations")
    chosen = _one_each(draws, "occupation", listed, _suitable(listed, stays))
    code, insurance = ([row[name] for row in listed] for name in ("code", "insurance"))
    employed = np.array([row["employed"] == "Y" for row in listed])
    return np.array(code)[chosen], np.array(insurance)[chosen], employed[chosen]


def _suitable(listed: Rows, stays: Stays) -> Mask:
    """Which of the listed rows fit the age and sex of each case."""
    age, sex = stays.age_years[:, None], stays.sex[:, None]
    low = np.array([int(row["age_from"]) for row in listed])
    high = np.array([int(row["age_to"]) for row in listed])
    only = np.array([int(row["sex"] or 0) for row in listed])
    fits: Mask = (age >= low) & (age <= high) & ((only == 0) | (only == sex))
    return fits


def _one_each(draws: Draws, topic: str, listed: Rows, possible: Mask) -> Ints:
    weights = np.array([float(row["weight"]) for row in listed])
    edges = np.cumsum(possible * weights, axis=1)
    uniform = draws.uniform(topic, len(possible))
    place = (uniform[:, None] * edges[:, -1:] >= edges).sum(axis=1)
    return np.minimum(place, len(listed) - 1)
