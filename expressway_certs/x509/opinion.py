"""What a stricter judge says: its answer, by which profile, and why."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable

import attrs

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.ocsp import OcspResponse

DEFAULT_BUDGET = 5000
"""How many steps a second opinion may take: issuers looked up and signatures checked. An own choice."""
MAX_BUDGET = 1_000_000

_is_oid = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,38}))+").fullmatch


class StrictProfile(enum.Enum):
    """Whose rules an opinion follows."""

    RFC_5280 = "RFC 5280"
    WEB_PKI = "Web PKI"


class StrictAnswer(enum.Enum):
    """What a strict judge says; undecided where it gave up, which is neither yes nor no."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNDECIDED = "undecided"


@attrs.frozen(kw_only=True)
class Opinion:
    """One strict judge's answer, the reason for it, and the chain that it took (leaf first; empty unless accepted)."""

    profile: StrictProfile
    answer: StrictAnswer
    reason: str = ""
    chain: tuple[Certificate, ...] = attrs.field(default=(), repr=False)


@attrs.frozen(kw_only=True)
class SecondOpinion:
    """The answers of the strict judges to one question, each by its profile."""

    opinions: tuple[Opinion, ...]

    @property
    def refusals(self) -> tuple[Opinion, ...]:
        """The opinions that refuse."""
        return tuple(one for one in self.opinions if one.answer is StrictAnswer.REFUSED)

    @property
    def undecided(self) -> tuple[Opinion, ...]:
        """The opinions in which the judge gave up."""
        return tuple(one for one in self.opinions if one.answer is StrictAnswer.UNDECIDED)

    def by(self, profile: StrictProfile) -> Opinion:
        """Return the opinion by one profile."""
        return next(one for one in self.opinions if one.profile is profile)

    def __bool__(self) -> bool:
        message = "a second opinion is not a truth value; ask .refusals, .undecided or .by(profile)"
        raise TypeError(message)


def _as_policies(value: Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def _oids(_instance: object, _attribute: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    for policy in value:
        if not _is_oid(policy):
            message = f"{policy!r} is no object identifier; give certificate policies as dotted OIDs"
            raise ValueError(message)


@attrs.frozen(kw_only=True)
class PolicyInputs:
    """What RFC 5280 §6.1.1 (c) to (f) asks of certificate policies; left out, nothing.

    ``policies`` are the acceptable ones as dotted OIDs (none: any). ``explicit_policy``: the chain must be valid
    under one of them. ``inhibit_policy_mapping`` and ``inhibit_any_policy`` forbid mappings and anyPolicy.
    Raises `ValueError` for what is no OID.

    >>> PolicyInputs(policies="2.16.840.1.101.3.2.1.48.1", explicit_policy=True).policies
    ('2.16.840.1.101.3.2.1.48.1',)
    """

    policies: tuple[str, ...] = attrs.field(default=(), converter=_as_policies, validator=_oids)
    explicit_policy: bool = False
    inhibit_policy_mapping: bool = False
    inhibit_any_policy: bool = False


@attrs.frozen(kw_only=True)
class Inquiry:
    """A question for the strict judges. ``anchors`` are self-signed, ``others`` may stand between.

    ``ocsp_responses`` are at hand beside the CRLs of the policy.
    """

    leaf: Certificate
    anchors: tuple[Certificate, ...]
    others: tuple[Certificate, ...]
    ocsp_responses: tuple[OcspResponse, ...] = ()
