"""Any bytes at all: the loaders end in a value or in LoadError, with bounded work and memory."""

import base64
import pickle
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import pytest
from cryptography import x509
from file_samples import END, PASSWORD, START, ca_key, der, name, samples
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import PROFILE, examples

from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.identify import identify
from expressway_certs.x509.files.keys import load_private_key
from expressway_certs.x509.files.source import MAX_INPUT_BYTES
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.revocation_list import RevocationList

MEMORY: Final = 64 * 1024 * 1024
SECONDS: Final = 1.0
NIGHTLY: Final = PROFILE == "nightly"

Loader = Callable[[str | bytes], object]


def certificate(source: str | bytes) -> object:
    """Load one certificate and read everything from it that a verdict needs."""
    return read_all(Certificate.load(source, password=PASSWORD))


def certificates(source: str | bytes) -> object:
    """Load all certificates of an input and read them."""
    return [read_all(found) for found in load_certificates(source)]


def read_all(found: Certificate) -> object:
    """Read what a certificate says: a lazily parsed one must not fail later either."""
    names = (found.subject, found.issuer, found.common_name, found.dns_names, found.ip_addresses, found.uris)
    rest = (found.not_before, found.not_after, found.key, found.signature_algorithm, found.role, found.serial_number)
    usages = (found.key_usage, found.extended_key_usage, found.subject_key_identifier, found.authority_key_identifier)
    return names, rest, usages, repr(found), found.to_pem()


def request(source: str | bytes) -> object:
    """Load a request and read it."""
    found = CertificateRequest.load(source)
    return found.subject, found.dns_names, found.ip_addresses, found.key, found.signature_is_valid, repr(found)


def revocation_list(source: str | bytes) -> object:
    """Load a CRL and read it."""
    found = RevocationList.load(source)
    return found.issuer, found.this_update, found.next_update, found.crl_number, repr(found)


def private_key(source: str | bytes) -> object:
    """Load a private key under the password of the samples."""
    return repr(load_private_key(source, password=PASSWORD))


LOADERS: Final[tuple[Loader, ...]] = (certificate, certificates, request, revocation_list, private_key)
BARE: Final[tuple[Loader, ...]] = (
    identify,
    Certificate.load,
    load_certificates,
    CertificateRequest.load,
    RevocationList.load,
    load_private_key,
)


def ends_well(source: str | bytes) -> None:
    """Give an input to every loader; only LoadError may come out, and `identify` answers everything."""
    assert identify(source).sentence
    assert identify(source, password=PASSWORD).sentence
    for loader in LOADERS:
        try:
            loader(source)
        except LoadError as error:
            assert error.found  # noqa: PT017 - a success is fine too
            assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: PT017, S301 - our own pickle


def within_limits(source: str | bytes) -> None:
    """`ends_well`, and in the nightly profile within a second and 64 MiB for each input."""
    if not NIGHTLY:
        ends_well(source)
        return
    tracemalloc.start()
    started = time.process_time()
    try:
        ends_well(source)
        assert time.process_time() - started < SECONDS
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


@st.composite
def mutations_of(draw: st.DrawFn, files: Callable[[], Sequence[bytes]]) -> bytes:
    """Draw one of some files, which are made when they are wanted, with a few places of it changed."""
    data = bytearray(draw(st.sampled_from(files())))
    for _ in range(draw(st.integers(1, 5))):
        change = draw(st.sampled_from(CHANGES))
        change(draw, data, draw(st.integers(0, len(data))))
    return bytes(data)


def flip(draw: st.DrawFn, data: bytearray, at: int) -> None:
    """Change one bit."""
    if at < len(data):
        data[at] ^= 1 << draw(st.integers(0, 7))


def put(draw: st.DrawFn, data: bytearray, at: int) -> None:
    """Put another byte there."""
    data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))


def cut(draw: st.DrawFn, data: bytearray, at: int) -> None:
    """Take some bytes away, often all to the end."""
    del data[at : draw(st.sampled_from((at + 1, at + 2, at + 64, len(data))))]


def insert(draw: st.DrawFn, data: bytearray, at: int) -> None:
    """Put some bytes in between, among them those that parsers trip over."""
    data[at:at] = draw(st.one_of(st.binary(max_size=16), st.sampled_from(SPECIAL)))


def duplicate(draw: st.DrawFn, data: bytearray, at: int) -> None:
    """Say a piece twice."""
    size = draw(st.integers(1, 200))
    data[at:at] = data[at : at + size]


def swap(draw: st.DrawFn, data: bytearray, at: int) -> None:
    """Let two pieces change places."""
    other, size = draw(st.integers(0, len(data))), draw(st.integers(1, 64))
    low, high = sorted((at, other))
    size = min(size, high - low)
    data[low : low + size], data[high : high + size] = data[high : high + size], data[low : low + size]


def lengthen(draw: st.DrawFn, data: bytearray, at: int) -> None:
    """Make the next long length of an element another one: longer, shorter, indefinite, absurd."""
    position = data.find(b"\x82", at)
    if 0 <= position < len(data) - 2:
        data[position : position + 3] = draw(st.sampled_from(LENGTHS))


