"""The table of legs against the facts, and the model that it is judged on."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from docs_files import contents
from leg_site import DNS, PARTNER, expressway, issue, site
from sites import FACTORY, ISSUING, ROOT, good_server, good_zone, store

from expressway_certs import (
    AccessRule,
    Certificate,
    Client,
    ClientFamily,
    ClusterTls,
    Deployment,
    Dns,
    DomainCertificate,
    Expressway,
    FarEnd,
    MediaEncryption,
    NotGiven,
    OpenSsl,
    Pipeline,
    RevocationSources,
    SetPeerAddress,
    SetVerifyName,
    SetZoneSwitch,
    TrustStore,
    UcKind,
    UcServer,
    Upload,
    Zone,
    ZoneKind,
    audit,
    build_chain,
    check_mra,
    check_request,
    check_trusted_ca_upload,
    check_tunnels,
    check_upload,
    check_zone,
    client_auth_sunset,
    compare,
    fetch_crls,
    fetch_missing,
    fetch_ocsp,
    forecast,
    make_request,
    readiness,
    try_upload,
)
from expressway_certs.product.far_ends import allows
from expressway_certs.product.legs import LEGS, Leg, leg
from expressway_certs.product.symptoms import SYMPTOMS, SymptomRow
from expressway_certs.testing import assert_no_findings, assert_tunnels_up, assert_zone_active

FILES: Final = contents()
LEAF: Final = Certificate.load(FILES["leaf.pem"])
FACTS: Final = Path(__file__).parents[2] / "shared" / "facts"
WITH_FACTS: Final = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside this checkout")
# Rows without TLS, and one that is out of scope.
NOT_LEGS: Final = {"6b", "6d", "11"}
BY_FACTS: Final = [one for one in LEGS if one.source.key.startswith("mra.md A3") and not one.id.endswith("-back")]


def rows() -> dict[str, list[str]]:
    """Return the rows of mra.md A3 by their number, cell by cell."""
    text = (FACTS / "mra.md").read_text(encoding="utf-8")
    table = text[text.index("## A3. Trust matrix") : text.index("### A3.1")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return {row[0]: row for row in cells if re.fullmatch(r"\d+[a-g]?", row[0])}


@WITH_FACTS
def test_every_row_of_the_facts_is_a_leg() -> None:
    """Each row of A3 that has TLS or SSH is in the table, and no other."""
    assert {one.id for one in BY_FACTS} == rows().keys() - NOT_LEGS


@WITH_FACTS
@pytest.mark.parametrize("row", BY_FACTS, ids=lambda row: row.id)
def test_a_leg_stands_in_the_facts(row: Leg) -> None:
    """The port is the row's; who is verified by whom is too; and so is what the usages are asked for."""
    cells = rows()[row.id]
    verify, usage = cells[6], cells[9]
    if row.id not in {"5", "10"}:
        assert str(row.port) in cells[3]
    if row.id not in {"5", "10"}:
        assert row.acceptor_shows is not None
    if row.id not in {"1a", "1b", "5", "10"}:
        assert (row.initiator_shows is not None) is verify.startswith("M")
    shown = [one for one in (row.acceptor_shows, row.initiator_shows) if one is not None]
    if "before X15.4" in usage:
        assert any(asked.under is not None for one in shown for asked in one.usages)
    if usage == "\u2013":
        assert all(not one.usages for one in shown) or row.id == "6g"


