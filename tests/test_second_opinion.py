"""The second opinion: stricter judges agree with PKITS's table, never hang, and never get in a caller's way."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

import hierarchies
import make_der as make
import meshes
import pytest
from hypothesis import given
from judging import is_readable
from make_der import Spec
from openssl_oracle import Question
from test_imports import loaded_by
from test_pkits import ROOT, VALID, files, leaves

from expressway_certs import (
    Certificate,
    LoadError,
    OcspResponse,
    PolicyInputs,
    Purpose,
    RevocationList,
    SecondOpinion,
    StrictAnswer,
    StrictProfile,
    TrustStore,
    second_opinion,
    verify,
)
from expressway_certs.testing import CertificateFactory
from expressway_certs.x509 import extensions, names

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
PKITS_TIME: Final = datetime.fromtimestamp(VALID, UTC)
FACTORY: Final = CertificateFactory(seed=9, at=AT)
ISSUER: Final = FACTORY.root("Strict Root CA")
HOST: Final = "expe1.example.com"

PKITS_KNOWN: Final = {
    "ValidDSASignaturesTest4EE": "its library wants DSA keys longer than PKITS's 1024 bits",
    "ValidDSAParameterInheritanceTest5EE": "its library wants DSA keys longer than PKITS's 1024 bits",
}
"""Certificates of PKITS that the library judges otherwise than the table of expected results, and why."""
# Sections 4.8 and 4.12 of PKITS under its default inputs; the names of these files do not say.
PKITS_POLICIES_REFUSED: Final = frozenset(f"DifferentPoliciesTest{number}EE" for number in (4, 5, 7, 8, 9, 12))


@cache
def authorities() -> dict[str, Certificate]:
    """Return the CA certificates of PKITS."""
    return {name: Certificate(der) for name, der in files("certs").items() if not name.endswith("EE")}


@cache
def lists() -> tuple[RevocationList, ...]:
    """Return the CRLs of PKITS."""
    return tuple(map(RevocationList.from_der, files("crls").values()))


def named_above(certificate: Certificate) -> set[bytes]:
    """Return the names of those who may speak about a certificate: its issuer, and its CRLs' issuers."""
    given = (name for point in certificate.view.distribution_points for name in point.crl_issuer)
    directories = {names.canonical(name.value) for name in given if name.tag == extensions.DIRECTORY}
    return {certificate.view.issuer, *directories}


def concerned(leaf: Certificate) -> tuple[list[Certificate], list[RevocationList]]:
    """Return the CA certificates, without the root, and the CRLs that may have to do with a certificate of PKITS."""
    seen: set[bytes] = set()
    wanted, found = named_above(leaf), []
    while fresh := wanted - seen:
        seen |= fresh
        above = [one for name, one in authorities().items() if one.view.subject in fresh and name != ROOT]
        found += above
        wanted |= {name for one in above for name in named_above(one)}
    return found, [crl for crl in lists() if names.canonical(crl.slices.issuer) in seen]


def expected(name: str) -> StrictAnswer:
    """Return what PKITS's table says of one of its end-entity certificates, under the default inputs."""
    is_refused = name.startswith("Invalid") or name in PKITS_POLICIES_REFUSED
    return StrictAnswer.REFUSED if is_refused else StrictAnswer.ACCEPTED


def ask_pkits(name: str) -> StrictAnswer:
    """Ask for RFC 5280's opinion of one certificate, with the CRLs."""
    leaf = Certificate(files("certs")[name])
    presented, crls = concerned(leaf)
    found = second_opinion(leaf, [authorities()[ROOT]], presented, at=PKITS_TIME, crls=crls)
    return found.by(StrictProfile.RFC_5280).answer


def test_pkits_has_its_expected_results() -> None:
    """All 223 end-entity certificates of PKITS are judged as its table says, but for the ones that are listed."""
    answers = {name: ask_pkits(name) for name in leaves()}
    assert len(answers) == 223
    assert {name for name, answer in answers.items() if answer is not expected(name)} == PKITS_KNOWN.keys()


