"""Rules for the traversal zone: Expressway-C calls, Expressway-E answers, each judges the other."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from expressway_certs.product.changes import SetPeerAddress, SetVerifyName
from expressway_certs.product.fqdn import is_fqdn
from expressway_certs.product.legs import ZONE_LEGS, Ask
from expressway_certs.product.provenance import Source
from expressway_certs.product.zones import Zone, ZoneKind
from expressway_certs.rules import common, hits, matching, remedies, requests
from expressway_certs.rules.faults import Claimed
from expressway_certs.rules.finding import Hit, Remedy, Severity
from expressway_certs.rules.judging import Answer, NameMatch, State
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.self_made import self_made

_IDENTITY = "Peer's TLS certificate identity was unacceptable"
_NEGOTIATION = "TLS negotiation error"


def severity(answer: Answer) -> Severity | None:
    """Return the severity of what may work all the same."""
    return Severity.WARNING if answer.state is State.WARNS else None


def _standing(answer: Answer) -> str:
    return "is the common name alone" if answer.match is NameMatch.COMMON_NAME_ONLY else "is no name"


@rule("zone-peer-address-not-in-certificate", Severity.ERROR, Stage.TRAVERSAL)
def peer_address_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The address that Expressway-C calls is not a name in the certificate of Expressway-E.

    What it checks: the zone's peer address against the subject alternative names, as a whole and whatever the case.
    Why it matters: Expressway-C ends the handshake, and the zone fails.
    Example: an IP address as peer address, or a host name that the renewed certificate dropped.
    Remedy: the FQDN from the certificate as peer address, or a certificate with the name that is called.
    References: platform.md §4.1 and §4.2; a common name alone is documented as not accepted (§11 C1).
    """
    for found in common.answers(context, ZONE_LEGS, Ask.PEER_ADDRESS):
        result, _, answer = found
        zone = remedies.zone_of(context, result)
        yield hits.asked(
            found,
            f"zone {zone.name}: {answer.wanted}, which it calls, {_standing(answer)} of {result.acceptor}",
            _called_by_a_name(context, found, zone),
            node=result.acceptor,
            cause=(zone.name, result.acceptor),
            product_message=_IDENTITY,
            severity=severity(answer),
            sources=[Source("platform.md §4.1: AG155-uc"), Source("platform.md §4.5: T-117811")],
        )


@rule("zone-verify-name-not-in-certificate", Severity.ERROR, Stage.TRAVERSAL)
def verify_name_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The TLS verify subject name is not a name in the certificate of Expressway-C.

    What it checks: the name that the zone on Expressway-E wants, against the subject alternative names.
    Why it matters: Expressway-E ends the handshake, with every peer of Expressway-C that lacks the name.
    Example: the cluster name, which the certificate of one peer lacks; or a name in the zone that no peer ever had.
    Remedy: a certificate that has the name; on a cluster every peer needs the cluster name.
    References: platform.md §4.1 and §4.2, and the source document.
    """
    for found in common.answers(context, ZONE_LEGS, Ask.VERIFY_NAME):
        result, _, answer = found
        zone = remedies.zone_of(context, result)
        yield hits.asked(
            found,
            f"zone {zone.name}: {answer.wanted}, which it verifies, {_standing(answer)} of {result.initiator}",
            _verified_by_a_name(context, found, zone),
            node=result.initiator,
            cause=(zone.name, None if _is_nobodys(answer.wanted, zone) else result.initiator),
            product_message=_IDENTITY,
            severity=severity(answer),
            sources=[Source("platform.md §4.1: AG155-zone, AG155-uc"), Source("platform.md §4.5: T-212475")],
        )


def _called_by_a_name(context: Context, found: common.Asked, zone: Zone) -> Remedy:
    """Return the zone with a name of the certificate that leads there; where it has none, another certificate."""
    result, judgement, answer = found
    request = requests.in_place_of(context, judgement, names=[answer.wanted] if is_fqdn(answer.wanted) else ())
    offered = [name for name in judgement.certificate.dns_names if "*" not in name] if judgement.certificate else []
    leading = [name for name in offered if _leads(context, name)]
    better = next((name for name in leading if name == result.acceptor), leading[0] if leading else None)
    callers = [node.name for node in zone.core]
    if better:
        change = SetPeerAddress(zone=zone.name, node=result.acceptor, address=better, on=callers)
        words = f"Or issue a certificate for {result.acceptor} with the name {answer.wanted}."
        return Remedy(changes=[change], after=[words])
    if answer.wanted in request.names:
        return Remedy(changes=[request])
    change = SetPeerAddress(zone=zone.name, node=result.acceptor, address=result.acceptor, on=callers)
    return Remedy(changes=[request, change])


def _leads(context: Context, name: str) -> bool:
    """Whether a name leads to an address, as far as DNS is known."""
    dns = context.deployment.dns
    return dns is None or bool(dns.addresses(name))


def _verified_by_a_name(context: Context, found: common.Asked, zone: Zone) -> Remedy:
    """Return a certificate with the name; where nobody has it, the zone with a name that every Expressway-C has."""
    result, judgement, answer = found
    shared = _shared_name(zone)
    on = [node.name for node in zone.edge]
    change = SetVerifyName(zone=zone.name, name=shared, on=on) if shared else None
    if change is not None and _is_nobodys(answer.wanted, zone):
        page = f"Or on {result.initiator}: {remedies.page_of(judgement.store)}"
        words = f"{page} > Generate CSR with the name {answer.wanted}; upload what the CA issues."
        return Remedy(changes=[change], after=[words])
    request = requests.in_place_of(context, judgement, names=[answer.wanted])
    return Remedy(changes=[request], after=[f"Or: {step}" for step in (change.steps if change else ())])


def _is_nobodys(name: str, zone: Zone) -> bool:
    """Whether no Expressway-C of the zone has the name: then it is the zone's fault, and one."""
    certificates = (node.certificate("client") for node in zone.core)
    return all(one is None or matching.exact(one, name) is NameMatch.NONE for one in certificates)


