"""The page Trusted CA certificate: every row of platform.md §2 that has a verdict, and whom a list makes trusted."""

import itertools
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Final

import attrs
import file_samples
import make_der as make
import pytest
from ca_list_words import CA_LIST_WORDS
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs7, pkcs12
from make_der import Spec
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, RENEWED, ROOT, good_server, good_site, node, store, with_node

from expressway_certs import (
    AddTrustedCa,
    Certificate,
    Client,
    Deployment,
    Effect,
    FarEnd,
    Finding,
    LoadError,
    OutcomeKind,
    RemoveTrustedCa,
    Report,
    Rule,
    Settings,
    Severity,
    State,
    TrustStore,
    Upload,
    audit,
    check_trusted_ca_upload,
)
from expressway_certs.rules.ca_list import CA_LIST_RULES
from expressway_certs.testing import Issued, break_site
from expressway_certs.x509 import der
from expressway_certs.x509.revocation_list import revocation_lists

FACTS: Final = Path(__file__).parents[2] / "shared" / "facts"
CORE: Final = "expc1.example.com"
EDGE: Final = "expe1.example.com"
CUCM: Final = "cucm1.example.com"
DAY: Final = timedelta(days=1)
OTHER_ISSUING: Final = FACTORY.intermediate(OTHER_ROOT, "Other Issuing CA")
NAMESAKE: Final = FACTORY.root("Good Root CA")
SAME_KEY: Final = FACTORY.root("Good Root CA", key=ROOT.key, not_before=AT - 2 * DAY)
BRIDGE: Final = FACTORY.intermediate(ROOT, "Bridge CA")
BRIDGE_ELSEWHERE: Final = FACTORY.intermediate(OTHER_ROOT, "Bridge CA", key=BRIDGE.key)
LEAF: Final = FACTORY.leaf(ISSUING, "leaf.example.com")
TOMCAT, CALLMANAGER = (FACTORY.self_signed(CUCM, dns_names=(CUCM,)) for _ in range(2))
NO_IDS: Final = tuple(
    FACTORY.self_signed(CUCM, dns_names=(CUCM,), subject_key_identifier=None, authority_key_identifier=None)
    for _ in range(2)
)
SELF_SIGNED_EDGE: Final = FACTORY.self_signed(EDGE, dns_names=(EDGE, "example.com"))
INFO: Final = {rule.id for rule in CA_LIST_RULES if rule.severity is Severity.INFO}


def pem_of(certificate: Certificate | None) -> bytes:
    """Return one certificate as a PEM file."""
    assert certificate is not None
    return certificate.to_pem().encode()


def pem(*issued: Issued) -> bytes:
    """Return certificates as one PEM file."""
    return "".join(one.pem for one in issued).encode()


def check(file: bytes, site: Deployment | None = None, onto: str = CORE) -> Report:
    """Upload a file onto a node's list, on the good site unless another is given."""
    site = site or good_site()
    return check_trusted_ca_upload(file, onto=site.expressway(onto), deployment=site, at=AT)


def changed(site: Deployment, name: str, **fields: object) -> Deployment:
    """Return a site with other fields of a node."""
    return with_node(site, attrs.evolve(site.expressway(name), **fields))


def rules(report: Report) -> set[str]:
    """Return the rules that found something."""
    return {found.rule for found in report.findings}


def found_by(report: Report, rule: str) -> Finding:
    """Return the one finding of a rule."""
    (found,) = [one for one in report.findings if one.rule == rule]
    return found


def crl(
    issuer: Issued, until: datetime | None = AT + DAY, revoked: tuple[int, ...] = (), made: datetime = AT - 30 * DAY
) -> bytes:
    """Return a CRL as PEM."""
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.to_cryptography().subject, made, until or AT)
    for serial in revoked:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(serial, AT - DAY).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def with_server(**fields: object) -> Deployment:
    """Return the good site with another Unified CM, that sends its leaves alone."""
    server = attrs.evolve(good_server(), **{"presented_cas": [], "mixed_mode": True, **fields})
    return attrs.evolve(good_site(), uc_servers=[server])


def under_other_root(presented: tuple[Certificate, ...] = ()) -> Deployment:
    """Return the site whose Unified CM is under a CA that the Expressways do not have."""
    leaf = FACTORY.leaf(OTHER_ISSUING, CUCM, dns_names=(CUCM,))
    known = store(ROOT, ISSUING, OTHER_ISSUING)
    return with_server(tomcat=leaf.certificate, tomcat_trust=known, presented_cas=presented)


def bridged() -> Deployment:
    """Return the site whose Unified CM is under a cross-certified CA and sends the certificate that leads home."""
    leaf = FACTORY.leaf(BRIDGE, CUCM, dns_names=(CUCM,))
    return with_server(tomcat=leaf.certificate, presented_cas=[BRIDGE.certificate])


def self_signed_server(tomcat: Issued = TOMCAT, callmanager: Issued = CALLMANAGER) -> Deployment:
    """Return the site whose Unified CM signed its certificates itself; both have the same name."""
    return with_server(tomcat=tomcat.certificate, callmanager=callmanager.certificate)


def edge_signed_itself() -> Deployment:
    """Return the site with an Expressway-E that signed its certificate itself."""
    return changed(good_site(), EDGE, server_certificate=SELF_SIGNED_EDGE.certificate)


def lonely() -> Deployment:
    """Return that Expressway-E and an Expressway-C without a zone."""
    return Deployment(expressways=[node(CORE, "C"), edge_signed_itself().expressway(EDGE)])


def by_hand(name: bytes) -> Certificate:
    """Return a root of that name, made by hand: the factory would sign each, and always writes a common name."""
    start, end = (int((AT + days * DAY).timestamp()) for days in (-1, 100))
    constraint = make.extension("2.5.29.19", make.sequence(make.boolean(True)), critical=True)
    spec = Spec(
        subject=name, issuer=name, key="ec0", signer="ec0", serial=1, start=start, end=end, extensions=(constraint,)
    )
    return Certificate.from_der(make.certificate(spec))


def many(count: int) -> tuple[Certificate, ...]:
    """Return so many different CA certificates."""
    return tuple(by_hand(make.common_name(f"CA {number}")) for number in range(count))


