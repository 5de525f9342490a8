"""The format of site.toml: the schema and the loader agree, every key of the model is told of, and lines are found."""

import json
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from leg_faults import LEG_FAULTS
from leg_site import whole_site
from profiles import examples
from site_draws import deployments

from expressway_certs import Deployment, site_schema
from expressway_certs.sources.site.folder import SITE_FILE
from expressway_certs.sources.site.places import MAX_DEPTH, Path, TooDeepError, key_of, places
from expressway_certs.sources.site.records import record, tables
from expressway_certs.sources.site.toml import Inline, toml
from expressway_certs.sources.site.words import KEYS, TABLES
from expressway_certs.sources.site.writing import site_files
from expressway_certs.testing.sample import sample_deployment

AT: Final = datetime(2026, 11, 25, tzinfo=UTC)
VALIDATOR: Final = Draft202012Validator(site_schema())


def values_of(site: Deployment) -> dict[str, Any]:
    """Return the values in the site file of a site."""
    return tomllib.loads(site_files(site)[SITE_FILE].decode())


WRITTEN: Final = [
    values_of(site)
    for site in (sample_deployment(at=AT), whole_site(), *(make() for make, _, _ in LEG_FAULTS.values()))
]


def loader_takes(values: object) -> bool:
    """Whether the loader has nothing against the shape of values."""
    return not list(record(Deployment).faults(values, ()))


def test_the_schema_is_a_schema() -> None:
    """The schema is JSON Schema 2020-12, JSON, and made anew for each caller."""
    Draft202012Validator.check_schema(site_schema())
    assert json.loads(json.dumps(site_schema())) == site_schema()
    assert site_schema() is not site_schema()


@pytest.mark.parametrize("number", range(len(WRITTEN)))
def test_what_is_written_fits_the_schema(number: int) -> None:
    """Every site of the tests fits the schema as it is written."""
    assert [error.message for error in VALIDATOR.iter_errors(WRITTEN[number])] == []


# What a mutation puts in; a float of a whole number is an integer for JSON Schema, and none for TOML.
JUNK: Final = st.one_of(
    st.text(max_size=3),
    st.booleans(),
    st.integers(-1, 9),
    st.just(1.5),
    st.lists(st.text(max_size=2) | st.integers(0, 1), max_size=2),
    st.dictionaries(
        st.sampled_from(["name", "files", "file", "list", "role", "x"]),
        st.text(max_size=2) | st.integers(0, 1) | st.just("public"),
        max_size=2,
    ),
    st.sampled_from(["C", "Expressway-E", "Enforce", "Jabber", "server", "Regex", "", "first wins", "DNS"]),
)
MOST_KEYS: Final = sorted({key for table in KEYS.values() for key in table})


