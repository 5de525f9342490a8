"""Expressway releases as values that compare."""

from __future__ import annotations

import re
from functools import total_ordering
from importlib import import_module
from typing import TYPE_CHECKING, Final

import attrs

from expressway_certs.x509.shown import shown

if TYPE_CHECKING:
    from expressway_certs.product.emulation import Difference

_WRITTEN: Final = re.compile(r"\s*[xX]?([0-9]{1,2})(?:\.([0-9]{1,2}))?(?:\.([0-9]{1,2}))?\s*")


def _parse(text: object) -> tuple[int, int, int]:
    if isinstance(text, Release):
        return text.numbers
    # A number would lose its last zero: 14.10 is 14.1.
    match = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        message = f"{shown(text)} is no Expressway release; write it as in X14.2.7, X14.3 or 15.5"
        raise ValueError(message)
    major, minor, maintenance = (int(number or 0) for number in match.groups())
    return major, minor, maintenance


@total_ordering
@attrs.frozen(order=False, repr=False)
class Release:
    """An Expressway release: "X14.2.7", "x14", "14.3". Raises `ValueError` for anything else.

    A release that is newer than every known one behaves as the newest, an older one as the oldest
    (`behaves_as`); a report says so.

    >>> Release("x14") < Release("X14.0.2") < Release("15.5")
    True
    >>> str(Release("14.3"))
    'X14.3'
    >>> Release("X16.1").is_known, Release("X16.1").behaves_as
    (False, Release('X15.5'))
    """

    numbers: tuple[int, int, int] = attrs.field(converter=_parse)

    @property
    def is_known(self) -> bool:
        """Whether the table of behaviours was made for it: X12.5 to X15.5, maintenance releases included."""
        return self >= OLDEST and self.numbers[:2] <= NEWEST.numbers[:2]

    @property
    def behaves_as(self) -> Release:
        """The release whose behaviour is taken for it: itself, or the nearest known one."""
        if self.is_known:
            return self
        return OLDEST if self < OLDEST else NEWEST

    @staticmethod
    def differences(before: Release | str, after: Release | str) -> tuple[Difference, ...]:
        """Say what changes between two releases, for each behaviour and role that differs, in the table's order.

        A switch that comes or goes is a difference too; what it makes of a behaviour stands in parentheses.

        >>> for difference in Release.differences("X14.3", "X15.2"):
        ...     print(difference)
        Expressway-C: SIP asks for an RSA certificate first, whatever the cipher lists say: no in X14.3,
        no in X15.2 (yes with xConfiguration SIP Advanced TlsSignatureAlgoPrefRsa: On)
        Expressway-E: ...
        """
        # The table of behaviours is made of releases, so it cannot be imported before they are there.
        table = import_module("expressway_certs.product.emulation")
        found: tuple[Difference, ...] = table.differences(Release(before), Release(after))
        return found

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Release):
            return NotImplemented
        return self.numbers < other.numbers

    def __str__(self) -> str:
        major, minor, maintenance = self.numbers
        return f"X{major}.{minor}" + (f".{maintenance}" if maintenance else "")

    def __repr__(self) -> str:
        return f"Release({str(self)!r})"


OLDEST: Final = Release("X12.5")
NEWEST: Final = Release("X15.5")
