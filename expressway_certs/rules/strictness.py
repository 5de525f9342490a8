"""Chains that the product takes and a stricter client would not: information, never the product's verdict."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from expressway_certs.product.provenance import Source
from expressway_certs.rules import common
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, Stage, rule
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.opinion import SecondOpinion
from expressway_certs.x509.policy import Purpose
from expressway_certs.x509.second_opinion import second_opinion


@rule("strict-client-refuses-chain", Severity.INFO, Stage.MRA)
def strict_client_refuses_chain(context: Context) -> Iterator[Hit]:
    """A chain that clients are shown, and that OpenSSL takes, would be refused by a stricter client.

    What it checks: each chain that a client leg took, by RFC 5280's path validation and by the Web PKI profile of
    browsers. Where an Expressway or a server judges, the product's verdict is the one that counts.
    Why it matters: a browser, a phone or an operating system may be stricter than OpenSSL.
    Example: a certificate without an authority key identifier, or a CA without key usage.
    Remedy: nothing for Expressway; for such clients, a certificate of a CA that keeps to the profile.
    References: RFC 5280 §6.1; the CA/Browser Forum's Baseline Requirements §7.1.2, as `cryptography` checks them.
    """
    clients = {client.name for client in context.deployment.clients}
    judged = [
        (result, one)
        for result in context.legs
        for one in result.judgements
        if one.verdict is not None and one.judge in clients
    ]
    if not judged:
        raise NotApplicableError("no client judged a chain")

    @cache
    def ask(chain: tuple[Certificate, ...], purpose: Purpose | None) -> SecondOpinion:
        return second_opinion(chain[0], chain[-1:], chain[1:-1], purpose=purpose, at=context.at)

    for result, judgement in judged:
        verdict = judgement.verdict
        if verdict is None or not verdict.ok or verdict.chain[1:] == ():
            # A certificate that lies in the list itself is trusted as such, by no chain.
            continue
        for opinion in ask(verdict.chain, verdict.case.policy.purpose).refusals:
            profile = opinion.profile.value
            yield Hit(
                message=f"the product takes the certificate of {judgement.presenter}; a client that is strict about "
                f"{profile} would not: {opinion.reason}",
                cause=(verdict.chain[0], profile, opinion.reason),
                node=judgement.presenter,
                leg=common.reference(result),
                remedy=Remedy(
                    before=(f"For Expressway nothing; for clients strict about {profile} another certificate",)
                ),
                evidence=Evidence(certificate=verdict.chain[0], explanation=opinion.reason),
                sources=[Source(f"{profile}, by an independent library", "own choice")],
            )


STRICTNESS_RULES = (strict_client_refuses_chain,)