def version_1(*, self_signed: bool = True) -> Certificate:
    """Return a certificate of version 1."""
    name = make.common_name("Old Root CA")
    issuer = name if self_signed else make.common_name("Older Root CA")
    start, end = (int((AT + days * DAY).timestamp()) for days in (-1, 100))
    spec = Spec(subject=name, issuer=issuer, key="ec1", signer="ec1", serial=1, start=start, end=end, version=1)
    return Certificate.from_der(make.certificate(spec))


def ended(days: int) -> Issued:
    """Return a root that ended so many days ago, or ends in as many as the number is below zero."""
    return FACTORY.root(f"Root CA of {days}", not_before=AT - 400 * DAY, not_after=AT - days * DAY)


Made = tuple[Deployment, bytes]


def of_the_kit(rule: str) -> Made:
    """Return the good site with the kit's fault, and the file that waits on it."""
    site = break_site(good_site(), rule, node=CORE, at=AT)
    (upload,) = site.uploads
    return attrs.evolve(site, uploads=()), upload.file


# A site and a file for each rule, on which it fires alone; those in the last place go with it by their nature.
FAULTS: Final[dict[str, tuple[Callable[[], Made], set[str]]]] = {
    "ca-list-not-pem": (partial(of_the_kit, "ca-list-not-pem"), set()),
    "ca-list-holds-key": (partial(of_the_kit, "ca-list-holds-key"), set()),
    "ca-list-too-long": (partial(of_the_kit, "ca-list-too-long"), set()),
    "ca-list-not-a-ca": (partial(of_the_kit, "ca-list-not-a-ca"), set()),
    "ca-list-own-self-signed": (lambda: (lonely(), pem(SELF_SIGNED_EDGE)), set()),
    "ca-list-no-basic-constraints": (lambda: (good_site(), pem_of(version_1())), set()),
    "ca-list-expired": (lambda: (good_site(), pem(ended(1))), set()),
    "ca-list-expires-soon": (lambda: (good_site(), pem(ended(-21))), set()),
    "ca-list-crl-expired": (
        lambda: (good_site(), pem(OTHER_ROOT) + crl(OTHER_ROOT, AT - DAY)), {"ca-list-holds-crl"},
    ),
    "ca-list-crl-unreadable": (
        lambda: (good_site(), pem(OTHER_ROOT) + _cut_off(file_samples.samples()["root.crl"])), set(),
    ),
    "ca-list-holds-crl": (lambda: (good_site(), pem(OTHER_ROOT) + crl(OTHER_ROOT)), set()),
    "ca-list-subject-taken": (partial(of_the_kit, "ca-list-subject-taken"), set()),
    "ca-list-old-one-stays": (partial(of_the_kit, "ca-list-old-one-stays"), set()),
    "ca-list-common-name-taken": (
        lambda: (good_site(), pem(FACTORY.root("Good Root CA", organization="Another"))), set(),
    ),
    "ca-list-still-untrusted": (partial(of_the_kit, "ca-list-still-untrusted"), set()),
    "ca-list-root-missing": (lambda: (good_site(), pem(OTHER_ISSUING)), set()),
    "ca-list-breaks-trust": (lambda: (bridged(), pem(BRIDGE_ELSEWHERE)), set()),
    "ca-list-makes-trusted": (partial(of_the_kit, "ca-list-makes-trusted"), set()),
    "ca-list-already-there": (partial(of_the_kit, "ca-list-already-there"), set()),
    "ca-list-afterwards": (partial(of_the_kit, "ca-list-afterwards"), set()),
}  # fmt: skip


def _cut_off(block: bytes) -> bytes:
    lines = block.splitlines()
    return b"\n".join((*lines[:-2], lines[-1], b""))


def _with_many(count: int, file: bytes) -> Made:
    return changed(good_site(), CORE, trusted_ca=TrustStore(many(count))), file


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_found_by_its_rule_alone(rule: str) -> None:
    """One fault in one file gives one kind of finding, besides the account of the list, and no rule crashes."""
    make_it, companions = FAULTS[rule]
    site, file = make_it()
    report = check(file, site)
    assert rules(report) == {rule, "ca-list-afterwards"} | companions
    assert OutcomeKind.CRASHED not in {one.kind for one in report.outcomes}
    assert {one.rule for one in report.outcomes} >= {one.id for one in CA_LIST_RULES}


@pytest.mark.parametrize("rule", FAULTS)
def test_a_finding_carries_its_case(rule: str) -> None:
    """A finding names the node, has steps to take, what was wanted, and sources."""
    site, file = FAULTS[rule][0]()
    found = next(one for one in check(file, site).findings if one.rule == rule)
    assert found.nodes == (CORE,)
    assert found.remedy.steps
    assert found.expected
    assert found.sources
    assert found.code is None or found.explanation


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_told_in_these_words(rule: str) -> None:
    """What is wrong, what was wanted and found, and the steps, word for word but for fingerprints."""
    site, file = FAULTS[rule][0]()
    found = next(one for one in check(file, site).findings if one.rule == rule)
    steps = tuple(re.sub(r"SHA-256 \w{8}", "SHA-256 ...", step) for step in found.remedy.steps)
    texts = [
        re.sub(r"SHA-256 \w{8}", "SHA-256 ...", text or "") for text in (found.message, found.expected, found.found)
    ]
    assert (*texts, steps) == CA_LIST_WORDS[rule]


def test_every_rule_of_the_page_has_its_fault() -> None:
    """No rule of the page is without a file on which it fires."""
    assert [one.id for one in CA_LIST_RULES] == list(FAULTS)


def test_a_plain_chain_is_taken_without_a_word() -> None:
    """A root and an intermediate under it give the account of the list and nothing else."""
    report = check(pem(OTHER_ROOT, OTHER_ISSUING))
    assert rules(report) == {"ca-list-afterwards"}
    assert report.ok


# The rows of platform.md §2 by their first words, with (site, file, the findings above the account of the list).
Expected = set[tuple[str, Severity, Effect | None]]
_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
_LATER, _REFUSED, _ALARM, _UNKNOWN = Effect.LATER, Effect.REFUSED, Effect.ALARM, Effect.NOT_KNOWN


def refusing(site: Deployment) -> Deployment:
    """Return the site on which two of one subject are refused."""
    return changed(site, CORE, settings=Settings(same_subject_cas="refused"))


