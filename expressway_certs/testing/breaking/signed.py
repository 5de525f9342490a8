"""Faults of what a CA made of a request: the request is pending, and its certificate waits for the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Unpack

from expressway_certs.product.applying import replaced
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.nodes import Expressway
from expressway_certs.testing.breaking.bench import BOTH, DAY, SERVERS_ALONE, Bench
from expressway_certs.testing.breaking.fault import Fault, fault
from expressway_certs.testing.breaking.tunnels import UNREADABLE
from expressway_certs.testing.breaking.uploads import AFTER
from expressway_certs.testing.options import Options

_LONG: Final = timedelta(days=825, seconds=1)


def _signed(
    bench: Bench, common_name: str | None = None, node: Expressway | None = None, **options: Unpack[Options]
) -> Deployment:
    """Return the site on which a sound request was answered, but for what the options say."""
    node = node or bench.any_node
    request = bench.request(node)
    issuer = bench.issuer_of(bench.shown(node).certificate)
    return bench.answering(node, request, bench.factory.issue(issuer, request, common_name, **options))


@fault("signed-for-another-key", "upload-key-does-not-match")
def another_key(bench: Bench) -> Deployment:
    """A certificate waits for another key than the pending request has."""
    node = bench.any_node
    return bench.answering(node, bench.request(node), bench.fresh(node).certificate)


@fault("signed-without-usage", "upload-without-client-auth", AFTER)
def without_usage(bench: Bench) -> Deployment:
    """The CA left out client authentication."""
    return _signed(bench, extended_key_usage=SERVERS_ALONE)


@fault("signed-with-more-usages", AFTER)
def more_usages(bench: Bench) -> Deployment:
    """The CA added the usage for mail."""
    return _signed(bench, extended_key_usage=[*BOTH, "emailProtection"])


@fault("signed-without-key-usage", AFTER)
def without_key_usage(bench: Bench) -> Deployment:
    """The CA left out keyEncipherment."""
    return _signed(bench, key_usage=["digitalSignature"])


@fault("signed-with-another-subject", AFTER)
def another_subject(bench: Bench) -> Deployment:
    """The CA left the organization out of the subject."""
    return _signed(bench, organization=None)


@fault("signed-as-ca", "upload-is-ca", AFTER)
def as_ca(bench: Bench) -> Deployment:
    """The CA made a CA of the node."""
    return _signed(bench, is_ca=True, not_after=bench.at + 300 * DAY)


@fault("signed-for-a-short-time", "upload-expires-soon", AFTER)
def short_time(bench: Bench) -> Deployment:
    """The certificate ends in two weeks."""
    return _signed(bench, not_after=bench.at + 14 * DAY)


@fault("signed-for-a-long-time", AFTER)
def long_time(bench: Bench) -> Deployment:
    """The certificate lasts longer than Apple's systems take."""
    return _signed(bench, node=bench.edge, not_before=bench.at - DAY, not_after=bench.at - DAY + _LONG)


@fault("signed-without-name", "upload-lacks-names", AFTER)
def without_name(bench: Bench) -> Deployment:
    """The CA left out every name but the node's own."""
    node = bench.any_node
    bench.names_to_lack(node)
    return _signed(bench, dns_names=[node.name])


@fault("signed-with-more-names", AFTER)
def more_names(bench: Bench) -> Deployment:
    """The CA added a name for the web."""
    node = bench.any_node
    names = bench.shown(node).certificate.dns_names
    return _signed(bench, dns_names=[*names, f"www.{node.name.partition('.')[2]}"])


@fault("signed-with-another-common-name", AFTER)
def another_common_name(bench: Bench) -> Deployment:
    """The CA put another common name into the certificate."""
    return _signed(bench, common_name=f"www.{bench.any_node.name.partition('.')[2]}")


@fault("signed-with-unreadable-name", "upload-name-not-readable", AFTER)
def unreadable_name(bench: Bench) -> Deployment:
    """The CA's own name has an attribute that nobody has a name for."""
    node = bench.any_node
    odd = bench.factory.intermediate(
        bench.issuer_of(bench.shown(node).certificate), "Odd Issuing CA", attributes=[UNREADABLE]
    )
    site = replaced(bench.site, bench.trusting(node, odd))
    request = bench.request(node)
    on_bench = Bench.of(site, node.name, bench.seed, bench.at)
    return on_bench.answering(on_bench.any_node, request, bench.factory.issue(odd, request))


SIGNED_FAULTS: Final[tuple[Fault, ...]] = (
    another_key,
    without_usage,
    more_usages,
    without_key_usage,
    another_subject,
    as_ca,
    short_time,
    long_time,
    without_name,
    more_names,
    another_common_name,
    unreadable_name,
)
