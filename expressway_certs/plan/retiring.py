"""The old CA certificates that go last: from each list from which they can go without harm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import get_args

from expressway_certs.plan.leg_change import is_out, key_of
from expressway_certs.plan.lists import Place, list_of
from expressway_certs.plan.task import StepKind, Task
from expressway_certs.product.applying.nodes import uc_server
from expressway_certs.product.changes import RemoveTrustedCa, Store
from expressway_certs.product.changes.lists import EXPRESSWAY_LIST
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.uc_servers import CERTIFICATES, TRUST_LISTS
from expressway_certs.rules.known import known_certificates
from expressway_certs.rules.site_legs import LEG_STAGES, judge_legs
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.trust_store import TrustStore


def retired(
    deployment: Deployment, cas: Iterable[Certificate], at: datetime
) -> tuple[tuple[Task, ...], tuple[tuple[Place, Certificate], ...]]:
    """Return a task for each node whose lists have some of ``cas``, and those that have to stay where they are.

    A certificate stays in a list if a leg goes out without it, on a deployment that has everything else behind it; and
    in the lists of a node whose own certificate is below it, for what else reads them there is not modelled.
    """
    tasks: list[Task] = []
    kept: list[tuple[Place, Certificate]] = []
    gone = tuple(dict.fromkeys(cas))
    names = [*(one.name for one in deployment.nodes), *(one.name for one in deployment.uc_servers)]
    for node in names:
        changes: dict[str, list[Certificate]] = {}
        own = _above_own(deployment, node, at)
        for listed, certificate in _held(deployment, node, gone):
            change = RemoveTrustedCa(node=node, certificates=[certificate], store=listed)
            without = deployment.apply([change])
            if certificate in own or _out(without, at) - _out(deployment, at):
                kept.append(((node, listed), certificate))
            else:
                deployment = without
                changes.setdefault(listed, []).append(certificate)
        removals = [RemoveTrustedCa(node=node, certificates=all_, store=one) for one, all_ in changes.items()]
        if removals:
            tasks.append(Task(kind=StepKind.RETIRE, nodes=[node], changes=removals))
    return tuple(tasks), tuple(kept)


def _held(deployment: Deployment, node: str, cas: tuple[Certificate, ...]) -> Iterator[tuple[str, Certificate]]:
    """Yield the certificates that lie in a list of a node, with the list; issuers after those that they issued."""
    for listed in (EXPRESSWAY_LIST, *TRUST_LISTS):
        held = list_of(deployment, node, listed) or ()
        yield from ((listed, one) for one in sorted(cas, key=lambda one: one.role == "root") if one in held)


def _above_own(deployment: Deployment, name: str, at: datetime) -> set[Certificate]:
    """Return the CA certificates above those that a node shows itself."""
    node = uc_server(deployment, name) or deployment.expressway(name)
    stores = get_args(Store) if isinstance(node, Expressway) else CERTIFICATES
    known = TrustStore(known_certificates(deployment))
    shown = (node.certificate(store) for store in stores)
    return {ca for one in shown if one is not None for ca in build_chain(one, known, at=at).certificates[1:]}


def _out(deployment: Deployment, at: datetime) -> set[object]:
    return {key_of(one) for one in judge_legs(deployment, LEG_STAGES, at) if is_out(one.state)}
