"""Rules for Mobile and Remote Access behind Expressway-C: the servers there, and their trust lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import RefreshServers, RenameUcServer, RequestCertificate
from expressway_certs.product.fqdn import is_fqdn
from expressway_certs.product.legs import EDGE_TO_CORE_LEGS, UC_LEGS, Ask
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, hits, matching, remedies, requests
from expressway_certs.rules.finding import Hit, Remedy, Severity
from expressway_certs.rules.judging import Judgement, NameMatch
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.traversal import severity


def _servers(context: Context) -> Collection[str]:
    return {server.name for server in context.deployment.uc_servers}


def _expressways(context: Context) -> Collection[str]:
    return {node.name for node in context.deployment.nodes}


def _verifies(node: Expressway) -> Source:
    return node.emulation.step(Behaviour.VERIFIES_UC_SERVERS).source


@rule("service-certificate-refused", Severity.ERROR, Stage.MRA)
def service_certificate_refused(context: Context) -> Iterator[Hit]:
    """Expressway-C refuses the certificate of Expressway-E in SIP SERVICE messages or XCP, and takes it in the zone.

    What it checks: before X15.4 both usages, of the certificate in the message and of both sides of XCP.
    Why it matters: phones and clients cannot register over SIP, though the zone is active and the tunnels are up.
    Example: Expressway-E X15.3 with a certificate of a public CA, for servers alone.
    Remedy: a certificate with both usages, or the upgrade of both sides to X15.4.
    References: platform.md §7 (T-225482), mra.md A3 legs 4 and 5, A5.
    """
    for claim in common.refused(context, EDGE_TO_CORE_LEGS):
        node = context.deployment.expressway(claim.home.judgement.judge)
        step = node.emulation.step(Behaviour.SERVICE_NEEDS_CLIENT_AUTH)
        yield hits.refused(
            context,
            claim,
            sources=[step.source, Source("mra.md A5: 225482")],
            otherwise="Or upgrade Expressway-C and Expressway-E to X15.4 or later.",
        )


@rule("uc-server-lacks-expressway-ca", Severity.ERROR, Stage.MRA)
def lacks_expressway_ca(context: Context) -> Iterator[Hit]:
    """A server behind Expressway-C does not trust its certificate, and logins or registrations fail.

    What it checks: whether tomcat-trust, CallManager-trust and cup-xmpp-trust lead from the certificate of
    Expressway-C to a root, as far as a connection asks for them.
    Why it matters: since X14.0.2 Expressway-C shows its certificate, and Unified CM asks for it, mixed mode or not.
    Example: an upgrade to X14, or a renewal under another CA; the client gets "Cannot communicate with the server".
    Remedy: the whole CA chain of Expressway-C as tomcat-trust and CallManager-trust, and the restarts.
    References: mra.md A2.1 and A2.3 (217748, 225476), and the source document.
    """
    for claim in common.untrusted(context, UC_LEGS, judges=_servers(context)):
        judgement = claim.fault.judgement
        node = context.deployment.expressway(judgement.presenter)
        issuer = claim.home.judgement.certificate.issuer if claim.home.judgement.certificate else ""
        yield hits.of_chain(
            claim,
            f"MRA logins fail: {claim.home.judgement.judge} does not trust the CA of Expressway-C, {issuer}",
            remedies.trust(judgement, context.known),
            node=judgement.judge,
            product_message="tlsv1 alert unknown ca",
            sources=[
                node.emulation.step(Behaviour.PRESENTS_TO_UC_SERVERS).source,
                Source("mra.md A2.3: MRA-req, 217748"),
                Source("mra.md A4.1: 225746"),
            ],
        )


@rule("uc-server-not-trusted", Severity.ERROR, Stage.MRA)
def not_trusted(context: Context) -> Iterator[Hit]:
    """Expressway-C does not trust the certificate of a server behind it.

    What it checks: whether Expressway-C's Trusted CA list, with what the server sends, leads to a root.
    Why it matters: since X14.2 the traffic server verifies every request, whatever "TLS verify mode" says.
    Example: a self-signed tomcat certificate that was never loaded on Expressway-C.
    Remedy: that certificate, or the CAs above it, into the list of every Expressway-C.
    References: mra.md A2.1 (218018, RN14.2).
    """
    for claim in common.untrusted(context, UC_LEGS, judges=_expressways(context)):
        judgement, home = claim.fault.judgement, claim.home.judgement
        if home.store.endswith("ECDSA"):
            continue
        yield hits.of_chain(
            claim,
            f"{home.judge} does not trust the certificate of {home.presenter}",
            remedies.trust(judgement, context.known),
            node=judgement.judge,
            sources=[_verifies(context.deployment.expressway(judgement.judge))],
        )


@rule("uc-server-shows-ecdsa", Severity.ERROR, Stage.MRA)
def shows_ecdsa(context: Context) -> Iterator[Hit]:
    """Expressway-C asks for ECDSA first, and does not trust the ECDSA certificate that the server then shows.

    What it checks: the ECDSA certificate of a service, where the cipher lists of Expressway-C put ECDSA first.
    Why it matters: a new X14.2 or later asks in that order. The ECDSA certificates are often self-signed, and
    nobody has loaded them.
    Example: cucm1-EC.example.com, self-signed, beside a tomcat certificate of the company's CA.
    Remedy: RSA first in the cipher lists, or the CA of the ECDSA certificate into the list.
    References: mra.md A2.1 (218018, 225476).
    """
    for claim in common.untrusted(context, UC_LEGS, judges=_expressways(context)):
        judgement, home = claim.fault.judgement, claim.home.judgement
        if not home.store.endswith("ECDSA"):
            continue
        node = context.deployment.expressway(judgement.judge)
        yield hits.of_chain(
            claim,
            f"{home.judge} gets the {home.store} certificate of {home.presenter} and does not trust it",
            remedies.trust(
                judgement,
                context.known,
                after=[f"Or on {judgement.judge}: ECDHE-RSA-AES256-GCM-SHA384: first in the cipher lists"],
            ),
            node=judgement.judge,
            sources=[node.emulation.step(Behaviour.ASKS_FOR_ECDSA).source, _verifies(node)],
        )


@rule("uc-certificate-refused", Severity.ERROR, Stage.MRA)
def certificate_refused(context: Context) -> Iterator[Hit]:
    """A certificate between Expressway-C and the servers behind it is refused for what it is.

    What it checks: validity and purpose of what either side shows; a CallManager certificate needs client
    authentication too, for Unified CM calls back.
    Why it matters: logins, registrations or voicemail fail, though zone and tunnels are up.
    Example: an expired tomcat certificate.
    Remedy: a new certificate on the side that shows it.
    References: mra.md A2.1, A2.4 and A3 legs 6 to 8.
    """
    for claim in common.refused(context, UC_LEGS):
        yield hits.refused(context, claim, sources=[Source("mra.md A3"), Source("mra.md E", "inferred")])


@rule("uc-server-name-not-in-certificate", Severity.ERROR, Stage.MRA)
def name_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The name that a server publishes is not in its certificate.

    What it checks: the entry under System > Server against the names in the tomcat certificate.
    Why it matters: the traffic server asks for exactly that name, and ends with "SNI (...) not in certificate".
    Example: a server that is listed by its IP address or its bare host name.
    Remedy: the FQDN under System > Server, then refresh the servers on Expressway-C; or a new certificate.
    References: mra.md A2.2 (218018).
    """
    for found in common.answers(context, UC_LEGS, Ask.PUBLISHED_NAME):
        _, judgement, answer = found
        yield hits.asked(
            found,
            f"{answer.wanted}, which System > Server publishes, {hits.standing(answer)} the {judgement.store} "
            f"certificate of {judgement.presenter}",
            _publish(context, found),
            node=judgement.presenter,
            cause=(judgement.presenter, judgement.certificate),
            product_message=f"SNI ({answer.wanted}) not in certificate",
            severity=severity(answer),
            sources=[Source("mra.md A2.2: 218018"), Source("mra.md A4.1: 218018")],
        )


