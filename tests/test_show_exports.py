"""A report for other programs: Markdown for tickets, JUnit XML and SARIF for CI."""

import json
import sys
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring

import attrs
import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from leg_faults import C1, C2, E1, LEG_FAULTS
from markdown_it import MarkdownIt
from markdown_it.token import Token
from report_samples import AT, CORE, EDGE, HARMLESS, HOSTILE, clean_report, finding, leg_result, report

from expressway_certs import ALL_RULES, Outcome, OutcomeKind, Report, Severity, State, __version__, audit
from expressway_certs.rules.judging import Obstacle
from expressway_certs.show.escape import plain
from expressway_certs.show.markdown import code, text

READER: Final = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP: Final = '<b>&amp; [x](http://evil.example) @everyone #12 `a` | *b* ~~c~~ "'


@pytest.fixture(scope="module")
def whole() -> Report:
    """Return the report of a site with every leg and one fault."""
    return audit(LEG_FAULTS["tunnel-ca-missing"][0](), at=AT)


def mixed() -> Report:
    """Return a report with findings and outcomes of every kind."""
    kinds = dict(zip(("error", "warning", "not-run", "not-applicable", "crash", "pass"), (
        OutcomeKind.FIRED, OutcomeKind.FIRED, OutcomeKind.NOT_RUN, OutcomeKind.NOT_APPLICABLE, OutcomeKind.CRASHED,
        OutcomeKind.PASSED,
    ), strict=True))  # fmt: skip
    return report(
        finding("error", Severity.ERROR, "2"),
        finding("warning", Severity.WARNING),
        finding("info", Severity.INFO),
        outcomes=[Outcome(rule=rule, kind=kind, why=f"because of {rule}") for rule, kind in kinds.items()],
        legs=[
            leg_result("2", State.UP),
            leg_result("3", State.WARNS, "why"),
            leg_result("4", State.DOWN, "why"),
            attrs.evolve(leg_result("5", State.UP), obstacle=Obstacle(state=State.NOT_REACHED, why="why")),
            attrs.evolve(leg_result("6a", State.UP), not_checked="why"),
        ],
    )


# Markdown.


def tokens(markdown: str) -> Iterator[Token]:
    """Yield every token that a reader of Markdown makes of a text."""
    for token in READER.parse(markdown):
        yield token
        yield from token.children or ()


def shown(markdown: str) -> str:
    """Return the text that a reader of Markdown shows."""
    return "".join(one.content for one in tokens(markdown) if one.type in {"text", "text_special", "code_inline"})


def test_a_ticket_has_the_whole_report() -> None:
    """A title, the answer, the legs that are not up, each finding with facts and numbered steps, and what is open."""
    lines = mixed().to_markdown().splitlines()
    assert lines[0] == "# lab"
    assert lines[2] == "**1 error, 1 warning: something will not work.** As of 2026-11-24 12:00:00 UTC."
    assert "1 up, 1 warns, 1 down, 1 not reached, 1 not checked." in lines
    assert f"| 4 XCP routing | down | why | {CORE} to {EDGE} |" in lines
    assert not [line for line in lines if line.startswith("| 2 ")]
    assert f"## 1. ERROR: {CORE} does not trust {EDGE} (error)" in lines
    assert "- rule: `error`" in lines
    assert f"  1. On {CORE}: Maintenance > Security > Trusted CA certificate" in lines
    assert "- `crash` crashed: because of crash" in lines
    assert "- `not-run` not run: because of not-run" in lines
    assert "2 fired, 1 passed, 1 not applicable, 1 not run, 1 crashed." in lines


def test_a_ticket_reads_as_markdown(whole: Report) -> None:
    """One title, a heading for each part, a table, lists; no link, no image, no HTML."""
    kinds = [one.type for one in tokens(whole.to_markdown())]
    assert kinds.count("heading_open") == 3 + len(whole.findings)
    assert kinds.count("table_open") == 1
    assert {"link_open", "image", "html_inline", "html_block", "hr", "blockquote_open", "fence"}.isdisjoint(kinds)


