"""Revocation as a node checks it: whether, by what, and what it means that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice, zip_longest
from typing import Final, Literal, Self

import attrs

from expressway_certs.product.legs import LDAP_LEG, Leg, Shown, When
from expressway_certs.product.nodes import Client, Expressway, Node
from expressway_certs.product.revocation import CrlChecking, Published, downloads, superseding_first
from expressway_certs.rules.memory import Memory, lacks_crl
from expressway_certs.x509 import codes
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.ocsp import OcspAnswer, OcspResponse, OcspStatus
from expressway_certs.x509.policy import CrlCheck
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.verdict import Details, Verdict

Fallback = Literal["not known", "not revoked", "revoked"]


@attrs.frozen(kw_only=True)
class Checking:
    """How a service of an Expressway or a client checks revocation: of what, by what, and what it does without.

    With ``lists_in_force`` a list that is out of date, or otherwise none to go by, is passed over; else it refuses.
    """

    depth: CrlCheck = "all"
    crls: tuple[RevocationList, ...] = ()
    ocsp: tuple[OcspResponse, ...] = ()
    downloads: bool = False
    lists_in_force: bool = False
    fallback: Fallback

    def with_downloads(self, chain: Iterable[Certificate], behind: Published) -> Self | None:
        """Return it with the CRLs that the certificates of a chain name, where it may download them.

        None where nothing is left to go by, and that refuses nobody.
        """
        fetched = downloads(chain, behind) if self.downloads else ()
        if self.lists_in_force and not fetched:
            return None
        return attrs.evolve(self, crls=superseding_first((*self.crls, *fetched))) if fetched else self


def checking_of(judge: Node, leg: Leg, shown: Shown) -> Checking | None:
    """Return how a judge checks revocation of what it is shown, each service in its way; None where it does not.

    Source: platform.md §6; mra.md A1.10 for Jabber, which alone is documented among clients.
    """
    if isinstance(judge, Client) and judge.family.is_jabber:
        return _OF_JABBER
    if not isinstance(judge, Expressway):
        return None
    if shown.when is When.XCP_VERIFIES:
        return _of_xcp(judge)
    if shown.when is When.ADMINISTRATORS_ARE_ASKED:
        return _of_administrators(judge)
    if leg.id == LDAP_LEG:
        return _of_ldap(judge)
    return _of_sip(judge) if leg.is_sip else None


def _of_sip(judge: Expressway) -> Checking | None:
    sources = judge.revocation_sources
    if not judge.revocation_checking:
        return None
    return Checking(
        crls=judge.all_crls if sources.crls else (),
        ocsp=judge.ocsp_responses if sources.ocsp else (),
        downloads=sources.crls and sources.downloads,
        fallback=judge.settings.revocation_fallback,
    )


def _of_xcp(judge: Expressway) -> Checking | None:
    sources = judge.xcp_revocation_sources
    if not judge.xcp_revocation_checking:
        return None
    return Checking(
        crls=judge.all_crls if sources.crls else (),
        downloads=sources.crls and sources.downloads,
        fallback="revoked" if judge.xcp_fail_on_inaccessible_source else "not revoked",
    )


def _of_administrators(judge: Expressway) -> Checking | None:
    depth = _DEPTHS[judge.client_certificate_crls]
    fallback: Fallback = "revoked" if judge.client_certificate_fail_on_inaccessible_source else "not revoked"
    return Checking(depth=depth, crls=judge.all_crls, fallback=fallback) if depth else None


def _of_ldap(judge: Expressway) -> Checking | None:
    depth = _DEPTHS[judge.ldap_crls]
    crls = superseding_first(judge.trusted_ca_crls)
    # What it means that there is no list is not documented for LDAP.
    return Checking(depth=depth, crls=crls, fallback="not known") if depth else None


# What is published says that a revoked certificate blocks, and that to know nothing raises nothing; that every
# certificate below the root is looked up, and an old list passed over, is our choice.
_OF_JABBER: Final = Checking(downloads=True, lists_in_force=True, fallback="not revoked")

_DEPTHS: Final[dict[CrlChecking, CrlCheck | None]] = {
    CrlChecking.NONE: None,
    CrlChecking.PEER: "leaf",
    CrlChecking.ALL: "all",
}


def checked(checking: Checking, trusted: Verdict, memory: Memory) -> Verdict:
    """Return the verdict on a chain that is trusted but for revocation, by OCSP answers and CRLs (platform.md §6).

    A certificate that either of the two calls revoked is revoked, whatever is lacking for another one; one that either
    calls good is good (own choice: the order of the two is not documented). Where neither knows it, the verdict is
    OpenSSL's for a missing CRL, unless the fallback is "not revoked" (platform.md §11 C2). A root is looked up in its
    own CRL, as OpenSSL does, and nothing is lacking where it has none.
    """
    lacking: Verdict | None = None
    for depth, (certificate, issuer) in enumerate(_looked_up(checking, trusted.chain)):
        answer = None if issuer is None else _answer(checking.ocsp, certificate, issuer, memory.at)
        if answer is not None and answer.status is OcspStatus.REVOKED:
            said: Details = (None, "a certificate that is not revoked", _told(answer))
            return _refused(checking, trusted, depth, codes.CERT_REVOKED, said)
        listed = _listed(certificate, trusted, memory)
        if listed.ok or (lacks_crl(listed) and (answer is not None or issuer is None)):
            continue
        if checking.lists_in_force and listed.code != codes.CERT_REVOKED:
            continue
        details = (listed.extension, listed.expected, listed.found)
        found = _refused(checking, trusted, depth, listed.code, details)
        if not lacks_crl(listed):
            return found
        lacking = found if lacking is None else lacking
    return trusted if lacking is None or checking.fallback == "not revoked" else lacking


def _looked_up(checking: Checking, chain: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, Certificate | None]]:
    """Yield the certificates of a chain that are looked up, each with its issuer; a root has none."""
    above = zip_longest(chain, chain[1:])
    return islice(above, 1 if checking.depth == "leaf" else None)


def _answer(
    responses: Iterable[OcspResponse], certificate: Certificate, issuer: Certificate, at: datetime
) -> OcspAnswer | None:
    """Return what OCSP answers prove about a certificate: revoked before good; None for nothing.

    Expressway asks by SHA-256, so one that names the issuer by SHA-1 is none that it would get (platform.md §6).
    """
    answers = [one.answer(certificate, issuer, at=at) for one in responses]
    said = (OcspStatus.REVOKED, OcspStatus.GOOD)
    known = [one for one in answers if one.status in said and one.hash_algorithm != "sha1"]
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


def _refused(checking: Checking, trusted: Verdict, depth: int, code: int, details: Details) -> Verdict:
    policy = attrs.evolve(trusted.answer.policy, crl_check=checking.depth)
    answer = attrs.evolve(trusted.answer, code=code, depth=depth, details=details, policy=policy)
    return attrs.evolve(trusted, answer=answer)
