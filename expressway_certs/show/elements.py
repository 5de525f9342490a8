"""Elements of HTML and SVG, made as a tree: whatever is text is escaped when the tree is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, tostring

from expressway_certs.show.escape import brief

Child = Element | str | None
"""What an element holds: elements, and text, which is shown as it is and never obeyed; None is left out."""

_NO_TAIL: Final = re.compile(r"_$")


def element(tag: str, *children: Child | Iterable[Child], **attributes: object) -> Element:
    """Return an element; an attribute of None is left out, "class_" is "class" and "stroke_width" "stroke-width"."""
    made = Element(tag, {_name(key): brief(value) for key, value in attributes.items() if value is not None})
    for child in _flat(children):
        _append(made, child)
    return made


def _name(key: str) -> str:
    return _NO_TAIL.sub("", key).replace("_", "-") if key != "viewBox" else key


def _flat(children: Iterable[Child | Iterable[Child]]) -> Iterable[Child]:
    for child in children:
        if child is None or isinstance(child, (str, Element)):
            yield child
        else:
            yield from child


def _append(parent: Element, child: Child) -> None:
    if child is None:
        return
    if isinstance(child, Element):
        parent.append(child)
        return
    text = brief(child)
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def raw(tag: str, text: str) -> Element:
    """Return an element whose text is ours and is written as it stands: a style sheet."""
    made = Element(tag)
    made.text = text
    return made


def written(*elements: Element) -> str:
    """Return elements as HTML."""
    return "".join(tostring(one, encoding="unicode", method="html") for one in elements)
