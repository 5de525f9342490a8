"""The tables of the facts, row by row: the worked cases of X15.5, and what OpenSSL says in each situation."""

import itertools
import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import attrs
import pytest
from leg_site import PUBLIC, PUBLIC_ROOT
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, ROOT, store

from expressway_certs import (
    Certificate,
    Deployment,
    Expressway,
    FarEnd,
    Purpose,
    Settings,
    State,
    TrustStore,
    Verdict,
    VerifyPolicy,
    Zone,
    ZoneKind,
    audit,
    check_mra,
    check_zone,
    verify,
)
from expressway_certs.testing import Issued

FACTS: Final = Path(__file__).parents[2] / "shared" / "facts"
WITH_FACTS: Final = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside this checkout")
SERVERS, BOTH = ("serverAuth",), ("serverAuth", "clientAuth")


@attrs.frozen(kw_only=True)
class Case:
    """A row: usages of the certificates of Expressway-C (client, server), the switch, and what must come of it."""

    row: str
    core_client: tuple[str, ...]
    core_server: tuple[str, ...]
    is_checked: tuple[bool, ...]
    zone: State
    tunnels: State


CASES: Final = (
    Case(row="| serverAuth only | serverAuth only | sA | sA | On | **Failed** | down |", core_client=SERVERS,
         core_server=SERVERS, is_checked=(True,), zone=State.DOWN, tunnels=State.DOWN),
    Case(row="| serverAuth only | serverAuth only | sA | sA | Off | **Active** | **down** |", core_client=SERVERS,
         core_server=SERVERS, is_checked=(False,), zone=State.UP, tunnels=State.DOWN),
    Case(row="| both (private CA) | sA only (public) | sA (copied) | sA (public) | On or Off |",
         core_client=BOTH, core_server=SERVERS, is_checked=(True, False), zone=State.UP, tunnels=State.UP),
    Case(row="| both | both (private) | sA (copied) | sA (public) |", core_client=BOTH,
         core_server=BOTH, is_checked=(True, False), zone=State.UP, tunnels=State.UP),
)  # fmt: skip
RUNS: Final = tuple((case, checked) for case in CASES for checked in case.is_checked)


def site(case: Case, *, checked: bool, far_end_checks: bool = True) -> Deployment:
    """Return the site of a row: Expressway-E has a public certificate for servers alone, in both of its stores."""

    def issue(issuer: Issued, name: str, usages: tuple[str, ...]) -> Certificate:
        return FACTORY.leaf(issuer, name, dns_names=(name, "example.com"), extended_key_usage=usages).certificate

    def node(name: str, role: str, server: Certificate, client: Certificate | None) -> Expressway:
        return Expressway(
            name=name,
            role=role,
            release="X15.5",
            server_certificate=server,
            client_certificate=client,
            trusted_ca=store(ROOT, ISSUING, PUBLIC_ROOT, PUBLIC, OTHER_ROOT),
            extended_key_usage_checking=checked,
        )

    core = node(
        "expc1.example.com",
        "C",
        issue(PUBLIC, "expc1.example.com", case.core_server),
        issue(ISSUING, "expc1.example.com", case.core_client),
    )
    edge = node("expe1.example.com", "E", issue(PUBLIC, "expe1.example.com", SERVERS), None)
    partner = FarEnd(
        name="sip.example.net",
        server_certificate=issue(OTHER_ROOT, "sip.example.net", BOTH),
        trusted_ca=store(PUBLIC_ROOT),
        checks_client_auth=far_end_checks,
    )
    business = Zone(name="B2B", kind=ZoneKind.DNS, nodes=[edge], far_ends=[partner], tls_verify=True)
    return Deployment(
        name="case", zones=[Zone(name="UC", core=[core], edge=[edge]), business], expressways=[core, edge]
    )


def states(deployment: Deployment) -> dict[str, State]:
    """Return the state of each leg between Expressway-C and Expressway-E."""
    return {one.leg.id: one.state for one in check_mra(deployment, at=AT).legs}


