"""Superseded: a newer work takes a resource's place by its authors' own words only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from fakes import NOW, filed, paper, story

from digestbot.adapters.offline_model import OfflineModel
from digestbot.domain import Filed, StoryId
from digestbot.pipeline.models import Models
from digestbot.pipeline.superseding import supersede
from digestbot.proposing.superseded import outdated_versions, superseded
from digestbot.roadmap import apply, changes_of, parse

OLD = "https://arxiv.org/abs/2403.00001"
ROADMAP = parse(
    f"# T\n\n## A\n\n### Models\n\n- [Sapling: Foundation Models]({OLD}) (paper): stands here.\n"
    "- [GlowLM 1.5 Technical Report](https://arxiv.org/abs/2403.00002v1) (paper): a report.\n",
    "map",
)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Sapling2", "We present Sapling2. It improves over its predecessor in all tasks.", "Sapling"),
        ("Sapling v2: Larger", "Where Sapling saw single images, we see video.", "Sapling"),
        ("Grown: A Model", "We propose Grown, the successor of Sapling.", "Sapling"),
        ("Grown: A Model", "It significantly extends our previously proposed model Sapling.", "Sapling"),
        ("GlowLM 2 Technical Report", "Compared with the previous version it is small.", "GlowLM"),
        ("Sapling2", "We present a model for the next generation of tools.", ""),
        ("Grown: A Model", "We compare with Sapling and improve on it.", ""),
        ("Grown: A Model", "It builds on Sapling and others.", ""),
        ("PanoSapling2: A Model", "It improves over its predecessor.", ""),
        ("GlowLM 1.0 Technical Report", "Compared with the previous version it is small.", ""),
        ("Grown: A Model", "We propose Grown, the successor of Saplings2.", ""),
        ("Sapling: Foundation Models", "The successor of Sapling.", ""),
    ],
)
def test_a_newer_work_says_itself_what_it_succeeds(title: str, text: str, expected: str) -> None:
    """A name with a higher version, or the word successor and the like; to compare or to build on is not enough."""
    newer = story(paper("2604.00009", title=title, text=text))

    found = list(superseded(ROADMAP, [newer], ()))

    assert [one.resource.title.split()[0].rstrip(":") for one in found] == ([expected] if expected else [])
    assert all(one.said in text for one in found)


def grown() -> Filed:
    """Return a filed successor of a resource."""
    text = "We present Sapling2, a foundation model. It improves over its predecessor in all tasks."
    return filed("g", lead=paper("2604.00009", title="Sapling2", text=text))


class Stories:
    """Holds filed stories."""

    def filed(self, roadmap: str, lang: str, ids: Sequence[StoryId]) -> list[Filed]:
        return [one for one in [grown()] if one.story.id in ids]


def test_a_superseded_resource_is_replaced_once_with_quotes() -> None:
    """The newer work stands in the older one's line; the sentence that says so is the evidence."""
    newer, models = grown(), Models(OfflineModel(), None)

    (found,) = asyncio.run(supersede(Stories(), models, ROADMAP, [newer.story], "en", (), NOW))
    again = asyncio.run(supersede(Stories(), models, ROADMAP, [newer.story], "en", [found], NOW))

    assert (found.kind, found.old_url, found.url) == ("replace", OLD, "https://arxiv.org/abs/2604.00009")
    assert found.quotes[0].text == "It improves over its predecessor in all tasks."
    changed = apply(ROADMAP, *changes_of(found.diff, found.chapter, found.base))
    assert "- [Sapling2](https://arxiv.org/abs/2604.00009) (paper)" in changed.text
    assert (OLD in changed.text, again) == (False, [])


@pytest.mark.parametrize(("version", "expected"), [(3, 1), (1, 0)])
def test_an_old_version_of_a_paper_gives_way_to_the_paper(version: int, expected: int) -> None:
    """Where a later version is known the link loses its version, once."""
    later = story(paper("2403.00002", version=version, comment="Adds a proof."))

    found = list(outdated_versions(ROADMAP, [later], (), NOW))

    assert [one.url for one in found] == ["https://arxiv.org/abs/2403.00002"] * expected
    assert list(outdated_versions(ROADMAP, [later], found, NOW)) == []
