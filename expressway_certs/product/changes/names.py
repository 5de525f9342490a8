"""Changes of the names by which nodes call and know each other: zones, clusters, access rules, DNS."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs

from expressway_certs.product import dns
from expressway_certs.product.changes.pages import ACCESS_RULES_PAGE, CLUSTER_PAGE, ZONES_PAGE, on_each
from expressway_certs.product.changes.services import EXPRESSWAY, Restart, restarts_of
from expressway_certs.product.changes.step import Step
from expressway_certs.product.far_ends import AccessRule
from expressway_certs.product.fields import is_name, texts
from expressway_certs.product.provenance import Source
from expressway_certs.x509.typed import typed


@attrs.frozen(kw_only=True, field_transformer=typed)
class SetPeerAddress(Step):
    """Set the address that a zone has for a peer of Expressway-E, or for a far end; ``on`` names who calls it."""

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §4.1: AG155-uc, AG155-zone"),)

    zone: str = attrs.field(validator=is_name)
    node: str = attrs.field(validator=is_name)
    address: str = attrs.field(validator=is_name)
    on: tuple[str, ...] = attrs.field(default=(), converter=texts)

    @property
    def steps(self) -> tuple[str, ...]:
        """The field on the zone's page, of those who call."""
        where = on_each(self.on, "every Expressway that calls")
        return (f"{where}: {ZONES_PAGE} > {self.zone}: peer address {self.address}",)


@attrs.frozen(kw_only=True, field_transformer=typed)
class SetVerifyName(Step):
    """Set a zone's TLS verify subject name; ``on`` names the Expressways on which it is set."""

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §4.1: AG155-uc, AG155-zone"),)

    zone: str = attrs.field(validator=is_name)
    name: str = attrs.field(validator=is_name)
    on: tuple[str, ...] = attrs.field(default=(), converter=texts)

    @property
    def steps(self) -> tuple[str, ...]:
        """The field on the zone's page, of those who verify."""
        where = on_each(self.on, "every Expressway that verifies")
        return (f"{where}: {ZONES_PAGE} > {self.zone}: TLS verify subject name {self.name}",)


@attrs.frozen(kw_only=True, field_transformer=typed)
class AddAccessRule(Step):
    """Add an access rule to the Default Zone; ``on`` names the Expressways on which it is added."""

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §4.1: AG155-zone, AG155-ref"),)

    zone: str = attrs.field(validator=is_name)
    rule: AccessRule
    on: tuple[str, ...] = attrs.field(default=(), converter=texts)

    @property
    def steps(self) -> tuple[str, ...]:
        """The page of the rules."""
        rule = self.rule
        what = f"{'Allow' if rule.allow else 'Deny'} {rule.type} {rule.pattern}, priority {rule.priority}"
        return (f"{on_each(self.on, 'every Expressway of the zone')}: {ACCESS_RULES_PAGE}: {what}",)


@attrs.frozen(kw_only=True, field_transformer=typed)
class SetClusterPeer(Step):
    """Set the address that a node has for another peer of its cluster: ``new`` in place of ``old``."""

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §4.6: CL154"), Source("platform.md §9: AG155-ref"))

    node: str = attrs.field(validator=is_name)
    old: str = attrs.field(validator=is_name)
    new: str = attrs.field(validator=is_name)

    @property
    def steps(self) -> tuple[str, ...]:
        """The field on the page Clustering."""
        return (f"On {self.node}: {CLUSTER_PAGE}: peer address {self.new} in place of {self.old}",)

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """The node: alarm 20007 asks for it."""
        return restarts_of(self.node, EXPRESSWAY)


@attrs.frozen(kw_only=True, field_transformer=typed)
class MapClusterAddress(Step):
    """Enter an address for a name into the cluster address mapping of a node, which goes before DNS."""

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §4.6: CL154"),)

    node: str = attrs.field(validator=is_name)
    name: str = attrs.field(validator=is_name)
    address: str = attrs.field(converter=dns.address)

    @property
    def steps(self) -> tuple[str, ...]:
        """The table on the page Clustering."""
        return (f"On {self.node}: {CLUSTER_PAGE} > Cluster address mapping: {self.name} to {self.address}",)


RecordKind = Literal["A", "PTR"]


@attrs.frozen(kw_only=True, field_transformer=typed)
class AddDnsRecord(Step):
    """Enter a record into DNS: from a name to an address ("A", for IPv6 too), or back ("PTR")."""

    sources: ClassVar[tuple[Source, ...]] = (
        Source("platform.md §5: AG155-stat"),
        Source("platform.md §4.3: MRA150, AG155-ref"),
    )

    name: str = attrs.field(validator=is_name)
    address: str = attrs.field(converter=dns.address)
    kind: RecordKind = attrs.field(default="A", validator=attrs.validators.in_(("A", "PTR")))

    @property
    def steps(self) -> tuple[str, ...]:
        """The record; which server it is entered on depends on who asks."""
        if self.kind == "A":
            return (f"Enter an A or AAAA record for {self.name}: {self.address}",)
        return (f"Enter a PTR record for {self.address}: {self.name}",)
