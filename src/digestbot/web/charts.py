"""Charts as SVG that stands inside a page: drawn by pygal, stripped of its scripts, styles and tooltips.

A chart is one picture with a name and a text; its numbers stand in a table beside it. Colours are classes that the
style sheet fills, so that charts follow the page into the dark and onto paper.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree
from markupsafe import Markup

from digestbot.render.escape import plain

WIDTH = 480
"""Little more than a phone's, so that a chart is seen there whole and its letters can be read."""
_HEIGHT = 230
_LABELS = 7
"""At most, so that they do not run into one another at the width of a phone."""
_ROW = 26
MAX_LABEL_CHARS = 80
Rows = Mapping[str, Sequence[float]]
"""What is drawn, by name: a value for each label."""
_SVG = "{http://www.w3.org/2000/svg}"
_UNWANTED = {"tooltip-overlay", "text-overlay", "overlay", "titles", "background"}
_LONG_NUMBER = re.compile(r"(\d+\.\d)\d+")


def stacked(name: str, title: str, about: str, labels: Sequence[str], rows: Rows) -> Markup:
    """Return bars in which the rows lie on one another; `name` is unique in a page, `about` says what is seen."""
    every = max(1, math.ceil(len(labels) / _LABELS))
    chart = _pygal().StackedBar(**_config(), height=_HEIGHT, x_labels_major_every=every, show_minor_x_labels=False)
    chart.x_labels = [plain(label, MAX_LABEL_CHARS) for label in labels]
    named = {plain(row, MAX_LABEL_CHARS): list(values) for row, values in rows.items()}
    for row, values in named.items():
        chart.add(row, values)
    return _bare(chart.render(), name, (title, about), list(named))


def bars(name: str, title: str, about: str, labels: Sequence[str], values: Sequence[float]) -> Markup:
    """Return a bar for each label."""
    return stacked(name, title, about, labels, {title: values})


def lying(name: str, title: str, about: str, values: Mapping[str, int]) -> Markup:
    """Return a lying bar for each name, the first on top."""
    chart = _pygal().HorizontalBar(**_config(), height=60 + _ROW * len(values))
    chart.x_labels = [plain(label, MAX_LABEL_CHARS) for label in reversed(list(values))]
    chart.add("", list(values.values())[::-1])
    return _bare(chart.render(), name, (title, about), [""])


def _pygal() -> Any:
    import pygal

    # For plugins that we have none of it puts a finder of the old kind before every later import, each with a warning.
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]
    return pygal


def _config() -> dict[str, Any]:
    from pygal.style import Style

    # The sizes make room for labels; what they look like is the style sheet's.
    style = Style(font_family="sans-serif", label_font_size=14, major_label_font_size=14)
    return {
        "width": WIDTH, "style": style, "css": (), "js": (), "show_legend": False, "print_values": False,
        "show_y_guides": True, "spacing": 6, "margin": 8, "max_scale": 6, "truncate_label": 24,
        "value_formatter": lambda value: f"{value:,.10g}",
    }  # fmt: skip


def _bare(drawn: bytes, name: str, said: tuple[str, str], rows: Sequence[str]) -> Markup:
    root = etree.fromstring(drawn, etree.XMLParser(remove_comments=True, resolve_entities=False))
    for element in [*root.iter(f"{_SVG}defs", f"{_SVG}title"), *_of_classes(root)]:
        element.getparent().remove(element)
    for number, row in enumerate(rows):
        _name_bars(root, number, row)
    for element in root.iter():
        element.attrib.pop("style", None)
        for key, value in element.attrib.items():
            element.set(key, _LONG_NUMBER.sub(r"\1", value))
    viewed = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib.update({"viewBox": viewed, "class": "chart", "role": "img"})
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for place, (tag, text) in enumerate(zip(("title", "desc"), said, strict=True)):
        child = etree.Element(f"{_SVG}{tag}", id=f"{name}-{tag}")
        child.text = plain(text)
        root.insert(place, child)
    etree.cleanup_namespaces(root)
    return Markup(etree.tostring(root, encoding="unicode"))  # what pygal drew and escaped, with our own attributes


def _of_classes(root: etree._Element) -> list[etree._Element]:
    return [element for element in root.iter() if _UNWANTED & set(str(element.get("class", "")).split())]


def _name_bars(root: etree._Element, number: int, row: str) -> None:
    """Let each bar of a row say what it is when it is pointed at; what is nothing has no bar."""
    groups = [one for one in root.iter(f"{_SVG}g") if f"serie-{number}" in str(one.get("class", "")).split()]
    for bar in [bar for group in groups for bar in group.iter(f"{_SVG}g") if bar.get("class") == "bar"]:
        said = {str(one.get("class")): one.text or "" for one in bar.findall(f"{_SVG}desc")}
        if said.get("value") == "0":
            bar.getparent().remove(bar)
            continue
        for one in bar.findall(f"{_SVG}desc"):
            bar.remove(one)
        label = ", ".join(text for text in (row, said.get("x_label", "")) if text)
        etree.SubElement(bar, f"{_SVG}title").text = f"{label}: {said.get('value', '')}"
