"""The renewal of certificates planned: which lists first, then one peer after the other, so that every leg stays up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar, cast

from expressway_certs.plan.leg_change import leg_changes
from expressway_certs.plan.lists import Place, chains_of, installed, untrusting
from expressway_certs.plan.order import DEFAULT_BUDGET, Order, best_order
from expressway_certs.plan.result import Plan, legs_audited, walked
from expressway_certs.plan.states import States
from expressway_certs.plan.tasks import Renewal, refused, refusing
from expressway_certs.product.applying.nodes import is_expressway, uc_server
from expressway_certs.product.changes import CertificateStore, SetCertificate
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.uc_servers import CERTIFICATES
from expressway_certs.x509 import clock
from expressway_certs.x509.certificate import Certificate, Source
from expressway_certs.x509.shown import named

T = TypeVar("T")

Renewed = str | Mapping[str, Certificate] | Iterable[SetCertificate]
"""What is renewed: a node by its name, certificates by the names of their nodes, or changes of several stores."""


def plan_renewal(  # noqa: PLR0913 - what is renewed, and six things that hold for it
    deployment: Deployment,
    renewed: Renewed,
    new_certificate: Certificate | Source | None = None,
    *,
    store: CertificateStore = "server",
    cas: Iterable[Certificate] = (),
    retire: Iterable[Certificate] = (),
    permissive: bool | None = None,
    at: datetime | None = None,
    budget: int = DEFAULT_BUDGET,
) -> Plan:
    """Plan how certificates are replaced so that every leg that is up stays up, and say what breaks without a plan.

    ``renewed`` is the name of an Expressway or of a server behind it, with ``new_certificate`` for its ``store``; or
    several at once, as a mapping of names to certificates for that store, or as `SetCertificate` changes. ``cas`` are
    the CA certificates that came with them, besides those that lie in the site already; those in ``retire`` are deleted
    at the end from every list that can do without. ``permissive`` sets clusters that enforce TLS verification to
    Permissive meanwhile, as the guide has it; None does so only where it spares an outage.

    The state after each step is audited at an aware instant (None: now). The order is the one with the least outage,
    counted as legs down after each step; ``budget`` is how many states the search for it may go on from.
    Raises `ValueError` for a node or a store that there is not, or for nothing to install, `TypeError` for something
    that is no certificate or change, and `LoadError` for a ``new_certificate`` that cannot be read.

    Sources: platform.md §1.1, §1.2, §2, §4.6 and §5, mra.md A2.3.
    """
    installing = _installing(deployment, renewed, new_certificate, store)
    given, gone = _certificates("cas", cas), _certificates("retire", retire)
    if budget < 1:
        raise ValueError(f"budget is how many states the search may go on from, one at least, not {budget!r}")
    instant = clock.resolve(at)
    renewal = Renewal(
        deployment=deployment,
        installing=installing,
        chains=chains_of(deployment, installing, given, instant),
        retire=gone,
        at=instant,
    )
    order, kept = _ordered(renewal, permissive=permissive, budget=budget)
    before = legs_audited(deployment, instant)
    at_once = legs_audited(deployment.apply(installing), instant)
    steps = walked(deployment, order.tasks, before=before, refused=refusing)
    return Plan(
        name=deployment.name,
        at=instant,
        deployment=deployment,
        before=before,
        breaks=tuple(one for one in leg_changes(before.legs, at_once.legs) if one.worsens),
        refused_now=tuple(finding for one in installing for finding in refused(deployment, one, instant)),
        steps=steps,
        is_best=order.is_proven,
        missing=tuple(dict.fromkeys(one.missing for one in renewal.chains.values() if one.missing is not None)),
        others=untrusting(deployment, installing, steps[-1].report.legs),
        kept=kept,
        not_before=max(one.certificate.not_before for one in installing),
        finish_by=_first_end(deployment, installing, instant),
    )


def _ordered(
    renewal: Renewal, *, permissive: bool | None, budget: int
) -> tuple[Order, tuple[tuple[Place, Certificate], ...]]:
    """Return the best order of the tasks; with Permissive clusters where that is wanted, or spares an outage."""
    choices = (False, True) if permissive is None else (permissive,)
    found: list[tuple[Order, tuple[tuple[Place, Certificate], ...]]] = []
    for choice in choices:
        tasks, kept = renewal.tasks(permissive=choice)
        order = best_order(States(renewal.deployment, tasks, renewal.at), tasks, budget)
        found.append((order, kept))
        if order.passing == 0:
            break
    return min(found, key=lambda one: one[0].passing)


def _installing(
    deployment: Deployment, renewed: Renewed, certificate: Certificate | Source | None, store: CertificateStore
) -> tuple[SetCertificate, ...]:
    """Return what is to be installed; `ValueError` where it is nothing, or cannot be."""
    if isinstance(renewed, str):
        if certificate is None:
            raise TypeError(f"plan_renewal needs the new certificate of {renewed}")
        loaded = certificate if isinstance(certificate, Certificate) else Certificate.load(certificate)
        renewed = {renewed: loaded}
    elif certificate is not None:
        raise TypeError("new_certificate goes with the name of a node; several renewals bring theirs along")
    if isinstance(renewed, Mapping):
        by_node = cast("Mapping[str, Certificate]", renewed)
        found = tuple(SetCertificate(node=node, certificate=one, store=store) for node, one in by_node.items())
    else:
        found = _changes(renewed)
    if not found:
        raise ValueError("there is no certificate to install")
    _check(deployment, found)
    return found


def _certificates(what: str, values: Iterable[object]) -> tuple[Certificate, ...]:
    return _each(Certificate, values, f"{what} takes Certificate values, not {{}}; load them with load_certificates")


def _changes(values: Iterable[object]) -> tuple[SetCertificate, ...]:
    return _each(SetCertificate, values, "what is renewed is a name, a mapping or SetCertificate changes, not {}")


def _each(kind: type[T], values: Iterable[object], words: str) -> tuple[T, ...]:
    """Return the values; `TypeError` for one of another kind, which ``words`` name by its type alone."""
    found = []
    for one in values:
        if not isinstance(one, kind):
            raise TypeError(words.format(type(one).__name__))
        found.append(one)
    return tuple(found)


def _check(deployment: Deployment, installing: tuple[SetCertificate, ...]) -> None:
    """Raise `ValueError` for a certificate that goes nowhere here, and for two that go to one place."""
    places = [(one.node, one.store, one.domain) for one in installing]
    for node, store, domain in places:
        if places.count((node, store, domain)) > 1:
            raise ValueError(f"two certificates are for the {store} store of {node}")
        server = uc_server(deployment, node)
        if server is None and not is_expressway(deployment, node):
            raise ValueError(f"no Expressway, and no server behind one, is called {named(node)}")
        stores = deployment.expressway(node).stores if server is None else tuple(CERTIFICATES)
        if store not in stores:
            raise ValueError(f"{node} has no {store} store; there are {', '.join(stores)}")


def _first_end(deployment: Deployment, installing: tuple[SetCertificate, ...], at: datetime) -> datetime | None:
    """Return when the first of the certificates that are replaced ends, as far as they have not ended."""
    replaced = [installed(deployment, one) for one in installing]
    ends = [one.not_after for one in replaced if one is not None and one.not_after > at]
    return min(ends, default=None)