@WITH_FACTS
@pytest.mark.parametrize("row", SYMPTOMS, ids=lambda row: f"{'-'.join(row.legs[:2])} {row.text[:30]}")
def test_a_symptom_is_quoted(row: SymptomRow) -> None:
    """The words of every symptom stand in the facts, with its alarm and its event."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(FACTS.glob("*.md")))
    for piece in filter(None, (part.strip(" ()'=,") for part in re.split(r"\{\w+\}", row.text))):
        assert piece.lower() in text.lower(), piece
    assert row.alarm is None or str(row.alarm) in text
    assert row.event is None or row.event in text


def test_a_leg_is_found_by_its_id() -> None:
    """And a wrong id is a KeyError."""
    assert leg("6e-back").acceptor.value == "Expressway-C"
    with pytest.raises(KeyError):
        leg("6z")


# Zones.

NODE: Final = expressway("expe1.example.com", "E")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Zone(name="Z"), "one to 6 peers of Expressway-C, not 0"),
        (lambda: Zone(name="Z", core=good_zone().core, edge=good_zone().core), "expc1.example.com is no Expressway-E"),
        (lambda: Zone(name="Z", core=good_zone().core * 4, edge=good_zone().edge), "Expressway-C, not 8"),
        (lambda: Zone(name="Z", kind="DNS", nodes=[NODE] * 7), "a zone has one to 6 nodes, not 7"),
        (lambda: Zone(name="Z", kind="DNS", nodes=[NODE], far_ends=[PARTNER] * 7), "up to 6 far ends, not 7"),
        (lambda: Zone(name="Z", kind="DNS"), "one to 6 nodes, not 0"),
        (lambda: Zone(name="Z", kind="DNS", nodes=[NODE], edge=[NODE]), "a DNS zone has nodes and far_ends"),
        (lambda: attrs.evolve(good_zone(), far_ends=[PARTNER]), "a traversal zone has core and edge"),
        (lambda: attrs.evolve(good_zone(), peer_addresses=["a"]), "1 peer addresses for 2 peers of Expressway-E"),
        (
            lambda: Zone(name="Z", kind="DNS", nodes=[NODE], far_ends=[PARTNER], peer_addresses=[]),
            "0 peer addresses for 1 far ends",
        ),
        (
            lambda: Zone(name="Z", kind="Neighbor", nodes=[NODE], access_rules=[AccessRule(pattern="a")]),
            "access rules belong to the Default Zone, not to a Neighbor zone",
        ),
        (lambda: Zone(name="Z", kind="Sideways", nodes=[NODE]), "'Sideways' is not a valid ZoneKind"),
        (lambda: good_zone().address_of(PARTNER), "sip.example.net is not called in the zone Zone"),
        (lambda: Expressway(name="", role="C"), "Expressway.name is empty"),
        (lambda: attrs.evolve(good_zone(), name=""), "Zone.name is empty"),
        (lambda: UcServer(name="cucm1.example.com", kind="Call Manager"), "'Call Manager' is not a valid UcKind"),
        (lambda: Client(service_domain="a", family="Jaber"), "'Jaber' is not a valid ClientFamily"),
        (lambda: attrs.evolve(good_zone(), tls_verify_subject_name=""), "verifies, and has no TLS verify subject name"),
        (lambda: Zone(name="Z", kind="DNS", nodes=[NODE, NODE]), "expe1.example.com stands twice in the zone Z"),
        (
            lambda: Deployment(expressways=[NODE, attrs.evolve(NODE, name="EXPE1.example.com")]),
            "EXPE1.example.com stands twice among the Expressways",
        ),
        (lambda: Deployment(zones=[good_zone(), good_zone()]), "Zone stands twice among the zones"),
        (lambda: Deployment(uc_servers=[good_server()] * 2), "stands twice among the Unified Communications servers"),
        (
            lambda: Deployment(
                zones=[
                    Zone(name="A", kind="DNS", nodes=[NODE]),
                    Zone(name="B", kind="DNS", nodes=[attrs.evolve(NODE, release="X15.5")]),
                ]
            ),
            "expe1.example.com in the zone B is not the expe1.example.com of the deployment",
        ),
        (
            lambda: Zone(name="Z", kind="Default", nodes=[NODE], access_rules=[AccessRule(pattern="a")] * 10_001),
            "the Default Zone has at most 10000 access rules, not 10001",
        ),
        (
            lambda: Deployment(zones=[Zone(name=name, kind="Webex", nodes=[NODE]) for name in "AB"]),
            "expe1.example.com stands twice in Webex zones, of which a node has one",
        ),
        (lambda: AccessRule(type="Regex", pattern="("), r"'\(' is no regular expression"),
        (
            lambda: AccessRule(type="Glob", pattern="a"),
            r"AccessRule\.type is 'Exact' or 'Prefix' or 'Suffix' or 'Regex', not 'Glob'",
        ),
        (lambda: Dns(forward={"a": "b"}), "'b' does not appear to be an IPv4 or IPv6 address"),
        (lambda: Expressway(name="a", role="C", address="here"), "'here' does not appear to be"),
        (lambda: Expressway(name="a", role="C", cluster_tls="Never"), "'Never' is not a valid ClusterTls"),
        (
            lambda: Client(service_domain="a", phone_edge_trust=store(*(FACTORY.self_signed("a") for _ in range(17)))),
            "Phone-Edge-trust holds at most 16 certificates, not 17",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_value_error(make: Callable[[], object], words: str) -> None:
    """Each wrong object is refused where it is made, in words that say what is wrong."""
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Expressway(name=None, role="C"), "Expressway.name is text, not NoneType"),
        (lambda: Zone(name="Z", core="expc1.example.com", edge=good_zone().edge), "Expressway is wanted, not str"),
        (lambda: Zone(name="Z", kind="DNS", nodes=[NODE], far_ends=["sip.example.net"]), "FarEnd is wanted, not str"),
        (lambda: Expressway(name="a", role="C", trusted_ca="root.pem"), "a Certificate is wanted, not str; .*"),
        (lambda: UcServer(name="a", presented_cas=["ca.pem"]), "a Certificate is wanted, not str; .*"),
        *(
            (lambda given=given: Expressway(name="a", role="C", **given), f"Expressway.{words}")
            for given, words in (
                ({"server_certificate": "leaf.pem"}, "server_certificate is Certificate or None, not str"),
                ({"pending_request": b"PEM"}, "pending_request is CertificateRequest or None, not bytes"),
                ({"cluster_name": 5}, "cluster_name is text or None, not int"),
                ({"cluster_peers": [5]}, "cluster_peers holds text each, not int"),
                ({"verify_origin_server": "no"}, "verify_origin_server is True or False, not str"),
                ({"settings": {}}, "settings is Settings, not dict"),
                ({"openssl": "3.0"}, "openssl is OpenSsl, not str"),
                ({"domain_certificates": ["a"]}, "domain_certificates holds DomainCertificate each, not str"),
            )
        ),
        (lambda: DomainCertificate(domain="a", certificate="a.pem"), "DomainCertificate.certificate is Cert.*"),
        (lambda: UcServer(name="a", tomcat="a.pem"), "UcServer.tomcat is Certificate or None, not str"),
        (lambda: Client(service_domain="a", device_certificate="a"), "Client.device_certificate is Cert.*"),
        (lambda: FarEnd(name="a", server_certificate="a"), "FarEnd.server_certificate is Certificate or .*"),
        (lambda: attrs.evolve(good_zone(), peer_addresses=[5]), "Zone.peer_addresses holds text each, not int"),
        (lambda: Zone(name="Z", kind="Default", nodes=[NODE], access_rules=["a"]), "Zone.access_rules holds Acc.*"),
        (lambda: Deployment(zones=["Z"]), "Deployment.zones holds Zone each, not str"),
        (lambda: Deployment(expressways=[good_zone()]), "Deployment.expressways holds Expressway each, not Zone"),
        (lambda: Deployment(uc_servers=["cucm1"]), "Deployment.uc_servers holds UcServer each, not str"),
        (lambda: Deployment(clients=[5]), "Deployment.clients holds Client each, not int"),
        (lambda: Deployment(dns={}), "Deployment.dns is Dns or None, not dict"),
        (lambda: Deployment(uploads=["a.pem"]), "Deployment.uploads holds Upload each, not str"),
        (lambda: Upload(file="a.pem", node="a"), "Upload.file is bytes, not str"),
        (lambda: RevocationSources(ocsp=1), "RevocationSources.ocsp is True or False, not int"),
        (lambda: OpenSsl(security_level="1"), "OpenSsl.security_level is a whole number, not str"),
        (lambda: NotGiven(what="a", remedy=None, node="a"), "NotGiven.remedy is text, not NoneType"),
    ],
)
def test_what_is_of_another_kind_is_a_type_error(make: Callable[[], object], words: str) -> None:
    """A name in place of a node, say, is refused where it is given; the error repeats nothing, for it may be a key."""
    with pytest.raises(TypeError, match=f"^{words}$"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        *(lambda field=field: Deployment(**{field: "example.com"}) for field in (
            "mra_domains", "xmpp_domains", "chat_node_aliases", "phone_security_profiles",
        )),
        *(lambda field=field: Expressway(name="a", role="C", **{field: "b"}) for field in (
            "cluster_peers", "ssh_key_types",
        )),
        lambda: UcServer(name="a", expressway_cores="expc1.example.com"),
        lambda: attrs.evolve(good_zone(), peer_addresses="expe1.example.com"),
        lambda: NotGiven(what="a", remedy="b", node="c", legs="2"),
        lambda: SetPeerAddress(zone="Z", node="a", address="b", on="expc1.example.com"),
        lambda: SetZoneSwitch(zone="Z", switch="tls_verify", value=True, on="expc1.example.com"),
    ],
)  # fmt: skip
def test_one_text_is_not_several(make: Callable[[], object]) -> None:
    """A domain in the place of a list of them would be taken for its letters."""
    with pytest.raises(TypeError, match=r"^texts are several, as in \[\.\.\.\], and not one str$"):
        make()


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (audit, "Deployment is wanted, not str"),
        (check_mra, "Deployment is wanted, not str"),
        (forecast, "Deployment is wanted, not str"),
        (lambda given: readiness(given, "X15.5"), "Deployment is wanted, not str"),
        (check_zone, "Zone is wanted, not str"),
        (check_tunnels, "Zone is wanted, not str"),
        (lambda given: check_upload(b"", onto=given), "Expressway is wanted, not str"),
        (lambda given: check_trusted_ca_upload(b"", onto=given), "Expressway is wanted, not str"),
        (lambda given: check_request(b"", given), "Expressway is wanted, not str"),
        (lambda given: check_upload(b"", NODE, deployment=given), "Deployment is wanted, not str"),
        (lambda given: check_request(FILES["request.csr"], NODE, given), "Deployment is wanted, not str"),
        (lambda given: compare(FILES["request.csr"], FILES["leaf.pem"], None, given), "Deployment is wanted, not str"),
        (lambda given: compare(FILES["request.csr"], FILES["leaf.pem"], given), "Expressway is wanted, not str"),
        (lambda given: make_request(NODE, given), "Deployment or None is wanted, not str"),
        (make_request, "Expressway is wanted, not str"),
        (lambda given: try_upload(b"", given), "Expressway is wanted, not str"),
        (
            lambda given: try_upload(b"", NODE, releases=given),
            r"releases are several, as in \[\.\.\.\], and not one str",
        ),
        (lambda _: Deployment(expressways=[NODE]).expressway(NODE), "str is wanted, not Expressway"),
        (lambda _: Deployment(expressways=[NODE]).zones_of(NODE), "str is wanted, not Expressway"),
        (client_auth_sunset, "Deployment is wanted, not str"),
        (assert_zone_active, "Zone or Deployment is wanted, not str"),
        (assert_tunnels_up, "Zone or Deployment is wanted, not str"),
        (assert_no_findings, "Report is wanted, not str"),
        (fetch_missing, "Chain or Verdict or Finding is wanted, not str"),
        (fetch_crls, "Chain is wanted, not str"),
        (fetch_ocsp, "Chain is wanted, not str"),
        (lambda given: fetch_crls(build_chain(LEAF, []), given), "FetchPolicy is wanted, not str"),
        (lambda given: Pipeline(rules=[given]), "Rule is wanted, not str"),
    ],
)
def test_a_question_about_something_else_is_a_type_error(ask: Callable[[Any], object], words: str) -> None:
    """A folder's path in place of the deployment in it, say: the error names both kinds, and repeats nothing."""
    with pytest.raises(TypeError, match=f"^{words}$"):
        ask("a site, or a key")


