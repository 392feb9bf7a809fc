"""Settings from the environment, a `.env` file and `settings.toml` in the data folder, in this order of precedence.

A secret may stand in a file of its own instead, named by the same setting with _FILE behind it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from digestbot.errors import ConfigError
from digestbot.setting_sources import home_named, places, resolved, variable_of


def default_home() -> Path:
    """Return the data folder when none is named: digestbot in the user's data folder (XDG base directories)."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "digestbot"


class Settings(BaseModel):
    """Every setting; the environment's names are these with DIGESTBOT_ in front, but for OpenAI's own two."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path = Field(default_factory=default_home, description="the data folder")
    database_url: SecretStr | None = Field(None, description="the ledger; SQLite in the data folder if not set")
    chroma_url: str | None = Field(None, description="a Chroma server; embedded in the data folder if not set")
    chroma_token: SecretStr | None = Field(None, description="the token that what guards the Chroma server asks for")
    roadmap: str = Field("genai", description="a shipped or own roadmap by name, or Markdown by path, file or folder")
    more_roadmaps: str | None = Field(None, description="roadmaps beside it to file stories into, too, with commas")
    reviewers: str | None = Field(
        None, description="who decides on proposals: ada <ada@example.org>: lead, bob; whoever runs it if not set"
    )
    review_quorum: int = Field(
        1, ge=1, le=100, description="how many reviewers must say the same; a lead's word is enough"
    )
    review_days: int = Field(14, ge=1, le=3_650, description="after how many days a proposal is overdue")
    review_servers: str | None = Field(
        None, description="Discord servers whose reviewers decide, by their numbers, with commas; see the README"
    )
    review_changes: Literal["commit", "push", "pull-request"] = Field(
        "commit", description="what becomes of accepted changes: a commit, a commit that is pushed, or a pull request"
    )
    github_repository: str | None = Field(
        None, description="where pull requests go: OWNER/NAME:PATH, or OWNER/NAME@BRANCH:PATH of the roadmap's file"
    )
    github_token: SecretStr | None = Field(None, description="may read and write that repository and its pull requests")
    github_url: str = Field("https://api.github.com", description="the API of GitHub, or of a GitHub Enterprise server")
    model: str = Field("offline", description="`offline`, or provider:name of a chat model")
    embeddings: str = Field("bundled", description="what a search compares meanings by: `bundled`, or openai:name")
    openai_api_key: SecretStr | None = Field(None, description="the key of the chat model and the embeddings")
    openai_base_url: str | None = Field(None, description="any OpenAI-compatible endpoint")
    small_model: str | None = Field(None, description="takes over from 80 % of a budget on, written like `model`")
    fallback_model: str | None = Field(None, description="answers what `model` cannot, written like `model`")
    model_timeout_s: float = Field(60.0, gt=0, allow_inf_nan=False, description="how long a reply may take")
    model_stream: Literal["on", "off"] = Field(
        "on", description="whether an answer is shown while the model writes it; `off` where an endpoint cannot"
    )
    model_requests_per_minute: int | None = Field(None, ge=1, description="the provider's limit; none if not set")
    model_tokens_per_minute: int | None = Field(None, ge=1, description="the provider's limit; none if not set")
    model_context_tokens: int | None = Field(
        None, ge=2_000, description="what the model reads and writes in one call; 16,384 at an own endpoint if not set"
    )
    model_thinking_tokens: int | None = Field(
        None, ge=0, description="what it may write before an answer; 8,000 if not set, 2,000 at an own endpoint"
    )
    budget_usd_per_day: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="what chat models may cost in a UTC day; no limit if not set"
    )
    budget_usd_per_month: float | None = Field(None, ge=0, allow_inf_nan=False, description="the same for a UTC month")
    budget_tokens_per_day: int | None = Field(None, ge=0, description="how many tokens they may take in a UTC day")
    budget_tokens_per_month: int | None = Field(None, ge=0, description="the same for a UTC month")
    when_spent: Literal["offline", "headlines"] = Field(
        "offline", description="who tells of a story when a budget is spent: the offline model, or its title alone"
    )
    smtp_url: SecretStr | None = Field(
        None, description="smtp://user:password@host:587 or smtps://…; a maildir if not set"
    )
    smtp_per_minute: int = Field(0, ge=0, description="mails a minute at most; 0 sends as fast as the server takes")
    smtp_in_doubt: Literal["hold", "resend"] = Field(
        "hold", description="what becomes of a mail that may have arrived: hold it, or resend it under its Message-ID"
    )
    mail_from: str = Field("digestbot@localhost", description="the sender of mails")
    mail_to: str = Field("reader@localhost", description="who gets the digest by mail; several with commas")
    discord_token: SecretStr | None = Field(None, description="the Discord bot's token")
    discord_webhook_url: SecretStr | None = Field(None, description="a Discord channel's webhook, to post digests to")
    webhook_secret: SecretStr | None = Field(None, description="signs what is posted to webhooks; unsigned if not set")
    public_url: str | None = Field(
        None, description="where the web pages are reached, https://…; no links in mails if not set"
    )
    sign_up: Literal["closed", "open"] = Field("closed", description="whether anybody may subscribe on the web pages")
    web_archive: Literal["open", "closed"] = Field(
        "open", description="who may read on the web pages: anybody, or those who have a pass"
    )
    web_secret: SecretStr | None = Field(None, description="signs links in mails; a file in the data folder if not set")
    web_proxies: str | None = Field(
        None, description="addresses of proxies whose X-Forwarded-For is believed, with commas"
    )
    web_listen: str | None = Field(
        None, description="host:port where serve serves the web pages; not at all if not set"
    )
    watch_listen: str | None = Field(
        None, description="host:port where serve answers /healthz, /readyz and /metrics; not at all if not set"
    )
    operators: SecretStr | None = Field(
        None, description="who is told what fails: channels as `subscribe --to` takes them, with commas"
    )
    operators_hear: Literal["alerts", "failures", "runs"] = Field(
        "failures",
        description="of what: alerts as they come and go, runs in which something failed as well, or every run",
    )
    log: Literal["pretty", "json"] = Field("pretty", description="how serve logs to stderr")
    keep_texts_days: int = Field(365, ge=1, description="how long full texts and transcripts are kept")
    keep_records_days: int = Field(180, ge=1, description="how long reports, model calls and bought summaries are kept")
    allow_nets: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="private networks that fetching may reach, with commas, e.g. 127.0.0.0/8"
    )
    link_checks: Literal["off", "on"] = Field(
        "off", description="whether `serve` and `tick` look at the roadmaps' own links when nothing else is due"
    )
    archive_url: str | None = Field(
        "https://archive.org/wayback/available?url=", description="where to ask for copies of pages that are gone"
    )
    full_texts: int = Field(20, ge=0, le=1_000, description="papers whose full text a run reads, the best first")
    explain_per_day: int = Field(
        50, ge=0, le=100_000, description="questions that one person may ask in a day; 0 for any number"
    )
    explain_per_day_and_server: int = Field(
        500, ge=0, le=1_000_000, description="questions that all of a Discord server may ask in a day; 0 for any number"
    )
    now: datetime | None = Field(None, description="the clock, for tests; the real one if not set")

    @field_validator("allow_nets", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
        sound = parts.hostname and not (parts.query or parts.fragment or "@" in parts.netloc)
        if value and not (sound and (parts.scheme == "https" or (parts.scheme == "http" and loopback))):
            raise ValueError("expected an https address without a query, such as https://digest.example.org")
        return value.rstrip("/") if value else None

    @field_validator("chroma_url")
    @classmethod
    def _is_server(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        sound = parts.hostname and parts.scheme in ("http", "https") and not (parts.query or parts.fragment)
        if value and (not sound or "@" in parts.netloc or "/" in parts.path.strip("/")):
            raise ValueError(
                "expected a server's address, such as http://chroma:8000 or http://chroma:8000/DATABASE; "
                "what guards it takes DIGESTBOT_CHROMA_TOKEN"
            )
        return value or None

    @field_validator("web_listen", "watch_listen")
    @classmethod
    def _is_socket(cls, value: str | None) -> str | None:
        host, _, port = (value or "").rpartition(":")
        if value and not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError("expected host:port, such as 127.0.0.1:8421")
        return value or None

    @field_validator("now")
    @classmethod
    def _in_utc(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        if not 1990 <= value.year <= 2200:
            raise ValueError("lies too far away: expected a year from 1990 to 2200")
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    @property
    def roadmaps(self) -> tuple[str, ...]:
        """The roadmaps that stories are filed into, the main one first."""
        more = (part.strip() for part in (self.more_roadmaps or "").split(","))
        return (self.roadmap, *dict.fromkeys(part for part in more if part and part != self.roadmap))

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who gets the digest by mail."""
        return tuple(part.strip() for part in self.mail_to.split(",") if part.strip())