@pytest.mark.parametrize(
    ("name", "inputs", "answer"),
    [
        ("AllCertificatesNoPoliciesTest2EE", PolicyInputs(), StrictAnswer.ACCEPTED),
        ("AllCertificatesNoPoliciesTest2EE", PolicyInputs(explicit_policy=True), StrictAnswer.REFUSED),
        (
            "AllCertificatesSamePoliciesTest10EE",
            PolicyInputs(policies="2.16.840.1.101.3.2.1.48.1", explicit_policy=True),
            StrictAnswer.ACCEPTED,
        ),
        (
            "AllCertificatesSamePoliciesTest10EE",
            PolicyInputs(policies="2.16.840.1.101.3.2.1.48.9", explicit_policy=True),
            StrictAnswer.REFUSED,
        ),
        ("AllCertificatesanyPolicyTest11EE", PolicyInputs(explicit_policy=True), StrictAnswer.ACCEPTED),
        (
            "AllCertificatesanyPolicyTest11EE",
            PolicyInputs(explicit_policy=True, inhibit_any_policy=True),
            StrictAnswer.REFUSED,
        ),
        ("ValidPolicyMappingTest1EE", PolicyInputs(policies="2.16.840.1.101.3.2.1.48.1"), StrictAnswer.ACCEPTED),
        (
            "ValidPolicyMappingTest1EE",
            PolicyInputs(explicit_policy=True, inhibit_policy_mapping=True),
            StrictAnswer.REFUSED,
        ),
    ],
)  # fmt: skip
def test_the_inputs_for_policies_are_heard(name: str, inputs: PolicyInputs, answer: StrictAnswer) -> None:
    """Each of the inputs of RFC 5280 §6.1.1 (c) to (f) decides a case of PKITS."""
    leaf = Certificate(files("certs")[name])
    presented, crls = concerned(leaf)
    found = second_opinion(leaf, [authorities()[ROOT]], presented, at=PKITS_TIME, crls=crls, policy_inputs=inputs)
    assert found.by(StrictProfile.RFC_5280).answer is answer


def ask(leaf: Certificate, trust: Iterable[Certificate] = (ISSUER.certificate,), **options: object) -> SecondOpinion:
    """Ask at the factory's instant."""
    return second_opinion(leaf, trust, **{"at": AT, **options})


def answers(found: SecondOpinion) -> tuple[StrictAnswer, ...]:
    """Return the answers of RFC 5280 and of the Web PKI."""
    return tuple(one.answer for one in found.opinions)


def test_a_sound_chain_is_accepted_by_both() -> None:
    """Both judges accept a sound chain, and say which one they took."""
    issuing = FACTORY.intermediate(ISSUER, "Strict Issuing CA")
    leaf = FACTORY.leaf(issuing, dns_names=(HOST,))
    found = ask(leaf.certificate, presented=[issuing.certificate], names=HOST, purpose=Purpose.SERVER)
    assert answers(found) == (StrictAnswer.ACCEPTED, StrictAnswer.ACCEPTED)
    assert [one.chain for one in found.opinions] == [leaf.chain, leaf.chain]


def test_an_intermediate_in_the_store_is_no_anchor() -> None:
    """A store that has the intermediate without its root gives no path, as with OpenSSL."""
    issuing = FACTORY.intermediate(ISSUER, "Strict Issuing CA")
    leaf = FACTORY.leaf(issuing, dns_names=(HOST,)).certificate
    assert answers(ask(leaf, [issuing.certificate])) == (StrictAnswer.REFUSED, StrictAnswer.REFUSED)
    with_both = ask(leaf, TrustStore([issuing.certificate, ISSUER.certificate]))
    assert answers(with_both) == (StrictAnswer.ACCEPTED, StrictAnswer.ACCEPTED)


@pytest.mark.parametrize(
    ("options", "asked", "rfc_5280", "web_pki"),
    [
        ({"authority_key_identifier": None}, {}, "accepted", "refused"),
        ({"key_usage": ("digitalSignature", "keyCertSign")}, {}, "accepted", "refused"),
        ({"dns_names": ()}, {}, "accepted", "refused"),
        ({"dns_names": ("*.example.com",)}, {}, "accepted", "accepted"),
        ({"dns_names": ("e*.example.com", HOST)}, {}, "accepted", "accepted"),
        ({"dns_names": ("e*.example.com",)}, {}, "accepted", "refused"),
        ({}, {"names": ("not a name",)}, "accepted", "refused"),
        ({"dns_names": (), "ip_addresses": ("192.0.2.1",)}, {}, "accepted", "accepted"),
        ({}, {"names": ("other.example.com",)}, "accepted", "refused"),
        ({}, {"names": ("other.example.com", HOST)}, "accepted", "accepted"),
        ({"ip_addresses": ("192.0.2.1",)}, {"names": "192.0.2.1"}, "accepted", "accepted"),
        ({"extended_key_usage": ("serverAuth",)}, {"purpose": "server"}, "accepted", "accepted"),
        ({"extended_key_usage": ("serverAuth",)}, {"purpose": "client"}, "refused", "refused"),
        ({"extended_key_usage": ("clientAuth",)}, {"purpose": "client"}, "accepted", "accepted"),
        ({"not_after": AT}, {"at": AT.replace(hour=13)}, "refused", "refused"),
        ({"not_after": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)}, {}, "accepted", "accepted"),
    ],
)
def test_each_judge_has_its_own_rules(
    options: dict[str, object], asked: dict[str, object], rfc_5280: str, web_pki: str
) -> None:
    """What either refuses is what its own profile refuses."""
    leaf = FACTORY.leaf(ISSUER, HOST, **{"dns_names": (HOST,), **options}).certificate
    assert [one.value for one in answers(ask(leaf, **asked))] == [rfc_5280, web_pki]


