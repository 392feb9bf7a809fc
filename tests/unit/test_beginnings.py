"""What counts of a reply that is still being written."""

from __future__ import annotations

from typing import Any

import pytest

from digestbot.adapters.langchain_model.beginnings import MAX_CHARS, begun

WHOLE = [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("", []),
        ("[1, 2", []),
        ('{"list": 3', []),
        ('{"list": [{"a": 1}, {"a": 2}', WHOLE[:1]),
        ('{"list": [{"a": 1}, {"a": 2}, {', WHOLE),
        ('{"list": [{"a": 1}, {"a": 2}], "more": "an', WHOLE[:1]),
        ('{"list": [{"a": 1}, {"a": 2}], "more": "and"', WHOLE),
        ('```json\n{"list": [{"a": 1}, {"a": 2}, {', WHOLE),
        ('<think>{"list": [{"a": 9}, {"a": 9}, {</think>{"list": [{"a": 1}, {', WHOLE[:1]),
        ('<think>{"list": [{"a": 9}, {"a": 9}, {', []),
        ('Sure: {"list": [{"a": 1}, {"a": 2}, {', []),
        ('{"list": [{"a": 1}, {"a": 2}, }', []),
        ('{"list": ' + "[" * 100_000, []),
        ('{"list": [{"a": 1}, {"a": "' + "x" * MAX_CHARS, []),
    ],
)
def test_of_a_beginning_only_whole_members_count(text: str, members: list[Any]) -> None:
    """A half is none; nor is what a model thinks, or what no reading of the whole would take for its reply."""
    assert begun(text, "list") == members
