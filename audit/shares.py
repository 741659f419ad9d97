"""Whether a folder is on a network share, where a write-ahead log must not be used."""

import os
import sys
from pathlib import Path

NETWORK_TYPES = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "ncpfs", "afs"})
MOUNTS = Path("/proc/mounts")
DRIVE_REMOTE = 4


def on_network_share(folder: Path) -> bool:
    """Whether ``folder`` is on a share, as far as the system tells."""
    resolved = folder.resolve()
    if sys.platform == "win32":
        return _remote_drive(resolved)
    try:
        lines = MOUNTS.read_text("utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    best, kind = "", ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = str(resolved) == point or str(resolved).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind in NETWORK_TYPES


def _remote_drive(folder: Path) -> bool:
    drive = os.path.splitdrive(folder)[0]
    if drive.startswith("\\\\"):
        return True
    import ctypes  # noqa: PLC0415 - only there on Windows

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - unknown to type checkers elsewhere
    return bool(kernel.GetDriveTypeW(f"{drive}\\") == DRIVE_REMOTE)
