"""Every rule: a site that makes it fire, alone and in the right place; and a good site on which none does."""

import pickle
from collections.abc import Callable, Iterator
from datetime import timedelta

import attrs
import pytest
import sites
from leg_faults import LEG_FAULTS
from request_faults import REQUEST_FAULTS
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, RENEWED, ROOT, good_site, node, store, with_node
from test_ca_list import FAULTS
from test_in_place import IN_PLACE_FAULTS
from upload_faults import UPLOAD_FAULTS

from expressway_certs import (
    ALL_RULES,
    Client,
    ClientFamily,
    Deployment,
    FarEnd,
    NotGiven,
    OutcomeKind,
    Pipeline,
    Report,
    ReportError,
    Rule,
    SetPeerAddress,
    SetVerifyName,
    Severity,
    Stage,
    State,
    Upload,
    audit,
    check_mra,
    check_tunnels,
    check_zone,
)
from expressway_certs.rules.common import NO_ISSUER
from expressway_certs.rules.finding import Hit
from expressway_certs.testing.keys import rsa_key
from expressway_certs.x509 import codes

# Before X14.3 a certificate for upload has an RSA key.
RSA_KEY = rsa_key(0)
RELEASES = ("X12.5", "X14.0.2", "X14.2", "X15.4", "X15.5")


def upload(file: bytes, node_name: str = "expe1.example.com", **options: object) -> Deployment:
    """Return the good site with a file that waits for a node."""
    return attrs.evolve(good_site(), uploads=[Upload(file=file, node=node_name, **options)])


def leaf_pem(**options: object) -> bytes:
    """Return a new certificate for expe1 as PEM."""
    settings = {"issuer": ISSUING, "dns_names": ("expe1.example.com", "example.com"), "key": RSA_KEY, **options}
    return FACTORY.leaf(settings.pop("issuer"), common_name="expe1.example.com", **settings).pem.encode()


def edge_renewed() -> Deployment:
    """Return the site whose first Expressway-E was renewed under an intermediate that only it has."""
    renewed = node("expe1.example.com", "E", "example.com", issuer=RENEWED)
    return with_node(good_site(), attrs.evolve(renewed, trusted_ca=store(ROOT, ISSUING, RENEWED)))


def edge_under_other_root() -> Deployment:
    """Return the site whose first Expressway-E has a certificate of a CA that nobody else knows."""
    other = node("expe1.example.com", "E", "example.com", issuer=OTHER_ROOT)
    site = with_node(good_site(), attrs.evolve(other, trusted_ca=store(ROOT, ISSUING, OTHER_ROOT)))
    return attrs.evolve(site, clients=[Client(service_domain="example.com", trusted_ca=store(ROOT, OTHER_ROOT))])


def core_expired() -> Deployment:
    """Return the site whose first Expressway-C has an expired certificate."""
    return with_node(good_site(), node("expc1.example.com", "C", sites.CLUSTER, not_after=AT - timedelta(hours=1)))


def core_for_servers_only() -> Deployment:
    """Return a site whose Expressway-C has no client authentication, and whose zone is not looked at."""
    return with_node(good_site(), node("expc1.example.com", "C", sites.CLUSTER, extended_key_usage=("serverAuth",)))


def cucm(**fields: object) -> Deployment:
    """Return the site with other fields of its Unified CM."""
    return attrs.evolve(good_site(), uc_servers=[attrs.evolve(sites.good_server(), **fields)])


def _self_signed_server() -> Deployment:
    own = FACTORY.self_signed("cucm1.example.com", dns_names=("cucm1.example.com",))
    return cucm(tomcat=own.certificate, presented_cas=[])


