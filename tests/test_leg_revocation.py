"""SIP legs with OCSP answers and CRLs at hand: what is revoked, what is good, and what nobody knows."""

from datetime import datetime, timedelta
from typing import Final

import attrs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, ROOT, good_site, with_node

from expressway_certs import (
    Certificate,
    Deployment,
    Expressway,
    FarEnd,
    LegResult,
    LoadError,
    RevocationList,
    RevocationSources,
    Settings,
    Severity,
    State,
    Zone,
    audit,
    check_zone,
)
from expressway_certs.product import legs as table
from expressway_certs.rules.judging import Judgement
from expressway_certs.testing import Issued

SITE: Final = good_site()
WHOLE: Final = SITE.zones[0]
EDGE: Final = WHOLE.edge[0]
# One peer on each side.
ZONE: Final = Zone(name="Zone", core=WHOLE.core[:1], edge=[EDGE])
SERIALS: Final = (EDGE.server_certificate.serial_number,) if EDGE.server_certificate else ()
SINCE: Final = AT - timedelta(days=30)


def answer(
    about: x509.Certificate,
    issuer: Issued,
    *,
    revoked: bool = False,
    end: datetime | None = None,
    algorithm: hashes.HashAlgorithm | None = None,
) -> bytes:
    """Return the issuer's OCSP answer about a certificate."""
    status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    ca = issuer.certificate.to_cryptography()
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about, issuer=ca, algorithm=algorithm or hashes.SHA256(), cert_status=status,
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


def crl(
    issuer: Issued, *serials: int, end: datetime = AT + timedelta(days=1), reason: ReasonFlags | None = None
) -> bytes:
    """Return a CRL of an issuer."""
    name = issuer.certificate.to_cryptography().subject
    builder = x509.CertificateRevocationListBuilder(name, AT - timedelta(days=1), end)
    for serial in serials:
        entry = x509.RevokedCertificateBuilder(serial, SINCE)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
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
        (answer(ROOT.certificate.to_cryptography(), ROOT),),
    ],
    ids=["none", "expired", "of another CA", "about neither"],
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


def fault(found: LegResult) -> tuple[State, int, int, bool]:
    """Return the state, the number, the depth, and whether the verdict is on the whole chain of the leaf."""
    verdict = found.judgements[0].verdict
    assert verdict is not None
    whole = (EDGE.server_certificate, ISSUING.certificate, ROOT.certificate)
    return found.state, verdict.code, verdict.depth, verdict.chain == whole


@pytest.mark.parametrize("fallback", ["not known", "not revoked"])
@pytest.mark.parametrize(
    ("lists", "code", "depth"),
    [
        ((crl(ROOT, ISSUING.certificate.serial_number),), 23, 1),
        ((crl(ROOT, end=AT - timedelta(hours=1)),), 12, 1),
        ((crl(ROOT, end=AT),), 12, 1),
        ((crl(ROOT, ROOT.certificate.serial_number),), 23, 2),
    ],
    ids=["revoked", "expired", "ends now", "root revoked"],
)
@pytest.mark.parametrize("responses", [(), (answer(OTHER_ROOT.certificate.to_cryptography(), OTHER_ROOT),)])
def test_what_is_lacking_hides_nothing(
    responses: tuple[bytes, ...], lists: tuple[bytes, ...], code: int, depth: int, fallback: str
) -> None:
    """Where no list speaks for the leaf, a list that refuses a CA above it does so, and the verdict is on the leaf."""
    found = judged(*responses, crls=lists, fallback=fallback)
    assert fault(found) == (State.DOWN, code, depth, True)


def test_a_list_of_the_issuer_alone_leaves_the_ca_unknown() -> None:
    """With the leaf's list alone the issuing CA is what is lacking."""
    assert fault(judged(crls=(crl(ISSUING),))) == (State.NOT_CHECKED, 3, 1, True)


def test_a_namesake_is_no_way_out_of_a_revocation() -> None:
    """That a CA of the same name would do is not said of a certificate that is revoked."""
    namesake = FACTORY.root("Good Root CA", key=ROOT.key)
    for responses, lists in (((about_edge(revoked=True),), ()), ((), (crl(ROOT), crl(ISSUING, *SERIALS)))):
        core = attrs.evolve(
            ZONE.core[0],
            revocation_checking=True,
            ocsp_responses=responses,
            crls=lists,
            trusted_ca=[ROOT.certificate, namesake.certificate, ISSUING.certificate],
        )
        (found,) = [one for one in check_zone(attrs.evolve(ZONE, core=[core]), at=AT).legs if one.leg.id == "2"]
        assert (_code(found.judgements[0]), found.judgements[0].hidden_ca) == (23, None)


