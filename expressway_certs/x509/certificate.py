"""One X.509 certificate as a value: its DER, and everything else read from that when asked."""

from __future__ import annotations

import hashlib
import ipaddress
import os
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self, TypeVar

import attrs
from cryptography import x509 as pyca

from expressway_certs.x509 import algorithms, der, distribution, extensions, names, times, usages
from expressway_certs.x509.attribute_types import unnamed_attributes
from expressway_certs.x509.branch import Version, branch
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.containers import Piece, certificate_pieces
from expressway_certs.x509.files.guard import guarded
from expressway_certs.x509.files.source import read_source
from expressway_certs.x509.gate import is_sound
from expressway_certs.x509.notebook import as_html
from expressway_certs.x509.public_key import PublicKeyInfo, public_key_info
from expressway_certs.x509.slices import Slices, cut
from expressway_certs.x509.view import View

if TYPE_CHECKING:
    from asn1crypto import x509 as asn1

Source = str | bytes | os.PathLike[str]
"""What loaders take: a path, the bytes of a file, or text that holds PEM."""

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Role = Literal["root", "intermediate", "leaf"]

_MAX_CERTIFICATE_BYTES = 1 << 20
_SRV_NAME = der.oid("1.3.6.1.5.5.7.8.7")
_SHORT = 16
_END_OF_TIME = datetime.max.replace(microsecond=0, tzinfo=UTC)

T = TypeVar("T")


