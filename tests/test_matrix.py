"""The legs as a matrix, and what the product would log and raise for them."""

import re
from typing import Final

import attrs
import pytest
from leg_faults import C1, C2, CUCM, E1, E2, LEG_FAULTS
from leg_site import ADDRESSES, OTHER_ROOT, PUBLIC, PUBLIC_ROOT, issue, site, swapped, with_server
from report_samples import HARMLESS, hostile_leaf, leg_result
from sites import AT, ROOT, store

from expressway_certs import Matrix, State, audit, check_mra
from expressway_certs.matrix import matrix_of
from expressway_certs.show.text import render

TUNNELS_DOWN: Final = audit(LEG_FAULTS["tunnel-ca-missing"][0](), at=AT)
ZONE_DOWN: Final = audit(LEG_FAULTS["zone-peer-address-not-in-certificate"][0](), at=AT)


def test_a_cell_is_a_leg_between_two_nodes() -> None:
    """In whichever direction it is asked for, and None where there is none."""
    matrix: Matrix = ZONE_DOWN.matrix()
    assert matrix.state("2", C1, E1) is State.DOWN
    assert matrix.state("2", E1, C1) is State.DOWN
    assert matrix.state("5", C1, E1) is State.NOT_REACHED
    assert matrix.state("3", C1, E1) is State.UP
    assert matrix.state("6a", C1, E1) is None
    assert matrix.state("2", C1, CUCM) is None


def test_every_leg_has_its_cell() -> None:
    """The matrix holds each result of the report once."""
    blocks = TUNNELS_DOWN.matrix().blocks
    cells = [one for block in blocks for row in block.rows for one in row.legs]
    assert sorted(cells, key=id) == sorted(TUNNELS_DOWN.legs, key=id)
    assert all(leg.leg.id in block.leg_ids for block in blocks for row in block.rows for leg in row.legs)


def test_a_row_is_a_pair_of_nodes() -> None:
    """What Expressway-E and Unified CM open stands in the row of what they answer."""
    blocks = {block.title: block for block in TUNNELS_DOWN.matrix().blocks}
    assert blocks["Expressway-C to Expressway-E"].leg_ids == ("2", "3", "4", "5")
    assert len(blocks["Expressway-C to Expressway-E"].rows) == 4
    assert "6e-back" in blocks["Expressway-C to Unified CM"].leg_ids
    assert len(blocks["Expressway-C to Unified CM"].rows) == 2


def test_the_worst_of_several_is_shown() -> None:
    """Two zones between one pair share a cell."""
    shared = matrix_of([leg_result("2", State.UP), leg_result("2", State.DOWN), leg_result("2", State.WARNS)])
    assert shared.blocks[0].rows[0].state("2") is State.DOWN
    assert shared.blocks[0].rows[0].state("3") is None


def test_it_prints_as_text() -> None:
    """A table for each kind of pair, and what its columns are."""
    lines = str(TUNNELS_DOWN.matrix()).splitlines()
    assert re.split(r"\s{2,}", lines[0]) == ["Expressway-C to Expressway-E", "2", "3", "4", "5"]
    assert re.split(r"\s{2,}", lines[1]) == [f"{C1} -> {E1}", "up", "down", "up", "up"]
    assert lines[5] == "2: traversal zone, 3: SSH tunnels, 4: XCP routing, 5: SIP SERVICE body"
    pairs = sum(len(one.rows) for one in TUNNELS_DOWN.matrix().blocks)
    assert repr(TUNNELS_DOWN.matrix()) == f"<Matrix of {pairs} pairs of nodes>"


def test_it_says_why_a_leg_is_not_checked() -> None:
    """Each reason once for a leg, below the tables."""
    whole = attrs.evolve(site(), dns=None)
    lines = str(check_mra(whole, at=AT).matrix()).splitlines()
    assert [line for line in lines if "not checked:" in line] == ["leg 4 not checked: DNS is not given"]


def test_it_is_a_table_in_a_notebook() -> None:
    """Every pair has a row, every state its reason, and nothing that a name says becomes HTML."""
    html = TUNNELS_DOWN.matrix()._repr_html_()
    assert html.count("<table") == len(TUNNELS_DOWN.matrix().blocks)
    assert f'<th scope="rowgroup" colspan="5">{C1}</th></tr><tr><th scope="row">→ {E1}</th>' in html
    assert '<th scope="col"><span class="leg">3</span> SSH tunnels</th>' in html
    assert f'class="down" title="{C1} does not trust {E1}: unable to get local issuer certificate">down</td>' in html
    assert "<p>No legs.</p>" in matrix_of(())._repr_html_()
    evil = leg_result("2", State.DOWN, "<script>alert(1)</script>")
    assert "<script>" not in matrix_of([evil])._repr_html_()


