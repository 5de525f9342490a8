"""The pages Server certificate and Client certificate: every row of platform.md §1.2, and the clientAuth sunset."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import attrs
import pytest
import upload_faults
from containers import CONTAINERS
from cryptography.hazmat.primitives.asymmetric import rsa
from sites import AT, FACTORY, ISSUING, RENEWED, ROOT, good_site, with_node
from upload_faults import CORE, EDGE, EDGE_NOT_CA, NAMES, OTHER_KEY, UPLOAD_FAULTS, key_pem, leaf, request, uploaded
from upload_words import UPLOAD_WORDS

from expressway_certs import (
    ALL_RULES,
    Certificate,
    Client,
    ClientFamily,
    Effect,
    Expressway,
    OutcomeKind,
    RemoveTrustedCa,
    Report,
    RequestCertificate,
    Rule,
    Settings,
    Severity,
    Stage,
    Upload,
    VerifyPolicy,
    audit,
    check_upload,
    identify,
    try_upload,
    verify,
)
from expressway_certs.product.lifetimes import LIMITS
from expressway_certs.product.namesakes import Reading
from expressway_certs.rules.upload import UPLOAD_RULES

FACTS: Final = Path(__file__).parents[2] / "shared" / "facts" / "platform.md"
SERVER_ONLY: Final = {"extended_key_usage": ("serverAuth",)}
FORMAT: Final = "Invalid certificate: The file provided is not a valid X.509 PEM certificate file."
SAN: Final = "File upload failed.: Subject alternative name must be a valid FQDN"
CN: Final = "File upload failed.: Common name must be a valid FQDN"


@attrs.frozen
class Row:
    """A row of platform.md §1.2: how its first cell begins, a file, and what the page and the report say."""

    facts: str
    make: Callable[[], Report]
    rules: tuple[str, ...] = ()
    effect: Effect | None = None
    words: str | None = None
    alarm: int | None = None


REFUSED, WARNS, LATER, UNKNOWN = Effect.REFUSED, Effect.WARNS, Effect.LATER, Effect.NOT_KNOWN

ROWS: Final = (
    *(
        Row(
            "Not a valid PEM X.509",
            lambda data=data: uploaded(data),
            ("upload-not-a-pem-certificate",),
            REFUSED,
            FORMAT,
        )
        for data in (
            leaf().der,
            CONTAINERS["PKCS#7 in PEM"](leaf()),
            CONTAINERS["PKCS#12"](leaf()),
            request().to_pem(),
            b"garbage",
            key_pem(),
        )
    ),
    Row("Issuing CA chain not", lambda: uploaded(leaf(issuer=RENEWED).pem), ("upload-chain-untrusted",), REFUSED),
    Row(
        "…conflicting line",
        lambda: uploaded(leaf(issuer=RENEWED).pem, release="X12.5"),
        ("upload-chain-untrusted",),
        WARNS,
    ),
    Row(
        "…conflicting line",
        lambda: uploaded(leaf(issuer=RENEWED).pem, settings=Settings(untrusted_chain_upload="warning")),
        ("upload-chain-untrusted",),
        WARNS,
    ),
    Row(
        "SAN entry is a bare hostname",
        lambda: uploaded(leaf(dns_names=(*NAMES[EDGE], "expe1")).pem),
        ("upload-name-not-fqdn",),
        REFUSED,
        SAN,
    ),
    Row(
        "SAN entry is a bare hostname",
        lambda: uploaded(leaf(ip_addresses=("192.0.2.1",)).pem),
        ("upload-name-not-fqdn",),
        REFUSED,
        SAN,
    ),
    Row("SAN entry is a bare hostname", lambda: uploaded(leaf(dns_names=(*NAMES[EDGE], "expe1")).pem, release="X14.0")),
    Row(
        "CN is a bare hostname", lambda: uploaded(leaf(common_name="expe1").pem), ("upload-name-not-fqdn",), REFUSED, CN
    ),
    Row(
        "CN is a bare hostname",
        lambda: uploaded(leaf(common_name="192.0.2.1").pem),
        ("upload-name-not-fqdn",),
        REFUSED,
        CN,
    ),
    Row(
        "CN missing",
        lambda: uploaded(leaf(common_name="").pem),
        ("upload-without-common-name",),
        WARNS,
        "Server certificate does not have a Common Name (CN) attribute. Some services do not work without the CN",
        40052,
    ),
    Row('"Not an acceptable level', upload_faults.signed_with_sha1, ("upload-weak",), WARNS),
    Row(
        '"Not an acceptable level',
        lambda: uploaded(upload_faults.pem(rsa.RSAPublicNumbers(65537, (1 << 1023) | 1).public_key())),
        ("upload-weak",),
        WARNS,
    ),
    Row(
        "clientAuth EKU missing",
        lambda: uploaded(leaf(**SERVER_ONLY).pem, release="X15.2"),
        ("upload-without-client-auth",),
        REFUSED,
    ),
    Row(
        "— same, X15.4",
        lambda: uploaded(leaf(**SERVER_ONLY).pem, release="X15.4"),
        ("upload-without-client-auth",),
        REFUSED,
    ),
    Row(
        "— same, X15.4",
        lambda: uploaded(leaf(CORE, **SERVER_ONLY).pem, CORE, release="X15.4", server_eku_upload=True),
        ("upload-without-client-auth",),
        REFUSED,
    ),
    Row("— same, X15.4", lambda: uploaded(leaf(**SERVER_ONLY).pem, release="X15.4", server_eku_upload=True)),
    Row("— same, X15.5 server store", lambda: uploaded(leaf(**SERVER_ONLY).pem, release="X15.5")),
    Row(
        "X15.5 **client store**",
        lambda: uploaded(leaf(**SERVER_ONLY).pem, release="X15.5", store="client"),
        ("upload-client-store-without-client-auth",),
        REFUSED,
    ),
    *(
        Row("X15.5 **client store**", lambda usages=usages: uploaded(_client(usages), release="X15.5", store="client"))
        for usages in (("clientAuth",), ("clientAuth", "serverAuth"), None)
    ),
    Row(
        "X15.5: tick",
        lambda: uploaded(leaf(**SERVER_ONLY).pem, release="X15.5", boxes=("copy_to_client",)),
        ("upload-copied-without-client-auth",),
        LATER,
    ),
    Row(
        "serverAuth EKU missing",
        lambda: uploaded(leaf(extended_key_usage=("clientAuth",)).pem),
        ("upload-without-server-auth",),
        REFUSED,
    ),
    Row(
        "serverAuth EKU missing",
        lambda: uploaded(leaf(extended_key_usage=("clientAuth",)).pem, release="X15.4"),
        ("upload-without-server-auth",),
        UNKNOWN,
    ),
    Row("Cert with no EKU extension", lambda: uploaded(leaf(extended_key_usage=None).pem)),
    Row(
        "Key does not match",
        lambda: uploaded(leaf().pem, private_key=key_pem(OTHER_KEY)),
        ("upload-key-does-not-match",),
        REFUSED,
    ),
    Row("Expired / not yet valid", lambda: uploaded(leaf(not_after=AT).pem), ("upload-expired",), UNKNOWN, None, 40068),
    Row(
        "Expired / not yet valid",
        lambda: uploaded(leaf(not_before=AT + timedelta(1)).pem),
        ("upload-not-yet-valid",),
        UNKNOWN,
    ),
    Row("Wildcard CN/SAN", lambda: uploaded(leaf(common_name="*.example.com").pem), ("upload-wildcard",), UNKNOWN),
    Row("RSA 8192", UPLOAD_FAULTS["upload-rsa-8192"], ("upload-rsa-8192",), LATER),
    Row("Unsupported OIDs", UPLOAD_FAULTS["upload-name-not-readable"], ("upload-name-not-readable",), LATER),
    Row("ECDSA key/cert", lambda: uploaded(leaf(key="ec").pem), ("upload-key-kind-not-supported",), UNKNOWN),
    Row("ECDSA key/cert", lambda: uploaded(leaf(key="ec").pem, release="X14.3")),
    Row(
        "ECDSA key/cert",
        lambda: uploaded(upload_faults.pem(upload_faults.BRAINPOOL()), release="X14.3"),
        ("upload-key-kind-not-supported",),
        UNKNOWN,
    ),
    Row(
        "DSA",
        lambda: uploaded(upload_faults.pem(upload_faults.DSA_KEY()), release="X14.3"),
        ("upload-key-kind-not-supported",),
        UNKNOWN,
    ),
    Row("Dates beyond 2050", UPLOAD_FAULTS["upload-valid-beyond-2050"], ("upload-valid-beyond-2050",), LATER),
    Row("SAN > 999 characters", lambda: uploaded(leaf(dns_names=upload_faults.many_names()).pem)),
    Row(
        "SAN > 999 characters",
        UPLOAD_FAULTS["upload-alternative-names-too-long"],
        ("upload-alternative-names-too-long",),
        LATER,
    ),
)


def _client(usages: tuple[str, ...] | None) -> str:
    return leaf(extended_key_usage=usages).pem


def faults(report: Report) -> list[str]:
    """Return the rules that fired, but for the restart that follows every upload."""
    return [found.rule for found in report.findings if found.rule != "upload-needs-restart"]


@pytest.mark.parametrize("number", range(len(ROWS)), ids=lambda number: f"{number}-{ROWS[number].facts}")
def test_a_row_of_the_facts(number: int) -> None:
    """Each condition has its verdict: refused, warned of, taken; with the product's own words and the alarm."""
    row = ROWS[number]
    report = row.make()
    found = [one for one in report.findings if one.rule != "upload-needs-restart"]
    expected = [(rule, row.effect, row.words, row.alarm) for rule in row.rules]
    assert [(one.rule, one.effect, one.product_message, one.alarm) for one in found] == expected
    assert (report.after is None) is (row.effect is REFUSED)
    assert bool(report.refused) is (row.effect is REFUSED)


