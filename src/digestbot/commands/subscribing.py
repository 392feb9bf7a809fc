"""`subscribe`, `unsubscribe` and `subscriptions …`: who gets what, when and how."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from digestbot.adapters.ledger import Ledger
from digestbot.app import installed, ledger_of
from digestbot.commands.console import counted, terminal, write_json
from digestbot.domain import Channel, Subscription
from digestbot.errors import ConfigError
from digestbot.roadmap import outline
from digestbot.settings import Settings
from digestbot.subscriptions import channels
from digestbot.subscriptions.cadence import standing
from digestbot.subscriptions.default import DEFAULT, MORNING, from_settings, standing_ones
from digestbot.subscriptions.places import check_places, free_id
from digestbot.subscriptions.sheet import applied, check_id, instant, sheet
from digestbot.subscriptions.telling import state, wants, when

_MAX_FILE_BYTES = 20_000_000


def subscribe_command(settings: Settings, id: str, given: Mapping[str, Any], now: datetime) -> int:
    """Make a subscription; it begins now, or as far back as `since` says."""
    with ledger_of(settings) as ledger:
        taken = {one.id for one in ledger.subscriptions.all() if one.channels}
        if id in taken:
            raise ConfigError(f"there is a subscription {id!r} already: 'digestbot subscriptions edit {id}' changes it")
        base = Subscription(check_id(id) if id else "new", (), created_at=now, since=now)
        made = applied(base, given, now)
        if not made.channels:
            raise ConfigError("a subscription goes somewhere: name a channel, such as --to mail:ada@example.org")
        made = made if id else replace(made, id=_free_id(made, taken | {DEFAULT}))
        _check_places(made, settings, ledger)
        ledger.subscriptions.save([made])
        _tell(settings, ledger, made, now, "Subscribed")
    return 0


def unsubscribe_command(settings: Settings, id: str) -> int:
    """End a subscription; the one that the settings make is told to go nowhere."""
    with ledger_of(settings) as ledger:
        found = _find(ledger, settings, id)
        ledger.subscriptions.remove(id)
        if id == DEFAULT:
            ledger.subscriptions.save([replace(found, channels=())])
    terminal().say(f"Unsubscribed {id}. What it was sent stays in the ledger.")
    return 0


def list_command(settings: Settings, now: datetime, as_json: bool) -> int:
    """List subscriptions, with when each is due next."""
    with ledger_of(settings) as ledger:
        own, marks = ledger.subscriptions.all(), ledger.subscriptions.handled()
    mine = {one.id for one in own}
    found = standing_ones(settings, own, terminal=True, silent=True, cadence=MORNING)
    if as_json:
        for one in found:
            write_json(_values(one, marks, now, one.id in mine))
        return 0
    rows = [
        (
            one.id if one.id in mine else f"{one.id} (settings)",
            ", ".join(channels.shown(to) for to in one.channels),
            state(one, standing(one, marks.get(one.id), now), now),
            f"{wants(one.rule)}\n{when(one)}, {one.shape.length}, {one.shape.max_items} at most",
        )
        for one in found
    ]
    where = terminal()
    where.table(("id", "to", "next", "what and when"), rows, wide="what and when")
    if any(one.id not in mine for one in found):
        where.say(f"The settings made {DEFAULT}: 'serve' sends it at that time, a run by hand at once.")
    if not own:
        where.say("One of your own: digestbot subscribe --to maildir --cadence 'daily 08:00'")
    return 0


def show_command(settings: Settings, id: str, now: datetime, as_json: bool) -> int:
    """Show a subscription: every key of it, and when it is due."""
    with ledger_of(settings) as ledger:
        found = _find(ledger, settings, id)
        marks = ledger.subscriptions.handled()
        last = ledger.publications.digests(1, id)
        mine = ledger.subscriptions.get(id) is not None
    values = _values(found, marks, now, mine)
    values["last_digest"] = last[0].id if last else None
    if as_json:
        write_json(values)
        return 0
    shown = [(key, ", ".join(value) if isinstance(value, list) else value) for key, value in values.items()]
    terminal().table(("key", "value"), [(key, str(value)) for key, value in shown if value is not None], wide="value")
    return 0


def edit_command(settings: Settings, id: str, given: Mapping[str, Any], now: datetime) -> int:
    """Change what is given of a subscription and leave the rest; an empty text empties a list."""
    if not given:
        raise ConfigError("there is nothing to change: name an option, such as --cadence 'weekly mon 08:00'")
    with ledger_of(settings) as ledger:
        found = applied(_own(_find(ledger, settings, id), now), given, now)
        _check_places(found, settings, ledger)
        ledger.subscriptions.save([found])
        _tell(settings, ledger, found, now, "Changed")
    return 0


def pause_command(settings: Settings, id: str, until: str, now: datetime) -> int:
    """Send nothing until an instant, or until it is resumed."""
    with ledger_of(settings) as ledger:
        found = _own(_find(ledger, settings, id), now)
        try:
            at = instant(until, now, found.cadence.zone, ahead=True) if until else now.replace(year=2200, day=1)
        except ValueError as error:
            raise ConfigError(f"--until: {error}") from None
        if at <= now:
            raise ConfigError(f"--until {until!r} is over already: name a later time")
        ledger.subscriptions.save([replace(found, paused_until=at)])
    span = f" until {at:%Y-%m-%d %H:%M} UTC" if until else ""
    terminal().say(f"Paused {id}{span}. Its next digest has what comes meanwhile.")
    return 0


def resume_command(settings: Settings, id: str, skip: bool, now: datetime) -> int:
    """End a pause; what came meanwhile comes in the next digest, unless it is skipped."""
    with ledger_of(settings) as ledger:
        found = _own(_find(ledger, settings, id), now)
        if not found.paused_until or found.paused_until <= now:
            raise ConfigError(f"subscription {id!r} is not paused")
        found = replace(found, paused_until=now, since=now if skip else found.since)
        ledger.subscriptions.save([found])
        _tell(settings, ledger, found, now, "Resumed")
    return 0


def export_command(settings: Settings, file: Path | None, as_json: bool) -> int:
    """Write every subscription of one's own as YAML or JSON, secrets included."""
    with ledger_of(settings) as ledger:
        plain = {"subscriptions": [sheet(one) for one in ledger.subscriptions.all()]}
    where = terminal()
    as_json = as_json or (file is not None and file.suffix == ".json")
    text = (
        json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
        if as_json
        else yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=110)
    )
    if file is None:
        where.write(text)
        return 0
    try:
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{str(file)!r} cannot be written: {error.strerror}") from error
    where.say(f"Wrote {counted(len(plain['subscriptions']), 'subscription')} to {file}; addresses in it may be secret.")
    return 0


