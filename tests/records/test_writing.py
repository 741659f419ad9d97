"""Files out: the shape of the input, piece by piece, held cases left out, nothing else touched."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pytest

import records
from records import Batch, CaseRows, Problem, SetCell, Unreadable, edited, fields_of
from records.comparing import differences
from records.writing import Written, message_files
from tests.records import making


def good(number: int) -> str:
    return making.lines([making.envelope(number)]).strip()


def opened(source: records.Source) -> IO[bytes]:
    return Path(source.path).open("rb")


def files(
    base: Batch, edits: Sequence[records.Edit] = (), held: Sequence[int] = (), *, only_cases: bool = False
) -> list[Written]:
    """The files of ``base`` after ``edits``; reading them again must give the cases that are not held."""
    after = edited(base, edits, fields_of(base))
    touched = {edit.row_id for edit in edits if isinstance(edit, SetCell)}
    now = {
        case: CaseRows(after, case) for case in range(len(base)) if int(base.cases.row_id[case]) in touched
    }
    problems: list[Problem] = []
    made = list(message_files(base, now, opened, problems, held=held, only_cases=only_cases))
    assert not problems
    return made


def reads_as(folder: Path, data: bytes) -> list[str | None]:
    batch = making.batch_of(records.read([making.put(folder, "again.json", data)]))
    return batch.cases.settlement_id.to_list()


@pytest.mark.parametrize("block", [7, 100, 1 << 24])
def test_a_file_is_written_in_blocks_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    text = "\n".join(good(number) for number in (1, 2, 3)) + "\n"
    path = making.put(tmp_path, "a.jsonl", text)
    base = making.batch_of(records.read([path]))
    monkeypatch.setattr("records.writing.BLOCK", block)
    (made,) = files(base, [SetCell("cases", 1, "sex", "9"), SetCell("cases", 2, "sex", "2")])
    first, second, third = text.splitlines(keepends=True)
    assert made.data.decode() == first + second.replace('"gend": "2"', '"gend": "9"') + third
    assert made.changed == 1
    assert made.cases == (0, 1, 2)
    assert (made.path, made.member) == (path, "")


@pytest.mark.parametrize("held", [[0], [1], [2], [0, 1], [0, 2], [1, 2]])
@pytest.mark.parametrize(
    "shape", ["lines", "array", "pretty", "one line array", "together", "arrays", "crlf"]
)
def test_held_cases_are_left_out_with_their_separators(tmp_path: Path, held: list[int], shape: str) -> None:
    messages = [making.envelope(number) for number in (1, 2, 3)]
    texts = [json.dumps(message, ensure_ascii=False) for message in messages]
    text = {
        "lines": "\n".join(texts) + "\n",
        "array": "[\n" + ",\n".join(texts) + "\n]\n",
        "pretty": json.dumps(messages, ensure_ascii=False, indent=2),
        "one line array": "[" + ",".join(texts) + "]",
        "together": "".join(texts),
        "arrays": "".join(f"[{text}]\n" for text in texts),
        "crlf": "[\r\n" + ",\r\n".join(texts) + "\r\n]\r\n",
    }[shape]
    path = making.put(tmp_path, "a.json", text)
    base = making.batch_of(records.read([path]))
    (made,) = files(base, held=held)
    kept = [number for number in (1, 2, 3) if number - 1 not in held]
    assert reads_as(tmp_path, made.data) == [f"S0000000{number}" for number in kept]
    assert made.cases == tuple(number - 1 for number in kept)
    if shape in {"array", "pretty", "one line array", "crlf"}:
        assert len(json.loads(made.data)) == len(kept)
    if shape == "lines":
        assert made.data.decode() == "".join(texts[number - 1] + "\n" for number in kept)
    if shape == "array":
        assert made.data.decode() == "[\n" + ",\n".join(texts[number - 1] for number in kept) + "\n]\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{good(1)}\n{good(2)[:700]}\n{good(3)}\n",
        f"[{good(1)},\n{good(2)[:700]},\n{good(3)}]",
        f"[{good(1)},{good(3)},{good(2)[:700]}",
        f"[{good(1)}\n{good(3)},]",
        f"junk\n{good(1)}\n{good(3)}\njunk",
        f"{good(1)}\n\0\0\0{good(3)}\0\0",
        f"\n\n{good(1)}\n\n{good(3)}",
        f'[{{"a": 1}}, {good(1)}, {good(3)}, 7]',
    ],
)
def test_what_could_not_be_read_stays_or_is_left_out(tmp_path: Path, text: str) -> None:
    path = making.put(tmp_path, "a.json", text)
    base = records.read([path]).batch
    assert base is not None
    (whole,) = files(base, [SetCell("cases", 0, "sex", "9")])
    assert whole.data.decode() == text.replace('"gend": "2"', '"gend": "9"', 1)
    (cases,) = files(base, [SetCell("cases", 0, "sex", "9")], only_cases=True)
    assert reads_as(tmp_path, cases.data) == ["S00000001", "S00000003"]
    (one,) = files(base, held=[0])
    assert reads_as(tmp_path, one.data) == ["S00000003"]


def test_a_good_file_with_only_its_cases_is_the_same_file(tmp_path: Path) -> None:
    one, two = good(1), good(2)
    for at, text in enumerate((f"{one}\n{two}\n", f"[ {one} ,\n {two}\n]", one, f"{one}{two}")):
        path = making.put(tmp_path, f"{at}.json", text)
        (made,) = files(making.batch_of(records.read([path])), only_cases=True)
        assert made.data.decode() == text


def test_a_file_of_which_every_case_is_held_is_not_written(tmp_path: Path) -> None:
    paths = [making.put(tmp_path, f"{number}.json", good(number)) for number in (1, 2)]
    base = making.batch_of(records.read(paths))
    (made,) = files(base, held=[0])
    assert made.path == paths[1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("shape", ["lines", "array"])
def test_held_cases_in_other_encodings(tmp_path: Path, encoding: str, shape: str) -> None:
    texts = [good(number) for number in (1, 2, 3)]
    text = "\n".join(texts) if shape == "lines" else "[" + ",\n".join(texts) + "]"
    path = making.put(tmp_path, "a.json", text.encode(encoding))
    base = making.batch_of(records.read([path]))
    (made,) = files(base, [SetCell("cases", 2, "patient_name", "李四")], held=[1])
    assert reads_as(tmp_path, made.data) == ["S00000001", "S00000003"]
    assert "李四" in made.data.decode(encoding)


def test_a_file_that_changed_is_not_written(tmp_path: Path) -> None:
    path = making.put(tmp_path, "a.json", good(1))
    base = making.batch_of(records.read([path]))
    path.write_text(good(2))
    problems: list[Problem] = []
    assert list(message_files(base, {}, lambda _: path.read_bytes(), problems)) == []
    assert [found.key for found in problems] == ["changed_since"]
    assert "重新导入" in problems[0].message()


def test_a_file_that_changes_while_it_is_written_is_refused(tmp_path: Path) -> None:
    path = making.put(tmp_path, "a.json", good(1))
    base = making.batch_of(records.read([path]))
    after = edited(base, [SetCell("cases", 0, "sex", "9")], fields_of(base))
    for now in ({}, {0: CaseRows(after, 0)}):
        for other in (good(2), good(1)[:-9], good(1) + good(1), "", "[" * 9000):
            path.write_text(good(1))
            (made,) = message_files(base, now, lambda _: path.read_bytes(), [])
            path.write_text(other)
            with pytest.raises(Unreadable) as caught:
                made.write_to(io.BytesIO())
            assert caught.value.problem.key == "changed_since"


def test_a_source_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    path = making.put(tmp_path, "a.json", good(1))
    base = making.batch_of(records.read([path]))

    def gone(source: records.Source) -> bytes:
        raise Unreadable(records.problems.problem("not_found", source.path))

    problems: list[Problem] = []
    assert list(message_files(base, {}, gone, problems)) == []
    assert [found.key for found in problems] == ["not_found"]


def test_a_file_imported_twice_is_two_files(tmp_path: Path) -> None:
    path = making.put(tmp_path, "a.json", good(1) + "\n" + good(2))
    base = making.batch_of(records.read([path, path]))
    assert len(base) == 4
    made = files(base, [SetCell("cases", 3, "sex", "9")])
    assert [file.cases for file in made] == [(0, 1), (2, 3)]
    assert made[0].data == path.read_bytes()
    assert made[1].data.decode().count('"gend": "9"') == 1


def test_two_layouts_of_one_file_go_back_into_it(tmp_path: Path) -> None:
    text = making.lines([making.envelope(1), making.second_layout(1), making.envelope(2)])
    path = making.put(tmp_path, "a.jsonl", text)
    base = making.batch_of(records.read([path]))
    after = edited(base, [SetCell("cases", 0, "discharge_way", "5")], fields_of(base))
    (made,) = message_files(base, {0: CaseRows(after, 0)}, lambda _: path.read_bytes(), [])
    lines = made.data.decode().splitlines()
    assert [json.loads(line)["input"]["setlinfo"]["dscg_way"] for line in lines] == ["5", "5", "1"]
    assert made.changed == 2
    again = making.batch_of(records.read([making.put(tmp_path, "b.jsonl", made.data)]))
    assert differences(after, again) == ()
