"""What the certificate may be used for: server and client authentication, by release, role, switch and store."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.behaviours import Behaviour, Role
from expressway_certs.product.provenance import Source
from expressway_certs.rules import requests
from expressway_certs.rules.cases import UploadCase
from expressway_certs.rules.finding import Effect, Evidence, Hit, Severity
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.upload.common import NEEDS_NEW, another, certificates, hit, instead, stores
from expressway_certs.x509 import codes
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import Purpose
from expressway_certs.x509.verify import verify

_BOTH = "for server and client authentication; where public CAs no longer give both, a private one does"
_EXTENSION = "extendedKeyUsage"


def _lacks(certificate: Certificate, usage: str) -> bool:
    """Whether there is an extendedKeyUsage without that usage; where it is absent everything is allowed."""
    usages = certificate.extended_key_usage
    return usages is not None and usage not in usages


def _listed(certificate: Certificate) -> str:
    return ", ".join(sorted(certificate.extended_key_usage or ())) or "no usage"


@rule("upload-without-client-auth", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED)
def without_client_auth(context: Context) -> Iterator[Hit]:
    """A server certificate without client authentication is refused.

    What it checks: extendedKeyUsage; where it is absent, everything is allowed.
    Why it matters: up to X15.3 every Expressway refuses it, X15.4 takes it on Expressway-E with a switch, X15.5
    takes it. Public CAs stop issuing client authentication.
    Example: a certificate of a public CA of 2026.
    Remedy: a certificate with both usages, or the upgrade.
    References: platform.md §1.2, §7 and §11 C4 (T-225482, T-225693).
    """
    for case, certificate in certificates(context):
        step = case.node.emulation.step(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH)
        if "server" not in stores(case) or not step.value or not _lacks(certificate, "clientAuth"):
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} is not for client authentication, which {case.node.release} asks for",
            NEEDS_NEW.format(_BOTH),
            *_by_switch(case),
            f"Or upgrade Expressway-C and Expressway-E to X15.5, which takes it on {case.node.name}.",
            extension=_EXTENSION,
            expected="clientAuth",
            found=_listed(certificate),
            effect=Effect.REFUSED,
            settings=case.node.emulation.choices(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH),
            sources=[step.source],
        )


def _by_switch(case: UploadCase) -> Iterator[str]:
    """Yield how to set the switch with which the node would take the certificate, where it has one."""
    for switch in case.node.emulation.switched(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH):
        yield f"Or on {case.node.name}: {switch.value}; then upload {case.upload.file_name} again."


@rule("upload-without-server-auth", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED, Effect.NOT_KNOWN)
def without_server_auth(context: Context) -> Iterator[Hit]:
    """A server certificate without server authentication is refused, or of no use.

    What it checks: extendedKeyUsage; where it is absent, everything is allowed.
    Why it matters: up to X15.3 the page wants both usages. What X15.4 and X15.5 do is not documented; whoever connects
    to the node refuses the certificate in any case.
    Example: a client certificate uploaded on the page Server certificate.
    Remedy: a certificate with server authentication.
    References: platform.md §1.2 (T-213872).
    """
    for case, certificate in certificates(context):
        step = case.node.emulation.step(Behaviour.UPLOAD_NEEDS_SERVER_AUTH)
        if "server" not in stores(case) or not _lacks(certificate, "serverAuth"):
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} is not for server authentication",
            NEEDS_NEW.format(_BOTH),
            extension=_EXTENSION,
            expected="serverAuth",
            found=_listed(certificate),
            effect=Effect.REFUSED if step.value else Effect.NOT_KNOWN,
            sources=[step.source],
        )


@rule("upload-client-store-without-client-auth", Severity.ERROR, Stage.UPLOAD, Effect.REFUSED)
def client_store_without_client_auth(context: Context) -> Iterator[Hit]:
    """The client store refuses a certificate that has usages, and client authentication not among them.

    What it checks: extendedKeyUsage of a file for the page Client certificate of X15.5.
    Why it matters: the page takes client authentication alone, both usages, or no extendedKeyUsage at all.
    Example: the public server certificate, uploaded on both pages.
    Remedy: a certificate with client authentication, from a private CA if no public one gives it.
    References: platform.md §1.2 (AG155-sec).
    """
    for case, certificate in certificates(context):
        if case.upload.store != "client" or not _lacks(certificate, "clientAuth"):
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} is not for client authentication, which the client store asks for",
            NEEDS_NEW.format("with clientAuth, with both usages, or without extendedKeyUsage"),
            extension=_EXTENSION,
            expected="clientAuth, or no extendedKeyUsage",
            found=_listed(certificate),
            effect=Effect.REFUSED,
            sources=[Source("platform.md §1.2: AG155-sec")],
        )


@rule("upload-copied-without-client-auth", Severity.ERROR, Stage.UPLOAD, Effect.LATER)
def copied_without_client_auth(context: Context) -> Iterator[Hit]:
    """A server certificate without client authentication is copied to the client store, and connections fail.

    What it checks: extendedKeyUsage, where the box "Copy server certificate file as client certificate" is ticked.
    Why it matters: the box passes by the check of the client store. Expressway-C then cannot open the SSH tunnels,
    which no switch changes; on Expressway-E connections to whoever checks the usage fail.
    Example: a public certificate with serverAuth alone, with the box ticked on Expressway-C.
    Remedy: leave the box, and give the client store a certificate with client authentication.
    References: platform.md §1.2, §5 and §7 (AG155-sec, T-225693).
    """
    for case, certificate in certificates(context):
        if stores(case) != ("server", "client") or not _lacks(certificate, "clientAuth"):
            continue
        is_core = case.node.role is Role.CORE
        harm = "its SSH tunnels will fail" if is_core else "what it connects to may refuse it"
        yield hit(
            context,
            case,
            f"copied to the client store of {case.node.name}, {case.upload.file_name} is taken, and {harm}",
            f"On {case.node.name}: leave the box to copy it, and give the client store a certificate of its own.",
            extension=_EXTENSION,
            expected="clientAuth, or no extendedKeyUsage",
            found=_listed(certificate),
            effect=Effect.LATER,
            severity=None if is_core else Severity.WARNING,
            changes=[
                *instead(context, case, copy_to_client=False),
                requests.for_store(context, case.node, "client"),
            ],
            sources=[Source("platform.md §7: AG155-sec, T-225693"), Source("platform.md §5: AG155-sec, T-225693")],
        )


@rule("upload-purpose-not-valid", Severity.ERROR, Stage.UPLOAD, Effect.LATER)
def purpose_not_valid(context: Context) -> Iterator[Hit]:
    """The certificate has the usage, and its keyUsage or a CA above it takes that away.

    What it checks: OpenSSL's verdict for each purpose that the store needs, where the leaf's own usages allow it.
    Why it matters: the page looks at the leaf's usages; peers judge the whole chain, and refuse it with error 26.
    Example: both usages under an intermediate that is limited to serverAuth.
    Remedy: a certificate from a CA without that limit.
    References: mra.md A5 and E, platform.md §5 and §7; that the page does not look is inferred.
    """
    for case, certificate in certificates(context):
        for purpose, usage in _purposes(case):
            if _lacks(certificate, usage):
                continue
            policy = case.node.openssl.policy(purpose=purpose, at=context.at)
            verdict = verify(certificate, case.node.effective_ca, (), policy)
            if verdict.code != codes.INVALID_PURPOSE:
                continue
            yield hit(
                context,
                case,
                f"{case.upload.file_name} does not hold for {usage}: {verdict.certificate.subject} does not allow it",
                NEEDS_NEW.format(f"in whose chain every {verdict.extension} allows {usage}"),
                evidence=Evidence.of(verdict),
                changes=another(context, case, not_from=[verdict.certificate.subject] if verdict.depth else []),
                effect=Effect.LATER,
                sources=[Source("mra.md A5"), Source("mra.md E", "inferred")],
            )


def _purposes(case: UploadCase) -> tuple[tuple[Purpose, str], ...]:
    """Return what the certificate is shown as: before X15.5 the server certificate is shown both ways."""
    server, client = (Purpose.SERVER, "serverAuth"), (Purpose.CLIENT, "clientAuth")
    wanted = stores(case)
    if not case.node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE):
        return server, client
    return tuple(pair for store, pair in (("server", server), ("client", client)) if store in wanted)


@rule("upload-is-ca", Severity.WARNING, Stage.UPLOAD, Effect.NOT_KNOWN)
def is_ca(context: Context) -> Iterator[Hit]:
    """The certificate for a store of the node is that of a CA.

    What it checks: whether basicConstraints of the certificate says that it is a CA.
    Why it matters: OpenSSL takes it from a peer all the same, clients that are strict about Web PKI do not, and whoever
    has the node's key could issue certificates that everybody trusts. What the page does is not documented.
    Example: `openssl req -x509`, which makes a CA unless it is told otherwise; or the CA's file in place of the node's.
    Remedy: a certificate for servers and clients; a CA certificate goes onto the page Trusted CA certificate.
    References: RFC 5280 §4.2.1.9; platform.md §1.1 (the product's own certificate is none); own choice.
    """
    for case, certificate in certificates(context):
        if certificate.is_ca:
            yield hit(
                context,
                case,
                f"{case.upload.file_name} is a CA certificate",
                NEEDS_NEW.format("made for servers and clients"),
                extension="basicConstraints",
                expected="no CA",
                found="a CA",
                effect=Effect.NOT_KNOWN,
                sources=[Source("platform.md §1.1: PYEXP", "own choice")],
            )


USAGE_RULES = (
    without_client_auth,
    without_server_auth,
    client_store_without_client_auth,
    copied_without_client_auth,
    purpose_not_valid,
    is_ca,
)