def import_command(settings: Settings, file: Path, replace_them: bool, now: datetime) -> int:
    """Take subscriptions from a file: all of them, or none where one of them is wrong."""
    made = [_read(plain, number, now) for number, plain in enumerate(_sheets(file), 1)]
    with ledger_of(settings) as ledger:
        taken = {one.id for one in ledger.subscriptions.all()}
        twice = sorted({one.id for one in made if [other.id for other in made].count(one.id) > 1})
        if twice:
            raise ConfigError(f"{file.name} has more than one subscription {', '.join(twice)}")
        known = sorted(taken & {one.id for one in made})
        if known and not replace_them:
            raise ConfigError(f"there are subscriptions {', '.join(known[:9])} already: --replace takes the file's")
        for one in made:
            _check_places(one, settings, ledger)
        ledger.subscriptions.save(made)
    terminal().say(f"Took {counted(len(made), 'subscription')} from {file.name}.")
    return 0


def _sheets(file: Path) -> Sequence[Any]:
    try:
        if file.stat().st_size > _MAX_FILE_BYTES:
            raise ConfigError(f"{str(file)!r} is larger than {_MAX_FILE_BYTES:,} bytes")
        # JSON is YAML as well.
        plain = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{str(file)!r} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{file.name} is neither YAML nor JSON: {str(error).splitlines()[0]}") from None
    found = plain.get("subscriptions") if isinstance(plain, dict) else plain
    if not isinstance(found, list):
        raise ConfigError(f"{file.name} has no list 'subscriptions': 'digestbot subscriptions export' writes one")
    return found


