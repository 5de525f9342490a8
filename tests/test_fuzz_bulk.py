"""Leaves with drawn names and key identifiers, wrong lengths among them: a proof only where the judge says yes."""

from collections.abc import Callable
from typing import Final, TypeVar

import attrs
import make_der as make
from bulk_leaves import CA_KEY, HOST, NAMES, OWN_KEY, PLAIN, PRESENTED, TRUST, Leaf, judged, said
from bulk_twists import ISSUERLESS, KEYLESS, NAMELESS, NAMES_FIRST, POLICIES, UNKNOWN, is_proved, warm
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import examples

from expressway_certs import Certificate, LoadError, verify_many, verify_matrix
from expressway_certs.x509 import der

T = TypeVar("T")
INDEXES: Final = {name: warm(policy) for name, policy in POLICIES.items()}
LENGTHS: Final = (0x7F, 0x80, 0x81, 0x82, 0x83, 0x84, 0xFF, 0x100, 0x180)
"""Lengths of which an octet means something else than itself."""


class Drawn:
    """Draws the pieces of a leaf; ``draw`` is Hypothesis's."""

    def __init__(self, draw: Callable[[st.SearchStrategy[object]], object]) -> None:
        self._draw = draw

    def pick(self, *choices: T) -> T:
        """Return one of these."""
        return self._draw(st.sampled_from(choices))  # type: ignore[return-value]

    def octet(self) -> int:
        """Return any octet."""
        return self._draw(st.integers(0, 255))  # type: ignore[return-value]

    def value(self, tag: int, content: bytes) -> bytes:
        """Return a value, whose length may be told in a way that DER has not."""
        count = len(content)
        right = der.encode(tag, content)
        if not self.pick(False, False, False, True):
            return right
        wrong = (
            b"\x80",
            bytes((self.octet(),)),
            bytes((0x81, count & 255)),
            b"\x82" + (count & 0xFFFF).to_bytes(2, "big"),
        )
        changed = (bytes((tag,)) + length + content for length in wrong)
        return self.pick(*changed, bytes((tag, 0x80)) + content + bytes(2), right[:-1], right + b"\0")

    def name(self) -> bytes:
        """Return a general name."""
        contents = (
            HOST.encode(),
            b"*.example.com",
            b"",
            bytes((10, 1, 2, 3)),
            make.dns(HOST),
            bytes(self.octet() >> 1),
        )
        return self.value(self.pick(0x82, 0x82, 0x86, 0x87, 0x81, 0xA4, 0x88, self.octet()), self.pick(*contents))

    def names(self) -> bytes:
        """Return general names, which may be as long as a length that is none would say."""
        listed = b"".join(self.name() for _ in range(self.pick(0, 1, 1, 2, 3, 9)))
        wanted = self.pick(0, *LENGTHS)
        filling = wanted - len(listed) - 2
        if 0 <= filling < 0x80:
            listed += bytes((0x86, filling)) + bytes(filling)
            if self.pick(False, True):
                return bytes((der.SEQUENCE, wanted & 0xFF)) + listed
        return self.value(self.pick(der.SEQUENCE, der.SEQUENCE, der.SEQUENCE, der.SET), listed)

    def extension(self, kind: str, value: bytes) -> bytes:
        """Return an extension, critical or not, or in a way that DER has not."""
        critical = self.pick(b"", b"", b"", b"\1\1\xff", b"\1\1\0", b"\1\1\1")
        return self.value(der.SEQUENCE, make.oid(kind) + critical + self.value(der.OCTET_STRING, value))

    def leaf(self) -> Leaf:
        """Return a leaf."""
        base = self.pick(PLAIN, NAMES_FIRST, NAMELESS, KEYLESS, ISSUERLESS)
        identifiers = (bytes(20), make.key_identifier(CA_KEY), make.key_identifier(CA_KEY)[1:])
        changed = {NAMES: self.extension("2.5.29.17", self.names()), OWN_KEY: OWN_KEY}
        if self.pick(False, True):
            changed[OWN_KEY] = self.extension("2.5.29.14", self.value(der.OCTET_STRING, self.pick(*identifiers)))
        listed = [changed.get(one, one) for one in base.extensions]
        if self.pick(False, False, False, True):
            listed.insert(self.pick(*range(len(listed))), self.pick(UNKNOWN, NAMES, OWN_KEY, changed[NAMES]))
        subjects = (base.subject, base.subject, PLAIN.issuer, make.sequence(), make.common_name("ISSUING ca"))
        return attrs.evolve(base, extensions=tuple(listed), subject=self.pick(*subjects))


@given(st.data())
@settings(max_examples=examples(300))
def test_a_drawn_leaf_is_proved_only_where_it_is_trusted(data: st.DataObject) -> None:
    """Whatever stands in the two extensions that a kind does not share, no proof is given to what the judge refuses."""
    leaf = Drawn(data.draw).leaf().der
    name = data.draw(st.sampled_from(list(POLICIES)))
    index, policy = INDEXES[name], POLICIES[name]
    try:
        Certificate.from_der(leaf)
    except LoadError:
        assert not is_proved(index, leaf)
        return
    expected = judged(leaf, policy=policy)
    assert is_proved(index, leaf) <= (expected[0] == 0)
    assert [said(one) for one in verify_many([leaf], index)] == [expected]
    wanted = [judged(PLAIN.der, policy=policy), expected]
    assert [said(one) for one in verify_matrix([PLAIN.der, leaf], [TRUST], PRESENTED, policy)] == wanted
