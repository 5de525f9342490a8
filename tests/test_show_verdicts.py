"""A verdict and a file report as text and as JSON values."""

from pathlib import Path
from typing import Final

import jsonschema
import pytest
from report_samples import AT, HARMLESS, HOSTILE, hostile_leaf

from expressway_certs import Verdict, VerifyPolicy, identify, verify
from expressway_certs.show.schema import VERDICT_JSON_SCHEMA
from expressway_certs.show.verdicts import certificate_line, file_text, verdict_text, verdict_values, wrapped
from expressway_certs.testing import CertificateFactory, Issued

AT_AT: Final = VerifyPolicy(at=AT)


@pytest.fixture
def chain() -> tuple[Issued, Issued, Issued]:
    """Return a root, an intermediate under it, and a leaf under that."""
    factory = CertificateFactory(seed=8, at=AT)
    root = factory.root("Example Root CA")
    issuing = factory.intermediate(root, "Example Issuing CA")
    return root, issuing, factory.leaf(issuing, "expe1.example.com", issuer_urls=["http://pki.example.com/ca"])


@pytest.fixture
def yes(chain: tuple[Issued, Issued, Issued]) -> Verdict:
    """Return a verdict that says yes."""
    root, issuing, leaf = (one.certificate for one in chain)
    return verify(leaf, [root], [issuing], AT_AT)


@pytest.fixture
def no(chain: tuple[Issued, Issued, Issued]) -> Verdict:
    """Return the verdict where the intermediate is missing."""
    return verify(chain[2].certificate, [chain[0].certificate], policy=AT_AT)


def test_a_yes_shows_the_chain(yes: Verdict, chain: tuple[Issued, Issued, Issued]) -> None:
    """The answer, and the chain from the leaf to its anchor with depths."""
    assert verdict_text(yes, width=200).splitlines() == [
        "OK: 'expe1.example.com' is trusted: it chains to 'Example Root CA' in the trust store.",
        "chain:",
        *(f"  {depth}  {certificate_line(one.certificate)}" for depth, one in enumerate(reversed(chain))),
    ]


def test_a_no_says_why(no: Verdict, chain: tuple[Issued, Issued, Issued]) -> None:
    """OpenSSL's number, depth and words; the certificate; the explanation; and the chain so far."""
    line = certificate_line(chain[2].certificate)
    assert verdict_text(no, width=1000).splitlines() == [
        "error 20 at depth 0: unable to get local issuer certificate (OpenSSL 3.0)",
        f"certificate: {line}",
        f"why: {no.explanation}",
        "chain, as far as it goes:",
        f"  0  {line}",
    ]


def test_a_certificate_in_a_line(chain: tuple[Issued, Issued, Issued]) -> None:
    """Name, role, end of validity in UTC, and the start of the fingerprint."""
    root = chain[0].certificate
    assert certificate_line(root) == (
        f"Example Root CA (root, valid until 2036-11-21 12:00 UTC, sha256 {root.sha256[:16]})"
    )


def test_the_values_fit_the_schema(yes: Verdict, no: Verdict) -> None:
    """The JSON of either answer is what the schema says."""
    for verdict in (yes, no):
        jsonschema.validate(verdict_values(verdict), VERDICT_JSON_SCHEMA)


def test_the_values_say_what_the_verdict_says(no: Verdict, chain: tuple[Issued, Issued, Issued]) -> None:
    """The number, the depth and the missing issuer are there as values, not only as text."""
    values = verdict_values(no)
    identifier = chain[1].certificate.subject_key_identifier
    assert identifier is not None
    assert (values["ok"], values["code"], values["depth"], values["openssl"]) == (False, 20, 0, "3.0")
    assert values["missing"] == {
        "name": "O=Example, CN=Example Issuing CA",
        "key_identifier": identifier.hex(),
        "urls": ["http://pki.example.com/ca"],
    }
    assert [one["sha256"] for one in values["chain"]] == [chain[2].certificate.sha256]
    assert values["certificate"]["serial"] == f"{chain[2].certificate.serial_number:x}"


def test_a_yes_misses_nothing(yes: Verdict) -> None:
    """What only a fault has is null."""
    values = verdict_values(yes)
    assert [values[name] for name in ("missing", "extension", "expected", "found")] == [None] * 4
    assert (values["code"], len(values["chain"])) == (0, 3)


def test_hostile_names_are_harmless() -> None:
    """A verdict and a file report show a hostile subject as it is."""
    hostile = hostile_leaf()
    authority = CertificateFactory(seed=4, at=AT).root(HOSTILE)
    child = CertificateFactory(seed=4, at=AT).leaf(authority, "leaf").certificate
    texts = [
        verdict_text(verify(child, [authority.certificate], policy=AT_AT), width=1000),
        verdict_text(verify(child, [], policy=AT_AT), width=1000),
        verdict_text(verify(hostile.certificate, [], policy=AT_AT), width=1000),
        file_text(identify(hostile.pem), width=1000),
    ]
    assert all(HARMLESS in text.replace("\n  ", " ") for text in texts)
    assert all(one.isprintable() or one == "\n" for text in texts for one in text)


def test_a_file_is_told_in_a_sentence(tmp_path: Path, chain: tuple[Issued, Issued, Issued]) -> None:
    """Its name, the sentence, and the certificates in it."""
    path = tmp_path / "leaf.der"
    path.write_bytes(chain[2].der)
    assert file_text(identify(path), width=1000).splitlines() == [
        f"{path}: a DER certificate: Expressway takes PEM; here it is",
        f"  {certificate_line(chain[2].certificate)}",
    ]


def test_bytes_have_no_name() -> None:
    """Without a path there is only the sentence."""
    assert file_text(identify(b"")) == "an empty file: download or export it again"


def test_long_lines_are_broken_at_spaces() -> None:
    """The later lines stand below the first, and a long word is left whole to be copied."""
    assert wrapped("  why: " + "word " * 4 + "a" * 30, 20).splitlines() == [
        "  why: word word",
        "    word word",
        "    " + "a" * 30,
    ]
