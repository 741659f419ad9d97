"""Which edition: whole books, shared codes with and without names, mixtures, slips, single pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import codebooks
from codebooks import editions, maps
from codebooks.editions import Answer, detect, edition_of
from codebooks.spelling import plain_name

LIBRARY = codebooks.shipped()
OFFICIAL = LIBRARY.diagnoses()
NAME_OF = dict(zip(OFFICIAL.codes, OFFICIAL.names, strict=True))
BOOKS = [
    ("diagnoses", "terms/icd10_nhsa_2.0", "nhsa-2.0"),
    ("diagnoses", "terms/icd10_clinical_2.0", "clinical"),
    ("diagnoses", "terms/icd10_clinical_2.0_2022", "clinical-2022"),
    ("procedures", "terms/icd9cm3_nhsa_2.0", "nhsa-2.0"),
    ("procedures", "terms/icd9cm3_clinical_3.0", "clinical"),
    ("procedures", "terms/icd9cm3_clinical_3.0_2022", "clinical-2022"),
]


def beijing_with_other_meaning() -> list[maps.Mapped]:
    """The codes that the insurance edition has, too, as something else."""
    own = maps.code_map(LIBRARY, "diagnoses", "beijing")
    assert own is not None
    return [row for row in own.rows.values() if row.source in NAME_OF and row.source != row.target]


@pytest.mark.parametrize(("use", "book", "key"), BOOKS)
@pytest.mark.parametrize("named", [True, False])
def test_a_book_is_of_its_edition(use: str, book: str, key: str, named: bool) -> None:
    table = LIBRARY.codes(book)
    found = detect(LIBRARY, use, table.codes, table.names if named else None)
    assert (found.answer, found.likely) == (Answer.ONE, (key,))
    assert found.rows == len(table)
    assert found.unknown == 0
    assert found.of(key).explained == len(table)
    assert found.of(key).examples == ()


@pytest.mark.parametrize("use", maps.USES)
@pytest.mark.parametrize("key", ["beijing", "nhsa-1.0"])
def test_the_codes_of_a_map_are_of_its_edition(use: str, key: str) -> None:
    own = maps.code_map(LIBRARY, use, key)
    assert own is not None
    assert detect(LIBRARY, use, list(own.rows)).likely == (key,)


def test_shared_beijing_codes_are_decided_by_the_name() -> None:
    """All 6,073: with the name that Beijing means they are Beijing's, with the official one they are not."""
    shared = beijing_with_other_meaning()
    assert len(shared) == 6_073
    codes = [row.source for row in shared]
    place = [edition.key for edition in editions.known(LIBRARY, "diagnoses")].index("beijing")
    meant = detect(LIBRARY, "diagnoses", codes, [NAME_OF[row.target] for row in shared])
    assert (meant.answer, meant.likely) == (Answer.ONE, ("beijing",))
    assert meant.explained[:, place].all()
    assert meant.of("beijing").decided == 6_073
    official = detect(LIBRARY, "diagnoses", codes, [NAME_OF[code] for code in codes])
    assert "beijing" not in official.likely
    assert not official.explained[:, place].any()


def test_shared_codes_without_a_name_cannot_be_told() -> None:
    codes = [row.source for row in beijing_with_other_meaning()]
    for code in codes[:200]:
        found = edition_of(LIBRARY, "diagnoses", code)
        assert found.answer is Answer.SEVERAL
        assert {"beijing", "nhsa-2.0"} <= set(found.likely)