def test_hostile_names_are_harmless() -> None:
    """What a name says never reaches the terminal as a command."""
    name = hostile_leaf().certificate.common_name
    text = str(matrix_of([leg_result("2", State.DOWN, name)]))
    assert "\x1b" not in text
    html = matrix_of([leg_result("2", State.DOWN, name)])._repr_html_()
    assert HARMLESS in html
    assert "\x1b" not in html


def test_a_long_report_shows_the_matrix() -> None:
    """One line for each leg would be too long; the reasons of what was not checked stand below."""
    text = render(TUNNELS_DOWN)
    assert f"  {C1} -> {E1}  " in text
    assert "Expressway-C to Expressway-E" in text
    assert "leg  connection" not in text


def symptoms(rule: str, leg_id: str) -> set[tuple[str, str | None, int | None, str]]:
    """Return what nodes show on a leg of the site with a fault."""
    legs = [one for one in audit(LEG_FAULTS[rule][0](), at=AT).legs if one.leg.id == leg_id]
    return {(one.node, one.event, one.alarm, one.text) for leg in legs for one in leg.symptoms}


CORE_REFUSES: Final = (
    f"Core server certificate verification failed for ({CUCM}). Action=Terminate Error=self signed certificate "
    f"server={CUCM} depth=0"
)
VERIFY_CB: Final = "SdlSSLTCPListener::verify_cb pre-verified=0,cert verification errno= 19 ,depth=2"
UNKNOWN_CA: Final = "SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca"
NO_EDGE_DOMAIN: Final = (
    "Edge domain 'example.com' and corresponding SRVName '_collab-edge._tls.example.com' "
    "not found in certificate SAN list"
)
OUTBOUND, INBOUND = "Outbound TLS Negotiation Error", "Inbound TLS Negotiation Error"
IDENTITY: Final = "Peer's TLS certificate identity was unacceptable"


