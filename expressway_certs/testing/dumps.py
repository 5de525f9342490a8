"""What ``xConfiguration`` and ``xStatus`` print on an Expressway of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Final
from xml.sax.saxutils import escape

from expressway_certs.product.behaviours import Role
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.nodes import Expressway, UcKind, UcServer
from expressway_certs.product.zones import MediaEncryption, Zone, ZoneKind
from expressway_certs.testing.dump_noise import KEYS, SECRETS

Statement = tuple[str, str]
_MEDIA: Final = {
    MediaEncryption.FORCED: "On",
    MediaEncryption.UNENCRYPTED: "Off",
    MediaEncryption.BEST_EFFORT: "BestEffort",
    MediaEncryption.AUTO: "Auto",
}
_CIPHERS: Final = "EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL"
_RSA_FIRST: Final = "ECDHE-RSA-AES256-GCM-SHA384:"
_MOST_PEERS: Final = 6
_FIRST_PORT: Final = 7001
# A zone that Expressway-C makes for a Unified CM node, and when there is one.
_MADE: Final = (("CEtcp-", None, "TCP"), ("CEtls-", "mixed_mode", "TLS"), ("CEOAuth-", "sip_oauth", "TLS"))


def statements(node: Expressway, deployment: Deployment) -> list[Statement]:
    """Return what ``xConfiguration`` prints on a node of a deployment: keys and values, in order of the keys."""
    found = [
        *KEYS,
        *_system(node),
        *_revocation(node),
        *_cluster(node),
        *_domains(node, deployment),
        *_zones(node, deployment),
    ]
    return sorted(found)


def _switch(is_on: object) -> str:
    return "On" if is_on else "Off"


def _system(node: Expressway) -> Iterator[Statement]:
    host, _, domain = node.name.partition(".")
    cvs = "XCP TLS Certificate CVS"
    yield "SystemUnit Name", host
    yield "IP DNS Hostname", host
    yield "IP DNS Domain Name", domain
    yield "Ethernet 1 IP V4 Address", node.address or ""
    yield "Ethernet 2 IP V4 Address", ""
    yield "CollaborationEdge Enabled", "On"
    yield "CollaborationEdge AllowOnboardingOverMra", _switch(node.activation_code_onboarding)
    yield "EdgeConfigServer VerifyOriginServer", _switch(node.verify_origin_server)
    yield "SIP TLS Certificate ExtendedKeyUsage Checking Mode", _switch(node.extended_key_usage_checking)
    yield "SIP Advanced TlsSignatureAlgoPrefRsa", _switch(node.sip_prefers_rsa)
    yield f"{cvs} EnableCvs", _switch(node.xcp_verification)
    yield f"{cvs} VerifyHostname", _switch(node.xcp_verify_hostname)
    yield "Ciphers sshd_pfwd_pubkeyalgorithms Value", ",".join(node.ssh_key_types)
    yield "Ciphers UcClientTLSCiphers Value", _CIPHERS if node.ecdsa_first else _RSA_FIRST + _CIPHERS
    if node.role is Role.EDGE:
        yield f"{cvs} EnableServerEkuUpload", _switch(node.server_eku_upload)


def _revocation(node: Expressway) -> Iterator[Statement]:
    sip, cvs, https = "SIP TLS Certificate Revocation Checking", "XCP TLS Certificate CVS", "Authentication Certificate"
    yield f"{sip} Mode", _switch(node.revocation_checking)
    yield f"{sip} OCSP Mode", _switch(node.revocation_sources.ocsp)
    yield f"{sip} CRL Mode", _switch(node.revocation_sources.crls)
    yield f"{sip} CRL Network Fetch Mode", _switch(node.revocation_sources.downloads)
    yield f"{cvs} CertificateRevocationCheck", _switch(node.xcp_revocation_checking)
    yield f"{cvs} FailOnInaccessibleSource", _switch(node.xcp_fail_on_inaccessible_source)
    yield f"{cvs} UseOcsp", _switch(node.xcp_revocation_sources.ocsp)
    yield f"{cvs} UseCrl", _switch(node.xcp_revocation_sources.crls)
    yield f"{cvs} CrlNetworkFetchEnabled", _switch(node.xcp_revocation_sources.downloads)
    yield f"{https} Mode", "Validation" if node.client_certificate_security else "NotRequired"
    yield f"{https} Crlcheck", node.client_certificate_crls.value
    yield f"{https} Crlinaccessible", "Fail" if node.client_certificate_fail_on_inaccessible_source else "Ignore"


def _cluster(node: Expressway) -> Iterator[Statement]:
    yield "Alternates Cluster Name", node.cluster_name or ""
    yield "Alternates ConfigurationPrimary", "1"
    peers = sorted([node.name, *node.cluster_peers]) if node.cluster_peers else []
    yield from _numbered("Alternates Peer", peers)


def _numbered(prefix: str, addresses: Iterable[str]) -> Iterator[Statement]:
    for number, address in zip_longest(range(1, _MOST_PEERS + 1), addresses, fillvalue=""):
        yield f"{prefix} {number} Address", str(address)


def _domains(node: Expressway, deployment: Deployment) -> Iterator[Statement]:
    if node.role is Role.EDGE:
        return
    domains = [*((domain, "On") for domain in deployment.service_domains), ("not-mra.example.org", "Off")]
    for number, (domain, edge) in enumerate(domains, 1):
        yield f"SIP Domain {number} Name", domain
        yield f"SIP Domain {number} Edge", edge


def _zones(node: Expressway, deployment: Deployment) -> Iterator[Statement]:
    parts = [list(_zone(zone, node, deployment)) for zone in deployment.zones_of(node.name)]
    parts += [list(_made(server, *row)) for server in _cucm(node, deployment) for row in _MADE if _has(server, row[1])]
    for number, part in enumerate(filter(None, parts), 1):
        yield from ((f"Zones Zone {number} {key}", value) for key, value in part)
    verifying = (zone.tls_verify for zone in deployment.zones_of(node.name) if zone.kind is ZoneKind.DEFAULT)
    yield "Zones DefaultZone SIP TLS Verify Mode", _switch(any(verifying))


def _cucm(node: Expressway, deployment: Deployment) -> list[UcServer]:
    is_core = any(node.name == peer.name for zone in deployment.zones_of(node.name) for peer in zone.core)
    return [server for server in deployment.uc_servers if is_core and server.kind is UcKind.CUCM]


def _has(server: UcServer, field: str | None) -> bool:
    return field is None or bool(getattr(server, field))


def _made(server: UcServer, prefix: str, _field: str | None, transport: str) -> Iterator[Statement]:
    yield from _common(f"{prefix}{server.name}", "Neighbor", MediaEncryption.AUTO)
    yield from _numbered("Neighbor Peer", [server.name])
    yield "Neighbor SIP Transport", transport
    yield "Neighbor SIP TLS Verify Mode", _switch(server.tls_verify and transport == "TLS")


def _common(name: str, kind: str, media: MediaEncryption) -> Iterator[Statement]:
    yield "Name", name
    yield "Type", kind
    yield "HopCount", "15"
    yield f"{kind} SIP Media Encryption Mode", _MEDIA[media]
    yield f"{kind} SIP Poison Mode", "Off"


def _zone(zone: Zone, node: Expressway, deployment: Deployment) -> Iterator[Statement]:
    if zone.kind.is_traversal:
        yield from _traversal(zone, node, deployment)
    elif zone.kind is ZoneKind.NEIGHBOR:
        yield from _common(zone.name, "Neighbor", zone.media_encryption)
        yield from _numbered("Neighbor Peer", zone.peer_addresses)
        yield "Neighbor SIP Transport", "TLS"
        yield "Neighbor SIP TLS Verify Mode", _switch(zone.tls_verify)
    elif zone.kind is not ZoneKind.DEFAULT:
        # How the type of a Webex zone is written is not published; it is a DNS zone with a name of its own.
        yield from _common(zone.name, "DNS", zone.media_encryption)
        yield "DNS SIP TLS Verify Mode", _switch(zone.tls_verify)
        yield "DNS SIP TLS Verify Subject Name", zone.tls_verify_subject_name or next(iter(zone.peer_addresses), "")


def _traversal(zone: Zone, node: Expressway, deployment: Deployment) -> Iterator[Statement]:
    is_core = any(peer.name == node.name for peer in zone.core)
    kind = "TraversalClient" if is_core else "TraversalServer"
    yield from _common(zone.name, kind, zone.media_encryption)
    yield f"{kind} Authentication UserName", "traversal"
    yield f"{kind} Collaboration Edge", _switch(zone.kind is ZoneKind.UNIFIED_COMMUNICATIONS)
    yield f"{kind} SIP Port", str(_port(zone, deployment))
    yield f"{kind} SIP Transport", "TLS"
    yield f"{kind} SIP TLS Verify Mode", _switch(zone.tls_verify)
    if is_core:
        yield f"{kind} Authentication Password", SECRETS[0]
        yield from _numbered(f"{kind} Peer", zone.peer_addresses)
    else:
        yield f"{kind} SIP TLS Verify Subject Name", zone.tls_verify_subject_name


def _port(zone: Zone, deployment: Deployment) -> int:
    """Return the port of a zone: the next one for each zone of its Expressway-E (platform.md §4.1)."""
    zones = [one for one in deployment.zones_of(zone.edge[0].name) if one.kind.is_traversal]
    return _FIRST_PORT + [one.name for one in zones].index(zone.name)


def configuration_text(found: Iterable[Statement]) -> bytes:
    """Return statements in the text form, as T-212475 shows it, with the line ends of a download."""
    lines = [f'*c xConfiguration {key}: "{value}"' if value else f"*c xConfiguration {key}: " for key, value in found]
    return "".join(f"{line}\r\n" for line in [*lines, "*c/end", "", "OK"]).encode()


def markup(root: str, found: Iterable[Statement]) -> bytes:
    """Return statements as XML, a number as the attribute ``item``; that form is inferred."""
    tree: dict[str, object] = {}
    for key, value in found:
        *above, leaf = _elements(key)
        place = tree
        for name in above:
            place = place.setdefault(name, {})  # type: ignore[assignment]
        place[leaf] = value
    return ("<?xml version='1.0' encoding='UTF-8'?>\n" + "".join(_written(root, tree, ""))).encode()


def _elements(key: str) -> list[str]:
    """Return the elements of a key, each with its number: "Zones Zone 2 Name" has three."""
    found: list[str] = []
    for word in key.split():
        if word.isdecimal() and found:
            found[-1] = f"{found[-1].partition(' ')[0]} {word}"
        else:
            found.append(f"{word} 1")
    return found


def _written(name: str, value: object, indent: str) -> Iterator[str]:
    tag, _, number = name.partition(" ")
    opening = f'{indent}<{tag} item="{number}">' if number else f"{indent}<{tag}>"
    if isinstance(value, dict):
        inner = "".join(part for one in value.items() for part in _written(*one, f"{indent}  "))
        yield f"{opening}\n{inner}{indent}</{tag}>\n"
    else:
        yield f"{opening}{escape(str(value))}</{tag}>\n"


def status_text(node: Expressway) -> bytes:
    """Return the start of what ``xStatus`` prints: the system unit, with the release."""
    lines = (
        "*s SystemUnit: /",
        '  Product: "Cisco Expressway"',
        "  Uptime: 1843200",
        "  Software:",
        f'    Version: "{node.release}"',
        '    Build: "oak_test"',
        "*s/end",
        "",
        "*s Cluster: /",
        '  Name: ""',
        "*s/end",
        "",
        "OK",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


def status_markup(node: Expressway) -> bytes:
    """Return the same as XML."""
    found = [("SystemUnit Product", "Cisco Expressway"), ("SystemUnit Software Version", str(node.release))]
    return markup("Status", found)
