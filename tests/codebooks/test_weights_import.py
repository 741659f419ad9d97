"""A region's own weights from a sheet or separated text: columns by name, region and year by the file."""

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

import codebooks
import groupers
from codebooks import arrow, weights
from codebooks.importing.installing import with_offers
from codebooks.importing.offers import Offer
from codebooks.importing.registry import read
from codebooks.importing.weights import WeightsImporter

LIBRARY = codebooks.shipped()
PUBLISHED_HEADS = [
    "DRG编码|DRG名称|RW|病组标识",
    "DRG|DRG名称|RW",
    "DRG编码|DRG名称|病组类型|RW|支付标准",
    "DRG组编码|DRG组名称|权重|病组类型",
    "DRG编码|DRG名称|权重|费率（三级）|支付标准（三级）|低倍临界值（三级）|高倍临界值（三级）",
    "分组编码|分组名称|稳定组|RW|二级医院系数|二级医院支付标准",
    "DRG编码|DRG组名称|RW|同等费率病组|总量控制病组|总控人次",
    "DRG编码|DRG名称|标准分值|等级系数（三甲）|等级系数（三乙）|等级系数（二级）",
    "DRG编码|DRG名称|初始权重|基础病组|不稳定病组",
    "ＤＲＧ 编码|DRG\n名称|相对权重（RW）",
    "病组编码|病组名称|三级医院权重",
]


