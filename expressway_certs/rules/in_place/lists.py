"""CA certificates in the lists of the Expressways: what the alarms of X14.0.1 tell of, and what the guides rule out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from expressway_certs.product.alarms import SOON
from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import RemoveTrustedCa
from expressway_certs.product.changes.lists import EXPRESSWAY_LIST
from expressway_certs.product.changes.pages import told_apart
from expressway_certs.product.nodes import ONBOARDING_LIST, Expressway
from expressway_certs.product.provenance import Source
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, Stage, rule
from expressway_certs.x509.certificate import Certificate

_ALARM: Final = "An alarm tells of it, whose number is not published."


@attrs.frozen(kw_only=True)
class _Listed:
    """A certificate in a list of a node."""

    node: Expressway
    store: str
    certificate: Certificate


def _listed(context: Context) -> Iterator[_Listed]:
    if not context.deployment.nodes:
        raise NotApplicableError("the deployment has no Expressway")
    for node in context.deployment.nodes:
        for store in (EXPRESSWAY_LIST, ONBOARDING_LIST):
            for certificate in _list_of(node, store):
                yield _Listed(node=node, store=store, certificate=certificate)


def _list_of(node: Expressway, store: str) -> tuple[Certificate, ...]:
    if store == EXPRESSWAY_LIST:
        return node.trusted_ca.certificates
    return () if node.onboarding_trusted_ca is None else node.onboarding_trusted_ca.certificates


@rule("trusted-ca-expired", Severity.WARNING, Stage.IN_PLACE)
def ca_expired(context: Context) -> Iterator[Hit]:
    """A CA certificate in a list of an Expressway has ended.

    What it checks: the end of every certificate in the Trusted CA list and in the list for activation code onboarding.
    Why it matters: the guides want no expired CA in the list, and certificates under it may be rejected. Since X14.0.1
    an alarm tells of it; its number is not published.
    Example: DST Root CA X3, which older releases bring along.
    Remedy: delete it; where something still rests on it, after the CA's new certificate was added.
    References: platform.md §2 (AG155-sec, RN1401).
    """
    now = int(context.at.timestamp())
    for one in _listed(context):
        view = one.certificate.view
        if not view.holds_at(now) and one.certificate.not_after <= context.at:
            remedy = Remedy(
                changes=[RemoveTrustedCa(node=one.node.name, certificates=[one.certificate], store=one.store)]
            )
            yield _hit(one, f"ended on {one.certificate.not_after:%Y-%m-%d}", "a CA certificate that holds", remedy)


@rule("trusted-ca-expires-soon", Severity.WARNING, Stage.IN_PLACE)
def ca_expires_soon(context: Context) -> Iterator[Hit]:
    """A CA certificate in a list of an Expressway ends within 21 days.

    What it checks: the end of every certificate in the Trusted CA list and in the list for activation code onboarding.
    Why it matters: every certificate under it ends with it. Since X14.0.1 an alarm tells of it; its number is not
    published. Before, nothing tells.
    Example: the old root of a CA that has sent its new one.
    Remedy: the CA's new certificate beside it, and then this one out of the list.
    References: platform.md §2 (RN1401).
    """
    now, then = (int(instant.timestamp()) for instant in (context.at, context.at + SOON))
    for one in _listed(context):
        view = one.certificate.view
        if view.holds_at(now) and not view.holds_at(then):
            subject = one.certificate.subject
            steps = (f"Get the CA's new certificate for {subject}, and add it; delete this one where it has ended.",)
            words = f"ends on {one.certificate.not_after:%Y-%m-%d}"
            yield _hit(one, words, f"more than {SOON.days} days", Remedy(before=steps))


def _hit(one: _Listed, words: str, expected: str, remedy: Remedy) -> Hit:
    step = one.node.emulation.step(Behaviour.ALARMS_CA_EXPIRY)
    certificate = one.certificate
    return Hit(
        message=f"{told_apart(certificate)} in the {one.store} {words}",
        cause=(one.store, certificate),
        node=one.node.name,
        remedy=remedy,
        evidence=Evidence(
            certificate=certificate,
            expected=expected,
            found=f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}",
            explanation=_ALARM if step.value else f"No alarm tells of it on {one.node.release}.",
        ),
        sources=[Source("platform.md §2: AG155-sec"), step.source],
    )


LIST_RULES = (ca_expired, ca_expires_soon)
