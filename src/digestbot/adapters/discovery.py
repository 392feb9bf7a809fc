"""Finds the feed that a person means: by the form of what was said, at the address itself, on its page, near it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from digestbot.domain import Feed
from digestbot.errors import SourceError
from digestbot.ports import Http, Response
from digestbot.wire.addresses import shown
from digestbot.wire.discovery import offers_in, usual_places
from digestbot.wire.isolation import Runner
from digestbot.wire.parsed import ParsedFeed
from digestbot.wire.parsing import PARSE_S, parse
from digestbot.wire.recognition import NAMELESS, recognized
from digestbot.wire.videos import address_of, channel_feed

_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5"
_NO_FEED = ("not-a-feed", "http-404", "http-403", "http-410", "xml-entities", "too-large")


@dataclass(frozen=True)
class Found:
    """A feed that was found and read; `feed` has no id yet. `parsed` is None for arXiv, which needs no look."""

    feed: Feed
    how: str
    parsed: ParsedFeed | None = None

    @property
    def title(self) -> str:
        """What the feed calls itself, "" where it does not say or was not read."""
        return self.parsed.title if self.parsed else ""


class FeedFinder:
    """Looks for feeds over the polite client; parses where parsing can be stopped."""

    def __init__(self, http: Http, runner: Runner) -> None:
        """Look with `http`, parse with `runner`."""
        self._http = http
        self._runner = runner

    async def find(self, text: str) -> AsyncIterator[Found]:
        """Yield the feeds that a text may mean, likeliest first; asks for each only when it is wanted.

        Raises SourceError where the address itself cannot be read; yields nothing where there is no feed.
        """
        text = address_of(text)
        sketches = recognized(text)
        if sketches:
            async for found in self._known(sketches):
                yield found
            return
        async for found in self._at(text if "://" in text else f"https://{text}"):
            yield found

    async def read(self, url: str) -> tuple[Response, ParsedFeed]:
        """Return the answer at an address, and the feed in it; raises SourceError."""
        answer = await self._http.get(url, accept=_ACCEPT)
        parsed = await self._parse(answer)
        return answer, parsed

    async def _parse(self, answer: Response) -> ParsedFeed:
        content_type = answer.headers.get("content-type", "")
        return await self._runner.run(PARSE_S, parse, answer.body, content_type, answer.url)

    async def _known(self, sketches: tuple[Feed, ...]) -> AsyncIterator[Found]:
        """Yield the feeds that an address stands for by its form; one without entries only if there is no other."""
        empty = []
        for feed in sketches:
            if feed.kind == "arxiv":
                yield Found(feed, "arXiv's own interface")
                continue
            try:
                found = Found(feed, "known by its address", (await self.read(feed.url))[1])
            except SourceError as error:
                if error.reason not in _NO_FEED or len(sketches) == 1:
                    raise
                continue
            if found.parsed and found.parsed.items:
                yield found
            else:
                empty.append(found)
        for found in empty:
            yield found

    async def _at(self, url: str) -> AsyncIterator[Found]:
        answer = await self._http.get(url, accept=_ACCEPT)
        try:
            parsed = await self._parse(answer)
        except SourceError as error:
            if error.reason != "not-a-feed":
                raise
        else:
            yield Found(Feed(NAMELESS, "feed", answer.moved_to or url), "the address itself", parsed)
            return
        offered, fault = False, None
        for place in await self._runner.run(PARSE_S, _named_on, answer.body, answer.url):
            # One bad link on a page must not hide its good ones.
            try:
                found = await self._tried(place, "named on the page")
            except SourceError as error:
                fault = fault or error
                continue
            if found:
                offered = True
                yield found
        if fault and not offered:
            raise fault
        for place in () if offered else usual_places(answer.url):
            found = await self._tried(place, "where feeds usually lie")
            if found:
                yield found
                return

    async def _tried(self, url: str, how: str) -> Found | None:
        """Return the feed at an address, None where there is none."""
        try:
            answer, parsed = await self.read(url)
        except SourceError as error:
            if error.reason in _NO_FEED:
                return None
            raise SourceError(f"{shown(url)}, {how}: {error}", reason=error.reason) from error
        return Found(_sketch(answer.moved_to or url), how, parsed)


def _named_on(body: bytes, url: str) -> list[str]:
    """Return the addresses of the feeds that a page names; a channel's page names its own in its script."""
    channel = channel_feed(body) if "youtube.com" in url else ""
    return [channel] if channel else [offer.url for offer in offers_in(body, url)]


def _sketch(url: str) -> Feed:
    """Return the feed at an address, of the kind that its form tells."""
    return next(iter(recognized(url)), Feed(NAMELESS, "feed", url))
