"""``python -m codebooks``: compile, compare, verify, list, pages. For builders; users have ``qingdan codebooks``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from codebooks import manifest, pages, store, verify
from codebooks.errors import CodebookError, say
from codebooks.listing import describe


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 fine, 1 the content differs, 2 unusable input."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except CodebookError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _compile(options: argparse.Namespace) -> int:
    from codebooks.compiling import build  # noqa: PLC0415 - pypinyin is there for builders only

    books = build.compile_folder(options.dir, options.out)
    _print(say("listing", "compiled", count=len(books), rows=sum(b.rows for b in books), place=options.out))
    return 0


def _compare(options: argparse.Namespace) -> int:
    from codebooks.compiling import build  # noqa: PLC0415 - pypinyin is there for builders only

    return _report(build.differing(options.dir, options.out), "differing_books", "compared", options.out)


def _verify(options: argparse.Namespace) -> int:
    return _report(verify.changed(options.out), "changed_books", "verified", options.out)


def _list(options: argparse.Namespace) -> int:
    for book in sorted(manifest.read(options.out).values(), key=lambda book: book.name):
        _print(describe(book))
    return 0


def _pages(options: argparse.Namespace) -> int:
    for name in pages.write(store.open_library((), options.out), options.docs):
        _print(name)
    return 0


def _report(names: tuple[str, ...], wrong: str, right: str, folder: Path) -> int:
    if names:
        sys.stderr.write(say("errors", wrong, names="、".join(names)) + "\n")
        return 1
    _print(say("listing", right, count=len(manifest.read(folder))))
    return 0


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m codebooks", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run, help_text in (
        ("compile", _compile, "compile DIR (tables shaped like ../shared/facts); without DIR only sources/"),
        ("compare", _compare, "compile DIR in memory and compare with the manifest"),
        ("verify", _verify, "compare every file with the manifest"),
        ("list", _list, "list the books"),
        ("pages", _pages, "write the documents of the standards into docs/standards"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.set_defaults(run=run)
        if name in ("compile", "compare"):
            command.add_argument("dir", type=Path, nargs="?" if name == "compile" else None)
        if name == "pages":
            command.add_argument("--docs", type=Path, default=Path("docs/standards"))
        command.add_argument("--out", type=Path, default=store.SHIPPED)
    return parser


if __name__ == "__main__":
    sys.exit(main())
