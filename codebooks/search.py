"""Finding terms as people type them: a code, a part of a name, pinyin initials or full pinyin.

Ranked: exact before prefix before the rest; within a rank the shorter name, then the code
(prefixes of codes: the code alone).
"""

import unicodedata
from collections.abc import Iterator, Sequence

_CODE_PREFIX = 3  # of the ranks 0 (best) to 7
_SPOKEN_MIN = 2  # one letter is in nearly every pinyin


def folded(text: str) -> str:
    """``text`` as it is compared: half-width, lower case, no surrounding space."""
    return unicodedata.normalize("NFKC", text).strip().lower()


class TermSearch:
    """An index over terms; ``spoken`` are their initials and their full pinyin (none: no search by sound)."""

    def __init__(self, codes: Sequence[str], names: Sequence[str], *spoken: Sequence[str]) -> None:
        self._codes = [code.lower() for code in codes]
        self._names = [folded(name) for name in names]
        self._spoken = spoken or ([""] * len(codes),)

    def find(self, text: str, limit: int) -> list[int]:
        """The positions of the best ``limit`` terms; several words must all be found, none finds nothing."""
        words = folded(text).split()
        if not words or limit < 1:
            return []
        ranks = dict(self._ranks(words[0]))
        for word in words[1:]:
            here = dict(self._ranks(word))
            ranks = {
                position: max(rank, here[position]) for position, rank in ranks.items() if position in here
            }

        def order(position: int) -> tuple[int, int, str]:
            rank = ranks[position]
            length = 0 if rank == _CODE_PREFIX else len(self._names[position])
            return rank, length, self._codes[position]

        return sorted(ranks, key=order)[:limit]

    def _ranks(self, word: str) -> Iterator[tuple[int, int]]:
        """(position, rank) of every term that ``word`` finds."""
        spoken = word.replace("'", "")
        by_sound = spoken.isascii() and len(spoken) >= _SPOKEN_MIN
        for position, (code, name, *sounds) in enumerate(
            zip(self._codes, self._names, *self._spoken, strict=True)
        ):
            if word in code and code.startswith(word):
                yield position, 0 if code == word else _CODE_PREFIX
            elif word in name:
                yield position, 1 if name == word else 4 if name.startswith(word) else 6
            elif by_sound:
                for sound in sounds:
                    if spoken in sound:
                        yield position, 2 if sound == spoken else 5 if sound.startswith(spoken) else 7
                        break
