"""The one judge: OpenSSL's ``X509_verify_cert``, its checks in its order, and its first error."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from expressway_certs.x509 import codes
from expressway_certs.x509.building import build
from expressway_certs.x509.case import BuiltChain, Case, Fault
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.host_names import check_names
from expressway_certs.x509.name_constraints import check_name_constraints
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.revocation import check_revocation
from expressway_certs.x509.signing import check_signatures
from expressway_certs.x509.standing import check_extensions, check_leaf_key, check_strength
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verdict import Verdict

_DEFAULT_POLICY = VerifyPolicy()

_CHECKS: tuple[Callable[[Case, BuiltChain], Fault | None], ...] = (
    check_extensions,
    check_strength,
    check_names,
    check_revocation,
    check_signatures,
    check_name_constraints,
)
"""What is asked of a chain once it stands; the order decides which fault is the first."""


def verify(
    leaf: Certificate,
    trust: TrustStore | Iterable[Certificate],
    presented: Iterable[Certificate] = (),
    policy: VerifyPolicy = _DEFAULT_POLICY,
) -> Verdict:
    """Judge ``leaf`` as OpenSSL would: same yes or no, same error number, same depth.

    ``trust`` is the judging side's store, in its order; ``presented`` what the peer sends besides
    the leaf, in its order. Raises `TypeError` for something that is no certificate; any
    certificate at all gets a verdict.

    >>> leaf, root = Certificate.load("leaf.pem"), Certificate.load("root.pem")
    >>> verdict = verify(leaf, TrustStore([root], name="expe1"))
    >>> verdict.ok, verdict.code, verdict.depth
    (False, 20, 0)
    >>> verdict.missing.name
    'C=NO, O=Example, CN=Example Issuing CA'
    """
    store = trust if isinstance(trust, TrustStore) else TrustStore(trust)
    case = Case.of(leaf, store, tuple(presented), policy)
    chain, fault = judge(case)
    return Verdict(
        code=fault.code if fault else codes.OK,
        depth=fault.depth if fault else 0,
        chain=tuple(chain),
        openssl=policy.openssl,
        case=case,
        fault=fault,
    )


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
