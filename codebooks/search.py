"""Finding terms as people type them: a code, a part of a name, pinyin initials or full pinyin.

Ranked: what is it exactly, what begins so, what has it inside, what would with one letter put right; among
equals what the batch at hand uses often, then the shorter name, then the code. Columns are searched as a
whole, without a loop over terms.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codebooks.readings import Readings

NONE = 255
EXACT, PREFIX, INSIDE, NEARLY = 0, 1, 2, 3
"""How well a term fits what was typed, best first."""

_SPOKEN_MIN = 2  # one letter is in nearly every pinyin
_NEARLY_MIN = 4  # of a shorter word nearly everything is one letter away


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
        self._codes = _column(code.lower() for code in codes)
        self._undotted = _column(code.lower().replace(".", "") for code in codes)
        plain = _folded_all(names)
        self._names = _column(plain)
        self._readings = readings
        if not spoken and readings is not None:
            spoken = readings.spell(plain)
        self._spoken = tuple(_column(sounds) for sounds in spoken)
        # The place of every code among all codes: what is alike in all else stands in the order of codes.
        self._order = np.argsort(np.argsort(np.array([code.lower() for code in codes], dtype=object)))
        self._lengths = np.array([len(name) for name in plain], dtype=np.int32)

    def __len__(self) -> int:
        return len(self._lengths)

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
        by_code = pc.starts_with(self._by_code(words[0]), words[0]).to_numpy(zero_copy_only=False)[hits]
        lengths = np.where(by_code, 0, self._lengths[hits])
        best = hits[np.lexsort((self._order[hits], lengths, ~by_code, -used, ranks[hits]))][:limit]
        return best, ranks[best]

    def _by_code(self, word: str) -> Any:  # noqa: ANN401 - a pyarrow array
        """The codes as ``word`` writes them: many people leave out the dot."""
        return self._codes if "." in word else self._undotted

    def _of_all(self, words: Sequence[str], ranked: Callable[[str], NDArray[np.uint8]]) -> NDArray[np.uint8]:
        ranks = ranked(words[0])
        for word in words[1:]:
            ranks = np.maximum(ranks, ranked(word))
        return ranks

    def _ranks(self, word: str) -> NDArray[np.uint8]:
        ranks = np.minimum(_found(self._names, word), _starts(self._by_code(word), word))
        spoken = word.replace("'", "")
        if spoken.isascii() and len(spoken) >= _SPOKEN_MIN:
            for sounds in self._spoken:
                np.minimum(ranks, _found(sounds, spoken), out=ranks)
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
                    ranks, np.where(_found(sounds, wanted) < NONE, NEARLY, NONE), out=ranks, casting="unsafe"
                )
            if (ranks < NONE).any():
                return ranks
        if len(wanted) < _NEARLY_MIN:
            return ranks
        for column in columns:
            pattern = one_wrong(wanted, at_start=column is self._codes)
            hit = pc.match_substring_regex(column, pattern).to_numpy(zero_copy_only=False)
            ranks[hit] = NEARLY
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


def _column(values: Iterable[str]) -> Any:  # noqa: ANN401 - a pyarrow array
    return pa.array(values, pa.string())


def _folded_all(names: Sequence[str]) -> list[str]:
    """The names folded, at once: one call for all is many times quicker than one for each."""
    joined = "\n".join(name.replace("\n", " ") for name in names)
    return (
        [name.strip() for name in unicodedata.normalize("NFKC", joined).lower().split("\n")] if names else []
    )


def _found(column: Any, word: str) -> NDArray[np.uint8]:  # noqa: ANN401 - a pyarrow array
    """For every text how ``word`` stands in it: as the whole, at its beginning, inside, or not (``NONE``)."""
    at = pc.find_substring(column, word).to_numpy(zero_copy_only=False)
    ranks = np.full(len(at), NONE, np.uint8)
    ranks[at > 0] = INSIDE
    begins = np.flatnonzero(at == 0)
    whole = pc.equal(column.take(pa.array(begins)), word).to_numpy(zero_copy_only=False)
    ranks[begins] = np.where(whole, EXACT, PREFIX)
    return ranks


def _starts(column: Any, word: str) -> NDArray[np.uint8]:  # noqa: ANN401 - a pyarrow array
    """As ``_found``, for codes: only their beginning counts."""
    ranks = _found(column, word)
    ranks[ranks == INSIDE] = NONE
    return ranks
