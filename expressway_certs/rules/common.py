"""What the rules about legs share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from expressway_certs.product.deployment import Deployment
from expressway_certs.rules.finding import Evidence, LegRef
from expressway_certs.rules.judging import Judgement, LegResult, NameMatch, State
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError
from expressway_certs.x509 import codes
from expressway_certs.x509.certificate import Certificate

NO_ISSUER = frozenset(
    {
        codes.UNABLE_TO_GET_ISSUER_CERT,
        codes.DEPTH_ZERO_SELF_SIGNED_CERT,
        codes.SELF_SIGNED_CERT_IN_CHAIN,
        codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
    }
)
"""The error numbers that say: a CA is not in the list."""


def lacks_issuer(judgement: Judgement) -> bool:
    """Whether a certificate was refused because a CA is not in the list."""
    return judgement.verdict is not None and judgement.verdict.code in NO_ISSUER


def reference(result: LegResult) -> LegRef:
    """Return how a finding names a leg."""
    leg = result.leg
    return LegRef(id=leg.id, title=leg.title, port=leg.port, initiator=result.initiator, acceptor=result.acceptor)


def evidence(judgement: Judgement) -> Evidence:
    """Return what a finding about a judgement rests on."""
    verdict = judgement.verdict
    if verdict is None or verdict.ok:
        return Evidence(certificate=judgement.certificate)
    return Evidence(
        certificate=verdict.certificate,
        code=verdict.code,
        depth=verdict.depth,
        extension=verdict.extension,
        expected=verdict.expected,
        found=verdict.found,
        explanation=verdict.explanation,
    )


def names_wanted(judgement: Judgement) -> Evidence:
    """Return what a finding about a name rests on."""
    certificate = judgement.certificate
    if certificate is None:
        return Evidence(expected=judgement.name)
    addresses = map(str, certificate.ip_addresses)
    listed = ", ".join((*certificate.dns_names, *addresses)) or "no subject alternative name"
    return Evidence(certificate=certificate, extension="subjectAltName", expected=judgement.name, found=listed)


Side = Literal["acceptor", "initiator"]
"""Whose certificate is looked at."""

Judged = tuple[LegResult, Judgement]


def _reached(context: Context, leg_ids: tuple[str, ...], side: Side | None) -> list[Judged]:
    """Return the judgements on those legs that the handshake came to.

    Raises `NotApplicableError` where the deployment has none of the legs, or none where that side is asked.
    """
    results = [result for result in context.legs if result.leg.id in leg_ids]
    found = [
        (result, one)
        for result in results
        for one in result.judgements
        if side is None or one.presenter == getattr(result, side)
    ]
    if not found:
        raise NotApplicableError(results[0].why if results else "the deployment has no such leg")
    return [(result, one) for result, one in found if one.state is not State.NOT_REACHED]


def _run(reached: list[Judged], known: list[Judged]) -> list[Judged]:
    """Return ``known``; `NotRunError` where there is nothing in it, with what is lacking."""
    if not known:
        raise NotRunError(next(map(_lacking, reached), "the handshake ends before it comes to this"))
    return known


def _lacking(judged: Judged) -> str:
    _, one = judged
    if one.certificate is None:
        return f"no certificate of {one.presenter} is given"
    return f"{one.trusted_by} of {one.judge} is not given"


def chain_failures(context: Context, *leg_ids: str, side: Side | None = None) -> Iterator[Judged]:
    """Yield the judgements whose certificate's chain was refused. Raises as `_reached` and `_run` do."""
    reached = _reached(context, leg_ids, side)
    for result, one in _run(reached, [judged for judged in reached if judged[1].verdict is not None]):
        if one.verdict is not None and not one.verdict.ok:
            yield result, one


def name_failures(context: Context, *leg_ids: str, side: Side | None = None) -> Iterator[Judged]:
    """Yield the judgements whose certificate lacks the name, or has it as its common name alone."""
    reached = _reached(context, leg_ids, side)
    for result, one in _run(reached, [judged for judged in reached if judged[1].match is not None]):
        if one.match in {NameMatch.NONE, NameMatch.COMMON_NAME_ONLY}:
            yield result, one


def known_certificates(deployment: Deployment) -> tuple[Certificate, ...]:
    """Return every certificate that lies somewhere in the deployment: CAs to be proposed come from here."""
    stores = [node.trusted_ca for node in deployment.nodes]
    stores += [client.trusted_ca for client in deployment.clients if client.trusted_ca]
    for server in deployment.uc_servers:
        stores += [store for store in (server.tomcat_trust, server.callmanager_trust) if store]
    sent = (one for server in deployment.uc_servers for one in server.presented_cas)
    return tuple(dict.fromkeys((*(one for store in stores for one in store), *sent)))
