"""The one error that reading files can end in."""

from __future__ import annotations


class LoadError(ValueError):
    """Input that could not be read as what was asked for.

    `found` says what is there instead, `where` in which input and at which place of it, `remedy` what to do.
    `str()` gives all of it as one sentence. Key material and passwords never get in.
    """

    found: str
    where: str
    remedy: str

    def __init__(self, message: str, *, found: str, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.found = found
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where and self.where not in self.message else ""
        found = f": found {self.found}" if self.found and self.found not in self.message else ""
        advice = f"; {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{found}{advice}"

    def __repr__(self) -> str:
        return f"LoadError({self.message!r}, found={self.found!r}, where={self.where!r}, remedy={self.remedy!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.message, self.found, self.where, self.remedy)

    def at(self, where: str) -> LoadError:
        """A copy of this error with another place."""
        return _rebuild(self.message, self.found, where, self.remedy)


def _rebuild(message: str, found: str, where: str, remedy: str) -> LoadError:
    return LoadError(message, found=found, where=where, remedy=remedy)
