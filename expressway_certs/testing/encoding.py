"""From options to a signed certificate, the same bytes every time."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from expressway_certs.testing.keys import FactoryKey
from expressway_certs.testing.options import Digest, Identifier, Wanted
from expressway_certs.x509 import der, usage_objects

_DIGESTS: Final[dict[Digest, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def distinguished_name(
    common_name: str, organization: str | None, attributes: Sequence[tuple[str, str]] = ()
) -> pyca.Name:
    """Return the name of one of this organisation's certificates; without a common name where that is empty."""
    parts = [(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    parts += [(pyca.ObjectIdentifier(dotted), value) for dotted, value in attributes]
    parts += [(NameOID.COMMON_NAME, common_name)] if common_name else []
    return pyca.Name([pyca.NameAttribute(oid, value) for oid, value in parts])


def extensions(
    options: Wanted, own: CertificatePublicKeyTypes, issuer: CertificatePublicKeyTypes
) -> Iterator[tuple[pyca.ExtensionType, bool]]:
    """Yield the extensions that ``options`` ask for, each with whether it is critical."""
    if options.is_ca is not None:
        length = options.path_length if options.is_ca else None
        yield pyca.BasicConstraints(ca=options.is_ca, path_length=length), True
    yield from _usages(options)
    names = _alternative_names(options)
    if names:
        yield pyca.SubjectAlternativeName(names), False
    yield from _key_identifiers(options, own, issuer)
    yield from _addresses(options)
    if options.policies:
        oids = map(pyca.ObjectIdentifier, options.policies)
        yield pyca.CertificatePolicies([pyca.PolicyInformation(oid, None) for oid in oids]), False


def _usages(options: Wanted) -> Iterator[tuple[pyca.ExtensionType, bool]]:
    usage, extended = options.key_usage, options.extended_key_usage
    if usage is not None:
        yield usage_objects.key_usage(usage), True
    if extended is not None:
        yield usage_objects.extended_key_usage(extended), False


def _alternative_names(options: Wanted) -> list[pyca.GeneralName]:
    return [
        *map(pyca.DNSName, options.dns_names),
        *(pyca.IPAddress(ipaddress.ip_address(address)) for address in options.ip_addresses),
        *map(pyca.UniformResourceIdentifier, options.uris),
    ]


def _key_identifiers(
    options: Wanted, own: CertificatePublicKeyTypes, issuer: CertificatePublicKeyTypes
) -> Iterator[tuple[pyca.ExtensionType, bool]]:
    subject_id = _identifier(options.subject_key_identifier, own)
    issuer_id = _identifier(options.authority_key_identifier, issuer)
    if subject_id is not None:
        yield pyca.SubjectKeyIdentifier(subject_id), False
    if issuer_id is not None:
        yield pyca.AuthorityKeyIdentifier(issuer_id, None, None), False


def _identifier(wanted: Identifier, key: CertificatePublicKeyTypes) -> bytes | None:
    return pyca.SubjectKeyIdentifier.from_public_key(key).digest if wanted == "right" else wanted


def _addresses(options: Wanted) -> Iterator[tuple[pyca.ExtensionType, bool]]:
    lists = [
        pyca.DistributionPoint([pyca.UniformResourceIdentifier(url)], None, None, None) for url in options.crl_urls
    ]
    if lists:
        yield pyca.CRLDistributionPoints(lists), False
    access = [
        *_access(AuthorityInformationAccessOID.OCSP, options.ocsp_urls),
        *_access(AuthorityInformationAccessOID.CA_ISSUERS, options.issuer_urls),
    ]
    if access:
        yield pyca.AuthorityInformationAccess(access), False


def _access(method: pyca.ObjectIdentifier, urls: Sequence[str]) -> list[pyca.AccessDescription]:
    return [pyca.AccessDescription(method, pyca.UniformResourceIdentifier(url)) for url in urls]


def sign(builder: pyca.CertificateBuilder, key: FactoryKey, digest: Digest) -> bytes:
    """Return the DER of the certificate, signed; an ECDSA signature without a random number (RFC 6979)."""
    certificate = builder.sign(key, _DIGESTS[digest])  # type: ignore[arg-type]
    signed = certificate.tbs_certificate_bytes
    whole = certificate.public_bytes(Encoding.DER)
    # The builder of the oldest `cryptography` that is supported draws a number, so its signature is replaced.
    rest = whole[whole.index(signed) + len(signed) :]
    algorithm = rest[: 2 + rest[1]]
    signature = der.encode(der.BIT_STRING, b"\0" + _signature(key, signed, _DIGESTS[digest]))
    return der.encode(der.SEQUENCE, signed + algorithm + signature)


def _signature(key: FactoryKey, signed: bytes, digest: hashes.HashAlgorithm) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(signed, ec.ECDSA(digest, deterministic_signing=True))
    return key.sign(signed, padding.PKCS1v15(), digest)
