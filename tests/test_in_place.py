"""What is in place: certificates in stores and CA lists that no leg finds fault with, and what is said of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import attrs
import pytest
from leg_site import PUBLIC, issue, site, swapped
from signer import Signer, remembered_cas
from sites import AT, FACTORY, ISSUING

from expressway_certs import (
    ALL_RULES,
    Certificate,
    Deployment,
    DomainCertificate,
    Expressway,
    Finding,
    RequestCertificate,
    Settings,
    Severity,
    Stage,
    State,
    Zone,
    audit,
    check_upload,
    make_request,
)
from expressway_certs.mending import remedies_of
from expressway_certs.product.alarms import end_alarm
from expressway_certs.testing import break_site

DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
E1: Final = "expe1.example.com"
C1: Final = "expc1.example.com"


def broken(rule: str) -> Deployment:
    """Return the good site with the kit's fault for a rule."""
    return break_site(site(), rule, at=AT)


IN_PLACE_FAULTS: Final[dict[str, tuple[Callable[[], Deployment], set[str]]]] = {
    rule: (partial(broken, rule), nodes)
    for rule, nodes in {
        "certificate-expired": {"new.example.com"},
        "certificate-expires-soon": {E1},
        "certificate-without-common-name": {E1},
        "certificate-self-signed": {"new.example.com"},
        "certificate-rsa-8192": {E1},
        "certificate-valid-beyond-2050": {E1},
        "certificate-shared-by-nodes": {C1, "expc2.example.com"},
        "certificate-lacks-names": {E1, "expe2.example.com"},
        "trusted-ca-expired": {E1},
        "trusted-ca-expires-soon": {E1},
    }.items()
}
"""A site for each rule, and the nodes that its finding names."""


@pytest.mark.parametrize("rule", IN_PLACE_FAULTS)
def test_a_fault_in_place_is_found_by_its_rule(rule: str) -> None:
    """On the right nodes, on no leg, with its certificate, steps and a source; a long life is iOS's affair as well."""
    make, nodes = IN_PLACE_FAULTS[rule]
    report = audit(make(), at=AT)
    findings = [one for one in report.findings if one.rule == rule]
    assert {one.rule for one in report.findings} - {rule} <= {"ios-refuses-certificate"}
    assert {name for one in findings for name in one.nodes} == nodes
    for found in findings:
        assert found.legs == ()
        assert found.certificate is not None
        assert found.remedy.steps
        assert [one.key.startswith("platform.md §") for one in found.sources] == [True] * len(found.sources)


