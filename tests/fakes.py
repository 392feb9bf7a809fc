"""Fakes of the ports and builders of records that all the tests share."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digestbot.domain import (
    Article,
    Channel,
    ChannelKind,
    Chapter,
    Digest,
    DigestId,
    DigestSection,
    Entry,
    Feed,
    FeedId,
    FeedKind,
    FeedState,
    Fetched,
    Filed,
    Foot,
    Item,
    ItemId,
    Origin,
    Outline,
    Point,
    Proposal,
    ProposalId,
    Section,
    Step,
    Story,
    StoryId,
    Summary,
    Usage,
    Verdict,
    Window,
)
from digestbot.errors import ModelError, SourceError
from digestbot.ports import NO_PRECEDENTS, Introduction, Page, Precedents, Replies, Spoken

NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
"""A Sunday evening, at which the tests run unless they say otherwise."""


class Death(Exception):
    """What a fake raises to end a run as a kill would: nothing in the program expects it."""


def silent(step: Step, done: int, total: int) -> None:
    """Show no progress."""


def item(name: str = "a", **changes: Any) -> Item:
    """Return a post of this name on a blog of its own words."""
    url = f"https://blog.example/{name}"
    base = Item(
        id=ItemId(f"url:{url}"),
        feed=FeedId("blog"),
        url=url,
        title=f"Post {name}",
        text=f"What the post {name} says.",
        published_at=datetime(2026, 4, 11, 9, tzinfo=UTC),
    )
    return replace(base, **changes)


def paper(number: str = "2604.00001", **changes: Any) -> Item:
    """Return a paper by its arXiv number."""
    base = item(
        number,
        id=ItemId(f"arxiv:{number}"),
        feed=FeedId("arxiv"),
        url=f"https://arxiv.org/abs/{number}",
        title=f"Paper {number}",
        text=f"The abstract of {number}.",
        medium="paper",
    )
    return replace(base, **changes)


def story(*members: Item, id: str = "s1", lead: Item | None = None) -> Story:
    """Return a story of these members, led by the first of them."""
    members = members or (item(),)
    return Story(StoryId(id), lead or members[0], members)


def verdict(id: str = "s1", **changes: Any) -> Verdict:
    """Return a sure verdict for a story."""
    base = Verdict(
        story=StoryId(id),
        roadmap="map",
        section="I",
        chapter="first",
        confidence=0.9,
        relevance=0.8,
        reason="Shares its words.",
        model="offline",
        top=(("I", 0.9), ("none", 0.1)),
    )
    return replace(base, **changes)


def article(id: str = "s1", **changes: Any) -> Article:
    """Return the article of a story."""
    return replace(Article(StoryId(id), "A whole text.", "full text"), **changes)


def summary(id: str = "s1", **changes: Any) -> Summary:
    """Return the summary of a story."""
    base = Summary(
        StoryId(id), "en", "It shows a thing.", (Point("One point."),), ("A whole text.",), "offline", "full text"
    )
    return replace(base, **changes)


def filed(name: str = "a", *, lead: Item | None = None, members: Sequence[Item] = (), **judged: Any) -> Filed:
    """Return a story that has everything; keyword arguments change its verdict."""
    lead = lead or item(name)
    id = f"s-{name}"
    whole = Story(StoryId(id), lead, tuple(members) or (lead,))
    return Filed(whole, verdict(id, **judged), article(id), summary(id))


def outline(**changes: Any) -> Outline:
    """Return a small roadmap: preliminaries, and two sections with a chapter each."""
    sections = (
        Section("none", "Preliminaries", "", (), filing=False),
        Section("I", "Sequences", "Predict sequences.", (Chapter("first", "First chapter", "About sequences."),)),
        Section("II", "Images", "See images.", (Chapter("second", "Second chapter", "About images."),)),
    )
    return replace(Outline("map", "A map", "en", "v1", sections), **changes)


def feed(id: str = "blog", kind: FeedKind = "feed") -> Feed:
    """Return a feed."""
    return Feed(FeedId(id), kind, f"https://{id}.example/feed")


def digest(id: str = "20260412-default-abc123", **changes: Any) -> Digest:
    """Return a digest of one story."""
    entry = Entry(StoryId("s1"), "A title", "https://blog.example/a", "post", "Short.", (), "Why.", 0.5, "full text")
    base = Digest(
        id=DigestId(id),
        subscription="default",
        roadmap_title="A map",
        created_at=NOW,
        lead="1 new story in Sequences.",
        sections=(DigestSection("I", "Sequences", (entry,)),),
        proposals=(),
        foot=Foot({"filed": 1}),
    )
    return replace(base, **changes)


def proposal(id: str = "p1", **changes: Any) -> Proposal:
    """Return an open proposal."""
    base = Proposal(
        id=ProposalId(id),
        story=StoryId("s1"),
        roadmap="map",
        section="I",
        chapter="first",
        title="A title",
        url="https://blog.example/a",
        medium="post",
        merit="It shows a thing.",
        base="v1",
        diff="",
        reason="Shares its words.",
        evidence=("A whole text.",),
        confidence=0.9,
        created_at=NOW,
    )
    return replace(base, **changes)


class FakeSource:
    """Answers for each feed and day with items or a SourceError; a day it was not told of has no items."""

    def __init__(self, days: Mapping[str, Mapping[date, Sequence[Item] | Exception]]) -> None:
        self._days = days
        self.asked: list[tuple[FeedId, FeedState, Window]] = []

    async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
        """Return the day's items under a validator of that day."""
        self.asked.append((feed.id, state, window))
        today = window.now.date()
        answer = self._days.get(feed.id, {}).get(today, ())
        if isinstance(answer, Exception):
            raise answer
        return Fetched(tuple(answer), Origin(etag=today.isoformat()))


