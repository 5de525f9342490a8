"""Certificate hierarchies drawn at random, mostly sound, with something odd here and there."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import attrs
import make_der as make
from hypothesis import strategies as st
from make_der import CrlSpec, Spec
from openssl_oracle import Question

from expressway_certs.x509 import der

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]

AT: Final = 1_795_000_000
DAY: Final = 86_400
YEAR: Final = 365 * DAY
CA_KEYS: Final = ("ec0", "ec1", "ec2", "ec3", "ec4", "ed0", "p384-0", "rsa2048-0", "rsa1024-0", "rsa512")
LEAF_KEYS: Final = ("ec7", "ec8", "rsa2048-1", "rsa1024-1", "rsa512", "ed1")
CA_NAMES: Final = ("Root", "Policy CA", "Issuing CA", "Other CA")
_SPELLINGS: Final[tuple[Callable[[str], bytes], ...]] = (
    make.common_name,
    lambda text: make.common_name(text.upper()),
    lambda text: make.common_name(f" {text.replace(' ', '  ')} ", der.PRINTABLE_STRING),
    lambda text: make.common_name(text, der.BMP_STRING),
)
_SERVER, _CLIENT, _CODE, _ANY, _SGC = (
    "1.3.6.1.5.5.7.3.1",
    "1.3.6.1.5.5.7.3.2",
    "1.3.6.1.5.5.7.3.3",
    "2.5.29.37.0",
    "1.3.6.1.4.1.311.10.3.3",
)
_PURPOSES: Final = ((_SERVER, _CLIENT), (_SERVER,), (_CLIENT,), (_CODE,), (_ANY,), (_SGC,))
HOSTS: Final = (
    "edge.example.com", "EDGE.example.COM", "edge.example.com.", "other.example.com", "a.edge.example.com",
    ".example.com", "example.com", "xn--edge.example.com", "edge.example.org", "e", "e-dge.example.com",
)  # fmt: skip
_PATTERNS: Final = (
    "edge.example.com", "*.example.com", "e*.example.com", "*e.example.com", "*.com", "edge.*.com", "*",
    "a.edge.example.com", "xn--*.example.com", "e-*.example.com", "edge.example.com.", "Edge.Example.Com",
    "ed*ge.example.com", "10.1.2.3", "",
)  # fmt: skip
ADDRESSES: Final = (bytes((10, 1, 2, 3)), bytes((10, 9, 2, 3)), bytes(15) + b"\1")
_CONSTRAINTS: Final = (
    make.context(2, b"example.com", constructed=False),
    make.context(2, b".example.com", constructed=False),
    make.context(2, b"example.org", constructed=False),
    make.context(2, b"", constructed=False),
    make.context(7, bytes((10, 1, 0, 0, 255, 255, 0, 0)), constructed=False),
    make.context(7, bytes((10, 1, 0, 0)), constructed=False),
    make.context(4, make.common_name("edge")),
    make.context(4, make.sequence()),
    make.context(1, b"example.com", constructed=False),
    make.context(1, b".example.com", constructed=False),
    make.context(1, b"user@example.com", constructed=False),
    make.context(6, b".example.com", constructed=False),
    make.context(6, b"www.example.com", constructed=False),
    make.context(8, der.oid("1.2.3"), constructed=False),
    make.context(0, make.oid("1.2.3") + make.context(0, b"\x05\0")),
)
_OTHER_NAMES: Final = (
    make.context(7, ADDRESSES[0], constructed=False),
    make.context(7, ADDRESSES[2], constructed=False),
    make.context(7, b"\1\2\3", constructed=False),
    make.context(1, b"user@example.com", constructed=False),
    make.context(1, b"no mailbox", constructed=False),
    make.context(6, b"https://www.example.com/x:y", constructed=False),
    make.context(6, b"sip:edge@example.com", constructed=False),
    make.context(6, b"https://www.example.com:8443/", constructed=False),
    make.context(4, make.common_name("Edge")),
    make.context(8, der.oid("1.2.3"), constructed=False),
    make.context(0, make.oid("1.2.3") + make.context(0, b"\x05\0")),
    make.context(0, make.oid("1.3.6.1.5.5.7.8.9") + make.context(0, der.encode(der.UTF8_STRING, b"user@example.com"))),
)


@attrs.frozen(kw_only=True)
class Identity:
    """Who may issue: a name and a key, and the serial number of a certificate of that key."""

    name: str
    key: str
    serial: int


class _Maker:
    """Draws the certificates of one hierarchy; ``draw`` is Hypothesis's."""

    def __init__(
        self, draw: Callable[[st.SearchStrategy[object]], object], oddity: int, *, constrained: bool = False
    ) -> None:
        self._draw = draw
        self._oddity = oddity
        self._constrained = constrained
        self._serial = 100

    def pick(self, choices: Sequence[T]) -> T:
        return self._draw(st.sampled_from(choices))  # type: ignore[arg-type,return-value]

    def odd(self) -> bool:
        """Whether something is odd now; never in the example that everything shrinks to."""
        return self._draw(st.integers(0, 99)) >= 100 - self._oddity  # type: ignore[operator]

    def unless_odd(self, usual: T, others: Sequence[T]) -> T:
        return self.pick(others) if self.odd() else usual

    def serial(self) -> int:
        self._serial += 1
        return self.unless_odd(self._serial, (101, -5, 0, 2**64))

    def name(self, text: str) -> bytes:
        return self.unless_odd(_SPELLINGS[0], _SPELLINGS[1:])(text)

    def validity(self) -> tuple[int, int]:
        return self.unless_odd(
            (AT - YEAR, AT + YEAR),
            (
                (AT - 2 * YEAR, AT - YEAR), (AT - 2 * YEAR, AT - DAY), (AT + DAY, AT + YEAR), (AT, AT + YEAR),
                (AT - YEAR, AT), (AT - YEAR, AT + 1), (AT + 1, AT + YEAR), (AT - YEAR, AT + 40 * YEAR),
            ),
        )  # fmt: skip

    def ca(self, identity: Identity, issuer: Identity) -> Spec:
        start, end = self.validity()
        extensions = (*self.key_identifiers(identity, issuer), *self.ca_extensions())
        return Spec(
            subject=self.name(identity.name),
            issuer=self.name(issuer.name),
            key=identity.key,
            signer=self.unless_odd(issuer.key, CA_KEYS),
            serial=identity.serial,
            start=start,
            end=end,
            digest=self.unless_odd("sha256", ("sha1", "md5")),
            version=self.unless_odd(3, (1,)),
            extensions=extensions,
            damaged=self.odd() and self.odd(),
        )

    def key_identifiers(self, identity: Identity, issuer: Identity) -> tuple[bytes, ...]:
        found = []
        own = self.unless_odd("right", ("absent", "absent", "wrong"))
        if own != "absent":
            wanted = identity.key if own == "right" else "ec9"
            found.append(make.extension("2.5.29.14", der.encode(der.OCTET_STRING, make.key_identifier(wanted))))
        other = self.unless_odd("key", ("absent", "absent", "wrong", "serial", "wrong serial", "both", "empty"))
        if other != "absent":
            found.append(make.extension("2.5.29.35", make.sequence(*self._authority(other, issuer))))
        return tuple(found)

    @staticmethod
    def _authority(kind: str, issuer: Identity) -> tuple[bytes, ...]:
        key_identifier = make.context(
            0, make.key_identifier("ec9" if kind == "wrong" else issuer.key), constructed=False
        )
        serial = issuer.serial + (kind == "wrong serial")
        by_serial = (
            make.context(1, make.context(4, make.common_name(issuer.name))),
            make.context(2, make.integer(serial)[2:], constructed=False),
        )
        if kind == "empty":
            return ()
        if kind in {"serial", "wrong serial"}:
            return by_serial
        return (key_identifier, *by_serial) if kind == "both" else (key_identifier,)

    def ca_extensions(self) -> tuple[bytes, ...]:
        basic = self.unless_odd(
            make.sequence(make.boolean(True)),
            (
                None, make.sequence(), make.sequence(make.boolean(True), make.integer(0)),
                make.sequence(make.boolean(True), make.integer(1)), make.sequence(make.integer(3)),
                make.sequence(make.boolean(True), make.integer(-1)),
                make.sequence(make.boolean(True), make.integer(2**70)),
            ),
        )  # fmt: skip
        usage = self.unless_odd((5, 6), (None, (5,), (0,), (6,), (0, 5, 6), (), (8,)))
        found = [make.extension("2.5.29.19", basic, critical=True)] if basic is not None else []
        if usage is not None:
            found.append(make.extension("2.5.29.15", make.named_bits(*usage), critical=True))
        if self.odd():
            found.append(self.purposes())
        if self.odd() or (self._constrained and self.pick((False, True))):
            found.append(self.constraints())
        return (*found, *self.oddments())

    def purposes(self) -> bytes:
        return make.extension("2.5.29.37", make.sequence(*map(make.oid, self.pick(_PURPOSES))))

    def constraints(self) -> bytes:
        listed = [make.sequence(self.pick(_CONSTRAINTS)) for _ in range(self.pick((1, 2)))]
        if self.odd():
            listed.append(make.sequence(self.pick(_CONSTRAINTS), make.context(1, b"\5", constructed=False)))
        return make.extension(
            "2.5.29.30", make.sequence(make.context(self.pick((0, 1)), b"".join(listed))), critical=True
        )

    def oddments(self) -> tuple[bytes, ...]:
        """Draw the extensions that hardly any certificate has."""
        if not self.odd():
            return ()
        return (
            self.pick(
                (
                    make.extension("1.2.3.4", b"\5\0", critical=True),
                    make.extension("1.2.3.4", b"\5\0"),
                    make.extension("2.5.29.54", make.integer(0), critical=True),
                    make.extension("2.16.840.1.113730.1.1", make.named_bits(1)),
                    make.extension("2.16.840.1.113730.1.1", make.named_bits(0, 5)),
                    make.extension("2.16.840.1.113730.1.1", make.named_bits(7)),
                    make.extension("2.5.29.14", b"\5\0"),
                    make.extension("2.5.29.15", make.named_bits(5)),
                    make.extension("2.5.29.31", make.sequence(make.sequence())),
                    make.extension("1.3.6.1.5.5.7.1.14", make.sequence(make.sequence(make.oid("1.3.6.1.5.5.7.21.1")))),
                )
            ),
        )

    def leaf(self, key: str, issuer: Identity) -> Spec:
        start, end = self.validity()
        identity = Identity(name="edge.example.com", key=key, serial=self.serial())
        subject = self.unless_odd(
            "edge.example.com", ("edge", "*.example.com", "other.example.org", "edge.example.com\0")
        )
        extensions = (*self.key_identifiers(identity, issuer), *self.leaf_extensions())
        return Spec(
            subject=make.common_name(subject) if not self.odd() else make.sequence(),
            issuer=self.name(issuer.name),
            key=key,
            signer=self.unless_odd(issuer.key, CA_KEYS),
            serial=identity.serial,
            start=start,
            end=end,
            digest=self.unless_odd("sha256", ("sha1", "md5")),
            version=self.unless_odd(3, (1,)),
            extensions=extensions,
            damaged=self.odd() and self.odd(),
        )

    def leaf_extensions(self) -> tuple[bytes, ...]:
        found = [make.extension("2.5.29.19", make.sequence(), critical=True)]
        usage = self.unless_odd((0, 2), (None, (0,), (2,), (4,), (5,), (1,)))
        if usage is not None:
            found.append(make.extension("2.5.29.15", make.named_bits(*usage), critical=True))
        if not self.odd():
            found.append(
                make.extension("2.5.29.37", make.sequence(*map(make.oid, self.unless_odd(_PURPOSES[0], _PURPOSES))))
            )
        listed = [make.dns("edge.example.com")] if not self.odd() else []
        while self.odd() or (self._constrained and self.pick((False, True))):
            listed.append(make.dns(self.pick(_PATTERNS)) if self.odd() else self.pick(_OTHER_NAMES))
        if listed:
            found.append(make.extension("2.5.29.17", make.sequence(*listed)))
        if self.odd():
            found.append(make.extension("2.5.29.31", self.points()))
        return (*found, *self.oddments())

    def points(self) -> bytes:
        name = make.context(0, make.context(0, make.context(6, b"http://crl.example.com/a", constructed=False)))
        relative = make.context(
            0, make.context(1, make.sequence(make.oid("2.5.4.3"), der.encode(der.UTF8_STRING, b"a")))
        )
        reasons = make.context(1, b"\6\x40", constructed=False)
        issuer = make.context(2, make.context(4, make.common_name(self.pick(CA_NAMES))))
        return make.sequence(
            make.sequence(*self.pick(((name,), (relative,), (name, reasons), (name, issuer), (issuer,))))
        )

    def crl(self, issuer: Identity, serials: Sequence[int]) -> CrlSpec:
        revoked = [(serial, self._entry()) for serial in serials if self.odd()]
        return CrlSpec(
            issuer=self.name(issuer.name),
            signer=self.unless_odd(issuer.key, CA_KEYS),
            start=self.unless_odd(AT - DAY, (AT, AT + 1, AT - 2 * DAY)),
            end=self.unless_odd(AT + DAY, (None, AT, AT - 1, AT + 1)),
            revoked=tuple(revoked),
            extensions=self._crl_extensions(issuer),
            digest=self.unless_odd("sha256", ("sha1",)),
            damaged=self.odd() and self.odd(),
        )

    def _entry(self) -> bytes:
        reason = make.extension("2.5.29.21", der.encode(der.ENUMERATED, bytes((self.pick((1, 8)),))))
        issuer = make.extension(
            "2.5.29.29", make.sequence(make.context(4, make.common_name(self.pick(CA_NAMES)))), critical=True
        )
        return self.unless_odd(b"", (reason, issuer, make.extension("1.2.3.4", b"\5\0", critical=True)))

    def _crl_extensions(self, issuer: Identity) -> tuple[bytes, ...]:
        found = []
        if not self.odd():
            identifier = make.key_identifier(self.unless_odd(issuer.key, CA_KEYS))
            found.append(make.extension("2.5.29.35", make.sequence(make.context(0, identifier, constructed=False))))
        if self.odd():
            found.append(make.extension("2.5.29.28", self._scope(), critical=True))
        if self.odd():
            found.append(
                self.pick(
                    (make.extension("1.2.3.4", b"\5\0", critical=True), make.extension("2.5.29.20", make.integer(7)))
                )
            )
        if self.odd() and self.odd():
            found += [
                make.extension("2.5.29.20", make.integer(7)),
                make.extension("2.5.29.27", make.integer(6), critical=True),
            ]
        return tuple(found)

    def _scope(self) -> bytes:
        name = make.context(
            0,
            make.context(0, make.context(6, self.pick((b"http://crl.example.com/a", b"http://b/")), constructed=False)),
        )
        relative = make.context(
            0, make.context(1, make.sequence(make.oid("2.5.4.3"), der.encode(der.UTF8_STRING, b"A")))
        )
        flags = [make.context(number, b"\xff", constructed=False) for number in (1, 2, 4, 5)]
        reasons = make.context(3, b"\1\x06", constructed=False)
        return make.sequence(
            *self.pick(((name,), (relative,), *((flag,) for flag in flags), tuple(flags[:2]), (reasons,), ()))
        )


