"""What a file without any certificate is: its kind, and the sentence that says what to do instead."""

from __future__ import annotations

from typing import Final

from expressway_certs.x509.files import noise
from expressway_certs.x509.files.contents import Contents
from expressway_certs.x509.files.report import FileKind, FileReport
from expressway_certs.x509.files.shapes import Shape

_GIVE_PEM: Final = "give the certificate as PEM (Base-64)"
_NOISE: Final = {
    noise.EMPTY: FileKind.EMPTY,
    noise.BLANK: FileKind.EMPTY,
    noise.HTML: FileKind.HTML,
    noise.ARCHIVE: FileKind.ARCHIVE,
    noise.GZIP: FileKind.ARCHIVE,
    noise.SEVEN_ZIP: FileKind.ARCHIVE,
    noise.PDF: FileKind.DOCUMENT,
    noise.OFFICE: FileKind.DOCUMENT,
    noise.PICTURE: FileKind.DOCUMENT,
    noise.KEYSTORE: FileKind.KEYSTORE,
    noise.PUTTY_KEY: FileKind.PRIVATE_KEY,
    noise.SSH_PUBLIC_KEY: FileKind.PUBLIC_KEY,
    noise.BROKEN_PEM: FileKind.DAMAGED_CERTIFICATE,
    noise.BROKEN_BASE64: FileKind.DAMAGED_CERTIFICATE,
    noise.BINARY: FileKind.BINARY,
}
_ADVICE: Final = {
    FileKind.EMPTY: "download or export it again",
    FileKind.HTML: "the download went wrong, most likely at a log-in or an error page; download the certificate again",
    FileKind.ARCHIVE: "unpack it first, the certificate is inside if anywhere",
    FileKind.DOCUMENT: "ask for the certificate as a file of its own, in PEM (Base-64)",
    FileKind.KEYSTORE: "export the certificate with: keytool -exportcert -rfc",
    FileKind.PRIVATE_KEY: "keep it secret, and give the certificate that belongs to it",
    FileKind.PUBLIC_KEY: "give the certificate that holds it",
    FileKind.DAMAGED_CERTIFICATE: "copy or export it again, in full",
    FileKind.TEXT: _GIVE_PEM,
    FileKind.BINARY: _GIVE_PEM,
}
_OTHERS: Final = {
    Shape.REQUEST: (
        FileKind.REQUEST,
        "a certificate request (CSR), not a certificate: send it to the CA, and give the certificate that comes back",
    ),
    Shape.ENCRYPTED_PRIVATE_KEY: (
        FileKind.ENCRYPTED_PRIVATE_KEY,
        (
            "a private key under a password, not a certificate: keep it secret; where a key is wanted, it is wanted "
            "without a password"
        ),
    ),
    Shape.PRIVATE_KEY: (
        FileKind.PRIVATE_KEY,
        "a private key, not a certificate: keep it secret, and give the certificate that belongs to it",
    ),
    Shape.PUBLIC_KEY: (FileKind.PUBLIC_KEY, "a public key, not a certificate: give the certificate that holds it"),
    Shape.OCSP_RESPONSE: (FileKind.BINARY, "an OCSP response, not a certificate: give the certificate"),
}


def report_of_noise(words: str) -> FileReport:
    """Say what a file is in which nothing known was found."""
    kind = _NOISE.get(words, FileKind.TEXT)
    return FileReport(kind=kind, sentence=f"{words}: {_ADVICE[kind]}", problems=(words,))


def report_of_others(found: Contents) -> FileReport:
    """Say what a file is that holds requests, keys and the like alone."""
    shapes = [item.shape for item in found.items]
    for shape, (kind, sentence) in _OTHERS.items():
        if shape in shapes:
            return FileReport(kind=kind, sentence=sentence)
    return FileReport(kind=FileKind.BINARY, sentence=f"{found.items[0].name}, not a certificate: {_GIVE_PEM}")
