"""How proposals are told on pages: what a template is given of each; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digestbot.domain import Act, Proposal, Suspect
from digestbot.render.escape import plain, safe_url
from digestbot.render.objections import objection
from digestbot.render.words import counted
from digestbot.review import Standing, marked_text
from digestbot.review.applying import BOT
from digestbot.roadmap import Roadmap, titles
from digestbot.web.phrases.reviewing import Reviewing
from digestbot.web.surface import Ask

MAX_TITLE_CHARS = 300
_MAX_WORDS = 2_000
Mark = Literal["+", "-", "@", " "]
_LINKED = ("applied", "requested", "reverted", "closed")
"""Acts whose detail is where the change went."""
PRIVATE = ("not applied", "stale")
"""Acts whose reason may tell where files are on this machine: for those who have signed in."""
_CAN_BE = {
    "open": ("accept", "edit", "reject", "later"),
    "applied": ("revert",),
    "accepted": ("finish",),
    "edited": ("finish",),
}


@dataclass(frozen=True)
class Brief:
    """A proposal in a row of them; `to` is its page, `places` are the titles of its section and chapter."""

    id: str
    revision: int
    kind: str
    state: str
    title: str
    medium: str
    url: str
    old_url: str
    places: tuple[str, ...]
    due: str
    is_overdue: bool
    to: str
    can_be: tuple[str, ...]
    """What can be done with it by somebody who has a vote."""


@dataclass(frozen=True)
class Line:
    """A line of a diff: what becomes of it, and its text."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Told:
    """An act in the history of a proposal; `link` leads to where the change went, `detail` names that otherwise."""

    at: datetime
    who: str
    what: str
    ground: str
    reason: str
    detail: str
    link: str


@dataclass(frozen=True)
class Sheet:
    """A proposal whole, as it stands on the present document."""

    brief: Brief
    story: str
    reason: str
    quotes: tuple[tuple[str, str], ...]
    signs: tuple[str, ...]
    suspicions: tuple[tuple[str, str], ...]
    notice: str
    lines: tuple[Line, ...]
    marked: str
    merit: str
    votes: tuple[str, ...]
    wanted: str
    acts: tuple[Told, ...]
    elsewhere: tuple[tuple[str, str], ...]
    state: str
    has_line: bool


def briefs_of(
    found: Iterable[Proposal], roadmaps: Mapping[str, Roadmap], words: Reviewing, ask: Ask, now: datetime
) -> list[Brief]:
    """Return what is told of each proposal."""
    return [_brief(one, roadmaps.get(one.roadmap), words, ask, now) for one in found]


def sheet_of(
    found: Standing,
    suspect: Suspect | None,
    roadmap: Roadmap | None,
    words: Reviewing,
    ask: Ask,
    now: datetime,
    *,
    names: bool,
) -> Sheet:
    """Return what is told of one proposal; who voted, and what hinders it, only where `names` says so."""
    one, diff = found.proposal, found.diff or found.proposal.diff
    return Sheet(
        brief=_brief(one, roadmap, words, ask, now),
        story=ask.at("stories", one.story) if one.story else "",
        reason=plain(one.reason, _MAX_WORDS),
        quotes=_quotes(one),
        signs=tuple(plain(sign, 300) for sign in one.signs),
        suspicions=tuple((plain(name, 80), plain(span, 200)) for name, span in suspect.signs) if suspect else (),
        notice=_notice(found, words, names),
        lines=tuple(lines_of(diff)),
        marked=marked_text(diff),
        merit=plain(one.merit, _MAX_WORDS),
        votes=tuple(_votes(found, words, names)),
        wanted=counted(found.missing, words.wanted) if found.missing else "",
        acts=tuple(_told(act, words, names) for act in found.acts),
        elsewhere=_places(roadmap),
        state=one.state,
        has_line=one.kind in ("add", "replace"),
    )


def lines_of(diff: str) -> Iterable[Line]:
    """Yield a diff's lines without the names of its files."""
    for line in diff.splitlines():
        mark: Mark = "+" if line[:1] == "+" else "-" if line[:1] == "-" else "@" if line[:2] == "@@" else " "
        if not line.startswith(("+++ ", "--- ", "\\")):
            yield Line(mark, _visible(line[1:] if mark != "@" else line))


