"""The line with fakes at its ends, a real ledger and the real offline model: days pass, runs die, nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from fakes import Death, FakePages, FakeSender, FakeSource, FakeTranscripts, Fuse, Mortal, feed, item, paper, silent

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.adapters.ledger.schema import metadata
from digestbot.adapters.offline_model import OfflineModel
from digestbot.catalogue import items_space
from digestbot.domain import Channel, Outline, Rule, Story, Subscription, Verdict
from digestbot.errors import DeliveryError, SourceError
from digestbot.pipeline.line import OUTCOMES, Deps, Plan, Report, run
from digestbot.pipeline.models import Models
from digestbot.ports import NO_PRECEDENTS, Precedents, Replies, Route
from digestbot.roadmap import Roadmap, outline, parse
from digestbot.shipped import shipped

pytestmark = pytest.mark.slow

MONDAY, TUESDAY = datetime(2026, 4, 6, 18, tzinfo=UTC), datetime(2026, 4, 7, 18, tzinfo=UTC)
WALL = datetime(2026, 4, 8, tzinfo=UTC)
READER = Subscription("default", (Channel("file"), Channel("maildir"), Channel("terminal")))
RUNS = count(1)
FEEDS = (feed("arxiv", "arxiv"), feed("blog"), feed("bakery"))

QUANTIZED = paper(
    "2604.01001",
    title="Four-Bit Weights without Regret: Quantization of Large Language Models",
    text="Quantization shrinks a large language model so that its weights need four bits. We quantize weights and "
    "activations layer by layer, choose scales that keep outliers exact, and lose 0.3 points of perplexity. "
    "Inference becomes 2.1 times as fast on one GPU, with a third of the memory.",
    authors=("Ada Lovelace",),
    categories=("cs.CL", "cs.LG"),
    published_at=MONDAY - timedelta(days=2),
)
CACHED = paper(
    "2604.01002",
    title="A Rolling Key-Value Cache for Long Prompts",
    text="Decoding with a transformer reads the key-value cache at every step. We keep a rolling cache in pages and "
    "evict keys that attention has not used. Throughput of serving doubles, and answers stay the same.",
    published_at=MONDAY - timedelta(days=1),
)
ABOUT = item(
    "rolling-cache",
    title="What a rolling cache does",
    text="A walk through the new paper on the key-value cache: how decoding reads keys and values, and why pages help.",
    links=("https://arxiv.org/abs/2604.01002",),
    published_at=MONDAY - timedelta(hours=5),
)
DIFFUSION = item(
    "diffusion",
    title="Diffusion models from scratch",
    text="We build a diffusion model that learns to remove noise from images step by step, and draw with it.",
    published_at=MONDAY - timedelta(hours=9),
)
BREAD = item(
    "bread",
    title="Our sourdough wins a prize",
    text="Flour, water and patience: the bakery at the corner has won this year's prize for its bread.",
    published_at=MONDAY - timedelta(hours=3),
)
ANCIENT = item("ancient", title="An old post on decision trees", published_at=MONDAY - timedelta(days=200))
SPECULATION = paper(
    "2604.01003",
    title="Speculative Decoding with a Draft Model of Its Own",
    text="Speculative decoding lets a small draft model propose tokens that the large model verifies in one pass. "
    "We train the draft from the large model's own layers. Decoding is 2.6 times as fast and exact.",
    published_at=TUESDAY - timedelta(days=1),
)
PRAISE = item(
    "four-bits",
    title="Four bits are enough",
    text="Quantization of large language models to four bits, along one paper: scales, outliers, speed.",
    links=("https://arxiv.org/abs/2604.01001",),
    published_at=TUESDAY - timedelta(hours=4),
)
REVISED = paper(
    "2604.01002", title=CACHED.title, text=CACHED.text + " We add results on code.", version=2,
    published_at=CACHED.published_at, updated_at=TUESDAY - timedelta(hours=8),
)  # fmt: skip
EMPTY = item("empty", title="", text="", published_at=TUESDAY - timedelta(hours=1))
DAYS: Mapping[str, Mapping[Any, Sequence[Any] | Exception]] = {
    "arxiv": {MONDAY.date(): [QUANTIZED, CACHED], TUESDAY.date(): [SPECULATION, REVISED, QUANTIZED]},
    "blog": {MONDAY.date(): [ABOUT, DIFFUSION, ANCIENT], TUESDAY.date(): [PRAISE, ABOUT, DIFFUSION, EMPTY]},
    "bakery": {MONDAY.date(): [BREAD, DIFFUSION], TUESDAY.date(): [BREAD]},
}
PAGES = {DIFFUSION.url: DIFFUSION.text + " " + "The network is trained to predict the noise that was added. " * 8}


class Eager(OfflineModel):
    """The offline model in a mood: everything it files is worth proposing, whatever its weights say of relevance."""

    async def file(
        self, stories: Sequence[Story], outline: Outline, precedents: Precedents = NO_PRECEDENTS
    ) -> Replies[Verdict]:
        """Return its verdicts with a high relevance, in their order."""
        found = await super().file(stories, outline, precedents)
        return Replies({id: replace(v, relevance=0.9 + v.relevance / 10) for id, v in found.results.items()}, {})


class Baker(Eager):
    """The same, and into a roadmap on bread it files what speaks of bread, whose words the weights do not know."""

    async def file(
        self, stories: Sequence[Story], outline: Outline, precedents: Precedents = NO_PRECEDENTS
    ) -> Replies[Verdict]:
        """Return its verdicts, in their order."""
        found = await super().file(stories, outline, precedents)
        if outline.name == "genai":
            return found
        places = {s.id: ("sourdough", "bakeries") if "bread" in s.lead.text else ("none", "") for s in stories}
        results = {id: replace(v, section=places[id][0], chapter=places[id][1]) for id, v in found.results.items()}
        return Replies(results, {})


class World:
    """Everything outside the ledger, which outlives a run that dies."""

    def __init__(self, days: Mapping[str, Mapping[Any, Sequence[Any] | Exception]] = DAYS) -> None:
        self.source = FakeSource(days)
        self.pages = FakePages(PAGES)
        self.senders = [FakeSender("file"), FakeSender("maildir"), FakeSender("terminal", forgets=True)]

    def sent(self, kind: str) -> list[str]:
        """Return the digests that a channel got, in order."""
        return [digest for sender in self.senders if sender.kind == kind for digest, _, _ in sender.sent]


@pytest.fixture(scope="module")
def roadmap() -> Roadmap:
    """The shipped default roadmap."""
    return parse(shipped("roadmaps", "genai.md").read_text(encoding="utf-8"), "genai")


@pytest.fixture(scope="module")
def new_file(tmp_path_factory: pytest.TempPathFactory, blank_ledger: Path) -> Callable[..., Path]:
    """A maker of ledger files: empty ones, or copies of another."""
    folder, count = tmp_path_factory.mktemp("line"), iter(range(10_000))
    return lambda source=blank_ledger: Path(shutil.copy(source, folder / f"{next(count)}.db"))


def go(
    file: Path,
    world: World,
    roadmap: Roadmap,
    now: datetime,
    fuse: Fuse | None = None,
    readers: Sequence[Subscription] = (READER,),
    model: OfflineModel | None = None,
    beside: Sequence[Plan] = (),
    **options: Any,
) -> Report:
    """Do one run as a process of its own; with a fuse it dies where that has burnt down."""
    ledger, embedder = Ledger(sqlite_url(file)), ConceptEmbedder()

    def mortal(inner: Any, name: str) -> Any:
        return Mortal(inner, fuse, name) if fuse else inner

    source = mortal(world.source, "source")
    deps = Deps(
        ledger=SimpleNamespace(
            **{
                part: mortal(getattr(ledger, part), part)
                for part in (
                    *("intake", "stories", "filings", "candidates", "subscriptions", "publications"),
                    *("reviews", "outbox"),
                )
            }
        ),
        sources={"arxiv": source, "feed": source},
        pages=mortal(world.pages, "pages"),
        transcripts=FakeTranscripts(),
        index=mortal(LedgerIndex(lambda: ledger.stories.vectors(items_space(embedder))), "index"),
        embedder=mortal(embedder, "embedder"),
        models=Models(mortal(model or Eager(), "model")),
        routes={sender.kind: Route(mortal(sender, sender.kind)) for sender in world.senders},
        progress=silent,
        # Every run is a process of its own, with a name of its own, that is gone when the next one begins.
        owner=f"{socket.gethostname()}:1:run {next(RUNS)}",
        wall=lambda: WALL,
    )
    try:
        return asyncio.run(run(deps, FEEDS, readers, [Plan(roadmap, outline(roadmap)), *beside], now, **options))
    finally:
        ledger.close()


def tables(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table but those that tell of runs and tries."""
    engine, passing = sa.create_engine(sqlite_url(file)), {"attempts", "owner", "lease_until"}
    found = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name not in ("runs", "leases"):
                rows = connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
                found[table.name] = [{k: v for k, v in row.items() if k not in passing} for row in rows]
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def monday(roadmap: Roadmap, new_file: Callable[..., Path]) -> tuple[Path, World, Report]:
    """The first day, done once: its ledger (to be copied), its world and its report."""
    file, world = new_file(), World()
    return file, world, go(file, world, roadmap, MONDAY)


