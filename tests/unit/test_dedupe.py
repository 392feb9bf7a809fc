"""Dedupe: what is one work, which item carries it on, and that luck plays no part."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import NOW, FakeEmbedder, item, paper, silent, verdict

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.catalogue import items_space
from digestbot.domain import FeedId, FeedState, Item, ItemId, Outcome, Sighting, StoryId
from digestbot.joining import components, group
from digestbot.pipeline.dedupe import dedupe, keys_of
from digestbot.pipeline.pairs import judge_pair
from digestbot.ports import Embedder

LINK = "https://arxiv.org/abs/2604.00001"
PAPER = paper(
    title="Rolling Caches for Long Prompts",
    text="We keep the keys and values of a prompt in a rolling cache, and show that decoding stays exact.",
    authors=("Ada Lovelace", "Alan Turing"),
)
POST = item("rolling", title="How rolling caches work", text="Keys and values in a rolling cache.", links=(LINK,))
VIDEO = item(
    "video",
    id=ItemId("youtube:abcdefghijk"),
    url="https://www.youtube.com/watch?v=abcdefghijk",
    title="Rolling caches, explained",
    text="The paper on the rolling cache of keys and values: arXiv:2604.00001",
    medium="video",
)
PREPRINT = item(
    "preprint",
    title="Rolling Caches for Long Prompts",
    text=PAPER.text,
    authors=("Ada Lovelace", "Alan Turing"),
    medium="paper",
    url="https://openreview.net/forum?id=ab12cd34",
    id=ItemId("openreview:ab12cd34"),
)
LISTING = item(
    "week", title="Papers of the week", text="Seven papers.", links=(LINK, "https://arxiv.org/abs/2604.00002")
)
OTHER = paper(
    "2604.00002", title="Counting Sheep with Diffusion", text="We generate sheep and count them until asleep."
)
BREAD = item("bread", title="Baking sourdough", text="Flour, water, salt and a week of patience make a loaf.")
LOAF = item("bread-again", title="Baking sourdough", text=BREAD.text, url="https://mirror.example/bread")
EVERYTHING = (PAPER, POST, VIDEO, PREPRINT, LISTING, OTHER, BREAD, LOAF)


def see(ledger: Ledger, entries: Sequence[Item], now: datetime = NOW, outcome: Outcome | None = None) -> None:
    """Record entries as shown by a feed, under way unless they have an outcome."""
    seen = [Sighting(entry, outcome or "") for entry in entries]
    ledger.intake.record(FeedId("blog"), seen, FeedState(last_success_at=now), now)


def join(ledger: Ledger, now: datetime = NOW, embedder: Embedder | None = None) -> int:
    """Put what is pending into stories, without any index but the ledger."""
    embedder = embedder or FakeEmbedder()
    index = LedgerIndex(lambda: ledger.stories.vectors(items_space(embedder)))
    return asyncio.run(dedupe(ledger.stories, index, embedder, now, silent))


def partition(ledger: Ledger) -> set[frozenset[ItemId]]:
    """Return the items of each story."""
    stories: dict[StoryId, set[ItemId]] = {}
    for id, story in ledger.stories.linked([entry.id for entry in EVERYTHING]).items():
        stories.setdefault(story, set()).add(id)
    return {frozenset(members) for members in stories.values()}


def outcomes(ledger: Ledger) -> dict[str, str]:
    """Return where each item's sighting ended."""
    return {row["id"]: row["outcome"] for row in ledger.history.items("map")}


@pytest.mark.parametrize(
    ("a", "b", "similarity", "basis"),
    [
        pytest.param(PAPER, POST, 0.6, "it links one paper, arxiv:2604.00001", id="a post that links the paper"),
        pytest.param(PAPER, VIDEO, 0.6, "it links one paper, arxiv:2604.00001", id="a video that names the paper"),
        pytest.param(PAPER, POST, 0.2, None, id="a link to the paper in passing"),
        pytest.param(PAPER, LISTING, 0.9, None, id="a list of several papers"),
        pytest.param(PAPER, OTHER, 0.9, None, id="two papers that are much alike to the index"),
        pytest.param(
            BREAD, item("bread", title="Elsewhere"), 0.1, "same url:https://blog.example/bread", id="an address"
        ),
        pytest.param(item(url=LINK), paper(), 0.1, "same arxiv:2604.00001", id="a post at the paper's own address"),
    ],
)
def test_two_items_are_linked_for_a_reason(a: Item, b: Item, similarity: float, basis: str | None) -> None:
    """Equal identifiers link, and so does a post with the one paper it is about; in doubt two items stay apart."""
    link = judge_pair(a, b, similarity)

    assert (link.basis if link else None) == basis


@pytest.mark.parametrize(("a", "b"), [(PAPER, POST), (PAPER, PREPRINT), (BREAD, LOAF), (PAPER, OTHER)])
def test_judging_does_not_depend_on_the_order_of_the_two(a: Item, b: Item) -> None:
    """The same pair gives the same link, its ids in order."""
    link = judge_pair(a, b, 0.7)

    assert link == judge_pair(b, a, 0.7)
    assert link is None or link.a < link.b


