"""What a file is, in one sentence, and the PEM that can be made of it."""

import base64
import ctypes
import ctypes.util
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from file_samples import PASSWORD, ca, crl, der, key_samples, leaf, leaf_key, pem, samples
from test_fuzz_loaders import element, pkcs7_of

from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.identify import identify
from expressway_certs.x509.files.pem import MAX_BLOCKS, encode
from expressway_certs.x509.files.repair import MAX_REPAIR_BYTES
from expressway_certs.x509.files.report import FileKind
from expressway_certs.x509.files.source import MAX_INPUT_BYTES

LEAF, CA = pem(leaf()), pem(ca())
CHAIN = "a PEM file with one leaf certificate and one CA certificate"
ALONE = "Expressway takes the leaf by itself, and the CA certificates as trusted CAs"
EN_DASHES = "\u2013" * 5
ROWS = LEAF.splitlines()


def rows(*changed: bytes) -> bytes:
    """Return lines as a file."""
    return b"\n".join(changed) + b"\n"


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("leaf.pem", FileKind.CERTIFICATE, "a PEM certificate, as Expressway takes it"),
        ("x509.pem", FileKind.CERTIFICATE, "a PEM certificate, as Expressway takes it"),
        ("chain.pem", FileKind.CHAIN, f"{CHAIN}: {ALONE}"),
        ("labelled.pem", FileKind.CHAIN, f"{CHAIN}: {ALONE}"),
        ("leaf.der", FileKind.DER_CERTIFICATE, "a DER certificate: Expressway takes PEM; here it is"),
        ("two.der", FileKind.DER_CERTIFICATE, "2 DER certificates: Expressway takes PEM; here it is"),
        (
            "leaf.b64",
            FileKind.BASE64_CERTIFICATE,
            "a certificate in Base64 without BEGIN and END lines: Expressway takes PEM; here it is",
        ),
        (
            "trusted.pem",
            FileKind.TRUSTED_CERTIFICATE,
            "a certificate in OpenSSL's TRUSTED CERTIFICATE format: Expressway takes PEM; here it is",
        ),
        ("chain.p7b", FileKind.PKCS7, "a PKCS#7 file with 2 certificates: Expressway takes PEM; here it is"),
        ("chain.p7c", FileKind.PKCS7, "a PKCS#7 file with 2 certificates: Expressway takes PEM; here it is"),
        ("open.p12", FileKind.PKCS12, "a PKCS#12 file with 2 certificates: Expressway takes PEM; here it is"),
        (
            "locked.p12",
            FileKind.PKCS12,
            "a PKCS#12 file that needs a password: give the password it was exported with",
        ),
        (
            "utf16.pem",
            FileKind.CERTIFICATE,
            (
                "a PEM certificate with two bytes for each character (UTF-16): Expressway takes plain PEM; "
                "here it is put right"
            ),
        ),
        (
            "request.csr",
            FileKind.REQUEST,
            (
                "a certificate request (CSR), not a certificate: send it to the CA, and give the certificate that "
                "comes back"
            ),
        ),
        (
            "root.crl.der",
            FileKind.CRL,
            (
                "a certificate revocation list (CRL), not a certificate; where a CRL is wanted, Expressway takes PEM; "
                "here it is"
            ),
        ),
        ("public.pem", FileKind.PUBLIC_KEY, "a public key, not a certificate: give the certificate that holds it"),
        (
            "page.html",
            FileKind.HTML,
            (
                "an HTML page: the download went wrong, most likely at a log-in or an error page; download the "
                "certificate again"
            ),
        ),
    ],
)
def test_a_file_is_called_by_its_name(name: str, kind: FileKind, sentence: str) -> None:
    """Each kind of file has its sentence, word for word."""
    report = identify(samples()[name], consumer="Expressway")
    assert (report.kind, report.sentence, str(report)) == (kind, sentence, sentence)


