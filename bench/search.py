"""Measures what search finds: works by the headings that people put them under, papers by what they share.

    python bench/search.py --data DIR [--queries N] [--commands]

Headings are loaded by `digestbot load` and searched by the program's own function; --commands asks each question
through `digestbot search` too, a process each, and counts the answers that differ. --queries asks so many headings,
spread evenly. No weight that ships has seen the corpora.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import arguments
import numpy as np

from digestbot.adapters.embedder import ConceptEmbedder, SearchEmbedder
from digestbot.adapters.ledger import Ledger
from digestbot.app import indexes, ledger_of
from digestbot.domain import Document, Shelved
from digestbot.search import PASSAGES, TERMS, Question, documents_space, search
from digestbot.search.cutting import Part, cut, shelve
from digestbot.search.scoring import WEIGHTS, Scorer, Traits, total
from digestbot.settings import load

Row = dict[str, Any]
Ranker = Callable[[str], list[str]]
WORDS_ONLY, MEANING_ONLY = Traits(1, 0, 0, 0, 0), Traits(0, 0, 0, 0, 1)


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_data(parser)
    parser.add_argument("--commands", action="store_true", help="ask through the command line, and compare")
    parser.add_argument("--queries", type=int, default=0, help="so many headings, spread evenly; all if left out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        headings(options.data, Path(folder), options.commands, options.queries)
    if not options.commands:
        facets(options.data)


def rows(file: Path) -> list[Row]:
    """Return the records of a gzipped JSON Lines file."""
    with gzip.open(file, "rt", encoding="utf-8") as source:
        return [json.loads(line) for line in source]


def headings(data: Path, home: Path, commands: bool, count: int = 0) -> None:
    """Print how many of the works under a heading are found by it; of `count` headings, 0 for all."""
    wanted = set(json.loads((data / "retrieval/headings_corpus_ids.json").read_text("utf-8"))["doc_ids"])
    names = ("id", "title", "abstract", "description", "url", "kind", "lang", "date")
    corpus = [{name: row.get(name) or "" for name in names} for row in rows(data / "placement/items.jsonl.gz")]
    file = home / "corpus.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in corpus if row["id"] in wanted), encoding="utf-8")
    environment = {**os.environ, "DIGESTBOT_HOME": str(home / "home")}
    subprocess.run([sys.executable, "-m", "digestbot", "load", str(file)], env=environment, check=True)
    queries = sample(rows(data / "retrieval/headings_queries.jsonl.gz"), count)
    print(f"{'headings: recall at 10 / 50':<34}" + "".join(f"{name:>18}" for name in ("all", "lists", "handbook")))
    settings = load(home=home / "home")
    with ledger_of(settings) as ledger, indexes(settings, ledger, SearchEmbedder()) as index_of:
        embedder = SearchEmbedder()
        index = index_of(documents_space(embedder))

        def ours(query: str) -> list[str]:
            return [hit.document.id for hit in search(ledger.corpus, index, embedder, query, 50)]

        line("search", queries, ours)
        if commands:
            compare(queries, ours, asked_by_command(environment))
        else:
            everything = scored_over_all(ledger, sorted(wanted))
            line("  by words alone (BM25)", queries, lambda query: everything(query, WORDS_ONLY))
            line("  by meaning alone", queries, lambda query: everything(query, MEANING_ONLY))
            plain = ConceptEmbedder()
            texts = {row["id"]: f"{row['title']}\n{row['abstract'] or row['description']}" for row in corpus}
            table = plain.embed([texts[id] for id in sorted(wanted)])
            line("  by the plain embedding", queries, lambda query: nearest(plain, table, sorted(wanted), query))


def sample(queries: Sequence[Row], count: int) -> Sequence[Row]:
    """Return `count` queries, spread evenly over all; all of them for 0."""
    every = len(queries) / count if count else 1.0
    return [queries[int(n * every)] for n in range(min(count, len(queries)) or len(queries))]


def compare(queries: Sequence[Row], ours: Ranker, command: Ranker) -> None:
    """Print how many queries the command answers as the function does, and what a question takes as a process."""
    spent, differing = [], []
    for query in queries:
        begins = time.perf_counter()
        found = command(query["query"])
        spent.append(time.perf_counter() - begins)
        if found != ours(query["query"]):
            differing.append(query["query"])
    print(f"  by the command: {len(queries) - len(differing)} of {len(queries)} answers equal to the function's")
    print(f"  a process a question: p50 {np.median(spent):.2f} s, p95 {np.quantile(spent, 0.95):.2f} s")
    for query in differing:
        print(f"    differs: {query!r}")


def asked_by_command(environment: dict[str, str]) -> Ranker:
    """Return what asks the command line, one process a question."""

    def ask(query: str) -> list[str]:
        command = [sys.executable, "-m", "digestbot", "search", "--json", "--limit", "50", "--", query]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return [json.loads(row)["id"] for row in found.stdout.splitlines()]

    return ask


def scored_over_all(ledger: Ledger, ids: Sequence[str]) -> Callable[[str, Traits], list[str]]:
    """Return what scores every document by some of the traits alone."""
    embedder = SearchEmbedder()
    held = ledger.corpus.shelved(ids)
    vectors = ledger.corpus.vectors_of(documents_space(embedder), ids)

    @cache
    def traits_of(query: str) -> dict[str, Traits]:
        asked = Question.of(query)
        counts = ledger.corpus.counts(asked.terms)
        scorer = Scorer(asked, counts, counts[PASSAGES], counts[TERMS] / counts[PASSAGES])
        vector = embedder.embed([query])[0]
        return {id: scorer.traits(one, float(vector @ vectors[id])) for id, one in held.items()}

    def rank(query: str, weights: Traits) -> list[str]:
        scores = {id: total(traits, weights) for id, traits in traits_of(query).items()}
        return sorted(scores, key=lambda id: (-scores[id], id))[:50]

    return rank


def nearest(embedder: ConceptEmbedder, table: np.ndarray[Any, Any], ids: Sequence[str], query: str) -> list[str]:
    """Return the ids of the fifty rows of a table that are nearest to a query."""
    similar = table @ embedder.embed([query])[0]
    return [ids[int(i)] for i in np.argsort(-similar, kind="stable")[:50]]


def line(name: str, queries: Sequence[Row], ask: Ranker) -> None:
    """Print mean recall at 10 and 50 over all queries, those of lists and those of the handbook."""
    shares = np.array([recalls(ask(query["query"]), set(query["relevant"])) for query in queries])
    handbook = np.array([query["origin"] == "handbook chapter" for query in queries])
    means = [shares[which].mean(axis=0) for which in (np.ones(len(queries), bool), ~handbook, handbook)]
    print(f"{name:<34}" + "".join(f"{ten:>9.3f} / {fifty:.3f}" for ten, fifty in means))


def recalls(found: Sequence[str], relevant: set[str]) -> tuple[float, float]:
    """Return the shares of what is relevant that stand among the first 10 and the first 50."""
    return len(relevant & set(found[:10])) / len(relevant), len(relevant & set(found[:50])) / len(relevant)


def facets(data: Path) -> None:
    """Print how well the candidates of a paper are ordered by people's judgement, facet by facet."""
    corpus = [document_of(row) for row in rows(data / "retrieval/csfcube_corpus.jsonl.gz")]
    queries = rows(data / "retrieval/csfcube_queries.jsonl.gz")
    shelf = {one.id: shelve(one, cut(one, [Part("abstract", one.text)]))[0] for one in corpus}
    names = ("background", "method", "result")
    print(f"\n{'facets: nDCG at 20':<34}" + "".join(f"{name:>12}" for name in (*names, "all")))
    for name, weights, embedder in (
        ("search", WEIGHTS, SearchEmbedder()),
        ("  by words alone (BM25)", WORDS_ONLY, SearchEmbedder()),
        ("  by meaning alone", MEANING_ONLY, SearchEmbedder()),
        ("  by the plain embedding", MEANING_ONLY, ConceptEmbedder()),
    ):
        vectors = dict(zip(shelf, embedder.embed([f"{one.title}\n{one.text}" for one in corpus]), strict=True))
        rank = ranked_by(shelf, vectors, embedder, weights)
        gains = [(query["facet"], ndcg(rank(query), query["relevance"])) for query in queries]
        means = [np.mean([gain for facet, gain in gains if facet == one]) for one in names]
        print(f"{name:<34}" + "".join(f"{mean:>12.3f}" for mean in (*means, np.mean([gain for _, gain in gains]))))


