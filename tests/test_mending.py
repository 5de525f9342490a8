"""The remedies of a report, carried out until no error is left."""

from datetime import timedelta
from functools import cache
from typing import Any, Final

import attrs
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from profiles import examples
from signer import Signer, remembered_cas
from sites import AT

from expressway_certs import (
    AddTrustedCa,
    Certificate,
    ClientFamily,
    Deployment,
    Finding,
    OutcomeKind,
    RemoveTrustedCa,
    RenameExpressway,
    Report,
    RequestCertificate,
    Round,
    SetPeerAddress,
    SetSwitch,
    SetZoneSwitch,
    Severity,
    UcKind,
    audit,
    mend,
    steps_of,
)
from expressway_certs.mending import broken, remedies_of
from expressway_certs.product.applying import replaced
from expressway_certs.product.changes import Asked
from expressway_certs.testing import FAULTS, CannotBreakError, CertificateFactory, Issued, break_site, make_site
from expressway_certs.testing.authorities import Authorities

SEED: Final = 3
RELEASES: Final = ("X12.5", "X14.0", "X14.2", "X14.3", "X15.4", "X15.5")
MOST_ROUNDS: Final = 3
"""In how many rounds a site is mended that was broken in up to three ways."""

# Errors that no change on the model mends, and why.
BEYOND: Final = {
    "webex-certificate-refused": "what stands between Expressway-E and Webex is no part of the site",
}

# Remedies that alone would take a leg down, and why; `mend` does more in the same round.
UNCOVERS: Final = {
    "uc-zone-without-tls-verify": "once the zone looks at certificates, one that was never looked at may not do",
}

# Findings whose remedy is words alone, and why.
WORDS_ALONE: Final = {
    "release-not-known": "a newer version of this library, or the release notes",
    "input-not-given": "what is lacking is to be given",
    "signed-with-more-usages": "nothing is to be done",
    "signed-with-another-subject": "nothing is to be done",
    "signed-with-more-names": "nothing is to be done",
    "ca-list-holds-crl": "the next CRL is not there yet",
    "trusted-ca-expires-soon": "the new certificate of the CA is not there yet",
    "ca-list-already-there": "nothing is to be done",
    "onboarding-asks-jabber-on-mac": "nothing is to be done: the user picks",
    "strict-client-refuses-chain": "for Expressway nothing is to be done",
    **BEYOND,
}


def signer_for(site: Deployment) -> Signer:
    """Return a CA that signs for a site of the test kit, and knows the CAs that its faults made."""
    authorities = Authorities.make(SEED, AT)
    cas = (authorities.issuing, authorities.public_issuing, authorities.partner_root)
    return Signer(factory=CertificateFactory(seed=99, at=AT), site=site, cas=cas)


@cache
def sites() -> tuple[Deployment, ...]:
    """Return sites of several shapes: what one fault needs another site has."""
    return (*(made(release) for release in ("X14.2", *RELEASES)), made("X15.5", core=1, edge=1, dns=False))


def made(release: str = "X14.2", *, core: int = 2, edge: int = 2, **options: object) -> Deployment:
    """Return a site on which nothing is wrong."""
    return make_site(core, edge, release, seed=SEED, at=AT, **options)


def broken_by(rule: str) -> tuple[Deployment, Deployment]:
    """Return a site that can have the fault of a rule, and the same site with it."""
    for site in sites():
        try:
            return site, break_site(site, rule, at=AT)
        except CannotBreakError:
            continue
    raise AssertionError(f"no site can have {rule}")


def check_rounds(site: Deployment, whole: Deployment) -> tuple[Round, ...]:
    """Mend a site and return the rounds; no round, and no remedy by itself, may take a leg down."""
    signer = signer_for(site)
    rounds = mend(site, sign=signer, at=AT)
    before = audit(site, at=AT)
    for one in rounds:
        assert broken(before, one.report, one.changes) == ()
        check_each_remedy(site, before, signer)
        site, before = one.deployment, one.report
    return rounds


def check_each_remedy(site: Deployment, before: Report, signer: Signer) -> None:
    """Carry out the remedy of each error alone: it may be of no use yet, and does no harm."""
    for found in before.errors:
        changes = found.remedy.changes
        after = audit(site.apply(changes, sign=signer), at=AT)
        harm = broken(before, after, changes)
        assert harm == () or found.rule in UNCOVERS, (found.rule, changes, harm)


def left(report: Report) -> list[Finding]:
    """Return the errors that a change could mend."""
    return [one for one in report.errors if one.rule not in BEYOND]


