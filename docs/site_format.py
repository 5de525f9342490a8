"""The directive ``site-format``, which makes a table for each table of site.toml out of its JSON Schema."""

from collections.abc import Iterator
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from expressway_certs import site_schema

_HEADS = ("Key", "Value", "What it says")
# Where each table stands in the file, by the class of the model.
_HEADERS = {
    "Deployment": "at the top",
    "Expressway": "[[expressways]]",
    "Settings": "[expressways.settings]",
    "OpenSsl": "[expressways.openssl], [uc_servers.openssl]",
    "RevocationSources": "[expressways.revocation_sources], [expressways.xcp_revocation_sources]",
    "DomainCertificate": "[[expressways.domain_certificates]]",
    "Zone": "[[zones]]",
    "FarEnd": "[[zones.far_ends]], [[webex_services]], [[administrators]], [[ldap_servers]]",
    "AccessRule": "[[zones.access_rules]]",
    "UcServer": "[[uc_servers]]",
    "Client": "[[clients]]",
    "Upload": "[[uploads]]",
    "Dns": "[dns]",
}


def tables() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the class of each table and its schema, the site's own first."""
    schema = site_schema()
    yield "Deployment", schema
    yield from schema["$defs"].items()


def value(said: dict[str, Any]) -> str:
    """Return what a value looks like, in a few words."""
    if "enum" in said:
        return " or ".join(f'``"{word}"``' for word in said["enum"])
    if "$ref" in said:
        return "a table"
    if said.get("type") == "array":
        return "tables" if "$ref" in said["items"] else "a list of texts"
    if said.get("type") == "object":
        return "a table of names"
    if "anyOf" in said:
        return "a path, a list of paths, or a table" if len(said["anyOf"]) > 2 else "a path, or a list of paths"
    if "path" in said.get("description", ""):
        return "a path"
    return {"boolean": "true or false", "integer": "a whole number"}.get(said["type"], "a text")


def rows(schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield a row of text for each key of a table."""
    for key, said in schema["properties"].items():
        wanted = " **Has to be there.**" if key in schema["required"] else ""
        default = said.get("default")
        usual = (
            "" if default is None else f" Left out: {str(default).lower() if isinstance(default, bool) else default}."
        )
        yield f"``{key}``", value(said), f"{said['description']}{wanted}{usual}"


class SiteFormat(SphinxDirective):
    """The tables of the format."""

    option_spec: ClassVar[dict[str, object]] = {}

    def run(self) -> list[nodes.Node]:
        """Write a section for each table as a ``list-table`` and let docutils make it."""
        return [self.section(name, schema) for name, schema in tables()]

    def section(self, name: str, schema: dict[str, Any]) -> nodes.Node:
        """Return the section of one table."""
        lines = [schema["description"], "", ".. list-table::", "   :header-rows: 1", "   :widths: 25 25 50", ""]
        for row in (_HEADS, *rows(schema)):
            lines += [f"   {'* -' if first else '  -'} {cell}" for first, cell in zip((1, 0, 0), row, strict=True)]
        section = nodes.section(ids=[f"table-{name.lower()}"])
        section += nodes.title(text=_HEADERS[name])
        self.state.nested_parse(StringList(lines, source="the schema of a site"), self.content_offset, section)
        return section


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("site-format", SiteFormat)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
