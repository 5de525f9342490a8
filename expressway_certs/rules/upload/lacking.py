"""What the certificate lacks for the deployment that its node stands in."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.names import NameUse, WantedName, wanted_names
from expressway_certs.rules.cases import UploadCase
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.upload.common import certificates, hit, page, severity_for_mra, stores
from expressway_certs.x509.alternative_names import names_in
from expressway_certs.x509.certificate import Certificate

_OF_THE_NODE = frozenset({NameUse.OWN_FQDN, NameUse.CLUSTER})


@rule("upload-lacks-names", Severity.ERROR, Stage.UPLOAD, Effect.LATER)
def lacks_names(context: Context) -> Iterator[Hit]:
    """The certificate lacks names that its node needs in this deployment.

    What it checks: the node's own FQDN and its cluster's, the address that zones call it by, the TLS verify subject
    name, the domains that users register in, chat node aliases and phone security profiles, for the store it is for.
    Why it matters: the page does not know of them; the zone, a service or every login fails after the restart.
    Example: a renewal for Expressway-C whose CA dropped the cluster name.
    Remedy: a request with these names, and a CA that keeps them.
    References: platform.md §3, §4.1 and §11 C11, mra.md A1.3 to A1.5 and A1.12.
    """
    for case, certificate in certificates(context):
        lacking = [name for name in wanted_names(case.node, context.deployment) if _lacks(case, certificate, name)]
        if not lacking:
            continue
        listed = ", ".join(dict.fromkeys(name.name for name in lacking))
        yield hit(
            case,
            f"{case.upload.file_name} lacks {'; '.join(dict.fromkeys(map(_told, lacking)))}",
            f"{page(case)} > Generate CSR with {listed}; then upload what the CA issues.",
            extension="subjectAltName",
            expected=listed,
            found=", ".join(map(str, names_in(certificate))) or "no subject alternative name",
            effect=Effect.LATER,
            severity=max(_severity(context, case, certificate, name) for name in lacking),
            settings=dict.fromkeys(chosen for name in lacking for chosen in name.settings),
            sources=dict.fromkeys(name.source for name in lacking),
        )


def _lacks(case: UploadCase, certificate: Certificate, name: WantedName) -> bool:
    """Whether a name is wanted in the store, and not there; a recommended one may be the common name alone."""
    # An address in place of a name is the zone's fault, and has a rule there.
    if name.is_address or name.store not in stores(case) or name.is_in(names_in(certificate)):
        return False
    return name.required or not _is_common_name(certificate, name)


def _is_common_name(certificate: Certificate, name: WantedName) -> bool:
    return (certificate.common_name or "").lower() == name.name.lower()


def _told(name: WantedName) -> str:
    zone = f" in zone {name.zone}" if name.zone else ""
    return f"{name.name}, {name.use.value}{zone}"


def _severity(context: Context, case: UploadCase, certificate: Certificate, name: WantedName) -> Severity:
    # A common name alone may do (platform.md §11 C1), and a domain that is lacking makes Jabber ask, not fail.
    if not name.required or _is_common_name(certificate, name):
        return Severity.WARNING
    if name.use is NameUse.SERVICE_DOMAIN:
        clients = [client for client in context.deployment.clients if client.service_domain == name.name]
        return Severity.WARNING if all(client.family.prompts for client in clients) else Severity.ERROR
    return severity_for_mra(context, case) if name.use in _OF_THE_NODE else Severity.ERROR


LACKING_RULES = (lacks_names,)
