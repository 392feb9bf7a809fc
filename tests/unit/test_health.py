"""Document health: what an answer says of a link, and that whatever is not well ends in a proposal, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import NOW

from digestbot.domain import Proposal, ProposalState
from digestbot.errors import SourceError
from digestbot.health.answers import Check, LinkState, judged
from digestbot.health.proposals import repairs
from digestbot.health.statements import passed
from digestbot.pipeline.health import addresses, check_links, is_due, propose_repairs
from digestbot.ports import Response
from digestbot.roadmap import apply, changes_of, parse

URL = "https://a.example/deep/page"
DAY = timedelta(days=1)
HTML = {"content-type": "text/html; charset=utf-8"}
DOCUMENT = """\
# T

## One

### A

The next version will come in 2024. Learn this first.

- [a](https://a.example/deep/page) (paper): the first.
- [b](https://b.example/2) (post): the second.
- [b once more](https://b.example/2/) (post): again.

### B

Read [a](https://a.example/deep/page) too.

```
it will come in 2023
```
"""
MAP = parse(DOCUMENT, "t")


def page(body: str = "<title>A page</title>", url: str = URL, moved_to: str = "") -> Response:
    """Return the answer of a page."""
    return Response(200, url, HTML, body.encode(), moved_to)


def refused(reason: str) -> SourceError:
    """Return the refusal of a page."""
    return SourceError("no", reason=reason)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (page(), "fine"),
        (page(moved_to="https://b.example/new"), "moved"),
        (page(moved_to="http://a.example/deep/page/?utm_source=x"), "fine"),
        (page("<title>404 Not Found</title>"), "gone"),
        (page("<title>Page not found · A</title>"), "gone"),
        (page("<title>404 ways to win</title>"), "gone"),
        (page(url="https://a.example/"), "gone"),
        (page("<title>RETRACTED: A paper</title>"), "retracted"),
        (page("<title>x</title>This paper has been withdrawn by the authors."), "retracted"),
        (page('<title>x</title><script>{"isAccessibleForFree": "False"}</script>'), "walled"),
        (page("This repository has been archived by the owner on May 1."), "archived"),
        (refused("http-404"), "gone"),
        (refused("http-410"), "gone"),
        (refused("http-403"), "walled"),
        (refused("http-500"), "failing"),
        (refused("timeout"), "failing"),
        (refused("dns"), "failing"),
        (refused("too-many-redirects"), "failing"),
        (refused("too-large"), "fine"),
        (refused("refused-address"), "refused"),
    ],
)
def test_an_answer_is_judged(answer: Response | SourceError, expected: LinkState) -> None:
    """Each kind of answer has its meaning; what may pass is not called dead at once."""
    assert judged(URL, answer, None, NOW).state == expected


@pytest.mark.parametrize(
    ("reason", "days", "expected"),
    [
        ("http-404", (0, 3), ("gone", "dead")),
        ("http-404", (0, 1, 2), ("gone", "gone", "dead")),
        ("timeout", (0, 3, 6, 9, 12, 15), ("failing",) * 5 + ("dead",)),
        ("dns", (0, 15), ("failing", "failing")),
        ("http-429", (0, 5, 10, 15, 20), ("failing",) * 5),
    ],
)
def test_a_link_is_dead_after_some_tries_over_some_days(
    reason: str, days: Sequence[int], expected: Sequence[str]
) -> None:
    """A page that says that it is gone is believed sooner than a host that does not answer."""
    check, states = None, []
    for day in days:
        check = judged(URL, refused(reason), check, NOW + day * DAY)
        states.append(check.state)

    assert tuple(states) == tuple(expected)


def test_a_link_that_answers_again_is_fine() -> None:
    """A flaky host is forgiven: its failures are forgotten."""
    failing = judged(URL, refused("timeout"), None, NOW)

    again = judged(URL, page(), failing, NOW + 3 * DAY)

    assert (again.state, again.failures, again.failing_since) == ("fine", 0, None)


def found(url: str, state: LinkState, moved_to: str = "", archived: str = "", said: str = "") -> Check:
    """Return how a link was found."""
    return Check(url, state, "http-404", NOW, NOW + DAY, NOW - 9 * DAY, 3, moved_to, archived, said)


@pytest.mark.parametrize(
    ("check", "kind", "added", "left"),
    [
        (found(URL, "moved", moved_to="https://n.example/x"), "replace", "https://n.example/x", 0),
        (
            found(URL, "dead", archived="https://web.archive.org/web/1/x"),
            "replace",
            "https://web.archive.org/web/1/x",
            0,
        ),
        (found(URL, "dead"), "retire", "", 1),
        (found(URL, "retracted", said="RETRACTED: x"), "retire", "", 1),
        (
            found(URL, "walled", archived="https://web.archive.org/web/1/x"),
            "replace",
            "https://web.archive.org/web/1/x",
            0,
        ),
        (found(URL, "archived"), "retire", "", 1),
    ],
)
def test_what_is_not_well_becomes_a_proposal(check: Check, kind: str, added: str, left: int) -> None:
    """A new address is put wherever the old one stands, at once; what has none is taken out chapter by chapter."""
    made = [one for one in repairs(MAP, {URL: check}, [], NOW) if one.old_url == URL]

    text = apply(MAP, *changes_of(made[0].diff, made[0].chapter, made[0].base)).text
    assert {one.kind for one in made} == {kind}
    assert len(made) == 1 + left
    assert text.count(URL) == left
    assert not added or text.count(added) == 2


@pytest.mark.parametrize("state", ["fine", "gone", "failing", "refused", "walled"])
def test_what_may_pass_is_left_alone(state: LinkState) -> None:
    """A link that is well, or not surely ill, or ill without a cure, makes no proposal."""
    assert [one for one in repairs(MAP, {URL: found(URL, state)}, [], NOW) if one.old_url == URL] == []


def test_doubles_and_passed_dates_become_proposals() -> None:
    """A chapter that lists a thing twice keeps the first; a sentence that looks ahead to a year gone by goes."""
    merge, correct = repairs(MAP, {}, [], NOW)

    assert (merge.kind, merge.old_url, merge.url) == ("merge", "https://b.example/2/", "https://b.example/2")
    assert (correct.kind, correct.quotes[0].text) == ("correct", "The next version will come in 2024.")
    text = apply(MAP, *changes_of(correct.diff, correct.chapter, correct.base)).text
    assert text == DOCUMENT.replace("The next version will come in 2024. ", "")
    assert [one.year for one in passed(MAP, NOW)] == [2024]
    assert list(passed(parse("## A\n\nIt came in 2024. It will come in 2027.\n", "t"), NOW)) == []


PAPER = "https://arxiv.org/abs/1706.03762"
TITLE = "Attention is all you need"


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        (f"[a]({PAPER})", "[b](https://arxiv.org/pdf/1706.03762v2.pdf)", PAPER),
        ("[a](https://doi.org/10.48550/arXiv.1706.03762)", f"[b]({PAPER})", PAPER),
        ("[a](https://arxiv.org/html/1706.03762)", f"[b]({PAPER})", PAPER),
        (f"[{TITLE}](https://papers.example/7.pdf) (paper)", f"[Attention Is All You Need!]({PAPER}) (paper)", PAPER),
        (f"[{TITLE}](https://blog.example/7) (post)", f"[{TITLE}]({PAPER}) (paper)", ""),
        ("[Deep learning](https://papers.example/7.pdf) (paper)", f"[Deep learning]({PAPER}) (paper)", ""),
        ("[a](https://b.example/7/)", "[b](https://b.example/7)", ""),
        (f"[a]({PAPER})", f"[b]({PAPER})", ""),
    ],
)
def test_a_work_under_two_addresses_keeps_the_better_one(one: str, other: str, kept: str) -> None:
    """In two chapters both mentions stay, at one address; what is not surely one work is left alone."""
    roadmap = parse(f"# T\n\n## A\n\n### B\n\n- {one}: the first.\n\n### C\n\n- {other}: the second.\n", "t")

    made = repairs(roadmap, {}, (), NOW)

    assert [(proposal.kind, proposal.url) for proposal in made] == ([("merge", kept)] if kept else [])
    for proposal in made:
        changed = apply(roadmap, *changes_of(proposal.diff, proposal.chapter, proposal.base))
        assert changed.text.count(f"]({kept})") == 2
        assert changed.text.count(": the ") == 2
        assert repairs(changed, {}, (), NOW) == []
        assert repairs(roadmap, {}, made, NOW) == []


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        (f"[a]({PAPER}): the first.", "[b](https://arxiv.org/pdf/1706.03762): the second.", "first"),
        ("[a](https://arxiv.org/pdf/1706.03762): the first.", f"[b]({PAPER}): the second.", "second"),
        (f"[a]({PAPER})", "[b](https://arxiv.org/pdf/1706.03762): the second and only words.", "second"),
        ("[a](https://b.example/p#one): the first.", "[b](https://b.example/p#two): the second.", ""),
    ],
)
def test_a_chapter_s_two_mentions_become_one(one: str, other: str, left: str) -> None:
    """The mention that says something stays, at the better address; two places of one page are two resources."""
    roadmap = parse(f"# T\n\n## A\n\n### B\n\n- {one}\n- {other}\n", "t")

    made = repairs(roadmap, {}, (), NOW)

    assert len(made) == bool(left)
    for proposal in made:
        changed = apply(roadmap, *changes_of(proposal.diff, proposal.chapter, proposal.base))
        assert (changed.text.count("\n- "), left in changed.text) == (1, True)
        assert changed.text.count(f"]({PAPER})") == 1


def test_nothing_is_proposed_twice_nor_too_much() -> None:
    """What was proposed stays so, whatever was decided; the worst goes first and the rest waits."""
    checks = {URL: found(URL, "dead")}
    first = repairs(MAP, checks, [], NOW, most=2)

    rest = repairs(MAP, checks, [replace(one, state="rejected") for one in first], NOW, most=9)

    assert [one.kind for one in first] == ["retire", "retire"]
    assert [one.kind for one in rest] == ["merge", "correct"]


class Net:
    """Answers by address, and remembers who asked when."""

    def __init__(self, answers: Mapping[str, Response | SourceError]) -> None:
        self.answers, self.asked = answers, list[str]()

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        self.asked.append(url)
        answer = self.answers.get(url, refused("http-404"))
        if isinstance(answer, SourceError):
            raise answer
        return answer

    async def aclose(self) -> None:
        """Nothing is open."""


class Book:
    """Keeps checks and proposals."""

    def __init__(self) -> None:
        self.kept: dict[str, Check] = {}
        self.known: list[Proposal] = []

    def checks(self, urls: Sequence[str]) -> dict[str, Check]:
        return {url: self.kept[url] for url in urls if url in self.kept}

    def record(self, found: Sequence[Check]) -> None:
        self.kept |= {check.url: check for check in found}

    def record_proposals(self, found: Sequence[Proposal]) -> None:
        self.known += found

    def proposals(self, *, state: ProposalState | None = None, since: object = None) -> list[Proposal]:
        return self.known


def copy(url: str, status: str = "200") -> Response:
    """Return an archive's answer."""
    closest = {"available": True, "url": url, "status": status}
    return Response(200, "https://x", {}, json.dumps({"archived_snapshots": {"closest": closest}}).encode())


def test_a_dead_link_is_looked_for_in_the_archive() -> None:
    """The second visit asks the archive; the proposal puts its copy in; other links wait for their time."""
    ask = "https://archive.example/?url=https%3A%2F%2Fa.example%2Fdeep%2Fpage"
    net = Net(
        {"https://b.example/2": page(), "https://b.example/2/": page(), ask: copy("http://web.archive.org/web/1/a")}
    )
    book = Book()

    for day in (0, 3):
        checks = asyncio.run(check_links(book, net, MAP, NOW + day * DAY, archive="https://archive.example/?url="))
    made = asyncio.run(propose_repairs(book, MAP, checks, NOW + 3 * DAY))

    assert net.asked == [URL, "https://b.example/2", "https://b.example/2/", URL, ask] or sorted(
        net.asked[:3]
    ) == sorted(addresses(MAP))
    assert net.asked[3:] == [URL, ask]
    assert (made[0].kind, made[0].url) == ("replace", "https://web.archive.org/web/1/a")
    assert not is_due(MAP, checks, NOW + 3 * DAY)
    assert is_due(MAP, checks, NOW + 29 * DAY)


@pytest.mark.parametrize(
    "answer",
    [
        refused("timeout"),
        Response(200, "https://x", {}, b"not json"),
        Response(200, "https://x", {}, b'{"archived_snapshots": {}}'),
        Response(200, "https://x", {}, b"[]"),
        copy("javascript:alert(1)"),
        copy("https://web.archive.org/web/1/a", status="404"),
    ],
)
def test_an_archive_that_has_no_copy_is_believed(answer: Response | SourceError) -> None:
    """Whatever the archive answers, the check goes on; only a web address counts as a copy."""
    ask = "https://archive.example/?url=https%3A%2F%2Fa.example%2Fdeep%2Fpage"
    book = Book()
    for day in (0, 3):
        asyncio.run(
            check_links(book, Net({ask: answer}), MAP, NOW + day * DAY, archive="https://archive.example/?url=")
        )

    assert (book.kept[URL].state, book.kept[URL].archived) == ("dead", "")
