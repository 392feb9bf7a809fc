"""A proposal as its reviewers see it on Discord: what, why, on what evidence, the change, and who said what; pure.

What it quotes is from outside: none of it can ping, link, hide or break out of its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import discord

from digestbot.bot.telling import stamp
from digestbot.bot.tree import Press
from digestbot.bot.words import safe, t
from digestbot.domain import Proposal, Suspect
from digestbot.render.discord import MAX_DESCRIPTION, MAX_TITLE, size
from digestbot.render.escape import plain, safe_url
from digestbot.render.objections import objection
from digestbot.render.review_words import GROUNDS, KINDS
from digestbot.review import Standing
from digestbot.review.applying import BOT
from digestbot.review.rules import TAKEN

MAX_QUOTES = 3
_MAX_DIFF, _MAX_LINE = 2_000, 400
_OPEN, _LATE, _TAKEN, _REFUSED, _OVER = 0x5865F2, 0xC2662D, 0x248046, 0xDA373C, 0x7D8590
_BREAK = "\u200b"
_NUMBERS = re.compile(r"^@@ -\d[\d,]* \+\d[\d,]* @@")


@dataclass(frozen=True)
class Card:
    """A proposal as it stands at an instant.

    `giver` is who handed its source in, by the ledger's name, "" where nobody did; `suspect` is there where that source
    seems to speak to models. `place` is what its section and chapter are called.
    """

    standing: Standing
    now: datetime
    giver: str = ""
    suspect: Suspect | None = None
    place: tuple[str, ...] = ()


def embed_of(card: Card, lang: str, place: str = "") -> discord.Embed:
    """Return the whole of a proposal; `place` is which of how many it is, where several are looked through."""
    proposal = card.standing.proposal
    made = discord.Embed(
        title=safe(proposal.title or proposal.subject or proposal.chapter, MAX_TITLE) or "–",
        url=safe_url(proposal.url or proposal.old_url) or None,
        description=_description(card, lang),
        colour=_colour(card),
    )
    head = " · ".join(filter(None, (place, t(lang, KINDS[proposal.kind]), _place(card))))
    made.set_author(name=plain(head, MAX_TITLE))
    for name, text in _fields(card, lang):
        made.add_field(name=name, value=text, inline=True)
    made.set_footer(text=footer_of(proposal))
    return made


def _place(card: Card) -> str:
    return " › ".join(filter(None, (card.standing.proposal.roadmap, *(plain(name, 100) for name in card.place))))


def footer_of(proposal: Proposal) -> str:
    """Return the last line of a proposal's message, by which it is found again in a channel."""
    return f"{proposal.id} · {proposal.revision}"


def is_about(footer: str, id: str) -> bool:
    """Tell whether a message with such a last line is that of a proposal."""
    return footer.partition(" · ")[0] == id


def controls(proposal: Proposal, lang: str) -> list[Press]:
    """Return the buttons that decide on a proposal; none where that is done."""
    if proposal.state != "open":
        return []
    what, style = f"{proposal.id}#{proposal.revision}", discord.ButtonStyle
    return [
        Press("review-accept", what, t(lang, "Accept"), style.success),
        Press("review-edit", what, t(lang, "Edit"), style.primary),
        Press("review-reject", what, t(lang, "Reject"), style.danger),
        Press("review-later", what, t(lang, "Later")),
    ]


def payload(card: Card, lang: str) -> Mapping[str, Any]:
    """Return a proposal's message as Discord takes it."""
    buttons = [press.item.to_component_dict() for press in controls(card.standing.proposal, lang)]
    rows = [{"type": discord.ComponentType.action_row.value, "components": buttons}] if buttons else []
    return {"embeds": [embed_of(card, lang).to_dict()], "components": rows}


def outcome(standing: Standing, lang: str) -> str:
    """Return what became of a proposal: who decided, when and why; "" while it is open."""
    proposal = standing.proposal
    who, at = _deciders(standing), stamp(proposal.decided_at)
    why, more = _why(standing, lang), _reference(proposal.reference)
    said = {
        "open": "",
        "accepted": t(lang, "Accepted by {who}, {at}; on its way into the roadmap.", who=who, at=at),
        "edited": t(lang, "Accepted in other words by {who}, {at}; on its way into the roadmap.", who=who, at=at),
        "applied": t(lang, "Accepted by {who}, {at}. It stands in the roadmap.", who=who, at=at),
        "rejected": t(lang, "Rejected by {who}, {at}.", who=who, at=at),
        "reverted": t(lang, "Taken back by {who}; it stands in the roadmap no more.", who=_last(standing, "revert")),
        "stale": t(lang, "Stale: it fits the roadmap no more."),
    }[proposal.state]
    return f"{said}{more if proposal.state in (*TAKEN, 'applied') else ''}{why}" if said else ""


def _reference(reference: str) -> str:
    """Return where a decision went, as a link or a commit's short name, "" for anything else."""
    url = safe_url(reference)
    if url:
        return f" {_named(url)}"
    return f" `{reference[:10]}`" if re.fullmatch("[0-9a-f]{7,64}", reference) else ""


def person(name: str) -> str:
    """Return somebody's name; Discord shows a mention in an embed by its name, and pings nobody."""
    kind, _, id = name.partition(":")
    return f"<@{id}>" if kind == "discord" and id.isascii() and id.isdigit() and len(id) < 21 else safe(name, 80) or "–"


def diff_block(diff: str, lang: str, limit: int = _MAX_DIFF) -> str:
    """Return a change as a block that Discord colours, as many of its lines as fit; nothing ends it but its own end."""
    own = diff.split("\n")[2:] if diff.startswith("--- ") else diff.split("\n")
    lines = [_diff_line(line) for line in _without_blank_ends([line for line in own if line])]
    text, shown = "", 0
    for line in lines:
        if size(text) + size(line) + 1 > limit - 120:
            break
        text, shown = f"{text}{line}\n", shown + 1
    left = len(lines) - shown
    block = f"```diff\n{text}```" if text else ""
    return f"{block}\n{t(lang, '… and {count} more', count=left)}" if left else block


