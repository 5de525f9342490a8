"""Changes of the certificates that nodes show, and the exact request for a new one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final, Literal, get_args

import attrs

from expressway_certs.product.changes.lists import OURS, own_list
from expressway_certs.product.changes.pages import CUCM_PAGE, SERVER_PAGE, page_of, told_apart
from expressway_certs.product.changes.services import (
    EXPRESSWAY,
    OF_CALLMANAGER,
    OF_TOMCAT,
    Restart,
    Service,
    restarts_of,
)
from expressway_certs.product.changes.step import Step
from expressway_certs.product.fields import is_name, texts
from expressway_certs.product.provenance import Source
from expressway_certs.product.request_form import KEY_LENGTHS, KeyAlgorithm
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.typed import typed

Store = Literal["server", "client"]
"""Which of Expressway's two stores a certificate is in; before X15.5 there is only "server"."""

CertificateStore = Literal[
    "server",
    "client",
    "tomcat",
    "tomcat-ECDSA",
    "CallManager",
    "CallManager-ECDSA",
    "cup-xmpp",
    "device",
    "far end, called",
    "far end, calling",
]
"""Where a certificate is in place: the stores of Expressway, those of the servers behind it, devices and far ends.

A far end shows one certificate where it is called, and another or the same where it calls.
"""

BOTH_USAGES: Final = ("serverAuth", "clientAuth")
MOST_DAYS: Final = 825
"""How long iOS takes a certificate of a private CA for (mra.md A1.11); own choice for all of them."""

# Which service takes another cup-xmpp certificate into use is not documented.
_RESTARTS: Final[dict[str, tuple[Service, ...]]] = {
    "server": EXPRESSWAY,
    "client": EXPRESSWAY,
    "tomcat": OF_TOMCAT,
    "tomcat-ECDSA": OF_TOMCAT,
    "CallManager": OF_CALLMANAGER,
    "CallManager-ECDSA": OF_CALLMANAGER,
}


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts(values)))


def _pairs(values: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(values))


def _store(value: str) -> str:
    # The judgements of a report spell this one store in small letters.
    return "CallManager" if value == "callmanager" else value


def _is_key(change: RequestCertificate, _attribute: attrs.Attribute[int], value: int) -> None:
    if value not in KEY_LENGTHS.get(change.key_algorithm, ()):
        message = f"no page offers a key {change.key_algorithm} {value}"
        raise ValueError(message)


@attrs.frozen(kw_only=True, field_transformer=typed)
class SetCertificate(Step):
    """Put a certificate into a node's store; see `CertificateStore`. On Expressway it answers a pending request.

    ``domain`` names the domain certificate of Expressway-E that it replaces; ``store`` is "server" then.
    """

    sources: ClassVar[tuple[Source, ...]] = (
        Source("platform.md §1.1: CG155-load, T-218034"),
        Source("platform.md §7: AG155-sec"),
        Source("mra.md A2.3: 217748"),
    )

    node: str = attrs.field(validator=is_name)
    certificate: Certificate
    store: CertificateStore = attrs.field(default="server", converter=_store)
    domain: str | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """The page on which the file is uploaded."""
        return (f"{_uploading(self.node, self.store, self.domain)}: {told_apart(self.certificate)}",)

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """The Expressway, or the services that show the certificate."""
        return restarts_of(self.node, _RESTARTS.get(self.store, ()))


@attrs.frozen(kw_only=True, field_transformer=typed)
class DiscardRequest(Step):
    """Discard the pending request of an Expressway, and its private key with it."""

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §1.1: CG155-load, CG155-csr"),)

    node: str = attrs.field(validator=is_name)

    @property
    def steps(self) -> tuple[str, ...]:
        """The button on the page Server certificate."""
        return (f"On {self.node}: {SERVER_PAGE} > Discard CSR",)


