"""Upgrades: which legs change, in which order to go, what to replace, and where client authentication comes from."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Final

import attrs
import pytest
from forecasts import PUBLIC as PUBLIC_POLICY
from leg_site import NAMES, PUBLIC, PUBLIC_ROOT, site, swapped
from renewals import C1, C2, E1, E2, audited, certificate, out
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, ROOT, good_site, store, with_node

from expressway_certs import (
    CertificateNeed,
    Deployment,
    Readiness,
    Release,
    SetCertificate,
    Settings,
    State,
    StepKind,
    client_auth_sunset,
    plan_renewal,
    readiness,
)

SERVER_ONLY: Final = ("serverAuth",)


def public(name: str, *usages: str) -> object:
    """Return a public certificate for a node, for the usages."""
    names = (name, *NAMES["C" if name in {C1, C2} else "E"], "secure-ex90.example.com")
    return FACTORY.leaf(
        PUBLIC, name, dns_names=names, extended_key_usage=usages or SERVER_ONLY, policies=PUBLIC_POLICY
    ).certificate


def public_site(release: str = "X14.3", *usages: str) -> Deployment:
    """Return the site with public certificates on every Expressway, without zones to others."""
    whole = site(release)
    whole = attrs.evolve(whole, zones=[zone for zone in whole.zones if zone.kind.is_traversal])
    servers = [
        attrs.evolve(
            one,
            tomcat_trust=store(ROOT, ISSUING, PUBLIC_ROOT, PUBLIC),
            callmanager_trust=store(ROOT, ISSUING, PUBLIC_ROOT, PUBLIC),
            cup_xmpp_trust=store(ROOT, ISSUING, PUBLIC_ROOT, PUBLIC),
        )
        for one in whole.uc_servers
    ]
    whole = attrs.evolve(whole, uc_servers=servers)
    return swapped(whole, *(attrs.evolve(node, server_certificate=public(node.name, *usages)) for node in whole.nodes))


def wanted(needs: tuple[CertificateNeed, ...]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the usages that are asked of each certificate."""
    return {(one.node, one.store): tuple(name for name, _ in one.usages) for one in needs}


def test_the_recipe_for_public_certificates_for_servers_alone() -> None:
    """X14.3 to X15.5 (mra.md A5): a private certificate in the client store of Expressway-C, and nothing else."""
    found = readiness(public_site(), "X15.5", at=AT)
    assert [(one.node, one.store, one.lacking) for one in found.to_replace] == [
        (C1, "client", ("clientAuth",)),
        (C2, "client", ("clientAuth",)),
    ]
    assert wanted(found.needs) == {
        (C1, "server"): ("serverAuth",), (C1, "client"): ("clientAuth",),
        (C2, "server"): ("serverAuth",), (C2, "client"): ("clientAuth",),
        (E1, "server"): ("serverAuth",), (E1, "client"): (),
        (E2, "server"): ("serverAuth",), (E2, "client"): (),
    }  # fmt: skip
    assert {(one.node, one.store) for one in found.needs if one.is_shown_to_clients} == {(E1, "server"), (E2, "server")}


@pytest.mark.parametrize("is_checked", [True, False], ids=["checking on", "checking off"])
def test_the_recipe_works(is_checked: bool) -> None:
    """With it every leg is up, whatever the EKU checking mode; without, the tunnels are down in either mode."""
    upgraded = readiness(public_site(), "X15.5", at=AT).deployment
    for node in upgraded.nodes:
        upgraded = swapped(upgraded, attrs.evolve(node, extended_key_usage_checking=is_checked))
    states = {leg_id: {one.state for one in audited(upgraded).legs if one.leg.id == leg_id} for leg_id in ("2", "3")}
    assert states == {"2": {State.DOWN if is_checked else State.UP}, "3": {State.DOWN}}
    recipe = [SetCertificate(node=name, certificate=certificate(name, ISSUING), store="client") for name in (C1, C2)]
    plan = plan_renewal(upgraded, recipe, at=AT)
    assert {one.state for one in audited(plan.after).legs} == {State.UP}
    assert plan.ok


def test_the_upgrade_copies_the_certificate() -> None:
    """The new client store holds what the server store held, and stays when that is replaced (platform.md §7)."""
    upgraded = readiness(public_site(), "X15.5", at=AT).deployment
    old = upgraded.expressway(C1).server_certificate
    new = SetCertificate(node=C1, certificate=certificate(C1, ISSUING))
    assert upgraded.expressway(C1).client_certificate == old
    assert upgraded.apply([new]).expressway(C1).certificate("client") == old


