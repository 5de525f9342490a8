"""The plugin of pytest and its assertions: what they give, what they say when they fail, and what they cost."""

from datetime import timedelta
from importlib.metadata import entry_points
from typing import Final

import attrs
import pytest
from test_imports import loaded_by

from expressway_certs import Deployment, OutcomeKind, Severity, Zone, ZoneKind, audit, check_zone
from expressway_certs.testing import (
    CertificateFactory,
    Issued,
    assert_no_findings,
    assert_tunnels_up,
    assert_upload_accepted,
    assert_zone_active,
    break_site,
    make_site,
)

EDGE: Final = "expe1.example.com"
MODULE: Final = "expressway_certs.testing.plugin"
# Where the package is not installed, but the checkout used as it stands, nothing names the plugin.
NAMED: Final = () if any(one.value == MODULE for one in entry_points(group="pytest11")) else ("-p", MODULE)
STRICT: Final = ("--strict-markers", "--strict-config", "-W", "error", "-p", "no:cacheprovider")


def run(pytester: pytest.Pytester, text: str, *arguments: str, ini: str = "") -> pytest.RunResult:
    """Run a test file in a project of its own."""
    pytester.makepyfile(text)
    pytester.makeini(f"[pytest]\n{ini}")
    return pytester.runpytest_subprocess(*NAMED, *STRICT, *arguments)


# The fixtures.


def test_the_fixtures_give_a_site_and_a_factory(pytester: pytest.Pytester) -> None:
    """Without any setting it is the site that make_site gives, on which nothing is wrong."""
    text = """
        from expressway_certs import audit
        from expressway_certs.testing import CertificateFactory, assert_no_findings

        def test_site(expressway_site):
            assert [str(node.release) for node in expressway_site.nodes] == ["X14.2"] * 4
            assert_no_findings(audit(expressway_site), at_least="info")

        def test_factory(expressway_factory):
            assert isinstance(expressway_factory, CertificateFactory)
            assert expressway_factory.seed == 0
    """
    run(pytester, text).assert_outcomes(passed=2)


def test_the_ini_file_chooses_release_and_seed(pytester: pytest.Pytester) -> None:
    """They are for the whole project; a marker goes over them."""
    text = """
        import pytest

        def test_ini(expressway_site, expressway_factory):
            assert str(expressway_site.nodes[0].release) == "X15.5"
            assert expressway_factory.seed == 42

        @pytest.mark.expressway_site(1, release="X12.5")
        def test_marker(expressway_site):
            assert [str(node.release) for node in expressway_site.nodes] == ["X12.5"] * 3
    """
    run(pytester, text, ini="expressway_release = X15.5\nexpressway_seed = 42").assert_outcomes(passed=2)


