"""The snapshot of a server's certificates that the certificate management REST API gives as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, Final

from expressway_certs.product.nodes import UcKind, UcServer
from expressway_certs.sources.site.errors import in_words
from expressway_certs.sources.site.places import Path, key_of
from expressway_certs.sources.uc.server import Exported, is_identity, is_list, known_kind, server_of
from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import printable, read_source

_REMEDY: Final = "get it anew from /platformcom/api/v1/certmgr/config/snapshot/server"
# The field has both names for the certificates of a list.
_LISTED: Final = ("certificate_data", "certificates")


def load_uc_snapshot(
    source: str | bytes | os.PathLike[str] | Mapping[str, Any],
    *,
    name: str | None = None,
    kind: UcKind | str | None = None,
) -> UcServer:
    """Read a Unified CM, IM and Presence or Unity Connection server from a snapshot of its certificates.

    ``source`` is what ``GET /platformcom/api/v1/certmgr/config/snapshot/server`` answers (release 14 and later): a
    file, its text, or the parsed JSON. Of it ``server``, ``identities`` and ``trusts`` are read. A list that is not in
    it is not known. ``name`` is what System > Server publishes, if that differs from ``server``; ``kind`` is the
    product, where no CallManager or cup-xmpp certificate shows it. Raises `LoadError` with the place in the JSON.

    Source: the API's published guide for the path; the fields as programs in the field read them (field), the
    product by its services (inferred).

    >>> server = load_uc_snapshot("cucm1.json")
    >>> server.name, server.kind.value, len(server.tomcat_trust)
    ('cucm1.example.com', 'Unified CM', 2)
    """
    values, where = _values(source)
    place = _Place(where)
    table = place.wanted(values, dict, ())
    called = name or place.wanted(table.get("server"), str, ("server",))
    if not called:
        raise place.error(("server",), "the name of the server is wanted", '""')
    exported = Exported(
        identities=dict(_identities(table.get("identities") or [], place)),
        lists=dict(_lists(table.get("trusts") or [], place)),
    )
    if not exported.identities and not exported.lists:
        raise place.error((), "there is no certificate of a service and no list in it", "a table without them")
    services = (*exported.identities, *exported.lists)
    return server_of(exported, called, known_kind(kind, services, where))


class _Place:
    """Where in which input something stands."""

    def __init__(self, where: str) -> None:
        self.where = where

    def error(self, path: Path, message: str, found: str, remedy: str = _REMEDY) -> LoadError:
        """Return the error about a value."""
        where = ", ".join(filter(None, (self.where, key_of(path))))
        return LoadError(message, found=found, where=where or "the snapshot", remedy=remedy)

    def wanted(self, value: Any, of: type, path: Path) -> Any:
        """Return a value of a type; `LoadError` where it is another."""
        if not isinstance(value, Mapping if of is dict else of):
            wanted = {"dict": "a table", "list": "a list"}.get(of.__name__, "a text")
            raise self.error(path, f"{wanted} is wanted here", in_words(value))
        return value


def _values(source: str | bytes | os.PathLike[str] | Mapping[str, Any]) -> tuple[Any, str]:
    if isinstance(source, Mapping):
        return source, ""
    if isinstance(source, str) and source.lstrip().startswith("{"):
        source = source.encode("utf-8", "replace")
    data, where = read_source(source)
    try:
        return json.loads(data.decode("utf-8-sig")), where
    except json.JSONDecodeError as error:
        place = ", ".join(filter(None, (where, f"line {error.lineno}")))
        raise LoadError("not JSON", found=printable(error.msg), where=place, remedy=_REMEDY) from None
    except (ValueError, RecursionError):
        # Other bytes than UTF-8, a number of thousands of digits, levels without end.
        found = "bytes, a number or levels that no snapshot has"
        raise LoadError("not JSON", found=found, where=where or "the snapshot", remedy=_REMEDY) from None


def _identities(listed: Any, place: _Place) -> Iterator[tuple[str, Certificate]]:
    seen: set[str] = set()
    for number, one in enumerate(place.wanted(listed, list, ("identities",))):
        path: Path = ("identities", number)
        table = place.wanted(one, dict, path)
        service = place.wanted(table.get("service"), str, (*path, "service"))
        # A service that has only a request so far has no certificate.
        if not is_identity(service) or not table.get("certificate"):
            continue
        if service.lower() in seen:
            raise place.error(path, f"{printable(service)} stands twice", "a service that is taken")
        seen.add(service.lower())
        path = (*path, "certificate")
        yield service, _read(Certificate.load, table["certificate"], place, path)


def _lists(listed: Any, place: _Place) -> Iterator[tuple[str, tuple[Certificate, ...]]]:
    found: dict[str, list[Certificate]] = {}
    for number, one in enumerate(place.wanted(listed, list, ("trusts",))):
        path: Path = ("trusts", number)
        table = place.wanted(one, dict, path)
        service = place.wanted(table.get("service"), str, (*path, "service"))
        name = service if service.lower().endswith("-trust") else f"{service}-trust"
        if is_list(name):
            found.setdefault(name.lower(), []).extend(_listed(table, place, path))
    for name, certificates in found.items():
        yield name, tuple(certificates)


def _listed(table: Mapping[str, Any], place: _Place, path: Path) -> Iterator[Certificate]:
    key = next((key for key in _LISTED if key in table), _LISTED[0])
    for number, one in enumerate(place.wanted(table.get(key) or [], list, (*path, key))):
        inside: Path = (*path, key, number)
        if isinstance(one, str):
            yield from _read(load_certificates, one, place, inside)
        elif text := place.wanted(one, dict, inside).get("certificate"):
            yield from _read(load_certificates, text, place, (*inside, "certificate"))


def _read(load: Any, text: Any, place: _Place, path: Path) -> Any:
    # As bytes, for a text that is no PEM would be taken for a path.
    data = place.wanted(text, str, path).encode("utf-8", "replace")
    try:
        return load(data)
    except LoadError as error:
        inside = f"{error.where}: " if error.where else ""
        raise place.error(path, f"{inside}{error.message}", error.found, error.remedy) from None
