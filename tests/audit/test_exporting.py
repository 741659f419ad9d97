"""Exports: past the gate, numbered, read back and checked, with a receipt; the shapes that files can have."""

import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit import exporting as exporting_module
from audit.exporting import Exported, export, gate
from audit.messages import Stopped
from audit.workspace import Workspace
from records.comparing import differences
from tests.audit.making import (
    broken,
    every_message,
    examined,
    filled,
    library,
    loaded,
    message,
    set_cell,
    written,
)


def exported(workspace: Workspace, into: Path, **facts: Any) -> Exported:
    return export(workspace, examined(workspace), into, facts)


def files(done: Exported) -> list[str]:
    return sorted(path.name for path in done.folder.iterdir() if path.name != "receipt.json")


def ids(path: Path) -> list[str]:
    return [item["input"]["setlinfo"]["setl_id"] for item in every_message(path)]


def test_an_untouched_file_goes_out_as_it_came(tmp_path):
    path = written(tmp_path / "a.jsonl", 3)
    with filled(tmp_path / "w", path) as workspace:
        done = exported(workspace, tmp_path / "out")
    assert done.folder == tmp_path / "out" / "0001"
    assert files(done) == ["0001.jsonl"]
    assert (done.folder / "0001.jsonl").read_bytes() == path.read_bytes()
    assert done.problems == ()


def test_the_gate_holds_back_cases_with_errors(tmp_path):
    with filled(tmp_path / "w", written(tmp_path / "a.json", 4, broken(1, 3))) as workspace:
        report = examined(workspace).report
        assert gate(report, {}) == {1, 3}
        assert gate(report, {3: "特例"}) == {1}
        done = exported(workspace, tmp_path / "out")
    assert ids(done.folder / "0001.json") == ["S000000", "S000002"]
    held = done.receipt["held_back"]
    assert [item["case"] for item in held] == ["S000001", "S000003"]
    assert all("F001:setlinfo.psn_name" in item["checks"] for item in held)


def test_an_override_lets_a_case_out_with_its_reason(tmp_path):
    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 2, broken(1))) as workspace:
        workspace.override(1, "无名氏，已报备")
        done = exported(workspace, tmp_path / "out")
    assert ids(done.folder / "0001.jsonl") == ["S000000", "S000001"]
    assert done.receipt["overridden"] == [{"case": "S000001", "why": "无名氏，已报备"}]


def test_an_override_is_of_one_case_even_where_two_have_one_number(tmp_path):
    def same(number, body):
        broken(0, 1)(number, body)
        body["setlinfo"]["setl_id"] = "S"

    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 3, same)) as workspace:
        workspace.override(0, "特例")
        assert 1 in gate(examined(workspace).report, workspace.overrides())
        assert 0 not in gate(examined(workspace).report, workspace.overrides())


def test_where_nothing_may_go_nothing_is_written(tmp_path):
    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 2, broken(0, 1))) as workspace:
        with pytest.raises(Stopped) as stopped:
            exported(workspace, tmp_path / "out")
        assert stopped.value.key == "all_held_back"
        assert not (tmp_path / "out").exists()


def test_an_empty_workspace_exports_nothing(tmp_path):
    with filled(tmp_path / "full") as full:
        ready = examined(full)
    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 1)) as workspace:
        workspace.base = None
        with pytest.raises(Stopped) as stopped:
            export(workspace, ready, tmp_path / "out")
        assert stopped.value.key == "workspace_empty"


def test_edits_are_in_the_file_and_the_rest_is_as_it_was(tmp_path):
    path = written(tmp_path / "a.json", 3)
    with filled(tmp_path / "w", path) as workspace:
        workspace.edit([set_cell(workspace, "diagnoses", 2, "code", "J18.900")])
        done = exported(workspace, tmp_path / "out")
        again = loaded(done.folder / "0001.json")
        assert not differences(workspace.current(), again)
    expected = path.read_text("utf-8").replace("I10.x00x002", "J18.900", 1)
    assert (done.folder / "0001.json").read_text("utf-8") == expected
    assert done.receipt["changed"] == 1


