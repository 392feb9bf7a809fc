"""`items`, `why` and `feeds parse`: looking at what there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from digestbot.app import document_of, ledger_of, load_feeds
from digestbot.chat.untrusted import shortened
from digestbot.commands.console import Terminal, plain, shown_cost, suspect_line, terminal, write_json
from digestbot.commands.reconciling import announcement_events
from digestbot.commands.threads import thread_events
from digestbot.commands.unseen import reasons
from digestbot.errors import ConfigError
from digestbot.keys import canonical_url, mentioned_keys, strong_keys
from digestbot.languages import english_name
from digestbot.pipeline.line import OUTCOMES
from digestbot.settings import Settings

_LINKS_SHOWN = 5


def items_command(settings: Settings, outcome: str, feed: str, section: str, limit: int, as_json: bool) -> int:
    """Write what was seen, newest first."""
    recorded = [name for name in OUTCOMES if name != "known"]  # a run only counts what it knew already
    if outcome and outcome not in recorded:
        raise ConfigError(f"no item is recorded as {outcome!r}: use one of {', '.join(recorded)}")
    ended = None if not outcome else "" if outcome == "failed" else outcome
    roadmap = document_of(settings).name
    with ledger_of(settings) as ledger:
        found = ledger.history.items(roadmap, outcome=ended, feed=feed, section=section, limit=limit)
    if as_json:
        for row in found:
            write_json(row)
        return 0
    where = terminal()
    rows = [(r["outcome"] or "under way", r["section"] or "", r["feed"], f"{r['title']}\n{r['url']}") for r in found]
    where.table(("outcome", "section", "feed", "item"), rows, wide="item")
    if found:
        where.say("All about one of them: digestbot why URL")
    elif outcome or feed or section:
        where.say("Nothing was seen that fits: 'digestbot items' lists everything.")
    else:
        where.say("Nothing was seen yet: 'digestbot run' reads the feeds.")
    return 0


def why_command(settings: Settings, asked: str, as_json: bool) -> int:
    """Tell the whole story of an item by its address, its id or its story's; 1 when no feed showed it."""
    with ledger_of(settings) as ledger:
        keys = strong_keys(asked) | mentioned_keys(asked) | mentioned_keys(f"arXiv:{asked}")
        lives = [ledger.history.item(id) for id in ledger.history.find({asked}, keys)]
        announced = [row for key in sorted({asked, *keys}) for row in ledger.announcements.of_item(key)]
        host = urlsplit(canonical_url(asked)).netloc
        showing, states = ledger.history.feeds_of(host) if host else [], ledger.intake.states()
        suggestion = ledger.suggestions.of([asked.partition("#")[0]]).get(asked.partition("#")[0])
    if as_json:
        write_json(lives)
    where = terminal()
    if not lives:
        for _, _, what in announcement_events(announced):
            where.say(what)
        where.say(f"{asked!r} was never seen: no feed showed it. 'digestbot items' lists what was.")
        if not announced:
            for reason in reasons(asked, load_feeds(settings, None), states, showing, suggestion):
                where.say(reason)
        return 1
    if not as_json:
        for life in lives:
            _tell(where, life)
    return 0


def _tell(where: Terminal, life: dict[str, Any]) -> None:
    item = life["item"]
    where.out.print(plain(item["title"]), style="bold", markup=False)
    story = f", story {item['story']}" if item["story"] else ""
    where.write(f"{plain(item['url'])}\n{plain(item['id'])}{story}\n")
    if item["links"]:
        where.write(f"links: {plain('  '.join(item['links'][:_LINKS_SHOWN]))}\n")
    where.table(("when", "step", "what"), sorted(_events(life), key=lambda event: str(event[0])), wide="what")
    where.write("\n")


