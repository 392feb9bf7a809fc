"""Measures any model in one table: filing, selection, summaries, injections, tokens, cost, seconds.

    python bench/quality.py --data DIR [--model offline | provider:name] [--items 120] [--days 1]
        [--quick] [--endpoint SCRIPT-OR-URL]

`openai:…` reads OPENAI_API_KEY and OPENAI_BASE_URL. A chat model is asked through the program's own adapter, prompts
and checks, on a fixed sample. What it leaves unanswered counts as wrong, since that is what it is to the reader; the
program itself would ask again and then let the offline model answer. The offline model is measured on everything, by
weights that saw nothing of it; with `--quick` on the sample by the shipped weights, which have seen it: that shows
only that the pieces fit together. Injections are measured by `injections.py` where `--endpoint` says how.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import arguments
import offline_corpus
import quality_filing
from offline_corpus import Row
from quality_summary import relearned
from rouge import Paper, best_scores, read_papers
from sklearn.metrics import f1_score

from digestbot.adapters.offline_model import OfflineModel
from digestbot.domain import Article, FeedId, Item, ItemId, Outline, Story, StoryId, Summary, Usage, Verdict
from digestbot.grounding import check
from digestbot.offline import extract
from digestbot.offline.filer import LABELS
from digestbot.ports import Model
from digestbot.roadmap import outline, parse
from digestbot.shipped import shipped

TOP = 30
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    what: str
    figure: str
    told: str = ""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure a model.")
    arguments.add_data(parser)
    parser.add_argument("--model", default="offline")
    parser.add_argument("--items", type=int, default=120, help="items to file, and papers to summarize, of the sample")
    parser.add_argument("--days", type=int, default=1, help="days of papers to choose from")
    parser.add_argument("--endpoint", default="", help="for injections.py: a script or address of a model that obeys")
    parser.add_argument("--quick", action="store_true", help="offline: the shipped weights on the sample only")
    options = parser.parse_args()
    started = time.perf_counter()
    if options.model == "offline" and not options.quick:
        rows = offline_rows(options.data)
    else:
        rows = asyncio.run(sample_rows(model_of(options.model), options.data, options.items, options.days))
    rows += injection_rows(options.data, options.endpoint)
    for row in rows:
        print(f"{row.what:<46}{row.figure:>22}  {row.told}")
    print(f"{options.model}: {time.perf_counter() - started:.0f} s in all")


def model_of(spec: str) -> Model:
    """Return the offline model, or the chat model that a setting of this name would open."""
    if spec == "offline":
        return OfflineModel()
    from digestbot.adapters.langchain_model import open_model
    from digestbot.chat import prompts

    key, base_url = os.environ.get("OPENAI_API_KEY", ""), os.environ.get("OPENAI_BASE_URL", "")
    return open_model(spec, prompts.load(shipped("prompts"), None), api_key=key, base_url=base_url, timeout_s=600)


def offline_rows(data: Path) -> list[Line]:
    """Return the offline model's figures on everything, none from a text that its weights saw."""
    corpus = offline_corpus.read(data)
    guesses = quality_filing.cross_file(corpus, folds=6)
    quality_filing.print_filing(corpus, guesses)
    quality_filing.print_relevance(corpus)
    del corpus, guesses
    papers = read_papers(data)
    summaries = [extract.summarize(paper.abstract, paper.title) for paper in papers]
    statements = [[made.tldr, *(_text(point) for point in made.points)] for made in summaries]
    return [*summary_rows(papers, relearned(papers, titled=True), statements, 0), Line("tokens, cost", "0, $0")]


