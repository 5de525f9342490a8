"""A package whose public names are imported when they are first asked for.

Importing everything is what the plugin of pytest would cost wherever the library is installed and not used. So the
front of a package loads nothing; which name comes from where stands in its stub, ``__init__.pyi``, which the type
checkers read too (Scientific Python's SPEC 1 does the same).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


class Front:
    """What a package offers: the names of its stub, each with the module that it is imported from."""

    def __init__(self, package: str) -> None:
        self.package = package
        self._origins: dict[str, str] = {}

    @property
    def origins(self) -> dict[str, str]:
        """The modules by the names that come from them; read from the stub when it is first needed."""
        if not self._origins:
            self._origins = _imports_of(self.package)
        return self._origins

    def get(self, name: str) -> Any:
        """Return a public name, or ``__all__``; `AttributeError` for what is neither."""
        if name == "__all__":
            return sorted(self.origins)
        origin = self.origins.get(name)
        if origin is None:
            raise AttributeError(f"module {self.package!r} has no attribute {name!r}")
        value = getattr(import_module(origin), name)
        setattr(sys.modules[self.package], name, value)
        return value

    def listed(self) -> list[str]:
        """Return what `dir` shows."""
        return sorted({*vars(sys.modules[self.package]), *self.origins})


def front(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for a package (PEP 562)."""
    found = Front(package)
    return found.get, found.listed


def _imports_of(package: str) -> dict[str, str]:
    import ast  # noqa: PLC0415 - a program that asks for no name does without these
    from importlib import resources  # noqa: PLC0415

    stub = (resources.files(package) / "__init__.pyi").read_text(encoding="utf-8")
    imports = [node for node in ast.parse(stub).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module or "" for node in imports for alias in node.names}
