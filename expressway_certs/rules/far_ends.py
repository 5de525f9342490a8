"""Rules for zones to systems that are not ours: neighbor, DNS, Webex, and the Default Zone."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from expressway_certs.product.behaviours import Switch
from expressway_certs.product.changes import AddAccessRule, SetPeerAddress, SetVerifyName
from expressway_certs.product.far_ends import AccessRule
from expressway_certs.product.legs import FAR_END_LEGS, WEBEX_LEGS, Ask
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, hits, matching, remedies, requests
from expressway_certs.rules.faults import Claimed
from expressway_certs.rules.finding import Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError, Stage, rule
from expressway_certs.rules.traversal import severity

_NEGOTIATION = "TLS negotiation error"
_IDENTITY = "Peer's TLS certificate identity was unacceptable"


def _ours(context: Context) -> Collection[str]:
    return {node.name for node in context.deployment.nodes}


def _theirs(context: Context) -> Collection[str]:
    return {far.name for zone in context.deployment.zones for far in zone.far_ends}


@rule("far-end-not-trusted", Severity.ERROR, Stage.TRAVERSAL)
def not_trusted(context: Context) -> Iterator[Hit]:
    """The CA of a far end is not in the Trusted CA list.

    What it checks: the far end's certificate, with what it sends, by the list of every node of the zone.
    Why it matters: with TLS verify mode On the connection is ended.
    Example: a business partner that changed its public CA.
    Remedy: the CA certificates into the list, on every peer.
    References: platform.md §4.1 and §4.3.
    """
    for claim in common.untrusted(context, FAR_END_LEGS, judges=_ours(context)):
        sources = [Source("platform.md §4.3: AG155-sec"), Source("platform.md §4.5: T-212475")]
        yield hits.ca_not_trusted(claim, context.known, _NEGOTIATION, sources)


@rule("far-end-distrusts-us", Severity.ERROR, Stage.TRAVERSAL)
def distrusts_us(context: Context) -> Iterator[Hit]:
    """A far end does not trust the certificate of an Expressway, as far as its list is known.

    What it checks: our certificate, with the chain that our own Trusted CA list makes, by the far end's list.
    Why it matters: an Expressway whose own list lacks its issuer sends the leaf alone, and others then refuse it.
    Example: an intermediate that is missing in Expressway-E's own list; Webex answers "certificate unknown".
    Remedy: the CA certificates of our certificate into our own list, or another CA.
    References: platform.md §4.3 (T-212475 issue 3).
    """
    for claim in common.untrusted(context, FAR_END_LEGS, judges=_theirs(context)):
        judgement, home = claim.fault.judgement, claim.home
        yield hits.of_chain(
            claim,
            f"zone {home.result.zone}: {home.judgement.judge} does not trust {home.judgement.presenter}",
            _to_be_trusted(context, claim),
            node=judgement.presenter,
            product_message="sslv3 alert certificate unknown",
            sources=[Source("platform.md §4.3: T-212475"), Source("platform.md §4.5: T-212475")],
        )


def _to_be_trusted(context: Context, claim: Claimed) -> Remedy:
    """Return how a far end comes to trust us: our CAs in our own list, so that we send them, or in its list."""
    judgement, case = claim.fault.judgement, claim.fault.verdict.case
    sent = remedies.to_be_sent(context, judgement.presenter, case)
    if sent is not None:
        words = f"Or have {judgement.judge} load {remedies.wanted_issuer(judgement)}."
        return Remedy(changes=[sent], after=[words])
    return remedies.trust(judgement, context.known, after=["Or use a CA that it has."])


@rule("far-end-certificate-refused", Severity.ERROR, Stage.TRAVERSAL)
def certificate_refused(context: Context) -> Iterator[Hit]:
    """A certificate is refused for what it is, in a zone to a system that is not ours.

    What it checks: validity and purpose; of a far end that calls, client authentication, but for a switch of X15.5.
    Why it matters: the connection is ended. Public CAs stop issuing client authentication.
    Example: a partner's certificate for servers alone, which Expressway-E refuses when the partner calls.
    Remedy: a new certificate; or ExtendedKeyUsage Checking Mode Off on X15.5, where the far end's cannot change.
    References: platform.md §7 and §10.5.
    """
    for claim in common.refused(context, FAR_END_LEGS):
        yield hits.refused(
            context,
            claim,
            sources=[Source("platform.md §7: AG155-sec, T-225693"), Source("platform.md §4.5: T-213863")],
            product_message=_NEGOTIATION,
            otherwise=f"Or, from X15.5 on, where the far end calls: {Switch.EKU_UNCHECKED.value}",
        )


@rule("far-end-name-not-in-certificate", Severity.ERROR, Stage.TRAVERSAL)
def name_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The name that a zone wants is not in the far end's certificate.

    What it checks: the peer address of a neighbor zone, the TLS verify subject name of a DNS or Webex zone.
    Why it matters: with TLS verify mode On the connection is ended, or the call falls to the Default Zone.
    Example: a neighbor that is called by its IP address.
    Remedy: the name that the certificate has, in the zone.
    References: platform.md §4.1 and §4.2.
    """
    asked = [_answers(context, ask) for ask in (Ask.PEER_ADDRESS, Ask.VERIFY_NAME)]
    reasons = [why for why in asked if isinstance(why, Exception)]
    if len(reasons) == len(asked):
        raise reasons[0]
    for found in (one for group in asked if not isinstance(group, Exception) for one in group):
        result, judgement, answer = found
        yield hits.asked(
            found,
            f"zone {result.zone}: {answer.wanted} is no name of {judgement.presenter}",
            _called_by_its_name(context, found),
            node=judgement.judge,
            cause=(result.zone, judgement.certificate, answer.wanted),
            product_message=_IDENTITY,
            severity=severity(answer),
            sources=[Source("platform.md §4.1: AG155-ref, AG155-zone"), Source("platform.md §4.5: T-212475")],
        )


