"""What a file is, told to somebody who wants to upload it to an Expressway."""

from __future__ import annotations

from expressway_certs.x509.certificate import Source
from expressway_certs.x509.files import identify as neutral
from expressway_certs.x509.files.report import FileReport

CONSUMER = "Expressway"


def identify(source: Source, *, password: bytes | str | None = None) -> FileReport:
    """Say what a file is, in one sentence, with the PEM that Expressway takes wherever one can be made.

    ``source`` is a path, the bytes of a file, or PEM text. No content is an error; `LoadError` is
    raised only where the path cannot be read or the input is too large (platform.md §1.1).

    >>> report = identify("leaf.der")
    >>> report.sentence
    'a DER certificate: Expressway takes PEM; here it is'
    >>> report.pem.splitlines()[0]
    '-----BEGIN CERTIFICATE-----'
    """
    return neutral.identify(source, password=password, consumer=CONSUMER)
