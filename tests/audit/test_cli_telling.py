"""``qingdan explain``, ``code``, ``codebooks`` and ``sample``."""

import pytest

from tests.audit.making import (
    library,
)


def test_a_check_explained(run):
    code, out, _ = run("explain", "D103")
    assert code == 0
    assert out.startswith("D103  外因编码作主要诊断")
    assert "【怎么办】" in out
    assert run("explain", "d103")[1] == out
    assert run("explain", "F001:setlinfo.prfs")[0] == 0
    assert "External cause" in run("explain", "D103", "--language", "en")[1]


@pytest.mark.parametrize("code", ["K80.101", "k80.101", " K80.101 ", "Ｋ80.101"])
def test_a_code_explained(run, code):
    answer, out, _ = run("explain", code)
    assert answer == 0
    assert out.startswith("K80.101\t胆囊结石伴慢性胆囊炎")


@pytest.mark.parametrize("code", ["51.2300", "i10.X00X002", "HC25", "hc2", "MDCH"])
def test_other_codes_explained(run, code):
    assert run("explain", code)[0] == 0


@pytest.mark.parametrize("code", ["Z999", "nonsense", "", "../../secret", "D103.zh.md", "\x00"])
def test_what_nobody_knows(run, code):
    answer, out, err = run("explain", code)
    assert (answer, out) == (1, "")
    assert "找不到" in err


@pytest.mark.parametrize("text", ["脑梗死", "ngs", "naogengsi", "I63.9"])
def test_codes_are_found(run, text):
    code, out, _ = run("code", text)
    assert code == 0
    assert any(line.startswith("I63.900\t脑梗死") for line in out.splitlines())


def test_few_codes_are_listed(run):
    assert len(run("code", "胆囊", "--limit", "3")[1].splitlines()) <= 6
    code, out, err = run("code", "没有这样的病名")
    assert (code, out) == (1, "")
    assert "没有找到" in err


def test_codebooks_are_listed_and_intact(run):
    code, out, _ = run("codebooks", "list")
    assert code == 0
    standards, _, books = out.partition("\n\n")
    assert len(standards.splitlines()) == len(library().standards())
    assert "随程序" in standards
    assert len(books.splitlines()) == len(library().books())
    assert "drg/wlmq_2022/adrg" in books
    assert "（历史）" in books
    code, _, err = run("codebooks", "verify")
    assert code == 0
    assert "全部完好" in err


def test_gaps_of_a_scheme_are_told_apart_from_errors(run):
    code, out, _ = run("codebooks", "gaps", "--scheme", "chs-drg-2.0")
    assert code == 0
    assert "WQY" in out
    assert "WJ1" in out
    assert "O84.000" in out
    code, out, err = run("codebooks", "gaps", "--scheme", "nowhere")
    assert (code, out) == (2, "")
    assert "chs-drg-1.1" in err


def test_codebooks_go_out_and_in(run, tmp_path):
    pack = tmp_path / "pack.zip"
    assert run("codebooks", "export", pack, "--books", "terms/icd10_nhsa_2.0,sources/limits")[0] == 0
    code, out, err = run("codebooks", "import", pack)
    assert code == 0
    assert len(out.splitlines()) == 2
    assert str(tmp_path / "data") in err
    assert run("codebooks", "verify")[0] == 0
    assert run("explain", "K80.101")[0] == 0


@pytest.mark.parametrize("data", [None, b"", b"PK no zip", b"x" * 1000])
def test_a_pack_that_is_none(run, tmp_path, data):
    path = tmp_path / "pack.zip"
    if data is not None:
        path.write_bytes(data)
    code, out, err = run("codebooks", "import", path)
    assert (code, out) == (2, "")
    assert err
    assert not (tmp_path / "data" / "codebooks").exists()


def test_a_pack_that_cannot_be_written(run, tmp_path):
    code, _, err = run("codebooks", "export", tmp_path / "nowhere" / "pack.zip", "--books", "sources/limits")
    assert code == 2
    assert err


def test_a_sample_is_made(run, tmp_path):
    code, _, err = run("sample", "--cases", "5", "--seed", "2", "--out", tmp_path / "s.json")
    assert code == 0
    assert "5 份" in err
    assert run("check", tmp_path / "s.json")[0] in (0, 1)


@pytest.mark.parametrize("given", [("--cases", "0"), ("--defects", "2"), ("--layout", "none")])
def test_a_sample_out_of_bounds(run, tmp_path, given):
    code, _, err = run("sample", *given, "--out", tmp_path / "s.json")
    assert code == 2
    assert err


@pytest.mark.parametrize("typed", ["I63.900", "i63.900", "i63900", "Ｉ63900"])
def test_a_code_however_typed_shows_its_card(run, typed):
    out = run("code", typed, "--limit", "3", "--language", "en")[1]
    assert "I63.900" in out.splitlines()[0]
    assert "map from Beijing edition 7.0: I63.902" in out


def test_a_code_that_is_not_loaded_is_told_by_its_structure(run):
    code, out, err = run("code", "国药准字H20063466", "--language", "en")
    assert (code, out) == (1, "")
    assert "drug approval number" in err


def test_a_national_code_that_is_not_loaded_is_taken_apart(run):
    code, _, err = run("code", "ｃ0101010011303807555", "--language", "en")
    assert code == 1
    assert "medical consumable" in err
    assert "    generic name  001" in err.splitlines()


def test_a_code_of_another_edition_is_listed_with_what_it_becomes(run):
    out = run("code", "I63.902", "--kind", "crossings")[1]
    assert out.startswith("I63.902\t→ I63.900 脑梗死")


def test_books_are_listed_in_english(run):
    out = run("codebooks", "list", "--language", "en")[1]
    lines = [line for line in out.splitlines() if line.startswith("terms/")]
    assert lines
    assert all(" rows\t" in line and "\tshipped\t" in line for line in lines)
