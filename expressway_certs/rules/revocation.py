"""Revocation as a node checks it: whether, by what, and what it means that nobody knows."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Literal

import attrs

from expressway_certs.product.legs import Shown, When
from expressway_certs.product.nodes import Expressway, Node
from expressway_certs.rules.memory import Memory, lacks_crl
from expressway_certs.x509 import codes
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.ocsp import OcspAnswer, OcspStatus
from expressway_certs.x509.verdict import Verdict

Fallback = Literal["not known", "not revoked", "revoked"]


def is_checked(judge: Node, shown: Shown, *, is_sip: bool) -> bool:
    """Whether a judge checks revocation of what it is shown: SIP and XCP each by their own switch (platform.md §6)."""
    if not isinstance(judge, Expressway):
        return False
    if shown.when is When.XCP_VERIFIES:
        return judge.xcp_revocation_checking
    return is_sip and judge.revocation_checking


def fallback(judge: Node, shown: Shown) -> Fallback:
    """Return what it means to a judge that no source knows a certificate (platform.md §6, §11 C2)."""
    if not isinstance(judge, Expressway):
        return "not known"
    if shown.when is When.XCP_VERIFIES:
        return "revoked" if judge.xcp_fail_on_inaccessible_source else "not revoked"
    return judge.settings.revocation_fallback


def checked(judge: Expressway, trusted: Verdict, memory: Memory) -> Verdict:
    """Return the verdict on a chain that is trusted but for revocation, by OCSP answers and CRLs (platform.md §6).

    A certificate that either of the two calls revoked is revoked; one that either calls good is good (own choice: the
    order of the two is not documented). Where neither knows it, the verdict is OpenSSL's for a missing CRL, unless
    the fallback is "not revoked" (platform.md §11 C2).
    """
    lacking: Verdict | None = None
    for depth, (certificate, issuer) in enumerate(pairwise(trusted.chain)):
        answer = _answer(judge, certificate, issuer, memory.at)
        if answer is not None and answer.status is OcspStatus.REVOKED:
            return _refused(trusted, depth, codes.CERT_REVOKED, "a certificate that is not revoked", _told(answer))
        listed = _listed(certificate, trusted, memory)
        if listed.ok or (lacks_crl(listed) and answer is not None):
            continue
        found = _refused(trusted, depth, listed.code, listed.expected, listed.found)
        if not lacks_crl(listed):
            return found
        lacking = lacking or found
    is_passed_over = judge.settings.revocation_fallback == "not revoked"
    return trusted if lacking is None or is_passed_over else lacking


def _answer(judge: Expressway, certificate: Certificate, issuer: Certificate, at: datetime) -> OcspAnswer | None:
    """Return what the judge's OCSP answers prove about a certificate: revoked before good; None for nothing."""
    answers = [one.answer(certificate, issuer, at=at) for one in judge.ocsp_responses]
    known = [one for one in answers if one.status in {OcspStatus.REVOKED, OcspStatus.GOOD}]
    return next((one for one in known if one.status is OcspStatus.REVOKED), known[0] if known else None)


def _listed(certificate: Certificate, trusted: Verdict, memory: Memory) -> Verdict:
    """Return the verdict of the CRLs alone on one certificate of the chain."""
    case = trusted.case
    policy = attrs.evolve(case.policy, purpose=None, crl_check="leaf")
    return memory.verdict(certificate, case.trust, case.presented, policy)


def _told(answer: OcspAnswer) -> str:
    since = f"revoked since {answer.revoked_at:%Y-%m-%d %H:%M:%S} UTC" if answer.revoked_at else "revoked"
    made = f", of {answer.this_update:%Y-%m-%d %H:%M:%S} UTC" if answer.this_update else ""
    return f"{since} ({answer.reason or 'no reason given'}) by an OCSP answer{made}"


def _refused(trusted: Verdict, depth: int, code: int, expected: str | None, found: str | None) -> Verdict:
    answer = attrs.evolve(trusted.answer, code=code, depth=depth, details=(None, expected, found))
    return attrs.evolve(trusted, answer=answer)
