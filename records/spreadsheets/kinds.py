"""What kind of table a file is, by its content; its name only decides between readings of plain text."""

import codecs
import re
import zipfile
from enum import StrEnum
from io import BytesIO


class Kind(StrEnum):
    """How the cells are stored."""

    XLSX = "xlsx"
    XLS = "xls"
    HTML = "html"
    XML = "xml"
    DELIMITED = "delimited"
    NONE = ""


HEAD = 65536
FEW_CONTROL_SIGNS = 4
TABLE_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".et", ".tab", ".prn", ""})
WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (
    b"\x09\x08\x10\x00\x00\x06\x05\x00",
    b"\x09\x08\x08\x00\x00\x05",
    b"\x09\x04\x06\x00",
    b"\x09\x02\x06\x00",
)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HTML = re.compile(rb"<(!doctype\s+html|html|head|table|meta|style|body)[\s>]", re.IGNORECASE)
_SPREADSHEET_XML = b"urn:schemas-microsoft-com:office:spreadsheet"


def kind_of(suffix: str, data: bytes) -> Kind:
    """The kind of ``data``; ``NONE`` where it is no table that we read."""
    head = data[:HEAD]
    if head.startswith(b"PK\x03\x04"):
        return Kind.XLSX if suffix in WORKBOOK_ENDINGS or is_workbook(data) else Kind.NONE
    if head.startswith((_OLE, *_OLD_EXCEL)):
        return Kind.XLS
    wide = head.startswith(_MARKS[1:])
    flat = head[: len(head) // 2 * 2].decode("utf-16", "ignore").encode() if wide else head
    start = flat.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"<"):
        if _SPREADSHEET_XML in flat:
            return Kind.XML
        return Kind.HTML if _HTML.search(flat) else Kind.NONE
    if b"\x00" in flat or _is_binary(flat):
        return Kind.NONE
    if suffix in TABLE_ENDINGS or re.search(rb"[,\t;|]", flat.split(b"\n", 1)[0]):
        return Kind.DELIMITED
    return Kind.NONE


def is_workbook(data: bytes) -> bool:
    """Whether the zip archive ``data`` is an Excel workbook (and not an archive of files)."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError):
        # A truncated workbook still is one, and is named as damaged when it is read.
        return b"[Content_Types].xml" in data[:HEAD] or b"xl/" in data[:HEAD]
    return "[content_types].xml" in names and any(name.startswith("xl/") for name in names)


def _is_binary(head: bytes) -> bool:
    control = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))
    return control > FEW_CONTROL_SIGNS and control * 100 > len(head)
