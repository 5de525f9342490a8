"""How long an audit takes, and how that grows with the site: `python benchmarks/audit.py`.

The site is a cluster of n Expressway-C and n Expressway-E with m Unified CM nodes and d service domains, sound or with
one CA missing in every list of Unified CM, which is one finding with very many legs. Certificates are made first and
are not part of the time; each line is the median of several runs in this process, on models that are built afresh.
"""

from __future__ import annotations

import statistics
import time

import attrs

from expressway_certs import (
    Client,
    ClientFamily,
    ClusterTls,
    Deployment,
    Dns,
    Expressway,
    TrustStore,
    UcServer,
    Zone,
    audit,
)
from expressway_certs.testing import CertificateFactory

RUNS = 5
SIZES = ((1, 1, 1), (2, 4, 1), (4, 10, 2), (6, 20, 5), (6, 40, 10), (6, 80, 20))
FACTORY = CertificateFactory(seed=4)
ROOT = FACTORY.root("Example Root CA")
ISSUING = FACTORY.intermediate(ROOT, "Example Issuing CA")
OTHER = FACTORY.root("Other Root CA")


@attrs.frozen
class Size:
    """How many peers a side, Unified CM nodes, and domains."""

    peers: int
    servers: int
    domains: int


def trust(*cas: object) -> TrustStore:
    """Return a list of its own, as every node has one."""
    return TrustStore([ca.certificate for ca in cas])


def nodes(role: str, size: Size) -> list[Expressway]:
    """Return the peers of one side, which verify each other."""
    letter, net = role.lower(), {"C": 1, "E": 2}[role]
    names = [f"exp{letter}{number}.example.com" for number in range(1, size.peers + 1)]
    domains = [f"example{number}.com" for number in range(size.domains)]
    cluster = f"exp{letter}.example.com"
    return [
        Expressway(
            name=name,
            role=role,
            release="X15.5",
            server_certificate=FACTORY.leaf(ISSUING, name, dns_names=(name, cluster, *domains)).certificate,
            trusted_ca=trust(ROOT, ISSUING),
            cluster_name=cluster,
            cluster_peers=[other for other in names if other != name],
            cluster_tls=ClusterTls.ENFORCE,
            address=f"192.0.{net}.{number}",
        )
        for number, name in enumerate(names, 1)
    ]


def servers(size: Size, *, sound: bool) -> list[UcServer]:
    """Return the Unified CM nodes, in mixed mode and with SIP OAuth, so that every leg is there."""
    names = [f"cucm{number}.example.com" for number in range(size.servers)]
    return [
        UcServer(
            name=name,
            tomcat=FACTORY.leaf(ISSUING, name, dns_names=(name,)).certificate,
            callmanager=FACTORY.leaf(ISSUING, name, dns_names=(name,)).certificate,
            tomcat_trust=trust(ROOT if sound else OTHER),
            callmanager_trust=trust(ROOT if sound else OTHER),
            presented_cas=[ISSUING.certificate],
            mixed_mode=True,
            sip_oauth=True,
        )
        for name in names
    ]


def site(size: Size, *, sound: bool) -> Deployment:
    """Return a site of that size."""
    core, edge = nodes("C", size), nodes("E", size)
    records = {node.name: node.address or "" for node in (*core, *edge)}
    return Deployment(
        name="benchmark",
        expressways=[*core, *edge],
        zones=[Zone(name="UC", core=core, edge=edge)],
        uc_servers=servers(size, sound=sound),
        clients=[
            Client(service_domain=f"example{number}.com", family=family, trusted_ca=trust(ROOT))
            for number in range(size.domains)
            for family in (ClientFamily.JABBER, ClientFamily.PHONE)
        ],
        dns=Dns(forward=records, reverse={address: name for name, address in records.items()}),
    )


def measure(size: Size, *, sound: bool) -> tuple[float, int, int]:
    """Return the median seconds of an audit, and how many legs and findings it has."""
    times = []
    for _ in range(RUNS):
        deployment = site(size, sound=sound)
        start = time.perf_counter()
        report = audit(deployment)
        times.append(time.perf_counter() - start)
    return statistics.median(times), len(report.legs), len(report.findings)


def main() -> None:
    """Print a line for each size, sound and not."""
    print(f"{'peers':>5} {'CUCM':>5} {'domains':>7} {'legs':>6} {'findings':>8} {'ms':>7} {'us a leg':>9}")
    for numbers in SIZES:
        for sound in (True, False):
            size = Size(*numbers)
            seconds, legs, findings = measure(size, sound=sound)
            each = seconds / legs * 1e6
            counts = f"{size.peers:>5} {size.servers:>5} {size.domains:>7} {legs:>6} {findings:>8}"
            print(f"{counts} {seconds * 1e3:>7.0f} {each:>9.0f}")


if __name__ == "__main__":
    main()
