"""Which OpenSSL a node judges with: no release says, so that it can be chosen."""

from __future__ import annotations

from typing import Any

import attrs

from expressway_certs.x509.branch import Version
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.typed import typed


@attrs.frozen(kw_only=True, field_transformer=typed)
class OpenSsl:
    """The OpenSSL of a node: its ``branch`` ("3.0" or "1.1.1") and its ``security_level`` (0 to 5).

    Which one a release runs is not published; the defaults are our own choice. Raises `ValueError` for another value.

    >>> OpenSsl(branch="1.1.1").policy(purpose="server").openssl
    '1.1.1'
    """

    branch: Version = "3.0"
    security_level: int = attrs.field(default=1, validator=[attrs.validators.ge(0), attrs.validators.le(5)])

    def policy(self, **fields: Any) -> VerifyPolicy:
        """Return a policy of this OpenSSL; ``fields`` are the others of `VerifyPolicy`."""
        return VerifyPolicy(**{"openssl": self.branch, "security_level": self.security_level, **fields})
