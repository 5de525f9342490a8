"""Whether each certificate of a chain may stand where it stands: extensions, CA, purpose, path length, strength."""

from __future__ import annotations

from expressway_certs.x509 import algorithms, codes, der, usages
from expressway_certs.x509.case import BuiltChain, Case, Fault
from expressway_certs.x509.policy import Purpose, VerifyPolicy
from expressway_certs.x509.view import View

_NETSCAPE_CLIENT, _NETSCAPE_SERVER, _NETSCAPE_SSL_CA = 1 << 0, 1 << 1, 1 << 5
_NETSCAPE_ANY_CA = 0b111 << 5

_LEVEL_BITS = (80, 112, 128, 192, 256)
_MAX_PATH_LENGTH = 2**63 - 1

_PURPOSES = {
    Purpose.SERVER: (usages.SERVER_AUTH, usages.MS_SGC, usages.NS_SGC),
    Purpose.CLIENT: (usages.CLIENT_AUTH,),
}
_LEAF_USAGES = {
    Purpose.SERVER: usages.DIGITAL_SIGNATURE | usages.KEY_ENCIPHERMENT | usages.KEY_AGREEMENT,
    Purpose.CLIENT: usages.DIGITAL_SIGNATURE | usages.KEY_AGREEMENT,
}
_LEAF_NETSCAPE_TYPES = {Purpose.SERVER: _NETSCAPE_SERVER, Purpose.CLIENT: _NETSCAPE_CLIENT}


def check_extensions(case: Case, chain: BuiltChain) -> Fault | None:
    """Check critical extensions, CA flags, purpose and path lengths from the leaf up."""
    below = 0
    for depth, certificate in enumerate(chain):
        view = case.view(certificate)
        fault = (
            _check_critical(chain, depth, view)
            or _check_issuer(case, chain, depth, view)
            or _check_key(case, chain, depth, view)
            or _check_purpose(case, chain, depth, view)
            or _check_path_length(chain, depth, view, below)
        )
        if fault is not None:
            return fault
        below += depth > 0 and not view.is_self_issued
    return None


def _check_critical(chain: BuiltChain, depth: int, view: View) -> Fault | None:
    if view.unhandled_critical is not None:
        return chain.fault(
            codes.UNHANDLED_CRITICAL_EXTENSION,
            depth,
            extension=der.oid_text(view.unhandled_critical),
            expected="critical extensions that OpenSSL handles",
            found="one that it does not",
        )
    if view.is_proxy:
        return chain.fault(codes.PROXY_CERTIFICATES_NOT_ALLOWED, depth, extension="proxyCertInfo")
    return None


def _check_issuer(case: Case, chain: BuiltChain, depth: int, view: View) -> Fault | None:
    if depth == 0:
        return None
    reason = _why_no_ca(view, is_anchor=depth == len(chain) - 1)
    if reason is None:
        return None
    extension, expected, found = reason
    return chain.fault(case.branch.invalid_ca, depth, extension=extension, expected=expected, found=found)


def _why_no_ca(view: View, *, is_anchor: bool) -> tuple[str, str, str] | None:
    """Return (extension, expected, found) for a certificate that may not issue; old marks pass on an anchor."""
    if not view.allows(usages.KEY_CERT_SIGN):
        return "keyUsage", "keyCertSign", _listed(usages.key_usage_names(view.key_usage or 0))
    if view.basic_constraints is not None:
        return None if view.is_ca else ("basicConstraints", "CA:TRUE", "CA:FALSE")
    if is_anchor and _has_old_ca_mark(view):
        return None
    return "basicConstraints", "CA:TRUE", "no basicConstraints"


def _has_old_ca_mark(view: View) -> bool:
    """Whether a certificate without basicConstraints is a CA by the marks that were used before them."""
    is_old_root = view.is_version_1 and view.self_signed
    return is_old_root or view.key_usage is not None or bool((view.netscape_type or 0) & _NETSCAPE_ANY_CA)


def _check_key(case: Case, chain: BuiltChain, depth: int, view: View) -> Fault | None:
    if len(chain) == 1 or not case.branch.refuses_explicit_curves:
        return None
    if view.key is None:
        return chain.fault(codes.UNSPECIFIED, depth, expected="a readable public key")
    if view.key.explicit_curve:
        return chain.fault(
            codes.EC_KEY_EXPLICIT_PARAMS,
            depth,
            expected="an EC key that names its curve",
            found="one that spells its curve out",
        )
    return None


