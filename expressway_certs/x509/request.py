"""Certificate requests (CSR, PKCS#10, RFC 2986)."""

from __future__ import annotations

import ipaddress
from functools import cached_property
from itertools import islice
from typing import Final, Self, TypeVar

import attrs
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from expressway_certs.x509 import algorithms, der, names, usages
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import pem
from expressway_certs.x509.files.contents import contents, describe
from expressway_certs.x509.files.guard import guarded
from expressway_certs.x509.files.keys import public_key_der
from expressway_certs.x509.files.shapes import Shape
from expressway_certs.x509.files.source import Source, read_source
from expressway_certs.x509.public_key import PublicKeyInfo, public_key_info, signature_is_valid

MAX_REQUEST_BYTES: Final = 1024 * 1024
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

T = TypeVar("T", bound=x509.ExtensionType)

_AGAIN: Final = "generate the request again, or copy it again from its source"
_KEY_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)


@attrs.frozen(repr=False)
class CertificateRequest:
    """A certificate request. Its one field is the DER; two are equal if that is.

    Make one with `load`, `from_pem` or `from_der`; the constructor itself checks nothing.

    >>> request = CertificateRequest.load("request.csr")
    >>> request.dns_names
    ('expe1.example.com',)
    >>> request.signature_is_valid
    True
    """

    der: bytes

    @classmethod
    def load(cls, source: Source) -> Self:
        """Load the one request in a file, bytes or PEM text; `LoadError` for none, several or a broken one."""
        data, where = read_source(source)
        found = contents(data, where)
        requests = [item for item in found.items if item.shape is Shape.REQUEST]
        if len(requests) != 1:
            raise LoadError(
                f"holds {len(requests) or 'no'} certificate request{'s' * bool(requests)} where one is wanted",
                found=describe(data),
                where=where,
                remedy="keep only the one that is wanted" if requests else "give the file with the request (CSR)",
            )
        block = requests[0].block
        try:
            return cls.from_der(pem.decode(block, where) if block else found.der.rstrip(b"\r\n"))
        except LoadError as error:
            raise error.at(error.where or (block.place(where) if block else where)) from None

    @classmethod
    def from_pem(cls, data: str | bytes) -> Self:
        """Load the one request in PEM text; `LoadError` for none, several or a broken one."""
        return cls.load(data.encode("utf-8", "replace") if isinstance(data, str) else data)

    @classmethod
    def from_der(cls, data: bytes) -> Self:
        """Take one DER request; `LoadError` where it is not exactly that."""
        if len(data) > MAX_REQUEST_BYTES:
            found = f"{len(data)} bytes"
            raise LoadError("too large to be a certificate request", found=found, remedy=_AGAIN)
        request = cls(bytes(data))
        with guarded("not a readable certificate request", found="a damaged request (CSR)", remedy=_AGAIN):
            _ = request.subject, request.common_name, request.key, request.signature_algorithm
            _ = request.alternative_names, request.key_usage, request.extended_key_usage
        return request

    @property
    def subject(self) -> str:
        """The subject as people read it, in the request's own order: ``O=Example, CN=expe1.example.com``."""
        return names.display(self._subject_der)

    @property
    def common_name(self) -> str | None:
        """The subject's first common name, or None."""
        found = names.values(self._subject_der, names.COMMON_NAME)
        return names.text(*found[0]) if found else None

    @property
    def dns_names(self) -> tuple[str, ...]:
        """The DNS names asked for as subject alternative names, in order."""
        return tuple(name.value for name in self.alternative_names if isinstance(name, x509.DNSName))

    @property
    def uris(self) -> tuple[str, ...]:
        """The URIs asked for as subject alternative names, in order."""
        return tuple(name.value for name in self.alternative_names if isinstance(name, x509.UniformResourceIdentifier))

    @property
    def ip_addresses(self) -> tuple[IpAddress, ...]:
        """The IP addresses asked for as subject alternative names, in order."""
        values = (name.value for name in self.alternative_names if isinstance(name, x509.IPAddress))
        return tuple(value for value in values if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)))

    @cached_property
    def alternative_names(self) -> tuple[x509.GeneralName, ...]:
        """Every subject alternative name asked for, as `cryptography`'s objects (RFC 5280 §4.2.1.6)."""
        found = self._extension(x509.SubjectAlternativeName)
        return tuple(found) if found is not None else ()

    @cached_property
    def key_usage(self) -> frozenset[str] | None:
        """The key usages asked for by their RFC 5280 §4.2.1.3 names; None where none are."""
        found = self._extension(x509.KeyUsage)
        if found is None:
            return None
        bits = sum(1 << bit for bit, name in enumerate(_KEY_USAGES) if getattr(found, name))
        if found.key_agreement:
            bits |= found.encipher_only << 7 | found.decipher_only << 8
        return usages.key_usage_names(bits)

    @cached_property
    def extended_key_usage(self) -> frozenset[str] | None:
        """The extended key usages asked for by name ("serverAuth"; a dotted OID where it has none); None where none."""
        found = self._extension(x509.ExtendedKeyUsage)
        return None if found is None else frozenset(usages.purpose_name(usage.dotted_string) for usage in found)

    @cached_property
    def key(self) -> PublicKeyInfo:
        """The public key; its algorithm is "unknown" where OpenSSL could not use it."""
        info = self.to_cryptography().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return public_key_info(info) or PublicKeyInfo(algorithm="unknown")

    @property
    def signature_algorithm(self) -> str:
        """How the request was signed, by OpenSSL's name: "sha256WithRSAEncryption"."""
        oid = der.oid(self.to_cryptography().signature_algorithm_oid.dotted_string)
        return algorithms.signature_name(der.encode(der.SEQUENCE, der.encode(der.OID, oid)))

    @cached_property
    def signature_is_valid(self) -> bool:
        """Whether the request was signed with the key that it is for (RFC 2986 §4.2), by whatever digest."""
        content, stop = der.expect(self.der, 0, len(self.der), der.SEQUENCE)
        (_, info, _, end), (_, algorithm, _, algorithm_end), (_, _, bits, bits_end) = islice(
            der.children(self.der, content, stop), 3
        )
        return signature_is_valid(
            signer=public_key_der(self.der) or b"",
            algorithm=self.der[algorithm:algorithm_end],
            signature=self.der[bits:bits_end],
            data=self.der[info:end],
        )

    def to_pem(self) -> str:
        """Return the request as PEM (RFC 7468), with its final newline."""
        return pem.encode(self.der, "CERTIFICATE REQUEST")

    def to_cryptography(self) -> x509.CertificateSigningRequest:
        """Return `cryptography`'s object; `LoadError` where that library refuses the request."""
        with guarded("not a readable certificate request", found="a damaged request (CSR)", remedy=_AGAIN):
            return x509.load_der_x509_csr(self.der)

    @cached_property
    def _subject_der(self) -> bytes:
        return self.to_cryptography().subject.public_bytes()

    def _extension(self, kind: type[T]) -> T | None:
        try:
            return self.to_cryptography().extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None

    def __repr__(self) -> str:
        return f"<CertificateRequest {self.common_name or self.subject or 'no subject'!r}>"
