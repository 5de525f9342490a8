"""A whole site: nodes, zones, clients, and the files that wait to be uploaded."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module

import attrs

from expressway_certs.product.applying import carried_out
from expressway_certs.product.changes import Change, Sign
from expressway_certs.product.dns import Dns
from expressway_certs.product.fields import once_each, texts, wanted
from expressway_certs.product.nodes import Client, Expressway, FarEnd, UcKind, UcServer
from expressway_certs.product.not_given import NotGiven
from expressway_certs.product.revocation import Published, published
from expressway_certs.product.uploads import Page, Upload
from expressway_certs.product.zones import Zone, ZoneKind
from expressway_certs.x509.notebook import as_html
from expressway_certs.x509.shown import named
from expressway_certs.x509.typed import typed

__all__ = ["Deployment", "Page", "Upload"]


def _expressways(values: Iterable[Expressway]) -> tuple[Expressway, ...]:
    return tuple(values)


def _zones(values: Iterable[Zone]) -> tuple[Zone, ...]:
    return tuple(values)


def _uc_servers(values: Iterable[UcServer]) -> tuple[UcServer, ...]:
    return tuple(values)


def _clients(values: Iterable[Client]) -> tuple[Client, ...]:
    return tuple(values)


def _far_ends(values: Iterable[FarEnd]) -> tuple[FarEnd, ...]:
    return tuple(values)


def _uploads(values: Iterable[Upload]) -> tuple[Upload, ...]:
    return tuple(values)


def _not_given(values: Iterable[NotGiven]) -> tuple[NotGiven, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True, repr=False, field_transformer=typed)
class Deployment:
    """A site. Expressways are found through the zones; each stands in ``expressways`` once, by name.

    ``mra_domains`` are the domains that users register in (those of ``clients`` count too), ``xmpp_domains``
    the federated ones, ``chat_node_aliases`` those of IM and Presence, ``phone_security_profiles`` the names of
    encrypted profiles that are used without OAuth (platform.md §3), ``meeting_servers`` the FQDNs of Meeting
    Servers that Expressway-E is a web proxy for (§9, alarm 40051). ``webex_services`` are the hosts of Webex that
    Expressway-E calls (mra.md A3 9), ``administrators`` who shows a certificate to the pages of the nodes,
    ``ldap_servers`` where the nodes look administrators up (platform.md §6). ``dns`` is what DNS says; None where that
    is not known. ``published_crls`` says which CRL is behind which URL, for those that certificates name.
    ``not_given`` is what the files that it was read from do not say; it is no part of the site, so that two sites are
    equal whatever is in it. Raises `ValueError` where a zone's peer is not the node of that name elsewhere, and where a
    name stands twice.
    """

    name: str = "deployment"
    expressways: tuple[Expressway, ...] = attrs.field(default=(), converter=_expressways)
    zones: tuple[Zone, ...] = attrs.field(default=(), converter=_zones)
    uc_servers: tuple[UcServer, ...] = attrs.field(default=(), converter=_uc_servers)
    clients: tuple[Client, ...] = attrs.field(default=(), converter=_clients)
    uploads: tuple[Upload, ...] = attrs.field(default=(), converter=_uploads)
    mra_domains: tuple[str, ...] = attrs.field(default=(), converter=texts)
    xmpp_domains: tuple[str, ...] = attrs.field(default=(), converter=texts)
    chat_node_aliases: tuple[str, ...] = attrs.field(default=(), converter=texts)
    phone_security_profiles: tuple[str, ...] = attrs.field(default=(), converter=texts)
    meeting_servers: tuple[str, ...] = attrs.field(default=(), converter=texts)
    webex_services: tuple[FarEnd, ...] = attrs.field(default=(), converter=_far_ends)
    administrators: tuple[FarEnd, ...] = attrs.field(default=(), converter=_far_ends)
    ldap_servers: tuple[FarEnd, ...] = attrs.field(default=(), converter=_far_ends)
    dns: Dns | None = None
    published_crls: Published = attrs.field(default=(), converter=published, repr=False)
    not_given: tuple[NotGiven, ...] = attrs.field(default=(), converter=_not_given, eq=False)

    def __attrs_post_init__(self) -> None:
        once_each((one.name for one in self.expressways), "among the Expressways")
        once_each((one.name for one in self.zones), "among the zones")
        once_each((one.name for one in self.uc_servers), "among the Unified Communications servers")
        known = {node.name: node for node in self.expressways}
        for zone in self.zones:
            for peer in zone.members:
                if known.setdefault(peer.name, peer) != peer:
                    name = named(peer.name)
                    message = f"{name} in the zone {named(zone.name)} is not the {name} of the deployment"
                    raise ValueError(message)
        webex = [zone for zone in self.zones if zone.kind is ZoneKind.WEBEX]
        once_each((node.name for zone in webex for node in zone.members), "in Webex zones, of which a node has one")
        for upload in self.uploads:
            self.expressway(upload.node)

    @classmethod
    def load(cls, source: str | os.PathLike[str]) -> Deployment:
        """Read a site from a folder with a ``site.toml`` in it, from that file, or from diagnostic log archives.

        Nothing outside the folder is read. Archives may be one or a folder of them, see `load_diagnostics`. Raises
        `SiteError`, which says in which file, line and key what was found and what was expected, or another
        `LoadError`.

        >>> Deployment.load("site").name
        'Headquarters'
        """
        # Sources are a room above this one, so they are looked up only when asked for.
        loaded: Deployment = import_module("expressway_certs.sources.sites").load(source)
        return loaded

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the site into a new or empty folder, from which `load` reads an equal deployment.

        Private keys are never written. Raises `SiteError` where nothing was written: the folder holds something, or a
        file that waits to be uploaded holds a private key.
        """
        import_module("expressway_certs.sources.sites").save(self, folder)

    @property
    def nodes(self) -> tuple[Expressway, ...]:
        """Every Expressway, each once: those listed, then those that only a zone names."""
        peers = (peer for zone in self.zones for peer in zone.members)
        return tuple({node.name: node for node in (*self.expressways, *peers)}.values())

    @property
    def service_domains(self) -> tuple[str, ...]:
        """The domains that users register in: ``mra_domains``, then those of the clients, each once."""
        return tuple(dict.fromkeys((*self.mra_domains, *(client.service_domain for client in self.clients))))

    @property
    def judging_clients(self) -> tuple[Client, ...]:
        """The clients with the lists that they look at: Phone-Edge-trust is for phones with SIP OAuth (mra.md A1.17).

        Where no Unified CM is given nobody says that they do without, so that it counts.
        """
        servers = [one for one in self.uc_servers if one.kind is UcKind.CUCM]
        if not servers or any(one.sip_oauth for one in servers):
            return self.clients
        return tuple(attrs.evolve(one, phone_edge_trust=None) for one in self.clients)

    def zones_of(self, name: str) -> tuple[Zone, ...]:
        """Return the zones in which the Expressway of that name is a peer; `TypeError` for what is no name."""
        wanted(str, name)
        return tuple(zone for zone in self.zones if any(peer.name == name for peer in zone.members))

    def expressway(self, name: str) -> Expressway:
        """Return the Expressway of that name; `ValueError` where there is none, `TypeError` for what is no name."""
        wanted(str, name)
        found = next((node for node in self.nodes if node.name == name), None)
        if found is None:
            message = f"no Expressway is called {named(name)}"
            raise ValueError(message)
        return found

    _repr_html_ = as_html

    def __repr__(self) -> str:
        counts = {
            "Expressway": len(self.nodes),
            "zone": len(self.zones),
            "server": len(self.uc_servers),
            "client": len(self.clients),
            "upload": len(self.uploads),
        }
        listed = (f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items() if count)
        return f"<Deployment {self.name!r} {', '.join(listed) or 'empty'}>"

    def apply(self, changes: Iterable[Change], *, sign: Sign | None = None) -> Deployment:
        """Return the deployment as it is after ``changes``, in their order; `ValueError` for one that fits nothing.

        A `RequestCertificate` and a `RequestTrustedCa` are answered by ``sign``: it is given the change, and returns
        the certificate with the CA certificates above it, or those alone. Without it they are a `ValueError` too.
        """
        return carried_out(self, changes, sign)
