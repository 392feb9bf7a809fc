"""`digestbot review walk`: one proposal after the other, its change in colour, a key for each decision."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import click

from digestbot import review
from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.app import desk_of, ledger_of
from digestbot.commands.console import Terminal, counted, terminal
from digestbot.commands.review_view import show_standing
from digestbot.commands.reviewing import edited, finished, require_roadmap, reviewer_of, tell
from digestbot.domain import Ground, Proposal
from digestbot.errors import ConfigError, DigestbotError
from digestbot.review import Decision, Desk, Reviewer
from digestbot.settings import Settings

_GROUNDS: dict[str, Ground] = {
    "t": "off-topic",
    "p": "wrong-place",
    "w": "weak",
    "k": "known",
    "b": "wording",
    "m": "later-work",
    "o": "other",
}
_KEYS = "[a]ccept  [e]dit  [r]eject  [l]ater  [s]kip  [q]uit"
_REASONS = "[t] off topic  [p] wrong place  [w] weak  [k] known  [b] badly put  [m] not mature  [o] other"

Ask = Callable[[str], str]
"""Shows a question and returns the answer, "" for none."""


@dataclass(frozen=True)
class _Walk:
    desk: Desk
    who: Reviewer
    now: datetime
    where: Terminal
    key: Ask
    line: Ask


def walk_command(
    settings: Settings, roadmap: str, by: str, now: datetime, key: Ask | None = None, line: Ask | None = None
) -> int:
    """Decide on what waits, soonest due first; `key` and `line` ask the reviewer, in the terminal if left out."""
    where, left = terminal(), 0
    if key is None and not sys.stdin.isatty():
        raise ConfigError("a walk asks in a terminal: use 'digestbot review list', accept and reject instead")
    with ledger_of(settings) as ledger:
        require_roadmap(settings, ledger, roadmap)
        desk = desk_of(settings, ledger)
        RoadmapFiles(settings.home, settings.roadmap).install()
        finished(desk, now, where)
        walk = _Walk(desk, reviewer_of(desk, by), now, where, key or _pressed, line or _typed)
        found = review.waiting(desk, now, roadmap)
        for number, proposal in enumerate(found, start=1):
            where.say(f"\n— {number} of {len(found)} —")
            suspect = ledger.filings.suspects([proposal.story]).get(proposal.story)
            standing = review.standing(desk, proposal.id, now)
            show_standing(where, standing, suspect, now)
            if not _decided(walk, standing.proposal):
                break
        left = len(review.waiting(desk, now, roadmap))
    where.say(f"{counted(left, 'proposal')} wait." if left else "No proposals wait.")
    return 0


def _decided(walk: _Walk, proposal: Proposal) -> bool:
    """Ask until there is a decision, or none is wanted; False ends the walk."""
    while True:
        answer = walk.key(_KEYS).lower()
        if answer in ("q", ""):
            return False
        if answer == "s":
            return True
        try:
            decision = _vote(walk, proposal, answer)
        except DigestbotError as error:
            walk.where.say(f"digestbot: {error}")
            return True
        if decision:
            tell(walk.where, decision)
            return True


def _vote(walk: _Walk, proposal: Proposal, answer: str) -> Decision | None:
    """Return what a key led to, None for a key that means nothing."""
    desk, who, now, seen = walk.desk, walk.who, walk.now, proposal.revision
    if answer == "a":
        return review.accept(desk, proposal.id, who, now, seen)
    if answer == "e":
        return edited(desk, proposal, who, now, seen)
    if answer == "l":
        days = walk.line("In how many days? [7] ") or "7"
        until = now + timedelta(days=int(days) if days.isdecimal() and int(days) < 3_650 else 7)
        return review.later(desk, proposal.id, who, now, until)
    return _rejected(walk, proposal) if answer == "r" else None


def _rejected(walk: _Walk, proposal: Proposal) -> Decision:
    ground = _GROUNDS.get(walk.key(_REASONS).lower(), "other")
    wanted = walk.line("Where does it belong? SECTION/CHAPTER, or Enter: ") if ground == "wrong-place" else ""
    reason = walk.line("Why, in your words (Enter for none): ")
    return review.reject(walk.desk, proposal.id, walk.who, walk.now, reason, ground, wanted, proposal.revision)


def _pressed(question: str) -> str:
    click.echo(f"{question} ", err=True, nl=False)
    try:
        key = click.getchar()
    except (EOFError, KeyboardInterrupt):
        key = "q"
    click.echo(key if key.isprintable() else "", err=True)
    return key.strip()[:1]


def _typed(question: str) -> str:
    return str(click.prompt(question, default="", show_default=False, prompt_suffix="", err=True)).strip()
