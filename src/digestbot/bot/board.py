"""The reviewers' channels: each open proposal is a message there, edited when its standing changes, on every server.

Recorded before it is posted and after; what a crash left in between is settled by asking the channel.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord

from digestbot import review
from digestbot.bot.answers import board as view_of
from digestbot.bot.cards import Card, controls, embed_of, is_about, payload
from digestbot.bot.desk import Desk
from digestbot.domain import Guild, Proposal, ProposalId, ReviewPost
from digestbot.errors import DigestbotError
from digestbot.languages import canonical
from digestbot.review.rules import due_of
from digestbot.roadmap import Roadmap, titles

AT_ONCE = 20
"""New messages in a round: the first one after a channel was chosen floods nobody."""
MAX_READ = 5_000
_SLACK = timedelta(hours=1)
_REST = timedelta(hours=1)
"""How long a channel that refuses is left alone."""


@dataclass(frozen=True)
class Task:
    """A message to post or to edit: where, what it is to show, and the name of that standing.

    One that is the `same` shows that already; only the name is new.
    """

    post: ReviewPost
    card: Card
    lang: str
    shown: str
    is_new: bool
    is_same: bool = False


class Board:
    """Keeps the messages of one bot in step with the proposals."""

    def __init__(self, client: discord.Client, desk: Desk) -> None:
        self._client, self._desk = client, desk
        self._alone = asyncio.Lock()
        self._shut: dict[str, datetime] = {}

    async def show(self, id: ProposalId) -> None:
        """Show everywhere what became of a proposal; what cannot be shown now, the next round shows."""
        try:
            await self.sync(id)
        except (DigestbotError, discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            self._desk.tell(f"the reviewers' channels are behind with {id}: {type(error).__name__}: {error}")

    async def sync(self, only: ProposalId | None = None) -> None:
        """Post what is new and edit what has changed, everywhere, or only what is about one proposal."""
        async with self._alone:
            if not await self._desk.do(self._desk.reviews.leads):
                return
            servers = {str(guild.id) for guild in self._client.guilds if self.decides(str(guild.id))}
            for task in await self._desk.do(tasks, self._desk, servers, only):
                await self._done(task)

    def decides(self, guild: str) -> bool:
        """Tell whether a server's reviewers may decide on this roadmap, if it has any."""
        named, known = self._desk.reviews.servers_now(), self._client.application
        return guild in named if named else known is not None and not known.bot_public

    async def _done(self, task: Task) -> None:
        post = task.post
        if task.is_same:
            await self._desk.do(self._desk.reviews.posts.record, replace(post, shown=task.shown))
            return
        if self._rests(post.channel, post.proposal):
            return
        # Not that of the cache: a thread that was archived before the bot began is not in it.
        place = self._client.get_partial_messageable(int(post.channel))
        try:
            await (self._posted(task, place) if task.is_new else self._edited(task, place))
        except (discord.Forbidden, discord.NotFound) as error:
            self._rest(post.channel)
            self._desk.tell(
                f"the reviewers' channel {post.channel} refuses proposals ({error.status}, code {error.code}): "
                "in Discord open its settings › Permissions, add digestbot and allow View Channel, Send Messages, "
                "Embed Links and Read Message History, or choose another with /settings"
            )
        except discord.HTTPException as error:
            self._rest(post.proposal)
            self._desk.tell(f"the message of proposal {post.proposal} was refused ({error.status}, code {error.code})")

    async def _posted(self, task: Task, place: discord.abc.Messageable) -> None:
        reviews, post = self._desk.reviews, task.post
        is_first = await self._desk.do(reviews.posts.begin, post.channel, post.proposal, post.guild, datetime.now(UTC))
        found = None if is_first else await self._found(place, post)
        if found is None and task.card.standing.proposal.state != "open":
            await self._desk.do(reviews.posts.record, replace(post, state="gone"))
            return
        message = found or await place.send(**_arguments(task), nonce=_nonce(post))
        shown = task.shown if found is None else ""  # what stands there is of before: the next round edits it
        await self._desk.do(reviews.posts.record, replace(post, state="sent", message=str(message.id), shown=shown))

    async def _found(self, place: discord.abc.Messageable, post: ReviewPost) -> discord.Message | None:
        """Return the message that an earlier try posted."""
        me = self._client.user.id if self._client.user else 0
        async for message in place.history(limit=MAX_READ, after=post.begun_at - _SLACK, oldest_first=True):
            footers = [embed.footer.text or "" for embed in message.embeds]
            if message.author.id == me and any(is_about(footer, post.proposal) for footer in footers):
                return message
        return None

    async def _edited(self, task: Task, place: discord.PartialMessageable) -> None:
        post = task.post
        try:
            await place.get_partial_message(int(post.message)).edit(**_arguments(task))
            post = replace(post, shown=task.shown)
        except discord.NotFound:  # the message, or its whole channel
            post = replace(post, state="gone")
        await self._desk.do(self._desk.reviews.posts.record, post)

    def _rest(self, name: str) -> None:
        self._shut[name] = self._desk.clock() + _REST

    def _rests(self, *names: str) -> bool:
        now = self._desk.clock()
        return any(self._shut.get(name, now) > now for name in names)