@pytest.mark.skipif(not FACTS.is_file(), reason="the facts are not beside this checkout")
def test_every_row_of_the_facts_is_tried() -> None:
    """No row of §1.2 that has a verdict is without a case above, and no case is without its row."""
    section = FACTS.read_text(encoding="utf-8").split("### 1.2 ")[1].split("\n---")[0]
    rows = [line[2:].split(" | ")[0] for line in section.splitlines() if line.startswith("| ")][1:]
    # The reply of the REST interface is no verdict.
    untried = [row for row in rows if not any(row.startswith(case.facts) for case in ROWS)]
    assert untried == ["REST upload outcome"]
    assert [case.facts for case in ROWS if not any(row.startswith(case.facts) for row in rows)] == []


@pytest.mark.parametrize("rule", UPLOAD_FAULTS)
def test_a_fault_is_found_alone(rule: str) -> None:
    """One fault gives one finding of its rule, and the restart where the page takes the file."""
    report = UPLOAD_FAULTS[rule]()
    restarts = [] if report.refused or rule == "upload-needs-restart" else ["upload-needs-restart"]
    assert [one.rule for one in report.findings] == [rule, *restarts]
    assert report.findings[0].remedy.steps
    assert report.findings[0].sources


@pytest.mark.parametrize("rule", UPLOAD_FAULTS)
def test_a_fault_is_told_in_these_words(rule: str) -> None:
    """What is wrong, what was wanted and found, and the steps, word for word."""
    found = next(one for one in UPLOAD_FAULTS[rule]().findings if one.rule == rule)
    assert (found.message, found.expected, found.found, found.remedy.steps) == UPLOAD_WORDS[rule]


