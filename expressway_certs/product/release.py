"""Expressway releases as values that compare."""

from __future__ import annotations

import re
from functools import total_ordering
from typing import Final

import attrs

_WRITTEN: Final = re.compile(r"\s*[xX]?(\d{1,2})(?:\.(\d{1,2}))?(?:\.(\d{1,2}))?\s*")


def _parse(text: str | Release) -> tuple[int, int, int]:
    if isinstance(text, Release):
        return text.numbers
    match = _WRITTEN.fullmatch(text)
    if match is None:
        message = f"{text!r} is no Expressway release; write it as in X14.2.7, X14.3 or 15.5"
        raise ValueError(message)
    major, minor, maintenance = (int(number or 0) for number in match.groups())
    return major, minor, maintenance


@total_ordering
@attrs.frozen(order=False, repr=False)
class Release:
    """An Expressway release: "X14.2.7", "x14", "14.3". Raises `ValueError` for anything else.

    >>> Release("x14") < Release("X14.0.2") < Release("15.5")
    True
    >>> str(Release("14.3"))
    'X14.3'
    """

    numbers: tuple[int, int, int] = attrs.field(converter=_parse)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Release):
            return NotImplemented
        return self.numbers < other.numbers

    def __str__(self) -> str:
        major, minor, maintenance = self.numbers
        return f"X{major}.{minor}" + (f".{maintenance}" if maintenance else "")

    def __repr__(self) -> str:
        return f"Release({str(self)!r})"
