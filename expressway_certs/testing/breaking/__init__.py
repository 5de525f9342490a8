"""A fault for every rule in the registry, injected into a sound site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from expressway_certs.product.deployment import Deployment
from expressway_certs.product.fields import wanted
from expressway_certs.rules import ALL_RULES
from expressway_certs.testing.breaking.administration import ADMINISTRATION_FAULTS
from expressway_certs.testing.breaking.bench import Bench, CannotBreakError
from expressway_certs.testing.breaking.ca_lists import CA_LIST_FAULTS
from expressway_certs.testing.breaking.clients import CLIENT_FAULTS
from expressway_certs.testing.breaking.clusters import CLUSTER_FAULTS
from expressway_certs.testing.breaking.contents import CONTENT_FAULTS
from expressway_certs.testing.breaking.far_ends import FAR_END_FAULTS
from expressway_certs.testing.breaking.fault import Fault
from expressway_certs.testing.breaking.in_place import IN_PLACE_FAULTS
from expressway_certs.testing.breaking.requests import REQUEST_FAULTS
from expressway_certs.testing.breaking.servers import SERVER_FAULTS
from expressway_certs.testing.breaking.signed import SIGNED_FAULTS
from expressway_certs.testing.breaking.tunnels import TUNNEL_FAULTS
from expressway_certs.testing.breaking.uploads import UPLOAD_FAULTS
from expressway_certs.testing.breaking.zones import ZONE_FAULTS

__all__ = ["FAULTS", "CannotBreakError", "Fault", "break_site", "faults"]

_ALL: Final = (
    *ZONE_FAULTS,
    *REQUEST_FAULTS,
    *SIGNED_FAULTS,
    *UPLOAD_FAULTS,
    *CONTENT_FAULTS,
    *CA_LIST_FAULTS,
    *FAR_END_FAULTS,
    *TUNNEL_FAULTS,
    *CLUSTER_FAULTS,
    *SERVER_FAULTS,
    *CLIENT_FAULTS,
    *ADMINISTRATION_FAULTS,
    *IN_PLACE_FAULTS,
)
_ORDER: Final = {rule.id: place for place, rule in enumerate(ALL_RULES)}


class Faults(Mapping[str, Fault]):
    """The faults by the id of the rule that finds each, in the order of the registry."""

    def __init__(self, listed: tuple[Fault, ...]) -> None:
        self._listed = {one.rule: one for one in sorted(listed, key=lambda one: _ORDER.get(one.rule, len(_ORDER)))}

    def __getitem__(self, rule: str) -> Fault:
        return self._listed[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def __repr__(self) -> str:
        return f"<Faults of {len(self)} rules>"


FAULTS: Final = Faults(_ALL)
"""The faults by the id of the rule that finds each, in the order of the registry."""


def break_site(
    site: Deployment, rule: str, *, node: str | None = None, seed: int = 0, at: datetime | None = None
) -> Deployment:
    """Return a site with the fault that the rule of this id finds; the site itself is not changed.

    Rules about files and requests find theirs among the ``uploads`` and pending requests of what is returned, so that
    `audit` is all that it takes. ``node`` is the Expressway on which the fault is to lie, where it can lie on several.
    ``at`` is the instant from which expiry is counted; None is that for which the certificates of the site were made.
    The keys of the site's CAs have to be known (`key_of`): those of `make_site` are, those of a site that was saved by
    another process once `make_site` was called with its ``seed``. Raises `ValueError` where no rule has that id or
    there is no such node, and `CannotBreakError`, which is one, where the site has not what the fault needs: a cluster,
    say, or an older release.

    >>> from expressway_certs import audit
    >>> from expressway_certs.testing import break_site, make_site
    >>> site = break_site(make_site(), "tunnel-ca-missing")
    >>> [found.rule for found in audit(site).findings]
    ['tunnel-ca-missing']
    """
    wanted(Deployment, site)
    fault = FAULTS.get(rule)
    if fault is None:
        raise ValueError(f"no rule is called {rule!r}; faults() lists them")
    try:
        return fault.inject(Bench.of(site, node, seed, at))
    except CannotBreakError as error:
        raise CannotBreakError(f"{rule} cannot be injected: {error}") from None


def faults(site: Deployment | None = None, *, node: str | None = None) -> tuple[str, ...]:
    """Return the ids of the rules whose faults there are, in the order of the registry; those that fit ``site`` alone.

    >>> from expressway_certs.testing import faults, make_site
    >>> sorted(set(faults()) - set(faults(make_site(release="X15.5"))))
    ['service-certificate-refused', 'upload-page-not-on-release', 'upload-without-client-auth']
    """
    wanted(Deployment | None, site)
    return tuple(rule for rule in FAULTS if site is None or _fits(site, rule, node))


def _fits(site: Deployment, rule: str, node: str | None) -> bool:
    try:
        break_site(site, rule, node=node)
    except CannotBreakError:
        return False
    return True
