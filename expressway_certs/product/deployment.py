"""A whole site: nodes, zones, clients, and the files that wait to be uploaded."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import attrs

from expressway_certs.product.changes import AddTrustedCa, Change, SetPeerAddress, SetVerifyName
from expressway_certs.product.nodes import Client, Expressway, Store, UcServer
from expressway_certs.product.zones import Zone


def _size(file: bytes) -> str:
    return f"<{len(file)} bytes>"


@attrs.frozen(kw_only=True)
class Upload:
    """A file that somebody means to upload, the node it is for, and the store."""

    file: bytes = attrs.field(repr=_size)
    node: str
    file_name: str = "certificate.pem"
    store: Store = "server"


def _expressways(values: Iterable[Expressway]) -> tuple[Expressway, ...]:
    return tuple(values)


def _zones(values: Iterable[Zone]) -> tuple[Zone, ...]:
    return tuple(values)


def _uc_servers(values: Iterable[UcServer]) -> tuple[UcServer, ...]:
    return tuple(values)


def _clients(values: Iterable[Client]) -> tuple[Client, ...]:
    return tuple(values)


def _uploads(values: Iterable[Upload]) -> tuple[Upload, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class Deployment:
    """A site. Expressways are found through the zones; each stands in ``expressways`` once, by name.

    Raises `ValueError` where a zone's peer is not the node of that name in ``expressways``.
    """

    name: str = "deployment"
    expressways: tuple[Expressway, ...] = attrs.field(default=(), converter=_expressways)
    zones: tuple[Zone, ...] = attrs.field(default=(), converter=_zones)
    uc_servers: tuple[UcServer, ...] = attrs.field(default=(), converter=_uc_servers)
    clients: tuple[Client, ...] = attrs.field(default=(), converter=_clients)
    uploads: tuple[Upload, ...] = attrs.field(default=(), converter=_uploads)

    def __attrs_post_init__(self) -> None:
        known = {node.name: node for node in self.expressways}
        for zone in self.zones:
            for peer in (*zone.core, *zone.edge):
                if known.get(peer.name, peer) != peer:
                    message = f"{peer.name} in the zone {zone.name} is not the {peer.name} of the deployment"
                    raise ValueError(message)
        for upload in self.uploads:
            self.expressway(upload.node)

    @property
    def nodes(self) -> tuple[Expressway, ...]:
        """Every Expressway, each once: those listed, then those that only a zone names."""
        peers = (peer for zone in self.zones for peer in (*zone.core, *zone.edge))
        return tuple({node.name: node for node in (*self.expressways, *peers)}.values())

    def expressway(self, name: str) -> Expressway:
        """Return the Expressway of that name; `ValueError` where there is none."""
        found = next((node for node in self.nodes if node.name == name), None)
        if found is None:
            message = f"no Expressway is called {name}"
            raise ValueError(message)
        return found

    def apply(self, changes: Iterable[Change]) -> Deployment:
        """Return the deployment as it is after ``changes``; `ValueError` for one that fits nothing here."""
        return reduce(_applied, changes, self)


def _applied(deployment: Deployment, change: Change) -> Deployment:
    if isinstance(change, AddTrustedCa):
        return _with_trusted_ca(deployment, change)
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


_UC_STORES = {"tomcat-trust": "tomcat_trust", "CallManager-trust": "callmanager_trust"}


def _with_trusted_ca(deployment: Deployment, change: AddTrustedCa) -> Deployment:
    field = _UC_STORES.get(change.store)
    if field is not None:
        servers = tuple(_uc_with(server, field, change) for server in deployment.uc_servers)
        return attrs.evolve(deployment, uc_servers=servers)
    node = deployment.expressway(change.node)
    return _replaced(deployment, attrs.evolve(node, trusted_ca=node.trusted_ca.adding(*change.certificates)))


def _uc_with(server: UcServer, field: str, change: AddTrustedCa) -> UcServer:
    store = getattr(server, field)
    if server.name != change.node or store is None:
        return server
    return attrs.evolve(server, **{field: store.adding(*change.certificates)})


def _replaced(deployment: Deployment, node: Expressway) -> Deployment:
    def swap(nodes: tuple[Expressway, ...]) -> tuple[Expressway, ...]:
        return tuple(node if one.name == node.name else one for one in nodes)

    zones = tuple(attrs.evolve(zone, core=swap(zone.core), edge=swap(zone.edge)) for zone in deployment.zones)
    return attrs.evolve(deployment, expressways=swap(deployment.expressways), zones=zones)
