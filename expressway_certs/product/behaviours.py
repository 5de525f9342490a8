"""What Expressway releases do differently: one table, a row for each step of each behaviour.

A behaviour's value for a release is that of its last step that is not newer. No rule compares
releases; it looks a behaviour up and quotes the step that decided.
"""

from __future__ import annotations

import enum

import attrs

from expressway_certs.product.provenance import Source
from expressway_certs.product.release import Release


class Role(enum.Enum):
    """Expressway-C (core, inside) or Expressway-E (edge, outside)."""

    CORE = "Expressway-C"
    EDGE = "Expressway-E"


class Behaviour(enum.Enum):
    """A way in which releases differ."""

    UPLOAD_NEEDS_TRUSTED_CHAIN = "a server certificate is refused unless its whole CA chain is trusted"
    UPLOAD_NEEDS_FQDN = "a common name or alternative name that is no FQDN is refused"
    UPLOAD_NEEDS_CLIENT_AUTH = "a server certificate without client authentication is refused"
    SEPARATE_CLIENT_CERTIFICATE = "connections are opened with the certificate of a client store of its own"
    PRESENTS_TO_UC_SERVERS = "the traffic server presents Expressway-C's certificate to Unified CM"
    VERIFIES_UC_SERVERS = "the traffic server verifies Unified CM's certificate on every request"


@attrs.frozen(kw_only=True)
class Step:
    """From ``since`` on a behaviour is ``value``, for one role or for both."""

    behaviour: Behaviour
    since: Release
    value: bool
    role: Role | None = None
    source: Source


_OLDEST = Release("X12.5")


def _step(behaviour: Behaviour, since: str, value: bool, source: str, role: Role | None = None) -> Step:  # noqa: FBT001
    return Step(behaviour=behaviour, since=Release(since), value=value, role=role, source=Source(source))


STEPS: tuple[Step, ...] = (
    _step(Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN, "X12.5", False, "platform.md §11 C9: CG155-load"),
    _step(Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN, "X14.0", True, "platform.md §1.2: CG155-load, T-221624"),
    _step(Behaviour.UPLOAD_NEEDS_FQDN, "X12.5", False, "platform.md §1.2: CG155-load"),
    _step(Behaviour.UPLOAD_NEEDS_FQDN, "X14.0.2", True, "platform.md §1.2: CG155-load"),
    _step(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH, "X12.5", True, "platform.md §1.2: T-225482"),
    _step(Behaviour.UPLOAD_NEEDS_CLIENT_AUTH, "X15.5", False, "platform.md §1.2: T-225693, AG155-sec"),
    _step(Behaviour.SEPARATE_CLIENT_CERTIFICATE, "X12.5", False, "platform.md §7: AG155-sec"),
    _step(Behaviour.SEPARATE_CLIENT_CERTIFICATE, "X15.5", True, "platform.md §7: AG155-sec, T-225693"),
    _step(Behaviour.PRESENTS_TO_UC_SERVERS, "X12.5", False, "mra.md A2.1: 225476"),
    _step(Behaviour.PRESENTS_TO_UC_SERVERS, "X14.0.2", True, "mra.md A2.1: 217748, 225476"),
    _step(Behaviour.VERIFIES_UC_SERVERS, "X12.5", False, "mra.md A2.1: 225476"),
    _step(Behaviour.VERIFIES_UC_SERVERS, "X14.2", True, "mra.md A2.1: 218018 (225476 says X14.0.8)"),
)


@attrs.frozen(kw_only=True)
class Emulation:
    """How a node behaves: its release and role, and the switches that the administrator has set.

    ``verify_origin_server`` is ``xConfiguration EdgeConfigServer VerifyOriginServer`` and
    ``server_eku_upload`` is ``xConfiguration XCP TLS Certificate CVS EnableServerEkuUpload``, which
    X15.4 has on Expressway-E alone. The newest steps hold for every release after them.
    """

    release: Release
    role: Role
    verify_origin_server: bool = True
    server_eku_upload: bool = False

    def step(self, behaviour: Behaviour) -> Step:
        """Return the step that decides ``behaviour`` here; a release older than the table has its oldest steps."""
        release = max(self.release, _OLDEST)
        fitting = [
            step
            for step in STEPS
            if step.behaviour is behaviour and step.since <= release and step.role in {None, self.role}
        ]
        return max(fitting, key=lambda step: step.since)

    def has(self, behaviour: Behaviour) -> bool:
        """Whether ``behaviour`` holds here, switches included."""
        if behaviour is Behaviour.VERIFIES_UC_SERVERS and not self.verify_origin_server:
            return False
        if behaviour is Behaviour.UPLOAD_NEEDS_CLIENT_AUTH and self._takes_server_only:
            return False
        return self.step(behaviour).value

    @property
    def _takes_server_only(self) -> bool:
        return self.server_eku_upload and self.role is Role.EDGE and self.release >= _SERVER_EKU_SWITCH


_SERVER_EKU_SWITCH = Release("X15.4")
