"""A generated fleet: roots, policy CAs, cross-signed and same-name issuing CAs, and leaves, one in a hundred broken.

Names and extensions are those of a company's own PKI: country, organisation, unit and common name; key identifiers,
usages, purposes, the places of CRL, responder and issuer, a policy, two DNS names.

The keys come from a seed, the RSA keys from those that are stored for tests, so a workload is the same each time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Final, Literal

import attrs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from expressway_certs.testing.keys import FactoryKey, ec_key, rsa_key
from expressway_certs.x509 import der

Kind = Literal["rsa", "ec", "mixed"]

AT: Final = 1_795_000_000
"""The instant that every peer judges at: 2026-11-18."""
NAME: Final = "fleet.example.com"
"""A name that every leaf has."""
ROOTS: Final = 5
_POLICY_CAS: Final = 10
# More than this library remembers, so that none is known from an earlier leaf.
_LEAF_KEYS: Final = 5000
# The kit stores more; with other keys the fleet would be another one.
_RSA_KEYS: Final = 6
_ALGORITHMS: Final = {
    "rsa": bytes.fromhex("300d06092a864886f70d01010b0500"),
    "ec": bytes.fromhex("300a06082a8648ce3d040302"),
}
# One leaf in a hundred is broken, in each of these ways in turn.
_BROKEN_PLACE: Final = 99
_BROKEN: Final = ("expired", "not yet valid", "signature", "copied", "stranger", "purpose", "critical")


def _sequence(*members: bytes) -> bytes:
    return der.encode(der.SEQUENCE, b"".join(members))


def _attribute(oid: str, text: str, tag: int = der.UTF8_STRING) -> bytes:
    return der.encode(der.SET, _sequence(der.encode(der.OID, der.oid(oid)), der.encode(tag, text.encode())))


_ORGANISATION: Final = _attribute("2.5.4.6", "NO", der.PRINTABLE_STRING) + _attribute("2.5.4.10", "Example Corporation")


def _name(text: str, unit: str = "Certification Authorities") -> bytes:
    return _sequence(_ORGANISATION, _attribute("2.5.4.11", unit), _attribute("2.5.4.3", text))


def _extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    said = der.encode(der.BOOLEAN, b"\xff") if critical else b""
    return _sequence(der.encode(der.OID, der.oid(oid)), said, der.encode(der.OCTET_STRING, value))


def _validity(start: str, end: str) -> bytes:
    return _sequence(*(der.encode(der.UTC_TIME, text.encode()) for text in (start, end)))


_CA_EXTENSIONS: Final = _extension("2.5.29.19", bytes.fromhex("30030101ff"), critical=True) + _extension(
    "2.5.29.15", bytes.fromhex("03020106"), critical=True
)
_LEAF_EXTENSIONS: Final = _extension("2.5.29.19", b"\x30\0", critical=True) + _extension(
    "2.5.29.15", bytes.fromhex("030205a0"), critical=True
)
_POLICIES: Final = _extension("2.5.29.32", _sequence(_sequence(der.encode(der.OID, der.oid("1.3.6.1.4.1.55555.2")))))
_BOTH_PURPOSES: Final = _extension("2.5.29.37", bytes.fromhex("301406082b0601050507030106082b06010505070302"))
_CODE_SIGNING: Final = _extension("2.5.29.37", bytes.fromhex("300a06082b06010505070303"))
_UNKNOWN: Final = _extension("1.3.6.1.4.1.55555.1", b"\x05\0", critical=True)


@attrs.frozen
class Key:
    """A private key, its public half as it stands in a certificate, and its identifier."""

    private: FactoryKey = attrs.field(repr=False)
    info: bytes
    identifier: bytes

    @classmethod
    def of(cls, private: FactoryKey, *owner: object) -> Key:
        """Read what is public out of a private key; each owner of one key has an identifier of his own."""
        info = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(info + repr(owner).encode())
        return cls(private, info, digest.finalize()[:20])

    @property
    def algorithm(self) -> bytes:
        """The algorithm of the signatures that it makes."""
        return _ALGORITHMS["rsa" if isinstance(self.private, rsa.RSAPrivateKey) else "ec"]

    def sign(self, tbs: bytes) -> bytes:
        """Return a certificate."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            signature = self.private.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
        else:
            signature = self.private.sign(tbs, ec.ECDSA(hashes.SHA256()))
        return _sequence(tbs, self.algorithm, der.encode(der.BIT_STRING, b"\0" + signature))


