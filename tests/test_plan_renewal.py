"""Renewals planned: what breaks without a plan, the order that keeps every leg up, and the way back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import attrs
import pytest
from leg_site import site
from renewals import (
    C1,
    C2,
    E1,
    E2,
    LEG_STAGES,
    NAMESAKE,
    NAMESAKE_ISSUING,
    NEW_ISSUING,
    NEW_ROOT,
    audited,
    certificate,
    drawn_renewal,
    least_outage,
    out,
    root_change,
    small_site,
    whole_site,
)
from sites import AT, FACTORY, ISSUING, RENEWED, ROOT, good_site, with_node

from expressway_certs import (
    AddTrustedCa,
    Certificate,
    ClusterTls,
    Deployment,
    LegChange,
    LoadError,
    Pipeline,
    Plan,
    SetCertificate,
    Settings,
    State,
    StepKind,
    plan_renewal,
)
from expressway_certs.plan.states import States
from expressway_certs.plan.task import Task
from expressway_certs.testing import break_site, make_site

CUCM: Final = "cucm1.example.com"
NEW_CAS: Final = (NEW_ROOT.certificate, NEW_ISSUING.certificate)
DRAWS: Final = 40
NEW: Final = certificate(E1, ISSUING)


def kinds(plan: Plan) -> list[tuple[StepKind, tuple[str, ...]]]:
    """Return what each step does, and where."""
    return [(step.kind, step.nodes) for step in plan.steps]


def loaded_on(name: str) -> Deployment:
    """Return the good site whose node has loaded the new intermediate, as its upload page asks."""
    node = good_site().expressway(name)
    return with_node(good_site(), attrs.evolve(node, trusted_ca=node.trusted_ca.adding(RENEWED.certificate)))


def test_the_renewal_of_the_source_document() -> None:
    """A leaf under a new intermediate that Expressway-E alone has loaded: uploaded now, the tunnels go down."""
    plan = plan_renewal(loaded_on(E1), E1, certificate(E1, RENEWED), at=AT)
    tunnels = [(one.leg.id, one.leg.initiator, one.leg.acceptor) for one in plan.breaks if one.breaks]
    assert tunnels == [("3", C1, E1), ("3", C2, E1)]
    assert plan.refused_now == ()
    assert kinds(plan) == [(StepKind.TRUST, (C1,)), (StepKind.TRUST, (C2,)), (StepKind.INSTALL, (E1,))]
    assert plan.is_outage_free
    assert plan.ok
    assert plan.is_best


def test_the_page_refuses_what_the_plan_makes_it_take() -> None:
    """A chain that the node does not know is refused now, and taken in its step."""
    plan = plan_renewal(good_site(), E1, certificate(E1, RENEWED), cas=[RENEWED.certificate], at=AT)
    assert [one.rule for one in plan.refused_now] == ["upload-chain-untrusted"]
    assert plan.refused == ()
    own, *_, last = plan.steps
    assert (own.kind, own.nodes) == (StepKind.TRUST, (E1,))
    assert last.changes == (SetCertificate(node=E1, certificate=last.changes[0].certificate),)


def test_a_page_that_takes_no_file_of_the_plan_is_told_of() -> None:
    """X14.2 refuses a certificate for servers alone, whatever the order."""
    new = certificate(E1, ISSUING, extended_key_usage=("serverAuth",))
    plan = plan_renewal(good_site(), E1, new, at=AT)
    assert {one.rule for one in plan.refused} == {"upload-without-client-auth"}
    assert not plan.ok


def test_a_root_change_keeps_every_leg_up() -> None:
    """Two by two in clusters, with Unified CM and all the rest: no step has a leg down."""
    plan = plan_renewal(whole_site(), root_change(whole_site()), cas=NEW_CAS, retire=[ROOT.certificate], at=AT)
    assert [len(step.down) for step in plan.steps] == [0] * len(plan.steps)
    assert {state for step in plan.steps for state in (one.state for one in step.report.legs)} == {State.UP}
    assert len(plan.breaks) > 20
    trusting = {node for kind, (node,) in kinds(plan) if kind is StepKind.TRUST}
    assert trusting == {C1, C2, E1, E2, CUCM, "imp1.example.com"}
    assert [node for kind, (node,) in kinds(plan) if kind is StepKind.INSTALL] == [C1, C2, E1, E2]


def test_both_lists_of_unified_cm_get_the_whole_chain_in_one_step() -> None:
    """What is missing in tomcat-trust and CallManager-trust goes in together, before one restart of each service."""
    plan = plan_renewal(whole_site(), root_change(whole_site()), cas=NEW_CAS, at=AT)
    (step,) = [step for step in plan.steps if step.nodes == (CUCM,)]
    added = {(change.store, change.certificates) for change in step.changes}
    assert added == {("tomcat-trust", NEW_CAS[::-1]), ("CallManager-trust", NEW_CAS[::-1])}
    assert len([word for word in step.words if "restart" in word]) == 4
    assert len(set(step.words)) == len(step.words)


def test_a_cluster_is_permissive_where_that_spares_an_outage() -> None:
    """Where a cluster leg would go down meanwhile, its mode is Permissive while certificates change, and Enforce after.

    Two peers whose new root has the name of the old one cannot know both, so that under Enforce something is down.
    """
    cas = (NAMESAKE.certificate, NAMESAKE_ISSUING.certificate)
    cluster = Deployment(name="cluster", expressways=[whole_site().expressway(name) for name in (C1, C2)])
    new = {name: certificate(name, NAMESAKE_ISSUING) for name in (C1, C2)}
    left, kept = (plan_renewal(cluster, new, cas=cas, at=AT, permissive=one) for one in (None, False))
    assert (left.outage, kept.outage) == (0, 6)
    assert kept.outage == least_outage(cluster, [step.changes for step in kept.steps])
    modes = [(step.kind, step.nodes) for step in left.steps if step.kind in {StepKind.PERMIT, StepKind.ENFORCE}]
    assert modes == [(StepKind.PERMIT, (C1, C2)), (StepKind.ENFORCE, (C1, C2))]
    assert {node.cluster_tls for node in left.after.nodes} == {ClusterTls.ENFORCE}
    assert StepKind.PERMIT not in {step.kind for step in kept.steps}


@pytest.mark.parametrize("permissive", [None, True, False])
def test_the_guide_has_every_cluster_permissive(permissive: bool | None) -> None:
    """CG155-load: CAs everywhere, Permissive, the certificates, Enforce; where nothing goes down it is left out."""
    plan = plan_renewal(whole_site(), root_change(whole_site()), cas=NEW_CAS, at=AT, permissive=permissive)
    assert plan.is_outage_free
    order = list(dict.fromkeys(step.kind for step in plan.steps))
    modes = [StepKind.TRUST, StepKind.PERMIT, StepKind.INSTALL, StepKind.ENFORCE]
    assert order == (modes if permissive else [StepKind.TRUST, StepKind.INSTALL])
    assert plan.rollback[-1].report.legs == plan.before.legs


def test_a_cluster_that_keeps_its_certificates_keeps_its_mode() -> None:
    """Only where certificates change is TLS verification made Permissive."""
    new = {name: certificate(name, ISSUING) for name in (C1, C2)}
    plan = plan_renewal(whole_site(), new, at=AT, permissive=True)
    assert [step.nodes for step in plan.steps if step.kind is StepKind.PERMIT] == [(C1, C2)]


def test_a_server_behind_expressway_c_is_renewed_too() -> None:
    """A tomcat certificate under another CA: Unified CM itself and Expressway-C get the CA first."""
    new = FACTORY.leaf(NEW_ROOT, CUCM, dns_names=(CUCM,)).certificate
    plan = plan_renewal(good_site(), CUCM, new, store="tomcat", cas=[NEW_ROOT.certificate], at=AT)
    assert kinds(plan) == [
        (StepKind.TRUST, (CUCM,)), (StepKind.TRUST, (C1,)), (StepKind.TRUST, (C2,)), (StepKind.INSTALL, (CUCM,))
    ]  # fmt: skip
    assert plan.steps[0].changes == (
        AddTrustedCa(node=CUCM, certificates=[NEW_ROOT.certificate], store="tomcat-trust"),
    )
    assert plan.steps[-1].task.needs == (plan.steps[0].task,)
    assert plan.is_outage_free
    assert {one.leg.id for one in plan.breaks} == {"6a", "6c", "6g"}
    assert plan.rollback[-1].report.legs == plan.before.legs


@pytest.mark.parametrize("make", [small_site, good_site])
def test_the_order_of_a_root_change_is_among_the_best(make: type[Deployment]) -> None:
    """Brute force over every order of the steps, each state audited, finds none with less outage."""
    deployment = make()
    names = [node.name for node in deployment.nodes][:2]
    new = {name: certificate(name, NEW_ISSUING) for name in names}
    plan = plan_renewal(deployment, new, cas=NEW_CAS, at=AT)
    assert plan.is_outage_free
    assert least_outage(deployment, [step.changes for step in plan.steps]) == 0


def test_where_no_order_is_free_the_least_is_found() -> None:
    """A new root of the old one's name: an Expressway finds one of the two alone, so that something goes down."""
    new = root_change(small_site(), NAMESAKE_ISSUING)
    cas = (NAMESAKE.certificate, NAMESAKE_ISSUING.certificate)
    plan = plan_renewal(small_site(), new, cas=cas, at=AT)
    assert not plan.is_outage_free
    assert plan.is_best
    assert plan.outage == least_outage(small_site(), [step.changes for step in plan.steps])
    # Unified CM stays under the old root, which Expressway-C then no longer finds.
    assert plan.outage == 18
    assert "no order keeps every leg up, and none has less" in plan.to_text(width=200)


