"""What a rule finds, and what becomes of each rule."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from functools import total_ordering
from typing import Self

import attrs

from expressway_certs.product.changes import Change, joined, steps_of
from expressway_certs.product.provenance import Source
from expressway_certs.product.settings import Chosen
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.verdict import Verdict


def _steps(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


def _changes(values: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(values)


def _chosen(values: Iterable[Chosen]) -> tuple[Chosen, ...]:
    return tuple(values)


def _sources(values: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(values)


class Effect(enum.Enum):
    """What the page of an upload does about what a finding says."""

    REFUSED = "refuses the file"
    WARNS = "warns, and takes the file"
    ALARM = "takes the file, and an alarm is raised"
    LATER = "takes the file; it is felt later"
    NOT_KNOWN = "not documented"


@total_ordering
class Severity(enum.Enum):
    """How bad a finding is; an error means that something will not work."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Severity):
            return NotImplemented
        return _ORDER.index(self) > _ORDER.index(other)


_ORDER = [Severity.ERROR, Severity.WARNING, Severity.INFO]


@attrs.frozen(kw_only=True, order=True)
class LegRef:
    """A leg between two nodes, as a finding names it."""

    id: str
    title: str
    port: int
    initiator: str
    acceptor: str

    def __str__(self) -> str:
        return f"{self.title} (leg {self.id}, port {self.port}) {self.initiator} -> {self.acceptor}"


@attrs.frozen(kw_only=True)
class Remedy:
    """What to do: changes that can be carried out on the model, and words for people before and after them.

    The words say what no change can: what to look for, and other ways out. ``then`` are steps that no change carries
    out, between the changes and the restarts that these need.
    """

    changes: tuple[Change, ...] = attrs.field(default=(), converter=_changes)
    before: tuple[str, ...] = attrs.field(default=(), converter=_steps)
    then: tuple[str, ...] = attrs.field(default=(), converter=_steps)
    after: tuple[str, ...] = attrs.field(default=(), converter=_steps)

    @property
    def steps(self) -> tuple[str, ...]:
        """Everything as steps for people, in order, each restart once after all that it is for."""
        return (*self.before, *steps_of(self.changes, then=self.then), *self.after)

    @classmethod
    def of(cls, remedies: Iterable[Remedy]) -> Self:
        """Return one remedy for several faults of one cause."""
        listed = tuple(remedies)
        return cls(
            changes=joined(change for one in listed for change in one.changes),
            before=dict.fromkeys(step for one in listed for step in one.before),
            then=dict.fromkeys(step for one in listed for step in one.then),
            after=dict.fromkeys(step for one in listed for step in one.after),
        )


@attrs.frozen(kw_only=True)
class Evidence:
    """What a finding rests on: the certificate, OpenSSL's verdict on it, and what was wanted and found.

    ``verdict`` is the whole of OpenSSL's verdict, where there is one.
    """

    certificate: Certificate | None = None
    code: int | None = None
    depth: int | None = None
    extension: str | None = None
    expected: str | None = None
    found: str | None = None
    explanation: str | None = None
    verdict: Verdict | None = attrs.field(default=None, repr=False, eq=False)

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """Return what a finding about OpenSSL's verdict rests on."""
        return cls(
            certificate=verdict.certificate,
            code=verdict.code,
            depth=verdict.depth,
            extension=verdict.extension,
            expected=verdict.expected,
            found=verdict.found,
            explanation=verdict.explanation,
            verdict=verdict,
        )


@attrs.frozen(kw_only=True)
class Hit:
    """One place where a rule fires. Hits of one rule and ``cause`` become one finding with many legs.

    ``node`` is the node on which the fault is mended.
    """

    message: str
    cause: tuple[object, ...]
    node: str
    remedy: Remedy
    leg: LegRef | None = None
    evidence: Evidence = attrs.field(factory=Evidence)
    product_message: str | None = None
    effect: Effect | None = None
    alarm: int | None = None
    settings: tuple[Chosen, ...] = attrs.field(default=(), converter=_chosen)
    sources: tuple[Source, ...] = attrs.field(default=(), converter=_sources)
    severity: Severity | None = None


@attrs.frozen(kw_only=True)
class Finding:
    """A fault with one cause: what the rule says, where it shows, what it rests on, and what to do.

    ``product_message`` holds the product's own words where they are known, else None. ``effect`` is what an
    upload page does about it, ``alarm`` the number of the alarm that Expressway raises. ``settings`` are the
    open questions on which the finding rests, with the side that was taken.
    """

    rule: str
    severity: Severity
    message: str
    product_message: str | None
    nodes: tuple[str, ...]
    legs: tuple[LegRef, ...]
    evidence: Evidence
    remedy: Remedy
    sources: tuple[Source, ...]
    effect: Effect | None = None
    alarm: int | None = None
    settings: tuple[Chosen, ...] = ()

    @property
    def node(self) -> str:
        """The first node on which the fault is mended."""
        return self.nodes[0]

    @property
    def certificate(self) -> Certificate | None:
        """The certificate that the finding is about, if any."""
        return self.evidence.certificate

    @property
    def explanation(self) -> str | None:
        """The judge's explanation, where a verdict is behind the finding."""
        return self.evidence.explanation

    @property
    def verdict(self) -> Verdict | None:
        """The judge's verdict, where one is behind the finding."""
        return self.evidence.verdict

    @property
    def code(self) -> int | None:
        """OpenSSL's error number, where a verdict is behind the finding."""
        return self.evidence.code

    @property
    def depth(self) -> int | None:
        """The depth of that error."""
        return self.evidence.depth

    @property
    def expected(self) -> str | None:
        """What was wanted."""
        return self.evidence.expected

    @property
    def found(self) -> str | None:
        """What was there instead."""
        return self.evidence.found


class OutcomeKind(enum.Enum):
    """What became of a rule; a crash is never a pass."""

    FIRED = "fired"
    PASSED = "passed"
    NOT_APPLICABLE = "not applicable"
    NOT_RUN = "not run"
    CRASHED = "crashed"


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one rule, and why where it did not run to its end."""

    rule: str
    kind: OutcomeKind
    why: str = ""
