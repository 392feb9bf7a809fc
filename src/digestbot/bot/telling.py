"""What a subscription is, and why a story is in its digest or not, in Discord's Markdown and the reader's language."""

from __future__ import annotations

from datetime import datetime

import discord

from digestbot.bot.words import safe, t
from digestbot.domain import Digest, Reason, Rule, Subscription
from digestbot.pipeline.select import Refusal
from digestbot.render.escape import safe_url
from digestbot.subscriptions import cadence
from digestbot.subscriptions.cadence import Due

LANGUAGES = {"en": "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
LENGTHS = {"full": "Full", "short": "Short", "headlines": "Headlines only"}
_MAX_LINK = 300


def line(one: Subscription, lang: str) -> str:
    """Return a subscription in a line: its id, where it goes, what and when."""
    to = ", ".join(f"<#{channel.address}>" for channel in one.channels)
    return f"`{one.id}` → {to}: {wants(one.rule, lang)}; {when(one)}"


def sheet_of(one: Subscription, due: Due, lang: str) -> str:
    """Return all of a subscription, and when it comes next."""
    to = ", ".join(f"<#{channel.address}>" for channel in one.channels)
    shown = LANGUAGES.get(one.shape.lang, t(lang, "that of the roadmap"))
    lines = [
        (t(lang, "To"), to),
        (t(lang, "What"), wants(one.rule, lang)),
        (t(lang, "When"), when(one)),
        (t(lang, "Next"), comes_next(one, due, lang)),
        (t(lang, "Language"), shown),
        (t(lang, "Length"), t(lang, LENGTHS[one.shape.length])),
    ]
    return "\n".join(f"**{name}:** {text}" for name, text in lines)


def wants(rule: Rule, lang: str) -> str:
    """Return what a rule asks for."""
    parts = [
        *(t(lang, "section {name}", name=safe(one, 80)) for one in rule.sections),
        *(t(lang, "chapter {name}", name=safe(one, 80)) for one in rule.chapters),
        *(f"“{safe(one, 80)}”" for one in rule.keywords),
        *(t(lang, "not “{name}”", name=safe(one, 80)) for one in rule.without),
        *(safe(one, 40) for one in (*rule.media, *rule.levels, *rule.story_langs)),
    ]
    return ", ".join(parts[:20]) + ("…" if len(parts) > 20 else "") if parts else t(lang, "everything")


def when(one: Subscription) -> str:
    """Return a cadence as it is typed, with its zone."""
    quiet = f", {one.cadence.quiet}" if one.cadence.quiet else ""
    return f"`{cadence.written(one.cadence)}` {one.cadence.zone}{quiet}"


def comes_next(one: Subscription, due: Due, lang: str) -> str:
    """Return when a subscription comes next; Discord shows an instant by each reader's own clock."""
    if due.why == "paused":
        ends = due.until is None or due.until.year >= 2200
        return t(lang, "paused until it is resumed") if ends else t(lang, "paused until {at}", at=stamp(due.until))
    if due.due:
        return t(lang, "with the next run")
    return stamp(due.until) if due.until else "–"


def stamp(at: datetime | None) -> str:
    """Return an instant as Discord's own mark-up."""
    return discord.utils.format_dt(at, "f") if at else "–"


def link(title: str, raw: str, limit: int = 150) -> str:
    """Return a title that leads to an address, or alone where that is none."""
    url, text = safe_url(raw), safe(title, limit)
    return f"[{text}]({url})" if url and len(url) <= _MAX_LINK and text else text or safe(raw, limit)


def refused(found: Refusal, rule: Rule, lang: str) -> str:
    """Return a story that a digest does not hold, with why."""
    why = safe(found.why, 200) if found.why else "; ".join(why_not(one, rule, lang) for one in found.reasons[:4])
    return f"- {link(found.title, found.url, 120)}: {why}"


def why_not(reason: Reason, rule: Rule, lang: str) -> str:
    """Return why a story fails a part of a rule."""
    what = safe(reason.what, 80)
    said = {
        "section": "in section {what}, which is not asked for",
        "chapter": "in chapter {what}, which is not asked for" if what else "in no chapter",
        "keyword": "has none of the words",
        "without": "has “{what}”, which is not wanted",
        "medium": "is a {what}, which is not asked for",
        "level": "is of another level: {what}",
        "relevance": "has relevance {what}, less than {least}",
        "language": "is in another language: {what}",
    }[reason.kind]
    return t(lang, said, what=what, least=f"{rule.min_relevance:g}")


def stories_of(digest: Digest) -> list[tuple[str, str, str]]:
    """Return (id, title, address) of the stories in a digest, in order."""
    entries = (entry for section in digest.sections for entry in (*section.entries, *section.brief))
    return [(str(entry.story), entry.title, entry.url) for entry in entries]
