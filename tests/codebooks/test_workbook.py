"""The reader of the official workbook: whole and odd ones are read, damaged ones keep everything out."""

import io
import re
import string
import zipfile

import openpyxl
import pytest

import codebooks
from codebooks.importing.comparing import difference
from codebooks.importing.increments import looks_partial, merged
from codebooks.importing.lines import Stopped
from codebooks.workbook import DrgWorkbook
from codebooks.workbook.words import texts
from tests.groupers.drg30 import HEADERS, installed, made_workbook, remark_texts, rows_of, small_workbook


def test_both_languages_say_the_same():
    holes = {
        language: {
            key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for key, text in texts(language).items()
        }
        for language in ("zh", "en")
    }
    assert holes["zh"] == holes["en"]


def test_a_fault_is_also_told_in_english(tmp_path):
    workbook = small_workbook()
    workbook.sheets["ADRG"][1][2] = "ZYSS inn OP_AA1"
    (remark,) = [remark for remark in read(workbook, tmp_path).remarks if remark.blocks]
    assert remark.said("en") == (
        "ADRG 第 3 行: rule “ZYSS inn OP_AA1”, position 6: expected in or not in, found “inn”"
    )


def read(workbook, tmp_path, name="workbook.xlsx"):
    return DrgWorkbook().read(workbook.save(tmp_path / name))


def table_of(offer, name):
    return next(book.table for book in offer.books if book.name.endswith(f"/{name}")).to_pylist()


