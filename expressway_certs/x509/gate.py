"""The quick look at a certificate before it is taken: `cryptography`'s strict parser, which is written in Rust."""

from __future__ import annotations

import re

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

_NULL = b"\x05\x00"
_RSA = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01"
_SERIAL_LENGTH = 14
# How nearly every certificate begins: two long sequences, version 3, a serial number above zero.
_starts_as_usual = re.compile(
    rb"\x30\x82..\x30\x82..\xa0\x03\x02\x01\x02\x02.(?:[\x01-\x7f]|\x00[\x80-\xff])", re.DOTALL
).match


def is_sound(certificate: bytes) -> bool:
    """Whether the strict parser takes a DER certificate, without a word of complaint.

    The parser warns of some old sins that OpenSSL passes over; a library must not warn its users
    of other people's certificates, so those count as not sound, for the caller to look closer.
    """
    if not _starts_as_usual(certificate):
        return False
    at = certificate[_SERIAL_LENGTH] + _SERIAL_LENGTH + 1
    algorithm = certificate[at + 2 : at + 2 + certificate[at + 1]] if at + 1 < len(certificate) else b""
    # RFC 5758 §3 wants no parameters for ECDSA and DSA.
    if algorithm.endswith(_NULL) and _RSA not in algorithm:
        return False
    try:
        x509.load_der_x509_certificate(certificate)
    except (ValueError, UnsupportedAlgorithm, Warning):
        return False
    return True
