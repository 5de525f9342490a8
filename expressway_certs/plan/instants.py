"""The instants at which anything in a deployment begins or ends: at these a state can change, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from expressway_certs.product.alarms import SOON
from expressway_certs.product.calendar import PolicyDate
from expressway_certs.product.deployment import Deployment
from expressway_certs.rules.cases import Cases
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.ocsp import OcspResponse
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.trust_store import TrustStore

_SECOND: Final = timedelta(seconds=1)

Instant = tuple[datetime, str]
"""When something begins or ends, and what."""


def instants(deployment: Deployment, calendar: Iterable[PolicyDate]) -> tuple[Instant, ...]:
    """Return every instant at which a leg or a finding of a deployment can change, with what happens then, in order."""
    found = [*_of_things(deployment), *((one.since, one.what) for one in calendar)]
    return tuple(sorted(dict.fromkeys(found)))


def _of_things(deployment: Deployment) -> Iterator[Instant]:
    shown, listed, crls, responses = _things(deployment)
    cases = Cases.of(deployment)
    files = (*(case.file for case in cases.uploads), *(case.file for case in cases.ca_uploads))
    waiting = [one for file in files for one in file.certificates]
    for certificate in dict.fromkeys(waiting):
        yield from _shifted(certificate.not_after, -SOON, f"{_named(certificate)} ends in {SOON.days} days")
    shown += waiting
    crls += [one for case in cases.ca_uploads for one in case.revocation_lists]
    shown += [one for response in responses for one in response.certificates]
    for certificate in _relevant(shown, listed):
        yield from _of_certificate(certificate)
    for crl in dict.fromkeys(crls):
        yield from _of_crl(crl)
    for response in responses:
        yield from _of_response(response)


def _things(
    deployment: Deployment,
) -> tuple[list[Certificate], list[Certificate], list[RevocationList], list[OcspResponse]]:
    """Return the certificates that are shown or sent, those in lists, the CRLs, and the OCSP responses."""
    shown: list[Certificate] = []
    listed: list[Certificate] = []
    crls: list[RevocationList] = []
    responses: list[OcspResponse] = []
    for thing in _walk(deployment):
        match thing:
            case Certificate():
                shown.append(thing)
            case TrustStore():
                listed += thing
            case RevocationList():
                crls.append(thing)
            case OcspResponse():
                responses.append(thing)
    return shown, listed, crls, responses


_WHOLE: Final = (Certificate, TrustStore, RevocationList, OcspResponse, CertificateRequest)


def _walk(value: Any) -> Iterator[Any]:
    """Yield what lies anywhere in a model, whatever field of it: a field that is added later is not forgotten."""
    if isinstance(value, _WHOLE):
        yield value
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from _walk(one)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _walk(getattr(value, field.name))


def _relevant(shown: Iterable[Certificate], listed: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return the certificates that can stand on a path: what is shown, and what bears the name of an issuer on one.

    Issuers are looked up by their names, so that no other certificate of a list is ever looked at.
    """
    by_subject: dict[bytes, list[Certificate]] = {}
    for one in dict.fromkeys(listed):
        by_subject.setdefault(one.view.subject, []).append(one)
    found: dict[Certificate, None] = {}
    waiting = list(shown)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting += by_subject.get(one.view.issuer, ())
    return tuple(found)


def _of_certificate(certificate: Certificate) -> Iterator[Instant]:
    yield certificate.not_before, f"{_named(certificate)} begins to hold"
    yield certificate.not_after, f"{_named(certificate)} ends"
    # RFC 5280 has it hold for one second more, but a stricter opinion is asked for where OpenSSL's verdict is a yes.


def _named(certificate: Certificate) -> str:
    return f"the certificate {certificate.subject or f'with the serial number {certificate.serial_number:x}'}"


def _of_crl(crl: RevocationList) -> Iterator[Instant]:
    if crl.this_update is not None:
        yield crl.this_update, f"a CRL of {crl.issuer} begins to hold"
    if crl.next_update is not None:
        yield crl.next_update, f"the CRL of {crl.issuer} is out of date"


def _of_response(response: OcspResponse) -> Iterator[Instant]:
    for start, end in response.periods:
        yield start, "an OCSP response begins to hold"
        if end is not None:
            yield from _shifted(end, _SECOND, "an OCSP response is out of date")


def _shifted(instant: datetime, by: timedelta, what: str) -> Iterator[Instant]:
    try:
        shifted = instant + by
    except OverflowError:
        # Neither before the year 1 nor after 9999 is there an instant to ask for.
        return
    yield shifted, what