def blocking(offer):
    assert offer.blocked
    assert offer.books == ()
    return [f"{remark.place}: {remark.text}" for remark in offer.remarks if remark.blocks]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The whole workbook in edition A."""
    path = made_workbook("A").save(tmp_path_factory.mktemp("whole") / "按病组（DRG）付费3.0版.xlsx")
    return DrgWorkbook().read(path)


def test_the_whole_workbook_is_read(whole):
    assert not whole.blocked
    assert {book.name.rpartition("/")[2]: book.table.num_rows for book in whole.books} | {
        "mdc_principal": 0, "adrg_member": 0, "steps": 0, "procedure_valid": 0,
    } == {
        "scheme": 1, "mdc": 26, "adrg": 537, "drg": 870, "comorbidity": 7918, "exclusion": 21043,
        "mdc_principal": 0, "adrg_member": 0, "steps": 0, "procedure_valid": 0,
    }  # fmt: skip
    assert len({row["slot"] for row in table_of(whole, "adrg_member")}) == 634
    assert len(whole.sha256) == 64
    assert all(whole.sha256[:12] in book.edition for book in whole.books)


def test_real_cells_arrive_as_they_stand_in_the_workbook(whole):
    members = {(row["slot"], row["code"]) for row in table_of(whole, "adrg_member")}
    assert {(row["set"], row["code"]) for row in rows_of("sets")} <= members
    levels = {row["dx"]: (row["level"], row["exclusion_table"]) for row in table_of(whole, "comorbidity")}
    for row in rows_of("comorbidity"):
        assert levels[row["code"]] == (row["kind"], None if row["table"] == "无" else row["table"])


def test_every_rule_keeps_its_wording_and_its_row(whole):
    published = codebooks.shipped().rows("drg/chs_drg_30_rules/adrg")
    rules = {row["ADRG编码"]: (row["ADRG规则"], row["row"]) for row in published}
    for row in table_of(whole, "adrg"):
        assert (row["formula"], row["source_row"]) == rules[row["adrg"]]
        assert row["source_sheet"] == "ADRG"


def test_known_errata_are_applied_and_told(whole):
    texts = remark_texts(whole)
    for code in ("P22.100", "P24.100", "P39.800", "P55.100", "P59.900", "P78.800", "S02.400"):
        assert any("已补上" in text and code in text for text in texts)
    assert any("T92.506" in text and "建" in text for text in texts)
    assert any("MDCO O00" in text for text in texts)
    assert any("A 版" in text for text in texts)
    order = [row["adrg"] for row in table_of(whole, "adrg") if row["mdc"] == "MDCO"]
    assert order[-1] == "O00"


def test_errata_are_not_applied_twice(tmp_path):
    workbook = small_workbook()
    workbook.sheets["排除表"].append(["EX_103", "P22.100", "新生儿短暂性呼吸急促"])
    offer = read(workbook, tmp_path)
    assert not any("已补上" in text and "P22.100" in text for text in remark_texts(offer))
    assert [row["dx"] for row in table_of(offer, "exclusion")].count("P22.100") == 1


@pytest.mark.parametrize("edition", ["A", "B"])
def test_both_editions_are_recognised(edition, tmp_path):
    path = small_workbook(edition).save(tmp_path / "workbook.xlsx")
    assert DrgWorkbook().recognises(path)
    offer = DrgWorkbook().read(path)
    assert not offer.blocked
    assert any(f"{edition} 版" in book.edition for book in offer.books)
    assert next(row["name"] for row in table_of(offer, "adrg")) == "心肺移植"


def test_odd_spaces_widths_and_breaks_are_read_and_told(tmp_path):
    workbook = small_workbook()
    workbook.sheets["ADRG"][2][2] = "(ZYZD\u00a0in  DI_BB2)_x000D_\n AND\u3000(ZYSS in\u200b OP_BB2)"
    workbook.sheets["集合"][4][0] = " OP_BB2\u00a0"
    workbook.sheets["集合"][4][1] = "３８.4000"
    workbook.sheets["集合"][5][3] = "op"
    offer = read(workbook, tmp_path)
    assert not offer.blocked, remark_texts(offer)
    (rule,) = [row for row in table_of(offer, "adrg") if row["adrg"] == "BB2"]
    assert rule["condition"] == "principal_in(DI_BB2) & principal_proc_in(OP_BB2)"
    assert ("OP_BB2", "38.4000") in {(row["slot"], row["code"]) for row in table_of(offer, "adrg_member")}
    assert any("已按清理后的内容读取" in text for text in remark_texts(offer))


def test_columns_are_found_by_their_headers(tmp_path):
    workbook = small_workbook()
    for name, rows in workbook.sheets.items():
        order = list(range(len(HEADERS[name])))[::-1]
        workbook.headers[name] = [HEADERS[name][at] for at in order] + ["备注"]
        workbook.sheets[name] = [[row[at] for at in order] + ["x"] for row in rows]
    expected = read(small_workbook(), tmp_path, "plain.xlsx")
    offer = read(workbook, tmp_path)
    assert not offer.blocked, remark_texts(offer)
    for name in ("adrg", "drg", "adrg_member", "comorbidity", "exclusion"):
        assert table_of(offer, name) == table_of(expected, name)


def test_other_headers_of_the_same_column_are_known(tmp_path):
    workbook = small_workbook()
    workbook.headers["DRG"][0] = "DRG编码"
    workbook.headers["集合"][3] = "类型"
    workbook.headers["CC"][0] = "ICD编码"
    workbook.headers["ADRG"][4] = "排序"
    assert not read(workbook, tmp_path).blocked


def test_doubled_members_and_unknown_codes_are_told(tmp_path):
    workbook = small_workbook()
    workbook.sheets["集合"].append(["OP_BB2", "38.4000", "血管切除术伴置换术", "OP"])
    workbook.sheets["集合"].append(["OP_BB2", "99.9999x999", "没有的编码", "OP"])
    workbook.sheets["CC"].append(["X99.999", "没有的编码", "EX_9", "CC"])
    texts = remark_texts(read(workbook, tmp_path))
    assert any("重复，只计一次：OP_BB2 38.4000" in text for text in texts)
    assert any("不在医保 2.0 版编码库中" in text and "99.9999x999" in text for text in texts)
    assert any("排除表不存在" in text and "X99.999 EX_9" in text for text in texts)


def test_what_differs_from_the_published_is_told(tmp_path):
    workbook = small_workbook()
    workbook.sheets["ADRG"][1][1] = "心肺联合移植"
    workbook.sheets["DRG"][2][2] = "QTZD in {MCC, CC}"
    texts = remark_texts(read(workbook, tmp_path))
    assert any("ADRG 数" in text and "492" in text for text in texts)
    assert any("ADRG" in text and "名称与已知的不同" in text and "AA1" in text for text in texts)
    assert any("规则与已知的不同" in text and "BB21" in text for text in texts)
    assert any("比已知规则少" in text for text in texts)


def test_a_group_without_rule_before_others_is_moved_behind_them(tmp_path):
    workbook = small_workbook()
    workbook.sheets["ADRG"][4][4] = 3
    offer = read(workbook, tmp_path)
    assert [row["adrg"] for row in table_of(offer, "adrg")][-1] == "B00"
    assert any("B00 没有规则而排在 MDCB 的 BQY 之前" in text for text in remark_texts(offer))


def change(sheet, row, column, value):
    def changed(workbook):
        workbook.sheets[sheet][row][column] = value

    return changed


def head(sheet, column, value):
    def changed(workbook):
        workbook.headers[sheet][column] = value

    return changed


def drop(sheet):
    return lambda workbook: workbook.sheets.pop(sheet)


def clear(sheet):
    return lambda workbook: workbook.sheets[sheet].clear()


def add(sheet, *row):
    return lambda workbook: workbook.sheets[sheet].append(list(row))


@pytest.mark.parametrize(
    ("damage", "place", "said"),
    [
        (drop("CC"), "CC", "缺少这张工作表"),
        (drop("集合"), "集合", "缺少这张工作表"),
        (clear("排除表"), "排除表", "没有数据"),
        (head("ADRG", 2, "规 则"), "ADRG", "表头缺少：ADRG规则"),
        (head("CC", 2, "表"), "CC", "表头缺少：排除表"),
        (change("ADRG", 1, 2, "ZYSS inn OP_AA1"), "ADRG 第 3 行", "第 6 位：应为in 或 not in，却是“inn”"),
        (change("ADRG", 1, 2, "ZYSS in OP_AA1 and"), "ADRG 第 3 行", "却是结尾"),
        (change("ADRG", 1, 2, "ZYSS in {OP_AA1"), "ADRG 第 3 行", "应为, 或 }"),
        (change("ADRG", 2, 2, "(ZYZD in DI_BB2"), "ADRG 第 4 行", "应为)"),
        (change("DRG", 2, 2, "NL>="), "DRG 第 4 行", "应为整数"),
        (change("DRG", 2, 2, "NL!=3"), "DRG 第 4 行", "第 3 位"),
        (change("DRG", 2, 2, "ZYZD in MCC"), "DRG 第 4 行", "只能写作 QTZD in"),
        (change("DRG", 2, 2, "{ZYZD, ZYSS} in DI_BB2"), "DRG 第 4 行", "同为诊断或同为手术操作"),
        (change("MDC", 1, 2, "ZYZD in DI_B99"), "MDC 第 4 行", "集合 DI_B99 不存在"),
        (change("ADRG", 1, 2, "ZYZD in OP_AA1"), "ADRG 第 3 行", "把集合 OP_AA1 用作诊断"),
        (add("MDC", "MDCA", "又一个", None, 9), "MDC 第 5 行", "编码 MDCA 与第 3 行重复"),
        (add("ADRG", "BB2", "又一个", None, "MDCB", 9), "ADRG 第 7 行", "编码 BB2 与第 4 行重复"),
        (add("DRG", "BB21", "又一个", None, "BB2", "MDCB", 9), "DRG 第 8 行", "编码 BB21 与第 4 行重复"),
        (change("ADRG", 1, 4, "第一"), "ADRG 第 3 行", "排序“第一”不是数字"),
        (change("MDC", 1, 3, "inf"), "MDC 第 4 行", "排序“inf”不是数字"),
        (change("集合", 0, 3, "手术"), "集合 第 2 行", "类型“手术”不是"),
        (change("集合", 1, 3, "OP"), "集合 第 4 行", "一个集合只能有一种类型"),
        (change("CC", 0, 3, "严重"), "CC 第 2 行", "类型“严重”不是"),
        (change("ADRG", 3, 3, None), "ADRG 第 5 行", "所属MDC编码为空。若单元格是合并的"),
        (change("ADRG", 2, 3, "MDCQ"), "ADRG 第 4 行", "上级 MDCQ 不存在"),
        (change("DRG", 2, 3, "BB9"), "DRG 第 4 行", "上级 BB9 不存在"),
        (change("DRG", 2, 4, "MDCA"), "DRG 第 4 行", "属于 MDCB"),
        (add("ADRG", "BB3", "空组", "ZYSS in OP_BB2", "MDCB", 9), "", "ADRG BB3 之下没有任何组"),
        (add("CC", "I50.900", "心力衰竭", "EX_2", "MCC"), "CC 第 5 行", "与第 3 行重复"),
    ],
)  # fmt: skip
def test_a_damaged_workbook_says_where_and_installs_nothing(damage, place, said, tmp_path):
    workbook = small_workbook()
    damage(workbook)
    found = blocking(read(workbook, tmp_path))
    assert any(text.startswith(place) and said in text for text in found), found


def test_merged_cells_are_named_as_the_cause(tmp_path):
    path = small_workbook().save(tmp_path / "workbook.xlsx")
    book = openpyxl.load_workbook(path)
    book["DRG"].merge_cells("D4:D5")
    book.save(path)
    found = blocking(DrgWorkbook().read(path))
    assert found == ["DRG 第 5 行: 所属ADRG编码为空。若单元格是合并的，请取消合并并在每一行填写。"]


def test_many_faults_of_one_sort_are_counted(tmp_path):
    workbook = small_workbook()
    workbook.sheets["集合"] += [["OP_BB2", f"38.{at:04}", "", "X"] for at in range(1000, 1100)]
    found = blocking(read(workbook, tmp_path))
    assert len(found) <= 25
    assert any("还有 80 处同样的问题" in text for text in remark_texts(read(workbook, tmp_path)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"not a workbook at all", "不是完好的"),
        (b"PK\x03\x04 and then nothing", "不是完好的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "不是完好的"),
    ],
)
def test_what_is_no_workbook_is_refused(content, said, tmp_path):
    path = tmp_path / "workbook.xlsx"
    path.write_bytes(content)
    assert not DrgWorkbook().recognises(path)
    assert said in blocking(DrgWorkbook().read(path))[0]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(share, tmp_path):
    path = small_workbook().save(tmp_path / "workbook.xlsx")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    DrgWorkbook().recognises(path)
    assert blocking(DrgWorkbook().read(path))


def test_a_flipped_byte_never_ends_in_an_exception(tmp_path):
    path = small_workbook().save(tmp_path / "workbook.xlsx")
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        DrgWorkbook().recognises(path)
        DrgWorkbook().read(path)


def with_member(path, name, content):
    """Replace one member of a workbook."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(info.filename, content if info.filename == name else source.read(info))
        if name not in source.namelist():
            target.writestr(name, content)
    return path


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = small_workbook().save(tmp_path / "workbook.xlsx")
    with_member(path, "xl/media/image1.png", bytes(300 << 20))
    assert path.stat().st_size < 1 << 20
    assert blocking(DrgWorkbook().read(path)) == [
        ": 工作簿解开后超过 256 MB，不予读取。官方配置信息远小于此，请核对来源。"
    ]


