"""How legs are judged: what decides which certificate is shown, whether anybody looks, and which names count."""

from datetime import timedelta
from typing import Final

import attrs
import pytest
from leg_faults import C1, C2, CUCM, E1, E2, recertified, two_of_one_name, without_record
from leg_site import (
    ADDRESSES,
    EVERY_CA,
    PARTNER,
    PROFILE,
    PUBLIC,
    PUBLIC_ROOT,
    changed,
    cores,
    issue,
    site,
    swapped,
    with_clients,
    with_server,
    with_zone,
)
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, ROOT, good_site, store

from expressway_certs import (
    AddTrustedCa,
    Certificate,
    Client,
    ClientFamily,
    Deployment,
    DomainCertificate,
    LegResult,
    OpenSsl,
    Pipeline,
    RemoveTrustedCa,
    RequestCertificate,
    Settings,
    SetVerifyName,
    Severity,
    Stage,
    State,
    TrustStore,
    ZoneKind,
    audit,
    check_tunnels,
    check_zone,
)
from expressway_certs.rules import matching
from expressway_certs.rules.judging import Judgement, NameMatch
from expressway_certs.rules.matching import wildcard
from expressway_certs.testing.keys import rsa_key
from expressway_certs.x509 import codes

RELEASE: Final = "X15.5"
SERVERS: Final = ("serverAuth",)


def legs(deployment: Deployment, leg_id: str) -> list[LegResult]:
    """Return the results on one kind of leg."""
    return [one for one in audit(deployment, at=AT).legs if one.leg.id == leg_id]


def first(deployment: Deployment, leg_id: str, who: str = "") -> Judgement:
    """Return the first judgement on a leg, of a certificate of ``who``."""
    return next(one for leg in legs(deployment, leg_id) for one in leg.judgements if who in one.presenter)


def states(deployment: Deployment, *leg_ids: str) -> set[State]:
    """Return what becomes of those legs."""
    return {leg.state for leg_id in leg_ids for leg in legs(deployment, leg_id)}


# Which certificate is shown.


@pytest.mark.parametrize(("release", "store_name"), [("X15.4", "server"), ("X15.5", "client")])
def test_a_connection_is_opened_with_the_client_store_since_x15_5(release: str, store_name: str) -> None:
    """And answered with the server's; before that there is one certificate for both (platform.md §7)."""
    own = issue(C1, "expc.example.com", PROFILE)
    whole = changed(C1, release, client_certificate=own)
    for leg_id in ("2", "3", "4", "6c", "6e", "6f", "10"):
        judgement = first(whole, leg_id, C1) if leg_id != "10" else initiators(whole, C1)
        assert judgement.store == store_name, leg_id
        assert (judgement.certificate == own) is (store_name == "client"), leg_id
    assert first(whole, "6e-back", C1).store == "server"


def initiators(deployment: Deployment, name: str) -> Judgement:
    """Return how a node's certificate is judged on the cluster leg that it opens."""
    leg = next(one for one in legs(deployment, "10") if one.initiator == name)
    return leg.judgements[-1]


def test_a_setting_asks_for_the_server_store() -> None:
    """By one source Expressway-C's server certificate is the one that needs client authentication (§11 C6)."""
    client = issue(C1, "expc.example.com", PROFILE, extended_key_usage=SERVERS)
    whole = changed(C1, RELEASE, client_certificate=client)
    assert State.DOWN in states(whole, "2")
    other = changed(C1, RELEASE, client_certificate=client, settings=Settings(core_client_auth_store="server"))
    assert states(other, "2", "3") == {State.UP}


@pytest.mark.parametrize(
    ("release", "fields", "leg_id", "shown"),
    [
        ("X14.2", {"ecdsa_first": True}, "6a", "tomcat-ECDSA"), ("X14.2", {}, "6a", "tomcat"),
        ("X14.0.2", {"ecdsa_first": True}, "6f", "tomcat"), ("X15.2", {"ecdsa_first": True}, "6e", "CallManager-ECDSA"),
        ("X15.2", {"ecdsa_first": True, "sip_prefers_rsa": True}, "6e", "callmanager"),
        ("X15.2", {"ecdsa_first": True, "sip_prefers_rsa": True}, "6a", "tomcat-ECDSA"),
        ("X14.2", {"ecdsa_first": True, "sip_prefers_rsa": True}, "6e", "CallManager-ECDSA"),
    ],
)  # fmt: skip
def test_the_order_of_ciphers_picks_the_certificate(
    release: str, fields: dict[str, bool], leg_id: str, shown: str
) -> None:
    """ECDSA first since X14.2 where the cipher lists say so; a switch of X15.2 puts RSA first for SIP alone."""
    whole = changed(C1, release, **fields)
    servers = [
        attrs.evolve(one, tomcat_ecdsa=issue(CUCM), callmanager_ecdsa=issue(CUCM)) if one.name == CUCM else one
        for one in whole.uc_servers
    ]
    assert first(attrs.evolve(whole, uc_servers=servers), leg_id, CUCM).store == shown


