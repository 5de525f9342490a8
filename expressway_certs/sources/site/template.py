"""A `site.toml` to begin with: a small site of placeholders, and every other key there is as a comment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from expressway_certs.product.deployment import Deployment
from expressway_certs.sources.site.file_kinds import FileOf, FilesOf, KeyFileOf, RawFile, TrustList
from expressway_certs.sources.site.kinds import Choice, Flag, Kind, ListOf, Named, Whole
from expressway_certs.sources.site.records import FORMAT, Field, Record, record
from expressway_certs.sources.site.toml import said

_HEAD: Final = """\
# A site for expressway_certs. Audit it with: python -m expressway_certs audit FOLDER
#
# The lines without a # are a small site of placeholders: put in your own names. The others are every key there is, each
# with an example: take away the first # of what you know. What is left out is not known, or as usual.
# Paths are those of files in this folder; PEM and DER will do.

"""
_SITE: Final[Mapping[str, Any]] = {
    "format": FORMAT,
    "name": "my site",
    "expressways": (
        {"name": "expc1.example.com", "role": "C", "release": "X14.2"},
        {"name": "expe1.example.com", "role": "E", "release": "X14.2"},
    ),
    "zones": ({"name": "Traversal", "core": ["expc1.example.com"], "edge": ["expe1.example.com"]},),
    "uc_servers": ({"name": "cucm1.example.com", "kind": "Unified CM"},),
    "clients": ({"service_domain": "example.com"},),
}
_FOLDERS: Final = {
    "Expressway": "expc1.example.com",
    "DomainCertificate": "expc1.example.com",
    "UcServer": "cucm1.example.com",
    "Client": "clients",
    "FarEnd": "sip.example.net",
}
_TEXTS: Final = {
    "address": "192.0.2.1",
    "chat_node_aliases": "chat.example.com",
    "cluster_addresses": "192.0.2.2",
    "cluster_name": "expc.example.com",
    "cluster_peers": "expc2.example.com",
    "core": "expc1.example.com",
    "domain": "example.com",
    "edge": "expe1.example.com",
    "expressway_cores": "expc1.example.com",
    "file_name": "renewed.cer",
    "forward": "192.0.2.1",
    "legs": "1a",
    "missing_field": "clients",
    "missing_node": "expe2.example.com",
    "missing_zone": "Traversal",
    "meeting_servers": "join.example.com",
    "mra_domains": "example.com",
    "name": "sip.example.net",
    "node": "expe1.example.com",
    "nodes": "expe1.example.com",
    "pattern": "sip.example.net",
    "peer_addresses": "expe1.example.com",
    "phone_security_profiles": "secure.example.com",
    "release": "X14.2",
    "published_crls": "published-crls/issuing.crl",
    "remedy": "Give the clients, each with its CA list",
    "reverse": "expc1.example.com",
    "service_domain": "example.com",
    "ssh_key_types": "x509v3-rsa2048-sha256",
    "tls_verify_subject_name": "expc.example.com",
    "what": "the clients with their CA lists",
    "xmpp_domains": "example.com",
}
_MAPPED: Final = {"reverse": "192.0.2.1", "published_crls": "http://pki.example.com/issuing.crl"}


def commented_site() -> str:
    """Return the text of a `site.toml` that loads as it is, and tells of every key."""
    return _HEAD + "\n".join(_table(record(Deployment), "", _SITE)) + "\n"


def _table(of: Record, header: str, live: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the lines of a table; None for ``live`` makes all of it a comment."""
    given = live or {}
    inner = [field for field in of.fields.values() if _inside(field.kind)]
    for field in of.fields.values():
        if field not in inner:
            is_live = field.name in given
            value = given[field.name] if is_live else _example(field, _FOLDERS.get(of.of.__name__, ""))
            yield f"{'' if is_live else '# '}{field.name} = {said(value)}  # {field.words}"
    for field in inner:
        yield from _inner(field, f"{header}.{field.name}" if header else field.name, given)


def _inside(kind: Kind) -> Record | Named | None:
    item = kind.item if type(kind).__name__ in {"ListOf", "Nodes"} and isinstance(kind, ListOf) else kind
    return item if isinstance(item, Record | Named) else None


def _inner(field: Field, header: str, given: Mapping[str, Any]) -> Iterator[str]:
    kind = _inside(field.kind)
    brackets = ("[[", "]]") if isinstance(field.kind, ListOf) else ("[", "]")
    title = f"{brackets[0]}{header}{brackets[1]}"
    if isinstance(kind, Named):
        name = _MAPPED.get(field.name, "expc1.example.com")
        yield from ("", f"# {field.words}", f"# {title}", f"# {said(name)} = {said(_TEXTS.get(field.name, '...'))}")
        return
    assert isinstance(kind, Record)  # noqa: S101 - so `_inside` has it
    first, *others = given.get(field.name, ()) or (None,)
    yield from ("", f"# {field.words}", title if first else f"# {title}", *_table(kind, header, first))
    for one in others:
        yield from ("", title, *(f"{key} = {said(value)}" for key, value in one.items()))


def _example(field: Field, folder: str) -> Any:
    kind, key = field.kind, field.name
    default: Any = field.attribute.default if field.attribute else False
    if isinstance(kind, Flag | Whole):
        return default if isinstance(default, int) else True
    if isinstance(kind, Choice):
        return next((word for word, one in kind.values if one == default), kind.words[0])
    if isinstance(kind, RawFile):
        return "uploads/renewed.cer"
    if isinstance(kind, KeyFileOf):
        return "uploads/renewed.key"
    if isinstance(kind, FileOf | FilesOf | TrustList):
        file = kind.files if isinstance(kind, TrustList) else kind
        return f"{folder}/{key.replace('_', '-')}{file.format.suffix}"
    text = _TEXTS.get(key, "...")
    return [text] if isinstance(kind, ListOf) else text
