"""Name constraints as OpenSSL applies them (RFC 5280 §4.2.1.10), the anchor's own included."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import attrs

from expressway_certs.x509 import codes, der, extensions, names
from expressway_certs.x509.branch import Branch
from expressway_certs.x509.case import BuiltChain, Case, Fault
from expressway_certs.x509.extensions import GeneralName, NameConstraints, Subtree
from expressway_certs.x509.view import View

_MOST_COMPARISONS = 1 << 20
_SMTP_UTF8_MAILBOX = der.oid("1.3.6.1.5.5.7.8.9")
_IP_LENGTHS = (4, 16)
_KINDS = {
    extensions.OTHER_NAME: "another name",
    extensions.EMAIL: "e-mail",
    extensions.DNS: "DNS",
    extensions.DIRECTORY: "directory name",
    extensions.URI: "URI",
    extensions.IP: "IP address",
}


class _Violation(Exception):  # noqa: N818 - it never leaves this module
    """A name is outside its constraints, or cannot be compared with them."""

    def __init__(self, code: int, name: GeneralName | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.name = name


def check_name_constraints(case: Case, chain: BuiltChain) -> Fault | None:
    """Hold the names of each certificate against the constraints of all above it, from the anchor down."""
    views = [case.view(certificate) for certificate in chain]
    for depth in range(len(chain) - 1, -1, -1):
        if depth and views[depth].is_self_issued:
            continue
        for above in range(len(chain) - 1, depth, -1):
            constraints = views[above].name_constraints
            if constraints is None:
                continue
            try:
                _check(views[depth], _Constraints(constraints, case.branch), is_leaf=depth == 0)
            except _Violation as violation:
                return _fault(chain, depth, above, violation)
    return None


def _fault(chain: BuiltChain, depth: int, above: int, violation: _Violation) -> Fault:
    found = None
    if violation.name is not None:
        kind = _KINDS.get(violation.name.tag, "a name")
        found = f"{kind} {_shown(violation.name)}"
    return chain.fault(
        violation.code,
        depth,
        extension="nameConstraints",
        expected=f"names within the constraints of {chain[above].subject}",
        found=found,
    )


def _shown(name: GeneralName) -> str:
    if name.tag == extensions.DIRECTORY:
        return names.display(name.value)
    return name.value.hex(":") if name.tag == extensions.IP else name.value.decode("latin-1")


Kind = tuple[int, bytes]


@attrs.frozen
class _Subtrees:
    """The permitted, or the excluded, subtrees about one kind of name."""

    listed: tuple[Subtree, ...] = ()

    @cached_property
    def hosts(self) -> frozenset[bytes] | None:
        """The DNS names among them, to be looked up all at once; None where one of them is limited."""
        if not all(subtree.plain for subtree in self.listed):
            return None
        return frozenset(subtree.base.value.lower() for subtree in self.listed)


class _Constraints:
    """The constraints of one certificate, as names are held against them."""

    def __init__(self, constraints: NameConstraints, branch: Branch) -> None:
        self.branch = branch
        self.permitted = self._by_kind(constraints.permitted)
        self.excluded = self._by_kind(constraints.excluded)
        self.count = len(constraints.permitted) + len(constraints.excluded)

    def _by_kind(self, subtrees: tuple[Subtree, ...]) -> dict[Kind, _Subtrees]:
        found: dict[Kind, list[Subtree]] = {}
        for subtree in subtrees:
            found.setdefault(self._kind(subtree.base), []).append(subtree)
        return {kind: _Subtrees(tuple(group)) for kind, group in found.items()}

    def _kind(self, name: GeneralName) -> Kind:
        return name.tag, name.type_id if self.branch.knows_utf8_mailboxes else b""

    def kind_of(self, name: GeneralName) -> Kind:
        """The kind of constraints that are about ``name``."""
        if self.branch.knows_utf8_mailboxes and name.type_id == _SMTP_UTF8_MAILBOX:
            return extensions.EMAIL, b""
        return self._kind(name)


def _check(view: View, constraints: _Constraints, *, is_leaf: bool) -> None:
    subject = view.slices.subject
    attributes = names.attribute_count(subject)
    if (attributes + len(view.alternative_names)) * constraints.count > _MOST_COMPARISONS:
        raise _Violation(codes.UNSPECIFIED)
    if attributes:
        _match(GeneralName(extensions.DIRECTORY, subject), constraints)
        for tag, octets in names.values(subject, names.EMAIL_ADDRESS):
            if tag != der.IA5_STRING:
                raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX)
            _match(GeneralName(extensions.EMAIL, octets), constraints)
    for name in view.alternative_names:
        _match(name, constraints)
    if is_leaf and not any(name.tag == extensions.DNS for name in view.alternative_names):
        _check_common_names(view, constraints)


def _check_common_names(view: View, constraints: _Constraints) -> None:
    """A leaf without a DNS name is known by its common name, so that is held to the DNS constraints."""
    for tag, octets in names.values(view.slices.subject, names.COMMON_NAME):
        if not names.is_text(tag):
            raise _Violation(codes.UNSPECIFIED)
        host = names.text(tag, octets).encode("utf-8", errors="surrogateescape").rstrip(b"\0")
        if b"\0" in host:
            raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX)
        if _looks_like_host(host):
            _match(GeneralName(extensions.DNS, host), constraints)


def _looks_like_host(host: bytes) -> bool:
    """Whether a common name has two or more labels of letters, digits, inner hyphens and underscores."""
    labels = host.split(b".")
    return len(labels) > 1 and all(
        label and not label.startswith(b"-") and not label.endswith(b"-") and _HOST_OCTETS.issuperset(label)
        for label in labels
    )


_HOST_OCTETS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def _match(name: GeneralName, constraints: _Constraints) -> None:
    kind = constraints.kind_of(name)
    permitted = constraints.permitted.get(kind)
    if permitted is not None and not _is_in_one(name, permitted, constraints.branch, asks_all=True):
        raise _Violation(codes.PERMITTED_VIOLATION, name)
    excluded = constraints.excluded.get(kind)
    if excluded is not None and _is_in_one(name, excluded, constraints.branch, asks_all=False):
        raise _Violation(codes.EXCLUDED_VIOLATION, name)


def _is_in_one(name: GeneralName, subtrees: _Subtrees, branch: Branch, *, asks_all: bool) -> bool:
    """Whether ``name`` is in one of the subtrees; ``asks_all``: those after it must still be without limits."""
    if name.tag == extensions.DNS and subtrees.hosts is not None:
        return not subtrees.hosts.isdisjoint(_parents(name.value.lower()))
    within = False
    for subtree in subtrees.listed:
        if within and not asks_all:
            break
        if not subtree.plain:
            raise _Violation(codes.SUBTREE_MINMAX, name)
        within = within or _is_within(name, subtree.base, branch)
    return within


def _parents(host: bytes) -> Iterator[bytes]:
    """Yield every DNS constraint that ``host`` is within: itself, each domain above it, with its dot and without."""
    yield b""
    yield host
    dot = host.find(b".")
    while dot >= 0:
        yield host[dot:]
        yield host[dot + 1 :]
        dot = host.find(b".", dot + 1)


def _is_within(name: GeneralName, base: GeneralName, branch: Branch) -> bool:
    """Whether ``name`` is in the subtree ``base``; `_Violation` where OpenSSL cannot tell."""
    if name.tag == extensions.DIRECTORY:
        return names.canonical(name.value).startswith(names.canonical(base.value))
    if name.tag == extensions.DNS:
        return base.value.lower() in _parents(name.value.lower())
    if name.tag == extensions.EMAIL:
        return _is_mailbox_within(name, base.value)
    if name.tag == extensions.URI:
        return _is_uri_within(name, base.value)
    if name.tag == extensions.IP:
        return _is_address_within(name, base.value)
    if name.type_id == _SMTP_UTF8_MAILBOX and branch.knows_utf8_mailboxes:
        return _is_utf8_mailbox_within(name, base.value)
    raise _Violation(codes.UNSUPPORTED_CONSTRAINT_TYPE, name)


def _ends_with(name: bytes, suffix: bytes) -> bool:
    return name.lower().endswith(suffix.lower())


def _is_mailbox_within(name: GeneralName, base: bytes) -> bool:
    local, at, host = name.value.rpartition(b"@")
    if not at:
        raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX, name)
    base_local, base_at, base_host = base.rpartition(b"@")
    if not base_at and base.startswith(b"."):
        return len(name.value) > len(base) and _ends_with(name.value, base)
    if base_local:
        if len(base_local) != len(local):
            return False
        if b"\0" in base_local or b"\0" in local:
            raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX, name)
        if base_local != local:
            return False
    return base_host.lower() == host.lower()


def _is_utf8_mailbox_within(name: GeneralName, base: bytes) -> bool:
    if b"\0" in base or name.value[:1] != bytes((der.UTF8_STRING,)):
        raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX, name)
    _, content, stop = der.read(name.value, 0, len(name.value))
    mailbox = name.value[content:stop]
    _, at, host = mailbox.rpartition(b"@")
    if not at:
        raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX, name)
    wanted = _unicode_host(base, name)
    if base.startswith(b"."):
        # OpenSSL puts a second dot before such a constraint, so that hardly any mailbox is within it.
        return len(mailbox) > len(wanted) + 1 and _ends_with(mailbox, b"." + wanted)
    return host.lower() == wanted.lower()


def _unicode_host(base: bytes, name: GeneralName) -> bytes:
    """Return a host name with its ``xn--`` labels as the text that they stand for, in UTF-8."""
    try:
        return b".".join(
            label[4:].decode("punycode").encode() if label.startswith(b"xn--") else label for label in base.split(b".")
        )
    except UnicodeError:
        raise _Violation(codes.UNSPECIFIED, name) from None


def _is_uri_within(name: GeneralName, base: bytes) -> bool:
    _, colon, rest = name.value.partition(b":")
    if not colon or not rest.startswith(b"//"):
        raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX, name)
    rest = rest[2:]
    # OpenSSL looks for a port first, wherever that colon is, and for a path only without one.
    host = rest.partition(b":")[0] if b":" in rest else rest.partition(b"/")[0]
    if not host:
        raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX, name)
    if base.startswith(b"."):
        return len(host) > len(base) and _ends_with(host, base)
    return host.lower() == base.lower()


def _is_address_within(name: GeneralName, base: bytes) -> bool:
    address = name.value
    if len(address) not in _IP_LENGTHS or len(base) not in {2 * length for length in _IP_LENGTHS}:
        raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX, name)
    if 2 * len(address) != len(base):
        return False
    network, mask = base[: len(address)], base[len(address) :]
    return all(octet & bits == wanted & bits for octet, wanted, bits in zip(address, network, mask, strict=True))