def test_an_item_is_found_by_what_it_is_and_by_the_one_paper_it_is_about() -> None:
    """A paper and a post that links only it share a key; a list of papers has no such key."""
    shared = "about:arxiv:2604.00001"

    assert shared in keys_of(PAPER) & keys_of(POST) & keys_of(VIDEO)
    assert not any(key.startswith("about:") for key in keys_of(LISTING))


def test_keys_name_the_thing_itself() -> None:
    """An item's own id and its address are keys whatever its words."""
    assert {BREAD.id, "url:https://blog.example/bread"} <= keys_of(BREAD)


@pytest.mark.parametrize(
    ("nodes", "edges", "expected"),
    [
        ("", [], []),
        ("abc", [], ["a", "b", "c"]),
        ("abcd", ["ab", "bc"], ["abc", "d"]),
        ("abcd", ["ab", "cd", "da"], ["abcd"]),
        ("ab", ["az", "zb"], ["a", "b"]),
        ("ab", ["aa", "ab", "ba"], ["ab"]),
    ],
)
def test_components_are_what_is_connected(nodes: str, edges: list[str], expected: list[str]) -> None:
    """Nodes are together when a path of edges joins them; edges to strangers are passed over."""
    found = components(nodes, [(edge[0], edge[1]) for edge in edges])

    assert sorted("".join(sorted(component)) for component in found) == expected


def ids(*entries: Item) -> set[ItemId]:
    """Return the ids of items."""
    return {entry.id for entry in entries}


@pytest.mark.parametrize(
    ("members", "judged", "under_way", "lead", "expected"),
    [
        pytest.param([BREAD], False, ids(BREAD), BREAD, {}, id="alone it carries itself"),
        pytest.param([BREAD, LOAF], False, ids(BREAD, LOAF), BREAD, {LOAF.id: "duplicate"}, id="the same medium again"),
        pytest.param(
            [POST, PAPER], False, ids(POST, PAPER), PAPER, {POST.id: "joined"}, id="the paper leads, the post joins"
        ),
        pytest.param([PAPER, POST], True, ids(POST), PAPER, {POST.id: "joined"}, id="it joins a story that was judged"),
        pytest.param([BREAD, LOAF], True, ids(LOAF), BREAD, {LOAF.id: "duplicate"}, id="it repeats a judged story"),
        pytest.param([BREAD], False, set(), BREAD, {}, id="baseline alone"),
        pytest.param([BREAD, LOAF], False, ids(LOAF), BREAD, {LOAF.id: "duplicate"}, id="it repeats baseline"),
        pytest.param([PAPER, POST], False, ids(POST), PAPER, {}, id="it adds a medium to baseline and carries it on"),
        pytest.param(
            [PAPER, POST, VIDEO], False, ids(POST, VIDEO), PAPER, {VIDEO.id: "joined"}, id="the first of two carries"
        ),
        pytest.param(
            [POST, VIDEO, PAPER], False, ids(VIDEO, PAPER), PAPER, {VIDEO.id: "joined"}, id="the lead carries if it can"
        ),
    ],
)
def test_one_item_carries_a_story_and_the_others_end(
    members: Sequence[Item], judged: bool, under_way: Collection[ItemId], lead: Item, expected: dict[ItemId, Outcome]
) -> None:
    """Of the items under way one goes on to triage, unless the story was judged; the others repeat it or join it."""
    found = group(members, [], judged, under_way, {})

    assert found.lead == lead.id
    assert {id: outcome for id, (outcome, _) in found.outcomes.items()} == expected


def test_a_story_keeps_the_id_of_its_oldest_part() -> None:
    """A story that grows keeps its id, and the ids of those merged into it live on."""
    found = group([BREAD, LOAF], [StoryId("s-old"), StoryId("s-young")], False, set(), {})

    assert (found.story, found.merged) == ("s-old", ("s-young",))


def test_a_new_story_s_id_is_made_from_its_first_member() -> None:
    """The same items give the same id in every ledger."""
    one, again = (group([BREAD, LOAF], [], False, ids(BREAD), {}) for _ in range(2))
    other = group([LOAF, BREAD], [], False, ids(BREAD), {})

    assert one.story == again.story != other.story


def test_an_ended_item_tells_why() -> None:
    """The reason names the lead and what the two have in common."""
    found = group([BREAD, LOAF], [], False, ids(BREAD, LOAF), {LOAF.id: "titles equal"})

    assert found.outcomes[LOAF.id] == ("duplicate", f"same work as {BREAD.id}: titles equal")


