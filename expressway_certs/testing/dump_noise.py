"""What a dump and an archive have besides: keys that nothing is read from, secrets, logs."""

from __future__ import annotations

from typing import Final

SECRETS: Final = (
    "{cipher}qL1TestKitOnly0kq8mYp7b3fX2w==",
    "$6$TestKit$0nlyF0rTests",
    "test-kit-community",
    "test-kit-password",
)
"""Values that no reader may let out; each stands in every dump."""

KEYS: Final = (
    ("Administration HTTPS Mode", "On"),
    ("Administration SSH Mode", "On"),
    ("Alarm Notification SMTP Server Password", SECRETS[0]),
    ("Applications ConferenceFactory Alias", ""),
    ("Authentication ADS MachinePassword Refresh", "On"),
    ("Authentication Account Admin Account 1 Name", "admin"),
    ("Authentication Account Admin Account 1 Password", SECRETS[1]),
    ("Authentication StrictPassword MinimumLength", "15"),
    ("Bandwidth Default", "384"),
    ("Call Services Fallback Alias", ""),
    ("CollaborationEdge InternalCheck", "No"),
    ("CollaborationEdge SsoEnabled", "Off"),
    ("DNS Server 1 Address", "192.0.2.53"),
    ("DNS Server 2 Address", ""),
    ("EdgeConfigServer CredentialTtl", "28800"),
    ("H323 Mode", "Off"),
    ("Interworking Mode", "RegisteredOnly"),
    ("Login Remote LDAP BindPassword", SECRETS[3]),
    ("Login Source Admin", "LocalOnly"),
    ("NTP Server 1 Address", "192.0.2.123"),
    ("Policy FindMe Mode", "Off"),
    ("Policy Services Service 1 DefaultCPL", "<reject status='504' reason='Policy Service Unavailable'/>"),
    ("Registration AllowList 1 Pattern String", '(\\d{10})@"example".com'),
    ("Remote Syslog 1 Address", "syslog.example.com"),
    ("SIP Advanced SipTlsVersions", "TLSv1.2"),
    ("SIP Mode", "On"),
    ("SIP TCP Mode", "Off"),
    ("SIP TLS Certificate Revocation Checking Source Inaccessibility Behavior", "Fail"),
    ("SIP TLS Mode", "On"),
    ("SIP TLS Port", "5061"),
    ("SNMP CommunityName", SECRETS[2]),
    ("TimeZone Name", "Europe/Oslo"),
    ("Traversal Server TURN Mode", "Off"),
    ("Zones LocalZone DefaultSubZone Registrations", "Allow"),
    ("Zones Policy SearchRules Rule 1 Name", "LocalZoneMatch"),
    ("Zones Policy SearchRules Rule 1 Target Name", "LocalZone"),
)
"""Keys and values out of the list of commands (AG155-ref); secrets among them are of the test kit alone."""

LOG: Final = (
    '{time} {host} tvcs: UTCTime="{time}" Module="network.sip" Level="DEBUG": Action="Sent" Dst-port="7001"',
    '{time} {host} portforwarding: UTCTime="{time}" Level="INFO" Detail="-----BEGIN CERTIFICATE----- is none"',
    '{time} {host} management: UTCTime="{time}" Event="System Configuration Changed" Detail="xconfiguration changed"',
)
"""Lines of a log, in the form of those in platform.md §4.5."""

PCAP: Final = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
"""An empty packet capture."""
