"""Writing a sample: messages in one of the layouts, the shape told by the ending of the path; and the answer key."""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import numpy as np

from audit.sampling.planting import Planted
from codebooks.layouts import Layout
from records import Batch, cell, composed

ENDINGS = (".json", ".jsonl", ".ndjson", ".zip", "")
KEY_ENDING = ".key.jsonl"
CHUNK = 2000
# A fixed stamp, so that the same sample gives the same archive.
STAMP = (1980, 1, 1, 0, 0, 0)
Body = Mapping[str, object]


def messages(batch: Batch, layout: Layout, settings: Mapping[str, str], *, bare: bool) -> Iterator[str]:
    """One JSON text a case, in order: the whole envelope, or the bare input."""
    first = 0
    while first < len(batch):
        part = batch.slice(np.arange(first, min(first + CHUNK, len(batch))))
        for place, body in enumerate(composed(part, layout)):
            whole = body if bare else _envelope(body, part, place, first + place, layout, settings)
            yield json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        first += CHUNK


def _envelope(
    body: Body, batch: Batch, place: int, number: int, layout: Layout, settings: Mapping[str, str]
) -> Body:
    cases = batch.cases

    def said(name: str) -> str:
        value = cell(cases.column(name), place) if cases.has(name) else None
        return "" if value is None else str(value)

    sent = settings["envelope_time"]
    institution = said("institution_code") or settings["hospital_code"]
    stamp = "".join(character for character in sent if character.isdigit())
    held: dict[str, object] = {
        "infno": layout.id,
        "msgid": f"{institution}{stamp}{number % 10000:04d}",
        "mdtrtarea_admvs": settings["division"],
        "insuplc_admdvs": said("insured_area") or settings["division"],
        "inf_time": sent,
        "fixmedins_code": institution,
        "fixmedins_name": said("institution_name") or settings["hospital_name"],
        "input": body,
    }
    for name in layout.envelope:
        held.setdefault(name, settings.get(f"envelope_{name}", ""))
    return {name: held[name] for name in layout.envelope}


def write_messages(lines: Iterable[str], path: Path) -> None:
    """An array (.json), JSON lines (.jsonl), one message a file in an archive (.zip) or folder (no ending)."""
    match path.suffix.lower():
        case ".json":
            path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
        case ".jsonl" | ".ndjson":
            with path.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(f"{line}\n" for line in lines)
        case ".zip":
            write_archive(((f"{n:06d}.json", f"{line}\n") for n, line in enumerate(lines, start=1)), path)
        case _:
            path.mkdir(parents=True, exist_ok=True)
            for number, line in enumerate(lines, start=1):
                (path / f"{number:06d}.json").write_text(f"{line}\n", encoding="utf-8")


def write_archive(members: Iterable[tuple[str, str | bytes]], path: Path) -> None:
    """A .zip, the same bytes for the same members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members:
            data = content.encode() if isinstance(content, str) else content
            archive.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED, 9)


def in_batches(lines: Iterable[str], size: int) -> Iterator[str]:
    """JSON lines of ``size`` messages each, as one text."""
    held = iter(lines)
    while part := list(islice(held, size)):
        yield "".join(f"{line}\n" for line in part)


def write_key(key: Sequence[Planted], path: Path) -> Path:
    """The answer key beside the sample: ``PATH.key.jsonl``, the columns of ``check``."""
    target = path.with_name(path.name + KEY_ENDING)
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for planted in key:
            file.write(json.dumps(asdict(planted), ensure_ascii=False, separators=(",", ":")) + "\n")
    return target