@rule("uc-node-name-not-in-certificate", Severity.ERROR, Stage.MRA)
def node_name_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The name of a Unified CM node is not in its CallManager certificate.

    What it checks: the node name against the CallManager certificate, in mixed mode and with TLS verify mode On.
    Why it matters: the secure SIP zone that Expressway-C makes for the node fails.
    Example: a CallManager certificate that has the bare host name alone.
    Remedy: the FQDN under System > Server, or a CallManager certificate with the node name.
    References: mra.md A2.2 (MRA-basic), A3 leg 6e.
    """
    for found in common.answers(context, UC_LEGS, Ask.NODE_NAME):
        _, judgement, answer = found
        yield hits.asked(
            found,
            f"{answer.wanted} {hits.standing(answer)} the CallManager certificate of {judgement.presenter}",
            _publish(context, found),
            node=judgement.presenter,
            cause=(judgement.presenter, judgement.certificate),
            product_message="Peer's TLS certificate identity was unacceptable",
            severity=severity(answer),
            sources=[Source("mra.md A2.2: MRA-basic"), Source("mra.md A3: MRA-basic, 213872")],
        )


def _publish(context: Context, found: common.Asked) -> Remedy:
    """Return a certificate with the published FQDN; where an address or a bare name is published, the FQDN instead."""
    _, judgement, answer = found
    certificate = judgement.certificate
    names = [name for name in certificate.dns_names if is_fqdn(name)] if certificate else []
    taken = {server.name for server in context.deployment.uc_servers}
    free = [name for name in names if name not in taken]
    if is_fqdn(answer.wanted) or not free:
        return Remedy(changes=[requests.in_place_of(context, judgement, names=[answer.wanted])])
    rename = RenameUcServer(old=judgement.presenter, new=free[0])
    refreshes = [RefreshServers(node=name) for name in _cores(context)]
    return Remedy(changes=[*_others(context, judgement, free[0]), rename, *refreshes])


def _cores(context: Context) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.name for zone in context.deployment.zones for node in zone.core))


def _others(context: Context, judgement: Judgement, name: str) -> Iterator[RequestCertificate]:
    """Yield requests for what the server shows besides, is called by its name for, and has not the new one."""
    for result in context.legs:
        for one in result.judgements:
            is_named = one.asks(Ask.PUBLISHED_NAME, result) or one.asks(Ask.NODE_NAME, result)
            if one.presenter != judgement.presenter or one.certificate is None or not is_named:
                continue
            if matching.exact(one.certificate, name) is not NameMatch.ALTERNATIVE_NAME:
                yield requests.in_place_of(context, one, names=[name])


MRA_RULES = (
    service_certificate_refused,
    lacks_expressway_ca,
    not_trusted,
    shows_ecdsa,
    certificate_refused,
    name_not_in_certificate,
    node_name_not_in_certificate,
)
