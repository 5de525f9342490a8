"""What is wrong with a request, and what a CA made of it: each rule, and whole sites renewed by their requests."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from request_faults import BOTH, DAY, REQUEST_FAULTS, asked, checked, compared, dns, public
from request_words import REQUEST_WORDS
from sites import AT, CLUSTER, FACTORY, ISSUING, good_site, with_node
from test_releases import FACTS, WITH_FACTS, _quoted
from test_request_page import PEERS, full_site
from upload_faults import CORE, EDGE, KEY, NAMES, OTHER_KEY, leaf

from expressway_certs import (
    AddTrustedCa,
    Client,
    ClientFamily,
    Expressway,
    LoadError,
    OutcomeKind,
    PublicKeyInfo,
    Report,
    SetPeerAddress,
    Settings,
    SetVerifyName,
    Severity,
    Upload,
    audit,
    check_mra,
    check_request,
    check_tunnels,
    check_upload,
    check_zone,
    compare,
    make_request,
)
from expressway_certs.product import sunset
from expressway_certs.product.applying import replaced
from expressway_certs.product.names import wanted_names
from expressway_certs.rules.cases import RequestCase
from expressway_certs.rules.request import REQUEST_RULES
from expressway_certs.rules.request.substance import _key_fault
from expressway_certs.testing.sample import sample_deployment
from expressway_certs.x509.alternative_names import AlternativeName
from expressway_certs.x509.request_building import RequestContents, build_request

MRA_FACTS: Final = (FACTS / "mra.md").read_text(encoding="utf-8") if FACTS.is_dir() else ""
RELEASES: Final = ("X12.5", "X14.0.2", "X14.2", "X14.3", "X15.4", "X15.5")
XMPP: Final = AlternativeName("XMPP", "example.com")
NOTHING_TO_DO: Final = {"signed-with-more-names", "signed-with-more-usages", "signed-with-another-subject"}
SERVER_ONLY: Final = ("serverAuth",)
E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 - a column of the tables below


def told(report: Report) -> list[tuple[str, Severity]]:
    """Return the findings as (rule, severity)."""
    return [(found.rule, found.severity) for found in report.findings]


def above_info(report: Report) -> list[str]:
    """Return what is worse than info."""
    return [f"{found.rule}: {found.message}" for found in report.findings if found.severity is not Severity.INFO]


@pytest.mark.parametrize("rule", REQUEST_FAULTS)
def test_a_fault_is_found_by_its_rule_alone(rule: str) -> None:
    """One fault gives one finding, on the node, with steps, sources and what was wanted and found."""
    report = REQUEST_FAULTS[rule]()
    assert [found.rule for found in report.findings] == [rule]
    found = report.findings[0]
    assert found.nodes == (EDGE,)
    assert bool(found.remedy.steps) is (rule not in NOTHING_TO_DO)
    assert found.sources
    assert found.expected
    assert found.found
    assert [one.rule for one in report.outcomes if one.kind is OutcomeKind.CRASHED] == []


@pytest.mark.parametrize("rule", REQUEST_FAULTS)
def test_a_fault_is_told_in_these_words(rule: str) -> None:
    """What is wrong, wanted and found, the steps, the sources, how bad it is, and what the page does."""
    found = REQUEST_FAULTS[rule]().findings[0]
    told_in = (found.message, found.expected, found.found, found.remedy.steps, tuple(map(str, found.sources)))
    effect = found.effect.name if found.effect else None
    assert (*told_in, found.severity.value, effect, found.evidence.extension) == REQUEST_WORDS[rule]


def sources() -> set[str]:
    """Return the source of every fault above, of every name that a node may need, and of every date."""
    site = full_site("X15.5")
    found = {key.rpartition(" (")[0] for words in REQUEST_WORDS.values() for key in words[4]}
    found |= {one.source.key for node in site.nodes for one in wanted_names(node, site)}
    return found | {one.source.key for one in sunset.CLIENT_AUTH_SUNSET}


@WITH_FACTS
@pytest.mark.parametrize("source", sorted(sources()))
def test_a_source_stands_in_the_facts(source: str) -> None:
    """The row or the section that it names is there, with the documents that it names."""
    place, _, documents = source.partition(": ")
    row = re.search(rf"^\| {re.escape(place.rpartition(' ')[2])} \|.*$", MRA_FACTS, re.MULTILINE)
    section = row.group() if row and place.startswith("mra") else _quoted(f"{place}: {documents or 'x'}")[0]
    assert [one for one in documents.split(", ") if one not in section] == []


@pytest.mark.parametrize("rule", REQUEST_RULES, ids=lambda rule: rule.id)
def test_a_hit_has_an_effect_that_its_rule_tells_of(rule: object) -> None:
    """What the page does is listed on the rule, for the table in the docs."""
    for found in REQUEST_FAULTS[rule.id]().findings:  # type: ignore[attr-defined]
        assert {found.effect} <= {*rule.effects, None}  # type: ignore[attr-defined]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("node", ["expc1.example.com", "expe1.example.com"])
def test_the_page_s_own_request_has_nothing_wrong(node: str, release: str) -> None:
    """Nor has the certificate that a CA makes of it to the letter."""
    site = full_site(release)
    box = site.expressway(node)
    request = make_request(box, site, private_key=KEY).request
    report = check_request(request, box, site, at=AT)
    signed = compare(request, FACTORY.issue(ISSUING, request), box, site, at=AT)
    assert (report.findings, signed.findings) == ((), ())
    kinds = {one.kind for one in (*report.outcomes, *signed.outcomes)}
    assert kinds == {OutcomeKind.PASSED, OutcomeKind.NOT_APPLICABLE}


def test_nothing_is_asked_where_nothing_waits() -> None:
    """A site without requests has rules that do not apply, and say why."""
    outcomes = {one.rule: one for one in audit(good_site(), at=AT).outcomes}
    assert outcomes["request-lacks-name"].why == "no request is pending"
    assert outcomes["signed-without-name"].why == "no certificate answers a request"
    assert {outcomes[rule].kind for rule in REQUEST_FAULTS} == {OutcomeKind.NOT_APPLICABLE}


# Names that a request lacks.


@pytest.mark.parametrize(
    ("node", "names", "expected"),
    [
        (EDGE, ["example.com"], [(E, "expe1.example.com, its own FQDN and the address that Expressway-C calls it by")]),
        (EDGE, [EDGE], [(W, "example.com, a domain that users register in")]),
        (CORE, [CLUSTER], []),
        (CORE, ["x.example.com", CORE], [
            (E, "expc.example.com, the FQDN of its cluster and the TLS verify subject name that Expressway-E asks for")
        ]),
    ],
)  # fmt: skip
def test_the_names_that_a_request_lacks(node: str, names: list[str], expected: list[tuple[Severity, str]]) -> None:
    """Each name is told once, with everything that it is for; a recommended one may be the common name alone."""
    request = asked(node, subject=[("CN", "other.example.com" if node == EDGE else node)], names=dns(names))
    found = [(one.severity, one.message.partition("does not ask for ")[2]) for one in checked(request, node).findings]
    assert found == expected


@pytest.mark.parametrize(
    ("side", "severity"), [("warn", Severity.WARNING), ("refuse", Severity.ERROR), ("accept", None)]
)
def test_a_name_that_is_the_common_name_alone(side: str, severity: Severity | None) -> None:
    """It is what the setting makes of it, and the finding says so (platform.md §11 C1)."""
    site = good_site()
    node = attrs.evolve(site.expressway(EDGE), settings=Settings(common_name_in_verify=side))
    findings = check_request(asked(names=dns(["example.com"])), node, with_node(site, node), at=AT).findings
    assert [one.severity for one in findings] == ([] if severity is None else [severity])
    assert [str(choice.value) for one in findings for choice in one.settings] == ([] if severity is None else [side])


def test_a_recommended_name_is_a_warning() -> None:
    """The cluster of Expressway-E is in the recommended request, and nothing is known to break without it."""
    node = Expressway(name=EDGE, role="E", cluster_name="expe.example.com", release="X14.3")
    assert told(check_request(asked(names=dns([EDGE])), node, at=AT)) == [("request-lacks-name", Severity.WARNING)]


@pytest.mark.parametrize(("zoned", "severity"), [(True, Severity.ERROR), (False, Severity.WARNING)])
def test_its_own_name_is_an_error_where_a_zone_is(zoned: bool, severity: Severity) -> None:
    """Without a zone it is not known to be used."""
    site = good_site()
    request = asked(subject=[("CN", "other.example.com")], names=dns(["example.com"]))
    around = site if zoned else None
    assert [one.severity for one in check_request(request, site.expressway(EDGE), around, at=AT).findings] == [severity]


@pytest.mark.parametrize(
    ("clients", "severity"),
    [
        ((), Severity.WARNING),
        ((ClientFamily.JABBER,), Severity.WARNING),
        ((ClientFamily.JABBER, ClientFamily.PHONE), Severity.ERROR),
        ((ClientFamily.ROOM_SYSTEM,), Severity.ERROR),
    ],
)
def test_a_domain_is_as_bad_as_its_clients_take_it(clients: tuple[ClientFamily, ...], severity: Severity) -> None:
    """Jabber asks its user, the others fail (mra.md A1.6)."""
    families = [Client(service_domain="example.net", family=family) for family in clients]
    other = Client(service_domain="example.com", family=ClientFamily.PHONE)
    site = attrs.evolve(good_site(), mra_domains=["example.net"], clients=[other, *families])
    report = check_request(asked(), site.expressway(EDGE), site, at=AT)
    assert told(report) == [("request-lacks-name", severity)]
    assert report.findings[0].remedy.steps[0] == (
        "Unified CM registrations domains: example.net, format DNS or CollabEdgeDNS"
    )


def test_a_request_without_a_common_name_may_lack_names_too() -> None:
    """Both are told."""
    report = checked(asked(subject=[("O", "Example")], names=dns(["example.com"])))
    assert [one.rule for one in report.findings] == ["request-lacks-name", "request-without-common-name"]


def test_each_name_has_its_row_on_the_page() -> None:
    """The steps say where a name is entered."""
    site = attrs.evolve(full_site(), chat_node_aliases=["alias.example.com"])
    node = site.expressway(CORE)
    bare = build_request(RequestContents(subject=[("CN", "x.example.com")], extended_key_usage=BOTH), KEY)
    findings = [one for one in check_request(bare, node, site, at=AT).findings if one.rule == "request-lacks-name"]
    assert {one.found for one in findings} == {"no alternative name"}
    assert sorted(step for one in findings for step in one.remedy.before) == [
        "Additional alternative names (comma separated): expc1.example.com",
        "IM and Presence chat node aliases (federated group chat): alias.example.com, format DNS",
        f"Subject alternative names: {PEERS} (expc.example.com)",
        "Unified CM phone security profile names: profile.example.com",
    ]


@pytest.mark.parametrize(
    ("release", "severity", "where"),
    [("X15.4", E, ""), ("X15.5", W, " (on connections that it opens, from the client store)")],
)
def test_from_x15_5_the_client_store_s_names_are_a_warning(release: str, severity: Severity, where: str) -> None:
    """A request for the server store alone needs no TLS verify subject name (platform.md §7)."""
    site = good_site(release).apply([SetVerifyName(zone="Zone", name="z.example.com")])
    report = check_request(asked(CORE), site.expressway(CORE), site, at=AT)
    asks = "z.example.com, the TLS verify subject name that Expressway-E asks for"
    assert [(one.severity, one.message) for one in report.findings] == [
        (severity, f"the request of expc1.example.com does not ask for {asks}{where}")
    ]


@pytest.mark.parametrize("release", ["X15.4", "X15.5"])
def test_a_name_that_both_stores_need_is_an_error(release: str) -> None:
    """The cluster's name is wanted in the server store as well."""
    assert told(checked(asked(CORE, names=dns([CORE])), CORE, release)) == [("request-lacks-name", Severity.ERROR)]


