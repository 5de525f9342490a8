"""Directives that make tables out of what the library itself goes by.

.. verdicts:: server certificate upload

makes one of the rules of a stage, ``changes`` one of the changes, ``switches`` one of the switches of `SetSwitch`.
"""

from collections.abc import Iterator
from typing import ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from expressway_certs import ALL_RULES, Rule, Stage
from expressway_certs.product.changes import CHANGES
from expressway_certs.product.changes.switches import SWITCHES, UC_SWITCHES

_HEADS = ("Condition", "The page", "Level", "The product's words", "Rule")


def rows(stage: Stage) -> Iterator[tuple[str, ...]]:
    """Yield a row of text for each rule of a stage, in the order of the registry."""
    for rule in ALL_RULES:
        if rule.stage is stage:
            yield rule.title, effects(rule), rule.severity.value, words(rule), f":doc:`{rule.id} </rules/{rule.id}>`"


def effects(rule: Rule) -> str:
    """Return what the page can do about a hit of the rule."""
    return "; or ".join(effect.value for effect in rule.effects) or "nothing"


def words(rule: Rule) -> str:
    """Return the product's own words; "…" stands for what changes in them."""
    return f"``{rule.words.replace('{}', '…')}``" if rule.words else "not published"


def changes() -> Iterator[tuple[str, ...]]:
    """Yield a row of text for each change, in the order in which they are done."""
    for change in CHANGES:
        title = (change.__doc__ or "").strip().splitlines()[0]
        yield f"`{change.__name__}`", title, "; ".join(source.key for source in change.sources)


def switches() -> Iterator[tuple[str, ...]]:
    """Yield a row of text for each switch of a node."""
    for name, row in SWITCHES.items():
        node = "`UcServer`" if name in UC_SWITCHES else "`Expressway`"
        yield f"``{name}``", node, f"``{row.text.format(node='…', value='…')}``", row.source.key


class Table(SphinxDirective):
    """A table out of rows of text."""

    heads: ClassVar[tuple[str, ...]]
    option_spec: ClassVar[dict[str, object]] = {}

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Write the table as a ``list-table`` and let docutils make it."""
        lines = [".. list-table::", "   :header-rows: 1", ""]
        for row in (self.heads, *self.rows()):
            lines += [f"   {'* -' if first else '  -'} {cell}" for first, cell in zip((1, *[0] * 9), row, strict=False)]
        node = nodes.container()
        self.state.nested_parse(StringList(lines, source="a table of the library"), self.content_offset, node)
        return list(node.children)


class Verdicts(Table):
    """The rules of one stage."""

    required_arguments = 1
    final_argument_whitespace = True
    heads = _HEADS

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield a row for each rule."""
        return rows(Stage(self.arguments[0]))


class Changes(Table):
    """The changes."""

    heads = ("Change", "What is done", "Source")

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield a row for each change."""
        return changes()


class Switches(Table):
    """The switches."""

    heads = ("Switch", "Of", "How it is set", "Source")

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield a row for each switch."""
        return switches()


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    app.add_directive("verdicts", Verdicts)
    app.add_directive("changes", Changes)
    app.add_directive("switches", Switches)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
