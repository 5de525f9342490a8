"""Faults of a file that waits for a Trusted CA list."""

from __future__ import annotations

from typing import Final

from expressway_certs.product.deployment import Deployment
from expressway_certs.product.nodes import Expressway
from expressway_certs.testing.breaking.bench import DAY, Bench
from expressway_certs.testing.breaking.fault import Fault, fault
from expressway_certs.testing.issued import Issued
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.trust_store import TrustStore

ACCOUNT: Final = "ca-list-afterwards"
"""What is said of every file for a list."""

_MOST: Final = 1000
_NOT_TRUSTED: Final = "uc-server-not-trusted"


def _appending(bench: Bench, file: bytes | str, site: Deployment | None = None) -> Deployment:
    """Return a site on which a file waits for the list of an Expressway-C, or of the node that was chosen."""
    return bench.uploading(file, _node(bench), site, store="trusted-ca", file_name="ca.pem")


def _node(bench: Bench) -> Expressway:
    return bench.core if bench.node is None else bench.any_node


def _pem(*certificates: Certificate | Issued) -> str:
    return "".join((one.certificate if isinstance(one, Issued) else one).to_pem() for one in certificates)


def _own_root(bench: Bench) -> Issued:
    """Return the root above the node's own certificate."""
    return Issued.of(bench.known_chain(bench.shown(_node(bench)).certificate)[-1])


@fault("ca-list-not-pem", ACCOUNT)
def not_pem(bench: Bench) -> Deployment:
    """A root waits in DER."""
    return _appending(bench, bench.other_root().der)


@fault("ca-list-holds-key", ACCOUNT)
def holds_key(bench: Bench) -> Deployment:
    """A root waits with its private key beside it."""
    root = bench.other_root()
    return _appending(bench, root.pem + root.key_pem)


@fault("ca-list-too-long", ACCOUNT)
def too_long(bench: Bench) -> Deployment:
    """Two roots wait for a list that holds 999 certificates."""
    node = _node(bench)
    key = bench.other_root("Key of many").key
    many = [
        bench.factory.root(f"CA {number}", key=key, organization="Many").certificate
        for number in range(_MOST - 1 - len(node.trusted_ca))
    ]
    site = bench.with_fields(node, trusted_ca=node.trusted_ca.adding(*many))
    return _appending(bench, _pem(bench.other_root(), bench.other_root("Yet Another Root CA")), site)


@fault("ca-list-not-a-ca", ACCOUNT)
def not_a_ca(bench: Bench) -> Deployment:
    """A server's certificate waits that is no CA."""
    issuer = bench.issuer_of(bench.shown(_node(bench)).certificate)
    return _appending(bench, _pem(bench.factory.leaf(issuer, "leaf.example.com")))


@fault("ca-list-own-self-signed", ACCOUNT, "certificate-self-signed")
def own_self_signed(bench: Bench) -> Deployment:
    """The self-signed certificate of an Expressway that is in no zone waits for the list of another one."""
    site, own = bench.with_idle_edge(_node(bench))
    return _appending(bench, own.pem, site)


@fault("ca-list-no-basic-constraints", ACCOUNT)
def no_basic_constraints(bench: Bench) -> Deployment:
    """A root of version 1 waits."""
    return _appending(bench, _pem(bench.factory.root("Old Root CA", version=1)))


@fault("ca-list-expired", ACCOUNT)
def expired(bench: Bench) -> Deployment:
    """A root waits that has expired."""
    return _appending(bench, _pem(_lasting(bench, -1)))


@fault("ca-list-expires-soon", ACCOUNT)
def expires_soon(bench: Bench) -> Deployment:
    """A root waits that ends in two weeks."""
    return _appending(bench, _pem(_lasting(bench, 14)))


def _lasting(bench: Bench, days: int) -> Issued:
    return bench.factory.root("Old Root CA", not_before=bench.at - 400 * DAY, not_after=bench.at + days * DAY)


@fault("ca-list-crl-expired", "ca-list-holds-crl", ACCOUNT)
def crl_expired(bench: Bench) -> Deployment:
    """A root waits with a CRL that is out of date."""
    root = bench.other_root()
    old = bench.factory.crl(root, this_update=bench.at - 30 * DAY, next_update=bench.at - DAY)
    return _appending(bench, root.pem + old.to_pem())