def test_without_an_ecdsa_certificate_the_other_is_shown() -> None:
    """A server that has none answers with RSA, whatever it is asked for."""
    assert first(changed(C1, ecdsa_first=True), "6a", CUCM).store == "tomcat"


def test_sni_picks_the_domain_s_certificate() -> None:
    """A user of another domain gets the certificate of that domain, and its name is looked for (mra.md A1.14)."""
    tenant = issue("expe1.example.net", "example.net", issuer=PUBLIC)
    nodes = [
        attrs.evolve(
            site().expressway(name), domain_certificates=[DomainCertificate(domain="example.net", certificate=tenant)]
        )
        for name in (E1, E2)
    ]
    client = Client(service_domain="example.net", trusted_ca=store(PUBLIC_ROOT))
    other = attrs.evolve(client, service_domain="example.com")
    whole = attrs.evolve(swapped(site(), *nodes), clients=[client, other])
    judgement = first(whole, "1a", E1)
    assert (judgement.certificate, judgement.state) == (tenant, State.UP)
    assert [one.wanted for one in judgement.answers] == ["expe1.example.net", "example.net"]
    found = [one for one in audit(whole, at=AT).findings if one.rule == "edge-name-not-in-certificate"]
    assert [one.expected for one in found] == ["expe2.example.net"]
    own = [one.judgements[0].certificate for one in legs(whole, "1a") if "example.com" in one.initiator]
    assert tenant not in own


# Whether anybody looks.


@pytest.mark.parametrize(
    ("make", "leg_id", "asked"),
    [
        (lambda: site("X14.0.2"), "6c", 2), (lambda: site("X12.5"), "6c", 0), (site, "6c", 3),
        (lambda: cores(verify_origin_server=False), "6a", 0), (lambda: cores(verify_origin_server=False), "6c", 2),
        (lambda: with_server(CUCM, tls_verify=False), "6e", 1),
        (lambda: with_server(CUCM, tls_verify=False), "6e-back", 1),
        (lambda: with_zone("UC", tls_verify=False), "2", 0), (lambda: cores(xcp_verification=False), "4", 1),
        (lambda: with_server("imp1.example.com", verifies_xmpp_peers=False), "7b", 1), (site, "7b", 3),
        (lambda: cores(cluster_tls="Permissive"), "10", 0),
    ],
)  # fmt: skip
def test_who_looks_at_a_certificate(make: object, leg_id: str, asked: int) -> None:
    """By release, switch and setting, as the table of legs says for each."""
    assert callable(make)
    found = [leg for leg in legs(make(), leg_id) if leg.initiator in {C1, CUCM}]
    assert len(found[0].judgements) == asked
    assert (found[0].state is State.NOT_CHECKED) is (asked == 0)


def test_a_traversal_zone_may_be_verified_one_way() -> None:
    """By one source Expressway-E asks Expressway-C for nothing (mra.md D)."""
    settings = Settings(traversal_verification="one-way")
    edges = [attrs.evolve(site().expressway(name), settings=settings) for name in (E1, E2)]
    whole = swapped(site(), *edges)
    assert [len(leg.judgements) for leg in legs(whole, "2")] == [1] * 4
    assert [len(leg.judgements) for leg in legs(whole, "3")] == [2] * 4


@pytest.mark.parametrize(
    ("release", "checked", "setting", "usages", "state"),
    [
        ("X14.2", True, "serverAuth if present", SERVERS, State.DOWN),
        ("X14.2", False, "serverAuth if present", SERVERS, State.DOWN),
        ("X15.5", False, "serverAuth if present", SERVERS, State.UP),
        ("X15.5", False, "serverAuth if present", ("clientAuth",), State.DOWN),
        ("X15.5", False, "nothing", ("clientAuth",), State.UP), ("X15.5", False, "nothing", ("codeSigning",), State.UP),
        ("X15.5", True, "nothing", ("clientAuth",), State.UP), ("X15.5", True, "nothing", None, State.UP),
    ],
)  # fmt: skip
def test_what_sip_asks_of_who_calls(
    release: str, checked: bool, setting: str, usages: tuple[str, ...] | None, state: State
) -> None:
    """Client authentication, until a switch of X15.5 leaves server authentication or nothing (platform.md §11 C5)."""
    client = issue("sip.example.net", issuer=OTHER_ROOT, extended_key_usage=usages)
    far = attrs.evolve(PARTNER, client_certificate=client)
    whole = site(release)
    zones = [attrs.evolve(one, far_ends=[far]) if one.kind is ZoneKind.DEFAULT else one for one in whole.zones]
    fields = {"extended_key_usage_checking": checked, "settings": Settings(eku_checking_off=setting)}
    whole = attrs.evolve(whole, zones=zones)
    nodes = [attrs.evolve(whole.expressway(name), **fields) for name in (E1, E2)]
    assert states(swapped(whole, *nodes), "13-back") == {state}


