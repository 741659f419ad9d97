"""Daggers and asterisks, external causes and morphology told apart; what the other editions carry of their levels."""

import pytest

import codebooks
from codebooks.code_parts import CodeParts, Part, parts_of

LIBRARY = codebooks.shipped()


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("I10.x00x002", CodeParts(Part.DISEASE, "I10.x00x002")),
        ("A01.002+G01*", CodeParts(Part.DAGGER_ASTERISK, "A01.002", "G01")),
        ("A01.000x003†G01*", CodeParts(Part.DAGGER_ASTERISK, "A01.000x003", "G01")),
        ("G01*", CodeParts(Part.ASTERISK, "", "G01")),
        ("W01.x00", CodeParts(Part.EXTERNAL_CAUSE, "W01.x00")),
        ("M80000/3", CodeParts(Part.MORPHOLOGY, morphology="M80000/3")),
        ("M8140/3", CodeParts(Part.MORPHOLOGY, morphology="M8140/3")),
        ("C22.101M81600/3", CodeParts(Part.DISEASE, "C22.101", "", "M81600/3")),
        ("M80.000", CodeParts(Part.DISEASE, "M80.000")),
        ("51.2300", CodeParts(Part.NONE)),
        ("", CodeParts(Part.NONE)),
    ],
)
def test_what_a_code_is_made_of(code: str, parts: CodeParts) -> None:
    assert parts_of(LIBRARY, code) == parts


def test_the_book_says_the_same() -> None:
    book = LIBRARY.diagnoses()
    asterisk, external = book.column("asterisk"), book.column("external_cause")
    for at in range(0, len(book), 7):
        found = parts_of(LIBRARY, book.codes[at])
        assert (found.part is Part.DAGGER_ASTERISK) == asterisk[at]
        assert (found.part is Part.EXTERNAL_CAUSE) == external[at]
        assert found.asterisk == book.column("asterisk_code")[at]


def test_the_clinical_edition_carries_its_levels() -> None:
    book = LIBRARY.codes("terms/icd10_clinical_2.0")
    row = book.row("C22.101M81600/3")
    assert (row["morphology"], row["category"], row["chapter_no"]) == ("M81600/3", "C22", "2")
    assert sum(bool(code) for code in book.column("morphology")) == 14
    procedures = LIBRARY.codes("terms/icd9cm3_clinical_3.0")
    row = procedures.row("00.0101")
    assert (row["class"], row["main_category"], row["subcategory"], row["chapter"]) == (
        "治疗性操作",
        "00",
        "00.0",
        "1",
    )


def test_every_diagnosis_has_a_chapter() -> None:
    for name in ("terms/icd10_nhsa_2.0", "terms/icd10_clinical_2.0", "terms/icd10_clinical_2.0_2022"):
        book = LIBRARY.codes(name)
        # The summary of 2022 has no external causes.
        without = {"20"} if name.endswith("2022") else set()
        assert set(book.column("chapter_no")) == {str(number) for number in range(1, 23)} - without, name
        assert all(book.column("chapter_name"))