def test_a_list_of_certificates_is_a_trust_store() -> None:
    """Wherever a list of CAs is wanted certificates will do; a server's kind and a client's family may be words."""
    cas = [ROOT.certificate, ISSUING.certificate]
    nodes = [
        Expressway(name="a", role="C", trusted_ca=cas, onboarding_trusted_ca=cas),
        UcServer(name="a", kind="Unified CM", tomcat_trust=cas, callmanager_trust=cas, cup_xmpp_trust=cas),
        Client(service_domain="a", family="Jabber", trusted_ca=cas, installed_ca=cas, phone_edge_trust=cas),
        FarEnd(name="a", trusted_ca=cas),
    ]
    values = [value for node in nodes for value in attrs.asdict(node, recurse=False).values()]
    assert [one for one in values if isinstance(one, TrustStore)] == [TrustStore(cas)] * 9
    assert (nodes[1].kind, nodes[2].family) == (UcKind.CUCM, ClientFamily.JABBER)


@pytest.mark.parametrize(
    ("kind", "verifies", "media"),
    [
        (ZoneKind.UNIFIED_COMMUNICATIONS, True, MediaEncryption.FORCED),
        (ZoneKind.TRAVERSAL, False, MediaEncryption.AUTO), (ZoneKind.NEIGHBOR, False, MediaEncryption.AUTO),
        (ZoneKind.DNS, False, MediaEncryption.AUTO),
        (ZoneKind.WEBEX, True, MediaEncryption.AUTO), (ZoneKind.DEFAULT, False, MediaEncryption.AUTO),
    ],
)  # fmt: skip
def test_a_zone_has_the_defaults_of_its_kind(kind: ZoneKind, verifies: bool, media: MediaEncryption) -> None:
    """TLS verify mode and media encryption, as platform.md §4.1 has them."""
    sides = {"core": good_zone().core, "edge": good_zone().edge} if kind.is_traversal else {"nodes": [NODE]}
    zone = Zone(name="Z", kind=kind, **sides)
    assert (zone.tls_verify, zone.media_encryption) == (verifies, media)