@pytest.fixture(scope="module")
def tuesday(
    monday: tuple[Path, World, Report], roadmap: Roadmap, new_file: Callable[..., Path]
) -> tuple[Path, World, Report]:
    """The second day, undisturbed, in a world of its own."""
    file, world = new_file(monday[0]), World()
    return file, world, go(file, world, roadmap, TUESDAY)


def counted(report: Report) -> dict[str, int]:
    """Return the outcomes that occurred."""
    return {outcome: count for outcome, count in report.outcomes.items() if count}


def test_the_first_day_takes_the_week_before(monday: tuple[Path, World, Report]) -> None:
    """New works are filed or off the roadmap, a post joins its paper, a repeated one is a duplicate."""
    report = monday[2]

    assert counted(report) == {"filed": 3, "off_roadmap": 1, "joined": 1, "duplicate": 1, "baseline": 1}
    assert [(feed.id, feed.fetched, feed.new) for feed in report.feeds] == [
        ("arxiv", 2, 2), ("blog", 3, 3), ("bakery", 2, 1),
    ]  # fmt: skip
    assert list(report.steps) == ["fetch", "dedupe", "triage", "read", "summarize", "propose", "publish", "deliver"]


def test_the_first_digest_holds_what_was_filed(monday: tuple[Path, World, Report]) -> None:
    """Each filed story stands in its section with its own words, and a post about a paper stands beside the paper."""
    [digest] = monday[2].digests

    titles = {entry.title: section.id for section in digest.sections for entry in section.entries}
    assert titles == {QUANTIZED.title: "VI", CACHED.title: "VI", DIFFUSION.title: "VIII"}
    [cached] = [e for s in digest.sections for e in s.entries if e.title == CACHED.title]
    assert cached.others == (("post", ABOUT.title, ABOUT.url),)
    assert cached.tldr in CACHED.text
    assert digest.foot.outcomes == {
        "filed": 3, "off_roadmap": 1, "joined": 1, "duplicate": 1, "baseline": 1,
    }  # fmt: skip


