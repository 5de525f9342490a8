"""Faults of the model and of zones: Expressway-C and Expressway-E, either way."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs

from expressway_certs.product.behaviours import Role
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.not_given import NotGiven
from expressway_certs.product.zones import MediaEncryption
from expressway_certs.testing.breaking.bench import BOTH, DAY, Bench, CannotBreakError
from expressway_certs.testing.breaking.fault import Fault, fault
from expressway_certs.testing.breaking.renaming import renamed

UNUSED_ADDRESS: Final = "192.0.2.99"
HOUR: Final = timedelta(hours=1)


@fault("release-not-known")
def release_not_known(bench: Bench) -> Deployment:
    """A node runs a release that is newer than the library."""
    return bench.with_fields(bench.any_node, release="X16.0")


@fault("input-not-given")
def input_not_given(bench: Bench) -> Deployment:
    """The site was read from files that say nothing of another peer."""
    node = bench.any_node
    peer = f"missing.{node.name.partition('.')[2]}"
    lacking = NotGiven(
        what=f"the peer {peer}", remedy=f"Give its diagnostic log: {peer}", node=node.name, missing_node=peer
    )
    return attrs.evolve(bench.site, not_given=[*bench.site.not_given, lacking])


@fault("ca-hidden-by-namesake")
def ca_hidden_by_namesake(bench: Bench) -> Deployment:
    """Unified CM has two self-signed certificates of one name and without key identifiers; the lists have both."""
    server = bench.server()
    tomcat, callmanager = (
        bench.factory.self_signed(server.name, dns_names=[server.name], authority_key_identifier=None).certificate
        for _ in range(2)
    )
    bench = attrs.evolve(
        bench,
        site=bench.with_server(server, tomcat=tomcat, callmanager=callmanager, presented_cas=[], mixed_mode=True),
    )
    for node in bench.expressways(Role.CORE):
        trusted = node.trusted_ca.adding(tomcat, callmanager)
        bench = attrs.evolve(bench, site=bench.with_fields(node, trusted_ca=trusted))
    return bench.site


@fault("zone-peer-address-not-in-certificate")
def peer_address(bench: Bench) -> Deployment:
    """Expressway-C calls Expressway-E by an IP address, which its certificate has not."""
    zone, edge = bench.zone, bench.edge
    pairs = zip(zone.edge, zone.peer_addresses, strict=True)
    addresses = [UNUSED_ADDRESS if peer.name == edge.name else address for peer, address in pairs]
    return bench.with_zone(zone, peer_addresses=addresses)


@fault("zone-verify-name-not-in-certificate")
def verify_name(bench: Bench) -> Deployment:
    """Expressway-E looks for another TLS verify subject name than Expressway-C has."""
    return bench.with_zone(bench.zone, tls_verify_subject_name=f"renamed.{bench.zone.core[0].name.partition('.')[2]}")


@fault("zone-ca-not-trusted")
def zone_ca_not_trusted(bench: Bench) -> Deployment:
    """Expressway-C's lists lose every CA above the certificate of Expressway-E, the root too."""
    certificate = bench.shown(bench.zone.edge[0]).certificate
    return bench.with_trust(bench.calling, bench.known_chain(certificate)[1:])


@fault("zone-certificate-refused")
def zone_certificate_refused(bench: Bench) -> Deployment:
    """The certificate of an Expressway-C has expired."""
    return bench.recertified(bench.core, not_before=bench.at - 365 * DAY, not_after=bench.at - HOUR)


@fault("uc-zone-without-tls-verify")
def without_tls_verify(bench: Bench) -> Deployment:
    """TLS verify mode of the Unified Communications zone is off."""
    return bench.with_zone(bench.zone, tls_verify=False)


@fault("uc-zone-media-not-forced")
def media_not_forced(bench: Bench) -> Deployment:
    """The media encryption mode of the Unified Communications zone is Auto."""
    return bench.with_zone(bench.zone, media_encryption=MediaEncryption.AUTO)


@fault("certificate-has-wildcard")
def wildcard(bench: Bench) -> Deployment:
    """The certificate of Expressway-E has a wildcard among its names."""
    edge = bench.edge
    names = bench.shown(edge).certificate.dns_names
    return bench.recertified(edge, dns_names=[*names, f"*.{edge.name.partition('.')[2]}"])


@fault("edge-host-name-has-underscore")
def underscore(bench: Bench) -> Deployment:
    """An Expressway-E has a host name with an underscore, in its certificate and everywhere else."""
    host, _, domain = bench.edge.name.partition(".")
    return renamed(bench, bench.edge, f"{host[:-1]}_{host[-1]}.{domain}")


@fault("edge-domain-spelt-differently")
def domain_spelt_differently(bench: Bench) -> Deployment:
    """One peer of Expressway-E spells its domain with a capital letter."""
    if len(bench.zone.edge) == 1:
        raise CannotBreakError("it needs at least two peers of Expressway-E in the zone, and there is one")
    host, _, domain = bench.edge.name.partition(".")
    return renamed(bench, bench.edge, f"{host}.{domain.capitalize()}")


@fault("strict-client-refuses-chain")
def strict_client(bench: Bench) -> Deployment:
    """The certificate of Expressway-E has no authority key identifier, which RFC 5280 asks for."""
    bench.client()
    return bench.recertified(bench.edge, authority_key_identifier=None, extended_key_usage=BOTH)


ZONE_FAULTS: Final[tuple[Fault, ...]] = (
    release_not_known,
    input_not_given,
    ca_hidden_by_namesake,
    peer_address,
    verify_name,
    zone_ca_not_trusted,
    zone_certificate_refused,
    without_tls_verify,
    media_not_forced,
    wildcard,
    underscore,
    domain_spelt_differently,
    strict_client,
)