def test_the_receipt(tmp_path):
    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 3, broken(2))) as workspace:
        done = exported(workspace, tmp_path / "out", scheme="chs-drg-2.0", profile={"name": "national"})
        assert workspace.journal.exports() == (done.receipt,)
    receipt = json.loads((done.folder / "receipt.json").read_text("utf-8"))
    assert receipt == done.receipt
    assert (receipt["export"], receipt["who"]) == (1, "test")
    assert (receipt["cases"], receipt["exported"], receipt["changed"]) == (3, 2, 0)
    assert receipt["profile"] == {"name": "national"}
    assert receipt["scheme"] == "chs-drg-2.0"
    (listed,) = receipt["files"]
    assert listed["file"] == "0001.jsonl"
    assert listed["source"] == "a.jsonl"
    assert listed["cases"] == ["S000000", "S000001"]
    data = (done.folder / "0001.jsonl").read_bytes()
    assert listed["sha256"] == hashlib.sha256(data).hexdigest()
    assert receipt["codebooks"] == {book.name: book.sha256 for book in library().books()}
    assert isinstance(receipt["not_run"], list)


def test_exports_are_numbered_and_never_overwritten(tmp_path):
    with filled(tmp_path / "w") as workspace:
        assert exported(workspace, tmp_path / "out").folder.name == "0001"
        assert exported(workspace, tmp_path / "out").folder.name == "0002"
        (tmp_path / "out" / "0003").mkdir()
        assert exported(workspace, tmp_path / "out").folder.name == "0004"
        assert exported(workspace, tmp_path / "elsewhere").folder.name == "0005"
        assert [item["export"] for item in workspace.journal.exports()] == [1, 2, 4, 5]


def test_an_export_is_private(tmp_path):
    with filled(tmp_path / "w") as workspace:
        done = exported(workspace, tmp_path / "out")
    assert done.folder.stat().st_mode & 0o777 == 0o700


def test_no_file_is_named_after_a_patient(tmp_path):
    folder = tmp_path / "陈秀兰"
    for number in range(3):
        written(folder / f"陈秀兰-110101197305180022-{number}.json", 1, first=number)
    with filled(tmp_path / "w", folder) as workspace:
        done = exported(workspace, tmp_path / "out")
    assert files(done) == ["0001.json", "0002.json", "0003.json"]
    assert [item["cases"] for item in done.receipt["files"]] == [["S000000"], ["S000001"], ["S000002"]]


def test_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.json", json.dumps(message(number, broken(1)), ensure_ascii=False))
    with filled(tmp_path / "w", tmp_path / "a.zip") as workspace:
        done = exported(workspace, tmp_path / "out")
    assert [item["source"] for item in done.receipt["files"]] == ["a.zip/0.json", "a.zip/2.json"]


def test_bare_messages_stay_bare(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(message(0)["input"], ensure_ascii=False) + "\n", "utf-8")
    with filled(tmp_path / "w", path) as workspace:
        workspace.edit([set_cell(workspace, "cases", 0, "occupation", "90")])
        done = exported(workspace, tmp_path / "out")
    (made,) = every_message(done.folder / "0001.jsonl")
    assert "input" not in made
    assert made["setlinfo"]["prfs"] == "90"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_encodings_stay(tmp_path, encoding):
    path = written(tmp_path / "a.jsonl", 3, broken(1))
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    with filled(tmp_path / "w", path) as workspace:
        workspace.edit([set_cell(workspace, "cases", 0, "patient_name", "王䶮")])
        done = exported(workspace, tmp_path / "out")
    text = (done.folder / "0001.jsonl").read_bytes().decode(encoding)
    assert "王䶮" in text
    assert len(text.split("\n")) == 3


def test_a_file_that_mixes_encodings(tmp_path):
    lines = written(tmp_path / "a.jsonl", 4, broken(2)).read_text("utf-8").splitlines()
    encodings = ("utf-8", "gb18030", "utf-8", "gb18030")
    data = b"".join(f"{line}\n".encode(e) for line, e in zip(lines, encodings, strict=True))
    (tmp_path / "a.jsonl").write_bytes(data)
    with filled(tmp_path / "w", tmp_path / "a.jsonl") as workspace:
        workspace.edit([set_cell(workspace, "cases", 3, "patient_name", "李芳芳")])
        done = exported(workspace, tmp_path / "out")
    assert loaded(done.folder / "0001.jsonl").cases.patient_name.to_list() == ["陈秀兰", "陈秀兰", "李芳芳"]


