"""The standards: structures as segments, what breaks them, all codes that are known, a new one as rows, documents."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import codebooks
from codebooks import arrow, pages, registry
from codebooks.code_kinds import CodeKinds
from codebooks.standards import Strength
from codebooks.structures import Fault, composed
from tests.codebooks.test_library import write_books

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = codebooks.shipped()
STANDARDS = LIBRARY.standards()
BUILT = [standard for standard in STANDARDS.values() if standard.variants]
KINDS = CodeKinds(LIBRARY)
by_standard = pytest.mark.parametrize("standard", STANDARDS.values(), ids=lambda standard: standard.key)
built = pytest.mark.parametrize("standard", BUILT, ids=lambda standard: standard.key)

# Codes of the clinical editions that carry a morphology code or lack a sign: printed so.
PRINTED_OTHERWISE = {
    "terms/icd10_clinical_2.0": 19,
    "terms/icd9cm3_clinical_3.0": 2,
    "terms/icd9cm3_clinical_3.0_2022": 3,
}


ODD_IN_THE_SUMMARY = 19


def test_all_of_the_published_list_are_there() -> None:
    numbers = [standard.number for standard in STANDARDS.values()]
    assert len(numbers) == len(set(numbers)) == 23
    assert {int(number.rstrip("abcde")) for number in numbers} == set(range(1, 17))


@by_standard
def test_every_standard_says_how_sure_it_is(standard: codebooks.Standard) -> None:
    assert standard.reason
    assert standard.title_en
    assert (standard.pattern is None) == (standard.strength in (Strength.UNPUBLISHED, Strength.DATASET))
    assert bool(standard.variants) == (standard.pattern is not None)
    assert standard.weak == (standard.strength is Strength.INFERRED)


@built
@given(data=st.data())
def test_segments_make_the_published_pattern(standard: codebooks.Standard, data: st.DataObject) -> None:
    """What the one accepts the other accepts, tried with codes made from each."""
    assert standard.pattern is not None
    own = re.compile(composed(standard.variants), re.ASCII)
    for pattern in (standard.pattern, own):
        code = data.draw(st.from_regex(pattern, fullmatch=True)).rstrip("\n")
        assert own.fullmatch(code), code
        assert standard.pattern.fullmatch(code), code
        parsed = standard.parse(code)
        assert parsed.fits
        assert "".join(part.value for part in parsed.parts) == code


@built
@given(code=st.text(max_size=30))
def test_taking_apart_agrees_with_the_pattern(standard: codebooks.Standard, code: str) -> None:
    parsed = standard.parse(code)
    assert parsed.fits == standard.fits(code)
    if parsed.broken:
        assert parsed.broken.reason("zh")
        assert parsed.broken.reason("en").isascii() or not code.isascii()


@built
@given(data=st.data())
def test_a_cut_code_is_short_and_a_longer_one_long(standard: codebooks.Standard, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(standard.examples)) if standard.examples else None
    if code is None:
        return
    longer = standard.parse(code + "#").broken
    assert longer is not None
    assert longer.found.endswith("#")
    cut = code[: data.draw(st.integers(1, len(code) - 1))]
    if not standard.fits(cut):
        broken = standard.parse(cut).broken
        assert broken is not None
        assert (broken.fault, broken.found) == (Fault.SHORT, "") or cut.endswith(broken.found)


def test_segments_have_names_and_meanings() -> None:
    parsed = STANDARDS["physician"].parse("D421003007628")
    assert [(part.segment.name_en, part.value, part.meaning) for part in parsed.parts][1] == (
        "administrative division",
        "421003",
        "荆州区",
    )
    region = STANDARDS["service_item"].parse("332502019010000").parts[0]
    assert (region.value, region.meaning) == ("33", "浙江省")
    assert parsed.part("sequence") == "007628"
    assert STANDARDS["consumable"].parse("C0101010011303807555" + "0000001").part("单件产品") == "0000001"


@pytest.mark.parametrize(
    ("key", "code", "fault", "position"),
    [
        ("physician", "N421003007628", Fault.WRONG, 1),
        ("physician", "D42100300762", Fault.WRONG, 8),
        ("physician", "D4210030076281", Fault.LONG, 14),
        ("diagnosis", "I10x00", Fault.WRONG, 4),
        ("diagnosis", "", Fault.EMPTY, 1),
        ("procedure", "38.93", Fault.SHORT, 6),
        ("outpatient_condition", "M039", Fault.SHORT, 5),
    ],
)
def test_where_a_code_breaks(key: str, code: str, fault: Fault, position: int) -> None:
    broken = STANDARDS[key].parse(code).broken
    assert broken is not None
    assert (broken.fault, broken.position) == (fault, position)


@pytest.mark.parametrize(
    ("book", "key"),
    [
        ("terms/icd10_nhsa_2.0", "diagnosis"),
        ("terms/icd9cm3_nhsa_2.0", "procedure"),
        ("terms/icd10_clinical_2.0", "diagnosis"),
        ("terms/icd9cm3_clinical_3.0", "procedure"),
        ("terms/icd9cm3_clinical_3.0_2022", "procedure"),
        ("terms/procedure_class_clinical_2.0", "procedure"),
        ("standards/outpatient_conditions", "outpatient_condition"),
    ],
)
def test_every_code_of_a_book_has_its_structure(book: str, key: str) -> None:
    codes = arrow.strings(LIBRARY.table(book), "code")
    standard = STANDARDS[key]
    odd = [code for code, fits in zip(codes, standard.fits_all(codes), strict=True) if not fits]
    assert len(odd) == PRINTED_OTHERWISE.get(book, 0)
    assert not [code for code in codes if standard.parse(code).fits != standard.fits(code)]


def test_the_dagger_of_the_clinical_summary_is_the_only_other_sign() -> None:
    codes = LIBRARY.codes("terms/icd10_clinical_2.0_2022").codes
    odd = [code for code in codes if not STANDARDS["diagnosis"].fits(code)]
    other = [code for code in odd if not STANDARDS["diagnosis"].fits(code.replace("†", "+"))]
    assert len(odd) == 1_133
    assert len(other) == ODD_IN_THE_SUMMARY


def test_maps_lead_to_codes_of_the_structure() -> None:
    for book in LIBRARY.books():
        if book.name.startswith("terms/map_"):
            key = "diagnosis" if "icd10" in book.name else "procedure"
            targets = arrow.strings(LIBRARY.table(book.name), "to_code")
            assert STANDARDS[key].fits_all(targets).all(), book.name


def test_divisions_have_six_digits() -> None:
    assert all(
        re.fullmatch(r"\d{6}", code) for code in LIBRARY.codes("standards/administrative_divisions").codes
    )


def test_fits_all_is_fits_of_each() -> None:
    assert STANDARDS["physician"].fits_all(["D421003007628", None, "x"]).tolist() == [True, False, False]


def test_a_new_standard_and_a_new_edition_are_rows(tmp_path: Path) -> None:
    """A 24th standard with its segments and its codes, and a changed first one: no code, a folder."""
    printed = {
        "no": ["17", "5"],
        "key": ["ambulance", "medical_institution"],
        "name_zh": ["救护车", "定点医疗机构"],
        "name_en": ["ambulance", "designated medical institution"],
        "example": ["AB12", "G123"],
    }
    own = {
        "key": ["ambulance", "medical_institution"],
        "edition": ["2030", "2031"],
        "valid_from": ["2030-01-01", "2031-01-01"],
        "strength": ["inferred", "official"],
        "book": ["own/ambulances", ""],
    }
    segments = {
        "standard": ["ambulance", "ambulance", "medical_institution", "medical_institution"],
        "variant": ["1"] * 4,
        "seq": ["1", "2", "1", "2"],
        "name_zh": ["字母", "数字", "字母", "数字"],
        "name_en": ["letters", "digits", "letter", "digits"],
        "length": ["2", "2", "1", "3"],
        "pattern": ["[A-Z]{2}", r"\d{2}", "G", r"\d{3}"],
        "optional": [""] * 4,
        "values": ["", "fleet", "", ""],
        "padding": [""] * 4,
    }
    write_books(
        tmp_path,
        standards__standards=arrow.build(printed, {}),
        sources__standards__registry=arrow.build(own, {}),
        sources__standards__segments=arrow.build(segments, {}),
        sources__standards__segment_values=arrow.build(
            {"list": ["fleet"], "code": ["12"], "zh": ["市急救中心"], "en": ["city"]}, {}
        ),
        own__ambulances=arrow.build({"code": ["AB12"], "name": ["一号车"]}, {}),
    )
    library = codebooks.open_library([tmp_path])
    found = library.standards()
    assert len(found) == 24
    ambulance = found["ambulance"]
    assert ambulance.weak
    assert ambulance.fits("AB12")
    assert not ambulance.fits("A12")
    assert ambulance.parse("AB12").parts[1].meaning == "市急救中心"
    institution = found["medical_institution"]
    assert institution.edition == "2031"
    assert institution.fits("G123")
    assert not institution.fits("H31010600037")
    held = {one.standard.key: one for one in registry.loaded(library)}
    assert held["ambulance"].own
    assert held["ambulance"].rows == 1
    assert held["ambulance"].as_of is not None
    assert not held["diagnosis"].own
    assert registry.codes_of(library, "ambulance") == frozenset({"AB12"})
    assert [kind.key for kind in CodeKinds(library).of("AB12")] == ["ambulance"]
    assert "17-ambulance.md" in pages.pages(library)


def test_a_list_that_is_not_whole_makes_no_code_unknown() -> None:
    assert registry.codes_of(LIBRARY, "outpatient_condition") is None
    assert registry.codes_of(LIBRARY, "physician") is None
    assert len(registry.codes_of(LIBRARY, "diagnosis") or ()) == 33_307


@pytest.mark.parametrize("kind", KINDS.all, ids=lambda kind: kind.key)
def test_examples_are_of_their_kind(kind: object) -> None:
    assert isinstance(kind, codebooks.CodeKind)
    for example in (code for code in kind.example.split("; ") if code):
        assert kind in KINDS.of(example)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("C0101010011303807555" + "0000001", "consumable"),
        ("86900001000019", "drug_standard_code"),
        ("国药准字H20063466", "drug_approval"),
        ("250102001", "local_price_item"),
        ("X-J01CA-A040-A006", "drug_class_path"),
        ("M80000/3", "morphology"),
        ("A07.01.01", "tcm_disease"),
        ("M03900", "outpatient_condition"),
    ],
)
def test_what_kind_a_code_is(code: str, key: str) -> None:
    assert [kind.key for kind in KINDS.of(code)] == [key]


def test_a_composite_has_a_national_part() -> None:
    assert KINDS.national_part("C0101010011303807555-0231") == ("C0101010011303807555", "0231")
    assert KINDS.national_part("X-J01CA-A040-A006") is None
    assert KINDS.national_part("C0101010011303807555") is None
    assert KINDS.national_part("local-0231") is None


def test_documents_of_the_standards_are_current() -> None:
    """``python -m codebooks pages`` writes them anew."""
    folder = ROOT / "docs" / "standards"
    kept = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    assert kept == pages.pages(LIBRARY)
