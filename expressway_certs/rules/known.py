"""The certificates that lie anywhere in a deployment."""

from __future__ import annotations

from expressway_certs.product.deployment import Deployment
from expressway_certs.x509.certificate import Certificate


def known_certificates(deployment: Deployment) -> tuple[Certificate, ...]:
    """Return every certificate that lies somewhere in the deployment: CAs to be proposed come from here."""
    stores = [node.trusted_ca for node in deployment.nodes]
    stores += [store for client in deployment.clients for store in (client.trusted_ca, client.installed_ca) if store]
    for server in deployment.uc_servers:
        stores += [store for store in (server.tomcat_trust, server.callmanager_trust, server.cup_xmpp_trust) if store]
    others = (*deployment.webex_services, *deployment.administrators, *deployment.ldap_servers)
    far_ends = (*others, *(one for zone in deployment.zones for one in zone.far_ends))
    sent = [one for server in deployment.uc_servers for one in server.presented_cas]
    sent += [one for far_end in far_ends for one in far_end.presented_cas]
    return tuple(dict.fromkeys((*(one for store in stores for one in store), *sent)))
