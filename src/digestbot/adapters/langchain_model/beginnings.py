"""What can be read of a reply that is still being written: the members of its list that are whole. Pure."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import from_json

from digestbot.adapters.langchain_model.asking import without_thoughts

MAX_CHARS = 48_000
"""Of what is longer nothing is read before it is whole: each reading begins at its beginning."""
_OBJECT = re.compile(r"\A\s*\{|```(?:json)?\s*\{")


def begun(text: str, name: str) -> list[Any]:
    """Return the members of the list of this name in a JSON object of which the text may be no more than a beginning.

    The last of them counts once another follows, or another name does: until then it may be a half.
    """
    text = without_thoughts(text) if len(text) <= MAX_CHARS else ""
    found = _OBJECT.search(text)
    if found is None:
        return []
    try:
        known = from_json(text[found.end() - 1 :], allow_partial=True)
    except ValueError:  # no JSON, or something behind its end: what it is worth is said of the whole reply
        return []
    members = known.get(name)
    if not isinstance(members, list):
        return []
    return members[:-1] if next(reversed(known)) == name else members
