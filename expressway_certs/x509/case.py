"""One question to the judge, and the first thing found wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from expressway_certs.x509 import clock, times
from expressway_certs.x509.branch import Branch, branch
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.trust_store import TrustStore, by_subject
from expressway_certs.x509.view import View


@attrs.frozen(kw_only=True)
class Fault:
    """What is wrong: OpenSSL's number, the depth and certificate it is found at, and what was looked at."""

    code: int
    depth: int
    certificate: Certificate
    extension: str | None = None
    expected: str | None = None
    found: str | None = None


@attrs.frozen(kw_only=True)
class Case:
    """A leaf, the store that judges it, what came with it, and the policy; with what follows from them."""

    leaf: Certificate
    trust: TrustStore
    presented: tuple[Certificate, ...]
    policy: VerifyPolicy
    at: int | None
    branch: Branch
    pool: Mapping[bytes, tuple[Certificate, ...]] = attrs.field(repr=False, eq=False)
    """``presented`` by subject."""

    @classmethod
    def of(cls, leaf: Certificate, trust: TrustStore, presented: tuple[Certificate, ...], policy: VerifyPolicy) -> Case:
        """Make a case; the clock is read here, once, where the policy names no instant."""
        return cls(
            leaf=leaf,
            trust=trust,
            presented=presented,
            policy=policy,
            at=instant(policy),
            branch=branch(policy.openssl),
            pool=by_subject(presented),
        )

    def view(self, certificate: Certificate) -> View:
        """How the policy's branch of OpenSSL sees a certificate."""
        return certificate.view_of(self.branch.version)


def instant(policy: VerifyPolicy) -> int | None:
    """Return the instant that a policy asks about, in seconds since 1970; None where it leaves the time out."""
    return times.seconds(clock.resolve(policy.at)) if policy.check_time else None


class BuiltChain(list[Certificate]):
    """A chain while it is judged: leaf first, and how many of its certificates are the peer's."""

    untrusted: int = 1

    def fault(
        self,
        code: int,
        depth: int,
        *,
        extension: str | None = None,
        expected: str | None = None,
        found: str | None = None,
    ) -> Fault:
        """Return what is wrong at ``depth``."""
        return Fault(
            code=code,
            depth=depth,
            certificate=self[depth],
            extension=extension,
            expected=expected,
            found=found,
        )
