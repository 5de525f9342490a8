"""The end of client authentication in public certificates, for a site: who needs it, from where, and until when."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

import attrs

from expressway_certs.plan.usages import CertificateNeed, certificate_needs
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.fields import wanted
from expressway_certs.product.settings import Chosen
from expressway_certs.product.sunset import ClientAuthSource, client_auth_sources
from expressway_certs.rules.finding import LegRef
from expressway_certs.x509 import clock


@attrs.frozen(kw_only=True)
class ClientAuthNeed:
    """A certificate of which a leg asks client authentication, and where the next one can come from.

    ``legs`` are those that ask for it. ``sources`` are who still issues it at the instant of the report, each with
    its end and the day on which that was known; ``setting`` is the side that was taken about Chrome's policy.
    """

    need: CertificateNeed
    legs: tuple[LegRef, ...]
    sources: tuple[ClientAuthSource, ...]
    setting: Chosen

    @property
    def has_it(self) -> bool:
        """Whether the certificate allows client authentication."""
        return "clientAuth" not in self.need.lacking

    @property
    def safe_until(self) -> datetime | None:
        """Until when the legs have what they ask for without a new certificate; None where they have not."""
        return self.need.ends if self.has_it else None

    @property
    def public_until(self) -> datetime | None:
        """Until when a CA in Chrome's store issues it, as far as the sources say; None where none does."""
        ends = [one.until for one in self.sources if one.until is not None]
        return max(ends, default=None)


@attrs.frozen(kw_only=True, repr=False)
class ClientAuthSunset:
    """For each certificate that needs client authentication where it can still come from; the others do without."""

    name: str
    at: datetime
    needs: tuple[ClientAuthNeed, ...]
    without: tuple[CertificateNeed, ...]

    @property
    def lacking(self) -> tuple[ClientAuthNeed, ...]:
        """The certificates that need it and do not allow it."""
        return tuple(one for one in self.needs if not one.has_it)

    def to_text(self, *, width: int = 100) -> str:
        """Return the report as plain text, ``width`` columns wide."""
        text: str = import_module("expressway_certs.show.readiness").sunset_text(self, width=width)
        return text

    def __str__(self) -> str:
        return self.to_text()

    def __bool__(self) -> bool:
        message = "a report is not a truth value; ask its needs or what is lacking"
        raise TypeError(message)

    def __repr__(self) -> str:
        return f"<ClientAuthSunset {self.name!r} {len(self.needs)} certificates need it, {len(self.lacking)} lack it>"


def client_auth_sunset(deployment: Deployment, *, at: datetime | None = None) -> ClientAuthSunset:
    """Say which certificates need client authentication, on which legs, where it still comes from, and until when.

    ``at`` is an aware instant (None: now). The dates are data, and have moved: each has the day on which it was known.
    Sources: platform.md §7 and §11 C10 (FN74362, T-225482, T-225693), mra.md A5.
    """
    wanted(Deployment, deployment)
    instant = clock.resolve(at)
    needs = certificate_needs(deployment)
    return ClientAuthSunset(
        name=deployment.name,
        at=instant,
        needs=tuple(_asking(deployment, one, instant) for one in needs if one.needs_client_auth),
        without=tuple(one for one in needs if not one.needs_client_auth),
    )


def _asking(deployment: Deployment, need: CertificateNeed, at: datetime) -> ClientAuthNeed:
    chosen = deployment.expressway(need.node).settings.chosen("client_auth_sunset")
    return ClientAuthNeed(
        need=need,
        legs=dict(need.usages)["clientAuth"],
        sources=client_auth_sources(at, chosen.value),
        setting=chosen,
    )
