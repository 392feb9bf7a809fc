"""Patches: made once however often they are asked for, and taken back to the very text from before."""

from __future__ import annotations

import random

import pytest

from digestbot.review.fitting import patch_of, undo_of
from digestbot.roadmap import Change, Edit, Roadmap, changes_of_edits, parse
from digestbot.roadmap.lines import bare, split
from digestbot.shipped import shipped

SEED = 20260412
GENAI = parse("".join(split(shipped("roadmaps", "genai.md").read_text("utf-8"))[:90]), "genai")
"""Its first chapters: the whole takes a tenth of a second to parse, and this is parsed a thousand times."""


def edit(seed: int) -> Change:
    """Return a random change of a chapter's lines: some go, some come, one of both at least."""
    chance = random.Random(seed)
    chapter = chance.choice([one for one in GENAI.chapters if one.last_line > one.end_of_heading + 1])
    after = chance.randint(chapter.end_of_heading, chapter.last_line - 1)
    count = chance.randint(0, min(3, chapter.last_line - after))
    new = [f"- New {seed}.{number} of {chapter.id}" for number in range(chance.randint(0 if count else 1, 3))]
    [change] = changes_of_edits(GENAI, [Edit(chapter.id, after, count, new)])
    return change


def elsewhere(roadmap: Roadmap) -> Roadmap:
    """Return the document with lines above everything."""
    return parse(f"Above.\n\n{roadmap.text}", roadmap.name)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 60, 20))
def test_a_patch_is_made_once_and_taken_back_whole(start: int) -> None:
    """Making it twice is making it once, taking it back gives the old text, and there is nothing to take back twice."""
    for seed in range(SEED + start, SEED + start + 20):
        change = edit(seed)
        make, undo = patch_of([change]), undo_of([change])

        made = make(GENAI)

        assert made.text != GENAI.text or change.old == change.new
        assert make(made).text == made.text, change
        assert undo(made).text == GENAI.text, change
        if any(bare(line).strip() for line in (*change.old, *change.new)):
            assert undo(GENAI).text == GENAI.text, change


@pytest.mark.slow
def test_a_patch_that_moved_is_known_for_made() -> None:
    """Lines above it change its numbers and not whether it stands there."""
    for seed in range(SEED, SEED + 20):
        change = edit(seed)
        made = elsewhere(patch_of([change])(GENAI))

        assert patch_of([change])(made).text == made.text, change
