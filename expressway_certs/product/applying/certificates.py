"""Certificates put into their stores, and the answers of a CA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from expressway_certs.product.applying.lists import with_list
from expressway_certs.product.applying.nodes import (
    is_expressway,
    refuse,
    replaced,
    uc_server,
    with_clients,
    with_far_end,
    with_uc_server,
)
from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import (
    AddTrustedCa,
    Asked,
    RequestCertificate,
    RequestTrustedCa,
    SetCertificate,
    Sign,
)
from expressway_certs.product.changes.lists import EXPRESSWAY_LIST
from expressway_certs.product.nodes import DomainCertificate, Expressway
from expressway_certs.product.uc_servers import CERTIFICATES, TRUST_LISTS
from expressway_certs.x509.certificate import Certificate

if TYPE_CHECKING:
    from expressway_certs.product.deployment import Deployment

_FAR_END: Final = {"far end, called": "server_certificate", "far end, calling": "client_certificate"}


def with_certificate(deployment: Deployment, change: SetCertificate) -> Deployment:
    """Return the deployment with a certificate in its store; `ValueError` where there is no such store."""
    certificate = change.certificate
    if change.store in {"server", "client"}:
        return replaced(deployment, _on_expressway(deployment.expressway(change.node), change))
    if change.store in _FAR_END:
        field: dict[str, Any] = {_FAR_END[change.store]: certificate}
        return with_far_end(deployment, change.node, lambda one: attrs.evolve(one, **field))
    if change.store == "device":
        return with_clients(deployment, change.node, lambda one: attrs.evolve(one, device_certificate=certificate))
    changed: dict[str, Any] = {CERTIFICATES[change.store]: certificate}
    return with_uc_server(deployment, change.node, lambda one: attrs.evolve(one, **changed))


def _on_expressway(node: Expressway, change: SetCertificate) -> Expressway:
    if change.domain is not None:
        return _with_domain(node, change.domain, change.certificate)
    if change.store == "client":
        return attrs.evolve(node, client_certificate=change.certificate)
    changed = attrs.evolve(node, server_certificate=change.certificate, pending_request=None)
    if node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE):
        # Where nothing else is said the client store holds the copy that an upgrade made of the old one.
        changed = attrs.evolve(changed, client_certificate=node.client_certificate or node.server_certificate)
    return changed


def _with_domain(node: Expressway, domain: str, certificate: Certificate) -> Expressway:
    if all(one.domain != domain for one in node.domain_certificates):
        refuse(f"{node.name} has no domain certificate for {domain}")
    new = DomainCertificate(domain=domain, certificate=certificate)
    return attrs.evolve(
        node, domain_certificates=[new if one.domain == domain else one for one in node.domain_certificates]
    )


def with_answer(deployment: Deployment, change: Asked, sign: Sign | None) -> Deployment:
    """Return the deployment with what a CA gave; `ValueError` where nobody signs, or it gives nothing."""
    if sign is None:
        what = "sign a certificate" if isinstance(change, RequestCertificate) else "give its CA certificates"
        refuse(f"a CA has to {what} for {change.node}: give apply a sign that does")
    given = sign(change)
    certificates = (given,) if isinstance(given, Certificate) else tuple(given)
    if not certificates:
        refuse(f"no certificate was given for {change.node}")
    if isinstance(change, RequestTrustedCa):
        return with_list(deployment, AddTrustedCa(node=change.node, certificates=certificates, store=change.store))
    leaf, *cas = certificates
    if change.discards:
        node = deployment.expressway(change.node)
        deployment = replaced(deployment, attrs.evolve(node, pending_request=None))
    for name, store in _lists(deployment, change):
        deployment = with_list(deployment, AddTrustedCa(node=name, certificates=cas, store=store))
    new = SetCertificate(node=change.node, certificate=leaf, store=change.store, domain=change.domain)
    return with_certificate(deployment, new)


def _lists(deployment: Deployment, change: RequestCertificate) -> list[tuple[str, str]]:
    """Return the lists into which the CA certificates go: those of Expressways and of servers."""
    return [one for one in change.lists if _is_ours(deployment, *one)]


def _is_ours(deployment: Deployment, node: str, store: str) -> bool:
    server = uc_server(deployment, node)
    if server is not None:
        return store in TRUST_LISTS and server.trust(store) is not None
    return store == EXPRESSWAY_LIST and is_expressway(deployment, node)
