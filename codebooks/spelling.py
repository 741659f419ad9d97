"""How codes and names are written without meaning anything else: width, case, spaces, brackets, Roman numerals.

Nothing here decides whether two codes are the same; it takes away what cannot make them differ.
"""

import unicodedata

_INVISIBLE = dict.fromkeys([*range(0x20), 0x7F, 0xAD, 0x200B, 0x200C, 0x200D, 0xFEFF])
DAGGERS = str.maketrans({"†": "+", "✝": "+", "‡": "+", "☨": "+"})
_SAME = str.maketrans(
    {
        **dict.fromkeys("〔【［[{｛〈<《", "("),
        **dict.fromkeys("〕】］]}｝〉>》", ")"),
        **dict.fromkeys("–—―‐‑−－", "-"),
        **dict.fromkeys("\"'“”‘’`·・.。", ""),
        **dict.fromkeys("、;；", ","),
    }
)


def tidy_code(written: str) -> str:
    """A code of a diagnosis or procedure in half width, without spaces, in capitals but for the filler ``x``."""
    text = unicodedata.normalize("NFKC", written.translate(_INVISIBLE))
    text = "".join(text.split()).upper()
    # The filler is a small x; the category letter X is a capital.
    return text[:1] + text[1:].replace("X", "x")


def narrow_code(written: str) -> str:
    """Any other code in half width and capitals, without spaces."""
    return "".join(unicodedata.normalize("NFKC", written.translate(_INVISIBLE)).split()).upper()


def skeleton(code: str) -> str:
    """The letters and digits of a code without points, signs and the filler x."""
    upper = code.upper()
    return upper[:1] + "".join(sign for sign in upper[1:] if sign.isalnum() and sign != "X")


def plain_name(name: str) -> str:
    """A name without the differences of writing that mean nothing."""
    return "".join(unicodedata.normalize("NFKC", name.translate(_SAME)).translate(_SAME).casefold().split())
