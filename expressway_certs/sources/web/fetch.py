"""Issuers, CRLs and OCSP answers, fetched from where the certificates say and believed only as far as signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

import attrs
from cryptography.hazmat.primitives.serialization import Encoding

from expressway_certs.product.fields import wanted
from expressway_certs.rules.finding import Finding
from expressway_certs.sources.web.policy import FetchPolicy
from expressway_certs.x509 import names, usages
from expressway_certs.x509.case import Case
from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.chain import Chain, build_chain
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.ocsp import OcspAnswer, OcspResponse, OcspStatus, hash_named, request_for
from expressway_certs.x509.public_key import signature_is_valid
from expressway_certs.x509.revocation_list import RevocationList, revocation_lists
from expressway_certs.x509.verdict import Verdict

_OCSP_QUESTION = "application/ocsp-request"
_MOST_ISSUERS = 10
_DEFAULT = FetchPolicy()


@attrs.frozen(kw_only=True)
class FetchFailure:
    """What could not be had: for which certificate, from which URL ("" where it names none), and why."""

    certificate: Certificate
    url: str
    why: str


@attrs.frozen(kw_only=True)
class FetchedOcsp:
    """An OCSP response that was fetched, and what it proves about its certificate."""

    certificate: Certificate
    response: OcspResponse
    answer: OcspAnswer


@attrs.frozen(kw_only=True)
class Fetched:
    """What was fetched: each piece's signature was checked. ``failures`` are what could not be had.

    ``chain`` is the chain with ``certificates`` in it, leaf first; it may still be broken.
    """

    chain: Chain
    certificates: tuple[Certificate, ...] = ()
    crls: tuple[RevocationList, ...] = ()
    ocsp: tuple[FetchedOcsp, ...] = ()
    failures: tuple[FetchFailure, ...] = ()

    @property
    def new_root(self) -> Certificate | None:
        """The self-signed end of the chain that the trust store lacks, if so: compare its fingerprint with the CA's."""
        last = self.chain.certificates[-1]
        return last if not self.chain.is_complete and last.is_self_signed else None


class _Session:
    """The downloads of one call: each URL once, and no more than the policy's number."""

    def __init__(self, policy: FetchPolicy) -> None:
        wanted(FetchPolicy, policy)
        self._policy = policy
        self._asked: set[tuple[str, bytes | None]] = set()
        self.failures: list[FetchFailure] = []

    def get(self, certificate: Certificate, url: str, question: bytes | None = None) -> bytes | None:
        """Return what a URL of a certificate gives; None, with the failure noted, where it gives nothing."""
        try:
            from expressway_certs.sources.web.guarded import FetchError, download  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            message = f"fetching needs {error.name}; install it with: pip install 'expressway_certs[fetch]'"
            raise ModuleNotFoundError(message, name=error.name) from None
        if len(self._asked) >= self._policy.max_fetches:
            self.fail(certificate, url, f"{self._policy.max_fetches} downloads were made, and that is enough")
            return None
        if (url, question) in self._asked:
            self.fail(certificate, url, "it was asked already")
            return None
        self._asked.add((url, question))
        try:
            return download(url, self._policy, question=question, content_type=_OCSP_QUESTION)
        except FetchError as error:
            self.fail(certificate, url, str(error))
            return None

    def fail(self, certificate: Certificate, url: str, why: str) -> None:
        """Note what could not be had."""
        self.failures.append(FetchFailure(certificate=certificate, url=url, why=why))

    def downloads(self, certificate: Certificate, urls: Iterable[str], lacking: str) -> Iterator[tuple[str, bytes]]:
        """Yield (URL, content) for each URL of a certificate that gives something."""
        listed = tuple(urls)
        if not listed:
            self.fail(certificate, "", f"it names no {lacking}")
        for url in listed:
            data = self.get(certificate, url)
            if data is not None:
                yield url, data


def fetch_missing(broken: Chain | Verdict | Finding, policy: FetchPolicy = _DEFAULT) -> Fetched:
    """Fetch the CA certificates that a chain lacks, from the URLs in its certificates (RFC 5280 §4.2.2.1).

    ``broken`` is what `build_chain` or `verify` gave, or the finding of a report that a chain is broken. DER, PEM and
    PKCS#7 are read. A certificate is taken only where it is a CA that made the signature below it.
    `Fetched.certificates` are those that the chain needs: the files to upload. A root among them is not trusted by
    having been fetched; see `Fetched.new_root`. What cannot be had is in `Fetched.failures`. Needs the extra ``fetch``;
    raises `ModuleNotFoundError` without it, and `ValueError` for a finding that is about no chain.

    >>> leaf, root = Certificate.load("leaf.pem"), Certificate.load("root.pem")
    >>> fetched = fetch_missing(build_chain(leaf, [root], [Certificate.load("intermediate.pem")]))
    >>> fetched.chain.is_complete, fetched.certificates
    (True, ())
    """
    session, found, case = _Session(policy), list[Certificate](), _case(broken)
    chain = _rebuilt(case, found)
    while not chain.is_complete and len(found) < _MOST_ISSUERS:
        last = chain.certificates[-1]
        if last.is_self_signed:
            break
        fresh = [one for one in _issuers(session, last) if one not in found]
        if not fresh:
            break
        found += fresh
        chain = _rebuilt(case, found)
    used = tuple(one for one in chain.certificates if one in found)
    return Fetched(chain=chain, certificates=used, failures=tuple(session.failures))