@pytest.mark.parametrize("cell", ["A1048576", "XFD1"])
def test_cells_far_apart_do_not_fill_the_memory(cell, tmp_path):
    path = small_workbook().save(tmp_path / "workbook.xlsx")
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet5.xml")
    row = re.sub(r"\D", "", cell)
    far = f'<row r="{row}"><c r="{cell}" t="n"><v>1</v></c></row></sheetData>'.encode()
    with_member(path, "xl/worksheets/sheet5.xml", sheet.replace(b"</sheetData>", far))
    (found,) = blocking(DrgWorkbook().read(path))
    assert "超出允许的范围" in found


def test_a_lock_file_is_named_as_such(tmp_path):
    path = tmp_path / "~$workbook.xlsx"
    path.write_bytes(b"\x05owner" + bytes(150))
    assert not DrgWorkbook().recognises(path)
    assert "锁文件" in blocking(DrgWorkbook().read(path))[0]


def test_an_absent_file_is_named(tmp_path):
    assert not DrgWorkbook().recognises(tmp_path / "nowhere.xlsx")
    assert "无法读取文件" in blocking(DrgWorkbook().read(tmp_path / "nowhere.xlsx"))[0]


def test_other_workbooks_are_not_taken_for_it(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "DRG"
    book.save(tmp_path / "other.xlsx")
    assert not DrgWorkbook().recognises(tmp_path / "other.xlsx")


def test_it_stops_when_told_to(tmp_path):
    path = small_workbook().save(tmp_path / "workbook.xlsx")
    told = []
    with pytest.raises(Stopped):
        DrgWorkbook().read(path, lambda done, of: bool(told.append((done, of))))
    assert told == [(1, 5)]


def test_a_principal_in_two_tables_is_told_once(tmp_path):
    workbook = small_workbook()
    workbook.sheets["排除表"] += [["EX_2", "I61.003", "基底节出血"], ["EX_2", "A19.100", "粟粒型结核"]]
    texts = remark_texts(read(workbook, tmp_path))
    assert len([text for text in texts if "又列入 EX_2" in text]) == 1
    assert [text for text in texts if "重复，只计一次" in text] == ["排除表 1 行重复，只计一次：EX_2 A19.100"]


def test_a_new_edition_is_compared_by_groups_and_members(tmp_path):
    """One row more at the top and another name are these two changes, not all rows of the sheet anew."""
    library = installed(read(small_workbook(), tmp_path), tmp_path / "own")
    newer = small_workbook("A")
    newer.sheets["DRG"][2][1] = "颅脑手术"
    newer.sheets["集合"].insert(0, ["OP_AA1", "33.5000", "肺移植术", "OP"])
    newer.sheets["排除表"] = newer.sheets["排除表"][:1]
    told = {
        one.name.rpartition("/")[2]: one
        for one in (difference(book, library) for book in read(newer, tmp_path, "newer.xlsx").books)
    }
    counted = {name: (one.added, one.removed, one.renamed) for name, one in told.items() if not one.same}
    assert counted == {"adrg_member": (1, 0, 0), "drg": (0, 0, 1), "exclusion": (0, 1, 0)}
    (changed,) = told["drg"].changes()
    assert changed.code == "BB21"
    assert changed.before != changed.after
    assert "颅脑手术" in changed.after
    assert not any(map(looks_partial, told.values()))


def test_an_increment_never_mixes_two_schemes(tmp_path):
    library = installed(read(small_workbook(), tmp_path), tmp_path / "own")
    newer = small_workbook()
    newer.sheets["集合"] = [row for row in newer.sheets["集合"] if row[:2] != ["OP_ALL", "43.3x00x003"]]
    offer = read(newer, tmp_path, "newer.xlsx")
    valid = table_of(merged(offer, library), "procedure_valid")
    assert valid == table_of(offer, "procedure_valid")
    assert "43.3x00x003" not in {row["code"] for row in valid}
