"""Certificates against CRLs that are at hand, as OpenSSL checks them: which list is taken, and what it says.

Indirect CRLs, lists for some reasons only, and deltas need flags that no known product sets; a list
of those kinds is passed over.
"""

from __future__ import annotations

import attrs

from expressway_certs.x509 import codes, extensions, names, times, usages
from expressway_certs.x509.case import BuiltChain, Case, Fault
from expressway_certs.x509.distribution import ALL_REASONS, names_meet
from expressway_certs.x509.public_key import signature_is_valid
from expressway_certs.x509.revocation_list import REMOVE_FROM_CRL, RevocationList, RevokedEntry
from expressway_certs.x509.view import View, identifies

# What speaks for a list, in OpenSSL's weights; the sum decides between two.
_NOTHING_CRITICAL, _IN_SCOPE, _IN_TIME, _ISSUER_NAME, _ISSUER_IS_NEXT, _ISSUER_ON_PATH, _ISSUER_KEY = (
    0x100, 0x080, 0x040, 0x020, 0x018, 0x008, 0x004
)  # fmt: skip


@attrs.frozen(kw_only=True)
class _Choice:
    """A list that may speak for a certificate: who signed it, how well it fits, which reasons it covers."""

    crl: RevocationList
    issuer: View
    score: int
    reasons: int


def check_revocation(case: Case, chain: BuiltChain) -> Fault | None:
    """Check the leaf, or every certificate of the chain, against the policy's CRLs."""
    if case.policy.crl_check is None:
        return None
    depths = range(len(chain)) if case.policy.crl_check == "all" else range(1)
    return next((fault for depth in depths if (fault := _check(case, chain, depth)) is not None), None)


def _check(case: Case, chain: BuiltChain, depth: int) -> Fault | None:
    covered = 0
    while covered != ALL_REASONS:
        choice = _choose(case, chain, depth, covered)
        if choice is None:
            return _no_list(case, chain, depth)
        fault = _judge(case, chain, depth, choice)
        if fault is not None:
            return fault
        if choice.reasons == covered:
            return _no_list(case, chain, depth)
        covered = choice.reasons
    return None


def _no_list(case: Case, chain: BuiltChain, depth: int) -> Fault:
    return chain.fault(
        codes.UNABLE_TO_GET_CRL,
        depth,
        expected=f"a CRL of {chain[depth].issuer}",
        found=f"{len(case.policy.crls)} CRLs, none of which speaks for this certificate",
    )


def _choose(case: Case, chain: BuiltChain, depth: int, covered: int) -> _Choice | None:
    best: _Choice | None = None
    for crl in case.policy.crls:
        choice = _score(case, chain, depth, covered, crl)
        if choice is None or (best is not None and choice.score < best.score):
            continue
        if best is None or choice.score > best.score or _is_newer(choice.crl, best.crl):
            best = choice
    return best


def _is_newer(crl: RevocationList, than: RevocationList) -> bool:
    one, other = times.epoch(crl.slices.this_update), times.epoch(than.slices.this_update)
    return one is not None and other is not None and one > other


def _score(case: Case, chain: BuiltChain, depth: int, covered: int, crl: RevocationList) -> _Choice | None:
    """Weigh a list for the certificate at ``depth``; None where OpenSSL would not look at it."""
    view = case.view(chain[depth])
    scope = crl.scope
    if crl.is_delta and case.branch.delta_crl_is_no_crl:
        return None
    if scope is not None and (scope.is_contradictory or scope.indirect or scope.reasons is not None):
        return None
    if names.canonical(crl.slices.issuer) != view.issuer:
        return None
    found = _signer(case, chain, depth, crl)
    if found is None:
        return None
    issuer, weight = found
    score = weight | _ISSUER_NAME
    score |= _NOTHING_CRITICAL if crl.unhandled_critical is None else 0
    score |= _IN_TIME if _time_fault(case, crl) is None else 0
    reasons = _reasons_in_scope(view, crl)
    if reasons is not None:
        if not reasons & ~covered:
            return None
        score |= _IN_SCOPE
    return _Choice(crl=crl, issuer=issuer, score=score, reasons=covered | (reasons or 0))


def _signer(case: Case, chain: BuiltChain, depth: int, crl: RevocationList) -> tuple[View, int] | None:
    """Find who signed the list on the chain: the next certificate up, or one further up of the list's issuer name."""
    wanted = crl.authority_key_identifier
    at = min(depth + 1, len(chain) - 1)
    following = case.view(chain[at])
    if wanted is None or identifies(wanted, following):
        return following, _ISSUER_IS_NEXT | _ISSUER_KEY
    for certificate in chain[at + 1 :]:
        view = case.view(certificate)
        if view.subject == names.canonical(crl.slices.issuer) and identifies(wanted, view):
            return view, _ISSUER_ON_PATH | _ISSUER_KEY
    return None


