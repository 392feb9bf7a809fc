"""Threads: stories over days on a real ledger: arrivals, updates told once, decisions that stay in force."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from fakes import NOW, FakeEmbedder, article, feed, item, outline, paper, silent, summary, verdict

from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger
from digestbot.catalogue import items_space
from digestbot.domain import Channel, Digest, Entry, FeedState, Item, ItemId, Reading, StoryId, Subscription, Window
from digestbot.joining import apart, together
from digestbot.pipeline.dedupe import dedupe, regroup
from digestbot.pipeline.fetch import remarked, sort
from digestbot.pipeline.publish import publish

READER = Subscription("default", (Channel("file"),))
ARXIV = feed("arxiv", "arxiv")
ABSTRACT = "We keep the keys of a prompt in a rolling cache. It reaches 71.2% accuracy and outperforms a full cache."
PAPER = paper(title="Tidepool: Rolling Caches for Long Prompts", text=ABSTRACT, authors=("Ada Lovelace", "Alan Turing"))
POST = item("tidepool", title="Tidepool is out", text="Tidepool keeps a rolling cache.", links=(PAPER.url,))
CODE = item(
    "code",
    id=ItemId("repo:ada/tidepool"),
    url="https://github.com/ada/tidepool",
    title="ada/tidepool",
    text=f"Tidepool: rolling caches for long prompts. {PAPER.url}",
    medium="repository",
)
OTHER = item("bread", title="Baking sourdough", text="Flour, water, salt and a week of patience make a loaf.")


def day(number: int) -> object:
    """Return the evening of a day."""
    return NOW + timedelta(days=number)


def show(ledger: Ledger, number: int, *entries: Item) -> None:
    """Let a feed show entries on a day, as a run would see them, and put them into stories."""
    now, embedder = NOW + timedelta(days=number), FakeEmbedder()
    known = ledger.intake.known({entry.id for entry in entries})
    seen = sort(ARXIV, entries, known, Window(NOW - timedelta(days=9), now, False, NOW - timedelta(days=9)))
    changed = remarked(ARXIV, entries, known)
    ledger.intake.record_all([Reading(ARXIV.id, FeedState(last_success_at=now), tuple(seen), tuple(changed))], now)
    index = LedgerIndex(lambda: ledger.stories.vectors(items_space(embedder)))
    asyncio.run(dedupe(ledger.stories, index, embedder, now, silent))


def send(ledger: Ledger, number: int, *readers: Subscription) -> list[Digest]:
    """File and summarize what waits, and publish on a day."""
    now = NOW + timedelta(days=number)
    waiting = ledger.filings.untriaged()
    ledger.filings.record_verdicts([(verdict(story.id), "filed", "") for story in waiting], now)
    ledger.filings.record_articles([article(story.id) for story in ledger.filings.unread("map")], now)
    ready = ledger.filings.unsummarized("map", "en")
    ledger.filings.record_summaries([summary(story.id) for story, _, _ in ready], now)
    return asyncio.run(
        publish(
            ledger.candidates, ledger.subscriptions, ledger.publications, readers or (READER,), outline(), "en", now, ""
        )
    )


def entries(digests: Sequence[Digest]) -> list[Entry]:
    """Return all entries of some digests."""
    return [entry for digest in digests for section in digest.sections for entry in section.entries]


def told(digests: Sequence[Digest]) -> list[tuple[str, str]]:
    """Return label and change of each entry."""
    return [(entry.label, entry.change) for entry in entries(digests)]


def story(ledger: Ledger, id: ItemId) -> StoryId:
    """Return the story of an item."""
    return ledger.stories.linked([id])[id]


def test_another_medium_joins_without_a_second_announcement(ledger: Ledger) -> None:
    """A post about a paper that was sent is in its story, and the reader hears nothing."""
    show(ledger, 0, PAPER)
    send(ledger, 0)

    show(ledger, 1, POST)

    assert send(ledger, 1) == []
    assert story(ledger, POST.id) == story(ledger, PAPER.id)


def test_code_that_joins_is_an_update_and_told_once(ledger: Ledger) -> None:
    """The next digest says so under Update, with the first day; the one after is silent, and so is a rerun."""
    show(ledger, 0, PAPER)
    [first] = send(ledger, 0)

    show(ledger, 2, CODE)
    digests = send(ledger, 2)
    show(ledger, 3, CODE, PAPER)

    assert told(digests) == [("Update", "Its code was released: ada/tidepool.")]
    [entry] = entries(digests)
    assert (entry.first_told_at, entry.points) == (day(0), ())
    assert digests[0].earlier == (first.id,)
    assert ("repository", CODE.title, CODE.url) in entry.others
    assert digests[0].lead == "Nothing new but 1 update on an earlier story."
    assert send(ledger, 3) == []


def test_every_subscription_is_told_that_held_the_story_and_no_other(ledger: Ledger) -> None:
    """One that held it gets the update; one that comes later gets the story with everything, as new."""
    late = replace(READER, id="late")
    show(ledger, 0, PAPER)
    send(ledger, 0)
    show(ledger, 1, CODE)

    digests = {digest.subscription: digest for digest in send(ledger, 1, READER, late)}

    assert told([digests["default"]]) == [("Update", "Its code was released: ada/tidepool.")]
    assert told([digests["late"]]) == [("", "")]
    assert send(ledger, 2, READER, late) == []


def test_what_came_before_the_first_digest_is_no_update(ledger: Ledger) -> None:
    """A story is first told with all that is known of it."""
    show(ledger, 0, PAPER)
    show(ledger, 1, CODE)

    assert told(send(ledger, 1)) == [("", "")]
    assert send(ledger, 2) == []


def test_changed_claims_are_an_update_with_a_new_summary(ledger: Ledger) -> None:
    """Version 2 with another figure is told, and its article and summary are made anew; a typo is not told."""
    show(ledger, 0, PAPER)
    send(ledger, 0)

    show(ledger, 1, replace(PAPER, version=2, text=ABSTRACT.replace("rolling", "roling")))
    silence = send(ledger, 1)
    show(ledger, 2, replace(PAPER, version=3, text=ABSTRACT.replace("71.2", "69.9")))
    unread = [found.id for found in ledger.filings.unread("map")]

    assert silence == []
    assert unread == [story(ledger, PAPER.id)]
    assert told(send(ledger, 2)) == [("Update", "Version 3 changes its claims: 71.2% became 69.9%.")]


def test_an_acceptance_in_the_comment_needs_no_new_version(ledger: Ledger) -> None:
    """The authors' comment changes when a paper is accepted, often alone; it is told once however it is put later."""
    show(ledger, 0, PAPER)
    send(ledger, 0)

    show(ledger, 5, replace(PAPER, comment="Accepted at ICML 2026"))
    digests = send(ledger, 5)
    show(ledger, 6, replace(PAPER, comment="ICML 2026 camera-ready, 12 pages"))

    assert told(digests) == [("Update", "It was accepted at ICML 2026.")]
    assert send(ledger, 6) == []


