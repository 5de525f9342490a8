"""How far fetching may go; the addresses come out of certificates, so nothing about them is trusted."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import attrs

from expressway_certs.x509.ocsp import OcspHash
from expressway_certs.x509.revocation_list import MAX_CRL_BYTES
from expressway_certs.x509.typed import typed

_MAX_SECONDS = 600
_MAX_REDIRECTS = 10
_MAX_FETCHES = 1000


def _is_proxy(_instance: object, _attribute: attrs.Attribute[str | None], value: str | None) -> None:
    if value is not None and (urlsplit(value).scheme != "http" or not urlsplit(value).hostname):
        message = "a proxy must be a URL of the form http://host:port"
        raise ValueError(message)


@attrs.frozen(kw_only=True, field_transformer=typed)
class FetchPolicy:
    """How far `fetch_missing`, `fetch_crls` and `fetch_ocsp` may go.

    ``timeout``: seconds for one download in all, redirects included. ``max_bytes``: of one download.
    ``max_redirects`` of one download, ``max_fetches`` of one call. ``allow_private``: also addresses that are not
    public (private, loopback, link-local); without it a URL in a certificate could aim at your own network.
    ``proxy``: "http://host:port" (None: none, whatever the environment says); it resolves the names then.
    ``ocsp_hash``: how a question names its issuer; Expressway's are SHA-256 (platform.md §6). Raises `ValueError`
    for a value outside these. The defaults are own choices.

    >>> FetchPolicy(timeout=5, allow_private=True).max_redirects
    3
    """

    timeout: float = attrs.field(default=10, validator=[attrs.validators.gt(0), attrs.validators.le(_MAX_SECONDS)])
    max_bytes: int = attrs.field(
        default=MAX_CRL_BYTES, validator=[attrs.validators.ge(1), attrs.validators.le(MAX_CRL_BYTES)]
    )
    max_redirects: int = attrs.field(default=3, validator=[attrs.validators.ge(0), attrs.validators.le(_MAX_REDIRECTS)])
    max_fetches: int = attrs.field(default=20, validator=[attrs.validators.ge(1), attrs.validators.le(_MAX_FETCHES)])
    allow_private: bool = False
    proxy: str | None = attrs.field(default=None, validator=_is_proxy, repr=False)
    ocsp_hash: OcspHash = "sha256"


Method = Literal["GET", "POST"]
