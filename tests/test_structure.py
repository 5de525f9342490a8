"""What OpenSSL does not read of a certificate in which something was changed, `identify` does not call ready."""

import pytest
from docs_files import contents
from file_samples import der, leaf
from openssl_oracle import _held, library

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.identify import identify
from expressway_certs.x509.files.pem import encode
from expressway_certs.x509.files.report import FileKind
from expressway_certs.x509.structure import refused

LEAVES = {"EC": der(leaf()), "RSA": Certificate.load(contents()["leaf.pem"]).der}
IN_NAME = Certificate(LEAVES["RSA"]).slices.subject


def is_taken(certificate: bytes) -> bool:
    """Whether it is loaded, and nothing of it refused."""
    try:
        Certificate.from_der(certificate)
    except LoadError:
        return False
    return refused(certificate) == ""


@pytest.mark.skipif(library() is None, reason="no libcrypto of OpenSSL 3.0")
@pytest.mark.parametrize("kind", LEAVES)
def test_nothing_is_taken_that_openssl_does_not_read(kind: str) -> None:
    """Of all certificates with one bit changed, OpenSSL reads each that is taken, but for two tags nobody uses.

    A slip in the tag of the extensions makes a unique identifier of them (RFC 5280 §4.1.2.8).
    """
    whole = LEAVES[kind]
    surplus = []
    for at in range(len(whole)):
        for bit in range(8):
            changed = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
            if is_taken(changed) and _held.__wrapped__("X509", changed) is None:
                surplus.append((at, changed[at]))
    key = Certificate(whole).slices.public_key_info
    tag = whole.index(key) + len(key)
    assert surplus == [(tag, 0xA2), (tag, 0xA1)]


DAMAGE = {
    "UTF-8 that is none": (IN_NAME, IN_NAME.replace(b"expe1", b"exp\xe31"), "its subject name cannot be read"),
    "a string of no text type": (IN_NAME, IN_NAME.replace(b"\x0c", b"\x04", 1), "its subject name cannot be read"),
    "a key that is none": (b"\x00\x30\x82\x01\x0a", b"\x00\x31\x82\x01\x0a", "its public key cannot be read"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_changed_letter_is_found(damage: str) -> None:
    """The sentence says what cannot be read and where, and no PEM of it is handed back."""
    old, new, words = DAMAGE[damage]
    assert old in LEAVES["RSA"]
    text = encode(LEAVES["RSA"].replace(old, new, 1))
    for data, place in ((text, " (block 1, line 1)"), (LEAVES["RSA"].replace(old, new, 1), ""), ("> " + text, None)):
        report = identify(data)
        assert (report.kind, report.pem, report.is_ready) == (FileKind.DAMAGED_CERTIFICATE, None, False)
        if place is not None:
            assert report.sentence == f"a damaged certificate: {words}{place}; copy or export it again"
