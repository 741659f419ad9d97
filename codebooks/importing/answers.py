"""Answers of the interface in JSON: the list of records in them, as a raw table; and the dictionaries of 1901.

A set of 1901 becomes a book of its own, ``value_sets/<type>``, in which what is no longer valid stays marked.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from codebooks import arrow
from codebooks.importing import arrays
from codebooks.importing.archives import MEGABYTE
from codebooks.importing.encodings import UTF8, encoding_of
from codebooks.importing.kinds import limit, words
from codebooks.importing.offers import OfferedBook, Refused, Remark
from codebooks.importing.raw import RawTable
from codebooks.importing.words import remark, say
from codebooks.store import shipped

TYPE, CODE, NAME = "type", "value", "label"
VALUE_SETS = "value_sets/"
_DEEPEST = 6
_WHOLE = ("infcode", "err_msg")


def is_json(path: Path) -> bool:
    """Whether the file begins as an object or a list."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError:
        return False
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_answer(path: Path, place: str) -> tuple[RawTable | None, list[Remark]]:
    """The records of an answer (JSON, or an answer a line) as text columns, or none and why."""
    most = limit("import_text_megabytes")
    if path.stat().st_size > most * MEGABYTE:
        return None, [remark("zip_large", place, blocks=True, limit=most)]
    encoding, line = encoding_of(path)
    if not encoding:
        return None, [remark("not_text", place, blocks=True, line=line)]
    text = path.read_text(encoding="utf-8-sig" if encoding == UTF8 else encoding)
    try:
        answers = _answers(text)
    except (ValueError, RecursionError) as error:
        return None, [remark("not_json", place, blocks=True, why=str(error)[:200])]
    said: list[Remark] = []
    records: list[Mapping[str, object]] = []
    for answer in answers:
        if isinstance(answer, Mapping) and str(answer.get("infcode", "0")) not in ("0", "0.0", "None", ""):
            code, why = (str(answer.get(key) or "")[:200] for key in _WHOLE)
            return None, [remark("failed_answer", place, blocks=True, code=code, why=why)]
        records += _records(answer, 0)
    if not records:
        return None, [*said, remark("no_records", place, blocks=True)]
    names = list(dict.fromkeys(name for record in records for name in record))[: limit("import_columns")]
    table = arrays.texts(([_text(record.get(name)) for name in names] for record in records), len(names))
    return RawTable(place, table, np.arange(1, len(records) + 1, dtype=np.int64), tuple(names)), said


def is_dictionary(raw: RawTable) -> bool:
    """Whether the records are those of interface 1901."""
    return {TYPE, CODE, NAME} <= set(raw.names)


def dictionaries(
    raw: RawTable, origin: str
) -> tuple[tuple[OfferedBook, ...], list[Remark], tuple[Refused, ...]]:
    """Each set of an answer of 1901 as a book; a value that comes twice counts as it stands last."""
    table = arrays.tidy(arrays.renamed(raw.table, raw.names), words("nothing"))
    no = words("no")
    known = {name.casefold(): name for name in shipped().value_sets()}
    held: dict[str, dict[str, tuple[object, ...]]] = {}
    refused: list[Refused] = []
    versions: dict[str, str] = {}
    rows: list[dict[str, str | None]] = table.to_pylist()
    for number, row in zip(raw.numbers.tolist(), rows, strict=True):
        kind, code = row[TYPE], row[CODE]
        if not kind or code is None:
            refused.append(Refused(raw.place, number, "no_code", str(row[NAME] or "")))
            continue
        name = known.get(kind.casefold(), kind.casefold())
        if code in held.setdefault(name, {}):
            refused.append(Refused(raw.place, number, "doubled_value", f"{kind} {code}"))
        valid = (row.get("vali_flag") or "1") not in no
        held[name][code] = (code, row[NAME], valid, row.get("parent_value"), row.get("create_date"))
        versions[name] = max(versions.get(name, ""), row.get("version") or "")
    books = tuple(
        _set_book(name, list(values.values()), versions[name], origin) for name, values in held.items()
    )
    return books, [], tuple(refused)


def _set_book(name: str, values: Sequence[tuple[object, ...]], version: str, origin: str) -> OfferedBook:
    codes, names, valid, parents, created = zip(*values, strict=True)
    columns: dict[str, Sequence[object]] = {
        "code": codes,
        "name": names,
        "valid": valid,
        "parent": parents,
        "created": created,
        "order": range(1, len(codes) + 1),
    }
    table = arrow.build(columns, {"valid": arrow.FLAG, "order": arrow.INTEGER})
    title = shipped().value_set(name).title if name in shipped().value_sets() else ""
    return OfferedBook(
        VALUE_SETS + name.replace("/", "_"), title or say("value_set", name=name), version, table, origin
    )


def _answers(text: str) -> list[object]:
    try:
        return [json.loads(text)]
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        return [json.loads(line) for line in lines]


def _records(held: object, depth: int) -> list[Mapping[str, object]]:
    """The first list of records inside ``held``; an object without one is no record."""
    if isinstance(held, list):
        return [record for record in held if isinstance(record, Mapping)]
    if isinstance(held, Mapping) and depth < _DEEPEST:
        for value in _by_likelihood(held):
            found = _records(value, depth + 1)
            if found:
                return found
    return []


def _by_likelihood(held: Mapping[str, object]) -> Iterator[object]:
    first = [held[key] for key in ("output", "list", "data") if key in held]
    yield from first
    yield from (value for key, value in held.items() if key not in ("output", "list", "data"))


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
