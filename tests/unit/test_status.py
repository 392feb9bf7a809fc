"""How it goes: what is counted, what somebody should look at, and how machines read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW, digest, feed, item
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from digestbot.adapters.ledger import Ledger
from digestbot.app import open_ledger
from digestbot.commands.status import span, status_command
from digestbot.domain import Cadence, Channel, Counts, FeedId, FeedState, Sighting, Subscription
from digestbot.errors import StoreError
from digestbot.settings import Settings, load
from digestbot.status import FeedHealth, Spent, Status, alerts, feed_healths, lag_s, next_digest, quantile, unready
from digestbot.web.metrics import metrics_of
from digestbot.web.watch import application

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD = FeedHealth(FeedId("a"), "good", last_success_at=NOW - HOUR, next_check_at=NOW + HOUR)
FAILING = FeedHealth(FeedId("b"), "failing", "http-500", NOW - HOUR, NOW - 2 * HOUR, NOW + HOUR)
WELL = Status(NOW, Counts(NOW - DAY), (GOOD,), 1, NOW + HOUR, (), 0, 0.0, 10 << 30, "")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder."""
    (tmp_path / "feeds.yaml").write_text("feeds:\n  - {id: blog, kind: feed, url: https://blog.example/feed}\n")
    return load(home=tmp_path)


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    """The ledger of these settings."""
    found = open_ledger(settings)
    yield found
    found.close()


def test_nothing_is_wrong_with_what_goes_well() -> None:
    """A feed that was read and a queue that is empty are nothing to look at."""
    assert alerts(WELL) == []
    assert unready(WELL) == []
    assert lag_s(WELL) == 0.0


@pytest.mark.parametrize(
    ("status", "told", "ready"),
    [
        (replace(WELL, feeds=(replace(GOOD, last_success_at=NOW - 2 * DAY),)), "no feed was read well since", False),
        (replace(WELL, feeds=(FeedHealth(FeedId("a"), "failing", "dns"),)), "no feed was read well ever", True),
        (replace(WELL, feeds=(GOOD, FAILING, replace(FAILING, id=FeedId("c")))), "2 of 3 feeds fail", True),
        (replace(WELL, counts=replace(WELL.counts, queue={"dead": 1})), "1 delivery is given up", True),
        (replace(WELL, counts=replace(WELL.counts, queue={"in_doubt": 2})), "2 deliveries are in doubt", True),
        (replace(WELL, counts=replace(WELL.counts, waiting_since=NOW - 2 * HOUR)), "a delivery has been due", True),
        (replace(WELL, budgets=(Spent("the day's budget of $1.00", 0.9),)), "90% of the day's budget", True),
        (replace(WELL, free_bytes=1 << 20), "only 1 MB are free", False),
        (replace(WELL, index="connection refused"), "the index cannot be used", False),
    ],
)
def test_what_wants_looking_at_is_told(status: Status, told: str, ready: bool) -> None:
    """Each trouble is one line; only what keeps the bot from working makes it unready."""
    found = alerts(status)

    assert len(found) == 1
    assert told in found[0].line
    assert (unready(status) == []) == ready


def test_paused_and_new_feeds_raise_no_alarm() -> None:
    """A feed that a person paused, or that waits for its first reading, is not one that fails."""
    status = replace(
        WELL, feeds=(FeedHealth(FeedId("a"), "paused", "by hand"), FeedHealth(FeedId("b"), "not read yet"))
    )

    assert alerts(status) == []


@pytest.mark.parametrize(
    ("state", "health", "reason"),
    [
        (FeedState(), "not read yet", ""),
        (FeedState(last_success_at=NOW), "good", ""),
        (FeedState(last_success_at=NOW, error_streak=2, reason="http-500"), "failing", "http-500"),
        (FeedState(paused_why="by hand", paused_at=NOW), "paused", "by hand"),
        (FeedState(error_streak=9, reason="http-404", paused_why="failing"), "paused", "http-404"),
    ],
)
def test_a_feed_s_health_is_that_of_its_last_reading(state: FeedState, health: str, reason: str) -> None:
    """Good, failing, paused or never read, with why."""
    (found,) = feed_healths([feed("blog")], {FeedId("blog"): state})

    assert (found.health, found.reason) == (health, reason)


def test_the_next_digest_is_that_of_the_first_slot() -> None:
    """One whose slot has passed without a digest is due now; one that comes at once has no slot."""
    made = NOW - 3 * DAY
    daily = Subscription("d", (Channel("file"),), cadence=Cadence("daily", "20:00"), created_at=made)
    weekly = replace(daily, id="w", cadence=Cadence("weekly", "09:00", "mon"))
    instant = replace(daily, id="i", cadence=Cadence())
    handled = {"d": NOW, "w": NOW}

    assert next_digest([instant], {}, NOW) is None
    assert next_digest([weekly, daily, instant], handled, NOW) == NOW.replace(hour=20)
    assert next_digest([weekly, daily], {"w": NOW, "d": made}, NOW) == NOW


