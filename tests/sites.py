"""A good clustered site for tests, and what to spoil on it."""

from datetime import UTC, datetime
from typing import Final

from expressway_certs import Client, Deployment, Expressway, TrustStore, UcServer, Zone
from expressway_certs.product.applying import replaced
from expressway_certs.testing import CertificateFactory, Issued

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
FACTORY: Final = CertificateFactory(seed=7, at=AT)
ROOT: Final = FACTORY.root("Good Root CA")
ISSUING: Final = FACTORY.intermediate(ROOT, "Good Issuing CA")
RENEWED: Final = FACTORY.intermediate(ROOT, "Good Issuing CA 2")
OTHER_ROOT: Final = FACTORY.root("Other Root CA")
CLUSTER: Final = "expc.example.com"


def store(*cas: Issued, name: str = "") -> TrustStore:
    """Return a trust store of the factory's certificates."""
    return TrustStore([ca.certificate for ca in cas], name)


def node(
    name: str, role: str, *names: str, issuer: Issued = ISSUING, release: str = "X14.2", **options: object
) -> Expressway:
    """Return an Expressway with a certificate for its name and ``names``."""
    issued = FACTORY.leaf(issuer, common_name=name, dns_names=(name, *names), **options)
    return Expressway(
        name=name,
        role=role,
        release=release,
        server_certificate=issued.certificate,
        trusted_ca=store(ROOT, ISSUING, name=name),
        cluster_name=CLUSTER if role == "C" else None,
    )


def good_zone(release: str = "X14.2") -> Zone:
    """Return a zone of two by two, with nothing wrong."""
    core = [node(f"expc{number}.example.com", "C", CLUSTER, release=release) for number in (1, 2)]
    edge = [node(f"expe{number}.example.com", "E", "example.com", release=release) for number in (1, 2)]
    return Zone(name="Zone", core=core, edge=edge)


def good_server() -> UcServer:
    """Return a Unified CM under the same CA, which trusts it."""
    issued = FACTORY.leaf(ISSUING, common_name="cucm1.example.com", dns_names=("cucm1.example.com",))
    return UcServer(
        name="cucm1.example.com",
        tomcat=issued.certificate,
        tomcat_trust=store(ROOT, ISSUING),
        callmanager_trust=store(ROOT, ISSUING),
        presented_cas=[ISSUING.certificate],
    )


def good_site(release: str = "X14.2") -> Deployment:
    """Return a site with nothing wrong."""
    zone = good_zone(release)
    return Deployment(
        name="good site",
        zones=[zone],
        expressways=[*zone.core, *zone.edge],
        uc_servers=[good_server()],
        clients=[Client(service_domain="example.com", trusted_ca=store(ROOT))],
    )


def with_node(site: Deployment, changed: Expressway) -> Deployment:
    """Return the site with a node of that name replaced everywhere."""
    return replaced(site, changed)
