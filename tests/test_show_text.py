"""A report as text: complete, in order, as wide as asked, and with colour only where it is wanted."""

import io
import re
import unicodedata

import attrs
import pytest
from report_samples import AT, CORE, EDGE, HARMLESS, clean_report, finding, hostile_leaf, leg_ref, leg_result, report

from expressway_certs.report import Report
from expressway_certs.rules.finding import Effect, Evidence, Outcome, OutcomeKind, Remedy, Severity
from expressway_certs.rules.judging import State
from expressway_certs.show.legs import leg_order
from expressway_certs.show.text import print_report, render

ESCAPE = "\x1b"


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


@pytest.fixture(autouse=True)
def usual_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment of a plain terminal."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def rows(text: str, label: str) -> list[str]:
    """Return the lines that begin with a label, and those below it that belong to it, without the label."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.startswith(label):
            inside = True
            found.append(line[len(label) :].strip())
        elif inside and line.startswith(" " * 12):
            found.append(line.strip())
        else:
            inside = False
    return found


def test_a_finding_says_everything() -> None:
    """What, where, on which node, which certificate, why, the product's words, what to do, and who says so."""
    one = finding("zone-ca-not-trusted", Severity.ERROR, "2")
    assert one.certificate is not None
    text = render(report(one), width=200)
    assert f"1. ERROR  {CORE} does not trust {EDGE} (zone-ca-not-trusted)" in text.splitlines()
    assert rows(text, "rule") == ["zone-ca-not-trusted"]
    assert rows(text, "where") == [f"leg 2, traversal zone, port 7001: {CORE} -> {EDGE}"]
    assert rows(text, "node") == [CORE]
    assert rows(text, "certificate") == [
        f"{EDGE} (leaf, valid until 2027-11-24 12:00 UTC, sha256 {one.certificate.sha256[:16]})"
    ]
    assert rows(text, "OpenSSL") == ["error 18 at depth 0: self-signed certificate"]
    assert rows(text, "why") == [one.explanation]
    assert rows(text, "page") == ["refuses the file"]
    assert rows(text, "product says") == ["TLS negotiation error"]
    assert rows(text, "alarm") == ["40068"]
    assert rows(text, "remedy") == [
        f"1. On {CORE}: Maintenance > Security > Trusted CA certificate",
        f"2. Restart {CORE}: Maintenance > Restart",
    ]
    assert rows(text, "source") == ["platform.md §4.1 (documented)", "mra.md A3 2 (inferred)"]


def test_a_finding_says_no_more_than_it_knows() -> None:
    """Without a verdict it says what was wanted and what was there; without those, certificate or words, nothing."""
    some = attrs.evolve(finding("some"), evidence=Evidence(expected="a PEM certificate", found="a request"))
    none = attrs.evolve(
        finding("none"), evidence=Evidence(), product_message=None, effect=None, alarm=None, settings=(), sources=()
    )
    labels = [
        re.findall(r"^(product says|[a-z]+)(?=  | TLS)", render(report(one, legs=())), re.MULTILINE)
        for one in (some, none)
    ]
    assert labels == [
        ["rule", "node", "expected", "found", "page", "product says", "alarm", "remedy", "setting", "source"],
        ["rule", "node", "remedy"],
    ]


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (Effect.REFUSED, ["words that are not published; those above are ours"]),
        (Effect.WARNS, ["words that are not published; those above are ours"]),
        (Effect.LATER, []),
        (None, []),
    ],
)
def test_words_that_are_not_known_are_marked_as_ours(effect: Effect | None, said: list[str]) -> None:
    """Where the page certainly says something and its words are not published, the report says that."""
    one = attrs.evolve(finding("a"), product_message=None, effect=effect)
    assert rows(render(report(one)), "product says") == said


def test_the_head_and_the_end_say_the_result() -> None:
    """The site, the instant, the counts, and what the exit status will be."""
    lines = render(report(finding("a"), finding("b", Severity.WARNING))).splitlines()
    assert lines[:2] == ["lab", "as of 2026-11-24 12:00:00 UTC: 1 error, 1 warning"]
    assert lines[-2:] == [
        "Rules: 1 fired, 1 passed.",
        "1 error, 1 warning. Exit status 1: something will not work.",
    ]


