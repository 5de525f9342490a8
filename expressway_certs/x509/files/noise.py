"""Files that are no certificate, key or request at all, told by how they start."""

from __future__ import annotations

from typing import Final

from expressway_certs.x509.files.text import PlainText

_HEAD: Final = 2048
_WHITE: Final = b" \t\r\n\v\f\0\x1a"
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"

EMPTY: Final = "an empty file"
BLANK: Final = "nothing but blank space"
HTML: Final = "an HTML page"
JSON: Final = "JSON"
XML: Final = "XML"
ARCHIVE: Final = "a ZIP archive (or a document made of one)"
GZIP: Final = "a gzip archive"
SEVEN_ZIP: Final = "a 7-Zip archive"
PDF: Final = "a PDF document"
OFFICE: Final = "an Office document"
PICTURE: Final = "a picture"
KEYSTORE: Final = "a Java keystore"
PUTTY_KEY: Final = "a PuTTY private key"
SSH_PUBLIC_KEY: Final = "an SSH public key"
BROKEN_PEM: Final = "PEM with a damaged BEGIN or END line"
BROKEN_BASE64: Final = "Base64 that is cut off or damaged"
TEXT: Final = "text without a certificate in it"
BINARY: Final = "binary data of no known kind"

_HTML_STARTS: Final = tuple(
    b"<" + name for name in (b"!doctype html", b"head", b"body", b"title", b"meta", b"script", b"h1", b"div", b"p>")
)
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PK\x03\x04", ARCHIVE),
    (b"PK\x05\x06", ARCHIVE),
    (b"\x1f\x8b", GZIP),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"%PDF", PDF),
    (b"\xd0\xcf\x11\xe0", OFFICE),
    (b"{\\rtf", OFFICE),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"BM", PICTURE),
    (b"\xfe\xed\xfe\xed", KEYSTORE),
    (b"\xce\xce\xce\xce", KEYSTORE),
    (b"PuTTY-User-Key-File-", PUTTY_KEY),
    (b"ssh-", SSH_PUBLIC_KEY),
    (b"ecdsa-sha2-", SSH_PUBLIC_KEY),
    (b"---- BEGIN SSH2 PUBLIC KEY", SSH_PUBLIC_KEY),
)


def noise(data: bytes, text: PlainText) -> str:
    """What the data is, in words for a sentence."""
    if not data:
        return EMPTY
    if not text.data.strip(_WHITE):
        return BLANK
    for magic, name in _MAGIC:
        if data.startswith(magic) and (name != PICTURE or b"\0" in data[:_HEAD]):
            return name
    head = text.data[:_HEAD].lstrip(_WHITE)
    return _markup(head) or _damaged(text.data, head) or (TEXT if _is_text(head) else BINARY)


def _markup(head: bytes) -> str:
    lowered = head.lower()
    if lowered.startswith(_HTML_STARTS) or b"<html" in lowered:
        return HTML
    if lowered.startswith(b"<?xml"):
        return XML
    return JSON if lowered.startswith((b'{"', b'["', b"[{")) or _is_spaced_json(lowered) else ""


def _is_spaced_json(head: bytes) -> bool:
    return head.startswith((b"{", b"[")) and head[1:].lstrip(_WHITE).startswith((b'"', b"{", b"["))


def _damaged(data: bytes, head: bytes) -> str:
    if b"BEGIN CERT" in data or b"END CERT" in data:
        return BROKEN_PEM
    if head.startswith(b"MI") and len(head) > 64 and len(head.translate(None, _BASE64)) * 50 < len(head):
        return BROKEN_BASE64
    return ""


def _is_text(head: bytes) -> bool:
    controls = sum(byte < 0x20 and byte not in b"\t\r\n\v\f\x1b" for byte in head)
    return controls * 100 < max(1, len(head))