@pytest.mark.parametrize(("case", "checked"), RUNS, ids=lambda value: getattr(value, "row", str(value)))
def test_a_worked_case_of_x15_5(case: Case, checked: bool) -> None:
    """The zone is Failed or Active and the tunnels are down or up, as the row says (platform.md §7, T-225693)."""
    found = states(site(case, checked=checked))
    assert (found["2"], found["3"]) == (case.zone, case.tunnels)


@pytest.mark.parametrize("checked", [True, False])
def test_mra_works_with_a_client_certificate_of_a_private_ca(checked: bool) -> None:
    """The third row: nothing is found, but for what Expressway-E's own calls to others come to."""
    report = check_mra(site(CASES[2], checked=checked, far_end_checks=False), at=AT)
    assert report.findings == ()
    assert {one.state for one in report.legs} <= {State.UP, State.NOT_CHECKED}


@pytest.mark.parametrize(("checks", "state"), [(True, State.DOWN), (False, State.UP)])
def test_calls_to_others_need_a_far_end_that_looks_away(checks: bool, state: State) -> None:
    """The fourth row: mutual TLS from Expressway-E works where the far end asks for no client authentication."""
    assert states(site(CASES[3], checked=True, far_end_checks=checks))["13"] is state


def test_the_two_failures_are_told_apart() -> None:
    """With the check on, one finding has zone and tunnels; with it off, the tunnels have one of their own."""
    first = {checked: audit(site(CASES[0], checked=checked), at=AT).errors[0] for checked in (True, False)}
    rules = {checked: (one.rule, {leg.id for leg in one.legs}) for checked, one in first.items()}
    assert rules[True] == ("zone-certificate-refused", {"2", "3"})
    assert rules[False] == ("tunnel-certificate-refused", {"3"})


@WITH_FACTS
def test_every_worked_case_is_here() -> None:
    """The rows of the table are these, in their order."""
    text = (FACTS / "platform.md").read_text(encoding="utf-8")
    table = text[text.index("**Worked cases X15.5") : text.index("**Role per connection")]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "C client" not in line]
    assert [row.startswith(case.row) for row, case in itertools.zip_longest(rows, CASES)] == [True] * len(CASES)


# What OpenSSL says: mra.md E.

BARE: Final = {"subject_key_identifier": None, "authority_key_identifier": None}


def leaf(issuer: Issued, **options: object) -> Certificate:
    """Return a leaf under an issuer."""
    return FACTORY.leaf(issuer, "measured.example.com", **options).certificate


def namesakes(**options: object) -> tuple[Issued, Issued]:
    """Return two roots with one subject."""
    return FACTORY.root("Namesake CA", **options), FACTORY.root("Namesake CA", **options)


def twins(**options: object) -> tuple[Certificate, Certificate]:
    """Return two self-signed certificates with one subject."""
    name = "cucm.example.com"
    first, second = (FACTORY.self_signed(name, dns_names=(name,), **options).certificate for _ in range(2))
    return first, second


def ask(certificate: Certificate, *trust: Certificate, sent: tuple[Certificate, ...] = (), **policy: object) -> Verdict:
    """Return the verdict for a certificate, a list, and what was sent with it."""
    return verify(certificate, TrustStore(trust), sent, VerifyPolicy(at=AT, **policy))


ROOT_C, ISSUING_C = ROOT.certificate, ISSUING.certificate
GOOD: Final = leaf(ISSUING)
ITSELF: Final = FACTORY.self_signed("self.example.com").certificate
SERVERS_CA: Final = FACTORY.intermediate(ROOT, "Servers CA", extended_key_usage=SERVERS)
WITH_IDS, WITHOUT_IDS = namesakes(), namesakes(**BARE)
UNDER_IDS, UNDER_NONE = leaf(WITH_IDS[0]), leaf(WITHOUT_IDS[0], **BARE)
UNDER_ONE: Final = FACTORY.intermediate(WITH_IDS[0], "Under one of two")
TWINS_IDS, TWINS_NONE, TWINS_SKI = twins(), twins(**BARE), twins(authority_key_identifier=None)
CLIENT: Final = {"purpose": Purpose.CLIENT}
OLD: Final = leaf(ISSUING, not_after=AT - timedelta(hours=1))


def answers(*verdicts: Verdict) -> str:
    """Return verdicts as the table writes them."""
    return ", ".join("OK" if one.ok else f"{one.code} @ {one.depth}" for one in verdicts)


