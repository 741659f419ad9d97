"""Query slips as data and as a page: whom they are for, what they ask, that nothing of the data is taken for HTML."""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import codebooks
from audit.session import Session, read_files
from audit.slips import By, Slip, Wish, addressees, free_name, page, slips
from records import SetCell
from tests.audit.making import Message, message
from validators import Finding, Severity

LIBRARY = codebooks.shipped()
TODAY = date(2026, 11, 21)
ALL = Wish(frozenset(Severity), everything=True)
WORDS = {
    "title": "询问单",
    "department": "科室：",
    "physician": "医师：",
    "day": "日期：",
    "record": "病案号 ",
    "diagnosis": "主要诊断：",
    "answer": "答复：",
    "sign": "签名：",
    "signed_on": "签名日期：",
    "age": "{years} 岁",
    "infant": "不满 1 岁",
    "discharged": "出院 {day}",
    "ask": "{cases} 份 {questions} 处",
    "error": "必改",
    "warning": "存疑",
    "hint": "提示",
}


def change(number: int, body: Message) -> None:
    """Case 0 is fine; 1 and 2 are Wang's, 3 is Li's in another department; 4 has only an office's fault."""
    record = body["setlinfo"]
    record["chfpdr_name"] = "李<四>" if number == 3 else "王志强"
    if number == 1:
        body["oprninfo"].append(copy.deepcopy(body["oprninfo"][0]) | {"oprn_oprt_type": "2"})
        for row in body["oprninfo"]:
            row["oper_dr_name"] = ""
    if number == 2:
        record["dscg_time"] = "2026-03-01 10:30:00"
    if number == 3:
        record.update(dscg_caty="A03.01", dscg_time="2026-03-01 10:30:00", psn_name="<b>赵六</b>")
        body["diseinfo"][0]["diag_name"] = "a & <i>b</i>"
    if number == 4:
        record["hi_paymtd"] = ""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    path = tmp_path / "in.jsonl"
    lines = [json.dumps(message(number, change), ensure_ascii=False) for number in range(5)]
    path.write_text("\n".join(lines), "utf-8")
    session = Session(tmp_path / "workspace", LIBRARY)
    session.keep_import(read_files([path], LIBRARY))
    session.load()
    yield session
    session.close()


def names(session: Session, by: By = By.PHYSICIAN, wish: Wish = Wish(), positions: Any = None) -> list[str]:  # noqa: B008
    return [item.name for item in addressees(session, by, wish, positions)]


def made(session: Session, by: By = By.PHYSICIAN, wish: Wish = Wish()) -> list[Slip]:  # noqa: B008
    return slips(session, addressees(session, by, wish), wish, "zh", TODAY)


# Whom


def test_those_with_open_findings_are_listed_most_errors_first(session: Session) -> None:
    first, second = addressees(session, By.PHYSICIAN, Wish())
    assert (first.name, second.name) == ("王志强", "李<四>")
    assert first.positions.tolist() == [1, 2]
    assert second.positions.tolist() == [3]
    assert first.counts[0] > second.counts[0] > 0


def test_the_counts_are_those_of_the_worklist(session: Session) -> None:
    worklist = session.worklist
    assert worklist is not None
    listed = addressees(session, By.PHYSICIAN, ALL)
    for at, severity in enumerate(Severity):
        assert sum(item.counts[at] for item in listed) == worklist.counts[severity].sum()


def test_departments_are_listed_too(session: Session) -> None:
    found = addressees(session, By.DEPARTMENT, Wish())
    assert len(found) == 2
    assert all(item.departments == (item.name,) for item in found)


def test_what_the_office_fills_in_is_asked_only_when_wished(session: Session) -> None:
    assert 4 in _positions(session, Wish(everything=True))
    assert 4 not in _positions(session, Wish())


def _positions(session: Session, wish: Wish) -> set[int]:
    return {at for item in addressees(session, By.PHYSICIAN, wish) for at in item.positions.tolist()}


def test_only_the_wished_severities_count(session: Session) -> None:
    assert names(session, wish=Wish(frozenset())) == []
    errors = addressees(session, By.PHYSICIAN, Wish(frozenset({Severity.ERROR})))
    assert all(item.counts[1:] == (0, 0) for item in errors)


def test_only_the_given_cases_count(session: Session) -> None:
    assert names(session, positions=np.array([3])) == ["李<四>"]
    assert names(session, positions=np.array([0])) == []
    assert names(session, positions=np.zeros(0, dtype=np.int64)) == []


def test_nobody_before_the_cases_are_loaded(tmp_path: Path) -> None:
    session = Session(tmp_path / "empty", LIBRARY)
    assert names(session) == []
    assert slips(session, [], Wish(), "zh", TODAY) == []
    session.close()


# What


