"""Who lay in hospital, what for and when: the frame of a sample, one entry a case in order of discharge."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.sampling.draws import Draws, Floats, Ints, Mask
from audit.sampling.tables import NEWBORNS, Tables
from records import DERIVATIONS  # noqa: F401 - the words used here are defined there

Times = NDArray[np.datetime64]
DAY = np.timedelta64(1, "D")
MINUTE = np.timedelta64(1, "m")
NEWBORN_UNTIL = 28
DEATH, HOSPITAL, COMMUNITY, AGAINST_ADVICE, ORDERED = "5", "2", "3", "4", "1"
WORKDAY_WEIGHTS = (1.0, 1.0, 1.0, 1.0, 1.1, 0.7, 0.45)


@dataclass(frozen=True, slots=True)
class Stays:
    """Arrays of one entry a case: template, sex (1, 2), ages, days and times."""

    template: Ints
    sex: Ints
    born: Times
    admitted: Times
    discharged: Times
    age_years: Ints
    age_days: Ints
    days: Ints
    way: NDArray[np.str_]
    emergency: Mask

    @property
    def rows(self) -> int:
        """How many cases."""
        return len(self.template)

    @property
    def dead(self) -> Mask:
        """Cases that ended in death."""
        return self.way == DEATH

    @property
    def nights(self) -> Ints:
        """Calendar days from admission to discharge; 0 for one day."""
        return whole_days(self.admitted, self.discharged)


def whole_days(earlier: Times, later: Times) -> Ints:
    """Calendar days between two times."""
    return ((later.astype("datetime64[D]") - earlier.astype("datetime64[D]")) / DAY).astype(np.int64)


def stays(tables: Tables, draws: Draws, rows: int) -> Stays:
    """The frame of ``rows`` cases."""
    template = draws.pick("template", tables.number("weight"), rows)
    emergency = draws.chance("emergency", tables.number("emergency")[template], rows)
    nights = draws.between(
        "nights", _whole(tables, "stay_from", template), _whole(tables, "stay_to", template), rows, skew=1.4
    )
    nights = np.where(tables.is_kind("day")[template], 0, nights)
    discharge_day = _discharge_days(tables, draws, rows)
    dead = draws.chance("death", tables.number("death")[template], rows)
    discharged = _discharge_times(draws, discharge_day, dead, nights)
    admitted = _admission_times(draws, discharge_day - nights * DAY, emergency, nights)
    order = np.argsort(discharged, kind="stable")
    template, emergency, nights, dead = template[order], emergency[order], nights[order], dead[order]
    admitted, discharged = admitted[order], discharged[order]
    years, born = _births(tables, draws, template, admitted)
    return Stays(
        template=template,
        sex=_sexes(tables, draws, template),
        born=born,
        admitted=admitted,
        discharged=discharged,
        age_years=years,
        age_days=whole_days(born, admitted),
        days=np.maximum(nights, 1),
        way=_ways(tables, draws, dead, nights),
        emergency=emergency,
    )


def _whole(tables: Tables, column: str, template: Ints) -> Ints:
    return tables.number(column).astype(np.int64)[template]


def _discharge_days(tables: Tables, draws: Draws, rows: int) -> Times:
    month = np.datetime64(tables.settings["month"], "M")
    first, last = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
    days: Times = first + np.arange(int((last - first) / DAY)) * DAY
    # 1970-01-01 was a Thursday: 3 days after a Monday.
    weekday = (days.astype(np.int64) + 3) % 7
    chosen: Times = days[draws.pick("discharge day", np.array(WORKDAY_WEIGHTS)[weekday], rows)]
    return chosen


def _discharge_times(draws: Draws, day: Times, dead: Mask, nights: Ints) -> Times:
    ordinary = draws.between("discharge minute", 8 * 60 + 30, 17 * 60, len(day))
    afternoon = draws.between("discharge minute of a day case", 15 * 60, 18 * 60, len(day))
    any_time = draws.between("minute of death", 60, 23 * 60 + 50, len(day))
    minute = np.where(dead, any_time, np.where(nights == 0, afternoon, ordinary))
    return (day.astype("datetime64[m]") + minute * MINUTE).astype("datetime64[s]")


def _admission_times(draws: Draws, day: Times, emergency: Mask, nights: Ints) -> Times:
    planned = draws.between("admission minute", 8 * 60, 16 * 60 + 30, len(day))
    urgent = draws.between("admission minute of an emergency", 5, 23 * 60 + 50, len(day))
    early = draws.between("admission minute of a day case", 7 * 60 + 30, 9 * 60, len(day))
    minute = np.where(nights == 0, early, np.where(emergency, urgent, planned))
    return (day.astype("datetime64[m]") + minute * MINUTE).astype("datetime64[s]")


def _sexes(tables: Tables, draws: Draws, template: Ints) -> Ints:
    bound = tables.number("sex").astype(np.int64)[template]
    return np.where(bound > 0, bound, 1 + draws.chance("sex", 0.49, len(template)).astype(np.int64))


def _births(tables: Tables, draws: Draws, template: Ints, admitted: Times) -> tuple[Ints, Times]:
    rows = len(template)
    low, high = _whole(tables, "age_from", template), _whole(tables, "age_to", template)
    middle = draws.uniform("age", rows) + draws.uniform("age, second", rows)
    age = low + np.floor(middle / 2 * (high - low + 1)).astype(np.int64)
    newborn = tables.is_kind(*NEWBORNS)[template]
    into_year = draws.between("days into the year", 0, 363, rows)
    # An infant of no newborn template is older than the newborn age.
    infant = draws.between("days of an infant", NEWBORN_UNTIL + 12, 360, rows)
    years = np.where(newborn, 0, age)
    birthday = years_before(admitted.astype("datetime64[D]"), years)
    born = birthday - np.where(newborn, age, np.where(years == 0, infant, into_year)) * DAY
    return years, born.astype("datetime64[s]")


def years_before(day: Times, years: Ints) -> Times:
    """The day so many years earlier; 29 February becomes the 28th where there is none."""
    month = day.astype("datetime64[M]")
    of_month = day - month.astype("datetime64[D]")
    earlier = month - years * 12
    length = (earlier + 1).astype("datetime64[D]") - earlier.astype("datetime64[D]")
    return earlier.astype("datetime64[D]") + np.minimum(of_month, length - DAY)


def _ways(tables: Tables, draws: Draws, dead: Mask, nights: Ints) -> NDArray[np.str_]:
    choices = [HOSPITAL, COMMUNITY, AGAINST_ADVICE]
    shares = np.array([
        tables.share("share_transfer_hospital"),
        tables.share("share_transfer_community"),
        tables.share("share_against_advice"),
    ])  # fmt: skip
    weights: Floats = np.append(shares, 1 - shares.sum())
    way = np.array([*choices, ORDERED])[draws.pick("discharge way", weights, len(dead))]
    way = np.where(nights == 0, ORDERED, way)
    return np.where(dead, DEATH, way)


def clipped(times: Times, earliest: Times, latest: Times) -> Any:  # noqa: ANN401 - an array of times
    """``times`` moved into their bounds, to the minute."""
    return np.minimum(np.maximum(times, earliest), np.maximum(earliest, latest))
