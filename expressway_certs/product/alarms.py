"""The alarms about the end of a certificate that is in place (platform.md §9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import attrs

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.nodes import Expressway

SOON: Final = timedelta(days=21)
"""How long before the end an alarm is raised: documented for 40079 and for CA certificates, inferred for the others."""


@attrs.frozen
class _EndAlarms:
    behaviour: Behaviour
    over: int
    soon: int
    is_over_on_its_day: bool = False


# "Server certificate expired or Server certificate expires today": the others are said to change when it has expired.
_BY_STORE: Final = {
    "server": _EndAlarms(Behaviour.ALARMS_SERVER_EXPIRY, 40068, 40069, is_over_on_its_day=True),
    "client": _EndAlarms(Behaviour.ALARMS_CLIENT_EXPIRY, 40078, 40079),
    "domain": _EndAlarms(Behaviour.ALARMS_DOMAIN_EXPIRY, 40075, 40076),
}


def end_alarm(node: Expressway, store: str, end: datetime, at: datetime) -> int | None:
    """Return the number of the alarm that a node raises at ``at`` for a certificate that ends at ``end``.

    ``store`` is "server", "client" or "domain"; None where it raises none, as before the release that brought it.
    Whose day "today" is, is not documented: that of UTC is taken (own choice).
    """
    alarms = _BY_STORE[store]
    if not node.emulation.has(alarms.behaviour) or end - at > SOON:
        return None
    is_its_day = alarms.is_over_on_its_day and end.astimezone(UTC).date() == at.astimezone(UTC).date()
    return alarms.over if end <= at or is_its_day else alarms.soon
