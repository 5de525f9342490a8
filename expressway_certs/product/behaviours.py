"""The ways in which Expressway releases differ, and the switches that an administrator can set."""

from __future__ import annotations

import enum
from typing import Final


class Role(enum.Enum):
    """Expressway-C (core, inside) or Expressway-E (edge, outside)."""

    CORE = "Expressway-C"
    EDGE = "Expressway-E"


class Behaviour(enum.Enum):
    """A way in which releases differ."""

    UPLOAD_NEEDS_TRUSTED_CHAIN = "a server certificate is refused unless its whole CA chain is trusted"
    UPLOAD_NEEDS_FQDN = "a common name or alternative name that is no FQDN is refused"
    UPLOAD_NEEDS_CLIENT_AUTH = "a server certificate without client authentication is refused"
    UPLOAD_NEEDS_SERVER_AUTH = "a server certificate without server authentication is refused"
    SUPPORTS_ECDSA = "ECDSA certificates are supported"
    SEPARATE_CLIENT_CERTIFICATE = "connections are opened with the certificate of a client store of its own"
    ALARMS_SERVER_EXPIRY = "alarms 40068 and 40069 tell of a server certificate that ends"
    ALARMS_CLIENT_EXPIRY = "alarms 40078 and 40079 tell of a client certificate that ends"
    ALARMS_DOMAIN_EXPIRY = "alarms 40075 and 40076 tell of a domain certificate that ends"
    ALARMS_CA_EXPIRY = "an alarm tells of a CA certificate in the list that ends"
    REQUEST_NEEDS_FQDN_PROFILES = "a request with a phone security profile name that is no FQDN fails"
    REQUEST_OFFERS_ECDSA = "a request can be for an ECDSA key"
    PRESENTS_TO_UC_SERVERS = "the traffic server presents Expressway-C's certificate to Unified CM"
    VERIFIES_UC_SERVERS = "the traffic server verifies Unified CM's certificate on every request"
    MAY_VERIFY_UC_SERVERS = "the traffic server verifies Unified CM's certificate by one source, and not by others"
    SERVICE_NEEDS_CLIENT_AUTH = "Expressway-C wants client authentication of the certificate in a SIP SERVICE message"
    CLUSTER_NEEDS_CLIENT_AUTH = "cluster peers want client authentication of each other where TLS is enforced"
    SIP_NEEDS_CLIENT_AUTH = "inbound SIP TLS wants client authentication of who connects"
    SIP_NEEDS_SERVER_AUTH = "inbound SIP TLS wants server authentication of who connects, where usages are listed"
    XCP_NEEDS_BOTH = "the certificates of XCP need server and client authentication on either side"
    ASKS_FOR_ECDSA = "Unified CM is asked for its ECDSA certificate first"
    SIP_ASKS_FOR_RSA = "SIP asks for an RSA certificate first, whatever the cipher lists say"

    @property
    def roles(self) -> tuple[Role, ...]:
        """Whose way it is: of Expressway-C or of Expressway-E alone, or of both."""
        role = _OF_ONE.get(self)
        return tuple(Role) if role is None else (role,)


# Expressway-C connects to Unified CM, makes requests for its profiles and judges SERVICE (platform.md §3 and §7, mra.md
# A2.1 and A3); Expressway-E has domain certificates (mra.md A1.14).
_OF_ONE: Final = {
    Behaviour.ALARMS_DOMAIN_EXPIRY: Role.EDGE,
    Behaviour.REQUEST_NEEDS_FQDN_PROFILES: Role.CORE,
    Behaviour.PRESENTS_TO_UC_SERVERS: Role.CORE,
    Behaviour.VERIFIES_UC_SERVERS: Role.CORE,
    Behaviour.SERVICE_NEEDS_CLIENT_AUTH: Role.CORE,
    Behaviour.ASKS_FOR_ECDSA: Role.CORE,
}


class Switch(enum.Enum):
    """A switch that changes a behaviour, as it is set when the change is on."""

    SERVER_EKU_UPLOAD = "xConfiguration XCP TLS Certificate CVS EnableServerEkuUpload: On"
    ORIGIN_SERVER_UNVERIFIED = "xConfiguration EdgeConfigServer VerifyOriginServer: Off"
    ECDSA_FIRST = "cipher lists that put ECDSA first"
    SIP_PREFERS_RSA = "xConfiguration SIP Advanced TlsSignatureAlgoPrefRsa: On"
    EKU_UNCHECKED = "xConfiguration SIP TLS Certificate ExtendedKeyUsage Checking Mode: Off"
