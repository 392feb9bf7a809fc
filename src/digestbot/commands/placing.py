"""`digestbot review file`: a person says where a story belongs."""

from __future__ import annotations

import getpass
from datetime import datetime

from digestbot.adapters.ledger import Ledger
from digestbot.app import installed, ledger_of
from digestbot.commands.console import plain, terminal
from digestbot.domain import OFF_ROADMAP, Chapter, ItemId, Outline, Placing, Section, StoryId, Verdict
from digestbot.errors import ReviewError
from digestbot.keys import mentioned_keys, strong_keys
from digestbot.pipeline.triage import outcome_of
from digestbot.roadmap import outline
from digestbot.settings import Settings

_CONFIRMED, _MOVED = "Confirmed by a reviewer.", "Moved by a reviewer."


def file_command(settings: Settings, asked: str, place: str, reason: str, by: str, now: datetime) -> int:
    """Record where a person puts a story, or that its place is right where none is named."""
    with ledger_of(settings) as ledger:
        taxonomy = outline(installed(settings, ledger, now)[0].read())
        life = _life(ledger, asked)
        verdict = ledger.placings.verdict(StoryId(life["story"]), taxonomy.name)
        if verdict is None:
            raise ReviewError(f"{asked!r} was not filed yet: the next run does it")
        section, chapter = place_named(place, taxonomy) if place else (verdict.section, verdict.chapter)
        same = (section, chapter) == (verdict.section, verdict.chapter)
        placing = Placing(
            item=ItemId(life["id"]),
            roadmap=taxonomy.name,
            section=section,
            chapter=chapter,
            by=by or getpass.getuser(),
            reason=reason or (_CONFIRMED if same else _MOVED),
            decided_at=now,
            former=f"{_place(verdict.section, verdict.chapter)} by {verdict.model}",
        )
        decided = placing.on(verdict)
        ledger.placings.place(placing, decided, *outcome_of(decided, taxonomy))
    terminal().say(_said(life["title"], verdict, placing))
    return 0


def place_named(words: str, taxonomy: Outline) -> tuple[str, str]:
    """Return the ids of the section and the chapter, "" for none, that words name as `SECTION[/CHAPTER]` or `none`.

    Ids, titles and a chapter's number in its section will do, in any case. Raises ReviewError with what there is.
    """
    name, _, rest = (part.strip() for part in words.partition("/"))
    if name.casefold() == OFF_ROADMAP and not rest:
        return OFF_ROADMAP, ""
    sections = [section for section in taxonomy.sections if section.filing]
    section = next((one for one in sections if name.casefold() in _names(one)), None)
    if section is None:
        known = ", ".join([*(one.id for one in sections), OFF_ROADMAP])
        raise ReviewError(f"there is no section {name!r} in {taxonomy.name!r}: use one of {known}")
    if not rest:
        return section.id, ""
    for number, chapter in enumerate(section.chapters, 1):
        if rest.casefold() in {str(number), *_names(chapter)}:
            return section.id, chapter.id
    known = ", ".join(chapter.id for chapter in section.chapters) or "none at all"
    raise ReviewError(f"there is no chapter {rest!r} in section {section.id!r}: it has {known}")


def _life(ledger: Ledger, asked: str) -> dict[str, str]:
    keys = strong_keys(asked) | mentioned_keys(asked) | mentioned_keys(f"arXiv:{asked}")
    for id in ledger.history.find({asked}, keys):
        item = ledger.history.item(id)["item"]
        if item["story"]:
            return dict(item)
    raise ReviewError(f"{asked!r} was never seen: 'digestbot review filings' lists what waits for you")


def _names(one: Section | Chapter) -> set[str]:
    return {one.id.casefold(), one.title.casefold()}


def _place(section: str, chapter: str) -> str:
    return "/".join(filter(None, (section, chapter)))


def _said(title: str, former: Verdict, placing: Placing) -> str:
    place = _place(placing.section, placing.chapter)
    if (placing.section, placing.chapter) == (former.section, former.chapter):
        return f"{plain(title)!r} stays in {place}."
    return f"{plain(title)!r} is in {place} now; it was in {placing.former}."