@pytest.mark.parametrize("name", sorted(key_samples()))
def test_a_private_key_is_seen_and_not_given_back(name: str) -> None:
    """A key is told apart from an encrypted one, and no PEM is made of it."""
    report = identify(key_samples()[name], password=PASSWORD)
    locked = name.startswith("locked")
    assert report.kind is (FileKind.ENCRYPTED_PRIVATE_KEY if locked else FileKind.PRIVATE_KEY)
    assert report.pem is None
    assert report.certificates == ()


# `cryptography` sorts the certificates of PKCS#7, as DER asks for sets: the CA, which is shorter, comes first.
PEM_OF = dict.fromkeys(("leaf.pem", "x509.pem", "trusted.pem", "utf16.pem", "leaf.der", "leaf.b64"), LEAF)
PEM_OF |= dict.fromkeys(("chain.pem", "two.der", "open.p12"), LEAF + CA)
PEM_OF |= dict.fromkeys(("labelled.pem", "chain.p7b", "chain.p7c"), CA + LEAF)


@pytest.mark.parametrize("name", PEM_OF)
def test_the_pem_is_handed_back(name: str) -> None:
    """Whatever the container, the PEM has exactly its certificates, in its order."""
    report = identify(samples()[name])
    assert report.pem == PEM_OF[name].decode()
    assert "".join(certificate.to_pem() for certificate in report.certificates) == report.pem


def test_a_password_opens_pkcs12() -> None:
    """With its password the certificates come out; with another one the sentence says so."""
    assert identify(samples()["locked.p12"], password=PASSWORD).pem == (LEAF + CA).decode()
    wrong = identify(samples()["locked.p12"], password="wrong")
    assert wrong.kind is FileKind.PKCS12
    assert wrong.sentence.startswith("a PKCS#12 file with another password than the one given")
    assert wrong.pem is None


def test_a_key_beside_the_certificate_stays_out_of_the_pem() -> None:
    """The PEM of a file with both has the certificate alone."""
    report = identify(LEAF + samples()["pkcs8.key"], consumer="Expressway")
    assert report.kind is FileKind.CERTIFICATE_AND_KEY
    assert report.sentence == (
        "a certificate and a private key in one file: Expressway takes them as two files; "
        "here is the PEM without the key"
    )
    assert report.pem == LEAF.decode()


def test_a_key_with_a_spoilt_frame_stays_out_of_the_pem() -> None:
    """Putting the certificate right does not let the key through."""
    both = (LEAF + samples()["pkcs8.key"]).replace(b"-----END CERT", b"----END CERT")
    report = identify(both)
    assert report.kind is FileKind.CERTIFICATE_AND_KEY
    assert report.pem == LEAF.decode()


def test_certificates_of_cas_alone_are_a_bundle() -> None:
    """A trust list is told apart from a chain."""
    report = identify(CA + CA)
    assert (report.kind, report.sentence) == (FileKind.BUNDLE, "2 CA certificates in one PEM file")
    assert identify(LEAF + LEAF).sentence == "2 certificates in one PEM file"


def test_revocation_lists_come_back_as_pem() -> None:
    """A DER CRL is handed back as PEM, as the library writes it."""
    assert identify(samples()["root.crl.der"]).pem == crl().public_bytes(Encoding.PEM).decode()


