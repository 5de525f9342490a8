"""The judge against real TLS handshakes: one set of certificates, several trust stores, both directions."""

from collections.abc import Iterator
from typing import Final, get_args

import attrs
import make_der as make
import pytest
from make_der import Spec

from expressway_certs import Certificate, Purpose, TrustStore, Verdict, VerifyPolicy, verify
from expressway_certs.testing.lab import End, Ground, Judging, Lab, Outcome
from expressway_certs.x509 import der

HOST: Final = "edge.example.com"
_START, _EXPIRY, _END = 1_577_836_800, 1_609_459_200, 2_208_988_800
"""2020, 2021 and 2040: handshakes happen now."""
_BOTH: Final = make.sequence(make.oid("1.3.6.1.5.5.7.3.1"), make.oid("1.3.6.1.5.5.7.3.2"))
_CODE_SIGNING: Final = make.sequence(make.oid("1.3.6.1.5.5.7.3.3"))
LEAF_KEY: Final = "ec7"


def _identifiers(key: str, issuer_key: str) -> tuple[bytes, bytes]:
    own = der.encode(der.OCTET_STRING, make.key_identifier(key))
    issuer = make.sequence(make.context(0, make.key_identifier(issuer_key), constructed=False))
    return make.extension("2.5.29.14", own), make.extension("2.5.29.35", issuer)


def _authority(name: str, key: str, issuer: str, issuer_key: str) -> bytes:
    constraint = make.extension("2.5.29.19", make.sequence(make.boolean(True)), critical=True)
    return make.certificate(
        Spec(
            subject=make.common_name(name),
            issuer=make.common_name(issuer),
            key=key,
            signer=issuer_key,
            serial=int.from_bytes(key.encode(), "big"),
            start=_START,
            end=_END,
            extensions=(constraint, *_identifiers(key, issuer_key)),
        )
    )


def _leaf(*, end: int = _END, usage: bytes = _BOTH) -> bytes:
    names = make.extension("2.5.29.17", make.sequence(make.dns(HOST)))
    return make.certificate(
        Spec(
            subject=make.common_name(HOST),
            issuer=make.common_name("Issuing CA"),
            key=LEAF_KEY,
            signer="ec1",
            serial=7,
            start=_START,
            end=end,
            extensions=(names, make.extension("2.5.29.37", usage), *_identifiers(LEAF_KEY, "ec1")),
        )
    )


ROOT: Final = _authority("Root CA", "ec0", "Root CA", "ec0")
INTERMEDIATE: Final = _authority("Issuing CA", "ec1", "Root CA", "ec0")
OTHER_INTERMEDIATE: Final = _authority("Issuing CA", "ec2", "Root CA", "ec0")
LEAF: Final = _leaf()
EXPIRED: Final = _leaf(end=_EXPIRY)
SIGNS_CODE: Final = _leaf(usage=_CODE_SIGNING)


@attrs.frozen(kw_only=True)
class Meeting:
    """What is shown, what is trusted, and the number and depth that must come of it."""

    shows: tuple[bytes, ...]
    trusts: tuple[bytes, ...]
    code: int = 0
    depth: int = 0
    partial_chain: bool = False


MEETINGS: Final = {
    "the root trusts what travels whole": Meeting(shows=(LEAF, INTERMEDIATE), trusts=(ROOT,)),
    "the root alone cannot reach a leaf alone": Meeting(shows=(LEAF,), trusts=(ROOT,), code=20),
    "the whole list trusts a leaf alone": Meeting(shows=(LEAF,), trusts=(ROOT, INTERMEDIATE)),
    "the order of the list does not matter here": Meeting(shows=(LEAF,), trusts=(INTERMEDIATE, ROOT)),
    "an intermediate without its root": Meeting(shows=(LEAF,), trusts=(INTERMEDIATE,), code=2, depth=1),
    "the root that was sent does not help it": Meeting(
        shows=(LEAF, INTERMEDIATE, ROOT), trusts=(INTERMEDIATE,), code=2, depth=1
    ),
    "partial chains end at the intermediate": Meeting(shows=(LEAF,), trusts=(INTERMEDIATE,), partial_chain=True),
    "the leaf in the list": Meeting(shows=(LEAF,), trusts=(LEAF,), code=20),
    "an untrusted root is sent": Meeting(
        shows=(LEAF, INTERMEDIATE, ROOT), trusts=(OTHER_INTERMEDIATE,), code=19, depth=2
    ),
    "another CA of the name": Meeting(shows=(LEAF, OTHER_INTERMEDIATE), trusts=(ROOT,), code=20),
    "expired": Meeting(shows=(EXPIRED, INTERMEDIATE), trusts=(ROOT,), code=10),
    "for another purpose": Meeting(shows=(SIGNS_CODE, INTERMEDIATE), trusts=(ROOT,), code=26),
}