def test_markers_and_parameters_say_what_the_site_is(pytester: pytest.Pytester) -> None:
    """A test's marker goes over that of its class, and a parameter over both; faults are injected in order."""
    text = """
        import pytest
        from expressway_certs import audit

        @pytest.mark.expressway_site(core=1, edge=1, release="X14.3")
        class TestSmall:
            def test_class(self, expressway_site):
                assert len(expressway_site.nodes) == 2

            @pytest.mark.expressway_site(edge=2, broken=["tunnel-ca-missing", "cluster-tls-permissive"])
            def test_both(self, expressway_site):
                assert len(expressway_site.nodes) == 3
                found = {finding.rule for finding in audit(expressway_site).findings}
                assert found == {"tunnel-ca-missing", "cluster-tls-permissive"}

            @pytest.mark.parametrize("expressway_site", [{"release": "X15.5"}], indirect=True)
            def test_parameter(self, expressway_site):
                assert [str(node.release) for node in expressway_site.nodes] == ["X15.5"] * 2

        @pytest.mark.expressway_site(broken="zone-certificate-refused", node="expc2.example.com")
        def test_node(expressway_site):
            (found,) = audit(expressway_site).findings
            assert found.nodes == ("expc2.example.com",)
    """
    run(pytester, text).assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("marker", "ini", "words"),
    [
        ("(1, 2, 'X14.2', 'more')", "", "*UsageError: expressway_site takes 3 arguments without a name, not 4"),
        ("(1, core=2)", "", "*UsageError: expressway_site is given core twice"),
        ("(broken=5)", "", "*UsageError: broken is the name of a rule, or several, not 5"),
        ("(broken=['tunnel-ca-missing', 5])", "", "*UsageError: broken is the name of a rule, or several, not 5"),
        ("(broken='nothing')", "", "*ValueError: no rule is called 'nothing'; faults() lists them"),
        ("(cores=3)", "", "*TypeError: make_site() got an unexpected keyword argument 'cores'*"),
        ("()", "expressway_seed = many", "*UsageError: expressway_seed is a whole number, not 'many'"),
        ("()", "expressway_release = never", "*ValueError: 'never' is no Expressway release*"),
    ],
)
def test_a_wrong_setting_is_an_error(pytester: pytest.Pytester, marker: str, ini: str, words: str) -> None:
    """What is written wrong makes no other site than meant: the test does not run, and the error says why."""
    text = f"""
        import pytest

        @pytest.mark.expressway_site{marker}
        def test_site(expressway_site):
            pass
    """
    result = run(pytester, text, ini=ini)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([words])


def test_the_lab_is_opened_and_closed(pytester: pytest.Pytester) -> None:
    """The fixture proves a leg with real endpoints; after the test the lab is closed."""
    text = """
        import pytest
        from expressway_certs import check_zone

        seen = []

        @pytest.mark.expressway_site(core=1, edge=1)
        @pytest.mark.expressway_lab(timeout=20)
        def test_leg(expressway_site, expressway_lab):
            seen.append((expressway_lab, check_zone(expressway_site.zones[0]).legs[0]))
            assert expressway_lab.prove(seen[0][1]).ok

        def test_afterwards():
            lab, leg = seen[0]
            with pytest.raises(ValueError, match="the lab is closed"):
                lab.prove(leg)
    """
    run(pytester, text).assert_outcomes(passed=2)


def test_the_fixtures_work_in_several_processes(pytester: pytest.Pytester) -> None:
    """pytest-xdist hands the tests out, and each worker gets the same sites."""
    text = """
        import pytest
        from expressway_certs import audit
        from expressway_certs.testing import break_site

        @pytest.mark.parametrize("number", range(4))
        def test_site(expressway_site, number):
            assert [one.rule for one in audit(break_site(expressway_site, "tunnel-ca-missing")).findings] == [
                "tunnel-ca-missing"
            ]
    """
    run(pytester, text, "-n", "2").assert_outcomes(passed=4)


def test_the_plugin_tells_of_its_fixtures_and_markers(pytester: pytest.Pytester) -> None:
    """`pytest --fixtures` and `--markers` show them."""
    run(pytester, "", "--markers").stdout.fnmatch_lines(
        ["@pytest.mark.expressway_site(core, edge, release, broken, node, ...): *", "@pytest.mark.expressway_lab(*"]
    )
    shown = run(pytester, "", "--fixtures").stdout.str()
    assert [
        name for name in ("expressway_site", "expressway_factory", "expressway_lab") if f"\n{name}" not in shown
    ] == []


# What it costs.


def test_the_plugin_loads_nothing_heavy() -> None:
    """Where nobody asks for a fixture, the library costs four small modules, and nothing of what it stands on."""
    own = loaded_by(f"import pytest, {MODULE}") - loaded_by("import pytest")
    assert own == {"expressway_certs", "expressway_certs._lazy", "expressway_certs.testing", MODULE}


