"""SIP legs with OCSP answers and CRLs at hand: what is revoked, what is good, and what nobody knows."""

from datetime import datetime, timedelta
from typing import Final

import attrs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp
from sites import AT, ISSUING, OTHER_ROOT, ROOT, good_site, with_node

from expressway_certs import Expressway, LegResult, LoadError, Settings, State, Zone, audit, check_zone
from expressway_certs.testing import Issued

SITE: Final = good_site()
WHOLE: Final = SITE.zones[0]
EDGE: Final = WHOLE.edge[0]
# One peer on each side.
ZONE: Final = Zone(name="Zone", core=WHOLE.core[:1], edge=[EDGE])
SINCE: Final = AT - timedelta(days=30)


def answer(about: x509.Certificate, issuer: Issued, *, revoked: bool = False, end: datetime | None = None) -> bytes:
    """Return the issuer's OCSP answer about a certificate."""
    status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    ca = issuer.certificate.to_cryptography()
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about, issuer=ca, algorithm=hashes.SHA256(), cert_status=status,
        this_update=AT - timedelta(days=2), next_update=end or AT + timedelta(days=1),
        revocation_time=SINCE if revoked else None,
        revocation_reason=ReasonFlags.key_compromise if revoked else None,
    )  # fmt: skip
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, ca)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def about_edge(**options: object) -> bytes:
    """Return an answer about the certificate of the first Expressway-E."""
    assert EDGE.server_certificate is not None
    return answer(EDGE.server_certificate.to_cryptography(), ISSUING, **options)


def about_issuing(**options: object) -> bytes:
    """Return an answer about the issuing CA."""
    return answer(ISSUING.certificate.to_cryptography(), ROOT, **options)


def crl(issuer: Issued, *serials: int) -> bytes:
    """Return a CRL of an issuer."""
    name = issuer.certificate.to_cryptography().subject
    builder = x509.CertificateRevocationListBuilder(name, AT - timedelta(days=1), AT + timedelta(days=1))
    for serial in serials:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(serial, SINCE).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def judged(
    *responses: bytes, fallback: str = "not known", checking: bool = True, crls: tuple[bytes, ...] = ()
) -> LegResult:
    """Return the leg of SIP from an Expressway-C that has these answers to the first Expressway-E."""
    core: Expressway = attrs.evolve(
        ZONE.core[0],
        revocation_checking=checking,
        ocsp_responses=responses,
        crls=crls,
        settings=Settings(revocation_fallback=fallback),
    )
    zone = attrs.evolve(ZONE, core=[core])
    (found,) = [one for one in check_zone(zone, at=AT).legs if one.leg.id == "2"]
    return found


def test_good_answers_bring_the_leg_up_without_a_crl() -> None:
    """With a good answer about each certificate below the root no CRL is asked for."""
    assert judged(about_edge(), about_issuing()).state is State.UP


@pytest.mark.parametrize(
    ("responses", "depth"),
    [
        ((about_edge(revoked=True), about_issuing()), 0),
        ((about_edge(), about_issuing(revoked=True)), 1),
        ((about_edge(), about_edge(revoked=True), about_issuing()), 0),
        ((about_issuing(revoked=True),), 1),
    ],
)
def test_a_revoked_certificate_takes_the_leg_down(responses: tuple[bytes, ...], depth: int) -> None:
    """One answer that a certificate of the chain is revoked is enough, whatever another says or nobody knows."""
    found = judged(*responses)
    verdict = found.judgements[0].verdict
    assert verdict is not None
    assert (found.state, verdict.code, verdict.depth) == (State.DOWN, 23, depth)
    assert verdict.found == (
        "revoked since 2026-10-25 12:00:00 UTC (keyCompromise) by an OCSP answer, of 2026-11-22 12:00:00 UTC"
    )
    assert verdict.found in verdict.explanation