def _events(life: dict[str, Any]) -> Iterator[tuple[object, str, str]]:
    """Yield what happened, each (instant, step, sentence), in the order of the line."""
    own = life["item"]["id"]
    for handed in life["suggestions"]:
        yield handed["suggested_at"], "suggested", f"suggested by {handed['by']} as {handed['url']}"
    for seen in life["sightings"]:
        outcome = (seen["outcome"] or "under way").replace("_", " ")
        ended = ": ".join(filter(None, (outcome, seen["reason"])))
        yield seen["seen_at"], "fetch", f"in {seen['feed']}, version {seen['version']}, {ended}"
    yield from announcement_events(life["announcements"])
    since = max((seen["seen_at"] for seen in life["sightings"]), default="")
    for member in life["members"]:
        if member["id"] != own:
            yield since, "dedupe", f"one story with the {member['medium']} {member['id']}: {member['title']}"
    yield from ((at or since, step, what) for at, step, what in thread_events(life))
    for verdict in life["verdicts"]:
        yield from ((verdict["decided_at"], "triage", line) for line in _verdict_lines(verdict))
    for placing in life["placings"]:
        yield placing["decided_at"], "review", _placing_line(placing)
    for article in life["articles"]:
        yield article["read_at"], "read", _article_line(article, life["item"]["url"])
    for suspect in life["suspects"]:
        yield suspect["found_at"], "summarize", suspect_line(suspect["score"], suspect["signs"])
    for summary in life["summaries"]:
        yield from ((summary["written_at"], "summarize", line) for line in _summary_lines(summary))
    for step in life["steps"]:
        yield step["at"], step["step"], step["result"]
    for proposal in life["proposals"]:
        yield proposal["created_at"], "review", f"{proposal['id']} for {proposal['chapter']}: {proposal['state']}"
    for digest in life["digests"]:
        yield digest["created_at"], "publish", f"digest {digest['id']} for {digest['subscription']}"
    for sent in life["deliveries"]:
        about = sent["reference"] if sent["reference"] != sent["kind"] else ""
        yield sent["sent_at"], "deliver", " ".join(filter(None, (sent["kind"], sent["state"], about or sent["reason"])))


def _placing_line(placing: dict[str, Any]) -> str:
    place = " › ".join(filter(None, (placing["roadmap"], placing["section"], placing["chapter"])))
    return f"placed in {place} by {placing['by']}: {placing['reason']} It stood in {placing['former']}."


def _article_line(article: dict[str, Any], url: str) -> str:
    """Return what a story was told from, where that was read if not at its own address, and why there is no more."""
    lang = f" ({article['lang']})" if article["lang"] else ""
    place = f"at {article['url']}" if article["url"] not in ("", url) else ""
    return "; ".join(filter(None, (f"{article['basis']}{lang}", place, article["note"])))


_TOP = 3
_ASKED_CHARS, _SEEN_CHARS = 80, 300
_RUBRIC = ("novelty", "evidence", "usefulness")


def _verdict_lines(verdict: dict[str, Any]) -> Iterator[str]:
    """Yield what was looked up, what was decided on it and what is left to a person."""
    for lookup in verdict["lookups"]:
        saw = shortened(" ".join(lookup["saw"].split()), _SEEN_CHARS) or "nothing"
        yield f"{lookup['tool']}({shortened(lookup['asked'], _ASKED_CHARS)!r}): {saw}"
    yield _verdict_line(verdict)
    if verdict["needs_review"]:
        yield f"to be reviewed: {verdict['needs_review']}"


def _verdict_line(verdict: dict[str, Any]) -> str:
    top = ", ".join(f"{section} {p:.2f}" for section, p in verdict["top"][:_TOP])
    place = " › ".join(filter(None, (verdict["roadmap"], verdict["section"], verdict["chapter"])))
    rubric = [f"{name} {verdict[name]:.1f}" for name in _RUBRIC if verdict[name] is not None]
    relevance = f"relevance {verdict['relevance']:.2f}" + (f" ({', '.join(rubric)})" if rubric else "")
    by = " by ".join(filter(None, (verdict["model"], verdict["prompt"])))
    taken = f" {verdict['tokens']} tokens, {shown_cost(verdict['cost_usd'])}." if verdict["tokens"] else ""
    level = f", {verdict['level']}" if verdict["level"] else ""
    return (
        f"{by}: {place}. {verdict['reason']} "
        f"Confidence {verdict['confidence']:.2f} (by its words {top}), {relevance}{level}.{taken}"
    )


def _summary_lines(summary: dict[str, Any]) -> Iterator[str]:
    """Yield what was written, and of what was dropped the first sentences, each with what was wrong."""
    by = " by ".join(filter(None, (summary["model"], summary["prompt"])))
    words = f", in {english_name(summary['written'])}" if summary["written"] else ""
    yield f"{by}, of the {summary['basis']}{words}: {summary['tldr']}"
    yield from (f"dropped: {lost}" for lost in summary["lost"])
    more = summary["dropped"] - len(summary["lost"])
    if more > 0:
        yield f"dropped: {more} more"
