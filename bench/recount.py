"""Counts anew, from the ledger's rows alone, what every subscription should have been sent: no rule of the program's.

Rules are read from the plain sheets that the subscriptions were made from; slots are found by walking the minutes; the
ledger is read as a SQLite file. Slow and simple on purpose.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Sheet = dict[str, Any]


class Ledger:
    """The rows that matter, read once."""

    def __init__(self, file: Path) -> None:
        connection = sqlite3.connect(file)
        connection.row_factory = sqlite3.Row
        self.stories = [dict(row) for row in connection.execute(
            "SELECT s.id, s.created_at, i.title, i.text, i.lang, v.section, v.chapter, v.relevance, v.decided_at,"
            " m.tldr, m.points, m.written_at FROM stories s JOIN items i ON i.id = s.lead"
            " JOIN verdicts v ON v.story = s.id JOIN summaries m ON m.story = s.id"
            " WHERE m.lang = 'en' AND v.section != 'none'"
        )]  # fmt: skip
        self.members: dict[str, list[sqlite3.Row]] = {}
        for row in connection.execute("SELECT story, title, text, medium FROM items WHERE story IS NOT NULL"):
            self.members.setdefault(row["story"], []).append(row)
        self.told: dict[tuple[str, str], str] = {
            (row["story"], row["lang"]): " ".join([row["tldr"], *_texts(row["points"])])
            for row in connection.execute("SELECT story, lang, tldr, points FROM summaries")
        }
        self.digests = [
            (row["subscription"], moment(row["created_at"]), json.loads(row["body"]))
            for row in connection.execute(
                "SELECT d.subscription, d.created_at, c.body FROM digests d JOIN digest_contents c ON c.id = d.content"
                " ORDER BY d.created_at"
            )
        ]
        connection.close()


def moment(text: str) -> datetime:
    """Return a stored instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _texts(points: str) -> list[str]:
    return [point["text"] for point in json.loads(points)]


def wanted(sheet: Sheet, story: dict[str, Any], members: Sequence[sqlite3.Row], other: str = "") -> bool:
    """Tell whether a story is what a sheet asks for; `other` is its summary in the sheet's language."""
    if sheet.get("sections") and story["section"] not in sheet["sections"]:
        return False
    if sheet.get("chapters") and story["chapter"] not in sheet["chapters"]:
        return False
    if story["relevance"] < sheet.get("min_relevance", 0):
        return False
    if sheet.get("media") and not {row["medium"] for row in members} & set(sheet["media"]):
        return False
    if sheet.get("story_langs") and story["lang"] and story["lang"][:2] not in sheet["story_langs"]:
        return False
    said = [text for row in members for text in (row["title"], row["text"])]
    text = " ".join([*said, story["tldr"], *_texts(story["points"]), other])
    text = " ".join(text.lower().split())
    if sheet.get("keywords") and not any(occurs(keyword, text) for keyword in sheet["keywords"]):
        return False
    return not any(occurs(keyword, text) for keyword in sheet.get("without", ()))


def occurs(keyword: str, text: str) -> bool:
    """Tell whether a keyword occurs in a text in lower case; in Chinese there are no borders of words."""
    if keyword.startswith("/"):
        return re.search(keyword[1:-1], text, re.IGNORECASE) is not None
    parts = [keyword.strip('"')] if keyword.startswith('"') else keyword.split()
    for part in parts:
        pattern = re.escape(part.lower().rstrip("*"))
        if part.isascii():
            pattern = rf"\b{pattern}" + ("" if part.endswith("*") else r"\b")
        if not re.search(pattern, text):
            return False
    return True


def is_slot(sheet: Sheet, minute: datetime) -> bool:
    """Tell whether a digest is wanted at a minute: what the clock on the subscriber's wall shows decides."""
    local = minute.astimezone(ZoneInfo(sheet.get("zone", "UTC")))
    words = sheet["cadence"].split()
    if words[0] == "cron":  # only `minute hour day * *` and `minute hour * * *` are used here
        at_minute, at_hour, day = words[1:4]
        tomorrow = (local + timedelta(days=1)).day
        right_day = day == "*" or (day == "L" and tomorrow == 1) or day == str(local.day)
        return bool((local.minute, local.hour) == (int(at_minute), int(at_hour)) and right_day)
    if f"{local:%H:%M}" != words[-1]:
        return False
    if words[0] == "weekly":
        return bool(words[1] == DAYS[local.weekday()])
    return bool(words[0] == "daily" or local.weekday() < 5)


def is_quiet(sheet: Sheet, tick: datetime) -> bool:
    """Tell whether a tick falls into quiet hours."""
    if not sheet.get("quiet"):
        return False
    begins, ends = sheet["quiet"].split("-")
    clock = f"{tick.astimezone(ZoneInfo(sheet.get('zone', 'UTC'))):%H:%M}"
    return bool((begins <= clock or clock < ends) if begins > ends else begins <= clock < ends)


def due_ticks(sheet: Sheet, ticks: Sequence[datetime], made: datetime) -> list[datetime]:
    """Return the ticks at which a subscription is due."""
    due, waiting, before = [], False, made
    for tick in ticks:
        minute = before + timedelta(minutes=1)
        while sheet.get("cadence", "instant") != "instant" and minute <= tick:
            waiting = waiting or is_slot(sheet, minute)
            minute += timedelta(minutes=1)
        waiting, before = waiting or sheet.get("cadence", "instant") == "instant", tick
        if waiting and not is_quiet(sheet, tick):
            due.append(tick)
            waiting = False
    return due


def expected(ledger: Ledger, sheet: Sheet, ticks: Sequence[datetime], made: datetime) -> dict[str, datetime]:
    """Return when each story should have been told to a subscription."""
    since, due = moment_of(sheet, made), due_ticks(sheet, ticks, made)
    found, lang = {}, str(sheet.get("lang", "")).replace("zh-Hans", "zh")
    for story in ledger.stories:
        other = ledger.told.get((story["id"], lang), "")
        ready = moment(max(story["decided_at"], story["written_at"]))
        then = [tick for tick in due if tick >= ready]
        if moment(story["created_at"]) >= since and then and wanted(sheet, story, ledger.members[story["id"]], other):
            found[story["id"]] = then[0]
    return found


def moment_of(sheet: Sheet, made: datetime) -> datetime:
    """Return from when on a subscription gets stories."""
    return datetime.fromisoformat(sheet["since"]).replace(tzinfo=UTC) if "since" in sheet else made


def told(ledger: Ledger, id: str) -> list[tuple[str, datetime]]:
    """Return what a subscription's digests tell as new, with when; those beyond its length are only counted."""
    return [
        (entry["story"], at)
        for subscription, at, body in ledger.digests
        if subscription == id
        for section in body["sections"]
        for entry in (*section["entries"], *section["brief"])
        if entry["first_told_at"] is None
    ]
