"""What the certificate lacks for the deployment that its node stands in."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.names import WantedName, wanted_names
from expressway_certs.rules.cases import UploadCase
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.lacking import lacking
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.upload.common import certificates, hit, stores
from expressway_certs.x509.alternative_names import names_in


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
        found = [
            (name, *how_bad)
            for name in wanted_names(case.node, context.deployment)
            if _is_looked_for(case, name)
            and not name.is_in(names_in(certificate))
            and (how_bad := lacking(context, case.node, name, certificate.common_name)) is not None
        ]
        if not found:
            continue
        listed = ", ".join(dict.fromkeys(name.name for name, _, _ in found))
        yield hit(
            context,
            case,
            f"{case.upload.file_name} lacks {'; '.join(dict.fromkeys(_told(name) for name, _, _ in found))}",
            extension="subjectAltName",
            expected=listed,
            found=", ".join(map(str, names_in(certificate))) or "no subject alternative name",
            effect=Effect.LATER,
            severity=max(severity for _, severity, _ in found),
            settings=dict.fromkeys(chosen for _, _, settings in found for chosen in settings),
            sources=dict.fromkeys(name.source for name, _, _ in found),
        )


def _is_looked_for(case: UploadCase, name: WantedName) -> bool:
    # An address in place of a name is the zone's fault, and has a rule there.
    return not name.is_address and name.store in stores(case)


def _told(name: WantedName) -> str:
    zone = f" in zone {name.zone}" if name.zone else ""
    return f"{name.name}, {name.use.value}{zone}"


LACKING_RULES = (lacks_names,)
