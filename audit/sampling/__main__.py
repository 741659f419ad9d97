"""``python -m audit.sampling``: make the shipped samples and their keys anew (``resources/samples``)."""

from pathlib import Path

import codebooks
import resources
from audit.sampling import Sample, sample, write
from audit.sampling.tables import Tables
from audit.sampling.writing import in_batches, messages, write_archive, write_key

NAME = "settlement_lists_500.zip"
CASES, SEED, DEFECTS, LISTS_A_FILE = 500, 20_261_100, 0.3, 250
WORKBOOK, WORKBOOK_CASES = "settlement_lists_40.xlsx", 40


def shipped() -> Sample:
    """The shipped sample."""
    return sample(CASES, SEED, DEFECTS)


def members(made: Sample) -> list[tuple[str, str]]:
    """The files of the archive: name and text."""
    library = codebooks.shipped()
    lines = messages(made.batch, library.layout(made.layout), Tables(library).settings, bare=False)
    texts = in_batches(lines, LISTS_A_FILE)
    return [(f"settlement_lists_{number}.jsonl", text) for number, text in enumerate(texts, start=1)]


def main(folder: Path | None = None) -> Path:
    """Write archive, workbook and keys into ``folder`` (by default where the shipped ones are); gives the folder."""
    place = folder if folder is not None else Path(resources.__file__).parent / "samples"
    place.mkdir(parents=True, exist_ok=True)
    made = shipped()
    archive = place / NAME
    write_archive(members(made), archive)
    write_key(made.key, archive)
    write(sample(WORKBOOK_CASES, SEED, DEFECTS), made.layout, place / WORKBOOK)
    return place


if __name__ == "__main__":
    print(main())
