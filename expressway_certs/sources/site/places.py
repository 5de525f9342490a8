"""Where the keys of a TOML file stand: `tomllib` gives the values and no lines.

The text is walked as TOML 1.0 has it, but for what the values are. So it also sees, before anything is parsed, whether
keys or values are nested deeper than any site is.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress
from typing import Final

from expressway_certs.x509.shown import is_short, named

Path = tuple[str | int, ...]
"""Keys, and the numbers of elements in lists, from the top of a file to a value."""

MAX_DEPTH: Final = 8
"""A value or key may be nested so deep; a site needs four."""
MAX_VALUES: Final = 100_000

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_PART: Final = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(r'''"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL)
_BARE: Final = re.compile(r"[^,\]}#\n]+")


class TooDeepError(Exception):
    """More levels or values than a site has; ``line`` is where."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _LostError(Exception):
    """The text is no TOML at this place: the parser will say so."""


def places(text: str) -> dict[Path, int]:
    """Return the line of every key, table and element of a list, as far as the text is TOML; `TooDeepError`."""
    walk = _Walk(text)
    with suppress(_LostError):
        walk.document()
    return walk.found


def line_of(found: dict[Path, int], path: Path) -> int | None:
    """Return the line of a value, or of the nearest table around it."""
    for end in range(len(path), 0, -1):
        if path[:end] in found:
            return found[path[:end]]
    return None


def key_of(path: Path) -> str:
    """Return a path as people write it: ``zones[0].core``."""
    said = ""
    for part in path:
        if isinstance(part, int):
            said += f"[{part}]"
        else:
            plain = part if _BARE_KEY.fullmatch(part) and is_short(part) else f'"{named(part)}"'
            said += f".{plain}" if said else plain
    return said


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self.lengths: dict[Path, int] = {}
        self.seen = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line(self) -> int:
        return bisect_right(self.starts, self.at)

    def document(self) -> None:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.take("[["):
                table = self.next_element(self.header("]]"))
            elif self.take("["):
                table = self.resolved(self.header("]"))
                self.note(table)
            else:
                self.pair(table, 1)
            self.skip(_BLANK)

    def header(self, end: str) -> tuple[str, ...]:
        keys = self.key()
        self.want(end)
        return keys

    def resolved(self, keys: tuple[str, ...]) -> Path:
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.lengths:
                path = (*path, self.lengths[path] - 1)
        return path

    def next_element(self, keys: tuple[str, ...]) -> Path:
        path = (*self.resolved(keys[:-1]), keys[-1])
        number = self.lengths.get(path, 0)
        self.lengths[path] = number + 1
        self.note(path)
        self.note((*path, number))
        return (*path, number)

    def pair(self, table: Path, depth: int) -> None:
        keys = self.key()
        for end in range(1, len(keys) + 1):
            self.note((*table, *keys[:end]))
        self.want("=")
        self.skip(_SPACE)
        self.value((*table, *keys), depth)

    def key(self) -> tuple[str, ...]:
        parts = [self.part()]
        while self.take("."):
            parts.append(self.part())
            if len(parts) > MAX_DEPTH:
                raise TooDeepError(self.line())
        return tuple(parts)

    def part(self) -> str:
        self.skip(_SPACE)
        text = self.match(_PART)
        self.skip(_SPACE)
        if text[0] not in "\"'":
            return text
        try:
            read: str = tomllib.loads(f"key = {text}")["key"]
        except tomllib.TOMLDecodeError:
            raise _LostError from None
        return read

    def value(self, path: Path, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise TooDeepError(self.line())
        if self.take("["):
            self.array(path, depth)
        elif self.take("{"):
            self.inline_table(path, depth)
        else:
            self.match(_STRING if self.text[self.at : self.at + 1] in {'"', "'"} else _BARE)

    def array(self, path: Path, depth: int) -> None:
        number = 0
        self.skip(_BLANK)
        while not self.take("]"):
            self.note((*path, number))
            self.value((*path, number), depth + 1)
            number += 1
            self.skip(_BLANK)
            if not self.take(","):
                self.want("]")
                return
            self.skip(_BLANK)

    def inline_table(self, path: Path, depth: int) -> None:
        self.skip(_BLANK)
        while not self.take("}"):
            self.pair(path, depth + 1)
            self.skip(_BLANK)
            if not self.take(","):
                self.want("}")
                return
            self.skip(_BLANK)

    def note(self, path: Path) -> None:
        self.seen += 1
        if self.seen > MAX_VALUES:
            raise TooDeepError(self.line())
        self.found.setdefault(path, self.line())

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if not found:
            raise _LostError
        self.at = found.end()
        return found.group()

    def take(self, token: str) -> bool:
        is_there = self.text.startswith(token, self.at)
        self.at += len(token) * is_there
        return is_there

    def want(self, token: str) -> None:
        if not self.take(token):
            raise _LostError
