"""When public CAs stop issuing certificates for client authentication (platform.md §7, mra.md A5)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import attrs

from expressway_certs.product.provenance import Confidence, Source

AS_OF: Final = date(2026, 6, 1)
"""The day of FN74362 rev 1.2, the newest of the sources (platform.md §7)."""


@attrs.frozen(kw_only=True)
class Milestone:
    """What happens at a date. ``setting`` is the side of `Settings.client_auth_sunset` that holds it to be so.

    ``as_of`` is the day on which it was true: such dates have moved (mra.md A5).
    """

    since: datetime
    what: str
    source: Source
    setting: str | None = None
    as_of: date = AS_OF


def _milestone(
    since: str, what: str, source: str, confidence: Confidence = "documented", *, setting: str | None = None
) -> Milestone:
    return Milestone(
        since=datetime.fromisoformat(since).replace(tzinfo=UTC),
        what=what,
        source=Source(source, confidence),
        setting=setting,
    )


CLIENT_AUTH_SUNSET: Final = (
    _milestone(
        "2025-10-01", "DigiCert, Sectigo and SSL.com leave clientAuth out by default", "platform.md §7: T-225482"
    ),
    _milestone("2026-02-11", "Let's Encrypt leaves clientAuth out of its classic profile", "platform.md §7: FN74362"),
    _milestone("2026-05-01", "most public CAs have stopped issuing clientAuth", "platform.md §7: T-225482"),
    _milestone(
        "2026-06-15",
        "Chrome's policy ends clientAuth",
        "platform.md §7: FN74362",
        setting="2026-06",
    ),
    _milestone(
        "2027-03-15",
        "Chrome's policy ends clientAuth",
        "platform.md §7: FN74362",
        setting="2027-03",
    ),
)
"""The dates, oldest first; those of Chrome's policy as either side of the disagreement has them (§11 C10)."""


def last_milestone(at: datetime, side: str) -> Milestone | None:
    """Return the last thing that has happened at ``at``, with that side of the setting; None before the first."""
    passed = [one for one in CLIENT_AUTH_SUNSET if one.since <= at and one.setting in {None, side}]
    return passed[-1] if passed else None


@attrs.frozen(kw_only=True)
class ClientAuthSource:
    """Where a certificate for client authentication can come from, and until when; None where no end is known."""

    name: str
    until: datetime | None
    source: Source
    setting: str | None = None
    as_of: date = AS_OF


def _from(
    name: str, until: str | None, source: str, confidence: Confidence = "documented", *, setting: str | None = None
) -> ClientAuthSource:
    end = None if until is None else datetime.fromisoformat(until).replace(tzinfo=UTC)
    return ClientAuthSource(name=name, until=end, source=Source(source, confidence), setting=setting)


CLIENT_AUTH_SOURCES: Final = (
    _from("a private CA", None, "mra.md A5: 225693 cond. 2.1"),
    _from("IdenTrust Public Sector Root CA 1, which is not in Chrome's store", None, "platform.md §7: FN74362"),
    _from("DigiCert Assured ID Root G2, which is not in Chrome's store", None, "platform.md §7: FN74362"),
    _from("Let's Encrypt, classic profile", "2026-02-11", "platform.md §7: FN74362"),
    _from("Sectigo, where it is asked for", "2027-02-10", "mra.md A5: comparecheapssl", "field"),
    _from("DigiCert, where it is asked for", "2027-03-01", "mra.md A5: comparecheapssl", "field"),
    _from("any other CA in Chrome's store", "2026-06-15", "platform.md §7: FN74362", setting="2026-06"),
    _from("any other CA in Chrome's store", "2027-03-15", "platform.md §7: FN74362", setting="2027-03"),
)
"""Who still issues client authentication, as far as the sources say; those of Chrome's store as either side has it."""


def client_auth_sources(at: datetime, side: str) -> tuple[ClientAuthSource, ...]:
    """Return where client authentication can still be had at ``at``, with that side of the setting."""
    known = (one for one in CLIENT_AUTH_SOURCES if one.setting in {None, side})
    return tuple(one for one in known if one.until is None or one.until > at)
