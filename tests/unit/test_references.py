"""What helps to file a story: precedents from the roadmap and the ledger, and three tools that only read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np
from fakes import FakeEmbedder, FakePages, item, story

from digestbot.adapters.index import LedgerIndex
from digestbot.domain import Precedent, Story
from digestbot.references import SHOWN, RoadmapReferences, chapters_text, resources
from digestbot.roadmap import outline, parse

ROADMAP = parse(
    "# A map\n\n## I. Sequences\n\nPredict sequences.\n\n### Markov models\n\nThey forget.\n\n"
    "- [Zzz zzz zzz](https://a.example/1)\n- [Hidden Markov](https://a.example/2)\n\n"
    "## II. Images\n\nSee images.\n\n### Diffusion\n\n- [Qqq qqq qqq](https://a.example/3)\n",
    "map",
)
OUTLINE = outline(ROADMAP)
EMBEDDER = FakeEmbedder()


class Filed:
    """Stories that were filed, by the ids of their items."""

    def __init__(self, **filed: Precedent) -> None:
        self.filed = filed

    def precedents(self, ids: Sequence[str], roadmap: str) -> Mapping[str, Precedent]:
        return {id: self.filed[id] for id in ids if id in self.filed}


def references(titles: Mapping[str, str] | None = None, pages: Mapping[str, str] | None = None) -> RoadmapReferences:
    """Return references over some filed stories."""
    titles = titles or {}
    table = EMBEDDER.embed(list(titles.values())) if titles else np.zeros((0, 26), np.float32)
    filed = {id: Precedent(title, "II", "diffusion", "filed", 1.0) for id, title in titles.items()}
    index = LedgerIndex(lambda: (list(titles), table))
    return RoadmapReferences(ROADMAP, OUTLINE, Filed(**filed), index, EMBEDDER, FakePages(pages))


def near(found: RoadmapReferences, asked: Story) -> list[Precedent]:
    """Return what is near one story."""
    return list(asyncio.run(found.near([asked])).get(asked.id, ()))


def test_resources_of_the_document_are_precedents() -> None:
    """Every link in a chapter that takes stories is a work with a place."""
    assert [(one.title, one.section, one.origin) for one in resources(ROADMAP)] == [
        ("Zzz zzz zzz", "I", "resource"),
        ("Hidden Markov", "I", "resource"),
        ("Qqq qqq qqq", "II", "resource"),
    ]


def test_the_nearest_works_are_shown_nearest_first() -> None:
    """Resources and filed stories are ranked together, and only what is near counts."""
    found = near(references({"f": "zzz zzq"}), story(item(title="zzz zzz", text="")))

    assert [(one.title, one.origin) for one in found] == [("Zzz zzz zzz", "resource"), ("zzz zzq", "filed")]
    assert len(found) <= SHOWN
    assert found[0].similarity >= found[1].similarity


def test_a_story_is_no_precedent_of_itself() -> None:
    """A story that was filed before is not shown its own place."""
    found = near(references({item().id: "jjj jjj"}), story(item(title="jjj jjj", text="")))

    assert [one.title for one in found if one.origin == "filed"] == []


def test_nothing_near_is_nothing_shown() -> None:
    """A work unlike all others has no precedents."""
    assert near(references(), story(item(title="jjjj", text="jjjj"))) == []


def test_the_tools_look_up_chapters_precedents_and_the_page() -> None:
    """Each tool answers with text; a page that cannot be read is said to be so."""
    asked = story(item(title="zzz zzz", text=""))
    read = references(pages={asked.lead.url: "The whole page."})

    async def answers(found: RoadmapReferences, words: str) -> dict[str, str]:
        return {tool.name: await tool.look_up(words) for tool in found.tools(asked)}

    said, missing = asyncio.run(answers(read, "images zzz")), asyncio.run(answers(references(), "zzz"))

    assert said["look_up_chapters"] == "II. Images: See images.\nII.1 Diffusion: Qqq qqq qqq"
    assert missing["look_up_precedents"].startswith("I.1 Zzz zzz zzz (resource, ")
    assert said["read_full_text"] == "The whole page."
    assert missing["read_full_text"] == "It cannot be read: http-404."


def test_chapters_are_found_by_any_word_of_a_title() -> None:
    """A code or a part of a title is enough to name a section."""
    assert chapters_text(OUTLINE, "II").startswith("II. Images")
    assert chapters_text(OUTLINE, "about sequences").startswith("I. Sequences")
