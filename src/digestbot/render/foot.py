"""What the foot of a digest says of how it was made, the same in every format; plain like `wording`."""

from __future__ import annotations

from digestbot.domain import Digest, Foot
from digestbot.render.escape import plain
from digestbot.render.wording import MAX_LISTED
from digestbot.render.words import Words, counted, words_of


def foot_lines(digest: Digest) -> tuple[str, ...]:
    """Return what was done to make a digest, a sentence each: items, failed feeds, writer, cost and what was cut."""
    if digest.subject:
        return ()
    foot, words = digest.foot, words_of(digest.lang)
    told = (_items, _feeds, _writer, _dropped, _headlines, _spent, _degraded)
    return tuple(line for line in (tell(foot, words) for tell in told) if line)


def _items(foot: Foot, words: Words) -> str:
    total = sum(foot.outcomes.values())
    if not total:
        return words.read_none
    names = [*words.outcomes, *(name for name in foot.outcomes if name not in words.outcomes)]
    parts = [
        f"{foot.outcomes[name]:,} {words.outcomes.get(name) or plain(name, 40)}"
        for name in names
        if foot.outcomes.get(name)
    ]
    return counted(total, words.read, what=words.list_comma.join(parts))


def _feeds(foot: Foot, words: Words) -> str:
    if not foot.failed_feeds:
        return ""
    named = [f"{plain(name, 60)} ({plain(reason, 120)})" for name, reason in foot.failed_feeds[:MAX_LISTED]]
    rest = len(foot.failed_feeds) - len(named)
    listed = words.list_comma.join([*named, words.more.format(n=f"{rest:,}")] if rest else named)
    return counted(len(foot.failed_feeds), words.feeds_failed, what=listed)


def _writer(foot: Foot, words: Words) -> str:
    names = [words.offline if name == "offline" else plain(name, 80) for name in foot.models[:6]]
    return words.writer.format(what=words.last_comma.join(names)) if names else ""


def _dropped(foot: Foot, words: Words) -> str:
    return counted(foot.dropped, words.dropped) if foot.dropped else ""


def _headlines(foot: Foot, words: Words) -> str:
    return counted(foot.headlines, words.headlines) if foot.headlines else ""


def _spent(foot: Foot, words: Words) -> str:
    if not foot.tokens and foot.cost_usd == 0:
        return words.no_tokens
    return counted(foot.tokens, words.tokens, cost=_cost(foot.cost_usd, words))


def _cost(cost_usd: float | None, words: Words) -> str:
    if cost_usd is None:
        return words.cost_unknown
    if 0 < cost_usd < 0.0001:
        return words.cost_little
    return f"${cost_usd:,.2f}" if cost_usd >= 0.1 or not cost_usd else f"${cost_usd:.4f}"


def _degraded(foot: Foot, words: Words) -> str:
    note = plain(foot.degraded, 400)
    return words.degraded.format(what=note.rstrip(".")) if note else ""
