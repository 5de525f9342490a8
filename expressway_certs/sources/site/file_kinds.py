"""The kinds of values in `site.toml` that are paths: certificates, lists of CAs, requests, CRLs, what is uploaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from expressway_certs.product.key_file import KeyFile
from expressway_certs.product.nodes import ONBOARDING_LIST
from expressway_certs.sources.public_trust import public_trust_store
from expressway_certs.sources.site.errors import SiteError, in_words
from expressway_certs.sources.site.kinds import Fault, Kind, Schema, Spot, Text, meant
from expressway_certs.sources.site.names import file_name
from expressway_certs.sources.site.places import Path, key_of
from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.files import pem
from expressway_certs.x509.files.containers import crl_ders
from expressway_certs.x509.files.source import printable
from expressway_certs.x509.ocsp import OcspResponse
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.trust_store import TrustStore

if TYPE_CHECKING:
    from expressway_certs.sources.site.reading import Reader
    from expressway_certs.sources.site.writing import Writer

PATH: Final = Text(1, expected="the path of a file in this folder, in quotes")


@attrs.frozen(kw_only=True)
class Format:
    """How a value is read from a file and written into one."""

    what: str
    suffix: str
    load: Callable[[bytes], Any]
    dump: Callable[[Any], bytes]
    remark: Callable[[Any], str] = lambda _value: ""


def said_of(certificate: Certificate) -> str:
    """Return what a person wants to know of a certificate: its subject and its last day."""
    return f"{printable(certificate.subject)}, until {certificate.not_after:%Y-%m-%d}"


def _with_subject(certificate: Certificate) -> bytes:
    # Dashes of a hostile subject must not look like a BEGIN line, and ASCII is what every reader of PEM takes.
    subject = certificate.subject.encode("ascii", "backslashreplace").decode("ascii")
    return f"{printable(subject).replace('--', '- -')}\n{certificate.to_pem()}".encode("ascii")


def _as_pem(certificates: tuple[Certificate, ...]) -> bytes:
    return b"\n".join(map(_with_subject, certificates))


def _labelled(label: str) -> Callable[[Any], bytes]:
    return lambda value: pem.encode(value.der, label).encode("ascii")


def _responses(data: bytes) -> tuple[OcspResponse, ...]:
    return (OcspResponse.load(data),)


def _crls(data: bytes) -> tuple[RevocationList, ...]:
    return tuple(map(RevocationList.from_der, crl_ders(data)))


CERTIFICATE: Final = Format(
    what="a certificate", suffix=".pem", load=Certificate.load, dump=_with_subject, remark=said_of
)
CERTIFICATES: Final = Format(what="certificates", suffix=".pem", load=load_certificates, dump=_as_pem)
REQUEST: Final = Format(
    what="a certificate request",
    suffix=".csr",
    load=CertificateRequest.load,
    dump=_labelled("CERTIFICATE REQUEST"),
    remark=lambda request: printable(request.subject),
)
CRL: Final = Format(what="a CRL", suffix=".crl", load=RevocationList.load, dump=_labelled("X509 CRL"))
CRLS: Final = Format(what="CRLs", suffix=".crl", load=_crls, dump=_labelled("X509 CRL"))
RESPONSES: Final = Format(what="an OCSP response in DER", suffix=".ocsp", load=_responses, dump=lambda one: one.der)


@attrs.frozen
class FileOf(Kind):
    """The path of a file with one value in it."""

    format: Format

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return PATH.expected

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        return PATH.schema() | {"description": f"The path of a file with {self.format.what}."}

    def fits(self, value: object) -> bool:
        """Whether the value looks as it should."""
        return PATH.fits(value)

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return what is in the file."""
        return reader.file(value, self.format)

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return the path of a new file with the value."""
        return writer.file(self.format.dump(value), self.format.suffix, spot, remark=self.format.remark(value))


@attrs.frozen
class FilesOf(Kind):
    """The path of a file with several values in it, or a list of such; ``apart`` puts each into a file of its own."""

    format: Format
    apart: bool = False

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return f"{PATH.expected}, or a list of such"

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        words = {"description": f"The path of a file with {self.format.what}, or a list of such."}
        return {"anyOf": [PATH.schema(), {"type": "array", "items": PATH.schema()}]} | words

    def faults(self, value: object, path: Path) -> Iterator[Fault]:
        """Yield what does not fit."""
        if PATH.fits(value):
            return
        if not isinstance(value, list):
            yield Fault(path=path, expected=self.expected, found=in_words(value))
            return
        for number, one in enumerate(value):
            yield from PATH.faults(one, (*path, number))

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return what is in the files, in their order."""
        if isinstance(value, str):
            return tuple(reader.file(value, self.format))
        read = reader.each(lambda one, _reader, _place: reader.file(one, self.format), value, spot)
        return tuple(one for found in read for one in found)

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return the path of a new file with the values, or the paths."""
        if self.apart:
            return [writer.file(self.format.dump(one), self.format.suffix, spot) for one in value]
        return writer.file(self.format.dump(value), self.format.suffix, spot) if value else []


_TITLES: Final = {
    "trusted_ca": "Trusted CA list",
    "onboarding_trusted_ca": ONBOARDING_LIST,
    "tomcat_trust": "tomcat-trust",
    "callmanager_trust": "CallManager-trust",
    "cup_xmpp_trust": "cup-xmpp-trust",
    "installed_ca": "installed CA list",
    "phone_edge_trust": "Phone-Edge-trust",
}


_PUBLIC: Final = "public"


def usual_name(spot: Spot) -> str:
    """Return what a list is called where the file gives it no name: after its owner and the product's name for it."""
    return f"{spot.owner} {_TITLES.get(spot.field, spot.field)}".strip()