@pytest.fixture(params=get_args(Ground))
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Return a lab on either ground that has the key of the leaves."""
    with Lab(ground=request.param, keys=[make.key(LEAF_KEY)]) as made:
        yield made


def _certificates(ders: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    return tuple(map(Certificate.from_der, ders))


def _verdict(lab: Lab, meeting: Meeting, purpose: Purpose, names: tuple[str, ...] = ()) -> Verdict:
    leaf, *presented = _certificates(meeting.shows)
    version = "1.1.1" if lab.ground.startswith("OpenSSL 1.1.1") else "3.0"
    policy = VerifyPolicy(purpose=purpose, names=names, partial_chain=meeting.partial_chain, openssl=version)
    return verify(leaf, TrustStore(_certificates(meeting.trusts)), presented, policy)


def _shower(shows: tuple[bytes, ...], **options: object) -> End:
    leaf, *above = _certificates(shows)
    return End(certificate=leaf, sends=tuple(above), **options)


def _meet(lab: Lab, meeting: Meeting, purpose: Purpose, name: str | None = None) -> Outcome:
    """Let one end show and the other judge, as a server or as a client."""
    shower = _shower(meeting.shows)
    trust = _certificates(meeting.trusts)
    judges = Judging(trust=trust, purpose=purpose, partial_chain=meeting.partial_chain, name=name)
    if purpose is Purpose.SERVER:
        return lab.meet(server=shower, client=End(judges=judges))
    # A server shows something in any case; here nobody judges it. It sends a chain of its own, out of no list.
    return lab.meet(server=_shower((LEAF, INTERMEDIATE), judges=judges), client=shower)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("meeting", MEETINGS.values(), ids=MEETINGS)
def test_a_handshake_ends_as_the_judge_says(meeting: Meeting, purpose: Purpose, lab: Lab) -> None:
    """A side lets another in exactly when the judge says yes, and names the judge's number and reason when not."""
    outcome = _meet(lab, meeting, purpose)
    verdict = _verdict(lab, meeting, purpose)
    assert outcome.failed is None
    assert (verdict.code, verdict.depth) == (meeting.code, meeting.depth)
    assert outcome.is_up is verdict.ok
    if outcome.refusal is not None:
        assert (outcome.refusal.code, outcome.refusal.why) == (verdict.code, verdict.reason)
        assert outcome.refusal.depth in {verdict.depth, None}
        assert outcome.refusal.by_server is (purpose is Purpose.CLIENT)


@pytest.mark.parametrize(("host", "code"), [(HOST, 0), ("other.example.com", 62), ("10.1.2.3", 64)])
def test_the_name_of_the_server_is_judged(host: str, code: int, lab: Lab) -> None:
    """A client that asks for a name is refused, or not, as the judge says."""
    meeting = Meeting(shows=(LEAF, INTERMEDIATE), trusts=(ROOT,))
    outcome = _meet(lab, meeting, Purpose.SERVER, host)
    verdict = _verdict(lab, meeting, Purpose.SERVER, (host,))
    assert outcome.failed is None
    assert (outcome.refusal.code if outcome.refusal else 0, verdict.code) == (code, code)


@pytest.mark.parametrize(("own_list", "code"), [((ROOT,), 20), ((ROOT, INTERMEDIATE), 0)])
def test_a_server_sends_what_its_own_list_holds(own_list: tuple[bytes, ...], code: int, lab: Lab) -> None:
    """A server that shows its leaf alone sends the intermediates of its own trust store along with it."""
    server = End(certificate=Certificate.from_der(LEAF), own_list=_certificates(own_list))
    outcome = lab.meet(server=server, client=End(judges=Judging(trust=_certificates((ROOT,)), purpose=Purpose.SERVER)))
    sent = Meeting(shows=(LEAF, *(one for one in own_list if one != ROOT)), trusts=(ROOT,))
    assert outcome.failed is None
    assert _verdict(lab, sent, Purpose.SERVER).code == code
    assert (outcome.refusal.code if outcome.refusal else 0) == code
