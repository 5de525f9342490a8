"""The docs: every example runs and prints what it says, and every public name is told of."""

import ast
import doctest
import importlib
import inspect
import io
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import attrs
import pytest

import expressway_certs
from expressway_certs import testing

CHECKOUT: Final = Path(__file__).parent.parent
PAGES: Final = (CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md")))
FLAGS: Final = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FENCE: Final = re.compile(r"^```(?:python|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# The class of a value in its repr: <Chain …> or Chain(…).
SHOWN: Final = re.compile(r"<([A-Z]\w+)|\b([A-Z]\w+)\(")
DIRECTIVE: Final = re.compile(r"^\.\. auto(?:class|function|exception|data|decorator):: (\w+)$", re.MULTILINE)
VALUES: Final = {
    name: getattr(package, name)
    for package in (expressway_certs, testing)
    for name in package.__all__
    if not name.startswith("__")
}
PUBLIC: Final = tuple(VALUES)


@attrs.frozen
class Page:
    """A page of the docs or a docstring: its name, and the examples on it, which share one namespace."""

    name: str
    examples: tuple[doctest.Example, ...]
    text: str
    namespace: dict[str, object] = attrs.field(factory=dict, repr=False)

    def as_doctest(self) -> doctest.DocTest:
        """Return what the doctest runner takes."""
        namespace = {"__name__": "__main__"} | self.namespace
        return doctest.DocTest(list(self.examples), namespace, self.name, self.name, 0, self.text)


def examples_in(text: str, first_line: int) -> Iterator[doctest.Example]:
    """Yield the examples in a piece of text that begins on a line of its page, counted from zero."""
    for example in doctest.DocTestParser().get_examples(text):
        example.lineno += first_line
        yield example


def read_page(name: str, text: str) -> Page:
    """Return a page with the examples of its fenced Python blocks."""
    blocks = ((match.group(1), text.count("\n", 0, match.start(1))) for match in FENCE.finditer(text))
    return Page(name, tuple(example for block, line in blocks for example in examples_in(block, line)), text)


def modules() -> Iterator[ModuleType]:
    """Yield the package and its modules, but not the one that runs when it is imported."""
    yield expressway_certs
    for info in pkgutil.walk_packages(expressway_certs.__path__, "expressway_certs."):
        if not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


def docstrings() -> Iterator[Page]:
    """Yield the docstrings with examples, each a page of its own."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    for module in modules():
        for found in finder.find(module, module.__name__):
            if found.examples:
                yield Page(found.name, tuple(found.examples), found.docstring or "", found.globs)


def run(page: Page) -> str:
    """Run the examples of a page and return what the runner has to complain of."""
    complaints = io.StringIO()
    doctest.DocTestRunner(verbose=False, optionflags=FLAGS).run(page.as_doctest(), out=complaints.write)
    return complaints.getvalue()


def names_used(page: Page) -> set[str]:
    """Return the names and attributes that the examples of a page use, and the classes of the values they print."""
    nodes = [node for example in page.examples for node in ast.walk(ast.parse(example.source))]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return names | {name for example in page.examples for match in SHOWN.findall(example.want) for name in match}


ALL_PAGES: Final = (
    *(read_page(path.relative_to(CHECKOUT).as_posix(), path.read_text(encoding="utf-8")) for path in PAGES),
    *docstrings(),
)
WITH_EXAMPLES: Final = tuple(page for page in ALL_PAGES if page.examples)


@pytest.mark.usefixtures("sample_files")
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.name)
def test_the_examples_print_what_they_say(page: Page) -> None:
    """Each example of a page runs in a folder with the sample files and prints what stands below it."""
    assert run(page) == ""


def test_the_pages_that_teach_have_examples() -> None:
    """README and the tutorial are run above, not skipped for want of a fence that is understood."""
    assert {"README.md", "docs/tutorial.md"} <= {page.name for page in WITH_EXAMPLES}


def test_every_example_stands_in_a_fence() -> None:
    """An example outside a Python fence would be shown and never run."""
    shown = {page.name: page.text.count(">>> ") for page in ALL_PAGES if page.name.endswith(".md")}
    assert shown == {page.name: len(page.examples) for page in ALL_PAGES if page.name.endswith(".md")}


def test_every_public_name_is_in_the_reference() -> None:
    """The reference tells of each public name once, and of nothing that is not public."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((CHECKOUT / "docs" / "reference").glob("*.md"))
    )
    assert sorted(DIRECTIVE.findall(text)) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_a_docstring(name: str) -> None:
    """A class or function says in its own words what it is; a value is told of by its class."""
    value = VALUES[name]
    documented = value if inspect.isclass(value) or inspect.isroutine(value) else type(value)
    assert (documented.__doc__ or "").strip()
    assert not (documented.__doc__ or "").startswith("Method generated by attrs")


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_used_in_an_example(name: str) -> None:
    """A reader finds each public name at work in an example that runs."""
    assert name in {used for page in WITH_EXAMPLES for used in names_used(page)}


def test_a_wrong_example_is_seen() -> None:
    """An example that prints something else fails, and its line is the line of the page."""
    page = read_page("page.md", "# Title\n\n```python\n>>> 1 + 1\n2\n>>> 1 + 2\n4\n```\n")
    assert len(page.examples) == 2
    assert page.examples[1].lineno == 5
    assert "Expected:\n    4\nGot:\n    3\n" in run(page)


def test_the_examples_of_a_page_share_their_names() -> None:
    """A later block goes on where an earlier one ended."""
    assert run(read_page("page.md", "```python\n>>> x = 1\n```\ntext\n```pycon\n>>> x\n1\n```\n")) == ""


def test_a_name_counts_where_it_is_used() -> None:
    """A name in prose or in a string is no use of it."""
    page = read_page("page.md", "verify\n```python\n>>> load(1).chain  # build\n<Chain of 'audit'>\n```\n")
    assert names_used(page) - {""} == {"load", "chain", "Chain"}
