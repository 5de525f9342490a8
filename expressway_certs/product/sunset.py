"""When public CAs stop issuing certificates for client authentication (platform.md §7, mra.md A5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import attrs

from expressway_certs.product.provenance import Confidence, Source


@attrs.frozen(kw_only=True)
class Milestone:
    """What happens at a date. ``setting`` is the side of `Settings.client_auth_sunset` that holds it to be so."""

    since: datetime
    what: str
    source: Source
    setting: str | None = None


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
    _milestone("2026-06-15", "Chrome's policy ends it", "platform.md §7: FN74362", setting="2026-06"),
    _milestone("2027-03-15", "Chrome's policy ends it", "platform.md §7: FN74362", setting="2027-03"),
)
"""The dates, oldest first; those of Chrome's policy as either side of the disagreement has them (§11 C10)."""


def last_milestone(at: datetime, side: str) -> Milestone | None:
    """Return the last thing that has happened at ``at``, with that side of the setting; None before the first."""
    passed = [one for one in CLIENT_AUTH_SUNSET if one.since <= at and one.setting in {None, side}]
    return passed[-1] if passed else None
