"""What each certificate of a site has to allow, by the legs on which it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.product.lifetimes import is_public
from expressway_certs.product.nodes import Client, Expressway
from expressway_certs.rules.connection import Connection, Showing
from expressway_certs.rules.finding import LegRef
from expressway_certs.rules.pairs import connections
from expressway_certs.rules.site_legs import LEG_STAGES, leg_ids
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import Purpose

_USAGES = {Purpose.SERVER: "serverAuth", Purpose.CLIENT: "clientAuth"}


@attrs.frozen(kw_only=True)
class CertificateNeed:
    """What the certificate in a store of an Expressway has to allow, and whether it does.

    ``usages`` are the extended key usages that are asked of it, by their RFC 5280 names, each with the legs on which it
    is; empty where nobody asks for any. ``certificate`` is what is in the store: None where nothing is known to be.
    ``is_shown_to_clients`` says that clients judge it, of which phones trust public CAs alone (mra.md A1.16).
    """

    node: str
    store: str
    certificate: Certificate | None
    usages: tuple[tuple[str, tuple[LegRef, ...]], ...]
    is_shown_to_clients: bool

    @property
    def lacking(self) -> tuple[str, ...]:
        """The usages that are asked for and that the certificate does not allow; one without a list allows all."""
        allowed = None if self.certificate is None else self.certificate.extended_key_usage
        return () if allowed is None else tuple(name for name, _ in self.usages if name not in allowed)

    @property
    def needs_client_auth(self) -> bool:
        """Whether client authentication is asked of it."""
        return any(name == "clientAuth" for name, _ in self.usages)

    @property
    def legs(self) -> tuple[LegRef, ...]:
        """The legs on which it is asked for some usage."""
        return tuple(dict.fromkeys(leg for _, legs in self.usages for leg in legs))

    @property
    def ends(self) -> datetime | None:
        """When the certificate ends."""
        return None if self.certificate is None else self.certificate.not_after

    @property
    def is_public(self) -> bool:
        """Whether the certificate says that a public CA issued it."""
        return self.certificate is not None and is_public(self.certificate)


def certificate_needs(deployment: Deployment) -> tuple[CertificateNeed, ...]:
    """Return what is asked of each certificate of each Expressway, store by store."""
    shown = list(_shown(deployment))
    return tuple(
        _need(node, store, [one for one in shown if (one[1].presenter.name, one[1].store) == (node.name, store)])
        for node in deployment.nodes
        for store in node.stores
    )


def _shown(deployment: Deployment) -> Iterator[tuple[LegRef, Showing]]:
    """Yield each certificate that an Expressway shows and the other side looks at, with the leg."""
    for one in connections(deployment, leg_ids(LEG_STAGES)):
        if isinstance(one, Connection):
            for showing in one.sides:
                if showing is not None and isinstance(showing.presenter, Expressway):
                    yield _reference(one), showing


def _need(node: Expressway, store: str, shown: list[tuple[LegRef, Showing]]) -> CertificateNeed:
    legs: dict[str, dict[LegRef, None]] = {}
    for leg, showing in shown:
        for purpose in showing.purposes:
            if purpose is not None:
                legs.setdefault(_USAGES[purpose], {})[leg] = None
    return CertificateNeed(
        node=node.name,
        store=store,
        certificate=node.certificate(store),
        usages=tuple((name, tuple(legs[name])) for name in _USAGES.values() if name in legs),
        is_shown_to_clients=any(isinstance(showing.judge, Client) for _, showing in shown),
    )


def _reference(one: Connection) -> LegRef:
    leg, initiator, acceptor = one.leg, one.initiator.name, one.acceptor.name
    return LegRef(id=leg.id, title=leg.title, port=leg.port, initiator=initiator, acceptor=acceptor)
