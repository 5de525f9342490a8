"""How OpenSSL builds a chain: trusted issuers first, one path, and no second try.

For each certificate the store is asked first, then what the peer sent. The first issuer by subject,
key identifier and kind of key wins, one within its validity before one out of it; whether it really
signed is only asked once the chain stands, and a wrong answer then is final.
"""

from __future__ import annotations

from collections.abc import Iterable

from expressway_certs.x509 import codes, times
from expressway_certs.x509.case import BuiltChain, Case, Fault
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.view import likely_issued


def build(case: Case) -> tuple[BuiltChain, Fault | None]:
    """Build the chain OpenSSL would build, and say what keeps it from being trusted, if anything."""
    chain = BuiltChain([case.leaf])
    longest = case.policy.depth + 1
    trusted, fault = _extend(case, chain, longest)
    if fault is not None or trusted:
        return chain, fault
    if len(chain) <= longest and chain.untrusted == len(chain) and _is_stored_leaf(case):
        chain.untrusted = 0
        return chain, None
    return chain, _untrusted(case, chain, longest)


def _extend(case: Case, chain: BuiltChain, longest: int) -> tuple[bool, Fault | None]:
    """Grow ``chain`` until it ends in something trusted (then True) or nothing is left to add."""
    asks_presented = True
    while True:
        top = chain[-1]
        issuer = trusted_issuer(case, top) if len(chain) <= longest else None
        if issuer is not None:
            if case.branch.refuses_unreadable and case.view(top).key is None:
                return False, chain.fault(codes.UNSPECIFIED, len(chain) - 1, expected="a readable public key")
            if _take(case, chain, issuer):
                asks_presented = False
                if _is_trusted(case, chain):
                    return True, None
                if not case.view(chain[-1]).self_signed:
                    continue
        if not asks_presented:
            return False, None
        if len(chain) > longest or not _take_presented(case, chain):
            asks_presented = False


def _take(case: Case, chain: BuiltChain, issuer: Certificate) -> bool:
    """Add a trusted issuer. For a self-signed top the store must hold that very certificate."""
    if not case.view(chain[-1]).self_signed:
        chain.append(issuer)
        return True
    if chain[-1] != issuer:
        return False
    chain.untrusted = len(chain) - 1
    return True


def _is_trusted(case: Case, chain: BuiltChain) -> bool:
    """Whether the trusted certificate just added ends the chain."""
    return case.policy.partial_chain or case.view(chain[-1]).self_signed


def _is_stored_leaf(case: Case) -> bool:
    return case.policy.partial_chain and case.leaf in case.trust


def trusted_issuer(case: Case, child: Certificate) -> Certificate | None:
    """Return the issuer of ``child`` that the trust store gives, if any."""
    view = case.view(child)
    candidates = case.trust.with_subject(view.issuer)
    return _best(case, (issuer for issuer in candidates if likely_issued(case.view(issuer), view)))


def _take_presented(case: Case, chain: BuiltChain) -> bool:
    """Add the issuer that the peer sent; each certificate stands in a chain once."""
    view = case.view(chain[-1])
    if _is_self_signed(case, chain[-1]):
        return False
    # A peer may send ten thousand: the name alone rules most of them out.
    namesakes = case.pool.get(view.issuer, ())
    fitting = (issuer for issuer in namesakes if likely_issued(case.view(issuer), view) and issuer not in chain)
    issuer = _best(case, fitting)
    if issuer is None:
        return False
    chain.append(issuer)
    chain.untrusted += 1
    return True


def _best(case: Case, issuers: Iterable[Certificate]) -> Certificate | None:
    """Return the first issuer within its validity; without one, the expired one that the branch prefers."""
    best: Certificate | None = None
    for issuer in issuers:
        if case.view(issuer).holds_at(case.at):
            return issuer
        if best is None or not case.branch.prefers_latest_expired_issuer or _ends_later(case, issuer, best):
            best = issuer
    return best


def _is_self_signed(case: Case, certificate: Certificate) -> bool:
    view = case.view(certificate)
    is_readable = not view.is_invalid and view.key is not None
    return view.self_signed and (is_readable or not case.branch.refuses_unreadable)


def _ends_later(case: Case, issuer: Certificate, than: Certificate) -> bool:
    """Whether an issuer expires later; OpenSSL compares these times in every form that ASN.1 allows."""
    one, other = (times.loose_epoch(case.view(certificate).slices.not_after) for certificate in (issuer, than))
    return one is not None and other is not None and one > other


def _untrusted(case: Case, chain: BuiltChain, longest: int) -> Fault:
    """Say why a chain that could not be extended is not trusted."""
    top = len(chain) - 1
    if len(chain) > longest:
        return chain.fault(
            codes.CERT_CHAIN_TOO_LONG, top, expected=f"at most {case.policy.depth} issuers", found=f"{top} issuers"
        )
    if _is_self_signed(case, chain[top]):
        code = codes.SELF_SIGNED_CERT_IN_CHAIN if top else codes.DEPTH_ZERO_SELF_SIGNED_CERT
        return chain.fault(code, top, expected="this certificate in the trust store", found="it is not there")
    code = codes.UNABLE_TO_GET_ISSUER_CERT
    if chain.untrusted == len(chain):
        code = codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    return chain.fault(code, top, expected=f"its issuer, {chain[top].issuer}", found="no certificate that fits")