def tasks(desk: Desk, servers: set[str], only: ProposalId | None = None) -> list[Task]:
    """Return what the channels of these servers lack, what was begun there, and what they show that has changed."""
    reviews, now = desk.reviews, desk.clock()
    guilds = {one.id: one for one in desk.guilds.all() if one.id in servers and one.left_at is None}
    known = {(post.channel, post.proposal): post for post in reviews.posts.all() if post.guild in guilds}
    proposals = {one.id: one for one in reviews.desk.ledger.proposals() if only in (None, one.id)}
    cards = Cards(desk, now)
    found = [
        (post, proposals[post.proposal])
        for post in known.values()
        if post.proposal in proposals and post.state != "gone"
    ]
    new = [
        (ReviewPost(guild.review_channel, one.id, guild.id, datetime.now(UTC)), one)
        for one in review.waiting(reviews.desk, now)
        if only in (None, one.id)
        for guild in guilds.values()
        if guild.review_channel and (guild.review_channel, one.id) not in known
    ]
    return [task for post, one in [*found, *new[:AT_ONCE]] if (task := _task(cards, guilds[post.guild], post, one))]


def _task(cards: Cards, guild: Guild, post: ReviewPost, proposal: Proposal) -> Task | None:
    """Return what is to be done about a message; None where it shows what it should."""
    lang = canonical(guild.lang)
    standing, (before, _, look) = f"{cards.standing_of(proposal)} {lang}", post.shown.rpartition(" ")
    if post.state == "sent" and before == standing:
        return None
    card = cards.card(proposal.id)
    looks = hashlib.sha256(repr(payload(card, lang)).encode(errors="replace")).hexdigest()[:16]
    # With every change of the roadmap each open proposal is looked at anew, and few of them look otherwise.
    is_same = post.state == "sent" and look == looks
    return Task(post, card, lang, f"{standing} {looks}", post.state == "sending", is_same)


class Cards:
    """Proposals as they stand at one instant; each roadmap is read once."""

    def __init__(self, desk: Desk, now: datetime) -> None:
        self._desk, self._now = desk, now
        self._roadmaps: dict[str, Roadmap | None] = {}

    def standing_of(self, proposal: Proposal) -> str:
        """Return a name that changes with what a proposal's message has to show."""
        if proposal.state != "open":
            return f"{proposal.state} {proposal.steps}"
        late = due_of(proposal, self._desk.reviews.desk.policy) <= self._now
        waits = proposal.waits_until is not None and proposal.waits_until > self._now
        return f"open {proposal.steps} {self._version(proposal)} {late:d}{waits:d}"

    def card(self, id: ProposalId) -> Card:
        """Return a proposal with all that its reviewers should know."""
        reviews = self._desk.reviews
        standing = review.standing(reviews.desk, id, self._now)
        stories: Sequence[Any] = (standing.proposal.story, *standing.proposal.stories)
        givers: Mapping[Any, str] = reviews.givers([story for story in stories if story])
        suspects: Mapping[Any, Any] = reviews.suspects([standing.proposal.story])
        giver = next((givers[story] for story in stories if story in givers), "")
        one = standing.proposal
        return Card(standing, self._now, giver, suspects.get(one.story), self.place_of(one))

    def place_of(self, proposal: Proposal) -> tuple[str, ...]:
        """Return what a proposal's section and chapter are called."""
        return titles(self._roadmap(proposal.roadmap), proposal.section, proposal.chapter)

    def _version(self, proposal: Proposal) -> str:
        found = self._roadmap(proposal.roadmap)
        return found.version[:12] if found else ""

    def _roadmap(self, name: str) -> Roadmap | None:
        """Return a roadmap, None for one that is gone or cannot be read: its proposals are shown all the same."""
        if name not in self._roadmaps:
            try:
                self._roadmaps[name] = self._desk.reviews.desk.document_of(name).read()
            except DigestbotError:
                self._roadmaps[name] = None
        return self._roadmaps[name]


def _arguments(task: Task) -> dict[str, Any]:
    buttons = controls(task.card.standing.proposal, task.lang)
    return {"embed": embed_of(task.card, task.lang), "view": view_of(buttons) if buttons else None}


def _nonce(post: ReviewPost) -> str:
    """Return the nonce of a message: the same at every try, within Discord's 25 characters."""
    return hashlib.sha256(f"review {post.channel} {post.proposal}".encode()).hexdigest()[:25]
