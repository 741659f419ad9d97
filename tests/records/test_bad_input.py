"""Bad input: a message names file, place and remedy; the good part is imported; nothing crashes, nothing is lost."""

import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import records
from records import CaseRows, Problem, ReadResult, SetCell, edited, fields_of
from records.writing import message_files
from tests.records import making


def good(number: int) -> str:
    return making.lines([making.envelope(number)]).strip()


def ids(result: ReadResult) -> list[str | None]:
    """The settlement ids that were imported; every problem must be sayable in both languages."""
    for text in making.said(result):
        assert not re.search(r"\{[a-z]+\}", text)
    return result.batch.cases.settlement_id.to_list() if result.batch is not None else []


def keys(result: ReadResult) -> list[str]:
    return [found.key for found in result.problems]


def place(found: Problem) -> dict[str, str]:
    return dict(found.place.holes) if found.place else {}


def written_again(path: Path, result: ReadResult) -> bytes:
    """The file with one corrected cell in its first case."""
    base = result.batch
    assert base is not None
    edit = SetCell("cases", int(base.cases.row_id[0]), "sex", "9")
    after = edited(base, [edit], fields_of(base))
    problems: list[Problem] = []
    files = list(message_files(base, {0: CaseRows(after, 0)}, lambda _: path.read_bytes(), problems))
    assert not problems
    return files[0].data


# Broken JSON


def test_a_truncated_array_gives_its_good_part(tmp_path: Path) -> None:
    text = f"[{good(1)},{good(2)},{good(3)}]"
    result = making.read_texts(tmp_path, text[: text.index("S00000003") + 4])
    assert ids(result) == ["S00000001", "S00000002"]
    assert keys(result) == ["not_json"]
    assert result.partly
    message = making.said(result)[0]
    assert message.startswith("000.json 第 1 行第 ")
    assert "之前的 2 份已导入" in message


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_an_array_truncated_anywhere_near_its_end(tmp_path: Path, cut: int) -> None:
    text = f"[{good(1)},{good(2)}]\n"
    result = making.read_texts(tmp_path, text[:-cut])
    assert ids(result)[:1] == ["S00000001"]
    assert keys(result) in (["not_json"], [])


def test_a_broken_line_in_the_middle_is_skipped_with_its_number(tmp_path: Path) -> None:
    text = "\n".join([good(1), good(2)[:900], good(3)])
    result = making.read_texts(tmp_path, text)
    assert ids(result) == ["S00000001", "S00000003"]
    assert keys(result) == ["not_json_line"]
    assert place(result.problems[0])["line"] == "2"
    assert "请从医院系统重新导出" in making.said(result)[0]


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("array", [True, False])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_one_broken_message_of_three_hides_no_other(
    tmp_path: Path, indent: int | None, array: bool, number: int
) -> None:
    texts = [json.dumps(making.envelope(at), ensure_ascii=False, indent=indent) for at in (1, 2, 3)]
    texts[number] = texts[number].replace('"gend": "2",', '"gend": "2"', 1)
    text = f"[{','.join(texts)}]" if array else "\n".join(texts)
    result = making.read_texts(tmp_path, text)
    assert ids(result) == [f"S0000000{at}" for at in (1, 2, 3) if at - 1 != number]
    assert set(keys(result)) <= {"not_json_line", "not_json"}
    again = written_again(tmp_path / "000.json", result).decode()
    assert texts[number] in again
    assert len(again) == len(text)


def test_a_missing_comma_hides_nothing(tmp_path: Path) -> None:
    result = making.read_texts(tmp_path, f"[{good(1)}\n{good(2)}]")
    assert ids(result) == ["S00000001", "S00000002"]
    assert keys(result) == ["comma_missing"]
    assert not result.partly


def test_a_trailing_comma_is_nothing(tmp_path: Path) -> None:
    assert ids(making.read_texts(tmp_path, f"[{good(1)},{good(2)},]")) == ["S00000001", "S00000002"]


