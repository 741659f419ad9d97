"""The words of the command line. Others script them: they are stable. Help texts stand in ``audit/texts``."""

import argparse
from importlib.metadata import PackageNotFoundError, version

from audit.cli.usage import Parser
from audit.messages import LANGUAGES, say


class _Words:
    """The help texts in one language, and parsers that speak it."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str) -> str:
        return say(f"help_{key}", self.language).replace("%", "%%")

    def parser(self, *parents: Parser) -> Parser:
        """A parser without ``-h`` whose arguments others take over."""
        return Parser(language=self.language, add_help=False, parents=list(parents))

    def commands(self, above: Parser, metavar: str) -> "_Commands":
        """The commands below ``above``."""
        return _Commands(self, above.add_subparsers(required=True, metavar=metavar, title=self("commands")))


class _Commands:
    """Adds commands: each is a word, the function that runs it, and the parsers it takes arguments from."""

    def __init__(self, words: _Words, held: "argparse._SubParsersAction[Parser]") -> None:
        self._words = words
        self._held = held

    def add(self, name: str, run: str, *parents: Parser, key: str = "") -> Parser:
        """One command; ``run`` is ``module.function`` in ``audit.cli``."""
        made = self._held.add_parser(
            name, help=self._words(key or name), language=self._words.language, parents=list(parents)
        )
        made.set_defaults(run=run)
        return made


def parser(language: str) -> Parser:
    """The parser of all commands; each sets ``run`` to the name of its function."""
    words = _Words(language)
    shared = words.parser()
    shared.add_argument("--language", choices=LANGUAGES, default=argparse.SUPPRESS, help=words("language"))
    top = Parser(language=language, prog="qingdan", description=words("qingdan"), parents=[shared])
    top.add_argument("--version", action="version", version=f"qingdan {_version()}", help=words("version"))
    commands = words.commands(top, "COMMAND")
    _judging(commands, words, shared)
    _converting(commands, words, shared)
    _telling(commands, words, shared)
    window = commands.add("desktop", "windowing.run", shared)
    window.add_argument("path", nargs="*", metavar="PATH", help=words("input"))
    return top


def _judging(commands: _Commands, words: _Words, shared: Parser) -> None:
    read = words.parser(shared)
    read.add_argument("input", nargs="+", metavar="INPUT", help=words("input"))
    read.add_argument("--profile", metavar="P", help=words("profile"))
    read.add_argument("--scheme", metavar="S", help=words("scheme"))
    read.add_argument("--weights", metavar="REGION", help=words("weights"))
    read.add_argument("--mapping", metavar="FILE", help=words("mapping"))
    judged = words.parser(read)
    judged.add_argument("--select", action="append", metavar="IDS", help=words("select"))
    judged.add_argument("--ignore", action="append", metavar="IDS", help=words("ignore"))
    judged.add_argument("--show-identity", action="store_true", help=words("show_identity"))
    judged.add_argument("--who", metavar="NAME", help=words("who"))

    audit = commands.add("audit", "auditing.run", judged)
    audit.add_argument("--workspace", metavar="DIR", help=words("workspace"))
    audit.add_argument("--export", metavar="DIR", help=words("export"))
    check = commands.add("check", "checking.run", judged)
    check.add_argument("--format", choices=("table", "jsonl", "xlsx"), default="table", help=words("format"))
    check.add_argument("--out", metavar="FILE", help=words("out_file"))
    fix = commands.add("fix", "fixing.run", judged)
    fix.add_argument("--out", metavar="DIR", required=True, help=words("out_folder"))
    fix.add_argument("--level", choices=("safe", "confirm"), default="safe", help=words("level"))
    fix.add_argument("--preview", metavar="FILE", help=words("preview"))
    fix.add_argument("--accept", metavar="FILE", help=words("accept"))
    group = commands.add("group", "grouping.run", read)
    group.add_argument("--format", choices=("csv", "jsonl"), default="csv", help=words("format"))
    group.add_argument("--explain", action="store_true", help=words("explain_group"))
    _supposing(commands, words, read)
    _comparing(commands, words, shared)


def _comparing(commands: _Commands, words: _Words, shared: Parser) -> None:
    compare = commands.add("compare", "comparing.run", shared)
    compare.add_argument("input", nargs="+", metavar="INPUT", help=words("input"))
    compare.add_argument("--from", dest="first", metavar="S", help=words("compare_from"))
    compare.add_argument("--to", dest="second", metavar="S", help=words("compare_to"))
    compare.add_argument("--weights-from", metavar="REGION", help=words("compare_weights_from"))
    compare.add_argument("--weights-to", metavar="REGION", help=words("compare_weights_to"))
    compare.add_argument("--mapping", metavar="FILE", help=words("mapping"))
    form = compare.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=words("as_json"))
    form.add_argument("--xlsx", metavar="FILE", help=words("compare_xlsx"))
    form.add_argument("--csv", metavar="DIR", help=words("compare_csv"))


def _supposing(commands: _Commands, words: _Words, read: Parser) -> None:
    told = words.parser(read)
    form = told.add_mutually_exclusive_group()
    for name in ("json", "csv", "xlsx"):
        form.add_argument(
            f"--{name}", dest="format", action="store_const", const=name, help=words(f"as_{name}")
        )
    told.set_defaults(format="table")
    told.add_argument("--out", metavar="FILE", help=words("out_file"))
    whatif = commands.add("whatif", "whatif.run", told)
    whatif.add_argument("--case", metavar="ID", help=words("case"))
    whatif.add_argument("--ranking", choices=("weight", "closeness"), default="weight", help=words("ranking"))
    whatif.add_argument("--rows", type=_at_least_one, metavar="N", help=words("rows"))
    indicators = commands.add("indicators", "indicators.run", told)
    indicators.add_argument("--by", choices=("department", "physician", "month"), help=words("by"))


def _converting(commands: _Commands, words: _Words, shared: Parser) -> None:
    convert = commands.add("convert", "convert.run", shared)
    convert.add_argument("input", nargs=1, metavar="FILE", help=words("convert_file"))
    convert.add_argument(
        "--from", dest="source", required=True, metavar="EDITION", help=words("convert_from")
    )
    convert.add_argument("--to", default="nhsa-2.0", choices=("nhsa-2.0",), help=words("convert_to"))
    convert.add_argument("-o", "--out", required=True, metavar="OUT", help=words("convert_out"))
    convert.add_argument("--code-column", metavar="HEADER", help=words("convert_code_column"))
    convert.add_argument("--name-column", metavar="HEADER", help=words("convert_name_column"))
    convert.add_argument("--use", choices=("diagnoses", "procedures"), help=words("convert_use"))


def _telling(commands: _Commands, words: _Words, shared: Parser) -> None:
    explain = commands.add("explain", "explaining.run", shared)
    explain.add_argument("code", metavar="CODE", help=words("explain_code"))
    code = commands.add("code", "explaining.search", shared)
    code.add_argument("text", metavar="TEXT", help=words("code_text"))
    code.add_argument("--limit", type=_at_least_one, default=20, metavar="N", help=words("limit"))
    code.add_argument("--kind", metavar="KIND", help=words("code_kind"))
    sample = commands.add("sample", "sampling.run", shared)
    sample.add_argument("--cases", type=int, default=100, metavar="N", help=words("cases"))
    sample.add_argument("--seed", type=int, default=1, metavar="S", help=words("seed"))
    sample.add_argument("--defects", type=float, default=0.0, metavar="RATE", help=words("defects"))
    sample.add_argument("--layout", default="4101", metavar="L", help=words("layout"))
    sample.add_argument("--out", required=True, metavar="PATH", help=words("out_file"))

    _books(words.commands(commands.add("codebooks", "", shared), "ACT"), words, shared)


def _books(acts: _Commands, words: _Words, shared: Parser) -> None:
    acts.add("list", "books.list_books", shared, key="codebooks_list")
    acts.add("maps", "books.list_maps", shared, key="codebooks_maps")
    edition = acts.add("edition", "editions.tell", shared, key="codebooks_edition")
    edition.add_argument("text", metavar="CODE|FILE", help=words("edition_text"))
    edition.add_argument("--name", metavar="NAME", help=words("edition_name"))
    acts.add("verify", "books.verify", shared, key="codebooks_verify")
    gaps = acts.add("gaps", "books.gaps", shared, key="codebooks_gaps")
    gaps.add_argument("--scheme", metavar="S", help=words("gaps_scheme"))
    blank = acts.add("template", "books.template", shared, key="codebooks_template")
    blank.add_argument("file", metavar="FILE", help=words("template_file"))
    blank.add_argument("--parent", metavar="S", help=words("template_parent"))
    take = acts.add("import", "books.import_files", shared, key="codebooks_import")
    take.add_argument("file", nargs="+", metavar="FILE", help=words("book_file"))
    take.add_argument("--kind", metavar="KIND", help=words("book_kind"))
    take.add_argument("--preview", action="store_true", help=words("book_preview"))
    take.add_argument("--yes", action="store_true", help=words("book_yes"))
    take.add_argument("--merge", action="store_true", help=words("book_merge"))
    take.add_argument("--list", metavar="CSV", help=words("book_list"))
    give = acts.add("export", "books.export_books", shared, key="codebooks_export")
    give.add_argument("file", metavar="FILE", help=words("pack_file"))
    give.add_argument("--books", action="append", metavar="NAMES", help=words("pack_books"))
    give.add_argument("--sign", metavar="KEY", help=words("pack_sign"))
    give.add_argument("--new-key", action="store_true", help=words("pack_new_key"))
    use = acts.add("use", "books.use", shared, key="codebooks_use")
    use.add_argument("name", metavar="NAME", help=words("book_name"))
    use.add_argument("edition", metavar="EDITION", help=words("book_edition"))
    remove = acts.add("remove", "books.remove", shared, key="codebooks_remove")
    remove.add_argument("name", metavar="NAME", help=words("book_name"))
    remove.add_argument("edition", nargs="?", metavar="EDITION", help=words("book_edition"))
    diff = acts.add("diff", "books.diff", shared, key="codebooks_diff")
    diff.add_argument("name", metavar="NAME", help=words("book_name"))
    diff.add_argument("edition", metavar="EDITION", help=words("book_edition"))
    diff.add_argument("against", nargs="?", metavar="AGAINST", help=words("book_against"))
    trial = acts.add("try", "trying.run", shared, key="codebooks_try")
    trial.add_argument("tried", metavar="FILE", help=words("try_file"))
    trial.add_argument("input", nargs="+", metavar="BATCH", help=words("try_batch"))
    trial.add_argument("--kind", metavar="KIND", help=words("book_kind"))
    trial.add_argument("--profile", metavar="P", help=words("profile"))
    trial.add_argument("--scheme", metavar="S", help=words("try_scheme"))
    trial.add_argument("--mapping", metavar="FILE", help=words("mapping"))
    trial.add_argument("--format", choices=("text", "jsonl", "xlsx"), default="text", help=words("format"))
    trial.add_argument("--out", metavar="FILE", help=words("out_file"))
    trial.add_argument("--show-identity", action="store_true", help=words("show_identity"))


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _version() -> str:
    try:
        return version("qingdan")
    except PackageNotFoundError:
        return "?"