def test_every_channel_gets_the_digest_once(monday: tuple[Path, World, Report]) -> None:
    """One receipt per channel, each with the channel's own reference."""
    _, world, report = monday

    assert [(r.channel.kind, r.state) for r in report.deliveries] == [
        ("terminal", "sent"), ("file", "sent"), ("maildir", "sent"),
    ]  # fmt: skip
    assert all(world.sent(channel.kind) == [report.digests[0].id] for channel in READER.channels)


def test_proposals_wait_for_review_and_stand_in_the_digest(
    monday: tuple[Path, World, Report], roadmap: Roadmap
) -> None:
    """Sure and relevant stories are proposed for a chapter that exists, with a diff against this document."""
    report = monday[2]

    assert report.proposals
    assert all(roadmap.chapter(proposal.chapter) for proposal in report.proposals)
    assert all(proposal.base == roadmap.version and proposal.url in proposal.diff for proposal in report.proposals)
    assert {id for id, _ in report.digests[0].proposals} == {proposal.id for proposal in report.proposals}


def test_the_second_day_holds_only_what_is_new(tuesday: tuple[Path, World, Report]) -> None:
    """A new paper is filed, a post on a known paper and a second version join, an empty entry is filtered."""
    _, world, report = tuesday

    assert counted(report) == {"filed": 1, "joined": 2, "known": 4, "filtered": 1}
    [digest] = report.digests
    assert [e.title for s in digest.sections for e in s.entries] == [SPECULATION.title]
    assert digest.foot.outcomes == {"filed": 1, "joined": 2, "filtered": 1}
    assert world.sent("file") == [digest.id]


