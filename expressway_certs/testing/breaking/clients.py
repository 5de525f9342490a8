"""Faults that clients see."""

from __future__ import annotations

from typing import Final

import attrs

from expressway_certs.product.clients import ClientFamily
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.nodes import DomainCertificate
from expressway_certs.testing.breaking.bench import DAY, Bench
from expressway_certs.testing.breaking.fault import Fault, fault


@fault("service-domain-not-in-certificate")
def service_domain(bench: Bench) -> Deployment:
    """The certificate of Expressway-E has lost the domain that users log in with."""
    domain = bench.client().service_domain
    names = bench.shown(bench.edge).certificate.dns_names
    return bench.recertified(bench.edge, dns_names=[name for name in names if name != domain])


@fault("edge-name-not-in-certificate")
def edge_name(bench: Bench) -> Deployment:
    """Expressway-E has a certificate for the domain alone, which SNI picks, without its own name."""
    domain = bench.client().service_domain
    issuer = bench.issuer_of(bench.shown(bench.edge).certificate)
    leaf = bench.factory.leaf(issuer, domain, dns_names=[domain])
    own = DomainCertificate(domain=domain, certificate=leaf.certificate)
    return bench.with_fields(bench.edge, domain_certificates=[own])


@fault("client-distrusts-edge")
def distrusts_edge(bench: Bench) -> Deployment:
    """The list of some clients has not the root of Expressway-E."""
    return bench.with_client(bench.client(), trusted_ca=[bench.other_root().certificate], installed_ca=None)


@fault("device-certificate-refused")
def device_certificate(bench: Bench) -> Deployment:
    """Activation code onboarding is on, and its list has not the CA of the phones."""
    phone = bench.client(ClientFamily.PHONE)
    device = bench.factory.leaf(bench.other_root("Phone Maker CA"), "SEP001122334455")
    site = bench.with_fields(
        bench.edge, activation_code_onboarding=True, onboarding_trusted_ca=[bench.other_root().certificate]
    )
    return attrs.evolve(site, clients=[attrs.evolve(phone, device_certificate=device.certificate)])


@fault("phone-edge-trust-lacks-tomcat")
def phone_edge_trust(bench: Bench) -> Deployment:
    """Phone-Edge-trust has the root of Expressway-E alone."""
    bench.server()
    phone = bench.client(ClientFamily.PHONE)
    chain = bench.known_chain(bench.shown(bench.edge).certificate)
    return bench.with_client(phone, phone_edge_trust=[chain[-1]])


@fault("ios-refuses-certificate")
def ios_refuses(bench: Bench) -> Deployment:
    """The certificate of Expressway-E lasts longer than Apple's systems take."""
    bench.client(ClientFamily.JABBER_IOS)
    return bench.recertified(bench.edge, not_after=bench.at + 900 * DAY)


@fault("client-cannot-ask-for-revocation")
def cannot_ask(bench: Bench) -> Deployment:
    """The certificate of Expressway-E names its CRLs in LDAP alone."""
    bench.client(*(one for one in ClientFamily if one.is_jabber))
    return bench.recertified(bench.edge, crl_urls=["ldap://ca.example.com/cn=CA?certificateRevocationList"])


@fault("onboarding-asks-jabber-on-mac")
def asks_mac(bench: Bench) -> Deployment:
    """Activation code onboarding is on, and Jabber for Mac logs in."""
    bench.client(ClientFamily.JABBER_MAC)
    node = bench.edge
    return bench.with_fields(node, activation_code_onboarding=True, onboarding_trusted_ca=node.trusted_ca)


CLIENT_FAULTS: Final[tuple[Fault, ...]] = (
    service_domain,
    edge_name,
    distrusts_edge,
    device_certificate,
    phone_edge_trust,
    ios_refuses,
    cannot_ask,
    asks_mac,
)