def test_items_of_one_run_become_stories(ledger: Ledger) -> None:
    """A paper, its preprint elsewhere, a post and a video about it are one story; a list of papers is another."""
    see(ledger, EVERYTHING)

    count = join(ledger, embedder=ConceptEmbedder())

    assert count == len(EVERYTHING)
    assert partition(ledger) == {
        frozenset(ids(PAPER, PREPRINT, POST, VIDEO)), frozenset(ids(LISTING)), frozenset(ids(OTHER)),
        frozenset(ids(BREAD, LOAF)),
    }  # fmt: skip
    assert outcomes(ledger) == {
        PAPER.id: "", PREPRINT.id: "duplicate", POST.id: "joined", VIDEO.id: "joined", LISTING.id: "", OTHER.id: "",
        BREAD.id: "", LOAF.id: "duplicate",
    }  # fmt: skip


def test_nothing_pending_is_nothing_done(ledger: Ledger) -> None:
    """A second pass over the same items finds none and changes nothing."""
    see(ledger, EVERYTHING)
    join(ledger)
    before = partition(ledger)

    assert join(ledger) == 0
    assert partition(ledger) == before


def test_a_bridge_merges_two_stories_into_the_older(ledger: Ledger) -> None:
    """When the paper that two posts are about arrives, their stories become one under the older one's id."""
    day = timedelta(days=1)
    see(ledger, [POST], NOW - 2 * day)
    join(ledger)
    see(ledger, [VIDEO], NOW - day)
    join(ledger)
    before = ledger.stories.linked([POST.id, VIDEO.id])

    see(ledger, [PAPER], NOW)
    join(ledger)

    assert set(ledger.stories.linked([POST.id, VIDEO.id, PAPER.id]).values()) == {before[POST.id]}
    assert ledger.history.find([before[VIDEO.id]], []) == sorted(ids(PAPER, POST, VIDEO))
    assert ledger.history.item(PAPER.id)["story"][0]["lead"] == PAPER.id


def test_what_joins_a_judged_story_is_not_judged_again(ledger: Ledger) -> None:
    """A post about a paper that was filed yesterday ends as joined, and nothing is under way."""
    see(ledger, [PAPER], NOW - timedelta(days=1))
    join(ledger)
    story = ledger.stories.linked([PAPER.id])[PAPER.id]
    ledger.filings.record_verdicts([(verdict(story), "filed", "")], NOW)

    see(ledger, [POST])
    join(ledger)

    assert outcomes(ledger)[POST.id] == "joined"
    assert ledger.filings.untriaged() == []


def test_baseline_is_no_news_by_itself_and_a_new_medium_makes_it_news(ledger: Ledger) -> None:
    """Items from before the first reading are in stories but not under way; a new post about one carries it on."""
    see(ledger, [PAPER], NOW - timedelta(days=1), outcome="baseline")
    join(ledger)
    assert ledger.filings.untriaged() == []

    see(ledger, [POST])
    join(ledger)

    assert [found.lead.id for found in ledger.filings.untriaged()] == [PAPER.id]


def test_members_stand_in_order_of_arrival_after_a_merge(ledger: Ledger) -> None:
    """The first paper to arrive leads a story, whichever of the merged stories it was in."""
    one, two = paper("2604.00003", title="Rolling", text="x"), paper("2604.00004", title="Other", text="y")
    bridge = paper("2604.00005", title="Bridge", text="z")
    for n, entry in enumerate((POST, one, two)):
        see(ledger, [entry], NOW - timedelta(days=3 - n))
        join(ledger)
    found = ledger.stories.linked([POST.id, one.id, two.id])

    arrived = ledger.stories.members(set(found.values()))

    assert [id for id, _ in arrived] == [POST.id, one.id, two.id]
    assert bridge.id not in found


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, blank_ledger: Path) -> Callable[[], Ledger]:
    """A maker of empty ledgers."""
    folder, count = tmp_path_factory.mktemp("orders"), iter(range(1000))
    return lambda: Ledger(sqlite_url(Path(shutil.copy(blank_ledger, folder / f"{next(count)}.db"))))


@pytest.mark.slow
def test_stories_do_not_depend_on_the_order_of_arrival(fresh: Callable[[], Ledger]) -> None:
    """However the same items are shuffled and spread over runs, the same ones are together and the same one leads."""
    lot, found = random.Random(4), []
    for _ in range(12):
        ledger, entries = fresh(), list(EVERYTHING)
        lot.shuffle(entries)
        cuts = sorted(lot.sample(range(1, len(entries)), k=lot.randrange(4)))
        for run, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(entries)], strict=True)):
            now = datetime(2026, 4, 1 + run, tzinfo=UTC)
            see(ledger, entries[start:end], now)
            join(ledger, now, ConceptEmbedder())
        found.append(partition(ledger))
        ledger.close()

    assert all(stories == found[0] for stories in found)


@pytest.mark.slow
def test_within_a_run_the_order_of_entries_changes_nothing(fresh: Callable[[], Ledger]) -> None:
    """The same entries in any order give the same ids, leads, links and outcomes."""
    lot, found = random.Random(5), []
    for _ in range(5):
        ledger, entries = fresh(), list(EVERYTHING)
        lot.shuffle(entries)
        see(ledger, entries)
        join(ledger, embedder=ConceptEmbedder())
        found.append([ledger.history.item(entry.id) for entry in EVERYTHING])
        ledger.close()

    assert all(lives == found[0] for lives in found)
