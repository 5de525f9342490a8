"""Changes of the lists of CAs that judge: on Expressway, on Unified CM, on clients, at a far end."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

import attrs

from expressway_certs.product.changes.pages import CUCM_PAGE, TRUSTED_CA_PAGE, told_apart
from expressway_certs.product.changes.services import EXPRESSWAY, OF_TRUST, Restart, Service, restarts_of
from expressway_certs.product.changes.step import Step
from expressway_certs.product.clients import CLIENT_LIST, PHONE_EDGE_TRUST
from expressway_certs.product.far_ends import FAR_END_LIST
from expressway_certs.product.fields import is_name
from expressway_certs.product.nodes import ONBOARDING_LIST
from expressway_certs.product.provenance import Source
from expressway_certs.product.uc_servers import OWN_LISTS, TRUST_LISTS
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.revocation_list import RevocationList, revocation_lists
from expressway_certs.x509.shown import shown
from expressway_certs.x509.typed import typed
from expressway_certs.x509.wanted import as_certificates

EXPRESSWAY_LIST: Final = "Trusted CA list"

# Which service reads cup-xmpp-trust again, and when, is not documented; nor is it for the list of onboarding.
_RESTARTS: Final[dict[str, tuple[Service, ...]]] = {
    EXPRESSWAY_LIST: EXPRESSWAY,
    "tomcat-trust": OF_TRUST,
    "CallManager-trust": OF_TRUST,
}
OURS: Final = frozenset({EXPRESSWAY_LIST, *TRUST_LISTS})
"""Those into which we load a CA ourselves; the others have to trust it already."""

_LISTS: Final = frozenset({EXPRESSWAY_LIST, ONBOARDING_LIST, *TRUST_LISTS, PHONE_EDGE_TRUST, CLIENT_LIST, FAR_END_LIST})

Crls = tuple[RevocationList, ...]


def _has_place(change: AddTrustedCa, _attribute: attrs.Attribute[Crls], value: Crls) -> None:
    if value and change.store != EXPRESSWAY_LIST:
        message = f"{change.store} takes no CRL; the {EXPRESSWAY_LIST} of an Expressway does"
        raise ValueError(message)


def is_list(_change: object, _attribute: attrs.Attribute[str], value: str) -> None:
    """Raise `ValueError` for a list that there is not."""
    if value not in _LISTS:
        message = f"{shown(value)} is no list of CAs; there are {', '.join(map(repr, sorted(_LISTS)))}"
        raise ValueError(message)


def own_list(store: str) -> str | None:
    """Return the list of a node that has to hold the CA of its own certificate in a store; None where there is none."""
    return EXPRESSWAY_LIST if store in {"server", "client"} else OWN_LISTS.get(store)


def restarts_of_list(node: str, store: str) -> tuple[Restart, ...]:
    """Return what has to be restarted after a change of a list."""
    return restarts_of(node, _RESTARTS.get(store, ()))


@attrs.frozen(kw_only=True, field_transformer=typed)
class AddTrustedCa(Step):
    """Add CA certificates to a list: of an Expressway, or the one that ``store`` names.

    ``store`` is "tomcat-trust", "CallManager-trust" or "cup-xmpp-trust" of a server, "client's CA list" or
    "Phone-Edge-trust" of clients (``node`` is then their name), "the far end's CA list" of a `FarEnd`. ``crls`` are
    those in the same file, which the list of an Expressway alone takes (platform.md §2); `ValueError` for another one.
    """

    sources: ClassVar[tuple[Source, ...]] = (
        Source("platform.md §2: CG155-load, AG155-sec"),
        Source("platform.md §1.1: AG155-uc"),
        Source("mra.md A2.3: 217748, MRA-req"),
    )

    node: str = attrs.field(validator=is_name)
    certificates: tuple[Certificate, ...] = attrs.field(converter=as_certificates)
    store: str = attrs.field(default=EXPRESSWAY_LIST, validator=is_list)
    crls: Crls = attrs.field(default=(), converter=revocation_lists, validator=_has_place, repr=False)

    @property
    def steps(self) -> tuple[str, ...]:
        """A step for each certificate, and for each CRL."""
        add = _ADDING.get(self.store, _to_trust)
        held = (*(one.subject for one in self.certificates), *(f"the CRL of {one.issuer}" for one in self.crls))
        return tuple(add(self.node, self.store, one) for one in held)

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """The Expressway, or the services that read the list."""
        return restarts_of_list(self.node, self.store)


@attrs.frozen(kw_only=True, field_transformer=typed)
class RemoveTrustedCa(Step):
    """Delete CA certificates from a list, named as in `AddTrustedCa`; one that is not in it is passed over.

    The CRLs in the CA file of an Expressway stay: the page lists and deletes certificates, and how a CRL goes out of
    the file again is not documented (own choice; platform.md §2 and §6).
    """

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §2: CG155-load, AG155-sec"),)

    node: str = attrs.field(validator=is_name)
    certificates: tuple[Certificate, ...] = attrs.field(converter=as_certificates)
    store: str = attrs.field(default=EXPRESSWAY_LIST, validator=is_list)

    @property
    def steps(self) -> tuple[str, ...]:
        """A step for each certificate, told apart from others of its name."""
        return tuple(f"{place(self.node, self.store)} > {told_apart(one)} > Delete" for one in self.certificates)

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """The Expressway, or the services that read the list."""
        return restarts_of_list(self.node, self.store)


@attrs.frozen(kw_only=True, field_transformer=typed)
class RequestTrustedCa(Step):
    """Get the CA certificates above ``below`` from whoever has them, and add them to a list, as `AddTrustedCa` does.

    ``wanted`` says in words which one is lacking. `Deployment.apply` asks its ``sign`` for the certificates.
    """

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §2: AG155-sec, T-213872"),)

    node: str = attrs.field(validator=is_name)
    below: Certificate
    wanted: str
    store: str = attrs.field(default=EXPRESSWAY_LIST, validator=is_list)

    @property
    def steps(self) -> tuple[str, ...]:
        """What to ask for, and where it goes."""
        add = _ADDING.get(self.store, _to_trust)
        return (f"Get the CA certificate {self.wanted} from the CA.", add(self.node, self.store, self.wanted))

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """The Expressway, or the services that read the list."""
        return restarts_of_list(self.node, self.store)


def place(node: str, store: str) -> str:
    """Return where on which node a list is."""
    if store == EXPRESSWAY_LIST:
        return f"On {node}: {TRUSTED_CA_PAGE}"
    if store in TRUST_LISTS:
        return f"On {node}: {CUCM_PAGE} > {store}"
    return f"On {node}: {store}"


def _to_expressway(node: str, _store: str, name: str) -> str:
    return f"On {node}: {TRUSTED_CA_PAGE} > Choose file > {name} > Append CA certificate"


def _to_trust(node: str, store: str, name: str) -> str:
    return f"On {node}: {CUCM_PAGE} > Upload Certificate > {store}: {name}"


def _to_onboarding(node: str, _store: str, name: str) -> str:
    return f"On {node}: Activation code onboarding trusted CA certificates: {name}"


def _to_phone_edge(node: str, store: str, name: str) -> str:
    return f"On Unified CM: {CUCM_PAGE} > Upload Certificate > {store}: {name} (for {node})"


def _to_clients(node: str, _store: str, name: str) -> str:
    return f"Install {name} on the clients ({node})."


def _to_far_end(node: str, _store: str, name: str) -> str:
    return f"Have {node} load {name}."


_ADDING: Final[dict[str, Callable[[str, str, str], str]]] = {
    EXPRESSWAY_LIST: _to_expressway,
    ONBOARDING_LIST: _to_onboarding,
    PHONE_EDGE_TRUST: _to_phone_edge,
    CLIENT_LIST: _to_clients,
    FAR_END_LIST: _to_far_end,
}
