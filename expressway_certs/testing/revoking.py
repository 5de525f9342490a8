"""Revocation lists and OCSP answers of a CA of the factory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, get_args

from cryptography import x509 as pyca
from cryptography.x509 import ocsp

from expressway_certs.product.fields import one_of, several, wanted
from expressway_certs.testing.issued import Issued
from expressway_certs.testing.signing import Digest, crl_der, ocsp_der
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.ocsp import OcspHash, OcspResponse, hash_named
from expressway_certs.x509.revocation_list import RevocationList

Revoked = Certificate | Issued | int
"""A revoked certificate, or its serial number."""

CertificateStatus = Literal["good", "revoked", "unknown"]

_STATUSES: Final[dict[str, ocsp.OCSPCertStatus]] = {
    "good": ocsp.OCSPCertStatus.GOOD,
    "revoked": ocsp.OCSPCertStatus.REVOKED,
    "unknown": ocsp.OCSPCertStatus.UNKNOWN,
}


def revocation_list(
    issuer: Issued,
    revoked: Iterable[Revoked],
    *,
    number: int,
    revoked_at: datetime,
    this_update: datetime,
    next_update: datetime,
    digest: Digest,
) -> RevocationList:
    """Return a CRL of a CA (RFC 5280 §5), with its number and key identifier."""
    several(revoked, "revoked certificates")
    one_of(digest, get_args(Digest), "digest")
    theirs = issuer.certificate.to_cryptography()
    builder = (
        pyca.CertificateRevocationListBuilder()
        .issuer_name(theirs.subject)
        .last_update(this_update)
        .next_update(next_update)
        .add_extension(pyca.CRLNumber(number), critical=False)
        .add_extension(pyca.AuthorityKeyIdentifier.from_issuer_public_key(theirs.public_key()), critical=False)  # type: ignore[arg-type]
    )
    for one in revoked:
        entry = pyca.RevokedCertificateBuilder().serial_number(_serial(one)).revocation_date(revoked_at)
        builder = builder.add_revoked_certificate(entry.build())
    return RevocationList.from_der(crl_der(builder, issuer.key, digest))


def ocsp_response(
    issued: Issued,
    status: CertificateStatus,
    *,
    responder: Issued | None,
    revoked_at: datetime,
    this_update: datetime,
    next_update: datetime | None,
    digest: Digest,
    algorithm: OcspHash,
) -> OcspResponse:
    """Return the answer of a CA, or of the responder that it named, about one certificate (RFC 6960 §4.2)."""
    one_of(status, _STATUSES, "status")
    one_of(digest, get_args(Digest), "digest")
    issuer = issued.issuer or issued
    signer = responder or issuer
    is_revoked = status == "revoked"
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=issued.certificate.to_cryptography(),
            issuer=issuer.certificate.to_cryptography(),
            algorithm=hash_named(algorithm),
            cert_status=_STATUSES[status],
            this_update=this_update,
            next_update=next_update,
            revocation_time=revoked_at if is_revoked else None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate.to_cryptography())
    )
    sent = [responder.der] if responder else []
    return OcspResponse.from_der(ocsp_der(builder, signer.key, digest, this_update, sent))


def _serial(revoked: Revoked) -> int:
    wanted(Revoked, revoked)
    if isinstance(revoked, int):
        return revoked
    return (revoked.certificate if isinstance(revoked, Issued) else revoked).serial_number
