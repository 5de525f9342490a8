"""The files that the examples in the docs speak of: a small PKI, and what people upload by mistake.

Run as a program it writes them into the folder that it is given.
"""

import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from docs_site import site_contents, uc_contents

PASSWORD = b"secret"
START = datetime(2025, 1, 1, tzinfo=UTC)
CA_END = datetime(2049, 1, 1, tzinfo=UTC)
LEAF_END = datetime(2045, 1, 1, tzinfo=UTC)
PEER = "expe1.example.com"
ISSUER_URL = "http://pki.example.com/issuing.cer"
CRL_URL = "http://pki.example.com/issuing.crl"


@attrs.frozen
class Signer:
    """A CA: its certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def new_key() -> rsa.RSAPrivateKey:
    """Return an RSA key of the size that the product makes."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def name(common_name: str) -> x509.Name:
    """Return the distinguished name of one of this company's certificates."""
    parts = ((NameOID.COUNTRY_NAME, "NO"), (NameOID.ORGANIZATION_NAME, "Example"), (NameOID.COMMON_NAME, common_name))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def key_usage(*wanted: str) -> x509.KeyUsage:
    """Return a key usage extension with the named bits and no other."""
    bits = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    bits += ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{bit: bit in wanted for bit in bits})


def make_ca(common_name: str, parent: Signer | None, serial: int) -> Signer:
    """Return a CA under *parent*, or a root where there is none."""
    key = new_key()
    issuer_name, issuer_key = (parent.certificate.subject, parent.key) if parent else (name(common_name), key)
    builder = (
        x509.CertificateBuilder(issuer_name, name(common_name), key.public_key(), serial, START, CA_END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0 if parent else None), critical=True)
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    return Signer(builder.sign(issuer_key, hashes.SHA256()), key)


def make_leaf(
    parent: Signer, key: rsa.RSAPrivateKey, *usages: x509.ObjectIdentifier, serial: int = 4711
) -> x509.Certificate:
    """Return the certificate of the Expressway-E peer, for the usages that are named."""
    url = x509.UniformResourceIdentifier(ISSUER_URL)
    crl = x509.DistributionPoint([x509.UniformResourceIdentifier(CRL_URL)], None, None, None)
    return (
        x509.CertificateBuilder(parent.certificate.subject, name(PEER), key.public_key(), serial, START, LEAF_END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage("digital_signature", "key_encipherment"), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(PEER), x509.DNSName("example.com")]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(parent.key.public_key()), critical=False)
        .add_extension(x509.CRLDistributionPoints([crl]), critical=False)
        .add_extension(
            x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, url)]),
            critical=False,
        )
        .sign(parent.key, hashes.SHA256())
    )


def make_crl(issuer: Signer) -> bytes:
    """Return an empty revocation list of *issuer* as PEM."""
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.subject, START, LEAF_END)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def make_ocsp(leaf: x509.Certificate, issuer: Signer) -> bytes:
    """Return the issuer's OCSP response that a leaf is good."""
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=leaf,
        issuer=issuer.certificate,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=START,
        next_update=LEAF_END,
        revocation_time=None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, issuer.certificate)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def make_request(key: rsa.RSAPrivateKey) -> bytes:
    """Return the certificate request of the peer as PEM."""
    names = x509.SubjectAlternativeName([x509.DNSName(PEER)])
    request = x509.CertificateSigningRequestBuilder(name(PEER)).add_extension(names, critical=False)
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def key_files(key: rsa.RSAPrivateKey) -> dict[str, bytes]:
    """Return the peer's private key, open and under a password."""
    plain, locked = NoEncryption(), BestAvailableEncryption(PASSWORD)
    return {
        "leaf.key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, plain),
        "leaf-encrypted.key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked),
    }


def container_files(leaf: x509.Certificate, key: rsa.RSAPrivateKey, parent: x509.Certificate) -> dict[str, bytes]:
    """Return the containers that CAs and Windows tools hand out."""
    locked = BestAvailableEncryption(PASSWORD)
    return {
        "leaf.der": leaf.public_bytes(Encoding.DER),
        "leaf.p7b": pkcs7.serialize_certificates([leaf, parent], Encoding.DER),
        "leaf.p12": pkcs12.serialize_key_and_certificates(b"expe1", key, leaf, [parent], locked),
    }


def mistaken_files(leaf: bytes) -> dict[str, bytes]:
    """Return files that hold no certificate, or one that a tool has spoilt."""
    text = leaf.decode("ascii")
    return {
        "empty.pem": b"",
        "error-page.html": b"<!DOCTYPE html>\n<html><body><h1>404 Not Found</h1></body></html>\n",
        "truncated.pem": text[: len(text) // 2].encode("ascii"),
        "windows.pem": text.replace("\n", "\r\n").encode("utf-16"),
    }


@cache
def contents() -> dict[str, bytes]:
    """Return the content of every file, by its name; made once in a process, for keys take time."""
    root = make_ca("Example Root CA", None, 1)
    other_root = make_ca("Another Root CA", None, 2)
    issuing = make_ca("Example Issuing CA", root, 3)
    key = new_key()
    server, client = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
    leaf = make_leaf(issuing, key, server, client)
    pems = {
        "root.pem": root.certificate,
        "other-root.pem": other_root.certificate,
        "intermediate.pem": issuing.certificate,
        "leaf.pem": leaf,
        "server-only.pem": make_leaf(issuing, key, server, serial=4712),
    }
    files = {file: certificate.public_bytes(Encoding.PEM) for file, certificate in pems.items()}
    files["bundle.pem"] = files["leaf.pem"] + files["intermediate.pem"]
    files["issuing.crl"] = make_crl(issuing)
    files["root.crl"] = make_crl(root)
    files["leaf.ocsp"] = make_ocsp(leaf, issuing)
    files["request.csr"] = make_request(key)
    parts = (key_files(key), container_files(leaf, key, issuing.certificate), mistaken_files(files["leaf.pem"]))
    files |= {file: data for part in parts for file, data in part.items()}
    return files | site_contents(files) | uc_contents(files)


def docs_files(folder: Path) -> None:
    """Write the files into *folder*."""
    for file, data in contents().items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    docs_files(Path(sys.argv[1]))
