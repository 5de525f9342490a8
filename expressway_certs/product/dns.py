"""What DNS says, as far as the caller knows it: names to addresses, and addresses to names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from functools import cached_property

import attrs

from expressway_certs.x509.shown import shown
from expressway_certs.x509.typed import typed

Records = Mapping[str, str | Iterable[str]]
_Pairs = tuple[tuple[str, tuple[str, ...]], ...]


def host(name: str) -> str:
    """Return a host name as DNS compares it: in lower case, without the final dot."""
    return name.lower().removesuffix(".")


def _listed(values: str | Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)


def address(text: str) -> str:
    """Return an IP address in its usual form; `ValueError` for what is none."""
    # A number would be taken for the 32 bits of an address.
    try:
        return str(ipaddress.ip_address(str(text)))
    except ValueError:
        message = f"{shown(text)} does not appear to be an IPv4 or IPv6 address"
    # Out here, for the error of `ipaddress` shows all of the text, and would go along as the context.
    raise ValueError(message)


def _forward(records: Records | _Pairs) -> _Pairs:
    pairs = dict(records).items()
    # A name in two spellings is one name.
    return tuple({host(name): tuple(map(address, _listed(values))) for name, values in pairs}.items())


def _reverse(records: Records | _Pairs) -> _Pairs:
    pairs = dict(records).items()
    return tuple({address(one): tuple(map(host, _listed(values))) for one, values in pairs}.items())


@attrs.frozen(kw_only=True, field_transformer=typed)
class Dns:
    """The records that matter: ``forward`` from name to addresses, ``reverse`` from address to names (PTR).

    What is not in them is taken not to exist; where DNS is not known, leave `Deployment.dns` out. Raises
    `ValueError` where an address is none.

    >>> dns = Dns(forward={"expe1.example.com": "192.0.2.7"}, reverse={"192.0.2.7": "expe1.example.com"})
    >>> dns.addresses("EXPE1.example.com."), dns.names("192.0.2.7")
    (('192.0.2.7',), ('expe1.example.com',))
    """

    forward: _Pairs = attrs.field(default=(), converter=_forward)
    reverse: _Pairs = attrs.field(default=(), converter=_reverse)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the addresses of a name; an address is its own."""
        try:
            return (address(name),)
        except ValueError:
            return self._addresses.get(host(name), ())

    def names(self, of: str) -> tuple[str, ...]:
        """Return the names in the reverse records of an address."""
        return self._names.get(of, ())

    @cached_property
    def _addresses(self) -> dict[str, tuple[str, ...]]:
        return dict(self.forward)

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        return dict(self.reverse)
