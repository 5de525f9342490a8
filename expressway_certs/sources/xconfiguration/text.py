"""The text form: ``*c xConfiguration SIP TLS Mode: "On"``, one statement a line or several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.text import plain_text

MAX_STATEMENTS: Final = 200_000
"""The most statements that a dump may have; real ones have some thousands."""
MAX_WORDS: Final = 1_000
"""The most characters of a key."""

# "*c" may stand anywhere, for pasted text runs on; the command alone only where a line starts.
_STATEMENT: Final = re.compile(r"(?:\*c[ \t]+|^[ \t]*)xconfiguration[ \t]+", re.IGNORECASE | re.MULTILINE)
# With the rest of its line after it, which in pasted text may be somebody's remark; else up to the end of some line.
_QUOTED: Final = re.compile(r'"([^\n]*?)"(?=[ \t]|$)|"(.*?)"[ \t]*$', re.DOTALL | re.MULTILINE)

Pair = tuple[str, str, int]
"""A key, its value, and the line that it stands on."""


def read_text(data: bytes, where: str) -> Iterator[Pair]:
    """Yield the statements of a dump in order; `LoadError` where there is none, or there are too many."""
    text = decoded(data)
    found, line, counted = 0, 1, 0
    for start, end in _statements(text):
        found += 1
        if found > MAX_STATEMENTS:
            raise LoadError(
                "too many statements", found=f"more than {MAX_STATEMENTS}", where=where, remedy="give one dump"
            )
        line += text.count("\n", counted, start)
        counted = start
        pair = _pair(text[start:end])
        if pair is not None:
            yield *pair, line
    if not found:
        raise LoadError(
            "no xConfiguration statement is in it",
            found="other text",
            where=where,
            remedy='give what the command xConfiguration prints, lines such as *c xConfiguration SIP TLS Mode: "On"',
        )


def decoded(data: bytes) -> str:
    """Return text with its line ends as line feeds, however an editor has saved it."""
    plain = plain_text(data)
    text = plain.data.decode("cp1252" if plain.saved_as == "UTF-16" else "utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the words of each statement start, and where the next statement does."""
    previous: int | None = None
    for match in _STATEMENT.finditer(text):
        if previous is not None:
            yield previous, match.start()
        previous = match.end()
    if previous is not None:
        yield previous, len(text)


def _pair(statement: str) -> tuple[str, str] | None:
    head, colon, rest = statement.partition(":")
    key = " ".join(head.split())
    if not colon or not key or "\n" in head or len(key) > MAX_WORDS:
        # A question ("xConfiguration Zones"), help, or prose about the command.
        return None
    return key, _value(rest.lstrip(" \t"))


def _value(rest: str) -> str:
    """Return the value: what is in quotes, over several lines if need be, or the rest of the line."""
    line = rest.partition("\n")[0].strip()
    if not line.startswith('"'):
        return line
    if len(line) > 1 and line.endswith('"'):
        return line[1:-1]
    quoted = _QUOTED.match(rest)
    if quoted is None:
        return line[1:]
    return quoted.group(1) if quoted.group(1) is not None else quoted.group(2)
