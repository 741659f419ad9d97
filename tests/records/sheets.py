"""Spreadsheets for the tests: written from rows of cells, read, corrected and read again."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl

import codebooks
from records import Batch, CaseRows, Edit, ReadResult, edited, fields_of, read
from records.comparing import differences
from records.problems import Problem
from records.tables_out import rewritten

Rows = Sequence[Sequence[object]]
Edits = Callable[[Batch], Sequence[Edit]]

LIBRARY = codebooks.shipped()

FLAT: Rows = (
    (
        "病案号",
        "姓名",
        "性别",
        "出生日期",
        "入院时间",
        "出院时间",
        "离院方式",
        "主要诊断编码",
        "主要诊断",
        "入院病情",
        "其他诊断编码1",
        "其他诊断1",
        "入院病情1",
        "其他诊断编码2",
        "其他诊断2",
        "入院病情2",
        "主要手术编码",
        "手术日期",
        "其他手术编码1",
        "床位费",
        "备注",
    ),
    (
        "001",
        "张三",
        "男",
        "1960-01-02",
        "2024-01-01 08:00:00",
        "2024-01-05 10:00:00",
        "医嘱离院",
        "I10.x00",
        "高血压",
        "有",
        "E11.900",
        "糖尿病",
        "无",
        "",
        "",
        "",
        "38.9301",
        "2024-01-02",
        "",
        "10.5",
        "甲",
    ),
    (
        "002",
        "李四",
        "女",
        "1970-01-02",
        "2024-01-01 08:00:00",
        "2024-01-06 10:00:00",
        "死亡",
        "J18.900",
        "肺炎",
        "有",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "乙",
    ),
)


def put_text(path: Path, rows: Rows, encoding: str = "utf-8", **style: object) -> Path:
    """A file of separated text."""
    held = io.StringIO(newline="")
    csv.writer(held, **({"lineterminator": "\n"} | style)).writerows(rows)  # type: ignore[arg-type]
    path.write_bytes(held.getvalue().encode(encoding))
    return path


def put_book(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """An .xlsx workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def batch_of(result: ReadResult) -> Batch:
    """The batch of a result that has one."""
    assert result.batch is not None, [problem.message() for problem in result.problems]
    return result.batch


def keys(problems: Sequence[Problem]) -> list[str]:
    """The kinds of problems, in order."""
    return [problem.key for problem in problems]


def texts(batch: Batch, table: str, column: str) -> list[str | None]:
    """A text column as a list."""
    found: list[str | None] = batch.table(table).column(column).to_list()
    return found


def corrected(path: Path, edits: Edits, problems: list[Problem] | None = None) -> tuple[bytes, ReadResult]:
    """The file after ``edits``, and what reading it again gives: it must be what the cases are now."""
    result = read([path])
    base = batch_of(result)
    now = edited(base, edits(base), fields_of(base))
    cases = {case: CaseRows(now, case) for case in range(len(base))}
    data, suffix = rewritten(
        path.read_bytes(), base.sources[0], base, cases, result.mappings[0], LIBRARY, problems
    )
    again = path.with_name(f"{path.stem}-out{suffix}")
    again.write_bytes(data)
    back = read([again])
    assert differences(now, batch_of(back)) == ()
    return data, back
