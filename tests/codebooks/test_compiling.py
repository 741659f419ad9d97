"""The compiler: strict reading, corrections that must apply, content hashes, all or nothing."""

import csv
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import codebooks
from codebooks import __main__ as command
from codebooks import arrow, manifest
from codebooks.compiling import build, corrections
from codebooks.compiling.columns import read_csv, refuse_stray_space, typed
from codebooks.compiling.corrections import Correction

BOOKS = """
[credits.own]
title = "our own"
licence = "Apache-2.0"
[sources]
integers = ["seq"]
skip = ["corrections/"]
[[books]]
name = "things"
title = "Things"
credit = "own"
integers = ["size"]
flags = ["good"]
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "things.csv").write_text("code,size,good\n01,5,Y\n02,,\n", encoding="utf-8")
    return folder


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    for name in ("corrections", "schemes", "layouts"):
        (folder / name).mkdir(parents=True)
    (folder / "books.toml").write_text(BOOKS, encoding="utf-8")
    schemes = "id,folder,title,valid_from,valid_to,credit,note\n"
    (folder / "schemes" / "schemes.csv").write_text(schemes, encoding="utf-8")
    shutil.copyfile(build.SOURCES / "schemes" / "tables.csv", folder / "schemes" / "tables.csv")
    shutil.copyfile(build.SOURCES / "schemes" / "parts.csv", folder / "schemes" / "parts.csv")
    (folder / "layouts" / "fields.csv").write_text("field,seq\nprfs,1\n", encoding="utf-8")
    return folder


def correct(sources: Path, *rows: str) -> None:
    header = "book,op,key_column,key,column,printed,corrected,reason"
    text = "\n".join([header, *rows]) + "\n"
    (sources / "corrections" / "things.csv").write_text(text, encoding="utf-8")


def test_types_and_empty_cells(published: Path, sources: Path, tmp_path: Path) -> None:
    build.compile_folder(published, tmp_path / "data", sources)
    library = codebooks.open_library(shipped_folder=tmp_path / "data")
    assert library.rows("things") == [
        {"code": "01", "size": 5, "good": True},
        {"code": "02", "size": None, "good": False},
    ]
    assert library.rows("sources/layouts/fields") == [{"field": "prfs", "seq": 1}]
    assert not library.has("sources/corrections/things")


def test_compiling_twice_gives_the_same_files(published: Path, sources: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    build.compile_folder(published, first, sources)
    build.compile_folder(published, second, sources)
    for file in first.rglob("*.*"):
        assert file.read_bytes() == (second / file.relative_to(first)).read_bytes()
    assert build.differing(published, second, sources) == ()


def test_only_our_own_tables_without_the_published(published: Path, sources: Path, tmp_path: Path) -> None:
    out = tmp_path / "data"
    build.compile_folder(published, out, sources)
    (sources / "layouts" / "fields.csv").write_text("field,seq\nprfs,2\n", encoding="utf-8")
    (sources / "layouts" / "more.csv").write_text("a\n1\n", encoding="utf-8")
    assert build.differing(published, out, sources) == ("sources/layouts/fields", "sources/layouts/more")
    build.compile_folder(None, out, sources)
    assert build.differing(published, out, sources) == ()


def test_a_failed_compile_leaves_the_old_folder(published: Path, sources: Path, tmp_path: Path) -> None:
    out = tmp_path / "data"
    build.compile_folder(published, out, sources)
    before = {path: path.read_bytes() for path in out.rglob("*.*")}
    (published / "things.csv").write_text("code,size,good\n01,five,Y\n", encoding="utf-8")
    with pytest.raises(codebooks.CodebookError, match="five"):
        build.compile_folder(published, out, sources)
    assert {path: path.read_bytes() for path in out.rglob("*.*")} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "published", "sources"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "表头"),
        (b"code,code\n1,2\n", "两次"),
        (b"code,size,good\n1,2\n", "第 2 行"),
        ("code,size,good\n甲,1,Y\n".encode("gb18030"), "UTF-8"),
        (b"code,size,good\n1,x,Y\n", "不是数字"),
        (b"code,size,good\n1,1,maybe\n", "maybe"),
        (b"code,size,good\n1 ,1,Y\n", "空白"),
    ],
)
def test_a_damaged_table_stops_the_compile(
    published: Path, sources: Path, tmp_path: Path, text: bytes, message: str
) -> None:
    (published / "things.csv").write_bytes(text)
    with pytest.raises(codebooks.CodebookError, match=message) as caught:
        build.compile_folder(published, tmp_path / "data", sources)
    assert "things.csv" in str(caught.value)
    assert not (tmp_path / "data").exists()


def test_an_absent_table_stops_the_compile(published: Path, sources: Path, tmp_path: Path) -> None:
    (published / "things.csv").unlink()
    with pytest.raises(codebooks.CodebookError, match=r"things\.csv"):
        build.compile_folder(published, tmp_path / "data", sources)


def test_corrections_apply(published: Path, sources: Path) -> None:
    correct(
        sources,
        "things,change,code,01,size,5,6,misprint",
        "things,drop,code,02,good,,,no such thing",
        "things,replace,,,good,Y,N,the other way",
    )
    # Without a row to name, an empty print can only be dropped by mistake.
    with pytest.raises(codebooks.CodebookError, match="第 3 行"):
        list(build.compile_books(published, sources))
    correct(sources, "things,change,code,01,size,5,6,misprint", "things,replace,,,good,Y,N,the other way")
    tables = {one.book.name: one.table for one in build.compile_books(published, sources)}
    assert tables["things"].to_pylist()[0] == {"code": "01", "size": 6, "good": False}


@pytest.mark.parametrize(
    "row",
    [
        "things,change,code,01,size,7,6,no longer printed",
        "things,drop,code,09,size,5,,no such code",
        "things,replace,,,good,?,N,nowhere",
        "things,change,code,01,colour,5,6,no such column",
        "things,change,code,01,size,5,6,",
        "things,erase,code,01,size,5,6,no such thing to do",
    ],
)
def test_a_correction_that_does_not_apply_stops_the_compile(published: Path, sources: Path, row: str) -> None:
    correct(sources, row)
    with pytest.raises(codebooks.CodebookError):
        list(build.compile_books(published, sources))


def test_a_drop_takes_out_the_row() -> None:
    one = Correction(Path("x.csv"), "drop", "code", "1", "name", "b", "")
    columns = {"code": ["1", "1", "2"], "name": ["a", "b", "c"]}
    assert corrections.apply(columns, [one]) == {"code": ["1", "2"], "name": ["a", "c"]}
    assert columns["code"] == ["1", "1", "2"]


def test_every_shipped_correction_gives_its_reason() -> None:
    for path in (build.SOURCES / "corrections").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            assert [row for row in csv.DictReader(stream) if len(row["reason"]) < 4] == []


def test_the_hash_is_of_the_content_and_not_of_its_storage(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": ["a", None, "", "b"],
            "whole": pa.array([1, None, 0, 2], pa.int32()),
            "part": [0.5, None, 0.0, 1.0],
            "flag": [True, None, False, True],
        }
    )
    wanted = arrow.content_hash(table)
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    sliced = pa.concat_tables([table, table]).slice(4)
    pq.write_table(table, tmp_path / "other.parquet", compression="none", store_schema=False)
    assert arrow.content_hash(chunked) == wanted
    assert arrow.content_hash(sliced) == wanted
    assert arrow.content_hash(arrow.read(tmp_path / "other.parquet")) == wanted


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"a": ["x", ""]}, {"a": ["x", None]}),
        ({"a": ["ab", "c"]}, {"a": ["a", "bc"]}),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}),
        ({"a": ["x"]}, {"b": ["x"]}),
        ({"a": ["x"], "b": ["y"]}, {"b": ["y"], "a": ["x"]}),
        ({"a": []}, {"b": []}),
        ({"a": ["1"]}, {"a": pa.array([1], pa.int32())}),
        ({"a": pa.array([0], pa.int32())}, {"a": [False]}),
    ],
)
def test_the_hash_tells_contents_apart(left: dict[str, object], right: dict[str, object]) -> None:
    def table(columns: dict[str, object]) -> pa.Table:
        return pa.table({k: pa.array(v, pa.string()) if v == [] else v for k, v in columns.items()})

    assert arrow.content_hash(table(left)) != arrow.content_hash(table(right))


def test_reading_tolerates_a_byte_order_mark_and_crlf(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'\xef\xbb\xbfa,b\r\n1,"x\ny"\r\n')
    columns = read_csv(path)
    assert columns == {"a": ["1"], "b": ["x\ny"]}
    refuse_stray_space(columns, path)
    assert typed({"a": []}, {}, path).num_rows == 0


def test_the_command_line(published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["verify"]) == 0
    assert command.main(["list"]) == 0
    assert "terms/icd10_nhsa_2.0\t33307" in capsys.readouterr().out
    assert command.main(["compile", str(published), "--out", str(tmp_path / "data")]) == 2
    assert "chs_drg_10" in capsys.readouterr().err
    folder = tmp_path / "copy"
    shutil.copytree(codebooks.store.SHIPPED / "checks", folder / "checks")
    books = [book for book in codebooks.shipped().books() if book.name.startswith("checks/")]
    (folder / manifest.NAME).write_text(manifest.dump(books), encoding="utf-8")
    assert command.main(["verify", "--out", str(folder)]) == 0
    (folder / "checks" / "diagnosis_selection_rules.parquet").write_bytes(b"PAR1")
    assert command.main(["verify", "--out", str(folder)]) == 1
    assert "checks/diagnosis_selection_rules" in capsys.readouterr().err