def test_an_address_has_to_go_from_the_zone() -> None:
    """No request mends a zone that calls by an IP address; the change to the zone does."""
    site = good_site().apply([SetPeerAddress(zone="Zone", node=EDGE, address="192.0.2.7")])
    report = check_request(asked(), site.expressway(EDGE), site, at=AT)
    assert told(report) == [("request-lacks-name", Severity.ERROR)]
    changed = site.apply(report.findings[0].remedy.changes)
    assert check_request(asked(), changed.expressway(EDGE), changed, at=AT).findings == ()
    assert changed.zones[0].peer_addresses[0] == EDGE


# The form of names.


@pytest.mark.parametrize(
    ("name", "release", "refused"),
    [
        ("expe1", "X14.0.2", True), ("expe1", "X14.0", False), ("exp_e1.example.com", "X14.2", True),
        ("a.example.com", "X14.2", False),
    ],
)  # fmt: skip
def test_a_name_is_an_fqdn_from_x14_0_2(name: str, release: str, refused: bool) -> None:
    """The upload page refuses the certificate of such a request; before it did not look."""
    report = checked(asked(EDGE, *dns([name])), release=release)
    assert [one.rule for one in report.refused] == ["request-name-not-fqdn"] * refused
    assert told(report) == [("request-name-not-fqdn", Severity.ERROR)] * refused