CHANGES: Final = (flip, put, cut, insert, duplicate, swap, lengthen)
SPECIAL: Final = (
    b"-----BEGIN CERTIFICATE-----\n",
    b"-----END CERTIFICATE-----\n",
    b"\n",
    b"\r",
    b"=",
    b"\0",
    b"\x30\x80",
    b"\0\0",
    b"\xef\xbb\xbf",
    "\u2013".encode(),
)
LENGTHS: Final = (
    b"\x80",
    b"\x81\x00",
    b"\x82\xff\xff",
    b"\x84\xff\xff\xff\xff",
    b"\x88" + b"\xff" * 8,
    b"\x89",
    b"\x7f",
)


@settings(max_examples=examples(200))
@given(st.binary(max_size=2000))
def test_random_bytes_end_well(data: bytes) -> None:
    """Bytes without any sense are answered by LoadError and by a report."""
    within_limits(data)


@settings(max_examples=examples(200))
@given(st.text(max_size=2000).map("-----BEGIN CERTIFICATE-----\n{}".format))
def test_random_text_ends_well(text: str) -> None:
    """Text of any characters, lone surrogates too, is answered by LoadError and by a report."""
    within_limits(text)


@settings(max_examples=examples(1600))
@given(mutations_of(lambda: sorted(samples().values())))
def test_damaged_files_end_well(data: bytes) -> None:
    """Real files with changed places end in a value or in LoadError."""
    within_limits(data)


def element(tag: int, content: bytes) -> bytes:
    """Encode one ASN.1 element."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def nested(depth: int) -> bytes:
    """Return elements inside each other, to a depth, with the right lengths."""
    headers = bytearray()
    size = 0
    for _ in range(depth):
        octets = size.to_bytes(4, "big")
        headers += (b"\x30\x84" + octets)[::-1]
        size += 6
    return bytes(headers[::-1])


def repeated(piece: bytes) -> bytes:
    """Return a piece over and over, up to the size limit of an input."""
    return (piece * (MAX_INPUT_BYTES // len(piece) + 1))[:MAX_INPUT_BYTES]


def pkcs12_of_work(iterations: int) -> bytes:
    """Return a PKCS#12 file whose MAC asks for a number of iterations."""
    data = element(0x30, bytes.fromhex("06092a864886f70d010701") + element(0xA0, element(0x04, element(0x30, b""))))
    digest = element(0x30, element(0x30, bytes.fromhex("06052b0e03021a0500")) + element(0x04, bytes(20)))
    mac = element(0x30, digest + element(0x04, bytes(8)) + element(0x02, iterations.to_bytes(5, "big")))
    return element(0x30, bytes.fromhex("020103") + data + mac)


def locked_key_of_work(iterations: int) -> bytes:
    """Return an encrypted PKCS#8 key whose PBKDF2 asks for a number of iterations."""
    kdf = element(0x30, element(0x04, bytes(8)) + element(0x02, iterations.to_bytes(5, "big")))
    kdf = element(0x30, bytes.fromhex("06092a864886f70d01050c") + kdf)
    cipher = element(0x30, bytes.fromhex("060960864801650304012a") + element(0x04, bytes(16)))
    algorithm = element(0x30, bytes.fromhex("06092a864886f70d01050d") + element(0x30, kdf + cipher))
    return element(0x30, algorithm + element(0x04, bytes(64)))


def pkcs7_of(content: bytes) -> bytes:
    """Return a PKCS#7 file whose certificates are any bytes."""
    signed = bytes.fromhex("0201013100300b06092a864886f70d010701") + element(0xA0, content) + bytes.fromhex("3100")
    return element(0x30, bytes.fromhex("06092a864886f70d010702") + element(0xA0, element(0x30, signed)))


def padded_certificate(size: int) -> bytes:
    """Return a certificate of about a size, with a comment that takes the room."""
    text = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(size - 400))
    builder = x509.CertificateBuilder(name("Root"), name("Root"), ca_key().public_key(), 1, START, END)
    ca_true = x509.BasicConstraints(ca=True, path_length=None)
    certificate = builder.add_extension(text, critical=False).add_extension(ca_true, critical=True)
    return der(certificate.sign(ca_key(), None))


def base64_block(data: bytes) -> bytes:
    """Return DER as a PEM block."""
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(data) + b"-----END CERTIFICATE-----\n"


def crl_of(entries: int) -> bytes:
    """Return a CRL with a number of entries."""
    algorithm, instant = element(0x30, bytes.fromhex("06032b6570")), element(0x17, b"250101000000Z")
    revoked = b"".join(element(0x30, element(0x02, i.to_bytes(4, "big")) + instant) for i in range(entries))
    head = bytes.fromhex("020101") + algorithm + element(0x30, b"") + instant * 2
    return element(0x30, element(0x30, head + element(0x30, revoked)) + algorithm + element(0x03, bytes(65)))


