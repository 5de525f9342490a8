"""What clients make of the certificate of Expressway-E, row by row of mra.md A1."""

from datetime import UTC, datetime, timedelta

import attrs
import make_der as make
import pytest
from leg_site import PUBLIC, PUBLIC_ROOT, issue, site, swapped, with_clients
from sites import AT, FACTORY, ROOT, store

from expressway_certs import (
    Certificate,
    Client,
    ClientFamily,
    Deployment,
    Finding,
    LegResult,
    Severity,
    State,
    Zone,
    audit,
)
from expressway_certs.testing import Issued
from expressway_certs.testing.lab import Lab, unproven
from expressway_certs.x509 import der

E1 = "expe1.example.com"
SECOND = timedelta(seconds=1)
F = ClientFamily


def client(family: ClientFamily = F.JABBER, **fields: object) -> Client:
    """Return clients of a family that trust the public root."""
    return Client(**{"service_domain": "example.com", "family": family, "trusted_ca": store(PUBLIC_ROOT), **fields})


def showing(certificate: Certificate, *clients: Client) -> Deployment:
    """Return the site with these clients, on which both peers of Expressway-E show a certificate."""
    whole = with_clients(*clients)
    nodes = [whole.expressway(name) for name in (E1, "expe2.example.com")]
    return swapped(whole, attrs.evolve(nodes[0], server_certificate=certificate))


def leg(whole: Deployment, leg_id: str = "1a") -> LegResult:
    """Return the first client's leg to the first peer."""
    return next(one for one in audit(whole, at=AT).legs if one.leg.id == leg_id and one.acceptor == E1)


def told(whole: Deployment, rule: str) -> list[Finding]:
    """Return the findings of a rule."""
    return [one for one in audit(whole, at=AT).findings if one.rule == rule]


def with_other_name(kind: str, name: str) -> Certificate:
    """Return a certificate for Expressway-E with an SRV name or an XMPP address."""
    oid, tag = {"SRV": ("1.3.6.1.5.5.7.8.7", der.IA5_STRING), "XMPP": ("1.3.6.1.5.5.7.8.5", der.UTF8_STRING)}[kind]
    other = make.context(0, make.oid(oid) + make.context(0, der.encode(tag, name.encode())))
    names = [make.context(2, one.encode(), constructed=False) for one in (E1, "expe.example.com")]
    extension = ("2.5.29.17", False, make.sequence(*names, other))
    return FACTORY.leaf(PUBLIC, E1, more_extensions=[extension]).certificate


# Phone-Edge-trust.


@pytest.mark.parametrize(
    ("held", "oauth", "state"),
    [
        ([ROOT], True, State.DOWN), ([PUBLIC_ROOT], True, State.UP), ([], True, State.UP),
        ([ROOT], False, State.UP),
    ],
)  # fmt: skip
def test_phones_with_sip_oauth_look_at_phone_edge_trust_once_it_holds_something(
    held: list[object], oauth: bool, state: State
) -> None:
    """Until then, and without SIP OAuth, it is their built-in list that counts (mra.md A1.17)."""
    whole = with_clients(client(F.PHONE, phone_edge_trust=store(*held)))
    servers = [attrs.evolve(one, sip_oauth=oauth) for one in whole.uc_servers]
    assert leg(attrs.evolve(whole, uc_servers=servers)).state is state


def test_phone_edge_trust_counts_where_unified_cm_is_not_known() -> None:
    """Nobody says then that the phones do without SIP OAuth."""
    whole = attrs.evolve(with_clients(client(F.PHONE, phone_edge_trust=store(ROOT))), uc_servers=[])
    assert leg(whole).state is State.DOWN


@pytest.mark.parametrize(("family", "held"), [(F.PHONE, []), (F.JABBER, [PUBLIC_ROOT])])
def test_an_empty_phone_edge_trust_lacks_nothing(family: ClientFamily, held: list[object]) -> None:
    """Nor does that of other clients than phones: nobody looks at it (mra.md A1.17)."""
    whole = with_clients(client(family, phone_edge_trust=store(*held)))
    assert told(whole, "phone-edge-trust-lacks-tomcat") == []