def test_an_answer_by_sha_1_is_none() -> None:
    """Expressway asks by SHA-256; a responder that only knows SHA-1 is no help to it (platform.md §6)."""
    old = about_edge(algorithm=hashes.SHA1())  # noqa: S303 - what is to be passed over
    assert judged(old, about_issuing()).state is State.NOT_CHECKED
    assert judged(old, about_edge(), about_issuing()).state is State.UP


def test_sip_alone_has_the_switch_of_sip() -> None:
    """SIP's checking says nothing about the tunnels, XCP and the HTTPS legs of the same nodes (platform.md §6)."""
    core = attrs.evolve(ZONE.core[0], revocation_checking=True, settings=Settings(revocation_fallback="revoked"))
    legs = [one for one in audit(with_node(SITE, core), at=AT).legs if core.name in {one.initiator, one.acceptor}]
    refused = {one.leg.id for one in legs if any(_code(judgement) == 3 for judgement in one.judgements)}
    judges = {one.leg.id for one in legs if any(judgement.judge == core.name for judgement in one.judgements)}
    assert refused == {one for one in judges if table.leg(one).is_sip}
    assert judges - refused


def _code(judgement: Judgement) -> int | None:
    return None if judgement.verdict is None else judgement.verdict.code


LISTED: Final = "http://crl.example.com/issuing.crl"


def listed(where: str, **switches: bool) -> State:
    """Return what becomes of a certificate that a list in one place revokes, with the sources switched so."""
    edge = FACTORY.leaf(
        ISSUING, EDGE.name, dns_names=(EDGE.name,), crl_urls=("http://crl.example.com/gone.crl", LISTED)
    ).certificate
    revoking, root = crl(ISSUING, edge.serial_number), crl(ROOT)
    answers = (answer(edge.to_cryptography(), ISSUING, revoked=True),) if where == "ocsp_responses" else ()
    held = {"crls": [root], "trusted_ca_crls": [], "ocsp_responses": answers}
    if where in {"crls", "trusted_ca_crls"}:
        held[where] = [*held[where], revoking]
    core = attrs.evolve(
        ZONE.core[0],
        revocation_checking=True,
        settings=Settings(revocation_fallback="not revoked"),
        revocation_sources=RevocationSources(**switches),
        **held,
    )
    zone = attrs.evolve(ZONE, core=[core], edge=[attrs.evolve(EDGE, server_certificate=edge)])
    behind = {LISTED: revoking} if where == "published_crls" else {}
    whole = Deployment(name="listed", zones=[zone], published_crls=behind)
    (found,) = [one for one in audit(whole, at=AT).legs if one.leg.id == "2"]
    return found.state


@pytest.mark.parametrize(
    ("where", "switch"),
    [
        ("crls", "crls"),
        ("trusted_ca_crls", "crls"),
        ("published_crls", "crls"),
        ("published_crls", "downloads"),
        ("ocsp_responses", "ocsp"),
    ],
)
def test_each_source_has_its_switch(where: str, switch: str) -> None:
    """A revoked certificate is refused by each source that is on, and passes with that one off (platform.md §6)."""
    assert (listed(where), listed(where, **{switch: False})) == (State.DOWN, State.UP)


def test_a_url_that_no_certificate_names_gives_nothing() -> None:
    """What is behind other URLs is not known to the node."""
    assert EDGE.server_certificate is not None
    core = attrs.evolve(ZONE.core[0], revocation_checking=True, settings=Settings(revocation_fallback="revoked"))
    lists = {"http://crl.example.com/a.crl": crl(ROOT), "http://crl.example.com/b.crl": crl(ISSUING)}
    zone = attrs.evolve(ZONE, core=[core])
    whole = Deployment(name="elsewhere", zones=[zone], published_crls=lists)
    (found,) = [one for one in audit(whole, at=AT).legs if one.leg.id == "2"]
    assert found.state is State.DOWN


def test_a_url_in_another_certificate_gives_nothing() -> None:
    """Where the lists of a chain are is what its own certificates say, and no other one in the CA list."""
    url = "http://crl.example.com/issuing.crl"
    other = FACTORY.root("Talkative Root CA", crl_urls=[url]).certificate
    edge = FACTORY.leaf(ISSUING, EDGE.name, dns_names=(EDGE.name,), crl_urls=[url]).certificate
    core = attrs.evolve(ZONE.core[0], revocation_checking=True, crls=[crl(ROOT)])
    core = attrs.evolve(core, trusted_ca=core.trusted_ca.adding(other))
    found = []
    for server in (EDGE.server_certificate, edge):
        zone = attrs.evolve(ZONE, core=[core], edge=[attrs.evolve(EDGE, server_certificate=server)])
        whole = Deployment(name="talkative", zones=[zone], published_crls={url: crl(ISSUING)})
        found += [one.state for one in audit(whole, at=AT).legs if one.leg.id == "2"]
    assert found == [State.NOT_CHECKED, State.UP]


