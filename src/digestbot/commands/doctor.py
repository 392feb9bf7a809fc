"""`doctor`: what is configured, what works, and what to do about the rest. It sends nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from digestbot.app import (
    BUNDLED,
    desk_of,
    documents_of,
    free_bytes,
    indexes,
    ledger_of,
    load_feeds,
    searcher_of,
    shown_database,
)
from digestbot.catalogue import items_space
from digestbot.commands.console import counted, terminal, write_json
from digestbot.domain import FeedId, FeedState
from digestbot.errors import DigestbotError
from digestbot.review.rules import TAKEN
from digestbot.search import PASSAGES, documents_space
from digestbot.settings import Settings

_MOST_CHANNELS = 20
"""Whose permissions are looked up: each takes four requests."""
_LEAST_FREE_BYTES = 500 << 20


@dataclass(frozen=True)
class Finding:
    """What `doctor` says of one thing; `advice` is what to do about it."""

    what: str
    state: Literal["ok", "off", "warning", "error"]
    says: str
    advice: str = ""


def doctor_command(settings: Settings, as_json: bool) -> int:
    """Write what is configured, what works and what to do; 1 when something is wrong."""
    found = list(_examine(settings))
    if as_json:
        write_json([finding.__dict__ for finding in found])
    else:
        where = terminal()
        where.table(("", "what", "finding"), [(f.state, f.what, f.says) for f in found], wide="finding")
        for finding in found:
            if finding.advice:
                where.say(f"{finding.what}: {finding.advice}")
    return int(any(finding.state == "error" for finding in found))


def _examine(settings: Settings) -> Iterator[Finding]:
    yield _home(settings)
    ledger = _ledger(settings)
    yield ledger
    if ledger.state != "error":
        yield _index(settings)
        yield _review(settings)
        yield _embeddings(settings)
    yield from _feeds(settings)
    yield _roadmap(settings)
    yield _model(settings)
    yield _templates(settings)
    yield from _channels(settings)


def _review(settings: Settings) -> Finding:
    """Who decides, what waits, and what was decided and does not stand in the roadmap yet."""
    try:
        with ledger_of(settings) as ledger:
            desk = desk_of(settings, ledger)
            waits = len(desk.ledger.proposals(state="open"))
            stuck = [one for state in TAKEN for one in desk.ledger.proposals(state=state)]
            hindrances = {desk.document_of(one.roadmap).hindrance() for one in stuck} if not desk.hub else set()
    except DigestbotError as error:
        return Finding("review", "error", str(error))
    who = counted(len(desk.policy.reviewers), "reviewer") if desk.policy.reviewers else "whoever runs it decides"
    says = f"{who}, {counted(waits, 'proposal')} open"
    if not stuck:
        return Finding("review", "ok", says)
    state: Literal["ok", "warning"] = "ok" if desk.hub else "warning"
    why = "; ".join(sorted(filter(None, hindrances))) or "the next run or review command brings it there"
    return Finding("review", state, f"{says}, {len(stuck)} decided and not in the roadmap yet", "" if desk.hub else why)


def _templates(settings: Settings) -> Finding:
    from digestbot.render.bodies import checked_templates
    from digestbot.render.template import NAME, SUBJECT, TEXT

    folder = settings.home / "templates"
    own = [name for name in (NAME, TEXT, SUBJECT) if (folder / name).is_file()]
    try:
        checked_templates(folder)
    except DigestbotError as error:
        return Finding("templates", "error", str(error), "mend it, or take it away: the shipped one comes in its place")
    return Finding("templates", "ok", f"your own: {', '.join(own)}" if own else "the shipped ones")


def _home(settings: Settings) -> Finding:
    free = free_bytes(settings.home)
    says = f"{settings.home}, {free / (1 << 30):.1f} GiB free"
    folder = next(parent for parent in (settings.home, *settings.home.absolute().parents) if parent.exists())
    if not os.access(folder, os.W_OK):
        return Finding("data folder", "error", f"{says}, not writable", "set DIGESTBOT_HOME to a folder of your own")
    if free < _LEAST_FREE_BYTES:
        return Finding("data folder", "warning", says, "make room: the ledger grows by about 1 MB a day")
    return Finding("data folder", "ok", says)


def _ledger(settings: Settings) -> Finding:
    if not settings.database_url and not (settings.home / "ledger.db").exists():
        return Finding("ledger", "off", "not made yet", "'digestbot init' or the first run makes it")
    try:
        with ledger_of(settings) as ledger:
            counts = ledger.history.counts()
    except DigestbotError as error:
        return Finding("ledger", "error", str(error), "check DIGESTBOT_DATABASE_URL and that the database is up")
    return Finding("ledger", "ok", f"{shown_database(settings)}: {counts['items']} items, {counts['stories']} stories")


def _index(settings: Settings) -> Finding:
    if not settings.chroma_url and not (settings.home / "chroma").exists():
        return Finding("index", "off", "not made yet", "")
    from digestbot.adapters.embedder import ConceptEmbedder

    embedder = ConceptEmbedder()
    try:
        with ledger_of(settings) as ledger, indexes(settings, ledger, embedder) as index_of:
            index = index_of(items_space(embedder))
            if not index.keeps:
                return Finding("index", "ok", "open in another digestbot process, which owns it")
            held, recorded = index.count(), len(ledger.stories.vectors(items_space(embedder))[0])
    except Exception as error:
        return Finding(
            "index",
            "error",
            f"{type(error).__name__}: {error}",
            "check DIGESTBOT_CHROMA_URL, or run 'digestbot reindex'",
        )
    if held != recorded:
        return Finding("index", "warning", f"{held} vectors, the ledger has {recorded}", "run 'digestbot reindex'")
    return Finding("index", "ok", f"{held} vectors, as many as the ledger has")


def _embeddings(settings: Settings) -> Finding:
    if settings.embeddings == BUNDLED:
        return Finding("embeddings", "ok", "the bundled ones")
    if not settings.database_url and not (settings.home / "ledger.db").exists():
        return Finding("embeddings", "off", f"{settings.embeddings}: nothing to search yet")
    try:
        with ledger_of(settings) as ledger:
            searcher = searcher_of(settings, ledger, datetime.now(UTC))
            lacking = ledger.corpus.lacking(documents_space(searcher))
            known = ledger.corpus.counts([PASSAGES]).get(PASSAGES, 0)
    except DigestbotError as error:
        return Finding("embeddings", "error", str(error), "mend DIGESTBOT_EMBEDDINGS, or take it away")
    says = f"{settings.embeddings}: has {known - lacking} of {counted(known, 'passage')}"
    if lacking:
        advice = "run 'digestbot reindex', which embeds the rest and is paid for; a run or a search does, too"
        return Finding("embeddings", "warning", says, advice)
    return Finding("embeddings", "ok", says)


def _feeds(settings: Settings) -> Iterator[Finding]:
    try:
        feeds = load_feeds(settings, None)
    except DigestbotError as error:
        yield Finding("feeds", "error", str(error), "mend feeds.yaml")
        return
    own = settings.home / "feeds.yaml"
    yield Finding("feeds", "ok", f"{len(feeds)} in {own if own.is_file() else 'the shipped feeds.yaml'}")
    if not settings.database_url and not (settings.home / "ledger.db").exists():
        return
    states: dict[FeedId, FeedState] = {}
    # What is wrong with the ledger itself is a finding of its own.
    with suppress(DigestbotError), ledger_of(settings) as ledger:
        states = ledger.intake.states()
    for feed in feeds:
        state = states.get(feed.id, FeedState())
        if state.error_streak:
            says = f"failed {counted(state.error_streak, 'time')} in a row: {state.reason}"
            yield Finding(f"feed {feed.id}", "warning", says, "see if its address still works; the others go on")


def _roadmap(settings: Settings) -> Finding:
    try:
        roadmaps = [files.read() for files in documents_of(settings)]
    except DigestbotError as error:
        return Finding("roadmap", "error", str(error), "set DIGESTBOT_ROADMAP and DIGESTBOT_MORE_ROADMAPS")
    said = []
    for roadmap in roadmaps:
        filing = [section for section in roadmap.sections if section.filing]
        if not filing:
            return Finding("roadmap", "error", f"{roadmap.title!r} has no sections", "give it headings")
        said.append(f"{roadmap.title!r}: {len(filing)} sections, {len(roadmap.chapters)} chapters")
    return Finding("roadmap", "ok", "; ".join(said))


def _model(settings: Settings) -> Finding:
    if settings.model == "offline":
        return Finding("model", "ok", "offline: nothing is sent anywhere and nothing costs")
    from digestbot.adapters.langchain_model import open_model

    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    try:
        open_model(settings.model, {}, api_key=key, base_url=settings.openai_base_url or "")
    except DigestbotError as error:
        return Finding("model", "error", str(error), "mend DIGESTBOT_MODEL and what it needs, or set it to offline")
    budget = settings.budget_usd_per_day
    says = f"{settings.model}, {'no budget' if budget is None else f'at most ${budget:.2f} a day'}"
    advice = "set DIGESTBOT_BUDGET_USD_PER_DAY to limit what it may cost" if budget is None else ""
    return Finding("model", "ok", says, advice)


def _channels(settings: Settings) -> Iterator[Finding]:
    yield Finding("files", "ok", f"Markdown and HTML in {settings.home / 'digests'}")
    if settings.smtp_url:
        yield _smtp(settings)
    else:
        yield Finding(
            "mail", "ok", f"into the maildir {settings.home / 'maildir'}", "set DIGESTBOT_SMTP_URL to send mail"
        )
    yield Finding(
        "Discord webhook",
        "ok" if settings.discord_webhook_url else "off",
        "set" if settings.discord_webhook_url else "not set",
    )
    yield from _discord(settings)


def _discord(settings: Settings) -> Iterator[Finding]:
    """Yield whether Discord takes the bot's token, and what the bot lacks in the channels that are subscribed."""
    if settings.discord_token is None:
        yield Finding("Discord bot", "off", "not set", "set DIGESTBOT_DISCORD_TOKEN to post and take commands there")
        return
    from digestbot.adapters.discord_chat.standing import standing

    channels = _subscribed_channels(settings)
    try:
        found = asyncio.run(standing(settings.discord_token.get_secret_value(), channels[:_MOST_CHANNELS]))
    except DigestbotError as error:
        yield Finding("Discord bot", "error", str(error), "mend DIGESTBOT_DISCORD_TOKEN, or the way to discord.com")
        return
    yield discord_finding(found.name, found.guilds, len(channels))
    yield from discord_places(found.channels)


