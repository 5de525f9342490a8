"""For every rule about legs: the kit's fault on the good site, and the nodes and legs that it is found on."""

from collections.abc import Callable
from functools import partial
from typing import Final

import attrs
from leg_site import DNS, PROFILE, PUBLIC, PUBLIC_ROOT, expressway, site, swapped, with_clients, with_server
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, ROOT, store

from expressway_certs import Client, ClientFamily, Deployment, Dns
from expressway_certs.testing import break_site

C1, C2, E1, E2 = (f"exp{which}.example.com" for which in ("c1", "c2", "e1", "e2"))
CUCM: Final = "cucm1.example.com"


def recertified(name: str, release: str = "X14.2", **options: object) -> Deployment:
    """Return the site with another certificate for one Expressway."""
    role = "C" if "expc" in name else "E"
    node = expressway(name, role, release, **options)
    return swapped(
        site(release), attrs.evolve(site(release).expressway(name), server_certificate=node.server_certificate)
    )


def without_record(kind: str, name: str, value: str | None = None) -> Deployment:
    """Return the site with one DNS record taken out, or changed."""
    records = {"forward": dict(DNS.forward), "reverse": dict(DNS.reverse)}
    del records[kind][name]
    if value is not None:
        records[kind][name] = value
    return attrs.evolve(site(), dns=Dns(**records))


def two_of_one_name() -> Deployment:
    """Return the site whose Unified CM has two self-signed certificates of one name, both in the list."""
    tomcat, callmanager = (
        FACTORY.self_signed(CUCM, dns_names=(CUCM,), authority_key_identifier=None).certificate for _ in range(2)
    )
    trust = store(ROOT, ISSUING, PUBLIC_ROOT, PUBLIC, OTHER_ROOT).adding(tomcat, callmanager)
    whole = with_server(CUCM, tomcat=tomcat, callmanager=callmanager, presented_cas=[])
    return swapped(whole, *(attrs.evolve(whole.expressway(name), trusted_ca=trust) for name in (C1, C2)))


def phone_edge_trust() -> Deployment:
    """Return the site whose phones got the root of Expressway-E alone."""
    return with_clients(
        Client(service_domain="example.com", family=ClientFamily.PHONE, phone_edge_trust=store(PUBLIC_ROOT))
    )


Fault = tuple[Callable[[], Deployment], set[str], set[str]]

_ON: Final = {
    "certificate-has-wildcard": E2,
    "edge-domain-spelt-differently": E2,
    "edge-host-name-has-underscore": E2,
    "forward-record-missing": C2,
}
"""The node on which a fault is injected, where it is not the first that does."""

_RELEASES: Final = {"tunnel-certificate-refused": "X15.5"}


def broken(rule: str) -> Deployment:
    """Return the good site with the kit's fault for a rule."""
    return break_site(site(_RELEASES.get(rule, "X14.2")), rule, node=_ON.get(rule), at=AT)


_FOUND: Final[dict[str, tuple[set[str], set[str]]]] = {
    "ca-hidden-by-namesake": ({C1, C2}, {"6e", "6e-back"}),
    "strict-client-refuses-chain": ({E1}, {"1a", "1b", "1c"}),
    "zone-peer-address-not-in-certificate": ({E1}, {"2"}),
    "zone-ca-not-trusted": ({C1, C2}, {"2", "3", "4", "15", "16"}),
    "zone-certificate-refused": ({C1}, {"2", "3", "4", "6c", "6e", "6e-back", "6f", "7b", "10"}),
    "uc-zone-without-tls-verify": ({C1}, set()),
    "uc-zone-media-not-forced": ({C1}, set()),
    "certificate-has-wildcard": ({E2}, set()),
    "far-end-name-not-in-certificate": ({E1, E2}, {"12", "12-back"}),
    "far-end-not-trusted": ({E1}, {"9", "12", "12-back", "13", "13-back", "14", "14-back"}),
    "far-end-distrusts-us": ({E1, E2}, {"13"}),
    "far-end-certificate-refused": ({"sip.example.net"}, {"13-back"}),
    "default-zone-keeps-out": ({E1, E2}, {"13-back"}),
    "webex-not-trusted": ({E1, E2}, {"9"}),
    "webex-certificate-refused": ({E1, E2}, {"9"}),
    "edge-host-name-has-underscore": ({"expe_2.example.com"}, set()),
    "edge-domain-spelt-differently": ({"expe2.Example.com"}, set()),
    "tunnel-ca-missing": ({C1, C2}, {"3"}),
    "tunnel-certificate-refused": ({C1}, {"3", "6c", "6e", "6f"}),
    "tunnel-key-type-not-allowed": ({E1}, {"3"}),
    "tunnel-name-not-readable": ({C1}, {"3"}),
    "forward-record-missing": ({C2}, {"3"}),
    "reverse-record-missing": ({E1}, {"3", "4"}),
    "xcp-name-not-in-certificate": ({E1}, {"4"}),
    "cluster-tls-permissive": ({C1, C2}, set()),
    "cluster-peer-not-in-certificate": ({C2}, {"10"}),
    "cluster-name-leads-elsewhere": ({C2}, {"10"}),
    "cluster-ca-not-trusted": ({C1}, {"6a", "6c", "6e", "6e-back", "6f", "6g", "7a", "7b", "7c", "8", "10"}),
    "cluster-certificate-refused": ({C2}, {"10"}),
    "service-certificate-refused": ({E1}, {"4", "5", "10", "12", "13", "14"}),
    "uc-server-lacks-expressway-ca": ({CUCM}, {"6c", "6f"}),
    "uc-server-not-trusted": ({C1, C2}, {"6a", "6c", "6f", "6g"}),
    "uc-server-shows-ecdsa": ({C1, C2}, {"6a", "6c", "6f", "6g"}),
    "uc-certificate-refused": ({CUCM}, {"6a", "6c", "6f", "6g"}),
    "uc-server-name-not-in-certificate": ({CUCM}, {"6a", "6c"}),
    "uc-node-name-not-in-certificate": ({CUCM}, {"6e"}),
    "phone-profile-not-in-certificate": ({C1, C2}, {"6e", "6e-back"}),
    "sip-oauth-name-not-registered": ({CUCM}, {"6f"}),
    "service-domain-not-in-certificate": ({E1}, {"1a", "1b", "1c"}),
    "edge-name-not-in-certificate": ({E1}, {"1a", "1b", "1c"}),
    "client-distrusts-edge": ({E1, E2}, {"1a", "1b", "1c"}),
    "device-certificate-refused": ({E1}, {"1a", "1b"}),
    "phone-edge-trust-lacks-tomcat": ({CUCM}, set()),
    "administration-ca-missing": ({C1, C2, E1, E2}, {"16"}),
    "administration-certificate-refused": ({"other administrator"}, {"15"}),
    "ios-refuses-certificate": ({E1}, {"1a"}),
    "client-cannot-ask-for-revocation": ({E1}, {"1a", "1b", "1c"}),
    "onboarding-asks-jabber-on-mac": ({E1}, {"1a"}),
}  # fmt: skip
"""The nodes that a finding names, and the legs."""

LEG_FAULTS: Final[dict[str, Fault]] = {
    # One peer has lost the name, where the kit's fault looks for another name with all of them.
    "zone-verify-name-not-in-certificate": (lambda: recertified(C2, names=(PROFILE,)), {C2}, {"2"}),
    **{rule: (partial(broken, rule), nodes, legs) for rule, (nodes, legs) in _FOUND.items()},
}