def test_where_key_identifiers_decide_namesakes_do_no_harm() -> None:
    """With the setting that OpenSSL was measured by, the same renewal has an order without outage."""
    deployment = small_site()
    for node in deployment.nodes:
        settings = Settings(same_subject_cas="key identifiers decide")
        deployment = with_node(deployment, attrs.evolve(node, settings=settings))
    cas = (NAMESAKE.certificate, NAMESAKE_ISSUING.certificate)
    plan = plan_renewal(deployment, root_change(deployment, NAMESAKE_ISSUING), cas=cas, at=AT)
    assert plan.is_outage_free
    assert all(isinstance(change, AddTrustedCa | SetCertificate) for change in plan.changes)


def test_a_search_that_is_cut_short_says_so() -> None:
    """With a budget of one state the plan is no proof; with enough it is one, and no worse."""
    new, cas = root_change(small_site(), NAMESAKE_ISSUING), (NAMESAKE.certificate, NAMESAKE_ISSUING.certificate)
    cut = plan_renewal(small_site(), new, cas=cas, at=AT, budget=1)
    assert not cut.is_best
    assert "before the search ended; there may be a better one" in cut.to_text(width=200)
    assert plan_renewal(small_site(), new, cas=cas, at=AT).outage <= cut.outage


def test_what_is_lost_for_good_comes_last() -> None:
    """Clients and partners that do not know the new root are lost with Expressway-E: that is installed last.

    Twelve steps, and the proof takes no more states than steps: what a task takes down for good is known beforehand.
    """
    deployment = site()
    names = [node.name for node in reversed(deployment.nodes)]
    new = {name: certificate(name, NEW_ISSUING) for name in names}
    plan = plan_renewal(deployment, new, cas=NEW_CAS, at=AT, budget=12)
    installed = [node for kind, (node,) in kinds(plan) if kind is StepKind.INSTALL]
    assert set(installed[:2]) == {C1, C2}
    assert plan.is_best
    assert [len(step.down) for step in plan.steps if step.down] == [13, 26]


