"""A private key file that goes with a certificate onto its page: what it is, never the key itself."""

from __future__ import annotations

from typing import Self

import attrs

from expressway_certs.x509.certificate import Source
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.contents import contents
from expressway_certs.x509.files.faults import problems_of
from expressway_certs.x509.files.identify import identify
from expressway_certs.x509.files.keys import PrivateKey, load_private_key
from expressway_certs.x509.files.report import FileKind
from expressway_certs.x509.files.shapes import Shape
from expressway_certs.x509.files.source import read_source


@attrs.frozen(kw_only=True)
class KeyFile:
    """A private key file that is uploaded with a certificate: what it is, and the key where it can be read.

    ``packing`` is "PEM", "DER" or "Base64"; ``faults`` are what keeps OpenSSL from reading a key that is in PEM,
    although every byte of it is there.
    """

    key: PrivateKey | None
    is_encrypted: bool
    found: str
    packing: str = "PEM"
    faults: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether the page can take it: one open key in plain PEM."""
        return self.key is not None and self.packing == "PEM" and not self.faults

    @classmethod
    def read(cls, source: Source) -> Self:
        """Look at a key file; any content gets an answer, `LoadError` only where the path cannot be read."""
        data, _ = read_source(source)
        try:
            key = load_private_key(data)
        except LoadError as error:
            is_encrypted = identify(data).kind is FileKind.ENCRYPTED_PRIVATE_KEY
            return cls(key=None, is_encrypted=is_encrypted, found=error.found)
        held = contents(data)
        faults = ("OpenSSH's own format",) if key.file_format == "OpenSSH" else problems_of(held, Shape.PRIVATE_KEY)
        return cls(key=key, is_encrypted=False, found=repr(key), packing=held.packing, faults=faults)


def as_key_file(value: KeyFile | Source | None) -> KeyFile | None:
    """Return a key file that was looked at; what is in it is read here, and let go."""
    return value if value is None or isinstance(value, KeyFile) else KeyFile.read(value)