@attrs.frozen
class TrustList(Kind):
    """A list of CAs: a file, several in their order, or a table that gives the list a name as well.

    The table ``{ list = "public" }`` is Mozilla's list; it is written as the file that it is at that time.
    """

    files: FilesOf = FilesOf(CERTIFICATES)

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return f'{self.files.expected}, or {{ files = [...], name = "..." }}, or {{ list = "{_PUBLIC}" }}'

    def schema(self) -> Schema:
        """Return the JSON Schema of the value."""
        listed = [*self.files.schema()["anyOf"]]
        properties = {"files": {"anyOf": listed}, "name": {"type": "string"}}
        table = {"type": "object", "properties": properties, "additionalProperties": False}
        public: Schema = {"type": "object", "properties": {"list": {"const": _PUBLIC}}, "required": ["list"]}
        public["additionalProperties"] = False
        words = {"description": "The path of a PEM file with CA certificates, in the order of the list; or several."}
        return {"anyOf": [*listed, table, public]} | words

    def faults(self, value: object, path: Path) -> Iterator[Fault]:
        """Yield what does not fit."""
        if not isinstance(value, dict):
            if not isinstance(value, list | str):
                yield Fault(path=path, expected=self.expected, found=in_words(value))
                return
            yield from self.files.faults(value, path)
            return
        kinds: dict[str, Kind] = {"files": self.files, "name": Text()}
        if "list" in value:
            yield from _faults_of_public(value, path)
            return
        for key, one in value.items():
            if key in kinds:
                yield from kinds[key].faults(one, (*path, key))
            else:
                names = tuple(kinds)
                yield Fault(
                    path=(*path, key), expected='"files" or "name"', found="another key", remedy=meant(key, names)
                )

    def build(self, value: Any, reader: Reader, spot: Spot) -> Any:
        """Return the list."""
        table = value if isinstance(value, dict) else {"files": value}
        if "list" in table:
            return public_trust_store()
        inside = spot.into("files") if isinstance(value, dict) else spot
        files = self.files.build(table.get("files", []), reader, inside)
        return TrustStore(files, table.get("name", usual_name(spot)))

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return the path of a new file, with the name where it is not the usual one."""
        files = self.files.write(value.certificates, writer, spot)
        return files if value.name == usual_name(spot) else Inline({"files": files, "name": value.name})


def _faults_of_public(table: dict[str, Any], path: Path) -> Iterator[Fault]:
    if table["list"] != _PUBLIC:
        yield Fault(path=(*path, "list"), expected=f'"{_PUBLIC}"', found=in_words(table["list"]))
    for key in table:
        if key != "list":
            yield Fault(path=(*path, key), expected='nothing beside "list"', found="another key")


class Inline(dict[str, Any]):
    """A table that is written on one line."""


@attrs.frozen
class RawFile(FileOf):
    """The path of a file that is taken as it is; it is written under the name that it has in the model."""

    format: Format = Format(what="what is to be uploaded, as it is", suffix="", load=bytes, dump=bytes)

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Return the path of a new file with the bytes."""
        return writer.file(value, "", spot, name=file_name(spot.owner))


@attrs.frozen
class KeyFileOf(FileOf):
    """The path of a private key file, of which only what the page looks at is kept; so it cannot be written again."""

    format: Format = Format(what="a private key", suffix=".pem", load=KeyFile.read, dump=bytes)

    def write(self, value: Any, writer: Writer, spot: Spot) -> Any:
        """Refuse: there is no key to write, and there should be none."""
        raise SiteError(
            "private keys are not written, and this one is not kept",
            found="an upload with its private key",
            key=key_of(spot.path),
            remedy="leave private_key out of the upload, and name the key file in the site.toml where it lies",
        )
