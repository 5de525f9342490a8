"""Faults of a certificate file that waits for its page: the format, the trust, the key."""

from __future__ import annotations

from typing import Final

import attrs

from expressway_certs.product.applying import replaced
from expressway_certs.product.behaviours import Behaviour
from expressway_certs.product.deployment import Deployment
from expressway_certs.testing.breaking.bench import CLIENTS_ALONE, SERVERS_ALONE, Bench
from expressway_certs.testing.breaking.fault import Fault, fault
from expressway_certs.testing.issued import Issued

AFTER: Final = "upload-needs-restart"
"""What is said of every upload that the page takes."""


@fault("upload-page-not-on-release")
def page_not_on_release(bench: Bench) -> Deployment:
    """A certificate waits for the page Client certificate, which the release does not have."""
    node = bench.any_node
    bench.need(node, Behaviour.SEPARATE_CLIENT_CERTIFICATE, value=False)
    return bench.uploading(bench.fresh(node).pem, node, store="client")


@fault("upload-not-a-pem-certificate")
def not_pem(bench: Bench) -> Deployment:
    """A certificate waits in DER."""
    return bench.uploading(bench.fresh(bench.any_node).der, bench.any_node, file_name="certificate.cer")


@fault("upload-holds-several-certificates", AFTER)
def several(bench: Bench) -> Deployment:
    """The file has the certificate's CA in it too."""
    return bench.uploading("".join(one.to_pem() for one in bench.fresh(bench.any_node).chain), bench.any_node)


@fault("upload-chain-untrusted", AFTER)
def chain_untrusted(bench: Bench) -> Deployment:
    """A renewal waits whose intermediate is new, and not in the node's list."""
    node = bench.any_node
    old = bench.issuer_of(bench.shown(node).certificate)
    root = bench.issuer_of(old.certificate) if not old.certificate.is_self_signed else old
    renewed = bench.factory.intermediate(root, "Renewed Issuing CA")
    return bench.uploading(bench.fresh(node, renewed).pem, node)


@fault("upload-chain-broken", AFTER)
def chain_broken(bench: Bench) -> Deployment:
    """The CA of a renewal stands in the list below another one of its name, and no key identifier tells them apart."""
    node = bench.any_node
    root = bench.other_root("Twin Root CA")
    twins = [
        bench.factory.intermediate(root, "Twin CA", subject_key_identifier=None, authority_key_identifier=None)
        for _ in range(2)
    ]
    site = replaced(bench.site, bench.trusting(node, root, *twins))
    return bench.uploading(bench.fresh(node, twins[1], authority_key_identifier=None).pem, node, site)


@fault("upload-self-signed", AFTER)
def self_signed(bench: Bench) -> Deployment:
    """A self-signed certificate waits, which is in the node's list."""
    node = bench.any_node
    old = bench.shown(node)
    key = bench.fresh(node).key
    own = bench.factory.self_signed(node.name, dns_names=old.certificate.dns_names, key=key)
    return bench.uploading(own.pem, node, replaced(bench.site, bench.trusting(node, own)))


def _with_key(bench: Bench, certificate: Issued, key_pem: str, site: Deployment | None = None) -> Deployment:
    return bench.uploading(certificate.pem, bench.any_node, site, private_key=key_pem.encode())


@fault("upload-key-not-usable")
def key_not_usable(bench: Bench) -> Deployment:
    """A certificate waits with its private key under a password."""
    new = bench.fresh(bench.any_node)
    return _with_key(bench, new, new.locked_key_pem("secret"))


@fault("upload-key-while-request-pending", "signed-for-another-key")
def key_while_request_pending(bench: Bench) -> Deployment:
    """A certificate waits with its private key, and a request for another key is pending."""
    node = bench.any_node
    new = bench.fresh(node)
    pending = bench.request(node)
    return _with_key(bench, new, new.key_pem, bench.with_fields(node, pending_request=pending))


@fault("upload-key-without-newline", AFTER)
def key_without_newline(bench: Bench) -> Deployment:
    """A certificate waits with its private key, and the key file has no final line break."""
    new = bench.fresh(bench.any_node)
    return _with_key(bench, new, new.key_pem.rstrip("\n"))


@fault("upload-key-does-not-match")
def key_does_not_match(bench: Bench) -> Deployment:
    """A certificate waits with the private key of another one."""
    new, other = (bench.fresh(bench.any_node) for _ in range(2))
    return _with_key(bench, new, other.key_pem)


@fault("upload-without-client-auth")
def without_client_auth(bench: Bench) -> Deployment:
    """A certificate for servers alone waits."""
    node = bench.any_node
    bench.need(node, Behaviour.UPLOAD_NEEDS_CLIENT_AUTH)
    return bench.uploading(bench.fresh(node, extended_key_usage=SERVERS_ALONE).pem, node)


@fault("upload-without-server-auth", AFTER)
def without_server_auth(bench: Bench) -> Deployment:
    """A certificate for clients alone waits."""
    return bench.uploading(bench.fresh(bench.any_node, extended_key_usage=CLIENTS_ALONE).pem, bench.any_node)


@fault("upload-client-store-without-client-auth")
def client_store(bench: Bench) -> Deployment:
    """A certificate for servers alone waits for the page Client certificate."""
    node = bench.core if bench.node is None else bench.any_node
    bench.need(node, Behaviour.SEPARATE_CLIENT_CERTIFICATE)
    return bench.uploading(bench.fresh(node, extended_key_usage=SERVERS_ALONE).pem, node, store="client")


@fault("upload-copied-without-client-auth", AFTER)
def copied(bench: Bench) -> Deployment:
    """A certificate for servers alone waits, to be copied to the client store."""
    node = bench.core if bench.node is None else bench.any_node
    bench.need(node, Behaviour.SEPARATE_CLIENT_CERTIFICATE)
    return bench.uploading(bench.fresh(node, extended_key_usage=SERVERS_ALONE).pem, node, copy_to_client=True)


@fault("upload-purpose-not-valid", AFTER)
def purpose_not_valid(bench: Bench) -> Deployment:
    """A certificate for servers and clients waits, under an intermediate for one of the two alone."""
    node = bench.any_node
    # Where there is a client store of its own, the page Server certificate does not ask for clients.
    usages = CLIENTS_ALONE if node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE) else SERVERS_ALONE
    limited = bench.factory.intermediate(
        bench.issuer_of(bench.shown(node).certificate), "Limited Issuing CA", extended_key_usage=usages
    )
    return bench.uploading(bench.fresh(node, limited).pem, node, replaced(bench.site, bench.trusting(node, limited)))


@fault("upload-needs-restart")
def needs_restart(bench: Bench) -> Deployment:
    """A sound certificate waits."""
    return bench.uploading(bench.fresh(bench.any_node).pem, bench.any_node)


@fault("upload-shared-with-peer", AFTER)
def shared(bench: Bench) -> Deployment:
    """A certificate waits for one peer that is in place on the other one already."""
    first, other = bench.clustered()[:2]
    both = bench.fresh(first, dns_names=[*bench.shown(first).certificate.dns_names, other.name])
    site = replaced(bench.site, attrs.evolve(other, server_certificate=both.certificate))
    return bench.uploading(both.pem, first, site)


UPLOAD_FAULTS: Final[tuple[Fault, ...]] = (
    page_not_on_release,
    not_pem,
    several,
    chain_untrusted,
    chain_broken,
    self_signed,
    key_not_usable,
    key_while_request_pending,
    key_without_newline,
    key_does_not_match,
    without_client_auth,
    without_server_auth,
    client_store,
    copied,
    purpose_not_valid,
    needs_restart,
    shared,
)