def discord_finding(name: str, guilds: int, channels: int) -> Finding:
    """Return what is to be said of a bot that Discord knows."""
    says = f"{name}, on {counted(guilds, 'server')}, posts to {counted(channels, 'channel')}"
    return Finding("Discord bot", "ok", says, "" if guilds else "add it to a server: 'digestbot bot invite'")


def discord_places(channels: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what stands in the way of posting to these channels: given by id, as permissions or why there are none."""
    from digestbot.bot.invite import lacking

    for id, granted in channels.items():
        if isinstance(granted, str):
            yield Finding(f"Discord {id}", "error", granted)
        elif lacking(granted):
            missing = ", ".join(lacking(granted))
            advice = f"in Discord open the channel's settings › Permissions, add digestbot and allow {missing}"
            yield Finding(f"Discord {id}", "error", f"the bot lacks {missing}", advice)


def _subscribed_channels(settings: Settings) -> list[str]:
    from digestbot.bot.desk import subscribed

    if not settings.database_url and not (settings.home / "ledger.db").exists():
        return []  # looking makes none
    with ledger_of(settings) as ledger:
        return sorted(subscribed(ledger.subscriptions.all()))


def _smtp(settings: Settings) -> Finding:
    from digestbot.adapters.smtp_sender import parse_server

    try:
        assert settings.smtp_url is not None
        server = parse_server(settings.smtp_url.get_secret_value())
    except DigestbotError as error:
        return Finding("mail", "error", str(error), "mend DIGESTBOT_SMTP_URL")
    import socket

    try:
        socket.create_connection((server.host, server.port), timeout=5).close()
    except OSError as error:
        return Finding(
            "mail", "error", f"{server.host}:{server.port} cannot be reached: {error}", "check the host and the port"
        )
    says = f"through {server.host}:{server.port} to {', '.join(settings.recipients)}"
    if settings.mail_to == Settings.model_fields["mail_to"].default:
        return Finding("mail", "warning", says, "set DIGESTBOT_MAIL_TO, and DIGESTBOT_MAIL_FROM")
    return Finding("mail", "ok", says)
