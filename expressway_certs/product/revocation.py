"""Where a service of Expressway learns of revoked certificates (platform.md §6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.shown import Choice
from expressway_certs.x509.typed import typed

Published = tuple[tuple[str, RevocationList], ...]
"""What lies behind the URLs of CRLs: pairs of URL and list."""


class CrlChecking(Choice):
    """Which certificates of a chain are looked up in CRLs: none, the peer's own, or all below the root."""

    NONE = "None"
    PEER = "Peer"
    ALL = "All"


@attrs.frozen(kw_only=True, field_transformer=typed)
class RevocationSources:
    """What a service asks where its revocation checking is on, each a switch of the product.

    ``ocsp`` is Use OCSP, ``crls`` is Use CRLs, ``downloads`` is Allow CRL downloads from CDPs. XCP has the same three
    (``UseOcsp``, ``UseCrl``, ``CrlNetworkFetchEnabled``); OCSP is for SIP alone all the same (AG155-sec).
    """

    ocsp: bool = True
    crls: bool = True
    downloads: bool = True


def published(values: Mapping[str, RevocationList | bytes] | Published) -> Published:
    """Return pairs of URL and CRL, in order; `LoadError` for bytes that are not one CRL."""
    return tuple((url, _one(url, value)) for url, value in dict(values).items())


def superseding_first(crls: Iterable[RevocationList]) -> tuple[RevocationList, ...]:
    """Return CRLs with a higher number before a lower one, else in order.

    Of two lists of one CA that were made at the same time OpenSSL takes the first, whatever their numbers, and in which
    order Expressway gives them to it is not documented. So they stand here in the order in which one supersedes
    another (RFC 5280 §5.2.3; own choice).
    """
    return tuple(sorted(crls, key=_number, reverse=True))


def _number(crl: RevocationList) -> int:
    return -1 if crl.crl_number is None else crl.crl_number


def _one(url: str, value: RevocationList | bytes) -> RevocationList:
    if isinstance(value, RevocationList):
        return value
    try:
        return RevocationList.load(value)
    except LoadError as error:
        raise error.at(url) from None


def downloads(certificates: Iterable[Certificate], behind: Published) -> tuple[RevocationList, ...]:
    """Return the CRLs behind the URLs that certificates name, each once."""
    if not behind:
        return ()
    known = dict(behind)
    urls = (url for certificate in certificates for url in certificate.crl_urls)
    return tuple(dict.fromkeys(known[url] for url in urls if url in known))
