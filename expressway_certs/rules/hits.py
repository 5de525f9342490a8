"""Hits of the rules about chains, put together in one way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from expressway_certs.product.alarms import end_alarm
from expressway_certs.product.behaviours import Behaviour, Role
from expressway_certs.product.provenance import Source
from expressway_certs.product.settings import Chosen
from expressway_certs.rules import common, remedies, requests
from expressway_certs.rules.asks import is_contested
from expressway_certs.rules.faults import Claimed
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.judging import Answer, Judgement, NameMatch, State
from expressway_certs.rules.rule import Context
from expressway_certs.x509 import codes, usages
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.verdict import Verdict


def of_chain(  # noqa: PLR0913 - what a finding has
    claim: Claimed,
    message: str,
    remedy: Remedy,
    *,
    node: str,
    sources: Iterable[Source],
    product_message: str | None = None,
    alarm: int | None = None,
    how_bad: Severity | None = None,
    rests_on: Iterable[Chosen] = (),
) -> Hit:
    """Return the hit for a chain that was refused; hits with the same home cause become one finding."""
    home = claim.home
    return Hit(
        message=message,
        cause=(home.result.zone, *_cause(claim)),
        node=node,
        leg=common.reference(claim.fault.result),
        remedy=remedy,
        evidence=common.evidence(home.judgement),
        product_message=product_message,
        alarm=alarm,
        severity=how_bad,
        settings=rests_on,
        sources=sources,
    )


def ca_not_trusted(
    claim: Claimed, known: Iterable[Certificate], product_message: str, sources: Iterable[Source]
) -> Hit:
    """Return the hit for a peer of a zone whose CA is not in the Trusted CA list of the Expressway that judges it."""
    home = claim.home
    return of_chain(
        claim,
        f"zone {home.result.zone}: {home.judgement.judge} does not trust the CA of {home.judgement.presenter}",
        remedies.trust(claim.fault.judgement, known),
        node=claim.fault.judgement.judge,
        product_message=product_message,
        sources=sources,
    )


def _cause(claim: Claimed) -> tuple[object, ...]:
    home = claim.home
    if home.lacking:
        return tuple(sorted(home.lacking))
    return home.verdict.certificate, home.verdict.code, home.verdict.expected


_FROM_A_PRIVATE_CA: Final = "Public CAs stop issuing clientAuth; a private CA gives a certificate with both usages."


def refused(
    context: Context,
    claim: Claimed,
    *,
    sources: Iterable[Source],
    product_message: str | None = None,
    alarm: int | None = None,
    otherwise: str | None = None,
) -> Hit:
    """Return the hit for a certificate that is refused for what it is; ``otherwise`` is another way for usages.

    Where it rests on what a missing CRL means, which the sources disagree about, it is no more than a warning.
    """
    judgement, verdict = claim.home.judgement, claim.home.verdict
    lacks_client_auth = verdict.code == codes.INVALID_PURPOSE and verdict.expected == usages.CLIENT_AUTH
    words = [_FROM_A_PRIVATE_CA, *([otherwise] if otherwise else [])] if lacks_client_auth else []
    what = f"whether {judgement.judge} takes" if judgement.state is State.NOT_CHECKED else f"{judgement.judge} refuses"
    end = " is not known" if judgement.state is State.NOT_CHECKED else ""
    return of_chain(
        claim,
        f"{what} the certificate of {judgement.presenter}{end}: {verdict.reason}",
        instead_of(context, claim, after=words),
        node=claim.fault.judgement.presenter,
        sources=sources,
        product_message=product_message,
        alarm=_end_alarm(context, judgement, verdict) if alarm is None else alarm,
        how_bad=severity(claim),
        rests_on=settings(context, claim),
    )


def severity(claim: Claimed) -> Severity | None:
    """Return a warning where the sources disagree whether the fault does any harm; None for what the rule says."""
    judgement = claim.fault.judgement
    return Severity.WARNING if judgement.tolerant or judgement.state is State.NOT_CHECKED else None


def settings(context: Context, claim: Claimed) -> tuple[Chosen, ...]:
    """Return the settings on which it rests that the chain was refused (platform.md §11 C2, C3, C5 and C6)."""
    return (*_of_judge(context, claim), *_of_presenter(context, claim))


def _of_judge(context: Context, claim: Claimed) -> tuple[Chosen, ...]:
    judgement = claim.fault.judgement
    node = next((one for one in context.deployment.nodes if one.name == judgement.judge), None)
    if node is None:
        return ()
    shown = claim.fault.result.leg.acceptor_shows
    rests = {
        "revocation_fallback": claim.fault.verdict.code == codes.UNABLE_TO_GET_CRL and claim.fault.result.leg.is_sip,
        "traffic_server_verifies_since": shown is not None and is_contested(node, shown),
        "eku_checking_off": _lacks(claim, usages.SERVER_AUTH) and claim.fault.result.leg.is_sip,
    }
    return tuple(node.settings.chosen(name) for name, does in rests.items() if does)


def _of_presenter(context: Context, claim: Claimed) -> tuple[Chosen, ...]:
    """Return the question which store of Expressway-C needs client authentication, where there are two."""
    if not _lacks(claim, usages.CLIENT_AUTH) or not claim.fault.result.leg.zones:
        return ()
    name = claim.fault.judgement.presenter
    nodes = (one for one in context.deployment.nodes if one.name == name and one.role is Role.CORE)
    has_both = (one for one in nodes if one.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE))
    return tuple(one.settings.chosen("core_client_auth_store") for one in has_both)


def _lacks(claim: Claimed, usage: str) -> bool:
    """Whether the one who calls was refused for want of a usage."""
    fault = claim.fault
    is_caller = fault.judgement.presenter == fault.result.initiator
    return is_caller and fault.verdict.code == codes.INVALID_PURPOSE and fault.verdict.expected == usage


def _end_alarm(context: Context, judgement: Judgement, verdict: Verdict) -> int | None:
    """Return the alarm of the Expressway whose own certificate has ended; None where it is another fault."""
    node = next((one for one in context.deployment.nodes if one.name == judgement.presenter), None)
    certificate = judgement.certificate
    if node is None or certificate is None or (verdict.code, verdict.depth) != (codes.CERT_HAS_EXPIRED, 0):
        return None
    store = judgement.store if certificate == node.certificate(judgement.store) else "domain"
    return end_alarm(node, store, certificate.not_after, context.at)


def instead_of(context: Context, claim: Claimed, *, after: Iterable[str] = ()) -> Remedy:
    """Return how to replace a certificate that is refused; where a CA above it is, by one of another CA.

    What is refused for its CRL is no better with another certificate: the CRL has to come from the CA.
    """
    verdict, shown = claim.home.verdict, claim.home.judgement.presenter
    bad = verdict.certificate.subject
    if verdict.code in codes.OF_CRLS:
        words = f"Load the current CRL of {verdict.certificate.issuer} on {claim.fault.judgement.judge}."
        return Remedy(before=[f"{bad}, which {shown} shows: {verdict.explanation}", words], after=after)
    not_from = [bad] if verdict.depth else []
    request = requests.in_place_of(context, claim.fault.judgement, not_from=not_from)
    return Remedy(before=[f"Replace {bad}, which {shown} shows: {verdict.explanation}"], changes=[request], after=after)


def standing(answer: Answer) -> str:
    """Return how a name that was looked for stands in a certificate, as the middle of a sentence."""
    alone = {NameMatch.COMMON_NAME_ONLY: "the common name", NameMatch.ADDRESS_ONLY: "an IP address"}
    found = alone.get(answer.match) if answer.match else None
    return f"stands as {found} alone in" if found else "is not a name in"


def asked(  # noqa: PLR0913 - what a finding has
    found: common.Asked,
    message: str,
    remedy: Remedy,
    *,
    node: str,
    cause: tuple[object, ...],
    sources: Iterable[Source],
    product_message: str | None = None,
    alarm: int | None = None,
    severity: Severity | None = None,
) -> Hit:
    """Return the hit for something that a certificate was asked for and lacks."""
    result, judgement, answer = found
    evidence: Evidence = common.names_wanted(judgement, answer)
    return Hit(
        message=message,
        cause=cause,
        node=node,
        leg=common.reference(result),
        remedy=remedy,
        evidence=evidence,
        product_message=product_message,
        alarm=alarm,
        severity=severity,
        settings=answer.settings,
        sources=sources,
    )