@pytest.mark.parametrize("rule", FAULTS)
def test_the_fault_of_each_rule_is_mended(rule: str) -> None:
    """One round leaves no error, takes no leg down, and crashes no rule."""
    with remembered_cas():
        whole, site = broken_by(rule)
        rounds = check_rounds(site, whole)
    report = rounds[-1].report if rounds else audit(site, at=AT)
    assert left(report) == []
    assert {one.kind for one in report.outcomes} & {OutcomeKind.CRASHED} == set()
    assert len(rounds) == any(found.remedy.changes for found in audit(site, at=AT).errors)


@pytest.mark.parametrize("rule", FAULTS)
def test_every_remedy_is_made_of_changes(rule: str) -> None:
    """But for those that are listed with a reason; the steps are the words of the changes, and words around them."""
    with remembered_cas():
        _whole, site = broken_by(rule)
        found = [one for one in audit(site, at=AT).findings if one.rule == rule]
        assert found
        assert [bool(one.remedy.changes) for one in found] == [rule not in WORDS_ALONE] * len(found)
        for one in found:
            remedy = one.remedy
            assert remedy.steps == (*remedy.before, *steps_of(remedy.changes, then=remedy.then), *remedy.after)
            audit(site.apply(remedy.changes, sign=signer_for(site)), at=AT)


SERVER_PAGE: Final = "On expe1.example.com: Maintenance > Security > Server certificate"
CA_PAGE: Final = "On expc1.example.com: Maintenance > Security > Trusted CA certificate"
COMMAND: Final = "python -m expressway_certs identify {} --out new.pem"
# What is to be done where another file goes in place of one that waits.
INSTEAD: Final = {
    "upload-not-a-pem-certificate": (
        f"Make PEM of it: {COMMAND.format('certificate.cer')} (or export as Base-64)",
        f"{SERVER_PAGE}: upload new.pem in place of certificate.cer.",
    ),
    "upload-holds-several-certificates": (
        "Put the leaf alone into a file: leaf.pem",
        f"{SERVER_PAGE}: upload leaf.pem in place of certificate.pem.",
    ),
    "ca-list-not-pem": (
        f"Make PEM of it: {COMMAND.format('ca.pem')} (or export as Base-64)",
        f"{CA_PAGE}: upload new.pem in place of ca.pem.",
    ),
    "ca-list-holds-key": (
        f"Make a file without the key: {COMMAND.format('ca.pem')}",
        f"{CA_PAGE}: upload new.pem in place of ca.pem.",
    ),
}


@pytest.mark.parametrize("rule", INSTEAD)
def test_a_file_that_waits_is_uploaded_by_one_step(rule: str) -> None:
    """The words of the rule do not send the reader to the page to which the change sends them."""
    _whole, site = broken_by(rule)
    (found,) = (one for one in audit(site, at=AT).findings if one.rule == rule)
    assert found.remedy.steps == INSTEAD[rule]


def test_what_is_left_is_listed_once() -> None:
    """An entry whose fault is mended after all is to be taken out."""
    with remembered_cas():
        made = {rule: mend(broken_by(rule)[1], at=AT) for rule in BEYOND}
    assert made == dict.fromkeys(BEYOND, ())
    assert {*UNCOVERS, *WORDS_ALONE} <= FAULTS.keys()


# A site itself would print as megabytes where the property fails, and Hypothesis then warns in place of the assertion.
SHAPES: Final = st.fixed_dictionaries(
    {
        "release": st.sampled_from(RELEASES),
        "core": st.integers(1, 2),
        "edge": st.integers(1, 2),
        "uc_servers": st.lists(st.sampled_from(UcKind), max_size=3),
        "clients": st.lists(st.sampled_from(ClientFamily), unique=True),
        "other_zones": st.booleans(),
        "dns": st.booleans(),
    }
)


# Clients of whom one family trusts no CA that the others trust: no certificate does for all of them.
SPLIT: Final = {"release": "X12.5", "core": 1, "edge": 1, "clients": list(ClientFamily)[:6], "dns": False}


@settings(max_examples=min(examples(100), 1000))
@example(shape=SPLIT, rules=["request-lacks-name", "client-distrusts-edge"], seed=0)
@given(shape=SHAPES, rules=st.lists(st.sampled_from(list(FAULTS)), min_size=1, max_size=3), seed=st.integers(0, 99))
def test_any_broken_site_is_mended_in_few_rounds(shape: dict[str, Any], rules: list[str], seed: int) -> None:
    """One to three faults on a site of any shape: no error is left after three rounds, and no leg went down."""
    with remembered_cas():
        site = whole = made(**shape)
        for rule in rules:
            site = also(site, rule, seed)
        rounds = check_rounds(site, whole)
    report = rounds[-1].report if rounds else audit(site, at=AT)
    assert left(report) == []
    assert len(rounds) <= MOST_ROUNDS


