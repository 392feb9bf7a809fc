"""Which stories a rule wants, and why or why not."""

from __future__ import annotations

from collections.abc import Iterator

from digestbot.domain import Filed, Match, Reason, Rule, Summary, Verdict
from digestbot.subscriptions.keywords import has, normal

_MAX_TEXT = 20_000
"""Characters of a story that keywords are looked for in."""


def searched(filed: Filed, other: Summary | None = None) -> str:
    """Return what keywords are looked for in: all members' titles, the summary, `other` and what the feeds gave.

    `other` is the summary in the subscriber's language, where that is not the roadmap's.
    """
    lead = filed.story.lead
    members = [lead, *(item for item in filed.story.members if item.id != lead.id)]
    summaries = [filed.summary, *([other] if other else [])]
    told = [text for one in summaries for text in (one.tldr, *(point.text for point in one.points))]
    parts = [*(item.title for item in members), *told, *(item.text for item in members)]
    return normal("\n".join(parts)[:_MAX_TEXT])


def match(rule: Rule, filed: Filed, text: str) -> Match:
    """Tell whether a rule wants a story; `text` is what `searched` made of it.

    The reasons are the parts of the rule that it met, or, where it is not wanted, all that it failed.
    """
    checks = [*_place(rule, filed.verdict), *_words(rule, text), *_kind(rule, filed)]
    failed = tuple(reason for met, reason in checks if not met)
    return Match(False, failed) if failed else Match(True, tuple(reason for _, reason in checks if reason.what))


def _place(rule: Rule, verdict: Verdict) -> Iterator[tuple[bool, Reason]]:
    if rule.sections:
        yield verdict.section in rule.sections, Reason("section", verdict.section)
    if rule.chapters:
        yield verdict.chapter in rule.chapters, Reason("chapter", verdict.chapter)
    if rule.min_relevance:
        yield verdict.relevance >= rule.min_relevance, Reason("relevance", f"{verdict.relevance:.2f}")


def _words(rule: Rule, text: str) -> Iterator[tuple[bool, Reason]]:
    if rule.keywords:
        found = [keyword for keyword in rule.keywords if has(text, keyword)]
        yield bool(found), Reason("keyword", ", ".join(found))
    unwanted = [keyword for keyword in rule.without if has(text, keyword)]
    if rule.without:
        yield not unwanted, Reason("without", ", ".join(unwanted))


def _kind(rule: Rule, filed: Filed) -> Iterator[tuple[bool, Reason]]:
    if rule.media:
        has_it = [item.medium for item in filed.story.members if item.medium in rule.media]
        yield bool(has_it), Reason("medium", has_it[0] if has_it else filed.story.lead.medium)
    if rule.levels:
        level = filed.verdict.level
        yield level in rule.levels if level else not rule.strict_level, Reason("level", level)
    if rule.story_langs:
        # What has no language stated passes: most feeds do not state one.
        lang = filed.story.lead.lang.partition("-")[0].lower()
        yield not lang or lang in rule.story_langs, Reason("language", lang)
