"""Forecasts: what goes down when, whether audits at other instants say the same, and by when to act."""

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final

import attrs
import pytest
from forecasts import C1, E1, PUBLIC, crl, drawn_site
from sites import AT, FACTORY, ISSUING, OTHER_ROOT, ROOT, good_site, store, with_node

from expressway_certs import (
    Certificate,
    Client,
    Deployment,
    Forecast,
    PolicyDate,
    Report,
    Settings,
    Severity,
    State,
    Upload,
    Zone,
    audit,
    forecast,
    make_request,
)
from expressway_certs.product.provenance import Source

SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)
SITES: Final = 10
INSTANTS: Final = 50


def seen(report: Report) -> tuple[object, ...]:
    """Return the state of each leg, and the rules of the errors with their nodes."""
    legs = [(one.leg.id, one.initiator, one.acceptor, one.state) for one in report.legs]
    return legs, sorted((one.rule, one.nodes) for one in report.errors)


def ending(name: str, at: datetime, **options: object) -> Deployment:
    """Return the good site with a certificate of one node that ends at an instant."""
    node = good_site().expressway(name)
    names = node.server_certificate.dns_names
    leaf = FACTORY.leaf(ISSUING, name, dns_names=names, not_after=at, **options).certificate
    return with_node(good_site(), attrs.evolve(node, server_certificate=leaf))


@cache
def drawn_forecast(number: int) -> Forecast:
    """Return the forecast of a drawn site, made once."""
    return forecast(drawn_site(number), at=AT)


@pytest.mark.parametrize("number", range(SITES))
def test_a_forecast_says_what_audits_say(number: int) -> None:
    """At 50 random instants on each of ten drawn sites, the forecast has the legs and errors of an audit then."""
    deployment = drawn_site(number)
    found = drawn_forecast(number)
    rng = random.Random(number)
    seconds = int((found.until - AT).total_seconds())
    for instant in [AT + rng.randint(0, seconds) * SECOND for _ in range(INSTANTS)]:
        assert seen(found.report_at(instant)) == seen(audit(deployment, at=instant)), instant