def test_a_phone_without_sip_oauth_is_not_sent_to_phone_edge_trust() -> None:
    """The remedy for a CA that it does not have is another CA: that list would not be looked at."""
    whole = with_clients(client(F.PHONE, trusted_ca=store(ROOT), phone_edge_trust=store(PUBLIC_ROOT)))
    servers = [attrs.evolve(one, sip_oauth=False) for one in whole.uc_servers]
    (found,) = told(attrs.evolve(whole, uc_servers=servers), "client-distrusts-edge")
    assert found.remedy.steps[0].startswith("Nothing can be put into the built-in CA list")
    assert found.remedy.steps[-1] == (
        "Or, with SIP OAuth from Unified CM 14 on: the roots of Expressway-E and of tomcat into Phone-Edge-trust."
    )


# Who goes on.


@pytest.mark.parametrize(
    ("family", "fields", "state"),
    [
        (F.WEBEX, {"registers_untrusted": True}, State.WARNS), (F.PHONE, {"registers_untrusted": True}, State.DOWN),
        (F.ROOM_SYSTEM, {"registers_untrusted": True}, State.DOWN),
        (F.JABBER, {"registers_untrusted": True, "rejects_invalid": True}, State.DOWN),
        (F.WEBEX, {"registers_untrusted": True, "rejects_invalid": True}, State.WARNS),
    ],
)  # fmt: skip
def test_a_setting_is_that_of_its_client(family: ClientFamily, fields: dict[str, bool], state: State) -> None:
    """Control Hub's is the Webex app's alone, INVALID_CERTIFICATE_BEHAVIOR Jabber's (mra.md A1.11 and A1.18)."""
    assert leg(with_clients(client(family, trusted_ca=store(ROOT), **fields))).state is state


# Names.


@pytest.mark.parametrize(
    ("family", "state", "severity"),
    [(F.JABBER, State.WARNS, Severity.WARNING), (F.PHONE, State.DOWN, Severity.ERROR),
     (F.ROOM_SYSTEM, State.DOWN, Severity.ERROR), (F.WEBEX, State.DOWN, Severity.ERROR)],
)  # fmt: skip
def test_the_service_domain_has_to_be_an_alternative_name(
    family: ClientFamily, state: State, severity: Severity
) -> None:
    """As the common name alone it does not count, and the leg is as bad as the finding says (mra.md A1.3, A1.6)."""
    whole = showing(FACTORY.leaf(PUBLIC, "example.com", dns_names=(E1, "expe.example.com")).certificate, client(family))
    assert leg(whole).state is state
    assert [one.severity for one in told(whole, "service-domain-not-in-certificate")] == [severity]


@pytest.mark.parametrize(
    ("family", "state", "severities"),
    [(F.JABBER, State.UP, []), (F.PHONE, State.DOWN, [Severity.ERROR]), (F.WEBEX, State.DOWN, [Severity.ERROR])],
)
def test_a_leg_without_the_host_name_is_as_bad_as_its_finding(
    family: ClientFamily, state: State, severities: list[Severity]
) -> None:
    """Jabber falls back to the common name; no other client is known to (mra.md A1.7 and A1.12)."""
    bare = FACTORY.leaf(PUBLIC, E1, dns_names=("expe.example.com", "example.com")).certificate
    whole = showing(bare, client(family))
    assert leg(whole).state is state
    assert [one.severity for one in told(whole, "edge-name-not-in-certificate")] == severities


