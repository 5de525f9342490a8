"""How a value shows itself in a notebook."""

from __future__ import annotations

from importlib import import_module


def as_html(value: object) -> str:
    """Return a value as HTML for a notebook; it is the ``_repr_html_`` of whatever has one."""
    # Showing is a room above this one, so it is looked up only when asked for.
    html: str = import_module("expressway_certs.show.notebook").as_html(value)
    return html