@pytest.mark.parametrize(
    ("fallback", "state", "code"),
    [("not known", State.NOT_CHECKED, 3), ("not revoked", State.UP, 0), ("revoked", State.DOWN, 3)],
)
@pytest.mark.parametrize(
    "responses",
    [
        (about_edge(),),
        (about_edge(), about_issuing(end=AT - timedelta(hours=1))),
        (about_edge(), answer(ISSUING.certificate.to_cryptography(), OTHER_ROOT)),
    ],
    ids=["none", "expired", "of another CA"],
)
def test_what_nobody_knows_is_for_the_fallback(
    responses: tuple[bytes, ...], fallback: str, state: State, code: int
) -> None:
    """Where neither an answer nor a list speaks for a certificate the setting decides (platform.md §11 C2)."""
    found = judged(*responses, fallback=fallback)
    verdict = found.judgements[0].verdict
    assert verdict is not None
    assert (found.state, verdict.code) == (state, code)


def test_a_list_stands_in_for_an_answer() -> None:
    """A certificate that no answer is about is looked up in the CRLs."""
    assert judged(about_edge(), crls=(crl(ROOT),)).state is State.UP


def test_a_list_can_revoke_what_an_answer_calls_good() -> None:
    """Both are used: a good answer does not outweigh a list that has the certificate."""
    assert EDGE.server_certificate is not None
    found = judged(about_edge(), about_issuing(), crls=(crl(ISSUING, EDGE.server_certificate.serial_number),))
    verdict = found.judgements[0].verdict
    assert verdict is not None
    assert (found.state, verdict.code, verdict.depth) == (State.DOWN, 23, 0)
    assert "on the CRL of O=Example, CN=Good Issuing CA" in (verdict.found or "")


def test_nothing_is_asked_where_checking_is_off() -> None:
    """With the mode Off, its default, an answer changes nothing (platform.md §6)."""
    assert judged(about_edge(revoked=True), checking=False).state is State.UP


def test_a_revoked_certificate_is_a_finding() -> None:
    """The finding says which certificate, since when, and why."""
    core = attrs.evolve(
        ZONE.core[0], revocation_checking=True, ocsp_responses=[about_edge(revoked=True), about_issuing()]
    )
    report = check_zone(attrs.evolve(ZONE, core=[core]), at=AT)
    (finding,) = [one for one in report.findings if one.code == 23]
    assert finding.certificate == EDGE.server_certificate
    assert "revoked since 2026-10-25 12:00:00 UTC (keyCompromise)" in (finding.explanation or "")


def test_a_file_that_is_no_answer_is_a_load_error() -> None:
    """What is no OCSP response is told so when the node is made."""
    with pytest.raises(LoadError, match="OCSP response"):
        attrs.evolve(ZONE.core[0], ocsp_responses=[b"<html>"])


def xcp(crls: tuple[bytes, ...] = (), **options: object) -> LegResult:
    """Return the leg of XCP from an Expressway-C that checks revocation there to the first Expressway-E."""
    core = attrs.evolve(
        ZONE.core[0], crls=crls, xcp_verify_hostname=False, **{"xcp_revocation_checking": True, **options}
    )
    legs = audit(with_node(SITE, core), at=AT).legs
    ends = {core.name, EDGE.name}
    return next(one for one in legs if one.leg.id == "4" and {one.initiator, one.acceptor} == ends)


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({}, State.DOWN),
        ({"xcp_fail_on_inaccessible_source": False}, State.UP),
        ({"xcp_revocation_checking": False}, State.UP),
        ({"xcp_revocation_checking": False, "revocation_checking": True}, State.UP),
        ({"crls": (crl(ROOT), crl(ISSUING))}, State.UP),
        ({"ocsp_responses": (about_edge(), about_issuing())}, State.DOWN),
        ({"settings": Settings(revocation_fallback="not revoked")}, State.DOWN),
    ],
)
def test_xcp_has_switches_of_its_own(options: dict[str, object], state: State) -> None:
    """XCP checks by its own switch, with CRLs, and fails by default where there is none (platform.md §6)."""
    assert xcp(**options).state is state


def test_xcp_refuses_what_a_list_revokes() -> None:
    """A certificate on a CRL takes XCP down, whatever its fallback is, and leaves SIP as it was."""
    assert EDGE.server_certificate is not None
    lists = (crl(ROOT), crl(ISSUING, EDGE.server_certificate.serial_number))
    found = xcp(lists, xcp_fail_on_inaccessible_source=False)
    verdicts = [one.verdict.code for one in found.judgements if one.verdict is not None]
    assert (found.state, verdicts[0]) == (State.DOWN, 23)
    assert judged(checking=False, crls=lists).state is State.UP
