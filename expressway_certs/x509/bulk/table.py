"""What the judge has said at one instant, by kind of leaf; and the proof that one more leaf is of such a kind.

The proof can only end in *yes*, and covers everything that the judge asks about a leaf:

=====================================  =====================================================================
the judge asks for                     the leaf has it because
=====================================  =====================================================================
structure, signature algorithm,        the strict parser takes it, and its bytes are those of a leaf of the
issuer, extensions                     kind, which the judge has seen whole
key identifiers                        the subject's is no issuer's: a leaf that is not self-signed
alternative names                      they can be read, and hold a name that the policy asks for
key                                    its bytes have the form of a key that is readable and strong enough
validity                               both ends are compared with the instant
a place of its own                     its serial number is on no CRL of the policy, nor in what was sent
name constraints                       the check itself is made, where the chain has any
signature                              the issuer's key takes it
=====================================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import attrs
from cryptography import x509 as pyca
from cryptography.exceptions import UnsupportedAlgorithm

from expressway_certs.x509 import der
from expressway_certs.x509.bulk.cutting import (
    IS_PLAIN_NAME,
    LONG,
    SUBJECT_KEY_HEAD,
    VALIDITY_LENGTH,
    Cut,
    Key,
    alternative_names,
    are_plain_names,
    is_at_borders,
    pieces,
)
from expressway_certs.x509.bulk.keys import Strengths
from expressway_certs.x509.bulk.signatures import Accepts
from expressway_certs.x509.case import BuiltChain
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.extensions import DNS, IP
from expressway_certs.x509.gate import is_sound
from expressway_certs.x509.host_names import matches
from expressway_certs.x509.name_constraints import check_name_constraints
from expressway_certs.x509.names import canonical
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.verdict import Answer
from expressway_certs.x509.view import View

_KEY_IDENTIFIER_LENGTH = 20
_FIRST_OF_CENTURY = 946_684_800
_MIDDLE_OF_CENTURY = 2_524_608_000
_MIDDLE_YEAR = b"5"
_STAR = b"*"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Traits:
    """What leaves have in common whose `Key` is the same, as far as it is compared with what is their own.

    ``key_identifier`` is the one by which the issuer's key is named, ``issuer`` the issuer's name as OpenSSL
    compares it.
    """

    algorithm: bytes
    key_identifier: bytes | None
    issuer: bytes

    @classmethod
    def of(cls, leaf: Certificate, cut: Cut, view: View) -> Traits | None:
        """Read the traits out of one leaf; None where it shows nothing of others with its key."""
        algorithm = leaf.slices.inner_algorithm
        if cut.key[0] != algorithm + leaf.slices.issuer or not is_at_borders(leaf.der, cut) or not is_sound(leaf.der):
            return None
        wanted = view.authority_key_identifier
        return cls(algorithm=algorithm, key_identifier=wanted.key_identifier if wanted else None, issuer=view.issuer)

    def is_not_self_signed(self, data: bytes, subject_key: int, subject: int, public_key: int) -> bool:
        """Whether a leaf cannot be self-signed: its key identifier is not its issuer's, or its name is not."""
        if subject_key and self.key_identifier is not None:
            at = subject_key + SUBJECT_KEY_HEAD
            if data[at : at + _KEY_IDENTIFIER_LENGTH] != self.key_identifier:
                return True
        try:
            return canonical(data[subject:public_key]) != self.issuer
        except der.DerError:
            return False


@attrs.frozen(kw_only=True)
class Kind:
    """Leaves that differ in nothing that the judge asks about, but for what `Table.answer` looks at.

    ``accepts`` says whether a signature is by the issuer's key; ``constrained`` whether a certificate
    above has name constraints.
    """

    answer: Answer
    traits: Traits
    constrained: bool
    accepts: Accepts


