"""Settings: from where they come, in which order, and that no secret is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from digestbot.domain import Channel
from digestbot.errors import ConfigError
from digestbot.settings import Settings, default_home, load, origins
from digestbot.subscriptions.default import from_settings

SECRET = "s3cret-that-nobody-sees"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a data folder in it, and an environment without any of our settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DIGESTBOT_{name.upper()}", raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DIGESTBOT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    return tmp_path


def given(place: Path, monkeypatch: pytest.MonkeyPatch, env: str = "", dotenv: str = "", toml: str = "") -> None:
    """Name a model in some of the three places."""
    if env:
        monkeypatch.setenv("DIGESTBOT_MODEL", env)
    if dotenv:
        (place / ".env").write_text(f"DIGESTBOT_MODEL={dotenv}\n")
    if toml:
        (place / "home" / "settings.toml").write_text(f'model = "{toml}"\n')


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({}, "offline"),
        ({"toml": "openai:c"}, "openai:c"),
        ({"toml": "openai:c", "dotenv": "openai:b"}, "openai:b"),
        ({"toml": "openai:c", "dotenv": "openai:b", "env": "openai:a"}, "openai:a"),
        ({"toml": "openai:c", "env": "openai:a"}, "openai:a"),
    ],
)
def test_the_environment_goes_before_the_files(
    place: Path, monkeypatch: pytest.MonkeyPatch, sources: Mapping[str, str], expected: str
) -> None:
    """The environment wins over `.env`, which wins over the data folder's settings.toml, which wins over defaults."""
    given(place, monkeypatch, **sources)

    assert load().model == expected


def test_an_empty_variable_is_an_absent_one(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable leaves the default, as in most shells' scripts it means nothing."""
    monkeypatch.setenv("DIGESTBOT_BUDGET_USD_PER_DAY", "")
    monkeypatch.setenv("DIGESTBOT_NOW", "")

    settings = load()

    assert (settings.budget_usd_per_day, settings.now) == (None, None)


def test_every_documented_setting_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each name of the environment reaches its setting, in its type."""
    for name, value in {
        "DIGESTBOT_DATABASE_URL": "sqlite:///x.db", "DIGESTBOT_CHROMA_URL": "http://index:8000",
        "DIGESTBOT_ROADMAP": "llm-retreat", "OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": "http://models/v1",
        "DIGESTBOT_BUDGET_USD_PER_DAY": "0.5", "DIGESTBOT_SMTP_URL": "smtp://ada:pw@host:587",
        "DIGESTBOT_MAIL_TO": "ada@reader.example, alan@reader.example", "DIGESTBOT_DISCORD_WEBHOOK_URL": "https://hook",
        "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8, ::1/128", "DIGESTBOT_NOW": "2026-04-12T18:00:00+08:00",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)

    settings = load()

    assert settings.home == place / "home"
    assert (settings.roadmap, settings.chroma_url, settings.openai_base_url) == (
        "llm-retreat", "http://index:8000", "http://models/v1",
    )  # fmt: skip
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == SECRET
    assert settings.budget_usd_per_day == 0.5
    assert settings.recipients == ("ada@reader.example", "alan@reader.example")
    assert settings.allow_nets == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert settings.now == datetime(2026, 4, 12, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-04-12", datetime(2026, 4, 12, tzinfo=UTC)),
        ("2026-04-12T18:00:00", datetime(2026, 4, 12, 18, tzinfo=UTC)),
        ("2026-04-12T18:00:00+08:00", datetime(2026, 4, 12, 10, tzinfo=UTC)),
    ],
)
def test_the_clock_is_in_utc(place: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: datetime) -> None:
    """A clock without a zone is UTC, one of another zone is turned into UTC: digests are named by the UTC day."""
    monkeypatch.setenv("DIGESTBOT_NOW", text)

    found = load().now

    assert found is not None
    assert found.isoformat() == expected.isoformat()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIGESTBOT_BUDGET_USD_PER_DAY", "-17.25"),
        ("DIGESTBOT_BUDGET_USD_PER_DAY", "plenty-17.25"),
        ("DIGESTBOT_BUDGET_USD_PER_DAY", "inf"),
        ("DIGESTBOT_NOW", "yesterday-17.25"),
        ("DIGESTBOT_NOW", "0001-01-01T17:25:00"),
        ("DIGESTBOT_ALLOW_NETS", "127.0.0.0/99"),
    ],
)
def test_a_bad_setting_is_named_and_its_value_is_not_shown(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The operator learns which variable to mend; its value could be a secret in the wrong place."""
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError, match=name) as caught:
        load()

    assert value.removeprefix("-") not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_bad_settings_are_named_at_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two mistakes need one start-up to be found, not two."""
    monkeypatch.setenv("DIGESTBOT_BUDGET_USD_PER_DAY", "x")
    monkeypatch.setenv("DIGESTBOT_NOW", "y")

    with pytest.raises(ConfigError, match=r"DIGESTBOT_BUDGET_USD_PER_DAY.*DIGESTBOT_NOW"):
        load()


@pytest.mark.parametrize("content", [b"model = ", b"\xff\xfe", b'model = "unterminated'])
def test_a_settings_file_that_cannot_be_read_is_told(place: Path, content: bytes) -> None:
    """A broken settings.toml is a ConfigError that names the file."""
    (place / "home" / "settings.toml").write_bytes(content)

    with pytest.raises(ConfigError, match=r"settings\.toml cannot be read"):
        load()


@pytest.mark.parametrize(
    "name",
    [
        "DIGESTBOT_DATABASE_URL",
        "DIGESTBOT_SMTP_URL",
        "DIGESTBOT_DISCORD_TOKEN",
        "DIGESTBOT_DISCORD_WEBHOOK_URL",
        "OPENAI_API_KEY",
    ],
)
def test_secrets_are_masked(place: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whatever can hold a password or a token shows nothing of it when printed or logged."""
    monkeypatch.setenv(name, f"smtp://ada:{SECRET}@host")

    settings = load()

    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)
    assert SECRET not in settings.model_dump_json()


