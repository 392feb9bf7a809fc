"""A running server takes what changed and is sound, refuses the rest with its reason, and goes on as before."""

from __future__ import annotations

from pathlib import Path

import pytest

from digestbot.app.following import Following
from digestbot.app.reloading import FIXED, News, Setup
from digestbot.errors import ConfigError
from digestbot.settings import Settings, load

FEEDS = "feeds:\n  - {{id: {name}, kind: feed, url: https://blog.example/feed}}\n"


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    """A server's setup on a data folder of its own, as it is after the start."""
    (tmp_path / "feeds.yaml").write_text(FEEDS.format(name="a"))
    found = Setup(load(home=tmp_path), load(home=tmp_path), None, lambda: load(home=tmp_path))
    found.start()
    return found


def test_nothing_that_changed_is_nothing_to_say(setup: Setup) -> None:
    """Every tick looks, and is silent."""
    assert [setup.renew(), setup.renew(), setup.alerts()] == [[], [], []]


def test_sound_settings_count_from_the_next_tick(setup: Setup) -> None:
    """What changed is named, its value is not."""
    (setup.settings.home / "settings.toml").write_text("mail_to = 'ada@example.org'\nfull_texts = 3\n")

    news = setup.renew()

    assert news == [News("settings", "reloaded", ("DIGESTBOT_MAIL_TO", "DIGESTBOT_FULL_TEXTS"))]
    assert (setup.settings.mail_to, setup.settings.full_texts) == ("ada@example.org", 3)
    assert setup.renew() == []


def test_settings_that_cannot_be_used_are_refused_once(setup: Setup) -> None:
    """The old ones stay; the reason is told once, stands as an alert, and goes when they are mended."""
    file = setup.settings.home / "settings.toml"
    file.write_text("full_texts = 'many'\n")

    first, again, alerts = setup.renew(), setup.renew(), setup.alerts()
    file.write_text("full_texts = 4\n")
    mended = setup.renew()

    assert [(one.part, one.event) for one in first] == [("settings", "refused")]
    assert "DIGESTBOT_FULL_TEXTS" in first[0].reason
    assert again == []
    assert [one.key for one in alerts] == ["refused:settings"]
    assert [one.event for one in mended] == ["reloaded"]
    assert setup.alerts() == []


@pytest.mark.parametrize(
    "line", ["reviewers = 'ada <ada'", "review_changes = 'pull-request'", "more_roadmaps = '/a/map.md,/b/map.md'"]
)
def test_what_pages_and_bot_could_not_work_by_is_refused(setup: Setup, line: str) -> None:
    """They are made from the settings while somebody waits for an answer: too late to find a mistake."""
    before = setup.settings
    (setup.settings.home / "settings.toml").write_text(f"{line}\n")

    [news] = setup.renew()

    assert news.event == "refused"
    assert setup.settings is before


def test_what_is_made_from_the_settings_follows_them(setup: Setup) -> None:
    """It is made once for those that count, and anew as soon as others do."""
    quorums = list[int]()
    follower = Following(lambda: setup.settings, lambda found: quorums.append(found.review_quorum))

    for _ in range(2):
        follower()
    (setup.settings.home / "settings.toml").write_text("review_quorum = 2\n")
    setup.renew()
    for _ in range(2):
        follower()

    assert quorums == [1, 2]


def test_operators_who_are_no_channel_are_refused(setup: Setup) -> None:
    """What a tick would stumble over is found before."""
    (setup.settings.home / "settings.toml").write_text("operators = 'pigeon'\n")

    assert [one.event for one in setup.renew()] == ["refused"]


def test_what_cannot_change_waits_for_a_restart(setup: Setup) -> None:
    """The old value counts, and an alert says what to do until it is taken back."""
    file = setup.settings.home / "settings.toml"
    file.write_text("watch_listen = '127.0.0.1:9'\nmail_to = 'ada@example.org'\n")

    news, again = setup.renew(), setup.renew()
    alerts, listens = setup.alerts(), setup.settings.watch_listen
    file.unlink()
    setup.renew()

    assert [(one.event, one.names) for one in news] == [
        ("reloaded", ("DIGESTBOT_MAIL_TO",)),
        ("restart needed", ("DIGESTBOT_WATCH_LISTEN",)),
    ]
    assert again == []
    assert listens is None
    assert [one.key for one in alerts] == ["restart"]
    assert setup.alerts() == []


def test_feeds_are_taken_or_refused(setup: Setup) -> None:
    """A mistake keeps the feeds of before."""
    file = setup.settings.home / "feeds.yaml"
    file.write_text(FEEDS.format(name="b"))
    taken = setup.renew()
    file.write_text("feeds: 3\n")
    refused = setup.renew()

    assert taken == [News("feeds", "reloaded")]
    assert [(one.part, one.event) for one in refused] == [("feeds", "refused")]
    assert [feed.id for feed in setup.feeds] == ["b"]


def test_prompts_are_taken_or_refused(setup: Setup) -> None:
    """A mistake keeps the prompts of before, whatever stands on the disk."""
    folder = setup.settings.home / "prompts"
    folder.mkdir()
    text = setup.prompts["file"].text
    (folder / "file.md").write_text(
        f"---\nname: file\nversion: 9\nvariables: [roadmap, sections]\nschema: filing\n---\n\n{text}"
    )
    taken = setup.renew()
    (folder / "file.md").write_text("no header")
    refused = setup.renew()

    assert taken == [News("prompts", "reloaded")]
    assert [(one.part, one.event) for one in refused] == [("prompts", "refused")]
    assert setup.prompts["file"].version == "9"


def test_templates_are_taken_or_refused(setup: Setup) -> None:
    """They are tried out once for each text of theirs."""
    folder = setup.settings.home / "templates"
    folder.mkdir()
    (folder / "subject.txt.j2").write_text("{{ heading }}")
    taken = setup.renew()
    good = setup.templates
    (folder / "subject.txt.j2").write_text("{{ nosuch }}")
    refused = setup.renew()

    assert taken == [News("templates", "reloaded")]
    assert [(one.part, one.event) for one in refused] == [("templates", "refused")]
    assert setup.templates is good
    assert setup.renew() == []


def test_a_mistake_stops_the_start(tmp_path: Path) -> None:
    """Who starts a server is there to mend it."""
    (tmp_path / "feeds.yaml").write_text("feeds: 3\n")
    setup = Setup(load(home=tmp_path), load(home=tmp_path), None, lambda: load(home=tmp_path))

    with pytest.raises(ConfigError):
        setup.start()


def test_what_is_fixed_are_settings() -> None:
    """No name in the list is misspelt."""
    assert set(FIXED) <= set(Settings.model_fields)
