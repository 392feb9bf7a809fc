"""What a document states in so many words: "Goal: …", "Prerequisites: …"; and the rest of its prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from digestbot.roadmap.passage import Block

_GOAL = re.compile(
    r"\W{0,4}(?:(?:learning )?(?:goals?|objectives?|aims?)|(?:学习|學習|本[章节節])?目[标標的])"
    r"\s{0,3}[:：]\s{0,9}(?P<said>.*)",
    re.IGNORECASE,
)
_PREREQUISITES = re.compile(
    r"\W{0,4}(?:prerequisites?|prereqs?|requires|requirements|(?:前置|先修|预备|預備)(?:知识|知識|要求|课程|課程)?)"
    r"\s{0,3}[:：]\s{0,9}(?P<said>.*)",
    re.IGNORECASE,
)


def goal_of(blocks: Sequence[Block]) -> str:
    """Return the goal that is stated among the blocks, "" if none is."""
    return _said(blocks, _GOAL)


def prerequisites_of(blocks: Sequence[Block]) -> str:
    """Return the prerequisites that are stated among the blocks, "" if none are."""
    return _said(blocks, _PREREQUISITES)


def prose_of(blocks: Iterable[Block]) -> str:
    """Return the text of the blocks without headings and stated goals and prerequisites, a block a line."""
    return "\n".join(
        text for block in blocks if block.is_prose if (text := " ".join(" ".join(_unstated(block.text)).split()))
    )


def _said(blocks: Sequence[Block], pattern: re.Pattern[str]) -> str:
    for at, block in enumerate(blocks):
        for line in block.text.split("\n"):
            match = pattern.match(line.strip())
            if match:
                return match["said"].strip() or _listed(blocks[at + 1 :])
    return ""


def _listed(behind: Sequence[Block]) -> str:
    """Return the list that follows a label, or the paragraph if no list does."""
    items = [" ".join(block.text.split()) for block in takewhile(lambda block: block.item, behind[:20])]
    return "; ".join(items) or " ".join(" ".join(block.text.split()) for block in behind[:1])


def _unstated(text: str) -> Iterator[str]:
    return (line for line in text.split("\n") if not (_GOAL.match(line.strip()) or _PREREQUISITES.match(line.strip())))
