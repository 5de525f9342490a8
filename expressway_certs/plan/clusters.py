"""Clusters that enforce TLS verification, set to Permissive while their certificates change (platform.md §4.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from expressway_certs.plan.task import StepKind, Task
from expressway_certs.product.changes import SetSwitch
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.legs import CLUSTER_LEGS
from expressway_certs.product.nodes import ClusterTls, Expressway
from expressway_certs.rules.pairs import connections


def permissive_and_back(deployment: Deployment, nodes: Iterable[str]) -> Iterator[tuple[Task, Task]]:
    """Yield for each cluster with one of ``nodes`` that enforces TLS the way to Permissive, and the way back."""
    renewed = set(nodes)
    for cluster in _clusters(deployment):
        peers = [name for name in cluster if deployment.expressway(name).cluster_tls is ClusterTls.ENFORCE]
        if peers and renewed & set(cluster):
            permit = _switching(StepKind.PERMIT, peers, ClusterTls.PERMISSIVE)
            yield permit, _switching(StepKind.ENFORCE, peers, ClusterTls.ENFORCE)


def _switching(kind: StepKind, peers: list[str], mode: ClusterTls) -> Task:
    changes = [SetSwitch(node=name, switch="cluster_tls", value=mode) for name in peers]
    return Task(kind=kind, nodes=peers, changes=changes)


def _clusters(deployment: Deployment) -> tuple[tuple[str, ...], ...]:
    """Return the names of the Expressways that are peers of each other, cluster by cluster."""
    clusters: list[dict[str, None]] = []
    for one in connections(deployment, CLUSTER_LEGS):
        names = [end.name for end in (one.initiator, one.acceptor) if isinstance(end, Expressway)]
        touched = [cluster for cluster in clusters if any(name in cluster for name in names)]
        clusters = [cluster for cluster in clusters if cluster not in touched]
        clusters.append({name: None for cluster in (*touched, dict.fromkeys(names)) for name in cluster})
    return tuple(tuple(cluster) for cluster in clusters)