@pytest.mark.parametrize(("validates", "state"), [(True, State.DOWN), (False, State.UP)])
def test_unified_cm_asks_for_client_authentication_where_it_validates(validates: bool, state: State) -> None:
    """`utils tls client-auth-validation` decides (mra.md A3 6c)."""
    client = issue(C1, "expc.example.com", PROFILE, extended_key_usage=SERVERS)
    whole = changed(C1, RELEASE, client_certificate=client)
    servers = [attrs.evolve(one, client_auth_validation=validates) for one in whole.uc_servers]
    found = legs(attrs.evolve(whole, uc_servers=servers), "6c")
    assert [leg.state for leg in found] == [state, State.UP]


@pytest.mark.parametrize(("release", "state"), [("X15.3", State.DOWN), ("X15.4", State.UP)])
def test_server_certificates_of_expressway_e_do_since_x15_4(release: str, state: State) -> None:
    """XCP, the SERVICE message and the cluster want both usages before X15.4 (platform.md §7)."""
    whole = recertified(E1, release, extended_key_usage=SERVERS)
    for leg_id in ("4", "5", "10"):
        of_node = {leg.state for leg in legs(whole, leg_id) if E1 in {leg.initiator, leg.acceptor}}
        assert of_node == {state}, leg_id
    assert states(whole, "2", "3") == {State.UP}


def test_a_certificate_in_unified_cm_s_own_list_is_taken() -> None:
    """In mixed mode the guides put the certificate of Expressway-C itself into the lists (mra.md A2.3)."""
    own = [site().expressway(name).server_certificate for name in (C1, C2)]
    whole = with_server(CUCM, tomcat_trust=TrustStore(own), callmanager_trust=TrustStore(own))
    assert states(whole, "6c", "6e", "6f") == {State.UP}


# Names.


@pytest.mark.parametrize(
    ("side", "state", "severity"),
    [("warn", State.WARNS, Severity.WARNING), ("refuse", State.DOWN, Severity.ERROR), ("accept", State.UP, None)],
)
def test_a_common_name_alone_is_an_open_question(side: str, state: State, severity: Severity | None) -> None:
    """The setting takes a side, and the finding names it (platform.md §11 C1)."""
    whole = recertified(E1, names=("expe.example.com", "example.com"))
    bare = FACTORY.leaf(PUBLIC, E1, dns_names=("expe.example.com", "example.com")).certificate
    settings = Settings(common_name_in_verify=side)
    nodes = [attrs.evolve(whole.expressway(E1), server_certificate=bare)]
    nodes += [attrs.evolve(whole.expressway(name), settings=settings) for name in (C1, C2)]
    report = check_zone(swapped(whole, *nodes).zones[0], at=AT)
    assert {leg.state for leg in report.legs if leg.acceptor == E1} == {state}
    told = [(one.severity, [str(chosen.setting) for chosen in one.settings]) for one in report.findings]
    assert told == ([] if severity is None else [(severity, ["common_name_in_verify"])])


@pytest.mark.parametrize(("side", "state"), [("warn", State.WARNS), ("refuse", State.DOWN), ("accept", State.UP)])
def test_an_address_of_a_server_is_an_open_question(side: str, state: State) -> None:
    """Cisco's text takes an IP address in the certificate, the traffic server's code does not (mra.md D)."""
    address = "192.0.2.20"
    tomcat = FACTORY.leaf(ISSUING, CUCM, dns_names=(CUCM,), ip_addresses=(address,)).certificate
    servers = [attrs.evolve(site().uc_servers[0], name=address, tomcat=tomcat)]
    whole = attrs.evolve(site(), uc_servers=servers)
    nodes = [attrs.evolve(whole.expressway(name), settings=Settings(uc_server_address_names=side)) for name in (C1, C2)]
    assert states(swapped(whole, *nodes), "6a") == {state}


@pytest.mark.parametrize(
    ("names", "common_name", "state"),
    [
        ((CUCM.upper(),), "x", State.UP), (("*.example.com",), "x", State.UP), (("*.com",), "x", State.DOWN),
        (("x.example.com",), CUCM, State.UP), (("x.example.com",), "*.example.com", State.UP),
        (("x",), "x", State.DOWN),
    ],
)  # fmt: skip
def test_the_traffic_server_s_names(names: tuple[str, ...], common_name: str, state: State) -> None:
    """Any case, a wildcard as a whole first label with two dots, and the common name beside others (mra.md A2.2)."""
    tomcat = FACTORY.leaf(ISSUING, common_name, dns_names=names).certificate
    assert states(with_server(CUCM, tomcat=tomcat), "6a") == {state}


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*.example.com", "a.example.com", True), ("*.example.com", "a.b.example.com", False),
        ("a*.example.com", "ab.example.com", False), ("*.example.com", "example.com", False), ("*", "a", False),
        ("*.com", "example.com", False), ("*.example.com", ".example.com", False),
    ],
)  # fmt: skip
def test_a_wildcard_is_one_whole_label(pattern: str, name: str, fits: bool) -> None:
    """The first one, under two labels at least."""
    assert wildcard(pattern, name) is fits


