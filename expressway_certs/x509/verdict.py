"""What the judge found: yes or no, OpenSSL's number and depth, and what to make of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import attrs

from expressway_certs.x509 import codes
from expressway_certs.x509.branch import Version, branch
from expressway_certs.x509.case import Case, Fault
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.explain import explain
from expressway_certs.x509.files.source import printable
from expressway_certs.x509.judge import judge
from expressway_certs.x509.missing import MissingIssuer
from expressway_certs.x509.notebook import as_html
from expressway_certs.x509.paths import Paths, other_paths
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.trust_store import TrustStore

_LACKS_ISSUER = frozenset(
    {codes.UNABLE_TO_GET_ISSUER_CERT, codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, codes.UNABLE_TO_VERIFY_LEAF_SIGNATURE}
)


Details = tuple[str | None, str | None, str | None]


@attrs.frozen(kw_only=True, eq=False)
class Answer:
    """What the judge says of a leaf, without the leaf: leaves of one kind share it.

    ``above`` is the chain without the leaf, ``details`` what a fault is about: extension, expected, found. They are
    None where there is no fault, and where the answer is shared: then the judge is asked again for the details.
    """

    code: int
    depth: int
    above: tuple[Certificate, ...]
    trust: TrustStore
    presented: tuple[Certificate, ...]
    pool: Mapping[bytes, tuple[Certificate, ...]] = attrs.field(repr=False)
    policy: VerifyPolicy
    details: Details | None = None

    def case(self, leaf: Certificate, at: int | None) -> Case:
        """Return the question that this answers, asked for ``leaf`` at an instant."""
        return Case(
            leaf=leaf,
            trust=self.trust,
            presented=self.presented,
            policy=self.policy,
            at=at,
            branch=branch(self.policy.openssl),
            pool=self.pool,
        )


# Read-only by its properties: a frozen class takes three times as long to make, and there are millions of these.
@attrs.define(repr=False, eq=False)
class Verdict:
    """The judge's answer: yes or no, OpenSSL's number and depth, the chain, and what to make of it.

    `verify` and `verify_many` make them; two are equal if all that they say is. What is more than
    the yes or no is worked out when it is looked at. ``bool(verdict)`` raises, for a verdict is
    more than a truth value: ask ``ok``.
    """

    _leaf: Certificate | bytes
    _answer: Answer
    _at: int | None

    @property
    def answer(self) -> Answer:
        """What the judge said, which other leaves may share."""
        return self._answer

    @property
    def code(self) -> int:
        """OpenSSL's ``X509_V_ERR`` number; 0 is trusted."""
        return self._answer.code

    @property
    def depth(self) -> int:
        """Where in the chain the fault is; 0 is the leaf."""
        return self._answer.depth

    @property
    def openssl(self) -> Version:
        """The branch of OpenSSL whose rules were asked for."""
        return self._answer.policy.openssl

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """The chain that was judged, leaf first: whole where the verdict is yes, as far as it went where it is no."""
        return self._chain

    @cached_property
    def _chain(self) -> tuple[Certificate, ...]:
        leaf = self._leaf
        return (Certificate(leaf) if isinstance(leaf, bytes) else leaf, *self._answer.above)

    @property
    def case(self) -> Case:
        """The question that was asked."""
        return self._case

    @cached_property
    def _case(self) -> Case:
        return self._answer.case(self.chain[0], self._at)

    @property
    def fault(self) -> Fault | None:
        """What is wrong, as far as it was found; None where nothing is."""
        return self._fault

    @cached_property
    def _fault(self) -> Fault | None:
        if self.ok:
            return None
        if self._answer.details is None:
            return judge(self.case)[1]
        extension, expected, found = self._answer.details
        return Fault(
            code=self.code,
            depth=self.depth,
            certificate=self.chain[self.depth],
            extension=extension,
            expected=expected,
            found=found,
        )

    @property
    def ok(self) -> bool:
        """Whether the leaf is trusted."""
        return self._answer.code == codes.OK

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

    @property
    def alternatives(self) -> Paths:
        """The other paths that exist to an anchor, which the product does not try; bounded."""
        return self._alternatives

    @cached_property
    def _alternatives(self) -> Paths:
        return other_paths(self.case, self.chain)

    @property
    def explanation(self) -> str:
        """What is wrong, with which certificate, and what would mend it, in sentences."""
        return self._explanation

    @cached_property
    def _explanation(self) -> str:
        return explain(self)

    def __eq__(self, other: object) -> bool:
        return self._said() == other._said() if isinstance(other, Verdict) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._said())

    def _said(self) -> tuple[object, ...]:
        return self.code, self.depth, self.openssl, self.chain, self.fault

    def __bool__(self) -> bool:
        message = "a verdict is not a truth value; ask verdict.ok"
        raise TypeError(message)

    _repr_html_ = as_html

    def __repr__(self) -> str:
        if self.ok:
            names = " <- ".join(one.common_name or one.subject for one in self.chain)
            return f"<Verdict ok: {printable(names)}>"
        name = printable(self.certificate.common_name or self.certificate.subject)
        return f"<Verdict error {self.code} at depth {self.depth}: {self.reason} ({name})>"
