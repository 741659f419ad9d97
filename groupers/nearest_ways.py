"""The ways into the ADRGs of a scheme, as rows: what every ADRG asks of a case that comes to its MDC.

A *way* is one alternative of "the MDC's condition and the ADRG's condition": questions that must all be
answered as the way wants. An ADRG with ``|`` in its condition has several. All questions about lists are
answered for one case by one gather over the lists that its codes stand in.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from groupers.cases import Mask
from groupers.frames import Frame, Ground
from groupers.programs import Both, OneOf, PrincipalIn, Program, SomeIn
from groupers.scheme import Kind, Mdc, Rule, Scheme
from groupers.slots import Ids

MOST_WAYS = 4096
"""Ways of one ADRG that are looked at: no published one has more than a few dozen."""
_SCHEMES_KEPT = 8
_LEADING, _LATER, _ANY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Group:
    """An ADRG where it stands."""

    mdc: Mdc
    rule: Rule
    order: int


@dataclass(frozen=True, slots=True)
class _Side:
    """The lists over one kind of code: for each code the lists it is in (``lists[starts[id]:starts[id + 1]]``).

    ``claims`` is in how many lists a code stands.
    """

    starts: NDArray[np.int64]
    lists: NDArray[np.int64]
    count: int
    claims: NDArray[np.int64]

    @staticmethod
    def of(luts: Sequence[Mask], size: int) -> "_Side":
        members = [np.flatnonzero(lut) for lut in luts]
        ids = np.concatenate([np.zeros(0, np.int64), *members])
        numbers = np.repeat(np.arange(len(luts)), [len(found) for found in members])
        claims = np.bincount(ids, minlength=size)
        starts = np.concatenate([[0], np.cumsum(claims)])
        return _Side(starts, numbers[np.argsort(ids, kind="stable")], len(luts), claims)

    def answers(self, ids: Ids) -> NDArray[np.bool_]:
        """For the rows of one case, leading first: which lists its leading, its later, and any rows are in."""
        found = np.zeros((3, self.count), dtype=bool)
        for row, code in enumerate(ids.tolist()):
            found[_LEADING if row == 0 else _LATER, self.lists[self.starts[code] : self.starts[code + 1]]] = (
                True
            )
        found[_ANY] = found[_LEADING] | found[_LATER]
        return found


class Ways:
    """All ways of a scheme. ``questions`` are the distinct leaves of its conditions."""

    def __init__(self, scheme: Scheme) -> None:
        self.groups: list[Group] = []
        self.questions: list[Program] = []
        self._number: dict[object, int] = {}
        self._luts: tuple[dict[int, int], dict[int, int]] = ({}, {})
        luts: tuple[list[Mask], list[Mask]] = ([], [])
        rows: list[tuple[int, ...]] = []
        of_group: list[int] = []
        for mdc in (step.mdc for step in scheme.steps if step.mdc is not None):
            for rule in mdc.rules:
                if not any(scheme.outcomes[split.outcome].kind == Kind.GROUPED for split in rule.splits):
                    continue
                of_mdc, of_rule = _alternatives(mdc.test.program), _alternatives(rule.test.program)
                both = itertools.islice(itertools.product(of_mdc, of_rule), MOST_WAYS)
                for first, second in both:
                    asked = (self._question(leaf, luts) for leaf in (*first, *second))
                    rows.append(tuple(dict.fromkeys(asked)))
                    of_group.append(len(self.groups))
                self.groups.append(Group(mdc, rule, len(self.groups)))
        self.group_of = np.array(of_group, np.int64)
        self._flat = np.array([at for row in rows for at in row], np.int64)
        self.starts = np.cumsum([0, *(len(row) for row in rows)])
        self.sides = (_Side.of(luts[0], scheme.dx.size), _Side.of(luts[1], scheme.proc.size))
        listed = [
            (
                at,
                int(leaf.procedures),
                _mode(leaf),
                self._luts[leaf.procedures][id(leaf.codes.lut)],
                leaf.contrary,
            )
            for at, leaf in enumerate(self.questions)
            if isinstance(leaf, PrincipalIn | SomeIn)
        ]
        self._listed = np.array(listed, np.int64).reshape(-1, 5).T
        self._asked = [
            at for at, leaf in enumerate(self.questions) if not isinstance(leaf, PrincipalIn | SomeIn)
        ]
        self.wanted = np.zeros(len(self.questions), dtype=bool)
        self.wanted[self._listed[0][self._listed[4] == 0]] = True

    def _question(self, leaf: Program, luts: tuple[list[Mask], list[Mask]]) -> int:
        if isinstance(leaf, PrincipalIn | SomeIn):
            known, lut = self._luts[leaf.procedures], leaf.codes.lut
            if id(lut) not in known:
                known[id(lut)] = len(luts[leaf.procedures])
                luts[leaf.procedures].append(lut)
        key = _key(leaf)
        if key not in self._number:
            self._number[key] = len(self.questions)
            self.questions.append(leaf)
        return self._number[key]

    def number(self, leaf: Program) -> int:
        """The position of a question in ``questions``."""
        return self._number[_key(leaf)]

    def of(self, way: int) -> NDArray[np.int64]:
        """The questions of a way."""
        return self._flat[self.starts[way] : self.starts[way + 1]]

    def answered(self, ground: Ground) -> Mask:
        """Whether each question is answered as wanted by the one case of ``ground``."""
        holds = np.zeros(len(self.questions), dtype=bool)
        at, side, mode, lut, contrary = self._listed
        for number, rows in enumerate((ground.dx.ids, ground.proc.ids)):
            mine = side == number
            found = self.sides[number].answers(rows)
            holds[at[mine]] = found[mode[mine], lut[mine]] != contrary[mine].astype(bool)
        frame = Frame(ground)
        for question in self._asked:
            holds[question] = bool(self.questions[question].run(frame)[0])
        return holds

    def failing(self, holds: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each way: how many questions fail, and how many about recorded codes hold."""
        starts = self.starts[:-1]
        if not len(starts):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        fails = np.add.reduceat((~holds[self._flat]).astype(np.int64), starts)
        speaks = np.add.reduceat((holds & self.wanted)[self._flat].astype(np.int64), starts)
        return fails, speaks