def test_many_legs_are_a_line_in_a_ticket() -> None:
    """Legs of one reason stand together, three pairs of them by name."""
    legs = [attrs.evolve(leg_result("6a", State.NOT_CHECKED, "no list"), acceptor=f"s{n}") for n in range(5)]
    lines = report(legs=legs, outcomes=()).to_markdown().splitlines()
    pairs = f"{CORE} to s0; {CORE} to s1; {CORE} to s2; and 2 more"
    assert f"| 6a UDS and AXL | not checked | no list | {pairs} |" in lines
    assert lines[-1] == "None."


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("> quote")
@example("- item")
@example("1. item")
@example("1) item")
@example("# #")
@example("===")
@example("&lt; &#64;")
@example("www.evil.example http://evil.example a@evil.example @everyone #1 :smile:")
@example("`` ` ``")
@example("![i](y) [x]: y <b> <!-- -->")
@example("*a* _b_ ~~c~~ $d$ \\")
@example(HOSTILE)
def test_text_stays_text(value: str) -> None:
    """What a reader shows is the text itself, but for runs of spaces, and nothing of it is markup."""
    markdown = text(value)
    assert shown(f"- {markdown}") == " ".join(plain(value).split())
    allowed = {"bullet_list", "list_item", "paragraph", "inline", "text", "text_special", "code_inline"}
    assert {one.type.removesuffix("_open").removesuffix("_close") for one in tokens(f"- {markdown}")} <= allowed


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_code_stays_code(value: str) -> None:
    """Whatever backticks are in it."""
    assert [one.content for one in tokens(f"x {code(value)} x") if one.type == "code_inline"] in (
        [plain(value)],
        # A reader takes one space away on either side.
        [plain(value)[1:-1]],
    )


@pytest.mark.parametrize(
    "word", ["@everyone", "#12", "www.evil.example", "http://evil.example/", ":smile:", "deadbeef1"]
)
def test_what_a_ticket_system_makes_more_of_is_code(word: str) -> None:
    """Users, issues, links, smileys and commits are not called by the name in a certificate."""
    assert text(f"a {word} b") in {f"a `{word}` b", f"a `{word[:-1]}`{word[-1]} b"}


def test_a_pipe_does_not_break_the_table() -> None:
    """A name with the mark between cells stays in its cell."""
    table = report(legs=[leg_result("2", State.DOWN, "a|b | c")]).to_markdown()
    rows = [one.content for one in tokens(table) if one.type == "text"]
    assert "a|b | c" in rows


# JUnit XML.


def junit(value: Report) -> Element:
    """Return the JUnit XML of a report as a tree."""
    return fromstring(value.to_junit().encode())  # noqa: S314 - it is our own


def marks(suite: Element) -> dict[str | None, list[tuple[str, str | None]]]:
    """Return what became of each test of a suite, by its name: the tags below it and their messages."""
    return {case.get("name"): [(one.tag, one.get("message")) for one in case] for case in suite}


def test_rules_are_tests() -> None:
    """An error fails, a warning is output, a crash is an error, and what did not run is skipped with its reason."""
    root = junit(mixed())
    assert marks(root[0]) == {
        "error": [("failure", f"{CORE} does not trust {EDGE} (error)")],
        "warning": [("system-out", None)],
        "not-run": [("skipped", "not run: because of not-run")],
        "not-applicable": [("skipped", "not applicable: because of not-applicable")],
        "crash": [("error", "because of crash")],
        "pass": [],
    }
    assert root[0].attrib == {
        "name": "rules", "tests": "6", "failures": "1", "errors": "1", "skipped": "2", "time": "0",
        "timestamp": "2026-11-24T12:00:00",
    }  # fmt: skip
    told = root[0][0][0].text or ""
    assert told.splitlines()[:2] == [f"error: {CORE} does not trust {EDGE} (error)", "rule: error"]