ROWS: Final[list[tuple[str, Callable[[], Made], Expected]]] = [
    ("PEM file with one or many CAs", lambda: (good_site(), pem(OTHER_ROOT)), set()),
    ("PEM file with one or many CAs", lambda: (good_site(), pem(OTHER_ROOT, OTHER_ISSUING)), set()),
    (
        "PEM file with one or many CAs", lambda: (good_site(), pem(OTHER_ROOT, ROOT)),
        {("ca-list-already-there", _I, None)},
    ),
    (
        "PEM file with one or many CAs", lambda: (good_site(), pem(OTHER_ROOT, OTHER_ROOT)),
        {("ca-list-already-there", _I, None)},
    ),
    ("PEM file with one or many CAs", lambda: (good_site(), OTHER_ROOT.der), {("ca-list-not-pem", _E, _REFUSED)}),
    ("PEM file with one or many CAs", lambda: (good_site(), pem(SAME_KEY)), {("ca-list-old-one-stays", _W, _LATER)}),
    (
        '"Show all (PEM file)" layout',
        lambda: (good_site(), b"O=Example, CN=Other Root CA\n" + pem(OTHER_ROOT) + b"O=Example\n" + pem(OTHER_ISSUING)),
        set(),
    ),
    ("Max **1000** CAs", lambda: _with_many(999, pem(OTHER_ROOT)), set()),
    ("Max **1000** CAs", lambda: _with_many(1000, pem(OTHER_ROOT)), {("ca-list-too-long", _E, _UNKNOWN)}),
    (
        'Peer verification "mandating" checks', lambda: (under_other_root(), pem(OTHER_ROOT, OTHER_ISSUING)),
        {("ca-list-makes-trusted", _I, None)},
    ),
    (
        "Root in list alone or intermediate alone", lambda: (under_other_root(), pem(OTHER_ROOT)),
        {("ca-list-still-untrusted", _E, _LATER)},
    ),
    (
        "Root in list alone or intermediate alone", lambda: (under_other_root(), pem(OTHER_ISSUING)),
        {("ca-list-still-untrusted", _E, _LATER)},
    ),
    (
        "→ no partial-chain trust", lambda: (good_site(), pem(OTHER_ISSUING)),
        {("ca-list-root-missing", _W, _LATER)},
    ),
    (
        "CA certs must carry **BasicConstraints**", lambda: (good_site(), pem_of(version_1())),
        {("ca-list-no-basic-constraints", _W, _LATER)},
    ),
    (
        "CA certs must carry **BasicConstraints**",
        lambda: (good_site(), pem(FACTORY.root("Bare CA", is_ca=None))),
        {("ca-list-no-basic-constraints", _W, _LATER)},
    ),
    (
        "Lookup is **by subject name, first match wins**", lambda: (self_signed_server(), pem(TOMCAT, CALLMANAGER)),
        {("ca-list-subject-taken", _E, _LATER), ("ca-list-makes-trusted", _I, None)},
    ),
    (
        "Lookup is **by subject name, first match wins**", lambda: (good_site(), pem(NAMESAKE)),
        {("ca-list-subject-taken", _W, _LATER)},
    ),
    (
        "Two different (e.g. self-signed) certs with the same CN", lambda: (refusing(good_site()), pem(NAMESAKE)),
        {("ca-list-subject-taken", _E, _REFUSED)},
    ),
    (
        "Two different (e.g. self-signed) certs with the same CN", lambda: (refusing(good_site()), pem(SAME_KEY)),
        {("ca-list-old-one-stays", _E, _REFUSED)},
    ),
    (
        "Duplicate-CN CAs can also break IdP (SSO) logins",
        lambda: (good_site(), pem(FACTORY.root("Good Root CA", organization="Another"))),
        {("ca-list-common-name-taken", _W, _LATER)},
    ),
    ("Expired CA or expired CRL", lambda: (good_site(), pem(ended(1))), {("ca-list-expired", _W, _ALARM)}),
    (
        "Expired CA or expired CRL", lambda: (good_site(), pem(OTHER_ROOT) + crl(OTHER_ROOT, AT - DAY)),
        {("ca-list-crl-expired", _E, _LATER), ("ca-list-holds-crl", _I, None)},
    ),
    (
        "Self-signed *remote* leaf certs", lambda: (self_signed_server(), pem(TOMCAT)),
        {("ca-list-makes-trusted", _I, None)},
    ),
    (
        "Self-signed *Expressway* server cert", lambda: (lonely(), pem(SELF_SIGNED_EDGE)),
        {("ca-list-own-self-signed", _W, _LATER)},
    ),
    (
        "Self-signed *Expressway* server cert", lambda: (edge_signed_itself(), pem(SELF_SIGNED_EDGE)),
        {("ca-list-own-self-signed", _E, _LATER), ("ca-list-makes-trusted", _I, None)},
    ),
    (
        "CRL PEM blocks may be embedded in the CA file", lambda: (good_site(), pem(OTHER_ROOT) + crl(OTHER_ROOT)),
        {("ca-list-holds-crl", _I, None)},
    ),
    (
        "X14.0.1+: alarms for trust-store", lambda: (good_site("X14.0.1"), pem(ended(-20))),
        {("ca-list-expires-soon", _W, _ALARM)},
    ),
    (
        "X14.0.1+: alarms for trust-store", lambda: (good_site("X14.0"), pem(ended(-20))),
        {("ca-list-expires-soon", _W, _LATER)},
    ),
    (
        "X14.0.1+: alarms for trust-store", lambda: (good_site("X14.0.1"), pem(ended(3))),
        {("ca-list-expired", _W, _ALARM)},
    ),
    (
        "X14.0.1+: alarms for trust-store", lambda: (good_site("X14.0"), pem(ended(3))),
        {("ca-list-expired", _W, _LATER)},
    ),
    ("X14.0.1+: alarms for trust-store", lambda: (good_site("X14.0.1"), pem(ended(-22))), set()),
    ("List is per peer", lambda: (good_site("X15.5"), pem(OTHER_ROOT)), set()),
    ("Pasting leaf / non-CA cert", lambda: (good_site(), pem(LEAF)), {("ca-list-not-a-ca", _W, _UNKNOWN)}),
]  # fmt: skip

NO_VERDICT: Final = {
    "Default list (X12.6+)": "what is in a new list",
    'Separate "CA certificate for mTLS"': "another list",
    "REST: POST": "the answer of another interface",
}


