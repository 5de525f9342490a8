"""RC2 (RFC 2268) in CBC mode, for decryption alone: the old PKCS#12 exports protect their certificates with it.

`cryptography` has RC2 with full-length keys only, while PKCS#12 uses 40-bit ones.
"""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 128 * 1024
"""The most that is decrypted; plain Python takes some tens of microseconds for eight bytes."""

_PI_TABLE: Final = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)
_ROTATIONS: Final = (1, 2, 3, 5)
_MASHED_BEFORE: Final = frozenset({5, 11})


def decrypt_cbc(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Decrypt with the whole key as effective key; the padding is left on. Raises `ValueError` for odd lengths."""
    if len(ciphertext) % 8 or len(iv) != 8 or len(ciphertext) > MAX_BYTES:
        raise ValueError("RC2 data of an odd length, or too much of it")
    schedule = _schedule(key)
    plain = bytearray()
    previous = int.from_bytes(iv, "big")
    for start in range(0, len(ciphertext), 8):
        block = ciphertext[start : start + 8]
        plain += (_decrypt_block(schedule, block) ^ previous).to_bytes(8, "big")
        previous = int.from_bytes(block, "big")
    return bytes(plain)


def _schedule(key: bytes) -> list[int]:
    expanded = list(key)
    for i in range(len(key), 128):
        expanded.append(_PI_TABLE[(expanded[i - 1] + expanded[i - len(key)]) & 0xFF])
    expanded[128 - len(key)] = _PI_TABLE[expanded[128 - len(key)]]
    for i in range(127 - len(key), -1, -1):
        expanded[i] = _PI_TABLE[expanded[i + 1] ^ expanded[i + len(key)]]
    return [expanded[i] | expanded[i + 1] << 8 for i in range(0, 128, 2)]


def _decrypt_block(schedule: list[int], block: bytes) -> int:
    words = [int.from_bytes(block[i : i + 2], "little") for i in range(0, 8, 2)]
    for turn in range(15, -1, -1):
        for i in (3, 2, 1, 0):
            rotated = words[i] >> _ROTATIONS[i] | words[i] << (16 - _ROTATIONS[i]) & 0xFFFF
            mixed = words[i - 1] & words[i - 2] | ~words[i - 1] & words[i - 3]
            words[i] = rotated - schedule[4 * turn + i] - mixed & 0xFFFF
        if turn in _MASHED_BEFORE:
            for i in (3, 2, 1, 0):
                words[i] = words[i] - schedule[words[i - 1] & 63] & 0xFFFF
    return int.from_bytes(b"".join(word.to_bytes(2, "little") for word in words), "big")