@pytest.mark.parametrize("rule", UPLOAD_RULES, ids=lambda rule: rule.id)
def test_a_rule_says_beforehand_what_the_page_does(rule: Rule) -> None:
    """The effects and words of a rule's hits are among those that its entry in the registry names."""
    found = next(one for one in UPLOAD_FAULTS[rule.id]().findings if one.rule == rule.id)
    assert found.effect in rule.effects
    pattern = ".+".join(map(re.escape, (rule.words or "").split("{}")))
    assert re.fullmatch(pattern, found.product_message or "")


def test_every_effect_that_a_rule_names_is_shown() -> None:
    """No rule names an effect that none of its hits has."""
    shown = {(one.rule, one.effect) for row in ROWS for one in row.make().findings}
    shown |= {(one.rule, one.effect) for make in UPLOAD_FAULTS.values() for one in make().findings}
    shown |= {(one.rule, one.effect) for make in MORE for one in make().findings}
    assert shown >= {(rule.id, effect) for rule in UPLOAD_RULES for effect in rule.effects}


def _expired_ca() -> Report:
    old = FACTORY.intermediate(upload_faults.ROOT, "Expired Issuing CA", not_after=AT - timedelta(1))
    trusted = good_site().expressway(EDGE).trusted_ca.adding(old.certificate)
    return uploaded(leaf(issuer=old).pem, trusted_ca=trusted)


