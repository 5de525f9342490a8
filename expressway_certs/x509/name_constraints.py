"""Name constraints as OpenSSL applies them (RFC 5280 §4.2.1.10), the anchor's own included."""

from __future__ import annotations

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
                _check(views[depth], constraints, is_leaf=depth == 0)
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


def _check(view: View, constraints: NameConstraints, *, is_leaf: bool) -> None:
    subject = view.slices.subject
    attributes = names.attribute_count(subject)
    comparisons = (attributes + len(view.alternative_names)) * (len(constraints.permitted) + len(constraints.excluded))
    if comparisons > _MOST_COMPARISONS:
        raise _Violation(codes.UNSPECIFIED)
    if attributes:
        _match(GeneralName(extensions.DIRECTORY, subject), constraints, view.branch)
        for tag, octets in names.values(subject, names.EMAIL_ADDRESS):
            if tag != der.IA5_STRING:
                raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX)
            _match(GeneralName(extensions.EMAIL, octets), constraints, view.branch)
    for name in view.alternative_names:
        _match(name, constraints, view.branch)
    if is_leaf and not any(name.tag == extensions.DNS for name in view.alternative_names):
        _check_common_names(view, constraints)


def _check_common_names(view: View, constraints: NameConstraints) -> None:
    """A leaf without a DNS name is known by its common name, so that is held to the DNS constraints."""
    for tag, octets in names.values(view.slices.subject, names.COMMON_NAME):
        if not names.is_text(tag):
            raise _Violation(codes.UNSPECIFIED)
        host = names.text(tag, octets).encode("utf-8", errors="surrogateescape").rstrip(b"\0")
        if b"\0" in host:
            raise _Violation(codes.UNSUPPORTED_NAME_SYNTAX)
        if _looks_like_host(host):
            _match(GeneralName(extensions.DNS, host), constraints, view.branch)


def _looks_like_host(host: bytes) -> bool:
    """Whether a common name has two or more labels of letters, digits, inner hyphens and underscores."""
    labels = host.split(b".")
    return len(labels) > 1 and all(
        label and not label.startswith(b"-") and not label.endswith(b"-") and _HOST_OCTETS.issuperset(label)
        for label in labels
    )


_HOST_OCTETS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def _match(name: GeneralName, constraints: NameConstraints, branch: Branch) -> None:
    permitted = [subtree for subtree in constraints.permitted if _is_about(subtree, name, branch)]
    within = False
    for subtree in permitted:
        _refuse_limits(subtree, name)
        within = within or _is_within(name, subtree.base, branch)
    if permitted and not within:
        raise _Violation(codes.PERMITTED_VIOLATION, name)
    for subtree in constraints.excluded:
        if _is_about(subtree, name, branch):
            _refuse_limits(subtree, name)
            if _is_within(name, subtree.base, branch):
                raise _Violation(codes.EXCLUDED_VIOLATION, name)


def _is_about(subtree: Subtree, name: GeneralName, branch: Branch) -> bool:
    if not branch.knows_utf8_mailboxes:
        return subtree.base.tag == name.tag
    if name.tag == extensions.OTHER_NAME and name.type_id == _SMTP_UTF8_MAILBOX:
        return subtree.base.tag == extensions.EMAIL
    return subtree.base.tag == name.tag and subtree.base.type_id == name.type_id


def _refuse_limits(subtree: Subtree, name: GeneralName) -> None:
    if not subtree.plain:
        raise _Violation(codes.SUBTREE_MINMAX, name)


def _is_within(name: GeneralName, base: GeneralName, branch: Branch) -> bool:
    """Whether ``name`` is in the subtree ``base``; `_Violation` where OpenSSL cannot tell."""
    if name.tag == extensions.DIRECTORY:
        return names.canonical(name.value).startswith(names.canonical(base.value))
    if name.tag == extensions.DNS:
        return _is_host_within(name.value, base.value)
    if name.tag == extensions.EMAIL:
        return _is_mailbox_within(name, base.value)
    if name.tag == extensions.URI:
        return _is_uri_within(name, base.value)
    if name.tag == extensions.IP:
        return _is_address_within(name, base.value)
    if name.type_id == _SMTP_UTF8_MAILBOX and branch.knows_utf8_mailboxes:
        return _is_utf8_mailbox_within(name, base.value)
    raise _Violation(codes.UNSUPPORTED_CONSTRAINT_TYPE, name)


def _is_host_within(host: bytes, base: bytes) -> bool:
    if not base:
        return True
    if not _ends_with(host, base):
        return False
    return len(host) == len(base) or base.startswith(b".") or host[-len(base) - 1] == ord(".")


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
        return len(mailbox) > len(wanted) and _ends_with(mailbox, wanted)
    return host.lower() == wanted.lower()


def _unicode_host(base: bytes, name: GeneralName) -> bytes:
    """Return a host name with its ``xn--`` labels as the text that they stand for, in UTF-8."""
    try:
        return b".".join(
            label[4:].decode("punycode").encode() if label.lower().startswith(b"xn--") else label
            for label in base.split(b".")
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
