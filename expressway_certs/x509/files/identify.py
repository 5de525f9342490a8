"""What is this file? In one sentence, with the PEM that is wanted where one can be made of it."""

from __future__ import annotations

from typing import Final

import attrs

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import asn1, pem
from expressway_certs.x509.files.containers import CERTIFICATE, CRL, Piece, pieces_of
from expressway_certs.x509.files.contents import Contents, Item, contents
from expressway_certs.x509.files.faults import problems_of, saved_as
from expressway_certs.x509.files.others import report_of_noise, report_of_others
from expressway_certs.x509.files.repair import repair
from expressway_certs.x509.files.report import FileKind, FileReport
from expressway_certs.x509.files.shapes import Shape
from expressway_certs.x509.files.source import Source, read_source
from expressway_certs.x509.structure import refused

_KEYS: Final = (Shape.PRIVATE_KEY, Shape.ENCRYPTED_PRIVATE_KEY)
_HOLDERS: Final = (Shape.CERTIFICATE, Shape.PKCS7, Shape.PKCS12)
_LABEL_OF: Final = {
    Shape.CERTIFICATE: "CERTIFICATE",
    Shape.PKCS7: "PKCS7",
    Shape.PKCS12: "PKCS12",
    Shape.CRL: "X509 CRL",
}
_PLAIN: Final = (FileKind.CERTIFICATE, FileKind.CHAIN, FileKind.BUNDLE)


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
    if found.count(*_HOLDERS):
        return _of_certificates(found, password, consumer)
    if found.noise:
        return _put_right(found, consumer) or report_of_noise(found.noise)
    if found.count(Shape.CRL):
        return _of_crl(found, consumer)
    is_broken = any(item.block and item.block.fault for item in found.items)
    return (_put_right(found, consumer) if is_broken else None) or report_of_others(found)


def _of_certificates(found: Contents, password: bytes | str | None, consumer: str) -> FileReport:
    try:
        certificates = tuple(map(_read, _pieces(found, CERTIFICATE, password)))
    except LoadError as error:
        return _put_right(found, consumer) or _without_surplus(found, consumer) or _of_damaged(found, error)
    if not certificates:
        return _of_empty(found, consumer)
    problems = problems_of(found)
    kind, words = _kind_and_words(found, certificates)
    return FileReport(
        kind=kind,
        sentence=_sentence(kind, words, problems, consumer),
        certificates=certificates,
        is_ready=kind in _PLAIN and not problems,
        problems=problems,
    )


def _pieces(found: Contents, want: str, password: bytes | str | None = None) -> tuple[Piece, ...]:
    return pieces_of(found.der, filter(None, map(_with_its_label, found.items)), want, password)


def _read(piece: Piece) -> Certificate:
    certificate = Certificate.from_piece(piece)
    damage = refused(certificate.der)
    if damage:
        remedy = "copy or export it again"
        raise LoadError("the certificate is damaged", found=damage, where=piece.where, remedy=remedy)
    return certificate


def _with_its_label(item: Item) -> pem.Block | None:
    # The one that fits what is in the block, whatever is written on it.
    label = _LABEL_OF.get(item.shape)
    if item.block is None or label is None or (item.shape is Shape.CERTIFICATE and not item.other_label):
        return item.block
    return attrs.evolve(item.block, label=label)


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
        return _bare_kind(certificates)
    if any(item.block and item.block.label == "TRUSTED CERTIFICATE" for item in found.items):
        return FileKind.TRUSTED_CERTIFICATE, f"{_count(certificates)} in OpenSSL's TRUSTED CERTIFICATE format"
    return _plain_kind(certificates)


def _bare_kind(certificates: tuple[Certificate, ...]) -> tuple[FileKind, str]:
    return FileKind.BASE64_CERTIFICATE, f"{_count(certificates)} in Base64 without BEGIN and END lines"


def _plain_kind(certificates: tuple[Certificate, ...]) -> tuple[FileKind, str]:
    if len(certificates) == 1:
        return FileKind.CERTIFICATE, "a PEM certificate"
    authorities = sum(map(_is_authority, certificates))
    leaves = len(certificates) - authorities
    if not authorities or not leaves:
        return FileKind.BUNDLE, f"{len(certificates)} {'CA ' * (not leaves)}certificates in one PEM file"
    return FileKind.CHAIN, f"a PEM file with {_number(leaves, 'leaf')} and {_number(authorities, 'CA')}"


def _is_authority(certificate: Certificate) -> bool:
    # Its role would take a signature check for each, which for thousands of them takes seconds.
    return certificate.is_ca or (certificate.version == 1 and certificate.issuer == certificate.subject)