def test_a_withdrawn_paper_is_taken_back_without_a_recommendation(ledger: Ledger) -> None:
    """The entry is labelled Withdrawn, quotes the reason and carries neither summary nor reasons to read it."""
    show(ledger, 0, PAPER)
    send(ledger, 0)

    show(ledger, 3, replace(PAPER, version=2, comment="Withdrawn: the proof of Lemma 2 is wrong"))
    [entry] = entries(send(ledger, 3))

    assert (entry.label, entry.tldr, entry.why) == ("Withdrawn", "", "")
    assert entry.change == "It was withdrawn. Its entry says: “Withdrawn: the proof of Lemma 2 is wrong”"


def test_a_paper_that_comes_withdrawn_says_so(ledger: Ledger) -> None:
    """Nobody is recommended a paper that was withdrawn before the first digest."""
    show(ledger, 0, replace(PAPER, version=2, comment="This paper has been withdrawn by the authors"))

    [entry] = entries(send(ledger, 0))

    assert (entry.label, entry.first_told_at) == ("Withdrawn", None)


def test_updates_stand_before_new_stories(ledger: Ledger) -> None:
    """A section begins with what is new about known stories; the opening counts both."""
    show(ledger, 0, PAPER)
    send(ledger, 0)
    show(ledger, 1, CODE, OTHER)

    digests = send(ledger, 1)

    assert [entry.label for entry in entries(digests)] == ["Update", ""]
    assert digests[0].lead.startswith("1 new story and 1 update on an earlier story in Sequences.")


def test_the_order_of_arrivals_tells_the_same_news(ledger: Ledger) -> None:
    """Code and an acceptance in one run or in two are the same two sentences."""
    show(ledger, 0, PAPER)
    send(ledger, 0)

    show(ledger, 1, replace(PAPER, comment="Accepted at ICML 2026"), CODE)
    life = ledger.history.item(PAPER.id)

    assert [news["change"] for news in life["revisions"]] == [
        "It was accepted at ICML 2026.",
        "Its code was released: ada/tidepool.",
    ]
    assert told(send(ledger, 1)) == [("Update", "It was accepted at ICML 2026. Its code was released: ada/tidepool.")]


