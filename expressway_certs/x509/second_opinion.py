"""What stricter judges than OpenSSL say of the same leaf and store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from expressway_certs.x509 import clock
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.ocsp import OcspResponse
from expressway_certs.x509.opinion import DEFAULT_BUDGET, MAX_BUDGET, Inquiry, PolicyInputs, SecondOpinion
from expressway_certs.x509.policy import Purpose, VerifyPolicy
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.trust_store import TrustStore

_NO_INPUTS = PolicyInputs()


def second_opinion(  # noqa: PLR0913 - RFC 5280 §6.1.1 has as many inputs
    leaf: Certificate,
    trust: TrustStore | Iterable[Certificate],
    presented: Iterable[Certificate] = (),
    *,
    purpose: Purpose | str | None = None,
    names: str | Iterable[str] = (),
    at: datetime | None = None,
    crls: Iterable[RevocationList | bytes | str] | None = None,
    ocsp_responses: Iterable[OcspResponse | bytes] | None = None,
    policy_inputs: PolicyInputs = _NO_INPUTS,
    budget: int = DEFAULT_BUDGET,
) -> SecondOpinion:
    """Ask stricter judges than OpenSSL: RFC 5280's path validation, and the Web PKI profile of browsers.

    ``leaf``, ``trust``, ``presented``, ``purpose``, ``names`` and ``at`` are as for `verify`; the self-signed
    certificates of ``trust`` are the anchors. Names are compared by the Web PKI profile alone, for servers; without
    ``names`` it takes one of the leaf's own. With ``crls`` or ``ocsp_responses``, even none, RFC 5280 wants each
    certificate below the anchor shown as not revoked by one of them. A response counts for
    a certificate that names a responder. ``budget`` is how many steps (issuers looked up, signatures checked) RFC
    5280's search may take before it is undecided. Raises `ValueError` for a value outside these, `LoadError` for bytes
    that are no CRL or OCSP response, `TypeError` for something that is no certificate.

    >>> from expressway_certs import load_certificates
    >>> leaf, intermediate = load_certificates("bundle.pem")
    >>> opinion = second_opinion(leaf, TrustStore.load("root.pem"), [intermediate], names="expe1.example.com")
    >>> [(one.profile.value, one.answer.value) for one in opinion.opinions]
    [('RFC 5280', 'accepted'), ('Web PKI', 'accepted')]
    """
    from expressway_certs.x509.strict import strict_opinion  # noqa: PLC0415 - the library behind it loads slowly
    from expressway_certs.x509.web_pki import web_pki_opinion  # noqa: PLC0415 - with it

    _check_budget(budget)
    instant = clock.resolve(at)
    policy = VerifyPolicy(
        purpose=purpose,
        names=names,
        at=instant,
        crls=crls or (),
        crl_check=None if crls is None and ocsp_responses is None else "all",
    )
    inquiry = _inquiry(leaf, tuple(trust), tuple(presented), tuple(map(_as_response, ocsp_responses or ())))
    return SecondOpinion(
        opinions=(
            strict_opinion(inquiry, policy, instant, policy_inputs, budget),
            web_pki_opinion(inquiry, policy, instant),
        )
    )


def _as_response(value: OcspResponse | bytes) -> OcspResponse:
    return value if isinstance(value, OcspResponse) else OcspResponse.from_der(value)


def _inquiry(
    leaf: Certificate,
    trust: tuple[Certificate, ...],
    presented: tuple[Certificate, ...],
    ocsp_responses: tuple[OcspResponse, ...],
) -> Inquiry:
    _check_types((leaf, *trust, *presented))
    anchors = tuple(one for one in trust if one.is_self_signed)
    others = dict.fromkeys((*presented, *(one for one in trust if one not in set(anchors))))
    return Inquiry(leaf=leaf, anchors=anchors, others=tuple(others), ocsp_responses=ocsp_responses)


def _check_types(values: Iterable[object]) -> None:
    for one in values:
        if not isinstance(one, Certificate):
            message = f"expected a Certificate, not {type(one).__name__}; load it with Certificate.load"
            raise TypeError(message)


def _check_budget(budget: object) -> None:
    if not isinstance(budget, int) or not 1 <= budget <= MAX_BUDGET:
        message = f"budget must be a whole number from 1 to {MAX_BUDGET}, not {budget!r}"
        raise ValueError(message)
