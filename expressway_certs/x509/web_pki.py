"""The Web PKI profile, by `cryptography`'s verifier: what browsers ask of public certificates, nearly."""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from cryptography import x509 as pyca
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.guard import guarded
from expressway_certs.x509.opinion import Inquiry, Opinion, StrictAnswer, StrictProfile
from expressway_certs.x509.policy import Purpose, VerifyPolicy

_WILDCARD = "*."
_ANY_LABEL = "any."
_GAVE_UP = ("exceeds max depth", "exceeded maximum")
_processing = re.compile(r"\s*\(encountered processing .*\)$", re.DOTALL)


def web_pki_opinion(inquiry: Inquiry, policy: VerifyPolicy, at: datetime) -> Opinion:
    """Ask `cryptography`; its answer, or undecided where it stumbled."""
    leaf = _readable(inquiry.leaf)
    if leaf is None:
        return _opinion(StrictAnswer.REFUSED, "the leaf is not encoded as strict DER and RFC 5280 ask")
    anchors = _all_readable(inquiry.anchors)
    if not anchors:
        return _opinion(StrictAnswer.REFUSED, "the trust store has no root that a strict parser reads")
    builder = verification.PolicyBuilder().store(verification.Store(anchors)).time(at)
    others = _all_readable(inquiry.others)
    if policy.purpose is Purpose.CLIENT:
        return _asked(builder.build_client_verifier(), leaf, others)
    verifiers = list(_verifiers(builder, inquiry.leaf, policy.names))
    if not verifiers:
        return _opinion(StrictAnswer.REFUSED, "there is no DNS name and no IP address to ask for")
    answers = [_asked(verifier, leaf, others) for verifier in verifiers]
    return next((one for one in answers if one.answer is StrictAnswer.ACCEPTED), answers[0])


def _opinion(answer: StrictAnswer, reason: str) -> Opinion:
    return Opinion(profile=StrictProfile.WEB_PKI, answer=answer, reason=reason)


def _asked(
    verifier: verification.ClientVerifier | verification.ServerVerifier,
    leaf: pyca.Certificate,
    others: list[pyca.Certificate],
) -> Opinion:
    try:
        found = verifier.verify(leaf, others)
    except verification.VerificationError as error:
        return _refused(str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, it's no answer
        return _opinion(StrictAnswer.UNDECIDED, f"the library stumbled: {type(error).__name__}")
    chain = found.chain if isinstance(found, verification.VerifiedClient) else found
    whole = tuple(Certificate.from_der(one.public_bytes(Encoding.DER)) for one in chain)
    return Opinion(profile=StrictProfile.WEB_PKI, answer=StrictAnswer.ACCEPTED, chain=whole)


def _refused(message: str) -> Opinion:
    # The library names a certificate by its Python repr; the finding has the certificate itself.
    reason = _processing.sub("", message.removeprefix("validation failed: ")).strip()
    answer = StrictAnswer.UNDECIDED if any(words in reason.lower() for words in _GAVE_UP) else StrictAnswer.REFUSED
    return _opinion(answer, reason)


def _readable(certificate: Certificate) -> pyca.Certificate | None:
    """Return `cryptography`'s object; None where its strict parser refuses the certificate or one of its extensions."""
    try:
        with guarded("not strict", found="an encoding that is not strict"):
            found = certificate.to_cryptography()
            _ = (found.extensions, found.public_key())
    except LoadError:
        return None
    return found


def _all_readable(certificates: Iterable[Certificate]) -> list[pyca.Certificate]:
    return [found for found in map(_readable, certificates) if found is not None]


def _verifiers(
    builder: verification.PolicyBuilder, leaf: Certificate, names: tuple[str, ...]
) -> Iterator[verification.ServerVerifier]:
    """Yield a verifier for each name that is wanted, or else for one that the leaf has."""
    found = (_verifier(builder, name) for name in names or _own_names(leaf))
    usable = (verifier for verifier in found if verifier is not None)
    return usable if names else itertools.islice(usable, 1)


def _own_names(leaf: Certificate) -> Iterator[str]:
    for name in leaf.dns_names:
        yield _ANY_LABEL + name.removeprefix(_WILDCARD) if name.startswith(_WILDCARD) else name
    yield from map(str, leaf.ip_addresses)


def _verifier(builder: verification.PolicyBuilder, name: str) -> verification.ServerVerifier | None:
    try:
        return builder.build_server_verifier(_subject(name))
    except ValueError:
        # It is no name of the preferred syntax, which no client could ask for.
        return None


def _subject(name: str) -> verification.Subject:
    try:
        return pyca.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return pyca.DNSName(name)