async def sample_rows(model: Model, data: Path, items: int, days: int) -> list[Line]:
    """Return a model's figures on the sample."""
    roadmap = outline(parse(shipped("roadmaps", "genai.md").read_text("utf-8"), "genai"))
    placed = sample(offline_corpus.rows(data / "placement/items.jsonl.gz"), items)
    verdicts, filing, seconds = await filed(model, placed, roadmap)
    rows = filing_rows(placed, verdicts, seconds)
    chosen, choosing = await selection_rows(model, data, roadmap, days)
    papers = read_papers(data)[:: max(1, 619 // items)][:items]
    started = time.perf_counter()
    written, summing = await summarized(model, papers, roadmap)
    statements = [[made.tldr, *(_text(point) for point in made.points)] for made in written.values()]
    texts = [written[id].tldr if id in written else "" for id in (StoryId(f"s{i}") for i in range(len(papers)))]
    known = [papers[int(id[1:])] for id in written]
    dropped = sum(made.dropped for made in written.values())
    rows += chosen + summary_rows(papers, texts, statements, dropped, known)
    rows.append(Line("summaries: seconds a paper", f"{(time.perf_counter() - started) / len(papers):.2f}"))
    return [*rows, *usage_rows(filing, choosing, summing)]


def sample(placed: Sequence[Row], count: int) -> list[Row]:
    """Return items that people placed, or of no section: half with an abstract, half by title alone, evenly spread."""
    human = [row for row in placed if row["label"] in ("list", "handbook", "none-rule")]
    found: list[Row] = []
    for has_abstract in (True, False):
        rows = sorted((row for row in human if bool(row["abstract"]) == has_abstract), key=lambda row: row["section"])
        found += rows[:: max(1, 2 * len(rows) // count)][: count // 2]
    return found


async def filed(model: Model, rows: Sequence[Row], roadmap: Outline) -> tuple[dict[StoryId, Verdict], Usage, float]:
    """Return a model's verdicts on rows by the rows' ids, and what they took."""
    started = time.perf_counter()
    replies = await model.file([story_of(row) for row in rows], roadmap)
    return dict(replies.results), replies.usage, time.perf_counter() - started


def filing_rows(rows: Sequence[Row], verdicts: dict[StoryId, Verdict], seconds: float) -> list[Line]:
    """Return accuracy and macro-F1, with an abstract and without."""
    found = []
    for name, has_abstract in (("with abstract, and none", True), ("title only", False)):
        part = [row for row in rows if bool(row["abstract"]) == has_abstract]
        truth = [row["section"] for row in part]
        said = [verdicts[row["id"]].section if row["id"] in verdicts else "" for row in part]
        right = sum(a == b for a, b in zip(truth, said, strict=True)) / max(len(part), 1)
        f1 = f1_score(truth, said, average="macro", labels=sorted(set(truth), key=LABELS.index), zero_division=0)
        found.append(Line(f"filing, {name}", f"{right:.3f} / {f1:.3f}", f"accuracy / macro-F1 of {len(part)}"))
    answered = len(verdicts) / len(rows)
    return [*found, Line("filing: answered, items a second", f"{answered:.3f}, {len(rows) / seconds:.1f}")]


async def selection_rows(model: Model, data: Path, roadmap: Outline, days: int) -> tuple[list[Line], Usage]:
    """Return how many of the papers that people chose are in the top of their day."""
    pool = offline_corpus.rows(data / "selection/pool_2025-08.jsonl.gz")
    chosen = {row["id"] for row in pool if row["hf_daily"] or row["dair_week"] or row["ainews"]}
    per_day = Counter(row["date"] for row in pool if row["id"] in chosen)
    used, hits, wanted = Usage(), Counter[int](), 0
    for day in sorted(date for date, count in per_day.items() if count >= 5)[:days]:
        rows = [row for row in pool if row["date"] == day]
        verdicts, usage, _ = await filed(model, rows, roadmap)
        order = sorted(rows, key=lambda row: -verdicts[row["id"]].relevance if row["id"] in verdicts else 1)
        for top in (10, TOP):
            hits[top] += sum(row["id"] in chosen for row in order[:top])
        used, wanted = used + usage, wanted + per_day[day]
    figure = f"{hits[10] / max(wanted, 1):.3f} / {hits[TOP] / max(wanted, 1):.3f}"
    return [Line("selection, recall of people's picks", figure, f"@10 / @{TOP} of a day; {wanted} picks")], used


async def summarized(model: Model, papers: Sequence[Paper], roadmap: Outline) -> tuple[dict[StoryId, Summary], Usage]:
    """Return a model's summaries by s0, s1, …, and what they took."""
    tasks = []
    for place, paper in enumerate(papers):
        story = story_of({"id": f"s{place}", "title": paper.title, "abstract": paper.abstract})
        verdict = Verdict(story.id, roadmap.name, roadmap.sections[0].id, "", 1.0, 1.0, "", "people")
        tasks.append((story, verdict, Article(story.id, paper.abstract, "abstract")))
    replies = await model.summarize(tasks, roadmap, roadmap.lang or "en")
    return dict(replies.results), replies.usage


def summary_rows(
    papers: Sequence[Paper],
    texts: Sequence[str],
    statements: Sequence[Sequence[str]],
    dropped: int,
    sources: Sequence[Paper] | None = None,
) -> list[Line]:
    """Return ROUGE of the one-sentence summaries, and the share of sentences that their source does not support."""
    scores = [best_scores(text, paper.targets) for text, paper in zip(texts, papers, strict=True)]
    rouge = " / ".join(f"{100 * sum(column) / len(scores):.1f}" for column in zip(*scores, strict=True))
    pairs = zip(statements, sources or papers, strict=True)
    bad = sum(bool(check(text, [paper.title, paper.abstract])) for each, paper in pairs for text in each)
    count = sum(map(len, statements))
    return [
        Line("summaries, SciTLDR", rouge, f"ROUGE-1 / 2 / L of {len(papers)}, best reference"),
        Line("summaries: sentences cut by the gate", f"{dropped / max(count + dropped, 1):.3f}", "of those written"),
        Line("summaries: unsupported sentences left", f"{bad / max(count, 1):.3f}", f"of {count}"),
    ]


def usage_rows(*parts: Usage) -> list[Line]:
    """Return what filing, choosing and summarizing took."""
    names = ("filing", "selection", "summaries")
    whole = sum(parts, Usage())
    cost = "unknown" if whole.cost_usd is None else f"${whole.cost_usd:.4f}"
    told = ", ".join(f"{name} {part.tokens}" for name, part in zip(names, parts, strict=True))
    return [Line("tokens, cost", f"{whole.tokens}, {cost}", told)]


def injection_rows(data: Path, endpoint: str) -> list[Line]:
    """Return the closing lines of the injections' own bench, with the model at an endpoint that obeys them."""
    if not endpoint:
        return [Line("injections", "not measured", "give --endpoint, a model that obeys them")]
    words = [sys.executable, str(_HERE / "injections.py"), "--data", str(data), "--endpoint", endpoint]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    lines = done.stdout.rstrip().splitlines() or [f"failed with status {done.returncode}"]
    return [Line("injections", "", line) for line in lines]


def story_of(row: Row) -> Story:
    """Return a row of any data file as a story of its own."""
    item = Item(
        id=ItemId(row["id"]),
        feed=FeedId("bench"),
        url=row.get("url") or f"https://example.org/{row['id']}",
        title=row["title"],
        text=row.get("abstract") or "",
        medium="paper" if row.get("kind", "paper") == "paper" else "post",
        lang=row.get("lang") or "en",
        categories=tuple(row.get("categories") or ()),
    )
    return Story(StoryId(row["id"]), item, (item,))


def _text(point: object) -> str:
    return str(getattr(point, "text", point))


if __name__ == "__main__":
    main()
