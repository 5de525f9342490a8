"""Rules for what a Unified Communications zone has to be set to, and for the names of the nodes in it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from expressway_certs.product.changes import (
    AddDnsRecord,
    Change,
    MapClusterAddress,
    RenameExpressway,
    SetClusterPeer,
    SetPeerAddress,
    SetZoneSwitch,
    Store,
)
from expressway_certs.product.changes.switches import ZoneSwitchName
from expressway_certs.product.dns import host
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.provenance import Source
from expressway_certs.product.zones import MediaEncryption, Zone, ZoneKind
from expressway_certs.rules import requests
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, Stage, rule
from expressway_certs.x509.certificate import Certificate


def _uc_zones(context: Context) -> list[Zone]:
    zones = [zone for zone in context.deployment.zones if zone.kind is ZoneKind.UNIFIED_COMMUNICATIONS]
    if not zones:
        raise NotApplicableError("the deployment has no Unified Communications zone")
    return zones


def _change(zone: Zone, switch: ZoneSwitchName, value: bool | MediaEncryption) -> SetZoneSwitch:  # noqa: FBT001
    return SetZoneSwitch(zone=zone.name, switch=switch, value=value, on=[node.name for node in zone.members])


def _setting(zone: Zone, change: SetZoneSwitch, name: str, found: str, alarm: int) -> Hit:
    expected = change.told
    return Hit(
        message=f"zone {zone.name}: {name} is {found}, and Unified Communications needs {expected}",
        cause=(zone.name, name),
        node=zone.members[0].name,
        remedy=Remedy(changes=[change]),
        evidence=Evidence(expected=expected, found=found),
        product_message="Unified Communications configuration error",
        alarm=alarm,
        sources=[Source("platform.md §4.1: AG155-uc"), Source("platform.md §9: AG155-ref")],
    )


@rule("uc-zone-without-tls-verify", Severity.ERROR, Stage.TRAVERSAL)
def without_tls_verify(context: Context) -> Iterator[Hit]:
    """TLS verify mode is not On in a Unified Communications zone.

    What it checks: the zone's TLS verify mode.
    Why it matters: alarm 40040 is raised, and neither side looks at the other's certificate.
    Example: a zone that was made as a plain traversal zone and then used for Mobile and Remote Access.
    Remedy: TLS verify mode On; a zone of the type Unified Communications traversal forces it.
    References: platform.md §4.1 and §9.
    """
    for zone in _uc_zones(context):
        if not zone.tls_verify:
            yield _setting(zone, _change(zone, "tls_verify", True), "TLS verify mode", "Off", 40040)


@rule("uc-zone-media-not-forced", Severity.ERROR, Stage.TRAVERSAL)
def media_not_forced(context: Context) -> Iterator[Hit]:
    """Media encryption is not forced in a Unified Communications zone.

    What it checks: the zone's media encryption mode.
    Why it matters: alarm 40043 is raised, and media may go unencrypted.
    Example: Auto, on a zone that was a plain traversal zone.
    Remedy: Media encryption mode "Force encrypted".
    References: platform.md §4.1 and §9.
    """
    for zone in _uc_zones(context):
        if zone.media_encryption is not MediaEncryption.FORCED:
            change = _change(zone, "media_encryption", MediaEncryption.FORCED)
            yield _setting(zone, change, "Media encryption mode", zone.media_encryption.value, 40043)


@rule("edge-host-name-has-underscore", Severity.ERROR, Stage.TUNNELS)
def host_name_has_underscore(context: Context) -> Iterator[Hit]:
    """The host name of an Expressway-E has an underscore.

    What it checks: the names of the peers of Expressway-E in Unified Communications zones.
    Why it matters: the program that carries the tunnels ends with an error.
    Example: exp_e1.example.com.
    Remedy: a host name of letters, digits and hyphens, and a certificate for it.
    References: mra.md A1.13 and A4.3.
    """
    for zone in _uc_zones(context):
        for node in zone.edge:
            if "_" in node.name:
                yield Hit(
                    message=f"{node.name} has an underscore in its name, with which the SSH tunnels fail",
                    cause=(node.name,),
                    node=node.name,
                    remedy=_renamed(context, node),
                    evidence=Evidence(expected="letters, digits and hyphens", found=node.name),
                    product_message="Application failed - An unexpected software error was detected in "
                    "portforwarding.pyc",
                    sources=[Source("mra.md A1.13: MRA-ts"), Source("mra.md A4.3: MRA-ts")],
                )


def _renamed(context: Context, node: Expressway) -> Remedy:
    """Return another name, a certificate with it, and the new name wherever the old one is called by."""
    old, new, site = node.name, node.name.replace("_", "-"), context.deployment
    certificate = requests.for_store(context, node, "server")
    others = [name for name in certificate.names if name != old]
    changes: list[Change] = [attrs.evolve(certificate, common_name=new, names=(new, *others))]
    if node.address is not None and site.dns is not None:
        changes += [AddDnsRecord(name=new, address=node.address, kind=kind) for kind in ("A", "PTR")]
    for zone in site.zones_of(old):
        if node in zone.edge and zone.address_of(node) == old:
            callers = [one.name for one in zone.core]
            changes.append(SetPeerAddress(zone=zone.name, node=old, address=new, on=callers))
    for peer in site.nodes:
        if old in peer.cluster_peers:
            changes.append(SetClusterPeer(node=peer.name, old=old, new=new))
        mapped = dict(peer.cluster_addresses).get(host(old))
        if mapped is not None:
            changes.append(MapClusterAddress(node=peer.name, name=new, address=mapped))
    words = "Whatever else leads there by the old name has to follow: SRV records, provisioning, monitoring."
    return Remedy(changes=[*changes, RenameExpressway(old=old, new=new)], after=[words])


def _spelt_alike(zone: Zone) -> list[RenameExpressway]:
    """Return other names for the peers whose domain is spelt otherwise than the first one's."""
    domain = zone.edge[0].name.partition(".")[2]
    names = [(node.name, f"{node.name.partition('.')[0]}.{domain}") for node in zone.edge]
    return [RenameExpressway(old=old, new=new) for old, new in names if old != new and host(old) == host(new)]


