"""What the rules about requests, and what CAs make of them, share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from expressway_certs.product.changes import Change, DiscardRequest, WithdrawUpload
from expressway_certs.product.names import NameUse, WantedName
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.settings import Chosen
from expressway_certs.rules import requests as exact
from expressway_certs.rules.cases import RequestCase, SigningCase
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.lacking import lacking
from expressway_certs.rules.rule import Context, NotApplicableError
from expressway_certs.x509.files.keys import same_key

PAGE: Final = "Maintenance > Security > Server certificate"
ROWS: Final[Mapping[NameUse, str]] = {
    NameUse.CLUSTER: (
        "Subject alternative names: FQDN of Expressway cluster plus FQDNs of all peers in the cluster ({})"
    ),
    NameUse.SERVICE_DOMAIN: "Unified CM registrations domains: {}, format DNS or CollabEdgeDNS",
    NameUse.XMPP_DOMAIN: "XMPP federation domains: {}, format DNS",
    NameUse.CHAT_NODE_ALIAS: "IM and Presence chat node aliases (federated group chat): {}, format DNS",
    NameUse.PHONE_SECURITY_PROFILE: "Unified CM phone security profile names: {}",
}
"""The row of the page Generate CSR where a name is entered; for other uses it is that of the additional names."""

NO_COMMON_NAME_ALARM: Final = 40052

_ADDITIONAL: Final = "Additional alternative names (comma separated): {}"
_FOUND: Final = ("certificate", "extension", "expected", "found")


def requests(context: Context) -> tuple[RequestCase, ...]:
    """Return the requests to look at; `NotApplicableError` where there is none."""
    if not context.cases.requests:
        raise NotApplicableError("no request is pending")
    return context.cases.requests


def signings(context: Context) -> tuple[SigningCase, ...]:
    """Return the requests with the certificates that answer them; `NotApplicableError` where there is none."""
    if not context.cases.signings:
        raise NotApplicableError("no certificate answers a request")
    return context.cases.signings


def is_answer(case: SigningCase) -> bool:
    """Whether the certificate is for the key of the request: otherwise there is nothing to compare."""
    return same_key(case.request, case.certificate)


def answers(context: Context) -> Iterator[SigningCase]:
    """Yield the certificates that are for the key of their request."""
    found = [case for case in signings(context) if is_answer(case)]
    if not found:
        raise NotApplicableError("the certificate is for another key than the request")
    yield from found


def node_of(context: Context, case: SigningCase) -> Expressway | None:
    """Return the node that a certificate is for; None where the deployment does not have it."""
    return next((node for node in context.deployment.nodes if node.name == case.node), None)


def row(group: Iterable[WantedName]) -> str:
    """Return what has to be filled in for a name, which is wanted for several things."""
    wanted = list(group)
    words = next((ROWS[one.use] for one in wanted if one.use in ROWS), _ADDITIONAL)
    return words.format(wanted[0].name)


def hit(
    context: Context, case: RequestCase | SigningCase, message: str, *words: str, about: object = None, **more: Any
) -> Hit:
    """Return a hit: what was looked at goes by its name in `Evidence`, the rest as in `Hit`.

    ``about`` tells the hits of one request apart that are findings of their own. ``changes`` are those of the remedy:
    left out, a new request in place of this one, or of the certificate that the CA made of it.
    """
    node = case.node.name if isinstance(case, RequestCase) else case.node
    looked_at = {name: more.pop(name) for name in _FOUND if name in more}
    if isinstance(case, SigningCase):
        looked_at.setdefault("certificate", case.certificate)
    changes = more.pop("changes") if "changes" in more else again(context, case)
    return Hit(
        message=message,
        cause=(node, case, about),
        node=node,
        remedy=Remedy(before=words, changes=changes),
        evidence=Evidence(**looked_at),
        **more,
    )


def again(
    context: Context, case: RequestCase | SigningCase, *, names: Iterable[str] = (), not_from: Iterable[str] = ()
) -> list[Change]:
    """Return the changes to a new request: the old one discarded, the file of the answer left out, as far as they wait.

    Where the node is not in a deployment there are none.
    """
    node = case.node if isinstance(case, RequestCase) else node_of(context, case)
    if node is None:
        return []
    changes: list[Change] = []
    if isinstance(case, SigningCase) and case.upload in context.deployment.uploads:
        changes.append(WithdrawUpload(upload=case.upload))
    if node.pending_request == case.request:
        changes.append(DiscardRequest(node=node.name))
    asked = exact.for_store(context, node, "server", not_from=not_from)
    return [*changes, attrs.evolve(asked, names=(*asked.names, *names))]


def lacking_in_request(
    context: Context, node: Expressway, wanted: WantedName, common_name: str | None
) -> tuple[Severity, tuple[Chosen, ...]] | None:
    """Return what `lacking` says; a name for the client store is a warning at worst.

    A request may be for the server store alone, which needs no such name.
    """
    found = lacking(context, node, wanted, common_name)
    if found is None or wanted.store == "server":
        return found
    return min(found[0], Severity.WARNING), found[1]


def uses(wanted: Iterable[WantedName]) -> str:
    """Return what a name is for, in words."""
    return " and ".join(dict.fromkeys(one.use.value for one in wanted))