def _called_by_its_name(context: Context, found: common.Asked) -> Remedy:
    """Return the zone with a name that the far end's certificate has; where it has none, another certificate."""
    result, judgement, answer = found
    zone = remedies.zone_of(context, result)
    names = [name for name in judgement.certificate.dns_names if "*" not in name] if judgement.certificate else []
    name = next((one for one in names if one == judgement.presenter), next(iter(names), None))
    if name is None:
        return Remedy(changes=[requests.in_place_of(context, judgement, names=[answer.wanted])])
    nodes = [node.name for node in zone.nodes]
    if answer.ask is Ask.PEER_ADDRESS:
        return Remedy(changes=[SetPeerAddress(zone=zone.name, node=judgement.presenter, address=name, on=nodes)])
    return Remedy(changes=[SetVerifyName(zone=zone.name, name=name, on=nodes)])


def _let_in(context: Context, found: common.Asked) -> Remedy:
    """Return a rule that goes before the others and lets a name of the certificate in."""
    result, judgement, _ = found
    zone = remedies.zone_of(context, result)
    names = matching.names_of(judgement.certificate) if judgement.certificate else ()
    first = min((rule.priority for rule in zone.access_rules), default=1)
    if not names:
        return Remedy(changes=[requests.in_place_of(context, judgement)])
    rule = AccessRule(pattern=names[0], priority=max(first - 1, 0))
    return Remedy(changes=[AddAccessRule(zone=zone.name, rule=rule, on=[node.name for node in zone.nodes])])


def _answers(context: Context, ask: Ask) -> list[common.Asked] | Exception:
    try:
        return list(common.answers(context, FAR_END_LEGS, ask))
    except (NotApplicableError, NotRunError) as error:
        return error


@rule("default-zone-keeps-out", Severity.ERROR, Stage.TRAVERSAL)
def keeps_out(context: Context) -> Iterator[Hit]:
    """The access rules of the Default Zone keep a far end out.

    What it checks: every rule in the order of priority against the common name and every alternative name.
    Why it matters: calls from that system are refused. That no rule at all fits counts as refused, by our own choice.
    Example: a rule "Exact" for a name that the partner's renewed certificate spells in other case.
    Remedy: a rule that allows a name of the certificate.
    References: platform.md §4.1 (AG155-zone).
    """
    for found in common.answers(context, FAR_END_LEGS, Ask.ACCESS_RULES):
        result, judgement, answer = found
        yield hits.asked(
            found,
            f"zone {result.zone}: the access rules keep {judgement.presenter} out ({answer.found})",
            _let_in(context, found),
            node=judgement.judge,
            cause=(result.zone, judgement.certificate),
            sources=[Source("platform.md §4.1: AG155-zone, AG155-ref")],
        )


@rule("webex-not-trusted", Severity.ERROR, Stage.MRA)
def webex_not_trusted(context: Context) -> Iterator[Hit]:
    """Expressway-E does not trust a host of Webex.

    What it checks: the certificate of the host, where it is given, by Expressway-E's own list.
    Why it matters: discovery and push notifications over Webex fail.
    Example: a list that was cleared of public roots.
    Remedy: the root of the host's CA into the list of every Expressway-E.
    References: mra.md A3 leg 9.
    """
    for claim in common.untrusted(context, WEBEX_LEGS):
        home = claim.home
        yield hits.of_chain(
            claim,
            f"{home.judgement.judge} does not trust the CA of {home.judgement.presenter}",
            remedies.trust(claim.fault.judgement, context.known),
            node=claim.fault.judgement.judge,
            sources=[Source("mra.md A3 9: PORT")],
        )


@rule("webex-certificate-refused", Severity.ERROR, Stage.MRA)
def webex_certificate_refused(context: Context) -> Iterator[Hit]:
    """A host of Webex shows a certificate that is refused for what it is, or has another name.

    What it checks: validity, purpose and the host name.
    Why it matters: something between Expressway-E and Webex shows a certificate of its own.
    Example: an inspecting proxy.
    Remedy: let Expressway-E reach Webex without inspection.
    References: mra.md A3 leg 9.
    """
    sources = [Source("mra.md A3 9: PORT")]
    for claim in common.refused(context, WEBEX_LEGS):
        judgement, verdict = claim.home.judgement, claim.home.verdict
        words = f"{judgement.presenter} shows {verdict.certificate.subject}: {verdict.explanation}"
        yield hits.of_chain(
            claim,
            f"{judgement.judge} refuses the certificate of {judgement.presenter}: {verdict.reason}",
            Remedy(before=[words, f"Let {judgement.judge} reach {judgement.presenter} without inspection."]),
            node=claim.fault.judgement.presenter,
            sources=sources,
        )
    for found in common.answers(context, WEBEX_LEGS, Ask.HOST_NAME):
        _, judgement, answer = found
        yield hits.asked(
            found,
            f"{answer.wanted} {hits.standing(answer)} the certificate that {judgement.judge} gets from there",
            Remedy(before=[f"Let {judgement.judge} reach {answer.wanted} without inspection."]),
            node=judgement.judge,
            cause=(judgement.certificate, answer.wanted),
            severity=severity(answer),
            sources=sources,
        )


FAR_END_RULES = (
    name_not_in_certificate,
    not_trusted,
    distrusts_us,
    certificate_refused,
    keeps_out,
    webex_not_trusted,
    webex_certificate_refused,
)
