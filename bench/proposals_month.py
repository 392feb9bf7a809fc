"""Puts a month through the step that proposes, day by day, and prints every proposal for a person to judge.

Usage: python bench/proposals_month.py --data DIR [--roadmap genai] [--chat]. The arXiv month is filed and summarized
by the offline model, each paper on its day; the weekly picks of a newsletter join the papers that they name as posts on
the day they came out, as deduplication would do it. With --chat a scripted model writes the lines, through the same
checks as a real one: every fifth holds a figure of its own and must be refused.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import arguments
from arxiv_items import item_of, month
from sameness_data import rows

from digestbot.adapters.offline_model import OfflineModel, summary_of, verdicts_of
from digestbot.chat.introductions import IntroductionRow, line_of
from digestbot.domain import (
    OFF_ROADMAP,
    Act,
    Article,
    FeedId,
    Filed,
    Item,
    ItemId,
    Proposal,
    ProposalState,
    Step,
    Story,
    StoryId,
    Usage,
    Verdict,
)
from digestbot.errors import ModelError, ReplyError
from digestbot.offline.sentences import split
from digestbot.offline.voice import is_impersonal
from digestbot.pipeline.models import Models
from digestbot.pipeline.propose import propose
from digestbot.ports import Introduction, Replies
from digestbot.proposing.presence import presence_of
from digestbot.proposing.signs import signs_of
from digestbot.roadmap import Roadmap, apply, changes_of, links, outline, parse
from digestbot.shipped import shipped

EVENING = timedelta(hours=18)
SUMMARIZED = 0.5
"""Relevance from which a story is summarized here; less relevant ones are never proposed."""


@dataclass
class Records:
    """The part of the ledger that the step asks, in memory."""

    stories: dict[StoryId, Filed] = field(default_factory=dict)
    done: dict[StoryId, str] = field(default_factory=dict)
    changed: dict[StoryId, datetime] = field(default_factory=dict)
    known: list[Proposal] = field(default_factory=list)
    since: dict[StoryId, datetime] = field(default_factory=dict)
    judged: list[tuple[Story, Verdict, datetime]] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)

    def undone(self, step: Step, roadmap: str, lang: str) -> list[Filed]:
        return [filed for id, filed in self.stories.items() if id not in self.done]

    def renewed(self, roadmap: str, lang: str, since: datetime) -> list[Filed]:
        return [self.stories[id] for id, at in self.changed.items() if at >= since and id in self.done]

    def mark_done(self, step: Step, roadmap: str, results: Sequence[tuple[StoryId, str]], now: datetime) -> None:
        for id, result in results:
            self.done.setdefault(id, result)

    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: datetime) -> None:
        """Keep nothing."""

    def record_proposals(self, found: Sequence[Proposal]) -> None:
        self.known += found

    def proposals(self, *, state: ProposalState | None = None, since: datetime | None = None) -> list[Proposal]:
        return self.known

    def waiting(self, roadmap: str) -> dict[StoryId, datetime]:
        return self.since

    def keep_waiting(self, roadmap: str, found: Mapping[StoryId, str], now: datetime) -> None:
        self.since = {id: self.since.get(id, now) for id in found}

    def all_acts(self) -> list[Act]:
        return []

    def advance(self, after: Proposal, act: Act) -> bool:
        self.known = [after if one.id == after.id else one for one in self.known]
        return True

    def withdrawn(self) -> list[tuple[Story, str]]:
        return []

    def is_looked_at(self, roadmap: str, what: str, when: str) -> bool:
        return when in self.looked_at

    def mark_looked_at(self, roadmap: str, what: str, when: str, now: datetime) -> None:
        self.looked_at.add(when)

    def judged_since(self, roadmap: str, since: datetime, relevance: float) -> list[tuple[Story, Verdict, datetime]]:
        return [one for one in self.judged if one[2] >= since and one[1].relevance >= relevance]

    def filed(self, roadmap: str, lang: str, ids: Sequence[StoryId]) -> list[Filed]:
        return [self.stories[id] for id in ids if id in self.stories]


class Scripted(OfflineModel):
    """A chat model that always says the same of a text; its lines are checked as a real one's are."""

    calls = refused = 0

    @property
    def name(self) -> str:
        """Return its name."""
        return "scripted:chat"

    async def introduce(self, tasks: Sequence[Introduction], lang: str) -> Replies[str]:
        """Return the first sentence of a text without its authors, every fifth with a figure of its own."""
        lines: dict[StoryId, str] = {}
        failures: dict[StoryId, ModelError] = {}
        for task in tasks:
            self.calls += 1
            said = next((s for s in split(task.article.text) if is_impersonal(s)), task.summary.tldr)
            said = f"{said.rstrip('.')} at 99.73 % of the cost." if self.calls % 5 == 0 else said
            try:
                lines[task.story.id] = line_of(IntroductionRow(id=task.story.id, line=said), task, lang)
            except ReplyError as error:
                failures[task.story.id], self.refused = error, self.refused + 1
        return Replies(lines, failures, Usage(100, 0.0, 20, 1))