def _key(leaf: Program) -> object:
    """What tells a question from others."""
    if isinstance(leaf, PrincipalIn | SomeIn):
        return leaf.procedures, _mode(leaf), id(leaf.codes.lut), leaf.contrary
    return id(leaf)


def _mode(leaf: PrincipalIn | SomeIn) -> int:
    if isinstance(leaf, PrincipalIn):
        return _LEADING
    return _LATER if leaf.secondary else _ANY


def _alternatives(program: Program) -> list[tuple[Program, ...]]:
    """The program as alternatives of questions that must all hold."""
    return list(itertools.islice(_spread(program), MOST_WAYS))


def _spread(program: Program) -> Iterator[tuple[Program, ...]]:
    if isinstance(program, OneOf):
        for part in program.parts:
            yield from _spread(part)
    elif isinstance(program, Both):
        for parts in itertools.product(*(_alternatives(part) for part in program.parts)):
            yield tuple(itertools.chain.from_iterable(parts))
    else:
        yield (program,)


_kept: list[tuple[Scheme, Ways]] = []
_lock = Lock()


def ways_of(scheme: Scheme) -> Ways:
    """The ways of a scheme, made once for each of the schemes used last."""
    with _lock:
        for known, ways in _kept:
            if known.steps is scheme.steps:  # other weights do not change the ways
                return ways
    made = Ways(scheme)
    with _lock:
        _kept.append((scheme, made))
        del _kept[:-_SCHEMES_KEPT]
    return made
