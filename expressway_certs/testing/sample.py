"""The embedded sample: a clustered site, made on the spot, with the five faults of the source document.

Two Expressway-C and two Expressway-E hold a traversal zone that is up and whose tunnels are down
after a renewal; three branches have a zone of their own, each down for one reason; Unified CM does
not trust the CA of Expressway-C; the certificate of one Expressway-E lacks the domain that Jabber
users log in with; two files wait to be uploaded.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from expressway_certs.product.deployment import Deployment, Upload
from expressway_certs.product.nodes import Client, Expressway, UcServer
from expressway_certs.product.zones import Zone
from expressway_certs.testing.factory import CertificateFactory
from expressway_certs.testing.issued import Issued
from expressway_certs.x509.trust_store import TrustStore

_RELEASE = "X14.2.7"
_CLUSTER_C, _CLUSTER_E = "expc.example.com", "expe.example.com"


class _Site:
    """The CAs of the sample, and nodes under them."""

    def __init__(self, at: datetime | None) -> None:
        self.factory = CertificateFactory(seed=221624, at=at)
        self.root = self.factory.root("Example Root CA")
        self.issuing = self.factory.intermediate(self.root, "Example Issuing CA 1")
        self.renewed = self.factory.intermediate(self.root, "Example Issuing CA 2")
        self.other_root = self.factory.root("Other Root CA")
        self.other_issuing = self.factory.intermediate(self.other_root, "Other Issuing CA")

    def expressway(
        self, name: str, role: str, *names: str, issuer: Issued | None = None, trusted: tuple[Issued, ...] = ()
    ) -> Expressway:
        """Make a node: its certificate has its FQDN and ``names``, its list the usual CAs, or ``trusted``."""
        issued = self.factory.leaf(issuer or self.issuing, common_name=name, dns_names=(name, *names))
        cas = trusted or (self.root, self.issuing)
        return Expressway(
            name=name,
            role=role,
            release=_RELEASE,
            server_certificate=issued.certificate,
            trusted_ca=TrustStore([ca.certificate for ca in cas], name=f"{name} Trusted CA list"),
            cluster_name=next((one for one in names if one in {_CLUSTER_C, _CLUSTER_E}), None),
        )


def _headquarters(site: _Site) -> Zone:
    """Make the zone that is up and whose tunnels are down: Expressway-E was renewed under a new intermediate.

    The peers of Expressway-E have loaded it, as their upload page asked; the peers of Expressway-C have not.
    """
    with_new = (site.root, site.issuing, site.renewed)
    core = [site.expressway(f"expc{number}.example.com", "C", _CLUSTER_C) for number in (1, 2)]
    names = {"expe1.example.com": (_CLUSTER_E, "example.com"), "expe2.example.com": (_CLUSTER_E,)}
    edge = [
        site.expressway(name, "E", *others, issuer=site.renewed, trusted=with_new) for name, others in names.items()
    ]
    return Zone(name="Headquarters", core=core, edge=edge, tls_verify_subject_name=_CLUSTER_C)


def _called_by_address(site: _Site) -> Zone:
    """Make a zone that calls Expressway-E by an IP address, which no certificate has."""
    core = site.expressway("expc-oslo.example.com", "C")
    edge = site.expressway("expe-oslo.example.com", "E", "example.com")
    return Zone(name="Oslo", core=[core], edge=[edge], peer_addresses=["203.0.113.7"])


def _verified_by_a_name_it_lacks(site: _Site) -> Zone:
    """Make a zone whose Expressway-E wants the cluster name, which the certificate of Expressway-C has lost."""
    core = site.expressway("expc-bergen.example.com", "C")
    edge = site.expressway("expe-bergen.example.com", "E", "example.com")
    return Zone(name="Bergen", core=[core], edge=[edge], tls_verify_subject_name="expc-bergen-cluster.example.com")


def _under_an_untrusted_ca(site: _Site) -> Zone:
    """Make a zone whose Expressway-E got its certificate from another CA, which Expressway-C does not know."""
    both = (site.root, site.issuing, site.other_root, site.other_issuing)
    core = site.expressway("expc-tromso.example.com", "C")
    edge = site.expressway("expe-tromso.example.com", "E", "example.com", issuer=site.other_issuing, trusted=both)
    return Zone(name="Tromsø", core=[core], edge=[edge])


def _unified_cm(site: _Site) -> UcServer:
    """Make a Unified CM of a CA of its own that has not been given the CA of Expressway-C."""
    name = "cucm1.example.com"
    own = site.factory.self_signed(name, dns_names=(name,))
    store = [own.certificate]
    return UcServer(
        name=name,
        tomcat=own.certificate,
        tomcat_trust=TrustStore(store, name=f"{name} tomcat-trust"),
        callmanager_trust=TrustStore(store, name=f"{name} CallManager-trust"),
    )


def _knowing(zone: Zone, server: UcServer) -> Zone:
    """Return the zone with the server's own certificate in the list of every Expressway-C, as it has to be."""
    own = [server.tomcat] if server.tomcat else []
    core = [attrs.evolve(node, trusted_ca=node.trusted_ca.adding(*own)) for node in zone.core]
    return attrs.evolve(zone, core=core)


def _uploads(site: _Site) -> list[Upload]:
    """Make the files that wait: one in DER, one under a CA that its node does not know."""
    oslo, bergen = "expe-oslo.example.com", "expe-bergen.example.com"
    der = site.factory.leaf(site.issuing, dns_names=(oslo, "example.com"), key="rsa")
    unknown = site.factory.leaf(site.other_issuing, dns_names=(bergen, "example.com"), key="rsa")
    return [
        Upload(file=der.der, node=oslo, file_name="expe-oslo.cer"),
        Upload(file=unknown.pem.encode(), node=bergen, file_name="expe-bergen.pem"),
    ]


def sample_deployment(at: datetime | None = None) -> Deployment:
    """Return the sample, its certificates made for ``at`` (aware; None: now).

    >>> sample = sample_deployment()
    >>> [zone.name for zone in sample.zones]
    ['Headquarters', 'Oslo', 'Bergen', 'Tromsø']
    """
    site = _Site(at)
    makers = (_headquarters, _called_by_address, _verified_by_a_name_it_lacks, _under_an_untrusted_ca)
    zones = [make(site) for make in makers]
    server = _unified_cm(site)
    zones = [_knowing(zone, server) for zone in zones]
    return Deployment(
        name="embedded sample",
        zones=zones,
        expressways=[node for zone in zones for node in (*zone.core, *zone.edge)],
        uc_servers=[server],
        clients=[Client(service_domain="example.com")],
        uploads=_uploads(site),
    )