def test_a_split_stays_whatever_arrives(ledger: Ledger) -> None:
    """An item that was split off is not joined again by a rerun, nor by a newcomer that is linked to both."""
    show(ledger, 0, PAPER, POST)
    send(ledger, 0)
    ledger.decisions.record(apart(POST.id, [PAPER.id], "ada", "a different cache", NOW))
    regroup(ledger.stories, [POST.id], NOW)

    bridge = replace(POST, id=ItemId("line:1"), url="https://mirror.example/tidepool")
    show(ledger, 1, PAPER, POST, bridge)

    assert story(ledger, POST.id) != story(ledger, PAPER.id)
    assert {link["basis"] for link in ledger.history.item(POST.id)["links"]} != set()


def test_a_split_item_goes_to_triage_as_a_story_of_its_own(ledger: Ledger) -> None:
    """What had ended as joined is under way again, is filed, and is sent as the new story that it is."""
    show(ledger, 0, PAPER, POST)
    send(ledger, 0)

    ledger.decisions.record(apart(POST.id, [PAPER.id], "ada", "", NOW))
    regroup(ledger.stories, [POST.id], NOW)

    assert [found.lead.id for found in ledger.filings.untriaged()] == [POST.id]
    assert [entry.title for entry in entries(send(ledger, 1))] == [POST.title]


def test_what_was_announced_on_its_own_before_is_not_announced_again(ledger: Ledger) -> None:
    """A story that was sent, merged by mistake and split again is filed anew and not sent anew."""
    show(ledger, 0, OTHER)
    show(ledger, 1, PAPER)
    send(ledger, 1)
    old = [story(ledger, OTHER.id), story(ledger, PAPER.id)]
    ledger.decisions.record(together([OTHER.id], [PAPER.id], [], "ada", "", NOW))
    regroup(ledger.stories, [OTHER.id], NOW)
    merged = {story(ledger, OTHER.id), story(ledger, PAPER.id)}

    ledger.decisions.record(apart(PAPER.id, [OTHER.id], "ada", "", NOW))
    regroup(ledger.stories, [PAPER.id], NOW)

    assert merged == {old[0]}
    assert [found.lead.id for found in ledger.filings.untriaged()] == [OTHER.id]
    assert send(ledger, 2) == []


def test_merged_by_hand_the_older_keeps_what_it_was(ledger: Ledger) -> None:
    """The older story's id, verdict and digests go on, and the younger's id still finds it."""
    show(ledger, 0, OTHER)
    show(ledger, 1, POST)
    digests = send(ledger, 1)
    older, younger = story(ledger, OTHER.id), story(ledger, POST.id)

    ledger.decisions.record(together([OTHER.id], [POST.id], [], "ada", "the same loaf", NOW))
    regroup(ledger.stories, [POST.id], NOW)

    life = ledger.history.item(POST.id)
    assert story(ledger, POST.id) == older
    assert [found["story"] for found in life["verdicts"]] == [older]
    assert [found["id"] for found in life["digests"]] == [digests[0].id]
    assert set(ledger.history.find([younger], [])) == {OTHER.id, POST.id}
    assert [decision["reason"] for decision in life["decisions"]] == ["the same loaf"]
    assert send(ledger, 2) == []


def test_a_doubtful_pair_is_listed_until_it_is_decided(ledger: Ledger) -> None:
    """A post that links a paper and has little to do with it waits for a person; a decision takes it off the list."""
    passing = replace(POST, title="Zzz", text="Tidepool. " + "zq " * 400)
    show(ledger, 0, PAPER, passing)
    [pair] = ledger.decisions.doubtful(10)

    ledger.decisions.record(apart(passing.id, [PAPER.id], "ada", "", NOW))

    assert {pair["a"]["id"], pair["b"]["id"]} == {PAPER.id, passing.id}
    assert ledger.decisions.doubtful(10) == []


def test_an_address_that_a_page_turned_out_to_have_joins_its_copy(ledger: Ledger) -> None:
    """Two posts whose pages name one address are one story from the next run on, if their titles allow it."""
    one = item("first", title="Baking sourdough", text="Flour.")
    other = item("second", title="Baking sourdough", text="A different teaser without any common word.")
    third = item("third", title="A history of the tram", text="Rails.")
    show(ledger, 0, one, other, third)
    shared = {"url:https://bakery.example/sourdough"}

    ledger.stories.add_names({one.id: shared})
    ledger.stories.add_names({other.id: shared, third.id: shared})
    show(ledger, 1)

    assert story(ledger, one.id) == story(ledger, other.id) != story(ledger, third.id)


def test_a_name_that_nobody_shares_changes_nothing(ledger: Ledger) -> None:
    """Only a new key that another item has is a reason to judge once more."""
    show(ledger, 0, OTHER)

    ledger.stories.add_names({OTHER.id: {"url:https://bakery.example/sourdough"}})

    assert ledger.stories.rechecks() == []
