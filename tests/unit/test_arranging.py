"""Arranging: a chapter is parted or put in order where that is plain, seldom, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import NOW

from digestbot.domain import Level, Proposal
from digestbot.proposing.arranging import MONTH, arrangement
from digestbot.roadmap import Roadmap, apply, changes_of, parse

LORA = [
    "LoRA: low-rank adaptation of language models",
    "QLoRA and LoRA finetuning with quantized weights",
    "LoRA adapters for parameter-efficient finetuning",
    "LoRA low-rank matrices and finetuning memory",
    "LoRA finetuning of attention weights",
    "Merging LoRA adapters after finetuning",
]
IMAGES = [
    "Diffusion models for image generation",
    "Image generation with latent diffusion",
    "Score matching and diffusion for image synthesis",
    "Guidance of diffusion image models",
    "Diffusion image editing",
    "Diffusion sampling of images in few steps",
    "Image diffusion with transformers",
    "High resolution image synthesis with diffusion",
]


def shelf(*titles: str) -> Roadmap:
    """Return a roadmap whose one large chapter lists these."""
    items = "\n".join(f"- [{title}](https://a.example/{n}) (post): about it." for n, title in enumerate(titles))
    return parse(f"# T\n\n## A\n\n**Goal:** Learn.\n\n### Methods\n\n{items}\n\n### Other\n\nWords.\n", "t")


def after(roadmap: Roadmap, found: Proposal) -> Roadmap:
    """Return a document with a proposal applied."""
    return apply(roadmap, *changes_of(found.diff, found.chapter, found.base))


def test_a_large_chapter_of_two_topics_is_parted() -> None:
    """One of two groups that have little in common gets a chapter of its own, by the words that it shares."""
    mixed = [title for pair in zip(LORA, IMAGES, strict=False) for title in pair] + IMAGES[len(LORA) :]
    roadmap = shelf(*mixed)

    found = arrangement(roadmap, {}, (), NOW)

    assert found is not None
    assert (found.kind, found.chapter, found.subject) == ("split", "methods", "split methods")
    assert "LoRA" in found.title
    assert {quote.text for quote in found.quotes} == set(LORA)
    first, fresh, _ = after(roadmap, found).chapters
    assert ([one.title for one in first.resources], fresh.title) == (IMAGES, found.title)
    assert [one.title for one in fresh.resources] == LORA


@pytest.mark.parametrize("titles", [[*LORA[:5], *IMAGES[:5]], [*IMAGES, *IMAGES], [*LORA[:2], *IMAGES, *IMAGES[:4]]])
def test_a_chapter_that_is_small_or_holds_together_stays(titles: list[str]) -> None:
    """Neither few resources, nor one topic, nor one with two strangers is a reason."""
    assert arrangement(shelf(*titles), {}, (), NOW) is None


def listed(*items: str, mark: str = "-") -> Roadmap:
    """Return a roadmap with these items in a chapter."""
    lines = "\n".join(f"{mark} [r{n}](https://a.example/{n}) (post): {said}" for n, said in enumerate(items))
    return parse(f"# T\n\n## A\n\n### Order\n\n{lines}\n", "t")


HARD, EASY, PLAIN = "an advanced treatment.", "a gentle introduction to it.", "more of it."


def test_a_list_against_its_levels_is_put_in_order() -> None:
    """The introductory ones come first; what tells no level keeps its place."""
    roadmap = listed(HARD, HARD, PLAIN, EASY, EASY)

    found = arrangement(roadmap, {}, (), NOW)

    assert found is not None
    assert (found.kind, found.subject) == ("reorder", "reorder order")
    assert [one.title for one in after(roadmap, found).chapters[0].resources] == ["r3", "r4", "r2", "r0", "r1"]
    assert len(found.quotes) == 4
    assert "4 pairs of two levels 4 stand" in found.reason


def test_levels_of_stories_count_where_the_words_tell_none() -> None:
    """What a model judged a story to be is its resource's level, under whatever address."""
    judged: dict[str, Level] = {f"url:https://a.example/{n}": "advanced" if n < 2 else "introductory" for n in range(4)}

    found = arrangement(listed(*[PLAIN] * 4), judged, (), NOW)

    assert found is not None
    assert found.kind == "reorder"


@pytest.mark.parametrize(
    "roadmap",
    [
        listed(EASY, EASY, HARD, HARD),
        listed(HARD, EASY, HARD, EASY),
        listed(HARD, EASY, EASY),
        listed(HARD, HARD, EASY, EASY, mark="1."),
        parse(listed(HARD, HARD, EASY, EASY).text.replace("- [r2]", "\nThen:\n\n- [r2]"), "t"),
    ],
)
def test_an_order_that_may_be_meant_stays(roadmap: Roadmap) -> None:
    """Few levels, mixed ones, numbers and two lists are no disorder."""
    assert arrangement(roadmap, {}, (), NOW) is None


def test_a_document_is_put_in_order_seldom_and_never_twice() -> None:
    """One such proposal a month, and none that was made before, whatever became of it."""
    roadmap = listed(HARD, HARD, EASY, EASY)
    found = arrangement(roadmap, {}, (), NOW)
    assert found is not None
    other = replace(found, subject="split elsewhere", kind="split")

    assert arrangement(roadmap, {}, [replace(found, state="rejected")], NOW + 9 * MONTH) is None
    assert arrangement(roadmap, {}, [other], NOW + MONTH - timedelta(days=1)) is None
    assert arrangement(roadmap, {}, [other], NOW + MONTH) is not None
