"""A site on the bench: what of it can be broken, and the CAs that its certificates came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, Unpack

import attrs
from cryptography.hazmat.primitives.asymmetric import ed25519

from expressway_certs.product.applying import replaced
from expressway_certs.product.behaviours import Behaviour, Role
from expressway_certs.product.clients import Client, ClientFamily
from expressway_certs.product.deployment import Deployment, Upload
from expressway_certs.product.names import wanted_names
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.uc_servers import UcKind, UcServer
from expressway_certs.product.zones import Zone, ZoneKind
from expressway_certs.rules.known import known_certificates
from expressway_certs.testing.factory import CertificateFactory
from expressway_certs.testing.issued import Issued
from expressway_certs.testing.keys import KeyKind, key_of, seeded_number
from expressway_certs.testing.likeness import kind_of
from expressway_certs.testing.options import Options
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import build_chain
from expressway_certs.x509.clock import resolve
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.request_building import SigningKey
from expressway_certs.x509.trust_store import TrustStore

DAY: Final = timedelta(days=1)
SERVERS_ALONE: Final = ("serverAuth",)
CLIENTS_ALONE: Final = ("clientAuth",)
BOTH: Final = ("serverAuth", "clientAuth")


class CannotBreakError(ValueError):
    """The site has not what the fault needs; its words say what that is."""


@attrs.frozen(kw_only=True)
class Bench:
    """A site to be broken, the node on which (None: the first that does), and the instant that it was made for."""

    site: Deployment
    node: str | None
    seed: int
    at: datetime

    @classmethod
    def of(cls, site: Deployment, node: str | None, seed: int, at: datetime | None) -> Bench:
        """Take a site; ``at`` None is the instant that its certificates were made for."""
        if node is not None:
            site.expressway(node)
        return cls(site=site, node=node, seed=seed, at=at or _made_at(site))

    @cached_property
    def factory(self) -> CertificateFactory:
        """What makes the certificates that are needed, with other keys and numbers than those of the site."""
        return CertificateFactory(seed=seeded_number(self.seed, "faults"), at=self.at)

    # What there is.

    def expressways(self, role: Role, least: int = 1) -> tuple[Expressway, ...]:
        """Return the Expressways of that role, the chosen one first; `CannotBreakError` for fewer than ``least``."""
        found = [node for node in self.site.nodes if node.role is role]
        if len(found) < least:
            raise CannotBreakError(f"it needs {_count(least)} {role.value}, and the site has {len(found) or 'none'}")
        return tuple(sorted(found, key=lambda node: node.name != self.node))

    @property
    def core(self) -> Expressway:
        """The Expressway-C that is to be broken; `CannotBreakError` where another node is to be."""
        return self._chosen(Role.CORE)

    @property
    def edge(self) -> Expressway:
        """The Expressway-E that is to be broken; `CannotBreakError` where another node is to be."""
        return self._chosen(Role.EDGE)

    def _chosen(self, role: Role) -> Expressway:
        first = self.expressways(role)[0]
        if self.node not in {None, first.name}:
            raise CannotBreakError(f"it lies on an {role.value}, and {self.node} is none")
        return first

    @property
    def any_node(self) -> Expressway:
        """The Expressway that is to be broken, of whatever role: an Expressway-E where none is named."""
        return self.edge if self.node is None else self.site.expressway(self.node)

    @property
    def calling(self) -> tuple[Expressway, ...]:
        """The Expressway-Cs of the zone that are to be broken: all of them where no node is named."""
        return self.zone.core if self.node is None else (self.core,)

    def clustered(self) -> tuple[Expressway, ...]:
        """Return the peers of a cluster, the one to be broken first; `CannotBreakError` where there is none."""
        wanted = [self.any_node.role] if self.node else [Role.CORE, Role.EDGE]
        for role in wanted:
            peers = tuple(node for node in self.site.nodes if node.role is role and node.cluster_peers)
            if len(peers) > 1:
                return tuple(sorted(peers, key=lambda node: node.name != self.node))
        raise CannotBreakError("it needs a cluster, and the site has none")

    @property
    def zone(self) -> Zone:
        """The Unified Communications zone."""
        return self.zone_of(ZoneKind.UNIFIED_COMMUNICATIONS)

    def zone_of(self, kind: ZoneKind) -> Zone:
        """Return the first zone of a kind; `CannotBreakError` where there is none."""
        found = next((zone for zone in self.site.zones if zone.kind is kind), None)
        if found is None:
            raise CannotBreakError(f"it needs a {kind.value} zone, and the site has none")
        return found

    def server(self, kind: UcKind = UcKind.CUCM) -> UcServer:
        """Return the first server of a kind; `CannotBreakError` where there is none."""
        found = next((server for server in self.site.uc_servers if server.kind is kind), None)
        if found is None:
            raise CannotBreakError(f"it needs a server of the kind {kind.value}, and the site has none")
        return found

    def client(self, *families: ClientFamily) -> Client:
        """Return the first client of these families, or of any; `CannotBreakError` where there is none."""
        found = next((client for client in self.site.clients if client.family in families or not families), None)
        if found is None:
            whom = " or ".join(family.value for family in families) or "clients"
            raise CannotBreakError(f"it needs {whom}, and the site has none")
        return found

    def need(self, node: Expressway, behaviour: Behaviour, *, value: bool = True) -> None:
        """Raise `CannotBreakError` unless the node behaves so on its release."""
        if node.emulation.has(behaviour) is not value:
            rule = "needs" if value else "cannot be where"
            raise CannotBreakError(f"it {rule} {behaviour.value!r}, and {node.name} runs {node.release}")

    # Certificates.

    def issuer_of(self, certificate: Certificate) -> Issued:
        """Return the CA that issued a certificate of the site, with its key; `CannotBreakError` where it is unknown."""
        for ca in known_certificates(self.site):
            if ca.subject == certificate.issuer and ca.is_ca:
                try:
                    return Issued(certificate=ca, key=key_of(ca))
                except ValueError:
                    continue
        raise CannotBreakError(
            f"the key of {certificate.issuer} is not known: take a site of make_site, with its seed where that is "
            "another process's"
        )

    def known_chain(self, certificate: Certificate) -> tuple[Certificate, ...]:
        """Return a certificate and what stands above it on the site, the root last."""
        known = TrustStore(known_certificates(self.site))
        return build_chain(certificate, known, at=self.at).certificates

    def shown(self, node: Expressway) -> Issued:
        """Return the server certificate of a node, with its key; `CannotBreakError` where one is not known."""
        if node.server_certificate is None:
            raise CannotBreakError(f"it needs a server certificate, and {node.name} has none")
        try:
            return Issued.of(node.server_certificate)
        except ValueError as error:
            raise CannotBreakError(str(error)) from None

    def fresh(self, node: Expressway, issuer: Issued | None = None, **options: Unpack[Options]) -> Issued:
        """Return a new certificate for a node, like the one that it has but for the options; the key is another one."""
        old = self.shown(node)
        new: Options = {"key": self._key_kind(node, old), **options}
        return self.factory.renewed(old, issuer or self.issuer_of(old.certificate), **new)

    def request(self, node: Expressway, **options: Unpack[Options]) -> CertificateRequest:
        """Return a sound request for a node, for the names that its certificate has, but for the options."""
        old = self.shown(node)
        asked: Options = {"dns_names": old.certificate.dns_names, "key": self._key_kind(node, old), **options}
        return self.factory.request(node.name, **asked)

    def _key_kind(self, node: Expressway, old: Issued) -> KeyKind:
        return kind_of(old.key) if node.emulation.has(Behaviour.SUPPORTS_ECDSA) else "rsa"

    def names_to_lack(self, node: Expressway) -> list[str]:
        """Return what a certificate of a node has to have besides its own name; `CannotBreakError` for nothing."""
        wanted = [one.name for one in wanted_names(node, self.site) if one.required and one.name != node.name]
        if not wanted:
            raise CannotBreakError(f"it needs a name besides its own that {node.name} has to have, and there is none")
        return wanted

    def request_key(self, node: Expressway) -> SigningKey:
        """Return a new key for a request of a node, of the kind that it has."""
        key = self.fresh(node).key
        if isinstance(key, ed25519.Ed25519PrivateKey):
            raise CannotBreakError(f"it needs an RSA or ECDSA key, and {node.name} has another one")
        return key

    def pending(self, request: CertificateRequest) -> Deployment:
        """Return the site on which a request is pending on the node."""
        return self.with_fields(self.any_node, pending_request=request)

    def for_name(self, like: Certificate | None, *names: str, **options: Unpack[Options]) -> Certificate:
        """Return a certificate for other names by the CA of another certificate."""
        if like is None:
            raise CannotBreakError("it needs a certificate that the site does not have")
        asked: Options = {"dns_names": names, **options}
        return self.factory.leaf(self.issuer_of(like), names[0], **asked).certificate

    def other_root(self, name: str = "Another Root CA") -> Issued:
        """Return a root that nobody on the site knows."""
        return self.factory.root(name, organization="Another")

    # The site with something changed.

    def recertified(self, node: Expressway, issuer: Issued | None = None, **options: Unpack[Options]) -> Deployment:
        """Return the site with another server certificate on a node."""
        return self.with_fields(node, server_certificate=self.fresh(node, issuer, **options).certificate)

    def with_fields(self, node: Expressway, **fields: Any) -> Deployment:
        """Return the site with other fields of a node."""
        return replaced(self.site, attrs.evolve(node, **fields))

    def with_trust(self, nodes: Iterable[Expressway], without: Iterable[Certificate]) -> Deployment:
        """Return the site on which nodes have lost CAs from their lists."""
        gone = set(without)
        site = self.site
        for node in nodes:
            site = replaced(site, attrs.evolve(node, trusted_ca=node.trusted_ca.removing(*gone)))
        return site

    def trusting(self, node: Expressway, *cas: Issued) -> Expressway:
        """Return a node with further CAs in its list."""
        return attrs.evolve(node, trusted_ca=node.trusted_ca.adding(*(one.certificate for one in cas)))

    def with_zone(self, zone: Zone, **fields: Any) -> Deployment:
        """Return the site with other fields of a zone."""
        zones = [attrs.evolve(zone, **fields) if one.name == zone.name else one for one in self.site.zones]
        return attrs.evolve(self.site, zones=zones)

    def with_server(self, server: UcServer, **fields: Any) -> Deployment:
        """Return the site with other fields of a server."""
        servers = [attrs.evolve(server, **fields) if one.name == server.name else one for one in self.site.uc_servers]
        return attrs.evolve(self.site, uc_servers=servers)

    def with_client(self, client: Client, **fields: Any) -> Deployment:
        """Return the site with other fields of some clients."""
        clients = [attrs.evolve(client, **fields) if one is client else one for one in self.site.clients]
        return attrs.evolve(self.site, clients=clients)

    def with_idle_edge(self, like: Expressway) -> tuple[Deployment, Issued]:
        """Return the site with one more Expressway-E, last and in no zone, and its certificate, which signed itself."""
        name = f"new.{like.name.partition('.')[2]}"
        own = self.factory.self_signed(name, dns_names=[name])
        new = Expressway(
            name=name,
            role=Role.EDGE,
            release=like.release,
            server_certificate=own.certificate,
            trusted_ca=like.trusted_ca,
        )
        return attrs.evolve(self.site, expressways=[*self.site.expressways, new]), own

    # What waits.

    def uploading(
        self, file: bytes | str, node: Expressway, site: Deployment | None = None, **fields: Any
    ) -> Deployment:
        """Return a site with a file that waits for a page of a node."""
        data = file.encode() if isinstance(file, str) else file
        where = site or self.site
        return attrs.evolve(where, uploads=[*where.uploads, Upload(file=data, node=node.name, **fields)])

    def answering(self, node: Expressway, request: CertificateRequest, answer: Certificate) -> Deployment:
        """Return the site on which a request is pending, and the certificate that a CA made of it waits."""
        return self.uploading(answer.to_pem(), node, self.with_fields(node, pending_request=request))


def _made_at(site: Deployment) -> datetime:
    """Return the instant that most certificates of a site were made for: the factory lets them begin a day before."""
    begun = Counter(node.server_certificate.not_before for node in site.nodes if node.server_certificate)
    return begun.most_common(1)[0][0] + DAY if begun else resolve(None)


def _count(number: int) -> str:
    return "an" if number == 1 else f"at least {number}"
