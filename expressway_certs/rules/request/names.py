"""The names that a request asks for: whether they are all there, and of a form that can be used."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import SetPeerAddress
from expressway_certs.product.fqdn import is_fqdn, is_surely_refused
from expressway_certs.product.names import WantedName, wanted_names
from expressway_certs.product.provenance import Source
from expressway_certs.rules.cases import RequestCase
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.lacking import severity_for_mra
from expressway_certs.rules.request.common import (
    NO_COMMON_NAME_ALARM,
    hit,
    lacking_in_request,
    requests,
    row,
    uses,
)
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509.alternative_names import names_in

_FORMATS = {"SRV": "SRVName", "XMPP": "XMPPAddress"}


def _names(case: RequestCase) -> tuple[str, ...]:
    """Return the common name, the DNS names and the IP addresses, each once."""
    request = case.request
    common = [request.common_name] if request.common_name else []
    return tuple(dict.fromkeys((*common, *request.dns_names, *map(str, request.ip_addresses))))


@rule("request-lacks-name", Severity.ERROR, Stage.REQUEST, Effect.LATER)
def lacks_name(context: Context) -> Iterator[Hit]:
    """The request lacks a name that somebody will look for in the certificate.

    What it checks: the node's and its cluster's FQDN, the peer address that a zone calls, the TLS verify subject name,
    the domains, aliases and phone security profiles of the deployment, among the alternative names asked for.
    Why it matters: a CA adds no name that was not asked for; the zone or the logins fail after the renewal.
    Example: a request for the FQDN alone, where the zone verifies the name of the cluster.
    Remedy: discard the request, and make one with the name; an IP address as peer address has to go from the zone.
    References: platform.md §3, §4.1 and §7, mra.md A1.3 to A1.6, A1.12 and A2.4.
    """
    for case in requests(context):
        present = names_in(case.request)
        missing = [one for one in wanted_names(case.node, context.deployment) if not one.is_in(present)]
        yield from (_called_by_address(context, case, one) for one in missing if one.is_address)
        by_name: dict[str, list[WantedName]] = {}
        for wanted in missing:
            if not wanted.is_address:
                by_name.setdefault(wanted.name.lower(), []).append(wanted)
        for group in by_name.values():
            yield from _missing(context, case, group)


def _missing(context: Context, case: RequestCase, group: list[WantedName]) -> Iterator[Hit]:
    """Yield a hit for each use of one name; they become one finding."""
    name = group[0].name
    for wanted in group:
        found = lacking_in_request(context, case.node, wanted, case.request.common_name)
        if found is None:
            continue
        severity, settings = found
        where = "" if wanted.store == "server" else " (on connections that it opens, from the client store)"
        yield hit(
            context,
            case,
            f"the request of {case.node.name} does not ask for {name}, {uses(group)}{where}",
            row(group),
            about=name.lower(),
            extension="subjectAltName",
            expected=" or ".join(map(str, wanted.spellings)),
            found=", ".join(map(str, names_in(case.request))) or "no alternative name",
            effect=Effect.LATER,
            severity=severity,
            settings=settings,
            sources=[wanted.source],
        )


def _called_by_address(context: Context, case: RequestCase, wanted: WantedName) -> Hit:
    zone = wanted.zone or ""
    return hit(
        context,
        case,
        f"zone {zone} calls {case.node.name} by {wanted.name}, which no certificate of it will have",
        about=wanted.name,
        expected=case.node.name,
        found=wanted.name,
        effect=Effect.LATER,
        changes=[SetPeerAddress(zone=zone, node=case.node.name, address=case.node.name, on=_callers(context, zone))],
        sources=[wanted.source, Source("platform.md §1.2: CG155-load")],
    )


def _callers(context: Context, zone: str) -> list[str]:
    return [node.name for one in context.deployment.zones if one.name == zone for node in one.core]


@rule("request-name-not-fqdn", Severity.ERROR, Stage.REQUEST, Effect.REFUSED)
def name_not_fqdn(context: Context) -> Iterator[Hit]:
    """The request asks for a name that is no FQDN, and the certificate will be refused on upload.

    What it checks: the common name, the DNS names and the IP addresses asked for.
    Why it matters: since X14.0.2 one bare host name or IP address refuses the whole certificate.
    Example: expe1 beside expe1.example.com among the additional names.
    Remedy: a request without that name.
    References: platform.md §1.2 (CG155-load) and §3 (CG155-mng), mra.md A1.13.
    """
    for case in requests(context):
        step = case.node.emulation.step(Behaviour.UPLOAD_NEEDS_FQDN)
        odd = [name for name in _names(case) if not is_fqdn(name.removeprefix("*."))]
        if step.value and odd:
            listed = ", ".join(odd)
            yield hit(
                context,
                case,
                f"the request of {case.node.name} asks for {listed}, no FQDN: the certificate will be refused",
                f"Leave out {listed}.",
                expected="FQDNs",
                found=listed,
                effect=Effect.REFUSED,
                sources=[step.source if is_surely_refused(odd) else attrs.evolve(step.source, confidence="inferred")],
            )


@rule("request-wildcard", Severity.WARNING, Stage.REQUEST, Effect.NOT_KNOWN)
def wildcard(context: Context) -> Iterator[Hit]:
    """The request asks for a wildcard, which Expressway does not support.

    What it checks: the common name and the DNS names for ``*``.
    Why it matters: peers compare names as a whole, so that the wildcard stands for none of them.
    Example: *.example.com among the additional names.
    Remedy: a request with the names themselves.
    References: platform.md §1.2 and §4.2 (CG155-about, T-213872).
    """
    for case in requests(context):
        wild = [name for name in _names(case) if "*" in name]
        if wild:
            yield hit(
                context,
                case,
                f"the request of {case.node.name} asks for the wildcard {', '.join(wild)}, which is not supported",
                "Enter the names themselves.",
                expected="names without *",
                found=", ".join(wild),
                effect=Effect.NOT_KNOWN,
                sources=[Source("platform.md §1.2: CG155-about, T-213872")],
            )


@rule("request-without-common-name", Severity.WARNING, Stage.REQUEST, Effect.WARNS)
def without_common_name(context: Context) -> Iterator[Hit]:
    """The request has no common name, and some services do not work without one.

    What it checks: whether the subject has a common name.
    Why it matters: the certificate is taken, alarm 40052 is raised, and Mobile and Remote Access does not work.
    Example: a request that was made elsewhere, with alternative names alone.
    Remedy: a request with the FQDN of the node or of its cluster as common name.
    References: platform.md §1.2 and §9, alarm 40052 (CG155-load, AG155-ref).
    """
    for case in requests(context):
        if case.request.common_name is None:
            yield hit(
                context,
                case,
                f"the request of {case.node.name} has no common name, "
                "and Mobile and Remote Access does not work without one",
                "Common name: FQDN of Expressway",
                expected="a common name",
                found=case.request.subject or "an empty subject",
                effect=Effect.WARNS,
                alarm=NO_COMMON_NAME_ALARM,
                severity=severity_for_mra(context, case.node.name),
                sources=[Source("platform.md §1.2: CG155-load, AG155-ref")],
            )


@rule("request-name-format", Severity.WARNING, Stage.REQUEST)
def name_format(context: Context) -> Iterator[Hit]:
    """The request asks for names in a format that many CAs refuse.

    What it checks: SRV names (the format SRVName) and XMPP addresses (the format XMPPAddress).
    Why it matters: public CAs refuse the request, or sign it and leave the names out.
    Example: XMPP federation domains in the format XMPPAddress.
    Remedy: the format DNS, or CollabEdgeDNS for registration domains.
    References: platform.md §3 (CG155-mng, T-118798), mra.md A1.5 (211304, ADM-uc).
    """
    for case in requests(context):
        odd = [name for name in names_in(case.request) if name.kind in _FORMATS]
        if odd:
            listed = ", ".join(name.value for name in odd)
            formats = " and ".join(dict.fromkeys(_FORMATS[name.kind] for name in odd))
            yield hit(
                context,
                case,
                f"the request of {case.node.name} asks for {listed} in the format {formats}, which many CAs refuse",
                "Format: DNS (or CollabEdgeDNS for registration domains)",
                extension="subjectAltName",
                expected="DNS names",
                found=", ".join(map(str, odd)),
                sources=[Source("platform.md §3: CG155-mng, T-118798"), Source("mra.md A1.5: 211304, ADM-uc")],
            )


@rule("request-domain-case-differs", Severity.WARNING, Stage.REQUEST, Effect.LATER)
def domain_case_differs(context: Context) -> Iterator[Hit]:
    """The request writes the domain in other letters, large or small, than a peer does.

    What it checks: the own domain as the request has it, against the domains of the peers of its role.
    Why it matters: the domain names of all peers have to be the same to the letter, case included.
    Example: expe1.Example.com beside expe2.example.com.
    Remedy: one spelling on all peers, and then a new request.
    References: mra.md A1.13 (MRA-ts).
    """
    for case in requests(context):
        own = [_domain(name) for name in _names(case) if name.lower() == case.node.name.lower()]
        alike = [node for node in context.deployment.nodes if node.role is case.node.role]
        peers = [node for node in alike if node.name != case.node.name]
        other = next((peer for peer in peers for one in own if _differs(one, _domain(peer.name))), None)
        if other is not None:
            yield hit(
                context,
                case,
                f"the request of {case.node.name} has the domain {own[0]}, {other.name} has {_domain(other.name)}",
                f"On {case.node.name} and {other.name}: System > DNS: give both the same domain name first.",
                expected=_domain(other.name),
                found=own[0],
                effect=Effect.LATER,
                sources=[Source("mra.md A1.13: MRA-ts")],
            )


def _domain(name: str) -> str:
    return name.partition(".")[2]


def _differs(one: str, other: str) -> bool:
    return one != other and one.lower() == other.lower()


REQUEST_NAME_RULES = (
    lacks_name,
    name_not_fqdn,
    wildcard,
    without_common_name,
    name_format,
    domain_case_differs,
)
