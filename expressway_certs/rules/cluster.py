"""Rules for the peers of a cluster, which verify each other where TLS verification mode is Enforce."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.changes import Change, MapClusterAddress, SetClusterPeer, SetSwitch
from expressway_certs.product.legs import CLUSTER_LEGS, Ask
from expressway_certs.product.nodes import ClusterTls
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, hits, matching, remedies, requests
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.judging import NameMatch
from expressway_certs.rules.rule import Context, NotApplicableError, Stage, rule

_INVALID = "Certificate: Invalid"
_SOURCE = Source("platform.md §4.6: CL154")


@rule("cluster-tls-permissive", Severity.INFO, Stage.CLUSTER)
def tls_permissive(context: Context) -> Iterator[Hit]:
    """The peers of a cluster do not verify each other.

    What it checks: TLS verification mode under System > Clustering, of every node that has cluster peers.
    Why it matters: Permissive permits invalid certificates; alarm 40049 says so, as a notice.
    Example: a cluster that was set to Permissive for a renewal, and left so.
    Remedy: Enforce, once this library finds nothing against it, and a restart of the peers one by one.
    References: platform.md §4.6 and §9.
    """
    clustered = [node for node in context.deployment.nodes if node.cluster_peers]
    if not clustered:
        raise NotApplicableError("no node has cluster peers")
    for node in clustered:
        if node.cluster_tls is ClusterTls.PERMISSIVE:
            yield Hit(
                message="the peers of a cluster do not verify each other: TLS verification mode is Permissive",
                cause=(node.cluster_name, node.role),
                node=node.name,
                remedy=Remedy(changes=[SetSwitch(node=node.name, switch="cluster_tls", value=ClusterTls.ENFORCE)]),
                evidence=Evidence(expected=ClusterTls.ENFORCE.value, found=node.cluster_tls.value),
                product_message="Cluster TLS permissive",
                alarm=40049,
                sources=[_SOURCE, Source("platform.md §9: AG155-ref")],
            )


@rule("cluster-peer-not-in-certificate", Severity.ERROR, Stage.CLUSTER)
def peer_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The address of a cluster peer is no FQDN in that peer's certificate.

    What it checks: the peer address against common name and alternative names, where the mode is Enforce.
    Why it matters: the peers do not replicate.
    Example: a cluster that was formed by IP addresses and then set to Enforce.
    Remedy: the FQDN as peer address, and a certificate that has it.
    References: platform.md §4.6 (CL154).
    """
    for found in common.answers(context, CLUSTER_LEGS, Ask.CLUSTER_PEER):
        _, judgement, answer = found
        wish = "is not a name in its certificate"
        if not matching.has_domain(answer.wanted):
            kind = "an IP address" if matching.is_address(answer.wanted) else "a bare host name"
            wish = f"is {kind}, and Enforce wants an FQDN"
        yield hits.asked(
            found,
            f"cluster: {answer.wanted}, by which {judgement.presenter} is called, {wish}",
            Remedy(changes=_by_name(context, found)),
            node=judgement.presenter,
            cause=(judgement.presenter, answer.wanted),
            product_message=_INVALID,
            sources=[_SOURCE],
        )


def _by_name(context: Context, found: common.Asked) -> list[Change]:
    """Return the peer's FQDN as peer address where none is there, and a certificate with the name that it lacks."""
    result, judgement, answer = found
    name, changes = answer.wanted, list[Change]()
    if not matching.has_domain(name):
        name = judgement.presenter
        changes.append(SetClusterPeer(node=result.initiator, old=answer.wanted, new=name))
    if judgement.certificate is not None and matching.exact(judgement.certificate, name) is NameMatch.NONE:
        changes.append(requests.in_place_of(context, judgement, names=[name]))
    return changes


def _mapped(context: Context, found: common.Asked) -> list[Change]:
    """Return a mapping of the peer's FQDN to the address, and a certificate with the FQDN where that lacks it."""
    _, judgement, answer = found
    name = judgement.presenter
    lacks = judgement.certificate is None or matching.exact(judgement.certificate, name) is NameMatch.NONE
    changes: list[Change] = [requests.in_place_of(context, judgement)] if lacks else []
    return [*changes, MapClusterAddress(node=judgement.judge, name=name, address=answer.wanted)]


@rule("cluster-name-leads-elsewhere", Severity.ERROR, Stage.CLUSTER)
def name_leads_elsewhere(context: Context) -> Iterator[Hit]:
    """No name in the certificate of a cluster peer leads to the address that it comes from.

    What it checks: the names in the certificate, by the cluster address mapping and then DNS, against the address.
    Why it matters: where the mode is Enforce, the peer is taken for another one, and is not let in.
    Example: FQDNs that lead to the outside addresses, without an address mapping.
    Remedy: the inside address in the cluster address mapping table, or in DNS.
    References: platform.md §4.6 (CL154).
    """
    for found in common.answers(context, CLUSTER_LEGS, Ask.CLUSTER_ADDRESS):
        _, judgement, answer = found
        yield hits.asked(
            found,
            f"cluster: no name in the certificate of {judgement.presenter} leads to its address {answer.wanted}",
            Remedy(changes=_mapped(context, found)),
            node=judgement.presenter,
            cause=(judgement.presenter,),
            product_message=_INVALID,
            sources=[_SOURCE],
        )


@rule("cluster-ca-not-trusted", Severity.ERROR, Stage.CLUSTER)
def ca_not_trusted(context: Context) -> Iterator[Hit]:
    """The CA of a cluster peer is not in the Trusted CA list.

    What it checks: the certificate of each peer by the list of each other, where the mode is Enforce.
    Why it matters: lists are never replicated; a peer whose list lacks the CA shuts the others out.
    Example: a peer that was added later, with the CAs loaded on the first one alone.
    Remedy: the CA certificates into the list of every peer, before the mode is set to Enforce.
    References: platform.md §2 and §4.6.
    """
    for claim in common.untrusted(context, CLUSTER_LEGS):
        home = claim.home
        yield hits.of_chain(
            claim,
            f"cluster: {home.judgement.judge} does not trust the CA of {home.judgement.presenter}",
            remedies.trust(claim.fault.judgement, context.known),
            node=claim.fault.judgement.judge,
            product_message=_INVALID,
            sources=[_SOURCE],
        )


@rule("cluster-certificate-refused", Severity.ERROR, Stage.CLUSTER)
def certificate_refused(context: Context) -> Iterator[Hit]:
    """The certificate of a cluster peer is refused for what it is, and no zone shows it.

    What it checks: validity and purpose; before X15.4 client authentication too, of every peer.
    Why it matters: where the mode is Enforce the peers do not replicate.
    Example: peers of Expressway-E with a certificate for servers alone, on X15.3.
    Remedy: a new certificate, or the upgrade to X15.4.
    References: platform.md §4.6 (T-225482).
    """
    for claim in common.refused(context, CLUSTER_LEGS):
        yield hits.refused(
            context,
            claim,
            sources=[_SOURCE, Source("platform.md §4.6: T-225482")],
            product_message=_INVALID,
            otherwise="Or upgrade every peer to X15.4 or later.",
        )


CLUSTER_RULES = (
    tls_permissive,
    peer_not_in_certificate,
    name_leads_elsewhere,
    ca_not_trusted,
    certificate_refused,
)
