"""Alerts are raised once and cleared once, and operators hear of them and of failed runs exactly once."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import NOW

from digestbot import operators
from digestbot.adapters.ledger import Ledger
from digestbot.app import open_ledger
from digestbot.app.absence import Absence
from digestbot.app.operating import Own, operators_channels, review_alerts, send_word
from digestbot.domain import Alert, Channel, DigestId, FeedId, FeedState, Raised, Receipt, Usage
from digestbot.errors import ConfigError, DeliveryError
from digestbot.pipeline.fetch import FeedReport
from digestbot.pipeline.line import Report, Spent
from digestbot.ports import Route
from digestbot.render.discord import digest_messages
from digestbot.render.text import digest_text
from digestbot.settings import Settings, load

HOUR, STEP = timedelta(hours=1), timedelta(minutes=10)
BLOG = FeedId("blog")
FULL = Alert("disk", "only 1 MB are free", "make room")


class Box:
    """A sender that keeps what it was given, or refuses."""

    kind: Any = "file"

    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[Any] = []
        self.error = error

    async def send(self, digest: Any, channel: Channel, key: str) -> str:
        """Keep a digest."""
        if self.error:
            raise self.error
        self.sent.append(digest)
        return key

    async def find(self, digest: Any, channel: Channel, key: str) -> str | None:
        """Return None."""
        return None

    def close(self) -> None:
        """Keep nothing open."""


@pytest.fixture
def settings(tmp_path: Path, blank_ledger: Path) -> Settings:
    """Settings with a ledger and operators who read a folder."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    return load(home=tmp_path, operators=f"file:{tmp_path / 'ops'}", model="offline")


def review(settings: Settings, ledger: Ledger, at: int, *found: Alert, report: Report | None = None) -> list[Raised]:
    """Look for alerts some steps from now."""
    own = Own(found, serves=True)
    return review_alerts(settings, ledger, (), NOW + at * STEP, report, own)


def test_operators_are_told_once_over_restarts(settings: Settings) -> None:
    """Two words for an alert that came and went, however often it was looked at and the process began anew."""
    box = Box()
    for at, found in enumerate(([FULL], [FULL], [], [])):
        ledger = open_ledger(settings)
        review(settings, ledger, at, *(replace(one, key="tick") for one in found))
        send_word(settings, ledger, NOW + at * STEP, lambda: {"file": Route(box)})
        send_word(settings, ledger, NOW + at * STEP, lambda: {"file": Route(box)})
        ledger.close()

    assert [one.subject for one in box.sent] == [
        "digestbot: 1 to look at, 2026-04-12 18:00 UTC",
        "digestbot: 1 over, 2026-04-12 18:20 UTC",
    ]


def failed_report(**changes: Any) -> Report:
    """Return the report of a run in which a feed failed."""
    found = Report(NOW, feeds=[FeedReport(BLOG, failed=1, reason="http-500"), FeedReport(FeedId("b"), new=2)])
    return replace(found, **changes)


@pytest.mark.parametrize(
    ("hear", "report", "told"),
    [
        ("alerts", failed_report(), False),
        ("failures", failed_report(), True),
        ("failures", Report(NOW), False),
        ("runs", Report(NOW), True),
        ("runs", None, False),
    ],
)
def test_runs_are_told_as_operators_wish(hear: operators.Hear, report: Report | None, told: bool) -> None:
    """Nothing when all is well, unless it was asked for."""
    failed = operators.failures(report, [BLOG]) if report else []

    assert (operators.notice([], NOW, hear, report, failed) is not None) == told


def test_failures_come_first_and_say_what_to_do() -> None:
    """Alerts, then what failed in the run, then what is over, in every format."""
    lost = Receipt(DigestId("d"), Channel("smtp", "a@example.org"), "dead", NOW, "", "550 nobody")
    report = failed_report(deliveries=[lost])
    changes = [Raised(FULL, NOW), Raised(Alert("index", "the index cannot be used"), NOW - HOUR, NOW)]

    found = operators.notice(changes, NOW, "failures", report, operators.failures(report, [BLOG]))

    assert found
    text = digest_text(found)
    order = ["1 to look at, 2 failed, 1 over", "The run read 2 feeds: 2 new entries", "only 1 MB", "make room", "smtp"]
    order += ["feed blog failed: http-500", "from 2026-04-12 17:00"]
    places = [" ".join(text.split()).find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)
    assert "Nothing new" not in text
    assert "nobody" not in text
    assert "only 1 MB" in json.dumps(digest_messages(found))


def test_a_feed_that_goes_on_failing_is_told_once(settings: Settings) -> None:
    """Of every try again there is no word: it is told when it begins, and as an alert after three days."""
    ledger = open_ledger(settings)
    state = FeedState(last_success_at=NOW, error_streak=1, reason="http-500", failing_since=NOW)
    ledger.intake.record(BLOG, [], state, NOW)
    first = review_alerts(settings, ledger, (), NOW, failed_report())
    told = len(ledger.publications.digests(10))
    review_alerts(settings, ledger, (), NOW + HOUR, failed_report(now=NOW + HOUR))
    again = len(ledger.publications.digests(10))
    ledger.close()

    assert (first, told, again) == ([], 1, 1)


