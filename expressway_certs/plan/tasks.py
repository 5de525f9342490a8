"""The tasks of a renewal in the usual order: lists, certificates peer by peer, and the old CA certificates last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import combinations

import attrs

from expressway_certs.pipeline import check_upload
from expressway_certs.plan.clusters import permissive_and_back
from expressway_certs.plan.lists import Place, trusting
from expressway_certs.plan.retiring import retired
from expressway_certs.plan.task import StepKind, Task
from expressway_certs.product.applying.nodes import is_expressway
from expressway_certs.product.changes import SetCertificate, Store
from expressway_certs.product.deployment import Deployment
from expressway_certs.rules.finding import Finding
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import Chain


@attrs.frozen(kw_only=True)
class Renewal:
    """What is to be renewed: the new certificates with their chains, the CAs that go, and the instant of audits."""

    deployment: Deployment
    installing: tuple[SetCertificate, ...]
    chains: Mapping[Certificate, Chain]
    retire: tuple[Certificate, ...]
    at: datetime

    def tasks(self, *, permissive: bool) -> tuple[tuple[Task, ...], tuple[tuple[Place, Certificate], ...]]:
        """Return the tasks, and the places from which an old CA certificate cannot go.

        ``permissive`` sets clusters that enforce TLS to Permissive while certificates change (platform.md §4.6).
        """
        lists = trusting(self.deployment, self.installing, self.chains, self.at)
        nodes = dict.fromkeys(one.node for one in self.installing)
        pairs = list(permissive_and_back(self.deployment, nodes)) if permissive else []
        permits = tuple(permit for permit, _ in pairs)
        installs = tuple(self._install(node, lists, permits) for node in nodes)
        enforces = tuple(attrs.evolve(back, needs=(permit, *installs)) for permit, back in pairs)
        first = (*lists, *permits, *installs, *enforces)
        site = reduce(lambda changed, task: task.done(changed), first, self.deployment)
        last, kept = retired(site, self.retire, self.at)
        return (*first, *(attrs.evolve(one, needs=first) for one in last)), kept

    def _install(self, node: str, lists: Iterable[Task], permits: Iterable[Task]) -> Task:
        changes = tuple(one for one in self.installing if one.node == node)
        own = [task for task in lists if node in task.nodes]
        # Only the page of an Expressway is modelled; Unified CM wants the CAs of its own certificate first.
        first = self._needed(changes, own) if is_expressway(self.deployment, node) else own
        needs = (*first, *(task for task in permits if node in task.nodes))
        return Task(kind=StepKind.INSTALL, nodes=[node], changes=changes, needs=needs)

    def _needed(self, changes: Sequence[SetCertificate], own: Sequence[Task]) -> tuple[Task, ...]:
        """Return the fewest tasks on a node's own list with which its page refuses the least.

        The page may want the chain in the list before it takes a certificate (platform.md §1.2: CG155-load, T-221624).
        """

        def refusals(tasks: tuple[Task, ...]) -> int:
            site = reduce(lambda changed, task: task.done(changed), tasks, self.deployment)
            return sum(len(refused(site, one, self.at)) for one in changes)

        choices = [tasks for size in range(len(own) + 1) for tasks in combinations(own, size)]
        return min(choices, key=refusals)


def refused(deployment: Deployment, change: SetCertificate, at: datetime) -> tuple[Finding, ...]:
    """Return for what the upload page of an Expressway takes no such certificate, as the node is now."""
    store = change.store
    if change.domain is not None or not is_expressway(deployment, change.node) or store not in {"server", "client"}:
        return ()
    file = change.certificate.to_pem()
    node = deployment.expressway(change.node)
    page: Store = "client" if store == "client" else "server"
    return check_upload(file, onto=node, store=page, deployment=deployment, at=at).refused


def refusing(deployment: Deployment, task: Task, at: datetime) -> tuple[Finding, ...]:
    """Return for what the pages take no certificate of a task."""
    uploads = [one for one in task.changes if isinstance(one, SetCertificate)]
    return tuple(finding for one in uploads for finding in refused(deployment, one, at))
