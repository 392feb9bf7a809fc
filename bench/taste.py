"""What 200 decisions change: reviewers with a fixed taste, and what is proposed and filed after them.

    python bench/taste.py --data DIR

Proposing: the surest stories of a month's first half are put before a reviewer who goes by a rule; then those of its
second half are ranked without and with what was learned, and the reviewer would take so many of the first fifty.
Filing: papers that people placed are filed into a roadmap of other names, by its words alone; for 200 of them a
reviewer says where they belong, and new ones are filed without and with these decisions near them.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from arguments import add_data
from arxiv_items import item_of
from sameness_data import rows

from digestbot.adapters.offline_model import verdicts_of
from digestbot.domain import OFF_ROADMAP, FeedId, Item, ItemId, Outline, Precedent, Story, StoryId, Verdict
from digestbot.learning.taste import Example, Taste
from digestbot.offline.vectors import embed
from digestbot.proposing.choice import MIN_CONFIDENCE
from digestbot.references import NEAR_TEXT, SHOWN
from digestbot.roadmap import outline, parse
from digestbot.shipped import shipped

DECISIONS, SHOWN_NEXT, SEED = 200, 50, 20260412
_TEXT_CHARS = 300


@dataclass(frozen=True)
class Candidate:
    """A story with its verdict, and whether people chose it."""

    story: Story
    verdict: Verdict
    chosen: bool

    @property
    def words(self) -> str:
        return f"{self.story.lead.title}\n{self.story.lead.text}"

    @property
    def example(self) -> Example:
        lead = self.story.lead
        return Example(f"{lead.title}\n{lead.text[:_TEXT_CHARS]}", self.verdict.chapter, lead.medium)

    @property
    def worth(self) -> float:
        return self.verdict.confidence * self.verdict.relevance


Reviewer = Callable[[Candidate], bool]


def about(pattern: str, *, wanted: bool = True) -> Reviewer:
    """Return a reviewer who goes by words."""
    found = re.compile(pattern, re.IGNORECASE)
    return lambda one: bool(found.search(one.words)) is wanted


def in_sections(*ids: str) -> Reviewer:
    """Return a reviewer who goes by places."""
    return lambda one: one.verdict.section in ids


REVIEWERS: dict[str, Reviewer] = {
    "reasoning and reinforcement": about(r"reinforcement|reasoning|reward|RLVR|policy optim"),
    "no benchmarks": about(r"benchmark|evaluat(?:e|ing) |leaderboard|dataset", wanted=False),
    "sections VI to IX": in_sections("VI", "VII", "VIII", "IX"),
    "cheap to run": about(r"efficien|quantiz|prun|sparse|latency|memory|compress|distill"),
    "agents, no medicine": lambda one: (
        bool(re.search(r"agent|tool", one.words, re.I))
        and not re.search(r"medic|clinic|patient|health", one.words, re.I)
    ),
    # The relevance that stories are ranked by was learned from these very choices: "before" is no fair figure here.
    "what people chose (Hugging Face, dair-ai)": lambda one: one.chosen,
}


def story_of(item: Item) -> Story:
    """Return an item as a story of its own."""
    return Story(StoryId(str(item.id)), item, (item,))


def candidates(data: Path) -> list[Candidate]:
    """Return a month's papers that are surely filed, in order of their dates."""
    found = sorted(rows(data / "selection/pool_2025-08.jsonl.gz"), key=lambda row: (row["date"], row["id"]))
    stories = [story_of(item_of(row)) for row in found]
    plan = outline(parse(shipped("roadmaps", "genai.md").read_text("utf-8"), "genai"))
    filed = verdicts_of(stories, plan)
    chosen = [any(row.get(name) for name in ("hf_daily", "dair_week", "ainews", "chosen", "labels")) for row in found]
    every = [Candidate(*one) for one in zip(stories, filed, chosen, strict=True)]
    return [one for one in every if one.verdict.chapter and one.verdict.confidence >= MIN_CONFIDENCE]


