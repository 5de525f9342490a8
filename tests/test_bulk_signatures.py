"""The quick check of a signature: it says what the key's own `verify` says, whatever is wrong with a signature."""

from collections.abc import Iterator
from typing import Final

import make_der as make
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from expressway_certs.x509 import der
from expressway_certs.x509.bulk.signatures import accepts_of
from expressway_certs.x509.public_key import signature_check

TBS: Final = make.sequence(b"what is signed, three hundred bytes of it".ljust(300, b"."))
OTHER: Final = make.sequence(b"something else, and as long as the other".ljust(300, b"."))
END: Final = 4 + len(TBS)
DIGESTS: Final = {
    "sha1": hashes.SHA1(),  # noqa: S303 - it is judged, not used
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
RSA_OIDS: Final = {"sha1": 5, "sha224": 14, "sha256": 11, "sha384": 12, "sha512": 13}
EC_OIDS: Final = {"sha1": "1", "sha224": "3.1", "sha256": "3.2", "sha384": "3.3", "sha512": "3.4"}


def rsa_algorithm(digest: str) -> bytes:
    """Return the AlgorithmIdentifier of RSASSA-PKCS1-v1_5 with a digest."""
    return make.sequence(make.oid(f"1.2.840.113549.1.1.{RSA_OIDS[digest]}"), b"\x05\0")


def ec_algorithm(digest: str) -> bytes:
    """Return the AlgorithmIdentifier of ECDSA with a digest."""
    return make.sequence(make.oid(f"1.2.840.10045.4.{EC_OIDS[digest]}"))


def framed(algorithm: bytes, signature: bytes, *, tbs: bytes = TBS, unused: int = 0) -> bytes:
    """Return a signed structure."""
    return make.sequence(tbs, algorithm, der.encode(der.BIT_STRING, bytes((unused,)) + signature))


def compare(signer: str, algorithm: bytes, others: tuple[bytes, ...], good: bytes, bad: Iterator[bytes]) -> None:
    """Hold the quick check against the key's own, for a good signature and for others."""
    info = make.public_key_info(signer)
    check, accepts = signature_check(info, algorithm), accepts_of(info, algorithm)
    assert check is not None
    assert accepts is not None
    for signature in (good, *bad):
        assert accepts(framed(algorithm, signature), END) == check.accepts(signature, TBS)
        assert not accepts(framed(algorithm, signature, tbs=OTHER), END)
    assert accepts(framed(algorithm, good), END)
    assert not accepts(framed(algorithm, good, unused=1), END)
    assert [one for one in others if accepts(framed(one, good), END)] == []


def rsa_forgeries(signer: rsa.RSAPrivateKey, digest: str, good: bytes) -> Iterator[bytes]:
    """Yield signatures of blocks that a careless reader might take for the right one (RFC 8017 §9.2)."""
    numbers, length = signer.private_numbers(), len(good)
    block = pow(int.from_bytes(good, "big"), 65537, numbers.public_numbers.n).to_bytes(length, "big")
    info = block[block.index(b"\0", 2) + 1 :]
    size = DIGESTS[digest].digest_size
    bare, hashed = info[:-size], info[-size:]
    told = [
        info,
        hashed,
        bare.replace(b"\x05\0", b"") + hashed,
        bare[:-1] + b"\x04" + hashed,
        info + b"\0",
        b"\0" + info,
        info[:-1],
    ]
    forged = [b"\0\1" + b"\xff" * (length - 3 - len(one)) + b"\0" + one for one in told]
    forged += [b"\0\2" + forged[0][2:], b"\0\1\xff\0" + b"\xff" * (length - 5 - len(info)) + b"\0" + info]
    made = [
        pow(int.from_bytes(one, "big"), numbers.d, numbers.public_numbers.n).to_bytes(length, "big") for one in forged
    ]
    assert made[0] == good
    yield from made[1:]
    yield from (good[:-1], b"\0" + good, b"", bytes(length), b"\xff" * length)


@pytest.mark.parametrize("size", [2048, 1024])
@pytest.mark.parametrize("digest", DIGESTS)
def test_opening_an_rsa_signature_is_verifying_it(digest: str, size: int) -> None:
    """What the quick check says of an RSA signature is what `verify` says, for each way to spoil one."""
    name = f"rsa{size}-0"
    signer = make.key(name)
    assert isinstance(signer, rsa.RSAPrivateKey)
    good = signer.sign(TBS, padding.PKCS1v15(), DIGESTS[digest])
    wrong = (signer.sign(TBS, padding.PKCS1v15(), DIGESTS[other]) for other in DIGESTS if other != digest)
    others = tuple(rsa_algorithm(other) for other in DIGESTS if other != digest)
    compare(name, rsa_algorithm(digest), others, good, iter([*rsa_forgeries(signer, digest, good), *wrong]))


@pytest.mark.parametrize("name", ["ec3", "p384-1"])
@pytest.mark.parametrize("digest", DIGESTS)
def test_the_digest_made_before_is_the_one_that_is_signed(digest: str, name: str) -> None:
    """What the quick check says of an ECDSA signature is what `verify` says, for each way to spoil one."""
    signer = make.key(name)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    good = signer.sign(TBS, ec.ECDSA(DIGESTS[digest]))
    wrong = [signer.sign(TBS, ec.ECDSA(DIGESTS[other])) for other in DIGESTS if other != digest]
    r, s = decode_dss_signature(good)
    spoilt = [encode_dss_signature(*pair) for pair in ((r, s + 1), (s, r), (0, s), (r, 0), (0, 0))]
    spoilt += [good[:-1], good + b"\0", b"", b"\x30\x81" + good[1:], bytes(len(good))]
    others = tuple(ec_algorithm(other) for other in DIGESTS if other != digest)
    compare(name, ec_algorithm(digest), others, good, iter([*spoilt, *wrong]))


def test_other_keys_are_asked_themselves() -> None:
    """Ed25519 has no digest to make before; a key makes no signature of another kind."""
    signer = make.key("ed1")
    algorithm = make.algorithm_identifier("ed1", "sha256")
    good = signer.sign(TBS)  # type: ignore[union-attr, call-arg]
    compare("ed1", algorithm, (ec_algorithm("sha256"),), good, iter((good[:-1], good + b"\0", b"", bytes(64))))
    assert accepts_of(make.public_key_info("ed1"), ec_algorithm("sha256")) is None
    assert accepts_of(make.public_key_info("ec3"), rsa_algorithm("sha256")) is None
