"""What is done as a whole in one step of a plan: on one node, or on the peers of a cluster."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from functools import reduce

import attrs

from expressway_certs.product.applying import replaced
from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import Change
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.release import Release


class StepKind(enum.Enum):
    """What a step of a plan does."""

    TRUST = "trust the new CA certificates"
    PERMIT = "set TLS verification of the cluster to Permissive"
    INSTALL = "install the new certificate"
    ENFORCE = "set TLS verification of the cluster to Enforce again"
    RETIRE = "delete the old CA certificates"
    UPGRADE = "upgrade"


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


def _changes(values: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(values)


def _tasks(values: Iterable[Task]) -> tuple[Task, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True, eq=False)
class Task:
    """Something to be done on some nodes, after the tasks that it ``needs``. It touches nothing besides those nodes.

    ``is_back`` says that it undoes what its ``kind`` names.
    """

    kind: StepKind
    nodes: tuple[str, ...] = attrs.field(converter=_names)
    changes: tuple[Change, ...] = attrs.field(default=(), converter=_changes)
    needs: tuple[Task, ...] = attrs.field(default=(), converter=_tasks)
    release: Release | None = None
    is_back: bool = False

    def done(self, deployment: Deployment) -> Deployment:
        """Return the deployment after it."""
        changed = deployment.apply(self.changes)
        return changed if self.release is None else reduce(self._upgraded, self.nodes, changed)

    def _upgraded(self, deployment: Deployment, name: str) -> Deployment:
        node = deployment.expressway(name)
        upgraded = attrs.evolve(node, release=self.release or node.release)
        stores = (one.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE) for one in (node, upgraded))
        if tuple(stores) == (False, True):
            # The upgrade copies the server's certificate into the client store (platform.md §7: T-225693).
            upgraded = attrs.evolve(upgraded, client_certificate=node.server_certificate)
        return replaced(deployment, upgraded)
