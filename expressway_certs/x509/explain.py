"""A verdict in sentences: which certificate, what was wanted, what was found, what would mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from expressway_certs.x509 import codes
from expressway_certs.x509.building import trusted_issuer
from expressway_certs.x509.signatures import signed_by

if TYPE_CHECKING:
    from expressway_certs.x509.certificate import Certificate
    from expressway_certs.x509.verdict import Verdict


def explain(verdict: Verdict) -> str:
    """Return the explanation of ``verdict`` in a few sentences."""
    if verdict.ok:
        return f"{titled(verdict.chain[0])} is trusted: it chains to {titled(verdict.chain[-1])} in {_store(verdict)}."
    sentences = [_SPECIAL.get(verdict.code, _plain)(verdict), _same_name(verdict), _alternatives(verdict)]
    return " ".join(sentence for sentence in sentences if sentence)


def titled(certificate: Certificate) -> str:
    """Name a certificate as people do: by its common name, or its whole subject."""
    return repr(certificate.common_name or certificate.subject or "no subject")


def _store(verdict: Verdict) -> str:
    name = verdict.case.trust.name
    return f"the trust store {name!r}" if name else "the trust store"


def _missing_issuer(verdict: Verdict) -> str:
    top = verdict.chain[-1]
    wanted = f"The issuer of {titled(top)} is missing: {verdict.missing}."
    if verdict.code == codes.UNABLE_TO_GET_ISSUER_CERT:
        return (
            f"{wanted} {titled(top)} is in {_store(verdict)}, and above a certificate of the store only the store "
            "is asked, whatever the peer sends."
        )
    count = len(verdict.case.presented)
    if not count:
        return f"{wanted} It is not in {_store(verdict)}, and nothing but the leaf was presented."
    return f"{wanted} It is neither in {_store(verdict)} nor among the {count} certificates presented with the leaf."


def _self_signed(verdict: Verdict) -> str:
    top = verdict.chain[-1]
    what = "The leaf" if len(verdict.chain) == 1 else "The root that came with the chain"
    return (
        f"{what}, {titled(top)}, is self-signed and is not in {_store(verdict)}; sending it does not make it trusted."
    )


def _signature(verdict: Verdict) -> str:
    child, issuer = verdict.chain[verdict.depth], verdict.chain[verdict.depth + 1]
    return (
        f"{titled(child)} was not signed by the key of {titled(issuer)} (sha256 {issuer.sha256[:16]}), "
        "which was the first issuer that fitted by name; the next one is not tried."
    )


def _plain(verdict: Verdict) -> str:
    about = f" ({verdict.extension})" if verdict.extension else ""
    told = f"{titled(verdict.certificate)} at depth {verdict.depth}: {verdict.reason}{about}."
    if verdict.expected:
        told += f" Expected {verdict.expected}"
        told += f"; found {verdict.found}." if verdict.found else "."
    elif verdict.found:
        told += f" Found {verdict.found}."
    return told


_SPECIAL: dict[int, Callable[[Verdict], str]] = {
    codes.UNABLE_TO_GET_ISSUER_CERT: _missing_issuer,
    codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY: _missing_issuer,
    codes.DEPTH_ZERO_SELF_SIGNED_CERT: _self_signed,
    codes.SELF_SIGNED_CERT_IN_CHAIN: _self_signed,
    codes.CERT_SIGNATURE_FAILURE: _signature,
}


def _same_name(verdict: Verdict) -> str:
    """Point out a CA of the wanted name that is there but was not taken."""
    if verdict.missing is None:
        return ""
    case, child = verdict.case, verdict.certificate
    if trusted_issuer(case, child) is not None:
        return ""
    namesakes = case.trust.with_subject(case.view(child).issuer)
    if not namesakes:
        return ""
    held = namesakes[0]
    identifier = held.subject_key_identifier
    key = f" with key identifier {identifier.hex(':')}" if identifier else ""
    signs = "which did sign it but does not fit" if signed_by(child, held) else "which is another key's"
    return f"A certificate of that very name is in the store{key}, {signs}."


def _alternatives(verdict: Verdict) -> str:
    paths = verdict.alternatives
    if not paths.found:
        return ""
    path = " <- ".join(titled(certificate) for certificate in paths.found[0])
    count = len(paths.found)
    more = (
        ""
        if count == 1 and paths.is_complete
        else f" (and {count - 1}{'' if paths.is_complete else ' or more'} others)"
    )
    return (
        f"A path to an anchor does exist, {path}{more}, but OpenSSL takes the first fitting issuer and never goes back."
    )