def test_the_way_back_leads_back() -> None:
    """Each step back undoes one, and keeps every leg up; at the end the legs are as they were."""
    plan = plan_renewal(whole_site(), root_change(whole_site()), cas=NEW_CAS, retire=[ROOT.certificate], at=AT)
    assert [step.nodes for step in plan.rollback] == [step.nodes for step in reversed(plan.steps)]
    assert [step.down for step in plan.rollback] == [()] * len(plan.steps)
    assert plan.rollback[-1].report.legs == plan.before.legs
    back = plan.after.apply(change for step in plan.rollback for change in step.changes)
    # What was deleted and comes back stands at the end of its list.
    assert {node.name: set(node.trusted_ca) for node in back.nodes} == {
        node.name: set(node.trusted_ca) for node in whole_site().nodes
    }


def test_the_point_of_no_return_is_the_first_new_certificate() -> None:
    """Until then nothing has been replaced that only a backup has."""
    plan = plan_renewal(loaded_on(E1), E1, certificate(E1, RENEWED), at=AT)
    assert plan.point_of_no_return == plan.steps[2]
    back = plan.rollback[0]
    assert "out of the backup" in back.words[0]
    assert [one for step in plan.rollback[1:] for one in step.words if "backup" in one] == []


def test_old_cas_go_last_and_from_where_they_can() -> None:
    """A root that still bears other certificates stays in the lists that judge those, and the plan says where."""
    plan = plan_renewal(good_site(), root_change(good_site()), cas=NEW_CAS, retire=[ROOT.certificate], at=AT)
    assert [kind for kind, _ in kinds(plan)][-2:] == [StepKind.RETIRE] * 2
    retired = {node for kind, (node,) in kinds(plan) if kind is StepKind.RETIRE}
    kept = {place for place, _ in plan.kept}
    assert retired == {E1, E2}
    # Unified CM's own certificate is below it, and Expressway-C judges that.
    assert kept == {
        (C1, "Trusted CA list"), (C2, "Trusted CA list"), (CUCM, "tomcat-trust"), (CUCM, "CallManager-trust")
    }  # fmt: skip


