"""How a written code stands to the edition in force: in it, spelt otherwise, of another edition, damaged, cut.

Every distinct code has exactly one standing, so that one mistake gives one finding. Nothing is repaired here:
targets and candidates are offered. Sources: 医保发〔2019〕39号 (structure, edition) and the published maps.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property

import codebooks
from codebooks import CodeTable
from codebooks.code_kinds import JOINTS
from codebooks.editions import known
from codebooks.maps import FOLLOWED, code_map, others
from codebooks.spelling import DAGGERS, narrow_code, plain_name, skeleton, tidy_code
from codebooks.terms import EDITIONS


class Standing(IntEnum):
    """What a written code is to the edition in force."""

    CURRENT = 0
    SPELT_OTHERWISE = 1  # width, spaces, case, X for x, the sign of the dagger
    FORM_DIFFERS = 2  # point or filler x: one code has the same letters and digits
    OTHER_EDITION = 3
    NUMBER_DAMAGED = 4  # a spreadsheet took it for a number or a date
    ASTERISK_ALONE = 5
    CUT_SHORT = 6
    MALFORMED = 7
    UNKNOWN = 8
    OTHER_KIND = 9  # a code of something else: a consumable, a drug, a price item, the other use
    OTHER_EDITION_UNSURE = 10  # of another edition, and no map gives one target that may be followed


@dataclass(frozen=True, slots=True)
class Verdict:
    """The standing of one written code, the codes that may be meant, the edition or the kind of code it is of."""

    standing: Standing
    targets: tuple[str, ...] = ()
    edition: str = ""
    kind: str = ""


STANDARD_OF = {"diagnoses": "diagnosis", "procedures": "procedure"}

SHOWN = 6
"""How many candidates a message names."""

LONGEST_CATEGORY = 4
"""Digits that a category or subcategory may have without its point; more are a number."""

_DATE = re.compile(
    r"\d{4}[-/年]\d{1,2}([-/月]\d{1,2}日?)?( \d{1,2}:\d{2}(:\d{2})?)?|\d{1,2}[-/]\d{1,2}([-/]\d{2,4})?"
    r"|\d{1,2}月\d{1,2}日|\d{1,2}[-/](\d{1,2}月|[A-Za-z]{3})|[A-Za-z]{3}[-/]\d{2}|#.*"
)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([Ee][+-]?\d+)?")
_PLAIN = re.compile(r"\d{2}\.\d+")


@dataclass(frozen=True, slots=True)
class Edition:
    """Another edition: its title, its codes, the map to the edition in force and the rows of it to be followed."""

    title: str
    codes: frozenset[str]
    targets: dict[str, str]
    sure: frozenset[str] = frozenset()

    def holds(self, spellings: Iterable[str]) -> str | None:
        """The spelling under which this edition knows the code."""
        return next((code for code in spellings if code in self.codes or code in self.targets), None)


class CodeJudge:
    """Judges written codes of one use (``diagnoses``, ``procedures``) against one edition; keeps its verdicts."""

    def __init__(self, library: codebooks.Library, use: str, book: CodeTable) -> None:
        self.book = book
        self._library = library
        self._use = use
        self._kept: dict[str, Verdict] = {}
        self._shortest = 3 if use == "diagnoses" else 2
        self._structure = library.standards()[STANDARD_OF[use]]

    def verdict(self, written: str) -> Verdict:
        """The standing of one code as it was written."""
        found = self._kept.get(written)
        if found is None:
            found = self._kept[written] = self._judged(written)
        return found

    def name_of(self, code: str) -> str:
        """The official name of a code of this edition."""
        (position,) = self.book.ids([code]).tolist()
        return self.book.names[position] if position >= 0 else ""

    def _judged(self, written: str) -> Verdict:
        if written in self.book:
            return Verdict(Standing.CURRENT)
        tidy = tidy_code(written)
        if tidy in self.book:
            return Verdict(Standing.SPELT_OTHERWISE, (tidy,))
        crossed = tidy.translate(DAGGERS)
        if crossed in self.book:
            same = self._means_the_same(tidy, crossed)
            return Verdict(Standing.SPELT_OTHERWISE if same else Standing.FORM_DIFFERS, (crossed,))
        other = self._other_edition((tidy, crossed, crossed.replace("+", "†")))
        if other is not None:
            return other
        same_bones = self._with_bones(tidy)
        if len(same_bones) == 1:
            return Verdict(Standing.FORM_DIFFERS, same_bones)
        if same_bones:
            return Verdict(Standing.NUMBER_DAMAGED, same_bones)
        return self._fragment(written.strip(), crossed)

    def _means_the_same(self, tidy: str, crossed: str) -> bool:
        """Whether every edition that has the code with its own sign of the dagger calls it as ours calls it."""
        official = plain_name(self.name_of(crossed))
        held = [edition.names.get(tidy) for edition in known(self._library, self._use)]
        return all(not name or name == official for name in held)

    def _with_bones(self, tidy: str) -> tuple[str, ...]:
        """The codes with the same letters and digits, as they stand or behind a lost zero; a point written counts."""
        bones, head = skeleton(tidy), tidy.partition(".")[0] if "." in tidy else None
        found = (self._skeletons.get(bones, ""), self._skeletons.get("0" + bones, ""))
        heads = (head, f"0{head}")
        return tuple(
            code
            for code, own in zip(found, heads, strict=True)
            if code and (head is None or code.partition(".")[0] == own)
        )

    def _other_edition(self, spellings: tuple[str, ...]) -> Verdict | None:
        title = ""
        targets: dict[str, None] = {}
        sure = True
        for edition in self.editions:
            held = edition.holds(spellings)
            if held is None:
                continue
            title = title or edition.title
            target = edition.targets.get(held)
            if target is not None:
                sure &= held in edition.sure and target in self.book
                if target in self.book:
                    targets[target] = None
        if not title:
            return None
        certain = sure and len(targets) == 1
        standing = Standing.OTHER_EDITION if certain else Standing.OTHER_EDITION_UNSURE
        return Verdict(standing, tuple(targets), title)

    def _other_kind(self, tidy: str) -> Verdict | None:
        """A code that has the structure of something else, and is no code of this use that went wrong."""
        code = narrow_code(tidy)
        own = STANDARD_OF[self._use]
        other = "procedures" if self._use == "diagnoses" else "diagnoses"
        for kind in (*self._kinds.of(code), *self._kinds.of(tidy_code(tidy))):
            if kind.key == STANDARD_OF[other] and not self._is_of(other, tidy):
                continue
            if kind.key != own:
                return Verdict(Standing.OTHER_KIND, kind=kind.title)
        parts = self._kinds.national_part(code)
        if parts is not None and not self._structure.fits(tidy_code(parts[0])):
            return Verdict(Standing.OTHER_KIND, kind=self._kinds.of(parts[0])[0].title)
        return None

    def _is_of(self, use: str, code: str) -> bool:
        book = self._library.diagnoses() if use == "diagnoses" else self._library.procedures()
        return tidy_code(code) in book

    def _fragment(self, written: str, tidy: str) -> Verdict:
        other = self._other_kind(tidy)
        if other is not None:
            return other
        if _DATE.fullmatch(written) or ("e" in written.lower() and _NUMBER.fullmatch(written)):
            return Verdict(Standing.NUMBER_DAMAGED)
        if _NUMBER.fullmatch(tidy):
            same_number = self._numbers.get(float(tidy), ()) if "." in tidy else ()
            if same_number or self._use == "diagnoses" or (tidy.isdecimal() and len(tidy) > LONGEST_CATEGORY):
                return Verdict(Standing.NUMBER_DAMAGED, same_number)
        if self._use == "diagnoses" and self._is_asterisk(tidy):
            return Verdict(Standing.ASTERISK_ALONE)
        head = JOINTS.split(tidy, maxsplit=1)[0]
        if head in self.book:  # a national and a local code in one
            return Verdict(Standing.MALFORMED, (head,))
        beginning = tidy.rstrip(".x")
        longer = self._beginning_with(beginning) if len(beginning) >= self._shortest else ()
        if longer:
            return Verdict(Standing.CUT_SHORT, longer)
        return Verdict(Standing.UNKNOWN if self._structure.fits(tidy) else Standing.MALFORMED)

    def _is_asterisk(self, tidy: str) -> bool:
        return "+" not in tidy and (tidy.endswith("*") or tidy[:3] in self._asterisk_categories)

    def _beginning_with(self, beginning: str) -> tuple[str, ...]:
        start = bisect_left(self._sorted, beginning)
        found = []
        for code in self._sorted[start : start + SHOWN]:
            if not code.startswith(beginning):
                break
            found.append(code)
        return tuple(found)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.book.codes)

    @cached_property
    def _skeletons(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for code in self.book.codes:
            bones = skeleton(code)
            found[bones] = "" if bones in found else code
        return found

    @cached_property
    def _numbers(self) -> dict[float, tuple[str, ...]]:
        found: dict[float, tuple[str, ...]] = {}
        for code in self.book.codes:
            if _PLAIN.fullmatch(code):
                found[float(code)] = (*found.get(float(code), ()), code)
        return found

    @cached_property
    def _asterisk_categories(self) -> frozenset[str]:
        alone = {code[:3] for code in self.book.codes if "+" not in code}
        return frozenset(code.partition("+")[2][:3] for code in self.book.codes if "+" in code) - alone

    @cached_property
    def _kinds(self) -> codebooks.CodeKinds:
        return codebooks.CodeKinds(self._library)

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """The other editions, in the order in which they are asked: other years of the insurance edition first."""
        found = [
            Edition(
                str(row.get("title") or row["book"]), frozenset(self._library.codes(row["book"]).codes), {}
            )
            for table in self._library.all_tables(EDITIONS)
            for row in table.to_pylist()
            if row["use"] == self._use and row["book"] != self.book.name and self._library.has(row["book"])
        ]
        return (
            *found,
            *(_edition(self._library, self._use, row) for row in others(self._library, self._use)),
        )


def _edition(library: codebooks.Library, use: str, row: Mapping[str, str]) -> Edition:
    codes = library.codes(row["codes"]).codes if row["codes"] else ()
    own = code_map(library, use, row["key"])
    rows = own.rows if own is not None else {}
    return Edition(
        row["title"],
        frozenset(codes),
        {source: one.target for source, one in rows.items()},
        frozenset(source for source, one in rows.items() if one.fate in FOLLOWED),
    )


@cache
def judge(library: codebooks.Library, use: str, book: str) -> CodeJudge:
    """The judge of ``use`` for the edition ``book``; the same object for the same books."""
    return CodeJudge(library, use, library.codes(book))
