"""What the rules about Trusted CA lists share."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from expressway_certs.product.changes import Change, ReplaceUpload, WithdrawUpload
from expressway_certs.rules import remedies
from expressway_certs.rules.cases import CaUploadCase
from expressway_certs.rules.rule import Context, NotApplicableError
from expressway_certs.x509.certificate import Certificate


def ca_cases(context: Context) -> tuple[CaUploadCase, ...]:
    """Return the files that wait for a Trusted CA list; `NotApplicableError` where there is none."""
    if not context.cases.ca_uploads:
        message = "no file waits for a Trusted CA list"
        raise NotApplicableError(message)
    return context.cases.ca_uploads


def page(case: CaUploadCase) -> str:
    """Return where on which node the file is uploaded."""
    return f"On {case.node.name}: {remedies.TRUSTED_CA_PAGE}"


def new_certificates(context: Context) -> Iterator[tuple[CaUploadCase, Certificate]]:
    """Yield every certificate that a file would add to a list."""
    for case in ca_cases(context):
        for certificate in case.new:
            yield case, certificate


def without(context: Context, case: CaUploadCase, *certificates: Certificate) -> list[Change]:
    """Return the change that leaves certificates, and everything that is none, out of a file that waits.

    Where nothing is left the file is withdrawn; where it does not wait in the deployment there is no change.
    """
    if case.upload not in context.deployment.uploads:
        return []
    left = [one for one in dict.fromkeys(case.file.certificates) if one not in certificates]
    if not left:
        return [WithdrawUpload(upload=case.upload)]
    file = "".join(one.to_pem() for one in left).encode()
    return [ReplaceUpload(upload=case.upload, new=attrs.evolve(case.upload, file=file, file_name="new.pem"))]
