"""What a model may look up while it answers: more passages, and the roadmap's chapters. Reads only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from digestbot.explain.briefs import listed
from digestbot.explain.ports import Library
from digestbot.explain.sources import Sources
from digestbot.ports import Tool
from digestbot.search import Filters

FOUND = 4
"""Passages that one look-up shows."""


def tools_of(library: Library, sources: Sources) -> Sequence[Tool]:
    """Return the tools of an answer; what they find becomes a source under a key of its own."""

    async def search(words: str) -> str:
        found = await asyncio.to_thread(library.find, words, Filters(), FOUND)
        return listed(sources.add(found))

    async def chapters(words: str) -> str:
        found = await asyncio.to_thread(library.find, words, Filters(sources=("roadmap",)), FOUND)
        return listed(sources.add(found))

    return (
        Tool("search_sources", "More passages of what was read, each under its key. Ask with a few words.", search),
        Tool("look_up_roadmap", "What the learning roadmap says of a subject. Ask with a few words.", chapters),
    )