@pytest.mark.parametrize(
    ("place_of", "content", "told"),
    [
        ("env", "DIGESTBOT_MODLE", r"DIGESTBOT_MODLE in the environment.*did you mean DIGESTBOT_MODEL\?"),
        (".env", "DIGESTBOT_ROADMAPP=x\n", r"DIGESTBOT_ROADMAPP in \.env.*DIGESTBOT_ROADMAP\?"),
        ("home/settings.toml", 'smtp_ulr = "x"\n', r"smtp_ulr in settings\.toml.*smtp_url\?"),
        ("home/settings.toml", "[model]\n", "DIGESTBOT_MODEL"),
    ],
)
def test_a_name_that_is_no_setting_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, place_of: str, content: str, told: str
) -> None:
    """A misspelt name would otherwise leave a default in force that nobody wanted; the nearest name is told."""
    if place_of == "env":
        monkeypatch.setenv(content, "x")
    else:
        (place / place_of).write_text(content)

    with pytest.raises(ConfigError, match=told):
        load()


def test_strangers_of_all_places_are_named_at_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two misspelt names in two places need one start-up to be found."""
    monkeypatch.setenv("DIGESTBOT_MODLE", "x")
    (place / "home" / "settings.toml").write_text("ful_texts = 1\n")

    with pytest.raises(ConfigError, match=r"DIGESTBOT_MODLE.*ful_texts"):
        load()


def test_the_variables_of_benches_are_not_ours(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DIGESTBOT_BENCH_DATA is read by the benches and tests alone."""
    monkeypatch.setenv("DIGESTBOT_BENCH_DATA", "somewhere")

    assert load().model == "offline"


@pytest.mark.parametrize("named_in", ["env", ".env", "settings.toml"])
def test_a_secret_may_stand_in_a_file(place: Path, monkeypatch: pytest.MonkeyPatch, named_in: str) -> None:
    """A secret's file is read wherever it is named, without the line end behind it."""
    file = place / "smtp"
    file.write_text(f"smtp://ada:{SECRET}@host\n")
    if named_in == "env":
        monkeypatch.setenv("DIGESTBOT_SMTP_URL_FILE", str(file))
    elif named_in == ".env":
        (place / ".env").write_text(f"DIGESTBOT_SMTP_URL_FILE={file}\n")
    else:
        (place / "home" / "settings.toml").write_text(f'smtp_url_file = "{file}"\n')

    settings = load()

    assert settings.smtp_url is not None
    assert settings.smtp_url.get_secret_value() == f"smtp://ada:{SECRET}@host"


