"""Certificates where certificates are wanted: a path or PEM in their place is told at once."""

from __future__ import annotations

from collections.abc import Iterable

from expressway_certs.x509.certificate import Certificate


def want_certificate(value: object) -> None:
    """Raise `TypeError` for what is no certificate."""
    if not isinstance(value, Certificate):
        raise TypeError(f"a Certificate is wanted, not {type(value).__name__}; load it with Certificate.load")


def as_certificates(values: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return certificates as a tuple; `TypeError` where one is something else, and for one by itself."""
    if isinstance(values, Certificate):
        raise TypeError("several certificates are wanted; put the one into a list")
    found = tuple(values)
    for one in found:
        want_certificate(one)
    return found