@attrs.frozen
class Authority:
    """A CA: its name, as text and in DER, its key, and its certificate."""

    text: str
    name: bytes
    key: Key
    certificate: bytes


@attrs.frozen(kw_only=True)
class Workload:
    """What every peer is given: DER certificates, and what is wrong with each leaf, if anything."""

    kind: Kind
    roots: tuple[bytes, ...]
    others: tuple[bytes, ...]
    leaves: tuple[bytes, ...]
    faults: tuple[str | None, ...]

    @property
    def sound(self) -> tuple[bool, ...]:
        """Whether each leaf is to be accepted."""
        return self.accepted_by(frozenset())

    def accepted_by(self, blind: frozenset[str]) -> tuple[bool, ...]:
        """Whether each leaf is to be accepted by a peer that does not ask about the faults in ``blind``."""
        return tuple(fault is None or fault in blind for fault in self.faults)


def make(kind: Kind, leaves: int, authorities: int, seed: int = 1) -> Workload:
    """Make a workload of so many leaves under so many CAs, the roots among them."""
    draw = random.Random(seed)
    trusted = [authority(f"Root {number}", None, stored_key(kind, "root", number)) for number in range(ROOTS)]
    rest = authorities - ROOTS
    between = [
        authority(f"Policy CA {number}", trusted[number % ROOTS], stored_key(kind, "policy", number))
        for number in range(min(_POLICY_CAS, rest // 3))
    ]
    issuing = list(_issuing(kind, between, rest - len(between)))
    owners = [stored_key(kind, "leaf", number) for number in range(min(leaves, _LEAF_KEYS))]
    stranger = authority("Issuing CA 0", None, stored_key(kind, "stranger", 0))
    made, faults = [], []
    for number in range(leaves):
        hundred, place = divmod(number, 100)
        broken = _BROKEN[hundred % len(_BROKEN)] if place == _BROKEN_PLACE else None
        made.append(make_leaf(number, draw.choice(issuing), draw.choice(owners), broken, stranger, draw))
        faults.append(broken)
    return Workload(
        kind=kind,
        roots=tuple(one.certificate for one in trusted),
        others=tuple(one.certificate for one in (*between, *issuing)),
        leaves=tuple(made),
        faults=tuple(faults),
    )


@cache
def _rsa(number: int) -> FactoryKey:
    return rsa_key(number)


def stored_key(kind: Kind, role: str, number: int) -> Key:
    """Return the key of that number in a role; the same each time."""
    wanted = ("rsa", "ec")[number % 2] if kind == "mixed" else kind
    if wanted == "ec":
        return Key.of(ec_key("benchmark", role, number), role, number)
    # The last of the stored keys is the stranger's alone.
    last = _RSA_KEYS - 1
    return Key.of(_rsa(last if role == "stranger" else number % last), role, number)


def _issuing(kind: Kind, above: list[Authority], count: int) -> Iterator[Authority]:
    """Yield issuing CAs; every sixth is another key under the name before it, every seventh is cross-signed too."""
    made = 0
    while made < count:
        name = f"Issuing CA {made - (made % 6 == 5)}"  # noqa: PLR2004 - every sixth
        key = stored_key(kind, "issuing", made)
        yield authority(name, above[made % len(above)], key)
        made += 1
        if made % 7 == 6 and made < count:  # noqa: PLR2004 - every seventh
            yield authority(name, above[(made + 1) % len(above)], key)
            made += 1


def authority(name: str, issuer: Authority | None, key: Key, serial: bytes = b"") -> Authority:
    """Make a CA; without a ``serial`` number of its own it has one that the identifiers of both keys make."""
    signer = issuer.key if issuer else key
    listed = _CA_EXTENSIONS + _identifiers(key, signer)
    if issuer is not None:
        listed += _places(signer)
    tbs = _sequence(
        b"\xa0\x03\x02\x01\x02",
        der.encode(der.INTEGER, serial or b"\x01" + key.identifier[:8] + signer.identifier[:8]),
        signer.algorithm,
        issuer.name if issuer else _name(name),
        _validity("200101000000Z", "400101000000Z"),
        _name(name),
        key.info,
        der.encode(der.CONSTRUCTED | 3, _sequence(listed)),
    )
    return Authority(name, _name(name), key, signer.sign(tbs))


def _identifiers(own: Key, issuer: Key) -> bytes:
    above = _sequence(der.encode(der.PRIMITIVE | 0, issuer.identifier))
    return _extension("2.5.29.14", der.encode(der.OCTET_STRING, own.identifier)) + _extension("2.5.29.35", above)


def _places(issuer: Key) -> bytes:
    """Return the extensions with the places of the issuer's CRL, responder and certificate, and with a policy."""
    place = f"http://pki.example.com/{issuer.identifier[:8].hex()}"
    crl, responder, above = (der.encode(der.PRIMITIVE | 6, f"{place}{end}".encode()) for end in (".crl", "", ".cer"))
    point = _sequence(der.encode(der.CONSTRUCTED | 0, der.encode(der.CONSTRUCTED | 0, crl)))
    access = (("1.3.6.1.5.5.7.48.1", responder), ("1.3.6.1.5.5.7.48.2", above))
    listed = (_sequence(der.encode(der.OID, der.oid(oid)), where) for oid, where in access)
    return _extension("2.5.29.31", _sequence(point)) + _extension("1.3.6.1.5.5.7.1.1", _sequence(*listed)) + _POLICIES


def make_leaf(
    number: int, issuer: Authority, owner: Key, broken: str | None, stranger: Authority, draw: random.Random
) -> bytes:
    """Make a leaf, which is broken in the way that ``broken`` names; the serial number and its first day are drawn."""
    host = f"host-{number:07}.example.com"
    names = b"".join(der.encode(der.PRIMITIVE | 2, one.encode()) for one in (host, NAME))
    ends = {"expired": ("240101000000Z", "250101000000Z"), "not yet valid": ("270101000000Z", "280101000000Z")}
    started = f"2601{draw.randrange(1, 29):02}{draw.randrange(24):02}{draw.randrange(60):02}00Z"
    listed = (
        _LEAF_EXTENSIONS,
        _CODE_SIGNING if broken == "purpose" else _BOTH_PURPOSES,
        _identifiers(owner, issuer.key),
        _places(issuer.key),
        _extension("2.5.29.17", _sequence(names)),
        _UNKNOWN if broken == "critical" else b"",
    )
    tbs = _sequence(
        b"\xa0\x03\x02\x01\x02",
        der.encode(der.INTEGER, b"\x7f" + draw.randbytes(15)),
        issuer.key.algorithm,
        issuer.name,
        _validity(*ends.get(broken or "", (started, "280101000000Z"))),
        _name(host, "Voice"),
        owner.info,
        der.encode(der.CONSTRUCTED | 3, _sequence(*listed)),
    )
    if broken == "stranger":
        return stranger.key.sign(tbs)
    sound = issuer.key.sign(tbs)
    if broken == "signature":
        return sound[:-1] + bytes((sound[-1] ^ 1,))
    return _copied(tbs, issuer) if broken == "copied" else sound


def _copied(tbs: bytes, issuer: Authority) -> bytes:
    """Return a certificate with the signature bytes of its issuer's own certificate."""
    start, stop = der.expect(issuer.certificate, 0, len(issuer.certificate), der.SEQUENCE)
    *_, (_, at, _, end) = der.children(issuer.certificate, start, stop)
    return _sequence(tbs, issuer.key.algorithm, issuer.certificate[at:end])
