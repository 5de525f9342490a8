"""Real TLS handshakes in memory: one side shows certificates, the other one judges them."""

import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import attrs
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from make_der import key

HOST: Final = "edge.example.com"


@attrs.frozen(kw_only=True)
class Side:
    """What a side shows (leaf first) and with which test key, and its trust store; DER everywhere."""

    shows: tuple[bytes, ...] = ()
    key: str = ""
    trusts: tuple[bytes, ...] = ()
    partial_chain: bool = False


def pem(certificates: Sequence[bytes]) -> str:
    """Return certificates as PEM."""
    return "".join(map(ssl.DER_cert_to_PEM_cert, certificates))


def context(side: Side, protocol: int, folder: Path, *, judges: bool) -> ssl.SSLContext:
    """Return the context of one side; ``judges`` says whether it demands a trusted certificate of the other."""
    made = ssl.SSLContext(protocol)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_REQUIRED if judges else ssl.CERT_NONE
    # Newer Pythons allow partial chains and ask for strictness by themselves.
    made.verify_flags = ssl.VERIFY_X509_PARTIAL_CHAIN if side.partial_chain else ssl.VERIFY_DEFAULT
    if side.trusts:
        made.load_verify_locations(cadata=pem(side.trusts))
    if side.shows:
        private = key(side.key).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = folder / "shown.pem"
        file.write_text(private.decode() + pem(side.shows), "ascii")
        made.load_cert_chain(file)
    return made


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, host: str | None = None) -> None:
    """Shake hands; raises what the side that refuses says, `ssl.SSLCertVerificationError` for a bad certificate."""
    upward, downward = ssl.MemoryBIO(), ssl.MemoryBIO()
    waiting = [
        client.wrap_bio(downward, upward, server_hostname=host),
        server.wrap_bio(upward, downward, server_side=True),
    ]
    # A TLS handshake takes each side three turns at most.
    for _ in range(4):
        waiting = [side for side in waiting if not _is_done(side)]
    assert not waiting, "the handshake did not end"


def _is_done(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True