@pytest.mark.parametrize(
    ("kind", "name", "leg_id", "state"),
    [
        ("XMPP", "example.com", "1c", State.UP), ("XMPP", "EXAMPLE.com", "1c", State.UP),
        ("XMPP", "example.com", "1a", State.WARNS), ("XMPP", "example.net", "1c", State.WARNS),
        ("SRV", "_xmpp-client.example.com", "1c", State.UP), ("SRV", "_xmpp-client.example.com", "1a", State.WARNS),
        ("SRV", "_collab-edge._tls.example.com", "1c", State.UP),
    ],
)  # fmt: skip
def test_over_xmpp_other_kinds_of_names_count(kind: str, name: str, leg_id: str, state: State) -> None:
    """An XMPP address or an SRV name goes before the DNS names there, and there alone (mra.md A1.7)."""
    assert leg(showing(with_other_name(kind, name), client()), leg_id).state is state


@pytest.mark.parametrize(
    ("common_name", "stands"),
    [
        (E1, f"stands as the common name alone in the certificate of {E1}"),
        ("x", f"is not a name in the certificate of {E1}"),
    ],
)
def test_how_the_host_name_stands_is_said(common_name: str, stands: str) -> None:
    """A common name alone is not called lacking."""
    bare = FACTORY.leaf(PUBLIC, common_name, dns_names=("expe.example.com", "example.com")).certificate
    (found,) = told(showing(bare, client(F.PHONE)), "edge-name-not-in-certificate")
    assert found.message.startswith(f"{E1}, which clients are sent to, {stands}: 78xx/88xx phone")


# iOS.

JULY = datetime(2019, 7, 1, tzinfo=UTC)
IN_TIME = JULY + timedelta(days=825)
LATER = AT + timedelta(days=90)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"extended_key_usage": None, "not_before": JULY - SECOND, "not_after": LATER}, []),
        ({"extended_key_usage": None, "not_before": JULY, "not_after": IN_TIME}, ["server authentication"]),
        ({"not_before": JULY - SECOND, "not_after": LATER}, []),
        ({"not_before": JULY, "not_after": LATER}, ["a life of 825 days at most"]),
    ],
)  # fmt: skip
def test_ios_asks_more_of_what_is_issued_since_july_2019(options: dict[str, object], expected: list[str]) -> None:
    """Apple's page has two of its demands hold from then on (mra.md A1.11)."""
    whole = showing(issue(E1, "expe.example.com", "example.com", issuer=PUBLIC, **options), client(F.JABBER_IOS))
    assert [one.expected for one in told(whole, "ios-refuses-certificate")] == expected


def test_a_day_more_is_not_counted_as_none() -> None:
    """What is over the limit by a second is not told to be at it."""
    life = {"not_before": AT - timedelta(days=1), "not_after": AT + timedelta(days=824) + SECOND}
    whole = showing(issue(E1, "expe.example.com", "example.com", issuer=PUBLIC, **life), client(F.JABBER_IOS))
    assert [one.found for one in told(whole, "ios-refuses-certificate")] == ["it is valid for 826 days"]


@pytest.mark.parametrize(
    ("root", "authority", "found"),
    [
        ({"key": "rsa"}, {"key": "rsa-1024"}, ["the key of O=Example, CN=Old CA has 1024 bits"]),
        ({"key": "rsa-1024"}, {}, ["the key of O=Example, CN=Old Root has 1024 bits"]),
        ({"key": "rsa"}, {"digest": "sha1"}, ["O=Example, CN=Old CA is signed with sha1WithRSAEncryption"]),
        ({"key": "rsa", "digest": "sha1"}, {}, []),
    ],
)
def test_ios_looks_at_the_cas_as_well(root: dict[str, str], authority: dict[str, str], found: list[str]) -> None:
    """Their keys, and their signatures but for the root's, which nobody verifies (mra.md A1.11)."""
    old_root = FACTORY.root("Old Root", **root)
    old = FACTORY.intermediate(old_root, "Old CA", **authority)
    leaf = issue(E1, "expe.example.com", "example.com", issuer=old)
    whole = showing(leaf, client(F.JABBER_IOS, trusted_ca=store(old_root)))
    cas = [old_root.certificate, old.certificate]
    nodes = [attrs.evolve(one, trusted_ca=one.trusted_ca.adding(*cas)) for one in whole.nodes]
    answers = told(swapped(whole, *nodes), "ios-refuses-certificate")
    assert [one.found for one in answers] == found
    assert all(one.remedy.changes[0].not_from for one in answers)


