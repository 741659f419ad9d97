"""What the books say of one code: flags, hierarchy, and what schemes do with it."""

import numpy as np
import pytest

import codebooks
from audit.code_card import CodeCard, card
from audit.code_finding import candidates, usage
from codebooks.finding import finder
from tests.audit.making import library

LIBRARY = codebooks.shipped()


def card_of(code: str, kind: str) -> CodeCard:
    (hit,) = (h for h in finder(LIBRARY).find(code, 20, {kind}) if h.code == code)
    return card(LIBRARY, hit)


def test_a_diagnosis_leads_to_groups() -> None:
    told = card_of("E11.900", "diagnoses")
    by_scheme = {leads.scheme: leads for leads in told.leads}
    second = by_scheme["chs-drg-2.0"]
    assert second.alone == (("KS15", "糖尿病，不伴合并症或并发症"),)
    assert {(role.kind, role.code) for role in second.roles} >= {("mdc", "MDCK"), ("adrg", "KS1")}
    assert dict(told.facts)["category"] == "E11"


def test_the_sexes_may_lead_elsewhere() -> None:
    diagnoses = LIBRARY.diagnoses()
    told = [card_of(code, "diagnoses") for code in ("C50.900", "N40.x00", "O80.900") if code in diagnoses]
    assert any(len(leads.alone) > 1 for each in told for leads in each.leads)


def test_a_procedure_names_its_adrgs_and_groups_nothing_alone() -> None:
    told = card_of("47.0901", "procedures")
    assert told.leads
    assert all(not leads.alone for leads in told.leads)
    assert {role.code for leads in told.leads for role in leads.roles if leads.scheme == "chs-drg-2.0"} >= {
        "GE2"
    }


def test_a_comorbidity_says_its_level() -> None:
    told = card_of("I50.900", "diagnoses")
    assert {role.kind for leads in told.leads for role in leads.roles} >= {"comorbidity"}


def test_maps_from_other_editions() -> None:
    told = (
        card_of("K35.900x001", "diagnoses")
        if "K35.900x001" in LIBRARY.diagnoses()
        else card_of("K37.x00", "diagnoses")
    )
    assert {row.target for row in told.crossings} == {told.code}
    assert len({row.edition for row in told.crossings}) > 1


def test_a_code_of_another_edition_says_where_it_goes() -> None:
    told = card_of("K35.900", "diagnoses")
    assert "国家临床版" in told.book.title
    assert [row.source for row in told.crossings] == ["K35.900"]
    assert told.crossings[0].target in LIBRARY.diagnoses()
    assert told.leads == ()


def test_a_code_that_only_a_map_knows() -> None:
    told = card_of("K37xx01", "crossings")
    assert [(row.edition, row.target, row.name) for row in told.crossings] == [
        ("北京版 7.0", "K37.x00", "阑尾炎")
    ]


def test_flags_and_what_is_no_term() -> None:
    assert "grey" in card_of("A00.000", "diagnoses").flags
    (hit, *_) = finder(LIBRARY).find("北京市", 1, {"divisions"})
    told = card(LIBRARY, hit)
    assert told.leads == ()
    assert told.flags == ()


@pytest.mark.parametrize("book", ["diagnoses", "procedures"])
def test_candidates_come_from_the_edition_that_may_be_filled_in(book: str) -> None:
    table = LIBRARY.diagnoses() if book == "diagnoses" else LIBRARY.procedures()
    found = candidates(LIBRARY, book, "阑尾", "chs-drg-2.0")
    assert found
    assert (table.ids([each.code for each in found]) >= 0).all()


def test_what_the_batch_uses_comes_first() -> None:
    codes = [each.code for each in candidates(library(), "diagnoses", "E11.1", None)]
    often = {"diagnoses": {codes[-1]: 3}}
    assert candidates(library(), "diagnoses", "E11.1", None, often=often)[0].code == codes[-1]


def test_usage_counts_what_is_there() -> None:
    from audit.sampling import sample

    batch = sample(40, 3, 0.0, LIBRARY).batch
    counts = usage(batch)
    assert sum(counts["diagnoses"].values()) == int(np.sum(batch.diagnoses.code.present))
    assert set(counts["procedures"]) == set(batch.procedures.code.to_list()) - {None}
