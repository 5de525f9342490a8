"""What `identify` answers: a kind, a sentence, the certificates, and the PEM that is wanted."""

from __future__ import annotations

import enum

import attrs

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.files import pem


class FileKind(enum.Enum):
    """What a file is; the value is its name in reports."""

    CERTIFICATE = "PEM certificate"
    CHAIN = "PEM certificates of a leaf and of CAs"
    BUNDLE = "PEM certificates"
    DER_CERTIFICATE = "DER certificate"
    BASE64_CERTIFICATE = "Base64 certificate without BEGIN and END lines"
    TRUSTED_CERTIFICATE = "OpenSSL TRUSTED CERTIFICATE"
    CERTIFICATE_AND_KEY = "certificate and private key"
    DAMAGED_CERTIFICATE = "damaged certificate"
    PKCS7 = "PKCS#7"
    PKCS12 = "PKCS#12"
    REQUEST = "certificate request"
    PRIVATE_KEY = "private key"
    ENCRYPTED_PRIVATE_KEY = "encrypted private key"
    PUBLIC_KEY = "public key"
    CRL = "certificate revocation list"
    KEYSTORE = "Java keystore"
    HTML = "HTML page"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    EMPTY = "empty file"
    TEXT = "text"
    BINARY = "binary data"


@attrs.frozen(kw_only=True)
class FileReport:
    """What a file is.

    `sentence` says it to an engineer. `certificates` are those that could be read, in the order of the file.
    `is_ready` says that the file itself is the PEM that is wanted and needs no change. `problems` are what is odd
    about it, each in a few words. `revocation_lists` are the DER of the CRLs, where the file holds those instead.
    """

    kind: FileKind
    sentence: str
    certificates: tuple[Certificate, ...] = ()
    revocation_lists: tuple[bytes, ...] = attrs.field(default=(), repr=False)
    is_ready: bool = False
    where: str = ""
    problems: tuple[str, ...] = ()

    @property
    def pem(self) -> str | None:
        """The file as the PEM that is wanted, or None where none can be made; a private key is never in it."""
        ready = [certificate.to_pem() for certificate in self.certificates]
        lists = [pem.encode(der, "X509 CRL") for der in self.revocation_lists]
        return "".join(ready or lists) or None

    def __str__(self) -> str:
        return self.sentence