FIRING: dict[str, tuple[Callable[[], Deployment], tuple[str, ...], set[str]]] = {
    "release-not-known": (
        lambda: good_site("X16.0"),
        ("expc1.example.com", "expc2.example.com", "expe1.example.com", "expe2.example.com"), set(),
    ),
    "input-not-given": (
        lambda: attrs.evolve(
            good_site(),
            not_given=[NotGiven(what="the hosts of Webex", remedy="Give them", node="expe1.example.com", legs=["9"])],
        ),
        ("expe1.example.com",), set(),
    ),
    "upload-not-a-pem-certificate": (
        lambda: upload(FACTORY.leaf(ISSUING, dns_names=("expe1.example.com", "example.com"), key=RSA_KEY).der),
        ("expe1.example.com",), set(),
    ),
    "upload-holds-several-certificates": (
        lambda: upload(leaf_pem() + ISSUING.pem.encode()), ("expe1.example.com",), set(),
    ),
    "upload-chain-untrusted": (
        lambda: upload(leaf_pem(issuer=RENEWED)), ("expe1.example.com",), set(),
    ),
    "upload-name-not-fqdn": (
        lambda: upload(leaf_pem(dns_names=("expe1.example.com", "example.com", "expe1"))),
        ("expe1.example.com",), set(),
    ),
    "upload-without-client-auth": (
        lambda: upload(leaf_pem(extended_key_usage=("serverAuth",))), ("expe1.example.com",), set(),
    ),
    "zone-peer-address-not-in-certificate": (
        lambda: good_site().apply([SetPeerAddress(zone="Zone", node="expe2.example.com", address="192.0.2.7")]),
        ("expe2.example.com",), {"2"},
    ),
    "zone-verify-name-not-in-certificate": (
        lambda: with_node(good_site(), node("expc2.example.com", "C")), ("expc2.example.com",), {"2"},
    ),
    "zone-ca-not-trusted": (edge_under_other_root, ("expc1.example.com", "expc2.example.com"), {"2", "3", "4"}),
    "tunnel-ca-missing": (edge_renewed, ("expc1.example.com", "expc2.example.com"), {"3"}),
    "uc-server-lacks-expressway-ca": (
        lambda: cucm(tomcat_trust=store(OTHER_ROOT)), ("cucm1.example.com",), {"6c"},
    ),
    "uc-server-not-trusted": (_self_signed_server, ("expc1.example.com", "expc2.example.com"), {"6a", "6c", "6g"}),
    "uc-server-name-not-in-certificate": (lambda: cucm(name="192.0.2.20"), ("192.0.2.20",), {"6a", "6c"}),
    "service-domain-not-in-certificate": (
        lambda: with_node(good_site(), node("expe1.example.com", "E")), ("expe1.example.com",), {"1a", "1b", "1c"},
    ),
    "client-distrusts-edge": (
        lambda: attrs.evolve(good_site(), clients=[Client(service_domain="example.com", trusted_ca=store(OTHER_ROOT))]),
        ("expe1.example.com", "expe2.example.com"), {"1a", "1b", "1c"},
    ),
    "strict-client-refuses-chain": (
        lambda: with_node(good_site(), node("expe1.example.com", "E", "example.com", authority_key_identifier=None)),
        ("expe1.example.com",), {"1a", "1b", "1c"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("release", RELEASES)
def test_a_good_site_has_no_findings(release: str) -> None:
    """Nothing is wrong, every leg that is checked is up, and no rule crashed, on any release."""
    report = audit(good_site(release), at=AT)
    assert report.findings == ()
    assert {result.state for result in report.legs} <= {State.UP, State.NOT_CHECKED}
    assert {one.kind for one in report.outcomes} <= {
        OutcomeKind.PASSED, OutcomeKind.NOT_APPLICABLE, OutcomeKind.NOT_RUN,
    }  # fmt: skip


@pytest.mark.parametrize("rule", FIRING)
def test_a_fault_is_found_by_its_rule_alone(rule: str) -> None:
    """One fault on a good site gives one kind of finding, on the right nodes and legs."""
    make, nodes, legs = FIRING[rule]
    # That an upload is followed by a restart is no fault, and said each time.
    findings = [found for found in audit(make(), at=AT).findings if found.rule != "upload-needs-restart"]
    assert {found.rule for found in findings} == {rule}
    assert sorted({name for found in findings for name in found.nodes}) == sorted(nodes)
    assert {leg.id for found in findings for leg in found.legs} == legs


def test_every_rule_has_a_fault() -> None:
    """No rule is without a test that makes it fire; ids are unique."""
    ids = [rule.id for rule in ALL_RULES]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {*FIRING, *LEG_FAULTS, *REQUEST_FAULTS, *UPLOAD_FAULTS, *FAULTS, *IN_PLACE_FAULTS}


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_a_rule_is_documented(rule: Rule) -> None:
    """A rule says what it checks, why, with an example, the remedy and its references."""
    for heading in ("What it checks:", "Why it matters:", "Example:", "Remedy:", "References:"):
        assert heading in rule.documentation
    assert rule.title.endswith(".")


@pytest.mark.parametrize("rule", sorted(FIRING))
def test_a_finding_carries_its_case(rule: str) -> None:
    """A finding has a certificate or a count, steps to take, and sources."""
    for found in audit(FIRING[rule][0](), at=AT).findings:
        assert found.remedy.steps
        assert found.sources
        assert found.certificate is not None or found.expected is not None
        assert found.code is None or found.explanation


@pytest.mark.parametrize("rule", ["zone-ca-not-trusted", "tunnel-ca-missing", "uc-server-lacks-expressway-ca",
                                  "zone-peer-address-not-in-certificate"])  # fmt: skip
def test_a_remedy_helps(rule: str) -> None:
    """A remedy carried out on the model leaves nothing of the finding."""
    site = FIRING[rule][0]()
    changes = [change for found in audit(site, at=AT).findings for change in found.remedy.changes]
    assert changes
    assert audit(site.apply(changes), at=AT).findings == ()


def test_one_missing_intermediate_is_one_finding() -> None:
    """The same CA missing for many pairs is one line with all its legs and nodes."""
    findings = audit(edge_renewed(), at=AT).findings
    assert len(findings) == 1
    assert [(leg.initiator, leg.acceptor) for leg in findings[0].legs] == [
        ("expc1.example.com", "expe1.example.com"),
        ("expc2.example.com", "expe1.example.com"),
    ]
    assert findings[0].code in NO_ISSUER


def test_tls_comes_up_where_ssh_does_not() -> None:
    """The heart of the source document: the chain travels in TLS and not in SSH."""
    zone = edge_renewed().zones[0]
    assert check_zone(zone, at=AT).ok
    report = check_tunnels(zone, at=AT)
    assert {result.state for result in report.legs if result.acceptor == "expe1.example.com"} == {State.DOWN}
    assert {result.state for result in report.legs if result.acceptor == "expe2.example.com"} == {State.UP}
    assert [found.code for found in report.errors] == [20]


def test_the_second_certificate_is_not_reached() -> None:
    """If Expressway-C refuses first, nothing is guessed of its own certificate."""
    site = good_site().apply(
        [
            SetPeerAddress(zone="Zone", node="expe1.example.com", address="192.0.2.7"),
            SetVerifyName(zone="Zone", name="nobody.example.com"),
        ]
    )
    first = check_zone(site.zones[0], at=AT).legs[0]
    assert [one.state for one in first.judgements] == [State.DOWN, State.NOT_REACHED]
    assert first.judgements[1].why == "expc1.example.com refuses expe1.example.com first"


def test_an_expired_certificate_is_one_fault_on_its_legs() -> None:
    """A certificate that is bad in itself is one finding, with all that it takes down: zone, SSH, XCP, Unified CM."""
    report = audit(core_expired(), at=AT)
    assert [(found.rule, found.code, found.node) for found in report.errors] == [
        ("zone-certificate-refused", codes.CERT_HAS_EXPIRED, "expc1.example.com")
    ]
    assert {leg.id for leg in report.errors[0].legs} == {"2", "3", "4", "6c"}


def test_tunnels_want_client_authentication() -> None:
    """A certificate for servers alone on Expressway-C takes the tunnels down (error 26)."""
    report = check_tunnels(core_for_servers_only().zones[0], at=AT)
    assert [(found.rule, found.code) for found in report.errors] == [("tunnel-certificate-refused", 26)]


def test_a_common_name_alone_is_a_warning() -> None:
    """A name in the common name alone is documented as not accepted, and may work."""
    issued = FACTORY.leaf(ISSUING, common_name="expe1.example.com", dns_names=("example.com",))
    site = good_site()
    changed = attrs.evolve(site.expressway("expe1.example.com"), server_certificate=issued.certificate)
    report = check_zone(with_node(site, changed).zones[0], at=AT)
    assert report.ok
    assert [found.rule for found in report.warnings] == ["zone-peer-address-not-in-certificate"]
    assert {result.state for result in report.legs} == {State.WARNS, State.UP}


@pytest.mark.parametrize(("address", "found"), [("EXPE1.example.COM", False), ("expe1.example.com.", True)])
def test_names_are_compared_whole_and_whatever_their_case(address: str, found: bool) -> None:
    """Case does not count, a trailing dot does."""
    site = good_site().apply([SetPeerAddress(zone="Zone", node="expe1.example.com", address=address)])
    assert bool(check_zone(site.zones[0], at=AT).errors) is found


def test_an_address_counts_where_the_certificate_has_it() -> None:
    """An IP address as peer address must be in the certificate as one."""
    site = good_site()
    with_address = node("expe1.example.com", "E", "example.com", ip_addresses=("192.0.2.7",))
    changed = with_node(site, with_address).apply(
        [SetPeerAddress(zone="Zone", node="expe1.example.com", address="192.0.2.7")]
    )
    assert check_zone(changed.zones[0], at=AT).findings == ()


@pytest.mark.parametrize(
    ("family", "severity"), [(ClientFamily.JABBER, Severity.WARNING), (ClientFamily.PHONE, Severity.ERROR)]
)
def test_jabber_prompts_and_phones_fail(family: ClientFamily, severity: Severity) -> None:
    """What a missing service domain does depends on the client (mra.md A1.6)."""
    site = attrs.evolve(good_site(), clients=[Client(service_domain="example.net", family=family)])
    assert {found.severity for found in check_mra(site, at=AT).findings} == {severity}


@pytest.mark.parametrize("name", ["collab-edge.example.net", "EXAMPLE.net"])
def test_the_service_domain_has_two_spellings(name: str) -> None:
    """The domain itself and collab-edge. before it both do."""
    site = good_site()
    for peer in site.zones[0].edge:
        site = with_node(site, node(peer.name, "E", name))
    site = attrs.evolve(site, clients=[Client(service_domain="example.net", trusted_ca=store(ROOT))])
    assert check_mra(site, at=AT).findings == ()


def test_a_rule_that_crashes_is_no_pass() -> None:
    """A crash is an outcome, makes the report not ok, and stops no other rule."""

    def broken(_context: object) -> object:
        raise KeyError("lost")

    mine = Rule(id="mine", severity=Severity.INFO, stage=Stage.MRA, check=broken)  # type: ignore[arg-type]
    report = Pipeline(rules=(mine, *ALL_RULES)).run(good_site(), at=AT)
    assert (report.outcomes[0].kind, report.outcomes[0].why) == (OutcomeKind.CRASHED, "KeyError: 'lost'")
    assert not report.ok
    assert len(report.outcomes) == len(ALL_RULES) + 1


def never(_context: object) -> Iterator[Hit]:
    """Nothing is wrong."""
    return iter(())


def test_a_pipeline_can_be_sent_to_another_process() -> None:
    """The library's rules come back as themselves, and a rule of somebody's own as an equal one."""
    mine = Rule(id="mine", severity=Severity.INFO, stage=Stage.MRA, check=never)
    pipeline = Pipeline(rules=(*ALL_RULES, mine))
    again = pickle.loads(pickle.dumps(pipeline))  # noqa: S301 - our own bytes
    assert again == pipeline
    assert all(one is other for one, other in zip(again.rules, ALL_RULES, strict=False))


def test_a_rule_is_what_it_says() -> None:
    """Its level and stage are values of the library, and its title is the first line of its docstring, or its id."""

    def silent(_context: object) -> Iterator[Hit]:
        return iter(())

    assert Rule(id="mine", severity=Severity.INFO, stage=Stage.MRA, check=silent).title == "mine"
    silent.__doc__ = "Nothing is wrong.\n\nEver."
    assert Rule(id="mine", severity=Severity.INFO, stage=Stage.MRA, check=silent).title == "Nothing is wrong."
    with pytest.raises(TypeError, match=r"^Rule\.severity is Severity, not str$"):
        Rule(id="mine", severity="info", stage=Stage.MRA, check=silent)


def test_what_is_not_given_is_said() -> None:
    """A rule without its input did not run, and says what it lacks."""
    site = cucm(tomcat=None, tomcat_trust=None, callmanager_trust=None)
    why = {one.rule: one.why for one in audit(site, at=AT).outcomes if one.kind is OutcomeKind.NOT_RUN}
    assert why["uc-server-not-trusted"] == "no certificate of cucm1.example.com is given"
    assert why["uc-server-lacks-expressway-ca"] == "tomcat-trust of cucm1.example.com is not given"


def test_what_a_deployment_lacks_is_named_until_it_is_there() -> None:
    """By node, zone, field or leg: once it is there nothing is asked for, and until then the rules of its legs wait."""
    asked = {"remedy": "Give it", "node": "expc1.example.com"}
    lacking = [
        NotGiven(what="expe9", missing_node="EXPE9.example.com", **asked),
        NotGiven(what="the zone Other", missing_zone="Other", **asked),
        NotGiven(what="the hosts of Webex", missing_field="webex_services", legs=["9"], **asked),
        NotGiven(what="what waits", legs=["10"], **asked),
    ]
    site = good_site()
    wanting = attrs.evolve(site, not_given=lacking)
    given = attrs.evolve(
        wanting,
        expressways=[*wanting.expressways, attrs.evolve(node("expe9.example.com", "E"), cluster_peers=["other"])],
        zones=[*wanting.zones, attrs.evolve(wanting.zones[0], name="Other")],
        webex_services=[FarEnd(name="idbroker.example.org")],
    )
    reports = [audit(one, at=AT) for one in (wanting, given)]
    assert [[found.expected for found in one.findings if found.rule == "input-not-given"] for one in reports] == [
        ["expe9", "the zone Other", "the hosts of Webex", "what waits"],
        [],
    ]
    whys = [{one.rule: one.why for one in report.outcomes} for report in reports]
    assert whys[0]["webex-not-trusted"] == "the hosts of Webex: not given"
    assert whys[1]["webex-not-trusted"] == "no certificate of idbroker.example.org is given"
    assert wanting == site


def test_a_report_answers_for_its_instant() -> None:
    """An audit for a date in the future answers for that date."""
    assert audit(good_site(), at=AT).ok
    later = audit(good_site(), at=AT + timedelta(days=366))
    assert {found.code for found in later.errors if found.legs} == {codes.CERT_HAS_EXPIRED}


def test_a_report_raises_and_is_no_truth_value() -> None:
    """Errors can be raised with the report; its truth cannot be asked for by mistake."""
    report: Report = audit(edge_renewed(), at=AT)
    with pytest.raises(ReportError, match="1 error: zone Zone: SSH tunnels down") as caught:
        report.raise_for_errors()
    assert caught.value.report == report
    with pytest.raises(TypeError, match=r"ask report\.ok"):
        bool(report)
    assert audit(good_site(), at=AT).raise_for_errors() is None


def test_a_pipeline_is_a_choice_of_stages() -> None:
    """Stages may stand first and be words, a rule outside of them is not asked, and what is no stage is an error."""
    site = good_site()
    report = Pipeline(["SSH tunnels"]).run(site, at=AT)
    assert report == Pipeline(stages=(Stage.TUNNELS,), rules=iter(ALL_RULES)).run(site, at=AT)
    assert [one.rule for one in report.outcomes] == [rule.id for rule in ALL_RULES if rule.stage is Stage.TUNNELS]
    with pytest.raises(ValueError, match=r"^'m' is not a valid Stage; there are 'the model itself', "):
        Pipeline("mra")


def test_a_page_escapes_what_certificates_say() -> None:
    """Text out of a certificate never becomes HTML, and the page loads nothing."""
    evil = node("expe1.example.com", "E", "example.com", issuer=FACTORY.root("<script>alert(1)</script>"))
    page = audit(with_node(good_site(), evil), at=AT).to_html()
    assert "<script>" not in page
    assert "\\&lt;script\\&gt;alert(1)" in page
    assert "http" not in page.replace("http-equiv", "").split("<body>")[0]
