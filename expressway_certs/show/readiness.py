"""What an upgrade does to a site, and where client authentication comes from, as text for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from expressway_certs.plan.client_auth import ClientAuthNeed, ClientAuthSunset
from expressway_certs.plan.readiness import Readiness
from expressway_certs.plan.usages import CertificateNeed
from expressway_certs.product.sunset import ClientAuthSource
from expressway_certs.rules.finding import LegRef
from expressway_certs.show.escape import plain
from expressway_certs.show.plan import changed_legs, wrapped
from expressway_certs.show.styles import number_of

_DATE: Final = "%Y-%m-%d"


def readiness_text(readiness: Readiness, *, width: int) -> str:
    """Return what an upgrade does as plain text in lines of ``width`` characters, where words allow it."""
    parts = (_heading(readiness), _changes(readiness), _order(readiness), _needs(readiness), [""])
    sunset = _sunset(readiness.client_auth)
    return "\n".join(wrapped(line, width) for part in (*parts, sunset) for line in part)


def sunset_text(sunset: ClientAuthSunset, *, width: int) -> str:
    """Return who needs client authentication as plain text in lines of ``width`` characters, where words allow it."""
    heading = f"Client authentication for {plain(sunset.name)}, as of {sunset.at:{_DATE} %H:%M:%S} UTC"
    return "\n".join(wrapped(line, width) for line in (heading, *_sunset(sunset)))


def _heading(readiness: Readiness) -> Iterator[str]:
    yield f"{plain(readiness.name)} on {readiness.release}, as of {readiness.at:{_DATE} %H:%M:%S} UTC"
    yield (
        f"{number_of(readiness.breaks, 'leg')} down with the upgrade, {number_of(readiness.mends, 'leg')} up; "
        f"{number_of(readiness.to_replace, 'certificate')} to replace."
    )
    if not readiness.release.is_known:
        yield f"{readiness.release} is not known here: it is judged as {readiness.release.behaves_as}."
    if readiness.left_behind:
        names = ", ".join(map(plain, readiness.left_behind))
        yield f"Expressway-C and Expressway-E should run one release (FN74362); on another one stay: {names}."


def _changes(readiness: Readiness) -> Iterator[str]:
    yield ""
    yield "What changes on the legs, with the certificates as they are:"
    yield from (f"  - {line}" for line in list(changed_legs(readiness.changes)) or ["nothing"])


def _order(readiness: Readiness) -> Iterator[str]:
    yield ""
    yield "The order, one peer after the other:"
    for step in readiness.steps:
        down = f"{number_of(step.down, 'leg')} down that {'was' if len(step.down) == 1 else 'were'} up before"
        yield f"  {step.number}. {plain('; '.join(step.words))}: {down}"


def _needs(readiness: Readiness) -> Iterator[str]:
    yield ""
    yield f"What the certificates have to allow on {readiness.release}:"
    for need in readiness.needs:
        when = " before the upgrade" if need in readiness.replace_before else ""
        yield f"  - {plain(need.node)}, {need.store} store: {_asked(need, when)}"


def _asked(need: CertificateNeed, when: str) -> str:
    wanted = " and ".join(name for name, _ in need.usages) or "nothing is asked of it"
    if need.lacking:
        return f"{wanted}; replace it{when}, for it lacks {' and '.join(need.lacking)}"
    clients = ", and a CA that the clients trust" if need.is_shown_to_clients else ""
    return f"{wanted}{clients}"


def _sunset(sunset: ClientAuthSunset) -> Iterator[str]:
    yield f"{number_of(sunset.needs, 'certificate')} with need of client authentication:"
    for one in sunset.needs:
        yield f"  - {plain(one.need.node)}, {one.need.store} store: {_standing(one)}; asked for on {_legs(one.legs)}"
    others = [f"{plain(one.node)} ({one.store})" for one in sunset.without]
    if others:
        yield f"A certificate for servers alone, of a public CA, will do for: {', '.join(others)}."
    sources = dict.fromkeys(source for one in sunset.needs for source in one.sources)
    if sources:
        yield "It still comes from:"
        yield from (f"  - {_source(source)}" for source in sources)


def _standing(one: ClientAuthNeed) -> str:
    if one.need.certificate is None:
        return "no certificate is known"
    if one.safe_until is None:
        return "the certificate lacks it"
    kind = "a public certificate" if one.need.is_public else "the certificate"
    return f"{kind} has it, until {one.safe_until:{_DATE}}"


def _source(source: ClientAuthSource) -> str:
    end = f"until {source.until:{_DATE}}" if source.until else "no end is known"
    return f"{source.name}: {end} (as of {source.as_of:{_DATE}})"


def _legs(legs: Iterable[LegRef]) -> str:
    return ", ".join(dict.fromkeys(f"{leg.title} (leg {leg.id})" for leg in legs))
