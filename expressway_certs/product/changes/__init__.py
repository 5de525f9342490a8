"""What an administrator can do, as values: the closed set of changes, each with its words and its restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, get_args

from expressway_certs.product.changes.certificates import (
    CertificateStore,
    DiscardRequest,
    RequestCertificate,
    SetCertificate,
    Store,
)
from expressway_certs.product.changes.lists import AddTrustedCa, RemoveTrustedCa, RequestTrustedCa
from expressway_certs.product.changes.names import (
    AddAccessRule,
    AddDnsRecord,
    MapClusterAddress,
    SetClusterPeer,
    SetPeerAddress,
    SetVerifyName,
)
from expressway_certs.product.changes.services import RefreshServers, RenameUcServer, Restart
from expressway_certs.product.changes.switches import SetSwitch, SetZoneSwitch
from expressway_certs.product.changes.uploads import ReplaceUpload, WithdrawUpload
from expressway_certs.x509.certificate import Certificate

__all__ = [
    "CHANGES",
    "AddAccessRule",
    "AddDnsRecord",
    "AddTrustedCa",
    "Asked",
    "CertificateStore",
    "Change",
    "DiscardRequest",
    "MapClusterAddress",
    "RefreshServers",
    "RemoveTrustedCa",
    "RenameUcServer",
    "ReplaceUpload",
    "RequestCertificate",
    "RequestTrustedCa",
    "Restart",
    "SetCertificate",
    "SetClusterPeer",
    "SetPeerAddress",
    "SetSwitch",
    "SetVerifyName",
    "SetZoneSwitch",
    "Sign",
    "Store",
    "WithdrawUpload",
    "in_order",
    "steps_of",
]

Asked = RequestCertificate | RequestTrustedCa
"""The changes that somebody else has to answer: a CA."""

Sign = Callable[[Asked], Certificate | Iterable[Certificate]]
"""Who answers: a certificate with the CA certificates above it, leaf first; for `RequestTrustedCa` those alone."""

Change = (
    WithdrawUpload
    | ReplaceUpload
    | DiscardRequest
    | AddTrustedCa
    | RequestTrustedCa
    | RemoveTrustedCa
    | AddDnsRecord
    | MapClusterAddress
    | RequestCertificate
    | SetCertificate
    | SetClusterPeer
    | SetPeerAddress
    | SetVerifyName
    | AddAccessRule
    | SetSwitch
    | SetZoneSwitch
    | RenameUcServer
    | RefreshServers
    | Restart
)
"""What can be done, in the order in which it is done: lists before certificates, restarts after everything."""

CHANGES: Final[tuple[type[Change], ...]] = get_args(Change)
"""The classes of `Change`, in that order."""


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes, each once, in an order in which they can be done: lists before certificates, restarts last."""
    return tuple(sorted(dict.fromkeys(changes), key=lambda one: CHANGES.index(type(one))))


def steps_of(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the steps of several changes, in order, each once, and every restart that they need after all of them."""
    ordered = in_order(changes)
    restarts = [one for change in ordered for one in ((change,) if isinstance(change, Restart) else change.restarts)]
    doing: list[Change] = [one for one in ordered if not isinstance(one, Restart)]
    return tuple(dict.fromkeys(step for change in (*doing, *restarts) for step in change.steps))