class FakePages:
    """Knows some pages by their address; all others are not there."""

    def __init__(self, pages: Mapping[str, str] | None = None, fails: Mapping[str, str] | None = None) -> None:
        """Take texts by address, and the reasons why others fail."""
        self._pages, self._fails = pages or {}, fails or {}
        self.asked: list[str] = []

    async def read(self, url: str) -> Page:
        """Return a known page, at the address that was asked for."""
        self.asked.append(url)
        await asyncio.sleep(0)
        if url not in self._pages:
            raise SourceError(f"{url!r} is not there", reason=self._fails.get(url, "http-404"))
        return Page(self._pages[url], url)


class FakeTranscripts:
    """Knows what is said in some videos by their ids; the others fail in the way it was told."""

    def __init__(self, spoken: Mapping[str, Spoken] | None = None, reason: str = "no-transcript") -> None:
        self._spoken, self._reason = spoken or {}, reason
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def read(self, video: str, langs: Sequence[str]) -> Spoken:
        """Return a known transcript."""
        self.asked.append((video, tuple(langs)))
        if video not in self._spoken:
            raise SourceError(f"no transcript of {video!r}", reason=self._reason)
        return self._spoken[video]


class FakeSender:
    """Remembers what it sent, by key. Channels answer from that memory, but for those that forget or cannot be asked.

    `fails` holds what the next sends raise before anything is sent, `dies` what they raise right after.
    """

    def __init__(
        self,
        kind: ChannelKind = "file",
        *,
        can_be_asked: bool = True,
        forgets: bool = False,
        fails: Iterable[Exception] = (),
        dies: Iterable[Exception] = (),
        find_fails: Iterable[Exception] = (),
    ) -> None:
        self.kind: ChannelKind = kind
        self.sent: list[tuple[DigestId, Channel, str]] = []
        self.digests: list[Digest] = []
        self._can_be_asked, self._forgets = can_be_asked, forgets
        self._fails, self._dies, self._find_fails = list(fails), list(dies), list(find_fails)

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Remember the digest under its key."""
        if self._fails:
            raise self._fails.pop(0)
        self.sent.append((digest.id, channel, key))
        self.digests.append(digest)
        if self._dies:
            raise self._dies.pop(0)
        return f"sent {key}"

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Answer from memory."""
        if self._find_fails:
            raise self._find_fails.pop(0)
        if not self._can_be_asked:
            return None
        if self._forgets:
            return ""
        return f"sent {key}" if any(known == key for _, _, known in self.sent) else ""

    def close(self) -> None:
        """Keep nothing."""


