"""The judge against what OpenSSL 3.0.22 and 1.1.1w are recorded to have said to the public test vectors."""

from collections.abc import Iterator
from typing import Final, get_args

import openssl_oracle
import pytest
import vectors
from judging import Version, difference, is_readable, judge, surprises
from vectors import PROFILES, SUITES, Vector

from expressway_certs.x509 import codes

VERSIONS: Final[tuple[Version, ...]] = get_args(Version)

KNOWN: Final[dict[str, str]] = {}
"""The differences that are meant, each with its reason: "suite/case version profile". There is none."""

pytestmark = pytest.mark.skipif(
    not vectors.FOLDER.is_dir(), reason="the public test vectors (shared/conformance) do not lie beside the checkout"
)


def _name(vector: Vector, version: Version, profile: str) -> str:
    return f"{vector.name} {version} {profile}"


def _asked(suite: str, version: Version) -> Iterator[tuple[str, str | None]]:
    for vector in vectors.suite(suite):
        for profile in PROFILES:
            mine = judge(vector.question(profile), version)
            yield _name(vector, version, profile), difference(mine, vector.recorded(profile, version))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("suite", SUITES)
def test_the_judge_says_what_openssl_said(suite: str, version: Version) -> None:
    """Every case of a suite, under every graded profile, has the recorded verdict, number, depth and chain."""
    expected = {name: why for name, why in KNOWN.items() if name.startswith(f"{suite}/") and f" {version} " in name}
    assert surprises(_asked(suite, version), expected) == []


def test_every_known_difference_is_about_a_case() -> None:
    """The table of known differences names nothing that no test asks."""
    asked = {
        _name(vector, version, profile)
        for vector in vectors.all_vectors()
        for version in VERSIONS
        for profile in PROFILES
    }
    assert set(KNOWN) <= asked
    assert len(asked) == 14_800


def test_no_vector_is_left_out() -> None:
    """All 1,480 cases of all the files are read, and no file is passed over."""
    assert sum(1 for _ in vectors.all_vectors()) == 1480
    files = {path.stem for path in vectors.FOLDER.glob("*.json")}
    assert files == {*SUITES, "verify_error_strings"}


def test_no_crl_is_left_out_but_broken_ones() -> None:
    """The CRLs that are not asked about are the ten whose bytes are no CRL, to OpenSSL neither."""
    broken = {
        crl
        for vector in vectors.all_vectors()
        for member in vector.case["crls"]
        if not is_readable(crl := vector.pool[member])
    }
    assert len(broken) == 10


def test_the_branches_are_recorded_apart() -> None:
    """The recorded answers of 1.1.1 are not those of 3.0 again, so that asking for both asks for two things."""
    apart = [
        vector
        for vector in vectors.all_vectors()
        if any(vector.recorded(profile, "3.0") != vector.recorded(profile, "1.1.1") for profile in PROFILES)
    ]
    assert len(apart) == 39


@pytest.mark.parametrize("version", VERSIONS)
def test_the_words_for_each_number_are_openssl_s(version: Version) -> None:
    """Each error number has the words of ``X509_verify_cert_error_string`` in the branch that is asked for."""
    recorded = vectors.error_strings(version)
    assert {number: codes.reason(number, version) for number in recorded} == recorded
    assert len(recorded) == 96


def _has_recorded_release() -> bool:
    library = openssl_oracle.library()
    return library is not None and openssl_oracle.version(library) >= (3, 0, 22)


@pytest.mark.skipif(
    not _has_recorded_release(), reason="the system's OpenSSL is not 3.0.22 or later (delta CRLs are judged otherwise)"
)
@pytest.mark.parametrize("suite", SUITES)
def test_the_oracle_says_what_was_recorded(suite: str) -> None:
    """The system's OpenSSL, as the tests ask it, gives the recorded answers of 3.0.22: so it is asked rightly."""

    def asked() -> Iterator[tuple[str, str | None]]:
        for vector in vectors.suite(suite):
            for profile in PROFILES:
                theirs = openssl_oracle.ask(vector.question(profile))
                assert theirs is not None
                yield _name(vector, "3.0", profile), difference(theirs, vector.recorded(profile, "3.0"))

    assert surprises(asked(), {}) == []
