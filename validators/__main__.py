"""``python -m validators``: write the handbook of checks, Chinese and English, into ``docs``."""

from pathlib import Path

import codebooks
from validators.handbook import handbook

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    """Write both languages."""
    for language in ("zh", "en"):
        path = DOCS / f"handbook.{language}.md"
        path.write_text(handbook(codebooks.shipped(), language), "utf-8")
        print(path.name)


if __name__ == "__main__":
    main()
