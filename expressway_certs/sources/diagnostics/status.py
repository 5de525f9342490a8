"""The release, out of what ``xStatus`` prints."""

from __future__ import annotations

import re
from typing import Final

from expressway_certs.product.release import Release
from expressway_certs.sources.xconfiguration.text import decoded

_KEY: Final = "systemunit software version"
_START: Final = re.compile(r"\s*\*s\s+SystemUnit\b", re.IGNORECASE)
_VERSION: Final = re.compile(r'(?:.*\bSoftware )?\s*Version:\s*"?([^"\s]+)', re.IGNORECASE)
_LONGEST_LINE: Final = 500
_LEADING: Final = re.compile(r"X?\d{1,2}\.\d{1,2}(?:\.\d{1,2})?", re.IGNORECASE)


def release_of(data: bytes, where: str) -> Release | None:
    """Return the release that a status dump names: ``SystemUnit``, there ``Software``, ``Version``; None for none.

    Raises `LoadError` where the dump starts as XML and is none.
    """
    from expressway_certs.sources.xconfiguration.markup import is_markup, read_markup  # noqa: PLC0415 - loads expat

    if is_markup(data):
        pairs = read_markup(data, where, "status")
        found = next((value for key, value, _ in pairs if key.lower() == _KEY), "")
    else:
        found = _from_text(decoded(data))
    match = _LEADING.match(found)
    return Release(match.group()) if match else None


def _from_text(text: str) -> str:
    """Return the version in the part "*s SystemUnit", below "Software:" or in one line with it."""
    is_in_unit = is_in_software = False
    for line in text.splitlines():
        if line.lstrip().lower().startswith("*s"):
            is_in_unit, is_in_software = _START.match(line) is not None, False
        if not is_in_unit:
            continue
        is_in_software = is_in_software or "software" in line.lower()
        found = _VERSION.match(line) if is_in_software and len(line) < _LONGEST_LINE else None
        if found:
            return found.group(1)
    return ""