MORE: Final = (
    _expired_ca,
    lambda: uploaded(leaf(not_after=AT + timedelta(2)).pem, release="X12.5"),
    lambda: upload_faults.under_same_name("X12.5"),
    lambda: uploaded(leaf(common_name="").pem, release="X15.5", store="client"),
)


def test_x12_warns_of_a_broken_chain() -> None:
    """Before X14 the page only warned of a chain that does not verify."""
    report = upload_faults.under_same_name("X12.5")
    assert [(one.rule, one.severity, one.code) for one in report.warnings] == [
        ("upload-chain-broken", Severity.WARNING, 7)
    ]
    assert report.ok


SUNSET: Final = """\
release  role          server store  with the EKU switch  copied to client  client store
X12.5    Expressway-C  refused       -                    -                 -
X12.5    Expressway-E  refused       -                    -                 -
X14.0    Expressway-C  refused       -                    -                 -
X14.0    Expressway-E  refused       -                    -                 -
X14.0.2  Expressway-C  refused       -                    -                 -
X14.0.2  Expressway-E  refused       -                    -                 -
X14.2    Expressway-C  refused       -                    -                 -
X14.2    Expressway-E  refused       -                    -                 -
X14.3    Expressway-C  refused       -                    -                 -
X14.3    Expressway-E  refused       -                    -                 -
X15.0    Expressway-C  refused       -                    -                 -
X15.0    Expressway-E  refused       -                    -                 -
X15.2    Expressway-C  refused       -                    -                 -
X15.2    Expressway-E  refused       -                    -                 -
X15.4    Expressway-C  refused       -                    -                 -
X15.4    Expressway-E  refused       taken                -                 -
X15.5    Expressway-C  taken         -                    taken             refused
X15.5    Expressway-E  taken         -                    taken             refused"""


def test_the_sunset_table() -> None:
    """A certificate for servers alone: refused up to X15.3, with a switch on Expressway-E X15.4, taken by X15.5."""
    table = try_upload(leaf(**SERVER_ONLY).pem, good_site().expressway(EDGE), at=AT)
    assert str(table) == SUNSET
    refusals = {one.rule for trial in table.trials if trial.report is not None for one in trial.report.refused}
    assert refusals == {"upload-without-client-auth", "upload-client-store-without-client-auth"}


def test_a_certificate_for_both_is_taken_everywhere() -> None:
    """The same table has no refusal where the certificate has both usages, or none named."""
    for usages in (("serverAuth", "clientAuth"), None):
        table = try_upload(leaf(extended_key_usage=usages).pem, good_site().expressway(EDGE), at=AT)
        assert {trial.verdict for trial in table.trials} == {"taken", "-"}


MISMATCH: Final = ["upload-key-does-not-match"]
NOT_USABLE: Final = ["upload-key-not-usable"]
REUSED: Final = ("reuse_current_key",)
KEY_CASES: Final = {
    "its own": (key_pem(), {}, (), []),
    "another": (key_pem(OTHER_KEY), {}, (), MISMATCH),
    "of the request": (None, {"pending_request": request()}, (), []),
    "of another request": (None, {"pending_request": request(OTHER_KEY)}, (), MISMATCH),
    "of the request, box ticked": (None, {"pending_request": request()}, REUSED, MISMATCH),
    "of the certificate in place": (None, {"server_certificate": leaf().certificate}, REUSED, []),
    "of nothing in place": (None, {"server_certificate": None}, REUSED, []),
    "under a password": (key_pem(password=b"x"), {}, (), NOT_USABLE),
    "garbage": (b"garbage", {}, (), NOT_USABLE),
    "a certificate": (leaf().pem, {}, (), NOT_USABLE),
}


