"""Lists of public CAs: what stands in for the store of a client's operating system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.trust_store import TrustStore


@cache
def public_trust_store() -> TrustStore:
    """Return the public CAs of Mozilla's list, as the installed `certifi` has it.

    It stands in for the store of an operating system, where a client's own list is not given (own choice). The list
    changes with the version of `certifi`. Phones have lists of their own (mra.md A1.16): give those as `TrustStore`.

    >>> store = public_trust_store()
    >>> {certificate.role for certificate in store}
    {'root'}
    """
    import certifi  # noqa: PLC0415 - loaded where it is asked for

    return TrustStore.load(Path(certifi.where()), f"Mozilla's list, certifi {certifi.__version__}")


def system_trust_store() -> TrustStore:
    """Return the CAs that this system's own programs trust, as Python's `ssl` finds them.

    These are a file or folder of CAs, or the stores ROOT and CA on Windows. Raises `LoadError` where Python finds
    none, as on macOS, whose store it cannot list.
    """
    import ssl  # noqa: PLC0415 - the same

    context = ssl.create_default_context()
    ders = context.get_ca_certs(binary_form=True)
    found = tuple(_readable(ders))
    if not found:
        raise LoadError(
            "Python finds no list of trusted CAs on this system",
            found="no trusted CA",
            remedy="export the CAs to a file and use TrustStore.load, or use public_trust_store",
        )
    return TrustStore(found, "this system's list")


def _readable(ders: Iterable[bytes]) -> Iterator[Certificate]:
    for der in ders:
        try:
            yield Certificate.from_der(der)
        except LoadError:
            # A system may hold what is no certificate for OpenSSL; its programs pass over it as well.
            continue
