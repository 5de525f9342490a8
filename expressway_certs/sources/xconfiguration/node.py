"""The keys that a node's settings are read from, and the Expressway that a dump describes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from expressway_certs.product.behaviours import Role
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.provenance import Confidence, Source
from expressway_certs.product.revocation import RevocationSources
from expressway_certs.sources.xconfiguration.readings import (
    Setting,
    address,
    asks_for_certificate,
    crl_checking,
    fails,
    listed,
    puts_ecdsa_first,
    settings_of,
    switch,
)
from expressway_certs.sources.xconfiguration.value import XConfiguration
from expressway_certs.sources.xconfiguration.zones import ConfiguredZone
from expressway_certs.x509.errors import LoadError

_ON_OFF: Final = "On or Off"


def _row(key: str, field: str, source: str, confidence: Confidence = "documented", **read: Any) -> Setting:
    return Setting(
        key=key,
        field=field,
        read=read.get("read", switch),
        wanted=read.get("wanted", _ON_OFF),
        source=Source(source, confidence),
    )


_CVS: Final = "XCP TLS Certificate CVS"
_KEYS: Final = "platform.md §8: AG155-ref"
_REVOCATION: Final = "platform.md §6: AG155-ref"
_SIP_CHECKING: Final = "SIP TLS Certificate Revocation Checking"

NODE_SETTINGS: Final = (
    _row("EdgeConfigServer VerifyOriginServer", "verify_origin_server", "platform.md §4.3: RN142, T-218018"),
    _row(f"{_CVS} EnableServerEkuUpload", "server_eku_upload", "platform.md §1.2: T-225482"),
    _row(
        "SIP TLS Certificate ExtendedKeyUsage Checking Mode",
        "extended_key_usage_checking",
        "platform.md §7: AG155-ref",
    ),
    _row(f"{_SIP_CHECKING} Mode", "revocation_checking", _REVOCATION),
    _row(f"{_SIP_CHECKING} OCSP Mode", "revocation_sources.ocsp", _REVOCATION),
    _row(f"{_SIP_CHECKING} CRL Mode", "revocation_sources.crls", _REVOCATION),
    _row(f"{_SIP_CHECKING} CRL Network Fetch Mode", "revocation_sources.downloads", _REVOCATION),
    _row(f"{_CVS} EnableCvs", "xcp_verification", _REVOCATION),
    _row(f"{_CVS} VerifyHostname", "xcp_verify_hostname", _REVOCATION),
    _row(f"{_CVS} CertificateRevocationCheck", "xcp_revocation_checking", _REVOCATION),
    _row(f"{_CVS} FailOnInaccessibleSource", "xcp_fail_on_inaccessible_source", _REVOCATION),
    _row(f"{_CVS} UseOcsp", "xcp_revocation_sources.ocsp", _REVOCATION),
    _row(f"{_CVS} UseCrl", "xcp_revocation_sources.crls", _REVOCATION),
    _row(f"{_CVS} CrlNetworkFetchEnabled", "xcp_revocation_sources.downloads", _REVOCATION),
    _row(
        "Authentication Certificate Mode",
        "client_certificate_security",
        _KEYS,
        read=asks_for_certificate,
        wanted="NotRequired, Validation or Authentication",
    ),
    _row(
        "Authentication Certificate Crlcheck",
        "client_certificate_crls",
        _REVOCATION,
        read=crl_checking,
        wanted="None, Peer or All",
    ),
    _row(
        "Authentication Certificate Crlinaccessible",
        "client_certificate_fail_on_inaccessible_source",
        _REVOCATION,
        read=fails,
        wanted="Ignore or Fail",
    ),
    _row(
        "Ciphers sshd_pfwd_pubkeyalgorithms Value",
        "ssh_key_types",
        "platform.md §5: AG155-ref",
        read=listed,
        wanted="a list of key types",
    ),
    # The list for connections to Unified CM; without RSA at its head ECDSA is asked for from X14.2 on.
    _row(
        "Ciphers UcClientTLSCiphers Value",
        "ecdsa_first",
        "mra.md A2.1: 218018, 225476",
        read=puts_ecdsa_first,
        wanted="a cipher list",
    ),
    _row("SIP Advanced TlsSignatureAlgoPrefRsa", "sip_prefers_rsa", "platform.md §4.3: T-225476"),
    _row("Alternates Cluster Name", "cluster_name", _KEYS, read=str, wanted="a name"),
    _row("CollaborationEdge AllowOnboardingOverMra", "activation_code_onboarding", "mra.md A1.15: AG155-ref"),
    _row("Ethernet 1 IP V6 Address", "address", "AG155-ref", read=address, wanted="an IP address"),
    _row("Ethernet 1 IP V4 Address", "address", "AG155-ref", read=address, wanted="an IP address"),
)
"""The rows for a node; where two set one field, the later one stands."""

# With "IP" before them in dumps of X8, as others read them too; without in platform.md §8.
HOST_KEYS: Final = ("DNS Hostname", "IP DNS Hostname")
DOMAIN_KEYS: Final = ("DNS Domain Name", "IP DNS Domain Name")
_CLUSTER_PEERS: Final = tuple(f"Alternates Peer {number} Address" for number in range(1, 7))
_OTHER_ADDRESSES: Final = tuple(
    f"Ethernet {number} IP {kind}" for number in (1, 2) for kind in ("V4 Address", "V6 Address", "V4 StaticNAT Address")
)
_DOMAIN: Final = re.compile(r"SIP (Domain|Domains Domain) (\d+) Name", re.IGNORECASE)


def expressway(dump: XConfiguration, known: dict[str, Any]) -> Expressway:
    """Return the Expressway of a dump, with ``known`` fields over what the dump says."""
    fields = {**_nested(settings_of(dump, NODE_SETTINGS)), **known}
    if "name" not in known:
        fields["name"] = _wanted(host_name(dump), "DNS Hostname", dump, "name")
    if "role" not in known:
        fields["role"] = _wanted(role_of(dump.zones), "traversal zone of one side alone", dump, "role")
    fields.setdefault("cluster_peers", cluster_peers(dump, fields["name"]))
    return Expressway(**fields)


def _nested(found: dict[str, Any]) -> dict[str, Any]:
    """Return fields with those of one value put together."""
    sources: dict[str, dict[str, bool]] = {}
    for dotted in [field for field in found if "." in field]:
        field, _, part = dotted.partition(".")
        sources.setdefault(field, {})[part] = found.pop(dotted)
    return found | {field: RevocationSources(**parts) for field, parts in sources.items()}


def _wanted(found: Any, what: str, dump: XConfiguration, field: str) -> Any:
    if found is None:
        raise LoadError(f"its {field} is not in it", found=f"no {what}", where=dump.where, remedy=f"give {field}=…")
    return found


def host_name(dump: XConfiguration) -> str | None:
    """Return the FQDN: System host name and Domain name; None where there is no host name."""
    host, domain = (next((dump[key] for key in keys if dump.get(key)), "") for keys in (HOST_KEYS, DOMAIN_KEYS))
    return (f"{host}.{domain}" if domain else host) or None


def role_of(zones: tuple[ConfiguredZone, ...]) -> Role | None:
    """Return the role that traversal zones show: Expressway-C calls, Expressway-E is called (platform.md §4.3).

    A box with both kinds is what its zone for Unified Communications says; None where nothing says it.
    """
    roles = {zone.role for zone in zones if zone.is_unified_communications} or {zone.role for zone in zones}
    roles.discard(None)
    return roles.pop() if len(roles) == 1 else None


def cluster_peers(dump: XConfiguration, name: str) -> tuple[str, ...]:
    """Return the addresses of the other peers of the cluster; the list in a dump has this one too."""
    own = {name.lower(), *addresses(dump)}
    listed = (dump.get(key, "").strip() for key in _CLUSTER_PEERS)
    return tuple(one for one in listed if one and one.lower() not in own)


def addresses(dump: XConfiguration) -> tuple[str, ...]:
    """Return every IP address that a node has by its dump, those of static NAT among them."""
    texts = (dump.get(key, "").strip() for key in _OTHER_ADDRESSES)
    return tuple(dict.fromkeys(text for text in texts if text))


def mra_domains(dump: XConfiguration) -> tuple[str, ...]:
    """Return the domains with Mobile and Remote Access on: ``SIP Domain n Edge`` (AG155-ref)."""
    return tuple(_domains(dump))


def _domains(dump: XConfiguration) -> Iterator[str]:
    for key in dump:
        match = _DOMAIN.fullmatch(key)
        edge = match and f"SIP {match.group(1)} {match.group(2)} Edge"
        if edge and dump[key] and dump.get(edge, "") and settings_of(dump, (_edge(edge),))["edge"]:
            yield dump[key]


def _edge(key: str) -> Setting:
    return _row(key, "edge", "AG155-ref")