def test_what_is_published_must_be_a_list() -> None:
    """What is no CRL is told of with the URL it is behind."""
    with pytest.raises(LoadError, match=r"http://crl\.example\.com"):
        Deployment(name="wrong", published_crls={LISTED: b"<html>"})


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
        ({"crls": (crl(ROOT), crl(ISSUING)), "revocation_sources": RevocationSources(crls=False)}, State.UP),
        ({"crls": (crl(ROOT), crl(ISSUING)), "xcp_revocation_sources": RevocationSources(crls=False)}, State.DOWN),
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


PERSON: Final = FACTORY.leaf(ISSUING, "Administrator", extended_key_usage=("clientAuth",)).certificate
DIRECTORY: Final = FACTORY.leaf(ISSUING, "ldap.example.com", dns_names=("ldap.example.com",)).certificate
EVERY_LIST: Final = (crl(ISSUING), crl(ROOT))
REVOKED: Final = (crl(ISSUING, PERSON.serial_number, DIRECTORY.serial_number), crl(ROOT))
CA_REVOKED: Final = (crl(ISSUING), crl(ROOT, ISSUING.certificate.serial_number))


def administration(**options: object) -> dict[str, State]:
    """Return the states of the administrator's leg and of the LDAP server's, on a node with these options."""
    node = attrs.evolve(ZONE.core[0], **{"client_certificate_security": True, **options})
    site = Deployment(
        name="administration",
        expressways=[node],
        administrators=[FarEnd(name="administrator", client_certificate=PERSON)],
        ldap_servers=[FarEnd(name="ldap.example.com", server_certificate=DIRECTORY)],
    )
    return {one.leg.id: one.state for one in audit(site, at=AT).legs}


FAILS: Final = {"client_certificate_fail_on_inaccessible_source": True}


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({}, State.UP),
        (FAILS, State.DOWN),
        ({**FAILS, "client_certificate_crls": "None"}, State.UP),
        ({**FAILS, "crls": EVERY_LIST}, State.UP),
        ({**FAILS, "crls": EVERY_LIST[:1]}, State.DOWN),
        ({**FAILS, "crls": EVERY_LIST[:1], "client_certificate_crls": "Peer"}, State.UP),
        ({"crls": REVOKED}, State.DOWN),
        ({"crls": REVOKED[:1]}, State.DOWN),
        ({"trusted_ca_crls": REVOKED, "client_certificate_crls": "Peer"}, State.DOWN),
        ({"crls": CA_REVOKED}, State.DOWN),
        ({"crls": CA_REVOKED, "client_certificate_crls": "Peer"}, State.UP),
        ({"crls": CA_REVOKED[1:], "client_certificate_crls": "Peer"}, State.UP),
        ({"crls": REVOKED, "client_certificate_crls": "None"}, State.UP),
        ({"crls": REVOKED, "client_certificate_security": False}, State.NOT_CHECKED),
    ],
)
def test_administrators_are_looked_up(options: dict[str, object], state: State) -> None:
    """None, Peer or All, and by default what no list speaks for passes (platform.md §6)."""
    assert administration(**options)["15"] is state


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({}, State.UP),
        ({"trusted_ca_crls": REVOKED}, State.UP),
        ({"ldap_crls": "All"}, State.NOT_CHECKED),
        ({"ldap_crls": "All", "crls": EVERY_LIST}, State.NOT_CHECKED),
        ({"ldap_crls": "All", "trusted_ca_crls": EVERY_LIST}, State.UP),
        ({"ldap_crls": "Peer", "trusted_ca_crls": EVERY_LIST[:1]}, State.UP),
        ({"ldap_crls": "Peer", "trusted_ca_crls": REVOKED}, State.DOWN),
    ],
)
def test_ldap_goes_by_the_lists_in_the_ca_file(options: dict[str, object], state: State) -> None:
    """A server of LDAP is looked up in the CRLs of the CA file, and in no others (platform.md §2)."""
    assert administration(**options)["16"] is state


REASON: Final = "(keyCompromise) on the CRL of O=Example, CN=Good Issuing CA, of 2026-11-23 12:00:00 UTC"
COMPROMISED: Final = crl(
    ISSUING, *SERIALS, PERSON.serial_number, DIRECTORY.serial_number, reason=ReasonFlags.key_compromise
)
TOLD: Final = {"crls": [COMPROMISED, crl(ROOT)]}
ADMINISTRATION: Final = {"client_certificate_security": True, **TOLD}


