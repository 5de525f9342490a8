"""Folders of labs whose process was killed: nobody closed them, and private keys lie in them.

A lab holds a lock on a file in its folder as long as its process lives, in whatever container that is. What nobody
holds a lock on is left over, and the next lab of the same user deletes it. No handler of a signal is set for that.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

PREFIX: Final = "expressway_lab_"
_LOCK: Final = "lock"


def claim(folder: Path) -> int | None:
    """Lock a folder and return the descriptor that holds it; None where the system has no such locks."""
    if sys.platform == "win32":
        return None
    # Until it is locked it has another name, so that nobody takes the folder for one that was left.
    new = folder / f"{_LOCK}.new"
    descriptor = os.open(new, os.O_RDWR | os.O_CREAT, 0o600)
    _is_taken(descriptor)
    new.rename(folder / _LOCK)
    return descriptor


def release(descriptor: int | None) -> None:
    """Let a folder go."""
    if descriptor is not None:
        os.close(descriptor)


def sweep(parent: Path) -> None:
    """Delete the folders of labs of this user whose process is gone; what cannot be deleted stays."""
    if sys.platform == "win32":
        return
    with os.scandir(parent) as entries:
        found = [Path(entry.path) for entry in entries if entry.name.startswith(PREFIX) and _is_ours(entry)]
    for folder in found:
        _delete_if_left(folder)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    try:
        is_folder = entry.is_dir(follow_symlinks=False)
        return is_folder and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
    except OSError:
        return False


def _delete_if_left(folder: Path) -> None:
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if _is_taken(descriptor):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)


def _is_taken(descriptor: int) -> bool:
    """Take the lock on a file, and say whether that went."""
    if sys.platform == "win32":
        return False
    import fcntl  # noqa: PLC0415 - Windows has none

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
