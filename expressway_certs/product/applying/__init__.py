"""Changes carried out on a deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, get_args

from expressway_certs.product.applying import settings
from expressway_certs.product.applying.certificates import with_answer, with_certificate
from expressway_certs.product.applying.lists import with_list
from expressway_certs.product.applying.nodes import replaced
from expressway_certs.product.applying.waiting import without_request, without_upload
from expressway_certs.product.changes import (
    AddAccessRule,
    AddDnsRecord,
    AddTrustedCa,
    Asked,
    Change,
    DiscardRequest,
    MapClusterAddress,
    RefreshServers,
    RemoveTrustedCa,
    RenameExpressway,
    RenameUcServer,
    ReplaceUpload,
    Restart,
    SetCertificate,
    SetClusterPeer,
    SetPeerAddress,
    SetSwitch,
    SetVerifyName,
    SetZoneSwitch,
    Sign,
    WithdrawUpload,
)
from expressway_certs.x509.shown import shown

if TYPE_CHECKING:
    from expressway_certs.product.deployment import Deployment

__all__ = ["carried_out", "replaced"]

_DONE_BY: Final[dict[type, Callable[[Any, Any], Any]]] = {
    AddTrustedCa: with_list,
    RemoveTrustedCa: with_list,
    SetCertificate: with_certificate,
    SetPeerAddress: settings.with_peer_address,
    SetVerifyName: settings.with_verify_name,
    AddAccessRule: settings.with_access_rule,
    SetZoneSwitch: settings.with_zone_switch,
    SetSwitch: settings.with_switch,
    SetClusterPeer: settings.with_cluster_peer,
    MapClusterAddress: settings.with_cluster_address,
    AddDnsRecord: settings.with_record,
    RenameUcServer: settings.with_other_name,
    RenameExpressway: settings.with_other_node_name,
    RefreshServers: settings.refreshed,
    Restart: settings.restarted,
    WithdrawUpload: without_upload,
    ReplaceUpload: without_upload,
    DiscardRequest: without_request,
}


def carried_out(deployment: Deployment, changes: Iterable[Change], sign: Sign | None) -> Deployment:
    """Return the deployment as it is after changes; `ValueError` for one that fits nothing here."""
    for change in changes:
        deployment = _after(deployment, change, sign)
    return deployment


def _after(deployment: Deployment, change: Change, sign: Sign | None) -> Deployment:
    if isinstance(change, get_args(Asked)):
        return with_answer(deployment, change, sign)
    do = _DONE_BY.get(type(change))
    if do is None:
        message = f"{shown(change)} is no change"
        raise TypeError(message)
    done: Deployment = do(deployment, change)
    return done
