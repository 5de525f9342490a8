"""Names of folders and files out of names of nodes: readable, and safe on every system."""

from __future__ import annotations

import re
from typing import Final

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 80
# Names that mean a device on Windows, whatever follows the dot.
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def file_name(text: str) -> str:
    """Return a name for a file or folder that reads like ``text``.

    >>> file_name("../Tromsø C: 1"), file_name("nul.pem"), file_name("...")
    ('Troms_C_1', '_nul.pem', 'unnamed')
    """
    safe = _UNSAFE.sub("_", text).strip("._-")
    if len(safe) > _LONGEST:
        safe = safe[:_LONGEST].rstrip("._-")
    return f"_{safe}" if _DEVICES.match(safe) else safe or "unnamed"


class Names:
    """The paths of a folder that are taken. Upper and lower case are one, for on some systems they are."""

    def __init__(self, *taken: str) -> None:
        self._taken = {name.lower() for name in taken}

    def take(self, wanted: str) -> str:
        """Return the wanted path, or with a number before its suffix where it is taken, and keep it taken."""
        head, slash, name = wanted.rpartition("/")
        stem, dot, suffix = name.rpartition(".") if slash else (name, "", "")
        stem = stem if dot else name
        number, path = 1, wanted
        while path.lower() in self._taken:
            number += 1
            path = f"{head}{slash}{stem}-{number}" + (f".{suffix}" if dot else "")
        self._taken.add(path.lower())
        return path
