"""The command line as people and programs use it: answers on stdout, talk on stderr, and an honest exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import calling
import pytest
from calling import Called
from fakes import NOW, item, paper, proposal, verdict

from digestbot import __version__
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import FeedId, FeedState, Group, Sighting, StoryId, Suspect
from digestbot.errors import ConfigError, DigestbotError, ReviewError
from digestbot.roadmap import parse
from digestbot.shipped import shipped

COMMANDS = (
    "run", "tick", "serve", "demo", "init", "doctor", "items", "why", "add", "load", "search", "reindex", "file",
    "summarize", "dedupe", "feeds", "review", "stories",
)  # fmt: skip
CACHE = {
    "id": "a",
    "title": "A Rolling Key-Value Cache for Long Prompts",
    "abstract": "Decoding reads the key-value cache at every step. We keep it in pages. Throughput doubles.",
    "kind": "paper",
}
BREAD = {"id": "b", "title": "Our sourdough wins a prize", "abstract": "Flour, water and patience make bread."}

Call = Callable[..., Called]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that is not there yet, in a working folder without settings."""
    monkeypatch.chdir(tmp_path)
    calling.unset_settings(monkeypatch)
    monkeypatch.setenv("DIGESTBOT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def call(home: Path) -> Call:
    """Run a command in this process, with text or bytes on its standard input."""
    return calling.call


def spawn(
    *words: str | Path, env: Mapping[str, str] | None = None, input: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "digestbot", *map(str, words)],
        input=input, capture_output=True, text=True, check=False, env=os.environ | dict(env or {}),
    )  # fmt: skip


def lines(*records: Any) -> str:
    """Return records as JSON Lines; what is text already stays as it is."""
    return "".join(record if isinstance(record, str) else json.dumps(record) + "\n" for record in records)


