"""Certificates in place that legs take, and that the product warns of or that the guides say will not do."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.changes import Change, Store
from expressway_certs.product.lifetimes import TROUBLESOME_YEAR
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.provenance import Source
from expressway_certs.rules import requests
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.in_place.stored import Stored, stored
from expressway_certs.rules.key_kinds import is_too_large
from expressway_certs.rules.lacking import severity_for_mra
from expressway_certs.rules.rule import Context, NotApplicableError, Stage, rule
from expressway_certs.rules.self_made import self_made
from expressway_certs.x509.certificate import Certificate

_NO_COMMON_NAME = (
    "Server certificate does not have a Common Name (CN) attribute. Some services do not work without the CN"
)


@rule("certificate-without-common-name", Severity.WARNING, Stage.IN_PLACE, words=_NO_COMMON_NAME)
def without_common_name(context: Context) -> Iterator[Hit]:
    """The server certificate of an Expressway has no common name, and some services do not work with it.

    What it checks: whether the subject has a common name. It is an error where a Unified Communications zone shows
    that Mobile and Remote Access is in use.
    Why it matters: Mobile and Remote Access, Jabber Guest and the web proxy for Meeting Server need it; alarm 40052.
    Example: a public CA's certificate that has alternative names alone.
    Remedy: a certificate whose common name is the FQDN of the node or of its cluster.
    References: platform.md §1.2 and §9, alarm 40052 (CG155-load, AG155-ref).
    """
    for one in stored(context):
        if one.store == "server" and one.certificate.common_name is None:
            yield _hit(
                context,
                one,
                f"{one.what} has no common name, and Mobile and Remote Access does not work without one",
                expected="a common name",
                found=one.certificate.subject or "an empty subject",
                source=Source("platform.md §1.2: CG155-load, AG155-ref"),
                severity=severity_for_mra(context, one.node.name),
                product_message=_NO_COMMON_NAME,
                alarm=40052,
            )


@rule("certificate-self-signed", Severity.WARNING, Stage.IN_PLACE)
def self_signed(context: Context) -> Iterator[Hit]:
    """An Expressway shows a self-signed or temporary certificate, which does not do for Unified Communications.

    What it checks: whether a certificate in a store signed itself, or comes from the "Temporary CA" of a new box. It is
    an error where the node stands in a Unified Communications zone, whether its peers have it in their lists or not.
    Why it matters: the guides say that it will not work, though a judgement of the chain alone may pass.
    Example: the certificate that X14.3 makes at installation, loaded into the list of the other side.
    Remedy: a certificate of a CA.
    References: platform.md §1.1 and §2 (CG155-ossl, CG155-load, T-213872).
    """
    for one in stored(context):
        kind = self_made(one.certificate)
        if kind is not None:
            yield _hit(
                context,
                one,
                f"{one.what} is {kind}, which does not work in Unified Communications deployments",
                expected="a certificate of a CA",
                found=f"issued by {one.certificate.issuer}",
                source=Source("platform.md §2: CG155-ossl"),
                severity=severity_for_mra(context, one.node.name),
            )


@rule("certificate-rsa-8192", Severity.WARNING, Stage.IN_PLACE)
def rsa_8192(context: Context) -> Iterator[Hit]:
    """A certificate of an Expressway has an RSA key of 8192 bits, with which zones may not become active.

    What it checks: the size of the RSA key of every certificate in a store.
    Why it matters: SIP TLS zones may stay down, and nothing in the chain says why.
    Example: a request that was made elsewhere, with the largest key on offer.
    Remedy: a key of 4096 bits.
    References: platform.md §1.2 (CG-tr).
    """
    for one in stored(context):
        if is_too_large(one.certificate.key):
            yield _hit(
                context,
                one,
                f"{one.what} has an RSA key of {one.certificate.key.size} bits: SIP TLS zones may not become active",
                expected="at most 4096 bits",
                found=f"{one.certificate.key.size} bits",
                source=Source("platform.md §1.2: CG-tr"),
            )


@rule("certificate-valid-beyond-2050", Severity.WARNING, Stage.IN_PLACE)
def valid_beyond_2050(context: Context) -> Iterator[Hit]:
    """A certificate of an Expressway holds beyond 2050, which may cause operational issues.

    What it checks: the year of the end of every certificate in a store.
    Why it matters: dates from 2050 on are encoded in another way, and the guides warn of them.
    Example: a private CA that issues for thirty years.
    Remedy: a certificate with a shorter life.
    References: platform.md §1.2 (CG155-about).
    """
    for one in stored(context):
        end = one.certificate.not_after
        if end.year >= TROUBLESOME_YEAR:
            yield _hit(
                context,
                one,
                f"{one.what} holds until {end:%Y-%m-%d}: dates beyond 2050 cause issues",
                expected="an end before 2050",
                found=f"{end:%Y-%m-%d}",
                source=Source("platform.md §1.2: CG155-about"),
            )


def _hit(  # noqa: PLR0913 - what a finding has
    context: Context,
    one: Stored,
    message: str,
    *,
    expected: str,
    found: str,
    source: Source,
    severity: Severity | None = None,
    product_message: str | None = None,
    alarm: int | None = None,
) -> Hit:
    return Hit(
        message=message,
        cause=(one.node.name, one.certificate),
        node=one.node.name,
        remedy=Remedy(changes=[one.in_place_of(context)]),
        evidence=Evidence(certificate=one.certificate, expected=expected, found=found),
        severity=severity,
        product_message=product_message,
        alarm=alarm,
        sources=[source],
    )


@rule("certificate-shared-by-nodes", Severity.WARNING, Stage.IN_PLACE)
def shared_by_nodes(context: Context) -> Iterator[Hit]:
    """Several Expressways show one certificate, and so have one private key.

    What it checks: whether a certificate in a store of one node is in a store of another.
    Why it matters: one certificate and key on several peers works, and is discouraged: one lost key is lost for all.
    Example: a cluster certificate that was uploaded on every peer.
    Remedy: a request and a certificate for each peer.
    References: platform.md §1.1 (CL154, T-213872).
    """
    if not context.deployment.nodes:
        raise NotApplicableError("the deployment has no Expressway")
    for certificate, places in _places(context).items():
        names = list(dict.fromkeys(node.name for node, _ in places))
        if len(names) == 1:
            continue
        changes: list[Change] = [requests.for_store(context, node, store) for node, store in places]
        for name in names:
            yield Hit(
                message=f"{' and '.join(names)} have one certificate and private key",
                cause=(certificate,),
                node=name,
                remedy=Remedy(changes=changes),
                evidence=Evidence(
                    certificate=certificate, expected="a certificate for each peer", found=f"one for {', '.join(names)}"
                ),
                sources=[Source("platform.md §1.1: CL154, T-213872")],
            )


def _places(context: Context) -> dict[Certificate, list[tuple[Expressway, Store]]]:
    places: dict[Certificate, list[tuple[Expressway, Store]]] = {}
    stores: tuple[Store, ...] = ("server", "client")
    for node in context.deployment.nodes:
        for store in stores:
            certificate = node.certificate(store) if store in node.stores else None
            if certificate is not None:
                places.setdefault(certificate, []).append((node, store))
    return places


CERTIFICATE_RULES = (without_common_name, self_signed, rsa_8192, valid_beyond_2050, shared_by_nodes)
