"""Whether one certificate's key made another's signature, remembered: the question is asked again and again."""

from __future__ import annotations

from functools import lru_cache

from expressway_certs.x509.certificate import Certificate

_REMEMBERED = 65_536


@lru_cache(maxsize=_REMEMBERED)
def signed_by(child: Certificate, issuer: Certificate) -> bool:
    """Whether ``issuer``'s key made the signature of ``child``."""
    return child.view.is_signed_by(issuer.view)
