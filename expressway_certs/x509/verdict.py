"""What the judge found: yes or no, OpenSSL's number and depth, and what to make of it."""

from __future__ import annotations

from functools import cached_property

import attrs

from expressway_certs.x509 import codes
from expressway_certs.x509.branch import Version
from expressway_certs.x509.case import Case, Fault
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.explain import explain
from expressway_certs.x509.missing import MissingIssuer
from expressway_certs.x509.paths import Paths, other_paths

_LACKS_ISSUER = frozenset(
    {codes.UNABLE_TO_GET_ISSUER_CERT, codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, codes.UNABLE_TO_VERIFY_LEAF_SIGNATURE}
)


@attrs.frozen(kw_only=True, repr=False)
class Verdict:
    """The judge's answer. ``code`` is OpenSSL's ``X509_V_ERR`` number (0: trusted), found at ``depth``.

    ``chain`` is the chain that was judged, leaf first: whole where the verdict is yes, as far as it
    went where it is no. ``bool(verdict)`` raises, for a verdict is more than yes or no: ask ``ok``.
    """

    code: int
    depth: int
    chain: tuple[Certificate, ...]
    openssl: Version = "3.0"
    case: Case = attrs.field(eq=False)
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        """Whether the leaf is trusted."""
        return self.code == codes.OK

    @property
    def reason(self) -> str:
        """OpenSSL's words for ``code``, in the branch that was asked for."""
        return codes.reason(self.code, self.openssl)

    @property
    def certificate(self) -> Certificate:
        """The certificate at fault; the leaf where nothing is."""
        return self.fault.certificate if self.fault else self.chain[0]

    @property
    def extension(self) -> str | None:
        """The extension that the fault is about, if any."""
        return self.fault.extension if self.fault else None

    @property
    def expected(self) -> str | None:
        """What was wanted, if there is a fault."""
        return self.fault.expected if self.fault else None

    @property
    def found(self) -> str | None:
        """What was there instead, if there is a fault."""
        return self.fault.found if self.fault else None

    @property
    def missing(self) -> MissingIssuer | None:
        """The issuer that the chain lacks, where that is the fault."""
        if self.code not in _LACKS_ISSUER:
            return None
        return MissingIssuer.of(self.certificate)

    @cached_property
    def alternatives(self) -> Paths:
        """The other paths that exist to an anchor, which the product does not try; bounded."""
        return other_paths(self.case, self.chain)

    @cached_property
    def explanation(self) -> str:
        """What is wrong, with which certificate, and what would mend it, in sentences."""
        return explain(self)

    def __bool__(self) -> bool:
        message = "a verdict is not a truth value; ask verdict.ok"
        raise TypeError(message)

    def __repr__(self) -> str:
        if self.ok:
            names = " <- ".join(one.common_name or one.subject for one in self.chain)
            return f"<Verdict ok: {names}>"
        name = self.certificate.common_name or self.certificate.subject
        return f"<Verdict error {self.code} at depth {self.depth}: {self.reason} ({name})>"