def test_a_client_that_does_not_know_the_new_root_is_told_of() -> None:
    """Nobody here changes what clients trust: their legs warn, and the plan names their list."""
    plan = plan_renewal(good_site(), E1, certificate(E1, NEW_ISSUING), cas=NEW_CAS, at=AT)
    assert plan.others == (("Jabber of example.com", "client's CA list"),)
    assert plan.is_outage_free
    assert {one.after for one in plan.steps[-1].changed} == {State.WARNS}


def test_a_certificate_that_has_ended_is_told_of() -> None:
    """It is the certificate that is at fault then, and no list; the text says why each leg goes down."""
    names = good_site().expressway(E1).server_certificate.dns_names
    ended = FACTORY.leaf(ISSUING, E1, dns_names=names, not_after=AT, not_before=AT - timedelta(days=9)).certificate
    plan = plan_renewal(good_site(), E1, ended, at=AT)
    assert [one.node for one in plan.ended] == [E1]
    assert plan.others == ()
    text = plan.to_text(width=300)
    assert f"The new certificate of {E1} has ended, on 2026-11-24 12:00 UTC." in text
    assert f"SSH tunnels (leg 3) up -> down: {C1} -> {E1}, {C2} -> {E1} (certificate has expired)" in text
    assert plan_renewal(good_site(), E1, certificate(E1, ISSUING), at=AT).ended == ()


def test_what_is_down_already_is_told_before_the_steps() -> None:
    """Whoever works through a plan on a broken site has to know what was broken before."""
    plan = plan_renewal(break_site(make_site(2, 1, at=AT), "tunnel-ca-missing", at=AT), *renewed_edge(), at=AT)
    assert "Down already, before the first step: 2 x SSH tunnels (leg 3)." in plan.to_text(width=200)
    assert "Down already" not in plan_renewal(good_site(), E1, certificate(E1, ISSUING), at=AT).to_text(width=200)


