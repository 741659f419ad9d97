"""Directory downloads in the exact published layout, with every fault that real ones have."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codebooks.importing import archives, registry
from codebooks.importing.kinds import POSITIONS, kinds, limit
from codebooks.importing.lines import Stopped
from codebooks.importing.offers import Offer
from tests.codebooks.making_lists import CODES, directory, row, text, zipped

DIRECTORIES = sorted(name for name, kind in kinds().items() if kind.form == POSITIONS)


def read(path: Path, kind: str = "") -> Offer:
    return registry.read(path, kind)


def said(offer: Offer) -> str:
    return "\n".join(remark.said() for remark in offer.remarks)


@pytest.mark.parametrize("kind", DIRECTORIES)
def test_each_directory_is_recognised_by_its_content(tmp_path: Path, kind: str) -> None:
    rows = [row(kind), row(kind, code=CODES[kind][:-1] + "4", name="另一个")]
    offer = read(directory(tmp_path / "download.zip", kind, rows))
    assert not offer.blocked, said(offer)
    assert offer.kind == kind
    (book,) = offer.books
    assert book.name == kinds()[kind].book
    assert sorted(book.table.column("code").to_pylist()) == sorted({CODES[kind], CODES[kind][:-1] + "4"})
    assert "另一个" in book.table.column("name").to_pylist()
    assert offer.refused == ()


def test_every_column_of_a_directory_is_kept_under_its_printed_name(tmp_path: Path) -> None:
    cells = {f"c{at}": f"v{at}" for at in range(1, 92) if at not in (36, 37, 78)}
    offer = read(directory(tmp_path / "x.zip", "1301", [row("1301", **cells)]))
    held = offer.books[0].table.to_pylist()[0]
    columns = kinds()["1301"].columns
    assert {held[columns[at]] for at in range(1, 92) if at not in (36, 37, 78)} == set(cells.values())


def test_null_is_nothing_in_every_spelling(tmp_path: Path) -> None:
    rows = [
        row("1302", code=f"T00180084{number}", c2=word)
        for number, word in enumerate(("null", "NULL", " null ", "", "\\N"))
    ]
    table = read(directory(tmp_path / "x.zip", "1302", rows)).books[0].table
    assert table.column(kinds()["1302"].columns[2]).to_pylist() == [None] * 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    content = text([row("1302", name="川贝母"), row("1302", code="T001800848", name="浙贝母")])
    offer = read(zipped(tmp_path / "x.zip", {"1302.txt": content.encode(encoding)}))
    assert offer.books[0].table.column("name").to_pylist() == ["川贝母", "浙贝母"]
    assert ("GB18030" in said(offer)) == (encoding == "gb18030")


def test_bytes_that_are_no_text_change_nothing(tmp_path: Path) -> None:
    content = text([row("1302")] * 3).encode() + b"\xff\xfe\xfa\x00 broken"
    offer = read(zipped(tmp_path / "x.zip", {"1302.txt": content}))
    assert offer.blocked
    assert offer.books == ()
    assert "第 4 行" in said(offer)


def test_ragged_rows_are_refused_by_number(tmp_path: Path) -> None:
    rows = [row("1302", code=f"T0018008{number:02}") for number in range(20)]
    rows[6] = rows[6][:-1]
    rows[12] = [*rows[12], "more"]
    offer = read(directory(tmp_path / "x.zip", "1302", rows))
    assert [(one.row, one.reason, one.value) for one in offer.refused] == [
        (7, "row_width", "28/29"),
        (13, "row_width", "30/29"),
    ]
    assert offer.books[0].table.num_rows == 18
    assert ":7:" in said(offer)


def test_a_file_that_loses_many_rows_is_broken(tmp_path: Path) -> None:
    rows = [row("1302", code=f"T0018008{number:02}") for number in range(20)]
    offer = read(directory(tmp_path / "x.zip", "1302", [*rows[:12], *(cells[:-3] for cells in rows[12:])]))
    assert offer.blocked
    assert offer.books == ()
    assert len(offer.refused) == 8


def test_of_doubled_codes_a_valid_row_wins_then_the_last(tmp_path: Path) -> None:
    rows = [
        row("1302", code="T001800001", name="一", valid="1"),
        row("1302", code="T001800001", name="二", valid="1"),
        row("1302", code="T001800001", name="三", valid="0"),
        row("1302", code="T001800002", name="四"),
        row("1302", code="T001800003", name="五", valid="0"),
        row("1302", code="T001800003", name="六", valid="0"),
    ]
    offer = read(directory(tmp_path / "x.zip", "1302", rows))
    table = offer.books[0].table
    assert dict(zip(table.column("code").to_pylist(), table.column("name").to_pylist(), strict=True)) == {
        "T001800001": "二",
        "T001800002": "四",
        "T001800003": "六",
    }
    assert table.column("valid").to_pylist() == [True, True, False]
    assert [(one.row, one.reason, one.value) for one in offer.refused] == [
        (1, "doubled_code", "T001800001 (2)"),
        (3, "doubled_code", "T001800001 (2)"),
        (5, "doubled_code", "T001800003 (6)"),
    ]


def test_a_row_without_a_code_is_refused(tmp_path: Path) -> None:
    offer = read(
        directory(
            tmp_path / "x.zip",
            "1302",
            [*[row("1302", code=f"T00180000{n}") for n in range(9)], row("1302", code=" ")],
        )
    )
    assert [(one.row, one.reason) for one in offer.refused] == [(10, "no_code")]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2024-01-05", "2024-01-05"),
        ("2024-01-05 00:00:00", "2024-01-05"),
        ("2024-01-05T10:00:00.0", "2024-01-05"),
        ("2024/1/5", "2024-01-05"),
        ("2024.1.5", "2024-01-05"),
        ("20240105", "2024-01-05"),
        ("20240105103000", "2024-01-05"),
        ("2024年1月5日", "2024-01-05"),
        ("45296", "2024-01-05"),
        ("9999-12-31", "9999-12-31"),
    ],
)
def test_dates_in_many_spellings(tmp_path: Path, written: str, read_as: str) -> None:
    offer = read(directory(tmp_path / "x.zip", "1302", [row("1302", valid_from=written)]))
    assert offer.books[0].table.column("valid_from").to_pylist() == [read_as]
    assert said(offer) == ""


def test_what_is_no_date_is_told_and_open(tmp_path: Path) -> None:
    offer = read(directory(tmp_path / "x.zip", "1302", [row("1302", valid_to="2024-13-45")]))
    assert offer.books[0].table.column("valid_to").to_pylist() == [None]
    assert "2024-13-45" in said(offer)
    assert not offer.blocked


def test_quotes_mean_nothing_and_trailing_blanks_go(tmp_path: Path) -> None:
    rows = [row("1302", name='"川贝'), row("1302", code="T001800848", name='浙"贝"母\u3000 ')]
    offer = read(zipped(tmp_path / "x.zip", {"1302.txt": text(rows, "\r\n") + "\r\n\r\n"}))
    assert offer.books[0].table.column("name").to_pylist() == ['"川贝', '浙"贝"母']
    assert offer.refused == ()


def test_members_of_one_kind_are_one_book_and_of_several_kinds_several(tmp_path: Path) -> None:
    members = {
        "1302_1.txt": text([row("1302")]),
        "1302_2.txt": text([row("1302", code="T001800848")]),
        "empty.txt": "",
        "readme.txt": "some words\n",
        "1305.txt": text([row("1305")]),
    }
    offer = read(zipped(tmp_path / "x.zip", members))
    assert {book.name: book.table.num_rows for book in offer.books} == {
        "lists/herbal_piece": 2,
        "lists/service_item": 1,
    }
    assert "empty.txt" in said(offer)
    assert "readme.txt" in said(offer)


def test_a_plain_text_needs_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "download"
    path.write_text(text([row("1305")]), "utf-8")
    assert read(path).kind == "1305"


def test_more_columns_than_published_are_kept_and_told(tmp_path: Path) -> None:
    offer = read(directory(tmp_path / "x.zip", "1302", [[*row("1302"), "new"]]))
    assert offer.books[0].table.column("column_30").to_pylist() == ["new"]
    assert "30" in said(offer)


def test_edition_is_the_version_and_the_last_change(tmp_path: Path) -> None:
    rows = [
        row("1302", edition="V2", updated="2026-05-01 08:00:00"),
        row("1302", code="T001800848", edition="V2", updated="20260401"),
    ]
    assert read(directory(tmp_path / "x.zip", "1302", rows)).books[0].edition == "V2 2026-05-01"


def test_ambiguous_columns_ask(tmp_path: Path) -> None:
    empty = row("1310")
    empty[3] = empty[4] = empty[5] = "null"
    cells = ["null"] * 15
    cells[1] = "病种"
    cells[3] = cells[5] = "1"
    offer = read(directory(tmp_path / "x.zip", "1310", [cells]))
    assert offer.blocked
    assert "1310" in said(offer)
    assert "1311" in said(offer)
    assert not read(directory(tmp_path / "x.zip", "1311", [row("1311")]), "1311").blocked


def test_an_unknown_kind_is_said(tmp_path: Path) -> None:
    offer = read(directory(tmp_path / "x.zip", "1302", [row("1302")]), "1399")
    assert offer.blocked
    assert "1399" in said(offer)


def test_a_structure_that_is_not_the_standards_is_told(tmp_path: Path) -> None:
    offer = read(directory(tmp_path / "x.zip", "1305", [row("1305"), row("1305", code="1102000010000")]))
    assert not offer.blocked
    assert "1102000010000" in said(offer)


# Archives


def test_a_damaged_archive_changes_nothing(tmp_path: Path) -> None:
    path = directory(tmp_path / "x.zip", "1302", [row("1302", code=f"T{number:09}") for number in range(500)])
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:60] + b"\0" * 40 + whole[100:]):
        path.write_bytes(content)
        offer = read(path)
        assert offer.blocked
        assert offer.books == ()


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"1302.txt": b"0" * (40 << 20)})
    offer = read(path)
    assert offer.blocked
    assert offer.books == ()


def test_an_archive_beyond_the_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = directory(tmp_path / "x.zip", "1302", [row("1302")])
    for name in ("import_members", "import_member_megabytes", "import_total_megabytes"):
        with monkeypatch.context() as patch:
            patch.setattr(archives, "limit", lambda asked, name=name: 0 if asked == name else limit(asked))
            assert read(path).blocked


def test_names_that_lead_elsewhere_stay_inside(tmp_path: Path) -> None:
    path = tmp_path / "in" / "x.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.txt", text([row("1302")]))
    assert not read(path).blocked
    assert sorted(file.name for file in tmp_path.rglob("*") if file.is_file()) == ["x.zip"]


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    assert read(zipped(tmp_path / "x.zip", {})).blocked
    assert read(zipped(tmp_path / "y.zip", {"1302.txt": ""})).blocked


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert read(tmp_path / "gone.zip").blocked


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = directory(tmp_path / "x.zip", "1302", [row("1302")])
    with pytest.raises(Stopped):
        registry.read(path, progress=lambda *_: False)


# Any table

CELL = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029\x85"), max_size=12
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), CELL, st.sampled_from(["0", "1", "null"])), min_size=1, max_size=25
    )
)
def test_no_row_is_lost_without_a_word(tmp_path: Path, cells: list[tuple[int, str, str]]) -> None:
    """Every row of any directory is in the book or refused with its number, and no code stands twice."""
    rows = [row("1302", code=f"T{code:09}", name=name, valid=valid) for code, name, valid in cells]
    offer = read(directory(tmp_path / "x.zip", "1302", rows))
    (book,) = offer.books
    codes = book.table.column("code").to_pylist()
    assert len(codes) == len(set(codes))
    assert set(codes) == {f"T{code:09}" for code, _, _ in cells}
    assert len(codes) + len(offer.refused) == len(rows)
    assert len({one.row for one in offer.refused}) == len(offer.refused)
