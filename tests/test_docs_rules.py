"""The pages of the rules, which the docs make out of the registry."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import expressway_certs
from expressway_certs import ALL_RULES, Rule, Stage
from expressway_certs.product.settings import CONFLICTS

sys.path.insert(0, str(Path(__file__).parent.parent / "docs"))

import rule_pages

DOCS: Final = Path(rule_pages.__file__).parent
SOURCE: Final = re.compile(r"(?:platform|mra)\.md [^:]+: (.+)")
# TAC's documents go by their number; a digit is a row of a list; and the words are no documents.
EXPLAINED: Final = re.compile(r"(?:T-)?\d{6}|\d|suggested|Cisco")
RULES = {rule.id: rule for rule in ALL_RULES}


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_every_heading_has_its_text(rule: Rule) -> None:
    """What the documentation of a rule says under each heading gets to its page, and nothing is lost on the way."""
    parts = rule_pages.parts(rule)
    assert tuple(parts) == rule_pages.HEADINGS
    assert all(text.strip() for text in parts.values())
    words = f"{rule.title} {' '.join(f'{head}: {text}' for head, text in parts.items())}".split()
    assert words == rule.documentation.split()


def test_a_page_has_it_all() -> None:
    """Title, level, stage, what the page of the product does and says, and a finding of the rule as a report has it."""
    lines = rule_pages.page(RULES["upload-name-not-fqdn"]).splitlines()
    assert lines[:3] == ["# upload-name-not-fqdn", "", f"**{RULES['upload-name-not-fqdn'].title}**"]
    assert "- Level: error" in lines
    assert "- Stage: [server certificate upload](index.md#server-certificate-upload)" in lines
    assert "- The page: refuses the file" in lines
    assert "- The product's words: `File upload failed.: … must be a valid FQDN`" in lines
    assert [line[3:] for line in lines if line.startswith("## ")] == [*rule_pages.HEADINGS, "What it says"]
    assert "rule         upload-name-not-fqdn" in lines
    assert "1. ERROR  Subject alternative name expe1 in certificate.pem is no FQDN" in lines
    assert any(line.startswith("remedy       1. On expe1.example.com") for line in lines)


def test_a_page_names_the_release_of_its_finding() -> None:
    """A fault that there is from a later release on is shown on that one."""
    assert 'break_site(make_site(release="X14.2"), "tunnel-ca-missing")' in rule_pages.page(RULES["tunnel-ca-missing"])
    text = rule_pages.page(RULES["uc-server-shows-ecdsa"])
    assert "rule         uc-server-shows-ecdsa" in text


def test_the_list_has_every_rule() -> None:
    """Under its stage, in the order of the registry, with a link and a place in the tree of pages."""
    text = rule_pages.index()
    places = [text.index(f"| [{rule.id}]({rule.id}.md) |") for rule in sorted(ALL_RULES, key=stage_order)]
    assert places == sorted(places)
    assert text.rstrip().endswith(f"\n{ALL_RULES[-1].id}\n```")


def stage_order(rule: Rule) -> int:
    """Return where the stage of a rule stands."""
    return list(Stage).index(rule.stage)


def test_prose_is_text() -> None:
    """What Markdown would take for markup is escaped, but for code."""
    assert rule_pages.text("a *star* in ``*`` and `x_y`, [here] <b>") == r"a \*star\* in `*` and `x_y`, \[here\] \<b>"


@pytest.mark.parametrize(
    ("prose", "shown"),
    [
        ("whether, and how", "Whether, and how"),
        ("names; all of them", "Names; all of them"),
        ("extendedKeyUsage; where it is absent", "extendedKeyUsage; where it is absent"),
        ("platform.md §5", "platform.md §5"),
    ],
)
def test_a_name_keeps_its_letters(prose: str, shown: str) -> None:
    """A sentence starts with a capital, and a name as it is written."""
    assert rule_pages.sentence(prose) == shown


def test_pages_are_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that stays the same is left alone, and that of a rule that is no more is removed."""
    monkeypatch.setattr(rule_pages, "page", lambda rule: f"# {rule.id}\n")
    rule_pages.write(tmp_path / "rules")
    stamps = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "rules").iterdir()}
    assert stamps.keys() == {"index.md", *(f"{id_}.md" for id_ in RULES)}
    (tmp_path / "rules" / "gone.md").write_text("# gone\n", encoding="utf-8")
    rule_pages.write(tmp_path / "rules")
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "rules").iterdir()} == stamps


def cited() -> Iterator[str]:
    """Yield the source of every finding, table and setting of the library."""
    for path in Path(expressway_certs.__file__).parent.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        yield from (one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str))
    yield from (side.source.key for conflict in CONFLICTS for side in conflict.sides)


def test_every_source_is_explained() -> None:
    """The page of the sources has the key of every document that a finding can name, and no other."""
    found = filter(None, map(SOURCE.fullmatch, cited()))
    keys = {key.split()[0] for match in found for key in match[1].split(", ")}
    table = (DOCS / "sources.md").read_text(encoding="utf-8").split("| key | document |")[1]
    named = {key for row in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE) for key in re.findall("`(.+?)`", row)}
    assert named == {key for key in keys if not EXPLAINED.fullmatch(key)}


def test_what_the_facts_suggest_is_not_documented() -> None:
    """A side that no document takes says that it is our own choice."""
    suggested = [side for one in CONFLICTS for side in one.sides if "suggested" in side.source.key]
    assert [str(side.source) for side in suggested] == [
        "platform.md §11 C1: suggested policy (own choice)",
        "platform.md §11 C2: suggested policy (own choice)",
        "platform.md §11 C3: suggested policy (own choice)",
        "platform.md §11 C11: suggested policy (own choice)",
        "mra.md D: suggested default (own choice)",
    ]