def test_addresses_and_common_names_are_looked_at_too() -> None:
    """An IP address among the names and a bare common name are told together."""
    request = asked(EDGE, AlternativeName("IP", "192.0.2.1"), subject=[("CN", "expe1")])
    findings = [one for one in checked(request).findings if one.rule == "request-name-not-fqdn"]
    assert [one.found for one in findings] == ["expe1, 192.0.2.1"]


def test_a_wildcard_is_looked_for_in_the_common_name_too() -> None:
    """And it is no name that is not an FQDN."""
    assert told(checked(asked(subject=[("CN", "*.example.com")]))) == [("request-wildcard", Severity.WARNING)]


@pytest.mark.parametrize(("zoned", "severity"), [(True, Severity.ERROR), (False, Severity.WARNING)])
def test_no_common_name_is_an_error_where_mra_is(zoned: bool, severity: Severity) -> None:
    """The page takes it with a warning and alarm 40052."""
    site = good_site()
    request = asked(subject=[("O", "Example")])
    report = check_request(request, site.expressway(EDGE), site if zoned else None, at=AT)
    assert [(one.rule, one.severity, one.alarm) for one in report.findings] == [
        ("request-without-common-name", severity, 40052)
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (AlternativeName("SRV", "_collab-edge._tls.example.com"), "in the format SRVName"),
        (XMPP, "example.com in the format XMPPAddress"),
    ],
)
def test_formats_that_cas_refuse(name: AlternativeName, words: str) -> None:
    """SRVName and XMPPAddress are told by the page's words for them."""
    assert words in checked(asked(EDGE, name)).findings[0].message