@pytest.mark.parametrize(("row", "make_it", "expected"), ROWS, ids=[row for row, _, _ in ROWS])
def test_a_row_of_the_facts(row: str, make_it: Callable[[], Made], expected: Expected) -> None:
    """What platform.md §2 says in that row is what a report says, with its severity and what the page does."""
    site, file = make_it()
    findings = [one for one in check(file, site).findings if one.rule != "ca-list-afterwards"]
    assert {(one.rule, one.severity, one.effect) for one in findings} == expected, row


@pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside this checkout")
def test_every_row_of_the_facts_has_its_test() -> None:
    """The first words of every row of platform.md §2 are here, in a test or among those without a verdict."""
    text = (FACTS / "platform.md").read_text(encoding="utf-8").split("\n## 2. ")[1].split("\n## 3. ")[0]
    rows = re.findall(r"^\| (?!Fact|---)(.+?) \|", text, re.MULTILINE)
    named = dict.fromkeys((*(row for row, _, _ in ROWS), *NO_VERDICT))
    assert len(rows) == len(named)
    assert [row for row in rows if not any(row.startswith(name) for name in named)] == []


@cache
def all_findings() -> tuple[Finding, ...]:
    """Return what is found in all the files above, and in a CRL alone."""
    made = [make_it() for _, make_it, _ in ROWS] + [make_it() for make_it, _ in FAULTS.values()]
    made.append((good_site(), file_samples.samples()["root.crl"]))
    return tuple(found for site, file in made for found in check(file, site).findings)


@pytest.mark.parametrize("rule", CA_LIST_RULES, ids=lambda rule: rule.id)
def test_a_rule_names_what_the_page_does(rule: Rule) -> None:
    """The table in the docs has just those effects that findings have."""
    assert {one.effect for one in all_findings() if one.rule == rule.id} - {None} == set(rule.effects)


def test_what_the_page_says_is_not_made_up() -> None:
    """None of the page's own words were found, so no finding has any."""
    assert {found.product_message for found in all_findings()} == {None}
    assert {rule.words for rule in CA_LIST_RULES} == {None}


# The list afterwards.


def test_the_list_is_appended_to_in_the_order_of_the_file() -> None:
    """New ones stand below the old, each once; the other nodes keep their lists."""
    site = good_site()
    after = check(pem(OTHER_ISSUING, ROOT, OTHER_ROOT, OTHER_ISSUING), site).after
    assert after is not None
    expected = [one.certificate for one in (ROOT, ISSUING, OTHER_ISSUING, OTHER_ROOT)]
    assert list(after.expressway(CORE).trusted_ca) == expected
    assert after.expressway("expc2.example.com") == site.expressway("expc2.example.com")
    assert after.zones[0].core[0] == after.expressway(CORE)


def test_the_account_counts() -> None:
    """How many are new, how many were there or stand twice, and how many there are then; the other peer is named."""
    found = found_by(check(pem(OTHER_ISSUING, ROOT, OTHER_ROOT, OTHER_ISSUING)), "ca-list-afterwards")
    assert found.message == (
        "the CA file: 2 new, 2 there already or twice; the list of expc1.example.com has 2 and then 4, "
        "the new ones at its end"
    )
    assert found.remedy.steps == (
        "On expc2.example.com: Maintenance > Security > Trusted CA certificate: the same file.",
        "Restart expc1.example.com: Maintenance > Restart options",
    )


def test_a_peer_that_has_it_is_not_asked_again() -> None:
    """A peer whose list holds all of the file needs no upload, and an unchanged list no restart."""
    site = changed(good_site(), "expc2.example.com", trusted_ca=store(ROOT, ISSUING, OTHER_ROOT))
    assert found_by(check(pem(OTHER_ROOT), site), "ca-list-afterwards").remedy.steps == (
        "Restart expc1.example.com: Maintenance > Restart options",
    )
    assert found_by(check(pem(ROOT)), "ca-list-afterwards").remedy.steps == ("Nothing is to be done.",)


@pytest.mark.parametrize("file", [OTHER_ROOT.der, b"", b"nonsense", crl(OTHER_ROOT), OTHER_ROOT.key_pem.encode()])
def test_a_file_that_is_not_taken_leaves_no_list(file: bytes) -> None:
    """Where the page refuses the file, or there is no certificate in it, there is no afterwards."""
    report = check(file)
    assert report.after is None
    assert not report.ok


def test_a_refused_namesake_leaves_no_list() -> None:
    """By the source that has the page refuse it, nothing is added; the setting is told."""
    report = check(pem(NAMESAKE), refusing(good_site()))
    assert report.after is None
    assert [str(one) for one in found_by(report, "ca-list-subject-taken").settings] == [
        "same_subject_cas='refused' (platform.md §11 C7; other sources say 'first wins' or 'key identifiers decide')"
    ]


def test_a_refused_namesake_breaks_nobody() -> None:
    """Where the page refuses the file, nothing is said to break; where nothing rests on it, neither."""
    for site in (refusing(self_signed_server()), good_site()):
        message = found_by(check(pem(TOMCAT, CALLMANAGER), site), "ca-list-subject-taken").message
        assert message.endswith("which stands above it and is used")


def test_nothing_new_changes_nothing() -> None:
    """A file of what is there already leaves the deployment as it is."""
    site = good_site()
    assert check(pem(ISSUING, ROOT), site).after == site


def test_a_key_is_not_shown() -> None:
    """The private key in a CA file is in no report."""
    report = check(pem(OTHER_ROOT) + OTHER_ROOT.key_pem.encode())
    assert "PRIVATE KEY" not in report.to_json() + report.to_text() + repr(report.findings)


# The format, and nothing but it.

CONTAINERS: Final[dict[str, tuple[Callable[[], bytes], bool]]] = {
    "PEM": (lambda: pem(OTHER_ROOT, OTHER_ISSUING), False),
    "Windows line ends": (lambda: pem(OTHER_ROOT, OTHER_ISSUING).replace(b"\n", b"\r\n"), False),
    "UTF-16": (lambda: pem(OTHER_ROOT, OTHER_ISSUING).decode().encode("utf-16"), True),
    "byte order mark": (lambda: b"\xef\xbb\xbf" + pem(OTHER_ROOT, OTHER_ISSUING), True),
    "DER": (lambda: OTHER_ROOT.der + OTHER_ISSUING.der, True),
    "PKCS#7": (lambda: pkcs7.serialize_certificates(_both(), Encoding.DER), True),
    "PKCS#7 in PEM": (lambda: pkcs7.serialize_certificates(_both(), Encoding.PEM), True),
    "PKCS#12": (lambda: pkcs12.serialize_key_and_certificates(None, None, None, _both(), NoEncryption()), True),
    "TRUSTED CERTIFICATE": (lambda: pem(OTHER_ROOT, OTHER_ISSUING).replace(b" CERT", b" TRUSTED CERT"), True),
    "blank lines": (lambda: pem(OTHER_ROOT, OTHER_ISSUING).replace(b"\n", b"\n\n"), True),
}


