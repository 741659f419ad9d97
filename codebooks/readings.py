"""How single Chinese characters are read, for names whose pinyin nobody has made.

The table is compiled (``terms/readings``); where a name's own pinyin is known, that is better, since many
characters have several readings.
"""

from collections.abc import Mapping, Sequence

_KEPT = "\n"


class Readings:
    """Spells names character by character; ``syllables`` maps a character to its pinyin without tone."""

    def __init__(self, syllables: Mapping[str, str]) -> None:
        self._full = _Letters({ord(character): syllable for character, syllable in syllables.items()})
        self._initials = _Letters({ord(character): syllable[:1] for character, syllable in syllables.items()})

    def spell(self, names: Sequence[str]) -> tuple[list[str], list[str]]:
        """(initials, full pinyin) of folded ``names``: of what is not Chinese only ASCII letters and digits."""
        if not names:
            return [], []
        joined = _KEPT.join(names)
        return joined.translate(self._initials).split(_KEPT), joined.translate(self._full).split(_KEPT)


class _Letters(dict[int, str]):
    """A translation that keeps ASCII letters, digits and line ends and drops what it does not know."""

    def __missing__(self, character: int) -> str:
        letter = chr(character)
        kept = letter if letter == _KEPT or (letter.isascii() and letter.isalnum()) else ""
        self[character] = kept
        return kept
