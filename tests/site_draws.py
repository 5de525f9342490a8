"""Sites with anything in them that the model takes, drawn field by field out of the model's own classes."""

import enum
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import attrs
from docs_files import contents
from hypothesis import strategies as st
from sites import FACTORY, ISSUING, ROOT

from expressway_certs import (
    AccessRule,
    Certificate,
    CertificateRequest,
    Deployment,
    Dns,
    Expressway,
    FarEnd,
    OcspResponse,
    Release,
    RevocationList,
    Role,
    TrustStore,
    UcServer,
    Upload,
    Zone,
    ZoneKind,
    make_request,
)

HOSTILE = 'CN=x"\n-----BEGIN CERTIFICATE-----\nMIIB\u202e\x1b[31m'
# TOML is Unicode: no lone surrogates.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.one_of(
    st.sampled_from(
        ["expc1.example.com", "expe1.example.com", "site.toml", "uploads", "../../etc", "con", "a b", "a_b"]
    ),
    TEXTS.filter(bool),
)
ADDRESSES = st.ip_addresses().map(str)


@cache
def certificates() -> tuple[Certificate, ...]:
    """Return certificates to draw from, one with a subject that is made to hurt."""
    hostile = FACTORY.leaf(ISSUING, common_name=HOSTILE[:60], dns_names=("expe1.example.com",))
    nordic = FACTORY.leaf(ISSUING, common_name="Tromsø", dns_names=("expe2.example.com",))
    return ROOT.certificate, ISSUING.certificate, hostile.certificate, nordic.certificate


@cache
def request() -> CertificateRequest:
    """Return a request."""
    node = Expressway(name="expe1.example.com", role="E")
    return make_request(node, Deployment(expressways=[node])).request


@cache
def files() -> dict[str, bytes]:
    """Return the files of the docs, CRLs and an OCSP response among them."""
    return contents()


@cache
def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a type that fields of the model have."""
    crls = [RevocationList.load(files()["issuing.crl"]), RevocationList.load(files()["root.crl"])]
    trust = st.builds(TrustStore, st.lists(st.sampled_from(certificates()), max_size=4), NAMES | st.just(""))
    known = {
        str: TEXTS,
        bool: st.booleans(),
        int: st.integers(),
        bytes: st.binary(max_size=30),
        Release: st.sampled_from(["X12.5", "X14.2.7", "X15.5", "X16.1"]).map(Release),
        Certificate: st.sampled_from(certificates()),
        CertificateRequest: st.just(request()),
        TrustStore: trust,
        tuple[str, ...]: st.lists(TEXTS, max_size=3),
        tuple[Certificate, ...]: st.lists(st.sampled_from(certificates()), max_size=3),
        tuple[RevocationList, ...]: st.lists(st.sampled_from(crls), max_size=3),
        tuple[OcspResponse, ...]: st.lists(st.just(OcspResponse.from_der(files()["leaf.ocsp"])), max_size=2),
        tuple[tuple[str, RevocationList], ...]: st.dictionaries(TEXTS, st.sampled_from(crls), max_size=2),
        tuple[tuple[str, str], ...]: st.dictionaries(TEXTS, ADDRESSES, max_size=3),
    }
    if hint in known:
        return known[hint]
    if NoneType in get_args(hint):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return st.none() | of_type(inner)
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if get_origin(hint) is tuple:
        return st.lists(made(get_args(hint)[0]), max_size=2)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return st.sampled_from(hint)
    return made(hint)


def made(of: type, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a class of the model; what it refuses is not drawn."""
    if of is Dns:
        forward = st.dictionaries(TEXTS, st.lists(ADDRESSES, max_size=2), max_size=3)
        reverse = st.dictionaries(ADDRESSES, st.lists(TEXTS, max_size=2), max_size=3)
        return st.builds(Dns, forward=forward, reverse=reverse)
    hints = get_type_hints(of)
    special = {"name": NAMES, "service_domain": NAMES, "address": st.none() | ADDRESSES} if of is not Deployment else {}
    drawn: dict[str, st.SearchStrategy[Any]] = {}
    for field in attrs.fields(of):
        if field.name in given or field.name in special:
            drawn[field.name] = {**special, **given}[field.name]
        else:
            drawn[field.name] = of_type(hints[field.name])
    required = {field.name for field in attrs.fields(of) if field.default is attrs.NOTHING}
    fields = st.fixed_dictionaries(
        {name: drawn[name] for name in drawn if name in required},
        optional={name: drawn[name] for name in drawn if name not in required},
    )
    return fields.map(lambda values: refused_or_made(of, values)).filter(lambda value: value is not None)


