"""A small document, a proposal for it, and a shelf that holds documents in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from fakes import NOW, proposal

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Act, Proposal
from digestbot.errors import StoreError
from digestbot.review import Desk, Patch, Policy, Request, Reviewer, Signed, Written
from digestbot.roadmap import Roadmap, diff, parse, propose_resource

DOCUMENT = """\
# A map

## Sequences

### First chapter

About sequences.

- [Known](https://blog.example/known) (post): stands here already.

### Second chapter

About more.

- [Other](https://blog.example/other) (post): stands here too.
"""
LINE = "- [A title](https://blog.example/a) (post): It shows a thing.\n"
KNOWN = "- [Known](https://blog.example/known) (post): stands here already.\n"
CHANGED = DOCUMENT.replace(KNOWN, KNOWN + LINE)
ADA, ALAN = Reviewer("ada", mail="ada@example.org"), Reviewer("alan")


def proposed(id: str = "p12345678", text: str = DOCUMENT, **changes: str) -> Proposal:
    """Return an open proposal with its diff, as the pipeline makes it."""
    document = parse(text, "map")
    base = proposal(id, chapter=document.chapters[0].id, base=document.version, **changes)
    change = propose_resource(document, base.chapter, base.title, base.url, base.medium, base.merit)
    return replace(base, diff=diff(document, [change], "map.md"), due_at=NOW + timedelta(days=14))


OPEN = proposed()


class Shelf:
    """Holds a document, what happens just before it is written, and what was committed."""

    def __init__(self, text: str = DOCUMENT, name: str = "map") -> None:
        self.roadmap = parse(text, name)
        self.commits: list[Signed] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.hindered = ""
        self.broken = ""

    def read(self) -> Roadmap:
        return self.roadmap

    @contextmanager
    def alone(self) -> Iterator[None]:
        yield

    def hindrance(self) -> str:
        return self.hindered

    def write(self, patch: Patch, signed: Signed) -> Written:
        self.meanwhile()
        if self.broken:
            raise StoreError(self.broken)
        self.roadmap = patch(self.roadmap)
        self.commits.append(signed)
        return Written(f"commit{len(self.commits)}")


class FakeHub:
    """Keeps pull requests by their keys."""

    def __init__(self) -> None:
        self.requests: dict[str, Request] = {}
        self.texts: dict[str, str] = {}

    def request(self, key: str, document: Roadmap, patch: Patch, signed: Signed) -> Request:
        if key not in self.requests:
            self.requests[key] = Request(f"https://hub.example/pull/{len(self.requests) + 1}", "open")
            self.texts[key] = patch(document).text
        return self.requests[key]

    def look(self, key: str) -> Request | None:
        return self.requests.get(key)


def desk(ledger: Ledger, shelf: Shelf, hub: FakeHub | None = None, quorum: int = 1, **people: Reviewer) -> Desk:
    """Return a desk at which a shelf's document is reviewed."""
    reviewers: Mapping[str, Reviewer] = people
    return Desk(ledger.reviews, lambda name: shelf, Policy(quorum, reviewers=reviewers), hub)


def kinds(acts: list[Act]) -> list[tuple[str, str, str]]:
    """Return acts in short: who, what, and the state after it."""
    return [(act.by, act.kind, act.state) for act in acts]
