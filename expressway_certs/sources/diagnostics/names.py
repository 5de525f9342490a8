"""The names of the files in a diagnostic log archive (platform.md §8: AG155-diag, T-225693)."""

from __future__ import annotations

import enum
import re
from typing import Final

import attrs


class Kind(enum.Enum):
    """What a file is, by its name. That of the client certificate is inferred: T-225693 shows that there is one."""

    CONFIGURATION = "xconf_dump"
    STATUS = "xstat_dump"
    TRUSTED_CA = "ca"
    SERVER_CERTIFICATE = "server"
    CLIENT_CERTIFICATE = "client"


_DUMPS: Final = (Kind.CONFIGURATION, Kind.STATUS)
_NAME: Final = re.compile(r"(xconf_dump|xstat_dump|ca|server|client)_(.+)\.(txt|xml|pem)", re.IGNORECASE)
_STAMPED: Final = re.compile(r"(.+?)_(\d{4}[\d_:.T-]{4,})")


@attrs.frozen(kw_only=True)
class FileName:
    """The parts of a name: what the file is, of which host, when it was made ("" where it does not say), its ending."""

    kind: Kind
    host: str
    stamp: str
    ending: str


def parse(name: str) -> FileName | None:
    """Return the parts of a file's name; None for a file that nothing is read from."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    kind, ending = Kind(match.group(1).lower()), match.group(3).lower()
    if (kind in _DUMPS) == (ending == "pem"):
        return None
    stamped = _STAMPED.fullmatch(match.group(2))
    host, stamp = stamped.groups() if stamped else (match.group(2), "")
    return FileName(kind=kind, host=host, stamp=stamp, ending=ending)


def is_wanted(name: str) -> bool:
    """Whether something is read from a file of that name."""
    return parse(name) is not None
