"""Text out of certificates is hostile: what a terminal would act on is written as an escape."""

from __future__ import annotations

from typing import Final, TextIO

from expressway_certs.x509.files.source import printable

MOST: Final = 1000
"""How many characters of one text a page shows: names may be a mile long, and explanations are not."""


def plain(text: object) -> str:
    r"""Return ``str(text)`` with everything but visible characters and spaces written as an escape.

    Control characters, line breaks, bidi controls, characters of no width and lone surrogates among them.

    >>> plain("\x1b[31mred\u202egro")
    '\\x1b[31mred\\u202egro'
    """
    return printable(str(text))


def brief(text: object, most: int = MOST) -> str:
    """Return `plain` text of about ``most`` characters: of a longer one the beginning and the end, and its length.

    >>> brief("a" * 30, most=20)
    'aaaaaaaaaaaa…aaaaaa (30 characters)'
    """
    whole = str(text)
    if len(whole) <= most:
        return plain(whole)
    head, tail = most * 3 // 5, most * 3 // 10
    return f"{plain(whole[:head])}…{plain(whole[-tail:])} ({len(whole)} characters)"


def write(text: str, file: TextIO | None) -> None:
    """Write ``text`` and a line break; what the file's encoding lacks is written as an escape.

    A process that was started without standard output has None for it: then there is nobody to write for.
    """
    if file is None:
        return
    encoding = file.encoding or "utf-8"
    file.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
