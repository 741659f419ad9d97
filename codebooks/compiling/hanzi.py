"""Pinyin of terms, made when codebooks are compiled; the running program has the columns and not the library.

``sources/terms/pinyin.csv`` overrides the reading of a phrase or a single character, with the reason.
"""

import unicodedata
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from codebooks.compiling.columns import broken, read_csv, require


class Speller:
    """Spells names in full pinyin and in initials."""

    def __init__(self, overrides: Path) -> None:
        columns = read_csv(overrides)
        require(columns, ("phrase", "pinyin", "reason"), overrides)
        self._overrides: list[tuple[str, list[str]]] = []
        for number, (phrase, pinyin) in enumerate(
            zip(columns["phrase"], columns["pinyin"], strict=True), start=2
        ):
            syllables = pinyin.split()
            if len(syllables) != len(phrase):
                raise broken(overrides, "bad_pinyin", row=number, phrase=phrase)
            self._overrides.append((phrase, syllables))
        self._overrides.sort(key=lambda entry: len(entry[0]))

    def spell(self, name: str) -> tuple[str, str]:
        """(full pinyin, initials) of ``name``: lower case; of the rest only letters and digits."""
        text = unicodedata.normalize("NFKC", name).lower()
        # Letter by letter where it is not Chinese, so that syllables stay aligned with the name.
        syllables: list[str] = lazy_pinyin(text, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]
        for phrase, reading in self._overrides:
            start = text.find(phrase)
            while start >= 0:
                syllables[start : start + len(phrase)] = reading
                start = text.find(phrase, start + 1)
        full, initials = [], []
        for character, syllable in zip(text, syllables, strict=True):
            spoken = "".join(letter for letter in syllable if letter.isascii() and letter.isalnum())
            full.append(spoken)
            initials.append(spoken[:1] if syllable != character else spoken)
        return "".join(full), "".join(initials)
