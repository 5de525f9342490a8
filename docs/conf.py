"""Settings of the documentation, which is built with `-n -W`: an unknown reference is an error."""

import ast
import inspect
import sys
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

from docutils.nodes import Element
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import expressway_certs

sys.path.insert(0, str(Path(__file__).parent))

project = "expressway_certs"
author = "expressway_certs contributors"
project_copyright = "2026, expressway_certs contributors"
version = release = expressway_certs.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "registry", "rule_pages", "site_format"]
html_theme = "furo"
html_title = f"expressway_certs {release}"
exclude_patterns = ["_build"]
default_role = "code"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# The notebooks are run at each build; what goes wrong in one ends it.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120

autodoc_default_options = {"members": True, "show-inheritance": False, "undoc-members": False}
autodoc_member_order = "bysource"
# Signatures say Certificate, not the module that it lives in.
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

# Types of other libraries: their documentation is elsewhere, and a build asks no network for it.
nitpick_ignore_regex = [
    ("py:.*", r"(asn1crypto|collections|concurrent|cryptography|datetime|enum|ipaddress|os|pathlib|typing)\..*"),
    ("py:.*", r"(attr|attrs|matplotlib|pyca|x509|asn1|pandas)\..*"),
    ("py:.*", r"(Callable|Executor|Iterable|Iterator|Mapping|Path|PathLike|Sequence|datetime|timedelta|Final|Self)"),
    ("py:.*", r"(IPv[46]Address|DataFrame|Figure)"),
    # The lower level, which public values show to who wants more, and which is no part of the contract.
    ("py:.*", r"expressway_certs\.x509\.(bulk|case|distribution|extensions|paths|revocation_list|slices|view)\..*"),
    ("py:.*", r"expressway_certs\.x509\.shown\.Choice"),
    ("py:.*", r"expressway_certs\.x509\.verdict\.Answer"),
    ("py:.*", r"expressway_certs\.x509\.files\.(containers\.Piece|keys\.HasDer)"),
    ("py:.*", r"expressway_certs\.product\.(changes|emulation|key_file|legs|provenance|settings|steps)\..*"),
    ("py:.*", r"(Connection|FactoryKey|Judgement|KeyFile|Leg|Obstacle|Page|Published|Source)"),
    ("py:.*", r"expressway_certs\.sources\.xconfiguration\..*"),
    ("py:.*", r"expressway_certs\.matrix\.Matrix(Block|Row)"),
    ("py:.*", r"expressway_certs\.plan\.task\.Task"),
    ("py:.*", r"expressway_certs\.rules\.(cases\..*|finding\.(Evidence|Hit|LegRef)|judging\.(Judgement|Obstacle))"),
    ("py:.*", r"expressway_certs\.rules\.(connection\.Connection|rule\.Context|judging\.Judged)"),
    ("py:.*", r"(expressway_certs\.testing\.lab\.web\.)?Route|http\.server\..*|BaseHTTPRequestHandler"),
    ("py:.*", r"expressway_certs\.testing\.(breaking|issued|keys)\..*"),
]

PUBLIC = frozenset(expressway_certs.__all__)


def resolve_public_name(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: Element) -> Element | None:
    """Lead a reference to where a public name is defined to where it is documented: under the package itself."""
    name = str(node.get("reftarget", "")).rpartition(".")[2]
    domain = env.domains.python_domain
    if node.get("refdomain") != "py" or name not in PUBLIC or app.builder is None:
        return None
    target = f"{project}.{name}"
    if node["reftarget"] == target:
        return None
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", target, node, content)


@cache
def docstrings_in(owner: type) -> dict[str, str]:
    """Return the docstrings of a class's methods and properties as its source has them, by name."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {function.name: ast.get_docstring(function) or "" for function in functions}


def restore_docstring(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Give a cached property its docstring back: attrs makes a slot of it, and a slot has none."""
    parts = name.split(".")
    owner = getattr(expressway_certs, parts[1], None) if len(parts) > 2 else None
    if what == "attribute" and not any(lines) and isinstance(owner, type):
        lines[:] = docstrings_in(owner).get(parts[-1], "").splitlines()


def setup(app: Sphinx) -> dict[str, Any]:
    """Add what this project needs of its own."""
    app.connect("missing-reference", resolve_public_name)
    app.connect("autodoc-process-docstring", restore_docstring)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