def _shared_name(zone: Zone) -> str | None:
    """Return a name that the certificate of every Expressway-C of the zone has: that of the cluster before others."""
    certificates = [node.certificate("client") for node in zone.core]
    shared = set.intersection(*(set(one.dns_names) if one else set() for one in certificates))
    own = (name for node in zone.core for name in (node.cluster_name, node.name) if name in shared)
    return next(own, min(shared, default=None))


@rule("zone-ca-not-trusted", Severity.ERROR, Stage.TRAVERSAL)
def ca_not_trusted(context: Context) -> Iterator[Hit]:
    """The CA of the peer's certificate is not in the Trusted CA list.

    What it checks: whether the list, with what the peer sends, leads from the certificate to a root in the list.
    Why it matters: the handshake ends, the zone is down, and so is whatever else needs that CA.
    Example: a renewal under another root that only one side has loaded.
    Remedy: the CA certificates into the list of the side that judges, on every peer of it. A self-signed or temporary
    certificate of an Expressway does not do in a Unified Communications zone once it is trusted either (platform.md
    §2): it has to be replaced.
    References: platform.md §2 and §4.3, and the source document.
    """
    for claim in common.untrusted(context, ZONE_LEGS):
        sources = [Source("platform.md §4.3: MRA150, AG155-sec"), Source("platform.md §4.3: T-221624")]
        hit = hits.ca_not_trusted(claim, context.known, _NEGOTIATION, sources)
        yield hit if _can_be_trusted(context, claim) else _replaced(context, claim, hit)


def _can_be_trusted(context: Context, claim: Claimed) -> bool:
    """Whether the CA would do in the list; nothing that an Expressway made for itself does where it matters."""
    is_uc = remedies.zone_of(context, claim.home.result).kind is ZoneKind.UNIFIED_COMMUNICATIONS
    judgement = claim.fault.judgement
    is_ours = any(node.name == judgement.presenter for node in context.deployment.nodes)
    return not (is_uc and is_ours and judgement.certificate is not None and self_made(judgement.certificate))


def _replaced(context: Context, claim: Claimed, hit: Hit) -> Hit:
    judgement = claim.fault.judgement
    remedy = Remedy(changes=[requests.in_place_of(context, judgement)])
    return attrs.evolve(hit, node=judgement.presenter, remedy=remedy)


@rule("zone-certificate-refused", Severity.ERROR, Stage.TRAVERSAL)
def certificate_refused(context: Context) -> Iterator[Hit]:
    """The peer's certificate, or a CA above it, is refused for what it is.

    What it checks: validity, purpose, strength, constraints and, where it is on, revocation, of the whole chain.
    Why it matters: the handshake ends, and the zone is down.
    Example: an expired intermediate, or a certificate without client authentication on Expressway-C.
    Remedy: a new certificate; a CA that is expired has to be replaced in the list as well.
    References: platform.md §4.3, §6 and §7.
    """
    for claim in common.refused(context, ZONE_LEGS):
        yield hits.refused(
            context,
            claim,
            sources=[Source("platform.md §4.3"), Source("mra.md E", "inferred")],
            product_message=_NEGOTIATION,
        )


TRAVERSAL_RULES = (
    peer_address_not_in_certificate,
    verify_name_not_in_certificate,
    ca_not_trusted,
    certificate_refused,
)
