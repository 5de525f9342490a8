"""The clients outside: what they trust, and what they do about a certificate that they do not."""

from __future__ import annotations

from datetime import datetime

import attrs

from expressway_certs.product.fields import is_name
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.shown import Choice
from expressway_certs.x509.trust_store import TrustStore, as_optional_trust_store
from expressway_certs.x509.typed import typed

MOST_PHONE_EDGE_TRUST = 16

CLIENT_LIST = "client's CA list"
PHONE_EDGE_TRUST = "Phone-Edge-trust"
"""The lists of a client: what it brings and what is installed on it, and what Unified CM gives to phones."""


class ClientFamily(Choice):
    """Clients by what they do with a certificate of Expressway-E (mra.md A1). JABBER leaves the platform open."""

    JABBER = "Jabber"
    JABBER_WINDOWS = "Jabber for Windows"
    JABBER_MAC = "Jabber for Mac"
    JABBER_IOS = "Jabber for iPhone and iPad"
    JABBER_ANDROID = "Jabber for Android"
    WEBEX = "Webex app"
    ROOM_SYSTEM = "TC/CE room system"
    PHONE = "78xx/88xx phone"

    @property
    def is_jabber(self) -> bool:
        """Whether it is Jabber, on whatever platform."""
        return self.value.startswith("Jabber")

    @property
    def prompts(self) -> bool:
        """Whether the user is asked, and may log in all the same; the others just fail (mra.md A1.6)."""
        return self.is_jabber

    @property
    def list_name(self) -> str:
        """What its list of CAs is called (mra.md A1.1 and A1.16)."""
        if self is ClientFamily.PHONE:
            return "built-in CA list"
        return "CA list" if self is ClientFamily.ROOM_SYSTEM else "CA list of the operating system"


_NO_XMPP = frozenset({ClientFamily.ROOM_SYSTEM, ClientFamily.PHONE})


def _few(_client: Client, _attribute: attrs.Attribute[TrustStore | None], value: TrustStore | None) -> None:
    if value is not None and len(value) > MOST_PHONE_EDGE_TRUST:
        message = f"Phone-Edge-trust holds at most {MOST_PHONE_EDGE_TRUST} certificates, not {len(value)}"
        raise ValueError(message)


@attrs.frozen(kw_only=True, field_transformer=typed)
class Client:
    """Clients of one family that log in for one service domain, and the CAs they trust (None: not known).

    ``trusted_ca`` is the list that the operating system or the firmware brings; ``installed_ca`` is what a user or
    an administrator put beside it, which Android does not look at. ``phone_edge_trust`` is Unified CM's: once it holds
    a certificate, phones with SIP OAuth take it in place of the built-in list, and it holds 16 at most (`ValueError`).
    ``rejects_invalid`` is Jabber's INVALID_CERTIFICATE_BEHAVIOR RejectAndNotify, ``registers_untrusted`` Control
    Hub's "Allow Unified CM registration without trusted certificate" for the Webex app; other clients take no notice of
    them. ``device_certificate`` is what it shows where activation code onboarding asks for one. Source: mra.md A1.
    """

    service_domain: str = attrs.field(validator=is_name)
    family: ClientFamily = attrs.field(default=ClientFamily.JABBER, converter=ClientFamily)
    trusted_ca: TrustStore | None = attrs.field(default=None, converter=as_optional_trust_store)
    installed_ca: TrustStore | None = attrs.field(default=None, converter=as_optional_trust_store)
    phone_edge_trust: TrustStore | None = attrs.field(default=None, converter=as_optional_trust_store, validator=_few)
    rejects_invalid: bool = False
    registers_untrusted: bool = False
    device_certificate: Certificate | None = None

    @property
    def name(self) -> str:
        """What the client is called in a report."""
        return f"{self.family.value} of {self.service_domain}"

    @property
    def tolerates(self) -> bool:
        """Whether a certificate that is not trusted leads to a question or to nothing, and not to a failure."""
        if self.family is ClientFamily.WEBEX:
            return self.registers_untrusted
        return self.family.prompts and not self.rejects_invalid

    @property
    def has_phone_edge_trust(self) -> bool:
        """Whether Phone-Edge-trust holds a certificate, and these are phones, which alone look at it (mra.md A1.17)."""
        return self.family is ClientFamily.PHONE and bool(tuple(self.phone_edge_trust or ()))

    @property
    def speaks_xmpp(self) -> bool:
        """Whether it has the XMPP leg at all."""
        return self.family not in _NO_XMPP

    @property
    def trusts_private_ca(self) -> bool:
        """Whether CAs that are installed beside those of the system count; Android passes them over (A1.11)."""
        return self.family is not ClientFamily.JABBER_ANDROID

    @property
    def takes_other_cas(self) -> bool:
        """Whether a CA can be put beside those that it brings, and counts then; not with phones (mra.md A1.16)."""
        return self.trusts_private_ca and self.family is not ClientFamily.PHONE

    def certificate(self, _store: str) -> Certificate | None:
        """Return the certificate of the device, which is asked for in onboarding alone."""
        return self.device_certificate

    def trust(self, _name: str) -> TrustStore | None:
        """Return the CAs that count for this client; None where they are not known."""
        if self.has_phone_edge_trust:
            return self.phone_edge_trust
        if self.trusted_ca is None or self.installed_ca is None or not self.trusts_private_ca:
            return self.trusted_ca
        return self.trusted_ca.adding(*self.installed_ca)

    def presents(self, _certificate: Certificate, _at: datetime | None = None) -> tuple[Certificate, ...]:
        """Return nothing: what a device sends after its certificate is not documented."""
        return ()