MEASURED: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("leaf", "nothing", "20 @ 0", answers(ask(GOOD))),
    ("leaf", "root only", "20 @ 0", answers(ask(GOOD, ROOT_C))),
    ("leaf", "intermediate only", "2 @ 1", answers(ask(GOOD, ISSUING_C))),
    ("leaf", "intermediate only, PARTIAL_CHAIN on", "OK", answers(ask(GOOD, ISSUING_C, partial_chain=True))),
    ("leaf+int", "nothing", "20 @ 1", answers(ask(GOOD, sent=(ISSUING_C,)))),
    ("leaf+int+root", "nothing", "19 @ 2", answers(ask(GOOD, sent=(ISSUING_C, ROOT_C)))),
    ("self-signed", "nothing", "18 @ 0", answers(ask(ITSELF))),
    ("self-signed", "itself", "OK", answers(ask(ITSELF, ITSELF))),
    ("leaf past notAfter", "full", "10 @ 0", answers(ask(OLD, ROOT_C, ISSUING_C))),
    ("leaf with EKU serverAuth only, checked as client", "full", "26 @ 0",
     answers(ask(leaf(ISSUING, extended_key_usage=SERVERS), ROOT_C, ISSUING_C, **CLIENT))),
    ("leaf with both EKUs under intermediate limited to serverAuth, checked as client", "full", "26 @ 1",
     answers(ask(leaf(SERVERS_CA), ROOT_C, SERVERS_CA.certificate, **CLIENT))),
    ("leaf; two roots with same subject, AKI/SKI present", "both orders", "OK, OK",
     answers(*(ask(UNDER_IDS, *(one.certificate for one in order)) for order in (WITH_IDS, WITH_IDS[::-1])))),
    ("leaf; two roots with same subject, no AKI/SKI", "wrong one first", "7 @ 0",
     answers(ask(UNDER_NONE, *(one.certificate for one in WITHOUT_IDS[::-1])))),
    ("leaf+int; only the wrong same-subject root", "that one", "20 @ 1",
     answers(ask(leaf(UNDER_ONE), WITH_IDS[1].certificate, sent=(UNDER_ONE.certificate,)))),
    ("two self-signed certs, same CN, both in store, each with SKI+AKI", "both", "OK, OK",
     answers(*(ask(one, *TWINS_IDS) for one in TWINS_IDS))),
    ("two self-signed certs, same CN, both in store, no key ids", "both", "OK, 18 @ 0",
     answers(*(ask(one, *TWINS_NONE) for one in TWINS_NONE))),
    ("two self-signed certs, same CN, both in store, SKI but no AKI", "both", "OK, 18 @ 0",
     answers(*(ask(one, *TWINS_SKI) for one in TWINS_SKI))),
)  # fmt: skip
"""A row: what is presented, what is in the store, what the table says, and what the judge says."""


@pytest.mark.parametrize(("presented", "trusted", "expected", "found"), MEASURED)
def test_a_measured_row(presented: str, trusted: str, expected: str, found: str) -> None:
    """The judge gives the number and the depth that OpenSSL 3.0 gave (mra.md E)."""
    assert found == expected


def on_a_leg(certificate: Certificate, trust: tuple[Certificate, ...], reading: str) -> tuple[Verdict, set[str]]:
    """Return the verdict of an Expressway-C on a server, by a reading of its list, and the rules that fire."""
    core = Expressway(name="expc1.example.com", role="C", trusted_ca=trust, settings=Settings(same_subject_cas=reading))
    far_end = FarEnd(name=certificate.common_name or "", server_certificate=certificate)
    zone = Zone(name="Partner", kind="Neighbor", nodes=[core], far_ends=[far_end], tls_verify=True)
    report = check_zone(zone, at=AT)
    found = next(one.verdict for one in report.legs[0].judgements if one.judge == core.name)
    return found, {one.rule for one in report.errors}


