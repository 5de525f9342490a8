"""The judge at work: OpenSSL's ``X509_verify_cert``, its checks in its order, and its first error."""

from __future__ import annotations

from collections.abc import Callable

from expressway_certs.x509.building import build
from expressway_certs.x509.case import BuiltChain, Case, Fault
from expressway_certs.x509.host_names import check_names
from expressway_certs.x509.name_constraints import check_name_constraints
from expressway_certs.x509.revocation import check_revocation
from expressway_certs.x509.signing import check_signatures
from expressway_certs.x509.standing import check_extensions, check_leaf_key, check_strength

_CHECKS: tuple[Callable[[Case, BuiltChain], Fault | None], ...] = (
    check_extensions,
    check_strength,
    check_names,
    check_revocation,
    check_signatures,
    check_name_constraints,
)
"""What is asked of a chain once it stands; the order decides which fault is the first."""


def judge(case: Case) -> tuple[BuiltChain, Fault | None]:
    """Return the chain that OpenSSL would build and the first thing wrong with it."""
    chain = BuiltChain([case.leaf])
    fault = check_leaf_key(case, chain)
    if fault is not None:
        return chain, fault
    chain, fault = build(case)
    for check in _CHECKS:
        fault = fault or check(case, chain)
    return chain, fault
