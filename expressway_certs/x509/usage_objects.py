"""Usages by their RFC 5280 names, made into `cryptography`'s extension objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from cryptography import x509 as pyca

from expressway_certs.x509 import usages

_KEY_USAGES: Final = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "content_commitment",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
    "keyCertSign": "key_cert_sign",
    "cRLSign": "crl_sign",
    "encipherOnly": "encipher_only",
    "decipherOnly": "decipher_only",
}
_PKIX: Final = "1.3.6.1.5.5.7.3"
_PURPOSES: Final = {
    usages.purpose_name(oid): oid for oid in (*(f"{_PKIX}.{number}" for number in (1, 2, 3, 4, 8, 9)), "2.5.29.37.0")
}


def key_usage(names: Iterable[str]) -> pyca.KeyUsage:
    """Return the keyUsage extension with ``names`` in it; `ValueError` for one that there is not."""
    wanted = {_known(name, _KEY_USAGES, "key usage") for name in names}
    return pyca.KeyUsage(**{bit: bit in wanted for bit in _KEY_USAGES.values()})


def extended_key_usage(names: Iterable[str]) -> pyca.ExtendedKeyUsage:
    """Return the extendedKeyUsage extension with ``names``, or dotted OIDs, in it; `ValueError` for another name."""
    return pyca.ExtendedKeyUsage(map(_purpose, names))


def _purpose(name: str) -> pyca.ObjectIdentifier:
    dotted = name if name[:1].isdigit() else _known(name, _PURPOSES, "extended key usage")
    return pyca.ObjectIdentifier(dotted)


def _known(name: str, table: Mapping[str, str], what: str) -> str:
    if name not in table:
        raise ValueError(f"no {what} is called {name!r}; there are {', '.join(table)}")
    return table[name]
