"""The directive ``verdicts``, which makes a table of the rules of a stage out of the registry.

.. verdicts:: server certificate upload
"""

from collections.abc import Iterator
from typing import ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from expressway_certs import ALL_RULES, Rule, Stage

_HEADS = ("Condition", "The page", "Level", "The product's words", "Rule")


def rows(stage: Stage) -> Iterator[tuple[str, ...]]:
    """Yield a row of text for each rule of a stage, in the order of the registry."""
    for rule in ALL_RULES:
        if rule.stage is stage:
            yield rule.title, effects(rule), rule.severity.value, words(rule), f"``{rule.id}``"


def effects(rule: Rule) -> str:
    """Return what the page can do about a hit of the rule."""
    return "; or ".join(effect.value for effect in rule.effects) or "nothing"


def words(rule: Rule) -> str:
    """Return the product's own words; "…" stands for what changes in them."""
    return f"``{rule.words.replace('{}', '…')}``" if rule.words else "not published"


class Verdicts(SphinxDirective):
    """The table of one stage."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, object]] = {}

    def run(self) -> list[nodes.Node]:
        """Write the table as a ``list-table`` and let docutils make it."""
        lines = [".. list-table::", "   :header-rows: 1", ""]
        for row in (_HEADS, *rows(Stage(self.arguments[0]))):
            lines += [f"   {'* -' if first else '  -'} {cell}" for first, cell in zip((1, *[0] * 9), row, strict=False)]
        node = nodes.container()
        self.state.nested_parse(StringList(lines, source="the registry of rules"), self.content_offset, node)
        return list(node.children)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("verdicts", Verdicts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
