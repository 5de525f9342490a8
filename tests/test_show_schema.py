"""The JSON of a report: under a versioned schema that notices every change."""

import copy
import json
from collections.abc import Iterator
from typing import Any, Final

import jsonschema
import pytest
from report_samples import AT, clean_report, finding, report

from expressway_certs.pipeline import audit
from expressway_certs.product.deployment import Deployment
from expressway_certs.report import SCHEMA, Report
from expressway_certs.rules.finding import Severity
from expressway_certs.show.schema import REPORT_SCHEMA, VERDICT_JSON_SCHEMA
from expressway_certs.testing.sample import sample_deployment

Path = tuple[str | int, ...]
VALIDATOR: Final = jsonschema.Draft202012Validator(REPORT_SCHEMA)
SAMPLE: Final = audit(sample_deployment(at=AT), at=AT)


def full_report() -> Report:
    """Return a report in which no list is empty and little is null."""
    return report(finding("a", Severity.ERROR, "2"))


def members(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every member of every object in a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from members(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:1]):
            yield from members(inner, (*path, index))


def parent_of(value: Any, path: Path) -> Any:
    """Return the object that holds the last key of a path."""
    for key in path[:-1]:
        value = value[key]
    return value


FULL: Final = full_report().to_dict()
MEMBERS: Final = tuple(members(FULL))


def errors(value: Any) -> list[str]:
    """Return what the schema has to complain of."""
    return [error.message for error in VALIDATOR.iter_errors(value)]


@pytest.mark.parametrize("schema", [REPORT_SCHEMA, VERDICT_JSON_SCHEMA])
def test_the_schema_is_one(schema: dict[str, Any]) -> None:
    """It is a JSON Schema of 2020-12, and plain JSON itself."""
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize(
    "one", [SAMPLE, clean_report(), full_report(), audit(Deployment(name="empty"), at=AT)], ids=lambda one: one.name
)
def test_a_report_fits(one: Report) -> None:
    """The sample's report, one without a finding, and one with everything, as JSON and back."""
    assert errors(json.loads(one.to_json())) == []
    assert json.loads(one.to_json()) == one.to_dict()


def test_the_sample_fills_the_schema() -> None:
    """The sample's report has findings with legs, certificates and sources: the test above sees them."""
    values = SAMPLE.to_dict()
    found = [one for one in values["findings"] if one["legs"] and one["certificate"] and one["sources"]]
    assert values["schema"] == SCHEMA == "expressway_certs/report/2"
    assert found
    assert values["counts"]["error"] == len(SAMPLE.errors)


@pytest.mark.parametrize("path", MEMBERS, ids=lambda path: ".".join(map(str, path)))
def test_a_dropped_field_is_seen(path: Path) -> None:
    """Every field is required."""
    values = copy.deepcopy(FULL)
    del parent_of(values, path)[path[-1]]
    assert errors(values) != []


@pytest.mark.parametrize("path", MEMBERS, ids=lambda path: ".".join(map(str, path)))
def test_a_retyped_field_is_seen(path: Path) -> None:
    """Every field has a type."""
    values = copy.deepcopy(FULL)
    parent_of(values, path)[path[-1]] = 1.5
    assert errors(values) != []


@pytest.mark.parametrize(
    "path", sorted({path[:-1] for path in MEMBERS}, key=str), ids=lambda path: ".".join(map(str, path)) or "top"
)
def test_an_added_field_is_seen(path: Path) -> None:
    """No object takes a field that the schema does not know."""
    values = copy.deepcopy(FULL)
    parent_of(values, (*path, "x"))["new"] = None
    assert errors(values) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "expressway_certs/report/1"),
        (("at",), "2026-11-24T12:00:00"),
        (("findings", 0, "severity"), "fatal"),
        (("findings", 0, "sources", 0, "confidence"), "sure"),
        (("findings", 0, "certificate", "sha256"), "abc"),
        (("findings", 0, "legs", 0, "port"), 0),
        (("legs", 0, "state"), "sideways"),
        (("legs", 0, "judgements", 0, "match"), "nearly"),
        (("outcomes", 0, "kind"), "skipped"),
        (("findings", 0, "effect"), "the page shrugs"),
        (("findings", 0, "settings", 0, "row"), 1),
        (("counts", "error"), -1),
    ],
    ids=str,
)
def test_a_value_outside_its_range_is_seen(path: Path, value: object) -> None:
    """A word that the schema does not list, a number or a text of another form."""
    values = copy.deepcopy(FULL)
    parent_of(values, path)[path[-1]] = value
    assert errors(values) != []