@rule("edge-domain-spelt-differently", Severity.WARNING, Stage.TUNNELS)
def domain_spelt_differently(context: Context) -> Iterator[Hit]:
    """The peers of Expressway-E spell their domain in different case.

    What it checks: the domain names of the peers of a cluster of Expressway-E, letter by letter.
    Why it matters: the guides want them identical, in upper and lower case.
    Example: expe1.example.com beside expe2.Example.com.
    Remedy: the same spelling under System > DNS on every peer.
    References: mra.md A1.13.
    """
    for zone in _uc_zones(context):
        domains = {node.name.partition(".")[2]: node for node in zone.edge}
        if len(domains) > len({host(domain) for domain in domains}):
            listed = ", ".join(sorted(domains))
            yield Hit(
                message=f"zone {zone.name}: the peers of Expressway-E spell their domain differently: {listed}",
                cause=(zone.name,),
                node=zone.edge[-1].name,
                remedy=Remedy(changes=_spelt_alike(zone)),
                evidence=Evidence(expected="one spelling", found=listed),
                sources=[Source("mra.md A1.13: MRA-ts")],
            )


@rule("certificate-has-wildcard", Severity.WARNING, Stage.TRAVERSAL)
def has_wildcard(context: Context) -> Iterator[Hit]:
    """The certificate of an Expressway has a wildcard.

    What it checks: the common name and the DNS names of the certificates in both stores.
    Why it matters: wildcards are not supported; zones compare names letter by letter, and some clients accept them.
    Example: *.example.com on Expressway-E.
    Remedy: a certificate with the names in full.
    References: platform.md §1.2 and §4.2, mra.md A1.8.
    """
    if not context.deployment.nodes:
        raise NotApplicableError("the deployment has no Expressway")
    for node in context.deployment.nodes:
        stores: dict[Certificate | None, Store] = {node.certificate("client"): "client"}
        stores |= {node.certificate("server"): "server"}
        for certificate, store in reversed(stores.items()):
            if certificate is None:
                continue
            names = dict.fromkeys((certificate.common_name or "", *certificate.dns_names))
            stars = ", ".join(name for name in names if "*" in name)
            if stars:
                yield Hit(
                    message=f"the certificate of {node.name} has a wildcard, which is not supported: {stars}",
                    cause=(node.name, certificate),
                    node=node.name,
                    remedy=Remedy(
                        before=["Ask for the names in full."],
                        changes=[requests.for_store(context, node, store)],
                    ),
                    evidence=Evidence(
                        certificate=certificate, extension="subjectAltName", expected="names in full", found=stars
                    ),
                    sources=[
                        Source("platform.md §1.2: CG155-about, T-213872"),
                        Source("mra.md A1.8: CERT-about, CVD14"),
                    ],
                )


ZONE_SETTING_RULES = (
    without_tls_verify,
    media_not_forced,
    has_wildcard,
    host_name_has_underscore,
    domain_spelt_differently,
)