def test_a_slip_says_who_what_and_what_to_do(session: Session) -> None:
    slip = made(session)[0]
    assert slip.hospital == "示例市第一人民医院"
    assert [case.record for case in slip.cases] == ["B000001", "B000002"]
    case = slip.cases[0]
    assert case.diagnosis == "K80.101 胆囊结石伴慢性胆囊炎"
    assert (case.sex, case.age, case.discharged) == ("女", 52, "2026-03-09")
    assert all(item.messages and item.what_to_do for item in case.findings)


def test_names_go_through_the_mask_of_the_session(session: Session) -> None:
    assert made(session)[0].cases[0].name == "陈**"


def test_a_check_asks_once_for_several_rows(session: Session) -> None:
    case = made(session)[0].cases[0]
    checks = [(item.severity, item.check) for item in case.findings]
    assert len(checks) == len(set(checks))
    assert max(len(item.messages) for item in case.findings) > 1


def test_the_questions_are_the_open_findings(session: Session) -> None:
    for item, slip in zip(addressees(session, By.PHYSICIAN, ALL), made(session, wish=ALL), strict=True):
        assert slip.questions == sum(item.counts)


def test_what_has_been_mended_is_not_asked(session: Session) -> None:
    wang = addressees(session, By.PHYSICIAN, Wish())[0]
    row = int(session.workspace.current().cases.row_id[2])
    session.edit([SetCell("cases", row, "discharged_at", "2026-03-09 10:30:00")])
    (slip,) = slips(session, [wang], Wish(), "zh", TODAY)
    assert [case.record for case in slip.cases] == ["B000001"]


def test_what_was_accepted_is_not_asked(session: Session) -> None:
    wish = Wish(frozenset({Severity.ERROR}))
    finding = next(f for f in _of_case(session, 3) if f.check == "T101")
    session.accept(3, finding, "已核对")
    asked = [
        item.check
        for slip in made(session, wish=wish)
        for case in slip.cases
        if case.record == "B000003"
        for item in case.findings
    ]
    assert finding.check not in asked


def _of_case(session: Session, position: int) -> list[Finding]:
    return list(session.case(position).examined.report.findings())


def test_findings_across_cases_are_asked(session: Session) -> None:
    rows = session.workspace.current().cases.row_id
    session.edit([SetCell("cases", int(rows[at]), "settlement_id", "S1") for at in (1, 2)])
    session.load()
    assert session.report is not None
    across = {segment.check.id for segment in session.report.segments if segment.check.across_cases}
    asked = {item.check for slip in made(session, wish=ALL) for case in slip.cases for item in case.findings}
    assert across
    assert across <= asked


# The page


class _Reader(HTMLParser):
    """The letters of a page, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        self.letters.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    return reader


def test_a_page_has_all_of_the_slip(session: Session) -> None:
    slip = made(session)[0]
    told = "".join(read(page(slip, WORDS.__getitem__)).letters).replace("\xa0", " ")
    about = ("示例市第一人民医院", "医师：王志强", "2026-11-21", "病案号 B000001", "陈**", "52 岁")
    for wanted in (*about, "必改", "签名："):
        assert wanted in told
    assert f"{len(slip.cases)} 份 {slip.questions} 处" in told
    for case in slip.cases:
        for item in case.findings:
            assert all(message in told for message in item.messages)
            assert re.sub(r"\s", "", item.what_to_do) in re.sub(r"\s", "", told)
    assert told.count("答复：") == sum(len(case.findings) for case in slip.cases)


def test_data_is_never_taken_for_html(session: Session) -> None:
    session.show_identity(True)
    session.load()
    slip = made(session, wish=ALL)[1]
    reader = read(page(slip, WORDS.__getitem__))
    told = "".join(reader.letters)
    assert {"b", "i"}.isdisjoint(reader.tags)
    for wanted in ("李<四>", "<b>赵六</b>", "a & <i>b</i>"):
        assert wanted in told


def test_a_department_has_a_signature_a_case(session: Session) -> None:
    slip = made(session, By.DEPARTMENT)[0]
    told = "".join(read(page(slip, WORDS.__getitem__)).letters)
    assert told.count("签名：王志强") == len(slip.cases)
    assert "医师：" not in told


def test_what_is_not_known_is_left_open(session: Session) -> None:
    slip = made(session)[0]
    bare = replace(slip.cases[0], name="", sex="", age=None, discharged="", diagnosis="")
    nobody = replace(slip.addressee, name="", departments=())
    told = "".join(read(page(Slip(nobody, "", TODAY, (bare,)), WORDS.__getitem__)).letters)
    assert "科室：—" in told
    assert "医师：—" in told
    assert "主要诊断：—" in told


def test_an_infant_has_no_years(session: Session) -> None:
    slip = made(session)[0]
    infant = replace(slip, cases=(replace(slip.cases[0], age=0),))
    assert "不满 1 岁" in page(infant, WORDS.__getitem__)


# Files


def test_file_names_are_numbers(tmp_path: Path) -> None:
    assert free_name(tmp_path, "slips") == "slips-0001.pdf"
    (tmp_path / "slips-0001.pdf").write_bytes(b"")
    assert free_name(tmp_path, "slips") == "slips-0002.pdf"
