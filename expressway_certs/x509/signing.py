"""The last of the judge's checks on a chain: who may sign, the signatures, and validity, from the anchor down."""

from __future__ import annotations

from datetime import UTC, datetime

from expressway_certs.x509 import codes, usages
from expressway_certs.x509.case import BuiltChain, Case, Fault
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.signatures import signed_by
from expressway_certs.x509.view import likely_issued, may_have_signed


def check_signatures(case: Case, chain: BuiltChain) -> Fault | None:
    """Check each signature with the key above it, and then that certificate's validity."""
    top = len(chain) - 1
    anchor = case.view(chain[top])
    if likely_issued(anchor, anchor) or case.policy.partial_chain:
        # A self-signature adds nothing, so the anchor's own is not looked at; its validity is.
        fault = _check_time(case, chain, top)
        if fault is not None:
            return fault
    elif top == 0:
        return chain.fault(codes.UNABLE_TO_VERIFY_LEAF_SIGNATURE, 0)
    for depth in range(top - 1, -1, -1):
        fault = _check_signature(case, chain, depth) or _check_time(case, chain, depth)
        if fault is not None:
            return fault
    return None


def _check_signature(case: Case, chain: BuiltChain, depth: int) -> Fault | None:
    child, issuer = chain[depth], chain[depth + 1]
    child_view, issuer_view = case.view(child), case.view(issuer)
    if not may_have_signed(issuer_view, child_view):
        return chain.fault(
            codes.KEYUSAGE_NO_CERTSIGN,
            depth + 1,
            extension="keyUsage",
            expected="keyCertSign",
            found=", ".join(sorted(usages.key_usage_names(issuer_view.key_usage or 0))),
        )
    if not signed_by(child, issuer):
        return chain.fault(
            codes.CERT_SIGNATURE_FAILURE,
            depth,
            expected=f"a signature by the key of {_titled(issuer)}",
            found="a signature that this key did not make",
        )
    return None


def _titled(certificate: Certificate) -> str:
    identifier = certificate.subject_key_identifier
    return certificate.subject + (f" (key identifier {identifier.hex(':')})" if identifier else "")


def _check_time(case: Case, chain: BuiltChain, depth: int) -> Fault | None:
    if case.at is None:
        return None
    view = case.view(chain[depth])
    if view.not_before is None:
        return chain.fault(codes.ERROR_IN_CERT_NOT_BEFORE_FIELD, depth, expected="a time as RFC 5280 writes it")
    if view.not_before > case.at:
        found = f"valid from {chain[depth].not_before:%Y-%m-%d %H:%M:%S} UTC"
        return chain.fault(codes.CERT_NOT_YET_VALID, depth, expected=_asked(case.at), found=found)
    if view.not_after is None:
        return chain.fault(codes.ERROR_IN_CERT_NOT_AFTER_FIELD, depth, expected="a time as RFC 5280 writes it")
    if view.not_after <= case.at:
        found = f"expired {chain[depth].not_after:%Y-%m-%d %H:%M:%S} UTC"
        return chain.fault(codes.CERT_HAS_EXPIRED, depth, expected=_asked(case.at), found=found)
    return None


def _asked(at: int) -> str:
    return f"validity at {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"
