"""Whether one certificate's key made another's signature, remembered: the question is asked again and again."""

from __future__ import annotations

from expressway_certs.x509.certificate import Certificate

_MOST = 65_536

_known: dict[tuple[str, str], bool] = {}
"""What was found out, by fingerprints: a stream of certificates passes by, and none of them must stay for this."""


def signed_by(child: Certificate, issuer: Certificate) -> bool:
    """Whether ``issuer``'s key made the signature of ``child``."""
    edge = child.sha256, issuer.sha256
    found = _known.get(edge)
    if found is None:
        if len(_known) >= _MOST:
            _known.clear()
        found = _known[edge] = child.view.is_signed_by(issuer.view)
    return found
