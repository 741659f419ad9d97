"""The words of the command line. Others script them: they are stable. Help texts stand in ``audit/texts``."""

import argparse
import os
from importlib.metadata import PackageNotFoundError, version

from audit.cli import auditing, books, checking, explaining, fixing, grouping, sampling
from audit.messages import LANGUAGES, say


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets ``run`` to its function."""
    language = os.environ.get("QINGDAN_LANGUAGE", "zh")

    def help_of(key: str) -> str:
        return say(f"help_{key}", language if language in LANGUAGES else "zh")

    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--language", choices=LANGUAGES, help=help_of("language"))
    judged = argparse.ArgumentParser(add_help=False, parents=[shared])
    judged.add_argument("input", nargs="+", metavar="INPUT", help=help_of("input"))
    judged.add_argument("--profile", metavar="P", help=help_of("profile"))
    judged.add_argument("--scheme", metavar="S", help=help_of("scheme"))
    judged.add_argument("--select", action="append", metavar="IDS", help=help_of("select"))
    judged.add_argument("--ignore", action="append", metavar="IDS", help=help_of("ignore"))
    judged.add_argument("--mapping", metavar="FILE", help=help_of("mapping"))
    judged.add_argument("--show-identity", action="store_true", help=help_of("show_identity"))
    judged.add_argument("--who", metavar="NAME", help=help_of("who"))

    top = argparse.ArgumentParser(prog="qingdan", description=help_of("qingdan"))
    top.add_argument("--version", action="version", version=f"qingdan {_version()}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("audit", parents=[judged], help=help_of("audit"))
    command.add_argument("--workspace", metavar="DIR", help=help_of("workspace"))
    command.add_argument("--export", metavar="DIR", help=help_of("export"))
    command.set_defaults(run=auditing.run)

    command = commands.add_parser("check", parents=[judged], help=help_of("check"))
    command.add_argument("--format", choices=("table", "jsonl", "xlsx"), default="table", help=help_of("format"))
    command.add_argument("--out", metavar="FILE", help=help_of("out_file"))
    command.set_defaults(run=checking.run)

    command = commands.add_parser("fix", parents=[judged], help=help_of("fix"))
    command.add_argument("--out", metavar="DIR", required=True, help=help_of("out_folder"))
    command.add_argument("--level", choices=("safe", "confirm"), default="safe", help=help_of("level"))
    command.add_argument("--preview", metavar="FILE", help=help_of("preview"))
    command.add_argument("--accept", metavar="FILE", help=help_of("accept"))
    command.set_defaults(run=fixing.run)

    command = commands.add_parser("group", parents=[shared], help=help_of("group"))
    command.add_argument("input", nargs="+", metavar="INPUT", help=help_of("input"))
    command.add_argument("--scheme", metavar="ID", help=help_of("scheme"))
    command.add_argument("--format", choices=("csv", "jsonl"), default="csv", help=help_of("format"))
    command.add_argument("--explain", action="store_true", help=help_of("explain_group"))
    command.add_argument("--mapping", metavar="FILE", help=help_of("mapping"))
    command.set_defaults(run=grouping.run)

    command = commands.add_parser("explain", parents=[shared], help=help_of("explain"))
    command.add_argument("code", metavar="CODE", help=help_of("explain_code"))
    command.set_defaults(run=explaining.run)

    command = commands.add_parser("code", parents=[shared], help=help_of("code"))
    command.add_argument("text", metavar="TEXT", help=help_of("code_text"))
    command.add_argument("--limit", type=int, default=20, help=help_of("limit"))
    command.set_defaults(run=explaining.search)

    command = commands.add_parser("sample", parents=[shared], help=help_of("sample"))
    command.add_argument("--cases", type=int, default=100, metavar="N", help=help_of("cases"))
    command.add_argument("--seed", type=int, default=1, metavar="S", help=help_of("seed"))
    command.add_argument("--defects", type=float, default=0.0, metavar="RATE", help=help_of("defects"))
    command.add_argument("--layout", default="4101", metavar="L", help=help_of("layout"))
    command.add_argument("--out", required=True, metavar="PATH", help=help_of("out_file"))
    command.set_defaults(run=sampling.run)

    command = commands.add_parser("codebooks", parents=[shared], help=help_of("codebooks"))
    acts = command.add_subparsers(required=True, metavar="ACT")
    for name, function in (("list", books.list_books), ("verify", books.verify)):
        act = acts.add_parser(name, parents=[shared], help=help_of(f"codebooks_{name}"))
        act.set_defaults(run=function)
    for name, function in (("import", books.import_pack), ("export", books.export_books)):
        act = acts.add_parser(name, parents=[shared], help=help_of(f"codebooks_{name}"))
        act.add_argument("file", metavar="FILE", help=help_of("pack_file"))
        if name == "export":
            act.add_argument("--books", action="append", metavar="NAMES", help=help_of("pack_books"))
        act.set_defaults(run=function)
    return top


def _version() -> str:
    try:
        return version("qingdan")
    except PackageNotFoundError:
        return "?"
