"""`digestbot forget`, and the part of the ledger that is about readers."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import calling
import pytest
from calling import Called
from digests import digest
from fakes import NOW

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import Channel, Digest, DigestId, Opinion, StoryId, Subscription
from digestbot.domain.answers import Answer, Asked
from digestbot.pipeline.publish import delivery_key

ADA, BOB = Channel("smtp", "Ada Lovelace <Ada@example.org>"), Channel("smtp", "bob@example.org")


@pytest.fixture
def home(tmp_path: Path, blank_ledger: Path) -> Path:
    """A data folder in which Ada has a digest of her own and one that she shares with Bob."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    ledger = Ledger(sqlite_url(tmp_path / "ledger.db"))
    for id, channels in (("hers", (ADA,)), ("both", (ADA, BOB)), ("his", (BOB,))):
        ledger.subscriptions.save([Subscription(id, channels, created_at=NOW)])
        made: Digest = digest(id=f"{id}-1", subscription=id, created_at=NOW)
        keys = {delivery_key(made.id, to): to for to in channels}
        ledger.publications.record_digests([(made, [StoryId("s")], keys)])
    for row in ledger.outbox.deliveries():
        reason = "refused: 550 <ada@example.org> is full" if row["address"] == BOB.address else ""
        ledger.outbox.settle(row["key"], "sent", NOW, reason=reason)
    ledger.outbox.suspend(ADA, NOW, "550 5.1.1 <ada@example.org>: no such user")
    ledger.publications.record_run(NOW, NOW, {"digests": [{"id": "hers-1", "subscription": "hers"}]})
    ledger.publications.record_run(NOW, NOW, {"deliveries": [{"reason": "550 <ADA@example.org> unknown"}]})
    ledger.close()
    return tmp_path


def forget(home: Path, *words: str, answer: str = "") -> Called:
    """Return what the command answers to a person at the terminal."""
    own = {"DIGESTBOT_HOME": str(home), "DIGESTBOT_NOW": NOW.isoformat()}
    return calling.call("forget", *words, env=own, input=answer)


def test_nothing_of_an_address_is_left(home: Path) -> None:
    """The database's files hold the address nowhere, in no spelling: not in free pages, nor in the log."""
    before = (home / "ledger.db").read_bytes().lower()

    result = forget(home, "ada@example.org", "--yes", "--json")

    left = b"".join(file.read_bytes() for file in home.glob("ledger.db*")).lower()
    assert result.exit_code == 0, result.output
    assert (b"ada@" in before, b"lovelace" in before) == (True, True)
    assert (b"ada@" in left, b"lovelace" in left) == (False, False)
    assert b"bob@example.org" in left
    assert b"hers" not in left
    assert delivery_key(DigestId("both-1"), ADA).encode() not in left


def test_what_was_deleted_is_told(home: Path) -> None:
    """Each kind is counted; what is shared goes on for the others."""
    result = forget(home, "ada@example.org", "--yes", "--json")

    told = json.loads(result.stdout)
    ledger = Ledger(sqlite_url(home / "ledger.db"))
    left = {one.id: one.channels for one in ledger.subscriptions.all()}
    sent = [one.id for one in ledger.publications.digests(9)]
    ledger.close()
    assert told == {
        "subscriptions": ["hers"], "shared": ["both"], "digests": 1, "deliveries": 2, "suspensions": 1, "sign_ups": 0,
        "mentions": 4, "erased": True, "answers": 0, "opinions": 0, "suggestions": 0, "in_settings": False,
    }  # fmt: skip
    assert left == {"both": (BOB,), "his": (BOB,)}
    assert sorted(sent) == ["both-1", "his-1"]


def test_what_somebody_asked_is_forgotten(home: Path) -> None:
    """Questions by that address, in any spelling, go with what they thought of answers; those of others stay."""
    ledger = Ledger(sqlite_url(home / "ledger.db"))
    for id, who in (("a1", "ada@example.org"), ("a2", "Ada@Example.org"), ("b1", "bob@example.org")):
        asked = Asked("her very own question", who=who) if id != "b1" else Asked("his", who=who)
        ledger.answers.record(Answer(id, asked, "", "en", "thin", "offline", "1", NOW), "", "")
        ledger.answers.judge(id, who, "helpful", "", NOW)
    ledger.close()

    result = forget(home, "Ada@Example.org", "--yes", "--json")

    ledger = Ledger(sqlite_url(home / "ledger.db"))
    left = [id for id in ("a1", "a2", "b1") if ledger.answers.answer(id)]
    verdicts = ledger.answers.verdicts()
    ledger.close()
    files = b"".join(file.read_bytes() for file in home.glob("ledger.db*"))
    assert json.loads(result.stdout)["answers"] == 2
    assert (left, verdicts, b"her very own question" in files) == (["b1"], {"helpful": 1}, False)


def test_what_somebody_on_discord_said_is_forgotten(home: Path) -> None:
    """Votes and saves go, what they suggested stays without their name and place; the others' stay as they are."""
    ledger = Ledger(sqlite_url(home / "ledger.db"))
    for who in ("discord:77", "discord:88"):
        ledger.opinions.say(Opinion(who, "vote", "s", NOW))
        ledger.suggestions.suggest([f"https://e.example/{who}"], who, NOW, "555", "zh-CN")
    ledger.close()

    result = forget(home, "discord:77", "--yes", "--json")

    ledger = Ledger(sqlite_url(home / "ledger.db"))
    told, rows = json.loads(result.stdout), ledger.suggestions.all()
    kept = [len(ledger.opinions.of(who, "vote", 9)) for who in ("discord:77", "discord:88")]
    ledger.close()
    assert (told["opinions"], told["suggestions"], kept) == (1, 1, [0, 1])
    assert sorted((row.by, row.place) for row in rows) == [("discord:88", "555"), ("somebody", "")]


def test_it_asks_before(home: Path) -> None:
    """Without a yes nothing is deleted."""
    result = forget(home, "ada@example.org", answer="n\n")

    assert result.exit_code == 1
    assert b"ada@" in (home / "ledger.db").read_bytes().lower()


def test_who_is_not_there_is_no_error(home: Path) -> None:
    """An address that nothing is known of is forgotten already."""
    result = forget(home, "eve@example.org", "--yes", "--json")

    assert json.loads(result.stdout)["subscriptions"] == []


def test_an_address_of_the_settings_is_named(home: Path) -> None:
    """The settings are the operator's to change, so the command says that they still name it."""
    result = forget(home, "reader@localhost", "--yes", "--json")

    assert json.loads(result.stdout)["in_settings"] is True


def test_sign_ups_are_forgotten_and_pruned(ledger: Ledger) -> None:
    """What was counted goes with its name, and everything of the day before by itself."""
    readers = ledger.readers
    readers.may_ask("ada", NOW, 9, 9)
    readers.may_ask("bob", NOW, 9, 9)

    gone = readers.forget("ada@example.org", "ada").sign_ups
    later = readers.may_ask("eve", NOW + timedelta(days=1), 9, 1)

    assert (gone, later) == (1, True)


def test_sign_ups_have_a_limit_in_all(ledger: Ledger) -> None:
    """However many addresses ask, no more than so many mails go out in a day."""
    answers = [ledger.readers.may_ask(f"r{n}", NOW, 9, 2) for n in range(3)]

    assert answers == [True, True, False]
