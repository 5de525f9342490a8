"""Leaves that differ from a plain one in one thing: what a kind may differ in, and what it may not."""

from typing import Final

import attrs
import make_der as make
from bulk_leaves import (
    AT,
    BASIC,
    CA_KEY,
    CA_KEY_NAMED,
    HOST,
    LEAF_KEY,
    NAMES,
    NOW,
    OWN_KEY,
    PLAIN,
    POLICY,
    PRESENTED,
    PURPOSES,
    TRUST,
    USAGE,
    YEAR,
    Leaf,
    authority_key,
    names,
    subject_key,
)

from expressway_certs import Certificate, VerifyIndex, VerifyPolicy
from expressway_certs.x509 import der


def key_info(algorithm: bytes, key: bytes) -> bytes:
    """Return a SubjectPublicKeyInfo."""
    return make.sequence(algorithm, der.encode(der.BIT_STRING, b"\0" + key))


def p256(x: int, y: int) -> bytes:
    """Return the info of a P-256 key with these coordinates."""
    return make.public_key_info(LEAF_KEY)[:-64] + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def rsa_info(modulus: bytes, exponent: bytes = make.integer(65537)) -> bytes:
    """Return the info of an RSA key."""
    return key_info(
        make.sequence(make.oid("1.2.840.113549.1.1.1"), b"\x05\0"),
        make.sequence(der.encode(der.INTEGER, modulus), exponent),
    )


P256_PRIME: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
SMALL_X: Final = (5, 0x459243B9AA581806FE913BCE99817ADE11CA503C64D9A3C533415C083248FBCC)
SMALL_Y: Final = (0xD7325D7646CD60D80A92738CEB345F844CFFAF35841022CAB176F692DE8DE1D7, 5)
"""Two points of P-256 with a coordinate so small that the prime can be added to it."""
MODULUS: Final = b"\0\xc5" + bytes(254) + b"\1"


def validity(start: bytes, end: bytes) -> bytes:
    """Return a validity of two UTCTimes."""
    return make.sequence(der.encode(der.UTC_TIME, start), der.encode(der.UTC_TIME, end))


def alternative(value: bytes, *, critical: bool = False) -> bytes:
    """Return a subject alternative names extension with any value."""
    return make.extension("2.5.29.17", value, critical=critical)


def other_names(new: bytes) -> Leaf:
    """Return the plain leaf with another extension in place of its names."""
    return PLAIN.with_extension(new, instead_of=NAMES)


