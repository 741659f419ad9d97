"""``qingdan codebooks try``: what a file, a pack or a profile would change on a batch; nothing is put in use."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from audit.cli.books import OWN, read_offers
from audit.cli.books_telling import offer_lines
from audit.cli.context import FINE, UNUSABLE, Context
from audit.files import aside
from audit.messages import Stopped
from audit.trying import Conditions, Trial, try_out
from audit.trying_reports import trial_json, trial_lines, trial_workbook
from audit.workspace import JOURNAL, Workspace
from codebooks import Library
from codebooks.importing.installing import with_offers
from records import Batch

PROFILE = ".toml"
WORKBOOK = "trial.xlsx"


def run(context: Context) -> int:
    """Examine the batch by what is in use and by what would be; list what differs."""
    options = context.options
    tried = Path(options.tried)
    now = Conditions(context.library, context.profile)
    with tempfile.TemporaryDirectory(prefix="qingdan-") as folder:
        if tried.suffix.lower() == PROFILE:
            if not tried.is_file():
                raise Stopped("unreadable", where=tried.name, why=context.say("no_such_file"))
            then = Conditions(context.library, context.library.profile(str(tried)), options.scheme)
        else:
            offers = read_offers(context, [tried], options.kind or "")
            for offer in offers:
                for line in offer_lines(offer, context.language):
                    context.tell(line)
            if any(offer.blocked or not (offer.books or offer.files) for offer in offers):
                return UNUSABLE
            library = with_offers(offers, Path(folder), context.data_folder / OWN)
            wanted = _profile(context, library, [file.path for offer in offers for file in offer.files])
            then = Conditions(library, library.profile(wanted), options.scheme)
        batch = _batch(context)
        _tell(context, try_out(batch, now, then, context.memory.known()))
    return FINE


def _profile(context: Context, library: Library, carried: list[str]) -> str:
    """The profile asked for; else the only one that the pack carries; else the usual one."""
    given = getattr(context.options, "profile", None)
    own = [Path(name).stem for name in carried if name.startswith("profiles/")]
    known = library.profiles()
    if given is None and len(own) == 1 and own[0] in known:
        context.tell(context.say("try_profile", name=own[0]))
        return own[0]
    return str(given or "national")


def _batch(context: Context) -> Batch:
    """The cases to try on: a workspace as it stands, else files."""
    given = context.inputs
    if len(given) == 1 and (given[0] / JOURNAL).is_file():
        with Workspace(given[0], context.library, who=context.who) as workspace:
            return workspace.current()
    return context.read()[1]


def _tell(context: Context, trial: Trial) -> None:
    form = context.options.format
    out = Path(context.options.out or WORKBOOK) if context.options.out or form == "xlsx" else None
    if out is not None:
        context.refuse_input(out)
    if form == "xlsx" and out is not None:
        trial_workbook(trial, out, context.language, context.mask)
    elif form == "jsonl":
        _write(trial_json(trial, context.mask, context.language), out)
    else:
        _write(trial_lines(trial, context.language, context.mask), out)
    if out is not None:
        context.tell(context.say("written", where=out))


def _write(lines: Iterator[str], out: Path | None) -> None:
    if out is None:
        for line in lines:
            sys.stdout.write(line + "\n")
        return
    with aside(out) as file:
        for line in lines:
            file.write(f"{line}\n".encode())
