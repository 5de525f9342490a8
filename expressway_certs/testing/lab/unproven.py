"""What no endpoint of the lab can prove, as data: each with the reason, which an `Observed` tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from expressway_certs.product.legs import Ask
from expressway_certs.product.nodes import Expressway, UcServer
from expressway_certs.rules.connection import Connection, Showing, missing_records
from expressway_certs.rules.revocation import checking_of
from expressway_certs.x509 import codes

PROTOCOLS: Final[Mapping[str, str]] = {
    "SIP": "the certificate travels in the body of a SIP message: there is no handshake",
}
"""Protocols of legs that have no handshake."""

ASKS: Final[Mapping[Ask, str]] = {
    Ask.REVERSE_NAME: "the lab has no DNS, of which the product asks the name of an address",
    Ask.CLUSTER_ADDRESS: "the lab has no DNS, of which the product asks the addresses of names",
    Ask.PROFILE_NAMES: "Unified CM looks for phone security profiles, which no TLS stack knows",
    Ask.REGISTERED_NAME: "Unified CM looks into its list of Expressway-C, which no TLS stack knows",
    Ask.ACCESS_RULES: "the Default Zone goes by its access rules, which no TLS stack knows",
}
"""What is asked of a certificate besides its chain that the ends of the lab do not look at."""

OCSP: Final = "OCSP answers are asked for by the product, and not by OpenSSL's verification"
FALLBACK: Final = "what a lacking CRL means is a setting of the product, and OpenSSL refuses"
DNS: Final = "the lab has no DNS, and the tunnels of the product need its records"


def reasons(connection: Connection) -> Iterator[str]:
    """Yield why a connection whose certificates are taken is not proven to come up."""
    for showing in connection.sides:
        if showing is not None:
            yield from _of_side(connection, showing)
    is_without = any(missing_records(one, connection.deployment) for one in (connection.initiator, connection.acceptor))
    if connection.leg.asks_dns and is_without:
        yield DNS


def _of_side(connection: Connection, showing: Showing) -> Iterator[str]:
    for ask in showing.shown.asks:
        if ask in ASKS and _is_asked(connection, showing, ask):
            yield ASKS[ask]


def _is_asked(connection: Connection, showing: Showing, ask: Ask) -> bool:
    question = connection.question(showing)
    return question is not None and question.answer(ask) is not None


def other_openssl(showing: Showing) -> str | None:
    """Return why a judge's OpenSSL cannot be had here; None where it can."""
    judge = showing.judge
    is_old = isinstance(judge, Expressway | UcServer) and judge.openssl.branch == "1.1.1"
    return "the judge has OpenSSL 1.1.1, which is not the one here" if is_old else None


def ocsp(connection: Connection, showing: Showing) -> str | None:
    """Return why the revocation checking of a judge cannot be had of OpenSSL; None where it can, or there is none."""
    checking = checking_of(showing.judge, connection.leg, showing.shown)
    return OCSP if checking is not None and checking.ocsp else None


def fallback(connection: Connection, showing: Showing, code: int | None) -> str | None:
    """Return why a refusal for want of a CRL is not the judge's; None where it is, or there is no such refusal."""
    checking = checking_of(showing.judge, connection.leg, showing.shown)
    if checking is None or code not in codes.OF_CRLS:
        return None
    if checking.lists_in_force:
        return FALLBACK
    if code != codes.UNABLE_TO_GET_CRL:
        return None
    return None if checking.fallback == "revoked" else FALLBACK
