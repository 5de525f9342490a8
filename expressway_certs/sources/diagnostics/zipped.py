"""ZIP archives, of which only the wanted files are unpacked, and to memory alone."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from expressway_certs.sources.diagnostics.budget import Budget, read_whole

_LONGEST_READ: Final = 16 * 1024**2
_KNOWN: Final = frozenset([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
_ENCRYPTED: Final = 1
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, OverflowError)


class _Cautious(io.RawIOBase):
    """A file of which no more is read at once than a directory of a sound archive takes."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, size: int = -1) -> bytes:
        if size > _LONGEST_READ:
            raise self._budget.fail("too many files are in it", f"a directory of {size} bytes")
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True


def zip_files(stream: BinaryIO, budget: Budget, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the files whose name is wanted; `LoadError` for what cannot be read."""
    try:
        archive = zipfile.ZipFile(_Cautious(stream, budget))
    except _DAMAGED as error:
        raise _damaged(error, budget) from None
    for entry in archive.infolist():
        budget.entry()
        if not entry.is_dir() and wanted(entry.filename):
            yield entry.filename, _content(archive, entry, budget)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> bytes:
    if entry.flag_bits & _ENCRYPTED:
        raise budget.fail("the archive has a password", "an encrypted file")
    if entry.compress_type not in _KNOWN:
        raise budget.fail("a file is packed in a way that is not read here", f"method {entry.compress_type}")
    try:
        with archive.open(entry) as file:
            return read_whole(file, budget)  # type: ignore[arg-type]
    except _DAMAGED as error:
        raise _damaged(error, budget) from None


def _damaged(error: Exception, budget: Budget) -> Exception:
    if hasattr(error, "remedy"):
        return error
    return budget.fail("the archive is damaged", "a ZIP archive that cannot be unpacked", "fetch it once more")