def test_a_property_that_fails_says_what_failed() -> None:
    """What is drawn prints short enough that Hypothesis shows it, and the assertion beside it."""

    @settings(max_examples=1, phases=[Phase.generate], database=None)
    @given(shape=SHAPES)
    def fails(shape: dict[str, Any]) -> None:
        assert made(**shape).zones == (), "it has zones"

    with pytest.raises(AssertionError, match="it has zones"):
        fails()


def also(site: Deployment, rule: str, seed: int) -> Deployment:
    """Return a site with one fault more, where it can have that one beside those that it has."""
    try:
        return break_site(site, rule, seed=seed, at=AT)
    except ValueError:
        return site


def test_a_good_site_needs_no_round() -> None:
    """Where there is no error nothing is done, whatever there is besides."""
    assert mend(made(), at=AT) == ()
    site = break_site(made(), "upload-wildcard", at=AT)
    assert [one.severity for one in audit(site, at=AT).findings if one.rule == "upload-wildcard"] == [Severity.WARNING]
    assert mend(site, at=AT) == ()


def test_a_certificate_comes_from_a_ca_alone() -> None:
    """Without somebody who signs, the error says for whom."""
    _, site = broken_by("zone-certificate-refused")
    with pytest.raises(ValueError, match=r"a CA has to sign a certificate for expc1\.example\.com"):
        mend(site, at=AT)


def test_what_a_remedy_uncovers_is_mended_in_the_same_round() -> None:
    """A zone that never looked at certificates and calls by an address: the name comes with the switch."""
    wrong = [
        SetPeerAddress(zone="UC", node="expe1.example.com", address="203.0.113.7"),
        SetZoneSwitch(zone="UC", switch="tls_verify", value=False),
    ]
    site = made(dns=False).apply(wrong)
    before = audit(site, at=AT)
    (switch,) = before.errors
    alone = audit(site.apply(switch.remedy.changes), at=AT)
    assert {one.leg.id for one in broken(before, alone)} == {"5"}
    (one,) = mend(site, at=AT)
    assert [type(change) for change in one.changes] == [SetPeerAddress, SetZoneSwitch]
    assert broken(before, one.report) == ()
    assert one.report.findings == ()


def test_a_node_is_renamed_once_nothing_else_is_to_be_done() -> None:
    """Remedies of other findings name the node as it is called now, and come a round before."""
    with remembered_cas():
        whole = made(dns=False)
        site = break_site(whole, "edge-host-name-has-underscore", at=AT).apply(
            [
                SetPeerAddress(zone="UC", node="expe2.example.com", address="203.0.113.7"),
                SetZoneSwitch(zone="UC", switch="tls_verify", value=False),
            ]
        )
        first, second = check_rounds(site, whole)
    assert [type(change) for change in first.changes] == [SetPeerAddress, SetZoneSwitch]
    assert [one.old for one in second.changes if isinstance(one, RenameExpressway)] == ["expe_1.example.com"]
    assert second.report.findings == ()


def test_a_new_ca_takes_no_leg_down() -> None:
    """A certificate of a CA that nobody had: its CA certificates go into every list that judges it, before it."""
    with remembered_cas():
        _, site = broken_by("zone-certificate-refused")
        site = attrs.evolve(site, clients=[])
        signer = attrs.evolve(signer_for(site), cas=())
        (one,) = mend(site, sign=signer, at=AT)
    assert broken(audit(site, at=AT), one.report) == ()
    assert one.report.findings == ()
    (new,) = signer.cas
    holding = [node.name for node in one.deployment.nodes if new.certificate in node.trusted_ca]
    assert holding == [node.name for node in site.nodes]
    lists = [store for server in one.deployment.uc_servers for store in (server.tomcat_trust, server.callmanager_trust)]
    assert sum(new.certificate in (store or ()) for store in lists) == 3


def test_a_request_has_every_name_that_is_wanted() -> None:
    """Also those that the certificate in place has not, and of which no leg has anything to say."""
    with remembered_cas():
        whole = attrs.evolve(made(clients=[], other_zones=False), mra_domains=["example.org"])
        site = break_site(whole, "upload-without-client-auth", node="expe1.example.com", at=AT)
        (one,) = check_rounds(site, whole)
    (asked,) = (change for change in one.changes if isinstance(change, RequestCertificate))
    assert asked.names == ("expe1.example.com", "expe.example.com", "example.org", "example.com")
    assert one.report.ok