@pytest.mark.parametrize("case", KEY_CASES)
def test_the_key_that_the_page_takes(case: str) -> None:
    """The uploaded one, that of the pending request, or with the box that of the certificate in place."""
    private_key, fields, boxes, expected = KEY_CASES[case]
    report = uploaded(leaf().pem, private_key=private_key, boxes=boxes, **fields)
    assert faults(report) == expected
    assert "PRIVATE KEY" not in report.to_json() + report.to_text() + report.to_html() + repr(report)


def test_a_key_that_nobody_knows_is_not_judged() -> None:
    """Without a key file and a pending request the rule did not run, and says what it lacks."""
    why = {one.rule: one.why for one in uploaded(leaf().pem).outcomes if one.kind.value == "not run"}
    assert why == {"upload-key-does-not-match": "neither a private key nor the node's pending request is given"}


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_has_the_verdict_of_its_pem(container: str) -> None:
    """After the finding on the format comes the verdict on the certificate, and the PEM handed back has that too."""
    issued = leaf(**SERVER_ONLY)
    data = CONTAINERS[container](issued)
    handed_back = identify(data).pem
    assert handed_back is not None
    on_format = [] if identify(data).is_ready else ["upload-not-a-pem-certificate"]
    assert faults(uploaded(data)) == [*on_format, "upload-without-client-auth"]
    assert faults(uploaded(handed_back)) == faults(uploaded(issued.pem)) == ["upload-without-client-auth"]


def test_a_chain_is_pem_as_a_single_certificate_is() -> None:
    """A leaf with its CA is taken as text; as Windows saves text it is refused, and then told to be several."""
    chain = leaf().pem + ISSUING.pem
    assert faults(uploaded(chain)) == ["upload-holds-several-certificates"]
    assert faults(uploaded(chain.encode("utf-16"))) == [
        "upload-not-a-pem-certificate",
        "upload-holds-several-certificates",
    ]


@pytest.mark.parametrize(
    ("issued", "days", "fires"),
    [
        (datetime(2026, 3, 14, tzinfo=UTC), 398, False),
        (datetime(2026, 3, 14, tzinfo=UTC), 399, True),
        (datetime(2026, 3, 15, tzinfo=UTC), 200, False),
        (datetime(2026, 3, 15, tzinfo=UTC), 201, True),
        (datetime(2027, 3, 15, tzinfo=UTC), 101, True),
        (datetime(2029, 3, 14, tzinfo=UTC), 100, False),
        (datetime(2029, 3, 15, tzinfo=UTC), 47, False),
        (datetime(2029, 3, 15, tzinfo=UTC), 48, True),
        (datetime(2019, 1, 1, tzinfo=UTC), 3000, False),
    ],
)
def test_the_limit_is_that_of_the_day_of_issue(issued: datetime, days: int, fires: bool) -> None:
    """398, 200, 100 and 47 days, each from its date on; a private CA has no limit."""
    options = {"not_before": issued, "not_after": issued + timedelta(days)}
    onto = good_site().expressway(EDGE)
    public, private = (
        check_upload(leaf(policies=policies, **options).pem, onto=onto, at=issued + timedelta(1))
        for policies in ([EDGE_NOT_CA], ["1.2.3.4"])
    )
    assert ("upload-lifetime-over-limit" in faults(public)) is fires
    assert "upload-lifetime-over-limit" not in faults(private)


def test_the_limits_shrink() -> None:
    """Each later limit is the shorter one."""
    assert [limit.longest.days for limit in LIMITS] == [398, 200, 100, 47]
    assert sorted(limit.since for limit in LIMITS) == [limit.since for limit in LIMITS]


@pytest.mark.parametrize(("store", "over", "soon"), [("server", 40068, 40069), ("client", 40078, 40079)])
def test_the_alarms_are_those_of_the_store(store: str, over: int, soon: int) -> None:
    """An end that is past or near raises the alarm of the store on X15.5."""
    ends = (AT - timedelta(1), AT + timedelta(1))
    alarms = [
        one.alarm
        for end in ends
        for one in uploaded(
            leaf(not_before=AT - timedelta(9), not_after=end).pem, release="X15.5", store=store
        ).findings
        if one.rule in {"upload-expired", "upload-expires-soon"}
    ]
    assert alarms == [over, soon]


