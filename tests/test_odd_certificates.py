"""Certificates and CRLs that no builder makes: what OpenSSL takes for malformed, and what it passes over.

Each was found by drawing mutations and odd encodings against libcrypto; each stands for one rule.
"""

from typing import Final

import make_der as make
import openssl_oracle
import pytest
from hierarchies import AT, DAY, YEAR
from judging import difference, judge
from make_der import CrlSpec, Spec
from odd_certificates import CA, ROOT, RSA_ROOT, UNKNOWN, certificate, issued, named, text
from openssl_oracle import Question

from expressway_certs import Certificate, LoadError
from expressway_certs.x509 import der
from expressway_certs.x509.slices import cut


def by_rsa(algorithm: bytes) -> bytes:
    """Return a leaf of the root with the RSA key, its signature said to be made by ``algorithm``."""
    return certificate("leaf", "Root", "ec1", "rsa2048-0", algorithm=algorithm)


def asked(leaf: bytes, *trust: bytes, **options: object) -> Question:
    """Ask for a leaf, under the root with the EC key if under no other."""
    return Question(leaf=leaf, trust=trust or (ROOT,), **{"at": AT, **options})  # type: ignore[arg-type]


def extension(kind: str, value: str) -> Question:
    """Ask for a leaf with one extension, its value in hexadecimal."""
    return asked(issued(make.extension(kind, bytes.fromhex(value))))


def alternative(*members: bytes) -> Question:
    """Ask for a leaf with these alternative names."""
    return asked(issued(make.extension("2.5.29.17", make.sequence(*members))))


def directory(value: bytes) -> bytes:
    """Return a directory name of one common name as a general name."""
    return make.context(4, named(value))


def utc(value: str) -> bytes:
    """Return a UTCTime."""
    return text(value.encode(), der.UTC_TIME)


def generalized(value: str) -> bytes:
    """Return a GeneralizedTime."""
    return text(value.encode(), der.GENERALIZED_TIME)


def rivals(first: bytes, second: bytes) -> Question:
    """Ask for a leaf under two roots with these ends, the first of which begins too late and the second has ended."""
    starts = make.time(AT + DAY), make.time(AT - 9 * YEAR)
    roots = [
        certificate("Root", "Root", "ec0", "ec0", CA, validity=validity)
        for validity in zip(starts, (first, second), strict=True)
    ]
    return asked(issued(), *roots)


def revoked(*entries: tuple[int, bytes], extensions: tuple[bytes, ...] = ()) -> Question:
    """Ask for a leaf with the serial number 1 and a CRL with these entries."""
    spec = CrlSpec(
        issuer=make.common_name("Root"), signer="ec0", start=AT - DAY, end=AT + DAY, revoked=entries,
        extensions=extensions,
    )  # fmt: skip
    return asked(issued(), crls=(make.crl(spec),), crl_check="leaf")


def reason(value: bytes) -> bytes:
    """Return the reason of a CRL's entry."""
    return make.extension("2.5.29.21", der.encode(der.ENUMERATED, value))


def issuer(*names: str) -> bytes:
    """Return the certificate issuer of a CRL's entry."""
    listed = [make.context(4, make.common_name(name)) for name in names]
    return make.extension("2.5.29.29", make.sequence(*listed), critical=True)


def constrained(subtree: bytes) -> bytes:
    """Return the root with a permitted subtree."""
    return certificate(
        "Root", "Root", "ec0", "ec0", CA, make.extension("2.5.29.30", make.sequence(make.context(0, subtree)))
    )


def pss(digest: str, *more: bytes) -> bytes:
    """Return the AlgorithmIdentifier of RSASSA-PSS with one digest and a salt of 32 octets."""
    hashed = make.sequence(make.oid(digest))
    mask = make.sequence(make.oid("1.2.840.113549.1.1.8"), hashed)
    salt = make.context(2, make.integer(32))
    return make.sequence(
        make.oid("1.2.840.113549.1.1.10"), make.sequence(make.context(0, hashed), make.context(1, mask), salt, *more)
    )