@pytest.mark.parametrize("form", ["jsonl", "json"])
@pytest.mark.parametrize("held", [(), (0,), (1,), (3,)])
def test_what_could_not_be_read_does_not_go_out(tmp_path, form, held):
    path = written(tmp_path / f"a.{form}", 4, broken(*held))
    text = path.read_text("utf-8")
    if form == "jsonl":
        lines = text.splitlines()
        lines[2:2] = ['{"setlinfo": {"psn_name": "半', '{"of": "something else", "a": [1, 2]}']
        path.write_text("\n".join([*lines, '{"cut": "of']), "utf-8")
    else:
        messages = json.loads(text)
        messages[2:2] = [{"of": "something else"}, 17]
        path.write_text(json.dumps(messages, ensure_ascii=False)[:-1] + ', {"cut": "of', "utf-8")
    with filled(tmp_path / "w", path) as workspace:
        done = exported(workspace, tmp_path / "out")
    expected = [f"S{number:06}" for number in range(4) if number not in held]
    assert ids(done.folder / f"0001.{form}") == expected


def test_one_name_imported_twice_with_other_content_is_two_files(tmp_path):
    path = written(tmp_path / "a.jsonl", 2)
    with filled(tmp_path / "w", path) as workspace:
        written(path, 3, first=20)
        workspace.add_import(loaded(path))
        workspace.edit([set_cell(workspace, "cases", 3, "occupation", "90")])
        done = exported(workspace, tmp_path / "out")
    assert ids(done.folder / "0001.jsonl") == ["S000000", "S000001"]
    assert ids(done.folder / "0002.jsonl") == ["S000020", "S000021", "S000022"]


def test_4101_and_4101a_of_one_case_go_out_as_two_files(tmp_path):
    for name, layout in (("a.json", "4101"), ("b.json", "4101A")):
        made = [message(number, layout=layout) for number in range(2)]
        (tmp_path / name).write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    with filled(tmp_path / "w", tmp_path / "a.json") as workspace:
        workspace.add_import(loaded(tmp_path / "b.json"))
        workspace.edit([set_cell(workspace, "diagnoses", 1, "name", "胆囊结石")])
        done = exported(workspace, tmp_path / "out")
    assert done.receipt["exported"] == 2
    for name in files(done):
        for number, sent in enumerate(every_message(done.folder / name)):
            names = [row["diag_name"] for row in sent["input"]["diseinfo"]]
            assert ("胆囊结石" in names) == (number == 0)


def test_cases_of_one_number_are_told_apart_by_their_place(tmp_path):
    def same(number, body):
        body["setlinfo"]["setl_id"] = body["setlinfo"]["mdtrt_id"] = "S"
        body["setlinfo"]["medcasno"] = f"B{number}"

    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 2, same)) as workspace:
        for position in range(2):
            workspace.override(position, "特例")
        workspace.edit([set_cell(workspace, "cases", 1, "occupation", "90")])
        done = exported(workspace, tmp_path / "out")
    assert [item["input"]["setlinfo"]["prfs"] for item in every_message(done.folder / "0001.jsonl")] == [
        "17",
        "90",
    ]


def test_an_export_that_does_not_read_back_is_void(tmp_path, monkeypatch):
    with filled(tmp_path / "w") as workspace:
        ready = examined(workspace)

        def spoilt(item, sink):
            sink.write(item.data.replace("高血压".encode(), "低血压".encode(), 1))
            return 0

        monkeypatch.setattr(exporting_module, "_write_messages", spoilt)
        with pytest.raises(Stopped) as stopped:
            export(workspace, ready, tmp_path / "out")
        assert stopped.value.key == "read_back_failed"
        assert "diagnoses.name" in str(stopped.value)
        assert list((tmp_path / "out").iterdir()) == []
        assert workspace.journal.exports() == ()


def test_an_export_that_fails_a_check_anew_is_void(tmp_path, monkeypatch):
    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 1, broken(0))) as workspace:
        workspace.override(0, "特例")
        ready = examined(workspace)
        blind = replace(ready, report=replace(ready.report, segments=()))
        with pytest.raises(Stopped) as stopped:
            export(workspace, blind, tmp_path / "out")
        assert "F001:setlinfo.psn_name" in str(stopped.value)
        assert export(workspace, ready, tmp_path / "out").receipt["exported"] == 1


def test_a_source_that_is_gone_stops_the_export(tmp_path):
    with filled(tmp_path / "w") as workspace:
        for path in (tmp_path / "w").rglob("*.gz"):
            path.unlink()
        with pytest.raises(Stopped) as stopped:
            exported(workspace, tmp_path / "out")
        assert stopped.value.key == "source_gone"
        assert list((tmp_path / "out").iterdir()) == []
