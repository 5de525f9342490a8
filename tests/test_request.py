"""Certificate requests: what they ask for, and that broken ones are refused."""

import ipaddress
import pickle
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from file_samples import leaf, leaf_key, name, pem, request, samples

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.request import MAX_REQUEST_BYTES, CertificateRequest

DER = samples()["request.der"]


def full_request() -> bytes:
    """Return a request that asks for everything."""
    names = [
        x509.DNSName("a.example.com"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.DNSName("b.example.com"),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
        x509.UniformResourceIdentifier("sip:a@example.com"),
    ]
    bits = ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
    usage = x509.KeyUsage(
        digital_signature=True,
        key_encipherment=True,
        encipher_only=False,
        decipher_only=False,
        **dict.fromkeys(bits, False),
    )
    usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, x509.ObjectIdentifier("1.2.3.4")])
    builder = x509.CertificateSigningRequestBuilder(name("a.example.com"))
    for extension in (x509.SubjectAlternativeName(names), usage, usages):
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(leaf_key(), hashes.SHA384()).public_bytes(Encoding.PEM)


def test_a_request_says_what_it_asks_for() -> None:
    """Names, usages, key and signature algorithm, each as its own value."""
    asked = CertificateRequest.from_pem(full_request())
    assert asked.subject == "O=Example, CN=a.example.com"
    assert asked.common_name == "a.example.com"
    assert asked.dns_names == ("a.example.com", "b.example.com")
    assert asked.ip_addresses == (ipaddress.ip_address("192.0.2.1"), ipaddress.ip_address("2001:db8::1"))
    assert asked.uris == ("sip:a@example.com",)
    assert asked.key_usage == {"digitalSignature", "keyEncipherment"}
    assert asked.extended_key_usage == {"serverAuth", "1.2.3.4"}
    assert (asked.key.algorithm, asked.key.size, asked.key.curve) == ("EC", 256, "P-256")
    assert asked.signature_algorithm == "ecdsa-with-SHA384"
    assert asked.signature_is_valid


def test_a_key_agreement_has_its_two_qualifiers() -> None:
    """EncipherOnly and decipherOnly are told where key agreement is asked for."""
    usage = x509.KeyUsage(False, False, False, False, True, False, False, True, False)
    builder = x509.CertificateSigningRequestBuilder(name("a")).add_extension(usage, critical=True)
    data = builder.sign(leaf_key(), hashes.SHA256()).public_bytes(Encoding.DER)
    assert CertificateRequest.from_der(data).key_usage == {"keyAgreement", "encipherOnly"}


def test_a_bare_request_asks_for_nothing() -> None:
    """Without extensions there are no names, and no usage rather than an empty one."""
    data = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(leaf_key(), hashes.SHA256())
    asked = CertificateRequest.from_der(data.public_bytes(Encoding.DER))
    assert (asked.subject, asked.common_name, asked.dns_names, asked.key_usage) == ("", None, (), None)
    assert asked.extended_key_usage is None
    assert repr(asked) == "<CertificateRequest 'no subject'>"


@pytest.mark.parametrize(
    "pack",
    [
        lambda data: data,
        lambda data: data.decode(),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.decode().encode("utf-16"),
        lambda data: data.replace(b"CERTIFICATE", b"NEW CERTIFICATE"),
        lambda data: b"Certificate Request:\n    Data:\n" + data,
        lambda data: pem(leaf()) + data,
        lambda _: DER,
    ],
)
def test_a_request_is_found_in_every_packing(pack: object) -> None:
    """PEM with anything around it, Windows text, and DER give the same request."""
    assert callable(pack)
    assert CertificateRequest.load(pack(samples()["request.csr"])) == CertificateRequest(DER)


def test_a_request_is_a_value() -> None:
    """Two are equal by their DER, can be hashed and sent, and give back the PEM they came from."""
    asked = CertificateRequest.from_der(DER)
    assert pickle.loads(pickle.dumps(asked)) == asked  # noqa: S301 - our own pickle
    assert len({asked, CertificateRequest.from_der(DER)}) == 1
    assert asked.to_pem().encode() == samples()["request.csr"]
    assert asked.to_cryptography() == request()
    assert repr(asked) == "<CertificateRequest 'exp.example.com'>"