@pytest.mark.parametrize(
    ("legs", "rule", "revoked", "options"),
    [
        (("2",), "zone-certificate-refused", EDGE.server_certificate, {"revocation_checking": True, **TOLD}),
        (("4",), "service-certificate-refused", EDGE.server_certificate, {"xcp_revocation_checking": True, **TOLD}),
        (("15",), "administration-certificate-refused", PERSON, ADMINISTRATION),
        (
            ("16",), "administration-certificate-refused", DIRECTORY,
            {"ldap_crls": "All", "trusted_ca_crls": TOLD["crls"]},
        ),
    ],
    ids=["SIP", "XCP", "administrators", "LDAP"],
)  # fmt: skip
def test_each_service_tells_of_what_is_revoked(
    legs: tuple[str, ...], rule: str, revoked: Certificate, options: dict[str, object]
) -> None:
    """The finding says which certificate is revoked, by which list, since when, and why, whichever service it is."""
    core = attrs.evolve(ZONE.core[0], xcp_verify_hostname=False, **options)
    site = attrs.evolve(
        with_node(SITE, core),
        administrators=[FarEnd(name="administrator", client_certificate=PERSON)],
        ldap_servers=[FarEnd(name="ldap.example.com", server_certificate=DIRECTORY)],
    )
    (finding,) = [one for one in audit(site, at=AT).findings if one.code == 23]
    assert (finding.rule, finding.certificate, tuple(leg.id for leg in finding.legs)) == (rule, revoked, legs)
    told = f"serial number {revoked.serial_number:X} revoked since 2026-10-25 12:00:00 UTC {REASON}"
    assert told in (finding.explanation or "")
    assert f"Replace {revoked.subject}" in finding.remedy.steps[0]


@pytest.mark.parametrize(
    "sources", [("crls", "trusted_ca_crls"), ("crls", "published"), ("trusted_ca_crls", "published")]
)
@pytest.mark.parametrize("is_later_first", [True, False])
def test_of_two_lists_of_one_instant_the_later_number_is_taken(
    sources: tuple[str, str], *, is_later_first: bool
) -> None:
    """Wherever the two came from: number 2 has the certificate as revoked, and number 1, of the same time, has not."""
    lists = [FACTORY.crl(ISSUING, SERIALS, number=2), FACTORY.crl(ISSUING, number=1)]
    placed = dict(zip(sources, lists if is_later_first else lists[::-1], strict=True))
    published = {"http://pki.example.com/1.crl": placed.pop("published")} if "published" in placed else {}
    fields = {name: [one, FACTORY.crl(ROOT)] for name, one in placed.items()}
    core = attrs.evolve(ZONE.core[0], revocation_checking=True, **fields)
    shown = FACTORY.leaf(ISSUING, serial_number=SERIALS[0], dns_names=[EDGE.name], crl_urls=published).certificate
    zone = attrs.evolve(ZONE, core=[core], edge=[attrs.evolve(EDGE, server_certificate=shown)])
    site = Deployment(zones=[zone], published_crls=published)
    (found,) = [one for one in audit(site, at=AT).legs if one.leg.id == "2"]
    verdict = found.judgements[0].verdict
    assert verdict is not None
    assert (verdict.code, verdict.depth) == (23, 0)


def test_lists_of_one_number_stay_in_order() -> None:
    """What has no number comes last, and of two of one number the first is taken."""
    first, second = FACTORY.crl(ISSUING), FACTORY.crl(OTHER_ROOT)
    unnumbered = RevocationList.from_der(crl(ISSUING))
    node = attrs.evolve(ZONE.core[0], crls=[unnumbered, first], trusted_ca_crls=[second])
    assert node.all_crls == (first, second, unnumbered)


OPEN: Final = (
    "whether expc1.example.com takes the certificate of expe1.example.com is not known: unable to get certificate CRL"
)
REFUSED: Final = "expc1.example.com refuses the certificate of expe1.example.com: unable to get certificate CRL"


@pytest.mark.parametrize(
    ("fallback", "found"),
    [("not known", [(Severity.WARNING, OPEN)]), ("revoked", [(Severity.ERROR, REFUSED)]), ("not revoked", [])],
)
def test_a_finding_says_on_which_side_of_the_question_it_rests(
    fallback: str, found: list[tuple[Severity, str]]
) -> None:
    """What is not known is no error, and the setting with its side stands in the finding (platform.md §11 C2)."""
    settings = Settings(revocation_fallback=fallback)
    core = attrs.evolve(ZONE.core[0], revocation_checking=True, settings=settings)
    report = check_zone(attrs.evolve(ZONE, core=[core]), at=AT)
    about = [one for one in report.findings if EDGE.name in one.message]
    assert [(one.severity, one.message) for one in about] == found
    assert [one.settings for one in about] == [(settings.chosen("revocation_fallback"),)] * len(found)
