"""Changes of the name of a node, and those that make it notice others: restarts, and the refresh of the servers."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

import attrs

from expressway_certs.product.changes.pages import RESTART_PAGE, UC_SERVERS_PAGE
from expressway_certs.product.changes.step import Step
from expressway_certs.product.fields import is_name
from expressway_certs.product.provenance import Source
from expressway_certs.x509.typed import typed

Service = Literal["Expressway", "Cisco Tomcat", "Cisco CallManager", "Cisco TFTP", "Cisco HAProxy"]
"""What is restarted: an Expressway as a whole, or a service of Unified CM."""

_BY_COMMAND: Final = frozenset({"Cisco Tomcat", "Cisco HAProxy"})


@attrs.frozen(kw_only=True, field_transformer=typed)
class Restart(Step):
    """Restart an Expressway, or one service of a Unified CM. It changes nothing in the model."""

    sources: ClassVar[tuple[Source, ...]] = (
        Source("platform.md §1.1: AG155-ref, AG155-uc"),
        Source("mra.md A2.3: 217748, 225746"),
    )

    node: str = attrs.field(validator=is_name)
    what: Service = "Expressway"

    @property
    def steps(self) -> tuple[str, ...]:
        """The page Restart options, or the service; for two of them the command is documented."""
        if self.what == "Expressway":
            return (f"Restart {self.node}: {RESTART_PAGE}",)
        if self.what in _BY_COMMAND:
            return (f"On {self.node}: utils service restart {self.what}",)
        # IM and Presence has neither service, and not every node of Unified CM has them activated.
        return (f"On {self.node}: restart {self.what}, if it runs there",)


@attrs.frozen(kw_only=True, field_transformer=typed)
class RefreshServers(Step):
    """Refresh the servers on an Expressway-C, which enters its names under Device > Expressway-C of Unified CM."""

    sources: ClassVar[tuple[Source, ...]] = (Source("mra.md A2.4: 215572"), Source("mra.md A4.1: 218018"))

    node: str = attrs.field(validator=is_name)

    @property
    def steps(self) -> tuple[str, ...]:
        """The button on the page of the Unified CM servers."""
        return (f"On {self.node}: {UC_SERVERS_PAGE} > Refresh servers",)


@attrs.frozen(kw_only=True, field_transformer=typed)
class RenameUcServer(Step):
    """Publish a server behind Expressway-C under another name; every Expressway-C has to refresh its servers then."""

    sources: ClassVar[tuple[Source, ...]] = (Source("mra.md A2.2: 225476, ADM-uc"), Source("mra.md A4.1: 218018"))

    old: str = attrs.field(validator=is_name)
    new: str = attrs.field(validator=is_name)

    @property
    def steps(self) -> tuple[str, ...]:
        """The entry under System > Server."""
        return (f"On {self.old}: System > Server: {self.new} in place of {self.old}",)


@attrs.frozen(kw_only=True, field_transformer=typed)
class RenameExpressway(Step):
    """Give an Expressway another name. What others call it by, DNS and its certificate are changes of their own."""

    sources: ClassVar[tuple[Source, ...]] = (Source("mra.md A1.13: MRA-ts"), Source("mra.md A1.12: 118798, ADM-uc"))

    old: str = attrs.field(validator=is_name)
    new: str = attrs.field(validator=is_name)

    @property
    def steps(self) -> tuple[str, ...]:
        """The two fields on the page DNS."""
        host, _, domain = self.new.partition(".")
        return (f"On {self.old}: System > DNS: System host name {host}, Domain name {domain}",)


EXPRESSWAY: Final[tuple[Service, ...]] = ("Expressway",)
OF_TRUST: Final[tuple[Service, ...]] = ("Cisco Tomcat", "Cisco CallManager", "Cisco TFTP", "Cisco HAProxy")
"""What has to be restarted after a change of tomcat-trust or CallManager-trust (mra.md A2.3)."""

OF_TOMCAT: Final[tuple[Service, ...]] = ("Cisco Tomcat", "Cisco CallManager", "Cisco HAProxy")
OF_CALLMANAGER: Final[tuple[Service, ...]] = ("Cisco CallManager", "Cisco TFTP")
"""What has to be restarted after another tomcat or CallManager certificate (mra.md A2.3 and A2.4)."""


def restarts_of(node: str, services: tuple[Service, ...]) -> tuple[Restart, ...]:
    """Return the restart of each service of a node."""
    return tuple(Restart(node=node, what=one) for one in services)