def test_an_upgrade_within_the_stores_copies_nothing() -> None:
    """A client certificate of X15.5 stays what it is."""
    own = certificate(C1, ISSUING)
    node = attrs.evolve(good_site("X15.5").expressway(C1), client_certificate=own)
    found = readiness(with_node(good_site("X15.5"), node), "X15.6", at=AT)
    assert found.deployment.expressway(C1).client_certificate == own


def test_what_breaks_with_an_upgrade_is_told_before_it() -> None:
    """Log in fails after an upgrade: from X14.0.2 on Unified CM has to trust the CA of Expressway-C (mra.md A2.1)."""
    deployment = good_site("X12.5")
    server = attrs.evolve(deployment.uc_servers[0], tomcat_trust=store(OTHER_ROOT), callmanager_trust=store(OTHER_ROOT))
    found = readiness(attrs.evolve(deployment, uc_servers=[server]), "X14.2", at=AT)
    assert {(one.leg.id, one.leg.initiator, one.after) for one in found.breaks} == {
        ("6c", C1, State.DOWN), ("6c", C2, State.DOWN)
    }  # fmt: skip
    assert not found.ok
    assert found.to_replace == ()
    assert any("presents Expressway-C's certificate" in str(one) for one in found.differences)


def test_what_an_upgrade_mends_is_told_too() -> None:
    """X15.4 no longer asks client authentication of Expressway-E in a SERVICE message (platform.md §7)."""
    deployment = good_site("X15.3")
    for name in (E1, E2):
        new = certificate(name, ISSUING, extended_key_usage=SERVER_ONLY)
        deployment = with_node(deployment, attrs.evolve(deployment.expressway(name), server_certificate=new))
    found = readiness(deployment, "X15.4", at=AT)
    assert "5" in {one.leg.id for one in found.mends}
    assert found.breaks == ()


def test_a_certificate_that_breaks_an_upgrade_is_replaced_before_it() -> None:
    """With Unified CM validating clients, the one that presents nothing before X14.0.2 needs client authentication."""
    deployment = good_site("X12.5")
    server = attrs.evolve(deployment.uc_servers[0], client_auth_validation=True)
    new = certificate(C1, ISSUING, extended_key_usage=SERVER_ONLY)
    deployment = with_node(
        attrs.evolve(deployment, uc_servers=[server]),
        attrs.evolve(deployment.expressway(C1), server_certificate=new),
    )
    found = readiness(deployment, "X14.2", at=AT)
    assert [(one.node, one.store, one.lacking) for one in found.replace_before] == [(C1, "server", ("clientAuth",))]
    assert "replace it before the upgrade, for it lacks clientAuth" in found.to_text(width=200)


@pytest.mark.parametrize("number", range(6))
def test_the_order_of_an_upgrade_is_among_the_best(number: int) -> None:
    """No order of the peers has less outage, each state audited."""
    releases = ("X12.5", "X14.0", "X14.3", "X15.3", "X12.5", "X15.4")
    deployment = public_site(releases[number], *(("serverAuth", "clientAuth") if number % 2 else ()))
    found = readiness(deployment, "X15.5", at=AT)
    before = out(audited(deployment).legs)
    known: dict[frozenset[str], int] = {}

    def outage(names: tuple[str, ...]) -> int:
        done = frozenset(names)
        if done not in known:
            changed = readiness(deployment, "X15.5", nodes=names, at=AT).after
            known[done] = len(out(changed.legs) - before)
        return known[done]

    orders = permutations(node.name for node in deployment.nodes)
    assert found.is_best
    assert found.outage == min(sum(outage(order[: end + 1]) for end in range(4)) for order in orders)
    assert [step.kind for step in found.steps] == [StepKind.UPGRADE] * 4
    assert out(found.steps[-1].report.legs) == out(found.after.legs)


def test_expressway_e_goes_first_among_equals() -> None:
    """Where the order does not matter, it is Expressway-E first: our own choice."""
    found = readiness(good_site(), "X14.3", at=AT)
    assert [step.nodes for step in found.steps] == [(E1,), (E2,), (C1,), (C2,)]
    assert found.steps[0].words == (f"On {E1}: upgrade to X14.3",)
    assert found.ok


def test_who_is_left_behind_is_told() -> None:
    """Expressway-C and Expressway-E should run the same release (FN74362)."""
    found = readiness(good_site(), "X15.5", nodes=[E1, E2], at=AT)
    assert found.left_behind == (C1, C2)
    assert f"on another one stay: {C1}, {C2}." in found.to_text(width=200)
    assert [str(node.release) for node in found.deployment.nodes] == ["X14.2", "X14.2", "X15.5", "X15.5"]