def answers(result: Any) -> list[dict[str, Any]]:
    """Return the objects on standard output."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def listing(folder: Path) -> list[tuple[str, int, int]]:
    """Return every file below a folder with its size and its time."""
    found = folder.rglob("*")
    return sorted((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in found if path.is_file())


def test_version_and_help(call: Call) -> None:
    """The version is one line, and help names every command."""
    assert call("--version").stdout == f"digestbot {__version__}\n"

    text = call("--help").stdout
    assert all(f"  {command} " in text for command in COMMANDS)


@pytest.mark.parametrize("words", [(command, "--help") for command in COMMANDS] + [("feeds", "parse", "--help")])
def test_every_command_has_its_help(call: Call, words: Sequence[str]) -> None:
    """Help says in a sentence what a command does."""
    result = call(*words)

    assert (result.exit_code, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) > 3


@pytest.mark.parametrize(
    "words",
    [("nosuch",), ("run", "--nosuch"), ("why",), ("load",), ("search", "x", "--limit", "0"), ("items", "--limit", "x")],
)
def test_wrong_usage_is_2(call: Call, words: Sequence[str]) -> None:
    """Unknown commands and options, missing arguments and wrong numbers end with 2 and nothing on stdout."""
    result = call(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


class TestFilters:
    """Stages as filters."""

    def test_file_answers_every_line_in_order(self, call: Call) -> None:
        """One compact object per line with every promised field, and nothing else on stdout."""
        result = call("file", input=lines(CACHE, BREAD))

        one, two = answers(result)
        assert (result.exit_code, result.stderr) == (0, "")
        assert list(one) == ["id", "section", "chapter", "confidence", "top", "relevance", "reason", "model"]
        assert (one["id"], one["section"], two["id"], two["section"]) == ("a", "VI", "b", "none")
        assert '": ' not in result.stdout
        assert all(0 <= found["relevance"] <= 1 and 0 <= found["confidence"] <= 1 for found in (one, two))
        assert one["top"][0]["section"] == "VI"

    def test_summarize_quotes_what_it_says(self, call: Call) -> None:
        """A summary rests on sentences of the abstract."""
        [found] = answers(call("summarize", input=lines(CACHE)))

        assert list(found) == ["id", "tldr", "points", "evidence", "model"]
        assert found["tldr"]
        assert all(sentence in CACHE["abstract"] for sentence in found["evidence"])

    def test_dedupe_groups_lines(self, call: Call) -> None:
        """Lines of one work share a story, named after its oldest line, whose id keeps its type."""
        other = CACHE | {"id": 7, "title": CACHE["title"].upper(), "date": "2026-01-01"}

        one, two, three = answers(call("dedupe", input=lines(CACHE, BREAD, other)))

        assert (one["story"], one["duplicate_of"]) == (7, 7)
        assert one["basis"]
        assert (two["story"], two["duplicate_of"], two["basis"]) == ("b", None, None)
        assert (three["id"], three["story"], three["duplicate_of"]) == (7, 7, None)

    def test_dedupe_of_pairs(self, call: Call) -> None:
        """Each pair is judged alone."""
        one, two = answers(call("dedupe", "--pairs", input=lines({"a": CACHE, "b": CACHE}, {"a": CACHE, "b": BREAD})))

        assert list(one) == ["same", "score", "basis"]
        assert (one["same"], two["same"]) == (True, False)

    @pytest.mark.parametrize(
        "bad",
        [
            "not json\n", "[1]\n", '"text"\n', "null\n", "{\n", '{"title": "no id"}\n', '{"id": "x"}\n',
            '{"id": "", "title": "t"}\n', '{"id": null, "title": "t"}\n', '{"id": true, "title": "t"}\n',
            '{"id": "x", "title": ["t"]}\n', "[" * 100_000 + "\n", '{"id": ' + "9" * 5000 + ', "title": "t"}\n',
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("command", ["file", "summarize", "dedupe"])
    def test_a_bad_line_is_told_and_skipped(self, call: Call, command: str, bad: str) -> None:
        """The lines around a bad one are answered in order; stderr names its number, and the status is 1."""
        result = call(command, input=lines(CACHE, bad, BREAD))

        assert [found["id"] for found in answers(result)] == ["a", "b"]
        assert result.exit_code == 1
        assert result.stderr.startswith("digestbot: line 2: ")
        assert len(result.stderr.splitlines()) == 1
        assert len(result.stderr) < 300

    @pytest.mark.parametrize("bad", ['{"a": {}}\n', '{"a": 1, "b": 2}\n', "x\n"])
    def test_a_bad_pair_is_told_and_skipped(self, call: Call, bad: str) -> None:
        """A pair needs two objects."""
        result = call("dedupe", "--pairs", input=lines(bad, {"a": CACHE, "b": BREAD}))

        assert (len(answers(result)), result.exit_code) == (1, 1)

    def test_bytes_that_are_not_utf_8_are_a_bad_line(self, call: Call) -> None:
        """A line in another encoding harms no other line."""
        bad = '{"id": "x", "title": "café"}\n'.encode("latin-1")

        result = call("file", input=lines(CACHE).encode() + bad + lines(BREAD).encode())

        assert [found["id"] for found in answers(result)] == ["a", "b"]
        assert result.exit_code == 1
        assert "line 2: not JSON: its bytes are not UTF-8" in result.stderr

    @pytest.mark.parametrize("command", ["file", "summarize", "dedupe"])
    def test_lone_surrogates_do_no_harm(self, call: Call, command: str) -> None:
        """JSON can escape half a character: the line is answered, and the answer is valid JSON."""
        result = call(
            command, input='{"id": "\\ud800", "title": "A \\udfff cache", "abstract": "Keys \\ud83d values."}\n'
        )

        assert result.exit_code == 0, result.stderr
        assert answers(result)[0]["id"] == "\ud800"

    @pytest.mark.parametrize("command", ["file", "summarize", "dedupe"])
    def test_null_and_empty_mean_absent_and_unknown_keys_are_ignored(self, call: Call, command: str) -> None:
        """A line with empty fields and fields of others is answered as if it had none of them."""
        full = CACHE | {"url": None, "lang": "", "date": None, "authors": None, "categories": "", "colour": {"x": [1]}}

        assert call(command, input=lines(full)).stdout == call(command, input=lines(CACHE)).stdout

    @pytest.mark.parametrize("command", ["file", "summarize", "dedupe"])
    @pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
    def test_nothing_in_is_nothing_out(self, call: Call, command: str, text: str) -> None:
        """Empty input and blank lines are no mistake."""
        result = call(command, input=text)

        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")

    def test_ids_keep_their_type(self, call: Call) -> None:
        """A number stays a number."""
        assert [
            found["id"] for found in answers(call("file", input=lines(BREAD | {"id": 5}, BREAD | {"id": "5"})))
        ] == [5, "5"]

    def test_a_mark_of_byte_order_and_crlf_are_read(self, call: Call) -> None:
        """What Windows programs write is read like any other."""
        text = "\ufeff" + lines(CACHE).replace("\n", "\r\n")

        assert [found["id"] for found in answers(call("file", input=text))] == ["a"]

    @pytest.mark.slow
    @pytest.mark.parametrize("command", ["file", "summarize"])
    def test_a_huge_line_is_answered(self, call: Call, command: str) -> None:
        """A megabyte in one line is read like a short one."""
        huge = CACHE | {"abstract": "The cache keeps keys and values in pages. " * 25_000}

        assert [found["id"] for found in answers(call(command, input=lines(huge, BREAD)))] == ["a", "b"]

    def test_no_data_folder_is_made(self, call: Call, home: Path) -> None:
        """Filters need no `init` and leave nothing behind."""
        for command in ("file", "summarize", "dedupe"):
            call(command, input=lines(CACHE))

        assert not home.exists()


class TestLooking:
    """`feeds parse`, `items` and `why`."""

    RSS = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>A blog</title><link>https://blog.example/</link>'
        "<item><title>First &amp; best</title><link>/a</link><guid>g1</guid>"
        "<pubDate>Sat, 11 Apr 2026 09:00:00 GMT</pubDate><description>Words.</description></item></channel></rss>"
    )

    def parse(self, call: Call, tmp_path: Path, content: str, *options: str) -> tuple[int, dict[str, Any]]:
        """Parse a feed document; return the status and the object."""
        (tmp_path / "feed").write_text(content, encoding="utf-8")
        result = call("feeds", "parse", tmp_path / "feed", "--json", *options)
        assert len(result.stdout.splitlines()) == 1
        return result.exit_code, json.loads(result.stdout)

    def test_a_feed_is_one_object(self, call: Call, tmp_path: Path) -> None:
        """Items have their promised fields, links are whole, and there is no error."""
        status, found = self.parse(call, tmp_path, self.RSS, "--url", "https://blog.example/feed")

        assert (status, list(found), found["error"]) == (0, ["feed", "items", "error"], None)
        [entry] = found["items"]
        assert list(entry) == ["id", "title", "link", "published", "text"]
        assert (entry["title"], entry["link"]) == ("First & best", "https://blog.example/a")

    @pytest.mark.parametrize("content", ["", "<html><body>No feed</body></html>", "{}", "just words"])
    def test_what_is_no_feed_is_1_and_still_an_object(self, call: Call, tmp_path: Path, content: str) -> None:
        """A document that is no feed says why, in the same shape."""
        status, found = self.parse(call, tmp_path, content)

        assert (status, found["items"]) == (1, [])
        assert found["error"]

    def test_items_of_a_new_data_folder_are_none(self, call: Call) -> None:
        """Nothing was seen yet, and that is no error."""
        assert (call("items", "--json").stdout, call("items").exit_code) == ("", 0)

    def test_items_and_why(self, call: Call, home: Path) -> None:
        """What was seen is listed, and every name of an item leads to its life."""
        entry = paper(title="A title\x1b[31m with :smile: [bold]and more")
        with_ledger(home, entry)

        [row] = answers(call("items", "--json"))
        assert row["id"] == entry.id
        for name in (entry.id, "2604.00001", "2604.00001v2", "arXiv:2604.00001", "https://arxiv.org/pdf/2604.00001v1"):
            result = call("why", name)
            assert (result.exit_code, result.stderr) == (0, ""), name
            assert "A title[31m with :smile: [bold]and more" in result.stdout
        assert json.loads(call("why", entry.id, "--json").stdout)[0]["item"]["id"] == entry.id

    def test_why_of_the_unknown_is_1(self, call: Call) -> None:
        """What no feed showed has no answer, and no JSON but an empty list."""
        result = call("why", "https://nowhere.example/")

        assert (result.exit_code, result.stdout) == (1, "")
        assert "'https://nowhere.example/' was never seen" in result.stderr
        assert call("why", "x", "--json").stdout == "[]\n"

    @pytest.mark.slow
    def test_reviewing(self, call: Call, home: Path) -> None:
        """Proposals are listed and shown; one that is not there is a ReviewError."""
        with_ledger(home)
        ledger = Ledger(sqlite_url(home / "ledger.db"))
        ledger.publications.record_proposals([proposal()])
        ledger.filings.record_suspects([Suspect(StoryId("s1"), 0.8, (("sets a task", "write a poem"),))], NOW)
        ledger.close()

        assert [found["id"] for found in answers(call("review", "list", "--json"))] == ["p1"]
        shown = call("review", "show", "p1").stdout
        assert "A title" in shown
        assert "Look at the source first, suspicious text (0.8): sets a task: “write a poem”" in shown
        assert call("review", "reject", "p1", "--reason", "no", "--by", "ada").exit_code == 0
        assert call("review", "list", "--json").stdout == ""
        assert isinstance(call("review", "show", "p9").exception, ReviewError)
        assert isinstance(call("review", "list", "--state", "nosuch").exception, ConfigError)

    def test_a_filing_is_moved_and_confirmed(self, call: Call, home: Path) -> None:
        """A person moves a story by its address; who and why is told by `why`, and a second word confirms."""
        with_ledger(home, item("a"))
        ledger = Ledger(sqlite_url(home / "ledger.db"))
        ledger.stories.record([], [Group(StoryId("s1"), item("a").id, (item("a").id,))], NOW)
        judged = verdict("s1", roadmap="genai", section="IX", chapter="", needs_review="doubtful")
        ledger.filings.record_verdicts([(judged, "filed", "")], NOW)
        ledger.close()
        waiting = answers(call("review", "filings", "--json"))

        moved = call("review", "file", waiting[0]["url"], "v", "--reason", "It is RAG.", "--by", "ada")
        kept = call("review", "file", item("a").url, "--by", "bob")

        assert moved.exit_code == kept.exit_code == 0
        assert "is in V now; it was in IX by" in moved.stderr
        assert "stays in V." in kept.stderr
        assert call("review", "filings", "--json").stdout == ""
        told = " ".join(call("why", item("a").url).stdout.split())
        assert "placed in genai › V by ada: It is RAG. It stood in IX by" in told
        assert "placed in genai › V by bob: Confirmed by a reviewer." in told
        assert isinstance(call("review", "file", "nosuch", "V").exception, ReviewError)
        assert isinstance(call("review", "file", item("a").url, "XX").exception, ReviewError)


def with_ledger(home: Path, *entries: Any) -> None:
    """Make a ledger in a data folder, with entries that a feed showed."""
    ledger = Ledger(sqlite_url(home / "ledger.db"))
    seen = [Sighting(entry, "baseline") for entry in entries]
    ledger.intake.record(FeedId("blog"), seen, FeedState(last_success_at=NOW), NOW)
    ledger.close()


@pytest.fixture
def no_feeds(tmp_path: Path) -> Path:
    """A feeds file with one feed that no network can reach: its host is in no name service."""
    file = tmp_path / "feeds.yaml"
    file.write_text("feeds:\n  - id: nowhere\n    kind: feed\n    url: https://nowhere.invalid/feed.xml\n")
    return file


@pytest.mark.slow
class TestProcesses:
    """What needs a process of its own."""

    @pytest.mark.parametrize(
        ("words", "env", "status", "message"),
        [
            (("review", "show", "p9"), {}, 1, "there is no proposal 'p9'"),
            (("items",), {"DIGESTBOT_NOW": "x"}, 2, "DIGESTBOT_NOW"),
            (("items",), {"DIGESTBOT_HOME": "/dev/null/x"}, 1, "the data folder"),
            (("items",), {"DIGESTBOT_DATABASE_URL": "nonsense"}, 2, "the database URL cannot be used"),
            (("search", "x"), {"DIGESTBOT_ROADMAP": "nosuch"}, 2, "there is no roadmap 'nosuch'"),
            (("run", "--feeds", "nosuch.yaml"), {}, 2, "nosuch.yaml"),
            (("run", "--now", "yesterday"), {}, 2, "--now 'yesterday' is not an ISO instant"),
            (("load", "nosuch.jsonl"), {}, 2, "nosuch.jsonl"),
        ],
    )
    def test_an_error_is_one_line(
        self, home: Path, words: Sequence[str], env: Mapping[str, str], status: int, message: str
    ) -> None:
        """Whatever is wrong is said in one line on stderr, without a traceback; 2 when the operator must mend it."""
        done = spawn(*words, env=env)

        assert (done.returncode, done.stdout) == (status, ""), done.stderr
        assert done.stderr.startswith("digestbot: ")
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1

    @pytest.mark.parametrize("exists", [True, False], ids=["a data folder", "no data folder"])
    def test_a_dry_run_writes_nothing(self, home: Path, no_feeds: Path, exists: bool) -> None:
        """After a dry run the data folder is what it was: not even made where there was none."""
        if exists:
            with_ledger(home, item())
        before = listing(home)

        done = spawn("run", "--dry-run", "--feeds", no_feeds, "--json", "--now", "2026-04-12")

        report = json.loads(done.stdout)
        assert (done.returncode, report["feeds"][0]["failed"]) == (1, 1)
        assert listing(home) == before
        assert home.exists() is exists

    def test_a_run_reports_every_promised_field(self, home: Path, no_feeds: Path) -> None:
        """The report is one object; a run of which no feed could be read ends with 1."""
        done = spawn("run", "--feeds", no_feeds, "--json", "--now", "2026-04-12")

        report = json.loads(done.stdout)
        assert done.returncode == 1
        assert {"feeds", "outcomes", "steps", "digests", "deliveries", "proposals"} <= report.keys()
        assert report["feeds"][0].keys() >= {"id", "fetched", "new", "failed", "reason"}
        assert set(report["steps"]["triage"]) == {"seconds", "tokens", "cost_usd"}

    def test_what_was_loaded_is_found(self, home: Path, tmp_path: Path) -> None:
        """Every good line of a file is searchable under its own id, best first; reindexing keeps it so."""
        file = tmp_path / "lines.jsonl"
        file.write_text(lines(CACHE, "bad\n", BREAD, BREAD | {"id": "c"}), encoding="utf-8")

        loaded = spawn("load", file)
        found = spawn("search", "key-value cache", "--limit", "2", "--json")
        again = spawn("reindex", "--json")
        after = spawn("search", "key-value cache", "--limit", "2", "--json")

        assert (loaded.returncode, loaded.stdout) == (1, "")
        assert "Loaded 3 documents; 1 bad line" in loaded.stderr
        hits = [json.loads(line) for line in found.stdout.splitlines()]
        assert (hits[0]["id"], list(hits[0]), len(hits)) == ("a", ["id", "score"], 2)
        assert again.returncode == 0
        held = 3 + len(parse(shipped("roadmaps", "genai.md").read_text("utf-8"), "genai").chapters)
        assert {(space["ledger"], space["index"]) for space in json.loads(again.stdout).values()} == {
            (0, 0),
            (held, held),
        }
        assert after.stdout == found.stdout

    def test_a_reader_who_leaves_is_no_error(self, home: Path) -> None:
        """`digestbot file | head -1` ends in silence."""
        with subprocess.Popen(
            [sys.executable, "-m", "digestbot", "file"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            process.stdin.write(lines(*[BREAD] * 600).encode())
            process.stdin.close()
            said = process.stderr.read()

        assert said == b""

    def test_colours_are_off_when_asked(self, home: Path) -> None:
        """NO_COLOR leaves no escape in any answer, and neither does a pipe."""
        with_ledger(home, item())

        for env in ({"NO_COLOR": "1"}, {"NO_COLOR": "1", "FORCE_COLOR": ""}, {}):
            done = spawn("why", item().id, env=env)
            assert (done.returncode, "\x1b" in done.stdout + done.stderr) == (0, False)


def test_an_error_of_ours_reaches_the_one_place_that_tells_it(call: Call) -> None:
    """Commands raise; only `main` turns errors into a line and a status."""
    result = call("run", "--now", "yesterday")

    assert isinstance(result.exception, DigestbotError)
