"""Certificates in place that have ended, or end soon: what the product's alarms tell of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from expressway_certs.product.alarms import SOON, end_alarm
from expressway_certs.product.provenance import Confidence, Source
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.in_place.stored import Stored, stored
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509 import codes


@rule("certificate-expired", Severity.ERROR, Stage.IN_PLACE)
def expired(context: Context) -> Iterator[Hit]:
    """A certificate of an Expressway has expired, and no leg tells of it.

    What it checks: the end of every certificate in a store that no leg of the report refuses for its end.
    Why it matters: alarm 40068 stands (40078 for the client store, 40075 for a domain), and everybody refuses it.
    Example: an Expressway that stands in no zone yet.
    Remedy: a new certificate.
    References: platform.md §9 (AG155-ref).
    """
    told = _told_of(context)
    for one in stored(context):
        if one.certificate.not_after <= context.at and one.certificate not in told:
            end = f"{one.certificate.not_after:%Y-%m-%d}"
            yield _hit(context, one, f"{one.what} expired on {end}", f"valid at {context.at:%Y-%m-%d %H:%M} UTC")


def _told_of(context: Context) -> set[object]:
    verdicts = (one.verdict for result in context.legs for one in result.judgements)
    return {one.certificate for one in verdicts if one is not None and one.code == codes.CERT_HAS_EXPIRED}


@rule("certificate-expires-soon", Severity.WARNING, Stage.IN_PLACE)
def expires_soon(context: Context) -> Iterator[Hit]:
    """A certificate of an Expressway expires within three weeks.

    What it checks: the end of every certificate in a store, 21 days ahead.
    Why it matters: since X14.0 alarm 40069 tells of it, on the last day 40068; 40079 of the client store since X15.5,
    40076 of a domain certificate since X15.3. Before, nothing tells, and every leg goes down at once.
    Example: a certificate of 90 days that nobody renewed.
    Remedy: a new certificate.
    References: platform.md §9 (AG155-ref); 21 days is documented for 40079, and inferred for the others.
    """
    for one in stored(context):
        left = one.certificate.not_after - context.at
        if timedelta() < left <= SOON:
            words = f"{one.what} expires on {one.certificate.not_after:%Y-%m-%d}, in {left.days} days"
            yield _hit(context, one, words, f"more than {SOON.days} days")


def _hit(context: Context, one: Stored, message: str, expected: str) -> Hit:
    end = one.certificate.not_after
    confidence: Confidence = "documented" if one.store == "client" or end <= context.at else "inferred"
    return Hit(
        message=message,
        cause=(one.node.name, one.certificate),
        node=one.node.name,
        remedy=Remedy(changes=[one.in_place_of(context)]),
        evidence=Evidence(
            certificate=one.certificate, expected=expected, found=f"valid until {end:%Y-%m-%d %H:%M} UTC"
        ),
        alarm=end_alarm(one.node, one.store, end, context.at),
        sources=[Source("platform.md §9: AG155-ref", confidence)],
    )


END_RULES = (expired, expires_soon)
