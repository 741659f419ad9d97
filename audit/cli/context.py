"""What every command needs: options, books, profile, language, progress; and how to read an input."""

import argparse
import getpass
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import platformdirs

import codebooks
import groupers
from audit.cli import BLOCKED, FINE, OUR_FAULT, UNUSABLE
from audit.dispositions import Memory
from audit.files import distinct, on_one_line, same_file
from audit.messages import LANGUAGES, Stopped, say
from audit.pipeline import Examined, examine, judged, newest_discharge, otherwise_in_force, scheme_for
from audit.privacy import Mask, masked, shown
from audit.workspace import ANYBODY
from groupers import Scheme
from records import Batch, ReadResult, read
from records.spreadsheets import Mapping, memory, remember
from records.spreadsheets.mapping import FOLDER as MAPPINGS
from validators import CheckSettings, check_settings, checks_for

__all__ = ["BLOCKED", "FINE", "OUR_FAULT", "UNUSABLE", "Context"]

DEFAULT_PROFILE = "national"
PROGRESS_SECONDS = 0.5
ERASE_LINE = "\r\x1b[K"


class Context:
    """One run of the command line."""

    def __init__(self, options: argparse.Namespace, language: str) -> None:
        self.options = options
        self.language = language
        self._last_progress = 0.0
        self._progress_shown = False
        self._told: tuple[str, str] | None = None

    @cached_property
    def data_folder(self) -> Path:
        """The user's own folder: codebooks, mappings."""
        given = os.environ.get("QINGDAN_DATA")
        return Path(given) if given else Path(platformdirs.user_data_dir("Qingdan", appauthor=False))

    @cached_property
    def library(self) -> codebooks.Library:
        """The user's codebooks in front of the shipped ones."""
        own = self.data_folder / "codebooks"
        return codebooks.shipped(own) if (own / "manifest.json").exists() else codebooks.shipped()

    @cached_property
    def profile(self) -> dict[str, Any]:
        """The resolved profile."""
        return self.library.profile(getattr(self.options, "profile", None) or DEFAULT_PROFILE)

    @cached_property
    def settings(self) -> CheckSettings:
        """Switches and thresholds of checks, narrowed by ``--select`` and ``--ignore``.

        Raises ``Stopped`` where these name a check that there is not: it would look as if nothing were wrong.
        """
        select, ignore = (_listed(getattr(self.options, name, None)) for name in ("select", "ignore"))
        known = check_ids()
        known |= {identifier[0] for identifier in known}
        unknown = [name for name in (*select, *ignore) if name.partition(":")[0] not in known]
        if unknown:
            raise Stopped("unknown_check", names="、".join(unknown))
        return check_settings(self.library, self.profile, select, ignore)

    @cached_property
    def mask(self) -> Mask:
        """How names and numbers of people are shown."""
        return shown if getattr(self.options, "show_identity", False) else masked(self.library)

    @cached_property
    def who(self) -> str:
        """The name the journal keeps."""
        given = getattr(self.options, "who", None) or os.environ.get("QINGDAN_WHO")
        try:
            return str(given or getpass.getuser())
        except (OSError, KeyError, ImportError):  # no such user; no module for users on Windows
            return ANYBODY

    def say(self, key: str, **holes: object) -> str:
        """A text in the run's language."""
        return say(key, self.language, **holes)

    def tell(self, text: str) -> None:
        """A message to the person, on stderr."""
        if self._progress_shown:
            sys.stderr.write(ERASE_LINE)
            self._progress_shown = False
        lines = (on_one_line(line) for line in text.split("\n"))
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()

    def progress(self, records: int, file: str) -> bool:
        """Reading progress on a terminal, at most twice a second; never cancels."""
        return self._progress(lambda: self.say("reading", count=records, file=on_one_line(file)))

    def trying_progress(self, done: int, total: int) -> bool:
        """How many of the cases have been tried in other orders, told as reading is."""
        return self._progress(lambda: self.say("trying", done=done, total=total))

    def _progress(self, words: Callable[[], str]) -> bool:
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._last_progress > PROGRESS_SECONDS:
            self._last_progress = now
            self._progress_shown = True
            sys.stderr.write(ERASE_LINE + words())
            sys.stderr.flush()
        return True

    @property
    def inputs(self) -> list[Path]:
        """The files and folders to read, each once."""
        return distinct([Path(path) for path in self.options.input])

    def read(self) -> tuple[ReadResult, Batch]:
        """Read the inputs and tell what could not be read. Raises ``Stopped`` where nothing could."""
        given = getattr(self.options, "mapping", None)
        mapping = Mapping.load(Path(given)) if given else memory(self.data_folder)
        result = read(self.inputs, self.library, mapping=mapping, progress=self.progress)
        for found in result.problems:
            self.tell(found.message(self.language))
        for used in {mapping.fingerprint: mapping for mapping in result.mappings}.values():
            self._tell_mapping(used, given=bool(given))
        batch = result.batch
        if batch is None or not len(batch):
            raise Stopped("nothing_read")
        return result, batch

    def _tell_mapping(self, used: Mapping, *, given: bool) -> None:
        """Print what each column is, and keep it; one that was kept before is only named, and left as it is."""
        path = self.data_folder / MAPPINGS / f"{used.fingerprint}.toml"
        if path.exists() and not given:
            self.tell(self.say("mapping_used", where=path))
            return
        for line in used.lines(self.language):
            self.tell(line)
        try:
            remember(used, self.data_folder)
        except OSError as error:
            self.tell(self.say("mapping_not_kept", why=error.strerror or error))
        else:
            self.tell(self.say("mapping_kept", where=path))

    def refuse_input(self, path: Path) -> None:
        """Raise ``Stopped`` where ``path`` is one of the inputs: originals are never overwritten."""
        if any(same_file(path, given) for given in self.inputs):
            raise Stopped("would_overwrite", where=path.name)

    def scheme(self, batch: Batch) -> Scheme:
        """The scheme and weights asked for, else the profile's, else the scheme in force with its own weights."""
        wanted, weights = (getattr(self.options, name, None) for name in ("scheme", "weights"))
        if wanted and wanted not in self.library.schemes():
            from audit.comparison import loaded

            loaded(self.library, wanted)
        scheme = scheme_for(batch, self.library, wanted, weights, self.profile)
        if not wanted:
            self._tell_missing(batch, scheme)
            self._tell_others(batch, scheme)
        self._tell_scheme(scheme)
        return scheme

    def _tell_missing(self, batch: Batch, scheme: Scheme) -> None:
        """Say where another scheme is in force by the latest discharge, and is not imported."""
        day = newest_discharge(batch)
        for one in self.library.announced_schemes():
            if day is not None and one.valid_from <= day and self._told is None:
                used = self.library.scheme_entry(scheme.id).title
                self.tell(
                    self.say("scheme_missing", title=one.title, day=one.valid_from, used=used, page=one.page)
                )

    def _tell_others(self, batch: Batch, scheme: Scheme) -> None:
        """Say how many cases another scheme applies to by their discharge: a batch is grouped by one."""
        section = self.profile.get("grouping", {})
        if self._told is not None or section.get("scheme"):
            return
        used = self.library.scheme_entry(scheme.id).title
        for name, cases in otherwise_in_force(
            batch, self.library, scheme.id, section.get("region", "")
        ).items():
            title = self.library.scheme_entry(name).title
            self.tell(self.say("scheme_other", cases=cases, title=title, scheme=name, used=used))

    def _tell_scheme(self, scheme: Scheme) -> None:
        """What to know of a scheme that is no longer in force, and of weights that do not cover it."""
        if (scheme.id, scheme.region) == self._told:
            return
        self._told = (scheme.id, scheme.region)
        entry = self.library.scheme_entry(scheme.id)
        edition = self.library.scheme_edition(scheme.id)
        if edition:
            self.tell(self.say("scheme_used", title=entry.title, scheme=scheme.id, edition=edition))
        if entry.valid_to is not None:
            self.tell(self.say("scheme_over", title=entry.title, day=entry.valid_to))
        if scheme.region:
            used = groupers.weights_for(self.library, scheme.id, scheme.region)
            key = "weights_used" if used.fits else "weights_of_other_scheme"
            holes = {
                "region": used.title,
                "known": used.known,
                "groups": used.groups,
                "scheme": used.own_scheme,
            }
            self.tell(self.say(key, **holes))

    @cached_property
    def memory(self) -> Memory:
        """The findings that the user has accepted before."""
        return Memory(self.data_folder)

    def examine(self, batch: Batch) -> Examined:
        """Group and check a batch; findings that were accepted before stand apart."""
        self._tell_unknown_fields(batch)
        return judged(examine(batch, self.scheme(batch), self.settings), self.memory.known())

    def _tell_unknown_fields(self, batch: Batch) -> None:
        """Say which ``F001:node.field`` of the command line no layout of the batch has."""
        wanted = [name for name in (*self.settings.only, *self.settings.off) if ":" in name]
        keys = {check.key for check in checks_for(batch)} if wanted else set()
        missing = sorted(set(wanted) - keys)
        if missing:
            self.tell(self.say("check_not_here", names="、".join(missing)))


def check_ids() -> set[str]:
    """The identifier of every check: those that have words."""
    names = (path.name for path in resources.files("validators.texts").iterdir())
    return {name.partition(".")[0] for name in names if name.endswith(f".{LANGUAGES[0]}.md")}


def _listed(given: Sequence[str] | None) -> list[str]:
    return [part.strip() for item in given or () for part in item.split(",") if part.strip()]
