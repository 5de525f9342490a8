"""What is this file? In one sentence, with the PEM that is wanted where one can be made of it."""

from __future__ import annotations

import re
from typing import Final

import attrs

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import noise, pem
from expressway_certs.x509.files.containers import Piece, certificate_pieces, crl_ders, pieces_of_blocks
from expressway_certs.x509.files.contents import Contents, contents
from expressway_certs.x509.files.repair import repair
from expressway_certs.x509.files.report import FileKind, FileReport
from expressway_certs.x509.files.shapes import Shape
from expressway_certs.x509.files.source import Source, read_source

_KEYS: Final = (Shape.PRIVATE_KEY, Shape.ENCRYPTED_PRIVATE_KEY)
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
    FileKind.TEXT: "give the certificate as PEM (Base-64)",
    FileKind.BINARY: "give the certificate as PEM (Base-64)",
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
    Shape.OTHER: (FileKind.BINARY, "ASN.1 data of another kind, not a certificate: give the certificate as PEM"),
}


def identify(source: Source, *, password: bytes | str | None = None, consumer: str = "the product") -> FileReport:
    """Say what a file is. `consumer` is what the sentence calls the one that wants PEM.

    No content is an error here; `LoadError` is raised only where the path cannot be read or the input is too large.

    >>> identify("leaf.der").sentence
    'a DER certificate: the product takes PEM; here it is'
    """
    data, where = read_source(source)
    return attrs.evolve(_report(data, where, password, consumer), where=where)


def _report(data: bytes, where: str, password: bytes | str | None, consumer: str) -> FileReport:
    try:
        found = contents(data, where)
    except LoadError as error:
        return FileReport(kind=FileKind.TEXT, sentence=_error_words(error), problems=(_error_words(error),))
    if found.count(Shape.CERTIFICATE, Shape.PKCS7, Shape.PKCS12):
        return _of_certificates(data, found, password, consumer)
    if found.noise:
        return _put_right(found, consumer) or _of_noise(found.noise)
    if found.count(Shape.CRL):
        return _of_crl(data, found, consumer)
    return _of_others(found)


def _of_certificates(data: bytes, found: Contents, password: bytes | str | None, consumer: str) -> FileReport:
    try:
        blocks = [item.block for item in found.items if item.block]
        pieces = pieces_of_blocks(blocks) if blocks else certificate_pieces(data, password=password)
        certificates = tuple(map(_certificate, _some(pieces)))
    except LoadError as error:
        return _put_right(found, consumer) or _of_damaged(found, error)
    problems = _problems(found)
    kind, words = _kind_and_words(found, certificates)
    ready = kind in _PLAIN and not problems
    return FileReport(
        kind=kind,
        sentence=_sentence(kind, words, problems, consumer),
        certificates=certificates,
        is_ready=ready,
        problems=problems,
    )