def test_lag_is_that_of_the_latest_work() -> None:
    """A feed that should have been read an hour ago is an hour late, whatever else is on time."""
    late = replace(GOOD, next_check_at=NOW - HOUR)

    assert lag_s(replace(WELL, feeds=(GOOD, late), next_digest_at=NOW)) == 3600.0


def test_quantiles_are_values_that_occurred() -> None:
    """The nearest rank: half of four values do not exceed the second."""
    assert [quantile((4.0, 1.0, 3.0, 2.0), share) for share in (0.0, 0.5, 0.95, 1.0)] == [1.0, 2.0, 4.0, 4.0]


def test_the_ledger_counts_what_happened(ledger: Ledger) -> None:
    """What ended within the span, what ever did, what is under way, what waits and what took how long."""
    ledger.intake.record(FeedId("blog"), [Sighting(item("old"), "failed", "x")], FeedState(), NOW - 2 * DAY)
    ledger.intake.record(
        FeedId("blog"), [Sighting(item("a"), "off_roadmap"), Sighting(item("b"), "")], FeedState(), NOW
    )
    ledger.publications.record_run(NOW, NOW, {"steps": {"fetch": {"seconds": 1.5}, "triage": {"seconds": 2}}})

    counts = ledger.watching.counts(NOW - DAY, NOW)

    assert counts.outcomes == {"off_roadmap": 1}
    assert counts.outcomes_ever == {"failed": 1, "off_roadmap": 1}
    assert counts.under_way == 1
    assert (counts.last_run_at, counts.last_run_s) == (NOW, 3.5)


def test_the_ledger_counts_deliveries(ledger: Ledger) -> None:
    """What waits is late from when it was due; what was sent took the time since its digest was made."""
    ledger.publications.record_digests([(digest(id="d1"), [], {"k1": Channel("file"), "k2": Channel("maildir")})])
    made = digest(id="d1").created_at
    later = made + HOUR
    ledger.outbox.claim("file", later, "me", later, HOUR)
    ledger.outbox.begin("k1", "me", later, HOUR)
    ledger.outbox.settle("k1", "sent", later, reference="there")

    counts = ledger.watching.counts(made - DAY, later)

    assert counts.queue == {"pending": 1, "sent": 1}
    assert counts.delays_s == (3600.0,)
    assert counts.waiting_since == made


def test_the_command_tells_and_its_exit_status_says_whether_to_look(
    settings: Settings, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    """A screen for people, one object for machines; 1 where something wants looking at."""
    state = FeedState(error_streak=3, reason="http-500", failing_since=NOW - HOUR)
    ledger.intake.record(FeedId("blog"), [], state, NOW)

    status = status_command(settings, None, lambda: NOW, False, False)
    told = capsys.readouterr().out
    status_command(settings, None, lambda: NOW, False, True)
    values = json.loads(capsys.readouterr().out)

    assert status == 1
    assert "1 failing" in told
    assert "blog: failing since 2026-04-12 17:00, http-500" in told
    assert "! no feed was read well ever" in told
    assert values["feeds"][0]["health"] == "failing"
    assert values["alerts"]


def test_metrics_are_read_back_by_a_library() -> None:
    """The text is what Prometheus reads; each metric has a help text and a name of ours."""
    counts = Counts(NOW - DAY, {"filed": 1}, {"filed": 7}, queue={"sent": 2}, delays_s=(1.0, 3.0))
    client = TestClient(application(lambda: replace(WELL, counts=counts)))

    found = {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}

    names = {metric.name for metric in metrics_of(WELL)} - {"digestbot_build"}
    assert set(found) == {*names, "digestbot_build_info"}
    assert all(family.documentation for family in found.values())
    assert [(s.labels, s.value) for s in found["digestbot_items"].samples] == [({"outcome": "filed"}, 7.0)]
    delays = {sample.labels["quantile"]: sample.value for sample in found["digestbot_delivery_delay_seconds"].samples}
    assert delays == {"0.5": 1.0, "0.95": 3.0, "1": 3.0}


def test_health_is_alive_and_readiness_says_why_not() -> None:
    """A process that answers is alive, also when the database is away, which makes it unready with the reason."""

    def gone() -> Status:
        raise StoreError("the ledger cannot be used: disk full")

    well, ill, away = (
        TestClient(application(status)) for status in (lambda: WELL, lambda: replace(WELL, free_bytes=0), gone)
    )

    assert (well.get("/readyz").status_code, well.get("/healthz").status_code) == (200, 200)
    assert (ill.get("/readyz").status_code, ill.get("/healthz").status_code) == (503, 200)
    assert away.get("/readyz").json() == {"ready": False, "problems": ["the ledger cannot be used: disk full"]}
    assert (away.get("/healthz").status_code, away.get("/metrics").status_code) == (200, 503)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (59, "nothing"),
        (60, "1 min"),
        (7_199, "120 min"),
        (7_200, "2 hours"),
        (172_799, "48 hours"),
        (19_550_820, "226 days"),
    ],
)
def test_lengths_of_time_are_read_at_a_glance(seconds: float, told: str) -> None:
    """The largest unit of which there are two."""
    assert span(seconds) == told
