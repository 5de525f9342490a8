"""The options that make another certificate like one that there is."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from expressway_certs.testing.keys import FactoryKey, KeyKind
from expressway_certs.testing.options import Options
from expressway_certs.x509.certificate import Certificate

_CURVES: Final[dict[str, KeyKind]] = {"secp256r1": "ec", "secp384r1": "ec-384", "secp521r1": "ec-521"}
_SIZES: Final[dict[int, KeyKind]] = {1024: "rsa-1024", 2048: "rsa", 3072: "rsa-3072", 4096: "rsa-4096"}


def like(certificate: Certificate) -> Options:
    """Return the subject, names, usages and addresses of a certificate of the factory as options."""
    subject = certificate.to_cryptography().subject
    organizations = [str(one.value) for one in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    named = {NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME}
    usage, extended = certificate.key_usage, certificate.extended_key_usage
    options: Options = {
        "organization": next(iter(organizations), None),
        "attributes": [(one.oid.dotted_string, str(one.value)) for one in subject if one.oid not in named],
        "dns_names": certificate.dns_names,
        "ip_addresses": tuple(map(str, certificate.ip_addresses)),
        "uris": certificate.uris,
        "key_usage": None if usage is None else sorted(usage),
        "extended_key_usage": None if extended is None else sorted(extended),
        "is_ca": certificate.is_ca,
        "path_length": certificate.path_length,
        "policies": sorted(certificate.policies),
        "crl_urls": certificate.crl_urls,
        "ocsp_urls": certificate.ocsp_urls,
        "issuer_urls": certificate.issuer_urls,
    }
    return options


def kind_of(key: FactoryKey) -> KeyKind:
    """Return which kind of key it is."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _CURVES[key.curve.name]
    return _SIZES[key.key_size]
