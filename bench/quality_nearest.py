"""Measures filing into roadmaps that nothing was learned for: each of their links is hidden, then filed by its title.

    python bench/quality_nearest.py --data DIR [ROADMAP.md …]

Of a roadmap every link in turn is taken out of the text, title and note, and filed into what is left: by the words of
the headings and the other links alone, and with the other links as precedents. `chapter` is right where both section
and chapter are. Without files the shipped roadmaps and the recorded ones are measured, but the default one: the weights
know that. A link's title is often a bare name; what names nothing cannot be filed by anyone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import arguments
import numpy as np

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.offline_model import probabilities
from digestbot.domain import Chapter, Outline, Precedent, Section
from digestbot.offline.filer import FilingText
from digestbot.offline.nearest import SectionText, nearest
from digestbot.offline.precedents import adjusted
from digestbot.references import NEAR_TITLE, SHOWN, resources
from digestbot.roadmap import outline, parse

ROADMAPS = Path(__file__).parents[1] / "roadmaps"
DEFAULT = "genai"


def main() -> None:
    """Print a line a roadmap."""
    parser = argparse.ArgumentParser(description="Measure filing by nearness.")
    arguments.add_data(parser)
    parser.add_argument("roadmaps", nargs="*", type=Path, metavar="ROADMAP.md")
    options = parser.parse_args()
    shipped = [file for file in sorted(ROADMAPS.glob("*.md")) if file.stem not in ("SOURCES", DEFAULT)]
    files = options.roadmaps or [*shipped, options.data / "roadmaps/llm-course.md"]
    heads = ("links", "sections", "commonest", "by words", "+ links", "in 3", "chapters", "right")
    print(f"{'roadmap':<18}" + "".join(f"{head:>10}" for head in heads))
    for file in files:
        measure(file)


def measure(file: Path) -> None:
    """Print how many links of a roadmap are filed where they stood."""
    roadmap = parse(file.read_text(encoding="utf-8"), file.stem)
    whole, links = outline(roadmap), resources(roadmap)
    labels = [section.id for section in whole.sections if section.filing]
    similar = likeness([link.title for link in links])
    hits = np.zeros((len(links), 4), dtype=bool)
    for place, link in enumerate(links):
        rest, text = without(whole, link.title), FilingText(link.title)
        known, row = probabilities([text], rest)
        moved = adjusted(row, known, [precedents_of(place, links, similar)])[0]
        best = [known[int(i)] for i in np.argsort(-moved[:-1], kind="stable")]
        hits[place] = (
            known[int(row[0, :-1].argmax())] == link.section,
            best[0] == link.section,
            link.section in best[:3],
            best[0] == link.section and chapter_of(text, rest, best[0]) == link.chapter,
        )
    words, linked, three, chapter = hits.mean(axis=0)
    counts = np.array([sum(link.section == label for link in links) for label in labels])
    chapters = sum(len(section.chapters) for section in whole.sections if section.filing)
    chance = counts.max() / counts.sum()
    print(
        f"{file.stem:<18}{len(links):>10}{len(labels):>10}{chance:>10.2f}{words:>10.2f}{linked:>10.2f}{three:>10.2f}"
        f"{chapters:>10}{chapter:>10.2f}"
    )


def likeness(titles: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return the cosine of every title's vector with every other's; a title is not near itself."""
    vectors = ConceptEmbedder().embed(titles)
    table = vectors @ vectors.T
    same = np.array(titles)[:, None] == np.array(titles)[None, :]
    table[same] = -1
    return table


def precedents_of(
    place: int, links: Sequence[Precedent], similar: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> list[Precedent]:
    """Return the links nearest to one, as the program looks them up."""
    best = np.argsort(-similar[place], kind="stable")[:SHOWN]
    found = [replace(links[int(i)], similarity=float(similar[place, i])) for i in best]
    return [one for one in found if one.similarity >= NEAR_TITLE]


def without(whole: Outline, title: str) -> Outline:
    """Return the outline as it would be had a link never been in it: the lines that name it are gone."""

    def kept(text: str) -> str:
        return "\n".join(line for line in text.splitlines() if title not in line)

    def chapter(one: Chapter) -> Chapter:
        return replace(one, text=kept(one.text))

    def section(one: Section) -> Section:
        return replace(one, goal=kept(one.goal), chapters=tuple(map(chapter, one.chapters)))

    return replace(whole, sections=tuple(map(section, whole.sections)))


def chapter_of(text: FilingText, whole: Outline, section: str) -> str:
    """Return the chapter of a section that a text is nearest to."""
    chapters = next(one for one in whole.sections if one.id == section).chapters
    if not chapters:
        return ""
    row = nearest([text], [SectionText(one.id, one.title, one.text) for one in chapters])[0]
    return chapters[int(row[:-1].argmax())].id


if __name__ == "__main__":
    main()
