"""The answer of the engine: which group each case is in and why, which diagnoses complicate it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from groupers.cases import GroupingInput, Mask
from groupers.programs import CC, MCC
from groupers.scheme import Outcome, Scheme
from groupers.severity import Comorbidity
from groupers.slots import Ids
from groupers.texts import Language, say


@dataclass(frozen=True, slots=True)
class Coded:
    """Strings, one a case: ``values[codes[i]]``; code -1 is none."""

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def to_list(self) -> list[str]:
        """The strings, empty for none."""
        listed = (*self.values, "")
        return [listed[code] for code in self.codes]


@dataclass(frozen=True)
class Groups:
    """The groups of all cases of ``given``.

    ``outcome``: positions in ``scheme.outcomes``. ``reason``, ``note``: positions in ``scheme.reasons``, 0
    for none; a reason says why a case has no group or an ambiguous one, a note what to know of any case.
    ``entered``: the last MDC entered by its list, a position in ``scheme.mdcs``, -1 for none.
    ``comorbidity``: level and exclusion of every diagnosis row of ``given``.
    """

    scheme: Scheme
    given: GroupingInput
    outcome: NDArray[np.int32]
    reason: NDArray[np.int16]
    note: NDArray[np.int16]
    entered: NDArray[np.int16]
    comorbidity: Comorbidity
    dx_principal: Ids
    proc_principal: Ids

    def __len__(self) -> int:
        return len(self.outcome)

    def _coded(self, name: str) -> Coded:
        of_outcome = [str(getattr(outcome, name)) for outcome in self.scheme.outcomes]
        position = {value: at for at, value in enumerate(dict.fromkeys(of_outcome))}
        codes = np.array([position[value] for value in of_outcome], np.int32)
        return Coded(codes.take(self.outcome), tuple(position))

    @cached_property
    def mdc(self) -> Coded:
        """The MDC of each case, ``0000`` where there is none."""
        return self._coded("mdc")

    @cached_property
    def adrg(self) -> Coded:
        """The ADRG of each case, ``00`` where there is none, ``QY`` where it is ambiguous."""
        return self._coded("adrg")

    @cached_property
    def drg(self) -> Coded:
        """The DRG of each case, ``0000`` where there is none, for example ``BQY`` where it is ambiguous."""
        return self._coded("drg")

    @cached_property
    def name(self) -> Coded:
        """The name of the group of each case."""
        return self._coded("name")

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """The relative weight of each case, NaN where the scheme has none."""
        return self.scheme.weights.take(self.outcome)

    @cached_property
    def kind(self) -> NDArray[np.uint8]:
        """``Kind`` of each case."""
        return self.scheme.kinds.take(self.outcome)

    @cached_property
    def cc_level(self) -> NDArray[np.uint8]:
        """The highest comorbidity that counts for each case: 2 MCC, 1 CC, 0 none."""
        found = self.comorbidity.found
        return np.where(found & MCC, np.uint8(MCC), found & np.uint8(CC))

    @property
    def several_principals(self) -> Mask:
        """Cases in which more than one row was flagged as principal."""
        return self.given.several_principals

    def outcome_of(self, case: int) -> Outcome:
        """The answer for one case."""
        return self.scheme.outcomes[self.outcome[case]]

    def reason_keys(self) -> Coded:
        """The reason of each case as a key of ``texts/reasons.csv``; none for a case that is grouped."""
        return Coded(self.reason.astype(np.int32) - 1, self.scheme.reasons[1:])

    def note_keys(self) -> Coded:
        """The note of each case as a key of ``texts/reasons.csv``."""
        return Coded(self.note.astype(np.int32) - 1, self.scheme.reasons[1:])

    def words(self, language: Language = "zh") -> Coded:
        """Reason and note of each case in words, which name its principal diagnosis and procedure."""
        told = np.flatnonzero((self.reason > 0) | (self.note > 0))
        codes = np.full(len(self), -1, np.int32)
        if told.size == 0:
            return Coded(codes, ())
        parts = np.stack(
            [
                self.reason[told],
                self.note[told],
                self.entered[told],
                _first(self.given.dx.codes, self.given.dx.offsets)[told],
                _first(self.given.proc.codes, self.given.proc.offsets)[told],
            ],
            axis=1,
        )
        distinct, where = np.unique(parts, axis=0, return_inverse=True)
        codes[told] = where.reshape(-1)
        return Coded(codes, tuple(self._sentence(row, language) for row in distinct.tolist()))

    def _sentence(self, row: list[int], language: Language) -> str:
        reason, note, entered, dx, proc = row
        holes = {
            "mdc": self.scheme.mdcs[entered].code if entered >= 0 else "",
            "principal": self.given.dx.values[dx] if dx >= 0 else "",
            "procedure": self.given.proc.values[proc] if proc >= 0 else "",
        }
        keys = (self.scheme.reasons[at] for at in (reason, note) if at)
        return say("messages", "stop", language).join(say("reasons", key, language, **holes) for key in keys)

    def rows(self, language: Language = "zh") -> Iterator[tuple[str, str, str, str, float, str]]:
        """For each case: MDC, ADRG, DRG, name, weight (NaN: none), reason in words."""
        return zip(
            self.mdc.to_list(),
            self.adrg.to_list(),
            self.drg.to_list(),
            self.name.to_list(),
            self.weight.tolist(),
            self.words(language).to_list(),
            strict=True,
        )


def _first(codes: NDArray[np.int32], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The code of the first row of each case, -1 for none."""
    padded = np.append(codes, np.int32(-1)).astype(np.int64)
    return np.where(np.diff(offsets) > 0, padded[np.minimum(offsets[:-1], len(codes))], -1)
