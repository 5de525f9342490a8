"""Every container gives its certificates, in its order, and says what is wrong where it does not."""

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from file_samples import ca, der, leaf, pem, samples
from test_fuzz_loaders import element, nested, pkcs7_of

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files import asn1
from expressway_certs.x509.files import pem as pem_format
from expressway_certs.x509.files.containers import certificate_ders, certificate_pieces, crl_ders
from expressway_certs.x509.files.contents import describe

BOTH = (der(leaf()), der(ca()))
OPENSSL = pytest.mark.skipif(
    subprocess.run(["openssl", "version"], check=False, capture_output=True).returncode != 0, reason="no openssl"
)


def openssl(*arguments: str | Path, data: bytes = b"") -> bytes:
    """Run the command and return what it prints."""
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=True).stdout


def lines(data: bytes) -> list[bytes]:
    """Return the lines of PEM."""
    return data.splitlines()


def indented(data: bytes) -> bytes:
    """Return text with blank space on both sides of each line."""
    return b"\n".join(b"  " + line + b" \t" for line in lines(data))


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: data,
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "lone CR": lambda data: data.replace(b"\n", b"\r"),
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16 with mark": lambda data: data.decode().encode("utf-16"),
    "UTF-16 LE": lambda data: data.decode().encode("utf-16-le"),
    "UTF-16 BE": lambda data: data.decode().encode("utf-16-be"),
    "UTF-16 BE with mark": lambda data: ("\ufeff" + data.decode()).encode("utf-16-be"),
    "UTF-16 and CRLF": lambda data: data.replace(b"\n", b"\r\n").decode().encode("utf-16"),
    "no final newline": lambda data: data.rstrip(),
    "spaces on lines": indented,
    "blank lines": lambda data: b"\n\n" + data.replace(b"\n", b"\n\n"),
    "old label": lambda data: data.replace(b"CERTIFICATE", b"X509 CERTIFICATE"),
    "text before, between and after": lambda data: b"O=Example\n" + data.replace(b"-----\n-----", b"-----\nO=x\n-----"),
    "control-Z at the end": lambda data: data + b"\x1a",
    "a key in between": lambda data: data.replace(b"-----\n-----", b"-----\n" + samples()["pkcs8.key"] + b"-----"),
    "PKCS#7 in DER": lambda _: pkcs7_of(b"".join(BOTH)),
    "PKCS#7 in PEM": lambda _: pem_format.encode(pkcs7_of(b"".join(BOTH)), "PKCS7").encode(),
    "PKCS#7 under CERTIFICATE": lambda _: pem_format.encode(pkcs7_of(b"".join(BOTH))).encode(),
    "DER in a row": lambda _: b"".join(BOTH),
    "DER in a row with a newline": lambda _: b"".join(BOTH) + b"\r\n",
    "Base64 without frame": lambda _: base64.encodebytes(b"".join(BOTH)),
    "Base64 of PKCS#7": lambda _: base64.encodebytes(pkcs7_of(b"".join(BOTH))),
    "PKCS#12 in PEM": lambda _: pem_format.encode(samples()["open.p12"], "PKCS12").encode(),
    "PKCS#12 without password": lambda _: samples()["open.p12"],
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_every_packing_gives_the_certificates_in_order(packing: str) -> None:
    """Leaf first, CA second, byte for byte, whatever they came in."""
    data = PACKINGS[packing](pem(leaf()) + pem(ca()))
    assert certificate_ders(data) == BOTH


def test_bases_of_any_line_length_are_taken() -> None:
    """Base64 in lines of one character or in a single long one is the same certificate."""
    text = base64.b64encode(der(leaf())).decode()
    for width in (1, 63, 64, 76, 255, 10_000):
        body = "\n".join(text[i : i + width] for i in range(0, len(text), width))
        data = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
        assert certificate_ders(data.encode()) == (der(leaf()),)


