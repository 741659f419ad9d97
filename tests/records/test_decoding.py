"""Bytes to text and back: whatever the encoding, the same bytes again."""

import codecs
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import Unreadable
from records.decoding import (
    GB18030,
    MIXED,
    UTF8,
    UTF8_MARK,
    UTF16,
    decoded,
    encoded,
    has_lost_characters,
    line_codecs,
    looked_through,
    mark,
    parts,
)

TEXT = st.text(min_size=1)
CHINESE = st.text(alphabet="患者姓名联通张三陈秀兰胆囊结石伴慢性炎㐀𠀀", min_size=1, max_size=12)
SIZES = st.integers(1, 40)


def cut(data: bytes, size: int) -> Sequence[bytes]:
    """``data`` in blocks."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def through(data: bytes, size: int) -> tuple[str, str, bytes]:
    """Encoding, text and the bytes made of it again, read in blocks of ``size``."""
    blocks = cut(data, size)
    looked = looked_through(blocks, "f")
    found = list(parts(blocks, looked.encoding))
    again = mark(data) + b"".join(encoded(part.text, (part,)) for part in found)
    return looked.encoding, "".join(part.text for part in found), again


@given(TEXT, SIZES)
def test_utf8(text: str, size: int) -> None:
    data = text.encode()
    if mark(data) or data[:2] in {b"{\0", b"[\0", b"\0{", b"\0["}:
        return
    assert through(data, size) == (UTF8, text, data)


@given(TEXT, SIZES)
def test_utf8_with_mark(text: str, size: int) -> None:
    data = codecs.BOM_UTF8 + text.encode()
    assert through(data, max(size, 3)) == (UTF8_MARK, text, data)


@given(TEXT, SIZES, st.sampled_from(["le", "be"]))
def test_utf16_with_mark(text: str, size: int, order: str) -> None:
    data = (codecs.BOM_UTF16_LE if order == "le" else codecs.BOM_UTF16_BE) + text.encode(f"utf-16-{order}")
    assert through(data, max(size, 2)) == (UTF16, text, data)


@given(TEXT, SIZES, st.sampled_from(["le", "be"]))
def test_utf16_json_without_mark(text: str, size: int, order: str) -> None:
    data = ("{" + text).encode(f"utf-16-{order}")
    assert through(data, max(size, 2)) == (f"utf-16-{order}", "{" + text, data)


@given(st.lists(CHINESE, min_size=1), SIZES)
def test_gb18030(names: list[str], size: int) -> None:
    text = "".join(f'"姓名患者": "{name}"\n' for name in names)
    data = text.encode(GB18030)
    assert through(data, size) == (GB18030, text, data)


@pytest.mark.parametrize("name", ["联通", "学", "唐"])
def test_a_short_name_that_is_utf8_by_chance_stays_gb18030(name: str) -> None:
    text = f'{{\n"a": "患者姓名"\n,"b": "{name}"\n}}'
    assert decoded(text.encode(GB18030), "f").text == text


@given(
    st.lists(
        st.tuples(st.text("患者姓名胆囊结石伴慢性炎", min_size=4, max_size=9), st.booleans()), min_size=1
    )
)
def test_lines_in_two_encodings(lines: list[tuple[str, bool]]) -> None:
    data = b"".join(f"{text}\n".encode(UTF8 if is_utf8 else GB18030) for text, is_utf8 in lines)
    text = "".join(f"{text}\n" for text, _ in lines)
    found = decoded(data, "f")
    if found.encoding == MIXED:
        assert found.text == text
        assert line_codecs(data) == [UTF8 if is_utf8 else GB18030 for _, is_utf8 in lines]
    assert through(data, 1 << 20)[2] == data
    looked = looked_through((data,), "f")
    assert looked.both is (len({is_utf8 for _, is_utf8 in lines}) == 2)


@given(st.binary(max_size=200), SIZES)
def test_whatever_is_decoded_comes_back(data: bytes, size: int) -> None:
    with suppress(Unreadable):
        assert through(data, max(size, 3))[2] == data


def test_a_byte_that_is_no_character_is_carried_through() -> None:
    good = '{"a": "患者姓名"}\n'.encode()
    data = good * 3 + good.replace("者".encode(), b"\xe8\x80") + good
    looked = looked_through((data,), "f")
    assert looked.broken
    assert not looked.both
    found = list(parts((data,), looked.encoding))
    assert b"".join(encoded(part.text, (part,)) for part in found) == data
    assert [has_lost_characters(part.text) for part in found] == [False, False, False, True, False]


def test_a_file_of_no_known_encoding_is_refused_with_its_first_bad_byte() -> None:
    data = b'{"a": "' + bytes(range(0x80, 0x100)) * 3 + b'"}'
    with pytest.raises(Unreadable) as caught:
        looked_through((data,), "f.json")
    assert caught.value.problem.key == "unknown_encoding"
    assert "8" in dict(caught.value.problem.holes)["byte"]


@pytest.mark.parametrize("broken", [b"\xff\xfe{\0\0", b"\xff\xfe\0\xd8{\0"])
def test_broken_utf16_is_refused(broken: bytes) -> None:
    with pytest.raises(Unreadable):
        looked_through((broken,), "f.json")


def test_spreadsheet_text_with_a_lost_byte_is_refused() -> None:
    data = ("病案号,姓名\n1,患者姓名\n" * 3).encode() + b"2,\xe8\n"
    with pytest.raises(Unreadable) as caught:
        decoded(data, "f.csv")
    assert dict(caught.value.problem.holes)["byte"] == str(data.index(b"\xe8\n") + 1)


def test_a_changed_line_keeps_its_codec_and_others_theirs() -> None:
    lines = ["患者姓名\n", "胆囊结石伴慢性胆囊炎\n", "患者姓名\n"]
    data = lines[0].encode() + lines[1].encode(GB18030) + lines[2].encode()
    found = list(parts((data,), MIXED))
    made = encoded(lines[0] + lines[1] + "新的一行\n" + lines[2], found)
    assert (
        made
        == lines[0].encode() + lines[1].encode(GB18030) + "新的一行\n".encode(GB18030) + lines[2].encode()
    )
