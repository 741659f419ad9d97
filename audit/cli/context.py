"""What every command needs: options, books, profile, language, progress; and how to read an input."""

import argparse
import getpass
import os
import sys
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import platformdirs

import codebooks
from audit.messages import Stopped, say
from audit.pipeline import Examined, examine, scheme_for
from audit.privacy import Mask, masked, shown
from groupers import Scheme
from records import Batch, ReadResult, read
from records.spreadsheets import Mapping
from validators import CheckSettings, check_settings

FINE, BLOCKED, UNUSABLE, OUR_FAULT = 0, 1, 2, 3
DEFAULT_PROFILE = "national"
PROGRESS_SECONDS = 0.5


class Context:
    """One run of the command line."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self._last_progress = 0.0
        self._progress_shown = False

    @cached_property
    def language(self) -> str:
        """``zh`` unless asked otherwise."""
        return str(self.options.language or os.environ.get("QINGDAN_LANGUAGE", "zh"))

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
        """Switches and thresholds of checks, narrowed by ``--select`` and ``--ignore``."""
        return check_settings(
            self.library,
            self.profile,
            _listed(getattr(self.options, "select", None)),
            _listed(getattr(self.options, "ignore", None)),
        )

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
        except (OSError, KeyError):
            return "—"

    def say(self, key: str, **holes: object) -> str:
        """A text in the run's language."""
        return say(key, self.language, **holes)

    def tell(self, text: str) -> None:
        """A message to the person, on stderr."""
        if self._progress_shown:
            sys.stderr.write("\n")
            self._progress_shown = False
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def progress(self, records: int, file: str) -> bool:
        """Reading progress on a terminal, at most twice a second; never cancels."""
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._last_progress > PROGRESS_SECONDS:
            self._last_progress = now
            self._progress_shown = True
            sys.stderr.write("\r" + self.say("reading", count=records, file=file) + "\x1b[K")
            sys.stderr.flush()
        return True

    def read(self, paths: Sequence[str]) -> ReadResult:
        """Read the inputs and tell what could not be read. Raises ``Stopped`` where nothing could."""
        given = getattr(self.options, "mapping", None)
        mapping = Mapping.load(Path(given)) if given else None
        result = read(
            [Path(path) for path in paths], self.library, mapping=mapping, progress=self.progress
        )
        for found in result.problems:
            self.tell(found.message(self.language))
        for used in result.mappings:
            for line in used.lines(self.language):
                self.tell(line)
        if result.batch is None or not len(result.batch):
            raise Stopped("nothing_read")
        return result

    def scheme(self, batch: Batch) -> Scheme:
        """The scheme asked for, else the profile's, else the one in force."""
        wanted = getattr(self.options, "scheme", None) or self.profile.get("grouping", {}).get("scheme")
        return scheme_for(batch, self.library, wanted)

    def examine(self, batch: Batch) -> Examined:
        """Group and check a batch."""
        return examine(batch, self.scheme(batch), self.settings)


def _listed(given: Sequence[str] | None) -> list[str]:
    return [part.strip() for item in given or () for part in item.split(",") if part.strip()]
