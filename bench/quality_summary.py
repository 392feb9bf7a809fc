"""Rates the offline summary on SciTLDR's development part: ROUGE, length, form, and whether every word is the source's.

    python bench/quality_summary.py --data DIR [--show N]

Two figures for ROUGE: with the weights that ship (they have seen these papers) and with weights relearned on four
fifths of the papers for each fifth (they have not). Give the second one.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

import arguments
from rouge import Paper, best_scores, read_papers
from train_extract import choices, learn

from digestbot.grounding import check
from digestbot.offline import extract
from digestbot.offline.compress import is_balanced

FOLDS = 5
_WORD = re.compile(r"\w+")


def main() -> None:
    """Print the figures, and N summaries when asked."""
    parser = argparse.ArgumentParser(description="Rate the extractive summary.")
    arguments.add_data(parser)
    parser.add_argument("--show", type=int, default=0, metavar="N")
    options = parser.parse_args()
    papers = read_papers(options.data)
    _print_row("lead sentence", papers, [paper.sentences()[0] for paper in papers])
    shipped = [extract.summarize(paper.abstract).tldr for paper in papers]
    _print_row("shipped weights (seen)", papers, shipped)
    titled = [extract.summarize(paper.abstract, paper.title).tldr for paper in papers]
    _print_row("shipped, with the title", papers, titled)
    _print_row(f"{FOLDS}-fold (unseen)", papers, relearned(papers))
    _print_row(f"{FOLDS}-fold with the title", papers, relearned(papers, titled=True))
    _print_form(papers, shipped)
    for paper in papers[:: max(1, len(papers) // options.show)][: options.show] if options.show else ():
        _print_summary(paper)


def relearned(papers: Sequence[Paper], titled: bool = False) -> list[str]:
    """Return each paper's TL;DR by weights learned without its fifth."""
    among = choices(papers, titled)
    found = [""] * len(papers)
    for fold in range(FOLDS):
        weights = learn([c for i, c in enumerate(among) if i % FOLDS != fold])
        for i in range(fold, len(papers), FOLDS):
            found[i] = extract.best_reading(among[i].found, weights)[0]
    return found


def is_deletion(short: str, source: str) -> bool:
    """Tell whether the words of a text are words of the source in the same order."""
    remaining = iter(_WORD.findall(source.casefold()))
    return all(word in remaining for word in _WORD.findall(short.casefold()))


def ends_properly(text: str) -> bool:
    """Tell whether a text has the form of a sentence: no small first letter, a full stop, brackets closed."""
    return (
        not text[:2].islower()
        and text[-1:] in (".", "!", "?")
        and text[-2:-1] not in (",", ";", ":")
        and is_balanced(text)
    )


def _print_row(name: str, papers: Sequence[Paper], texts: Sequence[str]) -> None:
    scores = [best_scores(text, paper.targets) for text, paper in zip(texts, papers, strict=True)]
    r1, r2, rl = (100 * sum(column) / len(scores) for column in zip(*scores, strict=True))
    words = sum(len(text.split()) for text in texts) / len(texts)
    print(f"{name:28} ROUGE-1 {r1:5.2f}  ROUGE-2 {r2:5.2f}  ROUGE-L {rl:5.2f}  words {words:5.1f}")


def _print_form(papers: Sequence[Paper], texts: Sequence[str]) -> None:
    pairs = list(zip(texts, papers, strict=True))
    proper = sum(ends_properly(text) for text in texts) / len(texts)
    added = sum(not is_deletion(text, paper.abstract) for text, paper in pairs) / len(texts)
    longest = max(len(text.split()) for text in texts)
    points = [extract.summarize(paper.abstract).points for paper in papers]
    broken = sum(not is_deletion(p, paper.abstract) for each, paper in zip(points, papers, strict=True) for p in each)
    print(f"form: proper sentences {proper:.1%}, with a word not in the source {added:.1%}, longest {longest} words")
    told = [(one, paper) for each, (text, paper) in zip(points, pairs, strict=True) for one in (text, *each)]
    unshown = sum(bool(check(one, [paper.abstract])) for one, paper in told)
    print(f"grounding: {unshown} of {len(told)} statements hold something that the gate does not find in the source")
    print(f"points: {sum(map(len, points)) / len(points):.2f} a paper, {broken} with a word not in the source")


def _print_summary(paper: Paper) -> None:
    made = extract.summarize(paper.abstract)
    print(f"\n# {paper.title}\n  {made.tldr}")
    for point in made.points:
        print(f"  - {point}")


if __name__ == "__main__":
    main()
