"""A page for every rule, made out of the registry before the build: its documentation, and a finding of it.

The pages lie in ``rules/`` while they are used; git knows nothing of them.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from inspect import cleandoc
from pathlib import Path

from registry import effects, words
from sphinx.application import Sphinx

from expressway_certs import ALL_RULES, Deployment, Finding, Report, Rule, Stage, audit
from expressway_certs.show.text import render
from expressway_certs.testing import FAULTS, CannotBreakError, break_site, make_site

# As of when the findings on the pages are made.
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
# A fault that one release has not is shown on another.
RELEASES = ("X14.2", "X15.5", "X15.2", "X12.5", "X14.0.8")
HEADINGS = ("What it checks", "Why it matters", "Example", "Remedy", "References")
_PARTS = re.compile(rf"^({'|'.join(HEADINGS)}): ", re.MULTILINE)
# What Markdown would take for markup outside of code.
_MARKUP = re.compile(r"([*_<\[\]{}$])")


def text(prose: str) -> str:
    """Return prose of a docstring as Markdown on one line; what stands between backticks is code."""
    pieces = re.split(r"``(.+?)``|`(.+?)`", " ".join(prose.split()))
    return "".join(
        f"`{piece}`" if place % 3 else _MARKUP.sub(r"\\\1", piece) for place, piece in enumerate(pieces) if piece
    )


def parts(rule: Rule) -> dict[str, str]:
    """Return what a rule's documentation says under each of its headings."""
    _, *pieces = _PARTS.split(cleandoc(rule.documentation))
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


@cache
def site(release: str) -> Deployment:
    """Return a site on which nothing is wrong."""
    return make_site(release=release, at=AT)


def sample(rule: Rule) -> tuple[str, Finding] | None:
    """Return a release and a finding of a rule on a site of it with the rule's fault; None where none is at hand."""
    if rule.id not in FAULTS:
        return None
    for release in RELEASES:
        try:
            broken = break_site(site(release), rule.id, at=AT)
        except CannotBreakError:
            continue
        found = [one for one in audit(broken, at=AT).findings if one.rule == rule.id]
        if found:
            return release, found[0]
    return None


def sentence(prose: str) -> str:
    """Return prose with a capital at its start, but where that is the name of a file or an extension."""
    first = prose.split(maxsplit=1)[0].rstrip(",;:")
    return prose[0].upper() + prose[1:] if first.islower() and "." not in first else prose


def page(rule: Rule) -> str:
    """Return the page of a rule as Markdown."""
    return "\n".join(_lines(rule)) + "\n"


def _lines(rule: Rule) -> Iterator[str]:
    yield from (f"# {rule.id}", "", f"**{text(rule.title)}**", "")
    yield from (f"- Level: {rule.severity.value}", f"- Stage: [{rule.stage.value}](index.md#{anchor(rule.stage)})")
    if rule.effects:
        yield f"- The page: {text(effects(rule))}"
        yield f"- The product's words: {words(rule).replace('``', '`')}"
    for heading, prose in parts(rule).items():
        yield from ("", f"## {heading}", "", text(sentence(prose)))
    found = sample(rule)
    if found is not None:
        release, finding = found
        yield from ("", "## What it says", "", "On a site of the test kit with this fault, which anybody can make:", "")
        yield from ("```python", "from expressway_certs import audit")
        yield from ("from expressway_certs.testing import break_site, make_site", "")
        yield f'site = break_site(make_site(release="{release}"), "{rule.id}")'
        yield from ("print(audit(site).to_text())", "```", "", "```text", shown(finding), "```")


def shown(finding: Finding) -> str:
    """Return a finding as it stands in a report."""
    report = Report(name="", at=AT, findings=(finding,))
    block = render(report, width=88).split("\u2500\n")[1]
    return "\n".join(line for line in block.strip("\n\u2500").split("\n"))


def anchor(stage: Stage) -> str:
    """Return what Markdown calls the heading of a stage, on the page that lists the rules."""
    return re.sub(r"\W+", "-", stage.value.lower())


def index() -> str:
    """Return the page that lists the rules, by stage."""
    return "\n".join(_index()) + "\n"


def _index() -> Iterator[str]:
    yield from ("# Rules", "", f"There are {len(ALL_RULES)}, in the order of the work. Each id leads to its page.")
    yield from ("", "What stands under *References* there is explained in [where the facts come from](../sources.md).")
    for stage in Stage:
        rules = [rule for rule in ALL_RULES if rule.stage is stage]
        if rules:
            yield from ("", f"## {stage.value[0].upper()}{stage.value[1:]}", "")
            yield from ("| rule | level | what it finds |", "|---|---|---|")
            yield from (f"| [{one.id}]({one.id}.md) | {one.severity.value} | {text(one.title)} |" for one in rules)
    yield from ("", "```{toctree}", ":hidden:", "", *(rule.id for rule in ALL_RULES), "```")


def write(folder: Path) -> None:
    """Write the pages into a folder, and remove those of rules that are no more; what stays the same is left alone."""
    folder.mkdir(exist_ok=True)
    pages = {"index.md": index(), **{f"{rule.id}.md": page(rule) for rule in ALL_RULES}}
    for path in folder.glob("*.md"):
        if path.name not in pages:
            path.unlink()
    for name, content in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for them."""
    app.connect("builder-inited", lambda built: write(Path(built.srcdir) / "rules"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
