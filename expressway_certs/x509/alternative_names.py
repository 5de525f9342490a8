"""Subject alternative names as texts that compare (RFC 5280 §4.2.1.6), out of a certificate or a request alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import attrs
from cryptography import x509 as pyca

from expressway_certs.x509 import der, extensions, host_names, names
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.request import CertificateRequest

Kind = Literal["DNS", "IP", "URI", "email", "SRV", "XMPP", "other"]
"""What a subject alternative name is: SRV is the SRVName of RFC 4985, XMPP the XmppAddr of RFC 6120."""

_KINDS: Final[dict[int, Kind]] = {extensions.DNS: "DNS", extensions.URI: "URI", extensions.EMAIL: "email"}
_OTHER_NAMES: Final[dict[bytes, Kind]] = {
    der.oid("1.3.6.1.5.5.7.8.7"): "SRV",
    der.oid("1.3.6.1.5.5.7.8.5"): "XMPP",
}
_CASELESS: Final = frozenset({"DNS", "SRV", "XMPP"})


@attrs.frozen
class AlternativeName:
    """A subject alternative name: its kind, and the text of it. Compare with ``key``, for which case does not count.

    >>> print(AlternativeName("DNS", "Example.com"))
    DNS:Example.com
    >>> AlternativeName("DNS", "Example.com").key == AlternativeName("DNS", "example.com").key
    True
    """

    kind: Kind
    value: str

    @property
    def key(self) -> tuple[Kind, str]:
        """What two names share that are the same name."""
        return self.kind, self.value.lower() if self.kind in _CASELESS else self.value

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


def names_in(holder: Certificate | CertificateRequest) -> tuple[AlternativeName, ...]:
    """Return the subject alternative names of a certificate or a request as texts, in order."""
    if isinstance(holder, Certificate):
        return read_names(holder.alternative_names)
    if not holder.alternative_names:
        return ()
    encoded = pyca.SubjectAlternativeName(holder.alternative_names).public_bytes()
    return read_names(extensions.general_names(encoded))


def read_names(general_names: Iterable[extensions.GeneralName]) -> tuple[AlternativeName, ...]:
    """Return general names as texts, in order; one of a kind that is not known here as octets in hexadecimal."""
    return tuple(map(_read, general_names))


def _read(name: extensions.GeneralName) -> AlternativeName:
    if name.tag == extensions.IP:
        return AlternativeName("IP", host_names.address_text(name.value))
    if name.tag in _KINDS:
        return AlternativeName(_KINDS[name.tag], name.value.decode("latin-1"))
    try:
        tag, content, stop = der.read(name.value, 0, len(name.value))
        return AlternativeName(_OTHER_NAMES[name.type_id], names.text(tag, name.value[content:stop]))
    except (KeyError, der.DerError):
        return AlternativeName("other", name.value.hex(":"))
