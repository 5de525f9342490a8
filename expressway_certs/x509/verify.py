"""One certificate before the one judge."""

from __future__ import annotations

from collections.abc import Iterable

from expressway_certs.x509.bulk.index import index_of
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.trust_store import TrustStore, as_trust_store
from expressway_certs.x509.verdict import Verdict

_DEFAULT_POLICY = VerifyPolicy()


def verify(
    leaf: Certificate,
    trust: TrustStore | Iterable[Certificate],
    presented: Iterable[Certificate] = (),
    policy: VerifyPolicy = _DEFAULT_POLICY,
) -> Verdict:
    """Judge ``leaf`` as OpenSSL would: same yes or no, same error number, same depth.

    ``trust`` is the judging side's store, in its order; ``presented`` what the peer sends besides
    the leaf, in its order. Raises `TypeError` for something that is no certificate, store or
    policy; any certificate at all gets a verdict.

    >>> leaf, root = Certificate.load("leaf.pem"), Certificate.load("root.pem")
    >>> verdict = verify(leaf, TrustStore([root], name="expe1"))
    >>> verdict.ok, verdict.code, verdict.depth
    (False, 20, 0)
    >>> verdict.missing.name
    'C=NO, O=Example, CN=Example Issuing CA'
    """
    return index_of(as_trust_store(trust), presented, policy).verify(leaf)
