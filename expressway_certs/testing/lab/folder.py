"""The files of a lab: PEM in a folder that nobody else can read, gone when the lab is closed."""

from __future__ import annotations

import hashlib
import os
import textwrap
import weakref
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from expressway_certs.testing.lab import leftovers
from expressway_certs.testing.lab.keyring import KeyRing
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.revocation_list import RevocationList


class Folder:
    """PEM files, each written once, named after what is in them."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._folder = TemporaryDirectory(prefix=f"{leftovers.PREFIX}{os.getpid()}_")
        path = Path(self._folder.name)
        self._release = weakref.finalize(self, leftovers.release, leftovers.claim(path))
        leftovers.sweep(path.parent)
        self._lock = Lock()

    def shown(self, certificate: Certificate, above: Iterable[Certificate] = ()) -> Path:
        """Return a file with a private key, its certificate, and others; `ValueError` where there is no such key."""
        return self._file("".join((self._keys.pem(certificate), *(one.to_pem() for one in (certificate, *above)))))

    def listed(self, certificates: Iterable[Certificate], crls: Iterable[RevocationList] = ()) -> Path:
        """Return a file with certificates in their order, and CRLs."""
        return self._file("".join((*(one.to_pem() for one in certificates), *map(_crl_pem, crls))))

    def key_pem(self, certificate: Certificate) -> str:
        """Return the private key of a certificate as PEM; `ValueError` where there is none for it."""
        return self._keys.pem(certificate)

    def sub(self, name: str) -> Path:
        """Return a folder of that name, made if need be."""
        path = Path(self._folder.name) / name
        path.mkdir(exist_ok=True)
        return path

    def close(self) -> None:
        """Delete everything."""
        self._release()
        self._folder.cleanup()

    def _file(self, text: str) -> Path:
        path = Path(self._folder.name) / f"{hashlib.sha256(text.encode('ascii')).hexdigest()[:32]}.pem"
        with self._lock:
            if not path.exists():
                path.write_text(text, "ascii")
        return path


def _crl_pem(crl: RevocationList) -> str:
    lines = textwrap.wrap(b64encode(crl.der).decode("ascii"), 64)
    return "\n".join(("-----BEGIN X509 CRL-----", *lines, "-----END X509 CRL-----", ""))