def test_the_same_letters_on_every_peer_are_no_fault() -> None:
    """Only the domain of a node of its role counts, in other letters; not another domain, nor the host's own label."""
    site = good_site()
    renamed = attrs.evolve(site.zones[0].core[1], name="expc2.other.com")
    core = attrs.evolve(renamed, name="expc3.EXAMPLE.com")
    other = attrs.evolve(site, zones=[], expressways=[site.expressway(EDGE), renamed, core])
    host = asked(subject=[("CN", "EXPE1.example.com")], names=dns(["EXPE1.example.com", "example.com"]))
    assert check_request(host, other.expressway(EDGE), other, at=AT).findings == ()


# Key, signature and usages.


@pytest.mark.parametrize(
    ("key", "release", "severity"),
    [
        ({"algorithm": "RSA", "size": 2047}, "X14.2", E),
        ({"algorithm": "RSA", "size": 2048}, "X14.2", None),
        ({"algorithm": "RSA", "size": 4096}, "X14.2", None),
        ({"algorithm": "RSA", "size": 4097}, "X14.2", W),
        ({"algorithm": "RSA", "size": 8192}, "X15.5", W),
        ({"algorithm": "EC", "curve": "P-256"}, "X14.2", W),
        ({"algorithm": "EC", "curve": "P-256"}, "X14.3", None),
        ({"algorithm": "EC", "curve": "P-384"}, "X15.5", None),
        ({"algorithm": "EC", "curve": "P-521"}, "X14.3", None),
        ({"algorithm": "EC", "curve": "P-224"}, "X14.3", W),
        ({"algorithm": "EC", "curve": "P-256", "explicit_curve": True}, "X14.3", W),
        ({"algorithm": "DSA", "size": 2048}, "X14.3", W),
        ({"algorithm": "Ed25519"}, "X15.5", W),
        ({"algorithm": "unknown"}, "X15.5", W),
    ],
)
def test_the_keys_that_a_release_supports(key: dict[str, object], release: str, severity: Severity | None) -> None:
    """RSA of 2048 to 4096 bits; from X14.3 on P-256, P-384 and P-521 (platform.md §1.2)."""
    case = RequestCase(request=asked(), node=good_site(release).expressway(EDGE))
    found = _key_fault(case, PublicKeyInfo(**key))
    assert (None if found is None else found[0]) is severity


def test_a_request_for_another_curve() -> None:
    """Requests that were made elsewhere may be for any key."""
    report = checked(asked(key=ec.generate_private_key(ec.SECP224R1())), release="X14.3")
    assert told(report) == [("request-key-not-supported", Severity.WARNING)]
    assert report.findings[0].found == "EC P-224"


