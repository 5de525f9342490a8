"""The certificates in the stores of the Expressways, each with what it is there for."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from expressway_certs.product.changes import RequestCertificate
from expressway_certs.product.nodes import Expressway
from expressway_certs.rules import requests
from expressway_certs.rules.rule import Context, NotApplicableError
from expressway_certs.x509.certificate import Certificate


@attrs.frozen(kw_only=True)
class Stored:
    """A certificate of a node: in its stores, "server" before "client", or "domain" with the domain that it is for."""

    node: Expressway
    certificate: Certificate
    stores: tuple[str, ...]
    domain: str | None = None

    @property
    def store(self) -> str:
        """The first store that it is in."""
        return self.stores[0]

    @property
    def what(self) -> str:
        """What it is called in a finding."""
        if self.domain is not None:
            return f"the certificate of {self.node.name} for {self.domain}"
        return f"the {self.store} certificate of {self.node.name}"

    def in_place_of(self, context: Context) -> RequestCertificate:
        """Return the request for a certificate in place of it."""
        if self.domain is not None:
            return requests.for_domain(context, self.node, self.certificate)
        return requests.for_store(context, self.node, self.store)


def stored(context: Context) -> Iterator[Stored]:
    """Yield the certificates of every node, each once."""
    nodes = context.deployment.nodes
    if not nodes:
        raise NotApplicableError("the deployment has no Expressway")
    for node in nodes:
        found: dict[Certificate, Stored] = {}
        for store in node.stores:
            certificate = node.certificate(store)
            if certificate is not None:
                before = found[certificate].stores if certificate in found else ()
                found[certificate] = Stored(node=node, certificate=certificate, stores=(*before, store))
        for one in node.domain_certificates:
            of_domain = Stored(node=node, certificate=one.certificate, stores=("domain",), domain=one.domain)
            found.setdefault(one.certificate, of_domain)
        yield from found.values()
