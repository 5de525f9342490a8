"""Faults of what is in place, which no leg shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import attrs
from cryptography.hazmat.primitives.asymmetric import rsa

from expressway_certs.product.applying import replaced
from expressway_certs.product.deployment import Deployment
from expressway_certs.testing.breaking.bench import DAY, Bench
from expressway_certs.testing.breaking.fault import Fault, fault


@fault("certificate-expired")
def expired(bench: Bench) -> Deployment:
    """An Expressway-E that stands in no zone yet has a certificate that has expired."""
    site, _ = bench.with_idle_edge(bench.any_node)
    new = site.expressways[-1]
    start, end = bench.at - 365 * DAY, bench.at - DAY
    old = bench.factory.leaf(
        bench.issuer_of(bench.shown(bench.any_node).certificate),
        new.name,
        dns_names=[new.name],
        not_before=start,
        not_after=end,
    )
    return replaced(site, attrs.evolve(new, server_certificate=old.certificate))


@fault("certificate-expires-soon")
def expires_soon(bench: Bench) -> Deployment:
    """The certificate of an Expressway ends in two weeks."""
    return bench.recertified(bench.any_node, not_after=bench.at + 14 * DAY)


@fault("certificate-without-common-name")
def without_common_name(bench: Bench) -> Deployment:
    """The certificate of an Expressway has no common name."""
    node, old = bench.any_node, bench.shown(bench.any_node).certificate
    issuer, key = bench.issuer_of(old), bench.fresh(bench.any_node).key
    new = bench.factory.leaf(issuer, "", dns_names=old.dns_names, key=key)
    return bench.with_fields(node, server_certificate=new.certificate)


@fault("certificate-self-signed")
def self_signed(bench: Bench) -> Deployment:
    """An Expressway-E that stands in no zone yet has the certificate that it made for itself."""
    return bench.with_idle_edge(bench.any_node)[0]


@fault("certificate-rsa-8192")
def rsa_8192(bench: Bench) -> Deployment:
    """The certificate of an Expressway has an RSA key of 8192 bits."""
    return bench.recertified(bench.any_node, public_key=rsa.RSAPublicNumbers(65537, (1 << 8191) | 1).public_key())


@fault("certificate-valid-beyond-2050", "ios-refuses-certificate")
def beyond_2050(bench: Bench) -> Deployment:
    """The certificate of an Expressway ends in 2051."""
    return bench.recertified(bench.any_node, not_after=datetime(2051, 1, 1, tzinfo=UTC))


@fault("certificate-shared-by-nodes")
def shared(bench: Bench) -> Deployment:
    """Two peers of a cluster have one certificate, with the names of both."""
    first, second = bench.clustered()[:2]
    names = dict.fromkeys(name for node in (first, second) for name in bench.shown(node).certificate.dns_names)
    one = bench.fresh(first, dns_names=list(names)).certificate
    site = bench.with_fields(first, server_certificate=one)
    return replaced(site, attrs.evolve(second, server_certificate=one))


@fault("certificate-lacks-names")
def lacks_names(bench: Bench) -> Deployment:
    """A domain is federated over XMPP that no certificate of Expressway-E has."""
    domain = f"federation.{bench.edge.name.partition('.')[2]}"
    return attrs.evolve(bench.site, xmpp_domains=[*bench.site.xmpp_domains, domain])


@fault("trusted-ca-expired")
def ca_expired(bench: Bench) -> Deployment:
    """The Trusted CA list of an Expressway has a root that has ended."""
    return _listed(bench, -1)


@fault("trusted-ca-expires-soon")
def ca_expires_soon(bench: Bench) -> Deployment:
    """The Trusted CA list of an Expressway has a root that ends in two weeks."""
    return _listed(bench, 14)


def _listed(bench: Bench, days: int) -> Deployment:
    old = bench.factory.root("Old Root CA", not_before=bench.at - 400 * DAY, not_after=bench.at + days * DAY)
    return replaced(bench.site, bench.trusting(bench.any_node, old))


IN_PLACE_FAULTS: Final[tuple[Fault, ...]] = (
    expired,
    expires_soon,
    without_common_name,
    self_signed,
    rsa_8192,
    beyond_2050,
    shared,
    lacks_names,
    ca_expired,
    ca_expires_soon,
)
