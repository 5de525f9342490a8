"""Rules for Mobile and Remote Access behind Expressway-C: Unified CM and its trust lists."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, remedies
from expressway_certs.rules.finding import Hit, Remedy, Severity
from expressway_certs.rules.judging import Judgement
from expressway_certs.rules.rule import Context, Stage, rule

_LEGS = ("6a", "6c")


def _issuer(judgement: Judgement) -> str:
    """Return the CA that issued the certificate which was judged."""
    return judgement.certificate.issuer if judgement.certificate else ""


@rule("uc-server-lacks-expressway-ca", Severity.ERROR, Stage.MRA)
def lacks_expressway_ca(context: Context) -> Iterator[Hit]:
    """Unified CM does not trust the certificate of Expressway-C, and logins fail.

    What it checks: whether tomcat-trust and CallManager-trust lead from Expressway-C's certificate to a root.
    Why it matters: since X14.0.2 Expressway-C shows its certificate, and Unified CM asks for it, mixed mode or not.
    Example: an upgrade to X14, or a renewal under another CA; the client gets "Cannot communicate with the server".
    Remedy: the whole CA chain of Expressway-C as tomcat-trust and CallManager-trust, and the restarts.
    References: mra.md A2.1 and A2.3 (217748, 225476), and the source document.
    """
    known = common.known_certificates(context.deployment)
    for result, judgement in common.chain_failures(context, *_LEGS, side="initiator"):
        node = context.deployment.expressway(judgement.presenter)
        yield Hit(
            message=f"MRA logins fail: {judgement.judge} does not trust the CA of Expressway-C, {_issuer(judgement)}",
            cause=(judgement.judge, _issuer(judgement)),
            node=judgement.judge,
            leg=common.reference(result),
            remedy=remedies.trust_on_cucm(judgement, known),
            evidence=common.evidence(judgement),
            product_message="tlsv1 alert unknown ca",
            sources=[
                node.emulation.step(Behaviour.PRESENTS_TO_UC_SERVERS).source,
                Source("mra.md A2.3: MRA-req, 217748"),
                Source("mra.md A4.1: 225746"),
            ],
        )


@rule("uc-server-not-trusted", Severity.ERROR, Stage.MRA)
def not_trusted(context: Context) -> Iterator[Hit]:
    """Expressway-C does not trust the certificate of Unified CM.

    What it checks: whether Expressway-C's Trusted CA list, with what the server sends, leads to a root.
    Why it matters: since X14.2 the traffic server verifies every request, whatever "TLS verify mode" says.
    Example: a self-signed tomcat certificate that was never loaded on Expressway-C.
    Remedy: that certificate, or the CAs above it, into the list of every Expressway-C.
    References: mra.md A2.1 (218018, RN14.2).
    """
    known = common.known_certificates(context.deployment)
    for result, judgement in common.chain_failures(context, *_LEGS, side="acceptor"):
        node = context.deployment.expressway(judgement.judge)
        yield Hit(
            message=f"{judgement.judge} does not trust the certificate of {judgement.presenter}",
            cause=(judgement.judge, judgement.certificate),
            node=judgement.judge,
            leg=common.reference(result),
            remedy=remedies.trust_on_expressway(judgement, known),
            evidence=common.evidence(judgement),
            sources=[node.emulation.step(Behaviour.VERIFIES_UC_SERVERS).source],
        )


@rule("uc-server-name-not-in-certificate", Severity.ERROR, Stage.MRA)
def name_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The name that Unified CM publishes is not in its certificate.

    What it checks: the entry under System > Server against the names in the tomcat certificate.
    Why it matters: the traffic server asks for exactly that name, and ends with "SNI (...) not in certificate".
    Example: a server that is listed by its IP address or its bare host name.
    Remedy: the FQDN under System > Server, then refresh the servers on Expressway-C; or a new certificate.
    References: mra.md A2.2 (218018).
    """
    for result, judgement in common.name_failures(context, *_LEGS, side="acceptor"):
        yield Hit(
            message=f"{judgement.name} is not in the certificate of {judgement.presenter}",
            cause=(judgement.presenter, judgement.certificate),
            node=judgement.presenter,
            leg=common.reference(result),
            remedy=Remedy(
                steps=(
                    f"On {judgement.presenter}: System > Server: the FQDN that its certificate has",
                    f"On {judgement.judge}: {remedies.UC_SERVERS_PAGE} > Refresh servers",
                )
            ),
            evidence=common.names_wanted(judgement),
            product_message=f"SNI ({judgement.name}) not in certificate",
            sources=[Source("mra.md A2.2: 218018"), Source("mra.md A4.1: 218018")],
        )


MRA_RULES = (lacks_expressway_ca, not_trusted, name_not_in_certificate)
