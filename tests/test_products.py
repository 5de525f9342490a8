"""Every host name against every pattern, every name against every constraint, every CRL's scope against every point.

Random hierarchies meet such a pair now and then; here each is met in every run.
"""

from itertools import product
from typing import Final

import make_der as make
import openssl_oracle
import pytest
from hierarchies import AT, DAY
from judging import difference, judge
from make_der import CrlSpec
from odd_certificates import CA, certificate, issued, text
from openssl_oracle import Question

from expressway_certs.x509 import der

pytestmark = pytest.mark.skipif(openssl_oracle.library() is None, reason="the system has no libcrypto of OpenSSL 3.0")

PATTERNS: Final = (
    "a.example.com", "A.Example.COM", "a.example.com.", "*.example.com", "*.Example.com", "a*.example.com",
    "*a.example.com", "a*a.example.com", "*.*.com", "a.*.com", "*", "*.com", "*.example.com.", "xn--*.example.com",
    "*xn--a.example.com", "-*.example.com", "a-*.example.com", "*-a.example.com", "*.-a.com", "*.a-.com", "*.a_b.com",
    "**.example.com", "*..com", "a.example.com\0.evil", ".example.com", "\0.example.com", "xn--a.example.com",
)  # fmt: skip
HOSTS: Final = (
    "a.example.com", "A.EXAMPLE.COM", "a.example.com.", "aa.example.com", "aXa.example.com", "b.a.example.com",
    "example.com", ".example.com", ".EXAMPLE.com", ".com", ".", "xn--a.example.com", "XN--b.example.com",
    "*.example.com", "a_b.example.com", "-a.example.com", "a-.example.com", "a-b.example.com", "x.a_b.com", "x.-a.com",
    "com", "x.a-.com", "xn--*.example.com", "a*a.example.com",
)  # fmt: skip


def mail(value: bytes) -> bytes:
    """Return an e-mail address as a general name."""
    return make.context(1, value, constructed=False)


def uri(value: bytes) -> bytes:
    """Return a URI as a general name."""
    return make.context(6, value, constructed=False)


def address(value: bytes) -> bytes:
    """Return an IP address, or a network, as a general name."""
    return make.context(7, value, constructed=False)


def directory(*names: str) -> bytes:
    """Return a directory name of common names as a general name."""
    return make.context(4, make.sequence(*(make.common_name(name)[2:] for name in names)))


def mailbox(value: bytes, tag: int = der.UTF8_STRING) -> bytes:
    """Return a SmtpUTF8Mailbox as a general name."""
    return make.context(0, make.oid("1.3.6.1.5.5.7.8.9") + make.context(0, text(value, tag)))


def limited(base: bytes, *limits: bytes) -> bytes:
    """Return a subtree with its limits."""
    return make.sequence(base, *limits)


