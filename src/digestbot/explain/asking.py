"""A question's way: refuse, remember, retrieve, judge the evidence, answer, check every citation.

Yields what is known so far, each snapshot fuller than the one before, so that a terminal can print and a chat can edit;
the last one decides.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from digestbot.domain import Outline, Usage
from digestbot.domain.answers import Answer, Asked, RefusalKind, Standing
from digestbot.explain.candidates import Candidate, candidates
from digestbot.explain.concepts import Concept, concepts, translations, with_local_forms, with_local_names
from digestbot.explain.evidence import Judged, judge, near
from digestbot.explain.extracting import Matter, extract, untold
from digestbot.explain.misuse import refusal
from digestbot.explain.numbering import numbered, snapshot
from digestbot.explain.ports import Answerer, Library, Memory
from digestbot.explain.sources import citation
from digestbot.explain.spelling import respelled
from digestbot.explain.standing import read_next, standing
from digestbot.explain.threads import standalone
from digestbot.explain.understanding import Understood, legible, understand
from digestbot.explain.writing import written
from digestbot.roadmap import Roadmap
from digestbot.search import Filters, Found

DEPTH = 48
"""Passages that are looked through for one question."""
_NEAREST = 5
"""Sources that are named where there is not enough."""
LEAST_OTHERWISE = 2
"""Claims that an answer has at least which tells nothing of what was asked for."""
QUOTA_SPAN = timedelta(days=1)
"""A quota counts what was asked within this time."""


@dataclass(frozen=True)
class Deps:
    """What a question is answered with. `answerer` is None for the offline answer.

    `per_day` is how much one asker may ask, `per_day_and_place` how much all those of one place; 0 for no quota.
    """

    library: Library
    memory: Memory
    roadmap: Roadmap
    outline: Outline
    answerer: Answerer | None = None
    per_day: int = 0
    per_day_and_place: int = 0
    no_answerer: str = ""
    """Why there is no model although one is set, such as a budget that is spent."""
    lacking: Callable[[], str] = str
    """Returns what was away while it was searched, "" for nothing."""


@dataclass(frozen=True)
class _Evidence:
    """What was found for a question."""

    understood: Understood
    found: list[Found]
    chapters: list[Found]
    said: list[Candidate]
    matter: Matter


async def explain(deps: Deps, asked: Asked, now: datetime, watched: bool = True) -> AsyncIterator[Answer]:
    """Yield the answer to a question as it grows, each time with more claims; the last one is whole, and recorded.

    What was yielded before is true, but the last takes its place: a model that breaks off is followed by the offline
    answer, and one that goes back to an earlier part of it ends in another order. Where nobody watches, a model is not
    asked to show what it writes.
    """
    # First of all: rules that look at each word of a question are no match for a hundred thousand characters.
    asked = replace(asked, question=legible(asked.question))
    before = await asyncio.to_thread(deps.memory.answer, asked.follows) if asked.follows else None
    whole = standalone(asked, before)
    understood = understand(whole, now)
    blank = _blank(deps, asked, whole, understood, now)
    refused = refusal(whole.question)
    if refused:
        yield await _kept(deps, replace(blank, state="refused", refusal=refused), "")
        return
    key = cache_key(deps, whole, understood, now)
    if earlier := await asyncio.to_thread(deps.memory.answered, key):
        yield await _kept(deps, _again(earlier, blank), key)
        return
    if spent := await asyncio.to_thread(_spent, deps, asked, now):
        yield replace(blank, state="refused", refusal=spent)
        return
    async for answer in _answers(deps, whole, understood, blank, now, watched):
        last = answer
        yield answer
    yield _noted(await _kept(deps, last, key), deps.lacking())


async def explained(deps: Deps, asked: Asked, now: datetime) -> Answer:
    """Return the whole answer to a question."""
    async for answer in explain(deps, asked, now, watched=False):
        last = answer
    return last


def cache_key(deps: Deps, asked: Asked, understood: Understood, now: datetime) -> str:
    """Return the key under which equal questions share an answer, as long as nothing new was read.

    What depends on the day has the day in it.
    """
    model = (deps.answerer.name, deps.answerer.answer_prompt) if deps.answerer else ("offline", "")
    said = " ".join(understood.question.casefold().split()).rstrip("?？!！。. ")
    values = [said, asked.level, understood.lang, understood.since, asked.sections, asked.kinds, *model]
    values += [deps.library.version, deps.roadmap.version, f"{now:%Y-%m-%d}"]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:32]


async def _answers(
    deps: Deps, asked: Asked, understood: Understood, blank: Answer, now: datetime, watched: bool
) -> AsyncIterator[Answer]:
    evidence, judged = await asyncio.to_thread(_weighed, deps.library, asked, understood, now)
    if evidence.understood is not understood:
        blank = replace(blank, topic=evidence.understood.topic, read_as=evidence.understood.question)
    place = standing(evidence.chapters, evidence.found, deps.outline, list(evidence.matter.subjects.values()))
    blank = replace(blank, standing=place)
    if not judged.enough:
        yield _thin(blank, evidence, judged.unknown)
        return
    steps = read_next(place, deps.roadmap, evidence.found, asked.level)
    blank = replace(blank, state="answered", reading=steps)
    if deps.answerer:
        yield blank  # a model takes its time: that there is enough, and where it stands, is known now
        async for answer in written(deps.library, deps.answerer, evidence.understood, evidence.found, blank, watched):
            if answer.claims:
                yield answer
        if answer.claims:
            return
    else:
        answer = replace(blank, note=deps.no_answerer)
    answer = await asyncio.to_thread(_by_extraction, asked, evidence, answer, now)
    for count in range(1, 0 if deps.answerer else len(answer.claims)):
        yield snapshot(answer, count)
    yield answer if answer.claims else _thin(answer, evidence, ())


def _weighed(library: Library, asked: Asked, understood: Understood, now: datetime) -> tuple[_Evidence, Judged]:
    """Return what was found and whether it is enough; a word that nothing uses is tried as the field spells it."""
    evidence = gather(library, asked, understood)
    judged = judge(evidence.matter, evidence.found, evidence.said)
    other = respelled(understood.question, judged.unknown)
    if other != understood.question:
        again = gather(library, asked, understand(replace(asked, question=other), now))
        if (better := judge(again.matter, again.found, again.said)).enough:
            return again, better
    return evidence, judged


def gather(library: Library, asked: Asked, understood: Understood) -> _Evidence:
    """Return what was found for a question: documents, chapters of the roadmap, and their sentences."""
    query = " ".join(understood.subjects)
    more = translations(query)
    asked_for = [query, *understood.subjects] if understood.comparing else [f"{understood.question} {query} {more}"]
    filters = Filters(
        sections=asked.sections,
        kinds=asked.kinds,
        since=_day(understood.since),
    )
    rows = [library.find(one, filters, DEPTH // len(asked_for)) for one in asked_for]
    found = list({one.passage.id: one for row in rows for one in row}.values())
    chapters = library.find(query, Filters(sources=("roadmap",)), _NEAREST)
    matter = matter_of(understood, found)
    said = candidates([*found, *chapters], matter.whole, lambda texts: library.similarities(query, texts))
    return _Evidence(understood, found, chapters, said, matter)


def matter_of(understood: Understood, found: Sequence[Found]) -> Matter:
    """Return what a question is about, under all the names that the glossary and what was found give it."""
    texts = [f"{one.document.title}\n{one.passage.text}" for one in found]
    subjects = {subject: _named_here(subject, texts) for subject in understood.subjects}
    whole = tuple(dict.fromkeys(one for each in subjects.values() for one in each))
    return Matter(whole, subjects, concepts(understood.deed))


def _named_here(subject: str, texts: Sequence[str]) -> tuple[Concept, ...]:
    return with_local_names(with_local_forms(concepts(subject), texts), texts)


def _by_extraction(asked: Asked, evidence: _Evidence, blank: Answer, now: datetime) -> Answer:
    told = extract(evidence.understood, evidence.matter, evidence.found, evidence.said, asked.level, now)
    claims = [claim for claim, _ in told]
    blank = replace(blank, lacks=untold(evidence.understood.wants, claims))
    if blank.lacks == evidence.understood.wants != () and len(claims) < LEAST_OTHERWISE:
        return blank
    return numbered(blank, [(claim, [one]) for claim, one in told])


def _thin(blank: Answer, evidence: _Evidence, unknown: tuple[str, ...]) -> Answer:
    """Return an honest "not enough": what is nearest, and which words nothing uses."""
    nearest = list({one.document.id: one for one in near(evidence.matter, evidence.found)}.values())
    sources = tuple(citation(str(number), one) for number, one in enumerate(nearest[:_NEAREST], 1))
    return replace(blank, state="thin", claims=(), sources=sources, unknown=unknown, reading=())


def _blank(deps: Deps, asked: Asked, whole: Asked, understood: Understood, now: datetime) -> Answer:
    return Answer(
        id=secrets.token_hex(6),  # not of the question: who asks twice in an instant has two answers
        asked=replace(whole, follows=asked.follows, depth=asked.depth, who=asked.who, place=asked.place),
        topic=understood.topic,
        lang=understood.lang,
        state="answered",
        model="offline",
        corpus=deps.library.version,
        created_at=now,
        standing=Standing(),
    )


def _again(earlier: Answer, blank: Answer) -> Answer:
    return replace(
        earlier, id=blank.id, asked=blank.asked, created_at=blank.created_at, usage=Usage(), paid="", cached=True
    )


def _noted(answer: Answer, lacking: str) -> Answer:
    """Return an answer with what was away; that is not kept, since who gets this answer later may find it there."""
    return replace(answer, note="; ".join(filter(None, (answer.note, lacking))))


async def _kept(deps: Deps, answer: Answer, key: str) -> Answer:
    prompt = deps.answerer.answer_prompt if deps.answerer else ""
    await asyncio.to_thread(deps.memory.record, answer, key, prompt)
    return answer


def _spent(deps: Deps, asked: Asked, now: datetime) -> RefusalKind:
    """Return whose quota is used up, "" for nobody's."""
    since = now - QUOTA_SPAN
    if deps.per_day and asked.who and deps.memory.asked_since(asked.who, since) >= deps.per_day:
        return "quota"
    most = deps.per_day_and_place
    return "place" if most and asked.place and deps.memory.asked_at_since(asked.place, since) >= most else ""


def _day(since: str) -> date | None:
    """Return the first day of what may be a year, a month or a day."""
    parts = [int(part) for part in since.split("-")] if since else []
    return date(*[*parts, 1, 1][:3]) if parts else None
