"""Faults of the servers behind Expressway-C."""

from __future__ import annotations

from typing import Final

import attrs

from expressway_certs.product.applying import replaced
from expressway_certs.product.behaviours import Behaviour, Role
from expressway_certs.product.deployment import Deployment
from expressway_certs.testing.breaking.bench import DAY, Bench
from expressway_certs.testing.breaking.fault import Fault, fault
from expressway_certs.testing.breaking.zones import HOUR


@fault("uc-server-lacks-expressway-ca")
def lacks_expressway_ca(bench: Bench) -> Deployment:
    """tomcat-trust of Unified CM has not the CAs of Expressway-C."""
    return bench.with_server(bench.server(), tomcat_trust=[bench.other_root().certificate])


@fault("uc-server-not-trusted")
def not_trusted(bench: Bench) -> Deployment:
    """The tomcat certificate of Unified CM signed itself, and Expressway-C does not have it."""
    server = bench.server()
    own = bench.factory.self_signed(server.name, dns_names=[server.name])
    return bench.with_server(server, tomcat=own.certificate)


@fault("uc-server-shows-ecdsa")
def shows_ecdsa(bench: Bench) -> Deployment:
    """Expressway-C asks for the ECDSA certificate of Unified CM first, which signed itself."""
    server = bench.server()
    bench.need(attrs.evolve(bench.zone.core[0], ecdsa_first=True), Behaviour.ASKS_FOR_ECDSA)
    own = bench.factory.self_signed(f"{server.name.partition('.')[0]}-EC", dns_names=[server.name])
    site = bench.with_server(server, tomcat_ecdsa=own.certificate)
    for node in bench.expressways(Role.CORE):
        site = replaced(site, attrs.evolve(node, ecdsa_first=True))
    return site


@fault("uc-certificate-refused")
def certificate_refused(bench: Bench) -> Deployment:
    """The tomcat certificate of Unified CM has expired."""
    server = bench.server()
    start, end = bench.at - 365 * DAY, bench.at - HOUR
    expired = bench.for_name(server.tomcat, server.name, not_before=start, not_after=end)
    return bench.with_server(server, tomcat=expired)


@fault("uc-server-name-not-in-certificate")
def name_not_in_certificate(bench: Bench) -> Deployment:
    """The tomcat certificate of Unified CM has another name."""
    server = bench.server()
    bench.need(bench.zone.core[0], Behaviour.VERIFIES_UC_SERVERS)
    return bench.with_server(server, tomcat=bench.for_name(server.tomcat, _other_name(server.name)))


@fault("uc-node-name-not-in-certificate")
def node_name_not_in_certificate(bench: Bench) -> Deployment:
    """The CallManager certificate of Unified CM has another name, and phones are encrypted."""
    server = bench.server()
    callmanager = bench.for_name(server.callmanager, _other_name(server.name))
    return bench.with_server(server, callmanager=callmanager, mixed_mode=True)


def _other_name(name: str) -> str:
    return f"other.{name.partition('.')[2]}"


@fault("phone-profile-not-in-certificate")
def phone_profile(bench: Bench) -> Deployment:
    """A phone security profile is in use that no certificate of Expressway-C names."""
    server = bench.server()
    profile = f"secure-8845.{server.name.partition('.')[2]}"
    return attrs.evolve(bench.site, phone_security_profiles=[*bench.site.phone_security_profiles, profile])


@fault("sip-oauth-name-not-registered")
def sip_oauth_name(bench: Bench) -> Deployment:
    """Unified CM does not know an Expressway-C under Device > Expressway-C."""
    server = bench.server()
    known = [node.name for node in bench.expressways(Role.CORE) if node.name != bench.core.name]
    return bench.with_server(server, expressway_cores=known, sip_oauth=True)


SERVER_FAULTS: Final[tuple[Fault, ...]] = (
    lacks_expressway_ca,
    not_trusted,
    shows_ecdsa,
    certificate_refused,
    name_not_in_certificate,
    node_name_not_in_certificate,
    phone_profile,
    sip_oauth_name,
)