MINIMUM, MAXIMUM = make.context(0, b"\1", constructed=False), make.context(1, b"\0", constructed=False)
ZERO: Final = make.context(0, b"\0", constructed=False)
SUBTREES: Final = (
    *(
        make.sequence(base)
        for base in (
            make.dns("example.com"),
            make.dns(".example.com"),
            make.dns("EXAMPLE.com"),
            make.dns(""),
            make.dns("com"),
            mail(b"example.com"),
            mail(b".example.com"),
            mail(b"user@example.com"),
            mail(b"@example.com"),
            mail(b""),
            mail(b"us\0er@example.com"),
            uri(b"example.com"),
            uri(b".example.com"),
            uri(b""),
            address(bytes((10, 1, 0, 0, 255, 255, 0, 0))),
            address(bytes((10, 1, 2, 3, 255, 0, 255, 0))),
            address(bytes(4)),
            address(bytes(32)),
            directory("a"),
            directory("A ", "b"),
            make.context(4, b"\x30\0"),
            mailbox(b"user@example.com"),
            make.context(8, der.oid("1.2.3"), constructed=False),
            make.context(0, make.oid("1.2.3") + make.context(0, b"\5\0")),
            mail(b"xn--bcher-kva.example"),
            mail(b"XN--bcher-kva.example"),
            mail(b"xn--a-.example"),
            mail(b".xn--bcher-kva.example"),
            mail(b"xn--.example"),
        )
    ),
    *(limited(make.dns("example.com"), *limits) for limits in ((MINIMUM,), (MAXIMUM,), (ZERO,))),
    make.sequence(make.dns("example.com")) + limited(make.dns("example.org"), MINIMUM),
    limited(make.dns("example.org"), MINIMUM) + make.sequence(make.dns("example.com")),
    make.sequence(mail(b"example.com")) + limited(mail(b"example.org"), MAXIMUM),
    make.sequence(make.dns("example.org")) + make.sequence(make.dns("example.com")),
)
NAMES: Final = (
    make.dns("example.com"),
    make.dns("a.EXAMPLE.com"),
    make.dns("aexample.com"),
    make.dns(".example.com"),
    make.dns("example.com."),
    make.dns(""),
    make.dns("a.example.org"),
    mail(b"user@example.com"),
    mail(b"USER@EXAMPLE.com"),
    mail(b"user@a.example.com"),
    mail(b"@example.com"),
    mail(b"example.com"),
    mail(b"us\0er@example.com"),
    mail(b'"a@b"@example.com'),
    uri(b"https://example.com/"),
    uri(b"https://a.example.com"),
    uri(b"https://a.example.com:1/"),
    uri(b"https://a.example.com/x:1"),
    uri(b"https://user@a.example.com/"),
    uri(b"https:a"),
    uri(b"https://"),
    uri(b"no scheme"),
    uri(b"https://example.com:1"),
    address(bytes((10, 1, 2, 3))),
    address(bytes((10, 9, 2, 9))),
    address(bytes(16)),
    address(bytes(5)),
    address(b""),
    directory("a"),
    directory("a", "b"),
    directory("b"),
    make.context(8, der.oid("1.2.3"), constructed=False),
    mailbox(b"user@example.com"),
    mailbox("\u00fc@b\u00fccher.example".encode()),
    mailbox(b"u@XN--bcher-kva.example"),
    mailbox(b"u@xn--bcher-kva.example"),
    mailbox("u@a..b\u00fccher.example".encode()),
    mailbox(b"user@example.com", der.IA5_STRING),
    mailbox(b"no mailbox"),
    mailbox(b"\xc3\xbc@a.example.com"),
    mailbox(b"u@a..example.com"),
    mailbox(b"u@..example.com"),
    mailbox(b"..example.com@"),
    make.context(0, make.oid("1.2.3") + make.context(0, b"\5\0")),
    make.context(3, make.sequence()),
)
COMMON: Final = (
    b"a.example.com", b"example.org", b"example", b"a_b.example.org", b"a.example.org\0", b"a.example\0.org", b"-a.b",
    b"a-.b", b"a..b", b"", b"a b.c",
)  # fmt: skip


def check(question: Question) -> None:
    """Hold the judge's answer against OpenSSL's."""
    theirs = openssl_oracle.ask(question)
    assert theirs is not None
    assert difference(judge(question), theirs) is None, question


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_host_against_a_pattern(pattern: str) -> None:
    """A pattern matches the hosts that it matches for OpenSSL, as DNS name and as common name."""
    root = certificate("Root", "Root", "ec0", "ec0", CA)
    names = issued(make.extension("2.5.29.17", make.sequence(make.dns(pattern))))
    for leaf, host in product((names, issued(subject=pattern)), HOSTS):
        check(Question(leaf=leaf, trust=(root,), at=AT, hosts=(host,)))


def constrained(subtree: bytes, side: int) -> bytes:
    """Return a root that permits (0) or excludes (1) a subtree."""
    constraints = make.extension("2.5.29.30", make.sequence(make.context(side, subtree)), critical=True)
    return certificate("Root", "Root", "ec0", "ec0", CA, constraints)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("at", range(len(SUBTREES)))
