"""Finding terms as people type them: a code, a part of a name, pinyin initials or full pinyin.

Ranked: what is it exactly, what begins so, what has it inside, what would with one letter put right; among
equals what the batch at hand uses often, then the shorter name, then the code. Columns are searched as a
whole, without a loop over terms.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codebooks.readings import Readings
from codebooks.spelling import DAGGERS

NONE = 255
EXACT, PREFIX, INSIDE, NEARLY = 0, 1, 2, 3
"""How well a term fits what was typed, best first."""

_ASTERISK_CODE = re.compile(r"[a-z]\d\d")  # what stands behind a dagger: the code of a manifestation
_SPOKEN_MIN = 2  # one letter is in nearly every pinyin
_NEARLY_MIN = 4  # of a shorter word nearly everything is one letter away


def same_code(code: str, written: str) -> bool:
    """Whether ``written`` is ``code`` but for width, case, points and the sign of the dagger."""
    return _bare(code) == _bare(written)


def _bare(code: str) -> str:
    return folded(code).translate(DAGGERS).replace(".", "")


def _as_code(word: str) -> str:
    """A folded word as codes are written here; a dagger at its end has nothing behind it yet."""
    return word.translate(DAGGERS).rstrip("+") or word


def folded(text: str) -> str:
    """``text`` as it is compared: half-width, lower case, no surrounding space."""
    return unicodedata.normalize("NFKC", text).strip().lower()


class TermSearch:
    """An index over terms, in the order of their codes.

    ``spoken`` are their initials and their full pinyin, where they are known better than by ``readings``,
    which spells single characters. Without either there is no search by sound.
    """

    def __init__(
        self,
        codes: Sequence[str],
        names: Sequence[str],
        *spoken: Sequence[str],
        readings: Readings | None = None,
    ) -> None:
        lowered = [code.lower() for code in codes]
        self._codes = _Lines(lowered)
        self._undotted = _Lines([code.replace(".", "") for code in lowered])
        plain = _folded_all(names)
        self._names = _Lines(plain)
        self._readings = readings
        if not spoken and readings is not None:
            spoken = readings.spell(plain)
        self._spoken = tuple(_Lines(sounds) for sounds in spoken)
        # The place of every code among all codes: what is alike in all else stands in the order of codes.
        self._order = np.argsort(np.argsort(np.array(lowered, dtype=object)))

    def __len__(self) -> int:
        return len(self._names.lengths)

    def find(self, text: str, limit: int, often: NDArray[np.integer[Any]] | None = None) -> list[int]:
        """The positions of the best ``limit`` terms; several words must all be found, none finds nothing.

        ``often`` counts how often the batch at hand uses each term. Only where nothing fits what was typed,
        what would fit with one letter put right is found.
        """
        positions, _ = self.ranked(text, limit, often)
        if not len(positions):
            positions, _ = self.ranked(text, limit, often, nearly=True)
        return [int(position) for position in positions]

    def ranked(
        self, text: str, limit: int, often: NDArray[np.integer[Any]] | None = None, *, nearly: bool = False
    ) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """The positions of the best ``limit`` terms, best first, and how well each fits (``EXACT`` … ``NEARLY``)."""
        words = folded(text).split()
        if not words or limit < 1 or not len(self):
            return np.zeros(0, np.int64), np.zeros(0, np.uint8)
        ranks = self._of_all(words, self._nearly if nearly else self._ranks)
        hits = np.flatnonzero(ranks < NONE)
        used = np.zeros(len(hits), np.int64) if often is None else often[hits]
        # A code that is being typed is looked through in the order of codes, not of lengths.
        first = _as_code(words[0])
        by_code = self._by_code(first).starts(first)[hits] < NONE
        lengths = np.where(by_code, 0, self._names.lengths[hits])
        best = hits[np.lexsort((self._order[hits], lengths, ~by_code, -used, ranks[hits]))][:limit]
        return best, ranks[best]

    def _by_code(self, word: str) -> "_Lines":
        """The codes as ``word`` writes them: many people leave out the dot."""
        return self._codes if "." in word else self._undotted

    def _of_all(self, words: Sequence[str], ranked: Callable[[str], NDArray[np.uint8]]) -> NDArray[np.uint8]:
        ranks = ranked(words[0])
        for word in words[1:]:
            ranks = np.maximum(ranks, ranked(word))
        return ranks

    def _ranks(self, word: str) -> NDArray[np.uint8]:
        written = _as_code(word)
        ranks = np.minimum(self._names.found(word), self._by_code(written).starts(written))
        if _ASTERISK_CODE.match(written):
            np.minimum(ranks, self._by_code(written).behind(written), out=ranks)
        spoken = word.replace("'", "")
        if spoken.isascii() and len(spoken) >= _SPOKEN_MIN:
            for sounds in self._spoken:
                np.minimum(ranks, sounds.found(spoken), out=ranks)
        return ranks

    def _nearly(self, word: str) -> NDArray[np.uint8]:
        """Terms that the word finds as it is, by its sound (another character typed), or with one letter put right."""
        ranks = self._ranks(word)
        if (ranks < NONE).any():
            return ranks
        columns, wanted = (self._codes, *self._spoken), word
        if not word.isascii():
            if self._readings is None or len(word) < _SPOKEN_MIN:
                return ranks
            columns, wanted = self._spoken[1:], self._readings.spell([word])[1][0]
            for sounds in columns:
                np.minimum(
                    ranks, np.where(sounds.found(wanted) < NONE, NEARLY, NONE), out=ranks, casting="unsafe"
                )
            if (ranks < NONE).any():
                return ranks
        if len(wanted) < _NEARLY_MIN:
            return ranks
        for column in columns:
            pattern = one_wrong(wanted, at_start=column is self._codes)
            ranks[column.like(pattern)] = NEARLY
        return ranks


def one_wrong(word: str, *, at_start: bool) -> str:
    """A pattern for ``word`` with one letter wrong, missing, too many or swapped with the next."""
    ways = set()
    for place in range(len(word)):
        head, letter, rest = word[:place], word[place], word[place + 1 :]
        ways.add(f"{re.escape(head)}.?{re.escape(rest)}")
        ways.add(f"{re.escape(head)}.{re.escape(letter + rest)}")
        if rest:
            ways.add(re.escape(head + rest[0] + letter + rest[1:]))
    # Without its first letter a word would be found inside of too much: there the letter is another, not none.
    ways.discard(f".?{re.escape(word[1:])}")
    ways.add(f".{re.escape(word[1:])}")
    return f"{'^' if at_start else ''}(?:{'|'.join(sorted(ways))})"


def _folded_all(names: Sequence[str]) -> list[str]:
    """The names folded, at once: one call for all is many times quicker than one for each."""
    joined = "\n".join(name.replace("\n", " ") for name in names)
    return (
        [name.strip() for name in unicodedata.normalize("NFKC", joined).lower().split("\n")] if names else []
    )


class _Lines:
    """Texts as the lines of one: to look through one long text is many times quicker than through each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._text = "\n" + "\n".join(texts)
        self.lengths = np.fromiter(map(len, texts), np.int32, len(texts))
        self._begins = np.cumsum(np.concatenate([[1], self.lengths[:-1] + 1])) if len(texts) else self.lengths

    def found(self, word: str) -> NDArray[np.uint8]:
        """For every text how ``word`` stands in it: as the whole, at its beginning, inside, or not (``NONE``)."""
        return self._ranks(self._places(word), len(word))

    def starts(self, word: str) -> NDArray[np.uint8]:
        """As ``found``, where only the beginning counts."""
        return self._ranks(self._places(f"\n{word}") + 1, len(word))

    def behind(self, word: str) -> NDArray[np.uint8]:
        """As ``found``, where only what stands behind a ``+`` counts."""
        return self._ranks(self._places(f"+{word}") + 1, len(word))

    def like(self, pattern: str) -> NDArray[np.bool_]:
        """Which texts have a part like ``pattern``; in time that does not depend on the pattern."""
        return np.asarray(pc.match_substring_regex(self._column, pattern))

    @cached_property
    def _column(self) -> Any:  # noqa: ANN401 - a pyarrow array
        return pa.array(self._text.split("\n")[1:], pa.string())

    def _places(self, word: str) -> NDArray[np.int64]:
        return np.fromiter((hit.start() for hit in re.finditer(re.escape(word), self._text)), np.int64)

    def _ranks(self, places: NDArray[np.int64], length: int) -> NDArray[np.uint8]:
        rows = np.searchsorted(self._begins, places, side="right") - 1
        begins = rows[self._begins[rows] == places]
        ranks = np.full(len(self.lengths), NONE, np.uint8)
        ranks[rows] = INSIDE
        ranks[begins] = PREFIX
        ranks[begins[self.lengths[begins] == length]] = EXACT
        return ranks
