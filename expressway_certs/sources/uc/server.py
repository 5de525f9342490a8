"""From certificates by the names of OS Administration to a server of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from expressway_certs.product.nodes import UcKind, UcServer
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.trust_store import TrustStore

_IDENTITIES: Final = {
    "tomcat": "tomcat",
    "tomcat-ecdsa": "tomcat_ecdsa",
    "callmanager": "callmanager",
    "callmanager-ecdsa": "callmanager_ecdsa",
    "cup-xmpp": "cup_xmpp",
}
_LISTS: Final = {
    "tomcat-trust": ("tomcat_trust", "tomcat-trust"),
    "callmanager-trust": ("callmanager_trust", "CallManager-trust"),
    "cup-xmpp-trust": ("cup_xmpp_trust", "cup-xmpp-trust"),
}
_LIST_OF: Final = {
    "tomcat": "tomcat-trust",
    "tomcat-ecdsa": "tomcat-trust",
    "callmanager": "callmanager-trust",
    "callmanager-ecdsa": "callmanager-trust",
    "cup-xmpp": "cup-xmpp-trust",
}
_OTHERS: Final = frozenset(
    (
        "authz", "capf", "cup", "cup-ecdsa", "cup-xmpp-ecdsa", "cup-xmpp-s2s", "cup-xmpp-s2s-ecdsa", "ipsec",
        "itlrecovery", "tvs", "capf-trust", "cup-trust", "directory-trust", "ipsec-trust", "phone-ctl-trust",
        "phone-edge-trust", "phone-sast-trust", "phone-trust", "phone-vpn-trust", "tvs-trust", "userlicensing-trust",
    )
)  # fmt: skip
"""Services whose certificates no leg of Mobile and Remote Access shows or asks for, by their names in small letters."""


@attrs.frozen(kw_only=True)
class Exported:
    """The certificates of a server: those of its services and its lists, by the names of OS Administration."""

    identities: Mapping[str, Certificate]
    lists: Mapping[str, tuple[Certificate, ...]]


def is_identity(service: str) -> bool:
    """Whether a name is that of a service whose certificate the model has."""
    return service.lower() in _IDENTITIES


def is_list(service: str) -> bool:
    """Whether a name is that of a list which the model has."""
    return service.lower() in _LISTS


def is_known(service: str) -> bool:
    """Whether OS Administration has a service or list of that name, of use here or not."""
    return is_identity(service) or is_list(service) or service.lower() in _OTHERS


def kind_of(services: Iterable[str]) -> UcKind | None:
    """Return the product that has such services (inferred); None where any of them could have."""
    names = {service.lower() for service in services}
    if any(name.startswith("cup") for name in names):
        return UcKind.IMP
    if any(name.startswith("callmanager") for name in names):
        return UcKind.CUCM
    return None


def known_kind(kind: UcKind | str | None, services: Iterable[str], where: str) -> UcKind:
    """Return the kind that was given, or the one that the services show; `LoadError` where neither says it."""
    if kind is not None:
        return UcKind(kind)
    found = kind_of(services)
    if found is None:
        raise LoadError(
            "the certificates do not show which product the server is",
            found="neither a CallManager nor a cup-xmpp certificate",
            where=where,
            remedy="say it, as in kind=UcKind.UNITY",
        )
    return found


def server_of(exported: Exported, name: str, kind: UcKind) -> UcServer:
    """Return the server. What it sends after a certificate is the chain out of the list of that service.

    Expressway-C has to have the roots of the servers alone (mra.md A2.3, MRA-req), so the intermediates travel
    (inferred).
    """
    fields: dict[str, Any] = {_IDENTITIES[service.lower()]: one for service, one in exported.identities.items()}
    for service, listed in exported.lists.items():
        field, title = _LISTS[service.lower()]
        fields[field] = TrustStore(listed, f"{name} {title}")
    presented = dict.fromkeys(one for service in exported.identities for one in _sent_with(service, exported))
    return UcServer(name=name, kind=kind, presented_cas=tuple(presented), **fields)


def _sent_with(service: str, exported: Exported) -> tuple[Certificate, ...]:
    trusted = {name.lower(): listed for name, listed in exported.lists.items()}.get(_LIST_OF[service.lower()], ())
    leaf = exported.identities[service]
    # As it was when the certificate was made: what is read from files does not depend on today.
    chain = build_chain(leaf, TrustStore(trusted), at=leaf.not_before).certificates[1:]
    return tuple(one for one in chain if not one.is_self_signed)