def test_a_clean_report_says_so() -> None:
    """Without a finding the end says that the status is 0."""
    lines = render(clean_report()).splitlines()
    assert lines[-1] == "no errors, no warnings. Exit status 0: nothing was found at level error."
    assert clean_report().ok


def test_legs_that_were_not_checked_are_no_pass() -> None:
    """A report without an error says at its end what it does not know; the page is green for one alone that knows."""
    one = report(legs=[leg_result("2", State.UP), leg_result("3", State.NOT_CHECKED, "no list")])
    words = "nothing was found at level error; 1 of 2 legs not checked."
    assert render(one).splitlines()[-1] == f"no errors, no warnings. Exit status 0: {words}"
    assert f'<p class="answer plain">no errors, no warnings: {words}</p>' in one.to_html()
    assert '<p class="answer up">' in clean_report().to_html()


def test_a_crash_is_no_pass() -> None:
    """A rule that crashed or could not run is named with the reason."""
    outcomes = (
        Outcome(rule="broken", kind=OutcomeKind.CRASHED, why="KeyError: 'x'"),
        Outcome(rule="blind", kind=OutcomeKind.NOT_RUN, why="no certificate is given"),
    )
    lines = render(report(outcomes=outcomes)).splitlines()
    assert lines[-4:] == [
        "Rules: 1 not run, 1 crashed.",
        "  broken crashed: KeyError: 'x'",
        "  blind not run: no certificate is given",
        "no errors, no warnings. Exit status 1: a rule crashed, so that nothing is proven.",
    ]


def test_the_worst_comes_first() -> None:
    """Errors before warnings, an upload before any leg, and leg 2 before 6a before 10."""
    found = (
        finding("w2", Severity.WARNING, "2"),
        finding("e10", Severity.ERROR, "10"),
        finding("e6a", Severity.ERROR, "6a"),
        finding("info", Severity.INFO),
        finding("e2", Severity.ERROR, "3", "2"),
        finding("upload", Severity.ERROR),
    )
    assert rows(render(report(*found)), "rule") == ["upload", "e2", "e6a", "e10", "w2", "info"]


@pytest.mark.parametrize(("one", "other"), [("2", "10"), ("6a", "6c"), ("1c", "2"), ("", "1a")])
def test_legs_are_sorted_as_people_count(one: str, other: str) -> None:
    """By number, then by letter."""
    assert leg_order(one) < leg_order(other)


def test_the_legs_stand_in_a_table() -> None:
    """Each leg with its two sides and its state, and why one was not checked."""
    lines = render(report()).splitlines()
    assert lines[3:9] == [
        "Legs",
        "  leg  connection      port  from               to                    state",
        f"  1a   client HTTPS    8443  {CORE}  -> {EDGE}  not checked",
        f"  2    traversal zone  7001  {CORE}  -> {EDGE}  down",
        f"  6a   UDS and AXL     8443  {CORE}  -> {EDGE}  up",
        "  leg 1a not checked: no list",
    ]


def test_a_leg_is_named_once() -> None:
    """Several pairs of one leg stand below each other."""
    lines = render(report(legs=(leg_result("2", State.UP), leg_result("2", State.WARNS)))).splitlines()
    assert lines[5] == f"  2    traversal zone  7001  {CORE}  -> {EDGE}  up"
    assert lines[6] == f"                             {CORE}  -> {EDGE}  warns"


def test_without_legs_there_is_no_table() -> None:
    """The check of an upload has none."""
    assert "Legs" not in render(report(legs=()))


def test_legs_on_a_narrow_terminal_stand_in_lines() -> None:
    """Where a table would break names, each connection has a line of its own."""
    text = render(report(), width=60)
    assert f"  2 traversal zone, port 7001\n    {CORE} -> {EDGE}: down\n" in text


def full_report() -> Report:
    """Return a report with a hostile certificate and everything else."""
    return report(finding("a", Severity.ERROR, "2", issued=hostile_leaf()), finding("b", Severity.WARNING))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_no_line_is_wider_than_asked(width: int) -> None:
    """Long names are broken rather than cut off: every character is still there."""
    text = render(full_report(), width=width)
    assert max(map(len, text.splitlines())) <= width
    squeezed = re.sub(r"\s", "", text)
    assert re.sub(r"\s", "", HARMLESS) in squeezed
    assert "Maintenance>Security>TrustedCAcertificate" in squeezed


