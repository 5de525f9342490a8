"""How the text of a value becomes what a field of the model holds."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from expressway_certs.product.provenance import Source
from expressway_certs.product.revocation import CrlChecking
from expressway_certs.product.zones import MediaEncryption

if TYPE_CHECKING:
    from expressway_certs.sources.xconfiguration.value import XConfiguration

T = TypeVar("T")

_WORDS: Final = {"on": True, "yes": True, "true": True, "enabled": True,
                 "off": False, "no": False, "false": False, "disabled": False}  # fmt: skip
_MEDIA: Final = {
    "on": MediaEncryption.FORCED,
    "off": MediaEncryption.UNENCRYPTED,
    "besteffort": MediaEncryption.BEST_EFFORT,
    "auto": MediaEncryption.AUTO,
}


@attrs.frozen(kw_only=True)
class Setting:
    """A row: the key of a dump, the field of the model that it sets, how its text is read, and the source.

    A zone's keys are without "Zones Zone n"; a field with a dot is a part of the value in a field. ``read`` raises
    `ValueError` for what the key cannot hold; ``wanted`` says what it can. An empty value sets nothing.
    """

    key: str
    field: str
    read: Callable[[str], Any]
    wanted: str
    source: Source


def switch(text: str) -> bool:
    """Read On or Off."""
    return _among(text, _WORDS)


def media(text: str) -> MediaEncryption:
    """Read a media encryption mode."""
    return _among(text, _MEDIA)


def asks_for_certificate(text: str) -> bool:
    """Read the mode of client certificate-based security: a certificate is asked for in any but NotRequired."""
    return _among(text, {"notrequired": False, "validation": True, "authentication": True})


def crl_checking(text: str) -> CrlChecking:
    """Read None, Peer or All."""
    return _among(text, {one.value.lower(): one for one in CrlChecking})


def fails(text: str) -> bool:
    """Read Ignore or Fail."""
    return _among(text, {"ignore": False, "fail": True})


def address(text: str) -> str:
    """Read an IP address."""
    return str(ipaddress.ip_address(text))


def listed(text: str) -> tuple[str, ...]:
    """Read names with commas in between."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def puts_ecdsa_first(text: str) -> bool:
    """Read a cipher list: ECDSA goes first unless RSA is named before it, or ECDSA put last or out (mra.md A2.1)."""
    ciphers = text.upper().split(":")
    return not ciphers[0].startswith("ECDHE-RSA") and "+ECDSA" not in ciphers and "!ECDSA" not in ciphers


def _among(text: str, words: dict[str, T]) -> T:
    found = words.get(text.strip().lower())
    if found is None:
        raise ValueError(text)
    return found


def settings_of(dump: XConfiguration, rows: tuple[Setting, ...], prefix: str = "") -> dict[str, Any]:
    """Return the fields that rows of a table give; `LoadError` for a value that its key cannot have."""
    found = {}
    for row in rows:
        text = dump.get(prefix + row.key, "").strip()
        if text:
            try:
                found[row.field] = row.read(text)
            except ValueError:
                raise dump.bad(prefix + row.key, row.wanted) from None
    return found