def document_of(row: Row) -> Document:
    """Return a candidate as a document."""
    return Document(row["id"], row["title"], row["abstract"])


def ranked_by(
    shelf: Mapping[str, Shelved],
    vectors: Mapping[str, Any],
    embedder: SearchEmbedder | ConceptEmbedder,
    weights: Traits,
) -> Callable[[Row], list[str]]:
    """Return what orders a query's judged papers by its title and the sentences of its facet."""
    counts: Counter[str] = Counter(term for one in shelf.values() for term in {*one.head, *one.body})
    length = float(np.mean([len(one.head) + len(one.body) for one in shelf.values()]))

    def rank(query: Row) -> list[str]:
        text = f"{query['query_title']}\n{query['query']}"
        scorer, vector = Scorer(Question.of(text), counts, len(shelf), length), embedder.embed([text])[0]
        known = [id for id in query["judged"] if id in shelf]
        scores = {id: total(scorer.traits(shelf[id], float(vector @ vectors[id])), weights) for id in known}
        return sorted(scores, key=lambda id: (-scores[id], id))

    return rank


def ndcg(found: Sequence[str], relevance: Mapping[str, int]) -> float:
    """Return the normalized discounted cumulative gain of the first 20, gain being the judgement itself."""
    discounts = 1 / np.log2(np.arange(2, 22))
    best = sorted(relevance.values(), reverse=True)[:20]
    gained = [relevance.get(id, 0) for id in found[:20]]
    return float(np.dot(gained, discounts[: len(gained)]) / max(1e-9, float(np.dot(best, discounts[: len(best)]))))


if __name__ == "__main__":
    main()