class FakeModel:
    """Files everything into one section; `script` says what goes wrong call by call: a whole call, or some stories."""

    def __init__(
        self,
        name: str = "fake:model",
        script: Iterable[ModelError | Mapping[str, ModelError]] = (),
        tokens: int = 10,
        **says: Any,
    ) -> None:
        """Take what its verdicts say beside the defaults, such as section="none"."""
        self.name = name
        self._says = says
        self.calls: list[list[StoryId]] = []
        self._script = list(script)
        self._tokens = tokens

    async def file(
        self, stories: Sequence[Story], outline: Outline, precedents: Precedents = NO_PRECEDENTS
    ) -> Replies[Verdict]:
        """Return the same verdict for every story that the script lets through."""
        return self._answer([story.id for story in stories], lambda id: verdict(id, model=self.name, **self._says))

    filing_prompt = "file@1+00000000"
    summary_prompt = "summarize@1+00000000"

    async def summarize(
        self, tasks: Sequence[tuple[Story, Verdict, Article]], outline: Outline, lang: str
    ) -> Replies[Summary]:
        """Return the same summary for every story that the script lets through."""
        return self._answer([story.id for story, _, _ in tasks], lambda id: summary(id, model=self.name, lang=lang))

    async def introduce(self, tasks: Sequence[Introduction], lang: str) -> Replies[str]:
        """Return the same line for every story that the script lets through."""
        return self._answer([task.story.id for task in tasks], lambda id: f"a line by {self.name}.")

    def _answer(self, ids: list[StoryId], make: Callable[[StoryId], Any]) -> Replies[Any]:
        self.calls.append(ids)
        trouble = self._script.pop(0) if self._script else {}
        if isinstance(trouble, ModelError):
            raise trouble
        failures = {id: trouble[id] for id in ids if id in trouble}
        return Replies({id: make(id) for id in ids if id not in failures}, failures, Usage(self._tokens, 0.001))


class FakeEmbedder:
    """Embeds a text by its letters: equal texts are equal vectors."""

    name = "letters"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of the counts of a to z."""
        table = np.array([[text.lower().count(chr(97 + i)) + 0.01 for i in range(26)] for text in texts], np.float32)
        table = table.reshape(len(texts), 26)
        return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), np.float32)


class Fuse:
    """Burns down with every call that goes through it, and ends the run when it has burnt down: before or after it."""

    def __init__(self, calls: int, *, after: bool = False) -> None:
        self.left = calls
        self.burnt = ""
        self._after = after

    def burn(self, call: str, *, after: bool) -> None:
        """Count a call down; raises Death at the end and at every call from then on."""
        if not after:
            self.left -= 1
        if self.left < 0 or (self.left == 0 and self._after <= after):
            self.burnt = self.burnt or call
            raise Death(f"killed at {call}")


class Mortal:
    """Stands before any object and sends its calls through a fuse."""

    def __init__(self, inner: Any, fuse: Fuse, name: str) -> None:
        self._inner, self._fuse, self._name = inner, fuse, name

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found
        call, fuse = f"{self._name}.{name}", self._fuse
        if inspect.iscoroutinefunction(found):

            async def later(*args: Any, **more: Any) -> Any:
                fuse.burn(call, after=False)
                answer = await found(*args, **more)
                fuse.burn(call, after=True)
                return answer

            return later

        def now(*args: Any, **more: Any) -> Any:
            fuse.burn(call, after=False)
            answer = found(*args, **more)
            fuse.burn(call, after=True)
            return answer

        return now
