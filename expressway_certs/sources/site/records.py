"""The tables of `site.toml`, made out of the model: a class of the model is a table, a field of it is a key."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

import attrs

from expressway_certs.product.behaviours import Role
from expressway_certs.product.deployment import Deployment, Upload
from expressway_certs.product.key_file import KeyFile
from expressway_certs.product.nodes import Client, Expressway, FarEnd, UcServer
from expressway_certs.product.release import Release
from expressway_certs.sources.site import file_kinds
from expressway_certs.sources.site.errors import in_words
from expressway_certs.sources.site.file_kinds import FileOf, FilesOf, KeyFileOf, RawFile, TrustList
from expressway_certs.sources.site.kinds import (
    NOT_WRITTEN,
    Choice,
    Fault,
    Flag,
    Kind,
    ListOf,
    Named,
    OneOrMore,
    ReleaseText,
    Schema,
    Spot,
    Text,
    Whole,
    meant,
)
from expressway_certs.sources.site.places import Path
from expressway_certs.sources.site.words import KEYS, TABLES
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.ocsp import OcspResponse
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.trust_store import TrustStore

if TYPE_CHECKING:
    from expressway_certs.sources.site.reading import Reader
    from expressway_certs.sources.site.writing import Writer

FORMAT: Final = "expressway_certs/site/1"
"""The version of the format; it changes where a folder of the old one would be read otherwise."""

_OWNERS: Final = (Expressway, UcServer, Client, FarEnd)
_ALWAYS_WRITTEN: Final = {"format", "name", "role", "release", "kind", "family", "expressways"}
_LABELS: Final = ("name", "service_domain")

_OF_TYPE: Final[dict[Any, Kind]] = {
    str: Text(),
    bool: Flag(),
    int: Whole(),
    bytes: RawFile(),
    Release: ReleaseText(),
    Role: Choice((("C", Role.CORE), ("E", Role.EDGE), *((role.value, role) for role in Role))),
    Certificate: FileOf(file_kinds.CERTIFICATE),
    KeyFile: KeyFileOf(),
    CertificateRequest: FileOf(file_kinds.REQUEST),
    TrustStore: TrustList(),
    tuple[Certificate, ...]: FilesOf(file_kinds.CERTIFICATES),
    tuple[RevocationList, ...]: FilesOf(file_kinds.CRLS, apart=True),
    tuple[OcspResponse, ...]: FilesOf(file_kinds.RESPONSES, apart=True),
    tuple[tuple[str, RevocationList], ...]: Named(FileOf(file_kinds.CRL)),
    tuple[str, ...]: ListOf(Text()),
    tuple[tuple[str, str], ...]: Named(Text()),
    tuple[tuple[str, tuple[str, ...]], ...]: Named(OneOrMore(Text())),
}


@attrs.frozen(kw_only=True)
class Field:
    """A key of a table: its kind, what it says, and the field of the model, which two keys do not have."""

    name: str
    kind: Kind
    words: str
    required: bool = False
    attribute: attrs.Attribute[Any] | None = None


class Record(Kind):
    """A table with the fields of a class of the model as its keys."""

    def __init__(self, of: type, fields: tuple[Field, ...]) -> None:
        self.of = of
        self.fields: dict[str, Field] = {field.name: field for field in fields}

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return "a table"

    def schema(self) -> Schema:
        """Return the reference to the table's own schema."""
        return {"$ref": f"#/$defs/{self.of.__name__}"}

    def definition(self) -> Schema:
        """Return the JSON Schema of the table."""
        return {
            "type": "object",
            "description": TABLES[self.of.__name__],
            "properties": {name: _described(field) for name, field in self.fields.items()},
            "required": [name for name, field in self.fields.items() if field.required],
            "additionalProperties": False,
        }

    def faults(self, value: object, path: Path) -> Iterator[Fault]:
        """Yield what does not fit, key by key."""
        if not isinstance(value, dict):
            yield Fault(path=path, expected=self.expected, found=in_words(value))
            return
        names = tuple(self.fields)
        for key, one in value.items():
            if key in self.fields:
                yield from self.fields[key].kind.faults(one, (*path, key))
            else:
                hint = _hint(key, names, is_inside=bool(path))
                yield Fault(path=(*path, key), expected="a key of this table", found="an unknown key", remedy=hint)
        for name, field in self.fields.items():
            if field.required and name not in value:
                yield Fault(path=path, expected=f"the key {name}, {field.kind.expected}", found="a table without it")

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return the value of the model."""
        inside = attrs.evolve(spot, owner=owner_of(self.of, value) or spot.owner)
        given = {name: value[name] for name in self.fields if name in value}
        built = reader.fields({name: self._builder(name) for name in given}, given, inside)
        if self.of is Upload:
            built.setdefault("file_name", value["file"].rpartition("/")[2])
        return reader.made(self.of, built, spot)

    def _builder(self, name: str) -> Any:
        field = self.fields[name]

        def build(value: Any, reader: Reader, spot: Spot) -> Any:
            built = field.kind.build(value, reader, spot)
            # The model says itself what is wrong with one field, so that the error can name the key.
            return _converted(field.attribute, built) if field.attribute else built

        return build

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return the table: what is not said is what the model takes where nobody says."""
        inside = writer.inside(self.of, value, spot)
        written: dict[str, Any] = {}
        for name, field in self.fields.items():
            if field.attribute is None:
                continue
            one = getattr(value, name)
            if name in _ALWAYS_WRITTEN or field.required or one != _default(field.attribute, value):
                said = field.kind.write(one, writer, inside.into(name))
                written |= {} if said is NOT_WRITTEN else {name: said}
        if self.of is Upload and written["file"].rpartition("/")[2] == value.file_name:
            written.pop("file_name", None)
        elif self.of is Upload:
            written["file_name"] = value.file_name
        return written


