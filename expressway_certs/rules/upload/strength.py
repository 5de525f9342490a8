"""Keys, signatures and distinguished names that Expressway takes and then has trouble with."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.provenance import Source
from expressway_certs.rules import ssh
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.key_kinds import RSA, has_known_curve, is_too_large
from expressway_certs.rules.lacking import severity_for_mra
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.upload.common import NEEDS_NEW, another, certificates, hit
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain

_SMALLEST_RSA = 2048


@rule("upload-weak", Severity.WARNING, Stage.UPLOAD, Effect.WARNS)
def weak(context: Context) -> Iterator[Hit]:
    """A weak key or signature is taken with a warning.

    What it checks: RSA keys under 2048 bits and signatures with MD5 or SHA-1, in the leaf and the CAs under the root.
    Why it matters: the page only warns; clients and peers with a stricter policy refuse the certificate.
    Example: an old private CA that still signs with SHA-1.
    Remedy: a certificate with SHA-256 and a key of 2048 bits or more.
    References: platform.md §1.2 (CG155-load); the thresholds are not published, these are inferred.
    """
    for case, certificate in certificates(context):
        chain = build_chain(certificate, case.node.effective_ca, at=context.at)
        judged = [one for one in chain.certificates if one == certificate or not one.is_self_signed]
        found = [f"{one.common_name or one.subject}: {why}" for one in judged for why in _weaknesses(one)]
        if not found:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} is weak: {'; '.join(found)}",
            NEEDS_NEW.format("signed with SHA-256, and for a key of at least 2048 bits"),
            expected="SHA-256 or better, RSA keys of 2048 bits or more",
            found="; ".join(found),
            effect=Effect.WARNS,
            sources=[Source("platform.md §1.2: CG155-load", "inferred")],
        )


def _weaknesses(certificate: Certificate) -> Iterator[str]:
    key, signature = certificate.key, certificate.signature_algorithm
    if key.algorithm in RSA and key.size is not None and key.size < _SMALLEST_RSA:
        yield f"an RSA key of {key.size} bits"
    if any(digest in signature.lower() for digest in ("md5", "sha1")):
        yield f"signed with {signature}"


@rule("upload-rsa-8192", Severity.WARNING, Stage.UPLOAD, Effect.LATER)
def rsa_8192(context: Context) -> Iterator[Hit]:
    """An RSA key of 8192 bits is taken, and zones may not become active.

    What it checks: the size of an RSA key.
    Why it matters: SIP TLS zones may stay down.
    Example: a request that was made elsewhere, with the largest key on offer.
    Remedy: a key of 4096 bits.
    References: platform.md §1.2 (CG-tr).
    """
    for case, certificate in certificates(context):
        key = certificate.key
        if not is_too_large(key):
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} has an RSA key of {key.size} bits: SIP TLS zones may not become active",
            NEEDS_NEW.format("for an RSA key of 4096 bits"),
            expected="at most 4096 bits",
            found=f"{key.size} bits",
            effect=Effect.LATER,
            sources=[Source("platform.md §1.2: CG-tr")],
        )


@rule("upload-key-kind-not-supported", Severity.WARNING, Stage.UPLOAD, Effect.NOT_KNOWN)
def key_kind_not_supported(context: Context) -> Iterator[Hit]:
    """The key is of a kind that the release does not support.

    What it checks: ECDSA before X14.3, curves other than P-256, P-384 and P-521, DSA, and anything else.
    Why it matters: no error of the page is documented, so this is a warning; services may not start, or peers find
    no cipher.
    Example: a P-256 certificate for an Expressway of X14.2.
    Remedy: an RSA key, or the upgrade to X14.3.
    References: platform.md §1.2 (CG155-about, AG155-sec); that the page takes the file is not documented.
    """
    for case, certificate in certificates(context):
        key = certificate.key
        step = case.node.emulation.step(Behaviour.SUPPORTS_ECDSA)
        if key.algorithm in RSA or (has_known_curve(key) and step.value):
            continue
        wanted = "RSA" if not step.value else "RSA, or ECDSA with P-256, P-384 or P-521"
        yield hit(
            context,
            case,
            f"{case.upload.file_name} has a key ({key}) that {case.node.release} does not support",
            NEEDS_NEW.format(f"for a key of the kind {wanted}"),
            expected=wanted,
            found=str(key),
            effect=Effect.NOT_KNOWN,
            sources=[step.source, Source("platform.md §1.2: CG155-about")],
        )


@rule("upload-name-not-readable", Severity.WARNING, Stage.UPLOAD, Effect.LATER)
def name_not_readable(context: Context) -> Iterator[Hit]:
    """Subject or issuer has an attribute that OpenSSL shows as a number: taken, and the SSH tunnels fail.

    What it checks: the attributes of the certificate's subject and issuer.
    Why it matters: the tunnels fail with "unknown ssh failures", long after the upload.
    Example: 1.3.6.1.4.1.6449.1.2.1.5.1 in the subject, from a public CA.
    Remedy: a certificate without that attribute.
    References: platform.md §1.2 and §5 (CG155-about, CG-tr).
    """
    for case, certificate in certificates(context):
        unnamed = certificate.unnamed_attributes
        if not unnamed:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} has {', '.join(unnamed)} in its names, and SSH tunnels will fail with it",
            NEEDS_NEW.format("without that attribute in subject and issuer"),
            changes=another(context, case, not_from=_unreadable(certificate)),
            expected="attributes that have a name",
            found=f"subject {certificate.subject}, issuer {certificate.issuer}",
            effect=Effect.LATER,
            severity=severity_for_mra(context, case.node.name),
            sources=[Source("platform.md §1.2: CG155-about, CG-tr"), Source("platform.md §5: CG-tr")],
        )


def _unreadable(certificate: Certificate) -> list[str]:
    """Return the issuer where its name is what SSH cannot read."""
    return [certificate.issuer] if ssh.unknown_in_issuer(certificate) else []


STRENGTH_RULES = (weak, rsa_8192, key_kind_not_supported, name_not_readable)
