"""A folder of certificates as OS Administration exports them: tomcat.pem, tomcat-trust and the others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from expressway_certs.product.nodes import UcKind, UcServer
from expressway_certs.sources.site.folder import Folder
from expressway_certs.sources.uc.server import Exported, is_identity, is_known, is_list, known_kind, server_of
from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import path_label, printable

_SUFFIXES: Final = (".pem", ".der", ".cer", ".crt")
_MOST_FILES: Final = 5000
_REMEDY: Final = "give the folder of one server's exported certificates"


def load_uc_folder(
    path: str | os.PathLike[str], *, name: str | None = None, kind: UcKind | str | None = None
) -> UcServer:
    """Read a Unified CM, IM and Presence or Unity Connection server from a folder of exported certificates.

    The files have the names of Certificate Management in OS Administration, as PEM or DER (``.pem``, ``.der``,
    ``.cer``, ``.crt``), whatever their case: ``tomcat.pem``, ``tomcat-ECDSA.pem``, ``CallManager.pem``,
    ``CallManager-ECDSA.pem``, ``cup-xmpp.pem``. A list is one file, ``tomcat-trust.pem``, or a folder,
    ``tomcat-trust/``, with a file for each certificate, taken in the order of their names (own choice). Files of other
    kinds are passed over. ``name`` is what System > Server publishes; left out, the folder's own name. ``kind`` is the
    product, where no CallManager or cup-xmpp certificate shows it. Raises `LoadError`, also for a certificate whose
    name does not say what it is.

    >>> server = load_uc_folder("cucm1.example.com")
    >>> server.name, server.kind.value, len(server.tomcat_trust)
    ('cucm1.example.com', 'Unified CM', 2)
    """
    root = Path(path)
    where = path_label(root)
    called = name or root.name or Path(os.path.realpath(root)).name
    identities: dict[str, Certificate] = {}
    lists: dict[str, tuple[Certificate, ...]] = {}
    files = Folder(root)
    for file, service in _named(root, where):
        found: Any = lists if is_list(service) else identities
        load: Any = load_certificates if is_list(service) else Certificate.load
        read = _read(files, file, load, where)
        if service in found and not is_list(service):
            raise _error(f"{printable(service)} is there twice", "a second file of it", f"{where}/{file}")
        found[service] = (*found.get(service, ()), *read) if is_list(service) else read
    if not identities and not lists:
        raise _error("there is no certificate in it that the model has", "none of tomcat, CallManager, cup-xmpp", where)
    exported = Exported(identities=identities, lists=lists)
    return server_of(exported, called, known_kind(kind, (*identities, *lists), where))


def _named(root: Path, where: str) -> Iterator[tuple[str, str]]:
    """Yield the path of each certificate file in the folder and the service or list that it belongs to."""
    for name, is_folder in _entries(root, where):
        stem, suffix = Path(name).stem, Path(name).suffix
        if is_folder and is_list(name):
            inside = _entries(root / name, f"{where}/{printable(name)}")
            yield from ((f"{name}/{file}", name.lower()) for file, _ in inside if file.lower().endswith(_SUFFIXES))
        elif not is_folder and suffix.lower() in _SUFFIXES:
            if not is_known(stem):
                raise _error(
                    "the name of the file does not say which certificate it is",
                    "a name that OS Administration has not",
                    f"{where}/{printable(name)}",
                    "call it tomcat.pem or the like, or put it into a folder tomcat-trust",
                )
            if is_identity(stem) or is_list(stem):
                yield name, stem.lower()


def _entries(folder: Path, where: str) -> list[tuple[str, bool]]:
    try:
        with os.scandir(folder) as entries:
            found = [(one.name, one.is_dir(follow_symlinks=False)) for one in islice(entries, _MOST_FILES + 1)]
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "a name that no folder can have"
        raise _error("no folder that can be read", said, where) from None
    if len(found) > _MOST_FILES:
        raise _error("the folder holds more files than any export", f"over {_MOST_FILES}", where)
    return sorted(found)


def _read(files: Folder, file: str, load: Any, where: str) -> Any:
    try:
        return load(files.read(file))
    except LoadError as error:
        inside = f", {error.where}" if error.where else ""
        raise error.at(f"{where}/{printable(file)}{inside}") from None


def _error(message: str, found: str, where: str, remedy: str = _REMEDY) -> LoadError:
    return LoadError(message, found=found, where=where, remedy=remedy)
