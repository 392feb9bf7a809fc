"""What the pages ask of the ledger: rows of stories by key, whole stories, what is like them, and public digests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from fakes import NOW, digest, filed, item, summary
from numpy.typing import NDArray

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.catalogue import add_documents, document_of
from digestbot.domain import (
    DigestId,
    FeedId,
    FeedState,
    Filed,
    Group,
    ItemId,
    News,
    Placing,
    Sighting,
    StoryId,
)
from digestbot.search import documents_space

DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, blank_ledger: Path) -> Iterator[Ledger]:
    """An empty ledger on each database."""
    if request.param == "sqlite":
        url = sqlite_url(Path(shutil.copy(blank_ledger, tmp_path / "ledger.db")))
    else:
        url = request.getfixturevalue("postgres_url")
    found = Ledger(url)
    yield found
    found.close()


class Turning:
    """An embedder whose vectors turn with the number that a text ends in: neighbours are alike."""

    name = "turning"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        angles = [0.1 * int("0" + "".join(c for c in text[:20] if c.isdigit())) for text in texts]
        return np.array([[np.cos(angle), np.sin(angle)] for angle in angles], np.float32)


def record(ledger: Ledger, *stories: Filed, at: timedelta = timedelta()) -> None:
    """Let stories be read, judged and summarized at an instant."""
    now = NOW + at
    members = [one for found in stories for one in found.story.members]
    ledger.intake.record(FeedId("blog"), [Sighting(one, "filed") for one in members], FeedState(), now)
    groups = [Group(one.story.id, one.story.lead.id, tuple(i.id for i in one.story.members)) for one in stories]
    ledger.stories.record([], groups, now)
    ledger.filings.record_verdicts([(one.verdict, "filed", "") for one in stories], now)
    ledger.filings.record_articles([one.article for one in stories], now)
    ledger.filings.record_summaries([one.summary for one in stories], now)


def told(name: str, **judged: object) -> Filed:
    """Return a filed story whose parts bear its own id."""
    one = filed(name, **judged)  # type: ignore[arg-type]  # fields of a verdict
    id = one.story.id
    return replace(one, article=replace(one.article, story=id), summary=replace(one.summary, story=id))


def test_every_story_of_a_place_comes_once_newest_first(ledger: Ledger) -> None:
    """Page after page by key: none is lost or told twice, though many were filed in one instant and are as relevant."""
    for day in range(3):
        many = [told(f"{day}-{n}", relevance=0.1 * (n % 2), section="I" if n < 4 else "none") for n in range(5)]
        record(ledger, *many, at=day * DAY)

    pages, before = [], ""
    for _ in range(10):
        found = ledger.archive.cards("map", ("en",), section="I", before=before, limit=5)
        pages.append([card.id for card in found.cards])
        before = found.before
        if not before:
            break

    ids = [id for page in pages for id in page]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert len(set(ids)) == 12
    assert [id[2] for id in ids] == ["2"] * 4 + ["1"] * 4 + ["0"] * 4
    assert all(card.section == "I" for card in ledger.archive.cards("map", ("en",)).cards)


@pytest.mark.parametrize("before", ["x", "20260412T180000000000~0.5", "20261399T180000000000~0.5~s", "'; drop--", "~~"])
def test_a_place_that_is_none_is_refused(ledger: Ledger, before: str) -> None:
    """Whoever makes up an address gets no page, and no fault of ours."""
    with pytest.raises(LookupError):
        ledger.archive.cards("map", ("en",), before=before)
    with pytest.raises(LookupError):
        ledger.archive.digests(f"x{before}")


def test_rows_go_by_roadmap_chapter_and_time(ledger: Ledger) -> None:
    """A chapter's stories are its own, and so are another roadmap's."""
    record(ledger, told("a", chapter="first"), told("b", chapter="other"), told("c", roadmap="else"), at=-DAY)
    record(ledger, told("d", chapter="first"))

    def ids(**asked: object) -> list[str]:
        return [card.id for card in ledger.archive.cards("map", ("en",), **asked).cards]  # type: ignore[arg-type]

    assert ids(section="I", chapter="first") == ["s-d", "s-a"]
    assert ids(since=NOW) == ["s-d"]
    assert set(ids()) == {"s-a", "s-b", "s-d"}


def test_the_best_come_by_relevance(ledger: Ledger) -> None:
    """Of each section that is asked for, or of all, since an instant."""
    record(ledger, told("old", relevance=1.0), at=-2 * DAY)
    record(ledger, told("a", relevance=0.2), told("b", relevance=0.9), told("c", relevance=0.5, section="II"))

    def ids(**asked: object) -> list[str]:
        return [card.id for card in ledger.archive.best("map", ("en",), NOW - DAY, 1, **asked)]  # type: ignore[arg-type]

    assert ids() == ["s-b"]
    assert ids(sections=["II", "I"]) == ["s-c", "s-b"]


def test_a_summary_comes_in_the_language_that_is_wanted_first(ledger: Ledger) -> None:
    """Where there is none in it, in the next one, and at last in any."""
    one = told("a")
    record(ledger, one)
    ledger.filings.record_summaries([summary("s-a", lang="zh", tldr="说明一事。")], NOW)

    def tldr(*langs: str) -> str:
        return ledger.archive.cards("map", langs).cards[0].tldr

    assert tldr("zh", "en") == "说明一事。"
    assert tldr("zh-Hant", "en") == "It shows a thing."
    assert tldr("fr")


def test_a_row_says_what_else_there_is_of_a_story(ledger: Ledger) -> None:
    """Its other media, and when anything of it last changed."""
    lead, talk = item("a"), item("a-talk", medium="video")
    one = told("a")
    record(ledger, replace(one, story=replace(one.story, lead=lead, members=(lead, talk))))
    group = Group(one.story.id, lead.id, (lead.id, talk.id), news=(News("code", "x", "Its code is out."),))
    ledger.stories.record([], [group], NOW + DAY)

    card = ledger.archive.cards("map", ("en",)).cards[0]

    assert card.others == ("video",)
    assert card.filed_at == NOW
    assert card.updated_at == NOW + DAY


def test_a_story_has_all_that_is_known_of_it(ledger: Ledger) -> None:
    """Verdict, summaries, news, public digests and a person's word; not who said it, nor the article's text."""
    record(ledger, told("a"))
    placing = Placing(ItemId("url:https://blog.example/a"), "map", "II", "second", "ada", "It is about images.", NOW)
    ledger.placings.place(placing, placing.on(told("a").verdict), "filed", "")
    held = [StoryId("s-a")]
    ledger.publications.record_digests([(digest(id="d1"), held, {}), (digest(id="d2", subscription="hers"), held, {})])

    found = ledger.archive.dossier("s-a")

    assert found
    assert found.first_seen_at == NOW
    assert [(verdict.section, at) for verdict, at in found.verdicts] == [("II", NOW)]
    assert found.article
    assert found.article.text == ""
    assert [one.digest for one in found.told] == ["d1"]
    assert found.placed == ((NOW, "map", "It is about images."),)


def test_a_story_is_found_by_an_id_that_it_had(ledger: Ledger) -> None:
    """Links to stories that were joined still lead somewhere; what was never judged is no page."""
    record(ledger, told("a"), told("b"))
    a, b = (ItemId(f"url:https://blog.example/{name}") for name in "ab")
    ledger.stories.record([], [Group(StoryId("s-a"), a, (a, b), merged=(StoryId("s-b"),))], NOW)

    found = ledger.archive.dossier("s-b")

    assert found
    assert found.story.id == "s-a"
    assert ledger.archive.dossier("s-nothing") is None


def test_what_is_most_alike_comes_first(ledger: Ledger) -> None:
    """By the stored vectors, of those that share words or a place; itself is not among them."""
    embedder = Turning()
    many = [told(f"{n}") for n in range(1, 8)]
    record(ledger, *many)
    add_documents(ledger.corpus, ledger.stories, embedder, [document_of(one) for one in many])

    found = ledger.archive.related("s-3", ("en",), documents_space(embedder), 3)

    assert found[0].id in ("s-2", "s-4")
    assert {card.id for card in found} <= {"s-1", "s-2", "s-4", "s-5"}


def test_what_is_announced_is_read_together_and_alike(ledger: Ledger) -> None:
    """Of stories that were announced, by an id that they had, never judged or not announced, all is as singly."""
    embedder = Turning()
    many = [told(f"{n}", chapter="first" if n % 2 else "other") for n in range(1, 8)]
    record(ledger, *many)
    add_documents(ledger.corpus, ledger.stories, embedder, [document_of(one) for one in many])
    a, b = (ItemId(f"url:https://blog.example/{n}") for n in (1, 2))
    ledger.stories.record([], [Group(StoryId("s-1"), a, (a, b), merged=(StoryId("s-2"),))], NOW)
    ids, asked = [f"s-{n}" for n in range(1, 9)], (("en",), documents_space(embedder), 3)

    ledger.ahead.announce(ids[:-2])
    ahead = [(ledger.ahead.dossier(id), ledger.ahead.related(id, *asked)) for id in ids]

    assert ahead == [(ledger.archive.dossier(id), ledger.archive.related(id, *asked)) for id in ids]
    assert [dossier is None for dossier, _ in ahead] == [False] * 7 + [True]
    assert sum(bool(kin) for _, kin in ahead) == 6


def test_only_the_settings_own_digests_are_for_anybody(ledger: Ledger) -> None:
    """Somebody's subscription is theirs, by list and by id; the others go on by key."""
    every = [digest(id=f"d{n}", created_at=NOW + n * DAY) for n in range(3)]
    hers = digest(id="hers", subscription="hers", created_at=NOW + 9 * DAY)
    ledger.publications.record_digests([(one, [], {}) for one in (*every, hers)])

    first = ledger.archive.digests(limit=2)
    second = ledger.archive.digests(first.before, limit=2)

    assert [one.id for one in (*first.digests, *second.digests)] == ["d2", "d1", "d0"]
    assert second.before == ""
    assert ledger.archive.digest(DigestId("hers")) is None
    assert ledger.archive.digest(DigestId("d1")) == every[1]


def test_sections_are_counted(ledger: Ledger) -> None:
    """What came lately, and what there is in all; what belongs nowhere is none of it."""
    record(ledger, told("a"), told("b", section="II"), at=-9 * DAY)
    record(ledger, told("c"), told("d", section="none"))

    ids = ("I", "II", "III")

    lately, ever = ledger.archive.tallies("map", ids, NOW - DAY), ledger.archive.tallies("map", ids)

    assert lately == {"I": 1}
    assert ever == {"I": 2, "II": 1}
    assert ledger.archive.feed_counts(NOW - DAY) == {"blog": 2}
