"""What a certificate of the factory may be given, and what it has where nothing is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, TypedDict

import attrs
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from expressway_certs.testing.keys import FactoryKey, KeyKind
from expressway_certs.testing.signing import Digest

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
    ``not_before`` is a day before the factory's instant by default.
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
        """Return the options with ``given`` over them; `TypeError` for one that there is not."""
        if not given:
            return self
        unknown = sorted(given.keys() - _OPTIONS.keys())
        if unknown:
            raise TypeError(f"no option is called {' or '.join(unknown)}; there are {', '.join(_OPTIONS)}")
        return attrs.evolve(self, **given)


_OPTIONS: Final = attrs.fields_dict(Wanted)
LEAF: Final = Wanted()
CA: Final = Wanted(is_ca=True, key_usage=("keyCertSign", "cRLSign"), extended_key_usage=None)
