"""Host names and IP addresses against a certificate, as OpenSSL compares them with no flags set.

DNS names of the subject alternative name count; the common name only where there is none. A ``*``
stands in the first label, alone or at its end, for one label. Case does not count; a trailing dot
does. A name that starts with a dot asks for any host below it.
"""

from __future__ import annotations

import ipaddress
from itertools import takewhile

from expressway_certs.x509 import codes, extensions, names
from expressway_certs.x509.case import BuiltChain, Case, Fault
from expressway_certs.x509.view import View

_LETTERS_DIGITS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_WILD = _LETTERS_DIGITS | {ord("-")}
_MIN_DOTS = 2


def check_names(case: Case, chain: BuiltChain) -> Fault | None:
    """Check that the leaf has one of the names that the policy asks for."""
    hosts, addresses = case.policy.dns_names, case.policy.ip_addresses
    view = case.view(case.leaf)
    if not case.policy.names or any(has_host(view, host) for host in hosts):
        return None
    if not addresses:
        return chain.fault(codes.HOSTNAME_MISMATCH, 0, expected=", ".join(hosts), found=_presented(view))
    if any(has_address(view, address) for address in addresses):
        return None
    code = codes.HOSTNAME_MISMATCH if hosts else codes.IP_ADDRESS_MISMATCH
    return chain.fault(code, 0, expected=", ".join(case.policy.names), found=_presented(view))


def has_host(view: View, host: str) -> bool:
    """Whether a certificate has the host name ``host``."""
    wanted = host.encode("utf-8", errors="surrogateescape")
    listed = [name.value for name in view.alternative_names if name.tag == extensions.DNS]
    if not listed:
        common = names.values(view.slices.subject, names.COMMON_NAME)
        # OpenSSL stops at the first common name that is no text.
        listed = [_utf8(*value) for value in takewhile(lambda value: names.is_text(value[0]), common)]
    return any(matches(pattern, wanted) for pattern in listed if pattern)


def has_address(view: View, address: bytes) -> bool:
    """Whether a certificate has the IP address whose octets are ``address``; the common name never counts."""
    return any(name.value == address for name in view.alternative_names if name.tag == extensions.IP)


def _utf8(tag: int, octets: bytes) -> bytes:
    return names.text(tag, octets).encode("utf-8", errors="surrogateescape")


def _presented(view: View) -> str:
    kinds = {extensions.DNS: "DNS", extensions.IP: "IP"}
    listed = [f"{kinds[name.tag]}:{_shown(name)}" for name in view.alternative_names if name.tag in kinds]
    if not any(name.tag == extensions.DNS for name in view.alternative_names):
        common = names.values(view.slices.subject, names.COMMON_NAME)
        listed += [f"CN:{names.text(*value)}" for value in common]
    return ", ".join(listed) or "no name"


def _shown(name: extensions.GeneralName) -> str:
    if name.tag == extensions.IP:
        return address_text(name.value)
    return name.value.decode("latin-1")


def address_text(octets: bytes) -> str:
    """Return the octets of an IP address as people write it; other lengths in hexadecimal."""
    try:
        return str(ipaddress.ip_address(octets))
    except ValueError:
        return octets.hex(":")


def matches(pattern: bytes, wanted: bytes) -> bool:
    """Whether a DNS name of a certificate, which may have a wildcard, is the host name ``wanted``."""
    asks_below = len(wanted) > 1 and wanted.startswith(b".")
    star = None if asks_below else _star(pattern)
    if star is None:
        return _equal(_suffix(pattern, len(wanted)) if asks_below else pattern, wanted)
    return _matches_star(pattern[:star], pattern[star + 1 :], wanted)


def _equal(pattern: bytes, wanted: bytes) -> bool:
    return b"\0" not in pattern and pattern.lower() == wanted.lower()


def _suffix(pattern: bytes, length: int) -> bytes:
    if len(pattern) <= length or b"\0" in pattern[:-length]:
        return pattern
    return pattern[-length:]


def _matches_star(before: bytes, after: bytes, wanted: bytes) -> bool:
    if len(wanted) < len(before) + len(after):
        return False
    end = len(wanted) - len(after)
    if not _equal(before, wanted[: len(before)]) or not _equal(wanted[end:], after):
        return False
    covered = wanted[len(before) : end]
    whole_label = not before and after.startswith(b".")
    if not whole_label and wanted[:4].lower() == b"xn--":
        return False
    return covered == b"*" or _WILD.issuperset(covered)


def _star(pattern: bytes) -> int | None:
    """Return where the one usable wildcard of ``pattern`` is; None where the pattern is to be taken literally."""
    if b"*" not in pattern:
        return None
    labels = pattern.split(b".")
    if len(labels) <= _MIN_DOTS or not all(map(_is_label, [labels[0].replace(b"*", b"x", 1), *labels[1:]])):
        return None
    first = labels[0]
    star = first.find(b"*")
    if star < 0 or (star not in {0, len(first) - 1}):
        return None
    if first[:star].lower().startswith(b"xn--") or first[:star].endswith(b"-"):
        return None
    return star


def _is_label(label: bytes) -> bool:
    return bool(label) and _WILD.issuperset(label) and not label.startswith(b"-") and not label.endswith(b"-")
