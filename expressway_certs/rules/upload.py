"""Rules for the pages Maintenance > Security > Server certificate and (X15.5) Client certificate."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import AddTrustedCa
from expressway_certs.product.provenance import Source
from expressway_certs.rules import remedies
from expressway_certs.rules.cases import UploadCase
from expressway_certs.rules.common import NO_ISSUER, known_certificates
from expressway_certs.rules.finding import Effect, Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError, Stage, rule
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.verify import verify

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE)


def _cases(context: Context) -> tuple[UploadCase, ...]:
    if not context.cases.uploads:
        message = "no file waits to be uploaded"
        raise NotApplicableError(message)
    return context.cases.uploads


def _accepted(context: Context) -> Iterator[tuple[UploadCase, Certificate]]:
    """Yield the uploads that the format check lets through, with the certificate that they are about."""
    for case in _cases(context):
        if case.certificate is not None:
            yield case, case.certificate


def _page(case: UploadCase) -> str:
    name = "Client" if case.upload.store == "client" else "Server"
    return f"Maintenance > Security > {name} certificate"


@rule("upload-not-a-pem-certificate", Severity.ERROR, Stage.UPLOAD)
def not_a_pem_certificate(context: Context) -> Iterator[Hit]:
    """A file that is no PEM certificate is refused.

    What it checks: whether the file is a certificate in PEM (Base-64), whatever its name ends in.
    Why it matters: Expressway takes no DER, PKCS#7 or PKCS#12 file, no request and no key in its place.
    Example: a .cer file that a Windows CA hands out in DER.
    Remedy: the PEM that this library makes of the file, or "Base-64 encoded" in the Windows export wizard.
    References: platform.md §1.1 and §1.2.
    """
    for case in _cases(context):
        report = case.file
        if case.certificate is not None:
            continue
        certificate = report.certificates[0] if report.certificates else None
        steps = [f"Export {case.upload.file_name} again as Base-64 encoded (PEM), or ask the CA for that format."]
        if report.pem:
            name = case.upload.file_name
            steps = [f"Make PEM of it: python -m expressway_certs identify {name} --out new.pem (or export as Base-64)"]
        yield Hit(
            message=f"{case.upload.file_name} is {report.sentence}",
            cause=(case.node.name, case.upload),
            node=case.node.name,
            remedy=Remedy(steps=(*steps, f"On {case.node.name}: {_page(case)} > Upload server certificate data")),
            evidence=Evidence(certificate=certificate, expected="a PEM certificate", found=report.kind.value),
            effect=Effect.REFUSED,
            product_message="Invalid certificate: The file provided is not a valid X.509 PEM certificate file.",
            sources=[Source("platform.md §1.2: SEED, T-221624")],
        )


@rule("upload-holds-several-certificates", Severity.WARNING, Stage.UPLOAD)
def holds_several_certificates(context: Context) -> Iterator[Hit]:
    """A server certificate file should hold the leaf alone.

    What it checks: whether the file holds other certificates besides the leaf.
    Why it matters: the guides want the leaf alone, and what the page does with the rest is not documented.
    Example: a "full chain" file of a public CA.
    Remedy: upload the leaf here, and the CA certificates to the Trusted CA list.
    References: platform.md §1.1 (T-218034).
    """
    for case in _cases(context):
        report = case.file
        if case.holds_several:
            yield Hit(
                message=f"{case.upload.file_name} holds {len(report.certificates)} certificates, not the leaf alone",
                cause=(case.node.name, case.upload),
                node=case.node.name,
                remedy=Remedy(
                    steps=(
                        f"On {case.node.name}: {remedies.TRUSTED_CA_PAGE}: upload the CA certificates of the file.",
                        f"On {case.node.name}: {_page(case)}: upload the leaf alone.",
                    )
                ),
                evidence=Evidence(expected="one certificate", found=f"{len(report.certificates)} certificates"),
                sources=[Source("platform.md §1.1: T-218034")],
            )


@rule("upload-chain-untrusted", Severity.ERROR, Stage.UPLOAD)
def chain_untrusted(context: Context) -> Iterator[Hit]:
    """A certificate whose CA chain is not in the node's own Trusted CA list is refused.

    What it checks: whether the node's list holds every CA above the certificate, up to the root.
    Why it matters: X14 and later refuse the upload; X12 only warned.
    Example: a renewal under a new intermediate that nobody has loaded.
    Remedy: load the CA certificates first, on every peer, then the certificate.
    References: platform.md §1.2 and §11 C9.
    """
    known = known_certificates(context.deployment)
    for case, certificate in _accepted(context):
        verdict = verify(certificate, case.node.trusted_ca, (), VerifyPolicy(at=context.at))
        if verdict.code not in NO_ISSUER:
            continue
        step = case.node.emulation.step(Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN)
        lacking = [one for one in remedies.ca_chain(certificate, known) if one not in case.node.trusted_ca]
        names = [one.subject for one in lacking] or [str(verdict.missing or certificate.issuer)]
        load = [f"On {case.node.name}: {remedies.TRUSTED_CA_PAGE} > Choose file > {name}" for name in names]
        yield Hit(
            message=f"{case.node.name} does not trust the CA chain of {case.upload.file_name}",
            cause=(case.node.name, case.upload),
            node=case.node.name,
            remedy=Remedy(
                steps=(*load, f"On {case.node.name}: {_page(case)}: upload {case.upload.file_name} again."),
                changes=[AddTrustedCa(node=case.node.name, certificates=lacking)] if lacking else [],
            ),
            evidence=Evidence(
                certificate=certificate,
                code=verdict.code,
                depth=verdict.depth,
                expected=verdict.expected,
                found=verdict.found,
                explanation=verdict.explanation,
            ),
            effect=Effect.REFUSED if step.value else Effect.WARNS,
            severity=None if step.value else Severity.WARNING,
            settings=case.node.emulation.choices(Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN),
            sources=[step.source],
        )


@rule("upload-name-not-fqdn", Severity.ERROR, Stage.UPLOAD)
def name_not_fqdn(context: Context) -> Iterator[Hit]:
    """A common name or alternative name that is no FQDN is refused.

    What it checks: the common name, every DNS name and every IP address of the certificate.
    Why it matters: since X14.0.2 one bare host name or IP address refuses the whole file.
    Example: DNS:expe1 beside DNS:expe1.example.com.
    Remedy: a new request without that name.
    References: platform.md §1.2 (CG155-load).
    """
    for case, certificate in _accepted(context):
        step = case.node.emulation.step(Behaviour.UPLOAD_NEEDS_FQDN)
        if not step.value:
            continue
        bad_names = [name for name in certificate.dns_names if not _is_fqdn(name)]
        bad_names += map(str, certificate.ip_addresses)
        common = certificate.common_name
        if bad_names:
            yield _bad_name(case, certificate, bad_names, "Subject alternative name", step.source)
        elif common is not None and not _is_fqdn(common):
            yield _bad_name(case, certificate, [common], "Common name", step.source)


def _bad_name(case: UploadCase, certificate: Certificate, names: list[str], what: str, source: Source) -> Hit:
    return Hit(
        message=f"{what} {', '.join(names)} in {case.upload.file_name} is no FQDN",
        cause=(case.node.name, case.upload),
        node=case.node.name,
        remedy=Remedy(steps=(f"On {case.node.name}: {_page(case)} > Generate CSR without {', '.join(names)}.",)),
        evidence=Evidence(certificate=certificate, expected="FQDNs", found=", ".join(names)),
        product_message=f"File upload failed.: {what} must be a valid FQDN",
        sources=[source],
    )


def _is_fqdn(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        labels = name.removeprefix("*.").split(".")
        return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    return False


@rule("upload-without-client-auth", Severity.ERROR, Stage.UPLOAD)
def without_client_auth(context: Context) -> Iterator[Hit]:
    """A server certificate without client authentication is refused.

    What it checks: extendedKeyUsage; where it is absent, everything is allowed.
    Why it matters: up to X15.3 every Expressway refuses it, X15.4 takes it on Expressway-E with a switch, X15.5
    takes it. Public CAs stop issuing client authentication.
    Example: a certificate of a public CA of 2026.
    Remedy: a certificate with both usages, or the upgrade.
    References: platform.md §1.2 and §7 (T-225482, T-225693).
    """
    for case, certificate in _accepted(context):
        usages = certificate.extended_key_usage
        emulation = case.node.emulation
        if usages is None or "clientAuth" in usages or not emulation.has(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH):
            continue
        yield Hit(
            message=f"{case.upload.file_name} is not for client authentication, which {case.node.release} asks for",
            cause=(case.node.name, case.upload),
            node=case.node.name,
            remedy=Remedy(
                steps=(
                    "Get a certificate with serverAuth and clientAuth, from a private CA if no public one gives it.",
                )
            ),
            evidence=Evidence(
                certificate=certificate,
                extension="extendedKeyUsage",
                expected="clientAuth",
                found=", ".join(sorted(usages)),
            ),
            sources=[emulation.step(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH).source],
        )


@rule("upload-key-does-not-match", Severity.ERROR, Stage.UPLOAD)
def key_does_not_match(context: Context) -> Iterator[Hit]:
    """A certificate that does not belong to the private key is refused.

    What it checks: the private key that is uploaded with the certificate, where one is given.
    Why it matters: the certificate of another peer, or from a discarded request, cannot be installed.
    Example: expe1's certificate with expe2's key.
    Remedy: the key of the request that this certificate was issued for.
    References: platform.md §1.2 (T-218034, CG155-csr).
    """
    cases = [(case, certificate) for case, certificate in _accepted(context) if case.key_file is not None]
    if not cases:
        message = "no private key is given"
        raise NotRunError(message)
    for case, certificate in cases:
        if case.key_file is None or case.key_file.key is None or case.key_file.key.matches(certificate):
            continue
        yield Hit(
            message=f"the private key does not belong to {case.upload.file_name}",
            cause=(case.node.name, case.upload),
            node=case.node.name,
            remedy=Remedy(steps=(f"On {case.node.name}: upload the key of the request for this certificate with it.",)),
            evidence=Evidence(certificate=certificate, expected="the key of this certificate", found="another key"),
            sources=[Source("platform.md §1.2: T-218034, CG155-csr")],
        )


UPLOAD_RULES = (
    not_a_pem_certificate,
    holds_several_certificates,
    chain_untrusted,
    name_not_fqdn,
    without_client_auth,
    key_does_not_match,
)
