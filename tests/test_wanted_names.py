"""Which names a node's certificate needs in its deployment, and how they may be spelt there."""

from typing import Final

import attrs
import pytest
from sites import CLUSTER, FACTORY, ISSUING, good_site

from expressway_certs import Deployment, Expressway, SetPeerAddress, Settings
from expressway_certs.product.fqdn import is_fqdn
from expressway_certs.product.names import NameUse, wanted_names
from expressway_certs.x509 import der, extensions
from expressway_certs.x509.alternative_names import AlternativeName, names_in, read_names

SRV: Final = der.oid("1.3.6.1.5.5.7.8.7")


def full_site(release: str = "X14.2") -> Deployment:
    """Return the good site with every service that asks for names."""
    return attrs.evolve(
        good_site(release),
        mra_domains=["example.net"],
        xmpp_domains=["chat.example.com"],
        chat_node_aliases=["conference.example.com"],
        phone_security_profiles=["profile.example.com"],
    )


def listed(node_name: str, site: Deployment) -> list[tuple[str, str, str, bool]]:
    """Return the wanted names of a node as (use, name, store, required)."""
    wanted = wanted_names(site.expressway(node_name), site)
    return [(one.use.name, one.name, one.store, one.required) for one in wanted]


def test_the_names_of_expressway_e() -> None:
    """Its FQDN, the address it is called by, the domains, and the aliases (platform.md §3)."""
    assert listed("expe1.example.com", full_site()) == [
        ("OWN_FQDN", "expe1.example.com", "server", True),
        ("PEER_ADDRESS", "expe1.example.com", "server", True),
        ("SERVICE_DOMAIN", "example.net", "server", True),
        ("SERVICE_DOMAIN", "example.com", "server", True),
        ("XMPP_DOMAIN", "chat.example.com", "server", True),
        ("CHAT_NODE_ALIAS", "conference.example.com", "server", True),
    ]


def test_the_names_of_expressway_c() -> None:
    """Its cluster, what Expressway-E asks for, the aliases and the profiles; its own FQDN is recommended."""
    assert listed("expc1.example.com", full_site()) == [
        ("OWN_FQDN", "expc1.example.com", "server", False),
        ("CLUSTER", CLUSTER, "server", True),
        ("VERIFY_NAME", CLUSTER, "server", True),
        ("CHAT_NODE_ALIAS", "conference.example.com", "server", True),
        ("PHONE_SECURITY_PROFILE", "profile.example.com", "server", True),
    ]


@pytest.mark.parametrize(
    ("node", "sources"),
    [
        (
            "expe1.example.com",
            {
                "OWN_FQDN": "mra.md A1.12: 118798, ADM-uc",
                "CLUSTER": "platform.md §3: CG155-about",
                "PEER_ADDRESS": "platform.md §4.1: AG155-uc",
                "SERVICE_DOMAIN": "mra.md A1.3: WBX, 221624",
                "XMPP_DOMAIN": "platform.md §3: CG155-uc",
                "CHAT_NODE_ALIAS": "platform.md §3: CG155-uc",
            },
        ),
        (
            "expc1.example.com",
            {
                "OWN_FQDN": "platform.md §3: CG155-about",
                "CLUSTER": "platform.md §3: CG155-uc",
                "VERIFY_NAME": "platform.md §4.1: AG155-uc",
                "CHAT_NODE_ALIAS": "platform.md §3: CG155-uc",
                "PHONE_SECURITY_PROFILE": "platform.md §3: CG155-uc",
            },
        ),
    ],
)
def test_each_name_has_its_source(node: str, sources: dict[str, str]) -> None:
    """The row that says who looks for the name, or recommends it."""
    site = full_site()
    changed = attrs.evolve(site.expressway(node), cluster_name="cluster.example.com")
    assert {one.use.name: one.source.key for one in wanted_names(changed, site)} == sources


@pytest.mark.parametrize(
    ("side", "stores"), [("both", ["server", "client"]), ("server", ["server"]), ("client", ["client"])]
)
def test_from_x15_5_what_others_check_is_in_the_client_store(side: str, stores: list[str]) -> None:
    """The TLS verify subject name moves to the client store, the profile names as the setting says (§11 C11)."""
    site = full_site("X15.5")
    core = attrs.evolve(site.expressway("expc1.example.com"), settings=Settings(profile_names_store=side))
    wanted = wanted_names(core, site)
    assert [one.store for one in wanted if one.use is NameUse.VERIFY_NAME] == ["client"]
    profiles = [one for one in wanted if one.use is NameUse.PHONE_SECURITY_PROFILE]
    assert [one.store for one in profiles] == stores
    assert [[str(choice.value) for choice in one.settings] for one in profiles] == [[side]] * len(stores)
    keys = {"server": "platform.md §3: CG155-uc", "client": "platform.md §7: T-225693"}
    assert [one.source.key for one in profiles] == [keys[store] for store in stores]


def test_before_x15_5_nothing_rests_on_the_setting() -> None:
    """There is one store, so no question is open."""
    site = full_site("X15.4")
    assert [one.settings for one in wanted_names(site.expressway("expc1.example.com"), site) if one.settings] == []


