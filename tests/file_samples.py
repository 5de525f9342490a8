"""Real files of every container that the loaders know, made once in a process."""

import base64
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)

PASSWORD = "secret"
START, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)


@cache
def ca_key() -> ed25519.Ed25519PrivateKey:
    """Return the CA's key, always the same; its signatures are always the same too."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@cache
def leaf_key() -> ec.EllipticCurvePrivateKey:
    """Return the leaf's key, always the same."""
    return ec.derive_private_key(0x1234567890ABCDEF << 128 | 0xFEDCBA, ec.SECP256R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """Return an RSA key that no certificate here has."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def name(common_name: str) -> x509.Name:
    """Return a distinguished name."""
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Example"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name),
        ]
    )


@cache
def ca() -> x509.Certificate:
    """Return a root CA."""
    return (
        x509.CertificateBuilder(name("Root"), name("Root"), ca_key().public_key(), 1, START, END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(ca_key(), None)
    )


@cache
def leaf() -> x509.Certificate:
    """Return a leaf under the root."""
    names = x509.SubjectAlternativeName([x509.DNSName("exp.example.com")])
    usages = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH, x509.ExtendedKeyUsageOID.CLIENT_AUTH])
    return (
        x509.CertificateBuilder(name("Root"), name("exp.example.com"), leaf_key().public_key(), 2, START, END)
        .add_extension(names, critical=False)
        .add_extension(usages, critical=False)
        .sign(ca_key(), None)
    )


def pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate as PEM."""
    return certificate.public_bytes(Encoding.PEM)


def der(certificate: x509.Certificate) -> bytes:
    """Return a certificate as DER."""
    return certificate.public_bytes(Encoding.DER)


@cache
def request() -> x509.CertificateSigningRequest:
    """Return a request with names and usages."""
    names = x509.SubjectAlternativeName([x509.DNSName("exp.example.com")])
    builder = x509.CertificateSigningRequestBuilder(name("exp.example.com")).add_extension(names, critical=False)
    return builder.sign(leaf_key(), hashes.SHA256())


@cache
def crl() -> x509.CertificateRevocationList:
    """Return a CRL with one entry."""
    entry = x509.RevokedCertificateBuilder(2, START).build()
    builder = x509.CertificateRevocationListBuilder(name("Root"), START, END)
    return builder.add_revoked_certificate(entry).sign(ca_key(), None)


def private(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
    private_format: PrivateFormat = PrivateFormat.PKCS8,
    encoding: Encoding = Encoding.PEM,
    password: str = "",
) -> bytes:
    """Return a private key as a file has it."""
    locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return key.private_bytes(encoding, private_format, locked)


def pkcs12_file(password: str = "") -> bytes:
    """Return a PKCS#12 file of the leaf, its key and the CA."""
    locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"exp", leaf_key(), leaf(), [ca()], locked)


@cache
def samples() -> dict[str, bytes]:
    """Return a file of each kind by name."""
    certificates = {
        "leaf.pem": pem(leaf()),
        "chain.pem": pem(leaf()) + pem(ca()),
        "labelled.pem": b"O=Example, CN=Root\n" + pem(ca()) + b"\nO=Example\n" + pem(leaf()),
        "x509.pem": pem(leaf()).replace(b"CERTIFICATE", b"X509 CERTIFICATE"),
        "trusted.pem": pem(leaf()).replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE"),
        "utf16.pem": pem(leaf()).decode().encode("utf-16"),
        "leaf.der": der(leaf()),
        "two.der": der(leaf()) + der(ca()),
        "leaf.b64": base64.encodebytes(der(leaf())),
        "chain.p7b": pkcs7.serialize_certificates([leaf(), ca()], Encoding.DER),
        "chain.p7c": pkcs7.serialize_certificates([leaf(), ca()], Encoding.PEM),
        "open.p12": pkcs12_file(),
        "locked.p12": pkcs12_file(PASSWORD),
    }
    others = {
        "request.csr": request().public_bytes(Encoding.PEM),
        "request.der": request().public_bytes(Encoding.DER),
        "root.crl": crl().public_bytes(Encoding.PEM),
        "root.crl.der": crl().public_bytes(Encoding.DER),
        "public.pem": leaf_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "page.html": b"<!DOCTYPE html><html><body>404</body></html>",
    }
    return certificates | others | key_samples()


@cache
def key_samples() -> dict[str, bytes]:
    """Return the private key files."""
    return {
        "pkcs8.key": private(leaf_key()),
        "pkcs8.der": private(leaf_key(), encoding=Encoding.DER),
        "sec1.key": private(leaf_key(), PrivateFormat.TraditionalOpenSSL),
        "rsa8.key": private(rsa_key()),
        "pkcs1.key": private(rsa_key(), PrivateFormat.TraditionalOpenSSL),
        "pkcs1.der": private(rsa_key(), PrivateFormat.TraditionalOpenSSL, Encoding.DER),
        "openssh.key": private(leaf_key(), PrivateFormat.OpenSSH),
        "ed25519.key": private(ed25519.Ed25519PrivateKey.generate()),
        "locked8.key": private(leaf_key(), password=PASSWORD),
        "locked8.der": private(leaf_key(), encoding=Encoding.DER, password=PASSWORD),
        "locked1.key": private(rsa_key(), PrivateFormat.TraditionalOpenSSL, password=PASSWORD),
    }
