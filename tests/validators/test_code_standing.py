"""Every written code has one standing: what it is to the edition in force, and what may be meant."""

import pytest

import codebooks
from validators.code_standing import CodeJudge, Standing, judge

LIBRARY = codebooks.shipped()
DIAGNOSES = judge(LIBRARY, "diagnoses", LIBRARY.diagnoses().name)
PROCEDURES = judge(LIBRARY, "procedures", LIBRARY.procedures().name)


@pytest.mark.parametrize("own", [DIAGNOSES, PROCEDURES], ids=["diagnoses", "procedures"])
def test_every_code_of_the_edition_is_current(own: CodeJudge) -> None:
    assert {own.verdict(code).standing for code in own.book.codes} == {Standing.CURRENT}


@pytest.mark.parametrize(
    ("own", "written", "standing", "targets"),
    [
        (DIAGNOSES, "i10.X00X002", Standing.SPELT_OTHERWISE, ("I10.x00x002",)),
        (DIAGNOSES, "Ｉ１０．ｘ００ｘ００２", Standing.SPELT_OTHERWISE, ("I10.x00x002",)),
        (DIAGNOSES, " K80.101\t", Standing.SPELT_OTHERWISE, ("K80.101",)),
        (DIAGNOSES, "A01.002+g01*", Standing.SPELT_OTHERWISE, ("A01.002+G01*",)),
        (DIAGNOSES, "A01.002†G01*", Standing.SPELT_OTHERWISE, ("A01.002+G01*",)),
        (DIAGNOSES, "A01.002+G01", Standing.FORM_DIFFERS, ("A01.002+G01*",)),
        (DIAGNOSES, "I10。x00x002", Standing.FORM_DIFFERS, ("I10.x00x002",)),
        (DIAGNOSES, "K80101", Standing.FORM_DIFFERS, ("K80.101",)),
        (DIAGNOSES, "I10.00", Standing.FORM_DIFFERS, ("I10.x00",)),
        (DIAGNOSES, "A00.001", Standing.OTHER_EDITION, ("A00.000x001",)),
        (DIAGNOSES, "A01.000x003†G01*", Standing.OTHER_EDITION_UNSURE, ("A01.002+G01*",)),
        (DIAGNOSES, "P78.304", Standing.OTHER_EDITION_UNSURE, ()),
        (DIAGNOSES, "A15.308", Standing.OTHER_EDITION_UNSURE, ("A15.300",)),
        (DIAGNOSES, "C0101010011303807555", Standing.OTHER_KIND, ()),
        (DIAGNOSES, "C0101010011303807555-0231", Standing.OTHER_KIND, ()),
        (DIAGNOSES, "51.2300", Standing.OTHER_KIND, ()),
        (DIAGNOSES, "86900001000019", Standing.OTHER_KIND, ()),
        (DIAGNOSES, "国药准字H20063466", Standing.OTHER_KIND, ()),
        (DIAGNOSES, "X-J01CA-A040-A006", Standing.OTHER_KIND, ()),
        (DIAGNOSES, "M80000/3", Standing.OTHER_KIND, ()),
        (DIAGNOSES, "1.1E+14", Standing.NUMBER_DAMAGED, ()),
        (PROCEDURES, "I10.x00x002", Standing.OTHER_KIND, ()),
        (PROCEDURES, "330100005000000", Standing.OTHER_KIND, ()),
        (PROCEDURES, "1.1E+14", Standing.NUMBER_DAMAGED, ()),
        (DIAGNOSES, "45123", Standing.NUMBER_DAMAGED, ()),
        (DIAGNOSES, "1-May", Standing.NUMBER_DAMAGED, ()),
        (DIAGNOSES, "#N/A", Standing.NUMBER_DAMAGED, ()),
        (DIAGNOSES, "G01*", Standing.ASTERISK_ALONE, ()),
        (DIAGNOSES, "H36.0", Standing.ASTERISK_ALONE, ()),
        (DIAGNOSES, "-", Standing.MALFORMED, ()),
        (DIAGNOSES, "K80.1018", Standing.MALFORMED, ()),
        (DIAGNOSES, "K80.101-0012", Standing.MALFORMED, ("K80.101",)),
        (DIAGNOSES, "K80.199", Standing.UNKNOWN, ()),
        (PROCEDURES, "3.3100", Standing.FORM_DIFFERS, ("03.3100",)),
        (PROCEDURES, "0.6600", Standing.FORM_DIFFERS, ("00.6600",)),
        (PROCEDURES, "33100", Standing.NUMBER_DAMAGED, ("33.1x00", "03.3100")),
        (PROCEDURES, "51.2300 ", Standing.SPELT_OTHERWISE, ("51.2300",)),
        (PROCEDURES, "17.912a0", Standing.SPELT_OTHERWISE, ("17.912A0",)),
        (PROCEDURES, "1.5900X053", Standing.FORM_DIFFERS, ("01.5900x053",)),
        (PROCEDURES, "00.01001", Standing.OTHER_EDITION, ("00.0101",)),
        (PROCEDURES, "38.93", Standing.NUMBER_DAMAGED, ("38.9300",)),
        (PROCEDURES, "0.01", Standing.NUMBER_DAMAGED, ("00.0100",)),
        (PROCEDURES, "5.12E+05", Standing.NUMBER_DAMAGED, ()),
        (PROCEDURES, "51.2399", Standing.UNKNOWN, ()),
        (PROCEDURES, "胆囊切除", Standing.MALFORMED, ()),
    ],
)
def test_what_a_written_code_is(
    own: CodeJudge, written: str, standing: Standing, targets: tuple[str, ...]
) -> None:
    verdict = own.verdict(written)
    assert (verdict.standing, verdict.targets) == (standing, targets)


@pytest.mark.parametrize("written", ["I63", "I63.9", "I10.x", "I10.x00x00"])
def test_a_code_cut_short_names_longer_ones(written: str) -> None:
    verdict = DIAGNOSES.verdict(written)
    assert verdict.standing is Standing.CUT_SHORT
    assert verdict.targets
    assert all(target.startswith(written.rstrip(".x")) for target in verdict.targets)


def test_the_edition_is_named() -> None:
    assert "北京" in DIAGNOSES.verdict("A00.001").edition
    assert "临床" in DIAGNOSES.verdict("A02.100x004").edition


def test_no_target_is_outside_the_edition() -> None:
    for own in (DIAGNOSES, PROCEDURES):
        for edition in own.editions:
            for code in list(edition.targets)[::50]:
                assert all(target in own.book for target in own.verdict(code).targets)
