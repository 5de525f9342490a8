"""NIST's PKITS, from the package ``cryptography-vectors``, against the system's own OpenSSL 3.0."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import cryptography_vectors
import openssl_oracle
import pytest
from judging import difference, judge, surprises
from openssl_oracle import Question

from expressway_certs import Certificate, RevocationList

FOLDER: Final = Path(cryptography_vectors.__path__[0]) / "x509" / "PKITS_data"
VALID, TOO_LATE = 1_302_825_600, 1_925_000_000
"""Instants in 2011, when the certificates of PKITS hold, and in 2031, when they have expired."""
ROOT: Final = "TrustAnchorRootCertificate"
ASKED: Final = [
    (crl_check, level, at) for crl_check in (None, "leaf", "all") for level in (0, 1) for at in (VALID, TOO_LATE)
]

KNOWN: Final[dict[str, str]] = {}
"""The differences that are meant, each with its reason: "certificate crl_check level time"."""

with_oracle = pytest.mark.skipif(openssl_oracle.library() is None, reason="the system has no libcrypto of OpenSSL 3.0")


@cache
def files(folder: str) -> dict[str, bytes]:
    """Return the DER files in a folder of PKITS by name, in the order of their names."""
    return {path.stem: path.read_bytes() for path in sorted((FOLDER / folder).iterdir())}


def leaves() -> list[str]:
    """Return the names of the end-entity certificates."""
    return [name for name in files("certs") if name.endswith("EE")]


def question(leaf: str, crl_check: str | None, level: int, at: int) -> Question:
    """Ask for one certificate: the root is trusted, and every other CA certificate there is was sent."""
    certificates = files("certs")
    return Question(
        leaf=certificates[leaf],
        trust=(certificates[ROOT],),
        presented=tuple(der for name, der in certificates.items() if name != ROOT and not name.endswith("EE")),
        at=at,
        security_level=level,
        crls=tuple(files("crls").values()),
        crl_check=crl_check,
    )


@with_oracle
@pytest.mark.parametrize(("crl_check", "level", "at"), ASKED)
def test_pkits_is_judged_as_openssl_judges_it(crl_check: str | None, level: int, at: int) -> None:
    """Every end-entity certificate of PKITS has OpenSSL's verdict, number, depth and chain."""

    def asked() -> Iterator[tuple[str, str | None]]:
        for leaf in leaves():
            put = question(leaf, crl_check, level, at)
            theirs = openssl_oracle.ask(put)
            assert theirs is not None
            yield f"{leaf} {crl_check} {level} {at}", difference(judge(put), theirs)

    expected = {name: why for name, why in KNOWN.items() if name.endswith(f" {crl_check} {level} {at}")}
    assert surprises(asked(), expected) == []


def test_pkits_is_whole_and_varied() -> None:
    """The package holds all of PKITS, and the judge finds every kind of fault in it that does not need policies."""
    assert (len(files("certs")), len(leaves()), len(files("crls"))) == (405, 223, 173)
    found = {judge(question(leaf, "all", 1, VALID)).code for leaf in leaves()}
    assert found == {0, 3, 7, 8, 9, 10, 12, 20, 23, 25, 34, 35, 36, 44, 47, 48, 66, 68, 79}


def test_every_certificate_of_pkits_loads() -> None:
    """Certificates that `cryptography` refuses (DSA keys without parameters, negative serial numbers) load too."""
    for name, der in files("certs").items():
        certificate = Certificate.from_der(der)
        assert certificate.der == der
        assert certificate.issuer.startswith("C=US, O="), name
        assert certificate.not_before < certificate.not_after, name
        assert certificate.key.algorithm == ("DSA" if "DSA" in name else "RSA"), name


def test_what_cryptography_refuses_is_read() -> None:
    """A DSA key without parameters has no size, and a negative serial number is a number."""
    certificates = files("certs")
    assert Certificate.from_der(certificates["DSAParametersInheritedCACert"]).key.size is None
    assert Certificate.from_der(certificates["InvalidNegativeSerialNumberTest15EE"]).serial_number == -1


def test_every_crl_of_pkits_loads() -> None:
    """Every CRL of PKITS can be loaded, also the malformed and the old ones."""
    for der in files("crls").values():
        assert RevocationList.from_der(der).der == der