@pytest.mark.parametrize(
    ("usages", "node", "release", "switch", "severity"),
    [
        (None, EDGE, "X14.2", False, W), (("serverAuth",), EDGE, "X15.3", False, E),
        (("serverAuth",), EDGE, "X15.4", False, E), (("serverAuth",), EDGE, "X15.4", True, W),
        (("serverAuth",), CORE, "X15.4", False, E), (("serverAuth",), CORE, "X15.5", False, W),
        (("clientAuth",), EDGE, "X15.5", False, E), (("codeSigning",), EDGE, "X15.5", False, E),
        (("emailProtection", *BOTH), EDGE, "X14.2", False, None),
    ],
)  # fmt: skip
def test_the_usages_that_a_request_asks_for(
    usages: tuple[str, ...] | None, node: str, release: str, switch: bool, severity: Severity | None
) -> None:
    """Both, as the page does; how bad another choice is depends on the release, the role and the switch."""
    report = checked(asked(node, extended_key_usage=usages), node, release, server_eku_upload=switch)
    assert told(report) == ([] if severity is None else [("request-lacks-usage", severity)])


def day(text: str) -> datetime:
    """Return the start of a day."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "side", "severity", "words"),
    [
        ("2025-09-30", "2027-03", I, "public CAs will stop issuing it"),
        ("2025-10-01", "2027-03", W, "DigiCert, Sectigo and SSL.com leave clientAuth out by default, 2025-10-01"),
        ("2026-02-11", "2027-03", W, "Let's Encrypt leaves clientAuth out of its classic profile, 2026-02-11"),
        ("2026-06-15", "2027-03", W, "most public CAs have stopped issuing clientAuth, 2026-05-01"),
        ("2026-06-15", "2026-06", W, "Chrome's policy ends clientAuth, 2026-06-15"),
        ("2027-03-15", "2027-03", W, "Chrome's policy ends clientAuth, 2027-03-15"),
    ],
)
def test_the_calendar_of_public_cas(at: str, side: str, severity: Severity, words: str) -> None:
    """What has happened by the day, with the side that is taken of Chrome's date (platform.md §11 C10)."""
    site = good_site()
    node = attrs.evolve(site.expressway(EDGE), settings=Settings(client_auth_sunset=side), **public())
    found = check_request(asked(), node, with_node(site, node), at=day(at)).findings
    assert [(one.rule, one.severity, one.message.partition(": ")[2]) for one in found] == [
        ("request-to-a-public-ca", severity, words)
    ]
    assert [choice.value for choice in found[0].settings] == [side]


def test_a_private_ca_has_no_calendar() -> None:
    """Nor has a node without a certificate, nor a request that does not ask for clientAuth."""
    assert checked(asked(), server_certificate=None).findings == ()
    only = told(checked(asked(extended_key_usage=SERVER_ONLY), release="X15.5", **public()))
    assert only == [("request-lacks-usage", Severity.WARNING)]
    assert told(checked(asked(extended_key_usage=None), **public())) == [("request-lacks-usage", Severity.WARNING)]


def test_the_calendar_is_in_order() -> None:
    """Each date comes after the one before it, and names its source."""
    dates = [one.since for one in sunset.CLIENT_AUTH_SUNSET]
    assert dates == sorted(dates)
    assert {one.setting for one in sunset.CLIENT_AUTH_SUNSET} == {None, "2026-06", "2027-03"}


# What a CA made of it.

SWITCH = "xConfiguration XCP TLS Certificate CVS EnableServerEkuUpload: On"


def test_another_key_ends_the_comparison() -> None:
    """The certificate of another request is told as that, and nothing else of it is looked at."""
    other = leaf(key=OTHER_KEY, dns_names=("x.example.com",), extended_key_usage=SERVER_ONLY)
    report = compare(asked(), other.certificate, at=AT)
    assert told(report) == [("signed-for-another-key", Severity.ERROR)]
    assert [one.why for one in report.outcomes if one.rule == "signed-without-usage"] == [
        "the certificate is for another key than the request"
    ]


