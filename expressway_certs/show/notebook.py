"""Values as they show themselves in a notebook: HTML with a style of its own, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from typing import Final
from xml.etree.ElementTree import Element

from expressway_certs.matrix import Matrix
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.nodes import Expressway, FarEnd
from expressway_certs.product.zones import Zone
from expressway_certs.report import Report
from expressway_certs.show import inventory
from expressway_certs.show.elements import Child, element, raw, written
from expressway_certs.show.finding_cards import card
from expressway_certs.show.findings import in_order
from expressway_certs.show.heat_map import heat_map
from expressway_certs.show.page import counts
from expressway_certs.show.styles import answer
from expressway_certs.show.stylesheet import PARTS, SCOPE
from expressway_certs.show.trees import Notes, certificate_head, single, trees
from expressway_certs.show.validity import left, timeline
from expressway_certs.x509 import clock
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import Chain
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verdict import Verdict

# So many names, or certificates, are shown at once; the others can be unfolded.
_FEW: Final = 12


def as_html(value: object) -> str:
    """Return a value as HTML; `TypeError` for one that has no form of its own."""
    return written(element("div", raw("style", PARTS), parts(value), class_=SCOPE))


@singledispatch
def parts(value: object) -> Iterator[Child]:
    """Yield what a value looks like."""
    raise TypeError(f"a {type(value).__name__} has no form for a notebook")


@parts.register
def _matrix(value: Matrix) -> Iterator[Child]:
    yield from heat_map(value)


@parts.register
def _certificate(value: Certificate) -> Iterator[Child]:
    now = clock.now()
    yield certificate_head(value, Notes(at=now))
    names = [*value.dns_names, *map(str, value.ip_addresses), *value.uris, *value.srv_names]
    usages = [*sorted(value.key_usage or ()), *sorted(value.extended_key_usage or ())]
    yield _table(
        ("Subject", value.subject),
        ("Issuer", value.issuer),
        ("Serial number", f"{value.serial_number:x}"),
        ("Valid", f"{value.not_before:%Y-%m-%d %H:%M} to {value.not_after:%Y-%m-%d %H:%M} UTC: {left(value, now)}"),
        ("Alternative names", _folded(names, "names") if names else None),
        ("Usages", ", ".join(usages) or None),
        ("Key", str(value.key)),
        ("Signature", value.signature_algorithm),
        ("SHA-256", value.sha256),
    )


@parts.register
def _trust_store(value: TrustStore) -> Iterator[Child]:
    yield element("p", element("strong", value.name or "Trust store"), f": {_count(value)}")
    if len(value):
        shown = timeline(value, {}, clock.now(), value.name or "Trust store")
        if len(value) <= _FEW:
            yield shown
        else:
            yield element("details", element("summary", f"{len(value)} certificates"), shown)


def _count(value: TrustStore | Deployment | Zone) -> str:
    """Return what the plain repr counts, without the name."""
    return repr(value).removesuffix(">").removeprefix(f"<{type(value).__name__} {value.name!r} ")


@parts.register
def _chain(value: Chain) -> Iterator[Child]:
    missing = value.missing
    if missing is not None and value.certificates[-1].is_self_signed:
        yield element("p", element("span", "not in the store", class_="pill down"), " the certificate at the top")
        missing = None
    yield trees(single(value.certificates, missing), Notes(at=clock.now()))


@parts.register
def _verdict(value: Verdict) -> Iterator[Child]:
    words = "trusted" if value.ok else f"error {value.code} at depth {value.depth}: {value.reason}"
    pill = element("span", words, class_=f"pill {'up' if value.ok else 'down'}")
    yield element("p", pill, f" (OpenSSL {value.openssl})")
    yield element("p", value.explanation)
    yield trees(single(value.chain, value.missing), Notes(at=value.answer.policy.at or clock.now()))


@parts.register
def _report(value: Report) -> Iterator[Child]:
    yield element("p", element("strong", value.name), f", as of {value.at:%Y-%m-%d %H:%M} UTC. {answer(value)}")
    yield counts(value)
    yield from heat_map(value.matrix())
    for number, finding in enumerate(in_order(value.findings), 1):
        yield card(number, finding, is_open=False)


@parts.register
def _zone(value: Zone) -> Iterator[Child]:
    called: list[Expressway | FarEnd] = [*value.edge, *value.far_ends]
    yield element("p", element("strong", value.name), f": {value.kind.value} zone")
    yield _table(
        ("Expressway-C", _folded([one.name for one in value.core], "peers")),
        ("Expressway-E", _folded([one.name for one in value.edge], "peers")),
        ("Nodes", _folded([one.name for one in value.nodes], "nodes")),
        ("Far ends", _folded([one.name for one in value.far_ends], "far ends")),
        ("Called as", _folded([f"{one.name}: {value.address_of(one)}" for one in called], "addresses")),
        ("TLS verify mode", "On" if value.tls_verify else "Off"),
        ("TLS verify subject name", value.tls_verify_subject_name or None),
        ("Media encryption", value.media_encryption.value),
    )


@parts.register
def _deployment(value: Deployment) -> Iterator[Child]:
    yield element("p", element("strong", value.name), f": {_count(value)}")
    yield _table(
        ("Zones", _folded([f"{one.name}: {_count(one)}" for one in value.zones], "zones")),
        ("Expressways", _folded([f"{one.name}, {one.role.value} {one.release}" for one in value.nodes], "nodes")),
        ("Servers", _folded([f"{one.name}, {one.kind.value}" for one in value.uc_servers], "servers")),
        ("Clients", _folded([one.name for one in value.clients], "clients")),
        ("Waiting", _folded([f"{one.file_name} for {one.node}" for one in value.uploads], "files")),
    )
    places = inventory.of_deployment(value)
    shown = [one for one, where in places.items() if any(place.kind != "listed" for place in where)]
    if shown:
        label = f"Validity of {len(shown)} certificates"
        table = timeline(shown, places, clock.now(), label)
        yield element("details", element("summary", label), table)


def _folded(texts: list[str], noun: str) -> Child:
    """Return texts as a list, folded where there are many of them; None where there are none."""
    if not texts:
        return None
    listed = element("ul", (element("li", text) for text in texts))
    return listed if len(texts) <= _FEW else element("details", element("summary", f"{len(texts)} {noun}"), listed)


def _table(*rows: tuple[str, Child]) -> Element:
    lines = (
        element("tr", element("th", label, scope="row"), element("td", value))
        for label, value in rows
        if value is not None
    )
    return element("table", element("tbody", lines))
