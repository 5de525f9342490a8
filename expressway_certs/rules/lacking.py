"""How bad it is that a name which a node needs is no alternative name, in a certificate or a request alike."""

from __future__ import annotations

from expressway_certs.product.names import NameUse, WantedName
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.settings import Chosen
from expressway_certs.product.zones import ZoneKind
from expressway_certs.rules.finding import Severity
from expressway_certs.rules.rule import Context

_OF_THE_NODE = frozenset({NameUse.OWN_FQDN, NameUse.CLUSTER})


def severity_for_mra(context: Context, node: str) -> Severity:
    """Return how bad it is where Unified Communications alone breaks: an error where a zone shows that it is in use."""
    kinds = {zone.kind for zone in context.deployment.zones_of(node)}
    return Severity.ERROR if ZoneKind.UNIFIED_COMMUNICATIONS in kinds else Severity.WARNING


def lacking(
    context: Context, node: Expressway, wanted: WantedName, common_name: str | None
) -> tuple[Severity, tuple[Chosen, ...]] | None:
    """Return how bad it is that a name is lacking, and on which settings that rests; None for not at all.

    A name that is the common name alone is what the setting says (platform.md §11 C1).
    """
    is_common_name = (common_name or "").lower() == wanted.name.lower()
    if not wanted.required:
        return None if is_common_name else (Severity.WARNING, wanted.settings)
    if is_common_name:
        chosen = node.settings.chosen("common_name_in_verify")
        severity = {"warn": Severity.WARNING, "refuse": Severity.ERROR}.get(chosen.value)
        return None if severity is None else (severity, (*wanted.settings, chosen))
    if wanted.use is NameUse.MEETING_SERVER:
        # An alarm is all that is documented of it.
        return Severity.WARNING, wanted.settings
    if wanted.use is NameUse.SERVICE_DOMAIN and _only_prompts(context, wanted.name):
        return Severity.WARNING, wanted.settings
    severity = severity_for_mra(context, node.name) if wanted.use in _OF_THE_NODE else Severity.ERROR
    return severity, wanted.settings


def _only_prompts(context: Context, domain: str) -> bool:
    """Whether no client is known that fails for want of its domain; Jabber asks its user (mra.md A1.6)."""
    clients = (client for client in context.deployment.clients if client.service_domain == domain)
    return all(client.family.prompts for client in clients)