@pytest.mark.parametrize(
    ("given", "node", "release", "fields", "severity", "words"),
    [
        (SERVER_ONLY, EDGE, "X14.2", {}, E, "clientAuth: X14.2 refuses the certificate on upload"),
        (
            SERVER_ONLY,
            EDGE,
            "X15.4",
            {},
            E,
            f"clientAuth: X15.4 refuses the certificate on upload, unless {SWITCH} is set",
        ),
        (
            SERVER_ONLY,
            EDGE,
            "X15.4",
            {"server_eku_upload": True},
            W,
            "clientAuth: X15.4 takes it; what expe1.example.com",
        ),
        (SERVER_ONLY, CORE, "X15.4", {}, E, "clientAuth: X15.4 refuses the certificate on upload"),
        (SERVER_ONLY, CORE, "X15.5", {}, W, "clientAuth: it does for the server store; in the client store the SSH"),
        (SERVER_ONLY, EDGE, "X15.5", {}, W, "clientAuth: X15.5 takes it"),
        (("clientAuth",), EDGE, "X15.5", {}, E, "serverAuth: who connects to the node refuses it"),
        ((), EDGE, "X15.5", {}, E, "clientAuth, serverAuth: who connects"),
        (None, EDGE, "X14.2", {}, I, "clientAuth, serverAuth: a certificate without extended key usage may be used"),
    ],
)
def test_the_usages_that_a_ca_leaves_out(
    given: tuple[str, ...] | None, node: str, release: str, fields: dict[str, object], severity: Severity, words: str
) -> None:
    """ClientAuth is the case: by release, role and switch (platform.md §1.2 and §7)."""
    report = compared(asked(node), node, release=release, fields=fields, extended_key_usage=given)
    assert [(one.rule, one.severity) for one in report.findings] == [("signed-without-usage", severity)]
    assert report.findings[0].message.startswith(f"the CA left out {words}")
    refused = "refuses the certificate on upload" in report.findings[0].message
    by_switch = [one for one in report.findings[0].remedy.before if "EnableServerEkuUpload: On" in one]
    assert len(by_switch) == ("unless" in words)
    assert [one.rule for one in report.refused] == ["signed-without-usage"] * refused


@pytest.mark.parametrize(("release", "refused"), [("X15.3", True), ("X15.4", False)])
def test_without_server_authentication_the_page_refuses_up_to_x15_3(release: str, refused: bool) -> None:
    """Later it is not documented (platform.md §1.2: T-213872)."""
    report = compared(release=release, extended_key_usage=["clientAuth"])
    assert bool(report.refused) is refused


def test_without_a_node_a_usage_is_an_error_wherever_it_may_be() -> None:
    """Nothing is known of the release, so the worst is said."""
    request = asked()
    report = compare(request, FACTORY.issue(ISSUING, request, extended_key_usage=SERVER_ONLY), at=AT)
    assert told(report) == [("signed-without-usage", Severity.ERROR)]
    assert report.findings[0].nodes == (EDGE,)
    assert report.findings[0].message == (
        "the CA left out clientAuth: up to X15.4 Expressway refuses the certificate, but for Expressway-E of X15.4 "
        f"with {SWITCH}; SSH tunnels need it on any release"
    )
    other = asked(extended_key_usage=[*BOTH, "emailProtection"])
    assert told(compare(other, FACTORY.issue(ISSUING, other, extended_key_usage=BOTH), at=AT)) == [
        ("signed-without-usage", Severity.WARNING)
    ]


def test_what_was_not_asked_for_cannot_be_left_out() -> None:
    """A request without usages leaves them to the CA, and the usual two are no addition."""
    bare = asked(extended_key_usage=None, key_usage=None)
    assert compared(bare, extended_key_usage=BOTH, key_usage=["digitalSignature"]).findings == ()
    assert told(compared(bare, extended_key_usage=["codeSigning"])) == [("signed-with-more-usages", Severity.INFO)]
    assert compared(key_usage=None).findings == ()


@pytest.mark.parametrize(
    ("given", "severity"), [(("digitalSignature",), Severity.WARNING), ((), Severity.ERROR), (("keyEncipherment",), E)]
)
def test_the_key_usages_that_a_ca_leaves_out(given: tuple[str, ...], severity: Severity) -> None:
    """Without digitalSignature no handshake can be signed; keyEncipherment is for RSA key exchange."""
    assert told(compared(key_usage=given)) == [("signed-without-key-usage", severity)]


@pytest.mark.parametrize(
    ("given", "severity", "words"),
    [
        ([EDGE], W, "example.com, a domain that users register in"),
        (["example.com"], W, "expe1.example.com, its own FQDN and the address that Expressway-C calls it by"),
        ([EDGE, "collab-edge.example.com"], I, "example.com; another name of the certificate does as well"),
    ],
)
def test_the_names_that_a_ca_leaves_out(given: list[str], severity: Severity, words: str) -> None:
    """How bad it is depends on what the name is for, and whether another spelling of it is there."""
    found = [one for one in compared(dns_names=given).findings if one.rule == "signed-without-name"]
    assert [(one.severity, one.message) for one in found] == [(severity, f"the CA left out {words}")]