def proposing(data: Path) -> None:
    """Print how many of the next fifty each reviewer would take."""
    every = candidates(data)
    half = len(every) // 2
    past = sorted(every[:half], key=lambda one: -one.worth)[:DECISIONS]
    new = every[half:]
    plain = sorted(new, key=lambda one: -one.worth)[:SHOWN_NEXT]
    print(f"{len(every)} surely filed papers; {len(past)} decided, {len(new)} new, {SHOWN_NEXT} of them shown\n")
    print(f"{'reviewer':44} {'of all':>7} {'before':>7} {'after':>7}")
    for name, likes in REVIEWERS.items():
        taste = Taste([one.example for one in past], [likes(one) for one in past])
        favour = taste.favour([one.example for one in new])
        ranked = sorted(zip(new, favour, strict=True), key=lambda one: -one[0].worth * one[1])
        shares = [
            np.mean([likes(one) for one in group]) for group in (new, plain, [one for one, _ in ranked[:SHOWN_NEXT]])
        ]
        print(f"{name:44} {shares[0]:7.2f} {shares[1]:7.2f} {shares[2]:7.2f}")


def placed(data: Path) -> list[dict[str, Any]]:
    """Return papers that people placed, and some that belong nowhere, shuffled."""
    found = [
        row
        for row in rows(data / "placement/items.jsonl.gz")
        if row["abstract"] and (row["label"] in ("handbook", "list") or row["section"] == OFF_ROADMAP)
    ]
    random.Random(SEED).shuffle(found)
    return found


def other_names(plan: Outline) -> Outline:
    """Return a roadmap under other names, for which no weights were learned."""
    sections = tuple(replace(section, id=f"part-{section.id}") for section in plan.sections)
    return replace(plan, name="other", sections=sections)


def item_of_placed(row: dict[str, Any]) -> Item:
    """Return a placed paper as an item."""
    return Item(
        ItemId(row["id"]), FeedId("x"), row["url"] or f"https://e.example/{row['id']}", row["title"], row["abstract"]
    )


def filing(data: Path) -> None:
    """Print how many new papers are filed right before and after 200 and more decisions."""
    plan = other_names(outline(parse(shipped("roadmaps", "genai.md").read_text("utf-8"), "genai")))
    everything = placed(data)
    new = everything[:600]
    truth = [OFF_ROADMAP if row["section"] == OFF_ROADMAP else f"part-{row['section']}" for row in everything]
    stories = [story_of(item_of_placed(row)) for row in new]
    vectors = embed([f"{one.lead.title}\n{one.lead.text}"[:2000] for one in stories])
    print(f"\n{'decisions':>9} {'near some':>10} {'filed right':>12} {'macro-F1':>9}")
    for number in (0, 200, 600):
        past = everything[600 : 600 + number]
        near = nearest(vectors, past, truth[600 : 600 + number])
        found = verdicts_of(stories, plan, {one.id: rows for one, rows in zip(stories, near, strict=True)})
        right = np.mean([one.section == want for one, want in zip(found, truth, strict=False)])
        some = np.mean([bool(rows) for rows in near])
        print(f"{number:9} {some:10.2f} {right:12.3f} {macro([one.section for one in found], truth[:600]):9.3f}")


def nearest(vectors: Any, past: Sequence[dict[str, Any]], places: Sequence[str]) -> list[list[Precedent]]:
    """Return for each new paper what was decided of those near it, as the run looks them up."""
    if not past:
        return [[] for _ in vectors]
    table = vectors @ embed([f"{row['title']}\n{row['abstract']}"[:2000] for row in past]).T
    best = np.argsort(-table, axis=1)[:, :SHOWN]
    return [
        [
            Precedent(past[i]["title"], places[i], "", "reviewed", float(row[i]))
            for i in map(int, order)
            if row[i] >= NEAR_TEXT
        ]
        for row, order in zip(table, best, strict=True)
    ]


def macro(found: Sequence[str], truth: Sequence[str]) -> float:
    """Return the mean of the sections' F1."""
    scores = []
    for section in sorted(set(truth)):
        both = sum(a == b == section for a, b in zip(found, truth, strict=True))
        scores.append(2 * both / max(1, list(found).count(section) + list(truth).count(section)))
    return float(np.mean(scores))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    add_data(parser)
    data = parser.parse_args().data
    proposing(data)
    filing(data)


if __name__ == "__main__":
    main()
