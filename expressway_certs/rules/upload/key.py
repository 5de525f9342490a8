"""Whether the private key is the certificate's, and the key file one that Expressway can use."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.changes import DiscardRequest
from expressway_certs.product.key_file import KeyFile
from expressway_certs.product.provenance import Confidence, Source
from expressway_certs.rules.cases import UploadCase
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError, Stage, rule
from expressway_certs.rules.upload.common import certificates, hit, page, withdrawn
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.files.keys import same_key

_UPLOAD_KEY = "Select the server private key file"


def _key_files(context: Context) -> Iterator[tuple[UploadCase, KeyFile]]:
    """Yield the uploads that a private key file goes with; `NotApplicableError` where there is none."""
    found = [(case, case.key_file) for case, _ in certificates(context) if case.key_file is not None]
    if not found:
        raise NotApplicableError("no private key file is uploaded")
    yield from found


@rule("upload-key-not-usable", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED)
def key_not_usable(context: Context) -> Iterator[Hit]:
    """A private key file that is under a password, not in PEM, or that is no private key, is refused.

    What it checks: whether the file holds one private key, open, in PEM that OpenSSL reads.
    Why it matters: Expressway takes the key in PEM, and asks for no password: it "must not be password protected".
    Example: the key that a CA's web page made, in an encrypted PKCS#8 file, or in DER.
    Remedy: the same key in PEM and without a password, handled with care.
    References: platform.md §1.1 (CG155-load); that a file with no key, or damaged PEM, is refused too is inferred.
    """
    for case, key_file in _key_files(context):
        if key_file.is_usable:
            continue
        why, step, confidence = _unusable(key_file)
        yield hit(
            context,
            case,
            f"the private key file for {case.upload.file_name} {why}",
            step,
            f"{page(case)} > {_UPLOAD_KEY}",
            expected="one private key in PEM, not encrypted",
            found=key_file.found,
            effect=Effect.REFUSED,
            changes=withdrawn(context, case),
            sources=[Source("platform.md §1.1: CG155-load", confidence)],
        )


def _unusable(key_file: KeyFile) -> tuple[str, str, Confidence]:
    """Return what is wrong with a key file, what to do, and how sure it is that the page refuses it."""
    if key_file.is_encrypted:
        step = "Take the password off on a safe machine: openssl pkey -in encrypted.key -out open.key"
        return "is under a password", step, "documented"
    if key_file.key is None:
        step = "Give the private key of the request that the certificate was issued for."
        return f"cannot be read as one private key: found {key_file.found}", step, "inferred"
    step = "Make PEM of it on a safe machine: PKCS#8 or PKCS#1, saved as plain text."
    if key_file.packing != "PEM":
        return f"is in {key_file.packing}, not in PEM", step, "documented"
    return f"is no PEM that OpenSSL reads: found {' and '.join(key_file.faults)}", step, "inferred"


@rule("upload-key-while-request-pending", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED)
def key_while_request_pending(context: Context) -> Iterator[Hit]:
    """No private key file can be uploaded while a request is pending.

    What it checks: whether the node has a pending request, and a private key file is uploaded.
    Why it matters: the page takes the key of its own request, and no other, until that is discarded.
    Example: a certificate made elsewhere, tried on a node on which somebody pressed Generate CSR.
    Remedy: discard the request, if nobody waits for its certificate, and upload again.
    References: platform.md §1.1 (CG155-load, CG155-csr).
    """
    for case, _ in _key_files(context):
        if case.node.pending_request is None:
            continue
        yield hit(
            context,
            case,
            f"{case.node.name} has a pending request, and takes no private key file for {case.upload.file_name}",
            "Discard the request if nobody waits for its certificate; then upload both files again.",
            expected="no pending request",
            found=f"a pending request for {case.node.pending_request.common_name or 'no common name'}",
            effect=Effect.REFUSED,
            changes=[DiscardRequest(node=case.node.name)],
            sources=[Source("platform.md §1.1: CG155-load, CG155-csr")],
        )


@rule("upload-key-without-newline", Severity.ERROR, Stage.UPLOAD, Effect.LATER)
def key_without_newline(context: Context) -> Iterator[Hit]:
    """A private key file without a final line break is taken, and the MRA services fail.

    What it checks: whether the key file ends in a line break.
    Why it matters: the upload succeeds, and nothing says why the services do not come up.
    Example: a key that was copied out of a web page into an editor.
    Remedy: a line break after the last line, and the upload again.
    References: platform.md §1.1 (CG-tr).
    """
    for case, key_file in _key_files(context):
        if key_file.key is None or not key_file.is_usable or key_file.key.ends_with_newline:
            continue
        yield hit(
            context,
            case,
            f"the private key file for {case.upload.file_name} has no final line break, and MRA services will fail",
            "Add a line break after the last line of the private key file.",
            f"{page(case)} > {_UPLOAD_KEY}: upload it again, with the certificate.",
            expected="a line break after the last line",
            found="none",
            effect=Effect.LATER,
            changes=withdrawn(context, case),
            sources=[Source("platform.md §1.1: CG-tr")],
        )


@rule("upload-key-does-not-match", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED)
def key_does_not_match(context: Context) -> Iterator[Hit]:
    """A certificate that does not belong to the private key is refused.

    What it checks: the key that the page takes: the one that is uploaded, else that of the pending request; with
    "Re-use current private key", that of the certificate in place.
    Why it matters: the certificate of another peer, or from a discarded request, cannot be installed.
    Example: expe1's certificate on expe2.
    Remedy: the key of the request that this certificate was issued for, or a new request.
    References: platform.md §1.1 and §1.2 (T-218034, CG155-csr).
    """
    known = [(case, key) for case, one in certificates(context) if (key := _key_holder(case, one)) is not None]
    if not known:
        raise NotRunError("neither a private key nor the node's pending request is given")
    for case, (whose, fits) in known:
        if fits:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} does not belong to the private key {whose}",
            f"{page(case)}: upload the certificate that was issued for this node's request, with its key if that was "
            "made elsewhere; or Generate CSR again.",
            expected=f"the key {whose}",
            found="another key",
            effect=Effect.REFUSED,
            changes=withdrawn(context, case),
            sources=[Source("platform.md §1.2: T-218034, CG155-csr")],
        )


def _key_holder(case: UploadCase, certificate: Certificate) -> tuple[str, bool] | None:
    """Return whose key the page takes, in words, and whether it is the certificate's; None where it is not known."""
    if case.key_file is not None:
        key = case.key_file.key
        return None if key is None else ("that is uploaded with it", key.matches(certificate))
    node = case.node
    if case.upload.reuse_current_key:
        current = node.certificate(case.upload.store)
        return None if current is None else (f"in place on {node.name}", same_key(current, certificate))
    pending = node.pending_request
    return None if pending is None else (f"of the pending request on {node.name}", same_key(pending, certificate))


KEY_RULES = (key_not_usable, key_while_request_pending, key_without_newline, key_does_not_match)