@attrs.frozen(kw_only=True)
class Asked:
    """What a policy asks of each leaf by itself, made ready."""

    strengths: Strengths
    hosts: tuple[bytes, ...]
    exact: frozenset[bytes]
    """The hosts in lower case that a name without a star must be."""
    likely: bytes
    """The first of these hosts as it nearly always stands in a leaf: a DNS name, in DER; empty where there is none."""
    asks_below: bool
    addresses: tuple[bytes, ...]

    @classmethod
    def of(cls, policy: VerifyPolicy) -> Asked:
        """Make a policy ready."""
        hosts = tuple(name.encode("utf-8", errors="surrogateescape") for name in policy.dns_names)
        exact = [host for host in hosts if not host.startswith(b".")]
        return cls(
            strengths=Strengths.of(policy),
            hosts=hosts,
            exact=frozenset(host.lower() for host in exact),
            likely=next((der.encode(DNS, host) for host in exact), b""),
            asks_below=len(exact) < len(hosts),
            addresses=policy.ip_addresses,
        )

    def is_in(self, data: bytes, at: int, end: int) -> bool | None:
        """Whether one of the names between ``at`` and ``end`` is asked for; None where they are not plain."""
        # Nearly always it is there in the very letters.
        sought = data.find(self.likely, at, end) if self.likely else -1
        # Another name may hold those letters: then the names before do not end where they begin.
        if sought >= 0 and are_plain_names(data, at, sought) and are_plain_names(data, sought, end):
            return True
        return self._is_any_in(data, at, end)

    def _is_any_in(self, data: bytes, at: int, end: int) -> bool | None:
        found, exact, below = False, self.exact, self.asks_below
        while at < end:
            tag, length = data[at], data[at + 1]
            if not IS_PLAIN_NAME[tag] or length >= LONG:
                return None
            stop = at + 2 + length
            if not found:
                name = data[at + 2 : stop]
                if tag == DNS:
                    # A name without a star is itself alone, but for who asks for any host below a domain.
                    found = name.lower() in exact or ((below or _STAR in name) and self._is_host(name))
                elif tag == IP:
                    found = name in self.addresses
            at = stop
        return found if at == end else None

    def _is_host(self, name: bytes) -> bool:
        return any(matches(name, host) for host in self.hosts)


class Table:
    """The kinds that are known to be trusted at one instant."""

    def __init__(self, kinds: Mapping[Key, Kind], asked: Asked, doubtful: frozenset[bytes], at: int | None) -> None:
        self._kinds = kinds
        self._asked = asked
        self._is_strong = asked.strengths.is_enough
        self._is_in = asked.is_in
        self._asks_names = bool(asked.hosts or asked.addresses)
        self._doubtful = doubtful
        self._checks_time = at is not None
        self._at = at
        self._now = _utc_time(at)

    def answer(self, data: bytes) -> Answer | None:
        """Return the judge's yes to the leaf whose DER is ``data``, where it can be proved; None everywhere else."""
        found = pieces(data)
        if found is None:
            return None
        key, serial, at, public_key, listed_at, _, subject_key, names, names_end, end = found
        kind = self._kinds.get(key)
        if (
            kind is None
            # The parser has nothing to complain of in a kind that is known, and vouches for every length below.
            or not is_strict(data)
            or (
                self._checks_time
                and not data[at + 4 : at + 17] <= self._now < data[at + 19 : at + VALIDITY_LENGTH] < _MIDDLE_YEAR
            )
            or serial in self._doubtful
            or not self._is_strong(data, public_key, listed_at)
            or not kind.traits.is_not_self_signed(data, subject_key, at + VALIDITY_LENGTH, public_key)
            or not self._has_names(data, names, names_end)
            or not kind.accepts(data, end)
            or (kind.constrained and not self._is_within(data, kind.answer))
        ):
            return None
        return kind.answer

    def _has_names(self, data: bytes, at: int, end: int) -> bool:
        """Whether the alternative names are well-formed and hold one that is asked for."""
        if not at:
            return not self._asks_names
        start = alternative_names(data, at, end)
        if self._asks_names:
            return self._is_in(data, start, end) is True
        return are_plain_names(data, start, end)

    def _is_within(self, data: bytes, answer: Answer) -> bool:
        """Whether the names are within the constraints of the chain above."""
        leaf = Certificate(data)
        return check_name_constraints(answer.case(leaf, self._at), BuiltChain((leaf, *answer.above))) is None


def _utc_time(at: int | None) -> bytes:
    """Return an instant as a UTCTime of this century; one that no UTCTime reaches where there is none."""
    if at is None or not _FIRST_OF_CENTURY <= at < _MIDDLE_OF_CENTURY:
        return _MIDDLE_YEAR
    return (_EPOCH + timedelta(seconds=at)).strftime("%y%m%d%H%M%SZ").encode("ascii")


def is_strict(data: bytes) -> bool:
    """Whether the strict parser takes a certificate, whose head and algorithm are known not to make it warn."""
    try:
        pyca.load_der_x509_certificate(data)
    except (ValueError, UnsupportedAlgorithm, Warning):
        return False
    return True
