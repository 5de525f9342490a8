"""Rules for DNS, where it is known: SSH wants both records of both sides, XCP the reverse one of Expressway-E."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.behaviours import Role
from expressway_certs.product.changes import AddDnsRecord
from expressway_certs.product.changes.names import RecordKind
from expressway_certs.product.legs import Ask
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.provenance import Source
from expressway_certs.product.zones import ZoneKind
from expressway_certs.rules import common, hits, matching, requests, tunnels
from expressway_certs.rules.connection import missing_records
from expressway_certs.rules.finding import Evidence, Hit, LegRef, Remedy, Severity
from expressway_certs.rules.judging import Answer, Judgement, NameMatch
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError, Stage, rule

_XCP = ("4",)


def _nodes(context: Context) -> list[Expressway]:
    zones = [zone for zone in context.deployment.zones if zone.kind is ZoneKind.UNIFIED_COMMUNICATIONS]
    if not zones:
        raise NotApplicableError("the deployment has no Unified Communications zone")
    if context.deployment.dns is None:
        raise NotRunError("DNS is not given")
    return list({node.name: node for zone in zones for node in zone.members}.values())


def _legs(context: Context, node: Expressway, *leg_ids: str) -> Iterator[LegRef | None]:
    found: list[LegRef | None] = [
        common.reference(one)
        for one in context.legs
        if one.leg.id in leg_ids and node.name in {one.initiator, one.acceptor}
    ]
    yield from found or [None]


@rule("forward-record-missing", Severity.ERROR, Stage.TUNNELS)
def forward_record_missing(context: Context) -> Iterator[Hit]:
    """The name of an Expressway leads to no address.

    What it checks: the forward DNS record of every peer of a Unified Communications zone.
    Why it matters: the SSH tunnels need forward and reverse records of both sides.
    Example: a new peer of Expressway-C that nobody entered into the inside DNS.
    Remedy: an A or AAAA record for the name.
    References: platform.md §5 (AG155-stat), mra.md A3 leg 3.
    """
    for node in _nodes(context):
        if "forward" not in missing_records(node, context.deployment):
            continue
        for leg in _legs(context, node, "3"):
            yield Hit(
                message=f"SSH tunnels down: {node.name} has no forward DNS record",
                cause=(node.name,),
                node=node.name,
                leg=leg,
                remedy=_record(node.name, node.address, "A"),
                evidence=Evidence(expected=f"an address for {node.name}", found="nothing"),
                product_message=tunnels.ALARM_TEXT,
                alarm=tunnels.ALARM,
                sources=[Source("platform.md §5: AG155-stat")],
            )


@rule("reverse-record-missing", Severity.ERROR, Stage.TUNNELS)
def reverse_record_missing(context: Context) -> Iterator[Hit]:
    """The address of an Expressway leads to no name.

    What it checks: the reverse DNS record of every peer of a Unified Communications zone.
    Why it matters: the SSH tunnels need it of both sides; XCP on Expressway-C needs it of Expressway-E, which raises
    alarm 25030.
    Example: Expressway-E in a DMZ whose addresses are not in the inside reverse zone.
    Remedy: a PTR record for the address.
    References: platform.md §4.3, §5 and §9, mra.md A3 leg 4.
    """
    for node in _nodes(context):
        missing = missing_records(node, context.deployment)
        # Without a forward record and an address of its own there is nothing to look up, which is told of already.
        if "reverse" not in missing or ("forward" in missing and node.address is None):
            continue
        is_edge = node.role is Role.EDGE
        for leg in _legs(context, node, *(("3", "4") if is_edge else ("3",))):
            yield Hit(
                message=f"the address of {node.name} has no reverse DNS record",
                cause=(node.name,),
                node=node.name,
                leg=leg,
                remedy=_record(node.name, node.address or _first(context, node), "PTR"),
                evidence=Evidence(expected=f"a name for the address of {node.name}", found="nothing"),
                product_message="Reverse DNS Lookup failed" if is_edge else tunnels.ALARM_TEXT,
                alarm=25030 if is_edge else tunnels.ALARM,
                sources=[Source("platform.md §5: AG155-stat"), Source("platform.md §9: AG155-ref")],
            )


@rule("xcp-name-not-in-certificate", Severity.ERROR, Stage.MRA)
def xcp_name_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The name in the reverse DNS record of Expressway-E is not in its certificate.

    What it checks: the PTR name of the peer's address against the subject alternative names.
    Why it matters: XCP on Expressway-C takes the name from there, and raises alarm 25031 where it is not in the
    certificate; logins can fail.
    Example: a PTR record with the inside name, and a certificate with the outside name.
    Remedy: a PTR record with the FQDN, or the name in the certificate.
    References: platform.md §4.3 and §9, mra.md A3 leg 4 and A4.3.
    """
    for found in common.answers(context, _XCP, Ask.REVERSE_NAME):
        _, judgement, answer = found
        if answer.match is None:
            continue
        yield hits.asked(
            found,
            f"{answer.wanted}, the reverse DNS name of {judgement.presenter}, is not in its certificate",
            _known_by_name(context, judgement, answer),
            node=judgement.presenter,
            cause=(judgement.presenter,),
            product_message="Certificate verification failed",
            alarm=25031,
            sources=[Source("platform.md §9: AG155-ref"), Source("platform.md §4.3: MRA150, AG155-ref, T-118798")],
        )


def _record(name: str, address: str | None, kind: RecordKind) -> Remedy:
    """Return the record to be entered; words alone where nobody said which address the node has."""
    if address is None:
        return Remedy(before=[f"Enter an A or AAAA record for {name}, whose address is not given."])
    return Remedy(changes=[AddDnsRecord(name=name, address=address, kind=kind)])


def _first(context: Context, node: Expressway) -> str | None:
    dns = context.deployment.dns
    return next(iter(dns.addresses(node.name)), None) if dns else None


def _known_by_name(context: Context, judgement: Judgement, answer: Answer) -> Remedy:
    """Return the PTR record with the FQDN where the certificate has that; else a certificate with the PTR's name."""
    node = context.deployment.expressway(judgement.presenter)
    certificate, address = judgement.certificate, node.address or _first(context, node)
    is_named = certificate is not None and matching.exact(certificate, node.name) is NameMatch.ALTERNATIVE_NAME
    if is_named and address is not None:
        return Remedy(
            changes=[AddDnsRecord(name=node.name, address=address, kind="PTR")],
            after=[f"Or a certificate of {node.name} with the name {answer.wanted}."],
        )
    return Remedy(
        changes=[requests.in_place_of(context, judgement, names=[answer.wanted])],
        after=[f"Or enter a name of its certificate in the PTR record of {node.name}."],
    )


DNS_RULES = (forward_record_missing, reverse_record_missing, xcp_name_not_in_certificate)
