"""What a server goes by, taken anew while it runs: settings, feeds, prompts and templates, each as last found good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from digestbot.app.documents import documents_of
from digestbot.app.models import Prompts, prompts_of
from digestbot.app.operating import operators_channels
from digestbot.app.reviewing import hub_of, policy_of
from digestbot.app.storing import load_feeds
from digestbot.domain import Alert, Feed
from digestbot.errors import ConfigError
from digestbot.operators import REFUSED, RESTART
from digestbot.render.bodies import Templates, checked_templates
from digestbot.render.template import MAX_BYTES, NAME, SUBJECT, TEXT
from digestbot.setting_sources import variable_of
from digestbot.settings import Settings

Part = TypeVar("Part")
FIXED = (
    "home",
    "database_url",
    "chroma_url",
    "web_listen",
    "watch_listen",
    "web_proxies",
    "web_secret",
    "public_url",
    "sign_up",
    "web_archive",
    "discord_token",
    "log",
)
"""Settings that a running server cannot change: what it listens on, where it keeps things, and what its pages say."""


@dataclass(frozen=True)
class News:
    """What became of a part that changed: it was taken, refused for a reason, or waits for a restart."""

    part: str
    event: Literal["reloaded", "refused", "restart needed"]
    names: tuple[str, ...] = ()
    reason: str = ""


@dataclass
class Setup:
    """What counts now; `read` returns the settings as they are written, or raises ConfigError."""

    written: Settings
    """The settings as they are written; those that count are as these, or pinned."""
    settings: Settings
    feeds_file: Path | None
    read: Callable[[], Settings]
    feeds: tuple[Feed, ...] = ()
    prompts: Prompts = field(default_factory=dict)
    templates: Templates = field(default_factory=Templates)
    refused: dict[str, str] = field(default_factory=dict)
    """What is wrong with a part as it stands now, so that the one of before stays."""
    tried: tuple[bytes, ...] = ()
    """The templates as they were last tried out."""
    waiting: tuple[str, ...] = ()
    """Settings that a restart would change."""

    def start(self) -> None:
        """Take everything for the first time; a mistake stops the start as a ConfigError."""
        operators_channels(self.settings)
        self.feeds = load_feeds(self.settings, self.feeds_file)
        self.prompts = prompts_of(self.settings)
        self.tried = _written(self.settings.home / "templates")
        self.templates = checked_templates(self.settings.home / "templates")

    def renew(self) -> list[News]:
        """Take what has changed and is sound; return what there is to say of it, nothing where all is as before."""
        news = self._renew_settings()
        feeds = self._sound("feeds", lambda: load_feeds(self.settings, self.feeds_file), news)
        if feeds is not None and feeds != self.feeds:
            self.feeds = feeds
            news.append(News("feeds", "reloaded"))
        prompts = self._sound("prompts", lambda: prompts_of(self.settings), news)
        if prompts is not None and prompts != self.prompts:
            self.prompts = prompts
            news.append(News("prompts", "reloaded"))
        self._renew_templates(news)
        return news

    def alerts(self) -> list[Alert]:
        """Return what of it somebody should look at."""
        found = [
            Alert(
                f"{REFUSED}{part}", f"the {part} that stand now are refused ({reason})", "mend them; the old ones count"
            )
            for part, reason in self.refused.items()
        ]
        if self.waiting:
            found.append(
                Alert(RESTART, f"changed, and not in force: {', '.join(self.waiting)}", "restart 'digestbot serve'")
            )
        return found

    def _renew_settings(self) -> list[News]:
        news: list[News] = []
        read = self._sound("settings", self._read, news)
        if read is None:
            return news
        differing = [name for name in Settings.model_fields if getattr(read, name) != getattr(self.written, name)]
        fixed = tuple(variable_of(name) for name in differing if name in FIXED)
        taken = {name: getattr(read, name) for name in differing if name not in FIXED}
        if taken:
            self.settings = self.settings.model_copy(update=taken)
            self.written = self.written.model_copy(update=taken)
            news.append(News("settings", "reloaded", tuple(map(variable_of, taken))))
        if fixed and fixed != self.waiting:
            news.append(News("settings", "restart needed", fixed))
        self.waiting = fixed
        return news

    def _read(self) -> Settings:
        found = self.read()
        operators_channels(found)
        policy_of(found)
        hub_of(found)
        documents_of(found)
        return found

    def _renew_templates(self, news: list[News]) -> None:
        """Only what was written anew is tried out: that takes a digest of every part."""
        written = _written(self.settings.home / "templates")
        if written == self.tried:
            return
        self.tried = written
        found = self._sound("templates", lambda: checked_templates(self.settings.home / "templates"), news)
        if found is not None:
            self.templates = found
            news.append(News("templates", "reloaded"))

    def _sound(self, part: str, load: Callable[[], Part], news: list[News]) -> Part | None:
        """Return what was read; None where it is refused, of which there is news if the reason is another one."""
        try:
            found = load()
        except ConfigError as error:
            if self.refused.get(part) != str(error):
                news.append(News(part, "refused", reason=str(error)))
            self.refused[part] = str(error)
            return None
        self.refused.pop(part, None)
        return found


def _written(folder: Path) -> tuple[bytes, ...]:
    """Return what stands in the templates of a folder, nothing for those that are not there."""
    files = [folder / name for name in (NAME, TEXT, SUBJECT)]
    try:
        return tuple(file.read_bytes()[: MAX_BYTES + 1] if file.is_file() else b"" for file in files)
    except OSError as error:
        return (str(error).encode(),)
