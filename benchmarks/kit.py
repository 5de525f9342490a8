"""The test kit beside trustme: the same things made by both, in lines and milliseconds.

`python -m benchmarks.kit` measures and writes the table of the page about the kit. `TASKS` has a pair of functions for
each row, with OpenSSL's verdict on what they make; tests hold them to it.
"""

from __future__ import annotations

import argparse
import inspect
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import attrs
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from expressway_certs import Certificate, Purpose, RevocationList, VerifyPolicy, verify
from expressway_certs.testing import CertificateFactory

HOST: Final = "expe1.example.com"
DAY: Final = timedelta(days=1)
TABLE: Final = Path(__file__).parent.parent / "docs" / "kit-table.inc"
ROUNDS: Final = 200


@attrs.frozen
class Made:
    """What a maker gives, all in PEM: the leaf, what goes with it, the root, and a CRL where one was wanted."""

    leaf: str | bytes
    presented: tuple[str | bytes, ...]
    root: str | bytes
    crl: str | bytes | None = None


def kit_two_tiers() -> Made:
    """Make a root, an intermediate and a leaf."""
    factory = CertificateFactory()
    root = factory.root("Root CA")
    issuing = factory.intermediate(root, "Issuing CA")
    leaf = factory.leaf(issuing, HOST)
    return Made(leaf.pem, (issuing.pem,), root.pem)


def trustme_two_tiers() -> Made:
    """Make a root, an intermediate and a leaf."""
    root = trustme.CA()
    issuing = root.create_child_ca()
    leaf = issuing.issue_cert(HOST)
    return Made(leaf.cert_chain_pems[0].bytes(), (issuing.cert_pem.bytes(),), root.cert_pem.bytes())


def kit_expired() -> Made:
    """Make a root and a leaf that has expired."""
    factory = CertificateFactory()
    root = factory.root("Root CA")
    leaf = factory.leaf(root, HOST, not_before=factory.at - 30 * DAY, not_after=factory.at - DAY)
    return Made(leaf.pem, (), root.pem)


def trustme_expired() -> Made:
    """Make a root and a leaf that has expired."""
    now = datetime.now(UTC)
    root = trustme.CA()
    leaf = root.issue_cert(HOST, not_before=now - 30 * DAY, not_after=now - DAY)
    return Made(leaf.cert_chain_pems[0].bytes(), (), root.cert_pem.bytes())


def kit_missing_intermediate() -> Made:
    """Make a leaf whose intermediate is not sent."""
    factory = CertificateFactory()
    root = factory.root("Root CA")
    leaf = factory.leaf(factory.intermediate(root, "Issuing CA"), HOST)
    return Made(leaf.pem, (), root.pem)


def trustme_missing_intermediate() -> Made:
    """Make a leaf whose intermediate is not sent."""
    root = trustme.CA()
    leaf = root.create_child_ca().issue_cert(HOST)
    return Made(leaf.cert_chain_pems[0].bytes(), (), root.cert_pem.bytes())


def kit_restricted_ca() -> Made:
    """Make a leaf for servers and clients under an intermediate for clients alone."""
    factory = CertificateFactory()
    root = factory.root("Root CA")
    issuing = factory.intermediate(root, "Issuing CA", extended_key_usage=["clientAuth"])
    leaf = factory.leaf(issuing, HOST)
    return Made(leaf.pem, (issuing.pem,), root.pem)


def trustme_restricted_ca() -> Made:
    """Make a leaf for servers and clients under an intermediate for clients alone."""
    root = trustme.CA()
    above = x509.load_pem_x509_certificate(root.cert_pem.bytes())
    above_key = load_pem_private_key(root.private_key_pem.bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Issuing CA")]))
        .issuer_name(above.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(above.not_valid_before_utc)
        .not_valid_after(above.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
        .sign(above_key, hashes.SHA256())
    )
    issuing = trustme.CA.from_pem(
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    leaf = issuing.issue_cert(HOST)
    return Made(leaf.cert_chain_pems[0].bytes(), (issuing.cert_pem.bytes(),), root.cert_pem.bytes())


def kit_crl() -> Made:
    """Make a root, a leaf, and a CRL that revokes it."""
    factory = CertificateFactory()
    root = factory.root("Root CA")
    leaf = factory.leaf(root, HOST)
    return Made(leaf.pem, (), root.pem, factory.crl(root, [leaf]).to_pem())


def trustme_crl() -> Made:
    """Make a root, a leaf, and a CRL that revokes it."""
    root = trustme.CA()
    leaf = root.issue_cert(HOST)
    now = datetime.now(UTC)
    revoked = (
        x509.RevokedCertificateBuilder()
        .serial_number(x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes()).serial_number)
        .revocation_date(now - DAY)
        .build()
    )
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.load_pem_x509_certificate(root.cert_pem.bytes()).subject)
        .last_update(now - DAY)
        .next_update(now + 30 * DAY)
        .add_revoked_certificate(revoked)
        .sign(load_pem_private_key(root.private_key_pem.bytes(), None), hashes.SHA256())
    )
    return Made(leaf.cert_chain_pems[0].bytes(), (), root.cert_pem.bytes(), crl.public_bytes(Encoding.PEM))


Maker = Callable[[], Made]

# What is made, OpenSSL's verdict on it (X509_V_ERR), and who makes it: the kit, trustme.
TASKS: Final[dict[str, tuple[int, Maker, Maker]]] = {
    "two-tier PKI": (0, kit_two_tiers, trustme_two_tiers),
    "expired leaf": (10, kit_expired, trustme_expired),
    "missing intermediate": (20, kit_missing_intermediate, trustme_missing_intermediate),
    "CA restricted to a usage": (26, kit_restricted_ca, trustme_restricted_ca),
    "CRL": (23, kit_crl, trustme_crl),
}


def verdict(made: Made) -> int:
    """Return what a TLS client with OpenSSL makes of it: the number of the error, 0 for none."""
    crls = [RevocationList.load(made.crl)] if made.crl else []
    policy = VerifyPolicy(purpose=Purpose.SERVER, crls=crls, crl_check="leaf" if crls else None)
    presented = [Certificate.load(one) for one in made.presented]
    return verify(Certificate.load(made.leaf), [Certificate.load(made.root)], presented, policy).code


def lines(maker: Maker) -> int:
    """Return how many lines the body of a function has, without its docstring."""
    text = inspect.getsource(maker)
    docstring = inspect.getdoc(maker) or ""
    return len(text.splitlines()) - 1 - len(docstring.splitlines())


def milliseconds(maker: Maker, rounds: int) -> float:
    """Return the median time that a function takes, in milliseconds."""
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        maker()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


def table(rounds: int) -> str:
    """Measure, and return the table as Markdown."""
    rows = ["| | kit: lines | trustme: lines | kit: ms | trustme: ms |", "|---|--:|--:|--:|--:|"]
    for name, (_, *makers) in TASKS.items():
        counted = [str(lines(maker)) for maker in makers]
        timed = [f"{milliseconds(maker, rounds):.2f}" for maker in makers]
        rows.append(f"| {' | '.join((name, *counted, *timed))} |")
    return "\n".join((*rows, ""))


def main() -> None:
    """Measure, print the table and write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often everything is made")
    parser.add_argument("--output", type=Path, default=TABLE, help="the file for the table")
    given = parser.parse_args()
    found = table(given.rounds)
    print(found)
    given.output.write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main()