@fault("ca-list-crl-unreadable", ACCOUNT)
def crl_unreadable(bench: Bench) -> Deployment:
    """A root waits with a CRL that has lost a line."""
    root = bench.other_root()
    lines = bench.factory.crl(root).to_pem().splitlines()
    return _appending(bench, root.pem + "\n".join((*lines[:-2], lines[-1], "")))


@fault("ca-list-holds-crl", ACCOUNT)
def holds_crl(bench: Bench) -> Deployment:
    """A root waits with its CRL."""
    root = bench.other_root()
    return _appending(bench, root.pem + bench.factory.crl(root).to_pem())


@fault("ca-list-subject-taken", ACCOUNT)
def subject_taken(bench: Bench) -> Deployment:
    """A CA waits that has the name of the node's own root, and another key."""
    return _appending(bench, _pem(bench.factory.renewed(_own_root(bench))))


@fault("ca-list-old-one-stays", ACCOUNT)
def old_one_stays(bench: Bench) -> Deployment:
    """The node's own root waits, renewed with the same key, and the old one is still there."""
    return _appending(bench, _pem(bench.factory.renewed(_own_root(bench), same_key=True)))


@fault("ca-list-common-name-taken", ACCOUNT)
def common_name_taken(bench: Bench) -> Deployment:
    """A CA of another organization waits that has the common name of the node's own root."""
    return _appending(bench, _pem(bench.factory.root(_own_root(bench).certificate.common_name or "", organization="X")))


@fault("ca-list-still-untrusted", _NOT_TRUSTED, ACCOUNT)
def still_untrusted(bench: Bench) -> Deployment:
    """The root of a server that sends its leaf alone waits, without the intermediate."""
    root, _, site = _server_elsewhere(bench)
    return _appending(bench, root.pem, site)


@fault("ca-list-root-missing", ACCOUNT)
def root_missing(bench: Bench) -> Deployment:
    """An intermediate waits without its root."""
    return _appending(bench, _pem(bench.factory.intermediate(bench.other_root(), "Another Issuing CA")))


@fault("ca-list-breaks-trust", ACCOUNT)
def breaks_trust(bench: Bench) -> Deployment:
    """A cross-certificate waits without its root; it leads a chain astray that Unified CM sends whole."""
    server, _ = bench.server(), bench.core
    root, other = _own_root(bench), bench.other_root()
    bridge = bench.factory.intermediate(root, "Bridge CA")
    elsewhere = bench.factory.cross_signed(bridge, other)
    leaf = bench.factory.leaf(bridge, server.name, dns_names=[server.name])
    site = bench.with_server(server, tomcat=leaf.certificate, presented_cas=[bridge.certificate])
    return _appending(bench, elsewhere.pem, site)


@fault("ca-list-makes-trusted", _NOT_TRUSTED, ACCOUNT)
def makes_trusted(bench: Bench) -> Deployment:
    """Both CAs of a server wait that Expressway-C does not trust yet."""
    root, issuing, site = _server_elsewhere(bench)
    return _appending(bench, _pem(root, issuing), site)


def _server_elsewhere(bench: Bench) -> tuple[Issued, Issued, Deployment]:
    """Return a site whose Unified CM has its tomcat certificate from a CA that no Expressway knows, and sends no CA."""
    server, _ = bench.server(), bench.core
    root = bench.other_root("Other Root CA")
    issuing = bench.factory.intermediate(root, "Other Issuing CA")
    leaf = bench.factory.leaf(issuing, server.name, dns_names=[server.name])
    own = (server.tomcat_trust or TrustStore()).adding(root.certificate, issuing.certificate)
    return root, issuing, bench.with_server(server, tomcat=leaf.certificate, tomcat_trust=own, presented_cas=[])


@fault("ca-list-already-there", ACCOUNT)
def already_there(bench: Bench) -> Deployment:
    """The node's own root waits, which is in the list."""
    return _appending(bench, _own_root(bench).pem)


@fault("ca-list-afterwards")
def afterwards(bench: Bench) -> Deployment:
    """A root waits."""
    return _appending(bench, bench.other_root().pem)


CA_LIST_FAULTS: Final[tuple[Fault, ...]] = (
    not_pem,
    holds_key,
    too_long,
    not_a_ca,
    own_self_signed,
    no_basic_constraints,
    expired,
    expires_soon,
    crl_expired,
    crl_unreadable,
    holds_crl,
    subject_taken,
    old_one_stays,
    common_name_taken,
    still_untrusted,
    root_missing,
    breaks_trust,
    makes_trusted,
    already_there,
    afterwards,
)