def test_a_revoked_or_unknown_state_is_refused() -> None:
    """With CRLs, RFC 5280 wants each certificate shown as not revoked; without, it does not ask."""
    leaf, intermediate = (Certificate(files("certs")[name]) for name in ("InvalidRevokedEETest3EE", "GoodCACert"))
    root = [authorities()[ROOT]]
    found = [
        second_opinion(leaf, root, [intermediate], at=PKITS_TIME, crls=crls).by(StrictProfile.RFC_5280)
        for crls in (None, (), lists())
    ]
    assert [one.answer.value for one in found] == ["accepted", "refused", "refused"]
    assert "no revocation information" in found[1].reason
    assert "was revoked at 08:30:01 on 2010-01-01" in found[2].reason


def of_question(question: Question) -> tuple[Certificate, list[Certificate], list[Certificate]]:
    """Return the leaf, trust and presented certificates of a question about a mesh."""
    leaf, trust, presented = question.leaf, question.trust, question.presented
    return Certificate(leaf), list(map(Certificate, trust)), list(map(Certificate, presented))


MESH_TIME: Final = datetime.fromtimestamp(meshes.AT, UTC)


def test_a_mesh_without_a_path_is_undecided() -> None:
    """The library would search for hours; it is stopped after so many steps, and that is said."""
    leaf, trust, presented = of_question(meshes.mesh(9).question(anchor=meshes.STRANGER))
    found = second_opinion(leaf, trust, presented, at=MESH_TIME, budget=300)
    assert [one.profile for one in found.undecided] == [StrictProfile.RFC_5280]
    assert found.by(StrictProfile.RFC_5280).reason == "gave up after 300 steps; there may be very many paths"


def test_a_long_path_within_the_budget_is_found() -> None:
    """A path of 60 certificates takes a search and a signature for each, and one step fewer is too few."""
    leaf, trust, presented = of_question(meshes.strands((60,)).question())
    steps = 2 * (len(presented) + 1)
    enough, short = (
        second_opinion(leaf, trust, presented, at=MESH_TIME, budget=budget).by(StrictProfile.RFC_5280)
        for budget in (steps, steps - 1)
    )
    assert (enough.answer, short.answer) == (StrictAnswer.ACCEPTED, StrictAnswer.UNDECIDED)
    assert enough.chain == verify(leaf, trust, presented).chain


def test_a_path_too_deep_for_python_is_undecided() -> None:
    """The library calls itself for every certificate of a path; where Python has enough of that, it is said."""
    leaf, trust, presented = of_question(meshes.strands((1500,)).question())
    found = second_opinion(leaf, trust, presented, at=MESH_TIME).by(StrictProfile.RFC_5280)
    assert (found.answer, found.reason.split(":")[:2]) == (
        StrictAnswer.UNDECIDED, ["the library stumbled", " RecursionError"],
    )  # fmt: skip


def test_a_running_loop_is_no_hindrance() -> None:
    """In a notebook a loop is running already; the answer is the same there."""
    leaf = FACTORY.leaf(ISSUER, dns_names=(HOST,)).certificate

    async def inside() -> SecondOpinion:
        return ask(leaf)

    assert asyncio.run(inside()) == ask(leaf)


def test_nothing_is_logged_where_nobody_listens() -> None:
    """The library logs what it makes of CRL issuers; that does not end up on the terminal."""
    program = "import logging, expressway_certs.x509.strict\n"
    program += "logging.getLogger('pyhanko_certvalidator.revinfo').warning('a path that could not be validated')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_what_is_no_strict_der_is_refused_by_the_web_pki() -> None:
    """A certificate that a strict parser does not read is refused by the Web PKI profile, as leaf and as anchor."""
    constraints = make.extension("2.5.29.19", make.sequence(make.boolean(False)), critical=True)
    name, start = make.common_name(HOST), int(AT.timestamp()) - 60
    spec = Spec(
        subject=name, issuer=name, key="ec0", signer="ec0", serial=1, start=start, end=start + 3600,
        extensions=(constraints,),
    )  # fmt: skip
    leaf = Certificate.from_der(make.certificate(spec))
    found = [ask(leaf, trust).by(StrictProfile.WEB_PKI) for trust in ([ISSUER.certificate], [])]
    assert {one.reason for one in found} == {"the leaf is not encoded as strict DER and RFC 5280 ask"}
    empty = ask(ISSUER.certificate, [leaf]).by(StrictProfile.WEB_PKI)
    assert (empty.answer, empty.reason) == (
        StrictAnswer.REFUSED, "the trust store has no root that a strict parser reads",
    )  # fmt: skip


