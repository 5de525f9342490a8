"""What a verdict is asked for: purpose, names, time, strength, revocation, and whose rules."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Literal

import attrs

from expressway_certs.x509.branch import Version
from expressway_certs.x509.certificate import IpAddress
from expressway_certs.x509.revocation_list import RevocationList, revocation_lists
from expressway_certs.x509.shown import Choice
from expressway_certs.x509.typed import typed

CrlCheck = Literal["leaf", "all"]

_MAX_DEPTH = 1000


class Purpose(Choice):
    """What the leaf's owner does in the connection: serve, or call."""

    SERVER = "server"
    CLIENT = "client"


def _as_purpose(value: Purpose | str | None) -> Purpose | None:
    return None if value is None else Purpose(value)


def _as_names(value: str | Iterable[str | IpAddress]) -> tuple[str, ...]:
    listed = (value,) if isinstance(value, str) else value
    return tuple(str(one) if isinstance(one, IpAddress) else one for one in listed)


def _count(value: tuple[RevocationList, ...]) -> str:
    return f"<{len(value)}>"


def _aware(_instance: object, _attribute: attrs.Attribute[datetime | None], value: datetime | None) -> None:
    if value is not None and value.utcoffset() is None:
        message = "at must be an aware datetime, as in datetime(2026, 11, 24, tzinfo=UTC)"
        raise ValueError(message)


def _no_empty_name(_instance: object, _attribute: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if not all(name and "\0" not in name for name in value):
        message = "names must be host names or IP addresses, none of them empty"
        raise ValueError(message)


@attrs.frozen(kw_only=True, field_transformer=typed)
class VerifyPolicy:
    """What `verify` is to hold a chain against. Every field has OpenSSL's default.

    ``purpose``: `Purpose` (or "server", "client"); None asks for none. ``names``: DNS names or IP
    addresses, one of which the leaf must have (none: not asked). ``at``: an aware instant; None is
    now. ``check_time``: False leaves validity out. ``partial_chain``: any certificate of the trust
    store ends a chain, not only a self-signed one. ``security_level``: 0 to 5, as OpenSSL's.
    ``crls``: `RevocationList` values, or PEM or DER bytes; ``crl_check``: "leaf", "all" or None.
    ``depth``: how many certificates may stand between the leaf and its anchor. ``openssl``: "3.0"
    or "1.1.1". Raises `ValueError` for a value outside these, `TypeError` for one of another type.

    >>> VerifyPolicy(purpose="server", names="expe1.example.com").names
    ('expe1.example.com',)
    """

    purpose: Purpose | None = attrs.field(default=None, converter=_as_purpose)
    names: tuple[str, ...] = attrs.field(default=(), converter=_as_names, validator=_no_empty_name)
    at: datetime | None = attrs.field(default=None, validator=_aware)
    partial_chain: bool = False
    security_level: int = attrs.field(default=1, validator=[attrs.validators.ge(0), attrs.validators.le(5)])
    crls: tuple[RevocationList, ...] = attrs.field(default=(), converter=revocation_lists, repr=_count)
    crl_check: CrlCheck | None = None
    openssl: Version = "3.0"
    check_time: bool = True
    depth: int = attrs.field(default=100, validator=[attrs.validators.ge(0), attrs.validators.le(_MAX_DEPTH)])

    @cached_property
    def dns_names(self) -> tuple[str, ...]:
        """Those of ``names`` that are not IP addresses."""
        return tuple(name for name in self.names if as_ip_address(name) is None)

    @cached_property
    def ip_addresses(self) -> tuple[bytes, ...]:
        """Those of ``names`` that are IP addresses, packed."""
        found = map(as_ip_address, self.names)
        return tuple(address for address in found if address is not None)


def as_ip_address(name: str) -> bytes | None:
    """Return the octets of an IP address written as text; None for anything else."""
    try:
        return ipaddress.ip_address(name).packed
    except ValueError:
        return None