def test_a_name_for_which_nobody_looks_is_a_warning() -> None:
    """The deployment does not know what it is for; without a deployment it is taken for an error."""
    request = asked(EDGE, *dns(["spare.example.com"]))
    assert told(compared(request, dns_names=NAMES[EDGE])) == [("signed-without-name", Severity.WARNING)]
    bare = FACTORY.issue(ISSUING, request, dns_names=NAMES[EDGE])
    assert told(compare(request, bare, at=AT)) == [("signed-without-name", Severity.ERROR)]


def test_the_cluster_s_name_is_an_error() -> None:
    """The zone verifies it."""
    report = compared(asked(CORE), CORE, dns_names=[CORE])
    uses = "the FQDN of its cluster and the TLS verify subject name that Expressway-E asks for"
    assert [(one.severity, one.message) for one in report.findings] == [
        (E, f"the CA left out expc.example.com, {uses}")
    ]


def test_a_format_that_a_ca_drops_is_no_loss_where_dns_is_there() -> None:
    """An XMPP address beside the DNS name is told, at level info."""
    request = asked(EDGE, AlternativeName("XMPP", "spare.example.com"))
    assert told(compared(request, dns_names=NAMES[EDGE])) == [("signed-without-name", Severity.INFO)]


def test_the_common_name_as_a_name_is_no_addition() -> None:
    """CAs put it among the alternative names, and so does the page."""
    request = asked(names=dns(["example.com"]))
    assert compared(request, dns_names=["example.com", "EXPE1.example.com"]).findings == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("EXPE1.example.com", []),
        ("other.example.com", [("signed-with-another-common-name", W, None)]),
        ("", [("signed-with-another-common-name", E, 40052)]),
    ],
)
def test_the_common_name_that_a_ca_changes(given: str, expected: list[tuple[str, Severity, int | None]]) -> None:
    """Another one is a warning; none is an error where MRA is in use, with alarm 40052."""
    found = compared(common_name=given).findings
    assert [(one.rule, one.severity, one.alarm) for one in found] == expected


def test_a_common_name_that_a_ca_adds_is_told() -> None:
    """A request without one may come back with one."""
    request = asked(subject=[("O", "Example")])
    assert told(compared(request, common_name=EDGE)) == [("signed-with-another-common-name", Severity.WARNING)]


def test_a_subject_may_be_gone_altogether() -> None:
    """A certificate without a subject is told as that."""
    found = [one for one in compared(common_name="", organization=None).findings if one.rule.endswith("subject")]
    assert [(one.message, one.found) for one in found] == [
        ("the CA changed the subject to nothing", "an empty subject")
    ]


def test_the_order_of_a_subject_does_not_count() -> None:
    """Nor does how a text is encoded in it."""
    request = asked(subject=[("CN", EDGE), ("O", "Example")])
    assert compared(request, common_name=EDGE).findings == ()


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=21, seconds=1), []), (timedelta(days=21), [W]), (timedelta(seconds=1), [W]),
        (timedelta(), [E]), (-DAY, [E]),
    ],
)  # fmt: skip
def test_the_end_that_comes_too_soon(left: timedelta, expected: list[Severity]) -> None:
    """Three weeks before the end the alarm is raised; at the end nothing works."""
    report = compared(not_before=AT - 30 * DAY, not_after=AT + left)
    assert [one.severity for one in report.findings] == expected
    assert {one.rule for one in report.findings} <= {"signed-for-a-short-time"}


@pytest.mark.parametrize(("node", "days", "expected"), [(EDGE, 825, 0), (EDGE, 826, 1), (CORE, 826, 0)])
def test_the_life_that_clients_refuse(node: str, days: int, expected: int) -> None:
    """Clients see the certificate of Expressway-E alone (mra.md A1.11)."""
    report = compared(asked(node), node, not_before=AT, not_after=AT + days * DAY)
    assert told(report) == [("signed-for-a-long-time", Severity.WARNING)] * expected
    request = asked(node)
    unknown = compare(request, FACTORY.issue(ISSUING, request, not_before=AT, not_after=AT + 826 * DAY), at=AT)
    assert told(unknown) == [("signed-for-a-long-time", Severity.WARNING)]
    assert [one.found for one in unknown.findings] == ["826 days"]


# Through the public functions.