RESPONDER: Final = "http://ocsp.example.com/"
LOWER: Final = FACTORY.intermediate(ISSUER, "Strict Issuing CA", ocsp_urls=[RESPONDER])
ANSWERED: Final = FACTORY.leaf(LOWER, dns_names=(HOST,), ocsp_urls=[RESPONDER])
ABOUT_CA: Final = FACTORY.ocsp(LOWER)


@pytest.mark.parametrize(
    ("responses", "crls", "expected"),
    [
        ([FACTORY.ocsp(ANSWERED), ABOUT_CA], None, StrictAnswer.ACCEPTED),
        ([FACTORY.ocsp(ANSWERED).der], [FACTORY.crl(ISSUER)], StrictAnswer.ACCEPTED),
        ([FACTORY.ocsp(ANSWERED)], None, StrictAnswer.REFUSED),
        ([], None, StrictAnswer.REFUSED),
        ([FACTORY.ocsp(ANSWERED, "revoked"), ABOUT_CA], None, StrictAnswer.REFUSED),
        ([FACTORY.ocsp(ANSWERED, next_update=AT - timedelta(hours=1)), ABOUT_CA], None, StrictAnswer.REFUSED),
        (None, None, StrictAnswer.ACCEPTED),
    ],
    ids=["both", "with a CRL", "one is lacking", "none", "revoked", "expired", "not asked"],
)
def test_ocsp_answers_show_what_is_not_revoked(
    responses: list[OcspResponse | bytes] | None, crls: list[RevocationList] | None, expected: StrictAnswer
) -> None:
    """RFC 5280's judge takes an OCSP answer about a certificate in place of a CRL."""
    found = second_opinion(
        ANSWERED.certificate, [ISSUER.certificate], [LOWER.certificate], at=AT, crls=crls, ocsp_responses=responses
    )
    assert found.by(StrictProfile.RFC_5280).answer is expected


def test_bytes_that_are_no_answer_are_a_load_error() -> None:
    """What is no OCSP response is told so before anybody is asked."""
    with pytest.raises(LoadError, match="OCSP response"):
        second_opinion(ANSWERED.certificate, [ISSUER.certificate], ocsp_responses=[b"<html>"])


@given(hierarchies.questions(constrained=True, oddity=12), hierarchies.questions(crls=True, oddity=12))
def test_odd_hierarchies_get_an_opinion(constrained: Question, listed: Question) -> None:
    """Whatever is in the certificates and CRLs, both judges answer, and nothing is raised or printed."""
    for question in (constrained, listed):
        crls = [crl for crl in question.crls if is_readable(crl)] or None
        found = second_opinion(*of_question(question), at=MESH_TIME, crls=crls)
        assert [one.profile for one in found.opinions] == list(StrictProfile)
        assert all((one.answer is StrictAnswer.ACCEPTED) == (one.reason == "") for one in found.opinions)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"budget": 0}, "budget must be a whole number from 1 to 1000000, not 0"),
        ({"budget": 2.5}, "budget must be a whole number from 1 to 1000000, not 2.5"),
        ({"at": datetime(2026, 1, 1)}, "has no time zone"),  # noqa: DTZ001 - that is the point
        ({"names": ("",)}, "names must be host names or IP addresses"),
        ({"purpose": "mail"}, "'mail' is not a valid Purpose"),
    ],
)
def test_a_value_outside_what_can_be_asked_is_refused(options: dict[str, object], words: str) -> None:
    """A mistake of the caller is a `ValueError` that says what is wanted."""
    with pytest.raises(ValueError, match=re.escape(words)):
        ask(ISSUER.certificate, **options)


@pytest.mark.parametrize("policy", ["", "1", "x.1", "-1.2", "3.1", "1.02", "1..2", "1.2\n", "1.-2"])
def test_a_policy_that_is_no_oid_is_refused(policy: str) -> None:
    """A certificate policy is a dotted OID."""
    with pytest.raises(ValueError, match="give certificate policies as dotted OIDs"):
        PolicyInputs(policies=(policy,))


def test_something_else_is_a_type_error() -> None:
    """What is no certificate is told so by its type."""
    with pytest.raises(TypeError, match="expected a Certificate, not str; load it"):
        ask(ISSUER.certificate, ["root.pem"])


def test_a_second_opinion_is_not_a_truth_value() -> None:
    """There are two answers in it, each of three kinds."""
    with pytest.raises(TypeError, match=r"ask \.refusals, \.undecided or \.by"):
        bool(ask(ISSUER.certificate))


def test_the_library_is_loaded_when_it_is_asked() -> None:
    """Who never asks for a second opinion never pays for it."""
    assert {name for name in loaded_by("import expressway_certs") if name.startswith("pyhanko")} == set()
    assert "pyhanko_certvalidator" in loaded_by("import expressway_certs.x509.strict")
