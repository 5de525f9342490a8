"""Certificate requests made and signed (PKCS#10, RFC 2986), and keys for them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from typing import Final, Literal

import attrs
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from expressway_certs.x509 import der, usage_objects
from expressway_certs.x509.alternative_names import AlternativeName, Kind
from expressway_certs.x509.request import CertificateRequest

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
"""A private key that can sign a request, as `cryptography`'s object."""

Digest = Literal["SHA-256", "SHA-384", "SHA-512"]
DIGESTS: Final[dict[Digest, hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}
CURVES: Final[dict[int, ec.EllipticCurve]] = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}

_EXPONENT: Final = 65537
_SUBJECT: Final = {
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "emailAddress": NameOID.EMAIL_ADDRESS,
}


def _other_name(oid: str, tag: int) -> Callable[[str], pyca.GeneralName]:
    type_id = pyca.ObjectIdentifier(oid)
    return lambda value: pyca.OtherName(type_id, der.encode(tag, value.encode("utf-8")))


_GENERAL_NAMES: Final[dict[Kind, Callable[[str], pyca.GeneralName]]] = {
    "DNS": pyca.DNSName,
    "IP": lambda value: pyca.IPAddress(ipaddress.ip_address(value)),
    "URI": pyca.UniformResourceIdentifier,
    "email": pyca.RFC822Name,
    "SRV": _other_name("1.3.6.1.5.5.7.8.7", der.IA5_STRING),
    "XMPP": _other_name("1.3.6.1.5.5.7.8.5", der.UTF8_STRING),
}


def _subject(values: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(values)


def _names(values: Iterable[AlternativeName]) -> tuple[AlternativeName, ...]:
    return tuple(values)


def _usages(values: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


@attrs.frozen(kw_only=True)
class RequestContents:
    """What a request asks for: the subject as pairs of label ("CN", "O", "emailAddress") and text, names and usages.

    None for a usage, or no names, leaves the extension out.
    """

    subject: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_subject)
    names: tuple[AlternativeName, ...] = attrs.field(default=(), converter=_names)
    key_usage: tuple[str, ...] | None = attrs.field(default=None, converter=_usages)
    extended_key_usage: tuple[str, ...] | None = attrs.field(default=None, converter=_usages)


def build_request(contents: RequestContents, key: SigningKey, digest: Digest = "SHA-256") -> CertificateRequest:
    """Return a request with ``contents`` for ``key``, signed by it; `ValueError` for a name that cannot be encoded."""
    attributes = [pyca.NameAttribute(_SUBJECT[label], value) for label, value in contents.subject]
    builder = pyca.CertificateSigningRequestBuilder(pyca.Name(attributes))
    for extension, critical in _extensions(contents):
        builder = builder.add_extension(extension, critical)
    return CertificateRequest.from_der(builder.sign(key, DIGESTS[digest]).public_bytes(Encoding.DER))


def _extensions(contents: RequestContents) -> Iterable[tuple[pyca.ExtensionType, bool]]:
    if contents.key_usage is not None:
        yield usage_objects.key_usage(contents.key_usage), False
    if contents.extended_key_usage is not None:
        yield usage_objects.extended_key_usage(contents.extended_key_usage), False
    if contents.names:
        yield pyca.SubjectAlternativeName([_GENERAL_NAMES[name.kind](name.value) for name in contents.names]), False


def new_key(algorithm: Literal["RSA", "ECDSA"], length: int) -> SigningKey:
    """Return a new private key: RSA of ``length`` bits, or ECDSA on the curve of that size; `KeyError` for no curve."""
    if algorithm == "RSA":
        return rsa.generate_private_key(public_exponent=_EXPONENT, key_size=length)
    return ec.generate_private_key(CURVES[length])