BARE = b"\n".join(ROWS[1:-1])
REPAIRS: dict[str, tuple[Callable[[], bytes], str]] = {
    "en dashes": (lambda: LEAF.replace(b"-----", EN_DASHES.encode()), "dashes on the BEGIN or END line that are not"),
    "em dashes of Windows": (lambda: LEAF.replace(b"-----", b"\x97\x97"), "dashes on the BEGIN or END line that are"),
    "four hyphens": (lambda: LEAF.replace(b"-----", b"----"), "dashes on the BEGIN or END line that are not five"),
    "six hyphens": (lambda: LEAF.replace(b"-----", b"------"), "dashes on the BEGIN or END line that are not five"),
    "no BEGIN line": (lambda: rows(*ROWS[1:]), "a missing BEGIN line"),
    "no END line": (lambda: rows(*ROWS[:-1]), "a missing END line"),
    "one line": (lambda: b" ".join(ROWS), "line breaks around the BEGIN or END line that were lost"),
    "written line breaks": (lambda: b'{"pem": "' + LEAF.replace(b"\n", b"\\n") + b'"}', "line breaks that are written"),
    "quoted mail": (lambda: b"> " + LEAF.replace(b"\n", b"\n> "), "the quotation marks of a forwarded mail"),
    "no-break spaces": (lambda: LEAF.replace(b"\n", b"\xc2\xa0\n"), "invisible characters"),
    "zero-width spaces": (lambda: LEAF.replace(ROWS[2], b"\xe2\x80\x8b" + ROWS[2]), "invisible characters"),
    "lone CR": (lambda: LEAF.replace(b"\n", b"\r"), "lone carriage returns for line breaks"),
    "UTF-16": (lambda: LEAF.decode().encode("utf-16"), "two bytes for each character (UTF-16)"),
    "UTF-16 and dashes": (
        lambda: LEAF.decode().replace("-----", EN_DASHES).encode("utf-16"),
        "two bytes for each character (UTF-16)",
    ),
    "byte order mark": (lambda: b"\xef\xbb\xbf" + LEAF, "a byte order mark before the BEGIN line"),
    "indented": (lambda: b"  " + LEAF.replace(b"\n", b"\n  "), "spaces before the BEGIN or END line"),
    "blank lines": (lambda: LEAF.replace(b"\n", b"\n\n"), "blank lines inside a block"),
    "NUL": (lambda: b"\0" + LEAF, ""),
    "no padding": (lambda: LEAF.replace(b"=", b""), "a wrong number of = at the end of the Base64"),
    "too much padding": (lambda: LEAF.replace(b"\n-----END", b"=\n-----END"), "a wrong number of = at the end"),
    "small letters": (
        lambda: LEAF.replace(b"BEGIN CERT", b"begin cert"),
        "a BEGIN or END line that is not in capitals",
    ),
    "END of another kind": (lambda: LEAF.replace(b"END CERT", b"END X509 CERT"), "an END line of another kind"),
    "spaces in BEGIN": (lambda: LEAF.replace(b"BEGIN ", b"BEGIN  "), "spaces in the BEGIN or END line"),
    "a slip in BEGIN": (lambda: LEAF.replace(b"BEGIN CERTIFI", b"BEGIN CERTFI"), "a missing BEGIN line"),
    "headers": (lambda: rows(ROWS[0], b"Subject: a", b"X-B:", b"  c", b"", *ROWS[1:]), "header lines after the BEGIN"),
    "label of a request": (lambda: LEAF.replace(b"TE-", b"TE REQUEST-"), "the label 'CERTIFICATE REQUEST' on it"),
    "label of a key": (lambda: LEAF.replace(b"CERTIFICATE", b"PRIVATE KEY"), "the label 'PRIVATE KEY' on it"),
    "label of PKCS#7": (lambda: LEAF.replace(b"CERTIFICATE", b"PKCS7"), "the label 'PKCS7' on it"),
    "label of its own": (lambda: LEAF.replace(b"CERTIFICATE", b"A\x1b[1m"), "the label 'A\\\\x1b[1m' on it"),
    "bytes behind DER": (lambda: der(leaf()) + b"garbage", "7 bytes after its end"),
    "one byte behind DER": (lambda: der(leaf()) + b"!", "1 byte after its end"),
    "mail around Base64": (lambda: b"Subject: here it is\n\n" + BARE + b"\nregards\n", "no BEGIN and END lines"),
    "Base64 for URLs": (lambda: base64.urlsafe_b64encode(der(leaf())).rstrip(b"="), "no BEGIN and END lines"),
    "XML": (lambda: b"<X509Certificate>" + BARE + b"</X509Certificate>", "no BEGIN and END lines"),
    "no hyphens": (lambda: LEAF.replace(b"-----", b""), "no BEGIN and END lines"),
}


