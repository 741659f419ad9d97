"""Whether a folder lies on a network share is read from the list of mounts."""

from pathlib import Path

import pytest

from audit import shares
from audit.shares import on_network_share

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /data nfs4 rw 0 0
//server/share /mnt/my\\040share cifs rw 0 0
/dev/sdb1 /data/local ext4 rw 0 0
broken line
x
"""


@pytest.fixture
def mounts(tmp_path, monkeypatch):
    path = tmp_path / "mounts"
    path.write_text(MOUNTS, "utf-8")
    monkeypatch.setattr(shares, "MOUNTS", path)
    return path


@pytest.mark.parametrize(
    ("folder", "answer"),
    [
        ("/home/somebody", False),
        ("/data", True),
        ("/data/audit", True),
        ("/database", False),
        ("/data/local/audit", False),
        ("/mnt/my share/audit", True),
    ],
)
def test_shares(mounts, folder, answer):
    assert on_network_share(Path(folder)) is answer


def test_without_a_list_of_mounts(tmp_path, monkeypatch):
    monkeypatch.setattr(shares, "MOUNTS", tmp_path / "none")
    assert on_network_share(tmp_path) is False
