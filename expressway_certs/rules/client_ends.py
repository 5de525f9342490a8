"""What becomes of clients that find fault with Expressway-E: who cannot connect, and who still can log in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import attrs

from expressway_certs.product.nodes import Client
from expressway_certs.rules import common
from expressway_certs.rules.finding import Hit, Severity
from expressway_certs.rules.judging import Judgement
from expressway_certs.rules.rule import Context


def client(context: Context, name: str) -> Client | None:
    """Return the client of a name, with the list that it looks at; None where another node has the name."""
    return next((one for one in context.deployment.judging_clients if one.name == name), None)


def is_jabber(context: Context, name: str) -> bool:
    """Whether a node of that name is Jabber, on whatever platform."""
    found = client(context, name)
    return found is not None and found.family.is_jabber


def names(context: Context) -> Collection[str]:
    """Return the names of all clients."""
    return {one.name for one in context.deployment.clients}


def severity(judgement: Judgement) -> Severity:
    """Return how bad it is for these clients: Jabber asks its user, everything else fails (mra.md A1.6)."""
    return Severity.WARNING if judgement.tolerant else Severity.ERROR


def with_ends(context: Context, found: Iterable[tuple[str, Hit]]) -> Iterator[Hit]:
    """Yield hits, each with the clients that it is about: who cannot connect, and who still can log in, are two ends.

    Each comes with the name of the client that judged.
    """
    told = [(name, attrs.evolve(hit, cause=(*hit.cause, hit.severity))) for name, hit in found]
    of_cause: dict[tuple[object, ...], dict[str, None]] = {}
    for name, hit in told:
        of_cause.setdefault(hit.cause, {})[name] = None
    for _, hit in told:
        yield attrs.evolve(hit, message=f"{hit.message}: {_end(context, of_cause[hit.cause], hit.severity)}")


def _end(context: Context, those: Collection[str], severity: Severity | None) -> str:
    clients = [one for one in context.deployment.clients if one.name in those]
    domains = dict.fromkeys(one.service_domain for one in clients)
    who = [
        f"{common.listed(one.family.value for one in clients if one.service_domain == each)} of {each}"
        for each in domains
    ]
    if severity is Severity.ERROR:
        return f"{common.listed(who)} cannot connect"
    how = "after a prompt" if all(one.family.prompts for one in clients) else "all the same"
    return f"{common.listed(who)} can log in {how}"
