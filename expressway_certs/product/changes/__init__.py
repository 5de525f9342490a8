"""What an administrator can do, as values: the closed set of changes, each with its words and its restart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final, get_args

import attrs

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
from expressway_certs.product.changes.services import RefreshServers, RenameExpressway, RenameUcServer, Restart
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
    "RenameExpressway",
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
    "joined",
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
    | RenameExpressway
    | RefreshServers
    | Restart
)
"""What can be done, in the order in which it is done: lists before certificates, restarts after everything."""

CHANGES: Final[tuple[type[Change], ...]] = get_args(Change)
"""The classes of `Change`, in that order."""


def joined(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes with those joined that are about one thing: one request for a store, one addition to a list.

    Of several things to be done with one file that waits, or with the name of one node, the first stays.
    """
    kept: dict[Hashable, Change] = {}
    for change in changes:
        key = _about(change)
        known = kept.get(key)
        if isinstance(known, RequestCertificate) and isinstance(change, RequestCertificate):
            kept[key] = known.joined(change)
        elif isinstance(known, AddTrustedCa) and isinstance(change, AddTrustedCa):
            both = dict.fromkeys((*known.certificates, *change.certificates))
            crls = dict.fromkeys((*known.crls, *change.crls))
            kept[key] = attrs.evolve(known, certificates=tuple(both), crls=tuple(crls))
        else:
            kept.setdefault(key, change)
    return tuple(kept.values())


def _about(change: Change) -> Hashable:
    """Return what a change is about, where there can be one such change at a time; else the change."""
    if isinstance(change, RequestCertificate):
        return RequestCertificate, change.node, change.store, change.domain
    if isinstance(change, AddTrustedCa):
        return AddTrustedCa, change.node, change.store
    if isinstance(change, WithdrawUpload | ReplaceUpload):
        return WithdrawUpload, change.upload
    return (type(change), change.old) if isinstance(change, RenameUcServer | RenameExpressway) else change


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes, each once, in an order in which they can be done: lists before certificates, restarts last."""
    return tuple(sorted(dict.fromkeys(changes), key=lambda one: CHANGES.index(type(one))))


def steps_of(changes: Iterable[Change], *, then: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the steps of several changes, in order, each once, and every restart that they need after all of them.

    ``then`` are steps for people that come after the changes and before the restarts.
    """
    ordered = in_order(changes)
    restarts = [one for change in ordered for one in ((change,) if isinstance(change, Restart) else change.restarts)]
    doing: list[Change] = [one for one in ordered if not isinstance(one, Restart)]
    done, last = ([step for change in changes for step in change.steps] for changes in (doing, restarts))
    return tuple(dict.fromkeys((*done, *then, *last)))
