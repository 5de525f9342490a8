"""Sites drawn for forecasts: everything on them begins and ends at times of its own."""

import random
from datetime import datetime, timedelta
from functools import cache
from typing import Final

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from sites import AT, CLUSTER

from expressway_certs import (
    Certificate,
    Client,
    ClientFamily,
    Deployment,
    Expressway,
    Settings,
    UcServer,
    Upload,
    Zone,
    make_request,
)
from expressway_certs.testing import CertificateFactory, Issued

DAY: Final = timedelta(days=1)
C1, C2, E1, CUCM = "expc1.example.com", "expc2.example.com", "expe1.example.com", "cucm1.example.com"
PUBLIC: Final = ["2.23.140.1.2.2"]


def crl(issuer: Issued, start: datetime, end: datetime | None, *revoked: Certificate) -> bytes:
    """Return a CRL of an issuer that holds from one instant to another."""
    name = issuer.certificate.to_cryptography().subject
    builder = x509.CertificateRevocationListBuilder(name, start, end)
    for one in revoked:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(one.serial_number, start).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def answer(about: Certificate, issuer: Issued, start: datetime, end: datetime) -> bytes:
    """Return an OCSP answer that a certificate is good, for a time."""
    ca = issuer.certificate.to_cryptography()
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about.to_cryptography(), issuer=ca, algorithm=hashes.SHA256(), cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=start, next_update=end, revocation_time=None, revocation_reason=None,
    )  # fmt: skip
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, ca)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


class DrawnSite:
    """A site of two by one with Unified CM and clients, made out of one random number."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.rng = random.Random(number)
        self.factory = CertificateFactory(seed=number, at=AT)
        self.root = self.factory.root("Root CA", not_after=self.when(300, 900))
        self.old_root = self.factory.root("Old Root CA", not_after=self.when(20, 500))
        # The same CA twice: by the root, and cross-signed by the old one.
        self.issuing = self.ca(self.root)
        self.crossed = self.ca(self.old_root, key=self.issuing.key)

    def when(self, first: int, last: int) -> datetime:
        """Return some instant between so many days from the start and so many."""
        return AT + self.rng.randint(first * 86400, last * 86400) * timedelta(seconds=1)

    def ca(self, issuer: Issued, **options: object) -> Issued:
        """Return the issuing CA."""
        life = {"not_before": self.when(-90, 30), "not_after": self.when(60, 600)}
        return self.factory.intermediate(issuer, "Issuing CA", **life, **options)

    def leaf(self, name: str, *names: str, **options: object) -> Certificate:
        """Return a certificate of the issuing CA that begins or ends some day."""
        life = {"not_before": self.when(-60, 20), "not_after": self.when(30, 400)}
        if self.rng.random() < 0.2:
            options["extended_key_usage"] = ["serverAuth"]
        return self.factory.leaf(self.issuing, name, dns_names=(name, *names), **life, **options).certificate

    def node(self, name: str, role: str, *names: str, **options: object) -> Expressway:
        """Return a node with some of the CAs, in some order, and revocation checking now and then."""
        cas = [one.certificate for one in (self.root, self.old_root, self.issuing, self.crossed)]
        self.rng.shuffle(cas)
        fallback = self.rng.choice(("not known", "not revoked", "revoked"))
        return Expressway(
            name=name,
            role=role,
            release=self.rng.choice(("X14.3", "X15.4", "X15.5")),
            server_certificate=self.leaf(name, *names, policies=PUBLIC if role == "E" else ()),
            trusted_ca=cas[: self.rng.choice((3, 4, 4))],
            cluster_name=CLUSTER if role == "C" else None,
            settings=Settings(
                revocation_fallback=fallback,
                same_subject_cas=self.rng.choice(("first wins", "key identifiers decide")),
                client_auth_sunset=self.rng.choice(("2027-03", "2026-06")),
            ),
            revocation_checking=self.rng.random() < 0.5,
            crls=self.crls(),
            **options,
        )

    def crls(self) -> list[bytes]:
        """Return CRLs that follow one another, with a gap or an overlap, and those of the roots."""
        made = [self.when(-30, 0), self.when(5, 40), self.when(60, 120)]
        lists = [crl(self.issuing, start, start + self.rng.randint(10, 60) * DAY) for start in made]
        return [*lists, *(crl(root, AT - DAY, self.when(100, 700)) for root in (self.root, self.old_root))]

    def deployment(self) -> Deployment:
        """Return the site."""
        core = [self.node(name, "C", CLUSTER) for name in (C1, C2)]
        edge = [self.node(E1, "E", "example.com")]
        edge[0] = attrs.evolve(edge[0], pending_request=make_request(edge[0], key_algorithm="ECDSA").request)
        shown = edge[0].server_certificate
        answers = [answer(shown, self.issuing, self.when(-3, 9), self.when(10, 90))] if shown else []
        answers += [
            answer(one.certificate, self.root, AT - DAY, self.when(20, 200)) for one in (self.issuing, self.crossed)
        ]
        crls = self.crls() if self.rng.random() < 0.3 else ()
        core[0] = attrs.evolve(core[0], ocsp_responses=answers, revocation_checking=True, crls=crls)
        cas = [self.root.certificate, self.issuing.certificate]
        return Deployment(
            name=f"drawn site {self.number}",
            expressways=[*core, *edge],
            zones=[Zone(name="UC", core=core, edge=edge, tls_verify_subject_name=CLUSTER)],
            uc_servers=[
                UcServer(
                    name=CUCM, tomcat=self.leaf(CUCM), tomcat_trust=cas, callmanager_trust=cas, presented_cas=cas[1:]
                )
            ],
            clients=[
                Client(
                    service_domain="example.com",
                    family=self.rng.choice((ClientFamily.JABBER, ClientFamily.PHONE)),
                    trusted_ca=[self.root.certificate],
                )
            ],
            uploads=[
                Upload(file=self.leaf(E1, "example.com").to_pem().encode(), node=E1),
                Upload(file=self.ca_file(), node=C1, store="trusted-ca", file_name="new-cas.pem"),
            ],
        )

    def ca_file(self) -> bytes:
        """Return a file with a CA that ends some day."""
        other = self.factory.root("Other Root CA", not_before=self.when(-9, 9), not_after=self.when(25, 300))
        return other.pem.encode()


@cache
def drawn_site(number: int) -> Deployment:
    """Return the site of that number; the same number gives the same one."""
    return DrawnSite(number).deployment()
