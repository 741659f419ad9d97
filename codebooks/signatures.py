"""Signatures of packs, by what the standard library offers: HMAC-SHA-256 with a key that both sides have.

    signature.json   {"algorithm": "hmac-sha256", "key": NAME, "value": hex over the bytes of manifest.json}
    keys/NAME.key    in the user's data folder: the key as hex, 32 bytes or more

The manifest names the hash of everything else in the pack, so it is all that has to be signed. A signature proves
that the sender holds the same key; it is no public signature, for which a library would be needed.
"""

import hmac
import json
import os
import re
import secrets
from pathlib import Path

from codebooks.errors import CodebookError
from codebooks.importing.offers import Remark
from codebooks.importing.words import remark

NAME = "signature.json"
KEYS = "keys"
ALGORITHM = "hmac-sha256"
_SHORTEST = 32
_KEY_NAME = re.compile(r"[\w-]{1,64}")


def new_key(path: Path) -> None:
    """Write a fresh key to ``path``; one that is there is not overwritten (``FileExistsError``)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)  # nobody else's from its first moment
    with os.fdopen(own, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_SHORTEST) + "\n")


def signature(manifest: bytes, key: Path) -> bytes:
    """The signature of a manifest by the key in the file ``key``. Raises ``CodebookError`` where it is none."""
    held = {"algorithm": ALGORITHM, "key": key.stem, "value": _value(manifest, key)}
    return (json.dumps(held, indent=1) + "\n").encode()


def checked(manifest: bytes, given: bytes | None, keys: Path) -> Remark:
    """What is to be said of a pack's signature; it blocks where the signature is wrong."""
    if given is None:
        return remark("pack_unsigned")
    try:
        held = json.loads(given)
        algorithm, name, value = (str(held[part]) for part in ("algorithm", "key", "value"))
    except (ValueError, KeyError, TypeError):
        return remark("pack_bad_signature", blocks=True)
    if algorithm != ALGORITHM:
        return remark("pack_unknown_signature", algorithm=algorithm[:40])
    if not _KEY_NAME.fullmatch(name):
        return remark("pack_bad_signature", blocks=True)
    path = keys / f"{name}.key"
    if not path.is_file():
        return remark("pack_unknown_key", key=name)
    if not hmac.compare_digest(_value(manifest, path).encode(), value.encode()):
        return remark("pack_wrong_signature", key=name, blocks=True)
    return remark("pack_signed", key=name)


def _value(manifest: bytes, path: Path) -> str:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise CodebookError("bad_key", place=path.name, detail=error) from error
    if len(key) < _SHORTEST:
        raise CodebookError("bad_key", place=path.name, detail=f"{len(key)} < {_SHORTEST}")
    return hmac.digest(key, manifest, "sha256").hex()