@pytest.mark.parametrize("number", range(SITES // 2))
def test_an_event_is_where_the_change_is(number: int) -> None:
    """A second before each event the audit is still that of the one before, and at it its own."""
    deployment = drawn_site(number)
    found = drawn_forecast(number)
    reports = [found.report, *(event.report for event in found.events)]
    for event, before in zip(found.events, reports, strict=False):
        assert seen(audit(deployment, at=event.at - SECOND)) == seen(before)
        assert seen(audit(deployment, at=event.at)) == seen(event.report)
    assert len(found.events) > 5


def test_the_draws_are_of_all_kinds() -> None:
    """Among the drawn events are legs that go down and come up, CRLs, OCSP answers, cross-signs and milestones."""
    events = [event for number in range(SITES) for event in drawn_forecast(number).events]
    assert any(event.breaks for event in events)
    assert any(event.mends for event in events)
    causes = " ".join(cause for event in events for cause in event.causes)
    for word in ("a CRL of", "out of date", "an OCSP response", "Old Root CA ends", "begins to hold", "in 21 days"):
        assert word in causes
    rules = {one.rule for event in events for one in (*event.begun, *event.ended)}
    assert {"upload-expires-soon", "ca-list-expired", "upload-chain-broken"} <= rules


def test_a_milestone_is_an_event_where_a_finding_rests_on_it() -> None:
    """When the first public CAs leave client authentication out, a request to one is warned of (platform.md §7)."""
    deployment = public_site()
    node = deployment.expressway(E1)
    deployment = with_node(deployment, attrs.evolve(node, pending_request=make_request(node).request))
    found = forecast(deployment, at=datetime(2025, 9, 1, tzinfo=UTC), until=datetime(2025, 10, 2, tzinfo=UTC))
    (event,) = found.events
    assert event.at == datetime(2025, 10, 1, tzinfo=UTC)
    assert event.causes == ("DigiCert, Sectigo and SSL.com leave clientAuth out by default",)
    assert [(one.rule, one.severity) for one in event.begun] == [("request-to-a-public-ca", Severity.WARNING)]
    assert event.act_by is None


def test_a_certificate_ends_at_its_last_instant() -> None:
    """OpenSSL takes it as expired at notAfter itself, and so does the event."""
    end = AT + 40 * DAY
    event, *_ = forecast(ending(E1, end), at=AT).events
    assert event.at == end
    assert {one.leg.id for one in event.breaks} == {"2", "3", "4", "5"}
    assert event.causes == (f"the certificate O=Example, CN={E1} ends",)


def test_what_goes_down_is_told_with_the_day_to_act() -> None:
    """The lead time is taken off the instant at which the first leg goes down."""
    end = AT + 40 * DAY
    found = forecast(ending(E1, end), at=AT, lead_time=timedelta(days=14))
    assert found.events[0].act_by == end - 14 * DAY
    assert found.act_by == end - 14 * DAY
    assert found.overdue == ()
    late = forecast(ending(E1, end), at=AT, lead_time=timedelta(days=60))
    assert late.overdue == late.events[:1]


def test_what_comes_up_by_itself_needs_no_acting() -> None:
    """A certificate that begins to hold mends its legs, and there is no day to act by."""
    start = AT + 3 * DAY
    found = forecast(ending(E1, AT + 300 * DAY, not_before=start), at=AT)
    assert (found.events[0].at, found.events[0].act_by) == (start, None)
    assert {one.leg.id for one in found.events[0].mends} == {"2", "3", "4", "5"}
    assert not found.events[0].breaks


def test_a_cross_sign_that_ends_is_seen() -> None:
    """A client that knows the old root alone stops trusting when the cross-certificate ends (mra.md C10, AddTrust)."""
    crossed = FACTORY.intermediate(OTHER_ROOT, "Good Issuing CA", key=ISSUING.key, not_after=AT + 60 * DAY)
    deployment = good_site()
    for node in deployment.nodes:
        trusted = (OTHER_ROOT.certificate, crossed.certificate, *node.trusted_ca.removing(ISSUING.certificate))
        deployment = with_node(deployment, attrs.evolve(node, trusted_ca=trusted))
    deployment = attrs.evolve(deployment, clients=[Client(service_domain="example.com", trusted_ca=store(OTHER_ROOT))])
    event, *_ = forecast(deployment, at=AT).events
    assert event.at == AT + 60 * DAY
    assert {(one.leg.id, one.after) for one in event.legs if one.leg.id == "1a"} == {("1a", State.WARNS)}


def test_a_crl_that_is_out_of_date_takes_its_ca_down() -> None:
    """Every certificate of a CA counts as revoked once its CRL is over (platform.md §2)."""
    end = AT + 5 * DAY
    zone = good_site().zones[0]
    lists = [crl(ISSUING, AT - DAY, end), crl(ROOT, AT - DAY, AT + 90 * DAY)]
    core = attrs.evolve(zone.core[0], revocation_checking=True, crls=lists)
    deployment = Deployment(name="one zone", zones=[Zone(name="Zone", core=[core], edge=[zone.edge[0]])])
    event, *_ = forecast(deployment, at=AT).events
    assert event.at == end
    assert "2" in {one.leg.id for one in event.breaks}
    assert event.causes == (f"the CRL of {ISSUING.certificate.subject} is out of date",)


def test_a_file_that_waits_is_watched_too() -> None:
    """Three weeks before its end the page's alarm would come: an event, though no leg changes."""
    leaf = FACTORY.leaf(ISSUING, E1, dns_names=(E1, "example.com"), not_after=AT + 50 * DAY)
    deployment = attrs.evolve(good_site(), uploads=[Upload(file=leaf.pem.encode(), node=E1)])
    found = forecast(deployment, at=AT, until=AT + 45 * DAY)
    assert [(event.at, [one.rule for one in event.begun]) for event in found.events] == [
        (AT + 29 * DAY, ["upload-expires-soon"])
    ]
    assert found.events[0].act_by is None


def test_lists_that_nobody_looks_at_are_no_events() -> None:
    """A CA that no path goes through may end when it likes, and is not even audited at."""
    other = FACTORY.root("Unused Root CA", not_after=AT + 9 * DAY)
    node = good_site().expressway(E1)
    deployment = with_node(good_site(), attrs.evolve(node, trusted_ca=node.trusted_ca.adding(other.certificate)))
    assert [event.at for event in forecast(deployment, at=AT).events] == [
        event.at for event in forecast(good_site(), at=AT).events
    ]


def public_site(side: str = "2027-03") -> Deployment:
    """Return the good site with a public certificate on Expressway-E."""
    deployment = ending(E1, AT + 300 * DAY, policies=PUBLIC)
    node = deployment.expressway(E1)
    return with_node(deployment, attrs.evolve(node, settings=Settings(client_auth_sunset=side)))


def test_the_calendar_is_for_public_certificates() -> None:
    """The dates of public CAs stand in the forecast of a site with a public certificate, with their day."""
    found = forecast(public_site(), at=AT)
    days = ["2027-02-10", "2027-03-01", "2027-03-15", "2027-03-15", "2029-03-15"]
    assert [(f"{one.since:%Y-%m-%d}", one.as_of) for one in found.calendar] == [(day, date(2026, 6, 1)) for day in days]
    assert ["100 days" in one.what for one in found.calendar] == [False, False, True, False, False]
    stops = "stops issuing clientAuth, even where it is asked for"
    assert [one.what for one in found.calendar[:2]] == [f"Sectigo {stops}", f"DigiCert {stops}"]
    assert [(one.source.key, one.source.confidence) for one in found.calendar[:2]] == [
        ("mra.md A5: comparecheapssl", "field")
    ] * 2
    assert forecast(good_site(), at=AT).calendar == ()
    assert forecast(public_site(), at=AT, until=AT + DAY).calendar == ()


def test_the_calendar_takes_the_side_of_the_site() -> None:
    """Where the sources disagree about Chrome's date, the node's setting decides (platform.md §11 C10)."""
    early = datetime(2026, 6, 1, tzinfo=UTC)
    dates = [
        {f"{one.since:%Y-%m-%d}" for one in forecast(public_site(side), at=early, until=AT + 300 * DAY).calendar}
        for side in ("2026-06", "2027-03")
    ]
    both = {"2027-02-10", "2027-03-01", "2027-03-15"}
    assert dates == [{"2026-06-15", *both}, both]


def test_a_calendar_of_ones_own() -> None:
    """The dates have moved before; another calendar is taken in place of the library's."""
    mine = PolicyDate(since=AT + DAY, what="our CA stops", source=Source("our CA", "field"), as_of=date(2026, 11, 1))
    found = forecast(public_site(), at=AT, calendar=[mine])
    assert found.calendar == (mine,)
    assert "2026-11-25: our CA stops (as of 2026-11-01)" in str(found)


def test_the_end_of_a_forecast() -> None:
    """It looks no further than it is told."""
    deployment = ending(E1, AT + 40 * DAY)
    assert forecast(deployment, at=AT, until=AT + 40 * DAY - SECOND).events == ()
    assert len(forecast(deployment, at=AT, until=AT + 40 * DAY).events) == 1


def test_an_instant_outside_is_refused() -> None:
    """Nothing is said of the time before and after."""
    found = forecast(good_site(), at=AT, until=AT + DAY)
    assert found.report_at(AT) == found.report
    for instant in (AT - SECOND, AT + DAY + SECOND):
        with pytest.raises(ValueError, match="is not within"):
            found.report_at(instant)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"until": AT - DAY}, "is before"),
        ({"lead_time": -DAY}, "the lead time is not negative"),
        ({"lead_time": timedelta.max}, "the lead time is longer than there have been years"),
        ({"until": AT.replace(tzinfo=None)}, "has no time zone"),
    ],
)
def test_bad_bounds_are_refused(options: dict[str, object], words: str) -> None:
    """An end before the beginning, and a lead time below nothing."""
    with pytest.raises(ValueError, match=words):
        forecast(good_site(), at=AT, **options)


