"""Takes what people suggest by address, whatever surface they use; the line reads it as one more feed.

Opens nothing: whether an address can be read is found out by the run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from digestbot.domain import Suggestion
from digestbot.keys import canonical_url, mentioned_keys, strong_keys

MAX_URLS = 500
"""How many addresses are taken at once; at one a second for a host, more would hold up the next run for long."""
Standing = Literal["new", "waiting", "known", "refused"]
NOT_TOLD = ("baseline", "filtered")
"""How an item ended that no digest could hold: suggested by a person, it is judged after all."""


class SuggestionLedger(Protocol):
    """What is asked of the ledger's suggestions."""

    def suggest(self, urls: Sequence[str], by: str, now: datetime, place: str = "", lang: str = "") -> None: ...
    def pending(self) -> list[str]: ...
    def of(self, urls: Collection[str]) -> dict[str, Suggestion]: ...


class Seen(Protocol):
    """What is asked of the ledger's history."""

    def find(self, ids: Collection[str], keys: Collection[str]) -> list[str]: ...
    def item(self, id: str) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Suggested:
    """What became of a suggestion so far. `item` and `story` are empty where it is not known what stands there.

    `refused` is what is no address, or cannot be read; `reason` says why.
    """

    given: str
    url: str
    standing: Standing
    reason: str = ""
    item: str = ""
    story: str = ""
    title: str = ""


def suggest(
    ledger: SuggestionLedger,
    seen: Seen,
    texts: Sequence[str],
    by: str,
    now: datetime,
    place: str = "",
    lang: str = "",
) -> list[Suggested]:
    """Take addresses; return for each, in order, what it is: new, waiting already, a known story, or no address.

    What is new is recorded, to be read by the next run, with the `place` on Discord where an answer may go and the
    language that it is to be in; nothing else is.
    """
    waiting = {canonical_url(url): url for url in ledger.pending()}
    found = [_weigh(seen, waiting, text.strip(), place) for place, text in enumerate(texts)]
    ledger.suggest([one.url for one in found if one.standing == "new"], by, now, place, lang)
    return found


def outcome(ledger: SuggestionLedger, seen: Seen, one: Suggested) -> Mapping[str, Any]:
    """Return what became of a suggestion by now: its standing, and where there is one its item's end and place."""
    row = ledger.of([one.url]).get(one.url)
    id = (row.item if row else None) or one.item
    if row is not None and not row.item and row.reason and one.standing != "known":
        return _values(one, standing="refused", reason=row.reason)
    life = seen.item(id) if id and seen.find({id}, ()) else None
    if life is None:
        return _values(one)
    told: Mapping[str, Any] = next(iter(sorted(life["sightings"], key=_latest, reverse=True)), {})
    verdict: Mapping[str, Any] = next(iter(life["verdicts"]), {})
    item = life["item"]
    return _values(
        one,
        item=item["id"],
        story=item["story"] or "",
        title=item["title"],
        outcome=told.get("outcome") or "under way",
        reason=verdict.get("reason") or told.get("reason", ""),
        section=verdict.get("section", ""),
        chapter=verdict.get("chapter", ""),
    )


def _weigh(seen: Seen, waiting: Mapping[str, str], text: str, place: int) -> Suggested:
    # Asked as it was given: a site may answer to nothing but the spelling that it has itself.
    url = _address(text).partition("#")[0]
    spelled = canonical_url(url)
    if not spelled:
        return Suggested(text, "", "refused", "it is no http or https address")
    if place >= MAX_URLS:
        return Suggested(text, url, "refused", f"more than {MAX_URLS} at once: suggest it in another go")
    if spelled in waiting:
        return Suggested(text, waiting[spelled], "waiting", "suggested before; the next run reads it")
    found = seen.find({url}, strong_keys(url))
    if not found:
        return Suggested(text, url, "new")
    life = seen.item(found[0])
    ends = {sighting["outcome"] for sighting in life["sightings"]}
    known = {"item": found[0], "story": life["item"]["story"] or "", "title": life["item"]["title"]}
    if ends and ends <= set(NOT_TOLD):
        return Suggested(text, url, "new", "seen before, and left out then", **known)
    return Suggested(text, url, "known", **known)


def _address(text: str) -> str:
    """Return the address that a text means: a paper's number and a host without scheme are understood."""
    if "://" in text:
        return text
    if named := [key for key in mentioned_keys(f"arXiv:{text.removeprefix('arXiv:')}") if key.startswith("arxiv:")]:
        return f"https://arxiv.org/abs/{named[0].removeprefix('arxiv:')}"
    host = text.partition("/")[0]
    return f"https://{text}" if "." in host and " " not in text and "@" not in text else ""


def _latest(sighting: Mapping[str, Any]) -> tuple[bool, Any]:
    """Sort a sighting that ended in more than a repetition after the others, later ones last."""
    return sighting["outcome"] not in ("duplicate", *NOT_TOLD), sighting["seen_at"]


def _values(one: Suggested, **found: Any) -> dict[str, Any]:
    first = {"given": one.given, "url": one.url, "standing": one.standing, "reason": one.reason}
    known = {"item": one.item, "story": one.story, "title": one.title}
    return {**first, **known, "outcome": "", "section": "", "chapter": "", **found}