def explicit_p256() -> bytes:
    """Return the info of the plain leaf's key with its curve spelt out (X9.62 SpecifiedECDomain)."""
    point = make.public_key_info(LEAF_KEY)[-65:]
    base = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    order = bytes.fromhex("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    coefficient = bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
    octets = (der.encode(der.OCTET_STRING, one) for one in ((P256_PRIME - 3).to_bytes(32, "big"), coefficient))
    field = make.sequence(make.oid("1.2.840.10045.1.1"), make.integer(P256_PRIME))
    generator, count = der.encode(der.OCTET_STRING, base), der.encode(der.INTEGER, order)
    domain = make.sequence(make.integer(1), field, make.sequence(*octets), generator, count)
    return key_info(make.sequence(make.oid("1.2.840.10045.2.1"), domain), point)


DSA_WITHOUT_PARAMETERS: Final = key_info(make.sequence(make.oid("1.2.840.10040.4.1")), make.integer(5))
UNKNOWN: Final = make.extension("1.2.3.4", b"\5\0", critical=True)


def hidden_by_the_key() -> Leaf:
    """Return a leaf whose key identifier looks as if the names began in it, and swallowed the next extension."""
    swallowed = 3 + len(UNKNOWN)
    names_in_it = bytes((4, swallowed + 4, 0x30, swallowed + 2, 0x82, swallowed))
    head = bytes((0x30, 5 + len(names_in_it) + swallowed)) + b"\6\3\x55\x1d\x11" + names_in_it
    identifier = b"abcd" + head + bytes(3)
    return attrs.evolve(PLAIN, extensions=(BASIC, USAGE, PURPOSES, subject_key(identifier), UNKNOWN, CA_KEY_NAMED))


def hidden_by_the_names() -> Leaf:
    """Return a leaf with names that end as a key identifier begins, which would take the next extension for itself."""
    listed = names(make.context(2, OWN_KEY[:11] + bytes(20 - len(UNKNOWN)), constructed=False))
    return attrs.evolve(PLAIN, extensions=(BASIC, USAGE, PURPOSES, listed, UNKNOWN, CA_KEY_NAMED))


NAMES_FIRST: Final = attrs.evolve(PLAIN, extensions=(BASIC, USAGE, PURPOSES, NAMES, OWN_KEY, CA_KEY_NAMED))


NAMELESS: Final = PLAIN.with_extension((), instead_of=NAMES)
KEYLESS: Final = PLAIN.with_extension((), instead_of=OWN_KEY)
ISSUERLESS: Final = PLAIN.with_extension((), instead_of=CA_KEY_NAMED)
"""The plain leaf without names, and without either key identifier: kinds of their own."""

TRUSTED: Final[dict[str, Leaf]] = {
    "another serial number": attrs.evolve(PLAIN, serial=make.integer(2**140 - 3)),
    "a serial number with its top bit set": attrs.evolve(PLAIN, serial=make.integer(0xFF01)),
    "the first serial number of two octets": attrs.evolve(PLAIN, serial=make.integer(128)),
    "another name": attrs.evolve(PLAIN, subject=make.common_name("other")),
    "a long name": attrs.evolve(PLAIN, subject=make.common_name("x" * 200)),
    "the issuer's name": attrs.evolve(PLAIN, subject=PLAIN.issuer),
    "no name": attrs.evolve(PLAIN, subject=make.sequence()),
    "its first second": attrs.evolve(PLAIN, validity=make.sequence(make.time(AT), make.time(AT + YEAR))),
    "its last second": attrs.evolve(PLAIN, validity=make.sequence(make.time(AT - YEAR), make.time(AT + 1))),
    "an RSA key": attrs.evolve(PLAIN, public_key=make.public_key_info("rsa2048-0")),
    "an RSA key with another exponent": attrs.evolve(PLAIN, public_key=rsa_info(MODULUS, make.integer(3))),
    "a P-384 key": attrs.evolve(PLAIN, public_key=make.public_key_info("p384-1")),
    "an Ed25519 key": attrs.evolve(PLAIN, public_key=make.public_key_info("ed1")),
    "another key identifier": PLAIN.with_extension(subject_key(bytes(20)), instead_of=OWN_KEY),
    "the issuer's key identifier": PLAIN.with_extension(subject_key(make.key_identifier(CA_KEY)), instead_of=OWN_KEY),
    "many names": other_names(names(make.dns(*(f"host{number}.example.com" for number in range(9)), HOST))),
    "very many names": other_names(names(make.dns(*(f"host{number}.example.com" for number in range(90)), HOST))),
    # The length of this extension is 0x3080: its octets look like the beginning of a SEQUENCE.
    "564 names": attrs.evolve(
        other_names(
            names(make.dns(*(f"host{number:04}.example.com" for number in range(562)), HOST, "padding.example.com"))
        ),
        serial=make.integer(4712),
    ),
    "names before the key identifier": NAMES_FIRST,
    "critical names": other_names(alternative(make.sequence(make.dns(HOST)), critical=True)),
    "no names in it": other_names(names()),
    "other kinds of names": other_names(
        names(
            make.context(7, bytes((10, 1, 2, 3)), constructed=False),
            make.context(1, b"a@example.com", constructed=False),
            make.context(6, b"https://example.com/", constructed=False),
        )
    ),
}
"""Leaves of the plain leaf's kind: the proof must not be lost on them."""


def falsely_long(octet: int) -> bytes:
    """Return a SEQUENCE of names that is as long as its length would say if ``octet``, which is none, were one."""
    filling = octet - len(make.dns(HOST)) - 2
    return bytes((der.SEQUENCE, octet)) + make.dns(HOST) + make.context(6, bytes(filling), constructed=False)


TWISTED: Final[dict[str, Leaf]] = {
    "not yet valid": attrs.evolve(PLAIN, validity=make.sequence(make.time(AT + 1), make.time(AT + YEAR))),
    "just expired": attrs.evolve(PLAIN, validity=make.sequence(make.time(AT - YEAR), make.time(AT))),
    "expired in 1950": attrs.evolve(PLAIN, validity=validity(b"490101000000Z", b"500101000000Z")),
    "from 2025 to 1950": attrs.evolve(PLAIN, validity=validity(b"250101000000Z", b"500101000000Z")),
    "from 1950 to 1951": attrs.evolve(PLAIN, validity=validity(b"500101000000Z", b"510101000000Z")),
    "a generalized end": attrs.evolve(PLAIN, validity=make.sequence(make.time(AT - YEAR), make.time(2_600_000_000))),
    "a wrong day": attrs.evolve(PLAIN, validity=validity(b"250230000000Z", b"490101000000Z")),
    "another issuer": attrs.evolve(PLAIN, issuer=make.common_name("Issuing CB")),
    "the issuer's name in capitals": attrs.evolve(PLAIN, issuer=make.common_name("ISSUING CA")),
    "self-signed by its looks": attrs.evolve(
        PLAIN.with_extension(subject_key(make.key_identifier(CA_KEY)), instead_of=OWN_KEY), subject=PLAIN.issuer
    ),
    "self-signed by its looks, in capitals": attrs.evolve(
        PLAIN.with_extension(subject_key(make.key_identifier(CA_KEY)), instead_of=OWN_KEY),
        subject=make.common_name(" ISSUING  ca"),
    ),
    "another signer": attrs.evolve(PLAIN, signer="ec3"),
    "another digest": attrs.evolve(PLAIN, digest="sha1"),
    "a damaged signature": attrs.evolve(PLAIN, damaged=True),
    "a short RSA key": attrs.evolve(PLAIN, public_key=make.public_key_info("rsa512")),
    "a short RSA key in a long modulus": attrs.evolve(PLAIN, public_key=rsa_info(bytes(200) + bytes(range(1, 58)))),
    "an RSA key that ends in no exponent": attrs.evolve(PLAIN, public_key=rsa_info(MODULUS, b"\x04\x03\x01\x00\x01")),
    "a point beside the curve": attrs.evolve(PLAIN, public_key=p256(*SMALL_X[::-1])),
    "x beyond the field": attrs.evolve(PLAIN, public_key=p256(SMALL_X[0] + P256_PRIME, SMALL_X[1])),
    "y beyond the field": attrs.evolve(PLAIN, public_key=p256(SMALL_Y[0], SMALL_Y[1] + P256_PRIME)),
    "an unknown key": attrs.evolve(PLAIN, public_key=key_info(make.sequence(make.oid("1.2.3")), b"key")),
    "a DSA key without parameters": attrs.evolve(PLAIN, public_key=DSA_WITHOUT_PARAMETERS),
    "no extensions": attrs.evolve(PLAIN, extensions=()),
    "an explicit curve": attrs.evolve(PLAIN, public_key=explicit_p256()),
    "no names": NAMELESS,
    "no names, and another common name": attrs.evolve(NAMELESS, subject=make.common_name("other")),
    "no key identifier": KEYLESS,
    "no key identifier, and the issuer's name": attrs.evolve(KEYLESS, subject=PLAIN.issuer),
    "no issuer's key identifier": ISSUERLESS,
    "no issuer's key identifier, and its name": attrs.evolve(ISSUERLESS, subject=PLAIN.issuer),
    "a critical key identifier": PLAIN.with_extension(
        make.extension("2.5.29.14", der.encode(der.OCTET_STRING, bytes(20)), critical=True), instead_of=OWN_KEY
    ),
    "a malformed key identifier": PLAIN.with_extension(
        make.extension("2.5.29.14", der.encode(der.UTF8_STRING, bytes(20))), instead_of=OWN_KEY
    ),
    "a second key identifier": PLAIN.with_extension(OWN_KEY),
    "second names": PLAIN.with_extension(NAMES),
    "another key's issuer": PLAIN.with_extension(authority_key(bytes(20)), instead_of=CA_KEY_NAMED),
    "one purpose": PLAIN.with_extension(
        make.extension("2.5.29.37", make.sequence(make.oid("1.3.6.1.5.5.7.3.3"))), instead_of=PURPOSES
    ),
    "another usage": PLAIN.with_extension(
        make.extension("2.5.29.15", make.named_bits(5), critical=True), instead_of=USAGE
    ),
    "an unknown critical extension": PLAIN.with_extension(make.extension("1.2.3.4", b"\5\0", critical=True)),
    "an unknown extension": PLAIN.with_extension(make.extension("1.2.3.4", b"\5\0")),
    "an unknown critical extension before the names": PLAIN.with_extension((UNKNOWN, NAMES), instead_of=NAMES),
    "an unknown critical extension after the names": PLAIN.with_extension((NAMES, UNKNOWN), instead_of=NAMES),
    "an unknown critical extension at the beginning": PLAIN.with_extension((UNKNOWN, BASIC), instead_of=BASIC),
    "names first, and an unknown critical extension": NAMES_FIRST.with_extension((NAMES, UNKNOWN), instead_of=NAMES),
    "an extension that a key identifier hides": hidden_by_the_key(),
    "an extension that names hide": hidden_by_the_names(),
    "version 1": attrs.evolve(PLAIN, version=b"", extensions=()),
    "a negative serial number": attrs.evolve(PLAIN, serial=make.integer(-5)),
    "names that are a set": other_names(alternative(der.encode(der.SET, make.dns(HOST)))),
    "many names that are a set": other_names(alternative(der.encode(der.SET, make.dns(HOST) * 9))),
    "names of an unknown kind": other_names(names(make.dns(HOST), b"\x8f\1a")),
    "a name that is longer than the names": other_names(names(make.dns(HOST) + b"\x82\x20abc")),
    "many names, the last too long": other_names(names(make.dns(HOST) * 9 + b"\x82\x20abc")),
    "a length that is no length": other_names(names(b"\x82\x81\xff" + bytes(128))),
    "a length that is no length, after the name": other_names(names(make.dns(HOST) + b"\x82\x81\xff" + bytes(128))),
    "a length without an end, after the name": other_names(names(make.dns(HOST) + b"\x82\x80" + bytes(128))),
    "names that are longer than their extension": other_names(
        alternative(make.sequence(make.dns(HOST))[:1] + b"\x30" + make.dns(HOST))
    ),
    # 0x80 says that there is no length, 0x83 that it takes three octets.
    "names without a length": other_names(alternative(falsely_long(0x80))),
    "names with a length of three octets": other_names(alternative(falsely_long(0x83))),
    "a name after the names": other_names(alternative(make.sequence(make.dns("a.example.org")) + make.dns(HOST))),
    "names after many names": other_names(alternative(make.sequence(make.dns("a.example.org") * 9) + make.dns(HOST))),
    "a wrong name": other_names(names(make.dns("wrong.example.com"))),
    "a name of another kind": other_names(names(make.context(6, HOST.encode(), constructed=False))),
    "a URI that is the name": attrs.evolve(
        other_names(names(make.context(6, HOST.encode(), constructed=False))), subject=make.common_name("other")
    ),
    "a URI with the name in it": attrs.evolve(
        other_names(names(make.context(6, b"x" + make.dns(HOST), constructed=False))),
        subject=make.common_name("other"),
    ),
    "a URI with the name in it, and the name": other_names(
        names(make.context(6, b"x" + make.dns(HOST), constructed=False) + make.dns(HOST))
    ),
    # Its length takes two bytes; to read the first of them as the length leads to the name in it.
    "a long name with the name in it": attrs.evolve(
        other_names(names(make.context(2, b"x" * 128 + make.dns(HOST), constructed=False))),
        subject=make.common_name("other"),
    ),
    "an address as a URI": other_names(names(make.context(6, bytes((10, 1, 2, 3)), constructed=False))),
    "an address as a name": other_names(names(make.context(2, bytes((10, 1, 2, 3)), constructed=False))),
    "an address": other_names(names(make.context(7, bytes((10, 1, 2, 3)), constructed=False))),
    "a name below": other_names(names(make.dns("a.edge.example.com"))),
    "a name with a zero in it": other_names(names(make.dns(HOST + "\0.example.org"))),
    "a wildcard": other_names(names(make.dns("*.example.com"))),
    "a misplaced wildcard": other_names(names(make.dns("edge.*.com"))),
    "a name in capitals": other_names(names(make.dns("EDGE.example.COM"))),
}

SERVER: Final = VerifyPolicy(at=NOW, purpose="server")
NAMED: Final = VerifyPolicy(at=NOW, names=(HOST,))
ADDRESSED: Final = VerifyPolicy(at=NOW, names=("10.1.2.3",))

POLICIES: Final[dict[str, VerifyPolicy]] = {
    "plain": POLICY,
    "server": SERVER,
    "named": NAMED,
    "addressed": ADDRESSED,
    "named below": VerifyPolicy(at=NOW, names=(".example.com",)),
    "named in capitals": VerifyPolicy(at=NOW, names=("EDGE.Example.com", "*.example.com")),
    "no time": VerifyPolicy(check_time=False),
    "level 0": VerifyPolicy(at=NOW, security_level=0),
    "level 2": VerifyPolicy(at=NOW, security_level=2),
    "level 4": VerifyPolicy(at=NOW, security_level=4),
    "1.1.1": VerifyPolicy(at=NOW, openssl="1.1.1"),
    "partial": VerifyPolicy(at=NOW, partial_chain=True),
}


def warm(policy: VerifyPolicy = POLICY, **changed: object) -> VerifyIndex:
    """Return an index that knows the kind of the plain leaf."""
    index = VerifyIndex(**{"trust": TRUST, "presented": PRESENTED, "policy": policy, **changed})
    address = other_names(names(make.context(7, bytes((10, 1, 2, 3)), constructed=False)))
    for leaf in (PLAIN, NAMES_FIRST, NAMELESS, KEYLESS, ISSUERLESS, address):
        index.verify(Certificate.from_der(leaf.der))
    return index


def is_proved(index: VerifyIndex, leaf: bytes) -> bool:
    """Whether a yes comes out of the index's memory."""
    return index.table(None if not index.policy.check_time else AT).answer(leaf) is not None