def became(found: Standing, words: Reviewing, *, names: bool) -> str:
    """Return what became of a proposal by the last that was done with it, and why where `names` says so."""
    one = found.proposal
    if one.state == "open" and one.waits_until and found.acts and found.acts[-1].kind == "later":
        return words.put_off.format(until=f"{one.waits_until:%Y-%m-%d}")
    if one.state == "open" and found.acts and found.acts[-1].kind in ("accept", "edit", "reject"):
        return counted(found.missing, words.missing)
    why = found.acts[-1].reason if names and found.acts and found.acts[-1].kind in PRIVATE else ""
    return " ".join(filter(None, (words.became[one.state], plain(objection(why, words.lang), 300))))


def _brief(one: Proposal, roadmap: Roadmap | None, words: Reviewing, ask: Ask, now: datetime) -> Brief:
    due, is_overdue = _due(one, words, now)
    return Brief(
        id=one.id,
        revision=one.revision,
        kind=words.kinds[one.kind],
        state=words.states[one.state],
        title=plain(one.title or one.subject, MAX_TITLE_CHARS) or one.id,
        medium=one.medium,
        url=safe_url(one.url),
        old_url=safe_url(one.old_url) if one.old_url != one.url else "",
        places=_titles(one, roadmap),
        due=due,
        is_overdue=is_overdue,
        to=ask.at("review", one.id),
        can_be=_CAN_BE.get(one.state, ()),
    )


def _titles(one: Proposal, roadmap: Roadmap | None) -> tuple[str, ...]:
    return tuple(plain(name, 150) for name in titles(roadmap, one.section, one.chapter))


def _due(one: Proposal, words: Reviewing, now: datetime) -> tuple[str, bool]:
    if one.state != "open" or one.due_at is None:
        return "", False
    if one.due_at <= now:
        return counted(max(1, (now - one.due_at).days), words.overdue), True
    days = (one.due_at - now).days
    return counted(days, words.due_in) if days else words.due_today, False


def _quotes(one: Proposal) -> tuple[tuple[str, str], ...]:
    """Return the words that a proposal rests on, each with its source, "" where that is no web address."""
    if one.quotes:
        return tuple((plain(quote.text, _MAX_WORDS), safe_url(quote.source)) for quote in one.quotes)
    return tuple((plain(sentence, _MAX_WORDS), "") for sentence in one.evidence)


def _notice(found: Standing, words: Reviewing, names: bool) -> str:
    if found.fit == "moved":
        return words.moved
    if found.fit not in ("gone", "made"):
        return ""
    return words.gone.format(why=plain(objection(found.why, words.lang), 500)) if names else words.became["stale"]


def _votes(found: Standing, words: Reviewing, names: bool) -> Iterable[str]:
    for phrase, who in ((words.votes_for, found.accepts), (words.votes_against, found.rejects)):
        if who:
            yield phrase.format(names=", ".join(plain(one, 60) for one in who) if names else len(who))


def _told(act: Act, words: Reviewing, names: bool) -> Told:
    ours = act.by == BOT
    reason = objection(act.reason, words.lang) if ours else act.reason
    link = safe_url(act.detail) if act.kind in _LINKED else ""
    shown = act.kind in _LINKED or (act.kind == "reject" and act.detail)
    return Told(
        at=act.at,
        who=plain(act.by, 60) if names or ours else words.somebody,
        what=words.acts[act.kind],
        ground=words.grounds[act.ground] if act.ground else "",
        reason=plain(reason, _MAX_WORDS) if names or act.kind not in PRIVATE else "",
        detail=plain(act.detail, 60) if shown and not link else "",
        link=link,
    )


def _places(roadmap: Roadmap | None) -> tuple[tuple[str, str], ...]:
    """Return where else a proposal could belong: `section/chapter` and titles."""
    if roadmap is None:
        return ()
    return tuple(
        (f"{section.id}/{chapter.id}", " › ".join(dict.fromkeys((plain(section.title, 60), plain(chapter.title, 60)))))
        for section in roadmap.sections
        if section.filing
        for chapter in section.chapters
    )


def _visible(text: str) -> str:
    """Return a line of a document with its indentation, and nothing in it that cannot be seen."""
    indent = len(text) - len(text.lstrip(" "))
    return " " * min(indent, 20) + plain(text)


def next_to(ids: Sequence[str], id: str) -> tuple[str, str]:
    """Return the ids before and behind one in a queue, "" where there is none; the first where it is not in it."""
    if id not in ids:
        return "", ids[0] if ids else ""
    place = ids.index(id)
    return ids[place - 1] if place else "", ids[place + 1] if place + 1 < len(ids) else ""