def _reasons_in_scope(view: View, crl: RevocationList) -> int | None:
    """Return the reasons for which the list speaks for the certificate; None where it does not at all."""
    scope = crl.scope
    if scope is not None and (scope.only_attribute or (scope.only_user if view.is_ca else scope.only_ca)):
        return None
    issuer = names.canonical(crl.slices.issuer)
    for point in view.distribution_points:
        directories = [name.value for name in point.crl_issuer if name.tag == extensions.DIRECTORY]
        if point.has_crl_issuer and issuer not in map(names.canonical, directories):
            continue
        hangs_under = names.canonical(directories[0]) if directories else view.issuer
        if scope is None or names_meet(point, hangs_under, scope, issuer):
            return point.reasons
    return ALL_REASONS if scope is None or not scope.has_name else None


def _judge(case: Case, chain: BuiltChain, depth: int, choice: _Choice) -> Fault | None:
    """Check the chosen list, and then what it says of the certificate."""
    return (
        (None if choice.crl.is_delta else _check_authority(chain, depth, choice))
        or (None if choice.score & _IN_TIME else _stale(case, chain, depth, choice.crl))
        or _check_signature(case, chain, depth, choice)
        or _look_up(case, chain, depth, choice.crl)
    )


def _check_authority(chain: BuiltChain, depth: int, choice: _Choice) -> Fault | None:
    if not choice.issuer.allows(usages.CRL_SIGN):
        return chain.fault(
            codes.KEYUSAGE_NO_CRL_SIGN,
            depth,
            extension="keyUsage",
            expected="cRLSign in the CRL's issuer",
            found=", ".join(sorted(usages.key_usage_names(choice.issuer.key_usage or 0))),
        )
    if not choice.score & _IN_SCOPE:
        return chain.fault(
            codes.DIFFERENT_CRL_SCOPE,
            depth,
            extension="issuingDistributionPoint",
            expected="a CRL that speaks for this certificate",
            found=repr(choice.crl),
        )
    return None


def _time_fault(case: Case, crl: RevocationList) -> int | None:
    """Return the error number for a list that does not hold at the time in question; None where it does."""
    if case.at is None:
        return None
    start = times.epoch(crl.slices.this_update)
    if start is None:
        return codes.ERROR_IN_CRL_LAST_UPDATE_FIELD
    if start > case.at:
        return codes.CRL_NOT_YET_VALID
    if crl.slices.next_update is None:
        return None
    end = times.epoch(crl.slices.next_update)
    if end is None:
        return codes.ERROR_IN_CRL_NEXT_UPDATE_FIELD
    return codes.CRL_HAS_EXPIRED if end <= case.at else None


def _stale(case: Case, chain: BuiltChain, depth: int, crl: RevocationList) -> Fault | None:
    code = _time_fault(case, crl)
    if code is None:
        return None
    return chain.fault(
        code,
        depth,
        expected=f"a CRL of {crl.issuer} that holds now; without one none of its certificates passes",
        found=f"this update {crl.this_update}, next {crl.next_update}",
    )


def _check_signature(case: Case, chain: BuiltChain, depth: int, choice: _Choice) -> Fault | None:
    slices = choice.crl.slices
    same = slices.inner_algorithm == slices.outer_algorithm or not case.branch.compares_crl_algorithms
    if same and signature_is_valid(
        signer=choice.issuer.slices.public_key_info,
        algorithm=slices.outer_algorithm,
        signature=slices.signature,
        data=slices.tbs,
    ):
        return None
    return chain.fault(codes.CRL_SIGNATURE_FAILURE, depth, found=repr(choice.crl))


def _look_up(case: Case, chain: BuiltChain, depth: int, crl: RevocationList) -> Fault | None:
    if crl.unhandled_critical is not None:
        return chain.fault(
            codes.UNHANDLED_CRITICAL_CRL_EXTENSION, depth, extension=crl.unhandled_critical, found=repr(crl)
        )
    entry = crl.entry_for(chain[depth].serial_number, case.view(chain[depth]).issuer)
    if entry is None or entry.reason == REMOVE_FROM_CRL:
        return None
    return chain.fault(
        codes.CERT_REVOKED,
        depth,
        expected="a certificate that is not on the list",
        found=_told(crl, chain[depth].serial_number, entry),
    )


def _told(crl: RevocationList, serial: int, entry: RevokedEntry) -> str:
    """Say which list has a certificate, since when, and why."""
    since = crl.revoked_at(serial)
    when = f"revoked since {since:%Y-%m-%d %H:%M:%S} UTC" if since else "revoked"
    why = entry.reason_name or "no reason given"
    number = "" if crl.crl_number is None else f", number {crl.crl_number}"
    made = f", of {crl.this_update:%Y-%m-%d %H:%M:%S} UTC" if crl.this_update else ""
    return f"serial number {serial:X} {when} ({why}) on the CRL of {crl.issuer}{number}{made}"
