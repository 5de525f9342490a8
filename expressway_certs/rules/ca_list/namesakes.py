"""Rules for CA certificates of one name: the page appends, so the old one stays above the new one."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from expressway_certs.product.changes import RemoveTrustedCa
from expressway_certs.product.changes.pages import told_apart
from expressway_certs.product.namesakes import BY_KEY_IDENTIFIER, BY_SUBJECT
from expressway_certs.product.provenance import Source
from expressway_certs.rules.ca_list.changes import Judged, Verdicts, judged_with
from expressway_certs.rules.ca_list.common import ca_cases, page, without
from expressway_certs.rules.cases import CaUploadCase
from expressway_certs.rules.finding import Effect, Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509.certificate import Certificate


@attrs.frozen(kw_only=True)
class _Namesakes:
    """A certificate of the file, and the entry above it that has its subject and is used in its place.

    ``breaks`` are those that rest on the lower one and are not trusted, by the guides' reading; ``needs`` those
    that the upper one alone makes trusted. ``chosen`` are those of ``breaks`` that OpenSSL trusts all the same.
    """

    case: CaUploadCase
    lower: Certificate
    upper: Certificate
    breaks: tuple[Judged, ...] = ()
    needs: tuple[Judged, ...] = ()
    chosen: tuple[Judged, ...] = ()

    @property
    def deletable(self) -> tuple[Certificate, ...]:
        """Those of the subject that the list has, unless the file has an upper one too, or something needs them."""
        listed = self.case.node.trusted_ca.with_subject(self.lower.view.subject)
        return () if self.needs or self.upper not in listed else listed


def _namesakes(context: Context, *, same_key: bool) -> Iterator[_Namesakes]:
    for case in ca_cases(context):
        pairs = [(one, case.after.with_subject(one.view.subject)[0]) for one in case.new]
        pairs = [
            (lower, upper) for lower, upper in pairs if upper != lower and _is_key_shared(lower, upper) is same_key
        ]
        if not pairs:
            continue
        used = judged_with(context, case, case.after, BY_SUBJECT)
        by_openssl = judged_with(context, case, case.after, BY_KEY_IDENTIFIER)
        names = {name for one in used.values() for name in _names_asked(one)}
        for lower, upper in pairs:
            found = _Namesakes(case=case, lower=lower, upper=upper)
            yield _with_judged(context, found, used, by_openssl) if lower.view.subject in names else found


def _names_asked(judged: Judged) -> Iterator[bytes]:
    """Yield the subjects that were looked for in the list: with another entry of one, something could come out."""
    for one in judged.verdict.chain:
        yield one.view.issuer


def _with_judged(context: Context, found: _Namesakes, used: Verdicts, by_openssl: Verdicts) -> _Namesakes:
    others = (one for one in found.case.after.with_subject(found.lower.view.subject) if one != found.lower)
    instead = judged_with(context, found.case, found.case.after.removing(*others), BY_SUBJECT)
    breaks = [key for key, one in used.items() if not one.verdict.ok and _ok(instead, key)]
    return attrs.evolve(
        found,
        breaks=tuple(used[key] for key in breaks),
        needs=tuple(one for key, one in used.items() if one.verdict.ok and key in instead and not _ok(instead, key)),
        chosen=tuple(used[key] for key in breaks if _ok(by_openssl, key)),
    )


def _is_key_shared(one: Certificate, other: Certificate) -> bool:
    return one.slices.public_key_info == other.slices.public_key_info


def _ok(judged: Verdicts, key: tuple[object, ...]) -> bool:
    return key in judged and judged[key].verdict.ok


@rule("ca-list-subject-taken", Severity.WARNING, Stage.CA_LIST, Effect.LATER, Effect.REFUSED)
def subject_taken(context: Context) -> Iterator[Hit]:
    """There is another CA certificate of the same subject above, with another key: that one is used.

    What it checks: whether the subject of a certificate in the file is that of one above it, in the list or the file,
    and which certificates of the deployment rest on the lower one. It is an error where there are any.
    Why it matters: the guides say that Expressway looks by subject and takes the first; the other behaves as if it
    were not there. OpenSSL, where certificates have key identifiers, chooses by them. By another source the page
    refuses the file. The setting ``same_subject_cas`` takes a side. Such pairs can break single sign-on too.
    Example: the self-signed tomcat and CallManager certificates of a Unified CM, which share their name.
    Remedy: delete the upper one by hand where nothing needs it; or CA-signed certificates on Unified CM, or one
    multi-server certificate for both services (Unified CM 14 and later).
    References: platform.md §2 (T-213872, CG155-uc, T-218018, T-225476, CG155-load) and §11 C7; mra.md A2.3 and E.
    """
    for found in _namesakes(context, same_key=False):
        yield _hit(
            context,
            found,
            f"has the subject of another one, {told_apart(found.upper)}, which stands above it and is used",
        )


@rule("ca-list-old-one-stays", Severity.WARNING, Stage.CA_LIST, Effect.LATER, Effect.REFUSED)
def old_one_stays(context: Context) -> Iterator[Hit]:
    """An older CA certificate of the same subject and key stays above the new one.

    What it checks: whether there is one above, in the list or the file, that differs in its validity or its issuer.
    It is an error where a certificate of the deployment rests on the new one.
    Why it matters: the page appends and replaces nothing. By the guides the upper one is used, also once it has ended;
    OpenSSL takes the first one that is valid.
    Example: the root that was renewed with its key.
    Remedy: delete the old one by hand.
    References: platform.md §2 (CG155-load, AG155-sec, T-213872) and §11 C7; mra.md E.
    """
    for found in _namesakes(context, same_key=True):
        yield _hit(context, found, f"does not replace {told_apart(found.upper)}, which stays above it and is used")


def _hit(context: Context, found: _Namesakes, message: str) -> Hit:
    case, choice = found.case, found.case.node.settings.chosen("same_subject_cas")
    is_refused = choice.value == "refused"
    breaks = tuple(one for one in found.breaks if choice.value != BY_KEY_IDENTIFIER or one not in found.chosen)
    victims = "" if is_refused or not breaks else f"; that breaks {_listed(breaks)}"
    return Hit(
        message=f"{told_apart(found.lower)} in {case.upload.file_name} {message}{victims}",
        cause=(case.node.name, case.upload, found.lower),
        node=case.node.name,
        remedy=_remedy(context, found),
        evidence=Evidence(
            certificate=found.lower,
            expected="a subject that is not in the list",
            found=told_apart(found.upper),
            explanation=_explanation(found),
        ),
        effect=Effect.REFUSED if is_refused else Effect.LATER,
        severity=Severity.ERROR if is_refused or breaks else None,
        settings=[choice],
        sources=[
            Source("platform.md §2: T-213872"),
            Source("platform.md §2: CG155-uc, T-218018, T-225476"),
            Source("platform.md §2: CG155-load"),
            Source("mra.md E", "inferred"),
        ],
    )


def _remedy(context: Context, found: _Namesakes) -> Remedy:
    """Return the list without the upper one, where nothing needs it; else the file without what does no good."""
    case = found.case
    if found.deletable:
        return Remedy(
            changes=[RemoveTrustedCa(node=case.node.name, certificates=found.deletable)],
            then=[f"{page(case)} > Choose file > {case.upload.file_name} > Append CA certificate"],
        )
    if not found.needs:
        return Remedy(
            before=[f"Leave {told_apart(found.upper)} out of {case.upload.file_name}, which stands above it there."],
            changes=without(context, case, found.upper),
        )
    return Remedy(before=_needed(found), changes=without(context, case, found.lower))


def _needed(found: _Namesakes) -> tuple[str, ...]:
    needed = f"{told_apart(found.upper)} is needed by {_listed(found.needs)}"
    if found.breaks:
        both = "Have both signed by one CA, or use one certificate for both (multi-server tomcat, Unified CM 14)."
        return (f"{needed}: the list cannot serve both.", both)
    return (
        f"{needed}: give those certificates under {told_apart(found.lower)} first.",
        f"{page(found.case)} > {told_apart(found.upper)} > Delete, once nothing needs it.",
    )


def _explanation(found: _Namesakes) -> str:
    first = "By the guides the upper of two CA certificates of one subject is used, and the lower is as if absent."
    if not found.breaks:
        return f"{first} Nothing that is known of the deployment rests on the lower one."
    if found.chosen == found.breaks:
        return f"{first} OpenSSL by itself would choose the right one by key identifier and validity."
    if not found.chosen:
        return f"{first} OpenSSL by itself does the same here, for no key identifier tells the two apart."
    return f"{first} OpenSSL by itself would choose the right one for {_listed(found.chosen)} alone."


def _listed(judged: tuple[Judged, ...]) -> str:
    """Return whose certificates they are, each once, with the legs that they are shown on."""
    where: dict[tuple[str, str], list[str]] = {}
    for one in judged:
        where.setdefault((one.presenter, one.store), []).append(one.place)
    named = ((*who, list(dict.fromkeys(places))) for who, places in where.items())
    return ", ".join(f"{presenter} ({store}: {', '.join(places)})" for presenter, store, places in named)


@rule("ca-list-common-name-taken", Severity.WARNING, Stage.CA_LIST, Effect.LATER)
def common_name_taken(context: Context) -> Iterator[Hit]:
    """There is another CA certificate of the same common name, though of another subject.

    What it checks: whether the common name of a certificate in the file is that of one above it whose subject differs
    elsewhere.
    Why it matters: the guides recommend not to upload CA certificates that share their common name, for logins by
    single sign-on can break. A look-up by subject tells these two apart.
    Example: CN=Root CA of two companies.
    Remedy: leave out the one that is not needed.
    References: platform.md §2 (CG155-load, CG155-uc).
    """
    for case in ca_cases(context):
        first: dict[str | None, Certificate] = {}
        for one in case.after:
            upper = first.setdefault(one.common_name, one)
            if one.common_name is None or one not in case.new or upper.view.subject == one.view.subject:
                continue
            yield Hit(
                message=f"{told_apart(one)} in {case.upload.file_name} has the common name of {told_apart(upper)}",
                cause=(case.node.name, case.upload, one),
                node=case.node.name,
                remedy=Remedy(
                    before=(f"{page(case)}: upload or keep only the one of the two that is needed.",),
                    changes=without(context, case, one),
                ),
                evidence=Evidence(certificate=one, expected="a common name of its own", found=upper.subject),
                effect=Effect.LATER,
                sources=[Source("platform.md §2: CG155-load, CG155-uc")],
            )


NAMESAKE_RULES = (subject_taken, old_one_stays, common_name_taken)
