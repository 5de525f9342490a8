"""Changes of lists of CAs, carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from expressway_certs.product.applying.nodes import refuse, replaced, uc_server, with_clients, with_far_end
from expressway_certs.product.applying.nodes import with_uc_server as with_server
from expressway_certs.product.changes import AddTrustedCa, RemoveTrustedCa
from expressway_certs.product.clients import CLIENT_LIST, MOST_PHONE_EDGE_TRUST, PHONE_EDGE_TRUST
from expressway_certs.product.far_ends import FAR_END_LIST, FarEnd
from expressway_certs.product.nodes import ONBOARDING_LIST, Client, UcServer
from expressway_certs.product.uc_servers import TRUST_LISTS
from expressway_certs.x509.trust_store import TrustStore

if TYPE_CHECKING:
    from expressway_certs.product.deployment import Deployment

ListChange = AddTrustedCa | RemoveTrustedCa


def with_list(deployment: Deployment, change: ListChange) -> Deployment:
    """Return the deployment with a list longer or shorter; `ValueError` where the list is not known here."""
    if change.store in TRUST_LISTS:
        return _on_server(deployment, change)
    if change.store == FAR_END_LIST:
        return with_far_end(deployment, change.node, lambda far_end: _on_far_end(far_end, change))
    if change.store in {CLIENT_LIST, PHONE_EDGE_TRUST}:
        return with_clients(deployment, change.node, lambda client: _on_client(client, change))
    node = deployment.expressway(change.node)
    if change.store == ONBOARDING_LIST:
        trusted = _known(node.onboarding_trusted_ca, change)
        return replaced(deployment, attrs.evolve(node, onboarding_trusted_ca=trusted))
    new = change.crls if isinstance(change, AddTrustedCa) else ()
    crls = dict.fromkeys((*node.trusted_ca_crls, *new))
    trusted = _changed(node.trusted_ca, change)
    return replaced(deployment, attrs.evolve(node, trusted_ca=trusted, trusted_ca_crls=tuple(crls)))


def _changed(trusted: TrustStore, change: ListChange) -> TrustStore:
    change_list = trusted.adding if isinstance(change, AddTrustedCa) else trusted.removing
    return change_list(*change.certificates)


def _known(trusted: TrustStore | None, change: ListChange) -> TrustStore:
    if trusted is None:
        refuse(f"no {change.store} of {change.node} is known")
    return _changed(trusted, change)


def _on_server(deployment: Deployment, change: ListChange) -> Deployment:
    server, field = uc_server(deployment, change.node), TRUST_LISTS[change.store]
    trusted: dict[str, Any] = {field: _known(getattr(server, field, None), change)}

    def changed(one: UcServer) -> UcServer:
        return attrs.evolve(one, **trusted)

    return with_server(deployment, change.node, changed)


def _on_far_end(far_end: FarEnd, change: ListChange) -> FarEnd:
    return attrs.evolve(far_end, trusted_ca=_known(far_end.trusted_ca, change))


def _on_client(client: Client, change: ListChange) -> Client:
    """Return the client with a CA installed beside those that it brings; what it brings cannot be deleted."""
    if change.store == PHONE_EDGE_TRUST:
        trusted = _known(client.phone_edge_trust, change)
        if len(trusted) > MOST_PHONE_EDGE_TRUST:
            most = f"at most {MOST_PHONE_EDGE_TRUST} certificates"
            refuse(f"{change.store} of {change.node} holds {most}, and would have {len(trusted)}: remove some first")
        return attrs.evolve(client, phone_edge_trust=trusted)
    if client.trusted_ca is None:
        refuse(f"no {change.store} of {change.node} is known")
    return attrs.evolve(client, installed_ca=_changed(client.installed_ca or TrustStore(), change))