def test_a_fixture_that_nobody_asks_for_loads_nothing(pytester: pytest.Pytester) -> None:
    """A whole run without a test that uses them leaves the library where it is."""
    text = """
        import sys

        def test_nothing():
            kept = {"expressway_certs", "cryptography", "attrs", "rich"}
            assert {name for name in sys.modules if name.split(".")[0] in kept} == {
                "expressway_certs", "expressway_certs._lazy", "expressway_certs.testing",
                "expressway_certs.testing.plugin",
            }
    """
    run(pytester, text, "-p", "no:hypothesispytest", "-p", "no:asyncio").assert_outcomes(passed=1)


# The assertions.


@pytest.fixture(scope="module")
def site() -> Deployment:
    """Return a site on which nothing is wrong."""
    return make_site()


@pytest.fixture(scope="module")
def factory() -> CertificateFactory:
    """Return a factory."""
    return CertificateFactory(seed=5)


def renewal(site: Deployment, factory: CertificateFactory) -> Issued:
    """Return a renewal of the certificate of the first Expressway-E."""
    edge = site.expressway(EDGE)
    return factory.renewed(Issued.of(edge.server_certificate, edge.trusted_ca))


def test_a_good_file_is_accepted(site: Deployment, factory: CertificateFactory) -> None:
    """The report comes back, with the deployment as it is afterwards."""
    new = renewal(site, factory)
    report = assert_upload_accepted(new.pem, site.expressway(EDGE), new.key_pem, deployment=site)
    assert report.after is not None
    assert report.after.expressway(EDGE).server_certificate == new.certificate


def test_a_refused_file_fails_with_the_report(site: Deployment, factory: CertificateFactory) -> None:
    """The message names the node and what was found, and has the whole report below."""
    stranger = factory.leaf(factory.root("Unknown Root CA"), EDGE, dns_names=[EDGE, "example.com"], key="rsa")
    with pytest.raises(AssertionError) as caught:
        assert_upload_accepted(stranger.pem, site.expressway(EDGE))
    first, second, *rest = str(caught.value).splitlines()
    assert first == f"{EDGE} (X14.2) does not accept the file"
    assert second == f"  upload-chain-untrusted: {EDGE} does not trust the CA chain of the certificate file"
    assert any("Trusted CA certificate > Choose file" in line for line in rest)


def test_what_fails_after_an_upload_is_not_accepted(site: Deployment, factory: CertificateFactory) -> None:
    """A key file that the page takes and that stops the services is no good upload."""
    new = renewal(site, factory)
    with pytest.raises(AssertionError, match="upload-key-without-newline"):
        assert_upload_accepted(new.pem, site.expressway(EDGE), new.key_pem.rstrip())


def test_a_ca_file_is_accepted_by_its_page(site: Deployment, factory: CertificateFactory) -> None:
    """The page Trusted CA certificate takes PEM, and no key file."""
    root = factory.root("Another Root CA")
    edge = site.expressway(EDGE)
    assert assert_upload_accepted(root.pem, edge, store="trusted-ca").after is not None
    with pytest.raises(AssertionError, match="ca-list-not-pem"):
        assert_upload_accepted(root.der, edge, store="trusted-ca")
    with pytest.raises(TypeError, match="takes no private key file"):
        assert_upload_accepted(root.pem, edge, root.key_pem, "trusted-ca")


def test_a_zone_is_active_where_its_legs_are_up(site: Deployment) -> None:
    """For a zone and for the whole site; the report comes back."""
    assert assert_zone_active(site.zones[0]).legs == check_zone(site.zones[0], at=None).legs
    assert {one.leg.id for one in assert_zone_active(site).legs} >= {"2"}


def test_a_zone_that_is_down_fails(site: Deployment) -> None:
    """The message says between whom, and why."""
    broken = break_site(site, "zone-peer-address-not-in-certificate")
    for zone in (broken, broken.zones[0]):
        with pytest.raises(AssertionError, match=rf"is not active: .+ -> {EDGE} down, .+\n  zone-peer"):
            assert_zone_active(zone)


