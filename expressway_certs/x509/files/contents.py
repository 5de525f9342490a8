"""What is in a file, block by block, without opening anything that needs a password."""

from __future__ import annotations

import binascii
from typing import Final

import attrs

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import asn1, pem
from expressway_certs.x509.files.noise import noise
from expressway_certs.x509.files.shapes import Shape, shape
from expressway_certs.x509.files.source import printable
from expressway_certs.x509.files.text import PlainText, plain_text

_WHITE: Final = b" \t\r\n\v\f\0\x1a"
_BASE64_START: Final = b"MI"
_HEAD: Final = 400
_USUAL: Final = {
    Shape.CERTIFICATE: pem.CERTIFICATE_LABELS | {""},
    Shape.PKCS7: pem.CERTIFICATE_LABELS | pem.PKCS7_LABELS | {""},
    Shape.PKCS12: pem.PKCS12_LABELS | {""},
    Shape.CRL: pem.CRL_LABELS | {""},
}
# What parameters and keys look like is too little to say against a label; these have a shape of their own.
_UNMISTAKABLE: Final = {Shape.CERTIFICATE, Shape.REQUEST, Shape.CRL, Shape.PKCS7, Shape.PKCS12}
_ANY: Final = set(Shape) - {Shape.OTHER}
_OPENSSH_MAGIC: Final = b"openssh-key-v1\0"
_PLURALS: Final = {
    Shape.CERTIFICATE: "certificates",
    Shape.REQUEST: "certificate requests",
    Shape.CRL: "certificate revocation lists (CRLs)",
    Shape.PRIVATE_KEY: "private keys",
    Shape.ENCRYPTED_PRIVATE_KEY: "encrypted private keys",
    Shape.PUBLIC_KEY: "public keys",
}


@attrs.frozen(kw_only=True)
class Item:
    """One thing in a file: what it is by its label or shape, and its PEM block where it is one."""

    shape: Shape
    block: pem.Block | None = None

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        if self.shape is Shape.OTHER and self.block:
            return f"PEM of another kind ({printable(self.block.label)})"
        return f"{self.shape.value} under the label {self.other_label!r}" if self.other_label else self.shape.value

    @property
    def other_label(self) -> str:
        """The label of the block, where it is none that such a thing goes by."""
        label = self.block.label if self.block else ""
        return printable(label) if self.shape in _USUAL and label not in _USUAL[self.shape] else ""


@attrs.frozen(kw_only=True)
class Contents:
    """What a file holds: `packing` is "DER", "PEM", "Base64" or "" where nothing known was found."""

    packing: str
    items: tuple[Item, ...] = ()
    noise: str = ""
    text: PlainText | None = None
    der: bytes = attrs.field(default=b"", repr=False)

    def count(self, *shapes: Shape) -> int:
        """How many items are of one of these shapes."""
        return sum(item.shape in shapes for item in self.items)


def contents(data: bytes, where: str = "") -> Contents:
    """Look through the data. Raises `LoadError` only where there are more blocks than are looked at."""
    if is_der(data):
        kind = shape(data) or Shape.OTHER
        return Contents(packing="DER", items=(Item(shape=kind),), der=data)
    text = plain_text(data)
    items = tuple(Item(shape=_shape_of(block), block=block) for block in pem.blocks(text, where))
    if items:
        return Contents(packing="PEM", items=items, text=text)
    bare = bare_base64(text.data)
    if bare:
        return Contents(packing="Base64", items=(Item(shape=shape(bare) or Shape.OTHER),), text=text, der=bare)
    return Contents(packing="", noise=noise(data, text), text=text)


def describe(data: bytes) -> str:
    """What the data is, in words that follow "found"."""
    try:
        found = contents(data)
    except LoadError as error:
        return error.found
    return found.noise or _in_words(found.items)


def is_der(data: bytes) -> bool:
    """Whether the data is binary ASN.1 and not text."""
    if len(data) < 2 or data[0] != asn1.SEQUENCE:
        return False
    if data[1] >= 0x80:
        return data[1] <= 0x88
    return len(data) >= 2 + data[1] and shape(data) not in {None, Shape.OTHER}


def bare_base64(data: bytes) -> bytes | None:
    """The bytes behind Base64 that has no BEGIN and END lines, or None where the text is no such thing."""
    if len(data) > pem.MAX_BLOCK_BYTES or not data.lstrip(_WHITE).startswith(_BASE64_START):
        return None
    try:
        decoded = pem.base64_bytes(data.strip(_WHITE))
    except binascii.Error:
        return None
    return None if shape(decoded) in {None, Shape.OTHER} else decoded


def is_encrypted(block: pem.Block) -> bool:
    """Whether a private key block needs a password: by its label, its headers, or OpenSSH's cipher name."""
    if block.label == "ENCRYPTED PRIVATE KEY":
        return True
    head = block.text.data[block.body : min(block.body_end, block.body + _HEAD)]
    if b"ENCRYPTED" in head:
        return True
    return block.label == "OPENSSH PRIVATE KEY" and _openssh_cipher(head) not in {b"", b"none"}


def _openssh_cipher(head: bytes) -> bytes:
    compact = head.translate(None, _WHITE)[:200]
    try:
        start = binascii.a2b_base64(compact[: len(compact) // 4 * 4])
    except binascii.Error:
        return b""
    if not start.startswith(_OPENSSH_MAGIC):
        return b""
    rest = start[len(_OPENSSH_MAGIC) :]
    return rest[4 : 4 + int.from_bytes(rest[:4], "big")]


def _shape_of(block: pem.Block) -> Shape:
    # Some CAs put PKCS#7 under CERTIFICATE, and people change labels by hand: the content decides if it can be read.
    start = pem.start_of(block)
    found = shape(start) if start else None
    trusted = _ANY if block.label in pem.CERTIFICATE_LABELS | pem.PKCS7_LABELS else _UNMISTAKABLE
    return found if found in trusted else _by_label(block)


def _by_label(block: pem.Block) -> Shape:
    label = block.label
    if label in pem.CERTIFICATE_LABELS:
        return Shape.CERTIFICATE
    if label in pem.PKCS7_LABELS:
        return Shape.PKCS7
    if label in pem.PKCS12_LABELS:
        return Shape.PKCS12
    if label in pem.REQUEST_LABELS:
        return Shape.REQUEST
    if label in pem.CRL_LABELS:
        return Shape.CRL
    if "PRIVATE KEY" in label:
        return Shape.ENCRYPTED_PRIVATE_KEY if is_encrypted(block) else Shape.PRIVATE_KEY
    return Shape.PUBLIC_KEY if label.endswith("PUBLIC KEY") else Shape.OTHER


def _in_words(items: tuple[Item, ...]) -> str:
    parts: list[str] = []
    for kind in dict.fromkeys(item.shape for item in items):
        names = [item.name for item in items if item.shape is kind]
        parts.append(f"{len(names)} {_PLURALS[kind]}" if len(names) > 1 and kind in _PLURALS else names[0])
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
