"""Measures "same work?" beside what people would use instead: our judge, a title match, the vectors, MinHash.

Usage: python bench/same_work.py --data DIR [--no-folds]. Needs the `bench` extra; about five minutes with the folds.
Our judge has one set of weights and one threshold for all sets. Each baseline gets for each set the threshold that is
best on that very set, which it could not know in use; it compares the titles, or all words of the records. "Shipped"
figures come from a child process, `digestbot dedupe --pairs`, with weights that were fitted on this
data: on other data expect the cross-validated ones.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import arguments
import numpy as np
from datasketch import MinHash
from quality_sameness import cross_validated, f1, grouped
from rapidfuzz import fuzz, utils
from sameness_data import SETS, Pair, labelled_pairs, month_pairs, rows
from train_sameness import strip

from digestbot.offline.pair_profile import words_of
from digestbot.offline.sameness import THRESHOLD
from digestbot.offline.vectors import embed
from digestbot.offline.work import Work

Scores = list[float]
Text = Callable[[Work], str]
PERMUTATIONS = 128
SHINGLE_CHARS = 4
# Fields by which an equal identifier would decide; without them only words and people can.
ADDRESSES = ("id", "url", "doi", "arxiv_id")


@dataclass(frozen=True)
class Answer:
    """A method's scores of all pairs, with its threshold for each set."""

    name: str
    scores: Scores
    thresholds: Mapping[str, float]


def main() -> None:
    """Print one table over the five sets, and the arxiv_pairs by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--no-folds", action="store_true", help="leave out the cross-validation (minutes)")
    options = parser.parse_args()
    pairs = labelled_pairs(options.data)
    records = [row for name in SETS for row in rows(options.data / "duplicates" / f"{name}.jsonl.gz")]
    answers = [] if options.no_folds else [ours_in_folds(pairs, options.data)]
    answers += [
        ours("ours, shipped, ids hidden", [without_addresses(record) for record in records]),
        ours("ours, shipped, end to end", records),
    ]
    methods = {
        "token-set ratio as is, titles": token_set_as_is(pairs, title_of),
        "token-set ratio, titles": token_set(pairs, title_of),
        "token-set ratio, records": token_set(pairs, record_of),
        "vectors, cosine, titles": cosine(pairs, title_of),
        "vectors, cosine, records": cosine(pairs, record_of),
        "MinHash, titles": minhash(pairs, title_of),
        "MinHash, records": minhash(pairs, record_of),
    }
    answers += [baseline(name, pairs, scores) for name, scores in methods.items()]
    report(pairs, answers)
    report_kinds(pairs, answers)


def ours_in_folds(pairs: Sequence[Pair], data: Path) -> Answer:
    """Return the judge's scores from weights that saw no record of the pair, addresses and ids hidden."""
    scores = cross_validated([strip(pair) for pair in pairs], month_pairs(data))
    return Answer("ours, cross-validated, ids hidden", scores, dict.fromkeys(SETS, THRESHOLD))


