"""Private keys: read, compared with a certificate, and let go."""

import base64
import copy
import pickle
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from file_samples import PASSWORD, key_samples, leaf, leaf_key, pem, private, request, rsa_key, samples
from test_fuzz_loaders import element, locked_key_of_work

from expressway_certs.testing.keys import ec_key
from expressway_certs.x509 import der
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.keys import load_private_key, same_key
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.request_building import RequestContents, build_request

LEAF = Certificate.from_pem(pem(leaf()))
OF_THE_LEAF = ("pkcs8.key", "pkcs8.der", "sec1.key", "openssh.key", "locked8.key", "locked8.der")


@pytest.mark.parametrize("name", sorted(key_samples()))
def test_every_form_is_read_and_compared(name: str) -> None:
    """Each file gives its key, which fits the certificate and the request exactly where it is theirs."""
    key = load_private_key(key_samples()[name], password=PASSWORD)
    assert key.matches(LEAF) is (name in OF_THE_LEAF)
    assert key.matches(CertificateRequest.from_der(samples()["request.der"])) is (name in OF_THE_LEAF)
    assert key.is_encrypted_file is name.startswith("locked")
    assert key.ends_with_newline is not name.endswith(".der")


@pytest.mark.parametrize(
    ("name", "algorithm", "size", "curve", "file_format"),
    [
        ("pkcs8.key", "EC", 256, "secp256r1", "PKCS#8"),
        ("sec1.key", "EC", 256, "secp256r1", "SEC1"),
        ("pkcs1.key", "RSA", 2048, None, "PKCS#1"),
        ("rsa8.key", "RSA", 2048, None, "PKCS#8"),
        ("ed25519.key", "Ed25519", 256, None, "PKCS#8"),
        ("openssh.key", "EC", 256, "secp256r1", "OpenSSH"),
        ("locked8.key", "EC", 256, "secp256r1", "PKCS#8"),
        ("locked1.key", "RSA", 2048, None, "traditional"),
    ],
)
def test_a_key_says_what_it_is(name: str, algorithm: str, size: int, curve: str | None, file_format: str) -> None:
    """Algorithm, size, curve and the form of the file."""
    key = load_private_key(key_samples()[name], password=PASSWORD)
    assert (key.algorithm, key.size, key.curve, key.file_format) == (algorithm, size, curve, file_format)


def test_the_other_algorithms_are_read() -> None:
    """DSA and Ed448 keys are keys too."""
    for made, algorithm in ((dsa.generate_private_key(2048), "DSA"), (ed448.Ed448PrivateKey.generate(), "Ed448")):
        data = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        assert load_private_key(data).algorithm == algorithm


def test_a_key_of_a_kind_that_no_certificate_has_is_refused() -> None:
    """A key for key agreement is called so, and no prime of it is checked."""
    data = x25519.X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(LoadError, match="no certificate here can have"):
        load_private_key(data)


def test_a_missing_final_newline_is_seen() -> None:
    """The product takes such a file and fails later, so that the check has to know."""
    assert load_private_key(key_samples()["pkcs8.key"].rstrip()).ends_with_newline is False


def test_a_key_beside_its_certificate_is_found(tmp_path: Path) -> None:
    """A file with both gives the key."""
    path = tmp_path / "both.pem"
    path.write_bytes(pem(leaf()) + key_samples()["sec1.key"])
    assert load_private_key(path).matches(LEAF)


def secrets_of(data: bytes) -> list[str]:
    """Return every run of eight characters of Base64 in a key's lines."""
    body = b"".join(line for line in data.splitlines() if not line.startswith(b"-") and b":" not in line).decode()
    return [body[i : i + 8] for i in range(0, len(body) - 8, 4)]


def test_nothing_of_the_key_shows() -> None:
    """Repr, str and every attribute have the public part alone, and there is no instance dictionary."""
    key = load_private_key(key_samples()["pkcs8.key"])
    secret = leaf_key().private_numbers().private_value
    raw = secret.to_bytes(32, "big")
    assert repr(key) == str(key) == "<PrivateKey EC secp256r1>"
    assert not hasattr(key, "__dict__")
    shown = [getattr(key, name) for name in dir(key) if not name.startswith("__")]
    assert raw not in key.public_key_der
    assert not any(raw in value for value in shown if isinstance(value, bytes))
    assert str(secret) not in repr(shown)


def test_a_key_is_not_handed_on() -> None:
    """Neither pickling nor copying works, so that no key travels by accident."""
    key = load_private_key(key_samples()["pkcs8.key"])
    for hand_on in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not handed on"):
            hand_on(key)