@pytest.mark.parametrize("tail", ["\0" * 5000, "\n\0\0\0\n"])
def test_zeros_at_the_end_are_skipped_and_said(tmp_path: Path, tail: str) -> None:
    result = making.read_texts(tmp_path, good(1) + tail + good(2))
    assert ids(result) == ["S00000001", "S00000002"]
    assert keys(result) == ["zero_characters"]


@pytest.mark.parametrize(
    "text", ['{"code": 0}', '[{"a": 1}, {"b": 2}]', '{"data": {"setlinfo": 1}}', "{}", "[{}]"]
)
def test_json_of_something_else(tmp_path: Path, text: str) -> None:
    result = making.read_texts(tmp_path, text)
    assert ids(result) == []
    assert set(keys(result)) == {"not_a_message"}
    assert "4101" in making.said(result)[0]


@pytest.mark.parametrize(
    "text", ["12", '"abc"', "null", "true", "NaN", "-1.5e7", "1 2 3", "abc", "[]", "[", "]", "{", "}"]
)
def test_json_that_is_no_object(tmp_path: Path, text: str) -> None:
    result = making.read_texts(tmp_path, text)
    assert ids(result) == []
    assert set(keys(result)) <= {"not_a_message", "not_json", "no_records"}
    assert keys(result)
    assert result.partly


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, '{"input":' + "[" * 5000 + "]" * 5000 + "}"]
)
def test_deep_nesting(tmp_path: Path, text: str) -> None:
    result = making.read_texts(tmp_path, f"{good(1)}\n{text}\n{good(2)}")
    assert ids(result) == ["S00000001", "S00000002"]
    assert result.partly


def test_deep_nesting_inside_an_unknown_field(tmp_path: Path) -> None:
    deep = good(2).replace('"gend"', '"zz": ' + "[" * 5000 + "]" * 5000 + ', "gend"')
    result = making.read_texts(tmp_path, f"{good(1)}\n{deep}\n{good(3)}")
    assert ids(result) == ["S00000001", "S00000003"]
    assert "嵌套层数过多" in making.said(result)[0]


@pytest.mark.parametrize("inner", ["{", "", "7", '"x"', "[]", '{"a": 1}', "[" * 5000])
def test_an_input_string_that_is_no_message(tmp_path: Path, inner: str) -> None:
    text = json.dumps({"infno": "4101", "input": inner})
    result = making.read_texts(tmp_path, f"{good(1)}\n{text}\n{good(2)}")
    assert ids(result) == ["S00000001", "S00000002"]
    assert keys(result) == ["not_a_message"]


def test_ten_thousand_broken_lines_are_counted_and_not_listed(tmp_path: Path) -> None:
    result = making.read_texts(tmp_path, f"{good(1)}\n" + '{"a" 1}\n' * 10_000 + good(2))
    assert ids(result) == ["S00000001", "S00000002"]
    assert len(result.problems) <= 102
    assert result.problems[-1].key == "and_more"


def test_a_message_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.reading.MEGABYTE", 1 << 10)
    text = good(1) + '\n{"infno": "4101", "input": [' + '"x",\n' * 100_000 + "\n" + good(2)
    result = making.read_texts(tmp_path, text)
    assert ids(result)[0] == "S00000001"
    assert "message_too_long" in keys(result)


# Characters


def test_half_characters_are_shown_as_their_escapes_and_stay(tmp_path: Path) -> None:
    text = good(1).replace('"陈秀兰"', '"陈\\ud800兰"').replace('"王志强"', '"\\uDC00"')
    path = making.put(tmp_path, "a.json", text)
    result = records.read([path])
    assert ids(result) == ["S00000001"]
    assert result.batch is not None
    assert result.batch.cases.patient_name.to_list() == ["陈\\ud800兰"]
    assert set(keys(result)) == {"half_character"}
    assert "setlinfo.psn_name" in "".join(making.said(result))
    assert written_again(path, result).decode() == text.replace('"gend": "2"', '"gend": "9"')