def test_a_lead_time_is_a_timedelta() -> None:
    """A number of days, say, is refused with words."""
    with pytest.raises(TypeError, match="the lead time is a timedelta, not int"):
        forecast(good_site(), at=AT, lead_time=30)


def test_a_calendar_has_policy_dates() -> None:
    """A date alone, say, is refused with words."""
    with pytest.raises(TypeError, match="a calendar has PolicyDate values, not date"):
        forecast(good_site(), at=AT, calendar=[date(2027, 1, 1)])


def test_an_error_with_one_reason_more_goes_on_in_the_text() -> None:
    """Where the CA ends after its leaf, the error is the same in words: it goes on, and is told once."""
    found = forecast(ending(C1, AT + 40 * DAY), at=AT)
    text = found.to_text(width=300)
    last = text.rpartition("\n\n")[2]
    assert "CN=Good Root CA ends" in last
    words = f"{C1} refuses the certificate of {E1}: certificate has expired"
    told = [line.strip() for line in last.splitlines() if words in line]
    assert told == [f"- error goes on, for one reason more or another: {words}"]


def test_a_forecast_prints() -> None:
    """It says what ends, which legs go down, and by when to act."""
    found = forecast(ending(C1, AT + 40 * DAY), at=AT, lead_time=60 * DAY)
    text = found.to_text(width=200)
    assert "Forecast for good site, from 2026-11-24 12:00:00 UTC" in text
    assert f"2027-01-03 12:00:00 UTC: the certificate O=Example, CN={C1} ends" in text
    assert f"SSH tunnels (leg 3) up -> down: {C1} -> {E1}" in text
    assert "Act by 2026-11-04, which is past." in text
    assert isinstance(found, Forecast)


def test_many_causes_are_cut_in_the_text() -> None:
    """What ends at one instant is told of five at most, and counted."""
    names = [f"expc{number}.example.com" for number in range(1, 8)]
    nodes = [attrs.evolve(good_site().expressway(C1), name=name, server_certificate=renamed(name)) for name in names]
    edge = good_site().zones[0].edge
    deployment = Deployment(name="many", zones=[Zone(name=n.name, core=[n], edge=edge) for n in nodes])
    found = forecast(deployment, at=AT, until=AT + 10 * DAY)
    assert len(found.events[0].causes) == 7
    assert "; and 2 more" in found.to_text(width=500)


def renamed(name: str) -> Certificate:
    """Return a certificate for another peer of Expressway-C, that ends soon."""
    return FACTORY.leaf(ISSUING, name, dns_names=(name,), not_after=AT + 9 * DAY).certificate


def test_a_forecast_is_no_truth_value() -> None:
    """It could mean two things."""
    with pytest.raises(TypeError, match=r"ask forecast.events"):
        bool(forecast(good_site(), at=AT))
