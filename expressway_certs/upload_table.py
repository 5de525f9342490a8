"""One certificate file tried on every release, role, switch and page: where it is taken and where it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import attrs

from expressway_certs.pipeline import check_upload
from expressway_certs.product.behaviours import Behaviour, Role
from expressway_certs.product.fields import several, wanted
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.release import Release
from expressway_certs.report import Report
from expressway_certs.x509 import clock
from expressway_certs.x509.certificate import Source
from expressway_certs.x509.files.source import read_source

RELEASES: Final = tuple(
    map(Release, ("X12.5", "X14.0", "X14.0.2", "X14.2", "X14.3", "X15.0", "X15.2", "X15.4", "X15.5"))
)
"""The releases at which something about certificates changes, and the first of each that is in use."""

_COLUMNS: Final = ("server store", "with the EKU switch", "copied to client", "client store")
_HEADS: Final = ("release", "role", *_COLUMNS)
_NO_PAGE: Final = "-"


@attrs.frozen(kw_only=True)
class UploadTrial:
    """What one page of one node makes of the file; ``report`` is None where there is no such page, box or switch."""

    release: Release
    role: Role
    column: str
    report: Report | None

    @property
    def verdict(self) -> str:
        """Return "taken", "refused", or "-" where there is no such page, box or switch."""
        if self.report is None:
            return _NO_PAGE
        return "refused" if self.report.refused else "taken"


@attrs.frozen(kw_only=True, repr=False)
class UploadTable:
    """Every trial of a file; prints as a table, in a notebook too: a row for each release and role."""

    trials: tuple[UploadTrial, ...]

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows as text: release, role, and the verdict of each column."""
        width = len(_COLUMNS)
        for first in range(0, len(self.trials), width):
            trials = self.trials[first : first + width]
            yield str(trials[0].release), trials[0].role.value, *(trial.verdict for trial in trials)

    def __str__(self) -> str:
        rows = [_HEADS, *self.rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def try_upload(
    file: Source,
    onto: Expressway,
    *,
    releases: Iterable[Release | str] = RELEASES,
    at: datetime | None = None,
) -> UploadTable:
    """Try a certificate file on every release, role, switch and page; ``onto`` gives the trust list and the names.

    Whether the switch is set on ``onto`` makes no difference: it has a column of its own. Raises `LoadError` where
    the file cannot be read, `ValueError` for what is no release.

    >>> print(try_upload("leaf.der", Expressway(name="expe1.example.com", role="E"), releases=["X15.5"]))
    release  role          server store  with the EKU switch  copied to client  client store
    X15.5    Expressway-C  refused       -                    refused           refused
    X15.5    Expressway-E  refused       -                    refused           refused
    """
    wanted(Expressway, onto)
    several(releases, "releases")
    data, _ = read_source(file)
    instant = clock.resolve(at)
    plain = attrs.evolve(onto, server_eku_upload=False)
    nodes = (attrs.evolve(plain, release=release, role=role) for release in map(Release, releases) for role in Role)
    return UploadTable(trials=tuple(trial for node in nodes for trial in _trials(data, node, instant)))


def _trials(data: bytes, node: Expressway, at: datetime) -> Iterator[UploadTrial]:
    has_client_store = node.emulation.has(Behaviour.SEPARATE_CLIENT_CERTIFICATE)
    switched = attrs.evolve(node, server_eku_upload=True)
    has_switch = switched.emulation.step(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH).switch is not None
    reports = (
        check_upload(data, onto=node, at=at),
        check_upload(data, onto=switched, at=at) if has_switch else None,
        check_upload(data, onto=node, copy_to_client=True, at=at) if has_client_store else None,
        check_upload(data, onto=node, store="client", at=at) if has_client_store else None,
    )
    for column, report in zip(_COLUMNS, reports, strict=True):
        yield UploadTrial(release=node.release, role=node.role, column=column, report=report)