@pytest.mark.parametrize("fault", REPAIRS)
def test_what_can_be_put_right_is_put_right(fault: str) -> None:
    """The certificate comes back whole, and the report says what was wrong and is not ready as it is."""
    make, problem = REPAIRS[fault]
    report = identify(make(), consumer="Expressway")
    assert report.pem == LEAF.decode()
    assert [certificate.der for certificate in report.certificates] == [der(leaf())]
    assert report.problems
    assert report.problems[0].startswith(problem)
    assert not report.is_ready


def test_two_certificates_run_together_are_taken_apart() -> None:
    """Where the END and BEGIN lines between two are missing, both come back."""
    report = identify(rows(*ROWS[:-1], *CA.splitlines()[1:]))
    assert report.pem == (LEAF + CA).decode()
    assert report.problems == ("several certificates in one block",)


def test_the_dashes_of_utf16_are_known() -> None:
    """Both slips are told where an editor made dashes of the hyphens and saved two bytes for each character."""
    report = identify(LEAF.decode().replace("-----", EN_DASHES).encode("utf-16"))
    assert report.problems == (
        "two bytes for each character (UTF-16)",
        "dashes on the BEGIN or END line that are not five hyphens",
    )


def test_something_else_in_a_block_of_its_own_is_not_dropped() -> None:
    """Where one of two spoilt blocks holds no certificate, or a value behind it, nothing is handed back."""
    for other in (samples()["request.der"], der(ca()) + b"\x05\x00"):
        report = identify((LEAF.decode() + encode(other)).replace("-----", "------"))
        assert (report.kind, report.pem) == (FileKind.DAMAGED_CERTIFICATE, None)


def test_two_certificates_on_one_boundary_line_are_taken_apart() -> None:
    """Files that were joined without a final newline come back whole, and that alone is said about them."""
    report = identify(LEAF.rstrip() + CA.rstrip() + LEAF, consumer="Expressway")
    assert report.pem == (LEAF + CA + LEAF).decode()
    assert report.sentence == (
        "a PEM file with 2 leaf certificates and one CA certificate, and with line breaks around the BEGIN or END line "
        "that were lost: Expressway takes plain PEM; here it is put right"
    )


def test_every_bare_certificate_of_a_text_comes_back() -> None:
    """The certificates in the JSON of a web service come back in their order, or none where one is not whole."""
    both = [base64.b64encode(der(one)).decode() for one in (leaf(), ca())]
    report = identify(json.dumps({"x5c": both}).encode(), consumer="Expressway")
    assert report.kind is FileKind.BASE64_CERTIFICATE
    assert report.sentence == "2 certificates in Base64 without BEGIN and END lines: Expressway takes PEM; here it is"
    assert report.pem == (LEAF + CA).decode()
    assert identify(json.dumps({"x5c": [both[0], both[1][:-8]]}).encode()).pem is None
    assert identify(json.dumps({"x5c": [both[0], both[1][:7]]}).encode()).pem is None


def test_what_may_be_a_second_certificate_is_not_dropped() -> None:
    """DER with another certificate behind it, after a line break, as PEM or cut off, is not cut down to one."""
    for rest in (b"\n" + der(ca()), CA, der(ca())[:200]):
        report = identify(der(leaf()) + rest)
        assert (report.kind, report.pem) == (FileKind.DAMAGED_CERTIFICATE, None)


