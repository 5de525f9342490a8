"""What passes between Expressway-C and the servers behind it, row by row of mra.md A2."""

import attrs
import pytest
from leg_site import PROFILE, issue, site, swapped, with_server
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, ROOT, store

from expressway_certs import AddTrustedCa, Deployment, Finding, State, UcKind, audit

C1, C2, CUCM, IMP = "expc1.example.com", "expc2.example.com", "cucm1.example.com", "imp1.example.com"


def told(whole: Deployment, rule: str) -> list[Finding]:
    """Return the findings of a rule."""
    return [one for one in audit(whole, at=AT).findings if one.rule == rule]


def states(whole: Deployment, *ids: str) -> set[State]:
    """Return what becomes of some legs."""
    return {one.state for one in audit(whole, at=AT).legs if one.leg.id in ids}


# Who does not trust whom, and what then fails.


@pytest.mark.parametrize(
    ("server", "fields", "begins", "product"),
    [
        (CUCM, {"tomcat_trust": store(OTHER_ROOT)}, "MRA logins and registrations fail", "tlsv1 alert unknown ca"),
        (CUCM, {"tomcat_trust": store(OTHER_ROOT), "sip_oauth": False}, "MRA logins fail", "tlsv1 alert unknown ca"),
        (IMP, {"cup_xmpp_trust": store(OTHER_ROOT)}, "Chat and presence over MRA fail", None),
    ],
)
def test_what_fails_goes_by_the_leg(server: str, fields: dict[str, object], begins: str, product: str | None) -> None:
    """And the product's words are those of that leg, where they are published (mra.md A4.1)."""
    (found,) = told(with_server(server, **fields), "uc-server-lacks-expressway-ca")
    certificate = site().expressway(C1).server_certificate
    assert found.message == f"{begins}: {server} lacks {certificate.issuer}, the CA of {C1} and {C2}"
    assert found.product_message == product


def test_a_list_that_judges_sip_alone_is_not_told_in_the_words_of_https() -> None:
    """Before X14.0.2 nobody asks for the certificate over HTTPS (mra.md A2.1)."""
    whole = with_server(CUCM, callmanager_trust=store(OTHER_ROOT))
    nodes = [attrs.evolve(whole.expressway(name), release="X14.0.1") for name in (C1, C2)]
    (found,) = told(swapped(whole, *nodes), "uc-server-lacks-expressway-ca")
    assert (found.message.split(":")[0], found.product_message) == ("MRA registrations fail", None)
    assert "mra.md A4.1: 225746" not in {one.key for one in found.sources}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"issuer": OTHER_ROOT},
            f"{C1} does not trust the tomcat certificate of {CUCM}: its list lacks O=Example, CN=Other Root CA",
        ),
        (None, f"{C1} does not trust the tomcat certificate of {CUCM}: it is self-signed, and not in its list"),
    ],
)
def test_which_certificate_is_not_trusted_and_what_is_lacking(options: dict[str, object] | None, says: str) -> None:
    """With the words of the traffic server, and its release as the source (mra.md A2.1 and A4.1)."""
    tomcat = issue(CUCM, **options) if options else FACTORY.self_signed(CUCM, dns_names=(CUCM,)).certificate
    whole = with_server(CUCM, tomcat=tomcat, presented_cas=[])
    nodes = [
        attrs.evolve(whole.expressway(C1), trusted_ca=whole.expressway(C1).trusted_ca.removing(OTHER_ROOT.certificate))
    ]
    (found,) = told(swapped(whole, *nodes), "uc-server-not-trusted")
    assert found.message == says
    assert found.product_message == f"Core server certificate verification failed for ({CUCM})"
    assert [one.key for one in found.sources] == ["mra.md A2.1: 218018", "mra.md A4.1: 218018", "mra.md A2.3: MRA-req"]


def test_the_ways_out_of_ecdsa_are_the_guide_s() -> None:
    """RSA first, ECDSA last or not at all in the cipher lists; for SIP a switch of its own (mra.md A2.1)."""
    own = FACTORY.self_signed("cucm1-EC.example.com", dns_names=(CUCM,)).certificate
    whole = with_server(CUCM, tomcat_ecdsa=own)
    nodes = [attrs.evolve(whole.expressway(name), ecdsa_first=True) for name in (C1, C2)]
    (found,) = told(swapped(whole, *nodes), "uc-server-shows-ecdsa")
    assert [step for step in found.remedy.steps if step.startswith("Or") and (C1 in step or "SIP" in step)] == [
        f"Or on {C1}: ECDHE-RSA-AES256-GCM-SHA384: first in the cipher lists, or :+ECDSA or :!ECDSA at their end",
        "Or, from X15.2 on, for SIP alone: xConfiguration SIP Advanced TlsSignatureAlgoPrefRsa: On",
    ]


# Names and usages.


@pytest.mark.parametrize(("names", "state"), [((PROFILE,), State.UP), ((), State.DOWN)])
def test_a_profile_name_has_to_be_an_alternative_name(names: tuple[str, ...], state: State) -> None:
    """Unified CM holds the common name against the name of the device, the others against the profile (mra.md A2.4)."""
    bare = FACTORY.leaf(ISSUING, PROFILE, dns_names=(C1, "expc.example.com", *names)).certificate
    whole = swapped(site(), attrs.evolve(site().expressway(C1), server_certificate=bare))
    found = {one.state for one in audit(whole, at=AT).legs if one.leg.id == "6e" and one.initiator == C1}
    assert found == {state}


@pytest.mark.parametrize("validates", [True, False])
def test_unified_cm_wants_a_server_whatever_it_validates(validates: bool) -> None:
    """The switch is about client authentication; where Unified CM calls, it wants a server (mra.md A3 6e)."""
    names = (C1, "expc.example.com", PROFILE)
    clients_alone = issue(*names, extended_key_usage=("clientAuth",))
    whole = with_server(CUCM, client_auth_validation=validates)
    whole = swapped(whole, attrs.evolve(whole.expressway(C1), server_certificate=clients_alone))
    found = {one.state for one in audit(whole, at=AT).legs if one.leg.id == "6e-back" and one.acceptor == C1}
    assert found == {State.DOWN}


def test_one_certificate_for_both_services_is_called_by_its_button() -> None:
    """Two self-signed certificates of one name are one certificate with Reuse Certificate (mra.md A2.3)."""
    pair = [FACTORY.self_signed(CUCM, dns_names=(CUCM,), authority_key_identifier=None).certificate for _ in range(2)]
    whole = with_server(CUCM, tomcat=pair[0], callmanager=pair[1], presented_cas=[])
    nodes = [
        attrs.evolve(whole.expressway(name), trusted_ca=whole.expressway(name).trusted_ca.adding(*pair))
        for name in (C1, C2)
    ]
    (found,) = told(swapped(whole, *nodes), "ca-hidden-by-namesake")
    assert "Reuse Certificate" in found.remedy.steps[-1]


def test_the_list_of_onboarding_has_the_product_s_name() -> None:
    """As the guide calls the page (mra.md A1.15)."""
    change = AddTrustedCa(
        node="expe1.example.com",
        certificates=[ROOT.certificate],
        store="Activation code onboarding trusted CA list",
    )
    assert change.steps == (
        f"On expe1.example.com: Activation code onboarding trusted CA certificates: {ROOT.certificate.subject}",
    )


def test_each_kind_of_server_is_on_the_site() -> None:
    """What these tests look at is there."""
    assert [one.kind for one in site().uc_servers] == list(UcKind)