def _number(count: int, whose: str) -> str:
    return f"one {whose} certificate" if count == 1 else f"{count} {whose} certificates"


def _count(certificates: tuple[Certificate, ...]) -> str:
    return _several(certificates, "a certificate", "certificates")


def _several(certificates: tuple[Certificate, ...], one: str, many: str) -> str:
    return one if len(certificates) == 1 else f"{len(certificates)} {many}"


def _sentence(kind: FileKind, words: str, problems: tuple[str, ...], consumer: str) -> str:
    if kind in _PLAIN:
        if problems:
            glue = " with" if kind is FileKind.CERTIFICATE else ", and with"
            return f"{words}{glue} {_listed(problems)}: {consumer} takes plain PEM; here it is put right"
        return f"{words}{_ADVICE[kind].format(consumer)}"
    if kind is FileKind.CERTIFICATE_AND_KEY:
        return f"{words}: {consumer} takes them as two files; here is the PEM without the key"
    return f"{words}: {consumer} takes PEM; here it is"


# platform.md §1.1: a server certificate is uploaded without its chain.
_ADVICE: Final = {
    FileKind.CERTIFICATE: ", as {} takes it",
    FileKind.CHAIN: ": {} takes the leaf by itself, and the CA certificates as trusted CAs",
    FileKind.BUNDLE: "",
}


def _listed(problems: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(problems[:-1]), problems[-1])))


def _put_right(found: Contents, consumer: str) -> FileReport | None:
    repaired = repair(found.text.data) if found.text else None
    if repaired is None or found.packing == "DER":
        return None
    try:
        certificates = tuple(_read(Piece(der=der)) for der in repaired.ders)
    except LoadError:
        return None
    problems = (*filter(None, [saved_as(found)]), *repaired.problems)
    kind, words = _plain_kind(certificates)
    if repaired.is_bare:
        kind, words = _bare_kind(certificates)
    if found.count(*_KEYS):
        kind, words = FileKind.CERTIFICATE_AND_KEY, f"{_count(certificates)} and a private key in one file"
    return FileReport(
        kind=kind,
        sentence=_sentence(kind, words, problems, consumer),
        certificates=certificates,
        problems=problems,
    )


def _without_surplus(found: Contents, consumer: str) -> FileReport | None:
    # What comes after a whole certificate is left out only where it can't be the rest of something.
    try:
        whole = asn1.read(found.der).whole
        certificate = _read(Piece(der=whole))
    except (asn1.Asn1Error, LoadError):
        return None
    surplus = found.der[len(whole) :]
    if surplus.startswith(b"\x30") or any(start in surplus for start in (b"\x30\x82", b"-----BEGIN ")):
        return None
    problem = f"{len(surplus)} byte{'s' * (len(surplus) > 1)} after its end"
    return FileReport(
        kind=FileKind.DER_CERTIFICATE,
        sentence=f"a DER certificate with {problem}: {consumer} takes PEM; here it is",
        certificates=(certificate,),
        problems=(problem,),
    )


def _of_empty(found: Contents, consumer: str) -> FileReport:
    holder = Shape.PKCS12 if found.count(Shape.PKCS12) else Shape.PKCS7
    kind = FileKind.PKCS12 if holder is Shape.PKCS12 else FileKind.PKCS7
    words = f"{holder.value} without a certificate in it"
    ders = tuple(piece.der for piece in _pieces(found, CRL))
    if ders:
        sentence = f"{words}, but with a certificate revocation list (CRL){_WANTED.format(consumer)}"
        return FileReport(kind=kind, sentence=sentence, revocation_lists=ders, problems=(words,))
    return FileReport(kind=kind, sentence=f"{words}: export it again, with its certificates", problems=(words,))


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


_WANTED: Final = "; where a CRL is wanted, {} takes PEM; here it is"


def _of_crl(found: Contents, consumer: str) -> FileReport:
    words = "a certificate revocation list (CRL), not a certificate"
    try:
        ders = tuple(piece.der for piece in _pieces(found, CRL))
    except LoadError as error:
        problem = _error_words(error)
        return FileReport(kind=FileKind.CRL, sentence=f"{words}, and damaged: {problem}", problems=(problem,))
    problems = problems_of(found)
    is_plain = found.packing == "PEM" and not problems
    advice = ": give the certificate" if is_plain else _WANTED.format(consumer)
    return FileReport(kind=FileKind.CRL, sentence=f"{words}{advice}", revocation_lists=ders, problems=problems)
