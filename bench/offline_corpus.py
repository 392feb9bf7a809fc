"""Reads the measurement data once, counted as the product counts it.

Must not know what is learned from it.
"""

from __future__ import annotations

import collections
import gzip
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digestbot.offline.filer import LABELS, FilingText, counted
from digestbot.offline.nearest import SectionText

Row = dict[str, Any]
Counts = Mapping[str, float]

SEEDS = Path(__file__).with_name("filing_seeds.txt")


@dataclass(frozen=True)
class Corpus:
    """The data files read and counted once, whatever is then kept out of a training."""

    placed: list[Row]
    placed_counts: Sequence[Counts]
    title_counts: Sequence[Counts]
    english: Sequence[Counts]
    chinese: Sequence[Counts]
    month_texts: list[FilingText]
    month: Sequence[Counts]
    pool: list[Row]
    pool_counts: Sequence[Counts]
    parallel: list[Row]
    chosen: set[str]
    document_counts: collections.Counter[str]
    headings: list[SectionText]
    seeds: list[tuple[str, str]]


def rows(path: Path) -> list[Row]:
    """Return the records of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read(data: Path) -> Corpus:
    """Return everything the trainings need from the data folder."""
    placed = rows(data / "placement/items.jsonl.gz")
    parallel = rows(data / "parallel/zh_en.jsonl.gz")
    pool = rows(data / "selection/pool_2025-08.jsonl.gz")
    english = [counted(filing_text(row)) for row in parallel]
    chinese = [counted(FilingText(row["zh_tldr"] + "\n" + row["zh_method"])) for row in parallel]
    month_texts = [filing_text(row) for row in rows(data / "arxiv-month/items.jsonl.gz")]
    month = [counted(text) for text in month_texts]
    pool_counts = [counted(filing_text(row)) for row in pool]
    return Corpus(
        placed=placed,
        placed_counts=[counted(filing_text(row)) for row in placed],
        title_counts=[counted(FilingText(row["title"])) for row in placed],
        english=english,
        chinese=chinese,
        month_texts=month_texts,
        month=month,
        pool=pool,
        pool_counts=pool_counts,
        parallel=parallel,
        chosen={row["arxiv_id"] for row in rows(data / "selection/chosen.jsonl.gz")},
        document_counts=documents([*english, *chinese, *month, *pool_counts]),
        headings=default_headings(data / "roadmaps"),
        seeds=read_seeds(),
    )


def filing_text(row: Row) -> FilingText:
    """Return a record of any data file as the filer sees it."""
    return FilingText(
        title=row["title"] or "",
        abstract=row.get("abstract") or "",
        url=row.get("url") or "",
        kind=row.get("kind") or "",
        lang=row.get("lang") or "",
        categories=tuple(row.get("categories") or ()),
    )


def read_seeds() -> list[tuple[str, str]]:
    """Return (label, phrase) for every phrase of the seeds file."""
    lines = [line for line in SEEDS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    pairs = (line.split(":", 1) for line in lines)
    return [(label, phrase.strip()) for label, phrases in pairs for phrase in phrases.split("|")]


def default_headings(folder: Path) -> list[SectionText]:
    """Return the handbook's nine sections with goal, chapters and resource titles."""
    index = (folder / "handbook-index.md").read_text(encoding="utf-8")
    titles = re.findall(r'<h1 id="s\d">Section [IVX]+: (.*?)</h1>', index)
    goals = re.findall(r"<b>Goal:</b> (.*?)</div>", index)
    sections = []
    for number, (title, goal) in enumerate(zip(titles, goals, strict=True)):
        body = (folder / f"handbook-section{number + 1}.md").read_text(encoding="utf-8")
        lines = [goal, *re.findall(r"<h2>(.*?)</h2>", body), *re.findall(r"\[([^\]]{4,})\]\(", body)]
        sections.append(SectionText(LABELS[number], title, "\n".join(lines)))
    return sections


def documents(counts: Iterable[Counts]) -> collections.Counter[str]:
    """Return in how many texts each gram stands."""
    found: collections.Counter[str] = collections.Counter()
    for count in counts:
        found.update(count.keys())
    return found
