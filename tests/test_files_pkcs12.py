"""PKCS#12 opens with its password, in every encryption that tools have used, and without doing too much work."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from file_samples import PASSWORD, ca, der, key_samples, leaf, leaf_key, pem, pkcs12_file, private, samples
from test_fuzz_loaders import pkcs12_of_work

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import pbe, rc2
from expressway_certs.x509.files import pkcs12 as pkcs12_format
from expressway_certs.x509.files.containers import certificate_ders
from expressway_certs.x509.files.keys import load_private_key

BOTH = (der(leaf()), der(ca()))
PASSWORDS = ("", "secret", "pässwörd€", "with space", "\U0001f511")
ENCRYPTIONS = {
    "today's default": (),
    "the default before OpenSSL 3": ("-legacy",),
    "RC2 of 128 bits": ("-legacy", "-certpbe", "PBE-SHA1-RC2-128"),
    "two-key 3DES": ("-legacy", "-certpbe", "PBE-SHA1-2DES"),
    "AES-128": ("-certpbe", "AES-128-CBC"),
    "AES-192 and SHA-512": ("-certpbe", "AES-192-CBC", "-macalg", "sha512"),
    "3DES under PBES2": ("-certpbe", "DES-EDE3-CBC"),
    "many rounds": ("-iter", "20000"),
    "no MAC": ("-nomac",),
    "nothing encrypted": ("-certpbe", "NONE", "-keypbe", "NONE", "-nomac"),
}


@pytest.fixture(scope="session")
def pems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the leaf, its key and the CA as PEM."""
    folder = tmp_path_factory.mktemp("pkcs12")
    files = {"leaf.pem": pem(leaf()), "leaf.key": private(leaf_key()), "ca.pem": pem(ca())}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def export(folder: Path, password: str, *options: str) -> bytes:
    """Return what OpenSSL's command exports; skip where it cannot."""
    command = ["openssl", "pkcs12", "-export", "-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "ca.pem", *options]
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin", "P": password}
    result = subprocess.run(
        [*command, "-passout", "env:P"], cwd=folder, capture_output=True, check=False, env=environment
    )
    if result.returncode:
        pytest.skip("this openssl has no such encryption")
    return result.stdout


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("encryption", ENCRYPTIONS)
def test_what_openssl_exports_opens(pems: Path, encryption: str, password: str) -> None:
    """The leaf and the CA come out, as text and as UTF-8 bytes of the password; no password means an empty one."""
    data = export(pems, password, *ENCRYPTIONS[encryption])
    assert certificate_ders(data, password=password) == BOTH
    assert certificate_ders(data, password=password.encode()) == BOTH
    if not password:
        assert certificate_ders(data) == BOTH


def test_what_cryptography_exports_opens() -> None:
    """The files of the `cryptography` library open too."""
    assert certificate_ders(pkcs12_file()) == BOTH
    assert certificate_ders(pkcs12_file(PASSWORD), password=PASSWORD) == BOTH


def test_a_trust_store_without_keys_opens() -> None:
    """A file with certificates alone, as Java makes trust stores, gives them."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption  # noqa: PLC0415 - once

    entries = [pkcs12.PKCS12Certificate(certificate, None) for certificate in (leaf(), ca())]
    data = pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(PASSWORD.encode()))
    assert certificate_ders(data, password=PASSWORD) == BOTH


@pytest.mark.parametrize("password", [3, ["secret"], bytearray(b"secret")])
def test_a_password_of_another_type_is_a_mistake_of_the_caller(password: object) -> None:
    """What is neither text nor bytes is TypeError, for PKCS#12 and for every kind of locked key."""
    for data in (key_samples()["locked8.key"], key_samples()["locked1.key"]):
        with pytest.raises(TypeError, match="a password is text or bytes"):
            load_private_key(data, password=password)
    with pytest.raises(TypeError, match="a password is text or bytes"):
        certificate_ders(samples()["locked.p12"], password=password)


def test_a_missing_password_is_asked_for() -> None:
    """Without its password the file says that it needs one."""
    with pytest.raises(LoadError) as caught:
        certificate_ders(pkcs12_file(PASSWORD), where="a.p12")
    assert caught.value.found == "a PKCS#12 file that needs a password"
    assert caught.value.where == "a.p12"


@pytest.mark.parametrize("encryption", ["today's default", "the default before OpenSSL 3", "RC2 of 128 bits"])
def test_a_wrong_password_is_told_and_not_repeated(pems: Path, encryption: str) -> None:
    """A wrong password is an error of its own, and never part of the message."""
    data = export(pems, PASSWORD, *ENCRYPTIONS[encryption])
    with pytest.raises(LoadError) as caught:
        certificate_ders(data, password="hunter2-wrong")
    assert caught.value.found.startswith("a PKCS#12 file with another password than the one given")
    assert "hunter2" not in str(caught.value) + repr(caught.value)


def test_a_damaged_file_does_not_pass() -> None:
    """One changed bit anywhere in the certificates is seen by the MAC."""
    data = bytearray(pkcs12_file(PASSWORD))
    data[len(data) // 2] ^= 1
    with pytest.raises(LoadError):
        certificate_ders(bytes(data), password=PASSWORD)


def test_a_cut_file_does_not_pass() -> None:
    """A file whose end is missing is broken, and does not ask for another password."""
    with pytest.raises(LoadError, match="broken"):
        certificate_ders(pkcs12_file(PASSWORD)[:-40], password=PASSWORD)


def test_the_mac_is_looked_at_where_nothing_is_encrypted(pems: Path) -> None:
    """Certificates that lie open under a MAC are still not taken with another password."""
    data = export(pems, PASSWORD, "-certpbe", "NONE", "-keypbe", "NONE")
    assert certificate_ders(data, password=PASSWORD) == BOTH
    for password in (None, "wrong"):
        with pytest.raises(LoadError):
            certificate_ders(data, password=password)


def test_a_huge_file_is_not_opened() -> None:
    """PKCS#12 has a size limit of its own."""
    data = pkcs12_of_work(1)
    with pytest.raises(LoadError, match="more than 4 MiB"):
        certificate_ders(data + bytes(pkcs12_format.MAX_BYTES))


@pytest.mark.parametrize("rounds", [pbe.MAX_ITERATIONS + 1, 10**9, 2**38])
def test_a_file_that_asks_for_too_much_work_is_refused(rounds: int) -> None:
    """The iteration count is looked at before anything is derived."""
    with pytest.raises(LoadError) as caught:
        certificate_ders(pkcs12_of_work(rounds), password=PASSWORD)
    assert f"an iteration count of {rounds}, which is not allowed here" in caught.value.found
    assert "openssl pkcs12" in caught.value.remedy


def test_work_is_counted_over_the_whole_file() -> None:
    """Many parts with an allowed count each cannot add up to more than is allowed."""
    budget = pbe.Budget()
    assert budget.take(pbe.MAX_ITERATIONS - 1) == pbe.MAX_ITERATIONS - 1
    assert budget.take(1) == 1
    with pytest.raises(pbe.UnsupportedError):
        budget.take(1)


# RFC 2268 section 5, the vectors whose effective length is the whole key.
@pytest.mark.parametrize(
    ("key", "plain", "encrypted"),
    [
        ("ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"),
        ("3000000000000000", "1000000000000001", "30649edf9be7d2c2"),
        ("88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"),
    ],
)
def test_rc2_decrypts_the_published_vectors(key: str, plain: str, encrypted: str) -> None:
    """RFC 2268's examples, with an IV of zeros for CBC."""
    decrypted = rc2.decrypt_cbc(bytes.fromhex(key), bytes(8), bytes.fromhex(encrypted))
    assert decrypted.hex() == plain


def test_rc2_refuses_what_is_no_whole_block() -> None:
    """An odd length, a short IV and too much are refused."""
    for iv, data in ((bytes(8), bytes(7)), (bytes(7), bytes(8)), (bytes(8), bytes(rc2.MAX_BYTES + 8))):
        with pytest.raises(ValueError, match="RC2"):
            rc2.decrypt_cbc(bytes(5), iv, data)