@OPENSSL
def test_what_openssl_prints_is_read(tmp_path: Path) -> None:
    """The text form before the block, and the trust settings behind the certificate, are passed over."""
    path = tmp_path / "leaf.pem"
    path.write_bytes(pem(leaf()))
    text = openssl("x509", "-in", path, "-text")
    trusted = openssl("x509", "-in", path, "-trustout", "-addtrust", "serverAuth", "-setalias", "friend")
    assert b"Signature Algorithm" in text
    assert b"TRUSTED CERTIFICATE" in trusted
    assert certificate_ders(text) == (der(leaf()),)
    assert certificate_ders(trusted) == (der(leaf()),)


def test_a_session_of_s_client_is_read() -> None:
    """What `s_client -showcerts` prints around the chain is passed over, its session block too."""
    session = b"-----BEGIN SSL SESSION PARAMETERS-----\n!!\n-----END SSL SESSION PARAMETERS-----\n"
    data = b"CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = a\n   i:CN = b\n" + pem(leaf())
    data += b" 1 s:CN = b\n" + pem(ca()) + b"---\nServer certificate\n" + session + b"---\nDONE\n"
    assert certificate_ders(data) == BOTH


def test_a_row_of_too_many_is_not_called_damaged() -> None:
    """Sound DER certificates, more than are looked at, are refused for their number."""
    with pytest.raises(LoadError, match="more in one file than is looked at"):
        certificate_ders(der(ca()) * (pem_format.MAX_BLOCKS + 1))
    assert len(certificate_ders(der(ca()) * pem_format.MAX_BLOCKS)) == pem_format.MAX_BLOCKS


def test_what_is_no_crl_in_a_row_is_not_counted_as_one() -> None:
    """A certificate behind a CRL is told by its place."""
    data = samples()["root.crl.der"]
    with pytest.raises(LoadError, match=f"something that is no CRL from byte {len(data)} on"):
        crl_ders(data + der(ca()))


def test_a_container_without_certificates_is_named() -> None:
    """The error tells a container that holds none from one that cannot be read."""
    with pytest.raises(LoadError) as caught:
        certificate_ders(pkcs7_of(b""))
    assert caught.value.found == "a PKCS#7 file without a certificate in it"


def test_another_label_is_named() -> None:
    """A certificate under the label of a request is not read, and the error says why."""
    with pytest.raises(LoadError) as caught:
        certificate_ders(pem_format.encode(der(leaf()), "CERTIFICATE REQUEST").encode())
    assert caught.value.found == "a certificate under the label 'CERTIFICATE REQUEST'"


def indefinite(data: bytes) -> bytes:
    """Return PKCS#7 with its three outer layers in the indefinite form of BER."""
    outer = asn1.read(data)
    oid, wrapped = asn1.children(outer)
    signed = next(iter(asn1.children(wrapped)))
    return b"\x30\x80" + oid.whole + b"\xa0\x80\x30\x80" + signed.content + b"\0\0" * 3


@pytest.mark.parametrize("name", ["chain.p7b", "chain.p7c"])
def test_pkcs7_of_another_library_is_read(name: str) -> None:
    """`cryptography` sorts the certificates, as DER asks for sets; all are there."""
    assert set(certificate_ders(samples()[name])) == set(BOTH)


def test_ber_is_read_as_well() -> None:
    """PKCS#7 with lengths that are not stated, as some tools stream it, gives the same certificates."""
    assert set(certificate_ders(indefinite(samples()["chain.p7b"]))) == set(BOTH)


