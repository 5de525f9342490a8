"""Tar archives, read front to back without unpacking anything to disk.

The headers are taken apart here and not by ``tarfile.open``, which reads extended headers of any size into memory.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from expressway_certs.sources.diagnostics.budget import Budget

_BLOCK: Final = tarfile.BLOCKSIZE
_LONGEST_HEADER: Final = 64 * 1024
_CHUNK: Final = 256 * 1024
_PATH: Final = re.compile(rb"(?:\A|\n)\d{1,5} path=([^\n]*)\n")
_EXTENDED: Final = frozenset([tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE])
_LINKS: Final = frozenset([tarfile.SYMTYPE, tarfile.LNKTYPE])


def tar_files(stream: BinaryIO, budget: Budget, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the regular files whose name is wanted; `LoadError` for what is no tar."""
    name: str | None = None
    while (header := _header(stream, budget)) is not None:
        if header.size < 0:
            raise budget.fail("the archive is damaged", "a file of a negative size")
        if header.type == tarfile.GNUTYPE_LONGNAME:
            name = _text(_extra(stream, header, budget).rstrip(b"\0"))
            continue
        if header.type in _EXTENDED:
            found = _PATH.search(_extra(stream, header, budget))
            name = _text(found.group(1)) if found else name
            continue
        budget.entry()
        own, name = name or header.name, None
        if not wanted(own):
            _skip(stream, _padded(_length(header)), budget)
        elif header.type in _LINKS:
            raise budget.fail(f"{own} is a link in the archive", "a link instead of a file")
        elif header.isreg():
            yield own, _content(stream, header, budget)
        else:
            _skip(stream, _padded(_length(header)), budget)


def _header(stream: BinaryIO, budget: Budget) -> tarfile.TarInfo | None:
    """Return the next header; None at the end, which two empty blocks mark or the stream itself."""
    block = stream.read(_BLOCK)
    budget.unpack(len(block))
    if not block.strip(b"\0"):
        return None
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError, OverflowError):
        raise budget.fail("the archive is damaged", "a header that is no tar header") from None


def _length(header: tarfile.TarInfo) -> int:
    # Only what has a content is followed by one, whatever size a header of another kind gives.
    return header.size if header.isreg() or header.type not in tarfile.SUPPORTED_TYPES else 0


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _extra(stream: BinaryIO, header: tarfile.TarInfo, budget: Budget) -> bytes:
    if header.size > _LONGEST_HEADER:
        raise budget.fail("the archive is damaged", f"a name of {header.size} bytes")
    data = stream.read(_padded(header.size))
    budget.unpack(len(data))
    return data[: header.size]


def _content(stream: BinaryIO, header: tarfile.TarInfo, budget: Budget) -> bytes:
    budget.keep(header.size)
    data = stream.read(header.size)
    if len(data) < header.size:
        raise budget.fail("the archive is cut off", f"{len(data)} of the {header.size} bytes of a file")
    budget.unpack(len(data))
    _skip(stream, _padded(header.size) - header.size, budget)
    return data


def _skip(stream: BinaryIO, size: int, budget: Budget) -> None:
    while size > 0 and (chunk := stream.read(min(size, _CHUNK))):
        budget.unpack(len(chunk))
        size -= len(chunk)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
