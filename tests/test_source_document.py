"""Each bullet of the source document: one fault on an otherwise good clustered site, found on the right legs alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs
import pytest
from leg_faults import C1, C2, CUCM, E1, E2, recertified
from leg_site import PUBLIC, PUBLIC_ROOT, cores, expressway, site, swapped, with_server, with_zone
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, ROOT, store

from expressway_certs import Deployment, OutcomeKind, State, Upload, audit

SOURCE: Final = Path(__file__).parents[2] / "shared" / "facts" / "seed-troubleshoot-expressway-certificates.txt"
NAMES: Final = (E1, "expe.example.com", "example.com")
NEW_PUBLIC: Final = FACTORY.intermediate(PUBLIC_ROOT, "Public Issuing CA 2")


def renewed() -> Deployment:
    """Return the site whose Expressway-E was renewed under a new intermediate, which only Expressway-E has loaded."""
    nodes = []
    for name in (E1, E2):
        node = expressway(name, "E", issuer=NEW_PUBLIC)
        nodes.append(attrs.evolve(node, trusted_ca=node.trusted_ca.adding(NEW_PUBLIC.certificate)))
    return swapped(site(), *nodes)


def waiting(file: bytes) -> Deployment:
    """Return the site with a file that waits for Expressway-E."""
    return attrs.evolve(site(), uploads=[Upload(file=file, node=E1)])


def new_leaf(**options: object) -> bytes:
    """Return a new certificate for Expressway-E under a CA that it may not know."""
    stranger = FACTORY.root("Stranger CA")
    return FACTORY.leaf(options.pop("issuer", stranger), E1, dns_names=NAMES).pem.encode()


Bullet = tuple[str, Callable[[], Deployment], str, set[str], set[str]]
BULLETS: Final[tuple[Bullet, ...]] = (
    (
        "This first error occurs when the certificate is not in a valid format.",
        lambda: waiting(FACTORY.leaf(PUBLIC, E1, dns_names=NAMES).der), "upload-not-a-pem-certificate", {E1}, set(),
    ),
    (
        "This error occurs when the CA Certificates that signed the server certificate are not trusted.",
        lambda: waiting(new_leaf()), "upload-chain-untrusted", {E1}, set(),
    ),
    (
        "Ensure that the peer address configured on the Expressway-C traversal zone matches with at least one",
        lambda: with_zone("UC", peer_addresses=["203.0.113.7", E2]),
        "zone-peer-address-not-in-certificate", {E1}, {"2"},
    ),
    (
        "Ensure that the TLS Verify name configured on the Expressway-E traversal zone matches one of the names",
        lambda: with_zone("UC", tls_verify_subject_name="expc-old.example.com"),
        "zone-verify-name-not-in-certificate", {C1, C2}, {"2"},
    ),
    (
        "this name must be present on all the nodes of the cluster",
        lambda: recertified(C2, names=("secure-ex90.example.com",)), "zone-verify-name-not-in-certificate", {C2}, {"2"},
    ),
    (
        "ensure that all CA certificates from the certification path of both Expressway servers are present",
        lambda: cores(trusted_ca=store(ROOT, ISSUING, OTHER_ROOT)), "zone-ca-not-trusted", {C1, C2},
        {"2", "3", "4", "15", "16"},
    ),
    (
        "intermediate CA certificate are often changed by certificate authorities so the renew of a certificate",
        renewed, "tunnel-ca-missing", {C1, C2}, {"3"},
    ),
    (
        "make sure the Expressway-C CA certificates are uploaded on the Cisco Unified Communications Manager",
        lambda: with_server(CUCM, tomcat_trust=store(OTHER_ROOT), callmanager_trust=store(OTHER_ROOT)),
        "uc-server-lacks-expressway-ca", {CUCM}, {"6c", "6e", "6e-back", "6f"},
    ),
    (
        "Ensure that either the example .com or the alternative collab-edge.example .com is one of the subject",
        lambda: recertified(E1, names=("expe.example.com",)),
        "service-domain-not-in-certificate", {E1}, {"1a", "1b", "1c"},
    ),
)  # fmt: skip


@pytest.mark.parametrize(("quoted", "make", "rule", "nodes", "legs"), BULLETS, ids=[bullet[2] for bullet in BULLETS])
def test_a_bullet_of_the_source_document(
    quoted: str, make: Callable[[], Deployment], rule: str, nodes: set[str], legs: set[str]
) -> None:
    """The report has that finding on the right nodes and legs, and no other error."""
    report = audit(make(), at=AT)
    found = [one for one in report.findings if one.rule == rule]
    assert {one.rule for one in report.errors} <= {rule}
    assert {name for one in found for name in one.nodes} == nodes
    assert {leg.id for one in found for leg in one.legs} == legs
    assert [one for one in report.outcomes if one.kind is OutcomeKind.CRASHED] == []


@pytest.mark.skipif(not SOURCE.is_file(), reason="the source document is not beside this checkout")
@pytest.mark.parametrize("quoted", [bullet[0] for bullet in BULLETS])
def test_a_bullet_is_quoted(quoted: str) -> None:
    """The words stand in the source document."""
    assert quoted in SOURCE.read_text(encoding="utf-8")


def test_the_zone_is_up_and_the_tunnels_are_down() -> None:
    """The heart of it: the root in the list is enough for TLS, which brings the intermediate, and not for SSH."""
    report = audit(renewed(), at=AT)
    states = {leg_id: {one.state for one in report.legs if one.leg.id == leg_id} for leg_id in ("2", "3")}
    assert states == {"2": {State.UP}, "3": {State.DOWN}}
    assert [(one.rule, len(one.legs)) for one in report.errors] == [("tunnel-ca-missing", 4)]
    mended = renewed().apply(report.errors[0].remedy.changes)
    assert audit(mended, at=AT).findings == ()