@pytest.mark.parametrize(
    ("rule", "leg_id", "expected"),
    [
        ("zone-peer-address-not-in-certificate", "2", {(name, OUTBOUND, None, IDENTITY) for name in (C1, C2)}),
        ("zone-verify-name-not-in-certificate", "2", {(name, INBOUND, None, IDENTITY) for name in (E1, E2)}),
        ("tunnel-ca-missing", "3", {(n, None, 35013, "Unified Communications SSH tunnel failure") for n in (C1, C2)}),
        ("tunnel-certificate-refused", "3", {(C1, None, 35013, "Unified Communications SSH tunnel failure")}),
        ("forward-record-missing", "3", {(C2, None, 35013, "Unified Communications SSH tunnel failure")}),
        ("reverse-record-missing", "4", {
            (name, None, alarm, text) for name in (C1, C2) for alarm, text in (
                (25030, "Reverse DNS Lookup failed"),
                (None, "caught exception: exception in reverseDNSLookup: reverse DNS lookup failed for address="
                       + ADDRESSES[E1]),
            )
        }),
        ("xcp-name-not-in-certificate", "4", {
            (name, None, alarm, text) for name in (C1, C2)
            for alarm, text in ((25031, "Certificate verification failed"), (None, "additional info: Invalid Hostname"))
        }),
        ("uc-server-name-not-in-certificate", "6a", {
            (name, None, None, text) for name in (C1, C2)
            for text in (f"SNI ({CUCM}) not in certificate. Action=Terminate", "HTTP/1.1 502 connect failed")
        }),
        ("uc-server-not-trusted", "6a", {
            (name, None, None, text) for name in (C1, C2)
            for text in (
                "HTTP/1.1 502 connect failed",
                CORE_REFUSES,
            )
        }),
        ("uc-server-lacks-expressway-ca", "6c", {
            (name, None, None, f"SSL connection failed for '{name}': {UNKNOWN_CA}")
            for name in (C1, C2)
        }),
        ("phone-profile-not-in-certificate", "6e", {
            (CUCM, None, None,
             "validTLSConnection:TLS InvalidX509NameInCertificate Error , did not find matching SAN either"),
            *((name, None, None, "Failed to establish SSL connection") for name in (C1, C2)),
        }),
        ("cluster-name-leads-elsewhere", "10", {(C1, None, None, "Certificate: Invalid")}),
        ("tunnel-ca-missing", "2", set()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_the_product_shows(rule: str, leg_id: str, expected: set[tuple[str, str | None, int | None, str]]) -> None:
    """The event, the alarm and the words of each node, as the facts quote them."""
    assert symptoms(rule, leg_id) == expected


def test_a_refused_chain_is_seen_on_both_sides() -> None:
    """The side that judges has OpenSSL's old words, the other an alert (platform.md §4.5)."""
    found = symptoms("zone-ca-not-trusted", "2")
    assert (C1, OUTBOUND, None, "self signed certificate in certificate chain") in found
    assert (E1, INBOUND, None, "sslv3 alert certificate unknown") in found


@pytest.mark.parametrize(
    ("client", "texts"),
    [
        ("Jabber of example.com", ["Verification of identity: 'example.com' failed."]),
        ("TC/CE room system of example.com", [
            NO_EDGE_DOMAIN,
        ]),
        ("78xx/88xx phone of example.com", []),
    ],
)  # fmt: skip
def test_each_client_has_its_own_words(client: str, texts: list[str]) -> None:
    """Jabber's log, the room system's, and nothing for a phone, whose words are not published."""
    legs = audit(LEG_FAULTS["service-domain-not-in-certificate"][0](), at=AT).legs
    found = [one for one in legs if (one.leg.id, one.initiator, one.acceptor) == ("1a", client, E1)]
    assert [one.text for one in found[0].symptoms] == texts


def of_clients(**fields: object) -> dict[str, list[str]]:
    """Return what clients without the root show on each of their legs to a certificate of Expressway-E."""
    certificate = issue(E1, issuer=PUBLIC, **fields)
    whole = swapped(site(), attrs.evolve(site().expressway(E1), server_certificate=certificate))
    clients = [attrs.evolve(one, trusted_ca=store(ROOT)) for one in site().clients]
    legs = audit(attrs.evolve(whole, clients=clients), at=AT).legs
    found = [one for one in legs if one.acceptor == E1 and one.leg.id in {"1a", "1b", "1c"}]
    return {f"{one.leg.id} {one.initiator}": [symptom.text for symptom in one.symptoms] for one in found}


def test_a_client_without_the_ca_says_so_on_each_leg_in_its_way() -> None:
    """HTTPS and XMPP have words of their own, SIP has none that are published (mra.md A4.5)."""
    shown = of_clients()
    names = [f"Verification of identity: '{name}' failed." for name in ("example.com",)]
    both = ["Verification result : FAILURE reason : [CN_NO_MATCH UNKNOWN]"]
    assert shown["1a Jabber of example.com"] == ["CERTIFICATE_VALIDATION_ERROR", *names, *both]
    assert shown["1b Jabber of example.com"] == [*names, *both]
    xmpp = ["@XmppSDK: #0, TLS handshake failed!", "LERR_JABBER_CERT <15>: Certificate Failure"]
    assert shown["1c Jabber of example.com"] == [*xmpp, *names, *both]
    self_signed = "SSL certificate problem: self signed certificate in certificate chain"
    assert shown["1a TC/CE room system of example.com"][0] == self_signed


def test_a_chain_that_is_refused_leaves_no_name_to_look_for() -> None:
    """The traffic server looks at names after that, and not at all where it has ended (mra.md A2.2)."""
    stranger = issue("x.example.com", issuer=OTHER_ROOT)
    nodes = [attrs.evolve(site().expressway(name), trusted_ca=store(ROOT, PUBLIC_ROOT, PUBLIC)) for name in (C1, C2)]
    legs = audit(swapped(with_server(CUCM, tomcat=stranger, presented_cas=[]), *nodes), at=AT).legs
    texts = [symptom.text for one in legs if (one.leg.id, one.initiator) == ("6a", C1) for symptom in one.symptoms]
    assert [one for one in texts if one.startswith("SNI")] == []
    assert len([one for one in texts if one.startswith("Core server certificate verification failed")]) == 1


@pytest.mark.parametrize(
    ("rule", "leg_id", "expected"),
    [
        ("uc-server-lacks-expressway-ca", "6f", {(CUCM, "Unknown CA"), (CUCM, VERIFY_CB)}),
        ("uc-server-not-trusted", "6f", {
            (name, text) for name in (C1, C2) for text in ("Unknown CA", "self signed certificate")
        }),
        ("phone-profile-not-in-certificate", "6e-back", {
            (CUCM, "validTLSConnection:TLS InvalidX509NameInCertificate Error , did not find matching SAN either"),
            (C1, "Failed to establish SSL connection"), (C2, "Failed to establish SSL connection"),
        }),
    ],
)  # fmt: skip
def test_sip_to_unified_cm_ends_in_these_words(rule: str, leg_id: str, expected: set[tuple[str, str]]) -> None:
    """The alert with SIP OAuth, and what Expressway-C says for want of a profile name (mra.md A4.3)."""
    assert {(node, text) for node, _, _, text in symptoms(rule, leg_id)} == expected


def test_a_leg_that_is_up_shows_nothing() -> None:
    """No symptom without a fault; and they are part of the JSON."""
    assert [one.symptoms for one in audit(site(), at=AT).legs if one.symptoms] == []
    told = [one["symptoms"] for one in ZONE_DOWN.to_dict()["legs"] if one["symptoms"]]
    assert told[0][0]["event"] == OUTBOUND
