"""OCSP responses: what they prove, against ``openssl ocsp``, which makes them and checks them."""

import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Final

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp
from hypothesis import given
from hypothesis import strategies as st

from expressway_certs import LoadError, OcspAnswer, OcspResponse, OcspStatus
from expressway_certs.testing import CertificateFactory, Issued
from expressway_certs.testing.lab import Lab
from expressway_certs.x509.ocsp import request_for

FACTORY: Final = CertificateFactory(seed=11)
ROOT: Final = FACTORY.root("OCSP Root CA")
OTHER: Final = FACTORY.root("Another OCSP Root CA")
GOOD: Final = FACTORY.leaf(ROOT, dns_names=("good.example.com",))
REVOKED: Final = FACTORY.leaf(ROOT, dns_names=("revoked.example.com",))
UNKNOWN: Final = FACTORY.leaf(ROOT, dns_names=("unknown.example.com",))
DELEGATE: Final = partial(FACTORY.leaf, extended_key_usage=("OCSPSigning",))
VECTORS: Final = Path(cryptography_vectors.__path__[0]) / "x509" / "ocsp"

SIGNERS: Final[dict[str, Issued]] = {
    "the issuer": ROOT,
    "a delegate": DELEGATE(ROOT, "Responder"),
    "one not made for it": FACTORY.leaf(ROOT, "Leaf"),
    "a delegate of another CA": DELEGATE(OTHER, "Stranger"),
    "another CA": OTHER,
    "an expired delegate": DELEGATE(ROOT, "Expired", not_after=FACTORY.at - timedelta(hours=1)),
}
ACCEPTED: Final = {"the issuer", "a delegate"}


def ask(signer: Issued, leaf: Issued, *options: str, algorithm: str = "SHA256") -> bytes:
    """Return OpenSSL's response about a leaf."""
    request = request_for(leaf.certificate, ROOT.certificate, getattr(hashes, algorithm)())
    with Lab() as lab:
        responder = lab.ocsp(ROOT, signer)
        responder.good.append(GOOD)
        responder.revoked.append(REVOKED)
        return responder.answer(request.public_bytes(Encoding.DER), *options)


def openssl_says(tmp_path: Path, response: bytes, leaf: Issued, algorithm: str) -> str | None:
    """Return the status that ``openssl ocsp`` reads from a response; None where it does not believe it."""
    (tmp_path / "said.der").write_bytes(response)
    (tmp_path / "leaf.pem").write_text(leaf.pem)
    (tmp_path / "root.pem").write_text(ROOT.pem)
    command = ["openssl", "ocsp", "-respin", "said.der", "-issuer", "root.pem", f"-{algorithm.lower()}"]
    command += ["-cert", "leaf.pem", "-CAfile", "root.pem", "-no_nonce"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)
    if "Response verify OK" not in done.stderr:
        return None
    return next(line.split(": ")[1] for line in done.stdout.splitlines() if line.startswith("leaf.pem: "))


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256"])
@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("leaf", [GOOD, REVOKED, UNKNOWN], ids=["good", "revoked", "unknown"])
def test_a_response_proves_what_openssl_reads_from_it(
    tmp_path: Path, leaf: Issued, signer: str, algorithm: str
) -> None:
    """The status is OpenSSL's, and what OpenSSL does not believe proves nothing here either."""
    response = ask(SIGNERS[signer], leaf, algorithm=algorithm)
    theirs = openssl_says(tmp_path, response, leaf, algorithm)
    ours = OcspResponse.from_der(response).answer(leaf.certificate, ROOT.certificate).status
    assert (theirs is not None) == (signer in ACCEPTED)
    assert ours.value == (theirs or "no answer")


@pytest.mark.parametrize("order", [("sha1", "sha256"), ("sha256", "sha1")])
def test_of_two_answers_the_one_by_sha_256_counts(tmp_path: Path, order: tuple[str, str]) -> None:
    """A response may name one certificate twice; Expressway asks by SHA-256, so that answer is the one."""
    (tmp_path / "leaf.pem").write_text(GOOD.pem)
    (tmp_path / "root.pem").write_text(ROOT.pem)
    options = [word for one in order for word in (f"-{one}", "-issuer", "root.pem", "-cert", "leaf.pem")]
    command = ["openssl", "ocsp", "-no_nonce", "-reqout", "asked.der", *options]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    with Lab() as lab:
        responder = lab.ocsp(ROOT, ROOT)
        responder.good.append(GOOD)
        response = OcspResponse.from_der(responder.answer((tmp_path / "asked.der").read_bytes()))
    said = response.answer(GOOD.certificate, ROOT.certificate)
    assert (len(response.periods), said.status, said.hash_algorithm) == (2, OcspStatus.GOOD, "sha256")


def answer(tmp_path: Path, leaf: Issued, signer: Issued = ROOT, **options: object) -> OcspAnswer:
    """Return what OpenSSL's response proves about a leaf."""
    return OcspResponse.from_der(ask(signer, leaf)).answer(leaf.certificate, ROOT.certificate, **options)


def test_a_revoked_certificate_has_since_when_and_why(tmp_path: Path) -> None:
    """What the index says of a revocation is in the answer."""
    found = answer(tmp_path, REVOKED)
    assert (found.status, found.revoked_at, found.reason) == (
        OcspStatus.REVOKED, datetime(2026, 1, 1, tzinfo=UTC), "keyCompromise",
    )  # fmt: skip


@pytest.mark.parametrize("options", [("-resp_key_id", "-nmin", "5"), ("-resp_no_certs", "-nmin", "5"), ("-ndays", "3")])
def test_the_form_of_a_response_does_not_matter(tmp_path: Path, options: tuple[str, ...]) -> None:
    """A responder may be named by its key, leave the issuer's certificate out, or promise days."""
    response = OcspResponse.from_der(ask(ROOT, GOOD, *options))
    assert response.answer(GOOD.certificate, ROOT.certificate).status is OcspStatus.GOOD


