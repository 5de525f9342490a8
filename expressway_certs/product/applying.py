"""Changes carried out on a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import (
    AddTrustedCa,
    Change,
    RemoveTrustedCa,
    SetCertificate,
    SetPeerAddress,
    SetVerifyName,
)
from expressway_certs.product.nodes import Expressway, UcServer
from expressway_certs.product.uc_servers import TRUST_LISTS
from expressway_certs.product.zones import Zone
from expressway_certs.x509.trust_store import TrustStore

if TYPE_CHECKING:
    from expressway_certs.product.deployment import Deployment


def applied(deployment: Deployment, change: Change) -> Deployment:
    """Return the deployment as it is after one change; `ValueError` where it fits nothing here."""
    if isinstance(change, AddTrustedCa | RemoveTrustedCa):
        return _with_other_list(deployment, change)
    if isinstance(change, SetCertificate):
        return _with_certificate(deployment, change)
    zones = tuple(_changed(zone, change) if zone.name == change.zone else zone for zone in deployment.zones)
    if zones == deployment.zones:
        message = f"{change} changes nothing here"
        raise ValueError(message)
    return attrs.evolve(deployment, zones=zones)


def _changed(zone: Zone, change: SetPeerAddress | SetVerifyName) -> Zone:
    if isinstance(change, SetPeerAddress):
        pairs = zip(zone.edge, zone.peer_addresses, strict=True)
        addresses = tuple(change.address if peer.name == change.node else old for peer, old in pairs)
        return attrs.evolve(zone, peer_addresses=addresses)
    return attrs.evolve(zone, tls_verify_subject_name=change.name)


def _with_other_list(deployment: Deployment, change: AddTrustedCa | RemoveTrustedCa) -> Deployment:
    field = TRUST_LISTS.get(change.store)
    if field is None:
        node = deployment.expressway(change.node)
        return replaced(deployment, attrs.evolve(node, trusted_ca=_changed_list(node.trusted_ca, change)))
    if all(server.name != change.node or getattr(server, field) is None for server in deployment.uc_servers):
        message = f"no {change.store} of {change.node} is known"
        raise ValueError(message)
    servers = tuple(_uc_with(server, field, change) for server in deployment.uc_servers)
    return attrs.evolve(deployment, uc_servers=servers)


def _changed_list(trusted: TrustStore, change: AddTrustedCa | RemoveTrustedCa) -> TrustStore:
    change_list = trusted.adding if isinstance(change, AddTrustedCa) else trusted.removing
    return change_list(*change.certificates)


def _with_certificate(deployment: Deployment, change: SetCertificate) -> Deployment:
    node = deployment.expressway(change.node)
    if change.store == "client":
        return replaced(deployment, attrs.evolve(node, client_certificate=change.certificate))
    changed = attrs.evolve(node, server_certificate=change.certificate, pending_request=None)
    if node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE):
        # Where nothing else is said the client store holds the copy that an upgrade made of the old one.
        changed = attrs.evolve(changed, client_certificate=node.client_certificate or node.server_certificate)
    return replaced(deployment, changed)


def _uc_with(server: UcServer, field: str, change: AddTrustedCa | RemoveTrustedCa) -> UcServer:
    store = getattr(server, field)
    if server.name != change.node or store is None:
        return server
    changed: dict[str, Any] = {field: _changed_list(store, change)}
    return attrs.evolve(server, **changed)


def replaced(deployment: Deployment, node: Expressway) -> Deployment:
    """Return the deployment with the node of that name replaced wherever it stands."""

    def swap(nodes: tuple[Expressway, ...]) -> tuple[Expressway, ...]:
        return tuple(node if one.name == node.name else one for one in nodes)

    zones = tuple(
        attrs.evolve(zone, core=swap(zone.core), edge=swap(zone.edge), nodes=swap(zone.nodes))
        for zone in deployment.zones
    )
    return attrs.evolve(deployment, expressways=swap(deployment.expressways), zones=zones)
