"""Every path that exists from a leaf to an anchor, beside the one that OpenSSL takes.

Only for explanation: OpenSSL stops at the first issuer of a name and never tries the next. A path
here is one whose every issuer fits by name and key identifier and really signed; what else is wrong
with it is not asked. The number of paths in a mesh of cross-signed CAs grows as the factorial of its
size, so the search is bounded, and says whether it was cut.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from expressway_certs.x509.case import Case
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.signatures import signed_by
from expressway_certs.x509.trust_store import by_subject
from expressway_certs.x509.view import likely_issued

MOST_PATHS = 16
MOST_STEPS = 2048
MOST_EDGES = 4096
"""So many pairs of certificates are asked whether the one signed the other; a signature costs more than a step."""
MOST_LOOKS = 131_072
LONGEST = 24

Path = tuple[Certificate, ...]


@attrs.frozen(kw_only=True)
class Paths:
    """The paths that were found, shortest first, and whether there can be no others."""

    found: tuple[Path, ...]
    is_complete: bool


class _Search:
    def __init__(self, case: Case) -> None:
        self._case = case
        self._pool = by_subject(dict.fromkeys((*case.trust, *case.presented)))
        self._steps = MOST_STEPS
        self._looks = MOST_LOOKS
        self._edges: dict[tuple[Certificate, Certificate], bool] = {}
        self._is_deeper = False
        self.was_cut = False
        self._distance = self._distances()

    def _distances(self) -> dict[Certificate, int]:
        """Return how far each certificate is from an anchor, over edges whose signature is good.

        Paths are only followed along certificates that do lead to an anchor, so that a mesh
        without one costs no more than its edges.
        """
        anchors = [one for one in self._case.trust if self._is_anchor(one)]
        distance = dict.fromkeys(anchors, 0)
        issued_by: dict[bytes, list[Certificate]] = {}
        everyone = dict.fromkeys((self._case.leaf, *self._case.presented, *self._case.trust))
        for certificate in everyone:
            issued_by.setdefault(certificate.view.issuer, []).append(certificate)
        frontier = anchors
        while frontier:
            following: list[Certificate] = []
            for issuer in frontier:
                for child in issued_by.get(issuer.view.subject, ()):
                    if child not in distance and self._is_edge(child, issuer):
                        distance[child] = distance[issuer] + 1
                        following.append(child)
            frontier = following
        return distance

    def _is_anchor(self, certificate: Certificate) -> bool:
        return self._case.policy.partial_chain or self._case.view(certificate).self_signed

    def _is_edge(self, child: Certificate, issuer: Certificate) -> bool:
        edge = child, issuer
        if self._looks == 0 or (edge not in self._edges and len(self._edges) == MOST_EDGES):
            self.was_cut = True
            return False
        self._looks -= 1
        if edge not in self._edges:
            fits = likely_issued(self._case.view(issuer), self._case.view(child))
            self._edges[edge] = fits and signed_by(child, issuer)
        return self._edges[edge]

    def paths(self) -> Iterator[Path]:
        """Yield every path, shortest first, until the steps are used up."""
        leaf = self._case.leaf
        if leaf not in self._distance:
            return
        for length in range(1, LONGEST + 1):
            self._is_deeper = False
            yield from self._walk((leaf,), length)
            if self.was_cut or not self._is_deeper:
                return
        self.was_cut = True

    def _walk(self, path: Path, length: int) -> Iterator[Path]:
        """Yield the paths of ``length`` certificates that begin with ``path``."""
        top = path[-1]
        if self._distance[top] == 0:
            if len(path) == length:
                yield path
            return
        for issuer in self._pool.get(self._case.view(top).issuer, ()):
            if issuer not in self._distance or issuer in path or not self._is_edge(top, issuer):
                continue
            if len(path) + 1 + self._distance[issuer] > length:
                self._is_deeper = True
                continue
            if self._steps == 0:
                self.was_cut = True
                return
            self._steps -= 1
            yield from self._walk((*path, issuer), length)


def other_paths(case: Case, taken: Path) -> Paths:
    """Return the paths from the case's leaf to an anchor that are not ``taken``."""
    search = _Search(case)
    found: list[Path] = []
    for path in search.paths():
        if path == taken:
            continue
        if len(found) == MOST_PATHS:
            search.was_cut = True
            break
        found.append(path)
    return Paths(found=tuple(found), is_complete=not search.was_cut)
