"""How an error shows what it was given: never so much of it that a private key could be in it."""

from __future__ import annotations

import enum
from typing import Final

from expressway_certs.x509.files.source import can_be_shown, label

_SHORT: Final = 100


def is_short(text: str) -> bool:
    """Whether a message can hold a text that should be a name or a word."""
    return can_be_shown(text, _SHORT)


def shown(value: object) -> str:
    """Return a value for a message: a short one as it is written in Python, another by its kind or length."""
    if isinstance(value, str):
        return repr(value) if is_short(value) else f"a text of {len(value)} characters"
    if isinstance(value, bytes | bytearray):
        return f"{len(value)} bytes"
    written = repr(value)
    return written if is_short(written) else f"a value of the type {type(value).__name__}"


def named(text: str) -> str:
    """Return a name for a message as it is, but for what a terminal would act on; a long one by its length."""
    return label(text, _SHORT)


class Choice(enum.Enum):
    """The base of what can be given by its word as well; `ValueError` for another one."""

    @classmethod
    def _missing_(cls, value: object) -> Choice:
        known = ", ".join(repr(one.value) for one in cls)
        raise ValueError(f"{shown(value)} is not a valid {cls.__name__}; there are {known}")