def _both() -> list[x509.Certificate]:
    return [OTHER_ROOT.certificate.to_cryptography(), OTHER_ISSUING.certificate.to_cryptography()]


@pytest.mark.parametrize("container", CONTAINERS)
def test_the_container_changes_nothing_but_the_format_finding(container: str) -> None:
    """The same certificates in any container get the same findings, besides that of the format."""
    make_it, is_refused = CONTAINERS[container]
    site = under_other_root()
    site = changed(site, CORE, trusted_ca=store(ROOT, ISSUING, FACTORY.root("Other Root CA", serial_number=5)))
    plain, found = check(pem(OTHER_ROOT, OTHER_ISSUING), site), check(make_it(), site)
    assert len(plain.findings) > 2

    def verdicts(report: Report) -> set[tuple[object, ...]]:
        kept = [one for one in report.findings if one.rule != "ca-list-not-pem"]
        return {(one.rule, one.severity, one.effect, one.message, one.legs) for one in kept}

    assert verdicts(found) == verdicts(plain)
    assert [one.rule for one in found.refused] == ["ca-list-not-pem"] * is_refused
    assert (found.after is None) is is_refused


@pytest.mark.parametrize("name", sorted(file_samples.samples()))
def test_any_file_gets_a_report(name: str) -> None:
    """Whatever is uploaded, no rule crashes; what is not PEM certificates is said to be so."""
    report = check(file_samples.samples()[name])
    assert OutcomeKind.CRASHED not in {one.kind for one in report.outcomes}
    taken = {"leaf.pem", "chain.pem", "labelled.pem", "x509.pem"}
    assert ("ca-list-not-pem" in rules(report)) is (name not in taken)


@pytest.mark.parametrize(
    ("name", "effect", "confidence"),
    [
        ("leaf.der", Effect.REFUSED, "documented"),
        ("request.csr", Effect.REFUSED, "inferred"),
        ("root.crl", Effect.NOT_KNOWN, "inferred"),
    ],
)
def test_only_what_is_documented_is_called_so(name: str, effect: Effect, confidence: str) -> None:
    """That DER is refused is documented; of PEM without a certificate it is inferred, of CRLs alone not known."""
    found = found_by(check(file_samples.samples()[name]), "ca-list-not-pem")
    assert (found.effect, {one.confidence for one in found.sources}) == (effect, {confidence})


def test_a_file_that_is_not_there_is_an_error() -> None:
    """A path that cannot be read raises, and a node that is not the deployment's does."""
    with pytest.raises(LoadError):
        check_trusted_ca_upload("there is no such file.pem", onto=node(CORE, "C"))
    with pytest.raises(ValueError, match=r"is not the expc1\.example\.com of the deployment"):
        check_trusted_ca_upload(pem(ROOT), onto=node(CORE, "C"), deployment=good_site())


def test_a_node_by_itself_is_enough() -> None:
    """Without a deployment the file is judged for the node alone."""
    report = check_trusted_ca_upload(pem(OTHER_ROOT), onto=node(CORE, "C"), at=AT)
    assert rules(report) == {"ca-list-afterwards"}
    assert report.after is not None


def test_an_audit_looks_at_files_that_wait() -> None:
    """A file that waits for the list is judged by an audit as by the page."""
    waiting = Upload(file=OTHER_ROOT.der, node=CORE, file_name="other.cer", store="trusted-ca")
    report = audit(attrs.evolve(good_site(), uploads=[waiting]), at=AT)
    assert rules(report) == {"ca-list-not-pem", "ca-list-afterwards"}
    assert found_by(report, "ca-list-not-pem").message.startswith("other.cer is a DER certificate")


# The certificates.


@pytest.mark.parametrize(("days", "expected"), [(-21, True), (-22, False), (0, False)])
def test_soon_is_21_days(days: int, expected: bool) -> None:
    """The last of 21 days counts; one that ends this very instant has ended."""
    assert ("ca-list-expires-soon" in rules(check(pem(ended(days))))) is expected


def test_the_end_itself_is_expired() -> None:
    """OpenSSL takes a certificate as expired at its notAfter, and so does this."""
    found = found_by(check(pem(ended(0))), "ca-list-expired")
    assert found.message == "the CA certificate O=Example, CN=Root CA of 0 in the CA file ended on 2026-11-24"
    assert found.effect is Effect.ALARM


def test_one_that_has_not_begun_is_out_of_its_validity() -> None:
    """A CA certificate of the future is of no use yet, and raises no alarm."""
    found = found_by(check(pem(FACTORY.root("Future CA", not_before=AT + DAY))), "ca-list-expired")
    assert found.message == "the CA certificate O=Example, CN=Future CA in the CA file does not hold before 2026-11-25"
    (step,) = found.remedy.steps
    assert step.endswith(": upload the CA file on 2026-11-25 12:00 UTC or later; check NTP if it should hold now.")
    assert found.effect is Effect.LATER


def test_an_expired_ca_that_is_relied_on_is_an_error() -> None:
    """It is a warning as long as nothing of the deployment rests on it."""
    old = FACTORY.root("Old CA", not_before=AT - 400 * DAY, not_after=AT - DAY)
    leaf = FACTORY.leaf(old, CUCM, dns_names=(CUCM,))
    assert found_by(check(pem(old)), "ca-list-expired").severity is Severity.WARNING
    report = check(pem(old), with_server(tomcat=leaf.certificate))
    assert found_by(report, "ca-list-expired").severity is Severity.ERROR
    own = FACTORY.self_signed(CUCM, dns_names=(CUCM,), not_before=AT - 400 * DAY, not_after=AT - DAY)
    report = check(pem(own), self_signed_server(own))
    assert found_by(report, "ca-list-expired").severity is Severity.ERROR


