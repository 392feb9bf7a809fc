"""What happened to a roadmap week by week, and who decided it: what was seen in the document, joined with proposals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from digestbot.domain import Proposal
from digestbot.keys import canonical_url
from digestbot.roadmap.history import Event, How, What
from digestbot.roadmap.records import Roadmap

_TAKEN = frozenset({"accepted", "edited", "applied"})
_UNDONE: dict[How, How] = {"added": "removed", "removed": "added"}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `section` and `chapter` are titles, as far as it stands in one.

    `why` is the line of the proposal that brought it about, `by` who decided it; empty for what was done by hand.
    """

    at: datetime
    what: What
    how: How
    title: str
    section: str = ""
    chapter: str = ""
    url: str = ""
    former: str = ""
    proposal: str = ""
    by: str = ""
    why: str = ""


@dataclass(frozen=True)
class Week:
    """What happened from a Monday on (UTC), in the order in which it was seen."""

    monday: date
    entries: tuple[Entry, ...]


def changelog(
    roadmap: Roadmap, events: Sequence[tuple[datetime, Event]], proposals: Iterable[Proposal]
) -> tuple[Week, ...]:
    """Return the weeks in which something happened, the latest first; what was undone within its week is left out."""
    decided = [one for one in proposals if one.roadmap == roadmap.name and one.state in _TAKEN]
    titles = _Titles(roadmap, [event for _, event in events])
    weeks: dict[date, list[tuple[datetime, Event]]] = {}
    for at, event in events:
        weeks.setdefault(_monday(at), []).append((at, event))
    entries = {
        monday: tuple(_entry(*one, titles, decided) for one in _lasting(found)) for monday, found in weeks.items()
    }
    return tuple(Week(monday, entries[monday]) for monday in sorted(entries, reverse=True) if entries[monday])


def new_resources(roadmap: Roadmap, events: Iterable[tuple[datetime, Event]], since: datetime) -> frozenset[str]:
    """Return the canonical addresses of links that came into the document from an instant on."""
    added = {event.url for at, event in events if event.what == "resource" and event.how == "added" and at >= since}
    if not added:
        return frozenset()
    return frozenset(added & {canonical_url(url) for url in roadmap.addresses})


def new_chapters(roadmap: Roadmap, events: Iterable[tuple[datetime, Event]], since: datetime) -> frozenset[str]:
    """Return the ids of chapters that came into the document from an instant on."""
    added = {event.place for at, event in events if event.what == "chapter" and event.how == "added" and at >= since}
    return frozenset(added & {chapter.id for chapter in roadmap.chapters})


def _monday(at: datetime) -> date:
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _lasting(found: Sequence[tuple[datetime, Event]]) -> Iterator[tuple[datetime, Event]]:
    """Yield what was not undone later in the same week."""
    open_: dict[tuple[str, ...], list[int]] = {}
    dropped = set[int]()
    for at, (_, event) in enumerate(found):
        own, undone = _signs(event)
        if earlier := open_.get(undone):
            dropped |= {earlier.pop(), at}
        else:
            open_.setdefault(own, []).append(at)
    yield from (one for at, one in enumerate(found) if at not in dropped)


def _signs(event: Event) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what tells an event from others, and what would tell the one that it undoes, () for none."""
    if event.what == "resource" and event.how == "moved":
        return (event.url, event.former, event.place), (event.url, event.place, event.former)
    subject = (event.what, event.place, event.url)
    undone = _UNDONE.get(event.how)
    return (*subject, event.how), (*subject, undone) if undone else ()


class _Titles:
    """What places are called, those that are gone by what they were called last."""

    def __init__(self, roadmap: Roadmap, events: Iterable[Event]) -> None:
        self._chapters = {event.place: event.title for event in events if event.what == "chapter"}
        self._sections = {event.place: event.title for event in events if event.what == "section"}
        self._section_of: dict[str, str] = {}
        for section in roadmap.sections:
            self._sections[section.id] = section.title
            for chapter in section.chapters:
                self._chapters[chapter.id] = chapter.title
                self._section_of[chapter.id] = section.title

    def around(self, event: Event) -> tuple[str, str]:
        """Return the section and the chapter that something happened in."""
        if event.what == "section":
            return "", ""
        chapter = self._chapters.get(event.place, event.place) if event.what == "resource" else ""
        return self._section_of.get(event.place, ""), chapter

    def former(self, event: Event) -> str:
        """Return where something was before it moved, or what it was called."""
        if event.how != "moved":
            return event.former
        return (self._chapters if event.what == "resource" else self._sections).get(event.former, event.former)


def _entry(at: datetime, event: Event, titles: _Titles, decided: Sequence[Proposal]) -> Entry:
    section, chapter = titles.around(event)
    by = _proposal_behind(event, decided)
    why = (by.merit or by.reason) if by else ""
    return Entry(
        at=at,
        what=event.what,
        how=event.how,
        title=event.title,
        section=section,
        chapter="" if chapter == section else chapter,
        url=event.url,
        former=titles.former(event),
        proposal=by.id if by else "",
        by=by.decided_by if by else "",
        why=why,
    )


def _proposal_behind(event: Event, decided: Sequence[Proposal]) -> Proposal | None:
    """Return the last proposal taken that brought a resource in or out, or made a chapter of this name."""
    if event.what == "resource":
        key = "old_url" if event.how == "removed" else "url"
        found = [one for one in decided if event.url and canonical_url(getattr(one, key)) == event.url]
    else:
        found = [one for one in decided if one.kind in ("chapter", "split") and one.title == event.title]
    return found[-1] if found else None