@pytest.mark.parametrize(
    ("use", "book"),
    [
        ("diagnoses", "terms/icd10_same_code_other_name_clinical_nhsa"),
        ("procedures", "terms/icd9cm3_same_code_other_name_clinical_nhsa"),
    ],
)
def test_the_published_list_of_shared_codes_is_decided_by_the_name(use: str, book: str) -> None:
    rows = LIBRARY.rows(book)
    keys = [edition.key for edition in editions.known(LIBRARY, use)]
    clinical, official = keys.index("clinical"), keys.index("nhsa-2.0")
    names = {column: [str(row[column]) for row in rows] for column in ("gl_name", "yb_name")}
    codes = [str(row["code"]) for row in rows]
    differ = np.array([plain_name(a) != plain_name(b) for a, b in zip(*names.values(), strict=True)])
    assert differ.sum() > 30
    theirs = detect(LIBRARY, use, codes, names["gl_name"]).explained
    ours = detect(LIBRARY, use, codes, names["yb_name"]).explained
    assert not theirs[differ, official].any()
    assert not ours[differ, clinical].any()
    assert ours[:, official].all()
    assert theirs[:, clinical].mean() > 0.95


def test_a_mixture_is_called_one() -> None:
    clinical = LIBRARY.codes("terms/icd10_clinical_2.0")
    only = [code for code in clinical.codes if code not in NAME_OF][:300]
    beijing = [row.source for row in maps.code_map(LIBRARY, "diagnoses", "beijing").rows.values()]  # type: ignore[union-attr]
    theirs = [code for code in beijing if code not in NAME_OF and code not in clinical][:300]
    found = detect(LIBRARY, "diagnoses", [*only, *theirs, *OFFICIAL.codes[:300]])
    assert found.answer is Answer.MIXED
    assert {"clinical", "beijing"} <= set(found.likely)


def test_slips_do_not_hide_the_edition() -> None:
    codes = [*OFFICIAL.codes[:2000], "A00.001", "nonsense", "K80"]
    found = detect(LIBRARY, "diagnoses", codes)
    assert found.likely[0] == "nhsa-2.0"
    assert found.unknown == 2
    assert found.of("nhsa-2.0").examples == (("A00.001", ""),)
    assert found.of("beijing").only == 1


def test_nothing_known_is_said_so() -> None:
    assert detect(LIBRARY, "diagnoses", ["x", "y"]).answer is Answer.NONE
    assert detect(LIBRARY, "diagnoses", []).answer is Answer.NONE
    assert detect(LIBRARY, "diagnoses", [None, None]).rows == 0


def test_spelling_makes_no_edition() -> None:
    assert edition_of(LIBRARY, "diagnoses", " a00.000X001").of("nhsa-2.0").held == 1
    dagger = next(code for code in LIBRARY.codes("terms/icd10_clinical_2.0_2022").codes if "†" in code)
    assert edition_of(LIBRARY, "diagnoses", dagger).of("clinical-2022").held == 1


def test_another_name_than_all_editions_have_rules_none_out() -> None:
    found = edition_of(LIBRARY, "diagnoses", "A02.001", "不是任何版本的名称")
    assert found.answer is Answer.SEVERAL
    assert found.of("nhsa-2.0").contrary == 1


pairs = st.tuples(
    st.none() | st.sampled_from(OFFICIAL.codes[:200]) | st.text(max_size=8),
    st.none() | st.sampled_from(OFFICIAL.names[:200]) | st.text(max_size=6),
)


@given(st.lists(pairs, max_size=40))
def test_a_column_counts_as_its_rows_do(rows: list[tuple[str | None, str | None]]) -> None:
    codes, names = [code for code, _ in rows], [name for _, name in rows]
    whole = detect(LIBRARY, "diagnoses", codes, names)
    single = [edition_of(LIBRARY, "diagnoses", code or "", name) for code, name in rows if code is not None]
    assert whole.rows == len(single)
    assert whole.unknown == sum(one.unknown for one in single)
    for at, evidence in enumerate(whole.evidence):
        assert evidence.held == sum(one.evidence[at].held for one in single)
        assert evidence.decided == sum(one.evidence[at].decided for one in single)
        assert (
            evidence.explained
            == sum(one.evidence[at].explained for one in single)
            == whole.explained[:, at].sum()
        )