@pytest.mark.parametrize(
    ("signer", "words"),
    [
        ("one not made for it", "which is not made for OCSP signing"),
        ("a delegate of another CA", "and cannot be trusted: "),
        ("an expired delegate", "and cannot be trusted: certificate has expired"),
        ("another CA", "which is not made for OCSP signing"),
    ],
)
def test_why_a_response_proves_nothing_is_said(tmp_path: Path, signer: str, words: str) -> None:
    """A response by somebody who may not speak for the issuer says who and why not."""
    found = answer(tmp_path, GOOD, SIGNERS[signer])
    assert found.status is OcspStatus.NO_ANSWER
    assert words in found.why


@pytest.mark.parametrize(
    ("offset", "status"),
    [
        (timedelta(minutes=-4), OcspStatus.GOOD),
        (timedelta(minutes=-6), OcspStatus.NO_ANSWER),
        (timedelta(minutes=9), OcspStatus.GOOD),
        (timedelta(minutes=11), OcspStatus.NO_ANSWER),
    ],
)
def test_a_response_holds_for_its_time(tmp_path: Path, offset: timedelta, status: OcspStatus) -> None:
    """A response of five minutes holds those, and five more before and after."""
    assert answer(tmp_path, GOOD, at=datetime.now(UTC) + offset).status is status


def test_another_certificate_is_not_meant(tmp_path: Path) -> None:
    """A good response about one certificate says nothing about another, or about another CA's."""
    response = OcspResponse.from_der(ask(ROOT, GOOD))
    for leaf, issuer in ((REVOKED, ROOT), (GOOD, OTHER)):
        found = response.answer(leaf.certificate, issuer.certificate)
        assert (found.status, found.why) == (
            OcspStatus.NO_ANSWER, "the response is about another certificate or of another issuer",
        )  # fmt: skip


def test_a_changed_response_proves_nothing(tmp_path: Path) -> None:
    """A response with one bit of its signature changed is not believed; one about a changed status neither."""
    response = ask(ROOT, GOOD, "-resp_no_certs", "-nmin", "5")
    changed = OcspResponse.from_der(response[:-1] + bytes((response[-1] ^ 1,)))
    found = changed.answer(GOOD.certificate, ROOT.certificate)
    assert found.why == f"the signature is not of {ROOT.certificate.subject}"


def test_a_responder_may_refuse() -> None:
    """A response without an answer has the responder's own word for it."""
    der = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER)
    response = OcspResponse.from_der(der)
    assert repr(response) == "<OcspResponse tryLater>"
    assert response.answer(GOOD.certificate, ROOT.certificate).why == "the responder says tryLater"


@pytest.mark.parametrize("data", [b"", b"0\x03\x0a\x01\x07", b"-----BEGIN", bytes(70000), GOOD.der])
def test_other_bytes_are_a_load_error(data: bytes) -> None:
    """What is no OCSP response is told so."""
    with pytest.raises(LoadError, match=r"OCSP response"):
        OcspResponse.from_der(data)


def test_a_file_is_named_in_the_error(tmp_path: Path) -> None:
    """The error about a file says which."""
    path = tmp_path / "leaf.ocsp"
    path.write_bytes(b"nothing")
    with pytest.raises(LoadError, match=r"leaf\.ocsp"):
        OcspResponse.load(path)


@pytest.mark.parametrize("path", sorted(VECTORS.glob("resp-*.der")), ids=lambda path: path.stem)
def test_public_responses_are_read_or_refused(path: Path) -> None:
    """Each response of cryptography's vectors has an answer or a `LoadError`, and is about another certificate."""
    try:
        response = OcspResponse.load(path)
    except LoadError:
        return
    assert response.answer(GOOD.certificate, ROOT.certificate).status is OcspStatus.NO_ANSWER


@cache
def response_by_hand() -> bytes:
    """Return a response about a revoked certificate made by cryptography; the same one each time."""
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=GOOD.certificate.to_cryptography(), issuer=ROOT.certificate.to_cryptography(),
        algorithm=hashes.SHA256(), cert_status=ocsp.OCSPCertStatus.REVOKED, this_update=FACTORY.at,
        next_update=None, revocation_time=FACTORY.at, revocation_reason=ReasonFlags.ca_compromise,
    ).responder_id(ocsp.OCSPResponderEncoding.HASH, ROOT.certificate.to_cryptography())  # fmt: skip
    return builder.sign(ROOT.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_response_without_an_end_holds() -> None:
    """A response that names no next update holds from its own update on."""
    found = OcspResponse.from_der(response_by_hand()).answer(
        GOOD.certificate, ROOT.certificate, at=FACTORY.at + timedelta(days=300)
    )
    assert (found.status, found.reason, found.next_update) == (OcspStatus.REVOKED, "cACompromise", None)


@given(st.data())
def test_mangled_responses_raise_nothing_else(data: st.DataObject) -> None:
    """Whatever is changed in a response, it is a `LoadError` or an answer, and never a good one."""
    sound = response_by_hand()
    place = data.draw(st.integers(0, len(sound) - 1))
    mangled = sound[:place] + data.draw(st.binary(max_size=4)) + sound[place + data.draw(st.integers(1, 4)) :]
    try:
        found = OcspResponse.from_der(mangled).answer(GOOD.certificate, ROOT.certificate)
    except LoadError:
        return
    assert found.status in {OcspStatus.NO_ANSWER, OcspStatus.REVOKED}
