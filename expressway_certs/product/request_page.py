"""The page Generate CSR: the request that it makes for a node (platform.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NoReturn, SupportsIndex, Unpack

import attrs
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from expressway_certs.product.behaviours import Behaviour, Role
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.fields import wanted
from expressway_certs.product.fqdn import is_address, is_fqdn
from expressway_certs.product.names import NameUse, wanted_names
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.request_form import KEY_LENGTHS, KeyAlgorithm, RequestForm, RequestOptions, offered_length
from expressway_certs.x509.alternative_names import AlternativeName, Kind
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.request_building import CURVES, RequestContents, SigningKey, build_request, new_key

EXTENDED_KEY_USAGE: Final = ("serverAuth", "clientAuth")
"""The page asks for both, always (platform.md §3: CG155-csr)."""

_LONGEST_COMMON_NAME: Final = 64
_TYPED_IN: Final = frozenset({NameUse.PEER_ADDRESS, NameUse.VERIFY_NAME, NameUse.MEETING_SERVER})


@attrs.frozen(kw_only=True, repr=False)
class NewRequest:
    """A request and the private key that it is for. The key is here and nowhere else, and cannot be pickled or copied.

    ``private_key`` is `cryptography`'s object.
    """

    request: CertificateRequest
    private_key: SigningKey = attrs.field(eq=False)

    @property
    def private_key_pem(self) -> str:
        """The private key as PKCS#8 in PEM, open, with its final newline: keep it secret."""
        return self.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")

    def __repr__(self) -> str:
        return f"<NewRequest {self.request.common_name!r}>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a private key is not handed on; save private_key_pem where it has to be")


def make_request(
    node: Expressway,
    deployment: Deployment | None = None,
    *,
    private_key: SigningKey | None = None,
    **options: Unpack[RequestOptions],
) -> NewRequest:
    """Make the request that the page Generate CSR makes for a node, and its key (platform.md §3).

    The names are those of the node, its cluster with the peers in the ``deployment``, and what the deployment asks
    for. ``options`` are what is filled in on the page: see `RequestOptions`. ``private_key`` is taken instead of a new
    one; its kind and size then stand for those of the page. The request asks for serverAuth and clientAuth.

    Raises `ValueError` for what the page refuses or does not offer: a cluster name or (from X12.6) a phone security
    profile that is no FQDN, ECDSA before X14.3, another digest or key length, a request while one is pending; and
    where the ``deployment`` has no such node.

    >>> node = Expressway(name="expe1.example.com", role="E", release="X14.3")
    >>> made = make_request(node, key_algorithm="ECDSA", organization="Example")
    >>> made.request.subject, made.request.dns_names
    ('O=Example, CN=expe1.example.com', ('expe1.example.com',))
    >>> made.private_key_pem.splitlines()[0]
    '-----BEGIN PRIVATE KEY-----'
    """
    wanted(Expressway, node)
    wanted(Deployment | None, deployment)
    form = RequestForm.filled_in(options)
    algorithm, length = _key_kind(form) if private_key is None else _kind_of(private_key)
    _check_page(node, deployment, algorithm)
    common_name = _common_name(node, form)
    contents = RequestContents(
        subject=form.subject(common_name),
        names=tuple(_names(node, deployment, form, common_name)),
        # mra.md A3.1 (CVD14); an ECDSA key enciphers none (RFC 8422 §5.3), which is inferred.
        key_usage=("digitalSignature", "keyEncipherment") if algorithm == "RSA" else ("digitalSignature",),
        extended_key_usage=EXTENDED_KEY_USAGE,
    )
    key = private_key or new_key(algorithm, length)
    return NewRequest(request=build_request(contents, key, form.digest), private_key=key)


def _key_kind(form: RequestForm) -> tuple[KeyAlgorithm, int]:
    return form.key_algorithm, form.key_length or KEY_LENGTHS[form.key_algorithm][0]


def _kind_of(key: SigningKey) -> tuple[KeyAlgorithm, int]:
    """Return the kind and the length of a given key; an error for one that the page would not make."""
    if isinstance(key, rsa.RSAPrivateKey):
        return "RSA", offered_length("RSA", key.key_size)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"private_key is an RSA or ECDSA key of cryptography, not {type(key).__name__}")
    if key.curve.name not in {curve.name for curve in CURVES.values()}:
        raise ValueError(f"the page offers ECDSA keys on P-256, P-384 and P-521, not on {key.curve.name}")
    return "ECDSA", key.key_size


