"""One certificate in every container that people have it in."""

import base64
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs7, pkcs12

from expressway_certs.testing import Issued

SHOWN: Final = "O=Example, CN=expe1.example.com\n"


def _pkcs7(issued: Issued, encoding: Encoding) -> bytes:
    return pkcs7.serialize_certificates([issued.certificate.to_cryptography()], encoding)


def _pkcs12(issued: Issued) -> bytes:
    certificate = issued.certificate.to_cryptography()
    return pkcs12.serialize_key_and_certificates(b"x", issued.key, certificate, None, NoEncryption())


def _relabelled(issued: Issued, label: str) -> bytes:
    return issued.pem.replace("CERTIFICATE", label).encode()


CONTAINERS: Final[dict[str, Callable[[Issued], bytes]]] = {
    "PEM": lambda issued: issued.pem.encode(),
    "PEM with text around it": lambda issued: (SHOWN + issued.pem + SHOWN).encode(),
    "PEM with CRLF": lambda issued: issued.pem.replace("\n", "\r\n").encode(),
    "PEM without a final newline": lambda issued: issued.pem.rstrip("\n").encode(),
    "PEM with a byte order mark": lambda issued: issued.pem.encode("utf-8-sig"),
    "PEM in UTF-16": lambda issued: issued.pem.encode("utf-16"),
    "X509 CERTIFICATE": lambda issued: _relabelled(issued, "X509 CERTIFICATE"),
    "TRUSTED CERTIFICATE": lambda issued: _relabelled(issued, "TRUSTED CERTIFICATE"),
    "Base64 alone": lambda issued: base64.encodebytes(issued.der),
    "DER": lambda issued: issued.der,
    "PKCS#7 in DER": lambda issued: _pkcs7(issued, Encoding.DER),
    "PKCS#7 in PEM": lambda issued: _pkcs7(issued, Encoding.PEM),
    "PKCS#12": _pkcs12,
}
"""How a certificate is wrapped, by name."""