def ours(name: str, records: Sequence[Mapping[str, Any]]) -> Answer:
    """Return the scores that the program's own filter writes; its threshold stands in what it calls the same."""
    lines = "".join(json.dumps({"id": n, "a": row["a"], "b": row["b"]}) + "\n" for n, row in enumerate(records))
    started = time.perf_counter()
    command = [sys.executable, "-m", "digestbot", "dedupe", "--pairs"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert [verdict["id"] for verdict in verdicts] == list(range(len(records)))
    print(f"{name}: {len(records)} pairs in {time.perf_counter() - started:.1f} s, with the start of the process")
    return Answer(name, [float(verdict["same"]) for verdict in verdicts], dict.fromkeys(SETS, 1.0))


def without_addresses(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line for the filter with only words, people and years."""
    return {side: {k: v for k, v in record[side].items() if k not in ADDRESSES} for side in ("a", "b")}


def baseline(name: str, pairs: Sequence[Pair], scores: Scores) -> Answer:
    """Return a method's scores, for each set with the threshold that is best there."""
    sets = grouped(pairs, lambda pair: pair.source)
    best = {
        source: best_threshold([pairs[i].label for i in places], [scores[i] for i in places])
        for source, places in sets.items()
    }
    return Answer(name, scores, best)


def best_threshold(labels: Sequence[int], scores: Sequence[float]) -> float:
    """Return the lowest score to call the same so that F1 is highest."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    ranked, hits = np.asarray(scores)[order], np.cumsum(np.asarray(labels)[order])
    last = np.append(ranked[1:] != ranked[:-1], True)
    found = np.where(last, 2 * hits / (np.arange(1, len(ranked) + 1) + sum(labels)), 0.0)
    return float(ranked[int(found.argmax())])


def token_set_as_is(pairs: Sequence[Pair], text: Text) -> Scores:
    """Return the share (0-1) of words in common, the smaller set's against both; "The" is not "the"."""
    return [fuzz.token_set_ratio(text(p.a), text(p.b)) / 100 for p in pairs]


def token_set(pairs: Sequence[Pair], text: Text) -> Scores:
    """Return the share (0-1) of words in common, whatever their case and punctuation."""
    plain = utils.default_process
    return [fuzz.token_set_ratio(text(p.a), text(p.b), processor=plain) / 100 for p in pairs]


def cosine(pairs: Sequence[Pair], text: Text) -> Scores:
    """Return the cosine of the bundled vectors: one minus the distance that Chroma gives for the two."""
    left, right = embed([text(p.a) for p in pairs]), embed([text(p.b) for p in pairs])
    return [float(value) for value in np.einsum("ij,ij->i", left, right)]


def minhash(pairs: Sequence[Pair], text: Text) -> Scores:
    """Return the estimated Jaccard similarity of runs of four characters."""
    texts = {text(work) for pair in pairs for work in (pair.a, pair.b)}
    sketches = {one: _sketch(one) for one in texts}
    return [float(sketches[text(p.a)].jaccard(sketches[text(p.b)])) for p in pairs]


def _sketch(text: str) -> MinHash:
    sketch, plain = MinHash(num_perm=PERMUTATIONS), " ".join(words_of(text))
    runs = {plain[i : i + SHINGLE_CHARS] for i in range(max(1, len(plain) - SHINGLE_CHARS + 1))}
    sketch.update_batch([run.encode() for run in sorted(runs)])
    return sketch


def title_of(work: Work) -> str:
    """Return a work's title."""
    return work.title


def record_of(work: Work) -> str:
    """Return all words of a record."""
    year = str(work.year or "")
    return " ".join(filter(None, (work.title, *work.authors, work.venue, year, work.abstract[:2000])))


def report(pairs: Sequence[Pair], answers: Sequence[Answer]) -> None:
    """Print F1, precision and recall of every method on every set."""
    sets = grouped(pairs, lambda pair: pair.source)
    print(
        "\nF1 (precision / recall)\n"
        + f"{'':36}"
        + "".join(f"{name.replace('googlescholar', 'GS'):>24}" for name in sets)
    )
    for answer in answers:
        cells = []
        for source, places in sets.items():
            labels, own = [pairs[i].label for i in places], [answer.scores[i] for i in places]
            precision, recall, f = f1(labels, own, answer.thresholds[source])
            cells.append(f"{f:.3f} ({precision:.3f} / {recall:.3f})")
        print(f"{answer.name:36}" + "".join(f"{cell:>24}" for cell in cells))


def report_kinds(pairs: Sequence[Pair], answers: Sequence[Answer]) -> None:
    """Print for each kind of arxiv_pairs how many each method calls the same."""
    kinds = grouped(pairs, lambda pair: f"{pair.kind} ({pair.label})" if pair.source == "arxiv_pairs" else "")
    kinds.pop("", None)
    print("\narxiv_pairs, called the same, by kind (its label)\n" + f"{'':36}" + "".join(f"{k:>28}" for k in kinds))
    for answer in answers:
        said = [score >= answer.thresholds["arxiv_pairs"] for score in answer.scores]
        cells = [f"{sum(said[i] for i in places)} of {len(places)}" for places in kinds.values()]
        print(f"{answer.name:36}" + "".join(f"{cell:>28}" for cell in cells))


if __name__ == "__main__":
    main()
