"""`subscribe`, `subscriptions …` and `digest …` on a ledger of their own, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import calling
import pytest
import yaml
from calling import Called
from fakes import NOW, article, item, summary, verdict

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import FeedId, FeedState, Group, Sighting, StoryId
from digestbot.shipped import shipped

Call = Callable[..., Called]
HOOK = "discord:https://discord.com/api/webhooks/1/secret"


@pytest.fixture
def home(tmp_path: Path, blank_ledger: Path) -> Path:
    """A data folder with a story in section VI, one in VII and one that belongs nowhere."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    ledger = Ledger(sqlite_url(tmp_path / "ledger.db"))
    for name, section in (("cache", "VI"), ("linear", "VII"), ("bread", "none")):
        one, id = item(name), StoryId(f"s-{name}")
        ledger.intake.record(FeedId("blog"), [Sighting(one, "")], FeedState(last_success_at=NOW), NOW)
        ledger.stories.record([], [Group(id, one.id, (one.id,))], NOW)
        filed = verdict(id, roadmap="genai", section=section, chapter="", reason="It says so.")
        ledger.filings.record_verdicts([(filed, "filed" if section != "none" else "off_roadmap", "")], NOW)
        ledger.filings.record_articles([article(id)], NOW)
        ledger.filings.record_summaries([summary(id)], NOW)
    ledger.close()
    return tmp_path


@pytest.fixture
def call(home: Path) -> Call:
    """The program, called with words; it fails the test where an exception is none of ours."""

    def run(*words: str, now: str = NOW.isoformat()) -> Called:
        # A roadmap of one's own, since making a repository for the shipped ones takes half a second each time.
        roadmap = home / "genai.md"
        if not roadmap.exists():
            roadmap.write_text(shipped("roadmaps", "genai.md").read_text("utf-8"), "utf-8")
        own = {
            "DIGESTBOT_HOME": str(home), "DIGESTBOT_NOW": now, "DIGESTBOT_ROADMAP": str(roadmap),
        }  # fmt: skip
        return calling.call(*words, env=own)

    return run


def lines(result: Called) -> list[dict[str, Any]]:
    """Return the JSON lines of an answer."""
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_settings_subscription_is_shown_as_such(call: Call) -> None:
    """With nothing set up there is one subscription: it says where it comes from, and when 'serve' sends it."""
    [found] = lines(call("subscriptions", "list", "--json"))

    assert (found["id"], found["from"], found["cadence"]) == ("default", "settings", "daily 06:00")


def test_subscribing_makes_a_subscription_that_begins_now(call: Call) -> None:
    """Its name holds no address, secrets are hidden, and its first digest is the next slot."""
    call("subscribe", "--to", "mail:ada@reader.example", "--section", "VI", "--cadence", "daily 08:00")
    call("subscribe", "--to", HOOK, "--id", "hook")

    found = {one["id"]: one for one in lines(call("subscriptions", "list", "--json"))}

    assert list(found) == ["default", "hook", "mail-daily"]
    assert found["mail-daily"]["sections"] == ["VI"]
    assert found["mail-daily"]["since"] == NOW.isoformat()
    assert found["mail-daily"]["next"] == "Mon 2026-04-13 08:00"
    assert found["hook"]["to"] == ["discord:discord.com/…"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("subscribe",), "a subscription goes somewhere"),
        (("subscribe", "--to", "file", "--section", "XX"), "the roadmap 'genai' has no section 'XX': use I, II"),
        (("subscribe", "--to", "file", "--cadence", "hourly"), "there is no cadence 'hourly'"),
        (("subscriptions", "show", "nobody"), "there is no subscription 'nobody': there are default"),
        (("subscriptions", "edit", "default"), "there is nothing to change"),
        (("subscriptions", "resume", "default"), "subscription 'default' is not paused"),
        (("subscriptions", "pause", "default", "--until", "2020-01-01"), "is over already"),
        (("digest", "preview", "--subscription", "nobody"), "there is no subscription 'nobody'"),
        (("digest", "show", "x"), "'x' is none: 'digestbot digest list' lists digests"),
    ],
)
def test_what_cannot_be_done_is_told(call: Call, words: tuple[str, ...], said: str) -> None:
    """A message names what is wrong and what there is."""
    assert said in str(call(*words).exception)


def test_editing_changes_what_is_given_and_nothing_else(call: Call) -> None:
    """Lists are replaced, an empty text empties one, and the settings' subscription becomes one's own."""
    call("subscribe", "--to", "file", "--id", "a", "--section", "VI", "--keyword", "cache", "--max-items", "7")

    call("subscriptions", "edit", "a", "--section", "VII", "--keyword", "")
    call("subscriptions", "edit", "default", "--length", "short")

    [default, a] = sorted(lines(call("subscriptions", "list", "--json")), key=lambda one: str(one["id"] == "a"))
    assert (a["sections"], a.get("keywords"), a["max_items"]) == (["VII"], None, 7)
    assert (default["from"], default["length"]) == ("own", "short")