def test_lists_that_are_not_ours_are_told_together() -> None:
    """Nine lines that differ in one name are not read in a maintenance window."""
    site = make_site(1, 1, clients=["Jabber", "Webex app"], other_zones=False, at=AT)
    leaf = FACTORY.leaf(NEW_ISSUING, E1, dns_names=site.expressway(E1).server_certificate.dns_names).certificate
    text = plan_renewal(site, E1, leaf, cas=NEW_CAS, at=AT).to_text(width=300)
    told = [line for line in text.splitlines() if line.startswith("Not ours to change")]
    why = "Not ours to change, or not given, and as far as known without the CA of a new certificate"
    assert told == [f"{why}: client's CA list of Jabber of example.com, Webex app of example.com."]


def renewed_edge() -> tuple[str, Certificate]:
    """Return the name of an Expressway-E of a made site, and the certificate that it has."""
    return E1, make_site(2, 1, at=AT).expressway(E1).server_certificate


def test_a_ca_that_nobody_has_is_missing() -> None:
    """Without the new CA certificates the plan says which one to get."""
    plan = plan_renewal(good_site(), E1, certificate(E1, NEW_ISSUING), at=AT)
    assert [one.name for one in plan.missing] == [NEW_ISSUING.certificate.subject]
    assert not plan.is_outage_free


def test_the_time_that_is_left_is_told() -> None:
    """The plan says when all new certificates hold, and when the first old one ends."""
    plan = plan_renewal(good_site(), E1, certificate(E1, ISSUING), at=AT)
    old = good_site().expressway(E1).server_certificate
    assert (plan.not_before, plan.finish_by) == (plan.steps[-1].changes[0].certificate.not_before, old.not_after)


def test_the_client_store_is_planned_beside_the_server_store() -> None:
    """On X15.5 both stores of a node are one step, with one restart."""
    deployment = good_site("X15.5")
    changes = [SetCertificate(node=C1, certificate=certificate(C1, RENEWED), store=one) for one in ("server", "client")]
    plan = plan_renewal(deployment, changes, cas=[RENEWED.certificate], at=AT)
    assert plan.is_outage_free
    assert plan.steps[-1].changes == tuple(changes)
    assert plan.after.expressway(C1).certificate("client") == changes[1].certificate


@pytest.mark.parametrize(
    ("renewed", "options", "error", "words"),
    [
        (
            "nobody.example.com",
            {"new_certificate": NEW},
            ValueError,
            "no Expressway, and no server behind one, is called",
        ),
        (E1, {}, TypeError, f"needs the new certificate of {E1}"),
        ({E1: NEW}, {"new_certificate": NEW}, TypeError, "bring theirs along"),
        ((), {}, ValueError, "no certificate to install"),
        ({E1: NEW}, {"store": "client"}, ValueError, "has no client store; there are server"),
        ([SetCertificate(node=E1, certificate=NEW)] * 2, {}, ValueError, "two certificates are for"),
        ([AddTrustedCa(node=E1, certificates=[NEW])], {}, TypeError, "SetCertificate changes, not AddTrustedCa"),
        ({E1: NEW.to_pem()}, {}, TypeError, "SetCertificate.certificate is Certificate, not str"),
        (E1, {"new_certificate": NEW, "cas": ["ca.pem"]}, TypeError, "cas takes Certificate values, not str"),
        (E1, {"new_certificate": NEW, "retire": [b""]}, TypeError, "retire takes Certificate values, not bytes"),
        (E1, {"new_certificate": NEW, "budget": 0}, ValueError, "one at least, not 0"),
        (E1, {"new_certificate": "no certificate"}, LoadError, "no certificate"),
    ],
)
def test_what_cannot_be_planned_is_refused(
    renewed: object, options: Mapping[str, object], error: type[Exception], words: str
) -> None:
    """Bad input is an error that says what is wrong with it."""
    with pytest.raises(error, match=words):
        plan_renewal(good_site(), renewed, at=AT, **options)


