"""Every rule about legs: one fault on a good site with every leg, found by its rule alone, on the right legs."""

from collections import Counter

import attrs
import pytest
from leg_faults import E1, LEG_FAULTS
from leg_site import LDAP, PUBLIC, issue, site, swapped
from signer import Signer, remembered_cas
from sites import AT, FACTORY, ISSUING

from expressway_certs import ALL_RULES, AddTrustedCa, OutcomeKind, Stage, State, audit, check_upload
from expressway_certs.mending import remedies_of
from expressway_certs.product.legs import LEGS

RELEASES = ("X12.5", "X14.0.2", "X14.2", "X14.3", "X15.2", "X15.4", "X15.5")
OF_LEGS = {Stage.TRAVERSAL, Stage.TUNNELS, Stage.CLUSTER, Stage.MRA, Stage.ADMINISTRATION}


@pytest.mark.parametrize("release", RELEASES)
def test_nothing_is_wrong_with_a_good_site(release: str) -> None:
    """Nothing is found, nothing crashes, and every leg that anybody looks at is up, on any release."""
    report = audit(site(release), at=AT)
    assert report.findings == ()
    assert [one for one in report.outcomes if one.kind is OutcomeKind.CRASHED] == []
    assert {one.state for one in report.legs} <= {State.UP, State.NOT_CHECKED}
    assert all(one.why.endswith("verify nothing of each other") for one in report.legs if one.state is not State.UP)


def test_every_leg_of_the_table_is_on_the_site() -> None:
    """The good site has each leg at least once, so that none goes unjudged."""
    found = Counter(one.leg.id for one in audit(site(), at=AT).legs)
    assert set(found) == {leg.id for leg in LEGS}


@pytest.mark.parametrize("rule", LEG_FAULTS)
def test_a_fault_is_found_by_its_rule_alone(rule: str) -> None:
    """One fault gives one kind of finding, on the right nodes and legs."""
    make, nodes, legs = LEG_FAULTS[rule]
    report = audit(make(), at=AT)
    assert {found.rule for found in report.findings} == {rule}
    assert {name for found in report.findings for name in found.nodes} == nodes
    assert {leg.id for found in report.findings for leg in found.legs} == legs


@pytest.mark.parametrize("rule", LEG_FAULTS)
def test_a_finding_says_what_to_do_and_where_it_stands(rule: str) -> None:
    """A finding has steps, sources, and what was wanted or the judge's explanation."""
    for found in audit(LEG_FAULTS[rule][0](), at=AT).findings:
        assert found.remedy.steps
        assert found.sources
        assert found.expected or found.explanation
        assert found.code is None or found.explanation


@pytest.mark.parametrize("rule", LEG_FAULTS)
def test_a_remedy_that_can_be_carried_out_helps(rule: str) -> None:
    """Where a remedy has changes, they leave nothing of the finding."""
    with remembered_cas():
        broken = LEG_FAULTS[rule][0]()
        changes = remedies_of(audit(broken, at=AT).findings)
        if changes:
            signer = Signer(factory=FACTORY, site=broken, cas=(ISSUING, PUBLIC))
            assert audit(broken.apply(changes, sign=signer), at=AT).findings == ()


def test_every_rule_about_legs_has_a_fault() -> None:
    """No rule is without a fault that makes it fire, and no fault without its rule."""
    rules = {one.id for one in ALL_RULES if one.stage in OF_LEGS} | {"ca-hidden-by-namesake"}
    assert rules == set(LEG_FAULTS)


def test_the_ca_that_a_directory_sends_is_proposed() -> None:
    """What an LDAP server sends with its certificate is known, and the remedy loads it."""
    directory = FACTORY.root("Directory CA")
    shown = issue("ldap.example.com", issuer=directory)
    ldap = attrs.evolve(LDAP, server_certificate=shown, presented_cas=[directory.certificate])
    broken = attrs.evolve(site(), ldap_servers=[ldap])
    (finding,) = audit(broken, at=AT).errors
    loaded = {(one.node, one.certificates) for one in finding.remedy.changes if isinstance(one, AddTrustedCa)}
    assert loaded == {(node.name, (directory.certificate,)) for node in broken.nodes}
    assert audit(broken.apply(finding.remedy.changes), at=AT).errors == ()


@pytest.mark.parametrize(
    ("oid", "is_readable"),
    [
        ("2.5.4.51", True), ("2.5.4.14", True), ("1.3.6.1.4.1.311.60.2.1.1", True),
        ("1.3.6.1.4.1.311.60.2.1.4", False), ("1.3.6.1.4.1.6449.1.2.1.5.1", False),
    ],
)  # fmt: skip
def test_the_tunnels_read_what_the_upload_page_reads(oid: str, is_readable: bool) -> None:
    """An attribute that has a name for the one has a name for the other."""
    certificate = FACTORY.leaf(PUBLIC, E1, dns_names=(E1, "expe.example.com", "example.com"), attributes=[(oid, "GB")])
    node = attrs.evolve(site("X14.3").expressway(E1), server_certificate=certificate.certificate)
    upload = check_upload(certificate.pem, onto=node, at=AT)
    tunnels = audit(swapped(site("X14.3"), node), at=AT)
    assert ("upload-name-not-readable" not in {one.rule for one in upload.findings}) is is_readable
    assert ("tunnel-name-not-readable" not in {one.rule for one in tunnels.findings}) is is_readable