def test_a_change_reaches_a_zone_and_its_nodes_everywhere() -> None:
    """A node that stands in several zones is changed in all of them."""
    whole = site()
    node = attrs.evolve(whole.expressway("expe1.example.com"), ecdsa_first=True)
    from_list = [one for zone in replaced_zones(node) for one in zone.members if one.name == node.name]
    assert from_list == [node] * 5
    changed = whole.apply([SetVerifyName(zone="UC", name="other.example.com")])
    assert changed.zones[0].tls_verify_subject_name == "other.example.com"


def replaced_zones(node: Expressway) -> tuple[Zone, ...]:
    """Return the zones of the site with a node replaced."""
    from expressway_certs.product.applying import replaced  # noqa: PLC0415 - beside its one use

    return replaced(site(), node).zones


# What nodes show and trust.


def test_of_two_namesakes_the_first_is_found() -> None:
    """The Trusted CA list is looked up by subject; what is below a namesake is not there (platform.md §2)."""
    first, second, other = FACTORY.root("Twin CA"), FACTORY.root("Twin CA"), FACTORY.root("Single CA")
    node = Expressway(name="a.example.com", role="C", trusted_ca=store(first, other, second))
    assert tuple(node.effective_ca) == (first.certificate, other.certificate)
    assert [tuple(one) for one in node.with_hidden_first] == [(second.certificate, other.certificate)]
    single = Expressway(name="a.example.com", role="C", trusted_ca=store(first, other))
    assert single.effective_ca is single.trusted_ca


