"""RFC 5280 path validation by `pyhanko-certvalidator`: the one place that knows that library.

It is kept from its users' necks. It is asked without an event loop, for it fetches nothing and so never waits; so it
works inside a running loop as well. Its search has no end of its own, so every issuer that it looks up and every
signature that it checks is counted. Whatever it raises becomes an opinion.
"""

from __future__ import annotations

import logging
from collections.abc import Coroutine, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import attrs
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    PKIXValidationParams,
)
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.opinion import Inquiry, Opinion, PolicyInputs, StrictAnswer, StrictProfile
from expressway_certs.x509.policy import Purpose, VerifyPolicy

# It logs what it makes of CRL issuers, on the standard error stream where nobody set up logging.
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())

_ANY_POLICY = "any_policy"
_USAGES = {Purpose.SERVER: "server_auth", Purpose.CLIENT: "client_auth"}


class _OutOfBudgetError(Exception):
    """Raised inside the library when the steps are used up."""


class _WaitsError(Exception):
    """Raised where the library waits for something, though there is nothing to wait for."""


class _Meter:
    """Counts the steps of one validation."""

    def __init__(self, budget: int) -> None:
        self._left = budget
        self.is_spent = False

    def step(self) -> None:
        self._left -= 1
        if self._left < 0:
            self.is_spent = True
            raise _OutOfBudgetError


class _CountedRegistry(CertificateRegistry):
    """The library's own pool of certificates; each search for issuers is a step."""

    def __init__(self, meter: _Meter) -> None:
        super().__init__()
        self._meter = meter

    def find_potential_issuers(self, *args: Any, **options: Any) -> Iterator[Any]:
        self._meter.step()
        yield from super().find_potential_issuers(*args, **options)


class _CountedSignatures(DefaultSignatureValidator):
    """The library's own check of signatures; each is a step."""

    def __init__(self, meter: _Meter) -> None:
        self._meter = meter

    def validate_signature(self, *args: Any, **options: Any) -> None:
        self._meter.step()
        super().validate_signature(*args, **options)


def strict_opinion(inquiry: Inquiry, policy: VerifyPolicy, at: datetime, inputs: PolicyInputs, budget: int) -> Opinion:
    """Ask the library; its answer, or undecided where it gave up or stumbled."""
    meter = _Meter(budget)
    try:
        path = _run(_validate(inquiry, policy, at, inputs, meter))
    except (PathError, ValidationError) as error:
        opinion = _opinion(StrictAnswer.REFUSED, _sentence(error))
    except Exception as error:  # noqa: BLE001 - it raises many things about odd certificates
        opinion = _opinion(StrictAnswer.UNDECIDED, f"the library stumbled: {_sentence(error)}")
    else:
        opinion = attrs.evolve(_opinion(StrictAnswer.ACCEPTED, ""), chain=_chain(path))
    if meter.is_spent:
        return _opinion(StrictAnswer.UNDECIDED, f"gave up after {budget} steps; there may be very many paths")
    return opinion


def _opinion(answer: StrictAnswer, reason: str) -> Opinion:
    return Opinion(profile=StrictProfile.RFC_5280, answer=answer, reason=reason)


def _sentence(error: Exception) -> str:
    kind = "" if isinstance(error, PathError | ValidationError) else type(error).__name__
    return ": ".join(part for part in (kind, " ".join(str(error).split())) if part)


def _run(validation: Coroutine[Any, Any, ValidationPath]) -> ValidationPath:
    """Run a coroutine that never waits."""
    try:
        validation.send(None)
    except StopIteration as done:
        path: ValidationPath = done.value
        return path
    validation.close()
    raise _WaitsError("it waits for something outside")


async def _validate(
    inquiry: Inquiry, policy: VerifyPolicy, at: datetime, inputs: PolicyInputs, meter: _Meter
) -> ValidationPath:
    registry = _CountedRegistry(meter)
    registry.register_multiple(one.to_asn1crypto() for one in _usable(inquiry.others))
    context = ValidationContext(
        trust_roots=[one.to_asn1crypto() for one in _usable(inquiry.anchors)],
        moment=at,
        crls=[crl.der for crl in policy.crls],
        ocsps=[response.der for response in inquiry.ocsp_responses],
        revinfo_policy=CertRevTrustPolicy(NO_REVOCATION if policy.crl_check is None else REQUIRE_REVINFO),
        # A tolerance would be added to dates of the year 9999, which have no later.
        time_tolerance=timedelta(0),
        certificate_registry=registry,
        signature_validator=_CountedSignatures(meter),
    )
    validator = CertificateValidator(
        inquiry.leaf.to_asn1crypto(), validation_context=context, pkix_params=_parameters(inputs)
    )
    usages = set() if policy.purpose is None else {_USAGES[policy.purpose]}
    path: ValidationPath = await validator.async_validate_usage(  # type: ignore[no-untyped-call]
        set(), usages, extended_optional=True
    )
    return path


def _parameters(inputs: PolicyInputs) -> PKIXValidationParams:
    return PKIXValidationParams(
        user_initial_policy_set=frozenset(inputs.policies or (_ANY_POLICY,)),
        initial_explicit_policy=inputs.explicit_policy,
        initial_policy_mapping_inhibit=inputs.inhibit_policy_mapping,
        initial_any_policy_inhibit=inputs.inhibit_any_policy,
    )


def _usable(certificates: Iterable[Certificate]) -> Iterator[Certificate]:
    """Yield the certificates that the library can keep: it reads names and keys of all when it takes them in."""
    for certificate in certificates:
        try:
            found = certificate.to_asn1crypto()
            _ = (found.issuer_serial, found.subject.hashable, found.public_key.sha1, found.key_identifier)
        except Exception:  # noqa: BLE001, S112 - another certificate's fault is not this chain's
            continue
        yield certificate


def _chain(path: ValidationPath) -> tuple[Certificate, ...]:
    found = [Certificate.from_der(certificate.dump()) for certificate in path]
    return tuple(reversed(found))