@pytest.mark.parametrize(
    ("family", "fields", "state"),
    [
        (ClientFamily.JABBER, {}, State.WARNS), (ClientFamily.JABBER_IOS, {}, State.WARNS),
        (ClientFamily.JABBER, {"rejects_invalid": True}, State.DOWN), (ClientFamily.WEBEX, {}, State.DOWN),
        (ClientFamily.WEBEX, {"registers_untrusted": True}, State.WARNS), (ClientFamily.PHONE, {}, State.DOWN),
        (ClientFamily.ROOM_SYSTEM, {}, State.DOWN),
    ],
)  # fmt: skip
def test_some_clients_ask_and_others_fail(family: ClientFamily, fields: dict[str, bool], state: State) -> None:
    """For the service domain and for a CA that is not trusted alike (mra.md A1.2, A1.6, A1.11, A1.18)."""
    no_name = Client(service_domain="example.net", family=family, trusted_ca=store(PUBLIC_ROOT), **fields)
    no_trust = Client(service_domain="example.com", family=family, trusted_ca=store(ROOT), **fields)
    for client in (no_name, no_trust):
        assert states(with_clients(client), "1a") == {state}
        expected = Severity.WARNING if state is State.WARNS else Severity.ERROR
        assert {one.severity for one in audit(with_clients(client), at=AT).findings} == {expected}


@pytest.mark.parametrize(("family", "state"), [(ClientFamily.JABBER, State.UP), (ClientFamily.PHONE, State.DOWN)])
def test_jabber_falls_back_to_the_common_name(family: ClientFamily, state: State) -> None:
    """For the host name, and no other client is known to (mra.md A1.7)."""
    bare = FACTORY.leaf(PUBLIC, E1, dns_names=("example.com",)).certificate
    whole = with_clients(Client(service_domain="example.com", family=family, trusted_ca=store(PUBLIC_ROOT)))
    node = attrs.evolve(whole.expressway(E1), server_certificate=bare)
    assert legs(swapped(whole, node), "1a")[0].state is state


@pytest.mark.parametrize(
    ("family", "count"),
    [(ClientFamily.JABBER, 6), (ClientFamily.WEBEX, 6), (ClientFamily.PHONE, 4), (ClientFamily.ROOM_SYSTEM, 4)],
)
def test_phones_and_room_systems_speak_no_xmpp(family: ClientFamily, count: int) -> None:
    """They have no leg 1c."""
    client = Client(service_domain="example.com", family=family, trusted_ca=store(PUBLIC_ROOT))
    found = [one for one in audit(with_clients(client), at=AT).legs if one.leg.id in {"1a", "1b", "1c"}]
    assert len(found) == count


def test_a_device_is_asked_in_onboarding_alone() -> None:
    """And only a phone must answer (mra.md A1.15)."""
    maker = FACTORY.root("Maker CA")
    devices = [
        Client(
            service_domain="example.com", family=family, trusted_ca=store(PUBLIC_ROOT),
            device_certificate=FACTORY.leaf(maker, "SEP001122334455").certificate,
        )
        for family in (ClientFamily.PHONE, ClientFamily.JABBER_MAC)
    ]  # fmt: skip
    asks = changed(E1, activation_code_onboarding=True, onboarding_trusted_ca=store(maker))
    found = [leg for leg in legs(attrs.evolve(asks, clients=devices), "1a") if len(leg.judgements) == 2]
    assert [(leg.initiator, leg.acceptor, leg.state) for leg in found] == [
        ("78xx/88xx phone of example.com", E1, State.UP)
    ]


@pytest.mark.parametrize(
    ("setting", "wanted"), [("both", {"6e", "6e-back"}), ("server", {"6e-back"}), ("client", {"6e"})]
)
def test_which_store_needs_the_profile_names(setting: str, wanted: set[str]) -> None:
    """From X15.5 on the sources disagree (platform.md §11 C11)."""
    whole = attrs.evolve(site(RELEASE), phone_security_profiles=["other.example.com"])
    nodes = [attrs.evolve(whole.expressway(name), settings=Settings(profile_names_store=setting)) for name in (C1, C2)]
    found = audit(swapped(whole, *nodes), at=AT).findings
    assert {leg.id for one in found for leg in one.legs} == wanted
    assert {str(chosen.setting) for one in found for chosen in one.settings} == {"profile_names_store"}


