"""Webs of cross-signed CAs, in which there are very many paths, few, or none."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise, permutations, product
from typing import Final

import attrs
import make_der as make
from make_der import Spec
from openssl_oracle import Question

from expressway_certs.x509 import der

AT: Final = 1_795_000_000
_YEAR: Final = 31_536_000
ROOT: Final = 1000
"""The number of the CA that is the anchor, where there is one."""
STRANGER: Final = 1001
LEAF: Final = 1002


@attrs.frozen(kw_only=True)
class Web:
    """CAs that sign each other: who signs whom, by number. Every CA has a key of its own."""

    edges: tuple[tuple[int, int], ...]
    """(subject, issuer) of each CA certificate, in the order in which they are sent."""
    leaf_issuer: int
    one_name: bool = False
    in_a_row: int = 1
    """How many CAs whose numbers follow each other share a name."""
    key_identifiers: bool = True

    def name(self, number: int) -> bytes:
        """Return the name of a CA."""
        shared = number // self.in_a_row if number < ROOT else number
        return make.common_name("CA" if self.one_name and number != LEAF else f"CA {shared}")

    def certificate(self, subject: int, issuer: int) -> bytes:
        """Return the certificate of one CA (or of the leaf) by another, or by itself."""
        key, signer = f"ec{subject}", f"ec{issuer}"
        constraint = make.sequence(make.boolean(True) if subject != LEAF else b"")
        extensions = [make.extension("2.5.29.19", constraint, critical=True)]
        if self.key_identifiers:
            own = der.encode(der.OCTET_STRING, make.key_identifier(key))
            above = make.sequence(make.context(0, make.key_identifier(signer), constructed=False))
            extensions += [make.extension("2.5.29.14", own), make.extension("2.5.29.35", above)]
        return make.certificate(
            Spec(
                subject=self.name(subject),
                issuer=self.name(issuer),
                key=key,
                signer=signer,
                serial=subject * 10_000 + issuer,
                start=AT - _YEAR,
                end=AT + _YEAR,
                extensions=tuple(extensions),
            )
        )

    def paths(self, longest: int) -> Iterator[tuple[bytes, ...]]:
        """Yield every path from the leaf to the root, of at most so many certificates, as the edges tell."""
        yield from self._paths(((LEAF, self.leaf_issuer),), longest)

    def _paths(self, path: tuple[tuple[int, int], ...], longest: int) -> Iterator[tuple[bytes, ...]]:
        issuer = path[-1][1]
        if issuer == ROOT:
            yield tuple(self.certificate(*edge) for edge in (*path, (ROOT, ROOT)))
        elif len(path) < longest - 1:
            for edge in self.edges:
                if edge[0] == issuer and edge not in path:
                    yield from self._paths((*path, edge), longest)

    def certificates(self) -> tuple[bytes, ...]:
        """Return the CA certificates, in their order."""
        return tuple(self.certificate(*edge) for edge in self.edges)

    def question(self, *, anchor: int | None = ROOT, stored: bool = False) -> Question:
        """Ask for the leaf; ``anchor`` is the CA whose self-signed certificate is trusted.

        ``stored`` puts all the CA certificates into the trust store too, before the anchor.
        """
        trust = self.certificates() if stored else ()
        if anchor is not None:
            trust = (*trust, self.certificate(anchor, anchor))
        return Question(
            leaf=self.certificate(LEAF, self.leaf_issuer), trust=trust, presented=self.certificates(), at=AT
        )


@cache
def mesh(size: int, *, one_name: bool = False, key_identifiers: bool = True) -> Web:
    """Return a web in which each of ``size`` CAs has signed every other, and the root the first of them."""
    edges = ((0, ROOT), *permutations(range(size), 2))
    return Web(edges=edges, leaf_issuer=size - 1, one_name=one_name, key_identifiers=key_identifiers)


@cache
def ladder(rungs: int, *, in_a_row: int = 1) -> Web:
    """Return a web of two CAs on each rung, both signed by both of the rung above: 2 ** (rungs - 1) paths."""
    steps = (
        (2 * rung + child, 2 * rung + 2 + parent)
        for rung in range(rungs - 1)
        for child, parent in product((0, 1), repeat=2)
    )
    top = ((2 * rungs - 2, ROOT), (2 * rungs - 1, ROOT))
    return Web(edges=(*steps, *top), leaf_issuer=0, in_a_row=in_a_row)


@cache
def strands(lengths: tuple[int, ...]) -> Web:
    """Return a web in which strands of so many CAs, which meet nowhere, lead from one issuing CA to the root."""
    return Web(edges=tuple(_strands(lengths)), leaf_issuer=0)


def _strands(lengths: Iterable[int]) -> Iterator[tuple[int, int]]:
    fresh = 1
    for length in lengths:
        rising = [0, *range(fresh, fresh + length), ROOT]
        yield from pairwise(rising)
        fresh += length


@cache
def namesakes(count: int) -> Web:
    """Return a web of ``count`` roots that share one name and have no key identifiers; the last issued the leaf."""
    return Web(
        edges=tuple((number, number) for number in range(count)),
        leaf_issuer=count - 1,
        one_name=True,
        key_identifiers=False,
    )


SIZES: Final = (8, 10, 12)
RING: Final = Web(edges=((0, 1), (1, 0)), leaf_issuer=0)
QUESTIONS: Final[dict[str, Question]] = {
    **{f"mesh {size}, root trusted": mesh(size).question() for size in SIZES},
    **{f"mesh {size}, no root": mesh(size).question(anchor=STRANGER) for size in SIZES},
    **{f"mesh {size}, all stored": mesh(size).question(stored=True) for size in SIZES},
    **{f"mesh {size}, all stored, no root": mesh(size).question(stored=True, anchor=None) for size in SIZES},
    "mesh 8, partial chain": attrs.evolve(mesh(8).question(stored=True, anchor=None), partial_chain=True),
    "mesh 8, sent backwards": attrs.evolve(mesh(8).question(), presented=mesh(8).certificates()[::-1]),
    "ladder": ladder(20).question(),
    "ladder, no root": ladder(20).question(anchor=STRANGER),
    "ladder, all stored": ladder(20).question(stored=True),
    "ladder, one name a rung": ladder(20, in_a_row=2).question(),
    "ladder, one name a rung, no root": ladder(20, in_a_row=2).question(anchor=STRANGER),
    "ladder, one name a rung, all stored": ladder(20, in_a_row=2).question(stored=True),
    "20 of one name": namesakes(20).question(anchor=None, stored=True),
    "20 of one name, sent": namesakes(20).question(anchor=19),
    "one name, no identifiers": mesh(8, one_name=True, key_identifiers=False).question(),
    "one name, no identifiers, stored": mesh(8, one_name=True, key_identifiers=False).question(stored=True),
    "one name": mesh(8, one_name=True).question(),
    "one name, no root": mesh(8, one_name=True).question(anchor=STRANGER),
    "one name, stored": mesh(8, one_name=True).question(stored=True),
    "strands": strands((14,) * 15 + (21,)).question(),
    "long strands": strands((30, 40)).question(),
    "ring, no root": attrs.evolve(RING.question(anchor=STRANGER), leaf=RING.certificate(1, 0)),
}
"""Ladders, meshes and namesakes, with a path and without: what a search may take for ever over."""