def test_a_ca_without_basic_constraints_is_known_by_what_it_issued() -> None:
    """Neither version nor key usage says that it is a CA; a certificate of the deployment does."""
    bare = FACTORY.intermediate(ROOT, "Bare CA", is_ca=None, key_usage=None)
    assert rules(check(pem(bare))) == {"ca-list-not-a-ca", "ca-list-afterwards"}
    leaf = FACTORY.leaf(bare, CUCM, dns_names=(CUCM,))
    sites = (
        with_server(tomcat=leaf.certificate),
        with_server(tomcat_trust=store(ROOT, leaf)),
        changed(good_site(), "expe2.example.com", server_certificate=leaf.certificate),
    )
    for found in (*(rules(check(pem(bare), site)) for site in sites), rules(check(pem(bare, leaf)))):
        assert "ca-list-no-basic-constraints" in found
    assert "ca-list-not-a-ca" not in rules(check(pem(bare), sites[0]))


def test_a_leaf_of_version_1_is_no_ca() -> None:
    """Only a self-signed one of version 1 counts as a root."""
    assert rules(check(pem_of(version_1(self_signed=False)))) == {"ca-list-not-a-ca", "ca-list-afterwards"}


def test_two_self_signed_of_one_name_are_no_cas() -> None:
    """That a server's second certificate has its first one's name as its issuer makes no CA of the first."""
    assert "ca-list-no-basic-constraints" not in rules(check(pem(*NO_IDS), self_signed_server(*NO_IDS)))


def test_a_certificate_of_an_expressway_that_a_ca_issued_is_just_no_ca() -> None:
    """Only one that signed itself is told of as such."""
    assert rules(check(pem_of(good_site().expressway(EDGE).server_certificate))) == {
        "ca-list-not-a-ca",
        "ca-list-afterwards",
    }


def test_a_self_signed_server_of_somebody_else_is_let_be() -> None:
    """The certificate of an unknown server that signed itself is no fault."""
    assert rules(check(pem(FACTORY.self_signed("imp1.example.com")))) == {"ca-list-afterwards"}


# Revocation lists.


def test_the_account_of_a_crl() -> None:
    """Whose it is, how many it revokes, and whether its CA is in the list then."""
    found = found_by(check(pem(OTHER_ROOT) + crl(OTHER_ROOT, revoked=(1, 2))), "ca-list-holds-crl")
    assert found.message == (
        "the CA file holds a CRL of O=Example, CN=Other Root CA, which LDAP goes by: 2 revoked; "
        "its CA is in the list then"
    )
    assert found.certificate == OTHER_ROOT.certificate
    stranger = found_by(check(pem(OTHER_ROOT) + crl(BRIDGE)), "ca-list-holds-crl")
    assert stranger.message.endswith("its CA is not in the list then")


def test_an_expired_crl_is_told_of_its_own_ca_alone() -> None:
    """Of two CRLs the one that is out of date is named; at its next update a CRL is out of date."""
    found = check(pem(OTHER_ROOT, OTHER_ISSUING) + crl(OTHER_ISSUING) + crl(OTHER_ROOT, AT))
    assert found_by(found, "ca-list-crl-expired").certificate == OTHER_ROOT.certificate
    assert len([one for one in found.findings if one.rule == "ca-list-holds-crl"]) == 2


DIRECTORY: Final = FACTORY.leaf(ISSUING, "ldap.example.com", dns_names=("ldap.example.com",))


def with_directory(**fields: object) -> Deployment:
    """Return the good site with an LDAP server that the first Expressway-C looks up in CRLs."""
    far_end = FarEnd(name="ldap.example.com", server_certificate=DIRECTORY.certificate)
    return attrs.evolve(changed(good_site(), CORE, ldap_crls="Peer", **fields), ldap_servers=[far_end])


def test_the_crls_of_the_file_are_in_the_deployment_afterwards() -> None:
    """They stand after those that the CA file had, each once, and LDAP goes by them then."""
    old, new = crl(OTHER_ISSUING), crl(ISSUING)
    site = with_directory(trusted_ca_crls=[old])
    report = check(pem(OTHER_ROOT) + new + old, site)
    assert report.after is not None
    assert report.after.expressway(CORE).trusted_ca_crls == revocation_lists([old, new])
    before, after = (
        [leg.state for leg in audit(one, at=AT).legs if leg.leg.id == "16" and leg.initiator == CORE]
        for one in (site, report.after)
    )
    assert (before, after) == ([State.NOT_CHECKED], [State.UP])


def test_a_crl_of_the_file_can_break_trust() -> None:
    """A certificate that the newer CRL in the file revokes is told of before the upload, and how to leave that out."""
    revoking = crl(ISSUING, revoked=(DIRECTORY.certificate.serial_number,))
    file = pem(OTHER_ROOT) + revoking
    site = with_directory(trusted_ca_crls=[crl(ISSUING, made=AT - 31 * DAY)])
    site = attrs.evolve(site, uploads=[Upload(file=file, node=CORE, file_name="ca.pem", store="trusted-ca")])
    found = [one for one in audit(site, at=AT).findings if one.rule == "ca-list-breaks-trust"]
    assert [(one.message, one.certificate) for one in found] == [
        (f"with ca.pem {CORE} no longer trusts ldap.example.com (certificate revoked)", DIRECTORY.certificate)
    ]
    assert found[0].remedy.before == (
        f"Leave out the CRL of {ISSUING.certificate.subject}, or replace {DIRECTORY.certificate.subject} first.",
    )
    mended = site.apply(found[0].remedy.changes)
    assert [one.rule for one in audit(mended, at=AT).findings if one.rule == "ca-list-breaks-trust"] == []


def test_crls_in_pkcs7_are_seen() -> None:
    """A PKCS#7 file without CRLs is none with a damaged one."""
    assert "ca-list-crl-unreadable" not in rules(check(CONTAINERS["PKCS#7"][0]()))


# Two of one subject.

_BREAKS: Final = "cucm1.example.com (callmanager: leg 6e, leg 6e-back)"


