"""Whether the page takes the file at all: its format, what else is in it, and whether the page is there."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.changes import AddTrustedCa, Change
from expressway_certs.product.provenance import Source
from expressway_certs.rules import remedies
from expressway_certs.rules.cases import UploadCase
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.upload.common import (
    by_hand,
    cases,
    certificates,
    has_page,
    hit,
    instead,
    page,
    waits,
    withdrawn,
)

_NOT_PEM = "Invalid certificate: The file provided is not a valid X.509 PEM certificate file."


@rule("upload-page-not-on-release", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED)
def page_not_on_release(context: Context) -> Iterator[Hit]:
    """The release has no page, or no box, of that name.

    What it checks: whether the node has a client store: it is there from X15.5 on.
    Why it matters: before, the server certificate is shown in both directions, and there is nothing to upload to.
    Example: the client certificate of a plan for X15.5, tried on X15.4.
    Remedy: the page Server certificate, or the upgrade first.
    References: platform.md §7 (AG155-sec, T-225693).
    """
    for case in cases(context):
        if has_page(case):
            continue
        thing = "page Client certificate" if case.upload.store == "client" else "box to copy to the client store"
        yield hit(
            context,
            case,
            f"{case.node.release} on {case.node.name} has no {thing} for {case.upload.file_name}",
            f"Upgrade {case.node.name} to X15.5 or later, or use Maintenance > Security > Server certificate alone.",
            expected="X15.5 or later",
            found=str(case.node.release),
            effect=Effect.REFUSED,
            changes=withdrawn(context, case),
            sources=[case.node.emulation.step(Behaviour.SEPARATE_CLIENT_CERTIFICATE).source],
        )


@rule("upload-not-a-pem-certificate", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED, words=_NOT_PEM)
def not_a_pem_certificate(context: Context) -> Iterator[Hit]:
    """A file that is no PEM certificate is refused.

    What it checks: whether the file is a certificate in PEM (Base-64), whatever its name ends in.
    Why it matters: Expressway takes no DER, PKCS#7 or PKCS#12 file, no request and no key in its place.
    Example: a .cer file that a Windows CA hands out in DER.
    Remedy: the PEM that this library makes of the file, or "Base-64 encoded" in the Windows export wizard.
    References: platform.md §1.1 and §1.2.
    """
    for case in cases(context):
        report, name = case.file, case.upload.file_name
        if case.is_pem or not has_page(case):
            continue
        step = f"Export {name} again as Base-64 encoded (PEM), or ask the CA for that format."
        if report.pem:
            step = f"Make PEM of it: {remedies.identify_command(name)} (or export as Base-64)"
        yield hit(
            context,
            case,
            f"{name} is {remedies.in_words(report)}",
            step,
            *by_hand(context, case, f"{page(case)} > Upload server certificate data"),
            expected="a PEM certificate",
            found=report.kind.value,
            product_message=_NOT_PEM,
            effect=Effect.REFUSED,
            changes=_in_pem(context, case),
            sources=[Source("platform.md §1.2: SEED, T-221624")],
        )


@rule("upload-holds-several-certificates", Severity.WARNING, Stage.UPLOAD, Effect.NOT_KNOWN)
def holds_several_certificates(context: Context) -> Iterator[Hit]:
    """A server certificate file should hold the leaf alone.

    What it checks: whether the file holds other certificates besides the leaf.
    Why it matters: the guides want the leaf alone, and what the page does with the rest is not documented.
    Example: a "full chain" file of a public CA.
    Remedy: upload the leaf here, and the CA certificates to the Trusted CA list.
    References: platform.md §1.1 (T-218034).
    """
    for case, certificate in certificates(context):
        if not case.holds_several:
            continue
        count = len(case.file.certificates)
        cas = [one for one in case.file.certificates if one.is_ca and one not in case.node.trusted_ca]
        yield hit(
            context,
            case,
            f"{case.upload.file_name} holds {count} certificates, not the leaf alone",
            "Put the leaf alone into a file: leaf.pem"
            if waits(context, case)
            else f"{page(case)}: upload the leaf alone.",
            expected="one certificate",
            found=f"{count} certificates",
            effect=Effect.NOT_KNOWN,
            changes=[
                *([AddTrustedCa(node=case.node.name, certificates=cas)] if cas else []),
                *instead(context, case, file=certificate.to_pem().encode(), file_name="leaf.pem"),
            ],
            sources=[Source("platform.md §1.1: T-218034")],
        )


def _in_pem(context: Context, case: UploadCase) -> list[Change]:
    """Return the leaf in PEM in place of the file, where it has one; else no file."""
    if case.certificate is None:
        return withdrawn(context, case)
    return instead(context, case, file=case.certificate.to_pem().encode(), file_name="new.pem")


FORMAT_RULES = (page_not_on_release, not_a_pem_certificate, holds_several_certificates)
