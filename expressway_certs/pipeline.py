"""The stages run over a model: legs judged, rules asked, findings collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import get_args

import attrs

from expressway_certs.product import legs as table
from expressway_certs.product.changes import AddTrustedCa, Change, SetCertificate, Store
from expressway_certs.product.deployment import Deployment, Upload
from expressway_certs.product.fields import only, wanted
from expressway_certs.product.key_file import as_key_file
from expressway_certs.product.nodes import Expressway
from expressway_certs.product.zones import Zone
from expressway_certs.report import Report
from expressway_certs.rules import ALL_RULES
from expressway_certs.rules.cases import Cases, CaUploadCase, RequestCase, SigningCase, UploadCase
from expressway_certs.rules.finding import Finding, Hit, LegRef, Outcome, OutcomeKind, Remedy
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError, Rule, Stage
from expressway_certs.rules.site_legs import judge_legs
from expressway_certs.x509 import clock
from expressway_certs.x509.certificate import Certificate, Source
from expressway_certs.x509.files.source import read_source
from expressway_certs.x509.request import CertificateRequest
from expressway_certs.x509.shown import shown


def _stages(values: Iterable[Stage | str]) -> tuple[Stage, ...]:
    return tuple(map(Stage, values))


def _rules(values: Iterable[Rule]) -> tuple[Rule, ...]:
    listed = tuple(values)
    only(Rule, listed)
    return listed


@attrs.frozen
class Pipeline:
    """A choice of stages and rules to run over a deployment; left out, all of them.

    Raises `ValueError` for a stage that there is not, `TypeError` for what is no rule.

    >>> Pipeline([Stage.TRAVERSAL]).run(Deployment(name="empty")).ok
    True
    """

    stages: tuple[Stage, ...] = attrs.field(default=tuple(Stage), converter=_stages)
    rules: tuple[Rule, ...] = attrs.field(default=ALL_RULES, converter=_rules)

    def run(self, deployment: Deployment, *, at: datetime | None = None) -> Report:
        """Judge the legs of the stages at one instant (None: now), ask the rules, and report."""
        wanted(Deployment, deployment)
        return self.judge(deployment, Cases.of(deployment), clock.resolve(at))

    def judge(self, deployment: Deployment, cases: Cases, at: datetime) -> Report:
        """Run with what waits besides the legs given apart: an upload may have a private key beside it."""
        legs = judge_legs(deployment, self.stages, at)
        context = Context(deployment=deployment, at=at, legs=legs, cases=cases)
        asked = [(rule, *_ask(rule, context)) for rule in self.rules if rule.stage in self.stages]
        findings = [finding for rule, _, hits in asked for finding in _merged(rule, hits)]
        return Report(
            name=deployment.name,
            at=at,
            findings=tuple(sorted(findings, key=_place)),
            legs=legs,
            outcomes=tuple(outcome for _, outcome, _ in asked),
            deployment=deployment,
        )


def _ask(rule: Rule, context: Context) -> tuple[Outcome, list[Hit]]:
    """Run one rule to its end. A crash is an outcome of its own, and the others go on."""
    hits: list[Hit] = []
    try:
        hits.extend(rule.check(context))
    except NotApplicableError as error:
        return Outcome(rule=rule.id, kind=OutcomeKind.NOT_APPLICABLE, why=str(error)), []
    except NotRunError as error:
        return Outcome(rule=rule.id, kind=OutcomeKind.NOT_RUN, why=str(error)), []
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not pass for a pass
        return Outcome(rule=rule.id, kind=OutcomeKind.CRASHED, why=f"{type(error).__name__}: {error}"), hits
    return Outcome(rule=rule.id, kind=OutcomeKind.FIRED if hits else OutcomeKind.PASSED), hits


def _merged(rule: Rule, hits: list[Hit]) -> Iterator[Finding]:
    """Make one finding of the hits that share a cause, in the order of the first."""
    causes: dict[tuple[object, ...], list[Hit]] = {}
    for hit in hits:
        causes.setdefault(hit.cause, []).append(hit)
    for group in causes.values():
        first = group[0]
        yield Finding(
            rule=rule.id,
            severity=max(hit.severity or rule.severity for hit in group),
            message=first.message,
            product_message=first.product_message,
            nodes=tuple(dict.fromkeys(hit.node for hit in group)),
            legs=_legs(group),
            evidence=first.evidence,
            remedy=Remedy.of(hit.remedy for hit in group),
            sources=tuple(dict.fromkeys(source for hit in group for source in hit.sources)),
            effect=first.effect,
            alarm=first.alarm,
            settings=tuple(dict.fromkeys(one for hit in group for one in hit.settings)),
        )


def _legs(group: list[Hit]) -> tuple[LegRef, ...]:
    return tuple(dict.fromkeys(hit.leg for hit in group if hit.leg is not None))


def _place(finding: Finding) -> tuple[bool, bool, str, str]:
    """Return where a finding stands in a report: errors first, and then by leg; uploads before legs."""
    order = [leg.id for leg in table.LEGS]
    at = order.index(finding.legs[0].id) if finding.legs else -1
    return (finding.severity.value != "error", finding.severity.value == "info", f"{at:04}", finding.node)


def audit(deployment: Deployment, *, at: datetime | None = None) -> Report:
    """Run every stage over a deployment: pending uploads, zones, tunnels and MRA, at one instant (None: now).

    >>> from expressway_certs.testing.sample import sample_deployment
    >>> report = audit(sample_deployment())
    >>> sorted({finding.rule for finding in report.warnings})
    ['service-domain-not-in-certificate']
    """
    return Pipeline().run(deployment, at=at)


def check_zone(zone: Zone, *, at: datetime | None = None) -> Report:
    """Judge a zone, both directions, every peer with every peer."""
    return Pipeline(stages=[Stage.MODEL, Stage.TRAVERSAL]).run(_around(zone), at=at)


def check_tunnels(zone: Zone, *, at: datetime | None = None) -> Report:
    """Judge the SSH tunnels of a Unified Communications zone, both directions, every peer with every peer."""
    return Pipeline(stages=[Stage.MODEL, Stage.TUNNELS]).run(_around(zone), at=at)


def check_mra(deployment: Deployment, *, at: datetime | None = None) -> Report:
    """Judge every leg of Mobile and Remote Access: clients, zones, tunnels, Unified CM."""
    return Pipeline(stages=[Stage.MODEL, Stage.TRAVERSAL, Stage.TUNNELS, Stage.MRA]).run(deployment, at=at)


def check_upload(
    file: Source,
    onto: Expressway,
    private_key: Source | None = None,
    store: Store = "server",
    *,
    deployment: Deployment | None = None,
    reuse_current_key: bool = False,
    copy_to_client: bool = False,
    at: datetime | None = None,
) -> Report:
    """Say what Expressway would make of a certificate file uploaded onto a node (platform.md §1.2).

    ``file`` and ``private_key`` are paths, bytes or PEM text; any content gets a report. ``store`` "client" is
    the page Client certificate of X15.5. ``reuse_current_key`` and ``copy_to_client`` are the boxes of the page.
    With the ``deployment`` that the node stands in, the report names what the certificate lacks there, and
    `Report.after` is the deployment with the certificate in its place. Raises `LoadError` where a file cannot be
    read, `ValueError` where the deployment has no such node or there is no such store.

    >>> node = Expressway(name="expe1.example.com", role="E", release="X14.2")
    >>> [found.rule for found in check_upload("leaf.pem", onto=node).refused]
    ['upload-chain-untrusted']
    """
    wanted(Expressway, onto)
    if store not in get_args(Store):
        raise ValueError(f"{shown(store)} is no store; there are {', '.join(map(repr, get_args(Store)))}")
    data, where = read_source(file)
    upload = Upload(
        file=data,
        node=onto.name,
        file_name=where or "the certificate file",
        store=store,
        reuse_current_key=reuse_current_key,
        copy_to_client=copy_to_client,
        private_key=as_key_file(private_key),
    )
    case = UploadCase(upload=upload, node=onto)
    site = _site(onto, deployment)
    report = Pipeline(stages=[Stage.MODEL, Stage.UPLOAD]).judge(site, Cases(uploads=[case]), clock.resolve(at))
    if report.refused or case.certificate is None:
        return report
    return attrs.evolve(report, after=site.apply(_installed(case, case.certificate)))


def check_trusted_ca_upload(
    file: Source, onto: Expressway, *, deployment: Deployment | None = None, at: datetime | None = None
) -> Report:
    """Say what becomes of a node's Trusted CA list when a file is appended to it (platform.md §2).

    ``file`` is a path, bytes or PEM text; any content gets a report. With the ``deployment`` that the node stands in,
    the report says which certificates there become trusted and which no longer are, by OpenSSL's choice among CAs of
    one subject and by that of the guides. `Report.after` is the deployment with the list as it is afterwards, and the
    CRLs of the file with it; None where the page refuses the file or there is no certificate in it. Raises `LoadError`
    where the file cannot be read, `ValueError` where the deployment has no such node.

    >>> node = Expressway(name="expe1.example.com", role="E", release="X14.2")
    >>> report = check_trusted_ca_upload("intermediate.pem", onto=node)
    >>> [found.rule for found in report.findings]
    ['ca-list-root-missing', 'ca-list-afterwards']
    """
    wanted(Expressway, onto)
    data, where = read_source(file)
    upload = Upload(file=data, node=onto.name, file_name=where or "the CA file", store="trusted-ca")
    case = CaUploadCase(upload=upload, node=onto)
    site = _site(onto, deployment)
    cases = attrs.evolve(Cases.of(site), ca_uploads=[case])
    report = Pipeline(stages=[Stage.MODEL, Stage.CA_LIST]).judge(site, cases, clock.resolve(at))
    if report.refused or not case.is_pem:
        return report
    change = AddTrustedCa(node=onto.name, certificates=case.new, crls=case.revocation_lists)
    return attrs.evolve(report, after=site.apply([change]))


def check_request(
    request: CertificateRequest | Source,
    node: Expressway,
    deployment: Deployment | None = None,
    *,
    at: datetime | None = None,
) -> Report:
    """Say what is wrong with a request before it goes to the CA (platform.md §3).

    Looked at are the names that the node needs, in the ``deployment`` where one is given, their form, the key, the
    signature and the usages that are asked for. ``request`` may be a path, bytes or PEM text. Raises `LoadError`
    where it cannot be read, `ValueError` where the deployment has no such node.

    >>> node = Expressway(name="expe1.example.com", role="E", cluster_name="expe.example.com")
    >>> [found.rule for found in check_request("request.csr", node).findings]
    ['request-lacks-name', 'request-lacks-usage']
    """
    wanted(Expressway, node)
    case = RequestCase(request=_request(request), node=node)
    return _REQUEST.judge(_site(node, deployment), Cases(requests=[case]), clock.resolve(at))


def compare(
    request: CertificateRequest | Source,
    certificate: Certificate | Source,
    node: Expressway | None = None,
    deployment: Deployment | None = None,
    *,
    at: datetime | None = None,
) -> Report:
    """Say what a CA changed when it signed a request: the key, names, usages, the subject, how long it lasts.

    How bad it is that something was left out depends on the ``node`` and its ``deployment``; without them it is an
    error wherever it may be one. Both files may be paths, bytes or PEM text. Raises `LoadError` where one cannot be
    read, `ValueError` where the deployment has no such node.

    >>> compare("request.csr", "leaf.pem").findings[-1].message
    'the CA added DNS:example.com, which the request does not ask for'
    """
    asked = _request(request)
    given = certificate if isinstance(certificate, Certificate) else Certificate.load(certificate)
    name = asked.common_name or "the node"
    if node is None:
        site = Deployment(name=name) if deployment is None else deployment
        wanted(Deployment, site)
    else:
        site, name = _site(node, deployment), node.name
    case = SigningCase(request=asked, certificate=given, node=name)
    return _REQUEST.judge(site, Cases(signings=[case]), clock.resolve(at))


_REQUEST = Pipeline(stages=[Stage.MODEL, Stage.REQUEST])


def _request(source: CertificateRequest | Source) -> CertificateRequest:
    return source if isinstance(source, CertificateRequest) else CertificateRequest.load(source)


def _installed(case: UploadCase, certificate: Certificate) -> list[Change]:
    upload = case.upload
    stores: list[Store] = ["client" if upload.store == "client" else "server"]
    if upload.copy_to_client and upload.store == "server":
        stores.append("client")
    return [SetCertificate(node=upload.node, certificate=certificate, store=store) for store in stores]


def _site(node: Expressway, deployment: Deployment | None) -> Deployment:
    """Return the deployment around a node, or one of that node alone; `ValueError` where it is not in there."""
    wanted(Expressway, node)
    if deployment is None:
        return Deployment(name=node.name, expressways=(node,))
    wanted(Deployment, deployment)
    if deployment.expressway(node.name) != node:
        message = f"{node.name} is not the {node.name} of the deployment"
        raise ValueError(message)
    return deployment


def _around(zone: Zone) -> Deployment:
    wanted(Zone, zone)
    return Deployment(name=zone.name, zones=(zone,))
