"""Every operation of the API in one table: routes and the OpenAPI document are made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digestbot.web.api import asked, reading, review_shapes, shapes
from digestbot.web.api.reading import Reading


@dataclass(frozen=True)
class Operation:
    """Something that is read: below which path, by which parameters, and what it answers with."""

    path: str
    view: Reading
    asked: type[asked.Asked]
    answer: type[shapes.Shape]

    @property
    def id(self) -> str:
        """Its name."""
        return self.view.__name__

    @property
    def said(self) -> str:
        """What it does, in a sentence."""
        return (self.view.__doc__ or "").partition("\n")[0]

    @property
    def in_path(self) -> list[str]:
        """The parameters that its path names."""
        return re.findall(r"{(\w+)}", self.path)


READ = (
    Operation("/", reading.entrance, asked.One, shapes.Entrance),
    Operation("/stories", reading.stories, asked.StoriesAsked, shapes.Stories),
    Operation("/stories/{id}", reading.story, asked.One, shapes.WholeStory),
    Operation("/items", reading.items, asked.ItemsAsked, shapes.Items),
    Operation("/digests", reading.digests, asked.Row, shapes.Digests),
    Operation("/digests/{id}", reading.digest, asked.One, shapes.WholeDigest),
    Operation("/search", reading.search, asked.SearchAsked, shapes.Stories),
    Operation("/roadmaps", reading.roadmaps, asked.One, shapes.Roadmaps),
    Operation("/roadmaps/{name}", reading.roadmap, asked.One, shapes.Roadmap),
    Operation("/proposals", reading.proposals, asked.ProposalsAsked, review_shapes.Proposals),
    Operation("/proposals/{id}", reading.proposal, asked.One, review_shapes.WholeProposal),
)
