"""The rooms of the package: who may import whom, and what may not be done where."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
import pytest

import expressway_certs

PACKAGE: Final = "expressway_certs"
ROOT: Final = Path(expressway_certs.__file__).parent

# From the ground up; the rooms of one line may import one another.
ROOMS: Final = (
    ("_version", "_lazy"),
    ("x509",),
    ("product",),
    ("rules",),
    ("matrix", "mending", "pipeline", "plan", "report", "upload_table"),
    ("sources",),
    ("show",),
    ("testing",),
    ("__init__",),
    ("cli", "__main__"),
)
RANK: Final = {room: rank for rank, rooms in enumerate(ROOMS) for room in rooms}

# Imports that go up all the same, as (importing module, imported room): why. An entry without an import fails.
UPWARD: Final[dict[tuple[str, str], str]] = {}

# Where files may be opened: folders of the package, or one module.
FILE_ROOMS: Final = (
    "x509/files/",  # it reads the one path that its caller names
    "sources/",
    "testing/",
    "_lazy.py",  # it reads the stub beside it
)
NETWORK_ROOMS: Final = ("sources/", "testing/")
NETWORK_MODULES: Final = frozenset(
    [
        "aiohttp",
        "asyncio",
        "asyncssh",
        "ftplib",
        "http",
        "httpcore",
        "httpx",
        "paramiko",
        "requests",
        "smtplib",
        "socket",
        "socketserver",
        "ssl",
        "subprocess",
        "telnetlib",
        "urllib.request",
        "urllib3",
        "xmlrpc",
    ]
)
FILE_CALLS: Final = frozenset(
    ["open", "read_bytes", "read_text", "write_bytes", "write_text", "fdopen", "NamedTemporaryFile", "mkdtemp"]
)
CLOCK_CALLS: Final = {
    "datetime": frozenset(("now", "utcnow", "today")),
    "date": frozenset(("today",)),
    "time": frozenset(("time", "time_ns", "gmtime", "localtime")),
}
CLOCK: Final = "x509/clock.py"
PRODUCT_WORDS: Final = re.compile(r"expressway|cisco|jabber|traversal|cucm|unified cm|callmanager", re.IGNORECASE)
MOST_LINES: Final = 400


@attrs.frozen
class Module:
    """One module of the package: its path inside the package, and its text."""

    path: str
    text: str

    @property
    def name(self) -> str:
        """The dotted name, as an import would say it."""
        parts = (PACKAGE, *Path(self.path).with_suffix("").parts)
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        """The dotted name that a relative import starts from."""
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]

    @property
    def tree(self) -> ast.Module:
        """The parsed text."""
        return ast.parse(self.text, self.path)


MODULES: Final = tuple(
    Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))
)
NAMES: Final = frozenset(module.name for module in MODULES)


def imports(module: Module) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it, as far as they name a module or one's attribute."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = imported_from(module, node)
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def imported_from(module: Module, node: ast.ImportFrom) -> str:
    """Return the absolute name of the module that a from-import takes names from."""
    if node.level == 0:
        return node.module or ""
    parts = module.package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join((*base, node.module)) if node.module else ".".join(base)


def room_of(dotted: str, modules: frozenset[str] = NAMES) -> str:
    """Return the room that a dotted name of this package lies in; names taken from the package itself are its front."""
    first = dotted.split(".")[1] if "." in dotted else ""
    is_room = f"{PACKAGE}.{first}" in modules or first in RANK
    return first if is_room else "__init__"


def upward_imports(module: Module, modules: frozenset[str] = NAMES) -> Iterator[tuple[str, str]]:
    """Yield (module, room) for each import of a room that stands above the module's own."""
    own = room_of(module.name, modules)
    for imported in imports(module):
        if imported.split(".")[0] != PACKAGE:
            continue
        room = room_of(imported, modules)
        if RANK[room] > RANK[own]:
            yield module.name, room


class WithoutTypes(ast.NodeTransformer):
    """Takes out what only a type checker reads."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Leave the other branch of `if TYPE_CHECKING`."""
        return node.orelse if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node


def at_run_time(module: Module) -> Module:
    """Return a module without the imports that only name a type."""
    return Module(module.path, ast.unparse(WithoutTypes().visit(module.tree)))


def imports_module(module: Module, names: frozenset[str]) -> Iterator[str]:
    """Yield the imports of a module that are one of *names* or lie inside one; naming a type of theirs is none."""
    for imported in imports(at_run_time(module)):
        parts = imported.split(".")
        if any(".".join(parts[: end + 1]) in names for end in range(len(parts))):
            yield f"{module.path} imports {imported}"


def called(node: ast.Call) -> tuple[str, str]:
    """Return the last two names of what is called: ("datetime", "now") for dt.datetime.now()."""
    function = node.func
    if isinstance(function, ast.Name):
        return "", function.id
    if not isinstance(function, ast.Attribute):
        return "", ""
    owner = function.value
    if isinstance(owner, ast.Attribute):
        return owner.attr, function.attr
    return (owner.id if isinstance(owner, ast.Name) else ""), function.attr


