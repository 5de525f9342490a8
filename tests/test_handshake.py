"""The judge against real TLS handshakes: one set of certificates, several trust stores, both directions."""

import ssl
from pathlib import Path
from typing import Final

import attrs
import make_der as make
import pytest
from handshakes import HOST, Side, context, handshake
from make_der import Spec

from expressway_certs import Certificate, Purpose, TrustStore, Verdict, VerifyPolicy, verify
from expressway_certs.x509 import der

_START, _EXPIRY, _END = 1_577_836_800, 1_609_459_200, 2_208_988_800
"""2020, 2021 and 2040: handshakes happen now."""
_BOTH: Final = make.sequence(make.oid("1.3.6.1.5.5.7.3.1"), make.oid("1.3.6.1.5.5.7.3.2"))
_CODE_SIGNING: Final = make.sequence(make.oid("1.3.6.1.5.5.7.3.3"))
LEAF_KEY: Final = "ec7"
VERSION: Final = "3.0" if ssl.OPENSSL_VERSION_INFO >= (3,) else "1.1.1"


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


def _verdict(meeting: Meeting, purpose: Purpose, level: int, names: tuple[str, ...] = ()) -> Verdict:
    leaf, *presented = map(Certificate.from_der, meeting.shows)
    policy = VerifyPolicy(
        purpose=purpose, names=names, security_level=level, partial_chain=meeting.partial_chain, openssl=VERSION
    )
    return verify(leaf, TrustStore(map(Certificate.from_der, meeting.trusts)), presented, policy)


def _meet(
    meeting: Meeting, purpose: Purpose, folder: Path, host: str | None = None
) -> tuple[ssl.SSLCertVerificationError | None, int]:
    """Shake hands; return how the judging side refused, if it did, and its security level."""
    shower = Side(shows=meeting.shows, key=LEAF_KEY)
    judging = Side(trusts=meeting.trusts, partial_chain=meeting.partial_chain)
    if purpose is Purpose.CLIENT:
        # A server shows something in any case; here nobody judges it.
        judging = attrs.evolve(judging, shows=(LEAF,), key=LEAF_KEY)
    client, server = (judging, shower) if purpose is Purpose.SERVER else (shower, judging)
    client_context = context(client, ssl.PROTOCOL_TLS_CLIENT, folder, judges=purpose is Purpose.SERVER)
    client_context.check_hostname = host is not None
    (folder / "server").mkdir()
    server_context = context(server, ssl.PROTOCOL_TLS_SERVER, folder / "server", judges=purpose is Purpose.CLIENT)
    judge = client_context if purpose is Purpose.SERVER else server_context
    try:
        handshake(client_context, server_context, host)
    except ssl.SSLCertVerificationError as error:
        return error, judge.security_level
    return None, judge.security_level


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("meeting", MEETINGS.values(), ids=MEETINGS)
def test_a_handshake_ends_as_the_judge_says(meeting: Meeting, purpose: Purpose, tmp_path: Path) -> None:
    """A side lets another in exactly when the judge says yes, and names the judge's number and reason when not."""
    error, level = _meet(meeting, purpose, tmp_path)
    verdict = _verdict(meeting, purpose, level)
    assert (verdict.code, verdict.depth) == (meeting.code, meeting.depth)
    assert (error.verify_code if error else 0) == verdict.code
    assert error is None or error.verify_message == verdict.reason


@pytest.mark.parametrize(("host", "code"), [(HOST, 0), ("other.example.com", 62), ("10.1.2.3", 64)])
def test_the_name_of_the_server_is_judged(host: str, code: int, tmp_path: Path) -> None:
    """A client that asks for a name is refused, or not, as the judge says."""
    meeting = Meeting(shows=(LEAF, INTERMEDIATE), trusts=(ROOT,))
    error, level = _meet(meeting, Purpose.SERVER, tmp_path, host)
    verdict = _verdict(meeting, Purpose.SERVER, level, (host,))
    assert (error.verify_code if error else 0, verdict.code) == (code, code)


@pytest.mark.parametrize(("own_list", "code"), [((ROOT,), 20), ((ROOT, INTERMEDIATE), 0)])
def test_a_server_sends_what_its_own_list_holds(own_list: tuple[bytes, ...], code: int, tmp_path: Path) -> None:
    """A server whose file holds the leaf alone sends the intermediates of its own trust store along with it."""
    server = context(
        Side(shows=(LEAF,), key=LEAF_KEY, trusts=own_list), ssl.PROTOCOL_TLS_SERVER, tmp_path, judges=False
    )
    client = context(Side(trusts=(ROOT,)), ssl.PROTOCOL_TLS_CLIENT, tmp_path, judges=True)
    sent = Meeting(shows=(LEAF, *(one for one in own_list if one != ROOT)), trusts=(ROOT,))
    assert _verdict(sent, Purpose.SERVER, client.security_level).code == code
    if code == 0:
        handshake(client, server)
        return
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        handshake(client, server)
    assert refused.value.verify_code == code