def test_what_the_certificate_lacks_is_named_with_its_use() -> None:
    """Every name that the site needs of the node, what for, and which zone asks."""
    site = attrs.evolve(
        good_site(), chat_node_aliases=["chat.example.com"], phone_security_profiles=["secure.example.com"]
    )
    report = check_upload(leaf(CORE, dns_names=(CORE,)).pem, onto=site.expressway(CORE), deployment=site, at=AT)
    found = report.errors[0]
    assert found.message == (
        f"the certificate file lacks {upload_faults.CLUSTER}, the FQDN of its cluster; "
        f"{upload_faults.CLUSTER}, the TLS verify subject name that Expressway-E asks for in zone Zone; "
        "chat.example.com, an alias of a chat node; secure.example.com, a phone security profile"
    )
    assert found.expected == f"{upload_faults.CLUSTER}, chat.example.com, secure.example.com"
    assert found.found == f"DNS:{CORE}"


@pytest.mark.parametrize(
    ("family", "severity"), [(ClientFamily.JABBER, Severity.WARNING), (ClientFamily.PHONE, Severity.ERROR)]
)
def test_a_domain_that_is_lacking_is_as_bad_as_its_clients_take_it(family: ClientFamily, severity: Severity) -> None:
    """Jabber asks its user, phones fail (mra.md A1.6)."""
    site = attrs.evolve(good_site(), clients=[Client(service_domain="example.net", family=family)])
    report = check_upload(leaf(dns_names=(EDGE,)).pem, onto=site.expressway(EDGE), deployment=site, at=AT)
    assert [(one.rule, one.severity) for one in report.findings[:1]] == [("upload-lacks-names", severity)]


def test_names_are_looked_for_in_the_store_that_shows_them() -> None:
    """On X15.5 Expressway-E looks at the client certificate: the server store need not have the cluster name twice."""
    site = good_site("X15.5")
    verify_name = site.zones[0].tls_verify_subject_name
    plain = leaf(CORE, dns_names=(CORE,)).pem
    server, client = (
        check_upload(plain, onto=site.expressway(CORE), store=store, deployment=site, at=AT)
        for store in ("server", "client")
    )
    assert "in zone Zone" not in next(one for one in server.findings if one.rule == "upload-lacks-names").message
    assert f"{verify_name}, the TLS verify" in next(one for one in client.errors).message


@pytest.mark.parametrize("node", [EDGE, CORE])
def test_alone_a_node_needs_its_own_names(node: str) -> None:
    """Without a deployment only its own FQDN and its cluster's are asked for, and nothing is known to break."""
    onto = good_site().expressway(node)
    report = check_upload(
        leaf(node, common_name="other.example.com", dns_names=("other.example.com",)).pem, onto, at=AT
    )
    assert report.ok
    assert faults(report) == ["upload-lacks-names"]


@pytest.mark.parametrize(
    ("store", "copied", "said"),
    [
        ("client", False, "X15.4 on expe1.example.com has no page Client certificate for the certificate file"),
        (
            "server",
            True,
            "X15.4 on expe1.example.com has no box to copy to the client store for the certificate file",
        ),
    ],
)
def test_before_x15_5_there_is_no_client_store(store: str, copied: bool, said: str) -> None:
    """Neither the page nor the box is there, and nothing else is said of the file."""
    boxes = ("copy_to_client",) * copied
    report = uploaded(leaf().der, release="X15.4", store=store, boxes=boxes)
    assert [one.message for one in report.findings] == [said]


def test_after_an_upload_the_site_has_the_certificate() -> None:
    """The report's site after it has the certificate in its store, the request answered, and the old one elsewhere."""
    renewed = leaf(CORE)
    site = good_site("X15.5")
    pending = request(name=CORE)
    site = with_node(site, attrs.evolve(site.expressway(CORE), pending_request=pending))
    before = site.expressway(CORE)
    report = check_upload(renewed.pem, onto=before, deployment=site, at=AT)
    assert report.after is not None
    after = report.after.expressway(CORE)
    assert (after.server_certificate, after.pending_request) == (renewed.certificate, None)
    assert after.certificate("client") == before.server_certificate
    assert report.after.zones[0].core[0] == after
    copied = check_upload(renewed.pem, onto=before, deployment=site, copy_to_client=True, at=AT)
    assert copied.after is not None
    assert copied.after.expressway(CORE).client_certificate == renewed.certificate


