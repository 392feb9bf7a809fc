"""Says why an address may never have been seen; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from digestbot.domain import Feed, FeedId, FeedState, Suggestion
from digestbot.keys import canonical_url, strong_keys
from digestbot.pipeline.fetch import FIRST_WEEK


def reasons(
    asked: str,
    feeds: Sequence[Feed],
    states: Mapping[FeedId, FeedState],
    showing: Collection[str],
    suggestion: Suggestion | None,
) -> list[str]:
    """Return what may be why nothing is known of an address, a sentence each, the most telling first.

    `showing` are the feeds that showed other items of its host.
    """
    host = urlsplit(canonical_url(asked)).netloc.removeprefix("www.")
    if suggestion is not None and suggestion.reason:
        return [f"{suggestion.by} suggested it on {_day(suggestion.suggested_at)}: {suggestion.reason}"]
    if suggestion is not None:
        return [f"{suggestion.by} suggested it on {_day(suggestion.suggested_at)}: the next run reads it"]
    if not host:
        return ["It is no address, and no item or story has such an id."]
    near = [feed for feed in feeds if feed.id in showing or _covers(feed, asked, host)]
    if not near:
        told = f"None of the {len(feeds)} feeds shows anything of {host}" if feeds else "There are no feeds"
        return [f"{told}: 'digestbot feeds add {host}' follows it, 'digestbot add URL' takes this one page."]
    return [_of_feed(feed, states.get(feed.id, FeedState())) for feed in near]


def _covers(feed: Feed, asked: str, host: str) -> bool:
    """Tell whether a feed might show an address: by its own host, or as the one place of papers or of videos."""
    kinds = {key.partition(":")[0] for key in strong_keys(asked)}
    if (feed.kind == "arxiv" and "arxiv" in kinds) or (feed.kind == "youtube" and "youtube" in kinds):
        return True
    own = urlsplit(feed.url).netloc.removeprefix("www.")
    return feed.kind == "feed" and bool(own) and (own == host or own.endswith(f".{host}") or host.endswith(f".{own}"))


def _of_feed(feed: Feed, state: FeedState) -> str:
    if state.paused_why:
        when = f" since {_day(state.paused_at)}" if state.paused_at else ""
        return (
            f"Feed {feed.id!r} is paused{when} ({state.paused_why}): 'digestbot feeds resume {feed.id}' reads it again."
        )
    if state.error_streak:
        last = f"read last on {_day(state.last_success_at)}" if state.last_success_at else "never read"
        return f"Feed {feed.id!r} fails ({state.reason}, {state.error_streak} times in a row), {last}."
    if state.last_success_at is None:
        return f"Feed {feed.id!r} was never read: 'digestbot run' reads it."
    begins = state.begins_at or state.last_success_at - FIRST_WEEK
    return (
        f"Feed {feed.id!r} was read last on {_day(state.last_success_at)} and did not show it: it came later, lies "
        f"before {_day(begins)} where the first reading began, or is not in what that feed lists."
    )


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"
