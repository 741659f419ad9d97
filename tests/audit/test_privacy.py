"""What identifies a person is masked, in values and in the words of every finding."""

import json
from collections.abc import Iterator

import pytest

from audit.pipeline import examine
from audit.privacy import masked, shown
from tests.audit.making import Change, Message, library, loaded, message, scheme, settings

PRIVATE = {
    "psn_name": "欧阳娜娜子",
    "certno": "110101197305180022",
    "hi_no": "98765432109876543210123",
    "curr_addr": "某市某区幸福路一百号",
    "emp_name": "某某精密机械有限公司",
    "emp_addr": "某市某区工业园九号楼",
    "emp_tel": "010-65120384",
    "coner_name": "司马相如子",
    "coner_addr": "某市某区幸福路二百号",
    "coner_tel": "13901126573",
}


@pytest.fixture(scope="module")
def mask():
    return masked(library())


@pytest.mark.parametrize(
    ("column", "text", "seen"),
    [
        ("patient_name", "陈秀兰", "陈**"),
        ("patient_name", "陈", "陈*"),
        ("certificate_no", "110101197305180022", "110*************22"),
        ("certificate_no", "1101", "***"),
        ("certificate_no", "", ""),
        ("home_address", "示例市东城区和平路18号", "示例市***"),
        ("code", "K80.101", "K80.101"),
        ("patient_name", "", ""),
    ],
)
def test_masks(mask, column, text, seen):
    assert mask(column, text) == seen


def test_shown_hides_nothing():
    assert shown("patient_name", "陈秀兰") == "陈秀兰"


def spoilt(field: str, value: str) -> Change:
    """The clean case with all private fields told apart, and one of them wrong."""

    def change(_: int, body: Message) -> None:
        body["setlinfo"] |= PRIVATE
        body["setlinfo"][field] = value

    return change


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_finding_tells_who_somebody_is(tmp_path, mask, language):
    wrongs = {
        field: [f" {value}", value + "　", value * 30, value[:-1], value[:-2] + "﹖X"]
        for field, value in PRIVATE.items()
    }
    wrongs["certno"] += ["110101197305180023", "110101197313450022", "110101730518002", "99010119730518002X"]
    wrongs["psn_name"] += ["欧阳?娜娜", "欧阳娜娜子1"]
    wrongs["gend"] = ["1"]
    wrongs["brdy"] = ["1983-05-18", "2083-05-18", "1973/5/18", "x"]
    wrongs["patn_cert_type"] = ["99", "04", "x"]
    messages: list[Message] = []
    for field, values in wrongs.items():
        for value in values:
            messages.append(message(len(messages), spoilt(field, value)))
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(m, ensure_ascii=False) for m in messages), "utf-8")
    batch = loaded(tmp_path / "a.jsonl")
    report = examine(batch, scheme(), settings()).report
    found = list(report.findings(language, mask))
    assert len({item.check for item in found}) > 8
    leaks = {
        (item.check, part)
        for item in found
        for part in _parts()
        if part in item.message or part in (item.value or "")
    }
    assert not leaks
    told = " ".join(item.message for item in report.findings(language, shown))
    assert "欧阳娜娜子" in told, "with --show-identity it is told"


def _parts() -> Iterator[str]:
    """Stretches of private values that a mask must not let through."""
    for value in PRIVATE.values():
        yield value[1:4] if len(value) < 6 else value[3:-2][:5]
