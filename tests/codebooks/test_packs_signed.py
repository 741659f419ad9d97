"""Packs with profiles and mappings, and what is said of their signature."""

import json
import zipfile
from pathlib import Path

import pytest

import codebooks
from codebooks import packs, signatures
from codebooks.importing import registry
from codebooks.importing.installing import install
from codebooks.importing.offers import Offer

LIBRARY = codebooks.shipped()
TEXTS = {"profiles/hospital.toml": 'extends = "national"\nbeds = 800\n', "mappings/abc.toml": 'a = "b"\n'}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    signatures.new_key(tmp_path / "keys" / "our-hospital.key")
    return tmp_path / "keys"


def made(path: Path, key: Path | None = None, texts: dict[str, str] = TEXTS) -> Path:
    packs.export_pack(LIBRARY, packs.matching(LIBRARY, ["sources/limits"]), path, texts, key)
    return path


def changed(path: Path, **entries: bytes) -> Path:
    other = path.with_name("other.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, entries.get(name.partition("/")[0].partition(".")[0], old.read(name)))
    return other


def words(offer: Offer) -> str:
    return "\n".join(remark.text for remark in offer.remarks)


def test_books_profile_and_mappings_travel_together(tmp_path: Path) -> None:
    offer = registry.read(made(tmp_path / "pack.zip"))
    assert offer.kind == "pack"
    assert {file.path for file in offer.files} == set(TEXTS)
    install([offer], tmp_path / "data" / "codebooks")
    library = codebooks.open_library([tmp_path / "data" / "codebooks"])
    assert library.profile("hospital")["beds"] == 800
    assert (tmp_path / "data" / "mappings" / "abc.toml").read_text("utf-8") == TEXTS["mappings/abc.toml"]
    assert packs.own_texts(tmp_path / "data" / "codebooks") == TEXTS


def test_an_unsigned_pack_is_told_as_such(tmp_path: Path, keys: Path) -> None:
    offer = registry.read(made(tmp_path / "pack.zip"), keys=keys)
    assert not offer.blocked
    assert "没有签名" in words(offer)


def test_a_right_signature_is_told(tmp_path: Path, keys: Path) -> None:
    offer = registry.read(made(tmp_path / "pack.zip", keys / "our-hospital.key"), keys=keys)
    assert not offer.blocked
    assert "our-hospital" in words(offer)
    assert "签名正确" in words(offer)


def test_a_wrong_signature_refuses(tmp_path: Path, keys: Path) -> None:
    pack = made(tmp_path / "pack.zip", keys / "our-hospital.key")
    (keys / "our-hospital.key").unlink()
    signatures.new_key(keys / "our-hospital.key")
    offer = registry.read(pack, keys=keys)
    assert offer.blocked
    with pytest.raises(codebooks.CodebookError):
        packs.import_pack(pack, tmp_path / "codebooks")
    assert not (tmp_path / "codebooks").exists()


def test_a_manifest_that_was_changed_after_signing_refuses(tmp_path: Path, keys: Path) -> None:
    pack = made(tmp_path / "pack.zip", keys / "our-hospital.key")
    with zipfile.ZipFile(pack) as held:
        text = held.read("manifest.json").decode().replace('"edition": ""', '"edition": "x"')
    assert registry.read(changed(pack, manifest=text.encode()), keys=keys).blocked


def test_an_unknown_key_or_way_is_told_and_does_not_count_as_checked(tmp_path: Path, keys: Path) -> None:
    pack = made(tmp_path / "pack.zip", keys / "our-hospital.key")
    offer = registry.read(pack, keys=tmp_path / "none")
    assert not offer.blocked
    assert "未能核对" in words(offer)
    other = json.dumps({"algorithm": "ed25519", "key": "k", "value": "00"}).encode()
    assert "ed25519" in words(registry.read(changed(pack, signature=other), keys=keys))


@pytest.mark.parametrize(
    "broken", [b"no json", b"[]", b'{"algorithm": "hmac-sha256", "key": "../x", "value": ""}']
)
def test_a_malformed_signature_refuses(tmp_path: Path, keys: Path, broken: bytes) -> None:
    pack = made(tmp_path / "pack.zip", keys / "our-hospital.key")
    assert registry.read(changed(pack, signature=broken), keys=keys).blocked


def test_a_text_that_was_changed_refuses(tmp_path: Path) -> None:
    offer = registry.read(changed(made(tmp_path / "pack.zip"), profiles=b"beds = 1\n"))
    assert offer.blocked
    assert "hospital" in words(offer)


@pytest.mark.parametrize(
    "name",
    [
        "profiles/../../x.toml",
        "profiles/x.exe",
        "other/x.toml",
        "profiles/a:b.toml",
        "profiles/.toml",
        "x.toml",
    ],
)
def test_a_text_that_belongs_nowhere_refuses(tmp_path: Path, name: str) -> None:
    path = made(tmp_path / "pack.zip", texts={name: "a = 1\n"})
    assert registry.read(path).blocked


def test_a_profile_that_is_no_toml_refuses(tmp_path: Path) -> None:
    assert registry.read(made(tmp_path / "pack.zip", texts={"profiles/x.toml": "= ="})).blocked


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weak.key").write_text("00ff", "ascii")
    with pytest.raises(codebooks.CodebookError, match=r"weak\.key"):
        made(tmp_path / "pack.zip", tmp_path / "weak.key")
    assert not (tmp_path / "pack.zip").exists()
