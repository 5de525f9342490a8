"""Every certificate of a deployment, and the places in which it lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, get_args

import attrs

from expressway_certs.product.deployment import Deployment, Upload
from expressway_certs.product.nodes import ONBOARDING_LIST, Client, Expressway, FarEnd, UcServer
from expressway_certs.product.uc_servers import TRUST_LISTS
from expressway_certs.report import Report
from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.trust_store import TrustStore

Kind = Literal["shown", "waiting", "sent along", "listed"]
"""What a certificate is there for: to be shown to peers, to be uploaded, to go along with another, to be trusted."""

_UC_STORES: Final = ("tomcat", "tomcat-ECDSA", "callmanager", "CallManager-ECDSA", "cup-xmpp")


@attrs.frozen
class Place:
    """Where a certificate lies: the node, and which of its certificates or lists it is or is in."""

    node: str
    what: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.node}: {self.what}"


Found = Iterator[tuple[Certificate, Place]]
Inventory = dict[Certificate, tuple[Place, ...]]


def of_deployment(deployment: Deployment) -> Inventory:
    """Return the certificates of a deployment, each with its places, in the order in which they are come upon."""
    found: dict[Certificate, dict[Place, None]] = {}
    for certificate, place in _places(deployment):
        found.setdefault(certificate, {})[place] = None
    return {certificate: tuple(sorted(places, key=_by_kind)) for certificate, places in found.items()}


def _by_kind(place: Place) -> int:
    return get_args(Kind).index(place.kind)


def of_report(report: Report) -> Inventory:
    """Return the certificates of the deployment that a report is about, and those that only the report names."""
    found = {} if report.deployment is None else of_deployment(report.deployment)
    for certificate in _named(report):
        found.setdefault(certificate, ())
    return found


def _named(report: Report) -> Iterator[Certificate]:
    judged = (one for result in report.legs for one in result.judgements)
    for judgement in judged:
        if judgement.certificate is not None:
            yield judgement.certificate
        if judgement.verdict is not None:
            yield from judgement.verdict.chain
    yield from (finding.certificate for finding in report.findings if finding.certificate is not None)


def _places(deployment: Deployment) -> Found:
    for node in deployment.nodes:
        yield from _of_expressway(node)
    for server in deployment.uc_servers:
        yield from _of_server(server)
    for client in deployment.clients:
        yield from _of_client(client)
    for far_end in _far_ends(deployment):
        yield from _of_far_end(far_end)
    for upload in deployment.uploads:
        yield from _of_upload(upload)


def _far_ends(deployment: Deployment) -> Iterator[FarEnd]:
    yield from (*deployment.webex_services, *deployment.administrators, *deployment.ldap_servers)
    yield from (one for zone in deployment.zones for one in zone.far_ends)


def _of_expressway(node: Expressway) -> Found:
    yield from _one(node.server_certificate, Place(node.name, "server certificate", "shown"))
    yield from _one(node.client_certificate, Place(node.name, "client certificate", "shown"))
    for one in node.domain_certificates:
        yield one.certificate, Place(node.name, f"domain certificate of {one.domain}", "shown")
    yield from _listed(node.name, "Trusted CA list", node.trusted_ca)
    yield from _listed(node.name, ONBOARDING_LIST, node.onboarding_trusted_ca)


def _of_server(server: UcServer) -> Found:
    for store in _UC_STORES:
        yield from _one(server.certificate(store), Place(server.name, store, "shown"))
    yield from _sent(server.name, server.presented_cas)
    for name in TRUST_LISTS:
        yield from _listed(server.name, name, server.trust(name))


def _of_client(client: Client) -> Found:
    yield from _one(client.device_certificate, Place(client.name, "device certificate", "shown"))
    yield from _listed(client.name, client.family.list_name, client.trusted_ca)
    yield from _listed(client.name, "installed CAs", client.installed_ca)
    yield from _listed(client.name, "Phone-Edge-trust", client.phone_edge_trust)


def _of_far_end(far_end: FarEnd) -> Found:
    yield from _one(far_end.server_certificate, Place(far_end.name, "server certificate", "shown"))
    yield from _one(far_end.client_certificate, Place(far_end.name, "client certificate", "shown"))
    yield from _sent(far_end.name, far_end.presented_cas)
    yield from _listed(far_end.name, "CA list", far_end.trusted_ca)


def _of_upload(upload: Upload) -> Found:
    try:
        certificates = load_certificates(upload.file)
    except LoadError:
        # What is the matter with the file is for the rules to say.
        return
    for certificate in certificates:
        yield certificate, Place(upload.node, f"file {upload.file_name}", "waiting")


def _one(certificate: Certificate | None, place: Place) -> Found:
    if certificate is not None:
        yield certificate, place


def _sent(node: str, certificates: Iterable[Certificate]) -> Found:
    for certificate in certificates:
        yield certificate, Place(node, "sent along", "sent along")


def _listed(node: str, name: str, store: TrustStore | None) -> Found:
    for certificate in store or ():
        yield certificate, Place(node, name, "listed")
