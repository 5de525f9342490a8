"""What people have on their disks: an archive, a folder with its files, or a folder with several archives."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from expressway_certs.sources.diagnostics.budget import Budget, read_whole
from expressway_certs.sources.diagnostics.names import is_wanted
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import path_label, printable

ARCHIVES: Final = (".tar.gz", ".tgz", ".tar", ".zip")
_DEEPEST: Final = 4
_GZIP, _ZIP, _USTAR = b"\x1f\x8b", b"PK", b"ustar"
_USTAR_AT: Final = 257
# A FIFO would keep the opener waiting.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@attrs.frozen(kw_only=True)
class File:
    """A file out of an archive or folder: its name without folders, what errors call it, and its content."""

    name: str
    where: str
    data: bytes = attrs.field(repr=False)


Wanted = Callable[[str], bool]


def read_container(path: str | os.PathLike[str], wanted: Wanted) -> Iterator[list[File]]:
    """Yield the wanted files of each archive that a path leads to; of a folder, its own files as one more.

    Names are only looked at: nothing is written, and no link is followed out of a folder.
    """
    where = path_label(path)
    status = _status(path, where)
    if stat.S_ISDIR(status.st_mode):
        yield from _folder(Path(path), Budget(where=where), wanted)
    elif stat.S_ISREG(status.st_mode):
        yield _archive(Path(path), where, wanted)
    else:
        raise LoadError("cannot be read", found="a pipe, socket or device", where=where, remedy="give a file or folder")


def is_diagnostics(path: Path) -> bool:
    """Whether a path is an archive, or a folder in which there is one or its files; its content is not looked at.

    Raises `LoadError` for a folder that cannot be looked through.
    """
    if path.is_dir():
        files = _walk(path, Budget(where=path_label(path)), 0)
        return any(is_wanted(file.name) or file.name.lower().endswith(ARCHIVES) for file in files)
    if not path.is_file():
        return False
    with _opened(path, path_label(path)) as stream:
        return _packing(stream) != ""


def _status(path: str | os.PathLike[str], where: str) -> os.stat_result:
    try:
        return os.stat(path)  # noqa: PTH116 - for Path an empty path is the folder itself
    except (OSError, ValueError) as error:
        raise _unreadable(error, where) from None


def _unreadable(error: OSError | ValueError, where: str) -> LoadError:
    found = (isinstance(error, OSError) and error.strerror) or "a path with characters that no path can have"
    return LoadError("cannot be read", found=found, where=where, remedy="check the path")


def _folder(folder: Path, budget: Budget, wanted: Wanted) -> Iterator[list[File]]:
    own, archives = [], []
    for path in _walk(folder, budget, 0):
        name = path.name
        if wanted(name):
            own.append(_file(path, budget))
        elif name.lower().endswith(ARCHIVES):
            archives.append(path)
    if own:
        yield own
    for path in archives:
        yield _archive(path, path_label(path), wanted)


def _walk(folder: Path, budget: Budget, depth: int) -> Iterator[Path]:
    """Yield the regular files below a folder, in order of name, to a depth; links are passed over."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise _unreadable(error, path_label(folder)) from None
    for entry in entries:
        budget.entry()
        if entry.is_dir(follow_symlinks=False):
            if depth < _DEEPEST:
                yield from _walk(folder / entry.name, budget, depth + 1)
        elif entry.is_file(follow_symlinks=False):
            yield folder / entry.name


def _file(path: Path, budget: Budget) -> File:
    where = path_label(path)
    own = Budget(where=where)
    with _opened(path, where) as stream:
        data = read_whole(stream, own)
    budget.keep(own.kept)
    return File(name=path.name, where=where, data=data)


@contextmanager
def _opened(path: Path, where: str) -> Iterator[BinaryIO]:
    try:
        handle = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise _unreadable(error, where) from None
    with os.fdopen(handle, "rb") as stream:
        yield stream


def _archive(path: Path, where: str, wanted: Wanted) -> list[File]:
    with _opened(path, where) as stream:
        return list(archive_files(stream, where, wanted))


def archive_files(stream: BinaryIO, where: str, wanted: Wanted) -> Iterator[File]:
    """Yield the wanted files of an archive in the order in which they lie there; `LoadError` for another file."""
    budget = Budget(where=where)
    try:
        for name, data in _entries(stream, budget, lambda name: wanted(_base(name))):
            shown = printable(_base(name))
            yield File(name=_base(name), where=f"{where}: {shown}" if where else shown, data=data)
    except (OSError, EOFError, zlib.error) as error:
        found = "a gzip stream that cannot be unpacked" if not isinstance(error, EOFError) else "its end too early"
        raise budget.fail("the archive is damaged", found, "fetch it once more") from None


def _entries(stream: BinaryIO, budget: Budget, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    # Who reads no archive need not wait for what unpacks them.
    import gzip  # noqa: PLC0415

    from expressway_certs.sources.diagnostics.tar import tar_files  # noqa: PLC0415
    from expressway_certs.sources.diagnostics.zipped import zip_files  # noqa: PLC0415

    packing = _packing(stream)
    if packing == "gzip":
        with gzip.GzipFile(fileobj=stream, mode="rb") as unpacked:
            yield from tar_files(unpacked, budget, wanted)  # type: ignore[arg-type]
    elif packing == "zip":
        yield from zip_files(stream, budget, wanted)
    elif packing == "tar":
        yield from tar_files(stream, budget, wanted)
    else:
        raise budget.fail(
            "no diagnostic log archive",
            "neither a tar.gz nor a ZIP archive",
            "give the archive from Maintenance > Diagnostics > Diagnostic logging > Download log, or its folder",
        )


def _packing(stream: BinaryIO) -> str:
    """Return how an archive is packed, by how it starts; an empty text for another file."""
    head = stream.read(_USTAR_AT + len(_USTAR))
    stream.seek(0)
    if head.startswith(_GZIP):
        return "gzip"
    if head.startswith(_ZIP):
        return "zip"
    return "tar" if head[_USTAR_AT:] == _USTAR else ""


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
