"""Values as the text of a TOML file, for people to read and to change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, Self

from expressway_certs.sources.site.file_kinds import Inline

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH: Final = 100


class Remarked(str):
    """A text with a remark for who reads the file."""

    __slots__ = ("remark",)

    def __new__(cls, text: str, remark: str) -> Self:
        """Make one of a text and its remark."""
        made = super().__new__(cls, text)
        made.remark = remark
        return made

    remark: str


def toml(table: dict[str, Any]) -> str:
    """Return a table as the text of a file."""
    return "\n".join(_lines(table, "")) + "\n"


def _lines(table: dict[str, Any], path: str) -> Iterator[str]:
    for key, value in table.items():
        if not _is_table(value) and not _is_tables(value):
            remark = f"  # {value.remark}" if isinstance(value, Remarked) else ""
            yield f"{quoted_key(key)} = {said(value)}{remark}"
    for key, value in table.items():
        name = f"{path}.{quoted_key(key)}" if path else quoted_key(key)
        if _is_table(value):
            yield from ("", f"[{name}]", *_lines(value, name))
        elif _is_tables(value):
            for one in value:
                yield from ("", f"[[{name}]]", *_lines(one, name))


def _is_table(value: object) -> bool:
    return isinstance(value, dict) and not isinstance(value, Inline)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_table, value))


def quoted_key(key: str) -> str:
    """Return a key as TOML has it."""
    return key if _BARE.fullmatch(key) else said(key)


def said(value: object) -> str:
    """Return a value that is no table, or one on one line, as TOML has it."""
    if isinstance(value, str):
        # JSON's escapes are among TOML's; that of DEL, which TOML wants, JSON does without.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Inline):
        return "{ " + ", ".join(f"{quoted_key(key)} = {said(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        items = [said(one) for one in value]
        line = f"[{', '.join(items)}]"
        return line if len(line) <= _WIDTH else "[\n" + "".join(f"  {item},\n" for item in items) + "]"
    message = f"{type(value).__name__} is nothing that TOML can say"
    raise TypeError(message)