def calls(module: Module) -> Iterator[tuple[int, str, str]]:
    """Yield (line, owner, name) of every call in a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield node.lineno, *called(node)


def clock_calls(module: Module) -> Iterator[str]:
    """Yield the places where a module reads the clock."""
    if module.path == CLOCK:
        return
    for line, owner, name in calls(module):
        if name in CLOCK_CALLS.get(owner, ()):
            yield f"{module.path}:{line} calls {owner}.{name}"
    for imported in imports(module):
        owner, _, name = imported.rpartition(".")
        if owner == "time" and name in CLOCK_CALLS["time"]:
            yield f"{module.path} imports {imported}"


def file_calls(module: Module) -> Iterator[str]:
    """Yield the places where a module opens a file outside the rooms for that."""
    if module.path.startswith(FILE_ROOMS):
        return
    for line, owner, name in calls(module):
        if name in FILE_CALLS:
            yield f"{module.path}:{line} calls {owner}.{name}".replace(" .", " ")


def network_imports(module: Module) -> Iterator[str]:
    """Yield the imports of a module that speaks to the network or starts programs, outside the rooms for that."""
    if not module.path.startswith(NETWORK_ROOMS):
        yield from imports_module(module, NETWORK_MODULES)


def product_words(module: Module) -> Iterator[str]:
    """Yield the lines of x509/ that speak of the product; the name of this package itself is no such word."""
    if not module.path.startswith("x509/"):
        return
    for number, line in enumerate(module.text.splitlines(), 1):
        if found := PRODUCT_WORDS.search(line.replace(PACKAGE, "")):
            yield f"{module.path}:{number} says {found.group()}"


def release_comparisons(module: Module) -> Iterator[str]:
    """Yield the places in rules/ that compare or make releases: what differs between them is a row of the table."""
    if not module.path.startswith("rules/"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and called(node)[1] == "Release":
            yield f"{module.path}:{node.lineno} makes a Release"
        if isinstance(node, ast.Compare):
            sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
            if any(re.search(r"\brelease\b|\bnumbers\b", side) for side in sides):
                yield f"{module.path}:{node.lineno} compares {' with '.join(sides)}"


def everywhere(check: object) -> list[str]:
    """Return what one of the checks above finds in the whole package."""
    assert callable(check)
    return [str(found) for module in MODULES for found in check(module)]


def test_every_module_stands_in_a_room() -> None:
    """A new folder or module gets its place in the order of rooms before it gets users."""
    assert {room_of(module.name) for module in MODULES} - RANK.keys() == set()


def test_every_folder_is_a_package() -> None:
    """A folder without `__init__.py` would be passed over by whoever walks the package, its examples among it."""
    paths = {module.path for module in MODULES}
    folders = {Path(path).parent.as_posix() for path in paths}
    assert {folder for folder in folders if f"{folder}/__init__.py".removeprefix("./") not in paths} == set()


def test_no_room_imports_a_higher_one() -> None:
    """A room imports only from the rooms below it, but for the exceptions that are listed with a reason."""
    found = {pair for module in MODULES for pair in upward_imports(module)}
    assert found == UPWARD.keys()


def test_asn1crypto_stands_behind_one_module() -> None:
    """One module of x509/ imports asn1crypto, so that it can be replaced there."""
    users = {module.path for module in MODULES if any(imports_module(module, frozenset(("asn1crypto",))))}
    assert len(users) == 1, users
    assert all(path.startswith("x509/") for path in users)


def test_the_strict_judge_stands_behind_one_module() -> None:
    """One module imports pyhanko-certvalidator, so that its traps are kept from everyone else."""
    library = frozenset(("pyhanko_certvalidator",))
    assert {module.path for module in MODULES if any(imports_module(module, library))} == {"x509/strict.py"}


def test_the_clock_is_read_in_one_place() -> None:
    """Only the clock module asks what time it is; a verdict for any instant depends on it."""
    assert everywhere(clock_calls) == []


def test_files_are_opened_where_files_are_read() -> None:
    """Checks open no file."""
    assert everywhere(file_calls) == []


def test_checks_know_no_network() -> None:
    """Only sources and the test kit may import what speaks to the network or starts programs."""
    assert everywhere(network_imports) == []


def test_x509_knows_no_product() -> None:
    """The ground floor is about X.509 and OpenSSL alone."""
    assert everywhere(product_words) == []


def test_no_rule_compares_releases() -> None:
    """What releases do differently is looked up in the table of behaviours, never decided in a rule."""
    assert everywhere(release_comparisons) == []


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    """A module stays within what can be read in one sitting."""
    lengths = {module.path: len(module.text.splitlines()) for module in MODULES}
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}


def test_the_whole_package_is_looked_at() -> None:
    """The checks above see the front door and the ground floor: an empty list of modules would pass them all."""
    assert {"__init__.py", CLOCK} <= {module.path for module in MODULES}


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("x509/verify.py", "from expressway_certs.rules import upload", [("expressway_certs.x509.verify", "rules")]),
        ("x509/verify.py", "from ..product import release", [("expressway_certs.x509.verify", "product")]),
        ("x509/__init__.py", "from .. import product", [("expressway_certs.x509", "product")]),
        ("x509/files/pem.py", "from ...show import text", [("expressway_certs.x509.files.pem", "show")]),
        ("report.py", "def f():\n    import expressway_certs.show.html", [("expressway_certs.report", "show")]),
        ("rules/a.py", "from expressway_certs import Certificate", [("expressway_certs.rules.a", "__init__")]),
        ("x509/a.py", "from expressway_certs import rules", [("expressway_certs.x509.a", "rules")]),
        ("rules/a.py", "from expressway_certs.x509 import verify", []),
        ("rules/a.py", "from . import b\nfrom .b import c", []),
        ("cli/audit.py", "from expressway_certs import Certificate\nimport expressway_certs", []),
        ("plan.py", "from expressway_certs.pipeline import audit", []),
        ("x509/a.py", "import expressways\nfrom rules import x", []),
    ],
)
def test_an_upward_import_is_seen(path: str, text: str, found: list[tuple[str, str]]) -> None:
    """The check sees absolute, relative, late and indirect imports, and lets the allowed ones be."""
    assert list(upward_imports(Module(path, text))) == found


@pytest.mark.parametrize(
    ("check", "path", "text", "found"),
    [
        (clock_calls, "x509/a.py", "x = datetime.now(UTC)", ["x509/a.py:1 calls datetime.now"]),
        (clock_calls, "x509/a.py", "x = 1\ny = dt.datetime.utcnow()", ["x509/a.py:2 calls datetime.utcnow"]),
        (clock_calls, "rules/a.py", "x = time.time()", ["rules/a.py:1 calls time.time"]),
        (clock_calls, "rules/a.py", "from time import time", ["rules/a.py imports time.time"]),
        (clock_calls, "x509/clock.py", "x = datetime.now(UTC)", []),
        (clock_calls, "x509/a.py", "x = clock.now()", []),
        (file_calls, "rules/a.py", "with open('x') as f: pass", ["rules/a.py:1 calls open"]),
        (file_calls, "x509/a.py", "Path('x').read_bytes()", ["x509/a.py:1 calls read_bytes"]),
        (file_calls, "x509/a.py", "path.open()", ["x509/a.py:1 calls path.open"]),
        (file_calls, "x509/files/a.py", "path.read_bytes()", []),
        (file_calls, "sources/a.py", "path.read_bytes()", []),
        (network_imports, "x509/a.py", "import ssl", ["x509/a.py imports ssl"]),
        (network_imports, "rules/a.py", "from urllib import request", ["rules/a.py imports urllib.request"]),
        (network_imports, "cli/audit.py", "import http.client", ["cli/audit.py imports http.client"]),
        (network_imports, "rules/a.py", "from urllib import parse", []),
        (network_imports, "sources/a.py", "import ssl", []),
        (
            release_comparisons,
            "rules/a.py",
            "if node.release < 'X14.2': pass",
            [
                "rules/a.py:1 compares node.release with 'X14.2'",
            ],
        ),
        (release_comparisons, "rules/a.py", "x = Release('X14')", ["rules/a.py:1 makes a Release"]),
        (
            release_comparisons,
            "rules/a.py",
            "x = node.release.numbers >= (14, 2)",
            [
                "rules/a.py:1 compares node.release.numbers with (14, 2)",
            ],
        ),
        (release_comparisons, "product/a.py", "x = Release('X14') < y.release", []),
        (release_comparisons, "rules/a.py", "x = emulation.has(one)", []),
        (product_words, "x509/a.py", '"""What Expressway takes."""', ["x509/a.py:1 says Expressway"]),
        (product_words, "x509/a.py", "\n# for a JABBER client", ["x509/a.py:2 says JABBER"]),
        (product_words, "x509/a.py", "import expressway_certs.x509.names", []),
        (product_words, "rules/a.py", "# Expressway", []),
    ],
)
def test_a_forbidden_act_is_seen(check: object, path: str, text: str, found: list[str]) -> None:
    """Each check finds what it forbids, where it is forbidden, and nowhere else."""
    assert callable(check)
    assert list(check(Module(path, text))) == found


def test_asn1crypto_is_seen_in_any_form() -> None:
    """The module is recognised by its first name, and a longer name is another module."""
    text = "from asn1crypto import cms\nimport asn1crypto.pem\nimport asn1crypto_extra\n"
    text += "if TYPE_CHECKING:\n    from asn1crypto import x509"
    found = list(imports_module(Module("x509/a.py", text), frozenset(("asn1crypto",))))
    assert found == ["x509/a.py imports asn1crypto.cms", "x509/a.py imports asn1crypto.pem"]
