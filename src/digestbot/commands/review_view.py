"""Shows a proposal in the terminal: what, where, why, on what evidence, the change in colour, and who said what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from digestbot.commands.console import Terminal, counted, plain, suspect_line
from digestbot.domain import Act, Proposal, Suspect
from digestbot.errors import ConfigError
from digestbot.languages import canonical
from digestbot.render.discord_html import discord_html
from digestbot.review import Standing

_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show_standing(where: Terminal, found: Standing, suspect: Suspect | None, now: datetime) -> None:
    """Write a proposal whole, and on stderr how to decide on it."""
    for text in [*head(found.proposal), *_evidence(found.proposal), *_warnings(found, suspect), Text()]:
        where.out.print(text, soft_wrap=True)
    for text in diff_lines(found.diff or found.proposal.diff):
        where.out.print(text, soft_wrap=True)  # a diff with lines broken by us would be none
    if found.acts:
        where.out.print(Text())
    for act in found.acts:
        where.out.print(Text(act_line(act)), soft_wrap=True)
    where.say(f"\n{_footer(found, now)}")


def head(proposal: Proposal) -> Iterator[Text]:
    """Yield a proposal's title, its place and its addresses."""
    yield Text(plain(proposal.title or proposal.subject), style="bold")
    place = f"{proposal.roadmap} {proposal.section} › {proposal.chapter}"
    yield Text(f"{proposal.id}, {proposal.kind}, {proposal.state}, for {plain(place)}")
    if proposal.url:
        yield Text(plain(proposal.url))
    if proposal.old_url and proposal.old_url != proposal.url:
        yield Text(f"in place of {plain(proposal.old_url)}" if proposal.url else plain(proposal.old_url))


def diff_lines(diff: str) -> Iterator[Text]:
    """Yield a diff's lines, coloured where the terminal has colours."""
    for line in diff.splitlines():
        is_name = line.startswith(("+++", "---"))
        yield Text(plain(line), style="bold" if is_name else _DIFF_STYLES.get(line[:1], ""))


def act_line(act: Act) -> str:
    """Return an act in one line: when, who, what, why."""
    ground = f" ({act.ground})" if act.ground else ""
    detail = f" → {act.detail}" if act.kind in ("applied", "requested", "reverted", "closed") and act.detail else ""
    wanted = f", wanted in {act.detail}" if act.kind == "reject" and act.detail else ""
    reason = f": {act.reason}" if act.reason else ""
    return plain(f"{act.at:%Y-%m-%d %H:%M}  {act.by} {act.kind}{ground}{wanted}{detail}{reason}")


def standing_values(found: Standing) -> dict[str, Any]:
    """Return a proposal as it stands as JSON values: its own keys, and what it would do now."""
    return {
        **asdict(found.proposal),
        "fit": found.fit,
        "diff": found.diff or found.proposal.diff,
        "why_not": found.why,
        "accepts": list(found.accepts),
        "rejects": list(found.rejects),
        "missing": found.missing,
        "acts": [asdict(act) for act in found.acts],
    }


def write_card(file: Path, found: Standing, suspect: Suspect | None, giver: str, lang: str, now: datetime) -> None:
    """Write a page that shows a proposal as reviewers see it on Discord; raises ConfigError where it cannot be."""
    from digestbot.bot.cards import Card, payload  # it needs discord.py, which no other command on reviews does

    message = payload(Card(found, now, giver, suspect), canonical(lang))
    page = discord_html([message], found.proposal.title or str(found.proposal.id), at=f"{now:%Y-%m-%d %H:%M}")
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{str(file)!r} cannot be written: {error.strerror}") from error


def _evidence(proposal: Proposal) -> Iterator[Text]:
    yield Text(f"\nWhy: {plain(proposal.reason)}")
    if proposal.quotes:
        for quote in proposal.quotes:
            yield Text(f"  “{plain(quote.text)}” — {plain(quote.source)}")
    else:
        yield from (Text(f"  “{plain(sentence)}”") for sentence in proposal.evidence)
    if proposal.signs:
        yield Text(f"Signs: {plain('; '.join(proposal.signs))}")


def _warnings(found: Standing, suspect: Suspect | None) -> Iterator[Text]:
    if suspect:
        yield Text(f"\nLook at the source first, {suspect_line(suspect.score, suspect.signs)}", style="yellow")
    if found.fit == "moved":
        yield Text("\nThe roadmap has changed since; the change still fits and is shown where it would go.")
    elif found.fit in ("gone", "made"):
        yield Text(f"\nIt does not fit as it is: {plain(found.why)}", style="yellow")


def _footer(found: Standing, now: datetime) -> str:
    proposal = found.proposal
    if proposal.state != "open":
        note = f": {plain(proposal.note)}" if proposal.note else "."
        if proposal.decided_at is None:
            return f"{proposal.state}{note}"
        more = f" Take it back: digestbot review revert {proposal.id}" if proposal.state == "applied" else ""
        return f"{proposal.state} by {plain(proposal.decided_by)} on {plain(proposal.decided_at)}{note}{more}"
    due = "overdue, " if found.overdue(now) else ""
    so_far = [
        f"{word} {plain(', '.join(names))}"
        for word, names in (("for", found.accepts), ("against", found.rejects))
        if names
    ]
    said = f"Votes: {'; '.join(so_far)}. " if so_far else ""
    wanted = counted(found.missing, "vote")
    return (
        f"{said}{due}{wanted} wanted. Decide: digestbot review accept {proposal.id} [--merit TEXT]\n"
        f"    or: digestbot review edit | reject --reason TEXT | later {proposal.id}"
    )
