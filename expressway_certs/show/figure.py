"""A figure of matplotlib that shows itself in a notebook. Importing this needs matplotlib (extra ``plot``)."""

from __future__ import annotations

from io import BytesIO

from matplotlib import figure

_DOTS_PER_INCH = 110


class Figure(figure.Figure):
    """A figure that a notebook draws, though pyplot knows nothing of it."""

    def _repr_png_(self) -> bytes:
        image = BytesIO()
        self.savefig(image, format="png", dpi=_DOTS_PER_INCH)
        return image.getvalue()