def test_a_plan_is_no_truth_value() -> None:
    """It could mean two things."""
    with pytest.raises(TypeError, match=r"ask plan.ok or plan.steps"):
        bool(plan_renewal(good_site(), E1, certificate(E1, ISSUING), at=AT))


def test_a_change_of_a_leg_says_what_it_was_and_is() -> None:
    """It prints its leg, both states and the reason."""
    plan = plan_renewal(loaded_on(E1), E1, certificate(E1, RENEWED), at=AT)
    change = next(one for one in plan.breaks if one.breaks)
    assert isinstance(change, LegChange)
    assert str(change).startswith(f"SSH tunnels (leg 3, port 2222) {C1} -> {E1}: up -> down: {C1} does not trust {E1}")
    assert not change.mends


@pytest.mark.parametrize("number", range(DRAWS))
def test_a_drawn_plan_is_what_it_says(number: int) -> None:
    """Each step's legs are those of an audit of the site as it is then, whatever is drawn; so is the way back."""
    drawn = drawn_renewal(number)
    plan = plan_renewal(drawn.deployment, drawn.installing, cas=drawn.cas, retire=drawn.retire, at=AT)
    before = out(audited(drawn.deployment).legs)
    deployment = drawn.deployment
    for step in plan.steps:
        deployment = deployment.apply(step.changes)
        report = audited(deployment)
        assert step.report.legs == report.legs
        assert out(step.down) == out(report.legs) - before
    assert deployment == plan.after
    assert {change for change in plan.changes if isinstance(change, SetCertificate)} == set(drawn.installing)
    assert plan.rollback[-1].report.legs == plan.before.legs
    assert_lists_come_first(plan)


def assert_lists_come_first(plan: Plan) -> None:
    """Hold that no certificate goes in before its CAs are in the lists of its own node."""
    seen: set[str] = set()
    for step in plan.steps:
        if step.kind is StepKind.INSTALL:
            seen.update(step.nodes)
        if step.kind is StepKind.TRUST:
            assert seen.isdisjoint(step.nodes)


@pytest.mark.parametrize("number", range(DRAWS, 2 * DRAWS))
def test_a_drawn_plan_of_a_small_site_is_among_the_best(number: int) -> None:
    """No order of its steps, audited one state at a time, has less outage; where it says so, it is the least."""
    drawn = drawn_renewal(number, small=True)
    plan = plan_renewal(drawn.deployment, drawn.installing, cas=drawn.cas, retire=drawn.retire, at=AT)
    assert plan.is_best
    assert plan.outage == least_outage(drawn.deployment, [step.changes for step in plan.steps])


@pytest.mark.parametrize("number", range(0, DRAWS, 3))
def test_states_are_those_of_the_pipeline(number: int) -> None:
    """For every choice of steps, what the planner has out by pairs of nodes is what an audit has out."""
    drawn = drawn_renewal(number)
    plan = plan_renewal(drawn.deployment, drawn.installing, cas=drawn.cas, retire=drawn.retire, at=AT)
    tasks = [Task(kind=step.kind, nodes=step.nodes, changes=step.changes) for step in plan.steps]
    states = States(drawn.deployment, tasks, AT)
    before = out(audited(drawn.deployment).legs)
    for done in range(0, states.everything + 1, 1 + states.everything // 12):
        chosen = [task for bit, task in enumerate(tasks) if done >> bit & 1]
        changed = drawn.deployment.apply(change for task in chosen for change in task.changes)
        legs = out(Pipeline(stages=LEG_STAGES).run(changed, at=AT).legs)
        assert states.outage(done) == len(legs - before)