def test_a_zone_that_cannot_be_judged_is_not_active(site: Deployment) -> None:
    """A certificate that is not given proves nothing."""
    zone = site.zones[0]
    unknown = attrs.evolve(zone, edge=[attrs.evolve(node, server_certificate=None) for node in zone.edge])
    with pytest.raises(AssertionError, match=f"-> {EDGE} not checked"):
        assert_zone_active(unknown)
    with pytest.raises(AssertionError, match="Neighbor has no such legs"):
        assert_zone_active(next(zone for zone in site.zones if zone.kind is ZoneKind.NEIGHBOR))


def test_tunnels_that_are_down_fail(site: Deployment) -> None:
    """TLS comes up where SSH does not, and the two assertions tell them apart."""
    assert_tunnels_up(site)
    broken = break_site(site, "tunnel-ca-missing")
    places: list[Deployment | Zone] = [broken, broken.zones[0]]
    for zone in places:
        assert_zone_active(zone)
        with pytest.raises(AssertionError, match=r"does not have its SSH tunnels up: .+\n  tunnel-ca-missing: "):
            assert_tunnels_up(zone)


def test_the_tunnels_of_a_site_need_its_dns(site: Deployment) -> None:
    """A zone by itself has no DNS, the site has."""
    broken = break_site(site, "forward-record-missing")
    assert_tunnels_up(broken.zones[0])
    with pytest.raises(AssertionError, match="forward-record-missing"):
        assert_tunnels_up(broken)


@pytest.mark.parametrize(
    ("rule", "level", "fails"),
    [
        ("cluster-tls-permissive", "warning", False),
        ("cluster-tls-permissive", "info", True),
        ("cluster-tls-permissive", Severity.INFO, True),
        ("certificate-has-wildcard", "warning", True),
        ("certificate-has-wildcard", "error", False),
        ("uc-zone-without-tls-verify", "error", True),
    ],
)
def test_findings_count_from_a_level_on(site: Deployment, rule: str, level: Severity, fails: bool) -> None:
    """What is below the level passes; what is at it or above fails, with the rule, the message and the report."""
    report = audit(break_site(site, rule))
    if not fails:
        assert_no_findings(report, at_least=level)
        return
    with pytest.raises(AssertionError, match=rf"1 finding at \w+ level or above in 'made site'\n  {rule}: "):
        assert_no_findings(report, at_least=level)


def test_a_crash_is_no_clean_report(site: Deployment) -> None:
    """A rule that crashed has proved nothing."""
    report = audit(site)
    crashed = attrs.evolve(report.outcomes[0], kind=OutcomeKind.CRASHED)
    with pytest.raises(AssertionError, match="rules crashed on 'made site': "):
        assert_no_findings(attrs.evolve(report, outcomes=[crashed]))


def test_a_level_that_there_is_not_is_an_error(site: Deployment) -> None:
    """A typing error passes nothing."""
    with pytest.raises(ValueError, match="'warn' is no level; there are 'error', 'warning', 'info'"):
        assert_no_findings(audit(site), at_least="warn")  # type: ignore[arg-type]


def test_a_failure_points_at_the_test(pytester: pytest.Pytester) -> None:
    """The traceback ends in the test's own line, and the report follows."""
    text = """
        import pytest
        from expressway_certs.testing import assert_tunnels_up

        @pytest.mark.expressway_site(broken="tunnel-ca-missing")
        def test_tunnels(expressway_site):
            assert_tunnels_up(expressway_site)
    """
    result = run(pytester, text)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [">*assert_tunnels_up(expressway_site)", "E*made site does not have its SSH tunnels up*"]
    )
    assert "assertions.py" not in result.stdout.str()


def test_an_assertion_is_about_an_instant() -> None:
    """What holds today need not hold in a year: the instant may be given."""
    site = make_site()
    later = audit(site).at + timedelta(days=400)
    with pytest.raises(AssertionError, match="zone-certificate-refused"):
        assert_zone_active(site.zones[0], at=later)