@pytest.mark.parametrize(
    ("release", "nodes", "words"),
    [
        ("X14.2", None, "no Expressway here is older than X14.2"),
        ("X14.2", [C1], f"{C1} runs X14.2 already"),
        ("X15.5", ["nobody.example.com"], "no Expressway is called nobody"),
        ("X15.5", [], "no Expressway here is older"),
        ("fifteen", None, "is no Expressway release"),
    ],
)
def test_an_upgrade_that_is_none_is_refused(release: str, nodes: list[str] | None, words: str) -> None:
    """Nothing to upgrade, a node that is not there, and what is no release."""
    with pytest.raises(ValueError, match=words):
        readiness(good_site(), release, nodes=nodes, at=AT)


def test_one_string_is_no_nodes() -> None:
    """A name alone would be taken for its letters."""
    with pytest.raises(TypeError, match="nodes are several names"):
        readiness(good_site(), "X15.5", nodes=C1, at=AT)


@pytest.mark.parametrize(("release", "is_told"), [("X16.1", True), ("X15.5", False)])
def test_a_release_that_is_not_known_is_told(release: str, *, is_told: bool) -> None:
    """A newer release may judge in another way: the text says as what it was judged."""
    text = readiness(good_site(), release, at=AT).to_text(width=200)
    assert ("X16.1 is not known here: it is judged as X15.5." in text) is is_told


def test_the_sunset_says_who_needs_client_authentication() -> None:
    """On X14.3 every Expressway does, on X15.5 Expressway-C alone: on which legs, and for how long it is safe."""
    before = client_auth_sunset(public_site("X14.3", "serverAuth", "clientAuth"), at=AT)
    assert [(one.need.node, one.need.store, one.has_it) for one in before.needs] == [
        (name, "server", True) for name in (C1, C2, E1, E2)
    ]
    after = client_auth_sunset(public_site("X15.5", "serverAuth", "clientAuth"), at=AT)
    assert [(one.need.node, one.need.store) for one in after.needs] == [(C1, "client"), (C2, "client")]
    first = after.needs[0]
    assert {leg.id for leg in first.legs} == {"2", "3", "6c", "6e", "6f"}
    assert first.safe_until == public(C1, "serverAuth", "clientAuth").not_after
    assert first.need.is_public
    assert after.lacking == ()
    assert {(one.node, one.store) for one in after.without} == {
        (C1, "server"), (C2, "server"), (E1, "server"), (E1, "client"), (E2, "server"), (E2, "client")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("at", "side", "until"),
    [
        (AT, "2027-03", "2027-03-15"),
        (AT, "2026-06", "2027-03-01"),
        (datetime(2027, 3, 2, tzinfo=UTC), "2027-03", "2027-03-15"),
        (datetime(2027, 3, 15, tzinfo=UTC), "2027-03", None),
        (datetime(2026, 6, 14, tzinfo=UTC), "2026-06", "2027-03-01"),
    ],
)
def test_the_sources_dry_up(at: datetime, side: str, until: str | None) -> None:
    """Who still issues it depends on the day, and on the side about Chrome's policy; a private CA always does."""
    node = attrs.evolve(good_site().expressway(C1), settings=Settings(client_auth_sunset=side))
    need = client_auth_sunset(with_node(good_site(), node), at=at).needs[0]
    assert need.need.node == C1
    assert (need.public_until and f"{need.public_until:%Y-%m-%d}") == until
    assert need.sources[0].name == "a private CA"
    assert need.setting.value == side


def test_the_texts_say_what_to_do() -> None:
    """The report names the certificates to replace, who does without, and where it comes from."""
    found = readiness(public_site(), "X15.5", at=AT)
    text = found.to_text(width=200)
    assert f"{C1}, client store: clientAuth; replace it, for it lacks clientAuth" in text
    assert "A certificate for servers alone, of a public CA, will do for: expc1.example.com (server)" in text
    assert "a private CA: no end is known (as of 2026-06-01)" in text
    assert str(found.client_auth).startswith("Client authentication for whole site, as of 2026-11-24 12:00:00 UTC")
    assert isinstance(found, Readiness)
    assert found.release == Release("X15.5")


def test_neither_is_a_truth_value() -> None:
    """It could mean two things."""
    for one in (readiness(good_site(), "X14.3", at=AT), client_auth_sunset(good_site(), at=AT)):
        with pytest.raises(TypeError, match="is not a truth value"):
            bool(one)