# Revocation.

URL = "http://crl.example.org/public.crl"


def with_list(*, revoked: bool, family: ClientFamily = F.JABBER, named: str = URL, **crl: object) -> Deployment:
    """Return the site on which a list lies behind a URL, and the certificate of Expressway-E names one."""
    certificate = issue(E1, "expe.example.com", "example.com", issuer=PUBLIC, crl_urls=[named])
    listed = FACTORY.crl(PUBLIC, revoked=[certificate] if revoked else [], **crl)
    return attrs.evolve(showing(certificate, client(family)), published_crls={URL: listed})


@pytest.mark.parametrize(
    ("family", "state"),
    [(F.JABBER, State.DOWN), (F.JABBER_WINDOWS, State.DOWN), (F.JABBER_ANDROID, State.DOWN), (F.PHONE, State.UP),
     (F.WEBEX, State.UP)],
)  # fmt: skip
def test_jabber_is_blocked_by_a_revoked_certificate(family: ClientFamily, state: State) -> None:
    """It asks nobody then; of other clients it is not documented that they look (mra.md A1.10)."""
    whole = with_list(revoked=True, family=family)
    assert leg(whole).state is state
    found = told(whole, "client-distrusts-edge")
    assert [(one.severity, one.code) for one in found] == ([(Severity.ERROR, 23)] if state is State.DOWN else [])


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({"revoked": False}, State.UP), ({"revoked": True, "named": "http://other.example.org/a.crl"}, State.UP),
        ({"revoked": True, "next_update": AT}, State.UP),
        ({"revoked": True, "next_update": AT + SECOND}, State.DOWN),
        ({"revoked": True, "this_update": AT + SECOND}, State.UP), ({"revoked": True, "this_update": AT}, State.DOWN),
    ],
)  # fmt: skip
def test_a_lack_of_revocation_information_raises_nothing(options: dict[str, object], state: State) -> None:
    """Nor does a list that is not named, or not in force, which is our own choice (mra.md A1.10)."""
    assert leg(with_list(**options)).state is state


def test_a_revoked_ca_blocks_as_well() -> None:
    """Every certificate below the root is looked up."""
    authority = FACTORY.intermediate(PUBLIC_ROOT, "Revoked CA", crl_urls=[URL])
    certificate = issue(E1, "expe.example.com", "example.com", issuer=authority)
    whole = showing(certificate, client())
    nodes = [attrs.evolve(one, trusted_ca=one.trusted_ca.adding(authority.certificate)) for one in whole.nodes]
    listed = {URL: FACTORY.crl(PUBLIC_ROOT, revoked=[authority.certificate])}
    whole = attrs.evolve(swapped(whole, *nodes), published_crls=listed)
    assert (leg(whole).state, leg(whole).judgements[0].verdict.depth) == (State.DOWN, 1)


def test_a_name_that_only_warns_does_not_bring_a_blocked_client_up() -> None:
    """Jabber goes on where a name is lacking, and not where the certificate is revoked."""
    certificate = issue(E1, "expe.example.com", issuer=PUBLIC, crl_urls=[URL])
    listed = {URL: FACTORY.crl(PUBLIC, revoked=[certificate])}
    assert leg(attrs.evolve(showing(certificate, client()), published_crls=listed)).state is State.DOWN


LDAP_URL = "ldap://ca.example.org/cn=Public?certificateRevocationList"
HTTPS_URL = "https://ocsp.example.org"


