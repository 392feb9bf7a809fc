"""`digestbot review`: what its commands show and do, with a roadmap of the user's own."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW
from reviewing import ADA, CHANGED, DOCUMENT, LINE, OPEN, proposed

from digestbot import review
from digestbot.app import desk_of, ledger_of
from digestbot.commands.doctor import storage
from digestbot.commands.review_editor import edited_lines, edited_text
from digestbot.commands.review_log import audit_command, stats_command
from digestbot.commands.review_walk import walk_command
from digestbot.commands.reviewing import (
    accept_command,
    edit_command,
    later_command,
    list_command,
    reject_command,
    revert_command,
    show_command,
)
from digestbot.errors import ConfigError, ReviewError
from digestbot.settings import Settings, load

OTHER = proposed("p2", title="Another", url="https://blog.example/b")
Shown = pytest.CaptureFixture[str]


@pytest.fixture
def settings(tmp_path: Path, blank_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder with two open proposals, and a roadmap file outside of it."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DIGESTBOT_{name.upper()}", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))  # no git: what it does is proved elsewhere
    (tmp_path / "map.md").write_text(DOCUMENT)
    (tmp_path / "home").mkdir()
    shutil.copy(blank_ledger, tmp_path / "home" / "ledger.db")
    made = load(home=tmp_path / "home", roadmap=str(tmp_path / "map.md"))
    with ledger_of(made) as ledger:
        ledger.publications.record_proposals([OPEN, replace(OTHER, due_at=NOW + timedelta(days=1))])
    return made


def text(settings: Settings) -> str:
    """Return the roadmap's text."""
    return Path(settings.roadmap).read_text()


def answers(*given: str) -> Callable[[str], str]:
    """Return what answers every question with the next of these, and with "" after them."""
    left: Iterator[str] = iter(given)
    return lambda question: next(left, "")