@pytest.mark.parametrize(
    ("match", "wanted", "expected"),
    [
        (matching.client, "192.0.2.7", NameMatch.ALTERNATIVE_NAME), (matching.client, "192.0.2.8", NameMatch.NONE),
        (matching.exact, "192.0.2.7", NameMatch.ALTERNATIVE_NAME),
        (matching.exact, "A.example.com", NameMatch.ALTERNATIVE_NAME),
        (matching.exact, "common.example.com", NameMatch.COMMON_NAME_ONLY),
        (matching.exact, "b.example.net", NameMatch.NONE),
        (matching.client, "b.example.net", NameMatch.ALTERNATIVE_NAME), (matching.exact, "", NameMatch.NONE),
        (matching.traffic_server, "192.0.2.7", NameMatch.ADDRESS_ONLY),
        (matching.traffic_server, "b.example.net", NameMatch.ALTERNATIVE_NAME),
        (matching.traffic_server, "common.example.com", NameMatch.ALTERNATIVE_NAME),
        (matching.client, "common.example.com", NameMatch.COMMON_NAME_ONLY),
    ],
)  # fmt: skip
def test_each_judge_has_its_own_way_with_names(match: object, wanted: str, expected: NameMatch) -> None:
    """Expressway takes the whole name, clients and the traffic server a wildcard, and addresses differ."""
    certificate = FACTORY.leaf(
        ISSUING, "common.example.com", dns_names=("a.example.com", "*.example.net"), ip_addresses=("192.0.2.7",)
    ).certificate
    assert callable(match)
    assert match(certificate, wanted) is expected


# What else is in the way.


def test_a_peer_that_is_not_there_is_said() -> None:
    """A cluster peer that is no node of the deployment leaves a leg that is not checked, and why."""
    leg = next(one for one in legs(changed(C1, cluster_peers=["expc9.example.com"]), "10") if one.initiator == C1)
    assert (leg.state, leg.why) == (
        State.NOT_CHECKED, "expc9.example.com, which expc1.example.com calls, is no node of the deployment",
    )  # fmt: skip


@pytest.mark.parametrize("called", [C2.upper(), ADDRESSES[C2], "alias.example.com", C1])
def test_a_cluster_peer_is_found_by_name_and_address(called: str) -> None:
    """By its FQDN, its address, or a name that leads there; a node does not call itself."""
    whole = changed(C1, cluster_peers=[called])
    dns = attrs.evolve(whole.dns, forward={**dict(whole.dns.forward), "alias.example.com": ADDRESSES[C2]})
    found = [one.acceptor for one in legs(attrs.evolve(whole, dns=dns), "10") if one.initiator == C1]
    assert found == ([] if called == C1 else [C2])


@pytest.mark.parametrize(
    ("called", "words"),
    [
        ("expc2", "is a bare host name, and Enforce wants an FQDN"),
        (ADDRESSES[C2], "is an IP address, and Enforce wants an FQDN"),
        ("alias.example.com", "is not a name in its certificate"),
        (C2, None),
    ],
)
def test_enforce_wants_the_fqdn_of_a_cluster_peer(called: str, words: str | None) -> None:
    """A bare host name will not do either, though the certificate has it (platform.md §4.6: CL154)."""
    whole = changed(C1, cluster_peers=[called])
    dns = attrs.evolve(whole.dns, forward={**dict(whole.dns.forward), "alias.example.com": ADDRESSES[C2]})
    shown = issue(C2, "expc2", "expc.example.com", PROFILE)
    peer = attrs.evolve(whole.expressway(C2), server_certificate=shown)
    report = Pipeline(stages=[Stage.CLUSTER]).run(attrs.evolve(swapped(whole, peer), dns=dns), at=AT)
    told = [] if words is None else [f"cluster: {called}, by which {C2} is called, {words}"]
    assert [one.message for one in report.findings] == told


def test_what_is_inside_a_leg_that_is_down_is_not_reached() -> None:
    """The SERVICE message travels in the zone; nothing is guessed of it where the zone is down."""
    whole = with_zone("UC", peer_addresses=["192.0.2.99", E2])
    found = {(leg.initiator, leg.state, leg.why) for leg in legs(whole, "5")}
    assert found == {(E1, State.NOT_REACHED, "leg 2, traversal zone, is down"), (E2, State.UP, "")}
    alone = Pipeline(stages=[Stage.MRA]).run(whole, at=AT)
    assert {leg.state for leg in alone.legs if leg.leg.id == "5"} == {State.UP}


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        ("forward", C2, "no forward DNS record of expc2.example.com"),
        ("reverse", ADDRESSES[E1], "no reverse DNS record of expe1.example.com"),
    ],
)
def test_tunnels_need_dns_both_ways(kind: str, name: str, why: str) -> None:
    """Of both sides, as far as DNS is known (platform.md §5)."""
    found = {leg.why for leg in legs(without_record(kind, name), "3") if leg.state is State.DOWN}
    assert found == {why}
    assert states(attrs.evolve(without_record(kind, name), dns=None), "3") == {State.UP}


def test_a_node_without_an_address_is_looked_up() -> None:
    """Its forward record says where to ask for the reverse one."""
    nodes = [attrs.evolve(site().expressway(name), address=None, cluster_peers=[]) for name in (C1, C2, E1, E2)]
    assert states(swapped(site(), *nodes), "3", "4") == {State.UP}


def test_what_xcp_does_not_verify_is_not_asked() -> None:
    """EnableCvs Off asks for nothing, VerifyHostname Off for no name (mra.md A3.1)."""
    broken = without_record("reverse", ADDRESSES[E1], "inside.example.com")
    assert State.DOWN in states(broken, "4")
    nodes = [attrs.evolve(broken.expressway(name), xcp_verify_hostname=False) for name in (C1, C2)]
    assert states(swapped(broken, *nodes), "4") == {State.UP}


