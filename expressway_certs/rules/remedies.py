"""Remedies that several rules share, and the pages that they name."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING

from expressway_certs.product.changes import AddTrustedCa, Change, RemoveTrustedCa, RequestTrustedCa
from expressway_certs.product.changes.pages import (
    CLIENT_PAGE,
    CUCM_PAGE,
    RESTART_PAGE,
    SERVER_PAGE,
    TRUSTED_CA_PAGE,
    UC_SERVERS_PAGE,
    ZONES_PAGE,
    page_of,
)
from expressway_certs.product.clients import CLIENT_LIST, PHONE_EDGE_TRUST
from expressway_certs.product.far_ends import FAR_END_LIST
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.zones import Zone
from expressway_certs.rules.finding import Remedy
from expressway_certs.rules.judging import Judgement, LegResult
from expressway_certs.x509.case import Case
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.files.report import FileReport
from expressway_certs.x509.missing import MissingIssuer
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verdict import Verdict
from expressway_certs.x509.verify import verify

if TYPE_CHECKING:
    from expressway_certs.rules.rule import Context

__all__ = [
    "CLIENT_PAGE",
    "CUCM_PAGE",
    "RESTART_PAGE",
    "SERVER_PAGE",
    "TRUSTED_CA_PAGE",
    "UC_SERVERS_PAGE",
    "ZONES_PAGE",
    "ca_chain",
    "identify_command",
    "lacking_cas",
    "loading",
    "page_of",
    "to_be_sent",
    "trust",
    "trusting",
    "wanted_issuer",
    "without_namesakes",
    "zone_of",
]


def in_words(report: FileReport) -> str:
    """Return what a file is, without the PEM that `identify` offers at the end: a finding has none to hand back."""
    return report.sentence.partition("; here it is")[0]


def identify_command(file_name: str) -> str:
    """Return the command that makes PEM of a file, its name quoted for the shell where it has to be."""
    return f"python -m expressway_certs identify {shlex.quote(file_name)} --out new.pem"


def ca_chain(certificate: Certificate, known: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return the CAs above ``certificate``, as far as they are among ``known``; a self-signed one is its own."""
    if certificate.is_self_signed:
        return (certificate,)
    store = known if isinstance(known, TrustStore) else TrustStore(known)
    return build_chain(certificate, store).certificates[1:]


def trust(judgement: Judgement, known: Iterable[Certificate], *, after: Iterable[str] = ()) -> Remedy:
    """Return how to make a judge trust a certificate: load its CAs into the list that judged it, or first get them."""
    return Remedy(changes=trusting(judgement, known), after=after)


def trusting(judgement: Judgement, known: Iterable[Certificate]) -> tuple[Change, ...]:
    """Return the change with which a list leads from a certificate to a root: the CAs are known here, or asked for."""
    verdict = judgement.verdict
    if verdict is None:
        return ()
    return (loading(judgement.judge, judgement.trusted_by, verdict, known),)


def loading(node: str, store: str, verdict: Verdict, known: Iterable[Certificate]) -> AddTrustedCa | RequestTrustedCa:
    """Return the change of a list that lacks a CA of a chain; into lists that are not ours goes the root, if that does.

    Where the chain is not known as far as its root, it is the request for what is lacking.
    """
    case = verdict.case
    above = ca_chain(case.leaf, known)
    lacking = tuple(one for one in above if one not in case.trust)
    if not lacking or not above[-1].is_self_signed:
        wanted = str(verdict.missing or MissingIssuer.of(verdict.certificate))
        return RequestTrustedCa(node=node, below=case.leaf, wanted=wanted, store=store)
    root = lacking[-1:]
    is_theirs = store in {CLIENT_LIST, PHONE_EDGE_TRUST, FAR_END_LIST}
    if is_theirs and verify(case.leaf, case.trust.adding(*root), case.presented, case.policy).ok:
        lacking = root
    return AddTrustedCa(node=node, certificates=lacking, store=store)


def to_be_sent(context: Context, presenter: str, case: Case) -> AddTrustedCa | None:
    """Return the CAs for an Expressway's own list with which it sends a chain that does; None where that is not all."""
    node = context.deployment.expressway(presenter)
    above = ca_chain(case.leaf, context.known)
    own = tuple(one for one in above if one not in node.trusted_ca)
    if not own or not verify(case.leaf, case.trust, above, case.policy).ok:
        return None
    return AddTrustedCa(node=node.name, certificates=own)


def without_namesakes(context: Context, node: Expressway, hidden: Certificate) -> tuple[Change, ...]:
    """Return the list without the namesakes that hide a CA; nothing where a chain goes through one of them."""
    listed = node.trusted_ca.with_subject(hidden.view.subject)
    above = tuple(listed[: listed.index(hidden)])
    return () if _is_relied_on(context, node, above) else (RemoveTrustedCa(node=node.name, certificates=above),)


def _is_relied_on(context: Context, node: Expressway, cas: tuple[Certificate, ...]) -> bool:
    """Whether a chain that the node trusts, or one that it sends, goes through one of the CAs."""
    judged = (one.verdict for result in context.legs for one in result.judgements if one.judge == node.name)
    chains = [verdict.chain for verdict in judged if verdict is not None and verdict.ok]
    own = (node.certificate(store) for store in ("server", "client"))
    chains += [node.presents(one, context.at) for one in own if one is not None]
    return any(one in cas for chain in chains for one in chain)


def zone_of(context: Context, result: LegResult) -> Zone:
    """Return the zone that a leg is in."""
    return next(zone for zone in context.deployment.zones if zone.name == result.zone)


def lacking_cas(judgement: Judgement, known: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return the CA certificates above the judged one that its judge does not hold, as far as they are known."""
    if judgement.certificate is None or judgement.verdict is None:
        return ()
    held = judgement.verdict.case.trust
    return tuple(one for one in ca_chain(judgement.certificate, known) if one not in held)


def wanted_issuer(judgement: Judgement) -> str:
    """Return the issuer that is lacking, as far as the verdict knows it."""
    verdict = judgement.verdict
    if verdict is None:
        return "of the peer"
    return str(verdict.missing or MissingIssuer.of(verdict.certificate))