def test_what_waits_is_listed_soonest_due_first(settings: Settings, capsys: Shown) -> None:
    """The table has the due dates, JSON the proposals; kinds and roadmaps narrow it."""
    assert list_command(settings, "open", None, "", NOW, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert ["in 1 d" in lines[1], "in 14 d" in lines[3]] == [True, True]

    list_command(settings, "open", "retire", "", NOW, as_json=True)
    assert capsys.readouterr().out == ""


def test_a_roadmap_that_is_none_is_told(settings: Settings) -> None:
    """A mistyped name is no answer that nothing waits."""
    said = "'mpa' is none that proposals are made for: use one of map"

    with pytest.raises(ConfigError, match=said):
        list_command(settings, "open", None, "mpa", NOW, as_json=True)
    with pytest.raises(ConfigError, match=said):
        walk_command(settings, "mpa", "ada", NOW, answers(), answers())


def test_a_walk_wants_a_terminal_before_it_shows_anything(settings: Settings, capsys: Shown) -> None:
    """Without one it says what to use instead."""
    with pytest.raises(ConfigError, match="a walk asks in a terminal"):
        walk_command(settings, "", "ada", NOW)

    assert capsys.readouterr().out == ""


def test_a_proposal_is_shown_as_it_would_be_made(settings: Settings, capsys: Shown) -> None:
    """The diff is that of the present document, with evidence and votes."""
    Path(settings.roadmap).write_text("Before.\n\n" + DOCUMENT)

    show_command(settings, OPEN.id, NOW, as_json=False)
    shown = capsys.readouterr()
    show_command(settings, OPEN.id, NOW, as_json=True)
    values = json.loads(capsys.readouterr().out)

    assert "@@ -9,6 +9,7 @@" in shown.out
    assert "“A whole text.”" in shown.out
    assert "1 vote wanted" in shown.err
    assert (values["fit"], values["missing"], values["acts"]) == ("moved", 1, [])


def test_accepting_changes_the_file_and_tells(settings: Settings, capsys: Shown) -> None:
    """Several may be accepted at once; one that cannot be does not keep the others from it."""
    status = accept_command(settings, [OPEN.id, "p9", OTHER.id], "", 0, "ada", NOW)

    said = capsys.readouterr().err
    assert status == 1
    assert "p12345678 is applied: it stands in the roadmap 'map'." in said
    assert "there is no proposal 'p9'" in said
    assert LINE in text(settings)
    assert "[Another]" in text(settings)


def test_own_words_and_lines(settings: Settings, tmp_path: Path) -> None:
    """A line of merit, or whole lines from a file, take the place of what was proposed."""
    (tmp_path / "lines.md").write_text("- [Mine](https://blog.example/b) — short.\n")

    edit_command(settings, OPEN.id, "best of all.", None, 0, "ada", NOW)
    edit_command(settings, OTHER.id, "", tmp_path / "lines.md", 0, "ada", NOW)

    assert "- [A title](https://blog.example/a) (post): best of all.\n" in text(settings)
    assert "- [Mine](https://blog.example/b) — short.\n" in text(settings)


def test_an_editor_that_changes_nothing_decides_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit without a change, a missing editor and a file that is none are told; several places stay apart."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    places = [["one"], ["two", "three"]]
    between = "%%%%%%%% next place %%%%%%%%\n"

    assert edited_lines(places, f"1\n{between}2\n") == [["1"], ["2"]]
    with pytest.raises(ReviewError, match="nothing was edited"):
        edited_lines(places, f"one\n{between}two\nthree\n")
    with pytest.raises(ConfigError, match="set EDITOR"):
        edited_text("@@ -1 +1 @@\n", None)
    with pytest.raises(ConfigError, match="cannot be read"):
        edited_text("@@ -1 +1 @@\n", tmp_path / "none.md")
    monkeypatch.setenv("EDITOR", "/bin/true")
    with pytest.raises(ReviewError, match="nothing was edited"):
        edited_text("@@ -1 +1 @@\n", None)


def test_an_editor_gets_the_diff_and_says_which_lines_go(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the editor leaves is a decision on old lines, too."""
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfile = Path(sys.argv[1])\n"
        "file.write_text(file.read_text().replace('\\n - [Known', '\\n-- [Known'))\n"
    )
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    assert "[Known]" in text(settings)

    edit_command(settings, OPEN.id, "", None, 0, "ada", NOW)

    assert ("[Known]" in text(settings), LINE in text(settings)) == (False, True)


def test_a_place_that_is_named_must_be_there(settings: Settings) -> None:
    """Rejecting with a place keeps section and chapter; a place the roadmap lacks is refused, and nothing decided."""
    with pytest.raises(ReviewError, match="has no place 'nowhere'"):
        reject_command(settings, [OPEN.id], "", "other", "nowhere", 0, "ada", NOW)

    reject_command(settings, [OPEN.id], "it is about more", "other", "second-chapter", 0, "ada", NOW)

    with ledger_of(settings) as ledger:
        [act] = review.audit(ledger.reviews)
    assert (act.ground, act.detail) == ("wrong-place", "sequences/second-chapter")


def test_putting_off_and_taking_back(settings: Settings, capsys: Shown) -> None:
    """What is put off is told until when; what is taken back leaves the file as it was."""
    later_command(settings, [OTHER.id], NOW + timedelta(days=7), "", "ada", NOW)
    accept_command(settings, [OPEN.id], "", 0, "ada", NOW)
    assert text(settings) == CHANGED
    revert_command(settings, OPEN.id, "wrong", "ada", NOW)

    assert text(settings) == DOCUMENT
    assert "p2 is put off until 2026-04-19" in capsys.readouterr().err
    list_command(settings, "open", None, "", NOW, as_json=False)
    assert "1 proposal put off until later" in capsys.readouterr().err


def test_a_walk_decides_one_after_the_other(settings: Settings, capsys: Shown) -> None:
    """Keys decide, soonest due first; a rejection asks why and where instead; a key that means nothing asks again."""
    key, line = answers("x", "r", "p", "a"), answers("second-chapter", "of that chapter")

    walk_command(settings, "", "ada", NOW, key, line)

    with ledger_of(settings) as ledger:
        states = {one.id: one.state for one in ledger.reviews.proposals()}
        first, *_ = review.audit(ledger.reviews, "p2")
    assert states == {"p2": "rejected", OPEN.id: "applied"}
    assert (first.ground, first.detail, first.reason) == (
        "wrong-place",
        "sequences/second-chapter",
        "of that chapter",
    )
    assert text(settings) == CHANGED
    assert "No proposals wait." in capsys.readouterr().err


def test_a_walk_may_be_left(settings: Settings, capsys: Shown) -> None:
    """Skipped and unasked ones wait, put-off ones come back another day."""
    walk_command(settings, "", "ada", NOW, answers("l", "s"), answers("3"))

    said = capsys.readouterr().err
    assert "p2 is put off until 2026-04-15" in said
    assert "1 proposal wait" in said
    assert text(settings) == DOCUMENT


def test_the_log_and_the_figures(settings: Settings, capsys: Shown) -> None:
    """Who said what, and how much of what is proposed is taken."""
    accept_command(settings, [OPEN.id], "", 0, "ada", NOW)
    reject_command(settings, [OTHER.id], "too narrow", "weak", "", 0, "alan", NOW)
    capsys.readouterr()

    audit_command(settings, "", as_json=False)
    shown = capsys.readouterr().out
    stats_command(settings, as_json=True)
    figures = json.loads(capsys.readouterr().out)
    stats_command(settings, as_json=False)

    assert "alan reject (weak): too narrow" in shown
    assert figures["all"] | {"share": 0} == {"taken": 1, "edited": 0, "rejected": 1, "waiting": 0, "share": 0}
    assert figures["grounds"] == {"weak": 1}
    assert "map/first-chapter" in capsys.readouterr().out


def test_an_interrupted_decision_is_finished_by_the_next_command(settings: Settings, capsys: Shown) -> None:
    """What was accepted and never written is brought into the roadmap before anything else is decided."""
    folder = Path(settings.roadmap).parent / ".map.md.part"
    folder.mkdir()
    assert accept_command(settings, [OPEN.id], "", 0, "ada", NOW) == 1
    assert text(settings) == DOCUMENT
    folder.rmdir()

    assert reject_command(settings, [OTHER.id], "no", "other", "", 0, "ada", NOW) == 0

    assert text(settings) == CHANGED
    assert "p12345678 is applied" in capsys.readouterr().err


def test_doctor_tells_what_is_stuck(settings: Settings) -> None:
    """What waits is told, what was decided and not written with why, and reviewers that nobody can read."""
    assert storage.review(settings).says == "whoever runs it decides, 2 proposals open"
    part = Path(settings.roadmap).parent / ".map.md.part"
    part.mkdir()
    accept_command(settings, [OPEN.id], "", 0, "ada", NOW)

    stuck, wrong = storage.review(settings), storage.review(settings.model_copy(update={"reviewers": "ada: queen"}))

    assert (stuck.state, "1 decided and not in the roadmap yet" in stuck.says) == ("warning", True)
    assert wrong.state == "error"


def test_reviewers_that_cannot_be_understood_stop_the_command(settings: Settings) -> None:
    """A setting that names nobody is an operator's to mend."""
    wrong = settings.model_copy(update={"reviewers": "ada: queen"})

    with pytest.raises(ConfigError, match="DIGESTBOT_REVIEWERS cannot be used"):
        accept_command(wrong, [OPEN.id], "", 0, "ada", NOW)
    asked = settings.model_copy(update={"review_changes": "pull-request"})
    with ledger_of(settings) as ledger, pytest.raises(ConfigError, match="pull requests need"):
        review.accept(desk_of(asked, ledger), OPEN.id, ADA, NOW)
