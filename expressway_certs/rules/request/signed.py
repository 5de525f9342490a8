"""What a CA changed when it signed: the key, the usages, the subject, the lifetime."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import attrs

from expressway_certs.product.alarms import SOON
from expressway_certs.product.behaviours import Behaviour, Role, Switch
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.provenance import Source
from expressway_certs.rules.cases import SigningCase
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.request.common import answers, hit, is_answer, node_of, signings
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509 import names

_LONGEST: Final = timedelta(days=825)
_ASK: Final = "Ask the CA to issue it again {}, for the same request; if it does not, make a new one."
_COMMON: Final = frozenset({"serverAuth", "clientAuth"})


@rule("signed-for-another-key", Severity.ERROR, Stage.REQUEST, Effect.REFUSED)
def for_another_key(context: Context) -> Iterator[Hit]:
    """The certificate is not for the key of the request: it belongs to another one.

    What it checks: whether both have the same public key.
    Why it matters: Expressway has the key of the pending request alone, and refuses the certificate.
    Example: the certificate of another peer, or of a request that was discarded.
    Remedy: the certificate that was issued for this request.
    References: platform.md §1.1 and §1.2 (T-218034, CG155-csr).
    """
    for case in signings(context):
        if not is_answer(case):
            yield hit(
                context,
                case,
                f"the certificate is not for the key of the request of {case.node}: it belongs to another request",
                "Find the certificate that was issued for this request; if the request was discarded, make a new one.",
                expected=f"the key of the request ({case.request.key})",
                found=f"another key ({case.certificate.key})",
                effect=Effect.REFUSED,
                sources=[Source("platform.md §1.2: T-218034, CG155-csr")],
            )


@rule("signed-without-usage", Severity.ERROR, Stage.REQUEST, Effect.REFUSED, Effect.LATER)
def without_usage(context: Context) -> Iterator[Hit]:
    """The CA left out an extended key usage that was asked for: mostly clientAuth.

    What it checks: serverAuth, clientAuth and whatever else the request asks for, in the certificate.
    Why it matters: without clientAuth every Expressway up to X15.3 refuses the upload, X15.4 takes it on Expressway-E
    with a switch alone, and the tunnels of Expressway-C fail on every release; without serverAuth nobody connects.
    Example: a public CA in 2026, or the template "Web Server" of a Windows CA.
    Remedy: a certificate with both usages: another template, or a private CA.
    References: platform.md §1.2, §5 and §7 (T-225482, T-225693), mra.md A5.
    """
    for case in answers(context):
        asked, given = case.request.extended_key_usage, case.certificate.extended_key_usage
        dropped = sorted((asked or frozenset()) - (given or frozenset()))
        if not dropped:
            continue
        listed = ", ".join(dropped)
        harm = _harm(node_of(context, case), dropped) if given is not None else _UNLIMITED
        yield hit(
            context,
            case,
            f"the CA left out {listed}: {harm.words}",
            _ASK.format(f"with {listed}"),
            "A private CA still gives clientAuth where public ones do not.",
            *_by_switch(context, case, dropped),
            extension="extendedKeyUsage",
            expected=", ".join(sorted(asked or ())),
            found="no extended key usage" if given is None else ", ".join(sorted(given)) or "no usage",
            effect=harm.effect,
            severity=harm.severity,
            sources=[harm.source],
        )


def _by_switch(context: Context, case: SigningCase, dropped: list[str]) -> Iterator[str]:
    """Yield how to set the switch with which the node takes the certificate, where it has one and that is all."""
    node = node_of(context, case)
    if dropped == ["clientAuth"] and node is not None:
        for switch in node.emulation.switched(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH):
            yield f"Or on {node.name}: {switch.value}; then upload this one."


@attrs.frozen
class _Harm:
    """What comes of usages that were left out."""

    severity: Severity
    effect: Effect | None
    words: str
    source: Source


_UNLIMITED: Final = _Harm(
    Severity.INFO,
    None,
    "a certificate without extended key usage may be used for anything",
    Source("platform.md §1.2: AG155-sec", "inferred"),
)


def _harm(node: Expressway | None, dropped: list[str]) -> _Harm:
    error, warning, later = Severity.ERROR, Severity.WARNING, Effect.LATER
    if "serverAuth" in dropped:
        refused = node is None or node.emulation.has(Behaviour.UPLOAD_NEEDS_SERVER_AUTH)
        effect = Effect.REFUSED if refused else later
        return _Harm(error, effect, "who connects to the node refuses it", Source("platform.md §1.2: T-213872"))
    if "clientAuth" not in dropped:
        return _Harm(
            warning, None, "nothing here is known to need it", Source("platform.md §3: CG155-csr", "own choice")
        )
    if node is None:
        words = (
            "up to X15.4 Expressway refuses the certificate, but for Expressway-E of X15.4 with "
            f"{Switch.SERVER_EKU_UPLOAD.value}; SSH tunnels need it on any release"
        )
        return _Harm(error, Effect.REFUSED, words, Source("platform.md §7: T-225482"))
    step = node.emulation.step(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH)
    if step.value:
        switches = node.emulation.switched(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH)
        unless = "".join(f", unless {one.value} is set" for one in switches)
        return _Harm(error, Effect.REFUSED, f"{node.release} refuses the certificate on upload{unless}", step.source)
    if node.role is Role.CORE:
        words = "it does for the server store; in the client store the SSH tunnels fail with it"
        return _Harm(warning, later, words, Source("platform.md §5: AG155-sec, T-225693"))
    words = f"{node.release} takes it; what {node.name} connects to with it may refuse it"
    return _Harm(warning, later, words, Source("platform.md §7: AG155-sec, T-225693"))


@rule("signed-with-more-usages", Severity.INFO, Stage.REQUEST)
def with_more_usages(context: Context) -> Iterator[Hit]:
    """The CA added an extended key usage that was not asked for.

    What it checks: the extended key usages of the certificate against those of the request, where it asks for any.
    Why it matters: nothing breaks by it; it shows that the CA takes a template of its own.
    Example: emailProtection, or a smart card log-in.
    Remedy: none.
    References: own choice.
    """
    for case in answers(context):
        asked, given = case.request.extended_key_usage, case.certificate.extended_key_usage
        added = sorted((given or frozenset()) - (asked or _COMMON))
        if added:
            yield hit(
                context,
                case,
                f"the CA added {', '.join(added)}, which the request does not ask for",
                changes=[],
                extension="extendedKeyUsage",
                expected=", ".join(sorted(asked or _COMMON)),
                found=", ".join(sorted(given or ())),
                sources=[Source("platform.md §3: CG155-csr", "own choice")],
            )


@rule("signed-without-key-usage", Severity.ERROR, Stage.REQUEST, Effect.LATER)
def without_key_usage(context: Context) -> Iterator[Hit]:
    """The CA left out a key usage that was asked for.

    What it checks: digitalSignature and keyEncipherment, where the certificate has a keyUsage at all.
    Why it matters: without digitalSignature the key may sign no handshake, and OpenSSL refuses it as a client;
    without keyEncipherment peers that want RSA key exchange find no cipher.
    Example: a template for encryption alone.
    Remedy: a certificate with the key usages of the request.
    References: mra.md A3.1 (CVD14); RFC 5280 §4.2.1.3.
    """
    for case in answers(context):
        asked, given = case.request.key_usage, case.certificate.key_usage
        if asked is None or given is None or asked <= given:
            continue
        dropped = sorted(asked - given)
        yield hit(
            context,
            case,
            f"the CA left out the key usage {', '.join(dropped)}",
            _ASK.format(f"with {', '.join(dropped)}"),
            extension="keyUsage",
            expected=", ".join(sorted(asked)),
            found=", ".join(sorted(given)) or "no usage",
            effect=Effect.LATER,
            severity=Severity.ERROR if "digitalSignature" in dropped else Severity.WARNING,
            sources=[Source("mra.md A3.1: CVD14")],
        )


@rule("signed-with-another-subject", Severity.INFO, Stage.REQUEST)
def with_another_subject(context: Context) -> Iterator[Hit]:
    """The CA changed the subject, apart from the common name.

    What it checks: country, organisation and the rest of the subject, whatever their order.
    Why it matters: nothing looks at them; a public CA drops what it has not validated.
    Example: a domain-validated certificate, which has the common name alone.
    Remedy: none.
    References: own choice.
    """
    for case in answers(context):
        asked = _fields(case.request.to_cryptography().subject.public_bytes())
        given = _fields(case.certificate.slices.subject)
        if asked != given:
            yield hit(
                context,
                case,
                f"the CA changed the subject to {case.certificate.subject or 'nothing'}",
                changes=[],
                expected=case.request.subject or "an empty subject",
                found=case.certificate.subject or "an empty subject",
                sources=[Source("platform.md §3: CG155-csr", "own choice")],
            )


def _fields(subject: bytes) -> set[tuple[bytes, str]]:
    rdns = names.attributes(subject)
    return {(kind, names.text(tag, value)) for rdn in rdns for kind, tag, value in rdn if kind != names.COMMON_NAME}


@rule("signed-as-ca", Severity.WARNING, Stage.REQUEST, Effect.NOT_KNOWN)
def as_ca(context: Context) -> Iterator[Hit]:
    """The CA made a CA of the node.

    What it checks: whether basicConstraints of the certificate says that it is a CA.
    Why it matters: whoever has the node's key could issue certificates that everybody trusts.
    Example: the template "Subordinate Certification Authority" of a Windows CA.
    Remedy: have it revoked, and issued again with a template for servers and clients.
    References: RFC 5280 §4.2.1.9; own choice.
    """
    for case in answers(context):
        if case.certificate.is_ca:
            yield hit(
                context,
                case,
                f"the CA made the certificate of {case.node} a CA certificate",
                "Have the certificate revoked.",
                _ASK.format("with a template for servers and clients"),
                extension="basicConstraints",
                expected="no CA",
                found="a CA",
                effect=Effect.NOT_KNOWN,
                sources=[Source("platform.md §1.1: PYEXP", "own choice")],
            )


@rule("signed-for-a-short-time", Severity.WARNING, Stage.REQUEST, Effect.LATER)
def for_a_short_time(context: Context) -> Iterator[Hit]:
    """The certificate ends within three weeks.

    What it checks: the end of validity, 21 days ahead.
    Why it matters: Expressway raises alarm 40069 (40079 for the client store) from the first day.
    Example: a trial certificate, or last year's file for the same key.
    Remedy: a certificate with its whole life before it.
    References: platform.md §9 (AG155-ref); 21 days is documented for 40079, and inferred for 40069.
    """
    for case in answers(context):
        end, left = case.certificate.not_after, case.certificate.not_after - context.at
        if left > SOON:
            continue
        is_over = left <= timedelta()
        yield hit(
            context,
            case,
            f"the certificate expired on {end:%Y-%m-%d}" if is_over else f"the certificate ends in {left.days} days",
            _ASK.format("for a longer time"),
            expected=f"more than {SOON.days} days",
            found=f"valid until {end:%Y-%m-%d %H:%M} UTC",
            effect=Effect.LATER,
            severity=Severity.ERROR if is_over else Severity.WARNING,
            sources=[Source("platform.md §9: AG155-ref", "inferred")],
        )


@rule("signed-for-a-long-time", Severity.WARNING, Stage.REQUEST, Effect.LATER)
def for_a_long_time(context: Context) -> Iterator[Hit]:
    """The certificate lasts longer than Apple's systems accept, where clients see it.

    What it checks: whether it lasts more than 825 days, on Expressway-E or where the node is not known.
    Why it matters: iOS and macOS refuse a server certificate of more than 825 days, of private CAs too.
    Example: a private CA that issues for five years.
    Remedy: a certificate for at most 825 days.
    References: mra.md A1.11 (Apple HT210176).
    """
    for case in answers(context):
        node = node_of(context, case)
        life = case.certificate.not_after - case.certificate.not_before
        days = math.ceil(life / timedelta(days=1))
        if life <= _LONGEST or (node is not None and node.role is Role.CORE):
            continue
        yield hit(
            context,
            case,
            f"the certificate lasts {days} days; iOS refuses more than {_LONGEST.days}",
            _ASK.format(f"for at most {_LONGEST.days} days"),
            expected=f"at most {_LONGEST.days} days",
            found=f"{days} days",
            effect=Effect.LATER,
            sources=[Source("mra.md A1.11")],
        )


SIGNED_RULES = (
    for_another_key,
    without_usage,
    with_more_usages,
    without_key_usage,
    with_another_subject,
    as_ca,
    for_a_short_time,
    for_a_long_time,
)
