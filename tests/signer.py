"""A CA for tests: it signs what a remedy asks for, and gives the CA certificates above what it knows."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import attrs
import pytest

from expressway_certs import Certificate, Deployment, RequestCertificate, RequestTrustedCa, TrustStore
from expressway_certs.product.changes import Asked
from expressway_certs.testing import CertificateFactory, Issued
from expressway_certs.testing.keys import rsa_key, rsa_key_count
from expressway_certs.x509.view import likely_issued

_DAY: Final = timedelta(days=1)


KNOWN: Final[list[Issued]] = []
"""Every CA that a factory made while `remembered_cas` was on: what far-off CAs would give if they were asked."""


@contextmanager
def remembered_cas() -> Iterator[None]:
    """Keep the CAs that factories make from here on."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("root", "intermediate"):
            patch.setattr(CertificateFactory, name, _keeping(getattr(CertificateFactory, name)))
        yield
    KNOWN.clear()


def _keeping(make: Callable[..., Issued]) -> Callable[..., Issued]:
    def made(*args: object, **options: object) -> Issued:
        ca = make(*args, **options)
        KNOWN.append(ca)
        return ca

    return made


@attrs.define(kw_only=True)
class Signer:
    """Signs under the first of its CAs that the request allows and that most of those trust whose lists are not ours.

    ``cas`` are issuing CAs, the favourite one first; where none is allowed, a new one is made.
    """

    factory: CertificateFactory
    site: Deployment
    cas: tuple[Issued, ...]
    asked: list[Asked] = attrs.field(factory=list)

    def __call__(self, change: Asked) -> tuple[Certificate, ...]:
        """Answer a request, and keep it."""
        self.asked.append(change)
        if isinstance(change, RequestTrustedCa):
            return self._above(change.below)
        issuer = max(self._allowed(change), key=lambda ca: self._trusting(ca, change), default=None) or self._new()
        key = rsa_key(len(self.asked) % rsa_key_count()) if change.key_algorithm == "RSA" else "ec"
        issued = self.factory.leaf(
            issuer,
            common_name=change.common_name,
            dns_names=change.names,
            extended_key_usage=change.usages,
            not_after=self.factory.at + (change.most_days - 1) * _DAY,
            key=key,
        )
        return issued.chain

    def _above(self, below: Certificate) -> tuple[Certificate, ...]:
        for ca in (*KNOWN, *self.cas):
            if likely_issued(ca.certificate.view, below.view):
                return ca.chain
        return (below,) if below.is_self_signed else ()

    def _allowed(self, change: RequestCertificate) -> Iterator[Issued]:
        for ca in (*self.cas, *(KNOWN if self.cas else ())):
            if {one.subject for one in ca.chain}.isdisjoint(change.not_from) and self._is_found(ca):
                yield ca

    def _trusting(self, ca: Issued, change: RequestCertificate) -> int:
        others = [store for node, name in change.trusted_by for store in self._not_ours(node, name)]
        return sum(any(one in store for one in ca.chain) for store in others)

    def _not_ours(self, node: str, name: str) -> Iterator[TrustStore]:
        site = self.site
        far_ends = [*site.webex_services, *(one for zone in site.zones for one in zone.far_ends)]
        for one in (*site.clients, *far_ends):
            store = one.trust(name)
            if one.name == node and store is not None:
                yield store

    def _is_found(self, ca: Issued) -> bool:
        """Whether no list of a node has another CA of one of the names."""
        lists: Iterable[TrustStore] = (node.trusted_ca for node in self.site.nodes)
        return all(
            other in ca.chain for one in ca.chain for held in lists for other in held.with_subject(one.view.subject)
        )

    def _new(self) -> Issued:
        root = self.factory.root("Mending Root CA")
        self.cas = (*self.cas, self.factory.intermediate(root, "Mending Issuing CA"))
        return self.cas[-1]