def _without_blank_ends(lines: list[str]) -> list[str]:
    """Return a diff without the empty lines that stay at its beginning and end."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    while len(lines) > 1 and not lines[1].strip() and lines[0].startswith("@"):
        lines = [lines[0], *lines[2:]]
    return lines


def _description(card: Card, lang: str) -> str:
    standing = card.standing
    proposal = standing.proposal
    room = MAX_DESCRIPTION - 100
    head = "\n".join(filter(None, (outcome(standing, lang), *_warnings(card, lang))))
    block = diff_block(standing.diff or proposal.diff, lang)
    parts = [head, *_evidence(proposal, lang)]
    while parts and sum(size(part) + 1 for part in parts) + size(block) > room:
        parts.pop()
    return "\n".join(filter(None, (*parts, block)))


def _evidence(proposal: Proposal, lang: str) -> Iterator[str]:
    if proposal.reason:
        yield f"**{t(lang, 'Why')}:** {safe(proposal.reason, 600)}"
    quoted = [(quote.text, quote.source) for quote in proposal.quotes] or [(text, "") for text in proposal.evidence]
    for text, source in quoted[:MAX_QUOTES]:
        yield f"> “{safe(text, 300)}”{_source(source)}"
    if proposal.old_url and proposal.url and safe_url(proposal.old_url):
        yield f"{t(lang, 'In place of')} {_named(safe_url(proposal.old_url))}"
    if proposal.signs:
        yield f"-# {t(lang, 'Signs')}: {safe('; '.join(proposal.signs), 300)}"


def _source(raw: str) -> str:
    url = safe_url(raw)
    return f" — {_named(url)}" if url and size(url) <= 300 else ""


def _named(url: str) -> str:
    """Return a link that is called by its host, so that it cannot pass for another."""
    return f"[{safe(urlsplit(url).netloc, 60)}]({url})"


def _warnings(card: Card, lang: str) -> Iterator[str]:
    standing = card.standing
    waits = standing.proposal.waits_until
    if standing.proposal.state != "open":
        return
    if waits and waits > card.now:
        yield t(lang, "Put off until {at}.", at=stamp(waits))
    if standing.fit in ("gone", "made"):
        yield "⚠️ " + t(lang, "The roadmap has moved on: {why}", why=safe(objection(standing.why, lang), 300))
    if card.suspect:
        signs = safe("; ".join(f"{name}: {words}" for name, words in card.suspect.signs), 200)
        yield "⚠️ " + t(lang, "Look at the source first: it may speak to models ({signs}).", signs=signs)


def _fields(card: Card, lang: str) -> Iterator[tuple[str, str]]:
    standing = card.standing
    proposal = standing.proposal
    yield t(lang, "Confidence"), f"{proposal.confidence:.0%}"
    yield t(lang, "Proposed by"), person(card.giver) if card.giver else "digestbot"
    if proposal.state == "open" and proposal.due_at:
        when = f"{stamp(proposal.due_at)}"
        yield t(lang, "Due"), f"{when} · **{t(lang, 'overdue')}**" if standing.overdue(card.now) else when
    if proposal.state == "open":
        yield t(lang, "Votes"), _votes(standing, lang)


def _votes(standing: Standing, lang: str) -> str:
    said = [
        f"{mark} {', '.join(map(person, names[:5]))}"
        for mark, names in (("✅", standing.accepts), ("❌", standing.rejects))
        if names
    ]
    return " · ".join([*said, t(lang, "{count} wanted", count=standing.missing)])


def _colour(card: Card) -> int:
    state = card.standing.proposal.state
    if state == "open":
        return _LATE if card.standing.overdue(card.now) or card.standing.fit == "gone" else _OPEN
    return {"rejected": _REFUSED, "stale": _OVER, "reverted": _OVER}.get(state, _TAKEN)


def _deciders(standing: Standing) -> str:
    names: Sequence[str] = standing.rejects if standing.proposal.state == "rejected" else standing.accepts
    decided_by = standing.proposal.decided_by
    everybody = dict.fromkeys([*names, *([decided_by] if decided_by else [])])
    return ", ".join(person(name) for name in list(everybody)[:5]) or "–"


def _last(standing: Standing, kind: str) -> str:
    return next((person(act.by) for act in reversed(standing.acts) if act.kind == kind), "–")


def _why(standing: Standing, lang: str) -> str:
    """Return the reason of a decision, with its ground, on a line of its own."""
    proposal = standing.proposal
    act = next((act for act in reversed(standing.acts) if act.state == proposal.state and act.kind != "accept"), None)
    ground = t(lang, GROUNDS[act.ground]) if act and act.ground and act.ground != "other" else ""
    given = proposal.note or (act.reason if act else "")
    reason = safe(objection(given, lang) if act and act.by == BOT else given, 500)
    told = ": ".join(filter(None, (ground, reason)))
    return f"\n> {told}" if told else ""


def _diff_line(line: str) -> str:
    """Return a line of a diff with its mark and indentation, and nothing in it that is hidden or ends a block."""
    # Where lines stand changes with every other change of the document, and tells a reviewer nothing.
    line = _NUMBERS.sub("@@", line)
    mark, rest = line[:1], line[1:]
    indent = " " * min(len(rest) - len(rest.lstrip(" ")), 12)
    shown = f"{plain(mark) or ' '}{indent}{plain(rest, _MAX_LINE)}"
    return re.sub("`(?=`)", f"`{_BREAK}", shown)
