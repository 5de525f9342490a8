"""How a wanted name stands in a certificate, by whose rules."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from expressway_certs.rules.judging import NameMatch
from expressway_certs.x509.certificate import Certificate

_LEAST_DOTS = 2


def exact(certificate: Certificate, wanted: str) -> NameMatch:
    """Match as Expressway does for zones: the whole name, whatever its case; an IP address must be there as one.

    Wildcards are not expanded (platform.md §4.2).
    """
    if wanted.lower() in _alternative(certificate) or _as_address(wanted) in certificate.ip_addresses:
        return NameMatch.ALTERNATIVE_NAME
    return _by_common_name(certificate, [wanted])


def any_of(certificate: Certificate, wanted: Iterable[str]) -> NameMatch:
    """Match several spellings exactly, the best of them."""
    spellings = [one.lower() for one in wanted]
    if not _alternative(certificate).isdisjoint(spellings):
        return NameMatch.ALTERNATIVE_NAME
    return _by_common_name(certificate, spellings)


def traffic_server(certificate: Certificate, wanted: str) -> NameMatch:
    """Match as the traffic server does: DNS names with a wildcard, then the common name, never an address as one.

    Source: mra.md A2.2. That an address stands there as one is told apart, for the sources disagree.
    """
    names = [*certificate.dns_names, *([certificate.common_name] if certificate.common_name else [])]
    if any(wildcard(name, wanted) for name in names):
        return NameMatch.ALTERNATIVE_NAME
    return NameMatch.ADDRESS_ONLY if _as_address(wanted) in certificate.ip_addresses else NameMatch.NONE


def client(certificate: Certificate, wanted: str) -> NameMatch:
    """Match as clients do, with a wildcard as the first label."""
    if any(wildcard(name, wanted) for name in certificate.dns_names) or _as_address(wanted) in certificate.ip_addresses:
        return NameMatch.ALTERNATIVE_NAME
    is_common = certificate.common_name is not None and wildcard(certificate.common_name, wanted)
    return NameMatch.COMMON_NAME_ONLY if is_common else NameMatch.NONE


def wildcard(pattern: str, name: str) -> bool:
    """Whether a name of a certificate fits a host: the same, or with ``*`` for its whole first label."""
    pattern, name = pattern.lower(), name.lower()
    if pattern == name:
        return True
    first, _, rest = name.partition(".")
    return bool(first) and pattern == f"*.{rest}" and pattern.count(".") >= _LEAST_DOTS


def names_of(certificate: Certificate) -> tuple[str, ...]:
    """Return the common name and every DNS name, as they stand there."""
    common = (certificate.common_name,) if certificate.common_name else ()
    return tuple(dict.fromkeys((*common, *certificate.dns_names)))


def listed_names(certificate: Certificate) -> str:
    """Return the alternative names that hosts are looked for in, for people."""
    addresses = map(str, certificate.ip_addresses)
    return ", ".join((*certificate.dns_names, *addresses)) or "no subject alternative name"


def _alternative(certificate: Certificate) -> set[str]:
    return {name.lower() for name in certificate.dns_names}


def _by_common_name(certificate: Certificate, wanted: Iterable[str]) -> NameMatch:
    common = (certificate.common_name or "").lower()
    is_common = any(common == one.lower() for one in wanted)
    return NameMatch.COMMON_NAME_ONLY if common and is_common else NameMatch.NONE


def _as_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def has_domain(text: str) -> bool:
    """Whether a text is a name with its domain: no IP address, and no bare host name."""
    return "." in text.removesuffix(".") and not is_address(text)


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    return _as_address(text) is not None