@attrs.frozen(repr=False)
class Certificate:
    """An X.509 certificate (RFC 5280 §4.1). Its one field is the DER; two are equal if that is.

    Make one with `load`, `from_pem` or `from_der`. Everything else is read from the DER when it is
    first asked for, and kept. An extension that is malformed reads as if it were absent; `verify`
    says what OpenSSL makes of it.

    >>> certificate = Certificate.load("leaf.pem")
    >>> certificate.common_name
    'expe1.example.com'
    >>> certificate.role
    'leaf'
    """

    der: bytes

    @classmethod
    def load(cls, source: Source, *, password: str | bytes | None = None) -> Self:
        """Load the one certificate in a file, bytes or PEM text; `LoadError` for none or several."""
        data, where = read_source(source)
        found = certificate_pieces(data, where=where, password=password)
        if len(found) != 1:
            message = f"{where or 'the input'} holds {len(found)} certificates where one is wanted"
            raise LoadError(
                message,
                found=f"{len(found)} certificates",
                where=where,
                remedy="use load_certificates for all of them, or keep only the one that is wanted",
            )
        return cls.from_piece(found[0])

    @classmethod
    def from_pem(cls, data: str | bytes) -> Self:
        """Load the one certificate in PEM text; `LoadError` for none, several or a broken one."""
        return cls.load(data.encode("utf-8", "replace") if isinstance(data, str) else data)

    @classmethod
    def from_der(cls, data: bytes) -> Self:
        """Take one DER certificate; `LoadError` where it is not exactly that."""
        if len(data) > _MAX_CERTIFICATE_BYTES:
            message = f"a certificate of {len(data)} bytes is over the limit of {_MAX_CERTIFICATE_BYTES}"
            raise LoadError(message, found="an oversized certificate", remedy="check that the file is a certificate")
        certificate = cls(bytes(data))
        if not is_sound(certificate.der):
            # `cryptography` is stricter than OpenSSL (a default that is spelled out, say), so it
            # only waves through; what it refuses is read in full here before it is believed.
            certificate.check_structure()
        return certificate

    @classmethod
    def from_piece(cls, piece: Piece) -> Self:
        """Take one certificate of a file; `LoadError`, with its place there, where it is none."""
        try:
            return cls.from_der(piece.der)
        except LoadError as error:
            raise error.at(piece.where) from None

    def check_structure(self) -> None:
        """Raise `LoadError` unless the pieces of RFC 5280 §4.1 are all there and readable."""
        try:
            slices = self.slices
            for name in (slices.issuer, slices.subject):
                names.check(name)
            for identifier in (slices.inner_algorithm, slices.outer_algorithm):
                algorithms.check(identifier)
            for extension in slices.extensions:
                der.dotted(extension.oid)
            der.integer(slices.serial)
        except der.DerError as error:
            message = f"the bytes are not a DER certificate: {error}"
            raise LoadError(
                message, found="bytes that are no certificate", remedy="export the certificate again"
            ) from None

    # The pieces, and what is read from them.

    @cached_property
    def slices(self) -> Slices:
        """The pieces of the certificate as they stand in the DER."""
        return cut(self.der)

    @cached_property
    def view(self) -> View:
        """What OpenSSL 3.0 keeps of the certificate; the judge's view of it."""
        return View(self.slices, branch("3.0"))

    @cached_property
    def _old_view(self) -> View:
        return View(self.slices, branch("1.1.1"))

    def view_of(self, version: Version) -> View:
        """What that branch of OpenSSL keeps of the certificate."""
        return self.view if version == "3.0" else self._old_view

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 fingerprint, in lower-case hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def subject(self) -> str:
        """The subject as people read it, in the certificate's own order: ``O=Example, CN=Example Root CA``."""
        return names.display(self.slices.subject)

    @property
    def issuer(self) -> str:
        """The issuer, written like `subject`."""
        return names.display(self.slices.issuer)

    @cached_property
    def common_name(self) -> str | None:
        """The subject's first common name, or None."""
        found = names.values(self.slices.subject, names.COMMON_NAME)
        return names.text(*found[0]) if found else None

    @property
    def serial_number(self) -> int:
        """The serial number, unique for each issuer."""
        return der.integer(self.slices.serial)

    @property
    def version(self) -> int:
        """The X.509 version: 1, 2 or 3."""
        return self.slices.version + 1

    @property
    def not_before(self) -> datetime:
        """The first instant at which the certificate holds (aware, UTC)."""
        return _instant(self.slices.not_before)

    @property
    def not_after(self) -> datetime:
        """The end of validity (aware, UTC); OpenSSL 3.0 takes the certificate as expired at that very instant."""
        return _instant(self.slices.not_after)

    @cached_property
    def alternative_names(self) -> tuple[extensions.GeneralName, ...]:
        """Every subject alternative name, undecoded (RFC 5280 §4.2.1.6)."""
        return self._decoded(extensions.SUBJECT_ALT_NAME, extensions.general_names) or ()

    @cached_property
    def dns_names(self) -> tuple[str, ...]:
        """The DNS names among the subject alternative names, in order."""
        return self._texts(extensions.DNS)

    @cached_property
    def uris(self) -> tuple[str, ...]:
        """The URIs among the subject alternative names, in order."""
        return self._texts(extensions.URI)

    @cached_property
    def ip_addresses(self) -> tuple[IpAddress, ...]:
        """The IP addresses among the subject alternative names, in order."""
        packed = (name.value for name in self.alternative_names if name.tag == extensions.IP)
        return tuple(ipaddress.ip_address(value) for value in packed if len(value) in {4, 16})

    @cached_property
    def srv_names(self) -> tuple[str, ...]:
        """The SRV names (RFC 4985) among the subject alternative names, in order."""
        return tuple(
            names.text(name.value[0], name.value[2:])
            for name in self.alternative_names
            if name.tag == extensions.OTHER_NAME and name.type_id == _SRV_NAME and len(name.value) > 2  # noqa: PLR2004
        )

    @cached_property
    def basic_constraints(self) -> extensions.BasicConstraints | None:
        """The basicConstraints extension, or None where it is absent."""
        return self._decoded(extensions.BASIC_CONSTRAINTS, extensions.basic_constraints)

    @property
    def is_ca(self) -> bool:
        """Whether basicConstraints says that the subject is a CA."""
        return self.basic_constraints is not None and self.basic_constraints.is_ca

    @property
    def path_length(self) -> int | None:
        """How many CA certificates may follow this one in a chain; None for no limit."""
        return self.basic_constraints.path_length if self.basic_constraints else None

    @cached_property
    def is_self_signed(self) -> bool:
        """Whether issuer and subject, key identifiers and the signature are all its own."""
        return self.view.self_signed and self.view.is_signed_by(self.view)

    @property
    def role(self) -> Role:
        """What the certificate is in a chain: "root" (a self-signed CA), "intermediate" (another CA) or "leaf".

        A self-signed certificate without basicConstraints and of version 1 is an old root.
        """
        may_sign = self.is_ca or (self.version == 1 and self.is_self_signed)
        if not may_sign:
            return "leaf"
        return "root" if self.is_self_signed else "intermediate"

    @cached_property
    def key_usage(self) -> frozenset[str] | None:
        """The key usages by their RFC 5280 §4.2.1.3 names ("digitalSignature"); None where the extension is absent."""
        bits = self._decoded(extensions.KEY_USAGE, extensions.named_bits)
        return None if bits is None else usages.key_usage_names(bits)

    @cached_property
    def extended_key_usage(self) -> frozenset[str] | None:
        """The extended key usages by name ("serverAuth"; a dotted OID where it has none); None where absent."""
        oids = self._decoded(extensions.EXTENDED_KEY_USAGE, extensions.object_identifiers)
        return None if oids is None else frozenset(map(usages.purpose_name, oids))

    @cached_property
    def subject_key_identifier(self) -> bytes | None:
        """The subject key identifier, or None."""
        return self._decoded(extensions.SUBJECT_KEY_IDENTIFIER, extensions.octet_string)

    @cached_property
    def authority_key_identifier(self) -> bytes | None:
        """The key identifier of the issuer's key, or None."""
        found = self._decoded(extensions.AUTHORITY_KEY_IDENTIFIER, extensions.authority_key_identifier)
        return found.key_identifier if found else None

    @property
    def key(self) -> PublicKeyInfo:
        """The public key; its algorithm is "unknown" where OpenSSL could not use it."""
        return public_key_info(self.slices.public_key_info) or PublicKeyInfo(algorithm="unknown")

    @property
    def signature_algorithm(self) -> str:
        """How the certificate was signed, by OpenSSL's name: "sha256WithRSAEncryption"."""
        return algorithms.signature_name(self.slices.outer_algorithm)

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """The OIDs of the certificate policies, dotted, in order (RFC 5280 §4.2.1.4)."""
        return tuple(
            map(der.oid_text, self._decoded(extensions.CERTIFICATE_POLICIES, extensions.certificate_policies) or ())
        )

    @property
    def unnamed_attributes(self) -> tuple[str, ...]:
        """The dotted OIDs in subject and issuer for which OpenSSL has no name."""
        return tuple(dict.fromkeys(unnamed_attributes(self.slices.subject) + unnamed_attributes(self.slices.issuer)))

    @cached_property
    def crl_urls(self) -> tuple[str, ...]:
        """The URLs of its CRL distribution points, in order."""
        points = self._decoded(extensions.CRL_DISTRIBUTION_POINTS, distribution.distribution_points) or ()
        full = (name for point in points for name in point.full_name or ())
        return tuple(name.value.decode("latin-1") for name in full if name.tag == extensions.URI)

    @property
    def ocsp_urls(self) -> tuple[str, ...]:
        """The URLs of its OCSP responders (RFC 5280 §4.2.2.1)."""
        return self._access_urls[0]

    @property
    def issuer_urls(self) -> tuple[str, ...]:
        """The URLs from which its issuer's certificate can be had (RFC 5280 §4.2.2.1)."""
        return self._access_urls[1]

    @cached_property
    def _access_urls(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self._decoded(extensions.AUTHORITY_INFO_ACCESS, extensions.access_urls) or ((), ())

    def _decoded(self, oid: bytes, decode: Callable[[bytes], T]) -> T | None:
        extension = self.slices.find(oid)
        if extension is None:
            return None
        try:
            return decode(extension.value)
        except der.DerError:
            return None

    def _texts(self, tag: int) -> tuple[str, ...]:
        return tuple(name.value.decode("latin-1") for name in self.alternative_names if name.tag == tag)

    # Other forms.

    def to_pem(self) -> str:
        """Return the certificate as PEM (RFC 7468), with its final newline."""
        text = b64encode(self.der).decode("ascii")
        lines = (text[at : at + 64] for at in range(0, len(text), 64))
        return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))

    def to_cryptography(self) -> pyca.Certificate:
        """Return `cryptography`'s object; `LoadError` where that library refuses the certificate."""
        with guarded(
            "cryptography does not take this certificate",
            found="a certificate outside the strict DER profile",
            remedy="use to_asn1crypto",
        ):
            return pyca.load_der_x509_certificate(self.der)

    def to_asn1crypto(self) -> asn1.Certificate:
        """Return asn1crypto's object, for whatever is not read here."""
        from expressway_certs.x509.raw import to_asn1crypto  # noqa: PLC0415 - imported only where used

        return to_asn1crypto(self.der)

    _repr_html_ = as_html

    def __repr__(self) -> str:
        name = self.common_name or self.subject or "no subject"
        return f"<Certificate {name!r} {self.role} until {self.not_after:%Y-%m-%d} sha256 {self.sha256[:_SHORT]}>"


def _instant(encoded: times.EncodedTime) -> datetime:
    # A time that is no RFC 5280 time has no instant; OpenSSL refuses it in a verdict of its own (13, 14).
    return times.parse(encoded) or _END_OF_TIME


def load_certificates(source: Source, *, password: str | bytes | None = None) -> tuple[Certificate, ...]:
    """Load every certificate in a file, bytes or PEM text, in order (PEM, DER, PKCS#7, PKCS#12).

    Text around and between PEM blocks is passed over. Raises `LoadError` where there is none.

    >>> [certificate.role for certificate in load_certificates("bundle.pem")]
    ['leaf', 'intermediate']
    """
    data, where = read_source(source)
    return tuple(map(Certificate.from_piece, certificate_pieces(data, where=where, password=password)))
