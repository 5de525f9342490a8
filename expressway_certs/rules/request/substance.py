"""The key, the signature and the usages of a request."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.lifetimes import is_public
from expressway_certs.product.provenance import Source
from expressway_certs.product.sunset import last_milestone
from expressway_certs.rules.cases import RequestCase
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.key_kinds import has_known_curve
from expressway_certs.rules.request.common import hit, requests
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509.public_key import PublicKeyInfo

_EXTENSION = "extendedKeyUsage"
_LARGEST_RSA, _SMALLEST_RSA = 4096, 2048
_BOTH = "serverAuth and clientAuth"


@rule("request-key-not-supported", Severity.ERROR, Stage.REQUEST, Effect.NOT_KNOWN)
def key_not_supported(context: Context) -> Iterator[Hit]:
    """The request is for a key of a kind or a size that the release does not support.

    What it checks: RSA of 2048 to 4096 bits, or from X14.3 on ECDSA with P-256, P-384 or P-521.
    Why it matters: another key may not work at all; with RSA of 8192 bits zones may not become active, and CAs refuse
    RSA of less than 2048 bits.
    Example: a request for a P-256 key, for an Expressway of X14.2.
    Remedy: a request of the page itself, for RSA of 4096 bits.
    References: platform.md §1.2 and §3 (CG155-about, AG155-sec, CG-tr); that a weak key is refused is inferred.
    """
    for case in requests(context):
        found = _key_fault(case, case.request.key)
        if found is not None:
            severity, why, source = found
            yield hit(
                context,
                case,
                f"the request of {case.node.name} is for a key {case.request.key}: {why}",
                "Public key algorithm: RSA; key length: 4096",
                expected="RSA of 2048 to 4096 bits, or from X14.3 on ECDSA with P-256, P-384 or P-521",
                found=str(case.request.key),
                effect=Effect.NOT_KNOWN,
                severity=severity,
                sources=[source],
            )


def _key_fault(case: RequestCase, key: PublicKeyInfo) -> tuple[Severity, str, Source] | None:
    if key.algorithm == "RSA":
        size = key.size or 0
        if size < _SMALLEST_RSA:
            return Severity.ERROR, "CAs refuse less than 2048 bits", Source("platform.md §1.2: CG155-load", "inferred")
        if size > _LARGEST_RSA:
            return Severity.WARNING, "SIP TLS zones may not become active", Source("platform.md §1.2: CG-tr")
        return None
    step = case.node.emulation.step(Behaviour.SUPPORTS_ECDSA)
    if has_known_curve(key):
        return None if step.value else (Severity.WARNING, f"{case.node.release} supports RSA alone", step.source)
    return Severity.WARNING, "Expressway does not support it", Source("platform.md §1.2: CG155-about")


@rule("request-digest-weak", Severity.WARNING, Stage.REQUEST)
def digest_weak(context: Context) -> Iterator[Hit]:
    """The request is signed with MD5 or SHA-1, and many CAs refuse it.

    What it checks: the digest of the request's own signature.
    Why it matters: the page offers no SHA-1 since X8.10, so that the request was made elsewhere; CAs refuse it.
    Example: a request by an old openssl.cnf with default_md = sha1.
    Remedy: a request with SHA-256.
    References: platform.md §3 (CG155-csr, AG155-sec); that CAs refuse it is inferred.
    """
    for case in requests(context):
        algorithm = case.request.signature_algorithm
        if "md5" in algorithm.lower() or "sha1" in algorithm.lower():
            yield hit(
                context,
                case,
                f"the request of {case.node.name} is signed with {algorithm}, which CAs refuse",
                "Digest algorithm: SHA-256",
                expected="SHA-256, SHA-384 or SHA-512",
                found=algorithm,
                sources=[Source("platform.md §3: CG155-csr, AG155-sec", "inferred")],
            )


@rule("request-signature-not-valid", Severity.ERROR, Stage.REQUEST)
def signature_not_valid(context: Context) -> Iterator[Hit]:
    """The request is not signed with the key that it is for, and every CA refuses it.

    What it checks: the signature of the request with the public key in it.
    Why it matters: a CA takes the signature as the proof that the key is yours.
    Example: a request that was edited, or damaged on its way.
    Remedy: download the request again, or make a new one.
    References: RFC 2986 §4.2; platform.md §3.
    """
    for case in requests(context):
        if not case.request.signature_is_valid:
            yield hit(
                context,
                case,
                f"the signature of the request of {case.node.name} does not hold: it was changed, or damaged",
                f"On {case.node.name}: Maintenance > Security > Server certificate > Download the request again.",
                expected="a signature by the key of the request",
                found="a signature that does not fit",
                sources=[Source("platform.md §3: CG155-csr", "inferred")],
            )


@rule("request-lacks-usage", Severity.ERROR, Stage.REQUEST, Effect.REFUSED, Effect.LATER)
def lacks_usage(context: Context) -> Iterator[Hit]:
    """The request does not ask for both server and client authentication.

    What it checks: extendedKeyUsage among the extensions asked for; the page always asks for both.
    Why it matters: the CA then issues for servers alone, or as it likes. Up to X15.3 the upload is refused without
    client authentication; later the tunnels of Expressway-C need it still.
    Example: a request by openssl req with a configuration for web servers.
    Remedy: a request of the page itself.
    References: platform.md §3 (CG155-csr), §1.2, §5 and §7.
    """
    for case in requests(context):
        asked = case.request.extended_key_usage
        lacking = [] if asked is None else [one for one in ("serverAuth", "clientAuth") if one not in asked]
        if asked is None or lacking:
            needs_both = asked is not None and (
                "serverAuth" in lacking or case.node.emulation.has(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH)
            )
            what = "say what the certificate is for, so that the CA decides"
            if asked is not None:
                what = f"ask for {' and '.join(lacking)}, which the certificate needs"
            yield hit(
                context,
                case,
                f"the request of {case.node.name} does not {what}",
                extension=_EXTENSION,
                expected=_BOTH,
                found="nothing" if asked is None else ", ".join(sorted(asked)) or "no usage",
                effect=Effect.REFUSED if needs_both else Effect.LATER,
                severity=Severity.ERROR if needs_both else Severity.WARNING,
                sources=[Source("platform.md §3: CG155-csr")],
            )


@rule("request-to-a-public-ca", Severity.WARNING, Stage.REQUEST, Effect.LATER)
def to_a_public_ca(context: Context) -> Iterator[Hit]:
    """The node has a public certificate, and public CAs no longer issue what the request asks for.

    What it checks: whether the request asks for client authentication, where the certificate in place names a policy
    of the CA/Browser Forum: then the new one is likely to come from a public CA again.
    Why it matters: the CA leaves client authentication out, and up to X15.3 the upload is refused; some CAs refuse a
    request that asks for it.
    Example: a renewal at the same public CA in the summer of 2026.
    Remedy: a private CA, or X15.5, where the public certificate is for servers and a private one for the client store.
    References: platform.md §7 and §11 C10 (FN74362, T-225482), mra.md A5; Google's CA answers badCSR.
    """
    for case in requests(context):
        current, asked = case.node.server_certificate, case.request.extended_key_usage
        if current is None or asked is None or "clientAuth" not in asked or not is_public(current):
            continue
        chosen = case.node.settings.chosen("client_auth_sunset")
        reached = last_milestone(context.at, chosen.value)
        news = "public CAs will stop issuing it" if reached is None else f"{reached.what}, {reached.since:%Y-%m-%d}"
        yield hit(
            context,
            case,
            f"the request of {case.node.name} asks for clientAuth, and its CA is public: {news}",
            "Ask the CA whether it issues clientAuth, or leaves it out, or refuses the request.",
            "A private CA issues both usages; its root has to be in every list, and on the clients.",
            "Or upgrade to X15.5: a public certificate in the server store, a private one in the client store.",
            certificate=current,
            extension=_EXTENSION,
            expected="a CA that issues clientAuth",
            found=current.issuer,
            effect=Effect.LATER,
            severity=Severity.INFO if reached is None else Severity.WARNING,
            settings=[chosen],
            sources=[
                Source("platform.md §7: FN74362, T-225482") if reached is None else reached.source,
                Source("mra.md A5: FN74362", "field"),
            ],
        )


REQUEST_SUBSTANCE_RULES = (
    key_not_supported,
    digest_weak,
    signature_not_valid,
    lacks_usage,
    to_a_public_ca,
)
