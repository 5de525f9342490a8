"""Which lists have to hold which CA certificates for a renewal, and which of them nobody here can change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from expressway_certs.plan.task import StepKind, Task
from expressway_certs.product.applying.nodes import is_expressway, uc_server
from expressway_certs.product.changes import AddTrustedCa, Change, RemoveTrustedCa, SetCertificate
from expressway_certs.product.changes.lists import EXPRESSWAY_LIST, own_list
from expressway_certs.product.deployment import Deployment
from expressway_certs.product.uc_servers import TRUST_LISTS
from expressway_certs.rules.faults import NO_ISSUER
from expressway_certs.rules.judging import Judgement, LegResult
from expressway_certs.rules.known import known_certificates
from expressway_certs.rules.site_legs import LEG_STAGES, judge_legs
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.chain import Chain, build_chain
from expressway_certs.x509.trust_store import TrustStore

Place = tuple[str, str]
"""Who judges, and the name of its list."""


def trusting(
    deployment: Deployment, installing: Sequence[SetCertificate], chains: Mapping[Certificate, Chain], at: datetime
) -> tuple[Task, ...]:
    """Return what puts the CA certificates of new certificates into the lists that judge them, node by node.

    The whole chain goes into every list, and into that of the node itself, which sends what is in it
    (platform.md §2, §4.3 and §5: AG155-sec, T-212475, T-221624; mra.md A2.3: 217748).
    """
    wanted: dict[Place, list[Certificate]] = {}
    for place, certificate in _judged(deployment, installing, at):
        wanted.setdefault(place, []).extend(_above(chains[certificate]))
    ours = {place: cas for place, cas in wanted.items() if list_of(deployment, *place) is not None}
    return tuple(_tasks(deployment, ours))


def chains_of(
    deployment: Deployment, installing: Iterable[SetCertificate], cas: Iterable[Certificate], at: datetime
) -> dict[Certificate, Chain]:
    """Return the CA chains of new certificates, out of ``cas`` and of what lies in the deployment."""
    known = TrustStore((*cas, *known_certificates(deployment)))
    return {one.certificate: build_chain(one.certificate, known, at=at) for one in installing}


def untrusting(
    deployment: Deployment, installing: Iterable[SetCertificate], legs: Iterable[LegResult]
) -> tuple[Place, ...]:
    """Return the lists that nobody here can change, or that are not given, and that trust no new certificate."""
    new = {(one.node, one.certificate) for one in installing}
    judged = (one for result in legs for one in result.judgements if (one.presenter, one.certificate) in new)
    unsure = (_place(one) for one in judged if one.verdict is None or one.verdict.code in NO_ISSUER)
    return tuple(dict.fromkeys(place for place in unsure if list_of(deployment, *place) is None))


def _above(chain: Chain) -> tuple[Certificate, ...]:
    """Return what a list has to hold of a chain: the CA certificates, or the leaf that signed itself."""
    return chain.certificates[1:] or (chain.certificates if chain.is_complete else ())


def _judged(
    deployment: Deployment, installing: Sequence[SetCertificate], at: datetime
) -> Iterator[tuple[Place, Certificate]]:
    """Yield (who, its list) and the new certificate that it judges, the presenting nodes themselves first."""
    for one in installing:
        own = own_list(one.store)
        if own is not None:
            yield (one.node, own), one.certificate
    after = deployment.apply(installing)
    new = {(one.node, one.certificate) for one in installing}
    for result in judge_legs(after, LEG_STAGES, at):
        for judgement in result.judgements:
            if judgement.certificate is not None and (judgement.presenter, judgement.certificate) in new:
                yield _place(judgement), judgement.certificate


def _place(judgement: Judgement) -> Place:
    return judgement.judge, judgement.trusted_by


def list_of(deployment: Deployment, node: str, listed: str) -> TrustStore | None:
    """Return a list that an administrator of the site can change; None for any other."""
    if listed == EXPRESSWAY_LIST:
        return deployment.expressway(node).trusted_ca if is_expressway(deployment, node) else None
    server = uc_server(deployment, node)
    return None if server is None or listed not in TRUST_LISTS else server.trust(listed)


def installed(deployment: Deployment, change: SetCertificate) -> Certificate | None:
    """Return the certificate that stands where a change puts another one."""
    server = uc_server(deployment, change.node)
    if server is not None:
        return server.certificate(change.store)
    node = deployment.expressway(change.node)
    if change.domain is None:
        return node.certificate(change.store)
    return next((one.certificate for one in node.domain_certificates if one.domain == change.domain), None)


def _tasks(deployment: Deployment, wanted: Mapping[Place, Sequence[Certificate]]) -> Iterator[Task]:
    """Yield a task for each node that lacks something; one for itself where a namesake has to go for it."""
    for node in dict.fromkeys(node for node, _ in wanted):
        adding: list[Change] = []
        swapping: list[Change] = []
        for (name, listed), cas in wanted.items():
            lacking = _lacking(deployment, name, listed, cas) if name == node else ()
            hiding = [_hiding(deployment, node, listed, one) for one in lacking]
            plain = [one for one, above in zip(lacking, hiding, strict=True) if not above]
            hidden = [one for one, above in zip(lacking, hiding, strict=True) if above]
            if plain:
                adding.append(AddTrustedCa(node=node, certificates=plain, store=listed))
            if hidden:
                gone = dict.fromkeys(one for above in hiding for one in above)
                swapping.append(RemoveTrustedCa(node=node, certificates=gone, store=listed))
                swapping.append(AddTrustedCa(node=node, certificates=hidden, store=listed))
        for changes in (adding, swapping):
            if changes:
                yield Task(kind=StepKind.TRUST, nodes=[node], changes=changes)


def _lacking(deployment: Deployment, node: str, listed: str, cas: Iterable[Certificate]) -> tuple[Certificate, ...]:
    held = list_of(deployment, node, listed) or ()
    return tuple(dict.fromkeys(one for one in cas if one not in held))


def _hiding(deployment: Deployment, node: str, listed: str, ca: Certificate) -> tuple[Certificate, ...]:
    """Return the namesakes in an Expressway's list that keep a CA certificate after them from being found."""
    if listed != EXPRESSWAY_LIST:
        return ()
    before = deployment.expressway(node)
    after = attrs.evolve(before, trusted_ca=before.trusted_ca.adding(ca))
    return () if ca in after.effective_ca else before.trusted_ca.with_subject(ca.view.subject)