def test_revocation_lists_come_from_every_packing() -> None:
    """PEM, DER and UTF-16 give the CRL, also from between certificates."""
    data = samples()["root.crl.der"]
    packed = (samples()["root.crl"], data, samples()["root.crl"].decode().encode("utf-16"), base64.b64encode(data))
    for source in (*packed, pem(ca()) + samples()["root.crl"] + pem(leaf())):
        assert crl_ders(source) == (data,)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("request.csr", "a certificate request (CSR)"),
        ("request.der", "a certificate request (CSR)"),
        ("pkcs8.key", "a private key"),
        ("pkcs8.der", "a private key"),
        ("sec1.key", "a private key"),
        ("pkcs1.der", "a private key"),
        ("openssh.key", "a private key"),
        ("locked8.key", "an encrypted private key"),
        ("locked8.der", "an encrypted private key"),
        ("locked1.key", "an encrypted private key"),
        ("public.pem", "a public key"),
        ("root.crl", "a certificate revocation list (CRL)"),
        ("root.crl.der", "a certificate revocation list (CRL)"),
        ("page.html", "an HTML page"),
    ],
)
def test_what_is_no_certificate_is_called_by_its_name(name: str, found: str) -> None:
    """The error for a file without certificates says what the file is."""
    with pytest.raises(LoadError) as caught:
        certificate_ders(samples()[name], where=name)
    assert (caught.value.found, caught.value.where) == (found, name)


def test_a_mixture_is_told_in_full() -> None:
    """Several things in one file are counted."""
    keys = samples()["pkcs8.key"] * 2 + samples()["request.csr"]
    assert describe(keys) == "2 private keys and a certificate request (CSR)"


def broken(change: Callable[[list[bytes]], object]) -> bytes:
    """Return a PEM file of two certificates whose second block was changed."""
    rows = lines(pem(ca()))
    change(rows)
    return pem(leaf()) + b"\n".join(rows) + b"\n"


FIRST = len(lines(pem(leaf())))


@pytest.mark.parametrize(
    ("change", "line", "found"),
    [
        (
            lambda rows: rows.__setitem__(3, rows[3][:9] + b"!" + rows[3][10:]),
            4,
            "the character '!' that is not Base64",
        ),
        (lambda rows: rows.__setitem__(3, rows[3][:9] + b"\xe9" + rows[3][10:]), 4, "a character that is not Base64"),
        (
            lambda rows: rows.__setitem__(3, rows[3][:-1]),
            4,
            f"line {FIRST + 4} has 63 characters where the others have 64",
        ),
        (
            lambda rows: rows.__setitem__(3, rows[3][:-4]),
            4,
            f"line {FIRST + 4} has 60 characters where the others have 64",
        ),
        (lambda rows: rows.__setitem__(3, rows[3] + b"AAAA"), 1, "3 bytes after the end of what it holds"),
        (
            lambda rows: rows.__setitem__(3, b"=" + rows[3][1:]),
            4,
            "the end of the Base64 (=) in the middle of the block",
        ),
        (lambda rows: rows.pop(0), None, "an END line without a BEGIN line"),
        (lambda rows: rows.pop(), 1, "no END line"),
        (lambda rows: rows.__setitem__(0, b"x " + rows[0]), 1, "other text on its BEGIN line"),
        (lambda rows: rows.__setitem__(-1, rows[-1] + b" x"), None, "other text on its END line"),
        (lambda rows: rows.__setitem__(-1, b"-----END PKCS7-----"), None, "an END line of another kind ('PKCS7')"),
    ],
)
def test_damage_is_placed(change: Callable[[list[bytes]], object], line: int | None, found: str) -> None:
    """The error names the block and the line of the file, and what is wrong there."""
    with pytest.raises(LoadError) as caught:
        certificate_ders(broken(change), where="ca.pem")
    assert caught.value.found.startswith(found)
    assert caught.value.where.startswith("ca.pem, block 2, line ")
    if line is not None:
        assert caught.value.where == f"ca.pem, block 2, line {FIRST + line}"


def test_a_lost_line_is_counted_in_bytes() -> None:
    """A whole line that is missing shows in the length that the certificate states."""
    with pytest.raises(LoadError) as caught:
        certificate_ders(broken(lambda rows: rows.pop(3)))
    size = len(der(ca()))
    assert caught.value.found.startswith(f"{size - 48} of its {size} bytes")


@pytest.mark.parametrize("cut", [3, 50, 200, -1])
def test_a_cut_certificate_is_refused(cut: int) -> None:
    """DER that ends early is refused, alone and behind a whole one."""
    for data in (der(leaf())[:cut], der(ca()) + der(leaf())[:cut]):
        with pytest.raises(LoadError):
            certificate_ders(data)