def test_legs_are_tests() -> None:
    """One that is down fails, one that was not looked at is skipped, one that warns says so."""
    suite = junit(mixed())[1]
    classes = [case.get("classname") for case in suite]
    assert classes[:2] == ["leg 2 traversal zone", "leg 3 SSH tunnels"]
    assert [[(one.tag, one.get("message"), one.text) for one in case] for case in suite] == [
        [],
        [("system-out", None, "warns: why")],
        [("failure", "why", None)],
        [("skipped", "not reached: why", None)],
        [("skipped", "not checked: why", None)],
    ]


def test_the_suites_add_up(whole: Report) -> None:
    """The counts of the whole are those of its parts, and a failing leg says what the nodes log."""
    root = junit(whole)
    counts = {key: str(sum(int(suite.attrib[key]) for suite in root)) for key in ("tests", "failures", "errors")}
    assert root.attrib == {"name": whole.name, **counts}
    assert root.get("tests") == str(len(ALL_RULES) + len(whole.legs))
    down = [case for case in root[1] if case.find("failure") is not None]
    assert {(case.get("name"), case.findtext("failure")) for case in down} == {
        (f"{core} -> {edge} (UC)", f"{core}: Unified Communications SSH tunnel failure")
        for core in (C1, C2) for edge in (E1, E1.replace("1", "2"))
    }  # fmt: skip
    assert {case.get("classname") for case in root[0]} >= {"SSH tunnels", "traversal zone"}


def test_names_are_text_in_xml() -> None:
    """Markup is text, and what XML cannot hold is an escape."""
    evil = attrs.evolve(finding("rule"), message=HOSTILE + MARKUP)
    found = report(evil, name=HOSTILE, outcomes=[Outcome(rule="rule", kind=OutcomeKind.FIRED)])
    root = junit(found)
    assert root.get("name") == HARMLESS
    assert root[0][0][0].get("message") == HARMLESS + MARKUP


# SARIF: what the specification requires (OASIS SARIF 2.1.0), as far as it is used here.

TEXT: Final = {"type": "string", "minLength": 1}
MESSAGE: Final = {"type": "object", "required": ["text"], "properties": {"text": TEXT}, "additionalProperties": False}
LEVEL: Final = {"enum": ["none", "note", "warning", "error"]}


