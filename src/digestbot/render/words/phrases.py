"""The phrases that a language needs to speak a digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Plural = tuple[str, str]
"""A phrase with `{n}` for one and for any other number; the same twice where a language makes no difference."""


@dataclass(frozen=True)
class Words:
    """Every phrase of a digest in one language; what stands in braces is filled in."""

    code: str
    months: tuple[str, ...]
    date: str
    subject: str
    list_comma: str
    last_comma: str
    colon: str
    stop: str
    quoted: str
    digest: str
    no_title: str
    nothing_new: str
    empty: str
    note: str
    stories: Plural
    proposals: str
    brief: str
    how: str
    why: str
    before: str
    semicolon: str
    also: str
    asked_for: str
    et_al: str
    and_two: str
    labels: Mapping[str, str]
    first_told: str
    media: Mapping[str, str]
    levels: Mapping[str, str]
    bases: Mapping[str, str]
    other_basis: str
    written: str
    languages: Mapping[str, str]
    parts: Mapping[str, str]
    unconfirmed: str
    shares: str
    """What the offline model files by: words that a story and a chapter share, or none of them more than others."""
    closest: str
    reasons: Mapping[str, str]
    cut: Plural
    left_out: Plural
    whole: str
    settings: str
    unsubscribe: str
    more_proposals: str
    a_change: str
    more: str
    read: Plural
    read_none: str
    outcomes: Mapping[str, str]
    feeds_failed: Plural
    writer: str
    offline: str
    dropped: Plural
    headlines: Plural
    no_tokens: str
    tokens: Plural
    cost_unknown: str
    cost_little: str
    degraded: str
    new: Plural
    updates: Plural
    nothing_but: str
    with_updates: str
    in_section: str
    in_sections: str
    only_one: str
    then: str
    then_one: str
    trends: str
    growth: str
    no_growth: str
    too_early: str
    topic: Plural
