"""The public names as a typed program uses them. Checked by mypy and pyright, never run."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, assert_type

from matplotlib.figure import Figure

from expressway_certs import (
    CALENDAR,
    AccessRule,
    Certificate,
    CertificateNeed,
    CertificateRequest,
    Chain,
    Change,
    Client,
    ClientAuthNeed,
    ClientAuthSource,
    ClientAuthSunset,
    ClientFamily,
    ClusterTls,
    ConfiguredZone,
    Deployment,
    Dns,
    DomainCertificate,
    Expressway,
    FarEnd,
    Fetched,
    FetchedOcsp,
    FetchFailure,
    FetchPolicy,
    FileReport,
    Forecast,
    ForecastEvent,
    LegChange,
    LegResult,
    LoadError,
    Matrix,
    MediaEncryption,
    NewRequest,
    NotGiven,
    OcspAnswer,
    OcspResponse,
    OcspStatus,
    Opinion,
    Plan,
    PlanStep,
    PolicyDate,
    PolicyInputs,
    PrivateKey,
    Probed,
    ProbeFailure,
    PublicKeyInfo,
    Purpose,
    Readiness,
    RefreshServers,
    Release,
    RemoveTrustedCa,
    Report,
    RequestCertificate,
    RequestOptions,
    RequestTrustedCa,
    Restart,
    RevocationList,
    Round,
    SecondOpinion,
    SetCertificate,
    SetSwitch,
    SetZoneSwitch,
    SiteError,
    State,
    StepKind,
    StrictAnswer,
    StrictProfile,
    Symptom,
    TrustStore,
    UcServer,
    Verdict,
    VerdictMatrix,
    VerifyIndex,
    VerifyPolicy,
    XConfiguration,
    Zone,
    ZoneKind,
    build_chain,
    check_mra,
    check_request,
    check_trusted_ca_upload,
    check_tunnels,
    check_zone,
    client_auth_sunset,
    compare,
    fetch_crls,
    fetch_missing,
    fetch_ocsp,
    forecast,
    identify,
    load_certificates,
    load_diagnostics,
    load_private_key,
    load_uc_folder,
    load_uc_snapshot,
    make_request,
    mend,
    plan_renewal,
    probe,
    public_trust_store,
    readiness,
    second_opinion,
    show,
    site_schema,
    steps_of,
    system_trust_store,
    verify,
    verify_many,
    verify_matrix,
)
from expressway_certs.testing import Issued
from expressway_certs.testing.lab import End, Judging, Lab, Observed, Refusal


def load(path: Path) -> tuple[Certificate, ...]:
    assert_type(Certificate.load(path), Certificate)
    assert_type(Certificate.load("leaf.pem"), Certificate)
    assert_type(Certificate.load(b"bytes"), Certificate)
    assert_type(Certificate.from_pem("text"), Certificate)
    assert_type(Certificate.from_der(b"der"), Certificate)
    assert_type(CertificateRequest.load(path), CertificateRequest)
    assert_type(RevocationList.load(path), RevocationList)
    assert_type(identify(path), FileReport)
    assert_type(identify(path).pem, str | None)
    assert_type(load_private_key(path, password=b"secret"), PrivateKey)
    try:
        return load_certificates(path, password="secret")
    except LoadError as error:
        assert_type(error.found, str)
        assert_type(error.where, str)
        assert_type(error.remedy, str)
        raise


def look(certificate: Certificate) -> None:
    assert_type(certificate.der, bytes)
    assert_type(certificate.sha256, str)
    assert_type(certificate.subject, str)
    assert_type(certificate.issuer, str)
    assert_type(certificate.common_name, str | None)
    assert_type(certificate.serial_number, int)
    assert_type(certificate.not_before, datetime)
    assert_type(certificate.not_after, datetime)
    assert_type(certificate.dns_names, tuple[str, ...])
    assert_type(certificate.ip_addresses, tuple[IPv4Address | IPv6Address, ...])
    assert_type(certificate.is_ca, bool)
    assert_type(certificate.path_length, int | None)
    assert_type(certificate.key_usage, frozenset[str] | None)
    assert_type(certificate.extended_key_usage, frozenset[str] | None)
    assert_type(certificate.key, PublicKeyInfo)
    assert_type(certificate.subject_key_identifier, bytes | None)
    assert_type(certificate.signature_algorithm, str)
    assert_type(certificate.to_pem(), str)
    assert_type({certificate: 1}, dict[Certificate, int])


def judge(leaf: Certificate, presented: Sequence[Certificate], crl: bytes) -> Verdict:
    trust = TrustStore([leaf], name="Trusted CA list").adding(leaf, leaf).removing(leaf)
    assert_type(trust, TrustStore)
    assert_type(len(trust), int)
    assert_type(leaf in trust, bool)
    assert_type(tuple(trust), tuple[Certificate, ...])
    assert_type(build_chain(leaf, trust, presented), Chain)
    verify(leaf, trust)
    policy = VerifyPolicy(
        purpose=Purpose.SERVER,
        names=("expe1.example.com", "192.0.2.1"),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        partial_chain=True,
        security_level=2,
        crls=(crl,),
        crl_check="leaf",
        openssl="1.1.1",
        check_time=False,
    )
    return verify(leaf, trust, presented, policy)


def read(verdict: Verdict) -> None:
    assert_type(verdict.ok, bool)
    assert_type(verdict.code, int)
    assert_type(verdict.reason, str)
    assert_type(verdict.depth, int)
    assert_type(verdict.chain, tuple[Certificate, ...])
    assert_type(verdict.certificate, Certificate)
    assert_type(verdict.explanation, str)
    if verdict.missing is not None:
        assert_type(verdict.missing.name, str)
        assert_type(verdict.missing.key_identifier, bytes | None)
        assert_type(verdict.missing.urls, tuple[str, ...])


def upload(node: Expressway, site: Deployment, ca: Certificate) -> None:
    report = check_trusted_ca_upload("ca.pem", node)
    assert_type(check_trusted_ca_upload(Path("ca.pem"), onto=node, deployment=site, at=datetime.now(UTC)), Report)
    assert_type(report.after, Deployment | None)
    assert_type(site.apply([RemoveTrustedCa(node=node.name, certificates=[ca])]), Deployment)


def change(site: Deployment, ca: Certificate) -> None:
    changes: list[Change] = [
        SetSwitch(node="expe1.example.com", switch="cluster_tls", value=ClusterTls.ENFORCE),
        SetSwitch(node="expe1.example.com", switch="ssh_key_types", value=("x509v3-rsa2048-sha256",)),
        SetZoneSwitch(zone="UC", switch="tls_verify", value=True),
        SetCertificate(node="cucm1.example.com", certificate=ca, store="CallManager"),
        RequestCertificate(node="expe1.example.com", common_name="expe1.example.com", names=["example.com"]),
        RequestTrustedCa(node="expe1.example.com", below=ca, wanted="CN=Root"),
        Restart(node="cucm1.example.com", what="Cisco Tomcat"),
        RefreshServers(node="expc1.example.com"),
    ]
    assert_type(site.apply(changes, sign=lambda _: ca), Deployment)
    assert_type(site.apply(changes, sign=lambda _: [ca, ca]), Deployment)
    assert_type(steps_of(changes), tuple[str, ...])
    assert_type(changes[0].steps, tuple[str, ...])
    assert_type(changes[0].restarts, tuple[Restart, ...])
    assert_type(str(changes[0]), str)
    rounds = mend(site, sign=lambda _: ca, at=datetime.now(UTC))
    assert_type(rounds, tuple[Round, ...])
    assert_type(rounds[-1].changes, tuple[Change, ...])
    assert_type(rounds[-1].steps, tuple[str, ...])
    assert_type(rounds[-1].deployment, Deployment)
    assert_type(rounds[-1].report, Report)
    for finding in rounds[-1].report.errors:
        assert_type(finding.remedy.changes, tuple[Change, ...])
        assert_type(finding.remedy.before, tuple[str, ...])
        assert_type(finding.remedy.after, tuple[str, ...])
        assert_type(finding.remedy.steps, tuple[str, ...])


def ask(node: Expressway, deployment: Deployment) -> NewRequest:
    assert_type(make_request(node).request, CertificateRequest)
    options: RequestOptions = {
        "organization": "Example",
        "key_algorithm": "ECDSA",
        "additional_names": ["a.example.com"],
    }
    made = make_request(node, deployment, **options)
    assert_type(made.private_key_pem, str)
    return make_request(node, private_key=made.private_key)


def answer(
    request: CertificateRequest, certificate: Certificate, node: Expressway, site: Deployment, path: Path
) -> None:
    assert_type(check_request(request, node), Report)
    assert_type(check_request(path, node, site, at=datetime(2026, 1, 1, tzinfo=UTC)), Report)
    assert_type(compare(request, certificate), Report)
    assert_type(compare(path, b"der", node, site, at=None), Report)
    assert_type(compare(request, path, deployment=site), Report)


def model(node: Expressway, certificate: Certificate, trust: TrustStore) -> Deployment:
    far_end = FarEnd(name="sip.example.net", server_certificate=certificate, trusted_ca=trust)
    rule = AccessRule(type="Suffix", pattern=".example.net", allow=False)
    default = Zone(name="Default", kind="Default", nodes=[node], far_ends=[far_end], access_rules=[rule])
    zone = Zone(name="UC", core=[node], edge=[node], tls_verify=False, media_encryption=MediaEncryption.AUTO)
    assert_type(zone.kind, ZoneKind)
    assert_type(zone.address_of(far_end), str)
    peer = Expressway(name="expe1.example.com", role="E", cluster_tls="Enforce", cluster_addresses={"a": "192.0.2.1"})
    assert_type(peer.cluster_tls, ClusterTls)
    assert_type(peer.effective_ca, TrustStore)
    tenant = DomainCertificate(domain="example.net", certificate=certificate)
    assert_type(tenant.is_for("expe1.example.net"), bool)
    return Deployment(
        expressways=(node, peer),
        zones=[zone, default],
        uc_servers=[UcServer(name="cucm1.example.com", tomcat_ecdsa=certificate, expressway_cores=["a"])],
        clients=[Client(service_domain="example.com", family=ClientFamily.JABBER_MAC, installed_ca=trust)],
        webex_services=[far_end],
        dns=Dns(forward={"a.example.com": ["192.0.2.1"]}, reverse={"192.0.2.1": "a.example.com"}),
    )


def legs(zone: Zone, deployment: Deployment) -> Matrix:
    assert_type(check_zone(zone), Report)
    assert_type(check_tunnels(zone, at=datetime.now(UTC)), Report)
    report = check_mra(deployment)
    leg = report.legs[0]
    assert_type(leg, LegResult)
    assert_type(leg.state, State)
    assert_type(leg.symptoms, tuple[Symptom, ...])
    assert_type(leg.symptoms[0].alarm, int | None)
    matrix = report.matrix()
    assert_type(matrix.state("2", "expc1.example.com", "expe1.example.com"), State | None)
    return matrix


def judge_many(leaves: Iterable[bytes], mixed: list[Certificate | bytes | str], executor: Executor) -> None:
    trust = TrustStore.load("root.pem")
    index = VerifyIndex(trust, load_certificates("intermediate.pem"), VerifyPolicy(purpose="server"))
    assert_type(index.verify(Certificate.load("leaf.pem")), Verdict)
    assert_type(verify_many(leaves, trust), Iterator[Verdict])
    assert_type(verify_many(mixed, index, processes=2, progress=True), Iterator[Verdict])
    assert_type(verify_many(leaves, [], [], VerifyPolicy(), executor), Iterator[Verdict])
    assert_type(verify_many(leaves, trust, unreadable="return"), Iterator[Verdict | LoadError])
    matrix = verify_matrix(
        leaves, [trust], instants=[datetime(2026, 1, 1, tzinfo=UTC)], purposes=["client", None], names=["a", ("b", "c")]
    )
    assert_type(matrix, VerdictMatrix)
    assert_type(matrix[0, 0, 0, 0, 0], Verdict)
    assert_type(matrix.codes(0), tuple[int, ...])
    assert_type(matrix.trusted(0), int)
    assert_type(matrix.shape, tuple[int, int, int, int, int])


def ask_twice(leaf: Certificate, trust: TrustStore, crl: RevocationList) -> SecondOpinion:
    opinion = second_opinion(
        leaf,
        trust,
        [leaf],
        purpose="server",
        names=("expe1.example.com",),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        crls=(crl,),
        policy_inputs=PolicyInputs(policies=("1.2.3",), explicit_policy=True),
        budget=100,
    )
    assert_type(opinion.refusals, tuple[Opinion, ...])
    assert_type(opinion.by(StrictProfile.RFC_5280).answer, StrictAnswer)
    assert_type(opinion.by(StrictProfile.WEB_PKI).reason, str)
    assert_type(opinion.undecided[0].chain, tuple[Certificate, ...])
    return opinion


def fetch(verdict: Verdict, chain: Chain) -> None:
    policy = FetchPolicy(timeout=5, max_bytes=1000, max_redirects=0, max_fetches=1, allow_private=True, proxy=None)
    found = fetch_missing(verdict, policy)
    assert_type(found, Fetched)
    assert_type(found.certificates, tuple[Certificate, ...])
    assert_type(found.new_root, Certificate | None)
    assert_type(found.failures, tuple[FetchFailure, ...])
    assert_type(fetch_missing(chain).chain, Chain)
    assert_type(fetch_crls(chain, policy).crls, tuple[RevocationList, ...])
    assert_type(fetch_ocsp(chain, policy, at=datetime(2026, 1, 1, tzinfo=UTC)).ocsp, tuple[FetchedOcsp, ...])
    answer = OcspResponse.from_der(b"der").answer(verdict.certificate, verdict.certificate)
    assert_type(answer, OcspAnswer)
    assert_type(answer.status, OcspStatus)
    assert_type(answer.revoked_at, datetime | None)


def draw(report: Report, deployment: Deployment, leaf: Certificate) -> Figure:
    assert_type(report.to_html(), str)
    assert_type(report.to_markdown(), str)
    assert_type(report.to_junit(), str)
    assert_type(report.to_sarif(artifact="site.toml"), str)
    assert_type(report.deployment, Deployment | None)
    assert_type(leaf._repr_html_(), str)
    assert_type(deployment._repr_html_(), str)
    assert_type(show.timeline(deployment, at=datetime(2026, 1, 1, tzinfo=UTC)), Figure)
    assert_type(show.matrix(report), Figure)
    return show.topology(deployment, report)


def public() -> TrustStore:
    assert_type(public_trust_store(), TrustStore)
    return system_trust_store()


def read_sites(parsed: dict[str, object]) -> Deployment:
    server = load_uc_snapshot(Path("cucm1.json"), name="cucm1.example.com", kind="Unified CM")
    assert_type(load_uc_snapshot(parsed), UcServer)
    assert_type(load_uc_folder("cucm1.example.com", kind=server.kind), UcServer)
    assert_type(site_schema()["title"], Any)
    try:
        site = Deployment.load(Path("site"))
    except SiteError as error:
        assert_type(error.line, int | None)
        assert_type(error.others, tuple[SiteError, ...])
        raise
    assert_type(site.save("copy"), None)
    return site


def read_logs(path: Path) -> Deployment:
    site = load_diagnostics(path, "archive.zip", roles={"a": "C"}, release="X14.2", cluster_tls=ClusterTls.ENFORCE)
    assert_type(load_diagnostics(path, cluster_tls={"a": "Enforce"}), Deployment)
    assert_type(site.not_given, tuple[NotGiven, ...])
    dump = XConfiguration.load(path)
    assert_type(dump["SIP Mode"], str)
    assert_type(dump.withheld, tuple[str, ...])
    assert_type(dump.zones, tuple[ConfiguredZone, ...])
    assert_type(dump.expressway(release="X14.2"), Expressway)
    return site


def plan(deployment: Deployment, new: Certificate, changes: list[SetCertificate]) -> Plan:
    found = plan_renewal(deployment, "expe1.example.com", new, cas=[new], retire=TrustStore([new]), permissive=True)
    assert_type(found.steps, tuple[PlanStep, ...])
    assert_type(found.breaks[0], LegChange)
    assert_type(found.breaks[0].before, State)
    assert_type(found.point_of_no_return, PlanStep | None)
    assert_type(found.rollback[0].kind, StepKind)
    assert_type(found.steps[0].down, tuple[LegResult, ...])
    assert_type(found.after, Deployment)
    assert_type(found.finish_by, datetime | None)
    plan_renewal(deployment, {"cucm1.example.com": new}, store="tomcat", at=datetime(2026, 1, 1, tzinfo=UTC))
    return plan_renewal(deployment, changes, budget=100)


def look_ahead(deployment: Deployment, dates: list[PolicyDate]) -> Forecast:
    found = forecast(deployment, lead_time=timedelta(days=14), at=datetime(2026, 1, 1, tzinfo=UTC), calendar=dates)
    assert_type(found.events, tuple[ForecastEvent, ...])
    assert_type(found.events[0].breaks, tuple[LegChange, ...])
    assert_type(found.events[0].act_by, datetime | None)
    assert_type(found.report_at(datetime(2026, 1, 2, tzinfo=UTC)), Report)
    assert_type(found.calendar, tuple[PolicyDate, ...])
    assert_type(CALENDAR, tuple[PolicyDate, ...])
    assert_type(found.deployment, Deployment)
    return found


def upgrade(deployment: Deployment) -> Readiness:
    found = readiness(deployment, Release("X15.5"), nodes=["expe1.example.com"], at=datetime(2026, 1, 1, tzinfo=UTC))
    assert_type(found.changes, tuple[LegChange, ...])
    assert_type(found.steps, tuple[PlanStep, ...])
    assert_type(found.needs, tuple[CertificateNeed, ...])
    assert_type(found.needs[0].lacking, tuple[str, ...])
    assert_type(found.client_auth, ClientAuthSunset)
    sunset = client_auth_sunset(deployment)
    assert_type(sunset.needs, tuple[ClientAuthNeed, ...])
    assert_type(sunset.needs[0].sources, tuple[ClientAuthSource, ...])
    assert_type(sunset.needs[0].safe_until, datetime | None)
    return readiness(deployment, "X15.5")


def ask_server(trust: TrustStore) -> Verdict:
    found = probe("expe1.example.com", 7001, server_name="example.com", timeout=2.5)
    assert_type(found, Probed)
    assert_type(found.chain, tuple[Certificate, ...])
    assert_type(found.leaf, Certificate | None)
    assert_type(found.failure, ProbeFailure | None)
    assert_type(found.tls_version, str | None)
    assert_type(found.verdict([]), Verdict)
    return found.verdict(trust, VerifyPolicy(names=["example.com"]))


def prove_legs(site: Deployment, report: Report, issued: Issued) -> None:
    with Lab(at=datetime(2026, 1, 1, tzinfo=UTC), keys=[issued, "pem"], ground="openssl", timeout=5) as lab:
        assert_type(lab, Lab)
        observed = lab.prove(report.legs[0], at=datetime(2026, 1, 1, tzinfo=UTC))
        assert_type(observed, Observed)
        assert_type(observed.ok, bool | None)
        assert_type(observed.agrees_with(report.legs[0]), bool | None)
        assert_type(observed.not_proven, tuple[str, ...])
        assert_type(lab.prove(site), tuple[tuple[LegResult, Observed], ...])
        assert_type(lab.prove(site.zones[0]), tuple[tuple[LegResult, Observed], ...])
        outcome = lab.meet(server=End(certificate=issued.certificate), client=End(judges=Judging(trust=[])))
        assert_type(outcome.refusal, Refusal | None)
        assert_type(lab.http().url("/ca.cer"), str)
        assert_type(lab.ocsp(issued).answer(b"der"), bytes)