def refused_or_made(of: type, values: dict[str, Any]) -> Any:
    """Return a value of the model, or None where it refuses these fields."""
    try:
        return of(**values)
    except ValueError:
        return None


@st.composite
def deployments(draw: st.DrawFn) -> Deployment:
    """Draw a site: nodes, zones of them, and the rest of it."""
    names = draw(st.lists(NAMES, max_size=5, unique_by=str.casefold))
    nodes = [draw(made(Expressway, name=st.just(name))) for name in names]
    zones = [draw(zones_of(nodes, number)) for number in range(draw(st.integers(0, 3)))]
    zones = [zone for zone in zones if zone is not None]
    in_zones = [peer for zone in zones for peer in zone.members]
    listed = [node for node in nodes if node not in in_zones or draw(st.booleans())]
    known = [node.name for node in (*listed, *in_zones)]
    uploads = (
        st.lists(made(Upload, node=st.sampled_from(known), private_key=st.none()), max_size=3) if known else st.just([])
    )
    given: dict[str, Any] = {
        "expressways": listed,
        "zones": zones,
        "uc_servers": draw(st.lists(made(UcServer), max_size=2, unique_by=lambda one: one.name.casefold())),
        "uploads": draw(uploads),
    }
    hints = get_type_hints(Deployment)
    others = [field.name for field in attrs.fields(Deployment) if field.name not in given]
    return Deployment(**given, **{name: draw(of_type(hints[name])) for name in others})


def zones_of(nodes: list[Expressway], number: int) -> st.SearchStrategy[Zone | None]:
    """Return a strategy for zones of some nodes; None where there can be none."""
    by_role = {role: [node for node in nodes if node.role is role] for role in Role}
    few = {
        role: st.lists(st.sampled_from(one), min_size=1, max_size=2, unique=True)
        for role, one in by_role.items()
        if one
    }
    kinds = []
    shared = {"name": st.just(f"zone {number}"), "tls_verify": st.booleans()}
    if len(few) == len(Role):
        kind = st.sampled_from([ZoneKind.UNIFIED_COMMUNICATIONS, ZoneKind.TRAVERSAL])
        kinds.append(traversals(shared, kind, few))
    if nodes:
        some = st.lists(st.sampled_from(nodes), min_size=1, max_size=3, unique=True)
        ends = st.lists(made(FarEnd), max_size=2, unique_by=lambda one: one.name)
        rules = st.lists(made(AccessRule), max_size=2)
        fields = st.fixed_dictionaries(
            {**shared, "kind": st.just(ZoneKind.DEFAULT), "nodes": some},
            optional={"far_ends": ends, "access_rules": rules, "tls_verify_subject_name": TEXTS},
        )
        kinds.append(fields.map(lambda values: refused_or_made(Zone, values)))
    return st.one_of(kinds) if kinds else st.none()


def traversals(
    shared: dict[str, st.SearchStrategy[Any]],
    kind: st.SearchStrategy[ZoneKind],
    few: dict[Role, st.SearchStrategy[list[Expressway]]],
) -> st.SearchStrategy[Zone | None]:
    """Return a strategy for traversal zones."""
    fields = st.fixed_dictionaries(
        {**shared, "kind": kind, "core": few[Role.CORE], "edge": few[Role.EDGE]},
        optional={"peer_addresses": st.lists(TEXTS, min_size=1, max_size=2), "tls_verify_subject_name": TEXTS},
    )
    return fields.map(lambda values: refused_or_made(Zone, values))