def test_what_openssl_makes_is_read(tmp_path: Path) -> None:
    """A request of the command line is read from its file."""
    path = tmp_path / "a.csr"
    command = [
        "openssl",
        "req",
        "-new",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "/dev/null",
        "-subj",
        "/CN=a",
        "-out",
    ]
    try:
        subprocess.run([*command, str(path)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl")
    asked = CertificateRequest.load(path)
    assert (asked.key.algorithm, asked.key.size) == ("RSA", 2048)
    assert asked.signature_algorithm == "sha256WithRSAEncryption"
    assert asked.signature_is_valid


def test_a_signature_by_another_key_is_seen() -> None:
    """A request whose names were changed after it was signed does not pass its own check."""
    changed = DER.replace(b"exp.example.com", b"exp.exbmple.com")
    assert CertificateRequest.from_der(changed).signature_is_valid is False


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (samples()["leaf.pem"], "a certificate"),
        (samples()["pkcs8.key"], "a private key"),
        (samples()["request.csr"] * 2, "2 certificate requests"),
        (b"", "an empty file"),
    ],
)
def test_none_and_several_are_refused(data: bytes, found: str) -> None:
    """Exactly one request is wanted, and the error says what there is."""
    with pytest.raises(LoadError) as caught:
        CertificateRequest.load(data)
    assert caught.value.found == found


@pytest.mark.parametrize("data", [b"", DER[:-1], DER + b"\0", b"\x30\x03\x02\x01\x00", samples()["leaf.der"]])
def test_der_has_to_be_exactly_a_request(data: bytes) -> None:
    """Cut, lengthened and other DER is refused."""
    with pytest.raises(LoadError, match="not a readable certificate request"):
        CertificateRequest.from_der(data)


def test_names_that_are_none_are_refused_when_it_is_loaded() -> None:
    """A broken extension is found at once, not when somebody asks for it."""
    with pytest.raises(LoadError):
        CertificateRequest.from_der(DER.replace(b"exp.example.com0", b"exp.example.com1"))
    broken = bytearray(DER)
    broken[DER.index(b"\x82\x0fexp") + 1] = 0x0E
    with pytest.raises(LoadError):
        CertificateRequest.from_der(bytes(broken))


def test_the_error_of_a_file_has_its_place(tmp_path: Path) -> None:
    """A damaged block is placed in the file."""
    path = tmp_path / "a.csr"
    path.write_bytes(b"my request\n" + samples()["request.csr"].replace(b"\nMII", b"\nMI!", 1))
    with pytest.raises(LoadError) as caught:
        CertificateRequest.load(path)
    assert caught.value.where == f"{path}, block 1, line 3"


def test_a_huge_request_is_refused() -> None:
    """A request has a size limit."""
    with pytest.raises(LoadError, match="too large"):
        CertificateRequest.from_der(bytes(MAX_REQUEST_BYTES + 1))


@pytest.mark.parametrize(
    "options",
    [
        "rsa:2048 -sha1",
        "rsa:2048 -md5",
        "rsa:2048 -sha512",
        "rsa:2048 -sha256 -sigopt rsa_padding_mode:pss",
        "ec -pkeyopt ec_paramgen_curve:P-521 -sha1",
        "ec -pkeyopt ec_paramgen_curve:brainpoolP256r1",
        "ed25519",
        "ed448",
    ],
)
def test_what_openssl_signs_is_valid(options: str) -> None:
    """Whatever the digest and the key: a weak signature is one all the same, and a damaged one is none."""
    command = ["openssl", "req", "-new", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=a", "-newkey"]
    try:
        done = subprocess.run([*command, *options.split()], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl that makes such a request")
    asked = CertificateRequest.from_pem(done.stdout)
    subprocess.run(["openssl", "req", "-verify", "-noout"], input=done.stdout, check=True, capture_output=True)
    assert asked.signature_is_valid
    damaged = asked.der[:-1] + bytes([asked.der[-1] ^ 1])
    assert not CertificateRequest.from_der(damaged).signature_is_valid
