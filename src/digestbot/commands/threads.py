"""`digestbot stories`: what is one work, and people's say in it."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from digestbot.adapters.ledger import Ledger
from digestbot.app import alone, ledger_of
from digestbot.commands.console import Terminal, plain, terminal, write_json
from digestbot.domain import Group, ItemId, StoryId
from digestbot.errors import ReviewError
from digestbot.joining import apart, together
from digestbot.keys import mentioned_keys, strong_keys
from digestbot.pipeline.dedupe import regroup
from digestbot.settings import Settings

Event = tuple[object, str, str]
"""When something happened, in which step, and what, in a sentence."""


def show_command(settings: Settings, asked: str, as_json: bool) -> int:
    """Write a story: its members, what links them, what people decided, what became new."""
    with ledger_of(settings) as ledger:
        found = _whole(ledger, _story(ledger, asked))
    if as_json:
        write_json(found)
    else:
        _show(terminal(), found)
    return 0


def doubtful_command(settings: Settings, limit: int, as_json: bool) -> int:
    """Write the pairs that were left apart in doubt, the likeliest first."""
    with ledger_of(settings) as ledger:
        found = ledger.decisions.doubtful(limit)
    if as_json:
        for pair in found:
            write_json(pair)
        return 0
    where = terminal()
    rows = [
        (
            f"{p['score']:.2f}",
            f"{_named(p['a'])}\n{_named(p['b'])}\n{p['basis']}",
            f"{p['a']['story']}\n{p['b']['story']}",
        )
        for p in found
    ]
    where.table(("score", "pair", "stories"), rows, wide="pair")
    if found:
        one, other = found[0]["a"]["story"], found[0]["b"]["id"]
        where.say(f"One work: digestbot stories merge {one} {other}\nTwo works: digestbot stories split {one} {other}")
    else:
        where.say("No pair is in doubt.")
    return 0


def split_command(settings: Settings, asked: str, item: str, by: str, reason: str, now: datetime, as_json: bool) -> int:
    """Keep an item apart from a story for good: take it out, or never let it in."""
    with _deciding(settings) as ledger:
        story, id = _story(ledger, asked), _item(ledger, item)
        members = [member for member, _ in ledger.stories.members({story})]
        others = [member for member in members if member != id]
        if not others:
            raise ReviewError(f"story {story!r} has no item but {id!r}: there is nothing to split")
        ledger.decisions.record(apart(id, others, by or getpass.getuser(), reason, now))
        _tell(ledger, regroup(ledger.stories, [id, *others], now), as_json)
    return 0


def merge_command(settings: Settings, one: str, other: str, by: str, reason: str, now: datetime, as_json: bool) -> int:
    """Make two stories one; the older keeps its id, its verdict and its summary."""
    with _deciding(settings) as ledger:
        pair = [_story(ledger, asked) for asked in (one, other)]
        if pair[0] == pair[1]:
            raise ReviewError(f"{one!r} and {other!r} are in one story already, {pair[0]!r}")
        web = ledger.stories.web([member for member, _ in ledger.stories.members(set(pair))])
        sides = [_lead_first(web.leads[story], [i for i, s in web.story_of.items() if s == story]) for story in pair]
        found = together(sides[0], sides[1], web.decisions, by or getpass.getuser(), reason, now)
        ledger.decisions.record(found)
        _tell(ledger, regroup(ledger.stories, sides[0], now), as_json)
    return 0


def thread_events(life: dict[str, Any]) -> Iterator[Event]:
    """Yield from an item's life what links it, what stayed in doubt, what people decided and what became new."""
    own = life["item"]["id"]
    for link in life["links"]:
        yield None, "dedupe", f"one work with {_other(link, own)} ({link['score']:.2f}): {link['basis']}"
    for doubt in life["doubts"]:
        yield None, "dedupe", f"perhaps one work with {_other(doubt, own)} ({doubt['score']:.2f}): {doubt['basis']}"
    for decision in life["decisions"]:
        said = "one work with" if decision["same"] else "not one work with"
        why = f": {decision['reason']}" if decision["reason"] else ""
        yield decision["decided_at"], "decided", f"{said} {_other(decision, own)}, says {decision['by']}{why}"
    for news in life["revisions"]:
        yield news["found_at"], "update", f"{news['kind']}: {news['change']}"