def bombs() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield inputs that are made to take long or much memory."""
    tiny = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    yield "elements 100,000 deep", lambda: nested(100_000)
    yield "indefinite elements 100,000 deep", lambda: b"\x30\x80" * 100_000
    yield "indefinite elements without end", lambda: repeated(b"\x30\x80")
    yield "an indefinite element of empty ones", lambda: b"\x30\x80" + repeated(b"\x05\x00")[2:]
    yield "a length of exabytes", lambda: b"\x30\x88" + b"\xff" * 8
    yield "the largest input, all zeros", lambda: bytes(MAX_INPUT_BYTES)
    yield "dashes", lambda: repeated(b"-")
    yield "line feeds", lambda: repeated(b"\n")
    yield "carriage returns", lambda: repeated(b"\r")
    yield "BEGIN after BEGIN", lambda: repeated(b"-----BEGIN")
    yield "BEGIN CERTIFICATE after another", lambda: repeated(b"-----BEGIN CERTIFICATE-----")
    yield "lines of BEGIN CERTIFICATE", lambda: repeated(b"-----BEGIN CERTIFICATE-----\n")
    yield "END lines", lambda: repeated(b"-----END CERTIFICATE-----\n")
    yield "labels without end", lambda: repeated(b"-----BEGIN A")
    yield "Base64", lambda: repeated(b"MIIB" * 16 + b"\n")
    yield "Base64 in a frame", lambda: tiny[:28] + repeated(b"MIIB" * 16 + b"\n")[:-54] + tiny[-26:]
    yield "Base64 of four MiB in a frame", lambda: tiny[:28] + (b"MIIB" * 16 + b"\n") * 64_000 + tiny[-26:]
    yield "tiny blocks", lambda: repeated(tiny)
    yield "tiny blocks of another kind", lambda: repeated(b"-----BEGIN A-----\n-----END A-----\n")
    yield "spaces", lambda: repeated(b" ")
    yield "UTF-16 of wide characters", lambda: repeated("\ufeff永\U0001f512".encode("utf-16-le"))
    yield "UTF-16 of BEGIN lines", lambda: repeated("-----BEGIN CERTIFICATE-----\n".encode("utf-16-le"))
    yield "a MAC of a thousand million rounds", lambda: pkcs12_of_work(10**9)
    yield "a key of a thousand million rounds", lambda: locked_key_of_work(10**9)
    yield "PKCS#7 of empty certificates", lambda: pkcs7_of(b"\x30\x00" * 4_000_000)
    yield "PKCS#7 of one certificate, many times", lambda: pkcs7_of(samples()["leaf.der"] * 40_000)[:MAX_INPUT_BYTES]
    yield "PKCS#7 of as many as are allowed", lambda: pkcs7_of(padded_certificate(1600) * 9_990)
    yield "PEM of as many as are allowed", lambda: base64_block(padded_certificate(1100)) * 9_990
    yield "certificates in a row", lambda: repeated(samples()["leaf.der"])
    yield "a CRL of as many entries as fit", lambda: crl_of(700_000)
    yield "empty elements in a row", lambda: repeated(b"\x30\x00")
    yield "certificates as PEM", lambda: repeated(samples()["leaf.pem"])
    yield "a certificate of 16 MiB", lambda: element(0x30, samples()["leaf.der"][4:] + bytes(MAX_INPUT_BYTES - 1000))
    yield "brackets", lambda: repeated(b"[")
    yield "bare certificates", lambda: (base64.encodebytes(samples()["leaf.der"]) + b",") * 2000
    yield "bare certificates in one", lambda: (base64.encodebytes(padded_certificate(1501))) * 500
    yield "starts of bare certificates", lambda: (b"MIL//zCC/wA " * 90_000)[: 1024 * 1024]
    yield "headers in a block", lambda: tiny[:28] + b"A: b\n" * 170_000 + tiny[28:]
    yield "joined boundary lines", lambda: b"-----END A----------BEGIN A-----" * 30_000
    yield "cut PEM with long Base64", lambda: repeated(b"-----BEGIN CERTIFICATE-----\n" + b"A" * 10_000 + b"\n")


BOMBS: Final = dict(bombs())


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_made_to_hurt_takes_little_memory(bomb: str) -> None:
    """Every loader answers a hostile input of up to the size limit in under 64 MiB, its copy of the input included."""
    data = BOMBS[bomb]()
    for loader in BARE:
        tracemalloc.start()
        try:
            loader(data)
        except LoadError as error:
            assert error.found  # noqa: PT017 - a success is fine too
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < MEMORY, loader


@pytest.mark.nightly
@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_made_to_hurt_takes_no_second(bomb: str) -> None:
    """Every loader answers a hostile input of up to the size limit in under a second of processor time."""
    data = BOMBS[bomb]()
    for loader in BARE:
        started = time.process_time()
        try:
            loader(data)
        except LoadError as error:
            assert error.found  # noqa: PT017 - a success is fine too
        assert time.process_time() - started < SECONDS, loader