def test_pkcs12_in_pem_is_opened() -> None:
    """PKCS#12 as routers print it, under a label of its own or a wrong one, gives its certificates."""
    for label in ("PKCS12", "CERTIFICATE", "FOO"):
        text = encode(samples()["locked.p12"], label)
        report = identify(text, password=PASSWORD)
        assert (report.kind, report.pem) == (FileKind.PKCS12, (LEAF + CA).decode())
        assert identify(text).sentence.startswith("a PKCS#12 file that needs a password")


def test_a_container_without_certificates_is_called_empty() -> None:
    """PKCS#7 and PKCS#12 that hold none say so, and the CRL of a PKCS#7 file comes back as PEM."""
    empty = "without a certificate in it: export it again, with its certificates"
    assert identify(pkcs7_of(b"")).sentence == f"a PKCS#7 file {empty}"
    assert identify(encode(pkcs7_of(b""), "PKCS7")).sentence == f"a PKCS#7 file {empty}"
    key = pkcs12.serialize_key_and_certificates(None, leaf_key(), None, None, BestAvailableEncryption(b"secret"))
    assert identify(key, password=PASSWORD).sentence == f"a PKCS#12 file {empty}"
    signed = bytes.fromhex("0201013100300b06092a864886f70d010701") + element(0xA1, samples()["root.crl.der"])
    listed = element(0x30, bytes.fromhex("06092a864886f70d010702") + element(0xA0, element(0x30, signed + b"\x31\x00")))
    for data in (listed, encode(listed, "PKCS7"), encode(listed)):
        report = identify(data)
        assert (report.kind, report.pem) == (FileKind.PKCS7, crl().public_bytes(Encoding.PEM).decode())


def test_a_crl_under_another_label_comes_back() -> None:
    """A CRL that somebody labelled as a certificate is called a CRL and handed back under its own label."""
    report = identify(encode(samples()["root.crl.der"], "CERTIFICATE"), consumer="Expressway")
    assert report.sentence == (
        "a certificate revocation list (CRL), not a certificate; where a CRL is wanted, Expressway takes PEM; "
        "here it is"
    )
    assert report.pem == crl().public_bytes(Encoding.PEM).decode()


def test_something_else_behind_a_certificate_is_not_dropped() -> None:
    """A block with a request behind the certificate is not put right to the certificate alone."""
    body = base64.encodebytes(der(leaf()) + samples()["request.der"] + der(ca()))
    report = identify(b"----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n")
    assert (report.kind, report.pem) == (FileKind.DAMAGED_CERTIFICATE, None)


def test_nothing_is_put_right_halfway() -> None:
    """Where one of two certificates stays broken, no PEM is handed back that would lack it."""
    report = identify(rows(*ROWS[:3], *ROWS[4:]) + CA.replace(b"-----", b"----"))
    assert report.kind is FileKind.DAMAGED_CERTIFICATE
    assert report.pem is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            rows(*ROWS[:3], ROWS[3][:5] + b"!" + ROWS[3][6:], *ROWS[4:]),
            "the character '!' that is not Base64 (block 1, line 4)",
        ),
        (rows(*ROWS[:3], ROWS[3][:-1], *ROWS[4:]), "line 4 has 63 characters where the others have 64"),
        (rows(*ROWS[:3], ROWS[3][:-8], *ROWS[4:]), "line 4 has 56 characters where the others have 64"),
        (rows(*ROWS[:3], *ROWS[4:]), f"{len(der(leaf())) - 48} of its {len(der(leaf()))} bytes"),
        (rows(*ROWS[:4]), f"no END line, and only 144 of its {len(der(leaf()))} bytes: it is cut off"),
        (rows(*ROWS[1:4]), f"144 of its {len(der(leaf()))} bytes: it is cut off"),
        (der(leaf())[:100], f"100 of its {len(der(leaf()))} bytes: it is cut off"),
        (rows(ROWS[1], ROWS[2][:-1]), "Base64 that is cut off or damaged"),
        (rows(ROWS[0], ROWS[-1]), "nothing between BEGIN and END line (block 1, line 1); copy or export it again"),
        (rows(ROWS[0]), "no END line, and nothing after its BEGIN line (block 1, line 1)"),
        (der(leaf()) + samples()["request.der"], f"something that is no certificate from byte {len(der(leaf()))} on"),
    ],
)
def test_what_cannot_be_put_right_is_explained(data: bytes, words: str) -> None:
    """A damaged certificate is called so, with the place, and no PEM is made of it."""
    report = identify(data)
    assert report.kind is FileKind.DAMAGED_CERTIFICATE
    assert words in report.sentence
    assert report.pem is None
    assert report.problems


