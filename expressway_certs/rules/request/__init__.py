"""Rules for the page Generate CSR, and for what a CA made of a request."""

from expressway_certs.rules.request.names import REQUEST_NAME_RULES
from expressway_certs.rules.request.signed import SIGNED_RULES
from expressway_certs.rules.request.signed_names import SIGNED_NAME_RULES
from expressway_certs.rules.request.substance import REQUEST_SUBSTANCE_RULES
from expressway_certs.rules.rule import Rule

REQUEST_RULES: tuple[Rule, ...] = (
    *REQUEST_NAME_RULES,
    *REQUEST_SUBSTANCE_RULES,
    *SIGNED_RULES,
    *SIGNED_NAME_RULES,
)

__all__ = ["REQUEST_RULES"]
