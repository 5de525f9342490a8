"""What the product logs and raises for a leg that fails: rows of platform.md §4.5 and §9 and mra.md A4.

OpenSSL's reason stands in them as 1.1.1 spells it ("self signed"), as in every sample that was published; whether
X15 spells it otherwise is not known (platform.md §12).
"""

from __future__ import annotations

import enum
from typing import Final, Literal

import attrs

from expressway_certs.product import legs as table
from expressway_certs.product.provenance import Confidence, Source


class Cause(enum.Enum):
    """Why a certificate was not taken, as far as the product's words tell it apart."""

    CHAIN = "the chain leads to no trusted root"
    REFUSED = "a certificate of the chain is refused for what it is"
    PURPOSE = "a usage is lacking"
    NAME = "a name is lacking"
    SERVICE_DOMAIN = "the service domain is lacking"
    NAME_AND_CHAIN = "a name is lacking, and the chain is refused as well"
    PROFILE = "a phone security profile name is lacking"
    REVERSE_RECORD = "there is no reverse DNS record"
    DNS = "a DNS record is lacking"
    OTHER = "something else"


@attrs.frozen(kw_only=True)
class Symptom:
    """What one node shows of a failing leg: an event of the log or an alarm with its number, and the words."""

    node: str
    text: str
    event: str | None = None
    alarm: int | None = None
    source: Source


@attrs.frozen(kw_only=True)
class SymptomRow:
    """A row: on which legs, where ``judge`` refuses for one of ``causes``, the ``seen_by`` side shows ``text``.

    ``who`` is how the name of a client that does so begins. ``text`` may name {reason}, {depth}, {code}, {name},
    {initiator}, {acceptor}, {presenter} and {judge}.
    """

    legs: tuple[str, ...]
    judge: Literal["initiator", "acceptor", "either"]
    causes: frozenset[Cause]
    seen_by: Literal["judge", "presenter"]
    who: str
    text: str
    event: str | None = None
    alarm: int | None = None
    source: Source


_CHAIN: Final = frozenset({Cause.CHAIN, Cause.REFUSED, Cause.PURPOSE})
_NAMES: Final = frozenset({Cause.NAME})
_ANY: Final = frozenset(Cause)


def _row(  # noqa: PLR0913 - the columns of the table
    legs: tuple[str, ...],
    judge: Literal["initiator", "acceptor", "either"],
    causes: frozenset[Cause],
    text: str,
    source: str,
    confidence: Confidence = "documented",
    *,
    event: str | None = None,
    alarm: int | None = None,
    seen_by: Literal["judge", "presenter"] = "judge",
    who: str = "",
) -> SymptomRow:
    return SymptomRow(
        legs=legs,
        judge=judge,
        causes=causes,
        seen_by=seen_by,
        who=who,
        text=text,
        event=event,
        alarm=alarm,
        source=Source(source, confidence),
    )


_SIP: Final = ("2", "12", "12-back", "13", "13-back", "14", "14-back")
_ATS: Final = table.TRAFFIC_SERVER_LEGS
_OUTBOUND, _INBOUND = "Outbound TLS Negotiation Error", "Inbound TLS Negotiation Error"
_TUNNELS = "Unified Communications SSH tunnel failure"
_IDENTITY = "Peer's TLS certificate identity was unacceptable"
_CORE = "Core server certificate verification failed for ({acceptor}). Action=Terminate Error={reason}"

