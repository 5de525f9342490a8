"""The files of a site folder: nothing outside it is read, whatever the site says."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final, Protocol

import attrs

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import MAX_INPUT_BYTES, printable

SITE_FILE: Final = "site.toml"
MAX_SITE_BYTES: Final = 1024 * 1024
"""The longest `site.toml` that is read."""
MAX_FOLDER_BYTES: Final = 64 * 1024 * 1024
"""The most that is read of a folder, all its files together."""

_NOT_FOLLOWED: Final = getattr(os, "O_NOFOLLOW", 0)
_FLAGS: Final = (
    os.O_RDONLY
    | _NOT_FOLLOWED
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class Files(Protocol):
    """Where the files of a site come from."""

    def read(self, path: str, limit: int = MAX_INPUT_BYTES) -> bytes:
        """Return the bytes of a file; `LoadError` where there is none, or it is outside, or too large."""


@attrs.define
class Folder:
    """The files of a folder on the disk, read once each. A symbolic link in it is not followed."""

    root: Path
    _read: dict[str, bytes] = attrs.field(factory=dict)
    _size: int = 0

    def read(self, path: str, limit: int = MAX_INPUT_BYTES) -> bytes:
        """Return the bytes of a file in the folder; `LoadError` where there is none that may be read."""
        if path not in self._read:
            within(path)
            data = _content(self.root, path.split("/"), limit)
            self._size += len(data)
            if self._size > MAX_FOLDER_BYTES:
                raise _refused("the files of the site are too large together", f"over {MAX_FOLDER_BYTES >> 20} MiB")
            self._read[path] = data
        return self._read[path]


@attrs.frozen
class Written:
    """Files that are still to be written, by their paths."""

    contents: dict[str, bytes]

    def read(self, path: str, limit: int = MAX_INPUT_BYTES) -> bytes:
        """Return the bytes that will be in a file."""
        within(path)
        data = self.contents.get(path)
        if data is None:
            raise _refused("cannot be read", "no file of that name")
        if len(data) > limit:
            raise _refused("too large", f"{len(data)} bytes, the limit is {limit}")
        return data


def within(path: str) -> None:
    """Raise `LoadError` for a path that leads out of the folder, or means other files on other systems."""
    parts = path.split("/")
    found = ""
    if path.startswith("/") or (len(path) > 1 and path[1] == ":"):
        found = "an absolute path"
    elif ".." in parts:
        found = 'a path with ".." in it'
    elif "\\" in path:
        found = "a path with backslashes"
    elif "" in parts or "." in parts:
        found = "a path with an empty part"
    elif not path.isprintable():
        found = "a path with characters that cannot be shown"
    if found:
        remedy = 'put the file into the folder of the site, and name it as in "expc1/server.pem"'
        raise LoadError("no path of a file in this folder", found=found, remedy=remedy)


def _refused(message: str, found: str, remedy: str = "") -> LoadError:
    return LoadError(message, found=found, remedy=remedy)


def _content(root: Path, parts: list[str], limit: int) -> bytes:
    path = root
    try:
        for part in parts:
            path /= part
            _want_no_link(path)
        return _regular(path, limit)
    except LoadError:
        raise
    except FileNotFoundError:
        raise _refused("cannot be read", "no file of that name", "check the path, upper and lower case too") from None
    except (OSError, ValueError) as error:
        raise _refused("cannot be read", getattr(error, "strerror", None) or "a name that no file can have") from None


def _want_no_link(path: Path) -> None:
    # A junction of Windows leads elsewhere as a link does, and is none for `lstat`.
    is_junction = getattr(os.path, "isjunction", lambda _: False)
    if path.is_symlink() or is_junction(path):
        found = f"a link ({printable(path.name)})"
        raise _refused("links are not followed", found, "copy the file into the folder of the site")


def _regular(path: Path, limit: int) -> bytes:
    looked_at = path.lstat()
    if not stat.S_ISREG(looked_at.st_mode):
        found = "a folder" if stat.S_ISDIR(looked_at.st_mode) else "a pipe, socket or device"
        raise _refused("cannot be read as a file", found)
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        if not os.path.samestat(looked_at, os.fstat(file.fileno())):
            raise _refused("cannot be read", "a file that is being replaced", "try again")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise _refused("too large", f"more than {limit} bytes")
    return data