@pytest.mark.parametrize(
    ("data", "kind", "start"),
    [
        (b"", FileKind.EMPTY, "an empty file"),
        (b" \r\n\t\n", FileKind.EMPTY, "nothing but blank space"),
        (b"\xff\xfe \x00\n\x00", FileKind.EMPTY, "nothing but blank space"),
        (b"hello there", FileKind.TEXT, "text without a certificate in it"),
        (b'{\n "error": "not found"}', FileKind.TEXT, "JSON"),
        (b"<?xml version='1.0'?><a/>", FileKind.TEXT, "XML"),
        (b"\n <HTML><title>Sign in</title>", FileKind.HTML, "an HTML page"),
        (b"PK\x03\x04\x14\x00", FileKind.ARCHIVE, "a ZIP archive"),
        (b"\x1f\x8b\x08\x00", FileKind.ARCHIVE, "a gzip archive"),
        (b"%PDF-1.7\n", FileKind.DOCUMENT, "a PDF document"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", FileKind.DOCUMENT, "a picture"),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x02", FileKind.KEYSTORE, "a Java keystore"),
        (b"PuTTY-User-Key-File-3: ssh-rsa\n", FileKind.PRIVATE_KEY, "a PuTTY private key"),
        (b"ssh-rsa AAAAB3NzaC1yc2E= me@host\n", FileKind.PUBLIC_KEY, "an SSH public key"),
        (bytes(range(1, 256)), FileKind.BINARY, "binary data of no known kind"),
        (b"\x30\x03\x0a\x01\x00", FileKind.BINARY, "an OCSP response"),
        (b"-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n", FileKind.BINARY, "PEM of another kind"),
        (b"<h1>Forbidden</h1>", FileKind.HTML, "an HTML page"),
    ],
)
def test_noise_is_called_by_its_name(data: bytes, kind: FileKind, start: str) -> None:
    """What is no certificate at all is told by its first bytes."""
    report = identify(data)
    assert report.kind is kind
    assert report.sentence.startswith(start)
    assert report.pem is None
    assert report.certificates == ()


def test_the_place_is_in_the_report(tmp_path: Path) -> None:
    """A file is named by its path; data has no place."""
    path = tmp_path / "a.pem"
    path.write_bytes(LEAF)
    assert identify(path).where == str(path)
    assert identify(LEAF).where == ""


def test_only_an_input_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """A missing file and too large an input raise; too many blocks do not."""
    for source in (tmp_path / "missing", bytes(MAX_INPUT_BYTES + 1)):
        with pytest.raises(LoadError):
            identify(source)
    crowd = identify(b"-----BEGIN A-----\n-----END A-----\n" * (MAX_BLOCKS + 1))
    assert crowd.sentence.startswith(f"more than {MAX_BLOCKS} PEM blocks")


def test_only_files_of_a_usual_size_are_put_right() -> None:
    """A repair looks at a megabyte at most; beyond that the fault is told."""
    spoilt = LEAF.replace(b"-----", b"----")
    assert identify(spoilt + bytes(MAX_REPAIR_BYTES)).pem is None
    assert identify(spoilt + b"\n" * 1000).pem == LEAF.decode()