@contextmanager
def _deciding(settings: Settings) -> Iterator[Ledger]:
    with ledger_of(settings) as ledger, alone(ledger):
        yield ledger


def _item(ledger: Ledger, asked: str) -> ItemId:
    """Return the one item that an id, an address or an arXiv number names, or the lead of the story that it names."""
    names = strong_keys(asked) | mentioned_keys(asked) | mentioned_keys(f"arXiv:{asked}")
    found = [ItemId(id) for id in ledger.history.find({asked}, names)]
    if not found:
        raise ReviewError(f"{asked!r} was never seen: 'digestbot items' lists what was")
    stories = ledger.stories.linked(found)
    if len(found) > 1 and len(set(stories.values())) > 1:
        raise ReviewError(f"{asked!r} names items of several stories: use one of the ids {', '.join(found[:5])}")
    if asked in found or len(found) == 1 or not stories:
        return ItemId(asked) if asked in found else found[0]
    return ItemId(ledger.decisions.story(next(iter(stories.values())))["lead"])


def _story(ledger: Ledger, asked: str) -> StoryId:
    id = _item(ledger, asked)
    found = ledger.stories.linked([id])
    if id not in found:
        raise ReviewError(f"{asked!r} is in no story yet: 'digestbot run' puts it into one")
    return found[id]


def _lead_first(lead: ItemId, members: list[ItemId]) -> list[ItemId]:
    return [lead, *(member for member in members if member != lead)]


def _whole(ledger: Ledger, story: StoryId) -> dict[str, Any]:
    members = [member for member, _ in ledger.stories.members({story})]
    lives = [ledger.history.item(member) for member in members]
    own = ledger.decisions.story(story)
    shown = ("id", "medium", "title", "url", "version", "published_at", "first_seen_at")
    return {
        **own,
        "members": [{name: life["item"][name] for name in shown} for life in lives],
        "links": _unique(link for life in lives for link in life["links"]),
        "doubts": _unique(doubt for life in lives for doubt in life["doubts"]),
        "decisions": _unique(decision for life in lives for decision in life["decisions"]),
    }


def _unique(rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(row["a"], row["b"]): row for row in rows}.values())


def _show(where: Terminal, story: dict[str, Any]) -> None:
    lead = next(member for member in story["members"] if member["id"] == story["lead"])
    where.out.print(plain(lead["title"]), style="bold", markup=False)
    where.write(f"story {plain(story['id'])}, since {plain(story['created_at'])}\n")
    rows = [
        (m["medium"], "leads" if m["id"] == story["lead"] else "", f"{m['title']}\n{m['url']}")
        for m in story["members"]
    ]
    where.table(("medium", "", "item"), rows, wide="item")
    lines = [f"{k['a']} = {k['b']} ({k['score']:.2f}): {k['basis']}" for k in story["links"]]
    lines += [f"{d['a']} ? {d['b']} ({d['score']:.2f}): {d['basis']}" for d in story["doubts"]]
    lines += [
        f"{d['a']} {'=' if d['same'] else '≠'} {d['b']}: {d['by']} on {plain(d['decided_at'])} {d['reason']}".rstrip()
        for d in story["decisions"]
    ]
    lines += [f"{plain(n['found_at'])}  {n['change']}" for n in story["news"]]
    for line in lines:
        where.out.print(plain(line), markup=False, soft_wrap=True)


def _tell(ledger: Ledger, groups: list[Group], as_json: bool) -> None:
    for group in groups:
        if as_json:
            write_json(_whole(ledger, group.story))
        else:
            terminal().say(f"{group.story}: {', '.join(group.members)}")
    if not as_json:
        terminal().say("It stays so, whatever arrives. The next 'digestbot run' files what was never filed.")


def _named(item: dict[str, Any]) -> str:
    return f"{item['medium']} {item['title']} ({item['url'] or item['id']})"


def _other(pair: dict[str, Any], own: str) -> str:
    return str(pair["b"] if pair["a"] == own else pair["a"])
