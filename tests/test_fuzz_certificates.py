"""Certificates whose parts are made to hurt: read in full they give values, in little time and memory."""

import time
import tracemalloc
from collections.abc import Callable
from typing import Final

import pytest
from test_fuzz_loaders import MEMORY, SECONDS, element, read_all

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError

ED25519: Final = element(0x30, bytes.fromhex("06032b6570"))
VALIDITY: Final = element(0x30, element(0x17, b"250101000000Z") + element(0x17, b"450101000000Z"))
KEY: Final = element(0x30, ED25519 + element(0x03, b"\0" + bytes(32)))
RSA: Final = element(0x30, bytes.fromhex("06092a864886f70d0101010500"))
COMMON_NAME: Final = b"\x55\x04\x03"
ALTERNATIVE_NAMES: Final = b"\x55\x1d\x11"
EXTENDED_KEY_USAGE: Final = b"\x55\x1d\x25"
MANY: Final = 100_000


def certificate(*, name: bytes = b"", serial: bytes = b"\x01", key: bytes = KEY, extensions: bytes = b"") -> bytes:
    """Return a certificate with a part of one's own; its signature is zeros."""
    who = element(0x30, name)
    listed = element(0xA3, element(0x30, extensions)) if extensions else b""
    fields = (bytes.fromhex("a003020102"), element(0x02, serial), ED25519, who, VALIDITY, who, key, listed)
    return element(0x30, element(0x30, b"".join(fields)) + ED25519 + element(0x03, b"\0" + bytes(64)))


def attribute(oid: bytes, value: bytes = b"x") -> bytes:
    """Return one attribute of a name."""
    return element(0x31, element(0x30, element(0x06, oid) + element(0x0C, value)))


def extension(oid: bytes, value: bytes) -> bytes:
    """Return one extension."""
    return element(0x30, element(0x06, oid) + element(0x04, value))


PARTS: Final[dict[str, Callable[[], bytes]]] = {
    "an object identifier without end in the subject": lambda: certificate(name=attribute(b"\x55\x04\x80")),
    "an empty object identifier in the subject": lambda: certificate(name=attribute(b"")),
    "an object identifier of thousands of digits": lambda: certificate(name=attribute(b"\xff" * 3000 + b"\x01")),
    "a usage of a hundred thousand octets": lambda: certificate(
        extensions=extension(EXTENDED_KEY_USAGE, element(0x30, element(0x06, b"\x2b" + b"\xff" * MANY + b"\x01")))
    ),
    "an extension of that name": lambda: certificate(extensions=extension(b"\xff" * MANY + b"\x01", b"")),
    "many usages": lambda: certificate(
        extensions=extension(EXTENDED_KEY_USAGE, element(0x30, element(0x06, b"\x2b\x01") * MANY))
    ),
    "many names": lambda: certificate(
        extensions=extension(ALTERNATIVE_NAMES, element(0x30, element(0x82, b"a") * MANY))
    ),
    "many attributes": lambda: certificate(name=attribute(COMMON_NAME) * 30_000),
    "many extensions": lambda: certificate(extensions=extension(b"\x2b\x01", b"") * MANY),
    "a long name": lambda: certificate(name=attribute(COMMON_NAME, b"a" * 4 * MANY)),
    "a long serial number": lambda: certificate(serial=b"\x7f" * MANY),
    "a long RSA key": lambda: certificate(
        key=element(
            0x30, RSA + element(0x03, b"\0" + element(0x30, element(0x02, b"\x7f" * MANY) + b"\x02\x03\x01\x00\x01"))
        )
    ),
    "control characters in the name": lambda: certificate(name=attribute(COMMON_NAME, b"\x1b[2J\xe2\x80\xae")),
}


def read(data: bytes) -> None:
    """Read everything of a certificate, if it is one."""
    try:
        read_all(Certificate.from_der(data))
    except LoadError as error:
        assert error.found  # noqa: PT017 - a success is fine too


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_made_to_hurt_does_not(part: str) -> None:
    """Loading gives LoadError or a certificate of which everything can be read, in little memory."""
    data = PARTS[part]()
    tracemalloc.start()
    try:
        read(data)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


@pytest.mark.nightly
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_made_to_hurt_takes_no_second(part: str) -> None:
    """Loading and reading everything takes less than a second of processor time."""
    data = PARTS[part]()
    started = time.process_time()
    read(data)
    assert time.process_time() - started < SECONDS
