"""Whether a leaf's public key is readable and strong enough, told from the form of its bytes where that tells it."""

from __future__ import annotations

import attrs

from expressway_certs.x509 import algorithms, der
from expressway_certs.x509.branch import branch
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.public_key import PublicKeyInfo, is_on_p256, public_key_info
from expressway_certs.x509.standing import wanted_bits

_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_P256_HEAD = len(_P256)
_RSA_IDENTIFIER = bytes.fromhex("300d06092a864886f70d0101010500")
_EXPONENT = b"\x02\x03\x01\x00\x01"
# From 2048 bits on every length in such a key takes two bytes, and the head always ends at the modulus.
_RSA_SIZES = (2048, 3072, 4096)
_RSA_HEAD = 33
_TOP_BIT = 0x80


def _rsa_head(size: int) -> bytes:
    """Return how the info of an RSA key of so many bits begins, up to its modulus: every length in it is told."""
    modulus = der.encode(der.INTEGER, b"\0" + bytes(size // 8))
    key = der.encode(der.SEQUENCE, modulus + _EXPONENT)
    info = der.encode(der.SEQUENCE, _RSA_IDENTIFIER + der.encode(der.BIT_STRING, b"\0" + key))
    return info[:_RSA_HEAD]


@attrs.frozen(kw_only=True)
class Strengths:
    """Which keys of leaves a policy takes."""

    bits: int
    rounds: bool
    refuses_explicit_curves: bool
    takes_p256: bool
    rsa: frozenset[bytes]
    """How the info of an RSA key begins that is strong enough."""

    @classmethod
    def of(cls, policy: VerifyPolicy) -> Strengths:
        """Work out which keys a policy takes."""
        bits, version = wanted_bits(policy), branch(policy.openssl)
        rounds = version.rounds_rsa_strength

        def takes(algorithm: str, size: int) -> bool:
            return PublicKeyInfo(algorithm=algorithm, size=size).security_bits(rounds=rounds) >= bits

        heads = frozenset(_rsa_head(size) for size in _RSA_SIZES if takes(algorithms.RSA, size))
        return cls(
            bits=bits,
            rounds=rounds,
            refuses_explicit_curves=version.refuses_explicit_curves,
            takes_p256=takes(algorithms.EC, 256),
            rsa=heads,
        )

    def is_enough(self, data: bytes, start: int, end: int) -> bool:
        """Whether the key whose info lies between ``start`` and ``end`` is readable and strong enough."""
        if data[start : start + _P256_HEAD] == _P256:
            return self.takes_p256 and is_on_p256(data[start + _P256_HEAD : end])
        if (
            data[start : start + _RSA_HEAD] in self.rsa
            and data[start + _RSA_HEAD] >= _TOP_BIT
            and data[end - len(_EXPONENT) : end] == _EXPONENT
        ):
            return True
        return self._is_enough(data[start:end])

    def _is_enough(self, info: bytes) -> bool:
        found = public_key_info(info)
        return (
            found is not None
            and not (found.explicit_curve and self.refuses_explicit_curves)
            and found.size is not None
            and found.security_bits(rounds=self.rounds) >= self.bits
        )