def test_something_behind_a_certificate_is_not_dropped() -> None:
    """Bytes behind a DER certificate that are no certificate are an error, not silence."""
    with pytest.raises(LoadError, match="certificate number 2, at byte"):
        certificate_ders(der(leaf()) + b"\x02\x01\x01")


def test_two_certificates_in_one_block_are_refused() -> None:
    """OpenSSL would read the first alone; here nothing gets lost in silence."""
    body = base64.encodebytes(der(leaf()) + der(ca()))
    with pytest.raises(LoadError) as caught:
        certificate_ders(b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n")
    assert caught.value.found.startswith(f"{len(der(ca()))} bytes after the end")


def test_another_thing_under_the_label_is_named() -> None:
    """A request whose label somebody changed is called a request."""
    data = samples()["request.csr"].replace(b"CERTIFICATE REQUEST", b"CERTIFICATE")
    with pytest.raises(LoadError) as caught:
        certificate_ders(data)
    assert caught.value.found == "a certificate request (CSR)"


def test_pieces_know_their_place() -> None:
    """Each certificate of a PEM file can say its block and line."""
    pieces = certificate_pieces(b"O=Example\n" + pem(leaf()) + pem(ca()), where="ca.pem")
    assert [piece.where for piece in pieces] == ["ca.pem, block 1, line 2", f"ca.pem, block 2, line {FIRST + 2}"]


def test_lines_are_counted_where_they_end_in_carriage_returns() -> None:
    """A file of an old Mac has lines too."""
    pieces = certificate_pieces((pem(leaf()) + pem(ca())).replace(b"\n", b"\r"))
    assert pieces[1].where == f"block 2, line {FIRST + 1}"


def test_pkcs7_without_certificates_is_an_error() -> None:
    """An empty bag, and one of a kind that holds none, say so."""
    empty = pkcs7_of(b"")
    data = element(0x30, bytes.fromhex("06092a864886f70d010701") + element(0xA0, element(0x04, b"")))
    with pytest.raises(LoadError, match="holds no certificate: found a PKCS#7 file"):
        certificate_ders(empty)
    with pytest.raises(LoadError, match="not signedData"):
        certificate_ders(data)


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"\x30\x80" * 100, "nested more than 64 deep"), (b"\x30\x80" + b"\x05\0" * 60_000, "more than 50000 elements")],
)
def test_the_end_of_an_indefinite_element_is_not_sought_forever(content: bytes, found: str) -> None:
    """Depth and number of what is inside are limited."""
    with pytest.raises(LoadError, match=found):
        certificate_ders(pkcs7_of(content))


def test_an_open_block_before_another_has_its_own_number() -> None:
    """A block whose END line is missing is the one that is named, not the one after it."""
    with pytest.raises(LoadError) as caught:
        certificate_ders(pem(leaf()) + b"\n".join(lines(pem(ca()))[:-1]) + b"\n" + pem(leaf()))
    assert caught.value.where == f"block 2, line {FIRST + 1}"


def test_nesting_is_followed_only_so_deep() -> None:
    """Elements inside elements, a hundred thousand deep, are refused and not followed."""
    for data in (nested(100_000), b"\x30\x80" * 100_000):
        with pytest.raises(LoadError):
            certificate_ders(data)


def test_too_many_blocks_are_refused() -> None:
    """There is a limit to how many blocks are looked at, whatever they are."""
    data = b"-----BEGIN A-----\n-----END A-----\n" * (pem_format.MAX_BLOCKS + 1)
    with pytest.raises(LoadError, match=f"more than {pem_format.MAX_BLOCKS} PEM blocks"):
        certificate_ders(data)


def test_a_written_block_is_read_again() -> None:
    """What is written has lines of 64 characters and a final line feed, as the library's own."""
    assert pem_format.encode(der(leaf())).encode() == pem(leaf())
