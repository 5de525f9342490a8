"""Names that services need in a certificate in place, where no leg of the deployment asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from expressway_certs.product.names import NameUse, WantedName, wanted_names
from expressway_certs.product.settings import Chosen
from expressway_certs.product.zones import ZoneKind
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.in_place.stored import Stored, stored
from expressway_certs.rules.lacking import lacking
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509.alternative_names import names_in

# The others are those of zones, whose legs ask for them where the zone verifies.
_OF_SERVICES: Final = frozenset(
    {
        NameUse.CLUSTER,
        NameUse.SERVICE_DOMAIN,
        NameUse.XMPP_DOMAIN,
        NameUse.CHAT_NODE_ALIAS,
        NameUse.PHONE_SECURITY_PROFILE,
    }
)

_MEETING_ALARM: Final = 40051
_MEETING_WORDS: Final = "CMS not Identified by Server Certificate"

_Lacking = tuple[WantedName, Severity, tuple[Chosen, ...]]


@rule("certificate-lacks-names", Severity.ERROR, Stage.IN_PLACE)
def lacks_names(context: Context) -> Iterator[Hit]:
    """A certificate of an Expressway lacks names that services of the deployment need, and no leg asks for them.

    What it checks: on the nodes of Unified Communications zones, the cluster name and phone security profiles on
    Expressway-C, the domains that users register in and those of XMPP federation on Expressway-E, chat node aliases on
    both: those that no leg of the report looks for in that certificate. On every Expressway-E, the addresses of Meeting
    Servers, which is a warning of its own.
    Why it matters: the zones are up, and federation, group chat or registration fails; of a Meeting Server alarm 40051
    tells.
    Example: a federated domain that was set up after the last renewal.
    Remedy: a certificate with these names.
    References: platform.md §3 (CG155-uc), §9 (AG155-ref) and §11 C11, mra.md A1.3 to A1.5.
    """
    asked = set(_asked(context))
    for one in stored(context):
        found = list(_lacking(context, one, asked))
        of_meetings = [wanted for wanted in found if wanted[0].use is NameUse.MEETING_SERVER]
        others = [wanted for wanted in found if wanted not in of_meetings]
        yield from (_hit(context, one, group) for group in (others, of_meetings) if group)


def _hit(context: Context, one: Stored, found: list[_Lacking]) -> Hit:
    told = dict.fromkeys(f"{wanted.name}, {wanted.use.value}" for wanted, _, _ in found)
    is_meeting = found[0][0].use is NameUse.MEETING_SERVER
    return Hit(
        message=f"{one.what} lacks {'; '.join(told)}",
        cause=(one.node.name, one.certificate, is_meeting),
        node=one.node.name,
        remedy=Remedy(changes=[one.in_place_of(context)]),
        evidence=Evidence(
            certificate=one.certificate,
            extension="subjectAltName",
            expected=", ".join(dict.fromkeys(wanted.name for wanted, _, _ in found)),
            found=", ".join(map(str, names_in(one.certificate))) or "no subject alternative name",
        ),
        product_message=_MEETING_WORDS if is_meeting else None,
        alarm=_MEETING_ALARM if is_meeting else None,
        severity=max(severity for _, severity, _ in found),
        settings=dict.fromkeys(chosen for _, _, settings in found for chosen in settings),
        sources=dict.fromkeys(wanted.source for wanted, _, _ in found),
    )


def _asked(context: Context) -> Iterator[tuple[str, str]]:
    """Yield what a leg looks for in whose certificate."""
    for result in context.legs:
        for judgement in result.judgements:
            for answer in judgement.answers:
                yield from ((judgement.presenter, name) for name in answer.wanted.lower().split(", "))


def _lacking(context: Context, one: Stored, asked: set[tuple[str, str]]) -> Iterator[_Lacking]:
    zones = context.deployment.zones_of(one.node.name)
    is_uc = any(zone.kind is ZoneKind.UNIFIED_COMMUNICATIONS for zone in zones)
    uses = {NameUse.MEETING_SERVER, *(_OF_SERVICES if is_uc else ())}
    for wanted in wanted_names(one.node, context.deployment):
        is_here = wanted.required and wanted.use in uses and wanted.store in one.stores
        if not is_here or (one.node.name, wanted.name.lower()) in asked or wanted.is_in(names_in(one.certificate)):
            continue
        how_bad = lacking(context, one.node, wanted, one.certificate.common_name)
        if how_bad is not None:
            yield wanted, *how_bad


NAME_RULES = (lacks_names,)