AKI, SAN, BASIC, USAGE, PURPOSES = "2.5.29.35", "2.5.29.17", "2.5.29.19", "2.5.29.15", "2.5.29.37"
SHA256_PSS, SHA3_PSS = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.8"
JUNK_KEY: Final = make.sequence(make.sequence(make.oid("1.2.840.10045.2.1")), der.encode(der.BIT_STRING, b"\0\4"))
DSA_KEY: Final = make.sequence(
    make.sequence(make.oid("1.2.840.10040.4.1"), make.sequence(*map(make.integer, (2**1024, 2**160, 2)))),
    der.encode(der.BIT_STRING, b"\0\x30\0"),
)

BY_SHA1: Final = certificate("leaf", "Root", "ec1", "ec0", digest="sha1")
TWO_ALGORITHMS: Final = make.signed(cut(BY_SHA1).tbs, make.algorithm_identifier("ec0", "sha256"), "ec0", "sha256")


def rsa(*numbers: bytes) -> bytes:
    """Return an RSA key of these numbers."""
    identifier = make.sequence(make.oid("1.2.840.113549.1.1.1"), b"\5\0")
    return make.sequence(identifier, der.encode(der.BIT_STRING, b"\0" + make.sequence(*numbers)))


EXPONENT: Final = make.integer(65537)
PADDED_RSA: Final = rsa(der.encode(der.INTEGER, bytes(9) + b"\x7f" * 256), EXPONENT)
NEGATIVE_RSA: Final = rsa(der.encode(der.INTEGER, b"\xff" * 256), EXPONENT)
LONG_RSA: Final = rsa(make.integer(2**2047 + 1), EXPONENT, EXPONENT)
SHORT_DSA: Final = make.sequence(
    make.sequence(make.oid("1.2.840.10040.4.1"), make.sequence(*map(make.integer, (2**1024, 2**160)))),
    der.encode(der.BIT_STRING, b"\0" + make.integer(5)),
)
SUB: Final = certificate("Sub", "Root", "ec0", "ec0", CA)
MALFORMED: Final = issued(
    make.extension(BASIC, b"\5\0"), make.extension(PURPOSES, make.sequence(make.oid("1.3.6.1.5.5.7.3.3")))
)
P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
GENERATOR: Final = (
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PARAMETERS: Final = make.sequence(
    make.integer(1),
    make.sequence(make.oid("1.2.840.10045.1.1"), make.integer(P)),
    make.sequence(*(der.encode(der.OCTET_STRING, number.to_bytes(32, "big")) for number in (P - 3, B))),
    der.encode(der.OCTET_STRING, bytes.fromhex(GENERATOR)),
    make.integer(ORDER),
)
EXPLICIT_P256: Final = make.sequence(
    make.sequence(make.oid("1.2.840.10045.2.1"), PARAMETERS),
    der.encode(der.BIT_STRING, b"\0" + make.public_key_info("ec1")[-65:]),
)
SPELT_OUT: Final = certificate("leaf", "leaf", "ec1", "ec1", info=EXPLICIT_P256)


def under_type(bit: int) -> Question:
    """Ask for a server under a root that is a CA by its Netscape type, if at all."""
    root = certificate("Root", "Root", "ec0", "ec0", make.extension("2.16.840.1.113730.1.1", make.named_bits(bit)))
    return asked(issued(), root, purpose="server")


def old(issuer: str) -> bytes:
    """Return a CA of version 1."""
    names = make.common_name("Root"), make.common_name(issuer)
    return make.certificate(
        Spec(
            subject=names[0], issuer=names[1], key="ec0", signer="ec0", serial=1, start=AT - YEAR, end=AT + YEAR,
            version=1,
        )
    )  # fmt: skip


CASES: Final[dict[str, tuple[Question, int, int]]] = {
    "a sound leaf": (asked(issued()), 0, 0),
    # Malformed extensions: nobody has issued such a certificate.
    "a boolean of two octets": (extension(BASIC, "30040102ffff"), 20, 0),
    "a basic constraint too many": (extension(BASIC, "30050101ff0500"), 20, 0),
    "a padded path length": (extension(BASIC, "30040202000100"), 20, 0),
    "a purpose whose arc begins with zeros": (extension(PURPOSES, "30040602558001"), 20, 0),
    "a key usage beyond what OpenSSL keeps": (extension(USAGE, "030400000080"), 20, 0),
    "key identifiers out of order": (extension(AKI, "30068201058001aa"), 20, 0),
    "a padded serial number in a key identifier": (extension(AKI, "300482020005"), 20, 0),
    "a directory name of a type that names do not have": (alternative(directory(text(b"a", 0x1A))), 20, 0),
    "a directory name that is no UTF-8": (alternative(directory(text(b"\xff"))), 20, 0),
    "a directory name with half a character": (alternative(directory(text(b"\xd8\0", der.BMP_STRING))), 20, 0),
    "another name with two values": (
        alternative(make.context(0, make.oid("1.2.3") + make.context(0, b"\5\0\5\0"))),
        20,
        0,
    ),
    "another name with a padded number": (
        alternative(make.context(0, make.oid("1.2.3") + make.context(0, b"\2\2\0\1"))),
        20,
        0,
    ),
    "a registered identifier that does not end": (alternative(make.context(8, b"\x81", constructed=False)), 20, 0),
    "an EDI party without a name": (alternative(make.context(5, make.context(0, text(b"a")))), 20, 0),
    "an EDI party": (alternative(make.context(5, make.context(1, text(b"a")))), 0, 0),
    "constraints out of order": (extension("2.5.29.30", "3004a100a000"), 20, 0),
    "address blocks that are none": (extension("1.3.6.1.5.5.7.1.7", "3003020101"), 20, 0),
    "address blocks": (extension("1.3.6.1.5.5.7.1.7", "3008300604020001" + "0500"), 0, 0),
    "systems that are none": (extension("1.3.6.1.5.5.7.1.8", "3004a0023100"), 20, 0),
    "a proxy without a policy": (extension("1.3.6.1.5.5.7.1.14", "3003020101"), 20, 0),
    "a distribution point with two names": (extension("2.5.29.31", "30083006a004a000a000"), 20, 0),
    "unused bits of nothing": (extension("2.16.840.1.113730.1.1", "030105"), 0, 0),
    "what follows a value": (extension(BASIC, "30000500"), 0, 0),
    "a proxy": (extension("1.3.6.1.5.5.7.1.14", "300c300a06082b06010505071501"), 40, 0),
    # Standing.
    "an unreadable key below what was sent": (
        asked(issued(UNKNOWN, issuer="Sub", info=JUNK_KEY), presented=(SUB,), security_level=0),
        34,
        0,
    ),
    "an unreadable key below what was sent, and nothing else": (
        asked(issued(issuer="Sub", info=JUNK_KEY), presented=(SUB,), security_level=0),
        1,
        0,
    ),
    "a malformed leaf that is trusted as it is": (
        asked(MALFORMED, MALFORMED, partial_chain=True, purpose="server"),
        0,
        0,
    ),
    "an anchor that is a CA for TLS by its type": (under_type(5), 0, 0),
    "an anchor that is a CA for programs by its type": (under_type(7), 26, 1),
    "an anchor that is no CA by its type": (under_type(0), 79, 1),
    "an old anchor": (asked(issued(), old("Root"), partial_chain=True), 0, 0),
    "an old anchor that others have issued": (asked(issued(), old("Top"), partial_chain=True), 79, 1),
    "a curve that is spelt out, alone": (asked(SPELT_OUT, SPELT_OUT), 0, 0),
    "a curve that is spelt out, in a chain": (asked(issued(info=EXPLICIT_P256)), 94, 0),
    # Building.
    "a leaf whose key cannot be read": (asked(issued(UNKNOWN, info=JUNK_KEY), security_level=0), 1, 0),
    "a DSA key that is no number": (asked(issued(UNKNOWN, info=DSA_KEY), security_level=0), 1, 0),
    "a key whose modulus is padded": (asked(issued(info=PADDED_RSA)), 0, 0),
    "a key whose modulus is negative": (asked(issued(info=NEGATIVE_RSA)), 0, 0),
    "a key with a number too many": (asked(issued(UNKNOWN, info=LONG_RSA), security_level=0), 1, 0),
    "DSA parameters with a number too few": (asked(issued(UNKNOWN, info=SHORT_DSA), security_level=0), 1, 0),
    "two algorithms": (asked(TWO_ALGORITHMS), 7, 0),
    "a malformed certificate is not self-signed": (
        asked(certificate("leaf", "leaf", "ec1", "ec1", make.extension(BASIC, b"\5\0")), ROOT),
        20,
        0,
    ),
    "the second rival ends last": (rivals(make.time(AT - DAY), make.time(AT - 1)), 10, 1),
    "the first rival ends last": (rivals(make.time(AT - 1), make.time(AT - DAY)), 9, 1),
    "a rival's end without seconds": (rivals(utc("200101000000Z"), utc("2101010000Z")), 14, 1),
    "a rival's end with an offset": (rivals(utc("200101000000Z"), utc("191231235900-0002")), 14, 1),
    "a rival's end with another offset": (rivals(utc("200101000000Z"), utc("200101000001+0100")), 9, 1),
    "a rival's end with an offset that is none": (rivals(utc("200101000000Z"), utc("210101000000+1300")), 9, 1),
    "a rival's end with a fraction": (rivals(utc("200101000000Z"), generalized("20210101000000.5Z")), 14, 1),
    "a rival's end that is no time": (rivals(utc("200101000000Z"), utc("209901000000Z")), 9, 1),
    "the first rival's end that is no time": (rivals(utc("209901000000Z"), utc("200101000000Z")), 9, 1),
    # Names.
    "an empty relative name": (asked(issued(issuer=make.sequence(named(text(b"Root"))[2:], b"\x31\0"))), 0, 0),
    "a common name that is no text, under constraints": (
        asked(issued(subject=named(text(b"\0a", der.BIT_STRING))), constrained(make.sequence(make.dns("a")))),
        1,
        0,
    ),
    "a host name after a common name that is no text": (
        asked(issued(subject=named(text(b"\0a", der.BIT_STRING), text(b"a.example.com"))), hosts=("a.example.com",)),
        62,
        0,
    ),
    "a host name before a common name that is no text": (
        asked(issued(subject=named(text(b"a.example.com"), text(b"\0a", der.BIT_STRING))), hosts=("a.example.com",)),
        0,
        0,
    ),
    "the common name of a CA, under constraints": (
        asked(
            certificate("leaf", "sub.example.org", "ec1", "ec0"),
            constrained(make.sequence(make.dns("example.com"))),
            presented=(certificate("sub.example.org", "Root", "ec0", "ec0", CA),),
        ),
        0,
        0,
    ),
    # Signatures.
    "a digest that OpenSSL cannot tie to a key": (
        asked(by_rsa(make.sequence(make.oid("1.2.840.113549.1.1.16"), b"\5\0")), RSA_ROOT),
        20,
        0,
    ),
    "MD2": (asked(by_rsa(make.sequence(make.oid("1.2.840.113549.1.1.2"), b"\5\0")), RSA_ROOT), 68, 0),
    "MD2 at level 0": (
        asked(by_rsa(make.sequence(make.oid("1.2.840.113549.1.1.2"), b"\5\0")), RSA_ROOT, security_level=0),
        7,
        0,
    ),
    "MD4": (asked(by_rsa(make.sequence(make.oid("1.2.840.113549.1.1.3"), b"\5\0")), RSA_ROOT), 68, 0),
    "RIPEMD-160, wrong": (asked(by_rsa(make.sequence(make.oid("1.3.36.3.3.1.2"), b"\5\0")), RSA_ROOT), 7, 0),
    "RIPEMD-160 at level 2": (
        asked(by_rsa(make.sequence(make.oid("1.3.36.3.3.1.2"), b"\5\0")), RSA_ROOT, security_level=2),
        68,
        0,
    ),
    "ECDSA that does not say its digest": (
        asked(issued(algorithm=make.sequence(make.oid("1.2.840.10045.4.3")))),
        68,
        0,
    ),
    "ECDSA that does not say its digest, at level 0": (
        asked(issued(algorithm=make.sequence(make.oid("1.2.840.10045.4.3"))), security_level=0),
        0,
        0,
    ),
    "PSS, wrong": (asked(by_rsa(pss(SHA256_PSS)), RSA_ROOT), 7, 0),
    "PSS with SHA-3, wrong": (asked(by_rsa(pss(SHA3_PSS)), RSA_ROOT), 7, 0),
    "PSS with another trailer": (asked(by_rsa(pss(SHA256_PSS, make.context(3, make.integer(2)))), RSA_ROOT), 68, 0),
    "PSS with a field too many": (asked(by_rsa(pss(SHA256_PSS, make.context(4, b"\5\0"))), RSA_ROOT), 68, 0),
    # CRLs.
    "a revoked leaf": (revoked((1, b"")), 23, 0),
    "an entry of another issuer": (revoked((1, issuer("Other"))), 0, 0),
    "an entry after one of another issuer": (revoked((2, issuer("Other")), (1, b"")), 0, 0),
    "an entry after one of no issuer": (revoked((2, issuer()), (1, b"")), 0, 0),
    "an entry removed from the list": (revoked((1, reason(b"\x08"))), 0, 0),
    "an entry with a padded reason": (revoked((1, reason(b"\0\x08"))), 23, 0),
    "an entry with two reasons": (revoked((1, reason(b"\x08") + reason(b"\x08"))), 23, 0),
    "an entry after one with a padded reason": (
        revoked((2, issuer("Other") + reason(b"\0\1")), (1, reason(b"\x08") + UNKNOWN)),
        23,
        0,
    ),
    "a list with two scopes": (
        revoked((1, b""), extensions=(make.extension("2.5.29.28", b"\x30\3\x81\1\xff"),) * 2),
        23,
        0,
    ),
    "a list with a scope out of order": (
        revoked((1, b""), extensions=(make.extension("2.5.29.28", b"\x30\6\x82\1\xff\x81\1\xff"),)),
        23,
        0,
    ),
}  # fmt: skip

every_case = pytest.mark.parametrize("name", CASES)


@every_case
def test_an_odd_certificate_is_judged(name: str) -> None:
    """Each odd certificate has the error number and the depth that OpenSSL 3.0 gives it."""
    question, code, depth = CASES[name]
    answer = judge(question)
    assert (answer.code, answer.depth) == (code, depth)


@every_case
@pytest.mark.skipif(openssl_oracle.library() is None, reason="the system has no libcrypto of OpenSSL 3.0")
def test_openssl_says_the_same(name: str) -> None:
    """What the case expects is what OpenSSL says, with the same chain."""
    question, code, depth = CASES[name]
    theirs = openssl_oracle.ask(question)
    assert theirs is not None
    assert (theirs.code, theirs.depth) == (code, depth)
    assert difference(judge(question), theirs) is None


REFUSED: Final[dict[str, bytes]] = {
    "a padded serial number": issued(serial=b"\2\2\0\1"),
    "a serial number without octets": issued(serial=b"\2\0"),
    "an extension whose flag has two octets": issued(make.sequence(make.oid("1.2.3"), b"\1\2\0\0", b"\4\0")),
    "an extension whose arc begins with zeros": issued(make.sequence(b"\6\3\x55\x80\1", b"\4\0")),
    "an algorithm with two parameters": issued(algorithm=make.sequence(make.oid("1.2.3"), b"\5\0\5\0")),
    "an algorithm with a NULL that holds something": issued(algorithm=make.sequence(make.oid("1.2.3"), b"\5\1\0")),
    "a name of a type that names do not have": issued(subject=named(text(b"a", 0x1A)), serial=b"\2\1\0"),
    "a name that is no UTF-8": issued(subject=named(text(b"\xff")), serial=b"\2\1\0"),
    "a name with two values": issued(subject=named(text(b"a") + text(b"b"))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_openssl_cannot_read_is_refused(name: str) -> None:
    """Bytes of which OpenSSL makes no certificate are refused when they are loaded."""
    if openssl_oracle.library() is not None:
        assert openssl_oracle.ask(asked(REFUSED[name])) is None
    with pytest.raises(LoadError, match="not a DER certificate"):
        Certificate.from_der(REFUSED[name])
