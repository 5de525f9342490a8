"""For every rule about legs: a fault on the good site that makes it fire, and it alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from leg_site import (
    ADDRESSES,
    ADMINISTRATOR,
    DNS,
    LDAP,
    PARTNER,
    PROFILE,
    PUBLIC,
    PUBLIC_ROOT,
    changed,
    clients,
    cores,
    expressway,
    issue,
    site,
    swapped,
    whole_site,
    with_clients,
    with_server,
    with_zone,
)
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, ROOT, store

from expressway_certs import (
    AccessRule,
    Certificate,
    Client,
    ClientFamily,
    ClusterTls,
    Deployment,
    Dns,
    DomainCertificate,
    FarEnd,
    MediaEncryption,
)

C1, C2, E1, E2 = (f"exp{which}.example.com" for which in ("c1", "c2", "e1", "e2"))
CUCM: Final = "cucm1.example.com"
SERVERS_ALONE: Final = ("serverAuth",)
EXPIRED: Final = {"not_after": AT - timedelta(hours=1)}


def recertified(name: str, release: str = "X14.2", **options: object) -> Deployment:
    """Return the site with another certificate for one Expressway."""
    role = "C" if "expc" in name else "E"
    node = expressway(name, role, release, **options)
    return swapped(
        site(release), attrs.evolve(site(release).expressway(name), server_certificate=node.server_certificate)
    )


def tunnels_alone() -> Deployment:
    """Return the X15.5 site whose first Expressway-C has a client certificate for servers, and no zone that minds."""
    release = "X15.5"
    client = issue(C1, "expc.example.com", PROFILE, extended_key_usage=SERVERS_ALONE)
    whole = changed(C1, release, client_certificate=client)
    edges = [attrs.evolve(whole.expressway(name), extended_key_usage_checking=False) for name in (E1, E2)]
    return swapped(whole, *edges)


def odd_subject() -> Certificate:
    """Return a certificate whose subject has an attribute that nobody has a name for."""
    good = expressway(C1, "C").server_certificate.to_cryptography()
    odd = x509.NameAttribute(x509.ObjectIdentifier("1.3.6.1.4.1.6449.1.2.1.5.1"), "odd")
    builder = x509.CertificateBuilder(
        good.issuer, x509.Name([*good.subject, odd]), good.public_key(), 4711,
        good.not_valid_before_utc, good.not_valid_after_utc,
    )  # fmt: skip
    for one in good.extensions:
        builder = builder.add_extension(one.value, one.critical)
    return Certificate.from_der(builder.sign(ISSUING.key, hashes.SHA256()).public_bytes(Encoding.DER))


def without_record(kind: str, name: str, value: str | None = None) -> Deployment:
    """Return the site with one DNS record taken out, or changed."""
    records = {"forward": dict(DNS.forward), "reverse": dict(DNS.reverse)}
    del records[kind][name]
    if value is not None:
        records[kind][name] = value
    return attrs.evolve(site(), dns=Dns(**records))


def cluster_alone() -> Deployment:
    """Return a cluster without any zone, one peer of which has expired."""
    whole = recertified(C2, **EXPIRED)
    nodes = [whole.expressway(name) for name in (C1, C2)]
    return Deployment(name="cluster", expressways=nodes, dns=DNS)


def two_of_one_name() -> Deployment:
    """Return the site whose Unified CM has two self-signed certificates of one name, both in the list."""
    tomcat, callmanager = (
        FACTORY.self_signed(CUCM, dns_names=(CUCM,), authority_key_identifier=None).certificate for _ in range(2)
    )
    trust = store(ROOT, ISSUING, PUBLIC_ROOT, PUBLIC, OTHER_ROOT).adding(tomcat, callmanager)
    whole = with_server(CUCM, tomcat=tomcat, callmanager=callmanager, presented_cas=[])
    return swapped(whole, *(attrs.evolve(whole.expressway(name), trusted_ca=trust) for name in (C1, C2)))


def shows_ecdsa() -> Deployment:
    """Return the site whose Expressway-C asks for the ECDSA certificate, which is self-signed."""
    own = FACTORY.self_signed("cucm1-EC.example.com", dns_names=(CUCM,)).certificate
    whole = cores(ecdsa_first=True)
    servers = [attrs.evolve(one, tomcat_ecdsa=own) if one.name == CUCM else one for one in whole.uc_servers]
    return attrs.evolve(whole, uc_servers=servers)


def onboarding() -> Deployment:
    """Return the site that asks phones for a certificate, and lacks the CA of theirs."""
    maker = FACTORY.root("Phone Maker CA")
    phone = Client(
        service_domain="example.com",
        family=ClientFamily.PHONE,
        trusted_ca=store(PUBLIC_ROOT),
        device_certificate=FACTORY.leaf(maker, common_name="SEP001122334455").certificate,
    )
    whole = changed(E1, activation_code_onboarding=True, onboarding_trusted_ca=store(OTHER_ROOT))
    return attrs.evolve(whole, clients=[phone])


def phone_edge_trust() -> Deployment:
    """Return the site whose phones got the root of Expressway-E alone."""
    return with_clients(
        Client(service_domain="example.com", family=ClientFamily.PHONE, phone_edge_trust=store(PUBLIC_ROOT))
    )


def webex(**fields: object) -> Deployment:
    """Return the site with another host of Webex."""
    return attrs.evolve(site(), webex_services=[FarEnd(name="idbroker.example.org", **fields)])


def underscored() -> Deployment:
    """Return the site with an Expressway-E whose host name has an underscore."""
    name = "exp_e2.example.com"
    old = site().expressway(E2)
    certificate = issue(name, "expe.example.com", "example.com", issuer=PUBLIC)
    node = attrs.evolve(old, name=name, server_certificate=certificate, cluster_addresses={E1: ADDRESSES[E1]})
    other = attrs.evolve(site().expressway(E1), cluster_peers=[name], cluster_addresses={name: ADDRESSES[E2]})
    edge = (other, node)
    core = site().zones[0].core
    records = {**ADDRESSES, name: ADDRESSES[E2]}
    zones = [attrs.evolve(zone, nodes=edge if zone.nodes else ()) for zone in site().zones[1:]]
    return attrs.evolve(
        site(),
        expressways=[*core, *edge],
        zones=[attrs.evolve(site().zones[0], edge=edge, peer_addresses=[E1, name]), *zones],
        dns=Dns(forward=records, reverse={address: host for host, address in records.items()}),
    )


Fault = tuple[Callable[[], Deployment], set[str], set[str]]
UC_ONLY: Final = {"6a", "6c", "6f", "6g"}

LEG_FAULTS: Final[dict[str, Fault]] = {
    "ca-hidden-by-namesake": (two_of_one_name, {C1, C2}, {"6e", "6e-back"}),
    "strict-client-refuses-chain": (
        lambda: recertified(E1, authority_key_identifier=None), {E1}, {"1a", "1b", "1c"},
    ),
    "zone-peer-address-not-in-certificate": (
        lambda: with_zone("UC", peer_addresses=["192.0.2.99", E2]), {E1}, {"2"},
    ),
    "zone-verify-name-not-in-certificate": (lambda: recertified(C2, names=(PROFILE,)), {C2}, {"2"}),
    "zone-ca-not-trusted": (
        lambda: cores(trusted_ca=store(ROOT, ISSUING, OTHER_ROOT)), {C1, C2}, {"2", "3", "4", "15", "16"},
    ),
    "zone-certificate-refused": (
        lambda: recertified(C1, **EXPIRED), {C1}, {"2", "3", "4", "6c", "6e", "6e-back", "6f", "7b", "10"},
    ),
    "uc-zone-without-tls-verify": (lambda: with_zone("UC", tls_verify=False), {C1}, set()),
    "uc-zone-media-not-forced": (
        lambda: with_zone("UC", media_encryption=MediaEncryption.AUTO), {C1}, set(),
    ),
    "certificate-has-wildcard": (
        lambda: recertified(E2, names=("expe.example.com", "example.com", "*.example.com")), {E2}, set(),
    ),
    "far-end-name-not-in-certificate": (
        lambda: with_zone("Neighbor", peer_addresses=["192.0.2.77"]), {E1, E2}, {"12", "12-back"},
    ),
    "far-end-not-trusted": (
        lambda: changed(E1, trusted_ca=store(ROOT, ISSUING, PUBLIC_ROOT, PUBLIC)), {E1},
        {"9", "12", "12-back", "13", "13-back", "14", "14-back"},
    ),
    "far-end-distrusts-us": (
        lambda: with_zone("DNS", far_ends=[attrs.evolve(PARTNER, trusted_ca=store(OTHER_ROOT))]), {E1, E2}, {"13"},
    ),
    "far-end-certificate-refused": (
        lambda: with_zone("Default", far_ends=[attrs.evolve(
            PARTNER, client_certificate=issue("sip.example.net", issuer=OTHER_ROOT, extended_key_usage=SERVERS_ALONE)
        )]), {"sip.example.net"}, {"13-back"},
    ),
    "default-zone-keeps-out": (
        lambda: with_zone("Default", access_rules=[AccessRule(pattern="sip.example.org")]), {E1, E2}, {"13-back"},
    ),
    "webex-not-trusted": (
        lambda: webex(server_certificate=FACTORY.self_signed(dns_names=("idbroker.example.org",)).certificate),
        {E1, E2}, {"9"},
    ),
    "webex-certificate-refused": (
        lambda: webex(server_certificate=issue("proxy.example.com")), {E1, E2}, {"9"},
    ),
    "edge-host-name-has-underscore": (
        underscored, {"exp_e2.example.com"}, set(),
    ),
    "edge-domain-spelt-differently": (
        lambda: whole_site(edge_names=("expe1", "expe2.Example.com")), {"expe2.Example.com"}, set(),
    ),
    "tunnel-ca-missing": (
        lambda: cores(trusted_ca=store(ROOT, ISSUING, OTHER_ROOT, PUBLIC_ROOT)), {C1, C2}, {"3"},
    ),
    "tunnel-certificate-refused": (tunnels_alone, {C1}, {"3", "6c", "6e", "6f"}),
    "tunnel-key-type-not-allowed": (
        lambda: changed(E1, ssh_key_types=["x509v3-rsa2048-sha256"]), {E1}, {"3"},
    ),
    "tunnel-name-not-readable": (lambda: changed(C1, server_certificate=odd_subject()), {C1}, {"3"}),
    "forward-record-missing": (lambda: without_record("forward", C2), {C2}, {"3"}),
    "reverse-record-missing": (lambda: without_record("reverse", ADDRESSES[E1]), {E1}, {"3", "4"}),
    "xcp-name-not-in-certificate": (
        lambda: without_record("reverse", ADDRESSES[E1], "inside.example.com"), {E1}, {"4"},
    ),
    "cluster-tls-permissive": (lambda: cores(cluster_tls=ClusterTls.PERMISSIVE), {C1, C2}, set()),
    "cluster-peer-not-in-certificate": (
        lambda: changed(C1, cluster_peers=[ADDRESSES[C2]]), {C2}, {"10"},
    ),
    "cluster-name-leads-elsewhere": (
        lambda: changed(C1, cluster_addresses={C2: "192.0.2.99"}), {C2}, {"10"},
    ),
    "cluster-ca-not-trusted": (
        lambda: changed(C1, trusted_ca=store(PUBLIC_ROOT, PUBLIC, OTHER_ROOT)), {C1},
        {"10", "6a", "6c", "6e", "6e-back", "6f", "6g", "7a", "7b", "7c", "8"},
    ),
    "cluster-certificate-refused": (cluster_alone, {C2}, {"10"}),
    "service-certificate-refused": (
        lambda: recertified(E1, extended_key_usage=SERVERS_ALONE), {E1}, {"4", "5", "10", "12", "13", "14"},
    ),
    "uc-server-lacks-expressway-ca": (
        lambda: with_server(CUCM, tomcat_trust=store(OTHER_ROOT)), {CUCM}, {"6c", "6f"},
    ),
    "uc-server-not-trusted": (
        lambda: with_server(CUCM, tomcat=FACTORY.self_signed(dns_names=(CUCM,)).certificate), {C1, C2}, UC_ONLY,
    ),
    "uc-server-shows-ecdsa": (shows_ecdsa, {C1, C2}, UC_ONLY),
    "uc-certificate-refused": (lambda: with_server(CUCM, tomcat=issue(CUCM, **EXPIRED)), {CUCM}, UC_ONLY),
    "uc-server-name-not-in-certificate": (
        lambda: with_server(CUCM, tomcat=issue("other.example.com")), {CUCM}, {"6a", "6c"},
    ),
    "uc-node-name-not-in-certificate": (
        lambda: with_server(CUCM, callmanager=issue("other.example.com")), {CUCM}, {"6e"},
    ),
    "phone-profile-not-in-certificate": (
        lambda: attrs.evolve(site(), phone_security_profiles=[PROFILE, "secure-8845.example.com"]),
        {C1, C2}, {"6e", "6e-back"},
    ),
    "sip-oauth-name-not-registered": (
        lambda: with_server(CUCM, expressway_cores=[C1]), {CUCM}, {"6f"},
    ),
    "service-domain-not-in-certificate": (
        lambda: recertified(E1, names=("expe.example.com",)), {E1}, {"1a", "1b", "1c"},
    ),
    "edge-name-not-in-certificate": (
        lambda: changed(E1, domain_certificates=[
            DomainCertificate(domain="example.com", certificate=issue("example.com", issuer=PUBLIC))
        ]), {E1}, {"1a", "1b", "1c"},
    ),
    "client-distrusts-edge": (
        lambda: with_clients(*clients()[1:], Client(service_domain="example.com", trusted_ca=store(ROOT))),
        {E1, E2}, {"1a", "1b", "1c"},
    ),
    "device-certificate-refused": (onboarding, {E1}, {"1a", "1b"}),
    "phone-edge-trust-lacks-tomcat": (phone_edge_trust, {CUCM}, set()),
    "administration-ca-missing": (
        lambda: attrs.evolve(site(), ldap_servers=[attrs.evolve(LDAP, server_certificate=issue(
            "ldap.example.com", issuer=FACTORY.root("Directory CA")
        ))]), {C1, C2, E1, E2}, {"16"},
    ),
    "administration-certificate-refused": (
        lambda: attrs.evolve(site(), administrators=[attrs.evolve(ADMINISTRATOR, client_certificate=issue(
            "administrator", issuer=PUBLIC_ROOT, extended_key_usage=SERVERS_ALONE
        ))]), {"administrator"}, {"15"},
    ),
    "ios-refuses-certificate": (
        lambda: recertified(E1, not_after=AT + timedelta(days=900)), {E1}, {"1a"},
    ),
}  # fmt: skip