def test_every_name_against_a_constraint(at: int, side: int) -> None:
    """A constraint holds for the alternative names, e-mail addresses and common names that OpenSSL holds to it."""
    root = constrained(SUBTREES[at], side)
    named = [issued(make.extension("2.5.29.17", make.sequence(name)), subject=b"\x30\0") for name in NAMES]
    common = [issued(subject=value.decode()) for value in COMMON]
    mails = [
        issued(subject=make.sequence(der.encode(der.SET, make.sequence(make.oid("1.2.840.113549.1.9.1"), value))))
        for value in (text(b"user@example.com", der.IA5_STRING), text(b"user@example.com"))
    ]
    for leaf in (*named, *common, *mails):
        check(Question(leaf=leaf, trust=(root,), at=AT))


def point(*members: bytes) -> bytes:
    """Return cRLDistributionPoints of one point."""
    return make.extension("2.5.29.31", make.sequence(make.sequence(*members)))


RELATIVE: Final = make.sequence(make.oid("2.5.4.3"), text(b"a"))
FULL, OTHER, WHOLE, PART, NO_NAME = (
    make.context(0, make.context(0, uri(b"http://a/"))),
    make.context(0, make.context(0, uri(b"http://b/"))),
    make.context(
        0, make.context(0, make.context(4, make.sequence(make.common_name("Root")[2:], der.encode(der.SET, RELATIVE))))
    ),
    make.context(0, make.context(1, RELATIVE)),
    make.context(0, make.context(0, b"")),
)
ROOT_NAME, SUB_NAME = (make.context(2, make.context(4, make.common_name(name))) for name in ("Root", "Sub"))
REASONS: Final = make.context(1, b"\6\x40", constructed=False)
POINTS: Final = (
    b"",
    *(
        point(*members)
        for members in (
            (FULL,), (OTHER,), (WHOLE,), (PART,), (NO_NAME,), (FULL, REASONS), (FULL, ROOT_NAME), (FULL, SUB_NAME),
            (ROOT_NAME,), (SUB_NAME,), (PART, ROOT_NAME), (PART, SUB_NAME),
        )
    ),
    make.extension("2.5.29.31", make.sequence(make.sequence(OTHER), make.sequence(FULL, REASONS))),
)  # fmt: skip
FLAGS: Final = tuple(make.context(number, b"\xff", constructed=False) for number in (1, 2, 4, 5))
SCOPES: Final = (
    None, (), (FULL,), (OTHER,), (WHOLE,), (PART,), (NO_NAME,), *((flag,) for flag in FLAGS), FLAGS[:2],
    (make.context(3, b"\6\x40", constructed=False),), (FULL, FLAGS[0]),
)  # fmt: skip


def crl(scope: tuple[bytes, ...] | None, start: int, serial: int) -> bytes:
    """Return a CRL of the root, with a scope if any, that names one serial number."""
    extensions = () if scope is None else (make.extension("2.5.29.28", make.sequence(*scope), critical=True),)
    spec = CrlSpec(
        issuer=make.common_name("Root"), signer="ec0", start=start, end=AT + DAY, revoked=((serial, b""),),
        extensions=extensions,
    )  # fmt: skip
    return make.crl(spec)


@pytest.mark.parametrize("scope", SCOPES)
def test_every_point_against_a_scope(scope: tuple[bytes, ...] | None) -> None:
    """A CRL speaks for the leaves and CAs for which it does for OpenSSL; of two, the better one is taken."""
    root = certificate("Root", "Root", "ec0", "ec0", CA)
    other = crl(None, AT - 2 * DAY, 9)
    for points, serial, kind in product(POINTS, (1, 9), ((), (CA,))):
        leaf = issued(*kind, *filter(None, (points,)))
        newer, older = crl(scope, AT - DAY, serial), crl(scope, AT - 3 * DAY, serial)
        for crls in ((newer,), (newer, other), (other, newer), (older, other), (other, older)):
            check(Question(leaf=leaf, trust=(root,), at=AT, crls=crls, crl_check="leaf"))
