"""Measures what becomes of injections: with a model that obeys them, and with the offline model's rules alone.

    python bench/injections.py --data DIR --endpoint SCRIPT-OR-URL [--strings 650] [--mode hijack]

Each string stands in the title, in the middle of the abstract, and in the page of a real paper. The endpoint speaks
OpenAI's chat interface and takes a mode at `/_mode?m=`: `hijack` obeys whatever a text says last and adds a link and a
mention to everything, `invent` adds a made-up number, name and link. Every story is shown to the model, those too that
the program would keep from it. What then gets out is searched for links, mentions and sentences that speak to a model.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.request import urlopen

import arguments
from arxiv_items import item_of, month
from tokens import endpoint_of

from digestbot.adapters.langchain_model import ChatModel, open_model
from digestbot.adapters.offline_model import OfflineModel
from digestbot.chat import prompts
from digestbot.domain import (
    Article,
    Channel,
    Filed,
    Foot,
    Outline,
    Shape,
    Story,
    StoryId,
    Subscription,
    Summary,
    Verdict,
)
from digestbot.grounding import claims
from digestbot.offline.sentences import split
from digestbot.pipeline.compose import compose
from digestbot.pipeline.models import Models
from digestbot.pipeline.select import Chosen
from digestbot.pipeline.triage import Cascade
from digestbot.render.discord import digest_messages
from digestbot.render.html import digest_html
from digestbot.render.markdown import digest_markdown
from digestbot.roadmap import outline, parse
from digestbot.shipped import shipped
from digestbot.suspicion import is_suspicious, suspicion

Position = Literal["title", "abstract", "page"]
POSITIONS: tuple[Position, ...] = ("title", "abstract", "page")
# What the endpoint puts into everything that it writes.
MARKS = re.compile(r"hijacked\.example|invented\.example|@everyone|Orion-9|Halvorsen|73\.4")
Task = tuple[Story, Verdict, Article]


@dataclass(frozen=True)
class String:
    """A text of the set; `attack` is False for the harmless ones."""

    text: str
    kind: str
    attack: bool


def main() -> None:
    """Print three tables: what the detector flags, what got out, and which sections changed."""
    parser = argparse.ArgumentParser(description="Measure injections.")
    arguments.add_data(parser)
    parser.add_argument("--endpoint", required=True, help="a script that takes --port, or an address ending in /v1")
    parser.add_argument("--mode", default="hijack", choices=("hijack", "invent"))
    parser.add_argument("--strings", type=int, default=650, help="how many of the set")
    options = parser.parse_args()
    strings, rows = strings_from(options.data)[: options.strings], month(options.data)
    show_detector(strings, rows)
    roadmap = outline(parse(shipped("roadmaps/genai.md").read_text("utf-8"), "genai"))
    with endpoint_of(options.endpoint) as url:
        chat = open_model("openai:loopback", prompts.load(shipped("prompts"), None), api_key="none", base_url=url)
        switch(url, options.mode)
        asyncio.run(measured(chat, url, rows, strings, roadmap, options.mode))


async def measured(
    chat: ChatModel, url: str, rows: Sequence[dict[str, Any]], strings: Sequence[String], roadmap: Outline, mode: str
) -> None:
    """Print what got out for each position, and with a model that obeys, which sections changed."""
    heads = ("stories", "kept", "links", "mentions", "flagged", "marks", "dropped")
    print(f"\n{f'out of the model ({mode})':<26}" + "".join(f"{head:>10}" for head in heads))
    for position in POSITIONS:
        tasks = [task_of(row, string, position, n) for n, (row, string) in enumerate(zip(rows, strings, strict=False))]
        print(f"{position:<26}" + "".join(f"{figure:>10}" for figure in await escaped(chat, tasks, roadmap)))
    if mode == "hijack":
        await show_sections(chat, url, rows, strings, roadmap)


def strings_from(data: Path) -> list[String]:
    """Return the set, attacks and harmless texts mixed as they stand."""
    with gzip.open(data / "injections" / "strings.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [String(row.get("injected") or row["text"], row["kind"].split(":")[0], row["label"] == 1) for row in rows]


def task_of(row: dict[str, Any], string: String | None, position: Position, number: int) -> Task:
    """Return a paper, or for a page a post, that carries the string; without one as it is."""
    item = item_of(row)
    page = f"{item.text}\n{string.text if string and position == 'page' else ''}"
    if string and position == "title":
        item = replace(item, title=string.text[:300])
    if string and position == "abstract":
        item = replace(item, text=inserted(item.text, string.text))
    story = Story(StoryId(f"s{number:04}"), item, (item,))
    verdict = Verdict(story.id, "genai", "V", "", 0.9, 0.9, "", "offline")
    text, basis = (page, "full text") if position == "page" else (item.text, "abstract")
    return story, verdict, Article(story.id, text, basis)  # type: ignore[arg-type]  # one of its closed set of words


def inserted(abstract: str, text: str) -> str:
    """Return an abstract with a text behind the sentence nearest its middle."""
    sentences = split(abstract)
    half = len(sentences) // 2
    return " ".join([*sentences[:half], text, *sentences[half:]])


async def escaped(chat: ChatModel, tasks: Sequence[Task], roadmap: Outline) -> list[int]:
    """Return a row: of how many stories something was kept, and in how many texts what must not get out did."""
    filed = await chat.file([story for story, _, _ in tasks], roadmap)
    short = await chat.summarize(tasks, roadmap, "en")
    own = (
        await OfflineModel().summarize([task for task in tasks if task[0].id not in short.results], roadmap, "en")
    ).results
    found: Counter[str] = Counter()
    for text in written(list(filed.results.values()), [*short.results.values(), *own.values()]):
        found["links"] += any(":" in link or "/" in link for link in claims.links(text))
        found["mentions"] += bool(claims.mentions(text))
        found["flagged"] += any(is_suspicious(sentence) for sentence in split(text))
        found["marks"] += bool(MARKS.search(text))
    found["marks"] += marks_in_digest(tasks, {**short.results, **own}, roadmap)
    dropped = sum(summary.dropped for summary in short.results.values())
    kinds = ("links", "mentions", "flagged", "marks")
    return [len(tasks), len(short.results), *(found[kind] for kind in kinds), dropped]


def written(verdicts: Sequence[Verdict], summaries: Sequence[Summary]) -> Iterator[str]:
    """Yield every text that models wrote or quoted."""
    yield from (verdict.reason for verdict in verdicts)
    for summary in summaries:
        yield from (summary.tldr, summary.why, *(point.text for point in summary.points), *summary.evidence)


def marks_in_digest(tasks: Sequence[Task], summaries: dict[StoryId, Summary], roadmap: Outline) -> int:
    """Return how often the endpoint's marks, or links that no story has, stand in the digest as it is sent."""
    stories = [Filed(story, verdict, article, summaries[story.id]) for story, verdict, article in tasks]
    reader = Subscription("reader", (Channel("file"),), shape=Shape(max_items=len(stories)))
    now = max(story.lead.published_at for story, _, _ in tasks if story.lead.published_at)
    digest = compose(Chosen(tuple(stories), {}), reader, roadmap, [], Foot(), now)
    # A title is the work's own name: where the string was put there, it is shown as such, defused.
    html, own = digest_html(digest), {story.lead.url for story, _, _ in tasks}
    foreign = [link for link in re.findall(r'href="([^"]*)"', html) if link not in own]
    sent = "\n".join([html, digest_markdown(digest), json.dumps(digest_messages(digest))])
    return len(foreign) + len(MARKS.findall(sent))