def _case(broken: Chain | Verdict | Finding) -> Case:
    wanted(Chain | Verdict | Finding, broken)
    if not isinstance(broken, Finding):
        return broken.case
    if broken.verdict is None:
        message = f"the finding {broken.rule} is about no chain"
        raise ValueError(message)
    return broken.verdict.case


def _rebuilt(case: Case, found: Iterable[Certificate]) -> Chain:
    presented = (*case.presented, *found)
    policy = case.policy
    return build_chain(case.leaf, case.trust, presented, at=policy.at, partial_chain=policy.partial_chain)


def _issuers(session: _Session, certificate: Certificate) -> list[Certificate]:
    """Return the certificates of an issuer from the first URL that gives some."""
    for url, data in session.downloads(certificate, certificate.issuer_urls, "URL of its issuer's certificate"):
        try:
            held = load_certificates(data)
        except LoadError as error:
            session.fail(certificate, url, f"no certificate is there: {error}")
            continue
        issuers = [one for one in held if _issued(one, certificate)]
        if issuers:
            return issuers
        session.fail(certificate, url, "what is there did not sign the certificate")
    return []


def _issued(issuer: Certificate, certificate: Certificate) -> bool:
    may_sign = issuer.role != "leaf"
    return may_sign and issuer.view.subject == certificate.view.issuer and certificate.view.is_signed_by(issuer.view)


def fetch_crls(chain: Chain, policy: FetchPolicy = _DEFAULT) -> Fetched:
    """Fetch a CRL for each certificate of a chain below its end (RFC 5280 §4.2.1.13).

    Of each certificate the first list is taken that its issuer in the chain signed; whether it holds now, `verify`
    says. Needs the extra ``fetch``; raises `ModuleNotFoundError` without it.
    """
    wanted(Chain, chain)
    session, found = _Session(policy), dict[RevocationList, None]()
    for certificate, issuer in pairwise(chain.certificates):
        found |= dict.fromkeys(_crls(session, certificate, issuer))
    return Fetched(chain=chain, crls=tuple(found), failures=tuple(session.failures))


def _crls(session: _Session, certificate: Certificate, issuer: Certificate) -> list[RevocationList]:
    for url, data in session.downloads(certificate, certificate.crl_urls, "URL of a CRL"):
        try:
            held = revocation_lists((data,))
        except LoadError as error:
            session.fail(certificate, url, f"no CRL is there: {error}")
            continue
        signed = [crl for crl in held if _signed(crl, issuer)]
        if signed:
            return signed
        session.fail(certificate, url, f"the CRL there is not signed by {issuer.subject}")
    return []


def _signed(crl: RevocationList, issuer: Certificate) -> bool:
    slices = crl.slices
    return (
        names.canonical(slices.issuer) == issuer.view.subject
        and issuer.view.allows(usages.CRL_SIGN)
        and signature_is_valid(
            signer=issuer.slices.public_key_info,
            algorithm=slices.outer_algorithm,
            signature=slices.signature,
            data=slices.tbs,
        )
    )


def fetch_ocsp(chain: Chain, policy: FetchPolicy = _DEFAULT, *, at: datetime | None = None) -> Fetched:
    """Ask the OCSP responders that the certificates of a chain name (RFC 6960), each certificate below its end.

    A response is kept only where it proves something about its certificate at an aware instant (None: now). Needs
    the extra ``fetch``; raises `ModuleNotFoundError` without it.
    """
    wanted(Chain, chain)
    session, found = _Session(policy), list[FetchedOcsp]()
    for certificate, issuer in pairwise(chain.certificates):
        if not certificate.ocsp_urls:
            session.fail(certificate, "", "it names no OCSP responder")
            continue
        answered = _answered(session, certificate, issuer, policy, at)
        found += [answered] if answered else []
    return Fetched(chain=chain, ocsp=tuple(found), failures=tuple(session.failures))


def _answered(
    session: _Session, certificate: Certificate, issuer: Certificate, policy: FetchPolicy, at: datetime | None
) -> FetchedOcsp | None:
    try:
        question = request_for(certificate, issuer, hash_named(policy.ocsp_hash)).public_bytes(Encoding.DER)
    except LoadError as error:
        session.fail(certificate, "", str(error))
        return None
    for url in certificate.ocsp_urls:
        data = session.get(certificate, url, question)
        if data is None:
            continue
        try:
            response = OcspResponse.from_der(data)
        except LoadError as error:
            session.fail(certificate, url, str(error))
            continue
        answer = response.answer(certificate, issuer, at=at)
        if answer.status is not OcspStatus.NO_ANSWER:
            return FetchedOcsp(certificate=certificate, response=response, answer=answer)
        session.fail(certificate, url, answer.why)
    return None