def test_half_characters_in_names_of_fields(tmp_path: Path) -> None:
    result = making.read_texts(tmp_path, good(1).replace('"gend"', '"\\ud800"'))
    assert ids(result) == ["S00000001"]


def test_a_pair_of_halves_is_a_character(tmp_path: Path) -> None:
    result = making.read_texts(tmp_path, good(1).replace('"陈秀兰"', '"\\ud840\\udc00"'))
    assert result.batch is not None
    assert result.batch.cases.patient_name.to_list() == ["\U00020000"]
    assert keys(result) == []


@pytest.mark.parametrize("escape", ["\\u0000", "\\u0007", "\\u0000\\u0000"])
def test_escaped_control_characters_are_values(tmp_path: Path, escape: str) -> None:
    path = making.put(tmp_path, "a.json", good(1).replace('"陈秀兰"', f'"陈{escape}"'))
    result = records.read([path])
    assert result.batch is not None
    assert result.batch.cases.patient_name.to_list() == [json.loads(f'"陈{escape}"')]
    assert escape.encode() in written_again(path, result)


@pytest.mark.parametrize("character", ["\n", "\t", "\0"])
def test_a_raw_control_character_in_a_text_is_said(tmp_path: Path, character: str) -> None:
    broken = good(2).replace("陈秀兰", f"陈{character}兰")
    result = making.read_texts(tmp_path, f"{good(1)}\n{broken}\n{good(3)}")
    assert ids(result) == ["S00000001", "S00000003"]
    assert "控制字符" in making.said(result)[0]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
@pytest.mark.parametrize("indent", [None, 1])
def test_every_encoding_reads_and_is_written_back_in_its_own(
    tmp_path: Path, encoding: str, indent: int | None
) -> None:
    text = json.dumps([making.envelope(1), making.envelope(2)], ensure_ascii=False, indent=indent)
    path = making.put(tmp_path, "a.json", text.encode(encoding))
    result = records.read([path])
    assert ids(result) == ["S00000001", "S00000002"]
    assert keys(result) == []
    assert result.batch is not None
    assert result.batch.cases.patient_name.to_list() == ["陈秀兰"] * 2
    assert written_again(path, result) == text.replace('"gend": "2"', '"gend": "9"', 1).encode(encoding)


def test_utf16_of_the_other_order_stays_so(tmp_path: Path) -> None:
    mark = b"\xfe\xff"
    path = making.put(tmp_path, "a.json", mark + good(1).encode("utf-16-be"))
    changed = good(1).replace('"gend": "2"', '"gend": "9"')
    assert written_again(path, records.read([path])) == mark + changed.encode("utf-16-be")


@pytest.mark.parametrize("odd", [0, 1, 2])
def test_one_line_in_another_encoding(tmp_path: Path, odd: int) -> None:
    lines = [good(number).encode("gb18030" if number == odd + 1 else "utf-8") for number in (1, 2, 3)]
    path = making.put(tmp_path, "a.jsonl", b"\n".join(lines))
    result = records.read([path])
    assert ids(result) == ["S00000001", "S00000002", "S00000003"]
    assert keys(result) == ["mixed_encoding"]
    assert not result.partly
    assert result.batch is not None
    assert set(result.batch.cases.patient_name.to_list()) == {"陈秀兰"}
    lines[0] = lines[0].replace(b'"gend": "2"', b'"gend": "9"')
    assert written_again(path, result) == b"\n".join(lines)