@pytest.mark.parametrize(
    ("pair", "chosen"),
    [((TOMCAT, CALLMANAGER), True), (NO_IDS, False)],
    ids=["key identifiers", "no key identifiers"],
)
@pytest.mark.parametrize("in_list", [True, False], ids=["one in the list", "both in the file"])
def test_tomcat_and_callmanager_share_their_name(pair: tuple[Issued, Issued], chosen: bool, in_list: bool) -> None:
    """The upper one serves; the other breaks by the guides, and by OpenSSL where no key identifier helps (mra.md E)."""
    site = self_signed_server(*pair)
    if in_list:
        site = changed(site, CORE, trusted_ca=store(ROOT, ISSUING, pair[0]))
    report = check(pem(pair[1]) if in_list else pem(*pair), site)
    found = found_by(report, "ca-list-subject-taken")
    assert found.severity is Severity.ERROR
    assert found.message.endswith(f"which stands above it and is used; that breaks {_BREAKS}")
    assert found.certificate == pair[1].certificate
    assert ("OpenSSL by itself would choose the right one" in (found.explanation or "")) is chosen
    assert found.remedy.changes == ()
    assert f"is needed by {CUCM} (tomcat: leg 6a, leg 6c, leg 6g): the list cannot serve both" in found.remedy.steps[0]
    told = [one for one in report.findings if one.rule == "ca-list-makes-trusted" and one.settings]
    assert [[leg.id for leg in one.legs] for one in told] == [["6e", "6e-back"]] * chosen


@pytest.mark.parametrize(("pair", "breaks"), [((TOMCAT, CALLMANAGER), False), (NO_IDS, True)])
def test_where_key_identifiers_decide_a_namesake_need_not_hurt(pair: tuple[Issued, Issued], breaks: bool) -> None:
    """By that side of the setting nothing breaks that the key identifiers tell apart, and it is a warning."""
    settings = Settings(same_subject_cas="key identifiers decide")
    found = found_by(
        check(pem(*pair), changed(self_signed_server(*pair), CORE, settings=settings)), "ca-list-subject-taken"
    )
    assert (found.severity is Severity.ERROR, _BREAKS in found.message) == (breaks, breaks)
    assert [one.value for one in found.settings] == ["key identifiers decide"]


@pytest.mark.parametrize("order", list(itertools.permutations((0, 1))))
def test_the_order_of_the_file_decides(order: tuple[int, int]) -> None:
    """Whichever stands first is used, and the service with the other certificate breaks."""
    pair = (TOMCAT, CALLMANAGER)
    report = check(pem(*(pair[one] for one in order)), self_signed_server())
    breaks = found_by(report, "ca-list-subject-taken").message.split("that breaks ")[1]
    legs = {0: f"{CUCM} (tomcat: leg 6a, leg 6c, leg 6g)", 1: _BREAKS}
    assert breaks == legs[order[1]]


def test_a_renewed_ca_wants_the_old_one_deleted() -> None:
    """A CA renewed with another key breaks what it issued, until the old one is deleted; the remedy does that."""
    new = FACTORY.root("Other Root CA", serial_number=3)
    leaf = FACTORY.leaf(new, CUCM, dns_names=(CUCM,))
    site = changed(with_server(tomcat=leaf.certificate), CORE, trusted_ca=store(ROOT, ISSUING, OTHER_ROOT))
    found = found_by(check(pem(new), site), "ca-list-subject-taken")
    assert found.severity is Severity.ERROR
    assert found.remedy.changes == (RemoveTrustedCa(node=CORE, certificates=[OTHER_ROOT.certificate]),)
    helped = check(pem(new), site.apply(found.remedy.changes))
    assert rules(helped) == {"ca-list-makes-trusted", "ca-list-afterwards"}


def test_every_old_one_is_to_be_deleted() -> None:
    """Of two old ones of the subject deleting the upper alone would not do."""
    old = [FACTORY.root("Thrice CA") for _ in range(3)]
    site = changed(good_site(), CORE, trusted_ca=store(ROOT, ISSUING, *old[:2]))
    found = found_by(check(pem(old[2]), site), "ca-list-subject-taken")
    told = [one.rsplit(" > ", 1)[1] for one in found.remedy.steps]
    assert told == ["Delete", "Delete", "Append CA certificate", "Restart options"]
    assert rules(check(pem(old[2]), site.apply(found.remedy.changes))) == {"ca-list-afterwards"}


def test_a_ca_that_is_still_needed_is_not_to_be_deleted() -> None:
    """Where the deployment rests on the upper one, the remedy says who needs it and deletes nothing."""
    found = found_by(check(pem(NAMESAKE)), "ca-list-subject-taken")
    assert found.severity is Severity.WARNING
    assert found.remedy.changes == ()
    assert "is needed by" in found.remedy.steps[0]
    assert "Nothing that is known of the deployment rests on the lower one" in (found.explanation or "")


def test_the_renewal_of_an_expired_root_is_in_its_shadow() -> None:
    """By the guides the expired one is used as long as it is there; OpenSSL takes the one that is valid."""
    old = FACTORY.root("Renewed CA", not_before=AT - 400 * DAY, not_after=AT - DAY)
    new = FACTORY.root("Renewed CA", key=old.key)
    leaf = FACTORY.leaf(new, CUCM, dns_names=(CUCM,))
    site = changed(with_server(tomcat=leaf.certificate), CORE, trusted_ca=store(ROOT, ISSUING, old))
    report = check(pem(new), site)
    found = found_by(report, "ca-list-old-one-stays")
    assert found.severity is Severity.ERROR
    assert "OpenSSL by itself would choose the right one" in (found.explanation or "")
    trusted = found_by(report, "ca-list-makes-trusted")
    assert trusted.message == (
        f"with the CA file {CORE} trusts {CUCM}; trusted by OpenSSL's choice by key identifier, "
        "not by the guides' choice of the upper one"
    )
    assert [one.setting for one in trusted.settings] == ["same_subject_cas"]
    assert "ca-list-old-one-stays" not in rules(check(pem(new), site.apply(found.remedy.changes)))


def test_two_in_one_file_want_one_left_out() -> None:
    """Where the upper one stands in the file itself and nobody needs it, it is to be left out there."""
    upper, lower = (FACTORY.root("Twin CA") for _ in range(2))
    found = found_by(check(pem(upper, lower)), "ca-list-subject-taken")
    assert found.remedy.changes == ()
    short = upper.certificate.sha256[:8]
    (step,) = found.remedy.steps
    name = f"O=Example, CN=Twin CA (until 2036-11-21, SHA-256 {short})"
    assert step == f"Leave {name} out of the CA file, which stands above it there."


