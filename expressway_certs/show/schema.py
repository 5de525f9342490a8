"""The JSON Schema of what `Report.to_dict` and `verify --json` give.

A field that is added, dropped or changes its type gets the schema a new number: whoever reads the JSON can rely on it.
"""

from __future__ import annotations

from typing import Any, Final

from expressway_certs.report import SCHEMA
from expressway_certs.rules.finding import Effect, OutcomeKind, Severity
from expressway_certs.rules.judging import NameMatch, State
from expressway_certs.show.verdicts import VERDICT_SCHEMA

Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[Schema] = {"type": "string"}
_OPTIONAL_TEXT: Final[Schema] = {"type": ["string", "null"]}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_OPTIONAL_COUNT: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}
_BOOLEAN: Final[Schema] = {"type": "boolean"}
_PORT: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": 65535}
_HEX: Final[Schema] = {"type": "string", "pattern": "^-?[0-9a-f]+$"}
_SHA256: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_INSTANT: Final[Schema] = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$",
}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _document(name: str, schema: Schema) -> Schema:
    return {"$schema": _DIALECT, "title": name, **schema}


_LEG: Final = _object(id=_TEXT, title=_TEXT, port=_PORT, initiator=_TEXT, acceptor=_TEXT)
_CERTIFICATE: Final = _object(
    subject=_TEXT, issuer=_TEXT, serial=_HEX, sha256=_SHA256, not_before=_INSTANT, not_after=_INSTANT
)
_FINDING: Final = _object(
    rule=_TEXT,
    severity={"enum": [severity.value for severity in Severity]},
    message=_TEXT,
    product_message=_OPTIONAL_TEXT,
    effect={"enum": [*(effect.value for effect in Effect), None]},
    alarm=_OPTIONAL_COUNT,
    nodes=_list(_TEXT),
    legs=_list(_LEG),
    certificate=_or_null(_CERTIFICATE),
    evidence=_object(
        code=_OPTIONAL_COUNT,
        depth=_OPTIONAL_COUNT,
        extension=_OPTIONAL_TEXT,
        expected=_OPTIONAL_TEXT,
        found=_OPTIONAL_TEXT,
        explanation=_OPTIONAL_TEXT,
    ),
    remedy=_list(_TEXT),
    settings=_list(_object(name=_TEXT, value=_TEXT, row=_TEXT)),
    sources=_list(
        _object(key=_TEXT, confidence={"enum": ["documented", "field", "inferred", "own choice"]}),
    ),
)
_JUDGEMENT: Final = _object(
    judge=_TEXT,
    presenter=_TEXT,
    store=_TEXT,
    trusted_by=_TEXT,
    state={"enum": [state.value for state in State]},
    code=_OPTIONAL_COUNT,
    depth=_OPTIONAL_COUNT,
    name=_OPTIONAL_TEXT,
    match={"enum": [*(match.value for match in NameMatch), None]},
    why=_OPTIONAL_TEXT,
)
_SOURCE: Final = _object(key=_TEXT, confidence={"enum": ["documented", "field", "inferred", "own choice"]})
_SYMPTOM: Final = _object(node=_TEXT, event=_OPTIONAL_TEXT, alarm=_OPTIONAL_COUNT, text=_TEXT, source=_SOURCE)
_LEG_RESULT: Final = _object(
    **_LEG["properties"],
    zone=_OPTIONAL_TEXT,
    state={"enum": [state.value for state in State]},
    why=_TEXT,
    judgements=_list(_JUDGEMENT),
    symptoms=_list(_SYMPTOM),
)
_OUTCOME: Final = _object(rule=_TEXT, kind={"enum": [kind.value for kind in OutcomeKind]}, why=_TEXT)

REPORT_SCHEMA: Final = _document(
    "expressway_certs report",
    _object(
        schema={"const": SCHEMA},
        name=_TEXT,
        at=_INSTANT,
        ok=_BOOLEAN,
        counts=_object(**{severity.value: _COUNT for severity in Severity}),
        findings=_list(_FINDING),
        legs=_list(_LEG_RESULT),
        outcomes=_list(_OUTCOME),
    ),
)
"""JSON Schema (2020-12) of a report."""

VERDICT_JSON_SCHEMA: Final = _document(
    "expressway_certs verdict",
    _object(
        schema={"const": VERDICT_SCHEMA},
        ok=_BOOLEAN,
        openssl={"enum": ["3.0", "1.1.1"]},
        code=_COUNT,
        reason=_TEXT,
        depth=_COUNT,
        certificate=_CERTIFICATE,
        explanation=_TEXT,
        extension=_OPTIONAL_TEXT,
        expected=_OPTIONAL_TEXT,
        found=_OPTIONAL_TEXT,
        missing=_or_null(_object(name=_TEXT, key_identifier=_or_null(_HEX), urls=_list(_TEXT))),
        chain=_list(_CERTIFICATE),
    ),
)
"""JSON Schema (2020-12) of a verdict."""
