"""Every phrase of the bot that somebody reads: what `t` is given, tables of labels, and descriptions of commands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import digestbot.bot
from digestbot.render import review_words

FOLDER = Path(digestbot.bot.__file__).parent
TABLES = (
    "WHO",
    "KINDS",
    "GROUNDS",
    "OUTCOMES_TOLD",
    "ANSWERS",
    "LEVELS",
    "SPANS",
    "VERDICTS",
    "FIELDS",
    "CADENCES",
    "LENGTHS",
    "OUTCOMES",
    "STANDINGS",
    "_DAY_NAMES",
)
OWN = ("description",)


def spoken() -> set[str]:
    """Return the phrases in the bot's source, and those that it shares with the pages."""
    found: set[str] = set()
    for file in (*FOLDER.glob("*.py"), Path(review_words.__file__)):
        if file.name != "chinese.py":
            found |= set(_phrases(ast.parse(file.read_text("utf-8"))))
    return {text for text in found if any(letter.isalpha() for letter in text.replace("{", "").replace("}", ""))}


def _phrases(tree: ast.Module) -> Iterator[str]:
    named: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named.setdefault(node.targets[0].id, []).extend(_texts(node.value))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            named.setdefault(node.target.id, []).extend(_texts(node.value))
    for table in TABLES:
        yield from named.get(table, ())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, named)


def _of_call(node: ast.Call, named: dict[str, list[str]]) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name == "t":
        yield from named.get(node.args[1].id, ()) if isinstance(node.args[1], ast.Name) else _texts(node.args[1])
    if name == "describe":
        yield from (text for keyword in node.keywords for text in _texts(keyword.value))
    if name == "context_menu":
        yield from (text for keyword in node.keywords if keyword.arg == "name" for text in _texts(keyword.value))
    if name in ("command", "Group"):
        yield from (text for keyword in node.keywords if keyword.arg in OWN for text in _texts(keyword.value))


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict):
        yield from (text for value in node.values for text in _texts(value))
    elif isinstance(node, ast.Tuple):
        yield from (text for value in node.elts for text in _texts(value))
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.Subscript):
        yield from _texts(node.value)