def _check_purpose(case: Case, chain: BuiltChain, depth: int, view: View) -> Fault | None:
    purpose = case.policy.purpose
    if purpose is None or view.is_invalid:
        return None
    if not view.has_purpose(*_PURPOSES[purpose]):
        return chain.fault(
            codes.INVALID_PURPOSE,
            depth,
            extension="extendedKeyUsage",
            expected=_PURPOSES[purpose][0],
            found=_listed(view.purposes or ()),
        )
    return _check_issuer_type(chain, depth, view) if depth else _check_leaf_usage(purpose, chain, view)


def _check_issuer_type(chain: BuiltChain, depth: int, view: View) -> Fault | None:
    """An anchor that is a CA by its Netscape type alone must be one for TLS."""
    by_type_alone = (
        view.basic_constraints is None and view.key_usage is None and not (view.is_version_1 and view.self_signed)
    )
    if not by_type_alone or (view.netscape_type or 0) & _NETSCAPE_SSL_CA:
        return None
    return chain.fault(codes.INVALID_PURPOSE, depth, extension="nsCertType", expected="SSL CA", found="another CA")


def _check_leaf_usage(purpose: Purpose, chain: BuiltChain, view: View) -> Fault | None:
    if not view.allows(_LEAF_USAGES[purpose]):
        return chain.fault(
            codes.INVALID_PURPOSE,
            0,
            extension="keyUsage",
            expected=" or ".join(sorted(usages.key_usage_names(_LEAF_USAGES[purpose]))),
            found=_listed(usages.key_usage_names(view.key_usage or 0)),
        )
    if view.netscape_type is not None and not view.netscape_type & _LEAF_NETSCAPE_TYPES[purpose]:
        return chain.fault(codes.INVALID_PURPOSE, 0, extension="nsCertType", expected=f"SSL {purpose.value}")
    return None


def _check_path_length(chain: BuiltChain, depth: int, view: View, below: int) -> Fault | None:
    limit = view.path_length
    if depth < 2 or limit is None or limit > _MAX_PATH_LENGTH or below <= limit:  # noqa: PLR2004 - a CA below a CA
        return None
    return chain.fault(
        codes.PATH_LENGTH_EXCEEDED,
        depth,
        extension="basicConstraints",
        expected=f"at most {limit} CA certificates below it",
        found=str(below),
    )


def check_leaf_key(case: Case, chain: BuiltChain) -> Fault | None:
    """Check the strength of the leaf's key, which OpenSSL does before anything else."""
    wanted = wanted_bits(case.policy)
    has = _key_bits(case, case.view(case.leaf))
    if has >= wanted:
        return None
    return chain.fault(
        codes.EE_KEY_TOO_SMALL, 0, expected=_strength(case, wanted), found=f"{case.leaf.key}, {has} bits"
    )


def check_strength(case: Case, chain: BuiltChain) -> Fault | None:
    """Check issuers' keys, and every signature but the anchor's, against the security level."""
    wanted = wanted_bits(case.policy)
    if not wanted:
        return None
    for depth, certificate in enumerate(chain):
        key = _key_bits(case, case.view(certificate))
        if depth and key < wanted:
            return chain.fault(
                codes.CA_KEY_TOO_SMALL,
                depth,
                expected=_strength(case, wanted),
                found=f"{certificate.key}, {key} bits",
            )
        signature = _signature_bits(case, case.view(certificate))
        if depth < len(chain) - 1 and signature < wanted:
            return chain.fault(
                codes.CA_MD_TOO_WEAK,
                depth,
                expected=_strength(case, wanted),
                found=f"{certificate.signature_algorithm}, {signature} bits",
            )
    return None


def wanted_bits(policy: VerifyPolicy) -> int:
    """Return the security bits that a policy asks of a key."""
    level = policy.security_level
    return _LEVEL_BITS[level - 1] if level else 0


def _key_bits(case: Case, view: View) -> int:
    return view.key.security_bits(rounds=case.branch.rounds_rsa_strength) if view.key else 0


def _signature_bits(case: Case, view: View) -> int:
    bits = algorithms.signature_security_bits(view.slices.outer_algorithm, weakens_sha1=case.branch.weakens_sha1)
    return bits or 0


def _strength(case: Case, bits: int) -> str:
    return f"{bits} bits of security (level {case.policy.security_level})"


def _listed(found: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(found)) or "nothing"