@pytest.mark.parametrize(
    ("listed", "sent"), [("root issuing", "issuing root"), ("issuing", "issuing"), ("root", ""), ("", "")]
)
def test_a_node_sends_what_its_own_list_makes(listed: str, sent: str) -> None:
    """The chain as far as it goes, the root included (platform.md §4.3)."""
    cas = {"root": FACTORY.root("Sending Root CA")}
    cas["issuing"] = FACTORY.intermediate(cas["root"], "Sending Issuing CA")
    leaf = FACTORY.leaf(cas["issuing"], "a.example.com").certificate
    node = Expressway(name="a.example.com", role="C", trusted_ca=store(*(cas[one] for one in listed.split())))
    assert node.presents(leaf) == tuple(cas[one].certificate for one in sent.split())


@pytest.mark.parametrize(
    ("name", "is_for"),
    [("example.net", True), ("EXPE1.Example.net.", True), ("badexample.net", False), ("example.com", False)],
)
def test_a_domain_certificate_is_for_the_hosts_of_its_domain(name: str, is_for: bool) -> None:
    """The domain and what is below it, whatever the case (mra.md A1.14)."""
    assert DomainCertificate(domain="example.NET", certificate=issue("example.net")).is_for(name) is is_for


@pytest.mark.parametrize(
    ("family", "installed", "expected"),
    [
        (ClientFamily.JABBER_WINDOWS, True, "both"), (ClientFamily.JABBER_ANDROID, True, "system"),
        (ClientFamily.PHONE, False, "edge"), (ClientFamily.ROOM_SYSTEM, False, "system"),
    ],
)  # fmt: skip
def test_whom_a_client_trusts(family: ClientFamily, installed: bool, expected: str) -> None:
    """Installed CAs count but on Android; Phone-Edge-trust takes the place of a phone's own list (A1.11, A1.17)."""
    system, own, edge = (store(FACTORY.root(f"{name} CA")) for name in ("System", "Installed", "Edge"))
    client = Client(
        service_domain="example.com",
        family=family,
        trusted_ca=system,
        installed_ca=own if installed else None,
        phone_edge_trust=edge,
    )
    wanted = {"both": system.adding(*own), "system": system, "edge": edge}
    assert client.trust("client's CA list") == wanted[expected]
    assert Client(service_domain="example.com", installed_ca=own).trust("") is None


