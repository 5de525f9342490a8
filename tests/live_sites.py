"""Whole deployments drawn at random: clusters, servers behind them and clients outside, each thinned and spoilt."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Final

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from live_draws import FACTORY, authorities, drawn_certificate, drawn_list, weighted

from expressway_certs import (
    Certificate,
    Client,
    ClientFamily,
    ClusterTls,
    Deployment,
    DomainCertificate,
    Expressway,
    FarEnd,
    RevocationList,
    TrustStore,
    UcKind,
    UcServer,
    Zone,
    ZoneKind,
)

RELEASES: Final = ("X12.5", "X14.0", "X14.2", "X15.2", "X15.4", "X15.5")
_DAY: Final = timedelta(days=1)


@cache
def _crl(ca: str, revoked: tuple[Certificate, ...], *, is_old: bool) -> RevocationList:
    issuer, end = authorities()[ca], FACTORY.at + (-_DAY if is_old else _DAY)
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.to_cryptography().subject)
    builder = builder.last_update(FACTORY.at - 2 * _DAY).next_update(end)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder(one.serial_number, FACTORY.at - _DAY).build()
        builder = builder.add_revoked_certificate(entry)
    return RevocationList.from_der(builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER))


def _crls(rng: random.Random, shown: Sequence[Certificate]) -> Iterator[RevocationList]:
    """Yield the CRLs of the CAs, one lacking, old, or with something revoked now and then."""
    for ca in authorities():
        if rng.random() < 0.97:
            revoked = tuple(one for one in shown if rng.random() < 0.05)
            yield _crl(ca, revoked, is_old=rng.random() < 0.02)


def _expressways(rng: random.Random, role: str, release: str) -> list[Expressway]:
    """Return one or two peers; where there are two they are a cluster, and may enforce TLS."""
    stem = "expc" if role == "C" else "expe"
    names = [f"{stem}{number}.example.com" for number in range(1, rng.choice((2, 3)))]
    others = (f"{stem}.example.com",) if role == "C" else ("example.com",)
    enforces = rng.random() < 0.5
    return [
        Expressway(
            name=name,
            role=role,
            release=release,
            server_certificate=(own := drawn_certificate(rng, name, *others)).certificate,
            client_certificate=drawn_certificate(rng, name, *others).certificate if release == "X15.5" else None,
            trusted_ca=drawn_list(rng, own),
            cluster_name=others[0] if role == "C" else None,
            cluster_peers=[one for one in names if one != name],
            cluster_tls=ClusterTls.ENFORCE if enforces else ClusterTls.PERMISSIVE,
            extended_key_usage_checking=rng.random() < 0.7,
            xcp_verify_hostname=False,
            activation_code_onboarding=role == "E" and rng.random() < 0.3,
            onboarding_trusted_ca=drawn_list(rng),
        )
        for name in names
    ]


def _server(rng: random.Random, kind: UcKind) -> UcServer:
    name = {UcKind.CUCM: "cucm1", UcKind.IMP: "imp1", UcKind.UNITY: "unity1"}[kind] + ".example.com"
    shown = [drawn_certificate(rng, name) for _ in range(3)]
    lists = [drawn_list(rng, *shown) for _ in range(3)]
    above = shown[0].chain[1:]
    return UcServer(
        name=name,
        kind=kind,
        tomcat=shown[0].certificate,
        tomcat_ecdsa=drawn_certificate(rng, name).certificate if rng.random() < 0.2 else None,
        callmanager=shown[1].certificate,
        cup_xmpp=shown[2].certificate,
        tomcat_trust=lists[0],
        callmanager_trust=lists[1],
        cup_xmpp_trust=lists[2],
        presented_cas=weighted(rng, ((), 3), (above, 3), (above[:1], 3)),
        mixed_mode=rng.random() < 0.7,
        sip_oauth=rng.random() < 0.7,
        client_auth_validation=rng.random() < 0.5,
        verifies_xmpp_peers=rng.random() < 0.7,
        tls_verify=rng.random() < 0.8,
    )


def _client(rng: random.Random, family: ClientFamily) -> Client:
    return Client(
        service_domain=weighted(rng, ("example.com", 5), ("users.example.net", 1)),
        family=family,
        trusted_ca=weighted(rng, (drawn_list(rng), 4), (TrustStore(), 1), (None, 1)),
        rejects_invalid=rng.random() < 0.5,
        device_certificate=drawn_certificate(rng, "SEP001122334455").certificate,
    )


def _completed(rng: random.Random, node: Expressway, shown: Sequence[Certificate]) -> Expressway:
    """Return a node with what it is given beside its certificate: self-signed peers, CRLs, certificates of domains."""
    itself = [one for one in shown if one.is_self_signed and rng.random() < 0.7]
    domain = drawn_certificate(rng, "users.example.net", node.name).certificate
    return attrs.evolve(
        node,
        trusted_ca=node.trusted_ca.adding(*itself),
        revocation_checking=rng.random() < 0.3,
        xcp_revocation_checking=rng.random() < 0.3,
        crls=tuple(_crls(rng, shown)),
        domain_certificates=(
            [DomainCertificate(domain=rng.choice(("users.example.net", "example.com")), certificate=domain)]
            if node.role.value == "Expressway-E" and rng.random() < 0.3
            else []
        ),
    )


def drawn_site(number: int) -> Deployment:
    """Return the deployment of that number; the same number gives the same one."""
    rng = random.Random(1_000_003 * number + 7)
    release = rng.choice(RELEASES)
    core, edge = _expressways(rng, "C", release), _expressways(rng, "E", release)
    servers = [_server(rng, kind) for kind in UcKind]
    partner = drawn_certificate(rng, "sip.example.net")
    far_end = FarEnd(
        name="sip.example.net",
        server_certificate=partner.certificate,
        presented_cas=partner.chain[1:2],
        trusted_ca=drawn_list(rng),
        checks_client_auth=rng.random() < 0.5,
    )
    shown = [
        one for node in (*core, *edge) for one in (node.server_certificate, node.client_certificate) if one is not None
    ]
    shown += [one for server in servers for one in (server.tomcat, server.callmanager, server.cup_xmpp) if one]
    core = [_completed(rng, node, shown) for node in core]
    edge = [_completed(rng, node, [*shown, partner.certificate]) for node in edge]
    verify_name = weighted(rng, ("expc.example.com", 6), ("expc1.example.com", 2))
    return Deployment(
        name=f"drawn {number}",
        zones=[
            Zone(name="UC", core=core, edge=edge, tls_verify_subject_name=verify_name),
            Zone(name="partner", kind=ZoneKind.NEIGHBOR, nodes=edge, far_ends=[far_end], tls_verify=True),
        ],
        uc_servers=servers,
        clients=[_client(rng, family) for family in rng.sample(tuple(ClientFamily), 3)],
        webex_services=[far_end],
    )