@pytest.mark.parametrize(
    ("key", "allowed"), [("ec", True), ("rsa", True), (rsa_key(0), True)], ids=["EC", "RSA", "RSA of the pool"]
)
def test_a_key_has_its_ssh_type(key: object, allowed: bool) -> None:
    """P-256 and RSA of 2048 bits are in the default list."""
    whole = recertified(C1, key=key)
    assert (states(whole, "3") == {State.UP}) is allowed
    own = changed(C1, ssh_key_types=["x509v3-ecdsa-sha2-nistp256"])
    node = attrs.evolve(own.expressway(C1), server_certificate=whole.expressway(C1).server_certificate)
    found = [leg.state for leg in legs(swapped(own, node), "3") if leg.initiator == C1]
    assert (State.DOWN in found) is (key != "ec")


def test_a_list_that_lacks_a_key_type_is_one_finding() -> None:
    """Both peers of Expressway-E have that type of key, and one list lacks it: one cause, with both."""
    (found,) = check_tunnels(changed(C1, ssh_key_types=["x509v3-ecdsa-sha2-nistp521"]).zones[0], at=AT).errors
    assert (found.rule, found.nodes) == ("tunnel-key-type-not-allowed", (E1, E2))


# Revocation.


def crl(issuer: object, *revoked: object) -> bytes:
    """Return a revocation list that is good for a month."""
    from cryptography import x509  # noqa: PLC0415 - beside its one use
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    builder = x509.CertificateRevocationListBuilder(
        issuer.certificate.to_cryptography().subject, AT - timedelta(days=1), AT + timedelta(days=30)
    )
    for one in revoked:
        entry = x509.RevokedCertificateBuilder(one.serial_number, AT - timedelta(days=1)).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("lists", "fallback", "state"),
    [
        ("all", "not known", State.UP), ("leaf revoked", "not known", State.DOWN),
        ("none", "not known", State.NOT_CHECKED),
        ("none", "not revoked", State.UP), ("none", "revoked", State.DOWN), ("ca revoked", "not revoked", State.DOWN),
        ("ca revoked", "not known", State.DOWN), ("leaf revoked alone", "not revoked", State.DOWN),
    ],
)  # fmt: skip
def test_revocation_checking(lists: str, fallback: str, state: State) -> None:
    """SIP asks for a list of every CA where checking is on; what a missing one means is a setting (§6, §11 C2)."""
    leaf, issuing = site().expressway(E1).server_certificate, PUBLIC.certificate
    crls = {
        "all": [crl(PUBLIC), crl(PUBLIC_ROOT)], "leaf revoked": [crl(PUBLIC, leaf), crl(PUBLIC_ROOT)], "none": [],
        "ca revoked": [crl(PUBLIC_ROOT, issuing)], "leaf revoked alone": [crl(PUBLIC, leaf)],
    }[lists]  # fmt: skip
    settings = Settings(revocation_fallback=fallback)
    whole = changed(C1, revocation_checking=True, crls=crls, settings=settings)
    found = [leg for leg in legs(whole, "2") if (leg.initiator, leg.acceptor) == (C1, E1)]
    assert [leg.state for leg in found] == [state]
    assert states(changed(C1, crls=crls, settings=settings), "2") == {State.UP}
    tunnels = check_tunnels(whole.zones[0], at=AT)
    assert {leg.state for leg in tunnels.legs} == {State.UP}


def test_a_chain_that_is_not_sent_is_mended_where_it_is_lacking() -> None:
    """Expressway-E whose own list lacks its intermediate sends the leaf alone; the remedy is its list, and it helps."""
    whole = changed(E1, trusted_ca=store(ROOT, ISSUING, PUBLIC_ROOT, OTHER_ROOT))
    found = next(one for one in audit(whole, at=AT).findings if one.rule == "client-distrusts-edge")
    assert found.remedy.changes == (AddTrustedCa(node=E1, certificates=[PUBLIC.certificate]),)
    assert "on the clients" not in " ".join(found.remedy.steps)
    assert audit(whole.apply(found.remedy.changes), at=AT).findings == ()
    # To a client that lacks the root as well the chain would be of no use.
    strangers = attrs.evolve(whole, clients=[Client(service_domain="example.com", trusted_ca=store(ROOT))])
    found = next(one for one in audit(strangers, at=AT).findings if one.rule == "client-distrusts-edge")
    (change,) = found.remedy.changes
    assert (change.node, change.store) == ("Jabber of example.com", "client's CA list")


def test_a_chain_that_a_far_end_lacks_is_sent_to_it() -> None:
    """Expressway-E whose own list lacks its intermediate is mended there, where the far end has the root."""
    whole = changed(E1, trusted_ca=store(ROOT, ISSUING, PUBLIC_ROOT, OTHER_ROOT))
    found = next(one for one in audit(whole, at=AT).findings if one.rule == "far-end-distrusts-us")
    assert found.remedy.changes == (AddTrustedCa(node=E1, certificates=[PUBLIC.certificate]),)
    assert audit(whole.apply(found.remedy.changes), at=AT).findings == ()


