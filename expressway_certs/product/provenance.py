"""Where a fact comes from, and how sure it is."""

from __future__ import annotations

from typing import Literal

import attrs

Confidence = Literal["documented", "field", "inferred", "own choice"]
"""Documented by Cisco (guide, field notice, TAC note); reported from real boxes; inferred by us; chosen by us."""


@attrs.frozen
class Source:
    """A source: the key of a row in the facts tables (or a document's key there), and the confidence in it."""

    key: str
    confidence: Confidence = "documented"

    def __str__(self) -> str:
        return f"{self.key} ({self.confidence})"
