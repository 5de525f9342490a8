"""One Expressway, out of the files of its archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeVar

import attrs

from expressway_certs.product.behaviours import Role
from expressway_certs.product.release import Release
from expressway_certs.sources.diagnostics.container import File
from expressway_certs.sources.diagnostics.names import FileName, Kind, parse
from expressway_certs.sources.diagnostics.status import release_of
from expressway_certs.sources.xconfiguration import node as settings
from expressway_certs.sources.xconfiguration.value import XConfiguration
from expressway_certs.sources.xconfiguration.zones import ConfiguredZone
from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.revocation_list import RevocationList, revocation_lists
from expressway_certs.x509.trust_store import TrustStore

_Parsed = tuple[FileName, File]
T = TypeVar("T")
_CRL, _CERTIFICATE = b"-----BEGIN X509 CRL-----", b"CERTIFICATE-----"


@attrs.frozen(kw_only=True)
class Peer:
    """What one archive says of its Expressway. ``release`` and ``role`` are None where it does not say them."""

    name: str
    where: str
    dump: XConfiguration = attrs.field(repr=False)
    release: Release | None
    role: Role | None
    trusted_ca: TrustStore
    trusted_ca_crls: tuple[RevocationList, ...] = attrs.field(default=(), repr=False)
    server_certificate: Certificate | None = None
    client_certificate: Certificate | None = None

    @property
    def zones(self) -> tuple[ConfiguredZone, ...]:
        """The zones that it configures."""
        return self.dump.zones

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Every address that it has of its own."""
        return frozenset(settings.addresses(self.dump))

    @cached_property
    def certified_names(self) -> frozenset[str]:
        """The names in its server certificate, in lower case."""
        certificate = self.server_certificate
        if certificate is None:
            return frozenset()
        names = (*certificate.dns_names, *map(str, certificate.ip_addresses), certificate.common_name or "")
        return frozenset(name.lower() for name in names if name)


def read_peers(files: Iterable[File], where: str) -> list[Peer]:
    """Return the Expressways whose files lie together at a place, in order of their names."""
    parsed = [(name, file) for file in files if (name := parse(file.name)) is not None]
    configured = sorted({name.host for name, _ in parsed if name.kind is Kind.CONFIGURATION})
    if not configured:
        raise LoadError(
            "the configuration is not in it",
            found="no file xconf_dump_….txt or xconf_dump_….xml",
            where=parsed[0][1].where if parsed else where,
            remedy="give the whole archive",
        )
    if len(configured) == 1:
        # A file that is called otherwise can belong to nobody else.
        return [_peer(configured[0], parsed)]
    return [_peer(host, [one for one in parsed if one[0].host == host]) for host in configured]


def _peer(host: str, files: list[_Parsed]) -> Peer:
    dump = _dump([file for name, file in _newest(files, Kind.CONFIGURATION)])
    name = settings.host_name(dump) or host
    listed = _only(files, Kind.TRUSTED_CA)
    if listed is None:
        raise LoadError(
            f"the Trusted CA list of {name} is not in it",
            found="no file ca_….pem",
            where=dump.where,
            remedy="put it in: Maintenance > Security > Trusted CA certificate > Show all (PEM file)",
        )
    return Peer(
        name=name,
        where=dump.where,
        dump=dump,
        release=_release(_newest(files, Kind.STATUS)),
        role=settings.role_of(dump.zones),
        trusted_ca=TrustStore(_certificates(listed), name),
        trusted_ca_crls=_crls(listed),
        server_certificate=_leaf(_only(files, Kind.SERVER_CERTIFICATE)),
        client_certificate=_leaf(_only(files, Kind.CLIENT_CERTIFICATE)),
    )


def _newest(files: list[_Parsed], kind: Kind) -> list[_Parsed]:
    """Return the newest file of each ending, those of text last: how text looks is published, how XML does is not."""
    found = sorted((one for one in files if one[0].kind is kind), key=lambda one: one[0].stamp)
    last = {name.ending: (name, file) for name, file in found}
    return [last[ending] for ending in ("pem", "xml", "txt") if ending in last]


def _only(files: list[_Parsed], kind: Kind) -> File | None:
    return next((file for _, file in _newest(files, kind)), None)


def _dump(files: list[File]) -> XConfiguration:
    first, *others = (XConfiguration.of(file.data, file.where) for file in files)
    for other in others:
        first = other.over(first)
    return first


def _release(files: list[_Parsed]) -> Release | None:
    found = (release_of(file.data, file.where) for _, file in reversed(files))
    return next((one for one in found if one is not None), None)


def _certificates(file: File) -> tuple[Certificate, ...]:
    """Return the certificates of a file; none for an empty one."""
    if not file.data.strip() or (_CRL in file.data and _CERTIFICATE not in file.data):
        return ()
    return _at(file, load_certificates)


def _crls(file: File) -> tuple[RevocationList, ...]:
    """Return the CRLs that stand in a CA file, where there are any (platform.md §2: AG155-sec)."""
    return _at(file, lambda data: revocation_lists((data,))) if _CRL in file.data else ()


def _leaf(file: File | None) -> Certificate | None:
    """Return the first certificate of a file: the store has the leaf alone (platform.md §1.1)."""
    found = _certificates(file) if file is not None else ()
    return found[0] if found else None


def _at(file: File, load: Callable[[bytes], T]) -> T:
    try:
        return load(file.data)
    except LoadError as error:
        raise error.at(f"{file.where}: {error.where}" if error.where else file.where) from None
