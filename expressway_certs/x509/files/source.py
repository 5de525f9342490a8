"""Where input comes from: a path, bytes, or text. The only place of this room that opens a file."""

from __future__ import annotations

import os
import stat
from typing import Final

from expressway_certs.x509.errors import LoadError

Source = str | bytes | os.PathLike[str]
"""What loaders take: a path, the bytes of a file, or text that holds PEM."""

MAX_INPUT_BYTES: Final = 16 * 1024 * 1024
"""The largest input that is looked at, in bytes."""

_CHUNK: Final = 65536
_LONGEST_PATH: Final = 4096
# Opening a FIFO without O_NONBLOCK waits for a writer; Windows has neither flag of the first kind but needs O_BINARY.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_source(source: Source) -> tuple[bytes, str]:
    """The bytes of a source and a label for messages.

    A `str` with "-----BEGIN" or a line break in it is the data itself; any other `str` is a path.
    Raises `LoadError` where nothing can be read or it is more than `MAX_INPUT_BYTES`; `TypeError` for other types.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _within_limit(bytes(source), ""), ""
    if isinstance(source, str) and _is_data(source):
        return _encoded(source), ""
    if isinstance(source, (str, os.PathLike)):
        path = os.fsdecode(source)
        where = path_label(path)
        return _within_limit(_read(path, where), where), where
    raise TypeError(f"a path, bytes or text is wanted, not {type(source).__name__}")


def printable(text: str) -> str:
    """Text with everything that a terminal would act on, or that cannot be shown, written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def path_label(path: str | os.PathLike[str]) -> str:
    """Return a path for messages; a text that can be no path, as when the content of a file is given, by its length."""
    return label(os.fsdecode(path), _LONGEST_PATH)


def label(text: str, longest: int) -> str:
    """Return a text for messages; one that is longer, or may be a private key, by its length."""
    return printable(text) if can_be_shown(text, longest) else f"(a text of {len(text)} characters)"


def can_be_shown(text: str, longest: int) -> bool:
    """Whether a message can hold a text: it may be a private key that was pasted where a name or path belongs."""
    return len(text) <= longest and "\n" not in text and "PRIVATE KEY" not in text


def _is_data(source: str) -> bool:
    return "-----BEGIN" in source or "\n" in source or "\r" in source


def _encoded(text: str) -> bytes:
    # In pieces, for a text of wide characters takes four times its length.
    parts = bytearray()
    for start in range(0, len(text), _CHUNK):
        parts += text[start : start + _CHUNK].encode("utf-8", "replace")
        if len(parts) > MAX_INPUT_BYTES:
            break
    return _within_limit(bytes(parts), "")


def _within_limit(data: bytes, where: str) -> bytes:
    if len(data) <= MAX_INPUT_BYTES:
        return data
    raise LoadError(
        "too large to be a certificate file",
        found=f"more than {MAX_INPUT_BYTES // (1024 * 1024)} MiB",
        where=where,
        remedy="give the certificate file itself, or split the collection into several files",
    )


def _read(path: str, where: str) -> bytes:
    try:
        _want_regular(os.stat(path), where)  # noqa: PTH116 - for Path an empty path is the folder itself
        handle = os.open(path, _FLAGS)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            _want_regular(status, where)
            # One byte more shows a file that is growing; the pseudo files of a kernel claim to be empty.
            return file.read(min(status.st_size, MAX_INPUT_BYTES) + 1 if status.st_size else _CHUNK)
    except (OSError, ValueError) as error:
        if isinstance(error, LoadError):
            raise
        raise _unreadable(error, where) from None


def _want_regular(status: os.stat_result, where: str) -> None:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return
    found = "a directory" if stat.S_ISDIR(mode) else "a pipe, socket or device"
    raise LoadError("cannot be read as a file", found=found, where=where, remedy="give the path of a regular file")


def _unreadable(error: OSError | ValueError, where: str) -> LoadError:
    if isinstance(error, FileNotFoundError):
        found, remedy = "no file of that name", "check the path, or give the content as bytes"
    elif isinstance(error, PermissionError):
        found, remedy = "a file that this user may not read", "change its permissions or copy it"
    elif isinstance(error, OSError):
        found, remedy = error.strerror or type(error).__name__, "check the path, or give the content as bytes"
    else:
        found, remedy = "a path with characters that no path can have", "give the content as bytes"
    if len(where) > 200:
        where = where[:60] + "…"
    return LoadError("cannot be read", found=found, where=where, remedy=remedy)
