"""The private key file on the page Server certificate: in which form it is taken, by OpenSSL and so by the page."""

import base64
import pickle
import shutil
import subprocess
from pathlib import Path
from typing import Final

import attrs
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sites import AT, good_site
from upload_faults import EDGE, KEY, OTHER_KEY, key_pem, leaf, uploaded

from expressway_certs import Upload, audit

PEM: Final = key_pem().encode()
DER: Final = KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
PKCS1: Final = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
OPENSSH: Final = KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())

TAKEN: Final = {"PKCS#8": PEM, "PKCS#1": PKCS1, "CR LF": PEM.replace(b"\n", b"\r\n")}
NOT_TAKEN: Final = {
    "DER": (DER, "is in DER, not in PEM", "documented"),
    "Base64": (base64.b64encode(DER) + b"\n", "is in Base64, not in PEM", "documented"),
    "OpenSSH": (OPENSSH, "is no PEM that OpenSSL reads: found OpenSSH's own format", "inferred"),
    "byte order mark": (
        b"\xef\xbb\xbf" + PEM,
        "is no PEM that OpenSSL reads: found a byte order mark before the BEGIN line",
        "inferred",
    ),
    "UTF-16": (
        PEM.decode().encode("utf-16"),
        "is no PEM that OpenSSL reads: found two bytes for each character (UTF-16)",
        "inferred",
    ),
    "CR": (
        PEM.replace(b"\n", b"\r"),
        "is no PEM that OpenSSL reads: found lone carriage returns for line breaks",
        "inferred",
    ),
    "empty": (b"", "cannot be read as one private key: found an empty file", "inferred"),
    "two keys": (
        PEM + key_pem(OTHER_KEY).encode(),
        "cannot be read as one private key: found 2 private keys",
        "inferred",
    ),
}
# OpenSSL reads the first of two keys; 3.0 passes over a byte order mark, and 1.1.1 does not (docs/formats.md).
UNLIKE_OPENSSL_3: Final = {"two keys", "byte order mark"}


@pytest.mark.parametrize("form", TAKEN)
def test_a_key_in_plain_pem_is_taken(form: str) -> None:
    """Nothing is said of it, and OpenSSL reads it."""
    assert not uploaded(leaf().pem, private_key=TAKEN[form]).errors


@pytest.mark.parametrize("form", NOT_TAKEN)
def test_a_key_in_another_form_is_refused(form: str) -> None:
    """The page takes PEM alone (platform.md §1.1): the report says what the file is, and nothing else of it."""
    data, said, confidence = NOT_TAKEN[form]
    report = uploaded(leaf().pem, private_key=data)
    found = [(one.rule, one.message, one.sources[0].confidence) for one in report.errors]
    assert found == [("upload-key-not-usable", f"the private key file for the certificate file {said}", confidence)]
    assert report.after is None


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl command here")
@pytest.mark.parametrize("form", [*TAKEN, *sorted(NOT_TAKEN.keys() - UNLIKE_OPENSSL_3)])
def test_openssl_takes_the_same_files(form: str, tmp_path: Path) -> None:
    """What is taken here, OpenSSL reads as PEM, and nothing else."""
    data = TAKEN[form] if form in TAKEN else NOT_TAKEN[form][0]
    file = tmp_path / "key"
    file.write_bytes(data)
    command = ["openssl", "rsa", "-inform", "PEM", "-in", str(file), "-noout", "-passin", "pass:"]
    assert (subprocess.run(command, capture_output=True, check=False).returncode == 0) is (form in TAKEN)


def test_an_audit_looks_at_the_key_file_that_waits() -> None:
    """A key file goes with the upload in a deployment, as on the page; what is not the certificate's key is refused."""
    waiting = Upload(file=leaf().pem.encode(), node=EDGE, private_key=key_pem(OTHER_KEY))
    report = audit(attrs.evolve(good_site(), uploads=[waiting]), at=AT)
    assert [found.rule for found in report.findings] == ["upload-key-does-not-match"]


def test_a_key_file_is_looked_at_and_let_go() -> None:
    """Nothing of the key is in the upload, which tells what the file is; a page that takes no key refuses one."""
    waiting = Upload(file=b"", node=EDGE, private_key=PEM)
    secret = KEY.private_numbers().d
    assert waiting.private_key is not None
    assert waiting.private_key.found == "<PrivateKey RSA 2048>"
    assert [text for text in (f"{secret:x}", str(secret), PEM.decode()[40:80]) if text in repr(waiting)] == []
    assert waiting == attrs.evolve(waiting, private_key=PEM)
    with pytest.raises(ValueError, match="the page Trusted CA certificate takes no private key file"):
        attrs.evolve(waiting, store="trusted-ca")
    with pytest.raises(TypeError, match="a private key is not handed on"):
        pickle.dumps(waiting)