def test_dns_is_compared_as_dns_does() -> None:
    """Case and the final dot do not count; an address is its own; what is not there is nothing."""
    dns = Dns(forward={"A.example.com.": ["192.0.2.1", "2001:DB8::1"]}, reverse={"2001:db8:0::1": "A.Example.com."})
    assert dns.addresses("a.EXAMPLE.com") == ("192.0.2.1", "2001:db8::1")
    assert (dns.addresses("192.0.2.9"), dns.addresses("b.example.com")) == (("192.0.2.9",), ())
    assert (dns.names("2001:db8::1"), dns.names("192.0.2.1")) == (("a.example.com",), ())
    assert hash(DNS) == hash(Dns(forward=DNS.forward, reverse=DNS.reverse))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([AccessRule(pattern="a.example.net")], True), ([AccessRule(pattern="A.example.net")], False), ([], False),
        ([AccessRule(type="Prefix", pattern="a.")], True), ([AccessRule(type="Suffix", pattern=".example.org")], False),
        ([AccessRule(type="Regex", pattern=r"^[ab]\.")], True), ([AccessRule(type="Regex", pattern="^x")], False),
        ([AccessRule(pattern="b.example.net", allow=False, priority=1), AccessRule(pattern="a.example.net")], False),
        ([AccessRule(pattern="b.example.net", allow=False), AccessRule(pattern="a.example.net", priority=1)], True),
    ],
)  # fmt: skip
def test_access_rules_decide_in_the_order_of_their_priority(rules: list[AccessRule], expected: bool) -> None:
    """The first rule that fits any name decides, letter by letter; where none fits, nobody comes in."""
    assert allows(rules, ["a.example.net", "b.example.net"]) is expected


def test_a_cluster_s_mode_is_written_as_on_the_page() -> None:
    """A node takes the word of the page for it."""
    assert Expressway(name="a.example.com", role="C", cluster_tls="Enforce").cluster_tls is ClusterTls.ENFORCE


def test_a_name_in_two_spellings_is_one_name() -> None:
    """DNS and the cluster's address mapping know no case: the later of two spellings counts, once."""
    records = {"A.example.com": "192.0.2.1", "a.example.com.": "192.0.2.2"}
    assert Dns(forward=records).forward == (("a.example.com", ("192.0.2.2",)),)
    assert Dns(reverse={"2001:db8::1": "a", "2001:DB8:0::1": "b"}).reverse == (("2001:db8::1", ("b",)),)
    node = Expressway(name="e", role="E", cluster_addresses=records)
    assert node.cluster_addresses == (("a.example.com", "192.0.2.2"),)
