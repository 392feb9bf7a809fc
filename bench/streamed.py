"""Asks a model that writes slowly, with its answers shown while it writes and without: how long until the first claim.

    python bench/streamed.py --data DIR [--questions N] [--papers N] [--rate TOKENS]

DIR (or DIGESTBOT_BENCH_DATA) holds `arxiv-month/items.jsonl.gz`. The endpoint is the tests' own, on loopback: its model
writes so many tokens a second (of four characters) and answers with sentences of the sources that it is shown, one of
them invented. Questions go through the answering process, as those of Discord and the pages do. Prints medians: seconds
until the first claim is shown, until the whole answer, milliseconds from the model's last word to that, calls, claims.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import arguments
from explain import NOW, QUESTIONS, read_papers

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from endpoint import PIECE, Endpoint, serve  # the tests' own, after their folder is known

from digestbot.app.answering import Explainer
from digestbot.commands.library import load_command
from digestbot.domain.answers import Answer, Asked
from digestbot.settings import Settings, load

PARTS = ("what", "how", "why", "new", "open")
_SOURCE = re.compile(r"^(S\d+) \d{4}-[^\n]*\n([^\n]+)$", re.MULTILINE)
_SENTENCE = re.compile(r"[^.]{40,300}\.(?=\s|$)")


@dataclass(frozen=True)
class Shown:
    """What somebody saw of one answer, in seconds from the question on; `first_s` is None where no claim was shown."""

    first_s: float | None
    whole_s: float
    written_s: float
    """When the model had written its last word."""
    answer: Answer


def main() -> None:
    """Load, ask with and without, print the rows."""
    parser = argparse.ArgumentParser(description="Time answers that are shown while they are written.")
    arguments.add_data(parser)
    parser.add_argument("--questions", type=int, default=6)
    parser.add_argument("--papers", type=int, default=2_500)
    parser.add_argument("--rate", type=float, default=60.0, metavar="TOKENS", help="a second, as the model writes them")
    options = parser.parse_args()
    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    asked = [one["question"] for one in questions if one["lang"] == "en" and one["answerable"]][: options.questions]
    with tempfile.TemporaryDirectory(prefix="digestbot-streamed-") as folder, writing(options.rate) as model:
        home = loaded(Path(folder), options)
        print(f"{'':<16}{'first claim s':>14}{'whole s':>9}{'after the model ms':>20}{'calls':>7}{'claims':>8}")
        for name in ("off", "on"):
            settings = load(
                home=home,
                now=NOW,
                model=f"openai:{name}",  # answers are kept by the model's name: neither is given the other's
                openai_base_url=model.endpoint.url,
                openai_api_key="none",
                model_stream=name,
            )
            print(row(f"streaming {name}", asyncio.run(all_of_them(settings, model, asked))))


def loaded(folder: Path, options: argparse.Namespace) -> Path:
    """Return a data folder with papers in it."""
    home, file = folder / "home", folder / "papers.jsonl"
    rows = islice(read_papers(options.data), options.papers)
    file.write_text("".join(json.dumps(one) + "\n" for one in rows), "utf-8")
    load_command(load(home=home, now=NOW), file, NOW)
    return home


@dataclass
class Writer:
    """A model that writes at a pace, and when it wrote last."""

    endpoint: Endpoint
    rate: float
    wrote_at: float = 0.0

    def write(self, chars: int) -> None:
        """Take the time that so many characters take."""
        time.sleep(chars / 4 / self.rate)
        self.wrote_at = time.monotonic()

    def says(self, request: dict[str, Any]) -> str:
        """Return a reply; one that is not streamed is written before it is sent."""
        reply = reply_to(request)
        if not request.get("stream"):
            self.write(len(reply))
        return reply


@contextmanager
def writing(rate: float) -> Iterator[Writer]:
    """Serve a model that writes at a pace, streamed or not."""
    with serve(lambda ids: "") as endpoint:
        writer = Writer(endpoint, rate)
        endpoint.says, endpoint.pauses = writer.says, lambda piece: writer.write(PIECE)
        yield writer


def reply_to(request: dict[str, Any]) -> str:
    """Return claims that are sentences of the sources shown, and an invented one behind the first."""
    found = _SOURCE.findall(request["messages"][1]["content"])
    said = [(key, sentence.strip()) for key, text in found for sentence in _SENTENCE.findall(text)[:1]]
    claims = [
        {"part": PARTS[place * len(PARTS) // len(said)], "text": text, "sources": [key]}
        for place, (key, text) in enumerate(said)
    ]
    claims[1:1] = [{"part": "what", "text": "It beats Orion-9 by 73.4 % on Halvorsen.", "sources": ["S1"]}]
    return json.dumps({"enough": True, "claims": claims, "missing": "How it does elsewhere."}, ensure_ascii=False)


async def all_of_them(settings: Settings, model: Writer, questions: Sequence[str]) -> list[Shown]:
    """Return what was seen of every answer, one asked after the other, the process started before."""
    with closing(Explainer(settings)) as explainer:
        async for _ in explainer.explain(Asked("Which zebra is the fastest?")):
            pass
        return [await shown(explainer, model, question) for question in questions]


async def shown(explainer: Explainer, model: Writer, question: str) -> Shown:
    """Return what was seen of one answer."""
    begins, first = time.monotonic(), None
    async for answer in explainer.explain(Asked(question)):
        if answer.claims and first is None:
            first = time.monotonic() - begins
    return Shown(first, time.monotonic() - begins, model.wrote_at - begins, answer)


def row(name: str, seen: Sequence[Shown]) -> str:
    """Return the medians of a way to answer."""
    first = statistics.median(one.first_s or one.whole_s for one in seen)
    whole = statistics.median(one.whole_s for one in seen)
    after = statistics.median(one.whole_s - one.written_s for one in seen) * 1000
    calls = statistics.mean(one.answer.usage.calls for one in seen)
    claims = statistics.mean(len(one.answer.claims) for one in seen)
    return f"{name:<16}{first:>14.2f}{whole:>9.2f}{after:>20.0f}{calls:>7.1f}{claims:>8.1f}"


if __name__ == "__main__":
    main()