def test_a_node_of_another_site_is_refused() -> None:
    """The node has to be the one of the deployment, and the page one for certificates."""
    site = good_site()
    with pytest.raises(ValueError, match="no Expressway is called expx"):
        check_upload(leaf().pem, onto=attrs.evolve(site.expressway(EDGE), name="expx"), deployment=site)
    with pytest.raises(ValueError, match=r"is not the expe1\.example\.com of the deployment"):
        check_upload(leaf().pem, onto=good_site("X14.0").expressway(EDGE), deployment=site)
    for store in ("both", "trusted-ca"):
        with pytest.raises(ValueError, match=rf"^'{store}' is no store; there are 'server', 'client'$"):
            check_upload(leaf().pem, onto=site.expressway(EDGE), store=store)


def test_the_box_to_copy_is_on_one_page() -> None:
    """The page Client certificate has no box that copies to the client store."""
    with pytest.raises(ValueError, match="on the page Server certificate alone"):
        check_upload(leaf().pem, onto=good_site("X15.5").expressway(EDGE), store="client", copy_to_client=True)


def test_the_rules_of_the_page_are_in_the_registry() -> None:
    """Every rule of the stage is listed, once."""
    assert [rule for rule in ALL_RULES if rule.stage is Stage.UPLOAD] == list(UPLOAD_RULES)
    assert set(UPLOAD_FAULTS) == {rule.id for rule in UPLOAD_RULES}


def test_every_name_that_is_no_fqdn_is_told_of() -> None:
    """The page stops at the first; the report names both, so that the next request has neither."""
    report = uploaded(leaf(common_name="expe1", dns_names=(*NAMES[EDGE], "other")).pem)
    assert [(one.message, one.product_message) for one in report.refused] == [
        ("Subject alternative name other in the certificate file is no FQDN", SAN),
        ("Common name expe1 in the certificate file is no FQDN", CN),
    ]


def test_letters_are_those_of_ascii() -> None:
    """The Kelvin sign is no letter of an FQDN, though it lowers to one."""
    assert faults(uploaded(leaf(common_name="\u212aexpe1.example.com").pem)) == ["upload-name-not-fqdn"]


def test_the_alarm_about_common_names_is_that_of_the_server_certificate() -> None:
    """Its words speak of the server certificate; of the client store none are documented."""
    report = uploaded(leaf(common_name="").pem, release="X15.5", store="client")
    found = next(one for one in report.findings if one.rule == "upload-without-common-name")
    assert (found.effect, found.alarm, found.product_message) == (Effect.NOT_KNOWN, None, None)


@pytest.mark.parametrize(
    ("node", "release", "named"), [(EDGE, "X15.4", True), (CORE, "X15.4", False), (EDGE, "X15.3", False)]
)
def test_the_switch_that_takes_it_is_named_where_there_is_one(node: str, release: str, named: bool) -> None:
    """X15.4 takes a certificate without clientAuth on Expressway-E with a switch, and there alone."""
    (found,) = uploaded(leaf(node, **SERVER_ONLY).pem, node, release=release).refused
    switch = "xConfiguration XCP TLS Certificate CVS EnableServerEkuUpload: On"
    step = f"Or on {node}: {switch}; then upload the certificate file again."
    assert (step in found.remedy.steps) is named


def test_the_name_of_a_file_is_quoted_for_the_shell() -> None:
    """The command of a remedy can be pasted, whatever the file is called."""
    site = good_site()
    upload = Upload(file=leaf().der, node=EDGE, file_name="my cert; rm.cer")
    (found,) = audit(attrs.evolve(site, uploads=[upload]), at=AT).refused
    command = "python -m expressway_certs identify 'my cert; rm.cer' --out new.pem"
    assert found.remedy.steps[0] == f"Make PEM of it: {command} (or export as Base-64)"


def test_two_leaves_have_no_ca_to_upload() -> None:
    """Where the other certificate in the file is no CA's, the remedy sends nothing to the Trusted CA list."""
    (found,) = uploaded(leaf().pem + leaf(CORE).pem).warnings
    assert found.remedy.steps == (
        "On expe1.example.com: Maintenance > Security > Server certificate: upload the leaf alone.",
    )