def test_files_are_taken_as_they_come(tmp_path: Path) -> None:
    """Paths, bytes and PEM text do; what cannot be read is a LoadError that says what it is."""
    request = asked()
    certificate = FACTORY.issue(ISSUING, request)
    path = tmp_path / "expe1.csr"
    path.write_text(request.to_pem())
    site = good_site()
    for source in (path, request.der, request.to_pem(), request):
        assert check_request(source, site.expressway(EDGE), site, at=AT).findings == ()
        assert compare(source, certificate.to_pem(), site.expressway(EDGE), site, at=AT).findings == ()
    with pytest.raises(LoadError, match="holds no certificate request where one is wanted"):
        check_request(certificate.to_pem(), site.expressway(EDGE))
    with pytest.raises(LoadError, match="certificate"):
        compare(request, request.to_pem())


def test_the_node_stands_in_the_deployment() -> None:
    """Another node of the same name, or none of that name, is a ValueError."""
    other = Expressway(name=EDGE, role="C")
    for ask in (
        lambda: check_request(asked(), other, good_site()),
        lambda: compare(asked(), leaf().certificate, other, good_site()),
    ):
        with pytest.raises(ValueError, match=r"expe1\.example\.com is not the expe1\.example\.com of the deployment"):
            ask()


def test_a_comparison_finds_its_node_in_the_deployment() -> None:
    """By the common name of the request, where no node is given."""
    request = asked()
    certificate = FACTORY.issue(ISSUING, request, dns_names=[EDGE])
    assert told(compare(request, certificate, deployment=good_site(), at=AT)) == [("signed-without-name", W)]
    nameless = asked(subject=[("O", "Example")])
    report = compare(nameless, FACTORY.issue(ISSUING, nameless, dns_names=[EDGE]), at=AT)
    assert [one.nodes for one in report.findings] == [("the node",)]


def test_an_audit_looks_at_pending_requests_and_their_answers() -> None:
    """What waits in the model is looked at with everything else."""
    site = good_site()
    request = asked(EDGE, *dns(["expe1"]))
    answer = FACTORY.issue(ISSUING, request, dns_names=NAMES[EDGE], organization=None)
    waiting = attrs.evolve(site.expressway(EDGE), pending_request=request)
    around = attrs.evolve(
        with_node(site, waiting), uploads=[Upload(file=answer.to_pem().encode(), node=EDGE, file_name="new.pem")]
    )
    found = {one.rule for one in audit(around, at=AT).findings}
    assert found == {
        "request-name-not-fqdn", "signed-without-name", "signed-with-another-subject", "upload-needs-restart",
    }  # fmt: skip


@pytest.mark.parametrize(("release", "copied"), [("X14.2.7", False), ("X15.5", True)])
def test_a_site_renewed_by_its_requests_is_sound(release: str, copied: bool) -> None:
    """The request of each node of the sample, signed by a CA that all trust, passes upload, zones, tunnels and MRA."""
    root = FACTORY.root("Renewal Root CA")
    issuing = FACTORY.intermediate(root, "Renewal Issuing CA")
    cas = [root.certificate, issuing.certificate]
    site = sample_deployment(AT)
    for node in site.nodes:
        site = replaced(site, attrs.evolve(node, release=release))
    trust = [AddTrustedCa(node=node.name, certificates=cas) for node in site.nodes]
    trust += [
        AddTrustedCa(node=server.name, certificates=cas, store=store)
        for server in site.uc_servers
        for store in ("tomcat-trust", "CallManager-trust")
    ]
    site = attrs.evolve(site.apply(trust), uploads=[])
    for name in [node.name for node in site.nodes]:
        made = make_request(site.expressway(name), site, key_length=2048, organization="Example")
        report = check_request(made.request, site.expressway(name), site, at=AT)
        # The zone that calls by an IP address is not mended by a request.
        site = site.apply(change for found in report.findings for change in found.remedy.changes)
        node = attrs.evolve(site.expressway(name), pending_request=made.request)
        site = replaced(site, node)
        assert above_info(check_request(made.request, node, site, at=AT)) == []
        certificate = FACTORY.issue(issuing, made.request)
        assert above_info(compare(made.request, certificate, node, site, at=AT)) == []
        upload = check_upload(certificate.to_pem(), onto=node, deployment=site, copy_to_client=copied, at=AT)
        assert above_info(upload) == []
        assert upload.after is not None
        site = upload.after
    for zone in site.zones:
        assert above_info(check_zone(zone, at=AT)) == []
        assert above_info(check_tunnels(zone, at=AT)) == []
    assert above_info(check_mra(site, at=AT)) == []
    assert above_info(audit(site, at=AT)) == []
