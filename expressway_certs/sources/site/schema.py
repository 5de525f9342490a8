"""The JSON Schema of `site.toml`, as editors and checkers of TOML take it."""

from __future__ import annotations

from typing import Any, Final

from expressway_certs.sources.site.records import FORMAT, tables

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def site_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a ``site.toml``; it says what the loader wants of it.

    What only the files beside it and the model can tell, the loader alone says: whether a file is a certificate,
    whether an Expressway of that name is there.

    >>> schema = site_schema()
    >>> schema["properties"]["name"]["type"]
    'string'
    """
    site, *others = tables()
    head = {"$schema": _DIALECT, "title": FORMAT}
    return head | site.definition() | {"$defs": {one.of.__name__: one.definition() for one in others}}
