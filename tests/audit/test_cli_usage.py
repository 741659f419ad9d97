"""The words of the command line: wrong usage, help, version, in both languages."""

import pytest


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "缺少 COMMAND"),
        (["bla"], "COMMAND 不能是 'bla'"),
        (["check"], "缺少 INPUT"),
        (["fix", "a.json"], "缺少 --out"),
        (["check", "a.json", "--bla"], "不认识 --bla"),
        (["check", "a.json", "--format", "doc"], "--format 不能是 'doc'"),
        (["code", "x", "--limit", "many"], "--limit 的值不对：'many'"),
        (["code", "x", "--limit", "0"], "--limit 的值不对：'0'"),
        (["check", "a.json", "--profile"], "--profile 缺少值"),
        (["codebooks"], "缺少 ACT"),
        (["check", "a.json", "--form", "jsonl"], "不认识 --form jsonl"),
    ],
)
def test_wrong_usage(run, arguments, words):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "--help" in err


def test_usage_in_english(run, monkeypatch):
    assert "INPUT is missing" in run("check", "--language", "en")[2]
    monkeypatch.setenv("QINGDAN_LANGUAGE", "en")
    assert "INPUT is missing" in run("check")[2]
    monkeypatch.setenv("QINGDAN_LANGUAGE", "fr")
    assert "缺少 INPUT" in run("check")[2]


@pytest.mark.parametrize(
    "words",
    [
        (), ("audit",), ("check",), ("fix",), ("group",), ("explain",), ("code",), ("sample",), ("codebooks",),
        ("convert",), ("codebooks", "maps"), ("codebooks", "edition"),
        ("codebooks", "list"), ("codebooks", "verify"), ("codebooks", "import"), ("codebooks", "export"),
        ("codebooks", "gaps"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["zh", "en"])
def test_help(run, words, language):
    code, out, _ = run("--language", language, *words, "--help")
    assert code == 0
    assert ("usage: qingdan" in out) == (language == "en")
    assert ("用法：qingdan" in out) == (language == "zh")


def test_version(run):
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith("qingdan ")
