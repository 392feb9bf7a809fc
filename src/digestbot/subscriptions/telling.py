"""What a subscription is, and why it gets or misses a story, in words for the command line."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from digestbot.domain import Reason, Rule, Subscription
from digestbot.subscriptions import cadence
from digestbot.subscriptions.cadence import Due, next_slot


def wants(rule: Rule) -> str:
    """Return what a rule asks for, in a line."""
    parts = [
        *(f"section {one}" for one in rule.sections),
        *(f"chapter {one}" for one in rule.chapters),
        *rule.keywords,
        *(f"not {one}" for one in rule.without),
        *rule.media,
        *(f"{one}{' only' if rule.strict_level else ''}" for one in rule.levels),
        *(f"in {one}" for one in rule.story_langs),
        *([f"relevance {rule.min_relevance:g} and more"] if rule.min_relevance else []),
    ]
    return ", ".join(parts) or "everything"


def when(subscription: Subscription) -> str:
    """Return when it comes, in a line."""
    quiet = f", quiet {subscription.cadence.quiet}" if subscription.cadence.quiet else ""
    zone = "" if subscription.cadence.zone == "UTC" else f" {subscription.cadence.zone}"
    return f"{cadence.written(subscription.cadence)}{zone}{quiet}"


def state(subscription: Subscription, found: Due, now: datetime) -> str:
    """Return whether it is due, or when it will be, by the clock of its own zone."""
    if not subscription.channels:
        return "goes nowhere"
    if found.due:
        return "with the next run" if subscription.cadence.kind == "instant" else "due now"
    at = found.until
    if found.why == "paused" and at and subscription.cadence.kind != "instant":
        at = next_slot(subscription.cadence, at)
    shown = f"{at.astimezone(ZoneInfo(subscription.cadence.zone)):%a %Y-%m-%d %H:%M}" if at else ""
    return {"paused": f"paused, then {shown}", "quiet": f"quiet until {shown}", "not yet": shown}[found.why]


def why_not(reason: Reason, rule: Rule) -> str:
    """Return why a story fails a part of a rule, with what was asked for."""
    what = reason.what
    if reason.kind == "section":
        return f"in section {what}, not {_any(rule.sections)}"
    if reason.kind == "chapter":
        return f"in {f'chapter {what}' if what else 'no chapter'}, not {_any(rule.chapters)}"
    if reason.kind == "keyword":
        return f"has none of {', '.join(rule.keywords)}"
    if reason.kind == "without":
        return f"has {what}, which is not wanted"
    if reason.kind == "medium":
        return f"is a {what}, not a {_any(rule.media)}"
    if reason.kind == "level":
        return f"is {what or 'of no known level'}, not {_any(rule.levels)}"
    if reason.kind == "relevance":
        return f"has relevance {what}, less than {rule.min_relevance:g}"
    return f"is in {what}, not in {_any(rule.story_langs)}"


def why(reason: Reason) -> str:
    """Return which wish a story met."""
    return f"{reason.kind} {reason.what}"


def _any(names: tuple[str, ...]) -> str:
    return " or ".join(names)
