"""Backups: what is saved comes back as it was, what is damaged is refused, and nothing is overwritten."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from fakes import NOW, item

from digestbot.adapters.archive import read_archive, write_archive
from digestbot.adapters.ledger import Ledger
from digestbot.app import back_up, open_ledger, restore
from digestbot.commands.keeping import backup_command, restore_command
from digestbot.domain import FeedId, FeedState, Sighting
from digestbot.errors import StoreError
from digestbot.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path, blank_ledger: Path) -> Settings:
    """Settings of a data folder with a ledger, a roadmap in a repository, and what can be made anew."""
    home = tmp_path / "home"
    for name in ("roadmaps/map.md", "roadmaps/.git/HEAD", "feeds.yaml", "web.secret", "chroma/big.bin", ".part"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(f"what is in {name}")
    (home / "web.secret").chmod(0o600)
    (home / "ledger.db").write_bytes(blank_ledger.read_bytes())
    made = load(home=home)
    ledger = open_ledger(made)
    see(ledger, "a")
    ledger.close()
    return made


def see(ledger: Ledger, name: str) -> None:
    """Record an item."""
    ledger.intake.record(FeedId("blog"), [Sighting(item(name), "failed", "why")], FeedState(), NOW)


def other(settings: Settings, name: str = "other") -> Settings:
    """Return the settings of another data folder, which is not there yet."""
    return load(home=settings.home.with_name(name))


def test_what_was_saved_comes_back(settings: Settings, tmp_path: Path) -> None:
    """Ledger, roadmaps with their history, feeds and secrets are there again; what can be made anew is not."""
    back_up(settings, tmp_path / "b.tar.gz", NOW)
    there = other(settings)

    found = restore(there, tmp_path / "b.tar.gz")

    ledger = open_ledger(there)
    rows = ledger.history.items("map")
    ledger.close()
    assert [row["id"] for row in rows] == ["url:https://blog.example/a"]
    assert (there.home / "roadmaps/.git/HEAD").read_text() == "what is in roadmaps/.git/HEAD"
    assert (there.home / "web.secret").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in there.home.iterdir()) == ["feeds.yaml", "ledger.db", "roadmaps", "web.secret"]
    assert (found["files"], found["rows"]["items"]) == (4, 1)


def test_a_backup_is_taken_beside_an_open_ledger(settings: Settings, tmp_path: Path) -> None:
    """What is written after its instant is not in it, and writing goes on."""
    ledger = open_ledger(settings)

    back_up(settings, tmp_path / "b.tar.gz", NOW)
    see(ledger, "b")

    ledger.close()
    there = other(settings)
    assert restore(there, tmp_path / "b.tar.gz")["rows"]["items"] == 1


def test_a_backup_holds_no_backup(settings: Settings) -> None:
    """Backups that are kept in the data folder itself do not grow with each; other archives there are saved."""
    with tarfile.open(settings.home / "notes.tar.gz", "w:gz") as own:
        own.addfile(tarfile.TarInfo("note"))
    (settings.home / "odd.gz").write_bytes(b"\x1f\x8bno archive")
    back_up(settings, settings.home / "first", NOW)

    back_up(settings, settings.home / "second", NOW)

    with tarfile.open(settings.home / "second") as archive:
        names = set(archive.getnames())
    assert {"notes.tar.gz", "odd.gz"} <= names
    assert "first" not in names


def test_a_backup_needs_a_folder(settings: Settings, tmp_path: Path) -> None:
    """Where the folder is missing, the file that was named is told."""
    with pytest.raises(StoreError, match=r"nowhere/b.tar.gz' cannot be written: there is no folder"):
        back_up(settings, tmp_path / "nowhere" / "b.tar.gz", NOW)


def test_a_backup_overwrites_nothing(settings: Settings, tmp_path: Path) -> None:
    """A file of that name stays as it is, and so does a data folder with a ledger or with other files."""
    (tmp_path / "taken").write_text("mine")
    back_up(settings, tmp_path / "b.tar.gz", NOW)
    there = other(settings)
    there.home.mkdir()
    (there.home / "feeds.yaml").write_text("mine")

    with pytest.raises(StoreError, match="is there already: name another file"):
        back_up(settings, tmp_path / "taken", NOW)
    with pytest.raises(StoreError, match="holds a ledger already"):
        restore(settings, tmp_path / "b.tar.gz")
    with pytest.raises(StoreError, match=r"'feeds.yaml' is there already and differs"):
        restore(there, tmp_path / "b.tar.gz")

    assert (tmp_path / "taken").read_text() == "mine"
    assert [path.name for path in there.home.iterdir()] == ["feeds.yaml"]
    assert (there.home / "feeds.yaml").read_text() == "mine"


@pytest.mark.slow
def test_a_restore_that_was_cut_short_is_repeated(settings: Settings, tmp_path: Path) -> None:
    """The ledger comes last: without it, the files of the same backup are no hindrance."""
    back_up(settings, tmp_path / "b.tar.gz", NOW)
    there = other(settings)
    restore(there, tmp_path / "b.tar.gz")
    (there.home / "ledger.db").unlink()

    restore(there, tmp_path / "b.tar.gz")

    assert (there.home / "ledger.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9])
def test_a_damaged_backup_is_refused(settings: Settings, tmp_path: Path, cut: float) -> None:
    """A file that was cut, and one with a changed byte, bring nothing back."""
    back_up(settings, tmp_path / "b.tar.gz", NOW)
    content = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(content[: int(len(content) * cut)])
    place = int(len(content) * cut)
    (tmp_path / "bent.tar.gz").write_bytes(content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :])

    for name in ("cut", "bent"):
        with pytest.raises(StoreError):
            restore(other(settings, name), tmp_path / f"{name}.tar.gz")

        assert list((settings.home.with_name(name)).iterdir()) == []


def test_a_ledger_that_lost_rows_is_no_backup(settings: Settings, tmp_path: Path) -> None:
    """The list says how many rows there were: a file that was put together by hand is found out."""
    made = back_up(settings, tmp_path / "b.tar.gz", NOW)
    (tmp_path / "stage").mkdir()
    listed = read_archive(tmp_path / "b.tar.gz", tmp_path / "stage")
    files = {name: tmp_path / "stage" / name for name in listed["files"]}
    write_archive(tmp_path / "c.tar.gz", files, {"version": "x", "rows": {**made["rows"], "items": 2}}, NOW)

    with pytest.raises(StoreError, match="does not hold what it says"):
        restore(other(settings), tmp_path / "c.tar.gz")


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside"])
def test_an_archive_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    """A backup from somebody else cannot leave its folder, nor bring links or devices."""
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    with tarfile.open(tmp_path / "link.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("feeds.yaml")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    (tmp_path / "in").mkdir()

    for evil in ("evil.tar.gz", "link.tar.gz"):
        with pytest.raises(StoreError, match="no file of a data folder"):
            read_archive(tmp_path / evil, tmp_path / "in")

    assert list((tmp_path / "in").iterdir()) == []
    assert not (tmp_path / "outside").exists()


def test_the_commands_say_what_they_did(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a line for people, in an object for machines."""
    backup_command(settings, tmp_path / "b.tar.gz", NOW, False)
    restore_command(other(settings), tmp_path / "b.tar.gz", False)
    told = capsys.readouterr()
    backup_command(settings, tmp_path / "c.tar.gz", NOW, True)
    values = json.loads(capsys.readouterr().out)

    assert "b.tar.gz: " in told.err
    assert "restored what was saved at 2026-04-12T18:00:00+00:00: 4 files" in told.err
    assert values["rows"]["items"] == 1