@pytest.mark.parametrize("shape", ["lines", "array"])
def test_a_message_with_a_lost_byte_is_left_out_and_stays(tmp_path: Path, shape: str) -> None:
    texts = [good(number).encode() for number in (1, 2, 3)]
    texts[1] = texts[1].replace("秀".encode(), b"\xe7\xa7", 1)
    data = b"\n".join(texts) if shape == "lines" else b"[" + b",".join(texts) + b"]"
    path = making.put(tmp_path, "a.json", data)
    result = records.read([path])
    assert ids(result) == ["S00000001", "S00000003"]
    assert keys(result) == ["lost_characters"]
    assert result.partly
    assert written_again(path, result) == data.replace(b'"gend": "2"', b'"gend": "9"', 1)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    for data in (b"{" + bytes(range(256)) * 50, b"[\xff\xfe\xfd" * 100, b"{\x80\x81" + b"\xff" * 100):
        result = making.read_texts(tmp_path, data)
        assert ids(result) == []
        assert result.partly


# Files


@pytest.mark.parametrize("content", [b"", b" \r\n\t " * 10, b"\xef\xbb\xbf", b"\xff\xfe", b" " * 3_000_000])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    result = making.read_texts(tmp_path, content)
    assert keys(result) == ["empty"]
    assert "000.json" in making.said(result)[0]


def test_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert keys(records.read([tmp_path / "empty"])) == ["nothing_inside"]
    assert keys(records.read([tmp_path / "no such file.json"])) == ["not_found"]


def test_one_broken_file_among_a_thousand(tmp_path: Path) -> None:
    for number in range(1000):
        text = json.dumps({"input": {"setlinfo": {"setl_id": f"S{number:08}"}}})
        making.put(tmp_path, f"{number:04}.json", text if number != 500 else text[:-9])
    result = records.read([tmp_path])
    assert len(ids(result)) == 999
    assert keys(result) == ["not_json"]
    assert "0500.json" in making.said(result)[0]


@pytest.mark.parametrize("name", [".hidden.json", "~$lock.json", "__MACOSX/x.json"])
def test_hidden_files_are_not_read(tmp_path: Path, name: str) -> None:
    making.put(tmp_path / "in", "a.json", good(1))
    making.put(tmp_path / "in", name, "{")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("a.json", good(1))
        archive.writestr(name, "{")
    for path in (tmp_path / "in", tmp_path / "in.zip"):
        result = records.read([path])
        assert ids(result) == ["S00000001"]
        assert keys(result) == []


def test_a_folder_that_lies_in_itself(tmp_path: Path) -> None:
    making.put(tmp_path, "a.json", good(1))
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert ids(records.read([tmp_path])) == ["S00000001"]


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to(tmp_path / "gone")
    result = records.read([tmp_path])
    assert keys(result) == ["not_found"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert keys(records.read([tmp_path])) == ["kind_unknown"]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = making.put(tmp_path, "a.json", good(1))
    making.put(tmp_path, "b.json", good(2))
    path.chmod(0)
    result = records.read([tmp_path])
    assert ids(result) == ["S00000002"]
    assert keys(result) == ["unreadable"]


def test_a_file_that_disappears(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        making.put(tmp_path, f"{number}.json", good(number))

    def vanish(_: int, file: str) -> bool:
        (tmp_path / "2.json").unlink(missing_ok=True)
        return bool(file)

    result = records.read([tmp_path], progress=vanish)
    assert ids(result) == ["S00000001", "S00000003"]
    assert keys(result) in (["not_found"], ["unreadable"])


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xc7\xe5\xb5\xa5.json")
    Path(path).write_text(good(1)[:-5] + "\n" + good(2))
    result = records.read([tmp_path])
    assert ids(result) == ["S00000002"]
    assert len(making.said(result)) == 1


def test_any_file_of_an_unknown_kind(tmp_path: Path) -> None:
    for name, data in (("a.pdf", b"%PDF-1.7 ..."), ("b.png", b"\x89PNG\r\n"), ("c.bin", b"\0" * 1000)):
        result = records.read([making.put(tmp_path / name, name, data)])
        assert ids(result) == []
        assert result.partly, name


# Archives


def zipped(folder: Path, members: dict[str, bytes], change: Callable[[bytes], bytes] = bytes) -> Path:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return making.put(folder, "a.zip", change(file.getvalue()))


@pytest.mark.parametrize("cut", [1, 20, 200, 1000])
def test_a_truncated_archive(tmp_path: Path, cut: int) -> None:
    path = zipped(tmp_path, {"1.json": good(1).encode()}, lambda data: data[:-cut])
    result = records.read([path])
    assert keys(result) == ["archive_broken"]


def test_a_damaged_member_does_not_hide_the_others(tmp_path: Path) -> None:
    def damage(data: bytes) -> bytes:
        at = data.index(b"2.json") + 40
        return data[:at] + bytes(byte ^ 0x55 for byte in data[at : at + 40]) + data[at + 40 :]

    path = zipped(tmp_path, {f"{number}.json": good(number).encode() for number in (1, 2, 3)}, damage)
    result = records.read([path])
    assert ids(result) == ["S00000001", "S00000003"]
    assert keys(result) == ["archive_broken"]
    assert "a.zip/2.json" in making.said(result)[0]


def test_an_empty_archive(tmp_path: Path) -> None:
    assert keys(records.read([zipped(tmp_path, {})])) == ["nothing_inside"]


def test_zeros_in_an_archive_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"bomb.json": bytes(50_000_000), "good.json": good(1).encode()})
    result = records.read([path])
    assert ids(result) == ["S00000001"]
    assert keys(result) == ["archive_member_large"]
    assert place(result.problems[0])["name"] == "bomb.json"