def test_no_common_name_is_none_that_is_shared() -> None:
    """Two CAs that have none do not share it, and what the list had before is not the file's fault."""
    organizations = [
        make.sequence(der.encode(der.SET, make.sequence(make.oid("2.5.4.10"), der.encode(der.UTF8_STRING, name))))
        for name in (b"One", b"Other")
    ]
    nameless = b"".join(pem_of(by_hand(name)) for name in organizations)
    assert rules(check(nameless)) == {"ca-list-afterwards"}
    another = FACTORY.root("Good Root CA", organization="Another")
    site = changed(good_site(), CORE, trusted_ca=store(ROOT, ISSUING, another))
    assert rules(check(pem(OTHER_ROOT), site)) == {"ca-list-afterwards"}


# Who becomes trusted, and who no longer is.


def test_one_certificate_on_two_nodes_is_two_findings() -> None:
    """A certificate that cluster peers share is told of once for each of them, and its owner's upload apart."""
    site = changed(good_site(), CORE, trusted_ca=store(ROOT), server_certificate=LEAF.certificate)
    for name in (EDGE, "expe2.example.com"):
        site = changed(site, name, server_certificate=LEAF.certificate)
    trusted = [one for one in check(pem(ISSUING), site).findings if one.rule == "ca-list-makes-trusted"]
    own, *others = sorted(trusted, key=lambda one: len(one.legs))
    assert own.message == f"with the CA file {CORE} trusts its own certificate"
    assert [[leg.acceptor for leg in one.legs] for one in others] == [[EDGE], ["expe2.example.com"]]


def test_the_root_alone_does_for_the_zone_and_not_for_the_tunnels() -> None:
    """TLS brings the intermediate, SSH does not; the remedy names it, and helps."""
    edge = node(EDGE, "E", "example.com", issuer=OTHER_ISSUING)
    site = with_node(good_site(), attrs.evolve(edge, trusted_ca=store(ROOT, ISSUING, OTHER_ROOT, OTHER_ISSUING)))
    report = check(pem(OTHER_ROOT), site)
    assert [leg.id for leg in found_by(report, "ca-list-makes-trusted").legs] == ["2", "4", "5"]
    found = found_by(report, "ca-list-still-untrusted")
    assert [(leg.id, leg.acceptor) for leg in found.legs] == [("3", EDGE)]
    assert found.remedy.changes == (AddTrustedCa(node=CORE, certificates=[OTHER_ISSUING.certificate]),)
    helped = check(pem(OTHER_ROOT), site.apply(found.remedy.changes))
    assert [leg.id for leg in found_by(helped, "ca-list-makes-trusted").legs] == ["2", "3", "4", "5"]
    assert helped.ok


def test_what_an_intermediate_lacks_is_added_by_its_remedy() -> None:
    """The root that is known elsewhere in the deployment is named and added."""
    site = changed(good_site(), EDGE, trusted_ca=store(ROOT, ISSUING, OTHER_ROOT))
    found = found_by(check(pem(OTHER_ISSUING), site), "ca-list-root-missing")
    assert found.message.endswith("without O=Example, CN=Other Root CA")
    assert found.remedy.changes == (AddTrustedCa(node=CORE, certificates=[OTHER_ROOT.certificate]),)
    assert rules(check(pem(OTHER_ISSUING), site.apply(found.remedy.changes))) == {"ca-list-afterwards"}


def test_a_list_is_asked_before_what_a_peer_sends() -> None:
    """A cross-certificate without its root leads a chain astray that the peer sends whole."""
    found = found_by(check(pem(BRIDGE_ELSEWHERE), bridged()), "ca-list-breaks-trust")
    assert [leg.id for leg in found.legs] == ["6a", "6c", "6g"]
    assert (found.code, found.certificate) == (2, BRIDGE_ELSEWHERE.certificate)
    assert "ca-list-breaks-trust" not in rules(check(pem(BRIDGE_ELSEWHERE, OTHER_ROOT), bridged()))


def test_the_list_is_also_what_a_node_sends() -> None:
    """Expressway-E sends the chain that its list gives: with the intermediate in it clients trust it."""
    site = attrs.evolve(good_site(), clients=[Client(service_domain="example.com", trusted_ca=store(ROOT))])
    report = check(pem(ISSUING), changed(site, EDGE, trusted_ca=store(ROOT)), EDGE)
    messages = [one.message for one in report.findings if one.rule == "ca-list-makes-trusted"]
    assert f"with the CA file Jabber of example.com trusts {EDGE}" in messages
    assert f"with the CA file {EDGE} trusts its own certificate" in messages


def test_what_others_lack_is_not_this_list_s_fault() -> None:
    """A client that does not know the root goes on distrusting Expressway-E, and this page has no say in that."""
    site = attrs.evolve(good_site(), clients=[Client(service_domain="example.com", trusted_ca=store(OTHER_ROOT))])
    report = check(pem(ISSUING), changed(site, EDGE, trusted_ca=store(ROOT)), EDGE)
    assert "ca-list-still-untrusted" not in rules(report)


def test_a_certificate_that_waits_is_judged_too() -> None:
    """The list that an upload of a server certificate asks for is there after this one."""
    leaf = FACTORY.leaf(RENEWED, EDGE, dns_names=(EDGE, "example.com"))
    site = attrs.evolve(good_site(), uploads=[Upload(file=leaf.pem.encode(), node=EDGE)])
    found = found_by(check(pem(RENEWED), site, EDGE), "ca-list-makes-trusted")
    assert found.message == f"with the CA file {EDGE} trusts the certificate that waits for it"
    assert "ca-list-makes-trusted" not in rules(check(pem(RENEWED), site, "expe2.example.com"))


def test_other_nodes_do_not_gain() -> None:
    """Lists are a peer's own: what one peer loads makes nothing trusted by the other."""
    report = check(pem(TOMCAT), self_signed_server())
    assert {leg.initiator for leg in found_by(report, "ca-list-makes-trusted").legs} == {CORE}


@pytest.mark.parametrize("rule", sorted(INFO))
def test_an_account_is_no_fault(rule: str) -> None:
    """Findings at level info leave a report ok, and no effect of the page is claimed."""
    site, file = FAULTS[rule][0]()
    report = check(file, site)
    assert report.ok
    assert {one.effect for one in report.findings if one.rule == rule} == {None}