def test_a_pause_ends_and_its_stories_are_kept_or_skipped(call: Call) -> None:
    """Paused, nothing is due; resumed, it goes on with what came meanwhile, or from now on."""
    call("subscribe", "--to", "file", "--id", "a", "--since", "7d")

    call("subscriptions", "pause", "a", "--until", "2w")
    [paused] = lines(call("subscriptions", "show", "a", "--json"))
    call("subscriptions", "resume", "a", now="2026-04-13T00:00:00+00:00")
    [resumed] = lines(call("subscriptions", "show", "a", "--json", now="2026-04-13T00:00:00+00:00"))
    call("subscriptions", "pause", "a")
    call("subscriptions", "resume", "a", "--skip", now="2026-04-14T00:00:00+00:00")
    [skipped] = lines(call("subscriptions", "show", "a", "--json", now="2026-04-14T00:00:00+00:00"))

    assert paused["next"].startswith("paused, then ")
    assert (resumed["next"], resumed["since"]) == ("with the next run", "2026-04-05T18:00:00+00:00")
    assert skipped["since"] == "2026-04-14T00:00:00+00:00"


def test_unsubscribing_ends_it(call: Call) -> None:
    """One's own is gone; the settings' stays listed, going nowhere."""
    call("subscribe", "--to", "file", "--id", "a")

    call("unsubscribe", "a")
    call("unsubscribe", "default")

    assert [(one["id"], one["next"]) for one in lines(call("subscriptions", "list", "--json"))] == [
        ("default", "goes nowhere")
    ]


@pytest.mark.parametrize("name", ["all.yaml", "all.json"])
def test_what_is_exported_can_be_imported(call: Call, home: Path, name: str) -> None:
    """A file of one's own subscriptions makes the same ones again, secrets included, all or none."""
    call(
        "subscribe",
        "--to",
        HOOK,
        "--id",
        "a",
        "--keyword",
        '"KV cache"',
        "--zone",
        "Asia/Shanghai",
        "--quiet",
        "22:00-07:00",
    )
    call("subscribe", "--to", "file", "--id", "b", "--cadence", "cron 0 8 L * *", "--empty", "note")
    before = lines(call("subscriptions", "list", "--json"))
    call("subscriptions", "export", str(home / name))
    assert (home / name).stat().st_mode & 0o077 == 0

    refused = call("subscriptions", "import", str(home / name))
    call("unsubscribe", "a")
    call("unsubscribe", "b")
    done = call("subscriptions", "import", str(home / name))

    assert "there are subscriptions a, b already: --replace takes the file's" in str(refused.exception)
    assert done.exit_code == 0
    assert lines(call("subscriptions", "list", "--json")) == before
    assert yaml.safe_load((home / name).read_text("utf-8"))["subscriptions"][0]["to"] == [HOOK]


def test_a_bad_file_changes_nothing(call: Call, home: Path) -> None:
    """One subscription that cannot be keeps out the others of its file."""
    (home / "in.yaml").write_text("subscriptions:\n- {id: a, to: [file]}\n- {id: b, to: [pigeon]}\n")

    assert "there is no channel 'pigeon'" in str(call("subscriptions", "import", str(home / "in.yaml")).exception)
    assert len(lines(call("subscriptions", "list", "--json"))) == 1


def test_a_preview_shows_the_digest_and_why_not_the_rest(call: Call, home: Path) -> None:
    """Every story of the window is in it, or stands below with the reason; nothing is recorded."""
    call("subscribe", "--to", "file", "--id", "a", "--section", "VI", "--since", "7d", "--cadence", "weekly")

    [found] = lines(call("digest", "preview", "--subscription", "a", "--html", str(home / "a.html"), "--json"))

    assert [entry["story"] for entry in found["digest"]["sections"][0]["entries"]] == ["s-cache"]
    assert {one["story"]: one["why"] for one in found["not_in_it"]} == {
        "s-linear": "in section VII, not VI", "s-bread": "off the roadmap: It says so.",
    }  # fmt: skip
    assert (found["due"], found["next"]) == (False, "Mon 2026-04-13 08:00")
    assert "Post cache" in (home / "a.html").read_text("utf-8")
    assert lines(call("digest", "list", "--json")) == []


@pytest.mark.slow
def test_sending_makes_what_is_due_and_it_can_be_looked_at(call: Call, home: Path) -> None:
    """Without reading a feed the due digests go out, once, and are listed and shown as they were made."""
    call("subscribe", "--to", f"file:{home / 'out'}", "--id", "a", "--section", "VI", "--since", "7d")
    call("unsubscribe", "default")

    [report] = lines(call("digest", "send", "--json"))
    [again] = lines(call("digest", "send", "--json"))
    [listed] = lines(call("digest", "list", "--subscription", "a", "--json"))
    shown = call("digest", "show", listed["id"][:12])

    assert [digest["subscription"] for digest in report["digests"]] == ["a"]
    assert [delivery["state"] for delivery in report["deliveries"]] == ["sent"]
    assert again["digests"] == again["deliveries"] == []
    assert listed["stories"] == ["s-cache"]
    assert "You asked for section VI." in shown.stdout
    assert len(list((home / "out").iterdir())) == 2