def spots(value: object, at: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yield the path of every value inside a value."""
    inside: list[tuple[object, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    for key, one in inside:
        yield (*at, key)
        yield from spots(one, (*at, key))


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the values of a site file with a few of them put in, taken out, or replaced."""
    values = json.loads(json.dumps(draw(st.sampled_from(WRITTEN[:3]))))
    for _ in range(draw(st.integers(1, 3))):
        known = list(spots(values))
        assume(known)
        *way, last = draw(st.sampled_from(known))
        around: Any = values
        for key in way:
            around = around[key]
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "remove":
            del around[last]
        elif change == "add" and isinstance(around, dict):
            around[draw(st.sampled_from(MOST_KEYS))] = draw(JUNK)
        else:
            around[last] = draw(JUNK)
    return dict(values)


@settings(max_examples=examples(600))
@given(mutated())
def test_the_schema_and_the_loader_agree(values: dict[str, Any]) -> None:
    """Whatever is changed in a site file, the schema takes it exactly where the loader takes its shape."""
    assert VALIDATOR.is_valid(values) == loader_takes(values)


def test_the_agreement_is_about_both_answers() -> None:
    """The mutations of the test above are refused and taken, each often enough to mean something."""
    values = WRITTEN[1]
    node = values["expressways"][0]
    changed = [
        {**values, "expressways": [{**node, key: one}]}
        for key in MOST_KEYS
        for one in ("x", True, 1, [], {}, ["x"], 1.5)
    ]
    answers = [loader_takes(one) for one in changed]
    assert answers == [VALIDATOR.is_valid(one) for one in changed]
    assert {answers.count(True) > 20, answers.count(False) > 200} == {True}


def test_every_key_is_told_of_and_no_other() -> None:
    """The words are those of the keys that there are, for every table that there is."""
    assert {kind.of.__name__: list(kind.fields) for kind in tables()} == {
        table: sorted(words, key=[*record_fields(table), "only_in_zones"].index) for table, words in KEYS.items()
    }
    assert TABLES.keys() == KEYS.keys()


def record_fields(table: str) -> list[str]:
    """Return the keys of a table in the order of the model."""
    of = next(kind.of for kind in tables() if kind.of.__name__ == table)
    return ["format", *(field.name for field in attrs.fields(of))]


def test_the_schema_tells_of_every_key() -> None:
    """An editor that knows the schema can say of every key what it is for."""
    schema = site_schema()
    found = {
        (name, key): said["description"]
        for name, table in {"Deployment": schema, **schema["$defs"]}.items()
        for key, said in table["properties"].items()
    }
    assert [key for key, said in found.items() if not said] == []
    assert found.keys() == {(table, key) for table, words in KEYS.items() for key in words}


def test_a_field_of_an_unknown_type_is_seen() -> None:
    """A field of the model of a type that the format has no kind for fails at once, and is not left out."""

    @attrs.frozen
    class Strange:
        when: datetime

    KEYS["Strange"] = {"when": "When."}
    try:
        with pytest.raises(TypeError, match=r"Strange\.when is of a type that no site file can say"):
            record(Strange)
    finally:
        del KEYS["Strange"]


KEY: Final = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4), st.sampled_from(["a", "b", "c.d", '"'])
)
SCALAR: Final = st.one_of(
    st.booleans(), st.integers(-9, 9), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
TABLE: Final = st.recursive(
    st.dictionaries(
        KEY, SCALAR | st.lists(SCALAR, max_size=3) | st.dictionaries(KEY, SCALAR, max_size=2).map(Inline), max_size=3
    ),
    lambda inner: st.dictionaries(KEY, inner | st.lists(inner, min_size=1, max_size=2), max_size=3),
    max_leaves=6,
)


@settings(max_examples=examples(200))
@given(TABLE)
def test_written_toml_reads_back(table: dict[str, Any]) -> None:
    """The writer's text is TOML with the same values, whatever the texts and keys are."""
    assert tomllib.loads(toml(table)) == table


@settings(max_examples=examples(200))
@given(TABLE)
def test_every_value_has_a_line(table: dict[str, Any]) -> None:
    """The walk finds exactly the keys and elements that the parser finds, each in the line that it stands in."""
    text = toml(table)
    found = places(text)
    assert found.keys() == set(spots(tomllib.loads(text)))
    lines = text.split("\n")
    for path, line in found.items():
        key = path[-1]
        if isinstance(key, str) and key.isalpha() and key.isascii():
            assert key in lines[line - 1]


BY_HAND: Final = """\
# a "comment" = [
title = 'lit"eral'  # x = 1
a.b . "c" = 1
date = 1979-05-27 07:32:00
multi = \"\"\"
[not] = "a table"
\\\"\"\" \"\"\"\"
lit = '''
x = 1
''''
[ t . "u v" ]
list = [ # one
  1, { k = [2,
    3], l.m = 'x' },
  [], ]
[[t.many]]
x = +inf
  [t.many.sub]
  y = 0x1F
[[t.many]]
x = ""
[[t.many.deep]]
z = true
"""
LINES: Final[dict[Path, int]] = {
    ("title",): 2, ("a",): 3, ("a", "b"): 3, ("a", "b", "c"): 3, ("date",): 4, ("multi",): 5, ("lit",): 8,
    ("t", "u v"): 11, ("t", "u v", "list"): 12, ("t", "u v", "list", 0): 13, ("t", "u v", "list", 1): 13,
    ("t", "u v", "list", 1, "k"): 13, ("t", "u v", "list", 1, "k", 0): 13, ("t", "u v", "list", 1, "k", 1): 14,
    ("t", "u v", "list", 1, "l"): 14, ("t", "u v", "list", 1, "l", "m"): 14, ("t", "u v", "list", 2): 15,
    ("t", "many"): 16, ("t", "many", 0): 16, ("t", "many", 0, "x"): 17, ("t", "many", 0, "sub"): 18,
    ("t", "many", 0, "sub", "y"): 19, ("t", "many", 1): 20, ("t", "many", 1, "x"): 21,
    ("t", "many", 1, "deep"): 22, ("t", "many", 1, "deep", 0): 22, ("t", "many", 1, "deep", 0, "z"): 23,
}  # fmt: skip


def test_lines_of_all_that_toml_allows() -> None:
    """Comments, strings of four kinds, dotted keys, dates, nested lists and tables are walked as they are."""
    assert places(BY_HAND) == LINES
    assert set(spots(tomllib.loads(BY_HAND))) - LINES.keys() == {("t",)}


@pytest.mark.parametrize(
    "text", ["a", "a =", "a = [1", "= 1", "a = { b = 1", "[a", "[[a]", 'a = "', '"\\q" = 1', "a = 1 b = 2"]
)
def test_what_is_no_toml_is_left_to_the_parser(text: str) -> None:
    """The walk says nothing of a text that is no TOML, and gives the lines that it saw before."""
    assert places(f"first = 1\n{text}")["first",] == 1
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(f"first = 1\n{text}")


@pytest.mark.parametrize(
    "nested",
    [lambda n: f"a = {'[' * n}{']' * n}", lambda n: ".".join("a" * n) + " = 1", lambda n: f"[{'.'.join('a' * n)}]"],
)
def test_levels_are_counted(nested: Callable[[int], str]) -> None:
    """As many levels as the limit are walked, one more is not."""
    assert places(nested(MAX_DEPTH))
    with pytest.raises(TooDeepError):
        places(nested(MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ((), ""),
        (("zones", 0, "core", 1), "zones[0].core[1]"),
        (("dns", "a b"), 'dns."a b"'),
        (("\x1b", 0), '"\\x1b"[0]'),
    ],
)
def test_a_key_is_said_as_people_write_it(path: Path, said: str) -> None:
    """A path reads like a key of TOML, with what a terminal would act on escaped."""
    assert key_of(path) == said


@settings(max_examples=examples(30))
@given(deployments())
def test_a_drawn_site_fits_the_schema(site: Deployment) -> None:
    """Any site of the model fits the schema as it is written."""
    assert [error.message for error in VALIDATOR.iter_errors(values_of(site))] == []