def test_a_wide_letter_counts_twice() -> None:
    """Letters of two columns fill a line as a terminal counts them."""
    text = render(report(name="例" * 30), width=40)
    assert text.splitlines()[:2] == ["例" * 20, "例" * 10]


@pytest.mark.parametrize("color", [True, False])
def test_hostile_text_is_harmless(color: bool) -> None:
    """Nothing that a certificate says reaches the terminal as a command, and no markup is obeyed."""
    hostile = hostile_leaf().certificate.common_name
    assert hostile is not None
    file = Terminal()
    leg = attrs.evolve(leg_result("2", State.NOT_CHECKED, hostile), initiator=hostile, acceptor=hostile)
    reference = attrs.evolve(leg_ref("2"), initiator=hostile, acceptor=hostile)
    said = attrs.evolve(
        finding("a", issued=hostile_leaf()),
        message=hostile,
        product_message=hostile,
        nodes=(hostile,),
        legs=(reference,),
        remedy=Remedy(before=(hostile,)),
    )
    other = attrs.evolve(finding("b"), evidence=Evidence(expected=hostile, found=hostile))
    outcomes = (Outcome(rule="r", kind=OutcomeKind.CRASHED, why=hostile),)
    sample = report(said, other, name=hostile, legs=(leg,), outcomes=outcomes)
    print_report(sample, file=file, color=color, width=400)
    text = re.sub(r"\x1b\[[\d;]*m", "", file.getvalue()) if color else file.getvalue()
    assert text.count(HARMLESS) == 15
    assert {unicodedata.category(one) for one in text if one != "\n"}.isdisjoint({"Cc", "Cf", "Zl", "Zp"})


def test_a_terminal_gets_colour() -> None:
    """Red for an error, where the file is a terminal."""
    file = Terminal()
    print_report(full_report(), file=file)
    assert f"{ESCAPE}[1;31m1. ERROR{ESCAPE}[0m" in file.getvalue()
    assert f"{ESCAPE}[1;33m2. WARNING{ESCAPE}[0m" in file.getvalue()


def test_no_terminal_gets_none() -> None:
    """A file gets plain text, as wide as usual, which is what `render` gives."""
    file = io.StringIO()
    print_report(full_report(), file=file)
    assert file.getvalue() == render(full_report(), width=100) + "\n"


@pytest.mark.parametrize("name", ["NO_COLOR", "TERM"])
def test_the_environment_may_want_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """NO_COLOR with any value, and a dumb terminal."""
    monkeypatch.setenv(name, "dumb")
    file = Terminal()
    print_report(full_report(), file=file)
    assert ESCAPE not in file.getvalue()


def test_the_caller_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for goes before what the file and the environment say."""
    monkeypatch.setenv("NO_COLOR", "1")
    forced, terminal = io.StringIO(), Terminal()
    print_report(full_report(), file=forced, color=True)
    print_report(full_report(), file=terminal, color=False)
    assert f"{ESCAPE}[1;31m" in forced.getvalue()
    assert ESCAPE not in terminal.getvalue()


def test_the_width_of_the_terminal_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report fills the terminal, up to what the eye follows."""
    widths = []
    for columns in ("50", "300"):
        monkeypatch.setenv("COLUMNS", columns)
        file = io.StringIO()
        print_report(full_report(), file=file)
        widths.append(max(map(len, file.getvalue().splitlines())))
    assert widths == [50, 120]


def test_standard_output_is_the_usual_place(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file it is printed."""
    print_report(clean_report())
    assert capsys.readouterr().out == render(clean_report()) + "\n"


def test_an_encoding_without_lines_gets_ascii() -> None:
    """Where the output has no box characters the lines are drawn with hyphens, and letters are escaped."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii")
    print_report(report(name="Ærø"), file=file)
    file.flush()
    lines = raw.getvalue().decode("ascii").splitlines()
    assert lines[0] == r"\xc6r\xf8"
    assert "-" * 100 in lines


def test_a_report_gives_its_text() -> None:
    """`Report.to_text` is this text."""
    assert full_report().to_text(width=70) == render(full_report(), width=70)
    assert f"as of {AT:%Y-%m-%d}" in full_report().to_text()


@pytest.mark.parametrize("width", [0, -5])
def test_a_line_has_room(width: int) -> None:
    """Without a column there is no report, and not an empty one."""
    with pytest.raises(ValueError, match=f"^a line has one column or more, not {width}$"):
        clean_report().to_text(width=width)