def test_an_end_at_the_end_of_time_is_no_crash() -> None:
    """The last day that a `datetime` has is judged like any other."""
    end = datetime(9999, 12, 31, 12, tzinfo=UTC)
    report = check_upload(leaf().pem, good_site().expressway(EDGE), at=end)
    assert [one.why for one in report.outcomes if one.kind is OutcomeKind.CRASHED] == []


def test_the_table_of_trials_is_read_in_a_notebook() -> None:
    """What a notebook shows of the table is the table; a switch that is set on the node has its own column still."""
    site = good_site()
    nodes = [attrs.evolve(site.expressway(EDGE), server_eku_upload=is_set) for is_set in (False, True)]
    plain, switched = (try_upload(leaf(**SERVER_ONLY).pem, node, releases=["X15.4"], at=AT) for node in nodes)
    assert repr(switched) == str(plain)


@pytest.mark.parametrize(
    "make",
    [
        lambda: uploaded(leaf(key="ec").pem),
        lambda: uploaded(upload_faults.pem(upload_faults.BRAINPOOL()), release="X14.3"),
        lambda: uploaded(upload_faults.pem(upload_faults.DSA_KEY()), release="X14.3"),
    ],
)
def test_a_key_that_is_not_supported_is_a_warning(make: Callable[[], Report]) -> None:
    """As in a request for such a key: no refusal and no failure is documented."""
    found = [one.severity for one in make().findings if one.rule == "upload-key-kind-not-supported"]
    assert found == [Severity.WARNING]


def _with_namesakes(reading: Reading) -> tuple[str, Expressway]:
    """Return a certificate whose issuer stands below another CA of its name, told apart by key identifiers."""
    twins = [FACTORY.intermediate(ROOT, "Named Twice CA") for _ in range(2)]
    trusted = [one.certificate for one in (ROOT, *twins)]
    return leaf(issuer=twins[1]).pem, attrs.evolve(
        good_site().expressway(EDGE), trusted_ca=trusted, settings=Settings(same_subject_cas=reading)
    )


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        ("first wins", ["upload-chain-untrusted"]),
        ("refused", ["upload-chain-untrusted"]),
        ("key identifiers decide", []),
    ],
)
def test_the_page_looks_a_ca_up_as_the_legs_do(reading: Reading, told: list[str]) -> None:
    """What a namesake hides is not found, by the page no more than by a peer; the list that lacks nothing is named."""
    file, node = _with_namesakes(reading)
    refused = check_upload(file, onto=node, at=AT).refused
    assert [one.rule for one in refused] == told
    leg_verdict = verify(Certificate.from_pem(file), node.effective_ca, policy=VerifyPolicy(at=AT))
    assert leg_verdict.ok is not bool(told)
    for found in refused:
        assert [one.conflict.setting for one in found.settings] == ["untrusted_chain_upload", "same_subject_cas"]
        assert found.message.endswith("; the first O=Example, CN=Named Twice CA in its list hides another")


def test_the_namesake_goes_where_nothing_needs_it() -> None:
    """The remedy deletes the upper one and adds nothing, and then the page takes the certificate."""
    file, node = _with_namesakes("first wins")
    site = with_node(good_site(), node)
    (found,) = check_upload(file, onto=node, deployment=site, at=AT).refused
    upper = node.trusted_ca.certificates[1]
    assert found.remedy.changes == (RemoveTrustedCa(node=EDGE, certificates=[upper]),)
    after = site.apply(found.remedy.changes)
    assert check_upload(file, onto=after.expressway(EDGE), deployment=after, at=AT).refused == ()


def test_a_namesake_that_is_needed_stays() -> None:
    """Where the node's own certificate is below the upper one, the request is for another CA."""
    file, node = _with_namesakes("first wins")
    needed = FACTORY.intermediate(ROOT, "Named Twice CA")
    own = leaf(issuer=needed).certificate
    trusted = [ROOT.certificate, needed.certificate, *node.trusted_ca.certificates[1:]]
    node = attrs.evolve(node, server_certificate=own, trusted_ca=trusted)
    (found,) = check_upload(file, onto=node, deployment=with_node(good_site(), node), at=AT).refused
    (asked,) = found.remedy.changes
    assert isinstance(asked, RequestCertificate)
    assert asked.not_from == ("O=Example, CN=Named Twice CA",)
