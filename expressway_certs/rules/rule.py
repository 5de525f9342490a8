"""What a rule is: a small generator of hits, and all that there is to know about it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from datetime import datetime

import attrs

from expressway_certs.product.deployment import Deployment, Upload
from expressway_certs.product.nodes import Expressway
from expressway_certs.rules.finding import Hit, Severity
from expressway_certs.rules.judging import LegResult
from expressway_certs.x509.files.keys import PrivateKey


class Stage(enum.Enum):
    """Which part of the work a rule belongs to."""

    UPLOAD = "server certificate upload"
    TRAVERSAL = "traversal zone"
    TUNNELS = "SSH tunnels"
    MRA = "Mobile and Remote Access"


class NotApplicableError(Exception):
    """Raised by a rule that has nothing to look at here; its words say why."""


class NotRunError(Exception):
    """Raised by a rule that lacks an input; its words name it."""


@attrs.frozen(kw_only=True)
class UploadCase:
    """A file on its way onto a node: ``private_key`` only where one is uploaded with it."""

    upload: Upload
    node: Expressway
    private_key: PrivateKey | None = None


@attrs.frozen(kw_only=True)
class Context:
    """What rules look at: the deployment, the legs of their stage as they were judged, and the pending uploads."""

    deployment: Deployment
    at: datetime
    legs: tuple[LegResult, ...] = ()
    uploads: tuple[UploadCase, ...] = ()


Check = Callable[[Context], Iterator[Hit]]


@attrs.frozen(kw_only=True)
class Rule:
    """A check with its id, severity and stage. Its docstring becomes its page in the docs."""

    id: str
    severity: Severity
    stage: Stage
    check: Check = attrs.field(repr=False)

    @property
    def documentation(self) -> str:
        """The docstring of the check."""
        return self.check.__doc__ or ""

    @property
    def title(self) -> str:
        """Its first line."""
        return self.documentation.strip().splitlines()[0]


def rule(id: str, severity: Severity, stage: Stage) -> Callable[[Check], Rule]:  # noqa: A002 - what it is called
    """Make a rule of a generator. It registers nothing: each module lists its rules."""

    def make(check: Check) -> Rule:
        return Rule(id=id, severity=severity, stage=stage, check=check)

    return make