def owner_of(of: type, table: Mapping[str, Any]) -> str:
    """Return the name of the node or client that a table tells of, after which its lists of CAs are called."""
    if of not in _OWNERS:
        return ""
    return next((str(table[label]) for label in _LABELS if label in table), "")


def _described(field: Field) -> Schema:
    schema = field.kind.schema()
    said = " ".join(filter(None, (field.words, schema.get("description", ""))))
    default = field.attribute.default if field.attribute else None
    plain = {"default": default} if isinstance(default, bool | int | str) else {}
    return schema | {"description": said} | plain


def _default(attribute: attrs.Attribute[Any], value: object) -> Any:
    default: Any = attribute.default
    if default is attrs.NOTHING:
        return default
    if hasattr(default, "takes_self"):
        default = default.factory(value) if default.takes_self else default.factory()
    return _converted(attribute, default)


def _converted(attribute: attrs.Attribute[Any], value: Any) -> Any:
    convert: Any = attribute.converter
    return value if convert is None else convert(value)


class Nodes(ListOf):
    """The Expressways of the site. One that the model has in zones alone says so by ``only_in_zones``."""

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return those that the deployment lists; the zones get all of them by name."""
        built = reader.each(self.item.build, value, spot)
        reader.know(built, spot)
        pairs = zip(built, value, strict=True)
        return tuple(node for node, table in pairs if not table.get("only_in_zones", False))

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return the tables of all nodes, those that only zones have among them."""
        tables = []
        for number, node in enumerate(writer.nodes):
            table = self.item.write(node, writer, spot.into(number))
            tables.append(table if node in value else {**table, "only_in_zones": True})
        return tables or NOT_WRITTEN


class NodeName(Text):
    """The name of an Expressway that there is."""

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return the name."""
        return reader.node(value, spot).name


class NodeNames(ListOf):
    """The peers of a zone, by the names of their tables."""

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return the Expressways of those names."""
        return reader.each(lambda name, _, place: reader.node(name, place), value, spot)

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return their names."""
        return [node.name for node in value]


def _hint(key: str, names: tuple[str, ...], *, is_inside: bool) -> str:
    """Return what an unknown key may be: what stands below a table belongs to it in TOML, a key of the site too."""
    if is_inside and key in record(Deployment).fields:
        return "it is a key of the site: write it above the first table"
    return meant(key, names) or f"the keys of this table are {', '.join(names)}"


@cache
def record(of: type) -> Record:
    """Return the table that a class of the model is."""
    hints = get_type_hints(of)
    fields = [_field(of, attribute, hints[attribute.name]) for attribute in attrs.fields(of)]
    words = KEYS[of.__name__]
    if of is Deployment:
        kind = Choice(((FORMAT, FORMAT),))
        fields.insert(0, Field(name="format", kind=kind, words=words["format"]))
    if of is Expressway:
        fields.append(Field(name="only_in_zones", kind=Flag(), words=words["only_in_zones"]))
    return Record(of, tuple(fields))


def _field(of: type, attribute: attrs.Attribute[Any], hint: Any) -> Field:
    return Field(
        name=attribute.name,
        kind=_kind(of, attribute, _without_none(hint)),
        words=KEYS[of.__name__][attribute.name],
        required=attribute.default is attrs.NOTHING,
        attribute=attribute,
    )


def _without_none(hint: Any) -> Any:
    parts = [part for part in get_args(hint) if part is not NoneType]
    return parts[0] if len(parts) == 1 and NoneType in get_args(hint) else hint


def _kind(of: type, attribute: attrs.Attribute[Any], hint: Any) -> Kind:
    if hint == tuple[Expressway, ...]:
        return Nodes(record(Expressway)) if of is Deployment else NodeNames(Text(1))
    if of is Upload and attribute.name == "node":
        return NodeName(1, expected="the name of an Expressway, in quotes")
    if hint is str and attribute.default is attrs.NOTHING:
        return Text(1, expected="a text in quotes, which is not empty") if _wants_text(attribute) else Text()
    if hint in _OF_TYPE:
        return _OF_TYPE[hint]
    if get_origin(hint) is tuple:
        return ListOf(record(get_args(hint)[0]))
    if get_origin(hint) is Literal:
        return Choice(tuple((word, word) for word in get_args(hint)))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return Choice(tuple((member.value, member) for member in hint))
    if isinstance(hint, type) and attrs.has(hint):
        return record(hint)
    message = f"{of.__name__}.{attribute.name} is of a type that no site file can say: {hint}"
    raise TypeError(message)


def _wants_text(attribute: attrs.Attribute[Any]) -> bool:
    return attribute.validator is not None and attribute.name in {"name", "service_domain", "domain"}


def tables() -> tuple[Record, ...]:
    """Return every table of the format, the site itself first."""
    found: dict[type, Record] = {}
    _collect(record(Deployment), found)
    return tuple(found.values())


def _collect(kind: Kind, found: dict[type, Record]) -> None:
    if isinstance(kind, ListOf | Named):
        _collect(kind.item, found)
    if isinstance(kind, Record) and kind.of not in found:
        found[kind.of] = kind
        for field in kind.fields.values():
            _collect(field.kind, found)
