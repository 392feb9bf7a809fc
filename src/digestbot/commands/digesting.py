"""`digest …`: what would be sent and why, what was sent, and sending what is due."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Literal

from digestbot.app import installed, ledger_of, report_values, routes_of, send_line
from digestbot.commands.console import Terminal, counted, progress, terminal, write_json, write_page
from digestbot.commands.run import status_of
from digestbot.domain import Digest, Rule
from digestbot.errors import ConfigError
from digestbot.languages import canonical
from digestbot.pipeline.previewing import Preview, preview
from digestbot.pipeline.publish import Frame
from digestbot.pipeline.select import Refusal
from digestbot.render.discord_html import discord_html
from digestbot.render.discord_post import digest_post
from digestbot.render.html import checked_template, digest_html
from digestbot.render.text import digest_text
from digestbot.render.wording import digest_day, story_count
from digestbot.roadmap import outline
from digestbot.settings import Settings
from digestbot.subscriptions.default import MORNING, standing_ones
from digestbot.subscriptions.telling import state, why_not

Look = Literal["mail", "discord"]
"""What the HTML of a digest looks like: a mail, or messages as Discord shows them."""
_SHOWN = 40
"""Refusals shown on a terminal; --json has them all."""


def preview_command(
    settings: Settings, id: str, html: Path | None, now: datetime, as_json: bool, look: Look = "mail"
) -> int:
    """Show what would be sent now, and why not the rest."""
    with ledger_of(settings) as ledger:
        documents = installed(settings, ledger, now)
        known = standing_ones(settings, ledger.subscriptions.all(), terminal=True, silent=True, cadence=MORNING)
        one = next((found for found in known if found.id == id), None)
        if one is None:
            raise ConfigError(
                f"there is no subscription {id!r}: there are {', '.join(found.id for found in known[:9])}"
            )
        files = next((files for files in documents if files.name == one.rule.roadmap), documents[0])
        frame = Frame(plan := outline(files.read()), canonical(plan.lang), now)
        found = preview(ledger.candidates, ledger.subscriptions, ledger.publications, one, frame)
    _write_html(settings, html, found.digest, look)
    next_one = state(one, found.due, now)
    if as_json:
        write_json(_values(found, one.rule, next_one))
        return 0
    where = terminal()
    if found.digest:
        where.write(digest_text(found.digest, where.width, where.colour))
    _tell_rest(where, found, one.rule)
    nothing = "" if found.digest else "Nothing would be sent now. "
    where.say(f"{nothing}Next digest of {id}: {next_one}.")
    return 0


def send_command(settings: Settings, now: datetime, as_json: bool) -> int:
    """Send what is due of what was read before."""
    where = terminal()
    shown: list[str] = []
    with progress(where) as show:
        routes = routes_of(settings, None if as_json else shown.append, where.width, where.colour)
        report = send_line(settings, now, show, routes)
    if as_json:
        write_json(report_values(report))
        return status_of(report)
    where.write("".join(shown))
    for receipt in report.deliveries:
        if receipt.channel.kind != "terminal":
            where.say(f"  {receipt.channel.kind}: {receipt.state} {receipt.reference or receipt.reason}")
    where.say(f"Made {counted(len(report.digests), 'digest')}, tried {len(report.deliveries)} deliveries.")
    return status_of(report)


def list_command(settings: Settings, subscription: str, limit: int, as_json: bool) -> int:
    """List digests, newest first."""
    with ledger_of(settings) as ledger:
        found = ledger.publications.digests(limit, subscription)
    if as_json:
        for digest in found:
            write_json(_brief(digest))
        return 0
    rows = [(digest.created_at, digest.subscription, story_count(digest), digest.id) for digest in found]
    where = terminal()
    where.table(("made", "subscription", "stories", "id"), rows, wide="id")
    where.say("Read one: digestbot digest show ID" if found else "There is no digest yet: 'digestbot run' makes some.")
    return 0


def show_command(settings: Settings, prefix: str, html: Path | None, as_json: bool, look: Look = "mail") -> int:
    """Show a digest as it was made."""
    with ledger_of(settings) as ledger:
        found = ledger.publications.digest(prefix) if prefix else []
    exact = [digest for digest in found if digest.id == prefix] or found
    if len(exact) != 1:
        several = f"could be {', '.join(digest.id for digest in exact[:5])}: write more of it" if exact else "is none"
        raise ConfigError(f"{prefix!r} {several}: 'digestbot digest list' lists digests")
    _write_html(settings, html, exact[0], look)
    if as_json:
        write_json(asdict(exact[0]))
    else:
        where = terminal()
        where.write(digest_text(exact[0], where.width, where.colour))
    return 0


def _brief(digest: Digest) -> dict[str, object]:
    stories = [entry.story for section in digest.sections for entry in (*section.entries, *section.brief)]
    return {
        "id": digest.id,
        "subscription": digest.subscription,
        "created_at": digest.created_at,
        "stories": stories,
        "left_out": digest.left_out,
    }


def _values(found: Preview, rule: Rule, next_one: str) -> dict[str, object]:
    return {
        "due": found.due.due,
        "next": next_one,
        "since": found.since,
        "digest": asdict(found.digest) if found.digest else None,
        "not_in_it": [
            {"story": one.story, "title": one.title, "url": one.url, "why": _why(one, rule)} for one in found.refusals
        ],
    }


def _tell_rest(where: Terminal, found: Preview, rule: Rule) -> None:
    if not found.refusals:
        return
    where.write(f"\nNot in it, of what became ready from {found.since:%Y-%m-%d %H:%M} on:\n\n")
    rows = [(one.title, _why(one, rule)) for one in found.refusals[:_SHOWN]]
    where.table(("story", "why not"), rows, wide="why not")
    if len(found.refusals) > _SHOWN:
        where.say(f"and {len(found.refusals) - _SHOWN} more: --json has them all")


def _why(refusal: Refusal, rule: Rule) -> str:
    return refusal.why or "; ".join(why_not(reason, rule) for reason in refusal.reasons)


def _discord_page(digest: Digest) -> str:
    post = digest_post(digest, digest.id)
    return discord_html(post.messages, post.name, threaded=post.threaded, at=digest_day(digest))


def _write_html(settings: Settings, file: Path | None, digest: Digest | None, look: Look) -> None:
    if file is None or digest is None:
        return
    if look == "discord":
        page = _discord_page(digest)
    else:
        page = digest_html(digest, template=checked_template(settings.home / "templates"))
    write_page(file, page)