def main() -> None:
    """Print every proposal, then counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--roadmap", default="genai")
    parser.add_argument("--chat", action="store_true")
    options = parser.parse_args()
    text = shipped("roadmaps", f"{options.roadmap}.md").read_text("utf-8")
    roadmap, records = parse(text, options.roadmap), Records()
    models = Models(OfflineModel(), Scripted() if options.chat else None)
    picks = picks_of(options.data)
    by_day: dict[str, list[Item]] = defaultdict(list)
    for row in month(options.data):
        by_day[row["date"]].append(item_of(row))
    verdicts: Counter[str] = Counter()
    for day in days_of(by_day):
        now = datetime.fromisoformat(day).replace(tzinfo=UTC) + EVENING
        take(records, by_day.get(day, []), roadmap, now, verdicts)
        joined = join(records, picks.get(day, []), now)
        done = asyncio.run(propose(records, records, records, models, roadmap, "en", now, lambda *_: None))
        for proposal in done.proposals:
            show(proposal, now)
        print(f"{day}: {len(by_day.get(day, []))} papers, {joined} picked, {len(done.proposals)} proposed", flush=True)
    report(records, roadmap, verdicts, models)


def days_of(by_day: Mapping[str, Sequence[Item]]) -> list[str]:
    """Return every day of the month and of the week after it, weekends as well."""
    first, last = (datetime.fromisoformat(day) for day in (min(by_day), max(by_day)))
    return [f"{first + timedelta(days=n):%Y-%m-%d}" for n in range((last - first).days + 8)]


def picks_of(data: Path) -> dict[str, list[dict[str, str]]]:
    """Return the newsletter's picks by the day it came out."""
    picks: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(data / "selection/chosen.jsonl.gz"):
        if row["source"] == "dair-ai/AI-Papers-of-the-Week" and row["arxiv_id"]:
            picks[row["end"]].append(row)
    return picks


def take(records: Records, items: Sequence[Item], roadmap: Roadmap, now: datetime, verdicts: Counter[str]) -> None:
    """File a day's papers and summarize those worth it."""
    stories = [Story(StoryId(f"s-{item.id}"), item, (item,)) for item in items]
    for story, verdict in zip(stories, verdicts_of(stories, outline(roadmap)) if stories else [], strict=True):
        verdicts["off the roadmap" if verdict.section == OFF_ROADMAP else "filed"] += 1
        if verdict.relevance < SUMMARIZED:
            continue
        records.judged.append((story, verdict, now))
        if verdict.section == OFF_ROADMAP:
            continue
        article = Article(story.id, story.lead.text, "abstract")
        summary = summary_of(story, article, "en")
        records.stories[story.id] = Filed(story, verdict, article, summary)


def join(records: Records, picks: Sequence[Mapping[str, str]], now: datetime) -> int:
    """Let a newsletter's posts join the papers that they name; return how many did."""
    joined = 0
    for pick in picks:
        id = StoryId(f"s-arxiv:{pick['arxiv_id']}")
        if id not in records.stories:
            continue
        url = f"https://newsletter.example/{pick['end']}/{pick['rank']}"
        post = Item(ItemId(f"url:{url}"), FeedId("newsletter"), url, pick["name"], pick["description"], now)
        filed = records.stories[id]
        records.stories[id] = replace(filed, story=replace(filed.story, members=(*filed.story.members, post)))
        records.changed[id] = now
        joined += 1
    return joined


def show(proposal: Proposal, now: datetime) -> None:
    """Print a proposal as a reviewer reads it."""
    added = [line[1:] for line in proposal.diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    print(f"\n{now:%d %b} {proposal.kind} {proposal.section} › {proposal.chapter}  {proposal.confidence:.2f}")
    for line in added:
        print(f"  {line}")
    print(f"  why: {proposal.reason}")


def report(records: Records, roadmap: Roadmap, verdicts: Counter[str], models: Models) -> None:
    """Print counts, and what must never be: something the document has, or a thing twice."""
    print(f"\n{sum(verdicts[name] for name in ('filed', 'off the roadmap'))} stories: {dict(verdicts)}")
    print(f"{len(records.known)} proposals: {dict(Counter(one.kind for one in records.known))}")
    print("by chapter:", dict(Counter(one.chapter for one in records.known).most_common()))
    reasons = Counter(reason.split("“")[0].split(" as p")[0] for reason in records.done.values())
    print("passed over:", dict(reasons.most_common()))
    print(f"waiting at the end: {len(records.since)}; with a second sign: {sum(map(_told, records.stories.values()))}")
    present, adds = links(roadmap), [one for one in records.known if one.kind == "add"]
    presence = presence_of(roadmap)
    twice = [url for url, count in Counter(one.url for one in adds).items() if count > 1]
    known = [one.url for one in adds if one.url in present or presence.names(one.title)]
    broken = [one.id for one in records.known if not _applies(roadmap, one)]
    print(f"in the document already: {len(known)}, proposed twice: {len(twice)}, not applicable: {len(broken)}")
    if isinstance(models.chat, Scripted):
        print(f"lines asked of the chat model: {models.chat.calls}, refused by the checks: {models.chat.refused}")


def _told(filed: Filed) -> bool:
    return bool(signs_of(filed))


def _applies(roadmap: Roadmap, proposal: Proposal) -> bool:
    return apply(roadmap, *changes_of(proposal.diff, proposal.chapter, proposal.base)).text != roadmap.text


if __name__ == "__main__":
    main()