@attrs.frozen(kw_only=True, field_transformer=typed)
class RequestCertificate(Step):
    """Have a certificate issued and put it into a node's store: the exact request, which a CA has to answer.

    ``names`` are its DNS names, ``usages`` its extended key usages by the names of RFC 5280. ``key_algorithm`` and
    ``key_length`` are those of the page Generate CSR, ``most_days`` the longest life. ``trusted_by`` are the lists, as
    pairs of node and list, that will judge it: its CA certificates go first into those of Expressways and of the
    servers behind them, and into the node's own; the others have to trust the CA already. ``not_from`` are subjects of
    CAs that will not do.
    ``discards`` says that a request is pending, which has to go first.
    Raises `ValueError` for a key that no page offers, or a store that there is not.
    """

    sources: ClassVar[tuple[Source, ...]] = (
        Source("platform.md §3: CG155-csr, AG155-sec"),
        Source("platform.md §1.1: CG155-load"),
        Source("platform.md §1.2: CG155-load, T-221624"),
    )

    node: str = attrs.field(validator=is_name)
    common_name: str = attrs.field(validator=is_name)
    store: CertificateStore = attrs.field(default="server", converter=_store)
    domain: str | None = None
    names: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    usages: tuple[str, ...] = attrs.field(default=BOTH_USAGES, converter=_texts)
    key_algorithm: KeyAlgorithm = "RSA"
    key_length: int = attrs.field(default=4096, validator=_is_key)
    most_days: int = MOST_DAYS
    trusted_by: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_pairs)
    not_from: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    discards: bool = False

    @property
    def steps(self) -> tuple[str, ...]:
        """The request with all that is in it, what the CA has to give, the lists, and the upload."""
        ours, theirs = self._lists(is_ours=True), self._lists(is_ours=False)
        where = [f"It has to be a CA that is in these lists: {theirs}"] if theirs else []
        where += [f"Load its CA certificates first where they are lacking: {ours}"] if ours else []
        discarding = DiscardRequest(node=self.node).steps if self.discards else ()
        names = ", ".join(self.names) or "none"
        asked = f"common name {self.common_name}; alternative names {names}; key {self.key_algorithm} {self.key_length}"
        usages = " and ".join(self.usages)
        return (
            *discarding,
            f"{_requesting(self.node, self.store, self.domain)}: {asked}",
            f"Have a CA{_but(self.not_from)} issue it for {usages}, for at most {self.most_days} days.",
            *where,
            f"{_uploading(self.node, self.store, self.domain)}: what the CA issued",
        )

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """The Expressway, or the services that show the certificate."""
        return restarts_of(self.node, _RESTARTS.get(self.store, ()))

    @property
    def lists(self) -> tuple[tuple[str, str], ...]:
        """The lists that have to have its CA, as pairs of node and list: the node's own, and those that judge it."""
        own = own_list(self.store)
        return _pairs((*([(self.node, own)] if own else []), *self.trusted_by))

    def _lists(self, *, is_ours: bool) -> str:
        named: dict[str, list[str]] = {}
        for node, store in self.lists:
            if (store in OURS) is is_ours:
                named.setdefault(store, []).append(node)
        return "; ".join(f"{store} of {', '.join(nodes)}" for store, nodes in named.items())

    def joined(self, other: RequestCertificate) -> RequestCertificate:
        """Return one request in place of two for the same store: with the names, usages and wishes of both."""
        return attrs.evolve(
            self,
            names=(*self.names, *other.names),
            usages=(*self.usages, *other.usages),
            most_days=min(self.most_days, other.most_days),
            trusted_by=(*self.trusted_by, *other.trusted_by),
            not_from=(*self.not_from, *other.not_from),
            discards=self.discards or other.discards,
        )


def _but(subjects: tuple[str, ...]) -> str:
    return f" other than {' and '.join(subjects)}" if subjects else ""


def _requesting(node: str, store: str, domain: str | None) -> str:
    if domain is not None:
        return f"On {node}: a request for the domain certificate of {domain}"
    if store in get_args(Store):
        return f"On {node}: {page_of(store)} > Generate CSR"
    if store in _RESTARTS or store == "cup-xmpp":
        return f"On {node}: {CUCM_PAGE} > Generate CSR > {store}"
    return f"Have a certificate issued for {_of(node, store)}"


def _uploading(node: str, store: str, domain: str | None) -> str:
    if domain is not None:
        return f"On {node}: the domain certificate of {domain}"
    if store == "server":
        return f"On {node}: {SERVER_PAGE} > Upload server certificate data"
    if store == "client":
        return f"On {node}: {page_of(store)}: upload the certificate"
    if store in _RESTARTS or store == "cup-xmpp":
        return f"On {node}: {CUCM_PAGE} > Upload Certificate > {store}"
    return f"Put a certificate in place for {_of(node, store)}"


def _of(node: str, store: str) -> str:
    return f"{node} ({store})" if store != "device" else f"the devices of {node}"
