"""Order: whatever the order and the batches in which the same items come, the same stories come of them."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import planted
import pytest
from fakes import silent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.catalogue import items_space
from digestbot.domain import FeedId, FeedState, ItemId, Sighting
from digestbot.joining import apart
from digestbot.pipeline.dedupe import dedupe, regroup

pytestmark = pytest.mark.slow

# Fourteen works of every kind of entry, and what looks like them: fifty-nine items.
ENTRIES = [entry.item for entry in planted.stories() if entry.work in {w[0] for w in planted.works()[:14]}]
ENTRIES += [entry.item for entry in planted.near_misses()]
CUT = (ItemId("arxiv:2604.01000"), ItemId("youtube:talk0000000"))
"""Two items of one work that a person has decided are two."""


class Remembering(ConceptEmbedder):
    """Embeds each text once for all the examples."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([_embedded(text) for text in texts])


@cache
def _embedded(text: str) -> NDArray[np.float32]:
    return np.asarray(ConceptEmbedder().embed([text])[0], np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the ledgers of the examples are."""
    return tmp_path_factory.mktemp("orders")


def ingested(blank: Path, folder: Path, order: Sequence[int], cuts: Sequence[int], *, decide: bool = False) -> Ledger:
    """Return a ledger that was shown the entries in this order, cut into runs; `decide` splits two of them first."""
    ledger = Ledger(sqlite_url(Path(shutil.copy(blank, folder / "ledger.db"))))
    if decide:
        ledger.decisions.record(apart(CUT[0], [CUT[1]], "ada", "", planted.FIRST_DAY))
    bounds = [0, *sorted(set(cuts)), len(order)]
    for run, (start, end) in enumerate(itertools.pairwise(bounds)):
        show(ledger, [ENTRIES[place] for place in order[start:end]], run)
    return ledger


def show(ledger: Ledger, entries: Sequence[object], run: int) -> None:
    """Let a feed show entries, and put them into stories."""
    now, embedder = planted.FIRST_DAY + timedelta(days=run), Remembering()
    seen = [Sighting(entry, "") for entry in entries]  # type: ignore[arg-type]  # items
    ledger.intake.record(FeedId("blog"), seen, FeedState(last_success_at=now), now)
    index = LedgerIndex(lambda: ledger.stories.vectors(items_space(embedder)))
    asyncio.run(dedupe(ledger.stories, index, embedder, now, silent))


def outcome(ledger: Ledger) -> tuple[object, ...]:
    """Return what must not depend on the order: who is together under which lead, the links and the doubts."""
    ids = [entry.id for entry in ENTRIES]
    web = ledger.stories.web(ids)
    together: dict[str, set[str]] = {}
    for id, story in web.story_of.items():
        together.setdefault(story, set()).add(id)
    leads = {frozenset(members): web.leads[story] for story, members in together.items()}  # type: ignore[index]  # ids
    doubts = [(pair["a"]["id"], pair["b"]["id"]) for pair in ledger.decisions.doubtful(1000)]
    return {k: v for k, v in leads.items() if len(k) > 1}, len(leads), web.links, sorted(doubts)


ORDERS = st.permutations(range(len(ENTRIES)))
CUTS = st.lists(st.integers(1, len(ENTRIES) - 1), max_size=6)
FEW = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def expected(blank_ledger: Path, folder: Path) -> dict[bool, tuple[object, ...]]:
    """What comes of all entries at once, with and without a decision."""
    found = {}
    for decide in (False, True):
        ledger = ingested(blank_ledger, folder, range(len(ENTRIES)), [], decide=decide)
        found[decide] = outcome(ledger)
        ledger.close()
    return found


@FEW
@given(order=ORDERS, cuts=CUTS, decide=st.booleans())
def test_any_order_and_any_batches_give_the_same_stories(
    blank_ledger: Path,
    folder: Path,
    expected: dict[bool, tuple[object, ...]],
    order: list[int],
    cuts: list[int],
    decide: bool,
) -> None:
    """Members, leads, links and doubts are the same, also where a person has kept two items apart."""
    ledger = ingested(blank_ledger, folder, order, cuts, decide=decide)

    found = outcome(ledger)
    ledger.close()

    assert found == expected[decide]


def test_the_decision_made_a_difference(expected: dict[bool, tuple[object, ...]]) -> None:
    """The two that were kept apart are in two stories, one more than without the decision."""
    assert expected[True][1] == int(str(expected[False][1])) + 1


def test_running_twice_changes_nothing(blank_ledger: Path, folder: Path) -> None:
    """A second run on the same items, and making every story anew, leave every life as it was."""
    ledger = ingested(blank_ledger, folder, range(len(ENTRIES)), [20, 40])
    ids = [entry.id for entry in ENTRIES]
    before = [ledger.history.item(id) for id in ids]

    show(ledger, ENTRIES, 3)
    regroup(ledger.stories, ids, planted.FIRST_DAY + timedelta(days=9))

    assert [ledger.history.item(id) for id in ids] == before
    ledger.close()