@pytest.mark.parametrize("day", ["monday", "tuesday"])
def test_outcomes_sum_to_what_was_fetched(day: str, request: pytest.FixtureRequest) -> None:
    """Every entry that a feed showed ends in exactly one outcome."""
    report: Report = request.getfixturevalue(day)[2]

    assert tuple(report.outcomes) == OUTCOMES
    assert sum(report.outcomes.values()) == sum(feed.fetched for feed in report.feeds)


def test_the_same_run_again_changes_nothing(
    tuesday: tuple[Path, World, Report], roadmap: Roadmap, new_file: Callable[..., Path]
) -> None:
    """A second run on the same input knows every entry, sends nothing and writes nothing."""
    file, world = new_file(tuesday[0]), World()
    before = tables(file)

    report = go(file, world, roadmap, TUESDAY)

    assert counted(report) == {"known": 8}
    assert (report.digests, report.deliveries, report.proposals) == ([], [], [])
    assert not any(sender.sent for sender in world.senders)
    assert tables(file) == before


def test_a_later_run_on_the_same_input_only_notes_that_it_read(
    tuesday: tuple[Path, World, Report], roadmap: Roadmap, new_file: Callable[..., Path]
) -> None:
    """Days without news move the feeds' last reading on, and the reader's last looking after, and nothing else."""
    file, later = new_file(tuesday[0]), TUESDAY + timedelta(days=1)
    before = tables(file)

    report = go(file, World(), roadmap, later)

    after = tables(file)
    assert report.digests == []
    assert {feed["last_success_at"] for feed in after.pop("feeds")} == {later}
    assert {mark["handled_at"] for mark in after.pop("subscription_marks")} == {later}
    before.pop("feeds"), before.pop("subscription_marks")
    assert after == before


def calls_of_tuesday(monday: Path, roadmap: Roadmap, new_file: Callable[..., Path]) -> int:
    """Return through how many calls of its ports the second day goes."""
    enough = 100_000
    fuse = Fuse(enough)
    go(new_file(monday), World(), roadmap, TUESDAY, fuse)
    return enough - int(fuse.left)


@pytest.mark.parametrize(
    ("after", "stride"),
    [
        pytest.param(True, 41, id="after some calls"),
        pytest.param(False, 1, id="before any call", marks=pytest.mark.slow),
        pytest.param(True, 1, id="after any call", marks=pytest.mark.slow),
    ],
)
def test_a_run_that_dies_anywhere_is_finished_by_the_next(
    after: bool,
    stride: int,
    monday: tuple[Path, World, Report],
    tuesday: tuple[Path, World, Report],
    roadmap: Roadmap,
    new_file: Callable[..., Path],
) -> None:
    """Killed before or after any call of any port, the next run leaves the ledger of an undisturbed one.

    Each channel that can be asked has the digest exactly once; the terminal, which cannot, has it at least once.
    """
    expected, digest = tables(tuesday[0]), tuesday[2].digests[0]

    for calls in range(1, calls_of_tuesday(monday[0], roadmap, new_file) + 1, stride):
        file, world, fuse = new_file(monday[0]), World(), Fuse(calls, after=after)
        with pytest.raises(Death):
            go(file, world, roadmap, TUESDAY, fuse)

        report = go(file, world, roadmap, TUESDAY)

        assert tables(file) == expected, f"killed at {fuse.burnt}"
        assert world.sent("file") == world.sent("maildir") == [digest.id], f"killed at {fuse.burnt}"
        assert set(world.sent("terminal")) == {digest.id}, f"killed at {fuse.burnt}"
        assert all(sent == digest for sender in world.senders for sent in sender.digests)
        assert sum(report.outcomes.values()) == sum(feed.fetched for feed in report.feeds)