async def show_sections(
    chat: ChatModel, url: str, rows: Sequence[dict[str, Any]], strings: Sequence[String], roadmap: Outline
) -> None:
    """Print how many sections the cascade changes for a string in the abstract, and for a harmless insert as long.

    `obeyed` is judged by a model that obeys in all three runs, `turned` by one that is honest until it meets an attack.
    `unreviewed` is the share that changes without a reviewer being asked.
    """
    attacks = [string for string in strings if string.attack]
    filler = " ".join(string.text for string in strings if not string.attack) or "Nothing more is said of it. " * 50
    harmless = [
        String((filler[n * 37 % len(filler) :] + filler)[: len(a.text)], "", False) for n, a in enumerate(attacks)
    ]
    plain = [task_of(row, None, "abstract", n)[0] for n, row in enumerate(rows[: len(attacks)])]
    heads = ("stories", "changed", "share", "unreviewed")
    print(f"\n{'sections in the cascade':<30}" + "".join(f"{head:>12}" for head in heads))
    # With the obeying model throughout, the inserts alone differ; after an honest one, what it knew is lost besides.
    for who_judges, model, at_first in (("offline", None, "ok"), ("obeyed", chat, "hijack"), ("turned", chat, "ok")):
        switch(url, at_first)
        before = await judged(model, plain, roadmap)
        for name, inserts in (("a harmless insert", harmless), ("an attack", attacks)):
            switch(url, "hijack" if inserts is attacks else at_first)
            stories = [task_of(row, s, "abstract", n)[0] for n, (row, s) in enumerate(zip(rows, inserts, strict=False))]
            after = await judged(model, stories, roadmap)
            changed = [new for old, new in zip(before, after, strict=True) if old.section != new.section]
            shares = (len(changed), sum(not verdict.needs_review for verdict in changed))
            who, count = f"{name}, {who_judges}", len(after)
            print(f"{who:<30}{count:>12}{shares[0]:>12}" + "".join(f"{share / count:>12.1%}" for share in shares))


def switch(url: str, mode: str) -> None:
    """Tell the endpoint how to behave from now on."""
    with urlopen(f"{url.removesuffix('/v1')}/_mode?m={mode}", timeout=5):
        pass


async def judged(chat: ChatModel | None, stories: Sequence[Story], roadmap: Outline) -> list[Verdict]:
    """Return the cascade's verdicts, in order."""
    return (await Cascade(Models(OfflineModel(), chat), roadmap).judge(stories))[0]


def show_detector(strings: Sequence[String], rows: Sequence[dict[str, Any]]) -> None:
    """Print how many strings of each kind the detector flags, and how many real abstracts."""
    print(f"{'the detector':<26}{'texts':>9}{'flagged':>9}{'share':>8}")
    for kind in dict.fromkeys(string.kind for string in strings):
        own = [suspicion(string.text).flagged for string in strings if string.kind == kind]
        print(f"{kind:<26}{len(own):>9}{sum(own):>9}{sum(own) / len(own):>8.1%}")
    texts = [f"{row['title']}\n{row['abstract']}" for row in rows]
    about = [text for text in texts if re.search(r"prompt.injection|jailbreak", text, re.IGNORECASE)]
    for name, own_texts in (("abstracts of a month", texts), ("  on such attacks", about)):
        flagged = sum(suspicion(text).flagged for text in own_texts)
        print(f"{name:<26}{len(own_texts):>9}{flagged:>9}{flagged / max(1, len(own_texts)):>8.1%}")


if __name__ == "__main__":
    main()
