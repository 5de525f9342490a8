"""Faults of a request that is pending."""

from __future__ import annotations

from typing import Final, Unpack

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.deployment import Deployment
from expressway_certs.testing.breaking.bench import SERVERS_ALONE, Bench, CannotBreakError
from expressway_certs.testing.breaking.contents import PUBLIC_POLICY
from expressway_certs.testing.breaking.fault import Fault, fault
from expressway_certs.testing.options import Options
from expressway_certs.x509.alternative_names import AlternativeName
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.request_building import RequestContents, build_request


def _pending(bench: Bench, **options: Unpack[Options]) -> Deployment:
    return bench.with_fields(bench.any_node, pending_request=bench.request(bench.any_node, **options))


def _names(bench: Bench, *more: str) -> list[str]:
    return [*bench.shown(bench.any_node).certificate.dns_names, *more]


@fault("request-lacks-name")
def lacks_name(bench: Bench) -> Deployment:
    """A request asks for the node's own name alone."""
    node = bench.any_node
    bench.names_to_lack(node)
    return _pending(bench, dns_names=[node.name])


@fault("request-name-not-fqdn")
def name_not_fqdn(bench: Bench) -> Deployment:
    """A request asks for the bare host name too."""
    bench.need(bench.any_node, Behaviour.UPLOAD_NEEDS_FQDN)
    return _pending(bench, dns_names=_names(bench, bench.any_node.name.partition(".")[0]))


@fault("request-wildcard")
def wildcard(bench: Bench) -> Deployment:
    """A request asks for a wildcard."""
    return _pending(bench, dns_names=_names(bench, f"*.{bench.any_node.name.partition('.')[2]}"))


@fault("request-without-common-name")
def without_common_name(bench: Bench) -> Deployment:
    """A request has no common name."""
    node = bench.any_node
    request = bench.factory.request("", dns_names=_names(bench), key=bench.fresh(node).key)
    return bench.with_fields(node, pending_request=request)


@fault("request-name-format")
def name_format(bench: Bench) -> Deployment:
    """A request asks for a name in the format XMPPAddress, which many CAs refuse."""
    node = bench.any_node
    names = [AlternativeName("DNS", name) for name in _names(bench)]
    contents = RequestContents(
        subject=[("CN", node.name)],
        names=[*names, AlternativeName("XMPP", node.name.partition(".")[2])],
        key_usage=("digitalSignature", "keyEncipherment"),
        extended_key_usage=("serverAuth", "clientAuth"),
    )
    return bench.with_fields(node, pending_request=build_request(contents, bench.request_key(node)))


@fault("request-domain-case-differs")
def domain_case(bench: Bench) -> Deployment:
    """A request spells the domain of the node with a capital, and its peers do not."""
    node = bench.any_node
    if len([one for one in bench.site.nodes if one.role is node.role]) == 1:
        raise CannotBreakError(f"it needs another {node.role.value}, and there is none")
    host, _, domain = node.name.partition(".")
    names = [f"{host}.{domain.capitalize()}" if name == node.name else name for name in _names(bench)]
    request = bench.factory.request(names[0], dns_names=names, key=bench.fresh(node).key)
    return bench.with_fields(node, pending_request=request)


@fault("request-key-not-supported")
def key_not_supported(bench: Bench) -> Deployment:
    """A request is for an RSA key of 1024 bits."""
    return _pending(bench, key="rsa-1024")


@fault("request-digest-weak")
def digest_weak(bench: Bench) -> Deployment:
    """A request is signed with SHA-1."""
    return _pending(bench, digest="sha1")


@fault("request-signature-not-valid")
def signature_not_valid(bench: Bench) -> Deployment:
    """One bit of the signature of a request was turned on its way."""
    der = bench.request(bench.any_node).der
    turned = CertificateRequest.from_der(der[:-1] + bytes([der[-1] ^ 1]))
    return bench.with_fields(bench.any_node, pending_request=turned)


@fault("request-lacks-usage")
def lacks_usage(bench: Bench) -> Deployment:
    """A request asks for server authentication alone."""
    return _pending(bench, extended_key_usage=SERVERS_ALONE)


@fault("request-to-a-public-ca")
def to_a_public_ca(bench: Bench) -> Deployment:
    """A request for both usages is pending on a node that has its certificate from a public CA."""
    node = bench.any_node
    site = bench.recertified(node, policies=[PUBLIC_POLICY])
    return Bench.of(site, node.name, bench.seed, bench.at).pending(bench.request(node))


REQUEST_FAULTS: Final[tuple[Fault, ...]] = (
    lacks_name,
    name_not_fqdn,
    wildcard,
    without_common_name,
    name_format,
    domain_case,
    key_not_supported,
    digest_weak,
    signature_not_valid,
    lacks_usage,
    to_a_public_ca,
)
