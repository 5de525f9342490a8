"""From archives to one deployment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from expressway_certs.product.behaviours import Role
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.dns import host
from expressway_certs.product.legs import CLUSTER_LEGS
from expressway_certs.product.nodes import ClusterTls, Expressway, as_role
from expressway_certs.product.not_given import NotGiven
from expressway_certs.product.release import Release
from expressway_certs.product.zones import Zone
from expressway_certs.sources.diagnostics.clusters import clusters, with_roles
from expressway_certs.sources.diagnostics.container import read_container
from expressway_certs.sources.diagnostics.names import is_wanted
from expressway_certs.sources.diagnostics.others import (
    missing_administration,
    missing_outside,
    missing_servers,
    other_zones,
    uc_servers,
)
from expressway_certs.sources.diagnostics.peer import Peer, read_peers
from expressway_certs.sources.diagnostics.traversal import Halves, traversal_zones
from expressway_certs.sources.xconfiguration.node import NODE_SETTINGS, cluster_peers, mra_domains
from expressway_certs.sources.xconfiguration.readings import settings_of
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import path_label, printable

Path = str | os.PathLike[str]


def load_diagnostics(
    *paths: Path,
    name: str = "diagnostic logs",
    roles: Mapping[str, Role | str] | None = None,
    release: Release | str | None = None,
    cluster_tls: ClusterTls | str | Mapping[str, ClusterTls | str] | None = None,
) -> Deployment:
    """Read the deployment that diagnostic log archives of its Expressways describe (platform.md §8: AG155-diag).

    Each path is an archive (.tar.gz or .zip, Maintenance > Diagnostics > Diagnostic logging), the folder that one was
    unpacked to, or a folder with several of either. Peers of a cluster find each other by cluster name and peer
    addresses, Expressway-C finds Expressway-E by the peer addresses of its zones. What no archive says is in
    `Deployment.not_given`, and a report asks for it by name.

    An archive does not say the cluster's TLS verification mode: that is ``cluster_tls``, one for all or by FQDN. It
    does not always say whether it is of Expressway-C or Expressway-E: that is ``roles``, "C" or "E" by FQDN.
    ``release`` is for those whose status is not in it. Nothing is unpacked to disk. Raises `LoadError`, saying where,
    for what cannot be read, has no configuration or no Trusted CA list, is too large, or fits no model; `ValueError`
    for a role, release or mode that is none.
    """
    if not paths:
        raise TypeError("give at least one archive or folder")
    for path in paths:
        _check_path(path)
    given = {host(fqdn): as_role(role) for fqdn, role in (roles or {}).items()}
    fallback = None if release is None else Release(release)
    modes = _modes(cluster_tls)
    # In an order of their own, so that no order of the archives changes what is read.
    peers = sorted(with_roles(list(_each_once(_peers(paths))), given), key=_place)
    try:
        return _deployment(name, peers, fallback, modes)
    except LoadError:
        raise
    except ValueError as error:
        where = ", ".join(path_label(path) for path in paths)
        remedy = "correct the configuration, or give fewer archives"
        raise LoadError("the archives fit no model", found=printable(str(error)), where=where, remedy=remedy) from None


def _check_path(path: object) -> None:
    # The content of an archive would be taken for its own path, and be repeated in the error.
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"the path of an archive or folder is wanted, not {type(path).__name__}")


@attrs.frozen
class _Modes:
    """TLS verification modes by host name, and the one of all others."""

    by_name: Mapping[str, ClusterTls]
    otherwise: ClusterTls | None

    def of(self, peer: Peer) -> ClusterTls | None:
        return self.by_name.get(host(peer.name), self.otherwise)


def _modes(given: ClusterTls | str | Mapping[str, ClusterTls | str] | None) -> _Modes:
    if isinstance(given, Mapping):
        return _Modes({host(fqdn): ClusterTls(mode) for fqdn, mode in given.items()}, None)
    return _Modes({}, None if given is None else ClusterTls(given))


def _peers(paths: Iterable[Path]) -> Iterator[Peer]:
    for path in paths:
        found = False
        for files in read_container(path, is_wanted):
            found = True
            yield from read_peers(files, path_label(path))
        if not found:
            raise LoadError(
                "no diagnostic log archive is in it",
                found="a folder without xconf_dump_….txt, ca_….pem, or an archive",
                where=path_label(path),
                remedy="give the archive itself, or the folder that it was unpacked to",
            )


def _place(peer: Peer) -> tuple[bool, str]:
    return peer.role is Role.EDGE, host(peer.name)


def _each_once(peers: Iterable[Peer]) -> Iterator[Peer]:
    seen: dict[str, Peer] = {}
    for peer in peers:
        other = seen.setdefault(host(peer.name), peer)
        if other is not peer:
            raise LoadError(
                f"two archives are of {peer.name}",
                found=f"{other.where} as well",
                where=peer.where,
                remedy="give the newer one alone",
            )
        yield peer


def _deployment(name: str, peers: Sequence[Peer], release: Release | None, modes: _Modes) -> Deployment:
    nodes = {peer.name: _node(peer, release, modes.of(peer)) for peer in peers}
    cores, edges = ([peer for peer in peers if peer.role is role] for role in (Role.CORE, Role.EDGE))
    halves = list(traversal_zones(clusters(cores), clusters(edges)))
    whole = [half.model(half.zone.name, nodes) for half in halves if half.edge]
    others = [zone for cluster in (*clusters(cores), *clusters(edges)) for zone in other_zones(cluster, nodes)]
    servers = uc_servers(cores)
    missing = [
        *(one for half in halves for one in half.not_given()),
        *_missing_callers(edges, halves),
        *_missing_modes(peers, modes),
        *_missing_crls(peers),
        *missing_servers(cores, servers),
        *missing_outside(cores, edges),
        *missing_administration(peers, nodes),
    ]
    return Deployment(
        name=name,
        expressways=nodes.values(),
        zones=_with_own_names([*whole, *others]),
        uc_servers=servers,
        mra_domains=dict.fromkeys(domain for peer in cores for domain in mra_domains(peer.dump)),
        not_given=missing,
    )


def _node(peer: Peer, release: Release | None, mode: ClusterTls | None) -> Expressway:
    known = peer.release or release
    if known is None:
        raise LoadError(
            f"the release of {peer.name} is not in it",
            found="no file xstat_dump_… that names one",
            where=peer.where,
            remedy='say it: load_diagnostics(…, release="X14.2")',
        )
    found = peer.dump.expressway(
        name=peer.name,
        role=peer.role,
        release=known,
        server_certificate=peer.server_certificate,
        client_certificate=peer.client_certificate,
        trusted_ca=peer.trusted_ca,
        trusted_ca_crls=peer.trusted_ca_crls,
        # Without the CRLs every certificate would be refused by a node that has them: see what is not given.
        revocation_checking=False,
        xcp_revocation_checking=False,
    )
    # What the peers of a cluster verify of each other is not known without the mode.
    return attrs.evolve(found, cluster_tls=mode) if mode else attrs.evolve(found, cluster_peers=())


def _with_own_names(zones: Iterable[Zone]) -> Iterator[Zone]:
    """Yield the zones, those of a name that another one has with the name of a node after it."""
    seen: set[str] = set()
    for zone in zones:
        name = zone.name
        if host(name) in seen:
            name = f"{zone.name} ({zone.members[0].name})"
        seen.add(host(name))
        yield attrs.evolve(zone, name=name)


def _missing_callers(edges: Sequence[Peer], halves: Sequence[Halves]) -> Iterator[NotGiven]:
    answered = {half.answer for half in halves}
    for peer in edges:
        for zone in peer.zones:
            if zone.role is Role.EDGE and zone not in answered:
                wanted = zone.tls_verify_subject_name or "its Expressway-C"
                yield NotGiven(
                    what=f"Expressway-C of the zone {zone.name} ({wanted})",
                    remedy="Give the diagnostic log archives of its peers as well",
                    node=peer.name,
                    legs=("2", "3", "4", "5"),
                    missing_zone=zone.name,
                )


def _missing_modes(peers: Sequence[Peer], modes: _Modes) -> Iterator[NotGiven]:
    clustered = (peer for peer in peers if cluster_peers(peer.dump, peer.name) and modes.of(peer) is None)
    for group in clusters(clustered):
        yield NotGiven(
            what=f"the TLS verification mode of the cluster of {group[0].name}",
            remedy='System > Clustering: load_diagnostics(…, cluster_tls="Enforce")',
            node=group[0].name,
            legs=CLUSTER_LEGS,
        )


def _missing_crls(peers: Sequence[Peer]) -> Iterator[NotGiven]:
    for peer in peers:
        said = settings_of(peer.dump, NODE_SETTINGS)
        if said.get("revocation_checking") or said.get("xcp_revocation_checking"):
            yield NotGiven(
                what=f"the CRLs of {peer.name}, which checks revocation",
                remedy="Give them as Expressway.crls, and switch revocation_checking on: Maintenance > Security",
                node=peer.name,
            )
