"""What clients make of the certificate of Expressway-E, row by row of mra.md A1."""

import attrs
import make_der as make
import pytest
from leg_site import PUBLIC, PUBLIC_ROOT, site, swapped, with_clients
from sites import AT, FACTORY, ROOT, store

from expressway_certs import Certificate, Client, ClientFamily, Deployment, Finding, LegResult, Severity, State, audit
from expressway_certs.x509 import der

E1 = "expe1.example.com"
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
    oid, tag = {"SRV": ("1.3.6.1.5.5.7.8.7", der.IA5_STRING), "XMPP": ("1.3.6.1.5.5.7.8.5", der.UTF8_STRING)}[kind]
    other = make.context(0, make.oid(oid) + make.context(0, der.encode(tag, name.encode())))
    names = [make.context(2, one.encode(), constructed=False) for one in (E1, "expe.example.com")]
    extension = ("2.5.29.17", False, make.sequence(*names, other))
    certificate = FACTORY.leaf(PUBLIC, E1, more_extensions=[extension]).certificate
    assert leg(showing(certificate, client()), leg_id).state is state


def test_the_site_is_as_it_was() -> None:
    """The good site has none of all this."""
    assert audit(site(), at=AT).findings == ()
