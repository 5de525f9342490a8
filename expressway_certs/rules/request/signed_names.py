"""What a CA did to the names when it signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from expressway_certs.product.names import WantedName, wanted_names
from expressway_certs.product.provenance import Source
from expressway_certs.rules import ssh
from expressway_certs.rules.cases import SigningCase
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.lacking import severity_for_mra
from expressway_certs.rules.request.common import (
    NO_COMMON_NAME_ALARM,
    again,
    answers,
    hit,
    lacking_in_request,
    node_of,
    uses,
)
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509.alternative_names import AlternativeName, names_in

_ASK: Final = "Ask the CA to issue it again with {}, for the same request; if it does not, make a new one."
_COPIED: Final = Source("platform.md §3: CG155-uc, T-215405")


@rule("signed-without-name", Severity.ERROR, Stage.REQUEST, Effect.LATER)
def without_name(context: Context) -> Iterator[Hit]:
    """The CA left out a name that was asked for.

    What it checks: every alternative name of the request, in the certificate; and what each is for, where the node and
    its deployment are known.
    Why it matters: the zone, the logins or the phones that look for that name fail.
    Example: a CA that takes alternative names from its own form, and the bare domain is not on it.
    Remedy: have it issued again with the name, or enter the domain in the format CollabEdgeDNS.
    References: platform.md §3 and §4.1, mra.md A1.3 to A1.6, A1.12 and A2.4.
    """
    for case in answers(context):
        given = names_in(case.certificate)
        keys = {name.key for name in given}
        for name in names_in(case.request):
            if name.key not in keys:
                yield from _dropped(context, case, name, given)


def _dropped(
    context: Context, case: SigningCase, name: AlternativeName, given: tuple[AlternativeName, ...]
) -> Iterator[Hit]:
    node = node_of(context, case)
    wanted = () if node is None else wanted_names(node, context.deployment)
    asking = [one for one in wanted if name.key in {spelling.key for spelling in one.spellings}]
    unmet = [one for one in asking if not one.is_in(given)]
    if node is None or not asking:
        yield _left_out(context, case, name, given, _unknown(case, name, is_known=node is not None))
    elif not unmet:
        yield _left_out(context, case, name, given, Severity.INFO, "; another name of the certificate does as well")
    for one in unmet:
        found = None if node is None else lacking_in_request(context, node, one, case.certificate.common_name)
        if found is not None:
            yield _left_out(context, case, name, given, found[0], f", {uses(unmet)}", one, settings=found[1])


def _unknown(case: SigningCase, name: AlternativeName, *, is_known: bool) -> Severity:
    """Return how bad it is that a name is gone of which nobody here knows the use."""
    common = (case.request.common_name or "").lower()
    if name.kind not in {"DNS", "IP"}:
        return Severity.INFO
    return Severity.WARNING if is_known and name.value.lower() != common else Severity.ERROR


def _left_out(
    context: Context,
    case: SigningCase,
    name: AlternativeName,
    given: tuple[AlternativeName, ...],
    severity: Severity,
    why: str = "",
    wanted: WantedName | None = None,
    **more: object,
) -> Hit:
    return hit(
        context,
        case,
        f"the CA left out {name.value}{why}",
        _ASK.format(name.value),
        about=name.key,
        extension="subjectAltName",
        expected=str(name),
        found=", ".join(map(str, given)) or "no alternative name",
        effect=Effect.LATER,
        severity=severity,
        sources=[_COPIED if wanted is None else wanted.source],
        **more,
    )


@rule("signed-with-more-names", Severity.INFO, Stage.REQUEST)
def with_more_names(context: Context) -> Iterator[Hit]:
    """The CA added names that were not asked for.

    What it checks: the alternative names of the certificate against those and the common name of the request.
    Why it matters: nothing breaks by it, unless one is no FQDN: then the upload is refused, by a rule of its own.
    Example: www. before the common name.
    Remedy: none.
    References: platform.md §1.2 (CG155-load); own choice.
    """
    for case in answers(context):
        asked = {name.key for name in names_in(case.request)} | {("DNS", (case.request.common_name or "").lower())}
        added = [str(name) for name in names_in(case.certificate) if name.key not in asked]
        if added:
            yield hit(
                context,
                case,
                f"the CA added {', '.join(added)}, which the request does not ask for",
                changes=[],
                extension="subjectAltName",
                expected=", ".join(map(str, names_in(case.request))) or "no alternative name",
                found=", ".join(map(str, names_in(case.certificate))),
                sources=[Source("platform.md §1.2: CG155-load", "own choice")],
            )


@rule("signed-with-another-common-name", Severity.WARNING, Stage.REQUEST, Effect.WARNS)
def with_another_common_name(context: Context) -> Iterator[Hit]:
    """The CA changed the common name, or left it out.

    What it checks: the common name of the certificate against that of the request, whatever the case.
    Why it matters: without one alarm 40052 is raised and Mobile and Remote Access does not work; Unified CM knows
    Expressway-C by its common name and alternative names.
    Example: a public CA that no longer issues common names.
    Remedy: a certificate with the common name of the request.
    References: platform.md §1.2 and §9, alarm 40052 (CG155-load, AG155-ref), mra.md A2.4 (215572).
    """
    for case in answers(context):
        asked, given = case.request.common_name, case.certificate.common_name
        if (asked or "").lower() == (given or "").lower():
            continue
        is_gone = given is None
        yield hit(
            context,
            case,
            f"the CA left out the common name {asked}" if is_gone else f"the CA made the common name {given}",
            _ASK.format(f"the common name {asked}") if asked else "Make sure that the certificate is for this node.",
            expected=asked or "no common name",
            found=given or "no common name",
            effect=Effect.WARNS if is_gone else None,
            alarm=NO_COMMON_NAME_ALARM if is_gone else None,
            severity=severity_for_mra(context, case.node) if is_gone else Severity.WARNING,
            sources=[Source("platform.md §1.2: CG155-load, AG155-ref")],
        )


@rule("signed-with-unreadable-name", Severity.WARNING, Stage.REQUEST, Effect.LATER)
def with_unreadable_name(context: Context) -> Iterator[Hit]:
    """The CA put an attribute into subject or issuer that OpenSSL shows as a number: the SSH tunnels fail.

    What it checks: the attributes of the certificate's subject and issuer.
    Why it matters: Expressway takes the certificate, and the tunnels fail with "unknown ssh failures".
    Example: 1.3.6.1.4.1.6449.1.2.1.5.1, from a public CA.
    Remedy: a certificate without that attribute; where the issuer has it, from another CA.
    References: platform.md §1.2 and §5 (CG155-about, CG-tr).
    """
    for case in answers(context):
        unnamed = case.certificate.unnamed_attributes
        if unnamed:
            yield hit(
                context,
                case,
                f"the CA put {', '.join(unnamed)} into the names, and SSH tunnels will fail with it",
                _ASK.format("attributes alone that have a name, or go to another CA"),
                changes=again(context, case, not_from=_unreadable(case)),
                expected="attributes that have a name",
                found=f"subject {case.certificate.subject}, issuer {case.certificate.issuer}",
                effect=Effect.LATER,
                severity=severity_for_mra(context, case.node),
                sources=[Source("platform.md §1.2: CG155-about, CG-tr"), Source("platform.md §5: CG-tr")],
            )


def _unreadable(case: SigningCase) -> list[str]:
    """Return the issuer where its name is what SSH cannot read."""
    return [case.certificate.issuer] if ssh.unknown_in_issuer(case.certificate) else []


SIGNED_NAME_RULES = (without_name, with_more_names, with_another_common_name, with_unreadable_name)
