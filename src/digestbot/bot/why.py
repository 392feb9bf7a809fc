"""`/why`: what became of a page or paper, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from discord import app_commands

from digestbot.bot.access import here, mine
from digestbot.bot.answers import acknowledge, answer, listed
from digestbot.bot.desk import Desk
from digestbot.bot.telling import link, stamp
from digestbot.bot.tree import Interaction, Tree
from digestbot.bot.words import lang_of, safe, t
from digestbot.keys import mentioned_keys, strong_keys
from digestbot.render.escape import plain
from digestbot.roadmap import Roadmap, titles

OUTCOMES = {
    "filed": "filed into the roadmap",
    "off_roadmap": "read, but off the roadmap",
    "duplicate": "the same as something seen before",
    "joined": "joined to a story that was there",
    "filtered": "left out by its feed's filter",
    "baseline": "older than the first reading of its feed",
    "": "under way",
}
_MOST = 3


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command."""

    @tree.command(name="why", description="What became of a page, paper or video, and why")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.describe(url="Its address, or a paper's number at arXiv")
    async def why(interaction: Interaction, url: app_commands.Range[str, 1, 1000]) -> None:
        await acknowledge(interaction)
        lang, asked = lang_of(interaction), plain(url)
        lives = await desk.do(lives_of, desk, asked)
        if not lives:
            said = "No feed has shown that. `/suggest` hands it in: the next run reads it."
            await answer(interaction, t(lang, said), title=asked[:200])
            return
        roadmap = await desk.do(desk.library.roadmap)
        ids = {one.id for one in mine(await desk.do(desk.subscriptions.all), here(interaction))}
        lines = [line for life in lives[:_MOST] for line in told(life, ids, lang, roadmap)]
        await answer(interaction, listed(interaction, lines))


def lives_of(desk: Desk, asked: str) -> list[dict[str, Any]]:
    """Return all that is known of the items with this address or id."""
    keys = strong_keys(asked) | mentioned_keys(asked) | mentioned_keys(f"arXiv:{asked}")
    return [desk.library.history.item(id) for id in desk.library.history.find({asked}, keys)]


def told(life: Mapping[str, Any], subscriptions: Collection[str], lang: str, roadmap: Roadmap) -> list[str]:
    """Return what happened to an item, a line each; of digests only those of these subscriptions.

    Places of the main `roadmap` have their titles, those of others their ids.
    """
    item = life["item"]
    lines = [f"**{link(item['title'], item['url'], 200)}**"]
    lines += [_seen(seen, lang) for seen in life["sightings"][:5]]
    others = [link(one["title"], one["url"], 100) for one in life["members"] if one["id"] != item["id"]]
    if others:
        lines.append(t(lang, "- one story with {others}", others=", ".join(others[:5])))
    for verdict in life["verdicts"][:3]:
        own = roadmap if verdict["roadmap"] == roadmap.name else None
        place = " › ".join(safe(part, 80) for part in titles(own, verdict["section"], verdict["chapter"]))
        said = "- judged {place}, {confidence} sure: {why}"
        why = safe(verdict["reason"], 400)
        lines.append(t(lang, said, place=place, confidence=f"{verdict['confidence']:.0%}", why=why))
    for digest in life["digests"]:
        if digest["subscription"] in subscriptions:
            said = "- in the digest of `{id}` of {at}"
            lines.append(t(lang, said, id=digest["subscription"], at=_at(digest["created_at"])))
    return lines


def _seen(seen: Mapping[str, Any], lang: str) -> str:
    outcome = t(lang, OUTCOMES.get(seen["outcome"] or "", "under way"))
    why = f": {safe(seen['reason'], 200)}" if seen["reason"] else ""
    return (
        t(
            lang,
            "- seen in {feed} at {at}: {what}",
            feed=safe(seen["feed"], 60),
            at=_at(seen["seen_at"]),
            what=outcome,
        )
        + why
    )


def _at(when: datetime | str) -> str:
    return stamp(when if isinstance(when, datetime) else datetime.fromisoformat(when))