def test_clients_of_one_family_are_told_apart() -> None:
    """Jabber that refuses by itself is an error, beside Jabber of the same domain that asks."""
    asks = Client(service_domain="example.net", trusted_ca=store(PUBLIC_ROOT))
    refuses = attrs.evolve(asks, rejects_invalid=True)
    for clients in ((asks, refuses), (refuses, asks)):
        found = {one.severity.value for one in audit(with_clients(*clients), at=AT).findings}
        assert found == {"error", "warning"}


# Certificates of one subject in a list.


def test_a_finding_names_the_namesake_that_counts() -> None:
    """Of two pairs in the list it names the one that hides what is wanted, and the setting that decided."""
    hidden, other = (FACTORY.root(name) for name in ("Twin CA", "Unasked CA"))
    twins = [FACTORY.root("Unasked CA"), FACTORY.root("Twin CA")]
    trust = store(*EVERY_CA, *twins, other, hidden)
    whole = recertified(E1, issuer=hidden)
    whole = swapped(whole, *(attrs.evolve(whole.expressway(name), trusted_ca=trust) for name in (C1, C2)))
    report = check_zone(whole.zones[0], at=AT)
    (found,) = report.errors
    assert found.nodes == (C1, C2)
    assert found.rule == "ca-hidden-by-namesake"
    assert found.evidence.found == f"several of the subject {hidden.certificate.subject}"
    assert [one.setting for one in found.settings] == ["same_subject_cas"]


# One cause, one finding.


def test_one_missing_ca_on_many_servers_is_one_finding() -> None:
    """Twenty Unified CM that lack the CA of Expressway-C are one line, with every server and every leg."""
    servers = [
        attrs.evolve(site().uc_servers[0], name=f"cucm{number}.example.com", tomcat=issue(f"cucm{number}.example.com"),
                     callmanager=issue(f"cucm{number}.example.com"), tomcat_trust=store(OTHER_ROOT),
                     callmanager_trust=store(OTHER_ROOT))
        for number in range(20)
    ]  # fmt: skip
    found = audit(attrs.evolve(site(), uc_servers=servers), at=AT).findings
    assert [one.rule for one in found] == ["uc-server-lacks-expressway-ca"]
    assert (len(found[0].nodes), len(found[0].legs)) == (20, 160)


def test_a_ca_that_two_kinds_of_peer_need_is_one_finding() -> None:
    """A root that both Expressway-E and Unified CM are under, missing in the list of Expressway-C."""
    whole = attrs.evolve(good_site(), clients=())
    lists = {name: store(OTHER_ROOT) for name in (C1, C2)}
    nodes = [attrs.evolve(whole.expressway(name), trusted_ca=trusted) for name, trusted in lists.items()]
    found = audit(swapped(whole, *nodes), at=AT).findings
    assert [one.rule for one in found] == ["zone-ca-not-trusted"]
    assert {leg.id for leg in found[0].legs} == {"2", "3", "4", "6a", "6c", "6g"}


def test_the_tunnels_and_the_zone_are_told_apart() -> None:
    """Where only SSH lacks an intermediate, the zone has no finding."""
    whole = cores(trusted_ca=store(ROOT, ISSUING, OTHER_ROOT, PUBLIC_ROOT))
    assert [one.rule for one in check_zone(whole.zones[0], at=AT).findings] == []
    assert [one.rule for one in check_tunnels(whole.zones[0], at=AT).findings] == ["tunnel-ca-missing"]


@pytest.mark.parametrize("days", [0, 364, 366])
def test_an_audit_answers_for_its_instant_throughout(days: int) -> None:
    """For a date on which the leaves have ended every leg that is judged is down or not reached, and before none."""
    report = audit(site(), at=AT + timedelta(days=days))
    ended = days > 365
    assert {leg.state for leg in report.legs} <= ({State.DOWN, State.WARNS, State.NOT_REACHED} if ended else {State.UP})
    assert {one.code for one in report.findings if one.legs} == ({10} if ended else set())
    assert report.at == AT + timedelta(days=days)


def test_a_hidden_certificate_is_told_of_with_both() -> None:
    """The finding names the subject that both have, and what to do on either side."""
    (found,) = audit(two_of_one_name(), at=AT).findings
    assert found.found == f"several of the subject O=Example, CN={CUCM}"
    assert found.nodes == (C1, C2)
    (asked,) = found.remedy.changes
    assert isinstance(asked, RequestCertificate)
    assert (asked.node, asked.store, asked.not_from) == (CUCM, "CallManager", (f"O=Example, CN={CUCM}",))


def test_a_hidden_certificate_that_nothing_stands_in_for_is_found_again() -> None:
    """Where nothing rests on the one above, it is deleted, and the other does."""
    old = FACTORY.self_signed(CUCM, dns_names=(CUCM,), authority_key_identifier=None).certificate
    whole = two_of_one_name()
    trust = [
        attrs.evolve(whole.expressway(name), trusted_ca=store(*EVERY_CA).adding(old, *_shown(whole)))
        for name in (C1, C2)
    ]
    found = audit(swapped(whole, *trust), at=AT).findings[0]
    assert found.remedy.changes == tuple(RemoveTrustedCa(node=name, certificates=[old]) for name in (C1, C2))


