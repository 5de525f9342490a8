"""What a certificate of the factory may be given, and what it has where nothing is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypedDict, get_args

import attrs
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from expressway_certs.product.fields import one_of, several
from expressway_certs.testing.keys import KEY_KINDS, FactoryKey, KeyKind
from expressway_certs.testing.signing import Digest
from expressway_certs.x509 import clock

Identifier = bytes | Literal["right"] | None


class Options(TypedDict, total=False):
    """What a certificate may be given; what is left out has the default of a sound one of its kind.

    Usages go by their RFC 5280 names ("serverAuth", "keyCertSign"), an extended one also by its dotted OID; None
    leaves the extension out. ``key`` is a `KeyKind` ("ec", "rsa", ...) or the key of another `Issued`, so that two
    certificates share it; ``public_key`` stands in the certificate in place of that one's, for a key that nobody has.
    ``organization``: None leaves it out of the subject. ``attributes`` are further ones of the subject, each a dotted
    OID and a text. ``policies`` are the dotted OIDs of certificate policies. ``is_ca``: None leaves basicConstraints
    out. ``path_length``: for CAs; None is no limit. ``permitted_names`` and ``excluded_names`` are name constraints: a
    DNS name with those below it, or an IP network ("192.0.2.0/24"). Key identifiers are right by default, bytes are
    taken as they are, None leaves one out. ``more_extensions``: each a dotted OID, whether it is critical, and the DER
    of its value. ``version`` 1 leaves all extensions out. ``digest``: "sha256" and longer, or "sha1". Times are aware;
    ``not_before`` is a day before the factory's instant by default. One text where several are wanted is a `TypeError`,
    as is what is no key; a word that there is not is a `ValueError`.
    """

    dns_names: Sequence[str]
    ip_addresses: Sequence[str]
    uris: Sequence[str]
    is_ca: bool | None
    path_length: int | None
    key_usage: Sequence[str] | None
    extended_key_usage: Sequence[str] | None
    not_before: datetime | None
    not_after: datetime | None
    key: KeyKind | FactoryKey
    public_key: CertificatePublicKeyTypes | None
    organization: str | None
    attributes: Sequence[tuple[str, str]]
    policies: Sequence[str]
    permitted_names: Sequence[str]
    excluded_names: Sequence[str]
    more_extensions: Sequence[tuple[str, bool, bytes]]
    version: Literal[1, 3]
    serial_number: int | None
    subject_key_identifier: Identifier
    authority_key_identifier: Identifier
    crl_urls: Sequence[str]
    ocsp_urls: Sequence[str]
    issuer_urls: Sequence[str]
    digest: Digest


@attrs.frozen(kw_only=True)
class Wanted:
    """Every option with its value: those of a sound leaf, where nothing is said."""

    dns_names: Sequence[str] = ()
    ip_addresses: Sequence[str] = ()
    uris: Sequence[str] = ()
    is_ca: bool | None = False
    path_length: int | None = None
    key_usage: Sequence[str] | None = ("digitalSignature", "keyEncipherment")
    extended_key_usage: Sequence[str] | None = ("serverAuth", "clientAuth")
    not_before: datetime | None = None
    not_after: datetime | None = None
    key: KeyKind | FactoryKey = attrs.field(default="ec", repr=False)
    public_key: CertificatePublicKeyTypes | None = None
    organization: str | None = "Example"
    attributes: Sequence[tuple[str, str]] = ()
    policies: Sequence[str] = ()
    permitted_names: Sequence[str] = ()
    excluded_names: Sequence[str] = ()
    more_extensions: Sequence[tuple[str, bool, bytes]] = ()
    version: Literal[1, 3] = 3
    serial_number: int | None = None
    subject_key_identifier: Identifier = "right"
    authority_key_identifier: Identifier = "right"
    crl_urls: Sequence[str] = ()
    ocsp_urls: Sequence[str] = ()
    issuer_urls: Sequence[str] = ()
    digest: Digest = "sha256"

    def changed(self, given: Options) -> Wanted:
        """Return the options with ``given`` over them; `TypeError` for one that there is not, or of another kind."""
        if not given:
            return self
        unknown = sorted(given.keys() - _OPTIONS.keys())
        if unknown:
            raise TypeError(f"no option is called {' or '.join(unknown)}; there are {', '.join(_OPTIONS)}")
        for name, value in given.items():
            if name in _CHECKS:
                _CHECKS[name](name, value)
        return attrs.evolve(self, **given)


def _are_texts(name: str, values: Any) -> None:
    several(values, name)
    wrong = [one for one in values if not isinstance(one, str)]
    if wrong:
        raise TypeError(f"each of {name} is a text, not {wrong[0]!r}")


def _are_usages(name: str, values: Any) -> None:
    if values is not None:
        _are_texts(name, values)


def _is_text(name: str, value: Any) -> None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} is a text, not {value!r}")


def _tuples(length: int) -> Callable[[str, Any], None]:
    def check(name: str, values: Any) -> None:
        several(values, name)
        wrong = [one for one in values if not isinstance(one, Sequence) or len(one) != length]
        if wrong:
            raise TypeError(f"each of {name} is a tuple of {length}, not {wrong[0]!r}")

    return check


def _is_instant(name: str, value: Any) -> None:
    clock.resolve(value, name)


def _is_key(name: str, value: Any) -> None:
    # A text of several lines is a key in PEM, and no error may show that.
    is_pem = isinstance(value, str) and "\n" in value
    if is_pem or not isinstance(value, str | FactoryKey):
        raise TypeError(f"{name} is a private key or one of {', '.join(KEY_KINDS)}, not {type(value).__name__}")


def _one_of(*known: object) -> Callable[[str, Any], None]:
    return lambda name, value: one_of(value, known, name)


_SEVERAL: Final = (
    *("dns_names", "ip_addresses", "uris", "policies"),
    *("permitted_names", "excluded_names", "crl_urls", "ocsp_urls", "issuer_urls"),
)
_CHECKS: Final[dict[str, Callable[[str, Any], None]]] = {
    **dict.fromkeys(_SEVERAL, _are_texts),
    **dict.fromkeys(("key_usage", "extended_key_usage"), _are_usages),
    **dict.fromkeys(("not_before", "not_after"), _is_instant),
    "attributes": _tuples(2),
    "more_extensions": _tuples(3),
    "organization": _is_text,
    "key": _is_key,
    "version": _one_of(1, 3),
    "digest": _one_of(*get_args(Digest)),
}
_OPTIONS: Final = attrs.fields_dict(Wanted)
LEAF: Final = Wanted()
CA: Final = Wanted(is_ca=True, key_usage=("keyCertSign", "cRLSign"), extended_key_usage=None)