def _read(plain: Any, number: int, now: datetime) -> Subscription:
    if not isinstance(plain, dict) or not isinstance(plain.get("id"), str):
        raise ConfigError(f"subscription {number} of the file has no id")
    base = Subscription(check_id(plain["id"]), (), created_at=now, since=now)
    return applied(base, plain, now)


def _check_places(one: Subscription, settings: Settings, ledger: Ledger) -> None:
    """Refuse sections and chapters that its roadmap has not; a roadmap that is not filed into cannot be checked."""
    if not (one.rule.sections or one.rule.chapters):
        return
    asked, documents = one.rule.roadmap, installed(settings, ledger)
    files = next((files for files in documents if files.name == asked), None if asked else documents[0])
    if files is None:
        return
    check_places(one.rule, outline(files.read()))


def _find(ledger: Ledger, settings: Settings, id: str) -> Subscription:
    own = ledger.subscriptions.get(id)
    made = [one for one in from_settings(settings, terminal=True, cadence=MORNING) if one.id == id]
    if own or made:
        return own or made[0]
    known = [one.id for one in ledger.subscriptions.all()] + [DEFAULT]
    near = get_close_matches(id, known, 3) or known[:9]
    raise ConfigError(f"there is no subscription {id!r}: there are {', '.join(near)}")


def _own(found: Subscription, now: datetime) -> Subscription:
    """Return a subscription as somebody's own: one of the settings' goes on with what was not sent yet."""
    return found if found.created_at else replace(found, created_at=now)


def _free_id(made: Subscription, taken: set[str]) -> str:
    # Never of an address: ids stand in logs and reports, which outlive a person who wants to be forgotten.
    kind = channels.written(made.channels[0]).partition(":")[0]
    return free_id(f"{kind}-{made.cadence.kind}", taken)


def _values(one: Subscription, marks: Mapping[str, datetime], now: datetime, mine: bool) -> dict[str, Any]:
    """Return a subscription's sheet, its secrets hidden, with where it comes from and when it is due."""
    values = sheet(one)
    values["to"] = [channels.shown(to) for to in one.channels]
    values.setdefault("cadence", "instant")
    values["from"] = "own" if mine else "settings"
    values["next"] = state(one, standing(one, marks.get(one.id), now), now)
    return values


def _tell(settings: Settings, ledger: Ledger, one: Subscription, now: datetime, done: str) -> None:
    due = standing(one, ledger.subscriptions.handled().get(one.id), now)
    where = terminal()
    where.say(f"{done} {one.id}: {wants(one.rule)}; {when(one)}; to {', '.join(map(channels.shown, one.channels))}.")
    if any(to.kind == "smtp" for to in one.channels) and not settings.smtp_url:
        where.say("No mail server is set: its mails wait until DIGESTBOT_SMTP_URL is.")
    if Channel("discord_webhook") in one.channels and not settings.discord_webhook_url:
        where.say("No Discord webhook is set: set DIGESTBOT_DISCORD_WEBHOOK_URL, or use --to discord:URL.")
    if any(to.kind == "discord" for to in one.channels) and not settings.discord_token:
        where.say("No Discord bot is set up: its posts wait until DIGESTBOT_DISCORD_TOKEN is set.")
    where.say(f"Next: {state(one, due, now)}. Try it: digestbot digest preview --subscription {one.id}")