def test_a_place_that_wins_brings_its_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file named in the environment goes before a secret that stands in `.env`."""
    (place / "key").write_text("from-the-file")
    (place / ".env").write_text("OPENAI_API_KEY=from-dotenv\n")
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(place / "key"))

    key = load().openai_api_key

    assert key is not None
    assert key.get_secret_value() == "from-the-file"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read: No such file"),
        (b"", "no secret"),
        (b"\xff\xfe", "not UTF-8"),
        (b"x" * 70_000, "too much"),
    ],
)
def test_a_secret_s_file_that_cannot_be_used_is_told(
    place: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, told: str
) -> None:
    """The variable is named, and nothing of the file."""
    file = place / "token"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("DIGESTBOT_DISCORD_TOKEN_FILE", str(file))

    with pytest.raises(ConfigError, match=f"DIGESTBOT_DISCORD_TOKEN_FILE.*{told}"):
        load()


def test_a_secret_given_twice_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of the two would count is nothing to guess."""
    (place / "token").write_text(SECRET)
    monkeypatch.setenv("DIGESTBOT_DISCORD_TOKEN_FILE", str(place / "token"))
    monkeypatch.setenv("DIGESTBOT_DISCORD_TOKEN", "another")

    with pytest.raises(ConfigError, match="DIGESTBOT_DISCORD_TOKEN and DIGESTBOT_DISCORD_TOKEN_FILE are both given"):
        load()


def test_only_secrets_stand_in_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no secret is written where it is looked for."""
    monkeypatch.setenv("DIGESTBOT_MODEL_FILE", "x")

    with pytest.raises(ConfigError, match="DIGESTBOT_MODEL_FILE in the environment is no setting"):
        load()


def test_the_origin_of_each_setting_is_known(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place that wins is the one that is told, and a secret is not shown."""
    given(place, monkeypatch, env="openai:a", dotenv="openai:b")
    (place / "home" / "settings.toml").write_text(f'full_texts = 3\nweb_secret = "{SECRET}"\n')

    found = {one.name: (one.value, one.origin) for one in origins()}

    assert found["DIGESTBOT_MODEL"] == ("openai:a", "environment")
    assert found["DIGESTBOT_FULL_TEXTS"] == ("3", "settings.toml")
    assert found["DIGESTBOT_WEB_SECRET"] == ("**********", "settings.toml")
    assert found["DIGESTBOT_ROADMAP"] == ("genai", "default")
    assert SECRET not in str(found)


def test_settings_do_not_change(place: Path) -> None:
    """Settings are read once and passed on."""
    with pytest.raises(ValueError, match="frozen"):
        load().model = "other"


def test_without_a_home_the_data_folder_is_the_user_s(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_DATA_HOME, or .local/share in the user's own folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(place / "xdg"))
    assert default_home() == place / "xdg" / "digestbot"

    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(place))
    assert default_home() == place / ".local" / "share" / "digestbot"


@pytest.mark.parametrize(
    ("given", "terminal", "expected"),
    [
        ({}, True, [Channel("terminal"), Channel("file"), Channel("maildir")]),
        ({}, False, [Channel("file"), Channel("maildir")]),
        (
            {"smtp_url": "smtp://host", "mail_to": "a@x.example,b@x.example"},
            False,
            [Channel("file"), Channel("smtp", "a@x.example"), Channel("smtp", "b@x.example")],
        ),
        (
            {"discord_webhook_url": "https://hook.example/secret"},
            False,
            [Channel("file"), Channel("maildir"), Channel("discord_webhook")],
        ),
    ],
)
def test_the_operator_s_own_subscription_follows_the_settings(
    place: Path, given: Mapping[str, str], terminal: bool, expected: list[Channel]
) -> None:
    """Files always, a maildir until there is a mail server, then a mail per recipient, Discord where a webhook is set.

    No secret address is in a channel: channels are written into the ledger.
    """
    [subscription] = from_settings(load(**given), terminal)

    assert list(subscription.channels) == expected


@pytest.mark.parametrize("url", ["https://digest.example.org", "https://example.org/pages/", "http://localhost:8421"])
def test_public_addresses_are_https_or_here(url: str) -> None:
    """Links in mails lead to https pages; plain http is for this machine."""
    settings = load(public_url=url)

    assert settings.public_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["http://example.org", "example.org", "https://", "https://u@example.org", "https://e.org/?a"]
)
def test_other_public_addresses_are_refused(url: str) -> None:
    """Links over plain http would show who clicks what."""
    with pytest.raises(ConfigError, match="DIGESTBOT_PUBLIC_URL"):
        load(public_url=url)
