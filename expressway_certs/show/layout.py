"""Where the nodes of a deployment stand in a drawing, and which of them meet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

import attrs

from expressway_certs.matrix import worst_of
from expressway_certs.product.behaviours import Role
from expressway_certs.product.deployment import Deployment
from expressway_certs.report import Report
from expressway_certs.rules.judging import State

COLUMNS: Final = ("Outside", "Expressway-E", "Expressway-C", "Inside")
_OUTSIDE, _EDGE, _CORE, _INSIDE = range(len(COLUMNS))


@attrs.frozen
class Link:
    """A line between two nodes, and the worst of the legs between them, where they were judged."""

    initiator: str
    acceptor: str
    state: State | None = None


@attrs.frozen(kw_only=True)
class Layout:
    """The place of each node, by its name; what is written there; the lines; and how high the drawing is."""

    spots: dict[str, tuple[float, float]]
    labels: dict[str, str]
    links: tuple[Link, ...]
    height: int


def of(deployment: Deployment, report: Report | None = None) -> Layout:
    """Lay a deployment out in columns, from the clients outside to the servers inside."""
    columns = _columns(deployment)
    height = max(*map(len, columns), 1)
    spots = {
        name: (float(column), height * (place + 0.5) / len(names))
        for column, names in enumerate(columns)
        for place, name in enumerate(reversed(names))
    }
    links = _planned(deployment) if report is None else _judged(report)
    known = (link for link in links if link.initiator in spots and link.acceptor in spots)
    return Layout(spots=spots, labels=_labels(deployment), links=tuple(dict.fromkeys(known)), height=height)


def _columns(deployment: Deployment) -> list[list[str]]:
    outside = [client.name for client in deployment.clients]
    outside += [one.name for zone in deployment.zones for one in zone.far_ends]
    outside += [one.name for one in deployment.webex_services]
    edge = [node.name for node in deployment.nodes if node.role is Role.EDGE]
    core = [node.name for node in deployment.nodes if node.role is Role.CORE]
    inside = [server.name for server in deployment.uc_servers]
    return [list(dict.fromkeys(names)) for names in (outside, edge, core, inside)]


def _labels(deployment: Deployment) -> dict[str, str]:
    kinds = {server.name: f"{server.name} ({server.kind.value})" for server in deployment.uc_servers}
    return {name: name for names in _columns(deployment) for name in names} | kinds


def _planned(deployment: Deployment) -> Iterator[Link]:
    """Yield the lines of the zones, and those to the clients and the servers."""
    edge = [node.name for node in deployment.nodes if node.role is Role.EDGE]
    core = [node.name for node in deployment.nodes if node.role is Role.CORE]
    for zone in deployment.zones:
        yield from (Link(one.name, other.name) for one, other in product(zone.core, zone.edge))
        yield from (Link(one.name, other.name) for one, other in product(zone.nodes, zone.far_ends))
    yield from (Link(one.name, other) for one, other in product(deployment.clients, edge))
    yield from (Link(one, other.name) for one, other in product(core, deployment.uc_servers))
    yield from (Link(one, other.name) for one, other in product(edge, deployment.webex_services))


def _judged(report: Report) -> Iterator[Link]:
    """Yield a line for each pair of nodes between which there are legs, with the worst of them."""
    for block in report.matrix().blocks:
        for row in block.rows:
            yield Link(row.initiator, row.acceptor, worst_of(one.state for one in row.legs))
