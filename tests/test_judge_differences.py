"""Where the judge differs from OpenSSL on purpose: the list in docs/x509-judge.md, each item seen from both sides."""

import subprocess
from pathlib import Path

import make_der as make
import openssl_oracle
import pytest
from hierarchies import AT, YEAR
from judging import judge
from make_der import Spec
from openssl_oracle import Answer, Question

from expressway_certs import Certificate, TrustStore, VerifyPolicy, verify
from expressway_certs.x509 import der

pytestmark = pytest.mark.skipif(openssl_oracle.library() is None, reason="the system has no libcrypto of OpenSSL 3.0")
CA = make.extension("2.5.29.19", make.sequence(make.boolean(True)), critical=True)


def both(question: Question) -> tuple[Answer, Answer]:
    """Return OpenSSL's answer and the judge's."""
    theirs = openssl_oracle.ask(question)
    assert theirs is not None
    return theirs, judge(question)


def certificate(subject: str, issuer: str, key: str, signer: str, *extensions: bytes, serial: int = 1) -> bytes:
    """Return a certificate that is valid at the time of the tests."""
    names = make.common_name(subject), make.common_name(issuer)
    spec = Spec(
        subject=names[0], issuer=names[1], key=key, signer=signer, serial=serial, start=AT - YEAR, end=AT + YEAR,
        extensions=extensions,
    )  # fmt: skip
    return make.certificate(spec)


def made(folder: Path, name: str, *options: str) -> bytes:
    """Return a certificate of OpenSSL's command, which leaves its PEM and its key there; skip where it cannot."""
    command = ["openssl", "req", "-x509", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
    result = subprocess.run(
        [*command, "-subj", f"/CN={name}", "-days", "30", *options], cwd=folder, capture_output=True, check=False
    )
    if result.returncode:
        pytest.skip("this openssl cannot make it")
    return Certificate.load(folder / f"{name}.pem").der


def test_a_curve_that_cannot_be_checked_counts_as_too_weak(tmp_path: Path) -> None:
    """OpenSSL knows more curves than `cryptography`; the judge calls their keys too weak."""
    odd = made(tmp_path, "odd", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP320r1")
    theirs, mine = both(Question(leaf=odd, trust=(odd,), at=None))
    assert (theirs.ok, mine.code, mine.depth) == (True, 66, 0)


def test_a_digest_that_cannot_be_checked_counts_as_a_bad_signature(tmp_path: Path) -> None:
    """A signature with RIPEMD-160 is good for OpenSSL; the judge cannot check it and says no."""
    root = made(tmp_path, "root", "-newkey", "rsa:2048")
    odd = made(tmp_path, "odd", "-newkey", "rsa:2048", "-ripemd160", "-CA", "root.pem", "-CAkey", "root.key")
    theirs, mine = both(Question(leaf=odd, trust=(root,), at=None))
    assert (theirs.ok, mine.code, mine.depth) == (True, 7, 0)


def test_an_indefinite_length_in_an_extension_is_malformed() -> None:
    """OpenSSL reads BER in an extension, where RFC 5280 wants DER; the judge calls it malformed."""
    root = certificate("Root", "Root", "ec0", "ec0", CA)
    leaf = certificate("leaf", "Root", "ec1", "ec0", make.extension("2.5.29.37", b"\x30\x80\0\0"), serial=2)
    theirs, mine = both(Question(leaf=leaf, trust=(root,), at=AT))
    assert (theirs.ok, mine.code, mine.depth) == (True, 20, 0)


def test_a_name_that_openssl_cannot_read_is_a_name() -> None:
    """A VisibleString in a name makes a certificate unreadable to OpenSSL; here it is a name like any other."""
    names = (make.common_name("Root", tag) for tag in (der.VISIBLE_STRING, der.UTF8_STRING))
    odd, root = (
        make.certificate(
            Spec(
                subject=name, issuer=name, key="ec0", signer="ec0", serial=1, start=AT - YEAR, end=AT + YEAR,
                extensions=(CA, make.extension("1.2.3.4", bytes(300))),
            )
        )
        for name in names
    )  # fmt: skip
    leaf = certificate("leaf", "Root", "ec1", "ec0", serial=2)
    assert openssl_oracle.ask(Question(leaf=leaf, trust=(odd,), at=AT)) is None
    assert judge(Question(leaf=leaf, trust=(odd,), at=AT)).ok == judge(Question(leaf=leaf, trust=(root,), at=AT)).ok


def test_addresses_of_rfc_3779_are_not_compared() -> None:
    """OpenSSL holds a certificate's address blocks to its issuer's (46); the judge does not look at them."""

    def block(network: int) -> bytes:
        family = make.sequence(b"\x04\x02\x00\x01", make.sequence(b"\x03\x02\x00" + bytes((network,))))
        return make.extension("1.3.6.1.5.5.7.1.7", make.sequence(family), critical=True)

    root = certificate("Root", "Root", "ec0", "ec0", CA, block(10))
    leaf = certificate("leaf", "Root", "ec1", "ec0", block(11), serial=2)
    theirs, mine = both(Question(leaf=leaf, trust=(root,), at=AT))
    assert (theirs.code, mine.ok) == (46, True)


def test_the_trust_settings_of_a_trusted_certificate_are_dropped(tmp_path: Path) -> None:
    """A root that OpenSSL was told to reject for servers is one like any other here."""
    root = certificate("Root", "Root", "ec0", "ec0", CA)
    (tmp_path / "root.der").write_bytes(root)
    command = ["openssl", "x509", "-inform", "DER", "-in", "root.der", "-addreject", "serverAuth", "-trustout"]
    trusted = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    assert trusted.startswith(b"-----BEGIN TRUSTED CERTIFICATE-----")
    (tmp_path / "trusted.pem").write_bytes(trusted)
    leaf = Certificate.from_der(certificate("leaf", "Root", "ec1", "ec0", serial=2))
    (tmp_path / "leaf.pem").write_text(leaf.to_pem())
    options = ["-purpose", "sslserver", "-no_check_time", "-CAfile", "trusted.pem", "leaf.pem"]
    rejected = subprocess.run(
        ["openssl", "verify", *options], cwd=tmp_path, capture_output=True, check=False, text=True
    )
    assert "error 28 at 1 depth lookup" in rejected.stderr
    assert verify(leaf, TrustStore.load(trusted), policy=VerifyPolicy(purpose="server", check_time=False)).ok


def test_one_of_all_names_is_enough() -> None:
    """OpenSSL wants a host name and an address where both are asked for; the policy asks for one of its names."""
    root = certificate("Root", "Root", "ec0", "ec0", CA)
    leaf = certificate(
        "leaf", "Root", "ec1", "ec0", make.extension("2.5.29.17", make.sequence(make.dns("a.example.com")))
    )
    theirs, mine = both(
        Question(leaf=leaf, trust=(root,), at=AT, hosts=("a.example.com",), address=bytes((10, 0, 0, 1)))
    )
    assert (theirs.code, mine.ok) == (64, True)
