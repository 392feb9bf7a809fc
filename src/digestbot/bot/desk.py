"""What the bot asks of the rest of the program: parts of the ledger, the clock, and threads to wait in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, Protocol, TypeVar

import discord

from digestbot import review
from digestbot.domain import (
    Channel,
    Digest,
    DigestId,
    Document,
    Feed,
    FeedId,
    FeedState,
    Guild,
    Opinion,
    OpinionKind,
    Outline,
    ProposalId,
    ReviewPost,
    StoryId,
    Subscription,
    Suspect,
    Suspension,
)
from digestbot.domain.answers import Answer, FeedbackKind
from digestbot.explain.ports import Answering
from digestbot.pipeline.publish import AllCandidates, Digests
from digestbot.responses import Suggestions as SuggestionsWithAnswers
from digestbot.responses import Told
from digestbot.roadmap import Roadmap, outline
from digestbot.suggestions import Seen

Given = ParamSpec("Given")
Result = TypeVar("Result")


class StoredGuilds(Protocol):
    """What the bot asks of the ledger's servers."""

    def all(self) -> list[Guild]: ...
    def get(self, id: str) -> Guild: ...
    def save(self, guild: Guild) -> None: ...
    def forget(self, id: str) -> None: ...


class KeptGuilds:
    """Servers with their settings at hand once they were asked for: nobody but the bot changes them."""

    def __init__(self, ledger: StoredGuilds) -> None:
        self._ledger = ledger
        self._known: dict[str, Guild] = {}

    def all(self) -> list[Guild]:
        """Return every server that the bot ever was on."""
        return self._ledger.all()

    def get(self, id: str) -> Guild:
        """Return a server; one that is not known has chosen nothing."""
        self._known[id] = found = self._ledger.get(id)
        return found

    def at_hand(self, id: str) -> Guild | None:
        """Return a server without waiting for the ledger, None where it was not asked for yet."""
        return self._known.get(id)

    def save(self, guild: Guild) -> None:
        """Record a server, in place of what was known of it."""
        self._ledger.save(guild)
        self._known[guild.id] = guild

    def forget(self, id: str) -> None:
        """Delete what is known of a server."""
        self._ledger.forget(id)
        self._known.pop(id, None)


class Subscriptions(Protocol):
    """What the bot asks of the ledger's subscriptions."""

    def all(self) -> list[Subscription]: ...
    def get(self, id: str) -> Subscription | None: ...
    def save(self, found: Collection[Subscription]) -> None: ...
    def remove(self, id: str) -> None: ...
    def handled(self) -> Mapping[str, datetime]: ...
    def mark_handled(self, ids: Collection[str], now: datetime) -> None: ...


class Outbox(Protocol):
    """What the bot asks of the outbox."""

    def suspensions(self) -> list[Suspension]: ...
    def suspend(self, channel: Channel, now: datetime, reason: str) -> None: ...
    def resume(self, address: str) -> int: ...


class Publications(Digests, Protocol):
    """What the bot asks of the ledger's digests."""

    def digest(self, prefix: str) -> list[Digest]: ...


class Suggestions(SuggestionsWithAnswers, Protocol):
    """What the bot asks of the ledger's suggestions."""

    def forget(self, by: str) -> int: ...


class Opinions(Protocol):
    """What the bot asks of the ledger's opinions."""

    def say(self, opinion: Opinion) -> None: ...
    def of(self, who: str, kind: OpinionKind, limit: int) -> list[Opinion]: ...
    def forget(self, who: str) -> int: ...


class Answers(Protocol):
    """What the bot asks of the ledger's answers."""

    def answer(self, id: str) -> Answer | None: ...
    def judge(self, answer: str, who: str, verdict: FeedbackKind, note: str, at: datetime) -> bool: ...
    def forget(self, who: str) -> int: ...


class Readers(Protocol):
    """What the bot asks of the ledger's readers."""

    def leave(self, id: str, channel: Channel, now: datetime) -> bool: ...
    def forget(self, address: str) -> object: ...


@dataclass(frozen=True)
class Library:
    """What people look things up in, and hand things in to.

    `find` searches: up to so many documents for a query, best first. `send_now` makes a subscription's digest out of
    turn and posts it; None where there is nothing new. Both take seconds. `explain` answers a question as it grows, so
    many of them at once.
    """

    candidates: AllCandidates
    publications: Publications
    history: Seen
    suggestions: Suggestions
    opinions: Opinions
    readers: Readers
    roadmap: Callable[[], Roadmap]
    feeds: Callable[[], Sequence[Feed]]
    states: Callable[[], Mapping[FeedId, FeedState]]
    find: Callable[[str, int], Sequence[Document]]
    send_now: Callable[[Subscription], DigestId | None]
    answers: Answers
    explain: Answering
    explain_at_once: int

    def outline(self) -> Outline:
        """Return the roadmap's sections and chapters."""
        return outline(self.roadmap())


class ReviewPosts(Protocol):
    """What the bot asks of the ledger's messages in reviewers' channels."""

    def all(self) -> list[ReviewPost]: ...
    def begin(self, channel: str, proposal: ProposalId, guild: str, wall: datetime) -> bool: ...
    def record(self, post: ReviewPost) -> None: ...


@dataclass(frozen=True)
class Reviews:
    """What decides on proposals: the desk of every surface, and what Discord's needs beside.

    `servers_now` returns those whose reviewers may decide, by ids; with none of them named that is every server of a
    bot that only its owner can invite, and no server of any other. `leads` tells whether this process posts for the
    bot: one of several does. `givers` tells who handed in something of a story.
    """

    desk_now: Callable[[], review.Desk]
    posts: ReviewPosts
    told: Told
    givers: Callable[[Collection[StoryId]], Mapping[StoryId, str]]
    suspects: Callable[[Collection[StoryId]], Mapping[StoryId, Suspect]]
    leads: Callable[[], bool]
    servers_now: Callable[[], Collection[str]] = tuple

    @property
    def desk(self) -> review.Desk:
        """The desk by the settings that count."""
        return self.desk_now()


@dataclass(frozen=True)
class Desk:
    """All of it in one hand. `tell` says a line to the operator; `threads` are few: the ledger is not to be stormed."""

    guilds: KeptGuilds
    subscriptions: Subscriptions
    outbox: Outbox
    clock: Callable[[], datetime]
    tell: Callable[[str], object]
    threads: Executor
    library: Library
    reviews: Reviews

    async def do(self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
        """Return what a call that may block returns, made in a thread: heartbeats and answers never wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: work(*given, **named))


def subscribed(subscriptions: Sequence[Subscription]) -> set[str]:
    """Return the ids of the Discord channels that get something."""
    return {one.address for subscription in subscriptions for one in subscription.channels if one.kind == "discord"}


def desk_of(interaction: discord.Interaction[Any]) -> Desk:
    """Return the desk of the bot that somebody uses."""
    found: Desk = interaction.client.desk
    return found


AddCommands = Callable[[Any, Desk], None]
"""What each group of commands is to the bot: adds its commands, buttons and lists to a `bot.tree.Tree`."""
