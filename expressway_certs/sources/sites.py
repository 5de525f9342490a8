"""What a site can be read from, and what reads it: `Deployment.load` comes here."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs

from expressway_certs.product.deployment import Deployment
from expressway_certs.sources.diagnostics.container import is_diagnostics
from expressway_certs.sources.diagnostics.load import load_diagnostics
from expressway_certs.sources.site.errors import SiteError
from expressway_certs.sources.site.reading import is_site_folder, load_site_folder
from expressway_certs.sources.site.writing import save_site_folder
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.files.source import path_label


@attrs.frozen(kw_only=True)
class SourceKind:
    """A kind of source: what it is called, how it is recognised, and what reads it."""

    name: str
    is_this: Callable[[Path], bool]
    load: Callable[[Path], Deployment]


KINDS: Final = (
    SourceKind(name="a folder with site.toml in it", is_this=is_site_folder, load=load_site_folder),
    SourceKind(
        name="a diagnostic log archive or a folder with such ones", is_this=is_diagnostics, load=load_diagnostics
    ),
)
"""The first kind that recognises a path reads it."""


def load(source: str | os.PathLike[str]) -> Deployment:
    """Read a deployment from whatever kind of source is at a path; `SiteError` where it is none.

    A source of a kind that cannot be read ends in its own `LoadError`.
    """
    path = Path(source)
    try:
        # For Path an empty path is the folder itself.
        found = next((kind for kind in KINDS if kind.is_this(path)), None) if os.fspath(source) else None
    except LoadError:
        raise
    except (OSError, ValueError):
        found = None
    if found is None:
        raise SiteError(
            "no site can be read from there",
            found=_found(path) if os.fspath(source) else "an empty path",
            file=path_label(source),
            remedy=f"give {' or '.join(kind.name for kind in KINDS)}",
        )
    return found.load(path)


def _found(path: Path) -> str:
    try:
        if path.is_dir():
            return "another folder"
        return "another file" if path.exists() else "nothing of that name"
    except (OSError, ValueError):
        return "a name that no file can have"


def save(deployment: Deployment, folder: str | os.PathLike[str]) -> None:
    """Write a deployment as a site folder; `SiteError` where that cannot be."""
    save_site_folder(deployment, Path(folder))