def groups(scheme: str = "chs-drg-2.0", count: int = 60) -> list[tuple[str, str]]:
    rows = LIBRARY.scheme(scheme).drg.to_pylist()
    return [(row["drg"], row["name"]) for row in rows[:: len(rows) // count]]


def workbook(path: Path, rows: Sequence[Sequence[object]], above: Sequence[str] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for text in above:
        sheet.append([text])
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def table(head: str, weight: object = 1.25) -> list[list[object]]:
    names = head.split("|")
    code = next(at for at, name in enumerate(names) if "编码" in name or name == "DRG")
    title = next(at for at, name in enumerate(names) if "名称" in name)
    at = next(at for at, name in enumerate(names) if name.endswith(("RW", "权重", "分值", "（RW）")))
    rows: list[list[object]] = [list(names)]
    for drg, name in groups():
        row: list[object] = ["否"] * len(names)
        row[code], row[title], row[at] = drg, name, weight
        rows.append(row)
    return rows


def said(offer: Offer) -> str:
    return "\n".join(remark.said() for remark in offer.remarks)


@pytest.mark.parametrize("head", PUBLISHED_HEADS)
def test_the_heads_that_regions_use_are_known(tmp_path: Path, head: str) -> None:
    path = workbook(tmp_path / "苏州2026年DRG权重.xlsx", table(head))
    assert WeightsImporter().recognises(path)
    offer = read(path)
    assert (offer.kind, offer.blocked, offer.refused) == ("drg-weights", False, ())
    (book,) = offer.books
    assert (book.name, book.title) == ("payment/weights/jiangsu-suzhou-2026", "江苏苏州 2026")
    assert (book.edition, book.valid_from) == ("chs-drg-2.0", dt.date(2026, 1, 1))
    assert arrow.as_numpy(book.table, "weight").tolist() == [1.25] * len(groups())
    assert arrow.strings(book.table, "drg") == [drg for drg, _ in groups()]


def test_weights_in_use_group_by_them(tmp_path: Path) -> None:
    rows: list[list[object]] = [["DRG编码", "DRG名称", "RW"]]
    rows += [[drg, name, at + 1.5] for at, (drg, name) in enumerate(groups())]
    rows[3][2] = "按项目据实支付"
    offer = read(workbook(tmp_path / "苏州2026.xlsx", rows))
    library = with_offers([offer], tmp_path / "aside", tmp_path / "own")
    found = groupers.weights_for(library, "chs-drg-2.0", "jiangsu-suzhou")
    assert (found.region, found.fits, found.known, found.unused) == (
        "jiangsu-suzhou-2026", True, len(groups()), 0,
    )  # fmt: skip
    scheme = groupers.weighted(library, "chs-drg-2.0", "jiangsu-suzhou-2026")
    told = {held.drg: (held.weight, held.weight_text) for held in scheme.outcomes}
    assert told[groups()[0][0]] == (1.5, "")
    assert told[groups()[2][0]][1] == "按项目据实支付"
    assert "jiangsu-suzhou-2022" in weights.regions(library)


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8-sig", ","), ("gb18030", ","), ("utf-8", "\t")])
def test_separated_text(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "某地权重.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerows([["DRG编码", "DRG名称", "权重"], *([drg, name, "0.5"] for drg, name in groups())])
    offer = read(path)
    (book,) = offer.books
    assert (book.name, book.title, book.valid_from) == ("payment/weights/某地权重", "某地权重", None)
    assert "没有年份" in said(offer)
    library = with_offers([offer], tmp_path / "aside", tmp_path / "own")
    assert groupers.weights_for(library, "chs-drg-2.0", "某地权重").known == len(groups())


def test_region_and_year_may_stand_above_the_head(tmp_path: Path) -> None:
    path = workbook(tmp_path / "附件3.xlsx", table(PUBLISHED_HEADS[0]), ["临沂市2025年度DRG病组权重表", ""])
    (book,) = read(path).books
    assert (book.name, book.title) == ("payment/weights/shandong-linyi-2025", "山东临沂 2025")


def test_rows_that_are_not_taken_are_named(tmp_path: Path) -> None:
    rows = table(PUBLISHED_HEADS[1])
    rows += [
        ["合计", "", 99],
        [groups()[0][0], "again", 2],
        ["XX19", "neg", -1],
        ["", "", ""],
        ["", "备注", ""],
    ]
    offer = read(workbook(tmp_path / "苏州2026.xlsx", rows))
    assert not offer.blocked
    last = len(rows)
    assert [(refused.row, refused.reason) for refused in offer.refused] == [
        (last - 4, "weights_bad_code"), (last - 3, "weights_doubled"),
        (last - 2, "weights_negative"), (last, "weights_bad_code"),
    ]  # fmt: skip
    assert f":{last - 3}" in said(offer)
    assert arrow.as_numpy(offer.books[0].table, "weight").tolist() == [1.25] * len(groups())


def test_an_older_scheme_is_told_by_its_codes(tmp_path: Path) -> None:
    rows: list[list[object]] = [["DRG编码", "RW"], *([drg, 1] for drg, _ in groups("chs-drg-1.0", 300))]
    offer = read(workbook(tmp_path / "苏州2021.xlsx", rows))
    assert offer.books[0].edition == "chs-drg-1.0"
    assert "chs-drg-1.0" in said(offer)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([["DRG编码", "三级权重", "二级权重"], ["AA19", 1, 2]], "三级权重"),
        ([["DRG编码", "RW"]], "没有一行"),
        ([["DRG编码", "RW"], ["ZZ19", 1], ["ZX19", 1], ["ZW19", 2]], "对不上"),
        ([["编码", "说明"], ["AA19", "x"]], ""),
    ],
)
def test_what_keeps_a_file_out(tmp_path: Path, rows: list[list[object]], word: str) -> None:
    path = workbook(tmp_path / "苏州2026.xlsx", rows)
    offer = WeightsImporter().read(path)
    assert offer.blocked
    assert offer.books == ()
    assert word in said(offer)
    assert all(remark.english for remark in offer.remarks)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0 no workbook", b"\xff\xfe\x00"]
)
def test_a_damaged_file_is_not_recognised_and_never_raises(tmp_path: Path, content: bytes) -> None:
    for name in ("苏州2026.xlsx", "苏州2026.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        assert not WeightsImporter().recognises(path)
        assert WeightsImporter().read(path).blocked


def test_other_lists_are_left_to_others(tmp_path: Path) -> None:
    path = workbook(tmp_path / "drugs.xlsx", [["药品代码", "注册名称"], ["XA01", "x"]])
    assert not WeightsImporter().recognises(path)
