"""The Discord bot put together: its desk, its commands, and its life, alone or beside the scheduler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock, Thread
from typing import TYPE_CHECKING

from digestbot.adapters.ledger import Ledger
from digestbot.app.answering import at_once
from digestbot.app.clock import clock_of
from digestbot.app.documents import document_of, reader_of
from digestbot.app.following import Current, Following
from digestbot.app.rereading import rereading
from digestbot.app.reviewing import desk_of
from digestbot.app.running import alone
from digestbot.app.searching import found_documents
from digestbot.app.sending import discord_route
from digestbot.app.storing import ledger_of, load_feeds
from digestbot.domain import ChannelKind, DigestId, Document, Subscription
from digestbot.errors import ConfigError, DigestbotError
from digestbot.explain.ports import Answering
from digestbot.languages import canonical
from digestbot.pipeline.deliver import deliver
from digestbot.pipeline.publish import publish
from digestbot.ports import Route
from digestbot.processes import me
from digestbot.roadmap import outline
from digestbot.settings import Settings

if TYPE_CHECKING:
    import aiohttp

    from digestbot.bot.desk import Desk

_ROUNDS_S = 30.0
_LEASE = timedelta(minutes=2)
"""Four rounds: so long after its end another process posts for the bot."""
_THREADS = 4
"""For the ledger: one that writes holds the others up, so that more of them would only wait."""
Connector = Callable[[], "aiohttp.BaseConnector"]


def token_of(settings: Settings) -> str:
    """Return the bot's token; raises ConfigError where none is set."""
    if settings.discord_token is None:
        raise ConfigError("no Discord bot is set up: set DIGESTBOT_DISCORD_TOKEN, see 'A Discord bot' in the README")
    return settings.discord_token.get_secret_value()


async def run_bot(
    settings: Current,
    stop: asyncio.Event,
    tell: Callable[[str], object],
    explain: Answering,
    connector: Connector | None = None,
) -> None:
    """Run the bot until `stop` is set; `explain` answers questions, `connector` makes the way to Discord, for tests."""
    from digestbot.adapters.discord_chat.link import quiet
    from digestbot.bot.client import Bot
    from digestbot.bot.groups import GROUPS
    from digestbot.bot.life import live

    token = token_of(settings())
    quiet()
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="bot")
    with ledger_of(settings()) as ledger, threads:
        desk = bot_desk_of(settings, ledger, tell, threads, explain)
        await live(lambda: Bot(desk, GROUPS, connector() if connector else None, rounds_s=_ROUNDS_S), token, stop, tell)


def bot_desk_of(
    settings: Current,
    ledger: Ledger,
    tell: Callable[[str], object],
    threads: ThreadPoolExecutor,
    explain: Answering,
) -> Desk:
    """Return what the bot asks of the rest of the program; `explain` answers questions."""
    from digestbot.bot.desk import Desk, KeptGuilds, Library, Reviews

    begun, searching = settings(), Lock()
    clock = clock_of(begun)

    def find(query: str, limit: int) -> list[Document]:
        with searching:  # the index has one owner at a time, within a process too
            return [hit.document for hit in found_documents(settings(), ledger, query, limit, clock())[0]]

    roadmap = Following(settings, lambda now: reader_of(document_of(now, ledger=ledger)))
    library = Library(
        candidates=ledger.candidates,
        publications=ledger.publications,
        history=ledger.history,
        suggestions=ledger.suggestions,
        opinions=ledger.opinions,
        readers=ledger.readers,
        roadmap=lambda: roadmap()(),
        feeds=rereading(lambda: begun.home / "feeds.yaml", lambda: load_feeds(begun, None)),
        states=ledger.intake.states,
        find=find,
        send_now=lambda one: send_now(settings(), ledger, one, clock()),
        answers=ledger.answers,
        explain=explain,
        explain_at_once=at_once(begun),
    )
    reviews = Reviews(
        desk_now=Following(settings, lambda now: desk_of(now, ledger)),
        posts=ledger.review_posts,
        told=ledger.reviews,
        givers=ledger.suggestions.givers,
        suspects=ledger.filings.suspects,
        leads=lambda: ledger.leases.take("discord", me(), datetime.now(UTC), _LEASE) is None,
        servers_now=lambda: _servers(settings()),
    )
    guilds = KeptGuilds(ledger.guilds)
    return Desk(guilds, ledger.subscriptions, ledger.outbox, clock, tell, threads, library, reviews)


def _servers(settings: Settings) -> frozenset[str]:
    return frozenset(part.strip() for part in (settings.review_servers or "").split(",") if part.strip())


def send_now(settings: Settings, ledger: Ledger, one: Subscription, now: datetime) -> DigestId | None:
    """Make a subscription's digest out of its turn and post it to Discord; return its id, None for nothing new.

    Raises StoreError while a run is under way.
    """
    roadmap = document_of(settings, ledger=ledger, now=now).read()
    at_once = replace(one, cadence=replace(one.cadence, kind="instant", quiet=""), paused_until=None)
    silent = replace(at_once, shape=replace(one.shape, empty="skip"))

    async def work() -> DigestId | None:
        lang = canonical(roadmap.lang)
        parts = ledger.candidates, ledger.subscriptions, ledger.publications
        made = await publish(*parts, [silent], outline(roadmap), lang, now, "")
        if made and settings.discord_token:
            routes: dict[ChannelKind, Route] = {
                "discord": discord_route(settings, settings.discord_token.get_secret_value())
            }
            sent = ledger.outbox, routes, me(), now, lambda: datetime.now(UTC), lambda *step: None
            await deliver(*sent, digest=made[0].id)
        return made[0].id if made else None

    with alone(ledger):
        return asyncio.run(work())


@contextmanager
def bot_beside(
    settings: Current, tell: Callable[[str], object], explain: Answering, connector: Connector | None = None
) -> Iterator[None]:
    """Keep the bot running in a thread of its own for the length of a context, where a token is set.

    What ends it is told; whatever else the process does goes on without it.
    """
    if settings().discord_token is None:
        yield
        return
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def life() -> None:
        try:
            await run_bot(settings, stop, tell, explain, connector)
        finally:  # who still waits for an answer when it stops
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

    def run() -> None:
        try:
            loop.run_until_complete(life())
        except DigestbotError as error:
            tell(f"the Discord bot ended: {error}")
        except Exception as error:
            tell(f"the Discord bot ended by a fault of ours: {type(error).__name__}: {error}")

    thread = Thread(target=run, name="discord", daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