def closed(required: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def array(items: Any, **options: Any) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": items, **options}


DESCRIPTOR: Final = closed(
    "id",
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    defaultConfiguration=closed("level", level=LEVEL),
    properties=closed("tags", tags=array(TEXT, uniqueItems=True)),
)
LOGICAL: Final = closed(
    "name fullyQualifiedName kind", name={"type": "string"}, fullyQualifiedName={"type": "string"}, kind=TEXT
)
PHYSICAL: Final = closed(
    "artifactLocation region",
    artifactLocation=closed("uri", uri={"type": "string", "pattern": "^[A-Za-z0-9._~/%-]+$"}),
    region=closed("startLine", startLine={"type": "integer", "minimum": 1}),
)
LOCATION: Final = closed("logicalLocations", logicalLocations=array(LOGICAL, minItems=1), physicalLocation=PHYSICAL)
RESULT: Final = closed(
    "ruleId ruleIndex level message locations partialFingerprints",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations=array(LOCATION, minItems=1),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
)
NOTIFICATION: Final = closed(
    "level message associatedRule", level=LEVEL, message=MESSAGE, associatedRule=closed("id", id=TEXT)
)
RUN: Final = closed(
    "tool automationDetails invocations results columnKind",
    tool=closed("driver", driver=closed("name rules", name=TEXT, semanticVersion=TEXT, rules=array(DESCRIPTOR))),
    automationDetails=closed("id", id=TEXT),
    invocations=array(
        closed(
            "executionSuccessful toolExecutionNotifications properties",
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=array(NOTIFICATION),
            properties=closed("judgedAsOf", judgedAsOf={"type": "string", "pattern": "^[0-9T:-]+Z$"}),
        ),
        minItems=1,
    ),
    results=array(RESULT),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
)
LOG: Final = {
    **closed("version runs", version={"const": "2.1.0"}, runs=array(RUN, minItems=1)),
}
LOG["properties"]["$schema"] = {"type": "string", "pattern": "sarif-schema-2.1.0.json$"}


def sarif(value: Report, **options: Any) -> dict[str, Any]:
    """Return the one run in the SARIF of a report, which is as the specification wants it."""
    log = json.loads(value.to_sarif(**options))
    jsonschema.validate(log, LOG)
    run: dict[str, Any] = log["runs"][0]
    return run


def test_findings_are_results() -> None:
    """Each with its rule, level and message; what did not run is told beside them, and a crash is no success."""
    run = sarif(mixed())
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [
        ("error", "error"), ("warning", "warning"), ("info", "note"),
    ]  # fmt: skip
    assert run["results"][0]["message"]["text"].splitlines()[:2] == [
        f"{CORE} does not trust {EDGE} (error)",
        "rule: error",
    ]
    assert run["results"][0]["locations"] == [
        {"logicalLocations": [{"name": CORE, "fullyQualifiedName": CORE, "kind": "resource"}]}
    ]
    assert run["invocations"][0]["executionSuccessful"] is False
    told = run["invocations"][0]["toolExecutionNotifications"]
    assert [(one["level"], one["associatedRule"]["id"]) for one in told] == [("note", "not-run"), ("error", "crash")]
    assert run["tool"]["driver"]["semanticVersion"] == __version__
    assert sarif(clean_report())["invocations"][0]["executionSuccessful"] is True


def test_results_know_their_rules(whole: Report) -> None:
    """The index leads to the rule, which is described by its documentation; a rule of the user's own has its id."""
    run = sarif(whole)
    rules = run["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == [one["ruleId"] for one in run["results"]]
    assert [one["id"] for one in rules] == [rule.id for rule in ALL_RULES]
    assert rules[0]["shortDescription"]["text"] == ALL_RULES[0].title
    assert sarif(mixed())["tool"]["driver"]["rules"][0] == {"id": "error"}


def test_results_are_laid_at_a_file() -> None:
    """Where a host wants a file, it gets the one that is named, as a reference that is a URI."""
    location = sarif(mixed(), artifact="my site/site.toml")["results"][0]["locations"][0]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20site/site.toml"}, "region": {"startLine": 1},
    }  # fmt: skip


def test_a_result_is_known_again() -> None:
    """The fingerprint is that of the cause: it stays when words change, and differs by rule, node and leg."""
    one = finding("rule", Severity.ERROR, "2")
    changed = [
        attrs.evolve(one, message="other words"),
        attrs.evolve(one, rule="other"),
        attrs.evolve(one, nodes=(EDGE,)),
        attrs.evolve(one, legs=finding("rule", Severity.ERROR, "3").legs),
    ]
    prints = [found["partialFingerprints"]["cause/v1"] for found in sarif(report(one, *changed))["results"]]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 4


def test_names_are_text_in_sarif() -> None:
    """What a viewer would act on is an escape."""
    evil = attrs.evolve(finding("rule"), message=HOSTILE, nodes=(HOSTILE,))
    result = sarif(report(evil, name=HOSTILE))["results"][0]
    assert result["message"]["text"].splitlines()[0] == HARMLESS
    assert result["locations"][0]["logicalLocations"][0]["name"] == HARMLESS


# pandas.


def test_findings_are_a_table(whole: Report) -> None:
    """A row for each finding, with the columns that it says, and none for a clean report."""
    table = whole.to_dataframe()
    assert list(table["rule"]) == [one.rule for one in whole.findings]
    assert table.loc[0, "node"] == C1
    assert table.loc[0, "code"] == 20
    assert "Append CA certificate" in table.loc[0, "remedy"]
    assert list(clean_report().to_dataframe().columns) == list(table.columns)


def test_without_pandas_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install 'expressway_certs\[dataframe\]'"):
        clean_report().to_dataframe()
