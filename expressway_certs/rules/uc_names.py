"""Rules for the names by which Expressway-C calls the servers behind it."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.changes import RefreshServers, RenameUcServer, RequestCertificate
from expressway_certs.product.fqdn import is_fqdn
from expressway_certs.product.legs import UC_LEGS, Ask
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, hits, matching, requests
from expressway_certs.rules.finding import Hit, Remedy, Severity
from expressway_certs.rules.judging import Judgement, NameMatch
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.rules.traversal import severity


@rule("uc-server-name-not-in-certificate", Severity.ERROR, Stage.MRA)
def name_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The name that a server publishes is not in its certificate.

    What it checks: the entry under System > Server against the names in the tomcat certificate.
    Why it matters: the traffic server asks for exactly that name, and ends with "SNI (...) not in certificate".
    Example: a server that is listed by its IP address or its bare host name.
    Remedy: the FQDN under System > Server, then refresh the servers on Expressway-C; or a new certificate.
    References: mra.md A2.2 (218018).
    """
    for found in common.answers(context, UC_LEGS, Ask.PUBLISHED_NAME):
        _, judgement, answer = found
        yield hits.asked(
            found,
            f"{answer.wanted}, which System > Server publishes, {hits.standing(answer)} the {judgement.store} "
            f"certificate of {judgement.presenter}",
            _publish(context, found),
            node=judgement.presenter,
            cause=(judgement.presenter, judgement.certificate),
            product_message=f"SNI ({answer.wanted}) not in certificate",
            severity=severity(answer),
            sources=[Source("mra.md A2.2: 218018"), Source("mra.md A4.1: 218018")],
        )


@rule("uc-node-name-not-in-certificate", Severity.ERROR, Stage.MRA)
def node_name_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The name of a Unified CM node is not in its CallManager certificate.

    What it checks: the node name against the CallManager certificate, in mixed mode and with TLS verify mode On.
    Why it matters: the secure SIP zone that Expressway-C makes for the node fails.
    Example: a CallManager certificate that has the bare host name alone.
    Remedy: the FQDN under System > Server, or a CallManager certificate with the node name.
    References: mra.md A2.2 (MRA-basic), A3 leg 6e.
    """
    for found in common.answers(context, UC_LEGS, Ask.NODE_NAME):
        _, judgement, answer = found
        yield hits.asked(
            found,
            f"{answer.wanted} {hits.standing(answer)} the CallManager certificate of {judgement.presenter}",
            _publish(context, found),
            node=judgement.presenter,
            cause=(judgement.presenter, judgement.certificate),
            product_message="Peer's TLS certificate identity was unacceptable",
            severity=severity(answer),
            sources=[Source("mra.md A2.2: MRA-basic"), Source("mra.md A3: MRA-basic, 213872")],
        )


def _publish(context: Context, found: common.Asked) -> Remedy:
    """Return a certificate with the published FQDN; where an address or a bare name is published, the FQDN instead."""
    _, judgement, answer = found
    certificate = judgement.certificate
    names = [name for name in certificate.dns_names if is_fqdn(name)] if certificate else []
    taken = {server.name for server in context.deployment.uc_servers}
    free = [name for name in names if name not in taken]
    if is_fqdn(answer.wanted) or not free:
        return Remedy(changes=[requests.in_place_of(context, judgement, names=[answer.wanted])])
    rename = RenameUcServer(old=judgement.presenter, new=free[0])
    refreshes = [RefreshServers(node=name) for name in _cores(context)]
    return Remedy(changes=[*_others(context, judgement, free[0]), rename, *refreshes])


def _cores(context: Context) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.name for zone in context.deployment.zones for node in zone.core))


def _others(context: Context, judgement: Judgement, name: str) -> Iterator[RequestCertificate]:
    """Yield requests for what the server shows besides, is called by its name for, and has not the new one."""
    for result in context.legs:
        for one in result.judgements:
            is_named = one.asks(Ask.PUBLISHED_NAME, result) or one.asks(Ask.NODE_NAME, result)
            if one.presenter != judgement.presenter or one.certificate is None or not is_named:
                continue
            if matching.exact(one.certificate, name) is not NameMatch.ALTERNATIVE_NAME:
                yield requests.in_place_of(context, one, names=[name])


UC_NAME_RULES = (name_not_in_certificate, node_name_not_in_certificate)