def test_without_a_deployment_a_node_needs_its_own_names() -> None:
    """Its FQDN, and for a clustered one the cluster's: recommended on Expressway-E, required on Expressway-C."""
    edge = Expressway(name="expe1.example.com", role="E", cluster_name="expe.example.com")
    assert [(one.name, one.required) for one in wanted_names(edge)] == [
        ("expe1.example.com", True), ("expe.example.com", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spelling", "found"),
    [
        (AlternativeName("DNS", "example.com"), True),
        (AlternativeName("DNS", "COLLAB-EDGE.example.com"), True),
        (AlternativeName("SRV", "_collab-edge._tls.example.com"), True),
        (AlternativeName("DNS", "_collab-edge._tls.example.com"), False),
        (AlternativeName("DNS", "www.example.com"), False),
        (AlternativeName("URI", "example.com"), False),
    ],
)
def test_a_service_domain_has_three_spellings(spelling: AlternativeName, found: bool) -> None:
    """The domain, collab-edge. before it, or the SRV name, whatever the case; nothing else (mra.md A1.4, A1.5)."""
    site = good_site()
    wanted = wanted_names(site.expressway("expe1.example.com"), site)
    domain = next(one for one in wanted if one.use is NameUse.SERVICE_DOMAIN)
    assert domain.is_in([AlternativeName("DNS", "other.example.com"), spelling]) is found


def test_an_alias_may_be_an_xmpp_address() -> None:
    """The page offers DNS and XMPPAddress for it; a federated domain has to be DNS."""
    site = full_site()
    wanted = {one.use: one for one in wanted_names(site.expressway("expe1.example.com"), site)}
    assert wanted[NameUse.CHAT_NODE_ALIAS].is_in([AlternativeName("XMPP", "conference.example.com")])
    assert not wanted[NameUse.XMPP_DOMAIN].is_in([AlternativeName("XMPP", "chat.example.com")])


def test_an_ip_address_of_a_zone_is_told_apart() -> None:
    """A peer that is called by its address wants that address, not a DNS name of the same text."""
    site = good_site().apply([SetPeerAddress(zone="Zone", node="expe1.example.com", address="192.0.2.7")])
    wanted = wanted_names(site.expressway("expe1.example.com"), site)
    assert [(one.name, str(one.spellings[0]), one.zone) for one in wanted if one.is_address] == [
        ("192.0.2.7", "IP:192.0.2.7", "Zone")
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("expe1.example.com", True), ("a.b", True), ("1.2.example.com", True), ("x-1.example.x2", True),
        ("expe1", False), ("", False), ("192.0.2.1", False), ("expe1.example.2x", False), ("-a.example.com", False),
        ("a-.example.com", False), ("exp_e1.example.com", False), ("a..example.com", False), ("example.com.", False),
        ("*.example.com", False), ("bücher.example.com", False), (f"{'a' * 63}.com", True), (f"{'a' * 64}.com", False),
        (".".join(["a" * 49] * 5) + ".com", True), (".".join(["a" * 49] * 5) + ".comm", False), ("a.com\n", False),
    ],
)  # fmt: skip
def test_what_an_fqdn_is(name: str, expected: bool) -> None:
    """Labels of letters, digits and hyphens, no hyphen at an end, the last one with a letter first (platform.md §3)."""
    assert is_fqdn(name) is expected


def test_names_are_read_from_a_certificate() -> None:
    """Each alternative name with its kind, in order."""
    issued = FACTORY.leaf(
        ISSUING,
        "names",
        dns_names=("expe1.example.com",),
        ip_addresses=("192.0.2.1", "2001:db8::1"),
        uris=("https://x.example",),
    )
    assert [str(name) for name in names_in(issued.certificate)] == [
        "DNS:expe1.example.com", "IP:192.0.2.1", "IP:2001:db8::1", "URI:https://x.example",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (extensions.GeneralName(extensions.OTHER_NAME, b"\x16\x02ab", SRV), "SRV:ab"),
        (extensions.GeneralName(extensions.OTHER_NAME, b"\x0c\x02ab", der.oid("1.3.6.1.5.5.7.8.5")), "XMPP:ab"),
        (extensions.GeneralName(extensions.OTHER_NAME, b"\x0c\x02ab", der.oid("1.2.3")), "other:0c:02:61:62"),
        (extensions.GeneralName(extensions.OTHER_NAME, b"\x16", SRV), "other:16"),
        (extensions.GeneralName(extensions.OTHER_NAME, b"", SRV), "other:"),
        (extensions.GeneralName(extensions.EMAIL, b"a@example.com"), "email:a@example.com"),
        (extensions.GeneralName(extensions.REGISTERED_ID, b"\x2a"), "other:2a"),
        (extensions.GeneralName(extensions.IP, b"\x01"), "IP:01"),
    ],
)
def test_general_names_read_as_text(name: extensions.GeneralName, expected: str) -> None:
    """Known kinds as text, others and broken ones as octets; nothing is refused."""
    assert [str(one) for one in read_names([name])] == [expected]
