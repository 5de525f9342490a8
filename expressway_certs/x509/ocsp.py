"""An OCSP response as a value (RFC 6960), and what it proves about a certificate."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, Self

import attrs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import SubjectKeyIdentifier, ocsp

from expressway_certs.x509 import clock, der, names
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.guard import guarded
from expressway_certs.x509.files.source import read_source
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.public_key import signature_is_valid
from expressway_certs.x509.slices import Reader
from expressway_certs.x509.verify import verify

MAX_OCSP_BYTES = 1 << 16
"""The longest response that is read; a usual one has 500 to 3,000 bytes."""
_OCSP_SIGNING = "OCSPSigning"
_TOLERANCE = timedelta(minutes=5)
"""How far the clocks may be apart: what ``openssl ocsp`` allows."""
_RESPONSE_BYTES = der.CONSTRUCTED | 0
# SHA-1 only names the issuer here (RFC 5019 §2.1.1), it protects nothing.
_SHA1 = hashes.SHA1()  # noqa: S303
_HASHES: tuple[hashes.HashAlgorithm, ...] = (_SHA1, hashes.SHA256(), hashes.SHA384(), hashes.SHA512())

OcspHash = Literal["sha1", "sha256", "sha384", "sha512"]


class OcspStatus(enum.Enum):
    """What a response says of a certificate; no answer where it proves nothing."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NO_ANSWER = "no answer"


@attrs.frozen(kw_only=True)
class OcspAnswer:
    """What an OCSP response proves about one certificate.

    ``revoked_at`` and ``reason`` (RFC 5280 §5.3.1, as "keyCompromise") are there for a revoked one. ``why`` says
    what is wrong with a response that proves nothing. Times are aware, UTC. ``hash_algorithm`` is the one by which
    the response names the issuer, as "sha256".
    """

    status: OcspStatus
    why: str = ""
    revoked_at: datetime | None = None
    reason: str | None = None
    this_update: datetime | None = None
    next_update: datetime | None = None
    hash_algorithm: str | None = None


@attrs.frozen(repr=False)
class OcspResponse:
    """A response of an OCSP responder (RFC 6960 §4.2). Its one field is the DER.

    >>> response = OcspResponse.load("leaf.ocsp")
    >>> response
    <OcspResponse successful>
    """

    der: bytes

    @classmethod
    def load(cls, source: str | bytes | os.PathLike[str]) -> Self:
        """Load the response in a file or bytes; `LoadError` where it is none."""
        data, where = read_source(source)
        try:
            return cls.from_der(data)
        except LoadError as error:
            raise error.at(where) from None

    @classmethod
    def from_der(cls, data: bytes) -> Self:
        """Take one DER response; `LoadError` where it is not exactly that."""
        if len(data) > MAX_OCSP_BYTES:
            message = f"an OCSP response of {len(data)} bytes is over the limit of {MAX_OCSP_BYTES}"
            raise LoadError(message, found="an oversized OCSP response", remedy="ask the responder again")
        response = cls(bytes(data))
        with _readable():
            _ = response._parsed.response_status
        return response

    @cached_property
    def _parsed(self) -> ocsp.OCSPResponse:
        return ocsp.load_der_ocsp_response(self.der)

    @property
    def response_status(self) -> str:
        """The responder's own state, as RFC 6960 §4.2.1 has it: "successful", "tryLater"."""
        first, *others = self._parsed.response_status.name.lower().split("_")
        return first + "".join(map(str.title, others))

    def answer(self, certificate: Certificate, issuer: Certificate, *, at: datetime | None = None) -> OcspAnswer:
        """Say what the response proves about ``certificate`` of ``issuer`` at an aware instant (None: now).

        The response must be signed by the issuer, or by a certificate in it that the issuer made for this
        (RFC 6960 §4.2.2.2), and must hold at that time, give or take five minutes.
        """
        instant = clock.resolve(at)
        if self.response_status != "successful":
            return _none(f"the responder says {self.response_status}")
        try:
            with _readable():
                return self._answer(certificate, issuer, instant)
        except LoadError as error:
            return _none(error.message)

    def _answer(self, certificate: Certificate, issuer: Certificate, at: datetime) -> OcspAnswer:
        single = self._single(certificate, issuer)
        if single is None:
            return _none("the response is about another certificate or of another issuer")
        signers = [one for one in (issuer, *self._certificates()) if self._is_signer(one)]
        if not signers:
            return _none("the certificate that the response names as its signer is neither the issuer nor sent with it")
        signer = signers[0]
        if not self._is_signed_by(signer):
            return _none(f"the signature is not of {signer.subject}")
        return _refusal(signer, issuer, at) or _time_fault(single, at) or _said(single)

    def _single(self, certificate: Certificate, issuer: Certificate) -> ocsp.OCSPSingleResponse | None:
        answers = {_identity(one): one for one in reversed(tuple(self._parsed.responses))}
        # An answer by SHA-1 counts where there is no other.
        asked = (_identity(request_for(certificate, issuer, algorithm)) for algorithm in (*_HASHES[1:], _SHA1))
        return next((answers[one] for one in asked if one in answers), None)

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The certificates that it brings along, its signer's among them; none where they cannot be read."""
        if self.response_status != "successful":
            return ()
        try:
            with _readable():
                return tuple(self._certificates())
        except LoadError:
            return ()

    @property
    def periods(self) -> tuple[tuple[datetime, datetime | None], ...]:
        """From when to when each of its answers proves something, clocks apart included; None where it says no end.

        An answer holds at both ends of its period.
        """
        if self.response_status != "successful":
            return ()
        try:
            with _readable():
                return tuple(map(_period, self._parsed.responses))
        except LoadError:
            return ()

    def _certificates(self) -> Iterator[Certificate]:
        for one in self._parsed.certificates:
            yield Certificate.from_der(one.public_bytes(Encoding.DER))

    def _is_signer(self, candidate: Certificate) -> bool:
        name = self._parsed.responder_name
        if name is not None:
            return names.canonical(name.public_bytes()) == candidate.view.subject
        key = candidate.to_cryptography().public_key()
        return SubjectKeyIdentifier.from_public_key(key).digest == self._parsed.responder_key_hash

    def _is_signed_by(self, signer: Certificate) -> bool:
        tbs, algorithm, signature = _cut(self.der)
        return signature_is_valid(
            signer=signer.slices.public_key_info, algorithm=algorithm, signature=signature, data=tbs
        )

    def __repr__(self) -> str:
        return f"<OcspResponse {self.response_status}>"


