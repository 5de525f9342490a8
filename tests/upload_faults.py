"""A fault for each rule about an upload: a file for a node of the good site, and what the report says of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import attrs
import sites
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from sites import AT, CLUSTER, FACTORY, ISSUING, RENEWED, ROOT, good_site, with_node

from expressway_certs import CertificateRequest, Deployment, Expressway, Report, check_upload
from expressway_certs.testing import CertificateFactory, Issued, break_site
from expressway_certs.testing.keys import rsa_key

EDGE: Final = "expe1.example.com"
CORE: Final = "expc1.example.com"
NAMES: Final = {EDGE: (EDGE, "example.com"), CORE: (CORE, CLUSTER)}
# Before X14.3 a certificate for upload has an RSA key.
KEY: Final = rsa_key(0)
OTHER_KEY: Final = rsa_key(1)
EDGE_NOT_CA: Final = "2.23.140.1.2.1"


def leaf(node: str = EDGE, issuer: Issued = ISSUING, **options: object) -> Issued:
    """Return a sound certificate for a node of the good site, but for ``options``."""
    settings = {"common_name": node, "dns_names": NAMES[node], "key": KEY, **options}
    return FACTORY.leaf(issuer, **settings)


def uploaded(
    file: str | bytes,
    node: str = EDGE,
    *,
    release: str = "X14.2",
    private_key: str | bytes | None = None,
    store: str = "server",
    boxes: tuple[str, ...] = (),
    **fields: object,
) -> Report:
    """Return the report on a file uploaded onto a node of the good site, whose fields may differ."""
    site = site_with(node, release, **fields)
    ticked = dict.fromkeys(boxes, True)
    return check_upload(
        file, onto=site.expressway(node), private_key=private_key, store=store, deployment=site, at=AT, **ticked
    )


def site_with(node: str, release: str = "X14.2", **fields: object) -> Deployment:
    """Return the good site with other fields of one node."""
    site = good_site(release)
    return with_node(site, attrs.evolve(site.expressway(node), **fields))


def pem(public_key: CertificatePublicKeyTypes) -> str:
    """Return a certificate for the edge node with a key that the factory does not make."""
    issuer = ISSUING.certificate.to_cryptography().subject
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, EDGE)])
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in NAMES[EDGE]])
    day = timedelta(days=1)
    builder = x509.CertificateBuilder(issuer, subject, public_key, 4711, AT - day, AT + 300 * day)
    signed = builder.add_extension(names, critical=False).sign(ISSUING.key, hashes.SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


def signed_with_sha1() -> Report:
    """Return the report on a certificate that an RSA CA signed with SHA-1."""
    key = rsa_key(2)
    issuer = FACTORY.intermediate(ROOT, "Old Issuing CA", key=key)
    issued = leaf(issuer=issuer)
    sha256, sha1 = (bytes.fromhex(f"2a864886f70d0101{end}") for end in ("0b", "05"))
    whole = issued.der.replace(sha256, sha1)
    body = issued.certificate.to_cryptography().tbs_certificate_bytes.replace(sha256, sha1)
    signature = key.sign(body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - what the rule is about
    file = x509.load_der_x509_certificate(whole[: -len(signature)] + signature).public_bytes(Encoding.PEM)
    trusted = good_site().expressway(EDGE).trusted_ca.adding(issuer.certificate)
    return uploaded(file, trusted_ca=trusted)


def key_pem(key: rsa.RSAPrivateKey = KEY, password: bytes | None = None) -> str:
    """Return a private key as PEM, under a password where one is given."""
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode()


def request(key: rsa.RSAPrivateKey = KEY, name: str = EDGE) -> CertificateRequest:
    """Return a request for that key."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName(one) for one in NAMES[EDGE]])
    builder = x509.CertificateSigningRequestBuilder(subject).add_extension(names, critical=False)
    return CertificateRequest.from_der(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))


def self_signed() -> Report:
    """Return the report on a self-signed certificate that the node trusts."""
    own = FACTORY.self_signed(EDGE, dns_names=NAMES[EDGE], key=KEY)
    return uploaded(own.pem, trusted_ca=good_site().expressway(EDGE).trusted_ca.adding(own.certificate))


def under_limited_ca() -> Report:
    """Return the report on a certificate for both usages under an intermediate for servers alone."""
    limited = FACTORY.intermediate(ROOT, "Server Issuing CA", extended_key_usage=("serverAuth",))
    trusted = good_site().expressway(EDGE).trusted_ca.adding(limited.certificate)
    return uploaded(leaf(issuer=limited).pem, trusted_ca=trusted)


