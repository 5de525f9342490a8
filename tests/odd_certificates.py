"""Certificates with any piece of them as a test wants it, under one root."""

from typing import Final

import make_der as make
from hierarchies import AT, YEAR

from expressway_certs.x509 import der

CA: Final = make.extension("2.5.29.19", make.sequence(make.boolean(True)), critical=True)
UNKNOWN: Final = make.extension("1.2.3.4", b"\5\0", critical=True)
NAME: Final = "2.5.4.3"


def named(*values: bytes) -> bytes:
    """Return a name of common names, each value's DER as it is to stand there."""
    return make.sequence(*(der.encode(der.SET, make.sequence(make.oid(NAME), value)) for value in values))


def text(value: bytes, tag: int = der.UTF8_STRING) -> bytes:
    """Return a string of a name."""
    return der.encode(tag, value)


def certificate(
    subject: str | bytes,
    issuer: str | bytes,
    key: str,
    signer: str,
    *extensions: bytes,
    serial: bytes = b"\2\1\1",
    validity: tuple[bytes, bytes] = (make.time(AT - YEAR), make.time(AT + YEAR)),
    info: bytes | None = None,
    algorithm: bytes | None = None,
    digest: str = "sha256",
) -> bytes:
    """Return a certificate, with pieces of it as they are given."""
    algorithm = algorithm or make.algorithm_identifier(signer, digest)
    subject, issuer = (make.common_name(name) if isinstance(name, str) else name for name in (subject, issuer))
    tbs = make.sequence(
        make.context(0, make.integer(2)), serial, algorithm, issuer, make.sequence(*validity), subject,
        info or make.public_key_info(key), make.context(3, make.sequence(*extensions)) if extensions else b"",
    )  # fmt: skip
    return make.signed(tbs, algorithm, signer, digest)


ROOT: Final = certificate("Root", "Root", "ec0", "ec0", CA)
RSA_ROOT: Final = certificate("Root", "Root", "rsa2048-0", "rsa2048-0", CA)


def issued(*extensions: bytes, subject: str | bytes = "leaf", issuer: str | bytes = "Root", **pieces: object) -> bytes:
    """Return a leaf of the root with the EC key."""
    return certificate(subject, issuer, "ec1", "ec0", *extensions, **pieces)  # type: ignore[arg-type]
