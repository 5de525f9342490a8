"""Which values of a dump are secret: they are dropped while it is read."""

from __future__ import annotations

import re
from typing import Final

# Anywhere in a key, for "Authentication Password" and "MachinePassword Refresh" alike: too many are no loss.
_NAMES_A_SECRET: Final = re.compile(
    r"password|passwd|pass ?phrase|secret|credential|token|cookie|private|communityname|\bpin$|\bpsk|key$",
    re.IGNORECASE,
)
# Ciphertexts start with {cipher}, hashes of passwords with {…} or $…$; PEM may hold a key, a URL a name and password.
_LOOKS_SECRET: Final = re.compile(
    r"\{[a-z][a-z0-9_-]{1,20}\}|\$[0-9a-z]{1,8}\$|-----BEGIN|://[^/\s:@]*:[^/\s@]*@", re.IGNORECASE
)


def is_secret(key: str, value: str) -> bool:
    """Whether the value of a key is to be withheld, by the key's words or by how the value starts.

    Everything encrypted is, and everything whose key speaks of a password, passphrase, secret, token, key or SNMP
    community (platform.md §8: "Authentication Password", ``{cipher}…``; the rest is own choice).
    """
    return _NAMES_A_SECRET.search(key) is not None or _LOOKS_SECRET.search(value) is not None
