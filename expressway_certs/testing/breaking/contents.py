"""Faults of what stands in a certificate that waits for its page: names, strength, validity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Unpack

import attrs
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.lifetimes import lifetime_limit
from expressway_certs.testing.breaking.bench import DAY, Bench, CannotBreakError
from expressway_certs.testing.breaking.fault import Fault, fault
from expressway_certs.testing.breaking.tunnels import UNREADABLE
from expressway_certs.testing.breaking.uploads import AFTER
from expressway_certs.testing.keys import seeded_number
from expressway_certs.testing.options import Options

PUBLIC_POLICY: Final = "2.23.140.1.2.1"
_MANY: Final = 60


def _uploaded(bench: Bench, **options: Unpack[Options]) -> Deployment:
    return bench.uploading(bench.fresh(bench.any_node, **options).pem, bench.any_node)


def _names(bench: Bench, *more: str) -> list[str]:
    return [*bench.shown(bench.any_node).certificate.dns_names, *more]


@fault("upload-name-not-fqdn")
def name_not_fqdn(bench: Bench) -> Deployment:
    """A certificate waits that has the bare host name too."""
    bench.need(bench.any_node, Behaviour.UPLOAD_NEEDS_FQDN)
    return _uploaded(bench, dns_names=_names(bench, bench.any_node.name.partition(".")[0]))


@fault("upload-without-common-name", AFTER)
def without_common_name(bench: Bench) -> Deployment:
    """A certificate without a common name waits."""
    node = bench.any_node
    names = _names(bench)
    issuer = bench.issuer_of(bench.shown(node).certificate)
    kind = bench.fresh(node).key
    return bench.uploading(bench.factory.leaf(issuer, "", dns_names=names, key=kind).pem, node)


@fault("upload-wildcard", AFTER)
def wildcard(bench: Bench) -> Deployment:
    """A certificate with a wildcard waits."""
    return _uploaded(bench, dns_names=_names(bench, f"*.{bench.any_node.name.partition('.')[2]}"))


@fault("upload-alternative-names-too-long", AFTER)
def names_too_long(bench: Bench) -> Deployment:
    """The names that are needed stand behind 999 characters of others, and the node cuts there."""
    node = bench.any_node
    domain = node.name.partition(".")[2]
    many = [*(f"alias{number:02}.{domain}" for number in range(_MANY)), *_names(bench)]
    site = bench.with_fields(node, settings=attrs.evolve(node.settings, long_alternative_names="cut at 999"))
    return bench.uploading(bench.fresh(node, dns_names=many).pem, node, site)


@fault("upload-lacks-names", AFTER)
def lacks_names(bench: Bench) -> Deployment:
    """A certificate waits that has the node's own name alone."""
    node = bench.any_node
    bench.names_to_lack(node)
    return _uploaded(bench, dns_names=[node.name])


@fault("upload-weak", AFTER)
def weak(bench: Bench) -> Deployment:
    """A certificate waits that was signed with SHA-1."""
    return _uploaded(bench, digest="sha1")


@fault("upload-rsa-8192", AFTER)
def rsa_8192(bench: Bench) -> Deployment:
    """A certificate waits with an RSA key of 8192 bits, which SSH does not take."""
    return _uploaded(bench, public_key=rsa.RSAPublicNumbers(65537, (1 << 8191) | 1).public_key())


@fault("upload-key-kind-not-supported", AFTER)
def key_kind(bench: Bench) -> Deployment:
    """A certificate waits with a key that the release does not support: ECDSA, or on a curve that none does."""
    node = bench.any_node
    if not node.emulation.has(Behaviour.SUPPORTS_ECDSA):
        return _uploaded(bench, key="ec")
    odd = ec.derive_private_key(seeded_number("brainpool") >> 8, ec.BrainpoolP256R1())
    return _uploaded(bench, public_key=odd.public_key())


@fault("upload-is-ca", AFTER)
def is_ca(bench: Bench) -> Deployment:
    """A certificate waits that was made for a CA."""
    return _uploaded(bench, is_ca=True, not_after=bench.at + 300 * DAY)


@fault("upload-name-not-readable", AFTER)
def name_not_readable(bench: Bench) -> Deployment:
    """A certificate waits whose subject has an attribute that nobody has a name for."""
    return _uploaded(bench, attributes=[UNREADABLE])


@fault("upload-expired", AFTER)
def expired(bench: Bench) -> Deployment:
    """A certificate waits that has expired."""
    return _uploaded(bench, not_before=bench.at - 365 * DAY, not_after=bench.at - DAY)


@fault("upload-not-yet-valid", AFTER)
def not_yet_valid(bench: Bench) -> Deployment:
    """A certificate waits that is valid from next week on."""
    return _uploaded(bench, not_before=bench.at + 7 * DAY, not_after=bench.at + 365 * DAY)


@fault("upload-expires-soon", AFTER)
def expires_soon(bench: Bench) -> Deployment:
    """A certificate waits that ends in two weeks."""
    return _uploaded(bench, not_after=bench.at + 14 * DAY)


@fault("upload-valid-beyond-2050", AFTER)
def beyond_2050(bench: Bench) -> Deployment:
    """A certificate waits that ends in 2051."""
    return _uploaded(bench, not_after=datetime(2051, 1, 1, tzinfo=UTC))


@fault("upload-lifetime-over-limit", AFTER)
def over_limit(bench: Bench) -> Deployment:
    """A certificate of a public CA waits that lasts longer than its CA may make it."""
    limit = lifetime_limit(bench.at)
    if limit is None:
        raise CannotBreakError(f"it needs an instant at which public CAs have a limit, and {bench.at} is before that")
    life = limit.longest + timedelta(days=1)
    return _uploaded(bench, policies=[PUBLIC_POLICY], not_before=bench.at - DAY, not_after=bench.at - DAY + life)


CONTENT_FAULTS: Final[tuple[Fault, ...]] = (
    name_not_fqdn,
    without_common_name,
    wildcard,
    names_too_long,
    lacks_names,
    weak,
    rsa_8192,
    key_kind,
    is_ca,
    name_not_readable,
    expired,
    not_yet_valid,
    expires_soon,
    beyond_2050,
    over_limit,
)