NO_COMMON_NAME: Final = (
    "the server certificate of expe1.example.com has no common name, "
    "and Mobile and Remote Access does not work without one"
)
SELF_SIGNED: Final = (
    "the server certificate of new.example.com is self-signed, "
    "which does not work in Unified Communications deployments"
)
WORDS: Final = {
    "certificate-expired": (
        "the server certificate of new.example.com expired on 2026-11-23", Severity.ERROR, 40068,
        "valid at 2026-11-24 12:00 UTC", "valid until 2026-11-23 12:00 UTC",
    ),
    "certificate-expires-soon": (
        "the server certificate of expe1.example.com expires on 2026-12-08, in 14 days", Severity.WARNING, 40069,
        "more than 21 days", "valid until 2026-12-08 12:00 UTC",
    ),
    "certificate-without-common-name": (
        NO_COMMON_NAME, Severity.ERROR, 40052, "a common name", "O=Example",
    ),
    "certificate-self-signed": (
        SELF_SIGNED, Severity.WARNING, None, "a certificate of a CA", "issued by O=Example, CN=new.example.com",
    ),
    "certificate-rsa-8192": (
        "the server certificate of expe1.example.com has an RSA key of 8192 bits: SIP TLS zones may not become active",
        Severity.WARNING, None, "at most 4096 bits", "8192 bits",
    ),
    "certificate-valid-beyond-2050": (
        "the server certificate of expe1.example.com holds until 2051-01-01: dates beyond 2050 cause issues",
        Severity.WARNING, None, "an end before 2050", "2051-01-01",
    ),
    "certificate-shared-by-nodes": (
        "expc1.example.com and expc2.example.com have one certificate and private key", Severity.WARNING, None,
        "a certificate for each peer", "one for expc1.example.com, expc2.example.com",
    ),
    "certificate-lacks-names": (
        "the server certificate of expe1.example.com lacks federation.example.com, a federated XMPP domain",
        Severity.ERROR, None, "federation.example.com", "DNS:expe1.example.com, DNS:expe.example.com, DNS:example.com",
    ),
    "trusted-ca-expired": (
        "O=Example, CN=Old Root CA (until 2026-11-23, SHA-256 {}) in the Trusted CA list ended on 2026-11-23",
        Severity.WARNING, None, "a CA certificate that holds", "2025-10-20 to 2026-11-23",
    ),
    "trusted-ca-expires-soon": (
        "O=Example, CN=Old Root CA (until 2026-12-08, SHA-256 {}) in the Trusted CA list ends on 2026-12-08",
        Severity.WARNING, None, "more than 21 days", "2025-10-20 to 2026-12-08",
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", IN_PLACE_FAULTS)
def test_what_is_said_of_a_fault_in_place(rule: str) -> None:
    """Its message, how bad it is, the alarm, what was wanted and found, and the product's words where known."""
    found = of_rule(IN_PLACE_FAULTS[rule][0](), rule)[0]
    message, *rest = WORDS[rule]
    assert found.certificate is not None
    assert found.message == message.format(found.certificate.sha256[:8])
    assert [found.severity, found.alarm, found.expected, found.found] == rest
    is_quoted = rule == "certificate-without-common-name"
    assert found.product_message == (
        "Server certificate does not have a Common Name (CN) attribute. Some services do not work without the CN"
        if is_quoted
        else None
    )


def test_every_rule_about_what_is_in_place_has_a_fault() -> None:
    """No rule of the stage is without one."""
    assert {one.id for one in ALL_RULES if one.stage is Stage.IN_PLACE} == set(IN_PLACE_FAULTS)


@pytest.mark.parametrize("rule", sorted(set(IN_PLACE_FAULTS) - {"trusted-ca-expires-soon"}))
def test_a_remedy_for_what_is_in_place_helps(rule: str) -> None:
    """The changes leave nothing of the finding; for a CA that ends soon there is nothing to be done but to ask."""
    with remembered_cas():
        site_ = IN_PLACE_FAULTS[rule][0]()
        changes = remedies_of(audit(site_, at=AT).findings)
        signer = Signer(factory=FACTORY, site=site_, cas=(ISSUING, PUBLIC))
        assert audit(site_.apply(changes, sign=signer), at=AT).findings == ()


@pytest.mark.parametrize(
    ("store", "release", "left", "alarm"),
    [
        ("server", "X12.7", 10 * DAY, None), ("server", "X12.7", -DAY, None),
        ("server", "X14.0", 21 * DAY, 40069), ("server", "X14.0", 21 * DAY + SECOND, None),
        ("server", "X14.0", 13 * 3600 * SECOND, 40069), ("server", "X14.0", SECOND, 40068),
        ("server", "X14.0", timedelta(), 40068), ("server", "X15.5.2", -400 * DAY, 40068),
        ("client", "X15.4.9", 10 * DAY, None), ("client", "X15.5", 10 * DAY, 40079),
        ("client", "X15.5", SECOND, 40079), ("client", "X15.5", timedelta(), 40078),
        ("domain", "X15.2.4", 10 * DAY, None), ("domain", "X15.3", 10 * DAY, 40076),
        ("domain", "X15.3", SECOND, 40076), ("domain", "X15.3", timedelta(), 40075),
    ],
)  # fmt: skip
def test_the_alarm_about_an_end(store: str, release: str, left: timedelta, alarm: int | None) -> None:
    """Each store has its own from its own release on; the server's is critical on its last day already (§9)."""
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    node = Expressway(name=E1, role="E", release=release)
    assert end_alarm(node, store, noon + left, noon) == alarm


def ending(left: timedelta, *names: str) -> Certificate:
    """Return a certificate for Expressway-E that ends after some time."""
    return issue(E1, *(names or ("expe.example.com", "example.com")), issuer=PUBLIC, not_after=AT + left)


def of_rule(deployment: Deployment, rule: str) -> list[Finding]:
    """Return what a rule finds on a site."""
    return [one for one in audit(deployment, at=AT).findings if one.rule == rule]


@pytest.mark.parametrize(("release", "alarm"), [("X12.7", None), ("X14.0", 40069)])
def test_an_end_within_three_weeks_is_told_of(release: str, alarm: int | None) -> None:
    """On a release without the alarm too, and not a second earlier."""
    for left, count in ((21 * DAY, 1), (21 * DAY + SECOND, 0)):
        node = attrs.evolve(site(release).expressway(E1), server_certificate=ending(left))
        found = of_rule(swapped(site(release), node), "certificate-expires-soon")
        assert [one.alarm for one in found] == [alarm] * count


def test_a_client_and_a_domain_certificate_are_told_of_apart() -> None:
    """Each has a finding with its own alarm; the copy that an upgrade makes of the server's is one with it."""
    node = attrs.evolve(
        site("X15.5").expressway(E1),
        client_certificate=ending(DAY * 5),
        domain_certificates=[DomainCertificate(domain="example.org", certificate=ending(DAY * 5, "example.org"))],
    )
    found = of_rule(swapped(site("X15.5"), node), "certificate-expires-soon")
    assert [one.alarm for one in found] == [40079, 40076]
    requested = [change for one in found for change in one.remedy.changes if isinstance(change, RequestCertificate)]
    assert [(one.store, one.domain) for one in requested] == [("client", None), ("server", "example.org")]
    copied = attrs.evolve(site("X15.5").expressway(E1), server_certificate=ending(DAY * 5))
    assert [one.alarm for one in of_rule(swapped(site("X15.5"), copied), "certificate-expires-soon")] == [40069]


@pytest.mark.parametrize(("release", "alarm"), [("X12.7", None), ("X14.0", 40068)])
def test_an_end_that_a_leg_shows_is_one_finding_with_its_alarm(release: str, alarm: int | None) -> None:
    """What the zone refuses for its end is not told of a second time."""
    node = attrs.evolve(site(release).expressway(E1), server_certificate=ending(-SECOND))
    errors = [one for one in audit(swapped(site(release), node), at=AT).errors if one.certificate is not None]
    assert [(one.rule, one.alarm) for one in errors if one.certificate == node.server_certificate] == [
        ("zone-certificate-refused", alarm)
    ]


def test_another_fault_of_a_zone_has_no_alarm_of_an_end() -> None:
    """A CA above it that has ended is not what the alarm is about."""
    old = FACTORY.intermediate(FACTORY.root("Old Root CA"), "Old Issuing CA", not_after=AT - DAY)
    node = site().expressway(E1)
    trusted = [*node.trusted_ca, old.certificate, old.issuer.certificate]
    shown = issue(E1, "expe.example.com", "example.com", issuer=old)
    whole = swapped(site(), attrs.evolve(node, server_certificate=shown, trusted_ca=trusted))
    cores = [attrs.evolve(one, trusted_ca=trusted) for one in whole.zones[0].core]
    report = audit(swapped(whole, *cores), at=AT)
    assert {one.alarm for one in report.findings if one.rule == "zone-certificate-refused"} == {None}


def self_made(*, is_trusted: bool) -> Deployment:
    """Return a Unified Communications zone whose Expressway-E has the certificate that X14.3 makes at installation."""
    own = FACTORY.self_signed(E1, dns_names=(E1,)).certificate
    lists = [own] if is_trusted else []
    core = Expressway(
        name=C1, role="C", server_certificate=issue(C1), trusted_ca=[*site().expressway(C1).trusted_ca, *lists]
    )
    edge = Expressway(name=E1, role="E", server_certificate=own, trusted_ca=core.trusted_ca)
    return Deployment(name="new", zones=[Zone(name="UC", core=[core], edge=[edge])])


def test_a_self_signed_certificate_does_not_do_though_it_is_trusted() -> None:
    """The legs come up, and the guides say that Unified Communications will not work (platform.md §2: CG155-ossl)."""
    report = audit(self_made(is_trusted=True), at=AT)
    assert {one.state for one in report.legs if one.leg.id in {"2", "3"}} == {State.UP}
    assert [(one.rule, one.severity) for one in report.findings] == [("certificate-self-signed", Severity.ERROR)]


def test_a_self_signed_certificate_is_replaced_and_not_loaded() -> None:
    """Where it is not trusted the remedy is a certificate of a CA, for loading it would not help."""
    found = [one for one in audit(self_made(is_trusted=False), at=AT).findings if one.rule == "zone-ca-not-trusted"]
    assert [type(change) for one in found for change in one.remedy.changes] == [RequestCertificate]
    assert [one.nodes for one in found] == [(E1,)]


@pytest.mark.parametrize(("release", "words"), [("X14.0", "No alarm tells of it on X14.0."), ("X14.0.1", "An alarm")])
@pytest.mark.parametrize("rule", ["trusted-ca-expired", "trusted-ca-expires-soon"])
def test_the_alarm_about_a_ca_came_with_a_release(rule: str, release: str, words: str) -> None:
    """X14.0.1 brought it (platform.md §2: RN1401)."""
    (found,) = of_rule(break_site(site(release), rule, at=AT), rule)
    assert found.explanation is not None
    assert found.explanation.startswith(words)


@pytest.mark.parametrize(
    ("left", "rules"),
    [(timedelta(), {"trusted-ca-expired"}), (SECOND, {"trusted-ca-expires-soon"}),
     (21 * DAY, {"trusted-ca-expires-soon"}), (21 * DAY + SECOND, set())],
)  # fmt: skip
def test_the_list_of_onboarding_is_looked_at_too(left: timedelta, rules: set[str]) -> None:
    """Its CAs have the same alarm, and one that is in the lists of two nodes is one finding."""
    old = FACTORY.root("Device CA", not_before=AT - 400 * DAY, not_after=AT + left).certificate
    nodes = [attrs.evolve(site().expressway(name), onboarding_trusted_ca=[old]) for name in (E1, "expe2.example.com")]
    report = audit(swapped(site(), *nodes), at=AT)
    assert {one.rule for one in report.findings} == rules
    assert [one.nodes for one in report.findings] == [(E1, "expe2.example.com")] * len(rules)


def test_an_upload_says_nothing_of_what_it_replaces() -> None:
    """The certificate in place ends soon; the report is about the new one."""
    node = attrs.evolve(site("X14.3").expressway(E1), server_certificate=ending(5 * DAY))
    report = check_upload(ending(300 * DAY).to_pem(), onto=node, at=AT)
    assert [one.rule for one in report.findings] == ["upload-needs-restart"]


FEDERATED: Final = {
    "xmpp_domains": ["federation.example.com"],
    "chat_node_aliases": ["chat.example.com"],
    "mra_domains": ["example.org"],
    "phone_security_profiles": ["secure-8845.example.com"],
}
"""Names that none of the certificates has."""


def serving(release: str = "X14.2", **options: object) -> Deployment:
    """Return a Unified Communications zone with names of services, and no client or server that would look for them."""
    core = Expressway(
        name=C1, role="C", release=release, cluster_name="expc.example.com", server_certificate=issue(C1, **options),
        trusted_ca=site().expressway(C1).trusted_ca,
    )  # fmt: skip
    edge = attrs.evolve(
        core, name=E1, role="E", cluster_name="expe.example.com", server_certificate=issue(E1, issuer=PUBLIC)
    )
    zone = Zone(name="UC", core=[core], edge=[edge], tls_verify_subject_name=C1)
    return Deployment(name="one zone", zones=[zone], **FEDERATED)


def lacked(deployment: Deployment) -> dict[str, tuple[str | None, Severity]]:
    """Return what is lacking on which node, and how bad it is."""
    return {one.node: (one.expected, one.severity) for one in of_rule(deployment, "certificate-lacks-names")}


def test_the_names_of_services_are_looked_for_on_the_side_that_needs_them() -> None:
    """The table of requirements: domains on Expressway-E, profiles and the cluster on Expressway-C, aliases on both."""
    assert lacked(serving()) == {
        C1: ("expc.example.com, chat.example.com, secure-8845.example.com", Severity.ERROR),
        E1: ("example.org, federation.example.com, chat.example.com", Severity.ERROR),
    }


def test_a_node_in_no_zone_for_unified_communications_serves_nobody() -> None:
    """A plain traversal zone carries none of these services."""
    whole = serving()
    plain = attrs.evolve(whole.zones[0], kind="Traversal", tls_verify=True)
    assert lacked(attrs.evolve(whole, zones=[plain])) == {}


def test_a_name_that_a_leg_looks_for_is_told_of_there() -> None:
    """The verify name of the zone is not said to be lacking twice."""
    whole = serving()
    zone = attrs.evolve(whole.zones[0], tls_verify_subject_name="expc.example.com")
    report = audit(attrs.evolve(whole, zones=[zone]), at=AT)
    (found,) = [one for one in report.findings if one.rule == "certificate-lacks-names" and one.node == C1]
    assert found.expected == "chat.example.com, secure-8845.example.com"
    assert "zone-verify-name-not-in-certificate" in {one.rule for one in report.findings}


def test_a_profile_is_looked_for_in_the_store_that_the_setting_names() -> None:
    """On X15.5 in both by default (platform.md §11 C11); a store with a certificate of its own is told of apart."""
    whole = serving("X15.5")
    core = attrs.evolve(whole.expressway(C1), client_certificate=issue(C1, "chat.example.com"))
    zone = attrs.evolve(whole.zones[0], core=[core])
    found = [
        (one.message.partition(" certificate")[0], one.expected)
        for one in of_rule(attrs.evolve(whole, zones=[zone]), "certificate-lacks-names")
        if one.node == C1
    ]
    assert found == [
        ("the server", "expc.example.com, chat.example.com, secure-8845.example.com"),
        ("the client", "secure-8845.example.com"),
    ]


def test_a_domain_that_makes_jabber_ask_alone_is_a_warning() -> None:
    """Where no client is known that fails without it (mra.md A1.6)."""
    whole = attrs.evolve(serving(), xmpp_domains=[], chat_node_aliases=[])
    assert lacked(whole)[E1] == ("example.org", Severity.WARNING)


def test_a_meeting_server_that_is_not_named_is_a_warning_with_its_alarm() -> None:
    """On Expressway-E alone, in whatever zone, and apart from other names (platform.md §9: 40051)."""
    whole = attrs.evolve(serving(), xmpp_domains=["federation.example.com"], meeting_servers=["join.example.com"])
    found = [one for one in of_rule(whole, "certificate-lacks-names") if one.node == E1]
    assert [(one.expected, one.severity, one.alarm) for one in found] == [
        ("example.org, federation.example.com, chat.example.com", Severity.ERROR, None),
        ("join.example.com", Severity.WARNING, 40051),
    ]
    assert found[1].product_message == "CMS not Identified by Server Certificate"
    plain = attrs.evolve(whole, zones=[attrs.evolve(whole.zones[0], kind="Traversal", tls_verify=True)])
    assert lacked(plain) == {E1: ("join.example.com", Severity.WARNING)}


def test_the_address_of_a_meeting_server_is_asked_for() -> None:
    """Generate CSR has no row for it, so it is typed in; an upload and a request without it are warned of."""
    whole = attrs.evolve(serving(), meeting_servers=["join.example.com"])
    node = whole.expressway(E1)
    assert "join.example.com" in make_request(node, whole).request.dns_names
    new = issue(E1, "expe.example.com", "example.org", "federation.example.com", "chat.example.com", issuer=PUBLIC)
    report = check_upload(new.to_pem(), onto=node, deployment=whole, at=AT)
    (found,) = [one for one in report.findings if one.rule == "upload-lacks-names"]
    assert (found.expected, found.severity) == ("join.example.com", Severity.WARNING)


@pytest.mark.parametrize("side", ["both", "server", "client"])
def test_a_profile_is_looked_for_in_the_copy_that_an_upgrade_makes(side: str) -> None:
    """One certificate in both stores lacks it once, whichever store the setting names."""
    whole = attrs.evolve(serving("X15.5"), chat_node_aliases=[], xmpp_domains=[])
    core = attrs.evolve(whole.expressway(C1), settings=Settings(profile_names_store=side))
    (found,) = [
        one
        for one in of_rule(
            attrs.evolve(whole, zones=[attrs.evolve(whole.zones[0], core=[core])]), "certificate-lacks-names"
        )
        if one.node == C1
    ]
    assert found.message == (
        f"the server certificate of {C1} lacks expc.example.com, the FQDN of its cluster; "
        "secure-8845.example.com, a phone security profile"
    )