def test_a_leg_that_went_down_is_seen() -> None:
    """Up before and down or not reached after, whatever the names of its ends are by now."""
    whole = made(clients=[])
    before = audit(whole, at=AT)
    ca = next(one for one in whole.expressway("expc1.example.com").trusted_ca if "Public Issuing" in one.subject)
    after = audit(whole.apply([RemoveTrustedCa(node="expc1.example.com", certificates=[ca])]), at=AT)
    assert {(one.leg.id, one.initiator) for one in broken(before, after)} == {("3", "expc1.example.com")}
    assert broken(after, before) == ()
    rename = [RenameExpressway(old="expe1.example.com", new="other.example.com")]
    renamed = broken(before, audit(whole.apply(rename), at=AT), rename)
    assert {one.leg.id for one in renamed} == {"3"}
    assert {one.acceptor for one in renamed} == {"other.example.com"}
    later = audit(whole, at=AT + timedelta(days=1000))
    assert {one.state.value for one in broken(before, later)} == {"down", "not reached"}


def test_a_round_prints_its_steps() -> None:
    """Those of its changes."""
    with remembered_cas():
        _whole, site = broken_by("tunnel-ca-missing")
        (one,) = mend(site, sign=signer_for(site), at=AT)
    assert one.steps == steps_of(one.changes)
    assert one.changes == remedies_of(audit(site, at=AT).errors)


def test_a_ca_that_will_not_do_is_not_asked_again() -> None:
    """An intermediate that has ended refuses every certificate under it: the request says so."""
    with remembered_cas():
        authorities = Authorities.make(SEED, AT)
        ended = authorities.factory.intermediate(authorities.root, "Ended CA", not_after=AT - timedelta(days=1))
        whole = made(clients=[], other_zones=False)
        site = under(whole, ended)
        rounds = check_rounds(site, whole)
    asked = [one for one in rounds[0].changes if isinstance(one, RequestCertificate)]
    assert [(one.node, one.not_from) for one in asked] == [("expc1.example.com", (ended.certificate.subject,))]
    assert rounds[-1].report.ok


def test_a_ca_whose_answer_does_not_help_is_not_asked_for_the_same_again() -> None:
    """Phones load no CA: the request excludes the private one then, and whoever signs under it all the same is left."""
    site = make_site(1, 1, clients=["78xx/88xx phone"], other_zones=False, at=AT)
    factory = CertificateFactory(seed=SEED, at=AT)
    ca = factory.intermediate(factory.root("Private Root CA"), "Private CA")
    asked: list[RequestCertificate] = []

    def sign(change: Asked) -> tuple[Certificate, ...]:
        assert isinstance(change, RequestCertificate)
        asked.append(change)
        return factory.leaf(ca, change.common_name, dns_names=change.names).chain

    rounds = mend(break_site(site, "edge-name-not-in-certificate", at=AT), sign=sign, at=AT)
    assert [{one.rule for one in done.report.errors} for done in rounds] == [{"client-distrusts-edge"}] * 2
    assert [one.not_from for one in asked] == [(), (ca.certificate.subject, ca.certificate.issuer)]


def test_a_key_is_asked_for_that_the_tunnels_allow() -> None:
    """Where SSH has no RSA in its lists the new certificate has an ECDSA key, and the tunnels stay up."""
    with remembered_cas():
        whole = made("X15.4", clients=[], other_zones=False)
        kinds = ["x509v3-ecdsa-sha2-nistp384", "x509v3-ecdsa-sha2-nistp256"]
        allowed = [SetSwitch(node=node.name, switch="ssh_key_types", value=kinds) for node in whole.nodes]
        site = attrs.evolve(whole.apply(allowed), phone_security_profiles=["secure-8845.example.com"])
        rounds = check_rounds(site, whole)
    asked = [one for one in rounds[0].changes if isinstance(one, RequestCertificate)]
    assert {(one.key_algorithm, one.key_length) for one in asked} == {("ECDSA", 256)}
    assert rounds[-1].report.ok


def under(whole: Deployment, ca: Issued) -> Deployment:
    """Return a site whose first Expressway-C has a certificate of a CA that everybody has in the list."""
    node = whole.expressway("expc1.example.com")
    old = node.server_certificate
    assert old is not None
    new = CertificateFactory(seed=5, at=AT).leaf(ca, node.name, dns_names=old.dns_names).certificate
    lists = [AddTrustedCa(node=one.name, certificates=[ca.certificate]) for one in whole.nodes]
    stores = ("tomcat-trust", "CallManager-trust", "cup-xmpp-trust")
    lists += [
        AddTrustedCa(node=server.name, certificates=[ca.certificate], store=store)
        for server in whole.uc_servers
        for store in stores
    ]
    renewed = attrs.evolve(whole.apply(lists).expressway(node.name), server_certificate=new)
    return replaced(whole.apply(lists), renewed)


def test_a_request_has_the_name_that_a_node_still_has() -> None:
    """Until a node with an underscore is renamed its peers look for that name, and a new certificate has to have it."""
    whole = made(core=1, edge=1)
    with remembered_cas():
        site = break_site(break_site(whole, "request-name-not-fqdn", at=AT), "edge-host-name-has-underscore", at=AT)
        assert left(check_rounds(site, whole)[-1].report) == []
