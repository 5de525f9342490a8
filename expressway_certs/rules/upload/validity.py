"""From when to when the certificate holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from expressway_certs.product.alarms import SOON, end_alarm
from expressway_certs.product.lifetimes import TROUBLESOME_YEAR, is_public, lifetime_limit
from expressway_certs.product.provenance import Confidence, Source
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.upload.common import NEEDS_NEW, another, certificates, hit, withdrawn


@rule("upload-expired", Severity.ERROR, Stage.UPLOAD, Effect.NOT_KNOWN)
def expired(context: Context) -> Iterator[Hit]:
    """The certificate has expired.

    What it checks: the end of validity, at which OpenSSL already takes the certificate as expired.
    Why it matters: whether the page takes it is not documented; every peer refuses it, and alarm 40068 is raised.
    Example: last year's file out of the same folder.
    Remedy: the renewed certificate.
    References: platform.md §1.2 and §9 (AG155-ref, CG155-about).
    """
    for case, certificate in certificates(context):
        if certificate.not_after > context.at:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} expired on {certificate.not_after:%Y-%m-%d}",
            NEEDS_NEW.format("that holds now"),
            expected=f"valid at {context.at:%Y-%m-%d %H:%M} UTC",
            found=f"valid until {certificate.not_after:%Y-%m-%d %H:%M} UTC",
            effect=Effect.NOT_KNOWN,
            alarm=end_alarm(case.node, case.upload.store, certificate.not_after, context.at),
            sources=[Source("platform.md §1.2: AG155-ref, CG155-about")],
        )


@rule("upload-not-yet-valid", Severity.ERROR, Stage.UPLOAD, Effect.NOT_KNOWN)
def not_yet_valid(context: Context) -> Iterator[Hit]:
    """The certificate does not hold yet.

    What it checks: the beginning of validity.
    Why it matters: whether the page takes it is not documented; every peer refuses it until then.
    Example: a renewal that starts where the old certificate ends.
    Remedy: wait, or check the clocks of the CA and of Expressway.
    References: platform.md §1.2 (AG155-ref, CG155-about).
    """
    for case, certificate in certificates(context):
        if certificate.not_before <= context.at:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} does not hold before {certificate.not_before:%Y-%m-%d}",
            f"Upload it on {certificate.not_before:%Y-%m-%d %H:%M} UTC or later; check NTP if it should hold now.",
            expected=f"valid at {context.at:%Y-%m-%d %H:%M} UTC",
            found=f"valid from {certificate.not_before:%Y-%m-%d %H:%M} UTC",
            effect=Effect.NOT_KNOWN,
            changes=withdrawn(context, case),
            sources=[Source("platform.md §1.2: AG155-ref, CG155-about")],
        )


@rule("upload-expires-soon", Severity.WARNING, Stage.UPLOAD, Effect.ALARM, Effect.LATER)
def expires_soon(context: Context) -> Iterator[Hit]:
    """The certificate expires within three weeks.

    What it checks: the end of validity, 21 days ahead.
    Why it matters: Expressway raises alarm 40069 (40079 for the client store), on its last day alarm 40068, and the
    work is to be done again.
    Example: an old renewal that was found again.
    Remedy: a certificate with its whole life before it.
    References: platform.md §9 (AG155-ref); 21 days is documented for 40079, and inferred for 40069.
    """
    for case, certificate in certificates(context):
        if not timedelta() < certificate.not_after - context.at <= SOON:
            continue
        alarm = end_alarm(case.node, case.upload.store, certificate.not_after, context.at)
        confidence: Confidence = "inferred" if case.upload.store == "server" else "documented"
        yield hit(
            context,
            case,
            f"{case.upload.file_name} expires on {certificate.not_after:%Y-%m-%d}, "
            f"in {(certificate.not_after - context.at).days} days",
            NEEDS_NEW.format("that holds longer"),
            expected=f"more than {SOON.days} days",
            found=f"valid until {certificate.not_after:%Y-%m-%d %H:%M} UTC",
            effect=Effect.LATER if alarm is None else Effect.ALARM,
            alarm=alarm,
            sources=[Source("platform.md §9: AG155-ref", confidence)],
        )


@rule("upload-valid-beyond-2050", Severity.WARNING, Stage.UPLOAD, Effect.LATER)
def valid_beyond_2050(context: Context) -> Iterator[Hit]:
    """The certificate holds beyond 2050, which may cause operational issues.

    What it checks: the year of the end of validity.
    Why it matters: dates from 2050 on are encoded in another way, and the guides warn of them.
    Example: a private CA that issues for thirty years.
    Remedy: a certificate with a shorter life.
    References: platform.md §1.2 (CG155-about).
    """
    for case, certificate in certificates(context):
        if certificate.not_after.year < TROUBLESOME_YEAR:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} holds until {certificate.not_after:%Y-%m-%d}: dates beyond 2050 cause issues",
            NEEDS_NEW.format("that ends before 2050"),
            expected="an end before 2050",
            found=f"{certificate.not_after:%Y-%m-%d}",
            effect=Effect.LATER,
            sources=[Source("platform.md §1.2: CG155-about")],
        )


@rule("upload-lifetime-over-limit", Severity.WARNING, Stage.UPLOAD, Effect.LATER)
def lifetime_over_limit(context: Context) -> Iterator[Hit]:
    """A public certificate lasts longer than public CAs may make it last.

    What it checks: the validity against the limit on the day of issue, where the certificate names a public policy.
    Why it matters: Expressway takes it; browsers, and clients that ask the operating system, refuse it.
    Example: a certificate for a year that a public CA issued in April 2026.
    Remedy: a certificate within the limit; the next ones are 100 days from 2027-03-15 and 47 days from 2029-03-15.
    References: platform.md §7 (FN74362, SC081); the limit before March 2026 is that of the Baseline Requirements.
    """
    for case, certificate in certificates(context):
        limit = lifetime_limit(certificate.not_before)
        life = certificate.not_after - certificate.not_before
        if limit is None or not is_public(certificate) or life <= limit.longest:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} lasts {life.days} days; a public certificate of its day of issue may last "
            f"{limit.longest.days}",
            NEEDS_NEW.format(f"of at most {limit.longest.days} days"),
            expected=f"at most {limit.longest.days} days, as issued from {limit.since:%Y-%m-%d} on",
            found=f"{life.days} days, issued on {certificate.not_before:%Y-%m-%d}",
            effect=Effect.LATER,
            changes=another(context, case, most_days=limit.longest.days),
            sources=[limit.source],
        )


VALIDITY_RULES = (expired, not_yet_valid, expires_soon, valid_beyond_2050, lifetime_over_limit)