@st.composite
def questions(
    draw: Callable[[st.SearchStrategy[object]], object],
    *,
    crls: bool = False,
    constrained: bool = False,
    oddity: int = 6,
) -> Question:
    """Draw a hierarchy and what is asked of it."""
    maker = _Maker(draw, oddity, constrained=constrained)
    identities = [Identity(name=CA_NAMES[0], key=maker.pick(CA_KEYS[:9]), serial=maker.serial())]
    specs = [maker.ca(identities[0], identities[0])]
    for _ in range(maker.pick((1, 2, 3, 4, 5))):
        fresh = Identity(name=maker.pick(CA_NAMES), key=maker.pick(CA_KEYS), serial=maker.serial())
        identity = maker.unless_odd(fresh, identities)
        issuer = maker.unless_odd(maker.pick(identities), (identity,))
        identities.append(identity)
        specs.append(maker.ca(identity, issuer))
    leaf_issuer = maker.unless_odd(identities[-1], identities)
    leaf = maker.leaf(maker.unless_odd(maker.pick(LEAF_KEYS[:3]), LEAF_KEYS), leaf_issuer)
    if maker.odd():
        leaf = maker.pick(specs)
    return _question(maker, leaf, specs, identities if crls else ())


def _question(maker: _Maker, leaf: Spec, specs: list[Spec], issuers: Sequence[Identity]) -> Question:
    authorities = [make.certificate(spec) for spec in specs]
    trust = [one for one in authorities if one == authorities[0] or maker.pick((False, True))]
    if maker.odd():
        trust = [one for one in authorities if maker.pick((False, True))]
    if maker.odd():
        trust.insert(0, make.certificate(leaf))
    presented = list(authorities)
    while maker.odd():
        presented.append(maker.pick((*authorities, make.certificate(leaf))))
    if maker.pick((False, True)):
        presented = maker._draw(st.permutations(presented))  # type: ignore[assignment]
    presented = [one for one in presented if not maker.odd()]
    if maker.pick((False, True)):
        trust = maker._draw(st.permutations(trust))  # type: ignore[assignment]
    address = maker.unless_odd(None, ADDRESSES)
    hosts = maker.unless_odd((), ((HOSTS[0],), (maker.pick(HOSTS),), (HOSTS[3], maker.pick(HOSTS))))
    return Question(
        leaf=make.certificate(leaf),
        trust=tuple(trust),
        presented=tuple(presented),
        purpose=maker.pick(("server", "client", None)),
        # OpenSSL wants a host name and an address both; the policy wants one of its names.
        hosts=() if address else hosts,
        address=address,
        at=maker.unless_odd(AT, (None, AT + YEAR, AT - YEAR)),
        partial_chain=maker.odd(),
        security_level=maker.unless_odd(1, (0, 0, 2, 3)),
        crls=tuple(make.crl(maker.crl(issuer, [one.serial for one in (leaf, *specs)])) for issuer in issuers),
        crl_check=maker.pick(("leaf", "all")) if issuers else None,
        depth=maker.unless_odd(100, (0, 1, 2)),
    )