def _check_page(node: Expressway, deployment: Deployment | None, algorithm: KeyAlgorithm) -> None:
    if deployment is not None and deployment.expressway(node.name) != node:
        raise ValueError(f"{node.name} is not the {node.name} of the deployment")
    if node.pending_request is not None:
        raise ValueError(f"{node.name} has a pending request; press Discard CSR, or upload its certificate, first")
    if algorithm == "ECDSA" and not node.emulation.has(Behaviour.REQUEST_OFFERS_ECDSA):
        raise ValueError(f"{node.release} makes requests for RSA keys alone; ECDSA comes with X14.3")
    if node.cluster_name is not None and not is_fqdn(node.cluster_name):
        raise ValueError(f"the cluster name {node.cluster_name!r} is no FQDN, and the request fails with it")
    if deployment is None or node.role is Role.EDGE or not node.emulation.has(Behaviour.REQUEST_NEEDS_FQDN_PROFILES):
        return
    bad = [name for name in deployment.phone_security_profiles if not is_fqdn(name)]
    if bad:
        raise ValueError(f"the phone security profile {bad[0]!r} is no FQDN, and the request fails with it since X12.6")


def _common_name(node: Expressway, form: RequestForm) -> str:
    name: str | None = node.name
    if form.common_name == "FQDN of Expressway cluster":
        name = node.cluster_name
    if name is None:
        raise ValueError(f"{node.name} is in no cluster, so the page offers no FQDN of Expressway cluster")
    if is_address(name):
        raise ValueError(f"{name} is an IP address; the page asks for the FQDN of the node, its name here")
    if len(name) > _LONGEST_COMMON_NAME:
        raise ValueError(f"{name!r} is no common name: it has to have 1 to {_LONGEST_COMMON_NAME} characters")
    return name


def _names(
    node: Expressway, deployment: Deployment | None, form: RequestForm, common_name: str
) -> Iterator[AlternativeName]:
    """Yield the alternative names, each once: the common name first, as the page always puts it there."""
    names = [AlternativeName("DNS", common_name), *_of_cluster(node, deployment, form)]
    names += _dns(form.additional_names or ())
    if deployment is not None:
        names += _of_services(node, deployment, form)
        if form.additional_names is None:
            names += _of_zones(node, deployment)
    seen = set()
    for name in names:
        if name.key not in seen:
            seen.add(name.key)
            yield _checked(name)


def _of_cluster(node: Expressway, deployment: Deployment | None, form: RequestForm) -> Iterator[AlternativeName]:
    if node.cluster_name is None or form.alternative_names == "None":
        return
    nodes = () if deployment is None else deployment.nodes
    peers = [one.name for one in nodes if one.cluster_name == node.cluster_name and one.role is node.role]
    yield from _dns([node.cluster_name, *(peers or [node.name])])


def _of_services(node: Expressway, deployment: Deployment, form: RequestForm) -> Iterator[AlternativeName]:
    if node.role is Role.EDGE:
        prefix = "collab-edge." if form.mra_domain_format == "CollabEdgeDNS" else ""
        yield from _dns(f"{prefix}{domain}" for domain in deployment.service_domains)
        kind: Kind = "DNS" if form.xmpp_domain_format == "DNS" else "XMPP"
        yield from (AlternativeName(kind, domain) for domain in deployment.xmpp_domains)
    kind = "DNS" if form.chat_alias_format == "DNS" else "XMPP"
    yield from (AlternativeName(kind, alias) for alias in deployment.chat_node_aliases)
    if node.role is Role.CORE:
        yield from _dns(deployment.phone_security_profiles)


def _of_zones(node: Expressway, deployment: Deployment) -> Iterator[AlternativeName]:
    """Yield what has to be typed in, as no row of the page has it. An IP address cannot be: the zone has to change."""
    for one in wanted_names(node, deployment):
        if one.use in _TYPED_IN and not one.is_address:
            yield one.spellings[0]


def _dns(names: Iterable[str]) -> Iterator[AlternativeName]:
    return (AlternativeName("DNS", name) for name in names)


def _checked(name: AlternativeName) -> AlternativeName:
    if not name.value or not name.value.isascii() or any(char.isspace() for char in name.value):
        raise ValueError(
            f"{name.value!r} cannot be an alternative name: it has to be ASCII (xn-- for others), no space"
        )
    return name