PAIRS: Final = [
    ("roots with key identifiers", UNDER_IDS, WITH_IDS, "OK", "OK"),
    ("roots with key identifiers, wrong one first", UNDER_IDS, WITH_IDS[::-1], "20 @ 0", "OK"),
    ("roots without key identifiers", UNDER_NONE, WITHOUT_IDS, "OK", "OK"),
    ("roots without key identifiers, wrong one first", UNDER_NONE, WITHOUT_IDS[::-1], "7 @ 0", "7 @ 0"),
    ("first twin with SKI and AKI", TWINS_IDS[0], TWINS_IDS, "OK", "OK"),
    ("second twin with SKI and AKI", TWINS_IDS[1], TWINS_IDS, "18 @ 0", "OK"),
    ("second twin without key identifiers", TWINS_NONE[1], TWINS_NONE, "18 @ 0", "18 @ 0"),
    ("second twin with SKI alone", TWINS_SKI[1], TWINS_SKI, "18 @ 0", "18 @ 0"),
]


@pytest.mark.parametrize(("case", "shown", "trust", "by_subject", "by_key"), PAIRS, ids=[one[0] for one in PAIRS])
def test_a_pair_of_one_subject_on_a_leg(
    case: str, shown: Certificate, trust: tuple[Issued | Certificate, ...], by_subject: str, by_key: str
) -> None:
    """The setting gives the guides' answer, the first alone, or the measured one; a finding says that it decided."""
    listed = TrustStore([one.certificate if isinstance(one, Issued) else one for one in trust])
    for reading, expected in (("first wins", by_subject), ("refused", by_subject), ("key identifiers decide", by_key)):
        verdict, rules = on_a_leg(shown, listed, reading)
        assert answers(verdict) == expected, reading
        assert rules == (set() if verdict.ok else {"ca-hidden-by-namesake"}), reading


def test_the_right_namesake_first_is_taken() -> None:
    """The other half of the row without key identifiers: with the right root first it is a yes."""
    assert ask(UNDER_NONE, *(one.certificate for one in WITHOUT_IDS)).ok


@WITH_FACTS
def test_every_measured_row_is_here() -> None:
    """The rows of mra.md E are these, with these answers."""
    text = (FACTS / "mra.md").read_text(encoding="utf-8")
    table = text[text.index("# E. MEASURED") :].replace("**", "")
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in table.splitlines() if line.startswith("| ")]
    assert [row[:2] for row in rows[1:]] == [list(row[:2]) for row in MEASURED]
    assert [normal(row[2]) for row in rows[1:]] == [row[2] for row in MEASURED]


def normal(result: str) -> str:
    """Return a result of the table without its words: "OK, 18 @ 0" of "first OK, second 18 @ 0"."""
    numbers = re.findall(r"\d+ @ \d|OK", result.partition("(right")[0].partition("certificate")[0])
    return ", ".join(numbers)


@pytest.mark.parametrize(
    ("release", "usages", "is_checked", "rule", "rests_on"),
    [
        ("X15.5", SERVERS, True, "zone-certificate-refused", ["core_client_auth_store='client'"]),
        ("X15.5", SERVERS, False, "tunnel-certificate-refused", ["core_client_auth_store='client'"]),
        ("X15.5", ("clientAuth",), False, "zone-certificate-refused", ["eku_checking_off='serverAuth if present'"]),
        ("X15.4", SERVERS, True, "zone-certificate-refused", []),
    ],
)
def test_a_usage_that_the_sources_disagree_about_is_told_of(
    release: str, usages: tuple[str, ...], is_checked: bool, rule: str, rests_on: list[str]
) -> None:
    """Which store of Expressway-C needs client authentication (§11 C6), and what the switch leaves (C5)."""
    shown = {
        name: FACTORY.leaf(ISSUING, name, dns_names=(name,), extended_key_usage=kinds).certificate
        for name, kinds in (("expc1.example.com", usages), ("expe1.example.com", BOTH))
    }
    core, edge = (
        Expressway(
            name=name, role=name[3].upper(), release=release, server_certificate=certificate,
            trusted_ca=store(ROOT, ISSUING), extended_key_usage_checking=is_checked,
        )
        for name, certificate in shown.items()
    )  # fmt: skip
    report = audit(Deployment(zones=[Zone(name="UC", core=[core], edge=[edge])]), at=AT)
    (found,) = [one for one in report.findings if one.rule == rule]
    assert [str(one).partition(" (")[0] for one in found.settings] == rests_on
