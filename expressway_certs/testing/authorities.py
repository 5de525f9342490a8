"""The CAs of a made site: a private PKI inside, a public one outside, and a partner's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import attrs

from expressway_certs.testing.factory import CertificateFactory
from expressway_certs.testing.issued import Issued
from expressway_certs.x509.trust_store import TrustStore


@attrs.frozen(kw_only=True)
class Authorities:
    """What a site's certificates were issued under, and the factory that made them.

    ``issuing`` signs for Expressway-C and the servers behind it, ``public_issuing`` for Expressway-E, ``partner_root``
    for who stands at the far end of a zone.
    """

    factory: CertificateFactory = attrs.field(repr=False, eq=False)
    root: Issued
    issuing: Issued
    public_root: Issued
    public_issuing: Issued
    partner_root: Issued

    @classmethod
    def make(cls, seed: int, at: datetime | None) -> Authorities:
        """Make the CAs that belong to a seed; the same ones each time, for the same instant."""
        factory = CertificateFactory(seed=seed, at=at)
        root, public_root = factory.root("Example Root CA"), factory.root("Public Root CA", organization="Public Trust")
        return cls(
            factory=factory,
            root=root,
            issuing=factory.intermediate(root, "Example Issuing CA"),
            public_root=public_root,
            public_issuing=factory.intermediate(public_root, "Public Issuing CA", organization="Public Trust"),
            partner_root=factory.root("Partner Root CA", organization="Partner"),
        )

    @property
    def private(self) -> tuple[Issued, Issued]:
        """The CAs of the inside, the root first."""
        return (self.root, self.issuing)

    @property
    def everyone(self) -> tuple[Issued, ...]:
        """What the Trusted CA list of every Expressway has."""
        return (*self.private, self.public_root, self.public_issuing, self.partner_root)


def store_of(issued: Iterable[Issued], name: str = "") -> TrustStore:
    """Return a trust store of certificates of the factory."""
    return TrustStore([one.certificate for one in issued], name)