def test_a_model_that_is_away_is_back_when_it_answers(settings: Settings) -> None:
    """A run that had nothing to ask does not say that the model is back."""
    ledger = open_ledger(settings)
    away, idle = Report(NOW, degraded=["no answer"]), Report(NOW)
    back = Report(NOW, steps={"triage": Spent(1.0, Usage(calls=1, tokens=5))})

    found = [review(settings, ledger, n, report=one) for n, one in enumerate((away, idle, away, back))]
    ledger.close()

    assert [[(one.alert.key, one.cleared_at is None) for one in step] for step in found] == [
        [("model", True)],
        [],
        [],
        [("model", False)],
    ]


class TestAbsence:
    """The ledger is away: the operators hear of it past the ledger."""

    def begin(self, settings: Settings, box: Box, tell: Any = print) -> None:
        """Begin with a process of its own."""
        Absence(settings.home).begin(settings, NOW, "connection refused", lambda: {"file": Route(box)}, tell)

    def test_it_is_told_once_and_recorded_when_over(self, settings: Settings) -> None:
        """A restart meanwhile neither repeats nor forgets it, and one afterwards does not record it again."""
        box = Box()
        self.begin(settings, box)
        self.begin(settings, box)
        for _ in range(2):
            Absence(settings.home).end(settings, NOW + HOUR)
        ledger = open_ledger(settings)
        send_word(settings, ledger, NOW + HOUR, lambda: {"file": Route(box)})
        ledger.close()

        assert [one.subject.split(",")[0] for one in box.sent] == ["digestbot: 1 to look at", "digestbot: 1 over"]
        assert "from 2026-04-12 18:00 to 2026-04-12 19:00" in digest_text(box.sent[1])

    def test_a_ledger_that_comes_and_goes_is_told_once_an_hour(self, settings: Settings) -> None:
        """Of what follows within the hour there is one word at its end, with how often the ledger was away."""
        box, absence = Box(), Absence(settings.home)
        for minute in range(0, 50, 10):
            at = NOW + timedelta(minutes=minute)
            absence.begin(settings, at, "connection refused", lambda: {"file": Route(box)}, print)
            absence.end(settings, at + timedelta(minutes=5))
            Absence(settings.home).end(settings, at + timedelta(minutes=6))
        for minute in (64, 66, 130, 200):
            Absence(settings.home).end(settings, NOW + timedelta(minutes=minute))
        ledger = open_ledger(settings)
        told = [digest_text(one) for one in ledger.publications.digests(10)]
        ledger.close()

        assert len(box.sent) == 1
        assert [("Over" in text, "away" in text) for text in sorted(told, key=len)] == [(True, False), (True, True)]
        assert "connection refused (away 4 times since 2026-04-12 18:10 UTC)" in " ".join(max(told, key=len).split())
        assert list(settings.home.glob("ledger-away*")) == []

    def test_an_absence_that_lasts_is_told_though_another_one_was_just_over(self, settings: Settings) -> None:
        """Not at once, but as soon as the operators had their quiet hour; a restart changes nothing in that."""
        box = Box()
        self.begin(settings, box)
        Absence(settings.home).end(settings, NOW)
        told = []
        for minute in (10, 40, 61, 90):
            at = NOW + timedelta(minutes=minute)
            Absence(settings.home).begin(settings, at, "no", lambda: {"file": Route(box)}, print)
            told.append(len(box.sent))

        assert told == [1, 1, 2, 2]

    def test_an_operator_who_cannot_be_reached_ends_nothing(self, settings: Settings) -> None:
        """That is logged, and the word comes when it is over."""
        said: list[str] = []

        self.begin(settings, Box(DeliveryError("no way out")), lambda event, **values: said.append(values["reason"]))

        assert said == ["no way out"]

    def test_a_data_folder_that_is_full_or_away_too_is_told(self, settings: Settings) -> None:
        """A webhook needs no disk: this process tells once though it cannot note it, and again when it is over."""
        box, said = Box(), list[str]()
        absence = Absence(settings.home / "gone")
        for _ in range(2):
            absence.begin(settings, NOW, "no", lambda: {"file": Route(box)}, lambda event, **values: said.append(event))
        absence.end(settings, NOW + HOUR)
        ledger = open_ledger(settings)
        (told,) = ledger.publications.digests(10)
        ledger.close()

        assert [one.subject.split(",")[0] for one in box.sent] == ["digestbot: 1 to look at"]
        assert said == ["not remembered over a restart"]
        assert "the data folder cannot be written: No such file or directory; no" in digest_text(box.sent[0])
        assert "1 over" in told.subject


def test_operators_are_named_as_channels_are(tmp_path: Path) -> None:
    """Several with commas; what names no channel is a ConfigError."""
    both = load(home=tmp_path, operators="mail:ops@example.org, discord:123456789012345678")

    assert [one.kind for one in operators_channels(both)] == ["smtp", "discord"]
    assert operators_channels(load(home=tmp_path)) == ()
    with pytest.raises(ConfigError, match="DIGESTBOT_OPERATORS"):
        operators_channels(load(home=tmp_path, operators="pigeon:x"))


def test_an_alert_that_comes_and_goes_is_told_once_in_an_hour(settings: Settings) -> None:
    """What comes back within the hour is told when it still stands after it; until then nobody hears of its ends."""
    told = []
    for at, found in enumerate(
        ([FULL], [], [FULL], [], [FULL], [FULL], [FULL], [])
    ):  # ten minutes from one to the next
        with closing(open_ledger(settings)) as ledger:
            review(settings, ledger, at, *(replace(one, key="tick") for one in found))
            told += [one["digest"] for one in ledger.outbox.deliveries() if one["digest"] not in told]

    assert [one.split("-")[1] for one in told] == [f"{NOW + at * STEP:%Y%m%d%H%M%S}" for at in (0, 1, 6, 7)]