@pytest.mark.parametrize(
    ("options", "family", "found"),
    [
        ({"crl_urls": [LDAP_URL]}, F.JABBER, [("cRLDistributionPoints", LDAP_URL)]),
        ({"crl_urls": [LDAP_URL, URL]}, F.JABBER, []), ({"crl_urls": ["HTTP://crl.example.org/a"]}, F.JABBER, []),
        ({"ocsp_urls": [HTTPS_URL]}, F.JABBER, [("authorityInfoAccess", HTTPS_URL)]),
        ({"issuer_urls": [HTTPS_URL]}, F.JABBER_IOS, [("authorityInfoAccess", HTTPS_URL)]),
        ({"issuer_urls": [URL], "ocsp_urls": [HTTPS_URL]}, F.JABBER, [("authorityInfoAccess", HTTPS_URL)]),
        ({"crl_urls": [LDAP_URL]}, F.PHONE, []), ({}, F.JABBER, []),
    ],
)  # fmt: skip
def test_jabber_asks_for_revocation_over_http_alone(
    options: dict[str, object], family: ClientFamily, found: list[tuple[str, str]]
) -> None:
    """Where an extension has URLs, each kind of them needs one that it can use (mra.md A1.10)."""
    certificate = issue(E1, "expe.example.com", "example.com", issuer=PUBLIC, **options)
    whole = told(showing(certificate, client(family)), "client-cannot-ask-for-revocation")
    assert [(one.evidence.extension, one.found) for one in whole] == found
    assert {one.severity for one in whole} <= {Severity.WARNING}
    assert {bool(one.product_message) for one in whole} <= {family is F.JABBER_IOS}
    assert all(one.message.endswith(", without which Jabber may not connect") for one in whole)


def test_a_ca_is_asked_about_as_well() -> None:
    """Its own certificate is looked up too; the root's is not."""
    root = FACTORY.root("Root with URLs", crl_urls=[LDAP_URL])
    authority = FACTORY.intermediate(root, "CA with URLs", crl_urls=[LDAP_URL])
    whole = showing(issue(E1, "expe.example.com", "example.com", issuer=authority), client(trusted_ca=store(root)))
    cas = [root.certificate, authority.certificate]
    nodes = [attrs.evolve(one, trusted_ca=one.trusted_ca.adding(*cas)) for one in whole.nodes]
    found = told(swapped(whole, *nodes), "client-cannot-ask-for-revocation")
    assert [one.certificate for one in found] == [authority.certificate]
    assert found[0].remedy.changes[0].not_from == (authority.certificate.subject,)


@pytest.mark.parametrize(
    ("family", "asks", "is_told"),
    [(F.JABBER_MAC, True, True), (F.JABBER_MAC, False, False), (F.JABBER_WINDOWS, True, False), (F.PHONE, True, False)],
)
def test_onboarding_lets_jabber_on_a_mac_ask_its_user(family: ClientFamily, asks: bool, is_told: bool) -> None:
    """Every client is asked for a certificate then; it is no fault, and good to know (mra.md A1.15)."""
    whole = with_clients(client(family))
    node = attrs.evolve(whole.expressway(E1), activation_code_onboarding=asks, onboarding_trusted_ca=store(ROOT))
    found = told(swapped(whole, node), "onboarding-asks-jabber-on-mac")
    assert [(one.severity, one.nodes) for one in found] == ([(Severity.INFO, (E1,))] if is_told else [])


# Words.


def test_who_can_log_in_and_who_cannot_is_told_apart() -> None:
    """Two findings for two ends, each with its clients by name (mra.md A1.6)."""
    families = (F.JABBER, F.JABBER_MAC, F.PHONE, F.ROOM_SYSTEM)
    whole = with_clients(*(client(one, trusted_ca=store(ROOT)) for one in families))
    shows = "shows clients a certificate under O=Example, CN=Public Root CA, which they do not trust"
    assert [(one.severity, one.message) for one in told(whole, "client-distrusts-edge")] == [
        (Severity.ERROR, f"{E1} {shows}: 78xx/88xx phone and TC/CE room system of example.com cannot connect"),
        (Severity.WARNING, f"{E1} {shows}: Jabber and Jabber for Mac of example.com can log in after a prompt"),
    ]


