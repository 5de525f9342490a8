"""The error that reading and writing a site ends in."""

from __future__ import annotations

from copy import copy

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import printable
from expressway_certs.x509.shown import is_short


class SiteError(LoadError):
    """A site that cannot be read or written: in which file, line and key, what is there, and what was expected.

    ``line`` counts from 1 and is None where the fault is in no line of ``site.toml``; ``key`` is written as in
    ``zones[0].core``. ``others`` are the faults that were found besides, in the order of the file.

    >>> from expressway_certs import Deployment
    >>> try:
    ...     Deployment.load("broken-site")
    ... except SiteError as error:
    ...     print(error.line, error.key, error.expected, error.found, sep=" | ")
    14 | expressways[1].release | a release in quotes, as "X14.2.7" | the number 14.2
    """

    def __init__(
        self,
        message: str,
        *,
        found: str,
        file: str = "",
        line: int | None = None,
        key: str = "",
        expected: str = "",
        remedy: str = "",
        others: tuple[SiteError, ...] = (),
    ) -> None:
        parts = (file, f"line {line}" if line else "", key)
        super().__init__(message, found=found, where=", ".join(filter(None, parts)), remedy=remedy)
        self.file = file
        self.line = line
        self.key = key
        self.expected = expected
        self.others = others

    def __repr__(self) -> str:
        return f"SiteError({self.message!r}, found={self.found!r}, where={self.where!r}, expected={self.expected!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (
            self.message,
            self.found,
            self.file,
            self.line,
            self.key,
            self.expected,
            self.remedy,
            self.others,
        )

    def at(self, where: str) -> SiteError:
        """A copy of this error in another file."""
        return _rebuild(self.message, self.found, where, self.line, self.key, self.expected, self.remedy, self.others)


def _rebuild(
    message: str,
    found: str,
    file: str,
    line: int | None,
    key: str,
    expected: str,
    remedy: str,
    others: tuple[SiteError, ...],
) -> SiteError:
    return SiteError(
        message, found=found, file=file, line=line, key=key, expected=expected, remedy=remedy, others=others
    )


def joined(errors: list[SiteError]) -> SiteError:
    """Return the first of some errors with the rest as its ``others``."""
    first = copy(errors[0])
    first.others = tuple(errors[1:])
    return first


def in_words(value: object) -> str:
    """Return a value of a TOML or JSON file in a few words that follow "found"."""
    if isinstance(value, str):
        return f'"{printable(value)}"' if is_short(value) else f"a text of {len(value)} characters"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}" if abs(value) < 10**15 else "a very large number"
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else "a date or time"
