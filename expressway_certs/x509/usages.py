"""Key usages by the names of RFC 5280 §§4.2.1.3 and 4.2.1.12."""

from __future__ import annotations

_KEY_USAGES = (
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
)
DIGITAL_SIGNATURE, NON_REPUDIATION, KEY_ENCIPHERMENT, DATA_ENCIPHERMENT, KEY_AGREEMENT, KEY_CERT_SIGN, CRL_SIGN = (
    1 << bit for bit in range(7)
)

SERVER_AUTH = "serverAuth"
CLIENT_AUTH = "clientAuth"
ANY = "anyExtendedKeyUsage"
MS_SGC = "msSGC"
NS_SGC = "nsSGC"

_PURPOSES = {
    "1.3.6.1.5.5.7.3.1": SERVER_AUTH,
    "1.3.6.1.5.5.7.3.2": CLIENT_AUTH,
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.5": "ipsecEndSystem",
    "1.3.6.1.5.5.7.3.6": "ipsecTunnel",
    "1.3.6.1.5.5.7.3.7": "ipsecUser",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "1.3.6.1.4.1.311.10.3.3": MS_SGC,
    "1.3.6.1.4.1.311.20.2.2": "smartcardLogon",
    "2.16.840.1.113730.4.1": NS_SGC,
    "2.5.29.37.0": ANY,
}


def key_usage_names(bits: int) -> frozenset[str]:
    """Return the names of the key usages whose bits are set."""
    return frozenset(name for bit, name in enumerate(_KEY_USAGES) if bits >> bit & 1)


def purpose_name(oid: str) -> str:
    """Return the name of an extended key usage, or its dotted OID where it has none here."""
    return _PURPOSES.get(oid, oid)
