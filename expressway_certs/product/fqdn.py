"""What Expressway takes for a fully qualified domain name (platform.md §3: CG155-mng, AG155-clus)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

_MOST: Final = 253
_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")


def is_fqdn(name: str) -> bool:
    """Whether ``name`` is one: labels of letters, digits and hyphens, none at an end; the last begins with a letter.

    >>> [is_fqdn(name) for name in ("expe1.example.com", "expe1", "192.0.2.1", "exp_e1.example.com")]
    [True, False, False, False]
    """
    labels = name.split(".")
    fits = len(labels) > 1 and len(name) <= _MOST and all(map(_LABEL.fullmatch, labels))
    return fits and labels[-1][0].isalpha()


def is_surely_refused(names: Iterable[str]) -> bool:
    """Whether one of the names is a bare host name or an IP address, of which the guides say that it is refused.

    Of other names that are no FQDN, with an underscore say, that is inferred (platform.md §1.2: CG155-load).
    """
    return any("." not in name or is_address(name) for name in names)


def is_address(name: str) -> bool:
    """Whether ``name`` is the text of an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