def _shown(whole: Deployment) -> list[Certificate]:
    return [one.tomcat for one in whole.uc_servers if one.name == CUCM]


def test_a_verify_name_that_nobody_has_is_one_finding() -> None:
    """Where the zone wants a name that no peer has it is the zone's fault; where one peer lacks it, that peer's."""
    whole = with_zone("UC", tls_verify_subject_name="expcluster.example.com")
    (found,) = check_zone(whole.zones[0], at=AT).errors
    assert (found.nodes, found.remedy.changes) == (
        (C1, C2),
        (SetVerifyName(zone="UC", name="expc.example.com", on=[E1, E2]),),
    )
    assert audit(whole.apply(found.remedy.changes), at=AT).findings == ()
    (found,) = check_zone(recertified(C2, names=(PROFILE,)).zones[0], at=AT).errors
    assert found.nodes == (C2,)


def test_nodes_are_not_taken_for_one_another() -> None:
    """An expired certificate of one peer takes only its own legs down."""
    whole = recertified(C1, not_after=AT - timedelta(hours=1))
    down = [leg for leg in audit(whole, at=AT).legs if leg.state is State.DOWN]
    assert {C1 in {leg.initiator, leg.acceptor} for leg in down} == {True}


@pytest.mark.parametrize("openssl", [OpenSsl(branch="1.1.1"), OpenSsl(security_level=0)])
def test_each_node_judges_with_its_own_openssl(openssl: OpenSsl) -> None:
    """SHA-1 in the peer's certificate is too weak for OpenSSL 3.0 alone, on the node that has it, and on Unified CM."""
    weak = recertified(C1, digest="sha1")
    judges = [*(name for name in (C2, E1, E2)), CUCM]

    def refusing(whole: Deployment) -> set[str]:
        results = audit(whole, at=AT).legs
        found = [one for result in results for one in result.judgements if one.presenter == C1]
        return {one.judge for one in found if one.verdict is not None and one.verdict.code == codes.CA_MD_TOO_WEAK}

    assert refusing(weak) >= set(judges)
    edges = [attrs.evolve(weak.expressway(name), openssl=openssl) for name in (E1,)]
    servers = [attrs.evolve(one, openssl=openssl) if one.name == CUCM else one for one in weak.uc_servers]
    mixed = attrs.evolve(swapped(weak, *edges), uc_servers=servers)
    assert refusing(mixed) == refusing(weak) - {E1, CUCM}


@pytest.mark.parametrize(
    ("release", "side", "state", "severities"),
    [
        ("X14.0.7", "X14.0.8 possible", State.NOT_CHECKED, []),
        ("X14.0.8", "X14.0.8 possible", State.WARNS, [Severity.WARNING]),
        ("X14.1.9", "X14.0.8 possible", State.WARNS, [Severity.WARNING]),
        ("X14.2", "X14.0.8 possible", State.DOWN, [Severity.ERROR]),
        ("X14.0.9", "X14.2", State.NOT_CHECKED, []),
        ("X14.0.7", "X14.0.8", State.NOT_CHECKED, []),
        ("X14.0.8", "X14.0.8", State.DOWN, [Severity.ERROR]),
    ],
)
@pytest.mark.parametrize(
    "fault", ["uc-server-not-trusted", "uc-certificate-refused", "uc-server-name-not-in-certificate"]
)
def test_since_when_the_traffic_server_verifies(
    fault: str, release: str, side: str, state: State, severities: list[Severity]
) -> None:
    """One source has X14.0.8 for it and the others X14.2: between the two it is possible (platform.md §11 C3)."""
    own = FACTORY.self_signed(CUCM, dns_names=(CUCM,)).certificate
    shown = {
        "uc-server-not-trusted": {"tomcat": own, "presented_cas": []},
        "uc-certificate-refused": {"tomcat": issue(CUCM, not_before=AT - timedelta(days=9), not_after=AT)},
        "uc-server-name-not-in-certificate": {"tomcat": issue("other.example.com")},
    }[fault]
    server = attrs.evolve(with_server(CUCM).uc_servers[0], sip_oauth=False, **shown)
    whole = attrs.evolve(site(release), uc_servers=[server])
    settings = Settings(traffic_server_verifies_since=side)
    nodes = [attrs.evolve(whole.expressway(name), settings=settings) for name in (C1, C2)]
    report = Pipeline(stages=[Stage.MRA]).run(swapped(whole, *nodes), at=AT)
    assert {one.state for one in report.legs if one.leg.id == "6a"} == {state}
    found = [one for one in report.findings if one.rule == fault]
    assert [one.severity for one in found] == severities
    rests = [(settings.chosen("traffic_server_verifies_since"),)] * len(found)
    assert [one.settings for one in found] == (rests if release < "X14.2" else [()])
