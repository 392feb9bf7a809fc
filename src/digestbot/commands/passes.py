"""`digestbot passes`: who may sign in on the web pages and write over the API."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime, timedelta

from digestbot.app import ledger_of
from digestbot.commands.console import terminal, write_json
from digestbot.domain.passes import Pass, PassRole
from digestbot.errors import ConfigError
from digestbot.settings import Settings

MAX_NAME_CHARS = 60


def add_command(settings: Settings, name: str, role: PassRole, days: int, now: datetime, as_json: bool) -> int:
    """Make a pass and write its token, which nobody can look up later; `days` 0 makes one that does not expire."""
    from digestbot.web.passes import hash_of, new_token

    if not name.strip() or len(name) > MAX_NAME_CHARS or not name.isprintable() or set(name) & set("<>,:"):
        raise ConfigError(f"{name!r} is no name: expected up to {MAX_NAME_CHARS} characters, none of them < > , or :")
    token, until = new_token(), now + timedelta(days=days) if days else None
    made = Pass(secrets.token_hex(4), name.strip(), role, hash_of(token), now, until)
    with ledger_of(settings) as ledger:
        ledger.passes.add(made)
    where = terminal()
    if as_json:
        write_json(_values(made) | {"token": token})
    else:
        where.write(f"{token}\n")
    where.say(f"This is {made.name}'s token as {role}. It is shown this once: hand it over by a way that is private.")
    return 0


def list_command(settings: Settings, now: datetime, as_json: bool) -> int:
    """Write the passes, oldest first; their tokens are kept nowhere."""
    with ledger_of(settings) as ledger:
        found = ledger.passes.all()
    if as_json:
        for one in found:
            write_json(_values(one))
        return 0
    where = terminal()
    rows = [(one.id, one.name, one.role, _standing(one, now), one.created_at, one.used_at) for one in found]
    where.table(("id", "name", "role", "standing", "made", "last used"), rows, wide="name")
    if not found:
        where.say("Nobody can sign in: make a pass with 'digestbot passes add NAME'.")
    return 0


def revoke_command(settings: Settings, id: str, now: datetime) -> int:
    """End a pass and sign out every browser that used it."""
    with ledger_of(settings) as ledger:
        if not ledger.passes.revoke(id, now):
            raise ConfigError(f"there is no pass {id!r} that is not revoked: see 'digestbot passes list'")
    terminal().say(f"{id} is revoked: it opens nothing any more, and whoever was signed in by it is not.")
    return 0


def _standing(one: Pass, now: datetime) -> str:
    if one.revoked_at:
        return f"revoked {one.revoked_at:%Y-%m-%d}"
    if one.expires_at is None:
        return "valid"
    return f"{'until' if one.is_valid(now) else 'expired'} {one.expires_at:%Y-%m-%d}"


def _values(one: Pass) -> dict[str, object]:
    return {name: value for name, value in asdict(one).items() if name != "hashed"}