SYMPTOMS: Final[tuple[SymptomRow, ...]] = (
    _row(_SIP, "initiator", _CHAIN, "{reason}", "platform.md §4.5: T-212475", "inferred", event=_OUTBOUND),
    _row(_SIP, "initiator", _NAMES, _IDENTITY, "platform.md §4.5: T-117811, T-212475", event=_OUTBOUND),
    _row(_SIP, "acceptor", _CHAIN, "{reason}", "platform.md §4.5: T-212475", event=_INBOUND),
    _row(_SIP, "acceptor", _NAMES, _IDENTITY, "platform.md §4.5: T-212475", event=_INBOUND),
    _row(_SIP, "initiator", _CHAIN, "sslv3 alert certificate unknown", "platform.md §4.5: T-212475", event=_INBOUND,
         seen_by="presenter"),
    _row(_SIP, "acceptor", _CHAIN, "sslv3 alert certificate unknown", "platform.md §4.5: T-212475", event=_OUTBOUND,
         seen_by="presenter"),
    # "This system cannot communicate with one or more remote hosts": the one that opens the tunnels says so.
    _row(("3",), "initiator", _ANY, _TUNNELS, "platform.md §9: AG155-ref", alarm=35013),
    _row(("3",), "acceptor", _ANY - {Cause.DNS}, _TUNNELS, "platform.md §9: AG155-ref", "inferred", alarm=35013,
         seen_by="presenter"),
    _row(("4",), "initiator", frozenset({Cause.REVERSE_RECORD}), "Reverse DNS Lookup failed",
         "platform.md §9: AG155-ref", alarm=25030),
    _row(("4",), "initiator", frozenset({Cause.REVERSE_RECORD}),
         "caught exception: exception in reverseDNSLookup: reverse DNS lookup failed for address={name}",
         "platform.md §4.5: T-118798"),
    _row(("4",), "initiator", _NAMES, "Certificate verification failed", "platform.md §9: AG155-ref", alarm=25031),
    _row(("4",), "initiator", _NAMES, "additional info: Invalid Hostname", "platform.md §4.5: T-118798"),
    _row(_ATS, "initiator", _CHAIN, _CORE + " server={acceptor} depth={depth}", "mra.md A4.1: 218018"),
    _row(_ATS, "initiator", _CHAIN | _NAMES, "HTTP/1.1 502 connect failed", "mra.md A4.1: 218018"),
    _row(_ATS, "initiator", _NAMES, "SNI ({name}) not in certificate. Action=Terminate", "mra.md A4.1: 218018"),
    _row(_ATS, "acceptor", frozenset({Cause.CHAIN}),
         "SSL connection failed for '{initiator}': SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca",
         "mra.md A4.1: 225746", seen_by="presenter"),
    _row(("6e", "6f"), "initiator", _NAMES, _IDENTITY, "mra.md A4.2: 117811", "inferred", event=_OUTBOUND),
    _row(("6e", "6f"), "initiator", _CHAIN, "{reason}", "platform.md §4.5: T-212475", "inferred", event=_OUTBOUND),
    _row(("6e", "6f"), "acceptor", _CHAIN,
         "SdlSSLTCPListener::verify_cb pre-verified=0,cert verification errno= {code} ,depth={depth}",
         "mra.md A4.4: 210541"),
    _row(("6e-back",), "acceptor", frozenset({Cause.PURPOSE}), "no certificate returned",
         "platform.md §4.5: T-213863"),
    _row(("6e-back",), "acceptor", frozenset({Cause.CHAIN, Cause.REFUSED}), "{reason}", "platform.md §4.5: T-212475",
         "inferred", event=_INBOUND),
    _row(("6e", "6e-back"), "either", frozenset({Cause.PROFILE}),
         "validTLSConnection:TLS InvalidX509NameInCertificate Error , did not find matching SAN either",
         "mra.md A4.4: 211304"),
    _row(table.CLUSTER_LEGS, "either", _ANY, "Certificate: Invalid", "platform.md §4.6: CL154"),
    _row(("6f",), "either", frozenset({Cause.CHAIN}), "Unknown CA", "mra.md A4.3: 215572"),
    _row(("6e", "6e-back"), "either", frozenset({Cause.PROFILE}), "Failed to establish SSL connection",
         "mra.md A4.3: MRA-ts, 213872", seen_by="presenter"),
    _row(("1a",), "initiator", _CHAIN, "CERTIFICATE_VALIDATION_ERROR", "mra.md A4.5: 221845", who="Jabber"),
    _row(("1c",), "initiator", _CHAIN, "@XmppSDK: #0, TLS handshake failed!", "mra.md A4.5: 221845", who="Jabber"),
    _row(("1c",), "initiator", _CHAIN, "LERR_JABBER_CERT <15>: Certificate Failure", "mra.md A4.5: 221845",
         who="Jabber"),
    _row(table.CLIENT_LEGS, "initiator", frozenset({Cause.NAME, Cause.SERVICE_DOMAIN}),
         "Verification of identity: '{name}' failed.", "mra.md A4.5: 118798", who="Jabber"),
    # The two reasons together, as in the sample: the name does not match, and the operating system does not trust.
    _row(table.CLIENT_LEGS, "initiator", frozenset({Cause.NAME_AND_CHAIN}),
         "Verification result : FAILURE reason : [CN_NO_MATCH UNKNOWN]", "mra.md A4.5: 118798, 223101", who="Jabber"),
    _row(("1a",), "initiator", _CHAIN, "SSL certificate problem: {reason}", "mra.md A4.5: 211304", "inferred",
         who="TC/CE"),
    _row(table.CLIENT_LEGS, "initiator", frozenset({Cause.SERVICE_DOMAIN}),
         "Edge domain '{name}' and corresponding SRVName '_collab-edge._tls.{name}' not found in certificate SAN list",
         "mra.md A4.5: 211304", who="TC/CE"),
)  # fmt: skip
"""Every row whose words are published; a failure that none of them fits has no symptom here, and none is invented."""
