"""Rules for the page Maintenance > Security > Trusted CA certificate: each certificate in the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from expressway_certs.product.alarms import SOON
from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import RequestCertificate
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.provenance import Source
from expressway_certs.rules import requests
from expressway_certs.rules.ca_list.changes import trust_changes
from expressway_certs.rules.ca_list.common import ca_cases, new_certificates, page, without
from expressway_certs.rules.cases import CaUploadCase
from expressway_certs.rules.common import known_certificates
from expressway_certs.rules.finding import Effect, Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.view import likely_issued


@rule("ca-list-not-a-ca", Severity.WARNING, Stage.CA_LIST, Effect.NOT_KNOWN)
def not_a_ca(context: Context) -> Iterator[Hit]:
    """A certificate that is no CA's makes nothing trusted.

    What it checks: certificates in the file that may not issue others. A self-signed one is let be: the certificate
    of a Unified CM, IM and Presence or Unity server that signed itself may be in the list, and is then trusted.
    Why it matters: a chain ends in a root. The leaf of a peer in the list does not make the peer trusted.
    Example: the "full chain" file of a public CA, with the server's own certificate at its top.
    Remedy: the certificates of the CAs above it, without the leaf.
    References: platform.md §2 (T-213872, MRA150, T-218018); what the page says to it was not found.
    """
    others = _others(context)
    for case, certificate in new_certificates(context):
        if _stands_for_a_ca(certificate, others) or certificate.is_self_signed:
            continue
        yield Hit(
            message=f"{certificate.subject} in {case.upload.file_name} is no CA certificate: it makes nothing trusted",
            cause=(case.node.name, case.upload, certificate),
            node=case.node.name,
            remedy=Remedy(
                before=(f"{page(case)}: upload the CA certificates above it, {certificate.issuer} first, and not it.",),
                changes=without(context, case, certificate),
            ),
            evidence=Evidence(
                certificate=certificate,
                extension="basicConstraints",
                expected="a CA certificate",
                found="CA:FALSE" if certificate.basic_constraints else "no basicConstraints",
            ),
            effect=Effect.NOT_KNOWN,
            sources=[Source("platform.md §2: T-213872"), Source("mra.md E", "inferred")],
        )


@rule("ca-list-own-self-signed", Severity.WARNING, Stage.CA_LIST, Effect.LATER)
def own_self_signed(context: Context) -> Iterator[Hit]:
    """A self-signed server certificate of an Expressway does not do for Unified Communications, trusted or not.

    What it checks: whether a self-signed certificate in the file is one that an Expressway of the deployment shows.
    Why it matters: the guides say that such a certificate will not work in a Unified Communications deployment. That
    it is in the list does not change that, though a judgement of the chain alone passes.
    Example: the certificate that X14.3 makes at installation, copied from Expressway-E to Expressway-C.
    Remedy: a certificate of a CA for that Expressway, and the CA in the list.
    References: platform.md §2 (CG155-ossl).
    """
    shown = {
        one: node for node in context.deployment.nodes for store in ("client", "server")
        if (one := node.certificate(store)) is not None
    }  # fmt: skip
    for case, certificate in new_certificates(context):
        owner = shown.get(certificate)
        if owner is None or not certificate.is_self_signed:
            continue
        zones = context.deployment.zones_of(owner.name)
        yield Hit(
            message=f"the certificate of {owner.name} signed itself, and will not do for Unified Communications",
            cause=(case.node.name, case.upload, certificate),
            node=case.node.name,
            remedy=Remedy(
                before=[f"Use a certificate of a CA on {owner.name}, and that CA's in place of {certificate.subject}."],
                changes=[*without(context, case, certificate), *_of_a_ca(context, owner, certificate)],
            ),
            evidence=Evidence(certificate=certificate, expected="a certificate of a CA", found="a self-signed one"),
            effect=Effect.LATER,
            severity=Severity.ERROR if zones else None,
            sources=[Source("platform.md §2: CG155-ossl")],
        )


def _of_a_ca(context: Context, owner: Expressway, certificate: Certificate) -> Iterator[RequestCertificate]:
    for store in ("server", "client"):
        if owner.certificate(store) == certificate:
            yield requests.for_store(context, owner, store)


@rule("ca-list-no-basic-constraints", Severity.WARNING, Stage.CA_LIST, Effect.LATER)
def no_basic_constraints(context: Context) -> Iterator[Hit]:
    """A CA certificate without basicConstraints is not safe in the list.

    What it checks: self-signed certificates of version 1, and others without basicConstraints that may sign
    certificates by their key usage, or did.
    Why it matters: the guides want basicConstraints in every CA certificate, for the check for CAs goes by it.
    Example: a root of version 1 from the nineties.
    Remedy: a CA certificate with basicConstraints, and certificates under that.
    References: platform.md §2 (CG155-about) and §10 row 9.
    """
    others = _others(context)
    for case, certificate in new_certificates(context):
        if certificate.basic_constraints is not None or not _stands_for_a_ca(certificate, others):
            continue
        yield Hit(
            message=f"the CA certificate {certificate.subject} has no basicConstraints (version {certificate.version})",
            cause=(case.node.name, case.upload, certificate),
            node=case.node.name,
            remedy=Remedy(
                before=("Ask the CA for a certificate with basicConstraints CA:TRUE, and for new ones under that.",),
                changes=without(context, case, certificate),
            ),
            evidence=Evidence(
                certificate=certificate, extension="basicConstraints", expected="CA:TRUE", found="no basicConstraints"
            ),
            effect=Effect.LATER,
            sources=[Source("platform.md §2: CG155-about")],
        )


def _others(context: Context) -> dict[bytes, list[Certificate]]:
    """Return every certificate that somebody else issued, as far as known here, by its issuer's name."""
    site = context.deployment
    shown = [node.certificate(store) for node in site.nodes for store in ("client", "server")]
    shown += [server.certificate(store) for server in site.uc_servers for store in ("tomcat", "callmanager")]
    listed = (*known_certificates(site), *(one for case in ca_cases(context) for one in case.file.certificates))
    found: dict[bytes, list[Certificate]] = {}
    for one in dict.fromkeys((*(one for one in shown if one is not None), *listed)):
        if not one.view.is_self_issued:
            found.setdefault(one.view.issuer, []).append(one)
    return found


