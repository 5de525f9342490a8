"""Faults of administration: the certificates of administrators, and LDAP servers."""

from __future__ import annotations

from typing import Final

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.product.far_ends import FarEnd
from expressway_certs.testing.breaking.bench import SERVERS_ALONE, Bench
from expressway_certs.testing.breaking.fault import Fault, fault

_LDAP: Final = "directory.example.com"


@fault("administration-ca-missing")
def ca_missing(bench: Bench) -> Deployment:
    """An LDAP server has a certificate of a CA that no Expressway knows."""
    leaf = bench.factory.leaf(bench.other_root("Directory CA"), _LDAP)
    server = FarEnd(name=_LDAP, server_certificate=leaf.certificate)
    return attrs.evolve(bench.site, ldap_servers=[*bench.site.ldap_servers, server])


@fault("administration-certificate-refused")
def certificate_refused(bench: Bench) -> Deployment:
    """An administrator shows a certificate for servers alone."""
    node = bench.any_node
    issuer = bench.issuer_of(bench.shown(node).certificate)
    leaf = bench.factory.leaf(issuer, "Other Administrator", extended_key_usage=SERVERS_ALONE)
    who = FarEnd(name="other administrator", client_certificate=leaf.certificate)
    site = bench.with_fields(node, client_certificate_security=True)
    return attrs.evolve(site, administrators=[*site.administrators, who])


ADMINISTRATION_FAULTS: Final[tuple[Fault, ...]] = (ca_missing, certificate_refused)