def _readable() -> AbstractContextManager[None]:
    return guarded(
        "the bytes are not an OCSP response that can be read",
        found="bytes that are no OCSP response",
        remedy="ask the responder again",
    )


def request_for(certificate: Certificate, issuer: Certificate, algorithm: hashes.HashAlgorithm) -> ocsp.OCSPRequest:
    """Return the question about a certificate, with its issuer's name and key hashed so (RFC 6960 §4.1.1)."""
    builder = ocsp.OCSPRequestBuilder()
    return builder.add_certificate(certificate.to_cryptography(), issuer.to_cryptography(), algorithm).build()


def hash_named(name: OcspHash) -> hashes.HashAlgorithm:
    """Return the hash algorithm of that name; `ValueError` for one that there is not."""
    for algorithm in _HASHES:
        if algorithm.name == name:
            return algorithm
    message = f"{name!r} is no hash of a question to an OCSP responder; there are sha1, sha256, sha384 and sha512"
    raise ValueError(message)


def _identity(one: ocsp.OCSPRequest | ocsp.OCSPSingleResponse) -> tuple[str, bytes, bytes, int]:
    return one.hash_algorithm.name, one.issuer_name_hash, one.issuer_key_hash, one.serial_number


def _cut(response: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what is signed, the signature's algorithm, and the signature (RFC 6960 §4.2.1)."""
    fields = Reader(response, 0, len(response)).inside(der.SEQUENCE)
    fields.content(der.ENUMERATED)
    held = fields.inside(_RESPONSE_BYTES).inside(der.SEQUENCE)
    held.content(der.OID)
    basic = held.content(der.OCTET_STRING)
    parts = Reader(basic, 0, len(basic)).inside(der.SEQUENCE)
    return parts.whole(der.SEQUENCE), parts.whole(der.SEQUENCE), parts.content(der.BIT_STRING)


def _none(why: str) -> OcspAnswer:
    return OcspAnswer(status=OcspStatus.NO_ANSWER, why=why)


def _refusal(signer: Certificate, issuer: Certificate, at: datetime) -> OcspAnswer | None:
    """Return why a signer may not speak for the issuer; None where it may."""
    if signer.der == issuer.der:
        return None
    if _OCSP_SIGNING not in (signer.extended_key_usage or ()):
        return _none(f"{signer.subject} signed it, which is not made for OCSP signing")
    verdict = verify(signer, [issuer], policy=VerifyPolicy(at=at, partial_chain=True))
    return None if verdict.ok else _none(f"{signer.subject} signed it, and cannot be trusted: {verdict.reason}")


def _time_fault(single: ocsp.OCSPSingleResponse, at: datetime) -> OcspAnswer | None:
    start, end = _period(single)
    if at < start:
        return _none(f"the response does not hold before {single.this_update_utc:%Y-%m-%d %H:%M:%S} UTC")
    if end is not None and at > end:
        return _none(f"the response has expired at {single.next_update_utc:%Y-%m-%d %H:%M:%S} UTC")
    return None


def _period(single: ocsp.OCSPSingleResponse) -> tuple[datetime, datetime | None]:
    end = single.next_update_utc
    return single.this_update_utc - _TOLERANCE, None if end is None else end + _TOLERANCE


def _said(single: ocsp.OCSPSingleResponse) -> OcspAnswer:
    reason = single.revocation_reason
    return OcspAnswer(
        status=OcspStatus[single.certificate_status.name],
        revoked_at=single.revocation_time_utc,
        reason=None if reason is None else reason.value,
        this_update=single.this_update_utc,
        next_update=single.next_update_utc,
        hash_algorithm=single.hash_algorithm.name,
    )
