"""What holds certificates and CRLs, opened: PEM, DER, bare Base64, PKCS#7 and PKCS#12, each to pieces of DER."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import asn1, pem, pkcs7, pkcs12
from expressway_certs.x509.files.contents import bare_base64, describe, is_der
from expressway_certs.x509.files.shapes import Shape, shape
from expressway_certs.x509.files.text import PlainText, plain_text

CERTIFICATE: Final = "certificate"
CRL: Final = "CRL"

_WHITE: Final = b" \t\r\n\v\f\0\x1a"
_AGAIN: Final = "copy or export it again"
_SHAPES: Final = {CERTIFICATE: Shape.CERTIFICATE, CRL: Shape.CRL}
_LABELS: Final = {
    CERTIFICATE: pem.CERTIFICATE_LABELS | pem.PKCS7_LABELS | pem.PKCS12_LABELS,
    CRL: pem.CRL_LABELS | pem.PKCS7_LABELS,
}


@attrs.frozen(kw_only=True)
class Piece:
    """One certificate or CRL of an input: its DER, and the PEM block that it came out of, if any."""

    der: bytes = attrs.field(repr=False)
    origin: str = ""
    block: pem.Block | None = None

    @property
    def where(self) -> str:
        """The input, and the block and line in it, for messages."""
        return self.block.place(self.origin) if self.block else self.origin


def certificate_ders(data: bytes, *, where: str = "", password: bytes | str | None = None) -> tuple[bytes, ...]:
    """Every certificate in the data, in its order, as DER.

    Takes PEM with anything around it, DER, Base64 without its frame, PKCS#7 and PKCS#12. Raises `LoadError` where
    there is none, saying what there is, and where one of them is damaged or a password is missing or wrong.
    """
    return tuple(piece.der for piece in certificate_pieces(data, where=where, password=password))


def certificate_pieces(data: bytes, *, where: str = "", password: bytes | str | None = None) -> tuple[Piece, ...]:
    """`certificate_ders`, with the place that each came from."""
    return _pieces(data, CERTIFICATE, where, password)


def pieces_of(
    der: bytes, blocks: Iterable[pem.Block], want: str = CERTIFICATE, password: bytes | str | None = None
) -> tuple[Piece, ...]:
    """The pieces, perhaps none, of PEM blocks that were found already, or of DER where there are none."""
    return _of_binary(der, want, "", password) if der else _of_blocks(blocks, want, "", password)


def crl_ders(data: bytes, *, where: str = "") -> tuple[bytes, ...]:
    """Every CRL in the data, in its order, as DER: from PEM, DER, Base64 without its frame and PKCS#7.

    Raises `LoadError` where there is none, saying what there is.
    """
    return tuple(piece.der for piece in _pieces(data, CRL, where, None))


def _pieces(data: bytes, want: str, where: str, password: bytes | str | None) -> tuple[Piece, ...]:
    binary = is_der(data)
    found = _of_binary(data, want, where, password) if binary else _of_text(plain_text(data), want, where, password)
    if not found:
        raise LoadError(f"holds no {want}", found=_described(data, want), where=where, remedy=_remedy(data, want))
    return found


def _described(data: bytes, want: str) -> str:
    found = describe(data)
    return f"{found} without a {want} in it" if found in {Shape.PKCS7.value, Shape.PKCS12.value} else found


def _remedy(data: bytes, want: str) -> str:
    if not data.strip(_WHITE):
        return "export or copy it again"
    return f"give a file with a {want}, best as PEM (Base-64)"


def _of_text(text: PlainText, want: str, where: str, password: bytes | str | None) -> tuple[Piece, ...]:
    found = _of_blocks(pem.blocks(text, where), want, where, password)
    if found:
        return found
    bare = bare_base64(text.data)
    return _of_binary(bare, want, where, password) if bare else ()


def _of_blocks(blocks: Iterable[pem.Block], want: str, where: str, password: bytes | str | None) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for block in blocks:
        if block.label in _LABELS[want]:
            found.extend(_of_block(block, want, where, password))
            _limit(found, where)
    return tuple(found)


def _of_block(block: pem.Block, want: str, where: str, password: bytes | str | None) -> Iterator[Piece]:
    der = pem.decode(block, where)
    kind = shape(der)
    if kind is Shape.PKCS12 and want is CERTIFICATE:
        for inner in pkcs12.certificates(der, password=password, where=block.place(where)):
            yield Piece(der=inner, origin=where, block=block)
        return
    if kind is Shape.PKCS7:
        read = pkcs7.certificates if want is CERTIFICATE else pkcs7.crls
        for inner in read(der, block.place(where)):
            yield Piece(der=inner, origin=where, block=block)
        return
    if kind is not _SHAPES[want]:
        raise LoadError(
            f"the {block.label} block holds no {want}",
            found=kind.value if kind else "bytes that are no ASN.1" if der else "nothing between BEGIN and END line",
            where=block.place(where),
            remedy=_AGAIN,
        )
    end = _end_of_element(der, block, where)
    if block.label != "TRUSTED CERTIFICATE" and der[end:].strip(b"\0\r\n"):
        raise _surplus(block, len(der) - end, where)
    yield Piece(der=der[:end], origin=where, block=block)


def _end_of_element(der: bytes, block: pem.Block, where: str) -> int:
    try:
        return asn1.read(der).end
    except asn1.CutOffError as error:
        odd = pem.odd_line(block)
        short = f"{error.there} of its {error.wanted} bytes: its end is cut off or a line is missing"
        raise LoadError(
            f"the {block.label} block is damaged",
            found=odd[1] if odd else short,
            where=block.place_of_line(where, odd[0]) if odd else block.place(where, block.body_end - 1),
            remedy="copy the block again from its source; nothing of it may be missing",
        ) from None
    except asn1.Asn1Error as error:
        raise LoadError(
            f"the {block.label} block is damaged", found=str(error), where=block.place(where), remedy=_AGAIN
        ) from None


def _surplus(block: pem.Block, count: int, where: str) -> LoadError:
    odd = pem.odd_line(block)
    return LoadError(
        f"the {block.label} block is damaged",
        found=f"{count} bytes after the end of what it holds" + (f" ({odd[1]})" if odd else ""),
        where=block.place(where),
        remedy="put each certificate into a block of its own, between its BEGIN and END lines",
    )


def _of_binary(data: bytes, want: str, where: str, password: bytes | str | None) -> tuple[Piece, ...]:
    kind = shape(data)
    if kind is Shape.PKCS12:
        ders = pkcs12.certificates(data, password=password, where=where) if want is CERTIFICATE else ()
        return tuple(Piece(der=der, origin=where) for der in ders)
    if kind is Shape.PKCS7:
        ders = pkcs7.certificates(data, where) if want is CERTIFICATE else pkcs7.crls(data, where)
        return tuple(Piece(der=der, origin=where) for der in ders)
    if kind is not _SHAPES[want]:
        return ()
    return tuple(_in_a_row(data, want, where))


def _in_a_row(data: bytes, want: str, where: str) -> Iterator[Piece]:
    position, count, size = 0, 0, len(data.rstrip(_WHITE))
    while position < size:
        count += 1
        try:
            element = asn1.read(data, position)
        except asn1.Asn1Error as error:
            if position and not data[position:].strip(_WHITE):
                return
            raise _broken_row(error, position, count, want, where, data) from None
        if count > pem.MAX_BLOCKS:
            raise _too_many(where)
        if shape(element.whole) is not _SHAPES[want]:
            raise _broken_row(asn1.Asn1Error(f"no {want}"), position, count, want, where, data)
        yield Piece(der=element.whole, origin=where)
        position = element.end


def _broken_row(error: asn1.Asn1Error, position: int, count: int, want: str, where: str, data: bytes) -> LoadError:
    is_start = shape(data[position:]) is _SHAPES[want]
    if isinstance(error, asn1.CutOffError) and (is_start or not position):
        found = f"{error.there} of its {error.wanted} bytes: it is cut off"
    elif is_start:
        found = f"bytes that are no {want}"
    else:
        found = f"something that is no {want} from byte {position} on"
    return LoadError(
        f"{want} number {count}, at byte {position}, is damaged",
        found=found,
        where=where,
        remedy="copy or export it again, in full",
    )


def _limit(found: list[Piece], where: str) -> None:
    if len(found) > pem.MAX_BLOCKS:
        raise _too_many(where)


def _too_many(where: str) -> LoadError:
    return LoadError(
        "more in one file than is looked at",
        found=f"more than {pem.MAX_BLOCKS} certificates",
        where=where,
        remedy="split the collection into several files",
    )
