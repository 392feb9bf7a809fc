"""Makes a proposal of everything that is not well: a new address, a copy in an archive, a way out, a correction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from digestbot.domain import Proposal, ProposalKind, Quote
from digestbot.errors import ReviewError
from digestbot.health.answers import Check
from digestbot.health.doubles import Double, doubles
from digestbot.health.statements import Passed, passed
from digestbot.keys import canonical_url
from digestbot.proposing.drafts import Draft, drafted
from digestbot.roadmap import Chapter, Resource, Roadmap
from digestbot.roadmap.hunk import Change
from digestbot.roadmap.resources import correct_line, merge_resources, readdress, retire_resource

Making = Callable[[], tuple[Change, ...]]
MOST = 10
"""How many proposals a check makes at a time: the worst first, the others with the next ones."""
_ORDER = {"retracted": 0, "dead": 1, "moved": 2, "archived": 3, "walled": 4}


@dataclass(frozen=True)
class _Way:
    """What is to be done about a link."""

    kind: ProposalKind
    reason: str
    confidence: float
    url: str = ""


def repairs(
    roadmap: Roadmap, checks: Mapping[str, Check], earlier: Sequence[Proposal], now: datetime, most: int = MOST
) -> list[Proposal]:
    """Return proposals for what is not well in a document, the worst first; never a second one for the same."""
    told = {one.subject for one in earlier}
    made: list[Proposal] = []
    for draft, change in _all(roadmap, checks, now):
        if len(made) >= most:
            break
        if draft.subject in told:
            continue
        told.add(draft.subject)
        try:
            changes = change()
        except ReviewError:
            continue  # written in a way of its own: the list of the check tells of it
        made.append(drafted(replace(draft, chapter=changes[0].chapter), roadmap, changes, earlier, now))
    return made


def _all(roadmap: Roadmap, checks: Mapping[str, Check], now: datetime) -> Iterator[tuple[Draft, Making]]:
    """Yield what is to be proposed, the worst first, each with what makes its changes: that takes long."""
    found = [(chapter, one) for chapter in roadmap.chapters for one in chapter.resources]
    ill = [(c, r, checks[r.url]) for c, r in found if r.url in checks and checks[r.url].state in _ORDER]
    for chapter, resource, check in sorted(ill, key=lambda one: (_ORDER[one[2].state], one[1].line)):
        if way := _way(check):
            yield _of_link(roadmap, chapter, resource, check, way)
    for double in doubles(roadmap):
        yield _of_double(roadmap, double)
    for statement in passed(roadmap, now):
        yield _of_statement(roadmap, statement)


def _of_link(roadmap: Roadmap, chapter: Chapter, resource: Resource, check: Check, way: _Way) -> tuple[Draft, Making]:
    where = "" if way.url else f" {chapter.id}"
    draft = Draft(
        kind=way.kind,
        chapter=chapter.id,
        subject=f"{way.kind} {canonical_url(resource.url)}{where}",
        title=resource.title,
        reason=way.reason,
        confidence=way.confidence,
        url=way.url,
        old_url=resource.url,
        medium=resource.kind,
        quotes=(Quote(check.said, resource.url),) if check.said else (),
    )
    if way.url:
        return draft, partial(readdress, roadmap, resource.url, way.url)
    return draft, partial(retire_resource, roadmap, chapter.id, resource.url)


def _way(check: Check) -> _Way | None:
    since = f" since {check.failing_since:%Y-%m-%d}" if check.failing_since else ""
    if check.state == "moved":
        return _Way("replace", "It moved for good: its host leads to the new address.", 0.95, check.moved_to)
    if check.state == "retracted":
        return _Way("retire", "Its own page says that it was withdrawn or retracted.", 0.9)
    if check.state == "dead" and check.archived:
        said = f"It is gone ({check.reason}){since}; an archive has a copy."
        return _Way("replace", said, 0.85, check.archived)
    if check.state == "dead":
        return _Way("retire", f"It is gone ({check.reason}){since}, and no archive has a copy.", 0.8)
    if check.state == "walled" and check.archived:
        return _Way(
            "replace", "It asks for money or a login; an archive has a copy that does not.", 0.5, check.archived
        )
    if check.state == "archived":
        return _Way("retire", "Its owner closed the repository: nothing in it is mended any more.", 0.4)
    return None


def _of_double(roadmap: Roadmap, double: Double) -> tuple[Draft, Making]:
    """Return that a work's second mention goes, or gets the address of the other one where both have their place."""
    chapter, kept, merged = double.chapter, double.kept, double.merged
    why = "by its title" if double.by_title else "under another address"
    draft = Draft(
        kind="merge",
        chapter=chapter.id,
        subject=f"merge {canonical_url(kept.url)} {chapter.id}",
        title=merged.title,
        reason=f"The chapter has it already, as “{kept.title[:80]}”.",
        confidence=0.7 if double.by_title else 0.9,
        url=double.url,
        old_url=merged.url,
        medium=merged.kind,
        quotes=tuple(Quote(one.words, one.url) for one in (kept, merged) if one.words),
    )
    if double.in_one_chapter:
        return draft, partial(merge_resources, roadmap, (chapter.id, kept.url), (chapter.id, merged.url), double.url)
    elsewhere = replace(
        draft,
        subject=f"merge {kept.url} {merged.url}",
        reason=f"The document has it twice, {why}: “{kept.title[:80]}”. Both mentions stay, at the better address.",
    )
    return elsewhere, partial(readdress, roadmap, merged.url, kept.url)


def _of_statement(roadmap: Roadmap, statement: Passed) -> tuple[Draft, Making]:
    """Return that a sentence whose date is over goes; what took its place, a reviewer writes instead."""
    draft = Draft(
        kind="correct",
        chapter=statement.chapter,
        subject=f"statement {statement.chapter} {statement.sentence[:120]}",
        title=statement.sentence[:80],
        reason=f"It looks ahead to {statement.year}, which is over: take it out, or say what came of it.",
        confidence=0.6,
        quotes=(Quote(statement.sentence, f"{roadmap.name}.md"),),
    )
    return draft, partial(correct_line, roadmap, statement.chapter, statement.line, statement.sentence, "")
