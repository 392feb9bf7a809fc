"""Tells which chapters nobody fed for a year, by what their addresses and decisions say of time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from digestbot.domain import Proposal
from digestbot.roadmap import Resource, Roadmap

YEAR = timedelta(days=365)
_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf|html)/(?P<year>\d\d)(?P<month>0[1-9]|1[0-2])\.\d{4,5}", re.IGNORECASE)
_DATED = re.compile(r"/(?P<year>20[0-3]\d)(?:[-/](?P<month>0[1-9]|1[0-2]))?(?=[-/])")


def hungry(roadmap: Roadmap, earlier: Sequence[Proposal], now: datetime) -> frozenset[str]:
    """Return the chapters whose newest resource is over a year old; one whose resources tell no date is none of them.

    A resource is as old as its address says, or as the decision that brought it in.
    """
    fed = {one.chapter: one.decided_at for one in earlier if one.kind == "add" and one.state == "applied"}
    found = set()
    for section in roadmap.sections:
        for chapter in section.chapters if section.filing else ():
            dates = [*dates_of(chapter.resources), *filter(None, [fed.get(chapter.id)])]
            if dates and max(dates) < now - YEAR:
                found.add(chapter.id)
    return frozenset(found)


def dates_of(resources: Iterable[Resource]) -> Iterator[datetime]:
    """Yield how old resources are, as far as their addresses say, to the month."""
    for resource in resources:
        if match := _ARXIV.search(resource.url):
            yield datetime(2000 + int(match["year"]), int(match["month"]), 28, tzinfo=UTC)
        elif match := _DATED.search(resource.url):
            # A year alone may mean its last day.
            yield datetime(int(match["year"]), int(match["month"] or 12), 28, tzinfo=UTC)
