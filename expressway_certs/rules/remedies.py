"""The words of remedies: menu paths and restarts, written once."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from expressway_certs.product.changes import AddTrustedCa
from expressway_certs.product.changes.pages import (
    CLIENT_PAGE,
    CUCM_PAGE,
    RESTART_PAGE,
    SERVER_PAGE,
    TRUSTED_CA_PAGE,
    UC_SERVERS_PAGE,
    ZONES_PAGE,
    page_of,
)
from expressway_certs.rules.finding import Remedy
from expressway_certs.rules.judging import Judgement
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.missing import MissingIssuer
from expressway_certs.x509.trust_store import TrustStore

__all__ = [
    "CLIENT_PAGE",
    "CUCM_PAGE",
    "RESTART_PAGE",
    "SERVER_PAGE",
    "TRUSTED_CA_PAGE",
    "UC_SERVERS_PAGE",
    "ZONES_PAGE",
    "ca_chain",
    "identify_command",
    "lacking_cas",
    "load_on_expressway",
    "page_of",
    "trust_on_expressway",
    "trust_on_server",
    "wanted_issuer",
]

CUCM_RESTARTS = "utils service restart Cisco Tomcat, then restart Cisco CallManager, Cisco TFTP and Cisco HAProxy"


def identify_command(file_name: str) -> str:
    """Return the command that makes PEM of a file, its name quoted for the shell where it has to be."""
    return f"python -m expressway_certs identify {shlex.quote(file_name)} --out new.pem"


def ca_chain(certificate: Certificate, known: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return the CAs above ``certificate``, as far as they are among ``known``; a self-signed one is its own."""
    if certificate.is_self_signed:
        return (certificate,)
    store = known if isinstance(known, TrustStore) else TrustStore(known)
    return build_chain(certificate, store).certificates[1:]


def trust_on_expressway(judgement: Judgement, known: Iterable[Certificate]) -> Remedy:
    """Return how to make an Expressway trust a certificate: load its CA chain, or first get hold of it."""
    lacking = lacking_cas(judgement, known)
    if lacking:
        return load_on_expressway(judgement.judge, lacking)
    return Remedy(
        steps=(
            f"Get the CA certificate {wanted_issuer(judgement)} from the CA.",
            f"On {judgement.judge}: {TRUSTED_CA_PAGE}",
            f"Restart {judgement.judge}: {RESTART_PAGE}",
        )
    )


def load_on_expressway(node: str, cas: tuple[Certificate, ...]) -> Remedy:
    """Return how CA certificates come into the list of an Expressway."""
    steps = [f"On {node}: {TRUSTED_CA_PAGE} > Choose file > {one.subject} > Append CA certificate" for one in cas]
    return Remedy(
        steps=(*steps, f"Restart {node}: {RESTART_PAGE}"), changes=(AddTrustedCa(node=node, certificates=cas),)
    )


def trust_on_server(judgement: Judgement, known: Iterable[Certificate]) -> Remedy:
    """Return how to make a Unified CM trust Expressway-C: load its CA chain into the list that lacks it."""
    lacking = lacking_cas(judgement, known)
    page = f"On {judgement.judge}: {CUCM_PAGE} > Upload Certificate > {judgement.trusted_by}"
    steps = [f"{page}: {one.subject}" for one in lacking] or [
        f"{page}: {wanted_issuer(judgement)}, to be had from the CA"
    ]
    changes = (AddTrustedCa(node=judgement.judge, certificates=lacking, store=judgement.trusted_by),) if lacking else ()
    # Which service reads cup-xmpp-trust again, and when, is not documented.
    restarts = [] if judgement.trusted_by == "cup-xmpp-trust" else [f"On {judgement.judge}: {CUCM_RESTARTS}"]
    return Remedy(steps=(*steps, *restarts), changes=changes)


def lacking_cas(judgement: Judgement, known: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return the CA certificates above the judged one that its judge does not hold, as far as they are known."""
    if judgement.certificate is None or judgement.verdict is None:
        return ()
    held = judgement.verdict.case.trust
    return tuple(one for one in ca_chain(judgement.certificate, known) if one not in held)


def wanted_issuer(judgement: Judgement) -> str:
    """Return the issuer that is lacking, as far as the verdict knows it."""
    verdict = judgement.verdict
    if verdict is None:
        return "of the peer"
    return str(verdict.missing or MissingIssuer.of(verdict.certificate))
