"""Measures the tokens of a day's papers through the cascade, beside one call a paper, at the same endpoint in one run.

    python bench/tokens.py --data DIR --endpoint SCRIPT-OR-URL [--items 300] [--day 2026-04-10] [--before 1000]

The endpoint speaks OpenAI's chat interface and states what each call took: a script, which is started with `--port`,
or an address such as http://127.0.0.1:8710/v1. The call a paper asks for five fields (one sentence, motivation,
method, result, conclusion) on title and abstract, under a schema and with a short instruction, as programs that
summarize a daily arXiv listing do. The papers of the days before, up to `--before`, are filed by the offline model
first: they are the precedents that the chat model is shown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import arguments
from openai import AsyncOpenAI
from served_day import papers_of, run, serve, write_feeds

from digestbot.sample.week import Paper

FIELDS = ("tldr", "motivation", "method", "result", "conclusion")
INSTRUCTION = (
    "You read papers for researchers. Analyse the paper below and fill in every field in English: tldr, a very short "
    "summary; motivation, why it was done; method, what was done; result, what came out; conclusion, what follows."
)
SCHEMA = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in FIELDS},
    "required": list(FIELDS),
    "additionalProperties": False,
}
AT_ONCE = 8


@dataclass(frozen=True)
class Taken:
    """What a way of asking took: tokens as the endpoint stated them."""

    calls: int
    read: int
    written: int
    seconds: float

    @property
    def tokens(self) -> int:
        return self.read + self.written


def main() -> None:
    """Print what each step of the cascade and the plain way took, and the share."""
    parser = argparse.ArgumentParser(description="Measure tokens.")
    arguments.add_data(parser)
    parser.add_argument("--endpoint", required=True, help="a script that takes --port, or an address ending in /v1")
    parser.add_argument("--model", default="loopback", help="the model's name at the endpoint")
    parser.add_argument("--day", default="2026-04-10", help="a day of the data; later days fill up what it lacks")
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--before", type=int, default=1000, help="papers of earlier days that are filed first")
    options = parser.parse_args()
    announced = datetime.fromisoformat(options.day).replace(tzinfo=UTC)
    file = options.data / "arxiv-month" / "items.jsonl.gz"
    papers = papers_from(file, announced, options.items)
    earlier = [one for day in range(1, 5) for one in papers_of(file, announced - timedelta(days=day))][: options.before]
    with endpoint_of(options.endpoint) as url:
        plain = asyncio.run(one_call_each(papers, url, options.model))
        report, seconds = cascade(papers, earlier, announced + timedelta(hours=12), url, options.model)
    show(len(papers), plain, report, seconds)


def papers_from(file: Path, announced: datetime, count: int) -> list[Paper]:
    """Return so many papers, those of the day first, then of the days after it, all as if announced on the day."""
    found: list[Paper] = []
    for day in range(28):
        found += papers_of(file, announced + timedelta(days=day))
        if len(found) >= count:
            break
    moved = [announced - timedelta(days=1 + place % 3, seconds=place) for place in range(count)]
    return [
        Paper(p.id, p.title, p.authors, p.categories, at, p.abstract, p.comment)
        for p, at in zip(found[:count], moved, strict=False)
    ]


@contextmanager
def endpoint_of(given: str) -> Iterator[str]:
    """Give the address of the endpoint, started for as long as it is needed where a script is given."""
    if given.startswith(("http://", "https://")):
        yield given
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, given, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/v1"
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            with urlopen(f"{url}/models", timeout=5):
                return
        except URLError:
            time.sleep(0.1)
    sys.exit(f"nothing answers at {url}")


async def one_call_each(papers: Sequence[Paper], url: str, model: str) -> Taken:
    """Ask for five fields on each paper, and return what that took."""
    client, limit = AsyncOpenAI(base_url=url, api_key="none", timeout=600), asyncio.Semaphore(AT_ONCE)
    started = time.perf_counter()

    async def ask(paper: Paper) -> tuple[int, int]:
        async with limit:
            answer = await client.chat.completions.create(
                model=model,
                messages=[
                    {"role": "system", "content": INSTRUCTION},
                    {"role": "user", "content": f"Title: {paper.title}\nAbstract: {paper.abstract}"},
                ],
                response_format={"type": "json_schema", "json_schema": {"name": "paper", "schema": SCHEMA}},
            )
        assert answer.usage is not None, "the endpoint states no usage"
        return answer.usage.prompt_tokens, answer.usage.completion_tokens

    found = await asyncio.gather(*(ask(paper) for paper in papers))
    await client.close()
    return Taken(len(found), sum(r for r, _ in found), sum(w for _, w in found), time.perf_counter() - started)


def cascade(
    papers: Sequence[Paper], earlier: Sequence[Paper], now: datetime, url: str, model: str
) -> tuple[dict[str, object], float]:
    """Run the main job with the chat model at the endpoint, offline on earlier papers first; its report and seconds."""
    settings = {"DIGESTBOT_MODEL": f"openai:{model}", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none"}
    with tempfile.TemporaryDirectory(prefix="digestbot-tokens-") as folder:
        if earlier:
            with serve(earlier, now - timedelta(days=1)) as feed:
                write_feeds(Path(folder), earlier, feed)
                show_earlier(run(Path(folder), now - timedelta(days=1)).report)
        with serve(papers, now) as feed:
            write_feeds(Path(folder), papers, feed)
            ended = run(Path(folder), now, settings)
        show_calls(Path(folder) / "home" / "ledger.db")
    return ended.report, ended.seconds


def show_earlier(report: dict[str, object]) -> None:
    """Print how the earlier papers ended."""
    outcomes = json.loads(json.dumps(report["outcomes"]))
    print(f"filed before, offline: {outcomes['filed']} of {sum(outcomes.values())} papers")


def show_calls(ledger: Path) -> None:
    """Print what each prompt took, as the ledger keeps it."""
    query = (
        "select step, prompt, sum(calls), sum(stories), sum(tokens), sum(output_tokens) from model_calls"
        " group by step, prompt order by sum(tokens) desc"
    )
    print(f"{'step':<12}{'prompt':<26}{'calls':>8}{'stories':>9}{'tokens':>9}{'written':>9}")
    connection = sqlite3.connect(ledger)
    for step, prompt, calls, stories, tokens, written in connection.execute(query):
        print(f"{step:<12}{prompt:<26}{calls:>8}{stories:>9}{tokens:>9}{written:>9}")
    connection.close()


def show(count: int, plain: Taken, report: dict[str, object], seconds: float) -> None:
    """Print the table: tokens a step and a paper, outcomes, and the share of the plain way's tokens."""
    steps = json.loads(json.dumps(report["steps"]))
    spent = {step: row["tokens"] for step, row in steps.items() if row["tokens"]}
    total = sum(spent.values())
    print(f"{count} papers{'':<24}{'tokens':>10}{'a paper':>10}{'seconds':>10}")
    print(f"{'one call each, five fields':<34}{plain.tokens:>10}{plain.tokens / count:>10.0f}{plain.seconds:>10.0f}")
    print(f"{'  of them written':<34}{plain.written:>10}{plain.written / count:>10.0f}")
    print(f"{'the cascade':<34}{total:>10}{total / count:>10.0f}{seconds:>10.0f}")
    for step, tokens in spent.items():
        print(f"{f'  {step}':<34}{tokens:>10}{tokens / count:>10.0f}{steps[step]['seconds']:>10.0f}")
    print(f"share: {total / plain.tokens:.2f} (the aim: at most 0.33)")
    print("outcomes:", json.dumps(report["outcomes"]), "degraded:", json.dumps(report["degraded"]))


if __name__ == "__main__":
    main()
