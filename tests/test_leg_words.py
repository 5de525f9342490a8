"""What each rule about legs says of its fault, word for word; key identifiers stand as dots."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import attrs
import pytest
from leg_faults import C1, C2, E1, E2, LEG_FAULTS, phone_edge_trust, recertified, without_record
from leg_site import ADDRESSES, DNS, PUBLIC, PUBLIC_ROOT, changed, site, swapped, with_clients
from sites import AT, FACTORY, ISSUING, ROOT, store

from expressway_certs import (
    AddTrustedCa,
    Client,
    ClientFamily,
    Deployment,
    Dns,
    Finding,
    RequestCertificate,
    audit,
)
from expressway_certs.testing import Issued, break_site, make_site

WORDS: Final[dict[str, dict[str, object]]] = json.loads(
    (Path(__file__).parent / "leg_words.json").read_text(encoding="utf-8")
)


def masked(text: str | None) -> str | None:
    """Return a text without key identifiers."""
    return None if text is None else re.sub(r"key identifier [0-9a-f:]+", "key identifier ...", text)


def words(rule: str) -> dict[str, object]:
    """Return the words of the first finding that a rule's fault gives."""
    found = audit(LEG_FAULTS[rule][0](), at=AT).findings[0]
    return {
        "severity": found.severity.value,
        "message": masked(found.message),
        "product": found.product_message,
        "alarm": found.alarm,
        "expected": masked(found.expected),
        "found": masked(found.found),
        "extension": found.evidence.extension,
        "steps": [masked(step) for step in found.remedy.steps],
        "sources": [str(source) for source in found.sources],
    }


@pytest.mark.parametrize("rule", LEG_FAULTS)
def test_a_fault_is_told_in_these_words(rule: str) -> None:
    """The message, the product's words, what was expected and found, every step and every source."""
    assert words(rule) == WORDS[rule]


def test_the_words_are_of_the_rules_that_there_are() -> None:
    """A rule that is gone leaves no words."""
    assert WORDS.keys() == LEG_FAULTS.keys()


def found(deployment: Deployment, rule: str) -> list[Finding]:
    """Return the findings of a rule."""
    return [one for one in audit(deployment, at=AT).findings if one.rule == rule]


@pytest.mark.parametrize(
    ("names", "common_name", "stars"),
    [
        (("*.example.com", E1, "expe.example.com", "example.com"), E1, "*.example.com"),
        ((E1, "expe.example.com", "example.com"), "*.example.com", "*.example.com"),
        ((E1, "expe.example.com", "example.com"), E1, None),
    ],
)
def test_a_wildcard_counts_in_either_name(names: tuple[str, ...], common_name: str, stars: str | None) -> None:
    """In the common name as in the alternative names."""
    certificate = FACTORY.leaf(PUBLIC, common_name, dns_names=names).certificate
    told = found(changed(E1, server_certificate=certificate), "certificate-has-wildcard")
    assert [one.found for one in told] == ([stars] if stars else [])


def test_a_wildcard_in_the_client_store_is_told_of_with_its_page() -> None:
    """From X15.5 on there are two certificates to look at, and each once."""
    wild = FACTORY.leaf(PUBLIC, E1, dns_names=(E1, "*.example.com", "expe.example.com")).certificate
    told = found(changed(E1, "X15.5", client_certificate=wild), "certificate-has-wildcard")
    assert [one.remedy.steps[1].split(" > ")[2] for one in told] == ["Client certificate"]
    both = found(changed(E1, "X15.5", server_certificate=wild), "certificate-has-wildcard")
    assert len(both) == 1


@pytest.mark.parametrize(
    ("forward", "reverse", "address", "rules"),
    [
        (True, True, True, set()), (False, True, True, {"forward-record-missing"}),
        (True, False, True, {"reverse-record-missing"}), (True, False, False, {"reverse-record-missing"}),
        (False, False, False, {"forward-record-missing"}),
        (False, False, True, {"forward-record-missing", "reverse-record-missing"}),
    ],
)  # fmt: skip
def test_which_record_is_missing(forward: bool, reverse: bool, address: bool, rules: set[str]) -> None:
    """Without a forward record and an address there is nothing to ask for the reverse one."""
    names = {name: one for name, one in ADDRESSES.items() if forward or name != C2}
    back = {one: name for name, one in ADDRESSES.items() if reverse or name != C2}
    node = site().expressway(C2) if address else attrs.evolve(site().expressway(C2), address=None)
    whole = attrs.evolve(swapped(site(), node), dns=Dns(forward=names, reverse=back))
    told = {one.rule for one in audit(whole, at=AT).findings if one.rule.endswith("record-missing")}
    assert told == rules


def test_a_record_is_asked_of_every_node_of_a_uc_zone() -> None:
    """Without any record each node is told of, once."""
    whole = attrs.evolve(site(), dns=Dns())
    assert [one.node for one in found(whole, "forward-record-missing")] == [C1, C2, E1, E2]
    alarms = {one.node: one.alarm for one in found(whole, "reverse-record-missing")}
    assert alarms == {C1: 35013, C2: 35013, E1: 25030, E2: 25030}
    assert Dns() != DNS


@pytest.mark.parametrize(
    ("client", "where"),
    [
        (Client(service_domain="example.com", trusted_ca=store(ROOT)), "CA list of the operating system"),
        (Client(service_domain="example.com", family=ClientFamily.PHONE, trusted_ca=store(ROOT)), "built-in CA list"),
        (Client(service_domain="example.com", family=ClientFamily.ROOM_SYSTEM, trusted_ca=store(ROOT)), "CA list"),
        (
            Client(service_domain="example.com", family=ClientFamily.PHONE, phone_edge_trust=store(ROOT)),
            "Phone-Edge-trust",
        ),
    ],
)
def test_a_client_s_list_is_named(client: Client, where: str) -> None:
    """What the list is called on that kind of client stands in the steps."""
    told = found(with_clients(client), "client-distrusts-edge")
    assert f"the {where} of {client.name}" in " ".join(told[0].remedy.steps)