def test_a_failing_feed_and_a_failing_channel_stop_nothing_else(
    roadmap: Roadmap, new_file: Callable[..., Path]
) -> None:
    """A feed that cannot be read has its reason in report and digest, and a channel that is down gets it later."""
    world = World({**DAYS, "bakery": {MONDAY.date(): SourceError("no answer", reason="timeout")}})
    world.senders[1] = FakeSender("maildir", fails=[DeliveryError("the disk is full")])
    file = new_file()

    report = go(file, world, roadmap, MONDAY)
    later = go(file, world, roadmap, MONDAY + timedelta(minutes=6))

    assert [(feed.id, feed.failed, feed.reason) for feed in report.feeds if feed.failed] == [
        ("bakery", 1, "timeout: no answer")
    ]
    assert report.digests[0].foot.failed_feeds == (("bakery", "timeout"),)
    assert [(r.channel.kind, r.state) for r in report.deliveries] == [
        ("terminal", "sent"), ("file", "sent"), ("maildir", "pending"),
    ]  # fmt: skip
    assert [(r.channel.kind, r.state) for r in later.deliveries] == [("maildir", "sent")]
    assert world.sent("maildir") == world.sent("file") == [report.digests[0].id]


def test_since_reaches_back_at_the_first_reading(roadmap: Roadmap, new_file: Callable[..., Path]) -> None:
    """With `since` the first reading announces what is older than a week."""
    report = go(new_file(), World(), roadmap, MONDAY, since=MONDAY - timedelta(days=365))

    assert report.outcomes["baseline"] == 0
    assert sum(report.outcomes.values()) == 7


BREADS = parse("# Bread\n\n## Sourdough\n\n### Bakeries\n\nHow it is baked.\n\n## Law\n\n### Contracts\n", "bread")
BAKER = Subscription("baker", (Channel("file"),), Rule(roadmap="bread"))


def test_roadmaps_stand_side_by_side(roadmap: Roadmap, new_file: Callable[..., Path]) -> None:
    """What is new is filed into each roadmap, and each subscription is told of its own; a second run is none."""
    file, world, beside = new_file(), World(), [Plan(BREADS, outline(BREADS))]

    report = go(file, world, roadmap, MONDAY, readers=(READER, BAKER), model=Baker(), beside=beside)
    before = tables(file)["verdicts"]
    again = go(file, world, roadmap, MONDAY, readers=(READER, BAKER), model=Baker(), beside=beside)

    rows = tables(file)
    [bread] = {row["story"] for row in rows["items"] if row["id"] == BREAD.id}
    places = {row["roadmap"]: row["section"] for row in rows["verdicts"] if row["story"] == bread}
    assert places == {"genai": "none", "bread": "sourdough"}
    assert counted(report) == {"filed": 4, "joined": 1, "duplicate": 1, "baseline": 1}
    told = {one.subscription: [e.title for part in one.sections for e in part.entries] for one in report.digests}
    assert told["baker"] == [BREAD.title]
    assert BREAD.title not in told["default"]
    assert again.digests == []
    assert rows["verdicts"] == before


@pytest.mark.slow
def test_a_roadmap_that_is_set_later_takes_the_week_before(roadmap: Roadmap, new_file: Callable[..., Path]) -> None:
    """A roadmap beside the main one begins with what was judged in the last week, not with the whole ledger."""
    file, world, later = new_file(), World(), replace(BREADS, name="late")
    go(file, world, roadmap, MONDAY)

    go(file, world, roadmap, TUESDAY, model=Baker(), beside=[Plan(BREADS, outline(BREADS))])
    go(file, world, roadmap, TUESDAY + timedelta(days=9), model=Baker(), beside=[Plan(later, outline(later))])

    assert {row["roadmap"] for row in tables(file)["verdicts"]} == {"genai", "bread"}
