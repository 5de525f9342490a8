"""How the test kit is used, with its types: mypy and pyright check this file, and nothing runs it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import assert_type

import pytest

from expressway_certs import (
    Certificate,
    CertificateRequest,
    ClientFamily,
    Deployment,
    OcspResponse,
    Report,
    RevocationList,
    Severity,
    UcKind,
    check_tunnels,
)
from expressway_certs.testing import (
    FAULTS,
    CannotBreakError,
    CertificateFactory,
    Fault,
    Issued,
    Lab,
    Observed,
    Options,
    assert_no_findings,
    assert_tunnels_up,
    assert_upload_accepted,
    assert_zone_active,
    break_site,
    faults,
    key_of,
    make_site,
)

AT = datetime(2026, 11, 24, tzinfo=UTC)


def sites() -> Deployment:
    site = make_site(2, 1, "X15.5", uc_servers=[UcKind.CUCM, "Unity Connection"], clients=[ClientFamily.PHONE], at=AT)
    assert_type(site, Deployment)
    assert_type(make_site(dns=False, other_zones=False, administration=False, key="rsa", seed=4), Deployment)
    assert_type(break_site(site, "tunnel-ca-missing", node="expc1.example.com", seed=4, at=AT), Deployment)
    assert_type(faults(site), tuple[str, ...])
    assert_type(FAULTS["tunnel-ca-missing"], Fault)
    assert_type(FAULTS["tunnel-ca-missing"].brings, frozenset[str])
    error: ValueError = CannotBreakError("no")
    return site


def factory() -> Iterator[Issued]:
    made = CertificateFactory(seed=1, at=AT)
    options: Options = {"key": "ec-384", "permitted_names": ["example.com"], "more_extensions": [("1.2.3", False, b"")]}
    root = made.root("Root CA", **options)
    assert_type(root, Issued)
    yield made.cross_signed(made.intermediate(root, "Issuing CA", digest="sha1"), root)
    yield made.renewed(root, same_key=True, version=1)
    leaf = made.leaf(root, dns_names=["expe1.example.com"])
    assert_type(Issued.of(leaf.certificate, [root.certificate]).issuer, Issued | None)
    assert_type(made.crl(root, [leaf, leaf.certificate, 7]), RevocationList)
    assert_type(made.ocsp(leaf, "unknown", responder=root), OcspResponse)
    assert_type(made.issue(root, made.request("expe1.example.com")), Certificate)
    assert_type(made.request(dns_names=["expe1.example.com"]), CertificateRequest)
    assert_type(leaf.pkcs7(made.crl(root)), bytes)
    assert_type(leaf.pkcs12("secret"), bytes)
    key_of(leaf.certificate)
    # A typing error in an option is seen before anything runs.
    made.leaf(root, "leaf", dns_name=["a"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def assertions(site: Deployment, report: Report) -> None:
    edge = site.expressway("expe1.example.com")
    assert_type(assert_upload_accepted("leaf.pem", edge, b"key", "client", deployment=site, at=AT), Report)
    assert_type(assert_zone_active(site.zones[0], at=AT), Report)
    assert_type(assert_tunnels_up(site), Report)
    assert_no_findings(report, at_least="info")
    assert_no_findings(report, Severity.ERROR)


@pytest.mark.expressway_site(core=1, broken="tunnel-ca-missing")
def test_of_somebody(expressway_site: Deployment, expressway_factory: CertificateFactory, expressway_lab: Lab) -> None:
    for leg in check_tunnels(expressway_site.zones[0]).legs:
        assert_type(expressway_lab.prove(leg), Observed)
