"""Shows posts to a ledger and a Chroma index in a folder, and says before each write what comes next.

    python indexing.py FOLDER READINGS

Every reading shows 150 new posts, a tenth of them copies of others, and puts what is pending into stories. A second
call goes on where the first was stopped.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.index import ChromaIndex, ChromaStore
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.catalogue import items_space
from digestbot.domain import Feed, FeedId, FeedState, Item, ItemId
from digestbot.pipeline.dedupe import dedupe
from digestbot.pipeline.fetch import sort, window_of

SIZE = 150
NOW = datetime(2026, 4, 12, tzinfo=UTC)
EMBEDDER = ConceptEmbedder()
SPACE = items_space(EMBEDDER)
_SYLLABLES = (
    "ba",
    "de",
    "fi",
    "go",
    "lu",
    "ma",
    "ne",
    "pi",
    "ro",
    "su",
    "ta",
    "ve",
    "wi",
    "zo",
    "ka",
    "le",
    "mi",
    "no",
)


def post(number: int) -> Item:
    """Return the post of a number; every tenth repeats one of the reading before or its own under another address."""
    words = random.Random(number - 97 if number % 10 == 7 and number > 100 else number)
    title, text = (" ".join(_word(words) for _ in range(count)) for count in (8, 60))
    url = f"https://blog.example/{number}"
    return Item(ItemId(f"url:{url}"), FeedId("blog"), url, title.capitalize(), f"{text.capitalize()}.", NOW)


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4)))


class Told:
    """Passes every call on, with a line on stdout before it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._inner, name)

        def call(*arguments: Any) -> Any:
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()
            return method(*arguments)

        return call


def main(folder: Path, readings: int) -> None:
    """Read so many times, each time more."""
    ledger, store = Ledger(sqlite_url(folder / "ledger.db")), ChromaStore(folder / "chroma")
    stories: Any = Told(ledger.stories)
    index: Any = Told(ChromaIndex(store, SPACE))
    feed = Feed(FeedId("blog"), "feed", "https://blog.example/feed")
    for reading in range(readings):
        shown = [post(number) for number in range(reading * SIZE, (reading + 1) * SIZE)]
        state = ledger.intake.state(feed.id)
        seen = sort(feed, shown, ledger.intake.known({item.id for item in shown}), window_of(state, NOW, None))
        ledger.intake.record(feed.id, seen, FeedState(last_success_at=NOW), NOW)
        asyncio.run(dedupe(stories, index, EMBEDDER, NOW, lambda step, done, total: None))
    store.close()
    ledger.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
