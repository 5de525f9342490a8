"""How long a public CA may make a certificate last, by the date of issue, and how to tell a public certificate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import attrs

from expressway_certs.product.provenance import Source
from expressway_certs.x509.certificate import Certificate

TROUBLESOME_YEAR: Final = 2050
"""From when on the end of a certificate may cause operational issues (platform.md §1.2: CG155-about)."""

PUBLIC_POLICIES: Final = frozenset({"2.23.140.1.1", "2.23.140.1.2.1", "2.23.140.1.2.2", "2.23.140.1.2.3"})
"""The policies of the CA/Browser Forum, one of which stands in every public TLS certificate."""


@attrs.frozen(kw_only=True)
class LifetimeLimit:
    """The longest validity of a public certificate that is issued from ``since`` on."""

    since: datetime
    longest: timedelta
    source: Source


def _limit(since: str, days: int, source: str, confidence: str = "documented") -> LifetimeLimit:
    start = datetime.fromisoformat(since).replace(tzinfo=UTC)
    key = Source(source) if confidence == "documented" else Source(source, "own choice")
    return LifetimeLimit(since=start, longest=timedelta(days=days), source=key)


LIMITS: Final = (
    _limit("2020-09-01", 398, "CA/Browser Forum Baseline Requirements §6.3.2", "own choice"),
    _limit("2026-03-15", 200, "platform.md §7: FN74362, SC081"),
    _limit("2027-03-15", 100, "platform.md §7: FN74362, SC081"),
    _limit("2029-03-15", 47, "platform.md §7: FN74362, SC081"),
)


def is_public(certificate: Certificate) -> bool:
    """Whether the certificate says that a public CA issued it: it names a policy of the CA/Browser Forum."""
    return not PUBLIC_POLICIES.isdisjoint(certificate.policies)


def lifetime_limit(issued: datetime) -> LifetimeLimit | None:
    """Return the limit for a public certificate that is issued then; None before there was one."""
    return next((limit for limit in reversed(LIMITS) if limit.since <= issued), None)
