"""The servers behind Expressway-C: Unified CM, IM and Presence, Unity Connection."""

from __future__ import annotations

from datetime import datetime

import attrs

from expressway_certs.product.fields import is_name, optional_texts
from expressway_certs.product.openssl import OpenSsl
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.shown import Choice
from expressway_certs.x509.trust_store import TrustStore, as_optional_trust_store
from expressway_certs.x509.typed import typed
from expressway_certs.x509.wanted import as_certificates


class UcKind(Choice):
    """A server behind Expressway-C."""

    CUCM = "Unified CM"
    IMP = "IM and Presence"
    UNITY = "Unity Connection"


CERTIFICATES = {
    "tomcat": "tomcat",
    "tomcat-ECDSA": "tomcat_ecdsa",
    "CallManager": "callmanager",
    "CallManager-ECDSA": "callmanager_ecdsa",
    "cup-xmpp": "cup_xmpp",
}
TRUST_LISTS = {
    "tomcat-trust": "tomcat_trust",
    "CallManager-trust": "callmanager_trust",
    "cup-xmpp-trust": "cup_xmpp_trust",
}
"""The trust lists of a server, by their names on Certificate Management, and the fields that hold them."""

# Unified CM wants the CA in the trust list of the same kind before a certificate that it signed (inferred from the
# Administration Guide of Unified CM, Third-Party Signed Certificate or Certificate Chain).
OWN_LISTS = {
    "tomcat": "tomcat-trust",
    "tomcat-ECDSA": "tomcat-trust",
    "CallManager": "CallManager-trust",
    "CallManager-ECDSA": "CallManager-trust",
    "cup-xmpp": "cup-xmpp-trust",
}
"""The trust list of a server that has to hold the CA of a certificate of its own."""


def store_name(store: str) -> str:
    """Return what a service's certificate is called on Certificate Management, whatever the case of it here."""
    return next((name for name in CERTIFICATES if name.lower() == store.lower()), store)


@attrs.frozen(kw_only=True, field_transformer=typed)
class UcServer:
    """A Unified CM, IM and Presence or Unity node. ``name`` is what System > Server publishes.

    Each service shows a certificate of its own, an ECDSA one where there is one and it is asked for; the trust lists
    judge who connects (mra.md A2.3). What a server sends besides its leaf is ``presented_cas``. What is None is not
    known. Raises `ValueError` for another ``kind`` or a name that is empty.

    ``mixed_mode`` and ``sip_oauth`` say which SIP connections there are (ports 5061 and 5091). ``tls_verify`` is
    "TLS verify mode" of the server on Expressway-C. ``client_auth_validation`` is
    ``utils tls client-auth-validation``. ``verifies_xmpp_peers`` says whether IM and Presence asks Expressway-C for
    a certificate. ``expressway_cores`` are the names under Device > Expressway-C, which SIP OAuth looks for.
    ``openssl`` says with which OpenSSL it judges.
    """

    name: str = attrs.field(validator=is_name)
    kind: UcKind = attrs.field(default=UcKind.CUCM, converter=UcKind)
    tomcat: Certificate | None = None
    tomcat_ecdsa: Certificate | None = None
    callmanager: Certificate | None = None
    callmanager_ecdsa: Certificate | None = None
    cup_xmpp: Certificate | None = None
    tomcat_trust: TrustStore | None = attrs.field(default=None, converter=as_optional_trust_store)
    callmanager_trust: TrustStore | None = attrs.field(default=None, converter=as_optional_trust_store)
    cup_xmpp_trust: TrustStore | None = attrs.field(default=None, converter=as_optional_trust_store)
    presented_cas: tuple[Certificate, ...] = attrs.field(default=(), converter=as_certificates)
    mixed_mode: bool = False
    sip_oauth: bool = False
    tls_verify: bool = True
    client_auth_validation: bool = False
    verifies_xmpp_peers: bool = False
    expressway_cores: tuple[str, ...] | None = attrs.field(default=None, converter=optional_texts)
    openssl: OpenSsl = attrs.field(factory=OpenSsl)

    def certificate(self, store: str) -> Certificate | None:
        """Return the certificate of a service: "tomcat", "CallManager", "cup-xmpp", or an ECDSA one."""
        found: Certificate | None = getattr(self, CERTIFICATES["CallManager" if store == "callmanager" else store])
        return found

    def trust(self, name: str) -> TrustStore | None:
        """Return "tomcat-trust", "CallManager-trust" or "cup-xmpp-trust"; None where it is not known."""
        found: TrustStore | None = getattr(self, TRUST_LISTS.get(name, "tomcat_trust"))
        return found

    def presents(self, _certificate: Certificate, _at: datetime | None = None) -> tuple[Certificate, ...]:
        """Return what it sends after its leaf."""
        return self.presented_cas