def under_same_name(release: str = "X14.2") -> Report:
    """Return the report on a certificate whose issuer stands below another CA of its name in the list."""
    factory = CertificateFactory(seed=9, at=AT)
    plain = {"subject_key_identifier": None, "authority_key_identifier": None}
    root = factory.root("Twin Root CA")
    twins = [factory.intermediate(root, "Twin Issuing CA", **plain) for _ in range(2)]
    issued = factory.leaf(twins[1], EDGE, dns_names=NAMES[EDGE], key=KEY, authority_key_identifier=None)
    return uploaded(issued.pem, release=release, trusted_ca=sites.store(root, *twins))


def shared() -> Report:
    """Return the report on a certificate that is in place on the other peer."""
    both = leaf(dns_names=(*NAMES[EDGE], "expe2.example.com"))
    site = site_with("expe2.example.com", server_certificate=both.certificate)
    return check_upload(both.pem, onto=site.expressway(EDGE), deployment=site, at=AT)


def many_names() -> tuple[str, ...]:
    """Return the names of the edge node behind more than 999 characters of others."""
    return (*(f"alias{number:02}.example.com" for number in range(60)), *NAMES[EDGE])


_ON: Final = {
    "upload-lacks-names": CORE,
    "upload-client-store-without-client-auth": CORE,
    "upload-copied-without-client-auth": CORE,
}
_RELEASES: Final = {
    "upload-client-store-without-client-auth": "X15.5",
    "upload-copied-without-client-auth": "X15.5",
}
_OF_THE_KIT: Final = (
    "upload-page-not-on-release",
    "upload-not-a-pem-certificate",
    "upload-holds-several-certificates",
    "upload-self-signed",
    "upload-key-not-usable",
    "upload-key-while-request-pending",
    "upload-key-without-newline",
    "upload-key-does-not-match",
    "upload-name-not-fqdn",
    "upload-without-common-name",
    "upload-wildcard",
    "upload-alternative-names-too-long",
    "upload-lacks-names",
    "upload-without-client-auth",
    "upload-without-server-auth",
    "upload-client-store-without-client-auth",
    "upload-copied-without-client-auth",
    "upload-rsa-8192",
    "upload-is-ca",
    "upload-key-kind-not-supported",
    "upload-needs-restart",
)


def of_the_kit(rule: str) -> Report:
    """Return what the page says of the file that waits on the good site with the kit's fault."""
    site = break_site(good_site(_RELEASES.get(rule, "X14.2")), rule, node=_ON.get(rule, EDGE), at=AT)
    (upload,) = site.uploads
    return check_upload(
        upload.file,
        onto=site.expressway(upload.node),
        private_key=upload.private_key,
        store=upload.store,
        copy_to_client=upload.copy_to_client,
        deployment=site,
        at=AT,
    )


UPLOAD_FAULTS: Final[dict[str, Callable[[], Report]]] = {
    **{rule: partial(of_the_kit, rule) for rule in _OF_THE_KIT},
    # Those at the very edge of what a rule looks at, where the kit's fault stands clear of it.
    "upload-chain-untrusted": lambda: uploaded(leaf(issuer=RENEWED).pem),
    "upload-chain-broken": under_same_name,
    "upload-purpose-not-valid": under_limited_ca,
    "upload-weak": signed_with_sha1,
    "upload-name-not-readable": lambda: uploaded(leaf(attributes=[("1.3.6.1.4.1.6449.1.2.1.5.1", "x")]).pem),
    "upload-expired": lambda: uploaded(leaf(not_after=AT).pem),
    "upload-not-yet-valid": lambda: uploaded(leaf(not_before=AT + timedelta(seconds=1)).pem),
    "upload-expires-soon": lambda: uploaded(leaf(not_after=AT + timedelta(days=21)).pem),
    "upload-valid-beyond-2050": lambda: uploaded(leaf(not_after=datetime(2050, 1, 1, tzinfo=UTC)).pem),
    "upload-lifetime-over-limit": lambda: uploaded(
        leaf(policies=[EDGE_NOT_CA], not_before=AT, not_after=AT + timedelta(days=365)).pem
    ),
    "upload-shared-with-peer": shared,
}
"""A report for each rule, in which that rule fires."""

DSA_KEY: Final[Callable[[], dsa.DSAPublicKey]] = lambda: dsa.generate_private_key(2048).public_key()  # noqa: E731
BRAINPOOL: Final[Callable[[], ec.EllipticCurvePublicKey]] = lambda: ec.generate_private_key(  # noqa: E731
    ec.BrainpoolP256R1()
).public_key()


def node_of(report: Report) -> Expressway | None:
    """Return the node with the certificate in its place, where the page takes it."""
    return report.after.expressway(report.findings[0].node) if report.after else None