@pytest.mark.parametrize(
    ("family", "fields", "end"),
    [
        (F.WEBEX, {"registers_untrusted": True}, "Webex app of example.com can log in all the same"),
        (F.JABBER, {"rejects_invalid": True}, "Jabber of example.com cannot connect"),
    ],
)
def test_what_a_client_does_is_said_of_names_too(family: ClientFamily, fields: dict[str, bool], end: str) -> None:
    """The service domain and the host name end alike (mra.md A1.6, A1.11 and A1.18)."""
    whole = showing(issue("x.example.com", issuer=PUBLIC), client(family, **fields))
    ends = [
        told(whole, f"{rule}-not-in-certificate")[0].message.rpartition(": ")[2]
        for rule in ("service-domain", "edge-name")
    ]
    assert ends == [end, end]


@pytest.mark.parametrize(
    ("certificate", "begins"),
    [
        (
            FACTORY.self_signed(E1, dns_names=(E1, "example.com")),
            f"{E1} shows clients a self-signed certificate, which",
        ),
        (
            FACTORY.leaf(PUBLIC, E1, dns_names=(E1, "example.com"), extended_key_usage=("clientAuth",)),
            f"clients refuse the certificate of {E1}, unsuitable certificate purpose: Jabber of",
        ),
    ],
)
def test_why_a_client_does_not_trust_is_said(certificate: Issued, begins: str) -> None:
    """A list that lacks the certificate itself, and one that is refused for what it is."""
    node = attrs.evolve(site().expressway(E1), server_certificate=certificate.certificate)
    zone = Zone(name="plain", kind="Traversal", core=site().zones[0].core, edge=[node])
    (found,) = told(Deployment(clients=[client()], zones=[zone]), "client-distrusts-edge")
    assert found.message.startswith(begins)


# The lab has it by itself.


CASES: dict[str, Deployment] = {
    "a revoked certificate": with_list(revoked=True),
    "one that is not revoked": with_list(revoked=False),
    "a list that is out of date": with_list(revoked=True, next_update=AT),
    "the common name alone": showing(
        FACTORY.leaf(PUBLIC, E1, dns_names=("expe.example.com", "example.com")).certificate,
        *map(client, (F.JABBER, F.WEBEX)),
    ),
    "the domain alone as common name": showing(
        FACTORY.leaf(PUBLIC, "example.com", dns_names=(E1, "expe.example.com")).certificate,
        *map(client, (F.JABBER, F.WEBEX)),
    ),
    "an XMPP name": showing(with_other_name("XMPP", "example.com"), *map(client, (F.JABBER, F.WEBEX))),
    "an SRV name of XMPP": showing(with_other_name("SRV", "_xmpp-client.example.com"), client(F.WEBEX)),
}


# Where no list speaks for a CA above the certificate, OpenSSL refuses and Jabber does not.
UNPROVEN = {"one that is not revoked", "a list that is out of date"}


@pytest.mark.parametrize("case", CASES)
def test_real_ends_agree(case: str) -> None:
    """On every leg of these clients the lab says what the library says, or why it cannot."""
    results = [one for one in audit(CASES[case], at=AT).legs if one.leg.id in {"1a", "1b", "1c"} and one.acceptor == E1]
    with Lab(at=AT) as lab:
        found = [(one, lab.prove(one.connection)) for one in results]
    disagreeing = [(one.leg.id, observed) for one, observed in found if observed.agrees_with(one) is False]
    assert disagreeing == []
    assert [one.state is not State.DOWN for one, observed in found if observed.ok is not None] == [
        observed.ok for _, observed in found if observed.ok is not None
    ]
    not_proven = {(unproven.FALLBACK,)} if case in UNPROVEN else {()}
    assert {observed.not_proven for _, observed in found} == not_proven


def test_the_site_is_as_it_was() -> None:
    """The good site has none of all this."""
    assert audit(site(), at=AT).findings == ()