def _some(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    if pieces:
        return pieces
    raise LoadError("holds no certificate", found="nothing in it", remedy="export it again, with certificates")


def _certificate(piece: Piece) -> Certificate:
    try:
        return Certificate.from_der(piece.der)
    except LoadError as error:
        raise error.at(piece.where) from None


_PLAIN: Final = (FileKind.CERTIFICATE, FileKind.CHAIN, FileKind.BUNDLE)


def _kind_and_words(found: Contents, certificates: tuple[Certificate, ...]) -> tuple[FileKind, str]:
    if found.count(*_KEYS):
        return FileKind.CERTIFICATE_AND_KEY, f"{_count(certificates)} and a private key in one file"
    if found.count(Shape.PKCS12):
        return FileKind.PKCS12, f"a PKCS#12 file with {_count(certificates)}"
    if found.count(Shape.PKCS7):
        return FileKind.PKCS7, f"a PKCS#7 file with {_count(certificates)}"
    if found.packing == "DER":
        return FileKind.DER_CERTIFICATE, _several(certificates, "a DER certificate", "DER certificates")
    if found.packing == "Base64":
        words = _several(certificates, "a certificate", "certificates")
        return FileKind.BASE64_CERTIFICATE, f"{words} in Base64 without BEGIN and END lines"
    if any(item.block and item.block.label == "TRUSTED CERTIFICATE" for item in found.items):
        return FileKind.TRUSTED_CERTIFICATE, f"{_count(certificates)} in OpenSSL's TRUSTED CERTIFICATE format"
    return _plain_kind(certificates)


def _plain_kind(certificates: tuple[Certificate, ...]) -> tuple[FileKind, str]:
    if len(certificates) == 1:
        return FileKind.CERTIFICATE, "a PEM certificate"
    authorities = sum(map(_is_authority, certificates))
    leaves = len(certificates) - authorities
    if not authorities or not leaves:
        return FileKind.BUNDLE, f"{len(certificates)} {'CA ' * (not leaves)}certificates in one PEM file"
    words = f"a PEM file with {_number(leaves, 'leaf certificate')} and {_number(authorities, 'CA certificate')}"
    return FileKind.CHAIN, words


def _is_authority(certificate: Certificate) -> bool:
    # Its role would take a signature check for each, which for thousands of them takes seconds.
    return certificate.is_ca or (certificate.version == 1 and certificate.issuer == certificate.subject)


def _number(count: int, noun: str) -> str:
    return f"one {noun}" if count == 1 else f"{count} {noun}s"


def _count(certificates: tuple[Certificate, ...]) -> str:
    return _several(certificates, "a certificate", "certificates")


def _several(certificates: tuple[Certificate, ...], one: str, many: str) -> str:
    return one if len(certificates) == 1 else f"{len(certificates)} {many}"


def _sentence(kind: FileKind, words: str, problems: tuple[str, ...], consumer: str) -> str:
    if kind in _PLAIN:
        if not problems:
            return f"{words}, as {consumer} takes it" if kind is FileKind.CERTIFICATE else words
        return f"{words} with {' and '.join(problems)}: {consumer} takes plain PEM; here it is put right"
    if kind is FileKind.CERTIFICATE_AND_KEY:
        return f"{words}: {consumer} takes them as two files; here is the PEM without the key"
    return f"{words}: {consumer} takes PEM; here it is"


def _problems(found: Contents) -> tuple[str, ...]:
    if found.packing != "PEM" or found.text is None:
        return ()
    problems = [_saved_as(found), "bytes that are no text (NUL)" if b"\0" in found.text.data else ""]
    data = found.text.data
    blocks = [item.block for item in found.items if item.block and item.shape is Shape.CERTIFICATE]
    problems += [name for name, is_so in _FAULTS if any(is_so(data, block) for block in blocks)]
    return tuple(filter(None, problems))


def _saved_as(found: Contents) -> str:
    text = found.text
    if text is None or not text.saved_as:
        return ""
    if text.saved_as == "UTF-16":
        return "two bytes for each character (UTF-16)"
    # A byte order mark hurts only where the BEGIN line is the first: OpenSSL passes over other text.
    return "a byte order mark before the BEGIN line" if text.data.startswith(b"-----BEGIN ") else ""


def _has_lone_returns(data: bytes, block: pem.Block) -> bool:
    start = max(0, block.start - 1)
    return data.find(b"\r", start, block.body_end) >= 0 and bool(_LONE_RETURN.search(data, start, block.body_end))


def _is_indented(data: bytes, block: pem.Block) -> bool:
    return any(at and data[at - 1 : at] not in {b"\n", b"\r"} for at in (block.start, block.body_end))


def _has_blank_lines(data: bytes, block: pem.Block) -> bool:
    # One right after the BEGIN line does no harm.
    return any(data.find(blank, block.body + 2, block.body_end) >= 0 for blank in (b"\n\n", b"\n\r\n"))


# What OpenSSL stumbles over although every byte of the certificate is there.
_LONE_RETURN: Final = re.compile(rb"\r[^\r\n]")
_FAULTS: Final = (
    ("lone carriage returns for line breaks", _has_lone_returns),
    ("spaces before the BEGIN or END line", _is_indented),
    ("blank lines inside a block", _has_blank_lines),
)


def _put_right(found: Contents, consumer: str) -> FileReport | None:
    repaired = repair(found.text.data) if found.text else None
    if repaired is None or found.packing == "DER":
        return None
    try:
        certificates = tuple(map(Certificate.from_der, repaired.ders))
    except LoadError:
        return None
    problems = (*filter(None, [_saved_as(found)]), *repaired.problems)
    kind, words = _plain_kind(certificates)
    if found.count(*_KEYS):
        kind, words = FileKind.CERTIFICATE_AND_KEY, f"{_count(certificates)} and a private key in one file"
    return FileReport(
        kind=kind,
        sentence=_sentence(kind, words, problems or ("a damaged frame",), consumer),
        certificates=certificates,
        problems=problems or ("a damaged frame",),
    )


def _of_damaged(found: Contents, error: LoadError) -> FileReport:
    words = _error_words(error)
    if found.count(Shape.PKCS12):
        return FileReport(kind=FileKind.PKCS12, sentence=f"{error.found}: {error.remedy}", problems=(words,))
    if found.count(Shape.PKCS7):
        return FileReport(
            kind=FileKind.PKCS7, sentence=f"a PKCS#7 file that gives no certificate: {words}", problems=(words,)
        )
    return FileReport(kind=FileKind.DAMAGED_CERTIFICATE, sentence=f"a damaged certificate: {words}", problems=(words,))


def _error_words(error: LoadError) -> str:
    place = f" ({error.where})" if error.where else ""
    return f"{error.found}{place}; {error.remedy}"


def _of_noise(words: str) -> FileReport:
    kind = _NOISE.get(words, FileKind.TEXT)
    return FileReport(kind=kind, sentence=f"{words}: {_ADVICE[kind]}", problems=(words,))


def _of_crl(data: bytes, found: Contents, consumer: str) -> FileReport:
    words = "a certificate revocation list (CRL), not a certificate"
    try:
        ders = crl_ders(data)
    except LoadError as error:
        problem = _error_words(error)
        return FileReport(kind=FileKind.CRL, sentence=f"{words}, and damaged: {problem}", problems=(problem,))
    advice = "" if found.packing == "PEM" else f"; where a CRL is wanted, {consumer} takes PEM; here it is"
    return FileReport(kind=FileKind.CRL, sentence=f"{words}{advice or ': give the certificate'}", revocation_lists=ders)


def _of_others(found: Contents) -> FileReport:
    shapes = [item.shape for item in found.items]
    for shape, (kind, sentence) in _OTHERS.items():
        if shape in shapes:
            return FileReport(kind=kind, sentence=sentence)
    return FileReport(kind=FileKind.BINARY, sentence=_OTHERS[Shape.OTHER][1])