def openssl_reads(data: bytes, path: Path) -> bool:
    """Whether the system's libcrypto finds a certificate with PEM_read_bio_X509."""
    library = ctypes.util.find_library("crypto")
    if library is None:
        pytest.skip("no libcrypto")
    crypto = ctypes.CDLL(library)
    for function in (crypto.BIO_new_file, crypto.PEM_read_bio_X509):
        function.restype = ctypes.c_void_p
    crypto.PEM_read_bio_X509.argtypes = [ctypes.c_void_p] * 4
    crypto.BIO_free.argtypes = crypto.X509_free.argtypes = [ctypes.c_void_p]
    path.write_bytes(data)
    bio = crypto.BIO_new_file(str(path).encode(), b"rb")
    found = crypto.PEM_read_bio_X509(bio, None, None, None)
    crypto.BIO_free(bio)
    if found:
        crypto.X509_free(found)
    return bool(found)


def wide(width: int) -> bytes:
    """Return the certificate in lines of a width."""
    text = base64.b64encode(der(leaf()))
    return rows(ROWS[0], *(text[i : i + width] for i in range(0, len(text), width)), ROWS[-1])


SHAPES: dict[str, bytes] = {
    "plain": LEAF,
    "CRLF": LEAF.replace(b"\n", b"\r\n"),
    "no final newline": LEAF.rstrip(),
    "text around": b"O=Example, CN=a\n" + LEAF + b"the end",
    "wide lines": wide(76),
    "one line": wide(10_000),
    "odd lines": wide(63),
    "spaces behind": LEAF.replace(b"\n", b"  \n"),
    "spaces before the body": rows(ROWS[0], *(b"  " + row for row in ROWS[1:-1]), ROWS[-1]),
    "spaces before BEGIN": b" " + LEAF,
    "spaces before END": LEAF.replace(b"-----END", b" -----END"),
    "a blank line first": rows(ROWS[0], b"", *ROWS[1:]),
    "a blank line in the middle": rows(*ROWS[:3], b"", *ROWS[3:]),
    "a blank line last": rows(*ROWS[:-1], b"", ROWS[-1]),
    "a blank line of CRLF": rows(*ROWS[:3], b"", *ROWS[3:]).replace(b"\n", b"\r\n"),
    "lone CR": LEAF.replace(b"\n", b"\r"),
    "some lone CR": LEAF.replace(b"\n", b"\r", 3),
    "doubled CR": LEAF.replace(b"\n", b"\r\r\n"),
    "UTF-16": LEAF.decode().encode("utf-16"),
    "old label": LEAF.replace(b"CERTIFICATE", b"X509 CERTIFICATE"),
    "trusted label": LEAF.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE"),
    "en dashes": LEAF.replace(b"-----", EN_DASHES.encode()),
    "no END": rows(*ROWS[:-1]),
    "no BEGIN": rows(*ROWS[1:]),
    "a header": rows(ROWS[0], b"X: y", b"", *ROWS[1:]),
    "DER": der(leaf()),
    "PKCS#7": samples()["chain.p7c"],
    "NUL before": b"\0\n" + LEAF,
    "a label of its own": LEAF.replace(b"CERTIFICATE", b"CERT"),
    "label of PKCS#7": LEAF.replace(b"CERTIFICATE", b"PKCS7"),
    "label of a request": LEAF.replace(b"CERTIFICATE", b"CERTIFICATE REQUEST"),
    "an END and a BEGIN line in one": LEAF.rstrip() + CA,
    "no padding": LEAF.replace(b"=", b""),
    "a CRL first": samples()["root.crl"] + LEAF,
    "a long line of text first": b"x" * 300 + b"\n" + LEAF,
    "text before BEGIN": b"x " + LEAF,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_ready_means_that_openssl_reads_it(shape: str, tmp_path: Path) -> None:
    """`is_ready` is what the system's OpenSSL says to the same bytes."""
    assert identify(SHAPES[shape]).is_ready is openssl_reads(SHAPES[shape], tmp_path / "a.pem")