@pytest.mark.parametrize("name", sorted(key_samples()))
def test_errors_about_damaged_keys_keep_the_secret(name: str) -> None:
    """Whatever place of a key file is damaged, no piece of it gets into the message."""
    data = key_samples()[name]
    pieces = secrets_of(data) if name.endswith(".key") else [base64.b64encode(data).decode()[:8]]
    for at in range(0, len(data), max(1, len(data) // 40)):
        try:
            load_private_key(data[:at] + b"!" + data[at + 1 :], password=PASSWORD)
        except LoadError as error:
            text = f"{error} {error!r} {error.__cause__} {error.__dict__}"
            assert not [piece for piece in pieces if piece in text]
            assert "'!'" not in text


@pytest.mark.parametrize("name", ["locked8.key", "locked8.der", "locked1.key"])
def test_the_password_has_to_fit(name: str) -> None:
    """A missing password is asked for, a wrong one is told, and neither is in the message."""
    with pytest.raises(LoadError) as caught:
        load_private_key(key_samples()[name])
    assert caught.value.found == "an encrypted private key"
    with pytest.raises(LoadError) as caught:
        load_private_key(key_samples()[name], password="hunter2-wrong")
    assert caught.value.found.startswith("a key encrypted with another password")
    assert "hunter2" not in str(caught.value)


def test_the_key_of_scrypt_opens(tmp_path: Path) -> None:
    """OpenSSL's scrypt form of PKCS#8 opens."""
    command = ["openssl", "pkcs8", "-topk8", "-scrypt", "-passout", "pass:secret"]
    result = subprocess.run(command, input=key_samples()["pkcs8.key"], capture_output=True, check=False)
    if result.returncode:
        pytest.skip("no openssl with scrypt")
    assert load_private_key(result.stdout, password=PASSWORD).matches(LEAF)


@pytest.mark.parametrize(
    "header", [b"DES-EDE3-CBC,00", b"AES-256-CBC,0011223344556677", b"RC4,00", b"AES-128-CBC", b""]
)
def test_a_key_with_a_damaged_header_is_refused_quietly(header: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    """A cipher or IV that cannot be is seen before the library gets it, which would panic and print."""
    data = key_samples()["locked1.key"]
    start = data.index(b"DEK-Info: ") + len(b"DEK-Info: ")
    with pytest.raises(LoadError):
        load_private_key(data[:start] + header + data[data.index(b"\n", start) :], password=PASSWORD)
    assert capfd.readouterr() == ("", "")


def test_a_key_inside_pkcs12_is_told_how_to_come_out() -> None:
    """PKCS#12 holds a key that is not read here: the remedy names the command that takes it out."""
    with pytest.raises(LoadError) as caught:
        load_private_key(samples()["open.p12"])
    assert caught.value.remedy == "take the key out with: openssl pkcs12 -nocerts -nodes -in FILE"


SCRYPT = bytes.fromhex("06092b06010401da47040b")
SHA1_AND_3DES = bytes.fromhex("060a2a864886f70d010c0103")


def locked_by(algorithm: bytes) -> bytes:
    """Return an encrypted PKCS#8 key under an AlgorithmIdentifier."""
    return element(0x30, element(0x30, algorithm) + element(0x04, bytes(64)))


def scrypt(cost: int, block: int, parallel: int) -> bytes:
    """Return a key that asks for scrypt with these parameters."""
    numbers = b"".join(element(0x02, number.to_bytes(5, "big")) for number in (cost, block, parallel))
    kdf = element(0x30, SCRYPT + element(0x30, element(0x04, bytes(8)) + numbers))
    cipher = element(0x30, bytes.fromhex("060960864801650304012a") + element(0x04, bytes(16)))
    return locked_by(bytes.fromhex("06092a864886f70d01050d") + element(0x30, kdf + cipher))


@pytest.mark.parametrize(
    "data",
    [
        scrypt(2**20, 8, 1),
        scrypt(2, 1, 2**24),
        locked_by(SHA1_AND_3DES + element(0x30, element(0x04, bytes(8)) + element(0x02, b"\x07\xa1\x20"))),
        locked_by(SHA1_AND_3DES + element(0x30, element(0x04, bytes(8)) + element(0x02, b"\x00"))),
        locked_by(SHA1_AND_3DES + element(0x30, element(0x04, bytes(8)) + element(0x02, b"\xff"))),
    ],
    ids=["memory of scrypt", "parallel scrypt", "500,000 of the dear rounds", "no rounds", "fewer than none"],
)
def test_work_that_is_out_of_bounds_is_refused(data: bytes) -> None:
    """Whatever way a key asks for too much work, or for none, the error says so and no password is blamed."""
    with pytest.raises(LoadError, match=r"an iteration count of|scrypt parameters") as caught:
        load_private_key(data, password=PASSWORD)
    assert caught.value.message == "the private key cannot be read"


def test_too_much_work_is_refused() -> None:
    """A key that asks for a thousand million rounds is not opened."""
    with pytest.raises(LoadError, match="which is not allowed here"):
        load_private_key(locked_key_of_work(10**9), password=PASSWORD)


def test_parts_that_do_not_fit_are_refused() -> None:
    """An RSA key with a wrong exponent has the right public part, and is still no key."""
    numbers = rsa_key().private_numbers()
    wrong = rsa.RSAPrivateNumbers(
        p=numbers.p,
        q=numbers.q,
        d=numbers.d + 2,
        dmp1=numbers.dmp1,
        dmq1=numbers.dmq1,
        iqmp=numbers.iqmp,
        public_numbers=numbers.public_numbers,
    ).private_key(unsafe_skip_rsa_key_validation=True)
    with pytest.raises(LoadError, match="do not fit together"):
        load_private_key(private(wrong))


def test_an_ec_key_with_another_public_part_is_refused() -> None:
    """A key file whose public part was exchanged does not pass for the other key."""
    data = key_samples()["pkcs8.der"]
    other = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    mine = leaf_key().public_key().public_numbers()
    changed = data.replace(mine.x.to_bytes(32, "big"), other.x.to_bytes(32, "big"))
    with pytest.raises(LoadError):
        load_private_key(changed.replace(mine.y.to_bytes(32, "big"), other.y.to_bytes(32, "big")))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (samples()["leaf.pem"], "a certificate"),
        (samples()["request.csr"], "a certificate request (CSR)"),
        (samples()["locked.p12"], "a PKCS#12 file"),
        (samples()["pkcs8.key"] * 2, "2 private keys"),
        (b"", "an empty file"),
    ],
)
def test_a_file_with_no_key_or_two_is_refused(data: bytes, found: str) -> None:
    """The error says what is there instead."""
    with pytest.raises(LoadError) as caught:
        load_private_key(data)
    assert caught.value.found == found


def test_an_encrypted_openssh_key_is_not_opened(tmp_path: Path) -> None:
    """It is recognised, and the way to convert it is told."""
    path = tmp_path / "id"
    command = ["ssh-keygen", "-q", "-t", "ecdsa", "-N", "secret", "-f", str(path)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no ssh-keygen")
    with pytest.raises(LoadError) as caught:
        load_private_key(path, password=PASSWORD)
    assert caught.value.found == "an encrypted key in OpenSSH's own format"
    assert "ssh-keygen -p -m PEM" in caught.value.remedy


def test_a_certificate_with_another_point_form_matches() -> None:
    """A compressed point is the same public key in fewer bytes."""
    from cryptography.hazmat.primitives.serialization import PublicFormat  # noqa: PLC0415 - for this case

    whole = request().public_bytes(Encoding.DER)
    point = leaf_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    short = leaf_key().public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    assert load_private_key(key_samples()["pkcs8.key"]).matches(Holder(replaced(whole, point, short)))


def test_what_has_no_public_key_matches_nothing() -> None:
    """Bytes that are neither certificate nor request fit no key."""
    key = load_private_key(key_samples()["pkcs8.key"])
    assert not any(key.matches(Holder(data)) for data in (b"", samples()["root.crl.der"], samples()["leaf.der"][:60]))


class Holder:
    """Something with DER."""

    def __init__(self, der: bytes) -> None:
        self.der = der


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """Replace bytes deep inside DER and put the lengths around them right."""
    from asn1crypto import csr, keys  # noqa: PLC0415 - for this case

    parsed = csr.CertificationRequest.load(data)
    info = parsed["certification_request_info"]
    info["subject_pk_info"]["public_key"] = keys.ECPointBitString(new)
    assert old not in parsed.dump(force=True)
    return bytes(parsed.dump(force=True))


def with_short_point(request: CertificateRequest) -> CertificateRequest:
    """Return a request whose EC key has its point compressed; its signature no longer fits."""
    key = request.to_cryptography().public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    _, _, content, stop = next(der.sequence(request.der))
    parts = list(der.children(request.der, content, stop))
    _, key_start, key_content, _ = parts[2]
    _, _, _, algorithm_end = next(der.children(request.der, key_content, parts[2][3]))
    info = der.encode(der.SEQUENCE, request.der[key_content:algorithm_end] + der.encode(der.BIT_STRING, b"\0" + point))
    body = der.encode(der.SEQUENCE, request.der[content:key_start] + info + request.der[parts[2][3] : stop])
    return CertificateRequest.from_der(der.encode(der.SEQUENCE, body + request.der[stop:]))


def test_one_key_however_it_is_encoded() -> None:
    """A certificate and a request for one key go together, another key does not, and junk goes with nothing."""
    own, other = (build_request(RequestContents(), ec_key(name)) for name in ("own", "other"))
    short = with_short_point(own)
    assert short.key == own.key
    assert [same_key(own, one) for one in (own, short, other)] == [True, True, False]
    junk = CertificateRequest(b"junk")
    assert [same_key(*pair) for pair in ((junk, own), (own, junk), (junk, junk))] == [False, False, False]
    assert same_key(LEAF, CertificateRequest.from_der(samples()["request.der"]))


def test_an_error_keeps_nothing_of_the_library_s() -> None:
    """What `cryptography` raised, which may hold what it read, does not travel with the error."""
    damaged = private(leaf_key(), PrivateFormat.TraditionalOpenSSL).replace(b"MHcCAQEEI", b"MHcCAQEEJ")
    with pytest.raises(LoadError) as caught:
        load_private_key(damaged)
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)
