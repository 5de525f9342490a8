"""Nodes of a deployment found by name, and put back changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Never

import attrs

from expressway_certs.product.far_ends import FarEnd
from expressway_certs.product.nodes import Client, Expressway, UcServer
from expressway_certs.product.zones import Zone
from expressway_certs.x509.shown import named

if TYPE_CHECKING:
    from expressway_certs.product.deployment import Deployment


_OF_THE_SITE: Final = ("webex_services", "administrators", "ldap_servers")


def refuse(message: str) -> Never:
    """Raise `ValueError`: a change fits nothing here."""
    raise ValueError(message)


def replaced(deployment: Deployment, node: Expressway, *, called: str | None = None) -> Deployment:
    """Return the deployment with the node of that name, or the one ``called`` so, replaced wherever it stands."""
    name = called or node.name

    def swap(nodes: tuple[Expressway, ...]) -> tuple[Expressway, ...]:
        return tuple(node if one.name == name else one for one in nodes)

    zones = tuple(
        attrs.evolve(zone, core=swap(zone.core), edge=swap(zone.edge), nodes=swap(zone.nodes))
        for zone in deployment.zones
    )
    return attrs.evolve(deployment, expressways=swap(deployment.expressways), zones=zones)


def is_expressway(deployment: Deployment, name: str) -> bool:
    """Whether an Expressway is called so."""
    return any(node.name == name for node in deployment.nodes)


def uc_server(deployment: Deployment, name: str) -> UcServer | None:
    """Return the server behind Expressway-C of that name."""
    return next((one for one in deployment.uc_servers if one.name == name), None)


def with_uc_server(deployment: Deployment, name: str, change: Callable[[UcServer], UcServer]) -> Deployment:
    """Return the deployment with a server changed; `ValueError` where none is called so."""
    if uc_server(deployment, name) is None:
        refuse(f"no server behind Expressway-C is called {named(name)}")
    servers = tuple(change(one) if one.name == name else one for one in deployment.uc_servers)
    return attrs.evolve(deployment, uc_servers=servers)


def with_clients(deployment: Deployment, name: str, change: Callable[[Client], Client]) -> Deployment:
    """Return the deployment with the clients of that name changed; `ValueError` where none are called so."""
    if all(one.name != name for one in deployment.clients):
        refuse(f"no clients are called {name}")
    clients = tuple(change(one) if one.name == name else one for one in deployment.clients)
    return attrs.evolve(deployment, clients=clients)


def with_far_end(deployment: Deployment, name: str, change: Callable[[FarEnd], FarEnd]) -> Deployment:
    """Return the deployment with a far end changed wherever it stands; `ValueError` where none is called so."""

    def swap(far_ends: tuple[FarEnd, ...]) -> tuple[FarEnd, ...]:
        return tuple(change(one) if one.name == name else one for one in far_ends)

    own = {name: getattr(deployment, name) for name in _OF_THE_SITE}
    listed = (
        *(one for ends in own.values() for one in ends),
        *(one for zone in deployment.zones for one in zone.far_ends),
    )
    if all(one.name != name for one in listed):
        refuse(f"no far end is called {named(name)}")
    zones = tuple(attrs.evolve(zone, far_ends=swap(zone.far_ends)) for zone in deployment.zones)
    changed: dict[str, Any] = {name: swap(ends) for name, ends in own.items()}
    return attrs.evolve(deployment, zones=zones, **changed)


def zone(deployment: Deployment, name: str) -> Zone:
    """Return the zone of that name; `ValueError` where there is none."""
    found = next((one for one in deployment.zones if one.name == name), None)
    return found or refuse(f"no zone is called {named(name)}")


def with_zone(deployment: Deployment, changed: Zone) -> Deployment:
    """Return the deployment with the zone of that name replaced."""
    zones = tuple(changed if one.name == changed.name else one for one in deployment.zones)
    return attrs.evolve(deployment, zones=zones)
