"""Rules for Mobile and Remote Access behind Expressway-C: the servers there, and their trust lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from expressway_certs.product.behaviours import Behaviour, Switch
from expressway_certs.product.legs import EDGE_TO_CORE_LEGS, TRAFFIC_SERVER_LEGS, UC_LEGS
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.provenance import Source
from expressway_certs.product.uc_servers import store_name
from expressway_certs.rules import common, hits, remedies
from expressway_certs.rules.faults import Claimed
from expressway_certs.rules.finding import Hit, Severity
from expressway_certs.rules.rule import Context, Stage, rule


def _servers(context: Context) -> Collection[str]:
    return {server.name for server in context.deployment.uc_servers}


def _expressways(context: Context) -> Collection[str]:
    return {node.name for node in context.deployment.nodes}


def _verifies(node: Expressway) -> Source:
    is_possible = node.emulation.has(Behaviour.MAY_VERIFY_UC_SERVERS)
    asked = Behaviour.MAY_VERIFY_UC_SERVERS if is_possible else Behaviour.VERIFIES_UC_SERVERS
    return node.emulation.step(asked).source


def _refusing(claim: Claimed) -> str | None:
    """Return the words of the traffic server for a certificate that it refuses; None where another judges."""
    home = claim.home
    is_its = home.result.leg.id in TRAFFIC_SERVER_LEGS and home.judgement.judge == home.result.initiator
    return f"Core server certificate verification failed for ({home.judgement.presenter})" if is_its else None


def _judging(context: Context, claim: Claimed) -> tuple[Source, ...]:
    """Return who says that Expressway-C looks at a certificate on that leg."""
    if claim.fault.result.leg.id not in TRAFFIC_SERVER_LEGS:
        return (Source("mra.md A2.3: MRA-req"),)
    node = context.deployment.expressway(claim.fault.judgement.judge)
    return (_verifies(node), Source("mra.md A4.1: 218018"))


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
    claims = list(common.untrusted(context, UC_LEGS, judges=_servers(context)))
    for claim in claims:
        judgement = claim.fault.judgement
        alike = [one for one in claims if one.home.lacking == claim.home.lacking]
        ids = {one.fault.result.leg.id for one in alike}
        yield hits.of_chain(
            claim,
            f"{_failing(ids)}: {_lacking(alike)}",
            remedies.trust(judgement, context.known),
            node=judgement.judge,
            product_message="tlsv1 alert unknown ca" if "6c" in ids else None,
            sources=_wanting(context.deployment.expressway(judgement.presenter), claim.fault.result.leg.id),
        )


_LOGINS: Final = frozenset({"6c"})
_REGISTRATIONS: Final = frozenset({"6e", "6e-back", "6f"})


def _failing(ids: Collection[str]) -> str:
    """Return what fails where Expressway-C is not trusted on some legs."""
    services = {"logins": _LOGINS, "registrations": _REGISTRATIONS}
    failing = [name for name, legs in services.items() if not legs.isdisjoint(ids)]
    return f"MRA {common.listed(failing)} fail" if failing else "Chat and presence over MRA fail"


def _lacking(claims: Collection[Claimed]) -> str:
    judges = dict.fromkeys(one.fault.judgement.judge for one in claims)
    presenters = (one.fault.judgement.presenter for one in claims)
    issuers = (one.home.judgement.certificate.issuer for one in claims if one.home.judgement.certificate)
    verb = "lacks" if len(judges) == 1 else "lack"
    named = next((f"{issuer}, " for issuer in issuers), "")
    return f"{common.listed(judges)} {verb} {named}the CA of {common.listed(presenters)}"


def _wanting(node: Expressway, leg_id: str) -> Iterator[Source]:
    """Yield who says that a server wants the CA of Expressway-C on that leg."""
    if leg_id in _LOGINS:
        yield node.emulation.step(Behaviour.PRESENTS_TO_UC_SERVERS).source
        yield Source("mra.md A4.1: 225746")
    yield Source("mra.md A2.4: 215572") if leg_id == "6f" else Source("mra.md A2.3: MRA-req, 217748")


@rule("uc-server-not-trusted", Severity.ERROR, Stage.MRA)
def not_trusted(context: Context) -> Iterator[Hit]:
    """Expressway-C does not trust the certificate of a server behind it.

    What it checks: whether Expressway-C's Trusted CA list, with what the server sends, leads to a root.
    Why it matters: since X14.2 the traffic server verifies every request, whatever "TLS verify mode" says. One source
    has it do so since X14.0.8, so that it is a warning there.
    Example: a self-signed tomcat certificate that was never loaded on Expressway-C.
    Remedy: that certificate, or the CAs above it, into the list of every Expressway-C.
    References: mra.md A2.1 (218018, RN14.2), platform.md §11 C3.
    """
    for claim in common.untrusted(context, UC_LEGS, judges=_expressways(context)):
        judgement, home = claim.fault.judgement, claim.home.judgement
        if home.store.endswith("ECDSA"):
            continue
        shown = f"the {store_name(home.store)} certificate of {home.presenter}"
        yield hits.of_chain(
            claim,
            f"{home.judge} does not trust {shown}: {_without(claim)}",
            remedies.trust(judgement, context.known),
            node=judgement.judge,
            product_message=_refusing(claim),
            how_bad=hits.severity(claim),
            rests_on=hits.settings(context, claim),
            sources=_judging(context, claim),
        )


def _without(claim: Claimed) -> str:
    """Return what the list of Expressway-C lacks."""
    certificate = claim.home.verdict.certificate
    if not certificate.is_self_signed:
        return f"its list lacks {certificate.issuer}"
    if claim.home.verdict.depth:
        return f"its list lacks {certificate.subject}"
    return "it is self-signed, and not in its list"


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
        is_sip = claim.fault.result.leg.is_sip
        yield hits.of_chain(
            claim,
            f"{home.judge} gets the {home.store} certificate of {home.presenter} and does not trust it",
            remedies.trust(
                judgement,
                context.known,
                after=_rsa_first(judgement.judge, is_sip=is_sip),
            ),
            node=judgement.judge,
            product_message=_refusing(claim),
            how_bad=hits.severity(claim),
            rests_on=hits.settings(context, claim),
            sources=[node.emulation.step(Behaviour.ASKS_FOR_ECDSA).source, *_judging(context, claim)],
        )


def _rsa_first(node: str, *, is_sip: bool) -> Iterator[str]:
    lists = "ECDHE-RSA-AES256-GCM-SHA384: first in the cipher lists, or :+ECDSA or :!ECDSA at their end"
    yield f"Or on {node}: {lists}"
    if is_sip:
        yield f"Or, from X15.2 on, for SIP alone: {Switch.SIP_PREFERS_RSA.value}"


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
        yield hits.refused(
            context,
            claim,
            sources=[Source("mra.md A3"), Source("mra.md E", "inferred")],
            product_message=_refusing(claim),
        )


MRA_RULES = (
    service_certificate_refused,
    lacks_expressway_ca,
    not_trusted,
    shows_ecdsa,
    certificate_refused,
)
