"""Rules for the clients that log in through Expressway-E."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.nodes import Client
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, remedies
from expressway_certs.rules.finding import Hit, Remedy, Severity
from expressway_certs.rules.judging import NameMatch
from expressway_certs.rules.rule import Context, Stage, rule

_LEGS = ("1a",)


def _severity(context: Context, name: str) -> Severity:
    """Return how bad it is for these clients: Jabber asks its user, everything else fails (mra.md A1.6)."""
    client = next((one for one in context.deployment.clients if one.name == name), None)
    return Severity.WARNING if isinstance(client, Client) and client.family.prompts else Severity.ERROR


@rule("service-domain-not-in-certificate", Severity.WARNING, Stage.MRA)
def service_domain_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The service domain is not in the certificate of Expressway-E, and clients warn or fail.

    What it checks: the domain itself, collab-edge. before it, or the SRV name, among the alternative names.
    Why it matters: Jabber shows a certificate warning at login; room systems and phones do not connect at all.
    Example: users log in as @example.com, and the certificate has the host name alone.
    Remedy: a certificate with the domain, or with collab-edge.<domain>.
    References: mra.md A1.3 to A1.6, and the source document.
    """
    for result, judgement in common.name_failures(context, *_LEGS):
        if judgement.match is not NameMatch.NONE:
            continue
        yield Hit(
            message=f"{judgement.presenter} has no name for the service domain {judgement.name} in its certificate",
            cause=(judgement.certificate, judgement.name, judgement.judge),
            node=judgement.presenter,
            leg=common.reference(result),
            remedy=Remedy(
                steps=(
                    f"On {judgement.presenter}: {remedies.SERVER_PAGE} > Generate CSR",
                    f"Unified CM registrations domains: {judgement.name}, format DNS or CollabEdgeDNS",
                    "Have it signed by the CA, and upload the certificate.",
                )
            ),
            evidence=common.names_wanted(judgement),
            severity=_severity(context, judgement.judge),
            sources=[Source("mra.md A1.3: WBX, 221624"), Source("mra.md A1.6: 213872")],
        )


@rule("client-distrusts-edge", Severity.WARNING, Stage.MRA)
def client_distrusts_edge(context: Context) -> Iterator[Hit]:
    """The client does not trust the certificate of Expressway-E.

    What it checks: the certificate, with what Expressway-E sends, against the client's CAs, where they are given.
    Why it matters: Jabber asks its user; phones, which have a fixed list of public CAs, do not connect.
    Example: a private CA that the phones do not know.
    Remedy: a certificate of a CA that the clients have, or the CA on the clients.
    References: mra.md A1.1, A1.2 and A1.16.
    """
    for result, judgement in common.chain_failures(context, *_LEGS):
        yield Hit(
            message=f"{judgement.judge} does not trust the certificate of {judgement.presenter}",
            cause=(judgement.certificate, judgement.judge),
            node=judgement.presenter,
            leg=common.reference(result),
            remedy=Remedy(steps=("Install the root CA on the clients, or use a CA that they have.",)),
            evidence=common.evidence(judgement),
            severity=_severity(context, judgement.judge),
            sources=[Source("mra.md A1.1: MRA-req"), Source("mra.md A1.16: 213872")],
        )


CLIENT_RULES = (service_domain_not_in_certificate, client_distrusts_edge)