@dataclass(frozen=True)
class Origin:
    """A setting as it counts and where it comes from; a secret is not shown."""

    name: str
    value: str
    origin: str


def load(**given: Any) -> Settings:
    """Return the settings; raises ConfigError naming every one that cannot be used, never its value."""
    return _read(given)[0]


def origins() -> list[Origin]:
    """Return every setting with its origin: `default` or a place; raises ConfigError as `load` does."""
    settings, sources = _read({})
    return [
        Origin(variable_of(name), _shown(getattr(settings, name)), sources.get(name, "default"))
        for name in Settings.model_fields
    ]


def secret_names() -> list[str]:
    """Return the settings that hold a secret, which may stand in files."""
    return [name for name, field in Settings.model_fields.items() if SecretStr in get_args(field.annotation)]


def _read(given: dict[str, Any]) -> tuple[Settings, dict[str, str]]:
    """Return the settings and the place that each comes from."""
    home = Path(given.get("home") or home_named() or default_home())
    values, sources, problems = dict(given), dict.fromkeys(given, "given"), []
    for place in places(home):
        try:
            found = resolved(place, Settings.model_fields, secret_names())
        except ConfigError as error:
            problems.append(str(error))
            continue
        sources = dict.fromkeys(found, place.name) | sources
        values = found | values
    if problems:
        raise ConfigError("; ".join(problems))
    try:
        return Settings(**values), sources
    except ValidationError as error:
        problems = [f"{variable_of(str(problem['loc'][0]))}: {problem['msg'].lower()}" for problem in error.errors()]
        raise ConfigError("these settings cannot be used: " + "; ".join(problems)) from None


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return "**********"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