def _stands_for_a_ca(certificate: Certificate, others: dict[bytes, list[Certificate]]) -> bool:
    """Whether a certificate without basicConstraints is a CA's all the same."""
    if certificate.basic_constraints is not None:
        return certificate.is_ca
    if certificate.role == "root" or "keyCertSign" in (certificate.key_usage or ()):
        return True
    return any(likely_issued(certificate.view, one.view) for one in others.get(certificate.view.subject, ()))


@rule("ca-list-expired", Severity.WARNING, Stage.CA_LIST, Effect.ALARM, Effect.LATER)
def expired(context: Context) -> Iterator[Hit]:
    """A CA certificate is out of its validity.

    What it checks: whether each certificate that the file adds has begun and has not ended. It is an error where a
    certificate of the deployment rests on it.
    Why it matters: the guides want no expired CA in the list, and certificates under it may be rejected. Since
    X14.0.1 an alarm tells of it; its number is not published.
    Example: a cross-certificate that a bundle still carries.
    Remedy: the CA's new certificate.
    References: platform.md §2 (AG155-sec, RN1401).
    """
    for case in ca_cases(context):
        out = [one for one in case.new if not one.view.holds_at(int(context.at.timestamp()))]
        relied_on = _relied_on(context, case) if out else set()
        for certificate in out:
            has_ended = certificate.not_after <= context.at
            words = f"ended on {certificate.not_after:%Y-%m-%d}"
            if not has_ended:
                words = f"does not hold before {certificate.not_before:%Y-%m-%d}"
            yield _about_its_end(
                context,
                case,
                certificate,
                f"the CA certificate {certificate.subject} in {case.upload.file_name} {words}",
                Severity.ERROR if certificate in relied_on else None,
                alarms=has_ended,
                expected=f"a certificate that holds on {context.at:%Y-%m-%d}",
                steps=() if has_ended else _later(case, certificate),
            )


def _relied_on(context: Context, case: CaUploadCase) -> set[Certificate]:
    """Return the certificates that the node judges with the list as it is afterwards, and those above them."""
    changes = [one for one in trust_changes(context, case) if one.after.judge == case.node.name]
    return {one for change in changes for side in (change.after, change.guides_after) for one in side.verdict.chain}


@rule("ca-list-expires-soon", Severity.WARNING, Stage.CA_LIST, Effect.ALARM, Effect.LATER)
def expires_soon(context: Context) -> Iterator[Hit]:
    """A CA certificate ends within 21 days.

    What it checks: the end of each certificate that the file adds, against the 21 days of the alarm of X14.0.1.
    Why it matters: every certificate under it ends with it. Since X14.0.1 an alarm tells of it; its number is not
    published. Before, nothing tells.
    Example: the old root uploaded in place of the new one.
    Remedy: the CA's new certificate.
    References: platform.md §2 (RN1401).
    """
    for case, certificate in new_certificates(context):
        if timedelta() < certificate.not_after - context.at <= SOON:
            yield _about_its_end(
                context,
                case,
                certificate,
                f"the CA certificate {certificate.subject} in {case.upload.file_name} ends on "
                f"{certificate.not_after:%Y-%m-%d}",
                None,
                alarms=True,
                expected=f"more than {SOON.days} days",
            )


def _about_its_end(
    context: Context,
    case: CaUploadCase,
    certificate: Certificate,
    message: str,
    severity: Severity | None,
    *,
    alarms: bool,
    expected: str,
    steps: tuple[str, ...] = (),
) -> Hit:
    step = case.node.emulation.step(Behaviour.ALARMS_CA_EXPIRY)
    return Hit(
        message=message,
        cause=(case.node.name, case.upload, certificate),
        node=case.node.name,
        remedy=Remedy(before=steps or _renewed(case, certificate), changes=without(context, case, certificate)),
        evidence=Evidence(
            certificate=certificate,
            expected=expected,
            found=f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}",
        ),
        effect=Effect.ALARM if alarms and step.value else Effect.LATER,
        severity=severity,
        sources=[Source("platform.md §2: AG155-sec"), step.source],
    )


def _renewed(case: CaUploadCase, certificate: Certificate) -> tuple[str, ...]:
    return (
        f"Get the CA's new certificate for {certificate.subject}.",
        f"{page(case)}: append that one, and delete this one if it is in the list.",
    )


def _later(case: CaUploadCase, certificate: Certificate) -> tuple[str, ...]:
    begin = f"{certificate.not_before:%Y-%m-%d %H:%M} UTC"
    return (f"{page(case)}: upload {case.upload.file_name} on {begin} or later; check NTP if it should hold now.",)


CERTIFICATE_RULES = (not_a_ca, own_self_signed, no_basic_constraints, expired, expires_soon)