def test_a_phone_without_a_list_of_ours_needs_another_ca() -> None:
    """Nothing can be put into its built-in list, so the request says which CAs will not do."""
    phone = Client(service_domain="example.com", family=ClientFamily.PHONE, trusted_ca=store(ROOT))
    (told,) = found(with_clients(phone), "client-distrusts-edge")
    subjects = tuple(one.certificate.subject for one in (PUBLIC, PUBLIC_ROOT))
    assert [(one.node, one.not_from) for one in told.remedy.changes] == [(E1, subjects), (E2, subjects)]


def test_phone_edge_trust_is_looked_at_where_sip_oauth_is_used() -> None:
    """Without SIP OAuth nobody asks it for the tomcat certificate; with the root in it all is well."""
    whole = phone_edge_trust()
    without = [attrs.evolve(one, sip_oauth=False) for one in whole.uc_servers]
    assert found(attrs.evolve(whole, uc_servers=without), "phone-edge-trust-lacks-tomcat") == []
    phone = attrs.evolve(whole.clients[0], phone_edge_trust=whole.clients[0].phone_edge_trust.adding(ROOT.certificate))
    assert found(attrs.evolve(whole, clients=[phone]), "phone-edge-trust-lacks-tomcat") == []


@pytest.mark.parametrize(
    ("rule", "listed", "asked", "above"),
    [
        ("client-distrusts-edge", ROOT, (E1, "server"), (PUBLIC, PUBLIC_ROOT)),
        ("phone-edge-trust-lacks-tomcat", PUBLIC_ROOT, ("cucm1.example.com", "tomcat"), (ISSUING, ROOT)),
    ],
)
def test_a_full_phone_edge_trust_takes_nothing_more(
    rule: str, listed: Issued, asked: tuple[str, str], above: tuple[Issued, ...]
) -> None:
    """With 15 entries the remedy adds the CA, with 16 it asks for a certificate of a CA in there (mra.md A1.17)."""
    others = [FACTORY.self_signed(f"CA {number}") for number in range(15)]
    remedies = {}
    for count in (14, 15):
        phone = Client(
            service_domain="example.com", family=ClientFamily.PHONE, phone_edge_trust=store(listed, *others[:count])
        )
        remedies[count + 1] = found(with_clients(phone), rule)[0].remedy
    (added,) = remedies[15].changes
    assert added == AddTrustedCa(node=phone.name, certificates=[above[-1].certificate], store="Phone-Edge-trust")
    request = remedies[16].changes[0]
    assert isinstance(request, RequestCertificate)
    assert ((request.node, request.store), request.not_from) == (asked, tuple(one.certificate.subject for one in above))
    assert phone.name in dict(request.trusted_by)
    words = f"The Phone-Edge-trust of {phone.name} holds at most 16: use a CA in there, or delete one of them."
    assert remedies[16].steps[0] == words


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"not_after": AT + timedelta(days=824)}, []),
        ({"not_after": AT + timedelta(days=824, hours=1)}, ["a life of 825 days at most"]),
        ({"extended_key_usage": None}, ["server authentication"]),
        ({"not_before": AT.replace(year=2019, month=6, day=30), "not_after": AT + timedelta(days=30)}, []),
    ],
)
def test_what_ios_asks(options: dict[str, object], expected: list[str]) -> None:
    """A limit is a limit: 825 days are taken, and one hour more is not; what is older than the rule is let be."""
    assert [one.expected for one in found(recertified(E1, **options), "ios-refuses-certificate")] == expected


def test_a_reverse_record_of_another_name_is_told_once() -> None:
    """For all peers of Expressway-C together."""
    told = found(without_record("reverse", ADDRESSES[E1], "inside.example.com"), "xcp-name-not-in-certificate")
    assert [(one.node, len(one.legs)) for one in told] == [(E1, 2)]


def test_a_peer_address_that_is_the_common_name_is_not_called_lacking() -> None:
    """It is a question on which the sources disagree, and the words say how the name stands (platform.md §11 C1)."""
    bare = FACTORY.leaf(PUBLIC, E1, dns_names=("expe.example.com", "example.com")).certificate
    told = found(changed(E1, server_certificate=bare), "zone-peer-address-not-in-certificate")
    assert [one.message for one in told] == [f"zone UC: {E1}, which it calls, is the common name alone of {E1}"]


def test_a_common_name_of_webex_warns_as_its_leg_does() -> None:
    """The finding is as bad as the state of the leg."""
    bare = FACTORY.leaf(PUBLIC, "sip.example.net", dns_names=("x.example.net",)).certificate
    hosts = [attrs.evolve(one, server_certificate=bare) for one in site().webex_services]
    told = found(attrs.evolve(site(), webex_services=hosts), "webex-certificate-refused")
    assert [one.severity.value for one in told] == ["warning"]


def test_an_administrator_is_asked_for_by_the_name_of_the_certificate() -> None:
    """The label of the model is no host, so it stands neither as common name nor as DNS name in the request."""
    whole = break_site(make_site(1, 1, at=AT), "administration-certificate-refused", at=AT)
    (told,) = found(whole, "administration-certificate-refused")
    (asked,) = told.remedy.changes
    assert isinstance(asked, RequestCertificate)
    assert (asked.node, asked.common_name, asked.names) == ("other administrator", "Other Administrator", ())
