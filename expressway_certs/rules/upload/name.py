"""The names in the certificate: their form, and that there is a common name."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.fqdn import is_fqdn, is_surely_refused
from expressway_certs.product.provenance import Source
from expressway_certs.rules.cases import UploadCase
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.lacking import severity_for_mra
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.upload.common import NEEDS_NEW, certificates, hit, page
from expressway_certs.x509.certificate import Certificate

_NO_COMMON_NAME = (
    "Server certificate does not have a Common Name (CN) attribute. Some services do not work without the CN"
)
_NO_COMMON_NAME_ALARM = 40052
_LONGEST = 999


@rule(
    "upload-name-not-fqdn",
    Severity.ERROR,
    Stage.UPLOAD,
    Effect.REFUSED,
    words="File upload failed.: {} must be a valid FQDN",
)
def name_not_fqdn(context: Context) -> Iterator[Hit]:
    """A common name or alternative name that is no FQDN is refused.

    What it checks: the common name, every DNS name and every IP address of the certificate.
    Why it matters: since X14.0.2 one bare host name or IP address refuses the whole file.
    Example: DNS:expe1 beside DNS:expe1.example.com.
    Remedy: a new request without that name.
    References: platform.md §1.2 (CG155-load); that other names which are no FQDN are refused too is inferred.
    """
    for case, certificate in certificates(context):
        step = case.node.emulation.step(Behaviour.UPLOAD_NEEDS_FQDN)
        if not step.value:
            continue
        bad_names = [name for name in certificate.dns_names if not _is_fqdn(name)]
        bad_names += map(str, certificate.ip_addresses)
        common = certificate.common_name
        if bad_names:
            yield _bad_name(context, case, bad_names, "Subject alternative name", step.source)
        if common is not None and not _is_fqdn(common):
            yield _bad_name(context, case, [common], "Common name", step.source)


def _bad_name(context: Context, case: UploadCase, names: list[str], what: str, source: Source) -> Hit:
    listed = ", ".join(name or "(empty)" for name in names)
    found = hit(
        context,
        case,
        f"{what} {listed} in {case.upload.file_name} is no FQDN",
        f"{page(case)} > Generate CSR without {listed}.",
        expected="FQDNs",
        found=listed,
        product_message=f"File upload failed.: {what} must be a valid FQDN",
        effect=Effect.REFUSED,
        sources=[source if is_surely_refused(names) else attrs.evolve(source, confidence="inferred")],
    )
    return attrs.evolve(found, cause=(*found.cause, what))


def _is_fqdn(name: str) -> bool:
    # A wildcard has a rule of its own.
    return is_fqdn(name.removeprefix("*."))


@rule(
    "upload-without-common-name",
    Severity.WARNING,
    Stage.UPLOAD,
    Effect.WARNS,
    Effect.NOT_KNOWN,
    words=_NO_COMMON_NAME,
)
def without_common_name(context: Context) -> Iterator[Hit]:
    """A certificate without a common name is taken, and some services do not work with it.

    What it checks: whether the subject has a common name.
    Why it matters: Mobile and Remote Access, Jabber Guest and the web proxy for Meeting Server need it.
    Example: a public CA's certificate that has alternative names alone.
    Remedy: a certificate whose common name is the FQDN of the node or of its cluster.
    References: platform.md §1.2 and §9, alarm 40052 (CG155-load, AG155-ref).
    """
    for case, certificate in certificates(context):
        if certificate.common_name is not None:
            continue
        # The words and the alarm are about the server certificate; of the client store nothing is documented.
        is_server = case.upload.store == "server"
        yield hit(
            context,
            case,
            f"{case.upload.file_name} has no common name, and Mobile and Remote Access does not work without one",
            NEEDS_NEW.format(f"with the common name {case.node.cluster_name or case.node.name}"),
            expected="a common name",
            found=certificate.subject or "an empty subject",
            product_message=_NO_COMMON_NAME if is_server else None,
            effect=Effect.WARNS if is_server else Effect.NOT_KNOWN,
            alarm=_NO_COMMON_NAME_ALARM if is_server else None,
            severity=severity_for_mra(context, case.node.name),
            sources=[Source("platform.md §1.2: CG155-load, AG155-ref")],
        )


@rule("upload-wildcard", Severity.WARNING, Stage.UPLOAD, Effect.NOT_KNOWN)
def wildcard(context: Context) -> Iterator[Hit]:
    """A wildcard certificate is not supported.

    What it checks: the common name and the DNS names for ``*``.
    Why it matters: peers compare names as a whole, so that the wildcard stands for none of them.
    Example: *.example.com for all Expressways.
    Remedy: a certificate with the names themselves.
    References: platform.md §1.2 and §4.2 (CG155-about, T-213872); no error of the page is documented.
    """
    for case, certificate in certificates(context):
        wild = [name for name in _names(certificate) if "*" in name]
        if not wild:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} is a wildcard certificate, which Expressway does not support",
            NEEDS_NEW.format(f"with {case.node.name} and every other name of this node, none with *"),
            expected="names without *",
            found=", ".join(wild),
            effect=Effect.NOT_KNOWN,
            sources=[Source("platform.md §1.2: CG155-about, T-213872")],
        )


def _names(certificate: Certificate) -> tuple[str, ...]:
    common = certificate.common_name
    return tuple(dict.fromkeys((*([common] if common else []), *certificate.dns_names)))


@rule("upload-alternative-names-too-long", Severity.WARNING, Stage.UPLOAD, Effect.LATER)
def alternative_names_too_long(context: Context) -> Iterator[Hit]:
    """Alternative names after the first 999 characters are not looked at, some sources say.

    What it checks: the length of the alternative names together, where the setting takes those sources' side.
    Why it matters: a name at the end of a long list would not be found.
    Example: a certificate with forty domains.
    Remedy: fewer names in one certificate, the important ones first.
    References: platform.md §1.2 and §11 C8: the limit was removed in X8.10, and a later note still has it.
    """
    for case, certificate in certificates(context):
        chosen = case.node.settings.chosen("long_alternative_names")
        text = ", ".join(certificate.dns_names)
        if chosen.value == chosen.conflict.default or len(text) <= _LONGEST:
            continue
        kept = text[:_LONGEST].split(", ")[:-1]
        lost = ", ".join(name for name in certificate.dns_names if name not in kept)
        yield hit(
            context,
            case,
            f"{case.upload.file_name} has more than {_LONGEST} characters of alternative names; the last may not count",
            NEEDS_NEW.format(f"with fewer names, or with these before the others: {lost}"),
            extension="subjectAltName",
            expected=f"at most {_LONGEST} characters",
            found=f"{len(text)} characters",
            effect=Effect.LATER,
            settings=[chosen],
            sources=[Source("platform.md §1.2: CG155-about, T-213872")],
        )


NAME_RULES = (name_not_fqdn, without_common_name, wildcard, alternative_names_too_long)
