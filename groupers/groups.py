"""The answer of the engine: which group each case is in and why, which diagnoses complicate it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from groupers.cases import CodedRows, GroupingInput, Mask
from groupers.programs import CC, MCC
from groupers.scheme import Outcome, Scheme
from groupers.severity import Comorbidity
from groupers.slots import Ids
from groupers.texts import Language, say, table


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
        codes, values = self.scheme.words_of_outcomes(name)
        return Coded(codes.take(self.outcome), values)

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
    def weight_text(self) -> Coded:
        """What was published in place of a weight, empty where nothing was."""
        coded = self._coded("weight_text")
        told = np.array([at if value else -1 for at, value in enumerate(coded.values)], np.int32)
        return Coded(told.take(coded.codes), coded.values)

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
        reason, note = self.reason[told].astype(np.int64), self.note[told].astype(np.int64)
        holes = (
            ("mdc", self.entered, len(self.scheme.mdcs)),
            ("principal", _first(self.given.dx), len(self.given.dx.values)),
            ("procedure", _first(self.given.proc), len(self.given.proc.values)),
        )
        key = reason * len(self.scheme.reasons) + note
        for hole, filling, known in holes:
            asked = self._with_hole(hole, language)
            key = key * (known + 1) + np.where(asked[reason] | asked[note], filling[told] + 1, 0)
        _, first, where = np.unique(key, return_index=True, return_inverse=True)
        codes[told] = where
        sentences = (self._sentence(case, language) for case in told[first].tolist())
        return Coded(codes, tuple(sentences))

    def _with_hole(self, hole: str, language: Language) -> Mask:
        """Which reasons name this in their words."""
        texts = table("reasons")
        return np.array([bool(key) and f"{{{hole}}}" in texts[key][language] for key in self.scheme.reasons])

    def _sentence(self, case: int, language: Language) -> str:
        entered = self.entered[case]
        holes = {
            "mdc": self.scheme.mdcs[entered].code if entered >= 0 else "",
            "principal": (*self.given.dx.of_case(case), "")[0],
            "procedure": (*self.given.proc.of_case(case), "")[0],
        }
        keys = (self.scheme.reasons[at] for at in (self.reason[case], self.note[case]) if at)
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


def _first(rows: CodedRows) -> NDArray[np.int64]:
    """The code of the first row of each case, -1 for none."""
    padded = np.append(rows.codes, np.int32(-1)).astype(np.int64)
    return np.where(rows.counts > 0, padded[np.minimum(rows.offsets[:-1], len(rows.codes))], -1)
