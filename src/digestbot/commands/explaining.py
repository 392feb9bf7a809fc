"""`explain` and `rate`: answers from what was read, and what people think of them."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from digestbot.app.documents import check_sections
from digestbot.app.explaining import explaining
from digestbot.app.storing import ledger_of
from digestbot.commands.console import Terminal, terminal, write_json, write_page
from digestbot.commands.growing import Growing
from digestbot.domain.answers import Answer, Asked, FeedbackKind
from digestbot.errors import ConfigError
from digestbot.explain.asking import Deps, explain, explained
from digestbot.explain.values import answer_values
from digestbot.render.answers import answer_begun, answer_text
from digestbot.render.discord_answer import answer_messages
from digestbot.render.discord_html import discord_html
from digestbot.render.escape import plain
from digestbot.settings import Settings

MAX_NOTE_CHARS = 2_000


def explain_command(settings: Settings, asked: Asked, html: Path | None, now: datetime, as_json: bool) -> int:
    """Answer a question, claim by claim where a person looks; 1 when there is not enough to answer from.

    `html` is the file of a page that shows the answer as Discord does.
    """
    where = terminal()
    with explaining(settings, now) as (deps, ledger):
        check_sections(asked.sections, [deps.roadmap])
        if asked.follows and ledger.answers.answer(asked.follows) is None:
            raise ConfigError(f"there is no answer {asked.follows!r} to follow: its id stands below each answer")
        answer = asyncio.run(_shown(deps, asked, now, None if as_json else where))
    if html:
        page = discord_html(answer_messages(answer, threads=True), answer.topic, at=f"{now:%Y-%m-%d %H:%M}")
        write_page(html, page)
    if as_json:
        write_json(answer_values(answer))
    elif answer.state == "answered":
        where.say(f"Was it of use? digestbot rate {answer.id} helpful, unhelpful or wrong. More: --follow {answer.id}")
    return int(answer.state != "answered")


def rate_command(settings: Settings, answer: str, verdict: FeedbackKind, note: str, who: str, now: datetime) -> int:
    """Keep what somebody thinks of an answer; 1 when there is no such answer."""
    with ledger_of(settings) as ledger:
        kept = ledger.answers.judge(plain(answer), who, verdict, plain(note, MAX_NOTE_CHARS), now)
    terminal().say("Thank you, noted." if kept else f"There is no answer {answer!r}: its id stands below each answer.")
    return int(not kept)


async def _shown(deps: Deps, asked: Asked, now: datetime, where: Terminal | None) -> Answer:
    """Return the whole answer; where a person looks, what is known of it is written as it comes."""
    if where is None:
        return await explained(deps, asked, now)
    text = Growing(where, watched=sys.stdout.isatty())
    async for answer in explain(deps, asked, now, text.watched):
        text.grow(answer_begun(answer, where.width, where.colour))
    text.end(answer_text(answer, where.width, where.colour))
    return answer
