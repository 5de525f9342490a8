"""What the rules of public CAs will bring, as data: shorter lives, and the end of client authentication."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import attrs

from expressway_certs.product.lifetimes import LIMITS
from expressway_certs.product.provenance import Source
from expressway_certs.product.sunset import AS_OF, CLIENT_AUTH_SOURCES, CLIENT_AUTH_SUNSET


@attrs.frozen(kw_only=True)
class PolicyDate:
    """From ``since`` (aware) on something holds for public certificates, as far as was known on ``as_of``.

    Such dates have moved before, so that `forecast` takes a calendar of yours in place of `CALENDAR`. ``setting`` is
    the side of `Settings.client_auth_sunset` that holds it to be so; None where the sources agree.
    """

    since: datetime
    what: str
    source: Source
    as_of: date
    setting: str | None = None

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}: {self.what} (as of {self.as_of:%Y-%m-%d})"


def _lives() -> Iterable[PolicyDate]:
    for limit in LIMITS:
        what = f"a public certificate that is issued from then on lasts {limit.longest.days} days at most"
        yield PolicyDate(since=limit.since, what=what, source=limit.source, as_of=AS_OF)


def _sunset() -> Iterable[PolicyDate]:
    for one in CLIENT_AUTH_SUNSET:
        yield PolicyDate(since=one.since, what=one.what, source=one.source, as_of=one.as_of, setting=one.setting)


def _ends() -> Iterable[PolicyDate]:
    """Yield when single CAs stop, as far as that is no date of the field notice already."""
    told = {one.since for one in CLIENT_AUTH_SUNSET}
    for one in CLIENT_AUTH_SOURCES:
        if one.until is not None and one.until not in told:
            what = f"{one.name.partition(',')[0]} stops issuing clientAuth, even where it is asked for"
            yield PolicyDate(since=one.until, what=what, source=one.source, as_of=one.as_of, setting=one.setting)


CALENDAR: Final = tuple(sorted((*_lives(), *_sunset(), *_ends()), key=lambda one: one.since))
"""Every date of platform.md §7 and mra.md A5 that is in the tables of lives and of client authentication."""
