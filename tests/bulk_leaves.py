"""A fleet's PKI, and leaves of it that are changed in one place and signed again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import attrs
import make_der as make

from expressway_certs import Certificate, TrustStore, Verdict, VerifyPolicy
from expressway_certs.x509 import der
from expressway_certs.x509.case import Case
from expressway_certs.x509.judge import judge

AT: Final = 1_795_000_000
NOW: Final = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=AT)
YEAR: Final = 31_536_000
HOST: Final = "edge.example.com"
SERVER, CLIENT = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"
ROOT_KEY, CA_KEY, LEAF_KEY = "ec0", "ec1", "ec7"


def subject_key(identifier: bytes) -> bytes:
    """Return a subject key identifier extension."""
    return make.extension("2.5.29.14", der.encode(der.OCTET_STRING, identifier))


def authority_key(identifier: bytes) -> bytes:
    """Return an authority key identifier extension."""
    return make.extension("2.5.29.35", make.sequence(make.context(0, identifier, constructed=False)))


def names(*members: bytes) -> bytes:
    """Return the subject alternative names extension of these general names."""
    return make.extension("2.5.29.17", make.sequence(*members))


BASIC: Final = make.extension("2.5.29.19", make.sequence(), critical=True)
USAGE: Final = make.extension("2.5.29.15", make.named_bits(0, 2), critical=True)
PURPOSES: Final = make.extension("2.5.29.37", make.sequence(make.oid(SERVER), make.oid(CLIENT)))
OWN_KEY: Final = subject_key(make.key_identifier(LEAF_KEY))
CA_KEY_NAMED: Final = authority_key(make.key_identifier(CA_KEY))
NAMES: Final = names(make.dns(HOST, "example.com"))


@attrs.frozen(kw_only=True)
class Leaf:
    """The pieces of a leaf as they stand in its DER; `der` signs them."""

    serial: bytes = make.integer(4711)
    issuer: bytes = make.common_name("Issuing CA")
    validity: bytes = make.sequence(make.time(AT - YEAR), make.time(AT + YEAR))
    subject: bytes = make.common_name(HOST)
    public_key: bytes = make.public_key_info(LEAF_KEY)
    extensions: tuple[bytes, ...] = (BASIC, USAGE, PURPOSES, OWN_KEY, NAMES, CA_KEY_NAMED)
    version: bytes = make.context(0, make.integer(2))
    signer: str = CA_KEY
    digest: str = "sha256"
    damaged: bool = False

    @property
    def der(self) -> bytes:
        """The certificate."""
        algorithm = make.algorithm_identifier(self.signer, self.digest)
        pieces = (self.version, self.serial, algorithm, self.issuer, self.validity, self.subject, self.public_key)
        listed = make.context(3, make.sequence(*self.extensions)) if self.extensions else b""
        return make.signed(make.sequence(*pieces, listed), algorithm, self.signer, self.digest, damaged=self.damaged)

    def with_extension(self, new: bytes | Iterable[bytes], *, instead_of: bytes = b"") -> Leaf:
        """Return the leaf with one more extension, or with one in place of another."""
        added = (new,) if isinstance(new, bytes) else tuple(new)
        if not instead_of:
            return attrs.evolve(self, extensions=(*self.extensions, *added))
        at = self.extensions.index(instead_of)
        return attrs.evolve(self, extensions=(*self.extensions[:at], *added, *self.extensions[at + 1 :]))


PLAIN: Final = Leaf()


def authority(
    name: str,
    issuer: str,
    key: str,
    signer: str,
    *,
    serial: int,
    more: tuple[bytes, ...] = (),
    start: int = AT - 2 * YEAR,
    end: int = AT + 2 * YEAR,
) -> Certificate:
    """Return a CA certificate."""
    extensions = (
        make.extension("2.5.29.19", make.sequence(make.boolean(True)), critical=True),
        make.extension("2.5.29.15", make.named_bits(5, 6), critical=True),
        subject_key(make.key_identifier(key)),
        authority_key(make.key_identifier(signer)),
        *more,
    )
    spec = make.Spec(
        subject=make.common_name(name),
        issuer=make.common_name(issuer),
        key=key,
        signer=signer,
        serial=serial,
        start=start,
        end=end,
        extensions=extensions,
    )
    return Certificate.from_der(make.certificate(spec))


ROOT: Final = authority("Root", "Root", ROOT_KEY, ROOT_KEY, serial=1)
ISSUING: Final = authority("Issuing CA", "Root", CA_KEY, ROOT_KEY, serial=2)
TRUST: Final = TrustStore([ROOT], name="list")
PRESENTED: Final = (ISSUING,)
POLICY: Final = VerifyPolicy(at=NOW)

Said = tuple[int, int, tuple[Certificate, ...], object]


def judged(
    leaf: bytes | Certificate,
    trust: TrustStore = TRUST,
    presented: tuple[Certificate, ...] = PRESENTED,
    policy: VerifyPolicy = POLICY,
) -> Said:
    """Return what the judge itself says, without any memory: number, depth, chain, fault."""
    certificate = leaf if isinstance(leaf, Certificate) else Certificate.from_der(leaf)
    chain, fault = judge(Case.of(certificate, trust, presented, policy))
    return (fault.code if fault else 0), (fault.depth if fault else 0), tuple(chain), fault


def said(verdict: Verdict) -> Said:
    """Return what a verdict says, in the same form."""
    return verdict.code, verdict.depth, verdict.chain, verdict.fault
