"""The exact request for a certificate in place of one that will not do: names, judges, and whom it may not be from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from expressway_certs.product.changes import RequestCertificate
from expressway_certs.product.fqdn import is_fqdn
from expressway_certs.product.names import wanted_names
from expressway_certs.product.nodes import SSH_KEY_TYPES, Client, Expressway, FarEnd, Node, UcServer
from expressway_certs.product.zones import ZoneKind
from expressway_certs.rules.judging import Judgement
from expressway_certs.rules.rule import Context
from expressway_certs.x509.certificate import Certificate

_RSA, *_CURVES = SSH_KEY_TYPES
_ECDSA = dict(zip(_CURVES, (256, 384, 521), strict=True))
_FAR_END = {"server": "far end, called", "client": "far end, calling"}


def in_place_of(
    context: Context, judgement: Judgement, *, names: Iterable[str] = (), not_from: Iterable[str] = ()
) -> RequestCertificate:
    """Return the request for a certificate in place of the one that a judgement is about."""
    node = _node(context, judgement.presenter)
    certificate = judgement.certificate
    return RequestCertificate(
        **_place(node, judgement.store, certificate),
        **_key(context, node),
        names=(*_names(context, node, certificate), *names),
        trusted_by=_judges(context, judgement.presenter, judgement.store, certificate),
        not_from=not_from,
    )


def for_store(context: Context, node: Expressway, store: str, *, not_from: Iterable[str] = ()) -> RequestCertificate:
    """Return the request for a certificate for a store of an Expressway."""
    certificate = node.certificate(store)
    return RequestCertificate(
        **_place(node, store, None),
        **_key(context, node),
        names=_names(context, node, certificate),
        trusted_by=_judges(context, node.name, store, certificate),
        not_from=not_from,
    )


def for_domain(context: Context, node: Expressway, certificate: Certificate) -> RequestCertificate:
    """Return the request for a certificate in place of a domain certificate of an Expressway-E."""
    return RequestCertificate(
        **_place(node, "server", certificate),
        **_key(context, node),
        names=_names(context, node, certificate),
        trusted_by=_judges(context, node.name, "server", certificate),
    )


def _node(context: Context, name: str) -> Node:
    site = context.deployment
    ends = [*site.webex_services, *site.administrators, *site.ldap_servers]
    nodes: list[Node] = [*site.nodes, *site.uc_servers, *site.clients, *ends]
    nodes += [one for zone in site.zones for one in zone.far_ends]
    return next(one for one in nodes if one.name == name)


def _place(node: Node, store: str, certificate: Certificate | None) -> dict[str, Any]:
    if isinstance(node, FarEnd):
        # An administrator is no host, and goes by what its certificate calls it.
        name = node.name if is_fqdn(node.name) else _common_name(node, certificate)
        return {"node": node.name, "common_name": name, "store": _FAR_END[store]}
    if isinstance(node, Client):
        return {"node": node.name, "common_name": _common_name(node, certificate), "store": "device"}
    if isinstance(node, UcServer) and store.endswith("ECDSA"):
        key: dict[str, Any] = {"key_algorithm": "ECDSA", "key_length": 256}
        return {"node": node.name, "common_name": node.name, "store": store, **key}
    if not isinstance(node, Expressway):
        return {"node": node.name, "common_name": node.name, "store": store}
    domain = _domain(node, certificate)
    discards = domain is None and node.pending_request is not None
    return {
        "node": node.name,
        "common_name": domain or node.name,
        "store": store,
        "domain": domain,
        "discards": discards,
    }


def _key(context: Context, node: Node) -> dict[str, Any]:
    """Return the kind of key where RSA, the usual one, will not do: SSH has to allow it in every zone of the node."""
    if not isinstance(node, Expressway):
        return {}
    zones = [zone for zone in context.deployment.zones_of(node.name) if zone.kind is ZoneKind.UNIFIED_COMMUNICATIONS]
    lists = [set(peer.ssh_key_types) for zone in zones for peer in zone.members]
    both = set.intersection(*lists) if lists else set()
    lengths = [length for name, length in _ECDSA.items() if name in both]
    return {} if _RSA in both or not lengths else {"key_algorithm": "ECDSA", "key_length": lengths[0]}


def _common_name(node: Client | FarEnd, certificate: Certificate | None) -> str:
    return (certificate.common_name if certificate else None) or node.name


def _domain(node: Expressway, certificate: Certificate | None) -> str | None:
    """Return the domain that a certificate is picked for by SNI; None for the certificate of the node itself."""
    if certificate is None or certificate == node.server_certificate:
        return None
    return next((one.domain for one in node.domain_certificates if one.certificate == certificate), None)


def _names(context: Context, node: Node, certificate: Certificate | None) -> tuple[str, ...]:
    """Return the names that a certificate needs, and those that the present one has."""
    present = [name for name in certificate.dns_names if is_fqdn(name)] if certificate else []
    if isinstance(node, Client) or (isinstance(node, FarEnd) and not is_fqdn(node.name)):
        return tuple(present)
    if not isinstance(node, Expressway):
        return (node.name, *present)
    domain = _domain(node, certificate)
    if domain is not None:
        return (domain, *present)
    wanted = [one.spellings[0].value for one in wanted_names(node, context.deployment) if not one.is_address]
    # An underscore does no harm but in SSH, and until the node has another name its peers look for this one.
    own = [node.name] if is_fqdn(node.name.replace("_", "-")) else []
    return (*own, *(name for name in (*wanted, *present) if is_fqdn(name)))


def _judges(context: Context, node: str, store: str, certificate: Certificate | None) -> tuple[tuple[str, str], ...]:
    """Return the lists that judge what a node shows out of a store, on every leg, reached or not."""
    shown = [one for result in context.legs for one in result.judgements if (one.presenter, one.store) == (node, store)]
    return tuple((one.judge, one.trusted_by) for one in shown if certificate in {None, one.certificate})