def test_a_member_with_a_password(tmp_path: Path) -> None:
    def lock(data: bytes) -> bytes:
        head, tail = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
        made = bytearray(data)
        made[head + 6] |= 1
        made[tail + 8] |= 1
        return bytes(made)

    path = zipped(tmp_path, {"1.json": good(1).encode(), "2.json": good(2).encode()}, lock)
    result = records.read([path])
    assert ids(result) == ["S00000002"]
    assert keys(result) == ["archive_encrypted"]


def test_names_that_lead_out_of_the_archive_lead_nowhere(tmp_path: Path) -> None:
    path = zipped(tmp_path / "in", {"../../out.json": good(1).encode(), "/abs.json": good(2).encode()})
    assert sorted(map(str, ids(records.read([path])))) == ["S00000001", "S00000002"]
    assert [found.name for found in tmp_path.rglob("*.json")] == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.json", good(1))
        archive.writestr("1.json", good(2))
    result = records.read([path])
    assert ids(result) == ["S00000001"]
    assert keys(result) == ["archive_doubled"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_packed_without_their_encoding_are_shown_as_they_were(tmp_path: Path, encoding: str) -> None:
    raw = "清单.json".encode(encoding)
    path = zipped(
        tmp_path, {"x" * len(raw): good(1)[:-3].encode()}, lambda data: data.replace(b"x" * len(raw), raw)
    )
    result = records.read([path])
    assert "a.zip/清单.json" in making.said(result)[0]


# Anything at all


@settings(max_examples=150)
@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("a.json", "a.zip"):
        result = records.read([making.put(folder, name, data)])
        assert result.batch is None or len(result.batch) == 0 or result.batch is not None
        making.said(result)


@settings(max_examples=150)
@given(st.integers(0, 10**9), st.sampled_from(["cut", "flip", "drop", "swap"]))
def test_no_damage_to_a_good_file_crashes_the_reader(
    tmp_path_factory: pytest.TempPathFactory, seed: int, damage: str
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    data = bytearray(making.lines([making.envelope(number) for number in (1, 2, 3)]).encode())
    at = seed % len(data)
    match damage:
        case "cut":
            del data[at:]
        case "flip":
            data[at] ^= 1 << seed % 8
        case "drop":
            del data[at : at + 1 + seed % 50]
        case _:
            data[at:at] = data[: seed % 100]
    path = making.put(folder, "a.jsonl", bytes(data))
    result = records.read([path])
    making.said(result)
    found = ids(result)
    assert len(found) >= 1 or at < 9000
    if found:
        changed = written_again(path, result)
        assert abs(len(changed) - len(data)) <= 20
