"""`digestbot forget`: delete what there is of a person, and say what that was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from digestbot.adapters.ledger import Ledger
from digestbot.app import ledger_of, tokens_of
from digestbot.commands.console import counted, terminal, write_json
from digestbot.errors import ConfigError
from digestbot.render.mail import mailbox
from digestbot.settings import Settings


def forget_command(settings: Settings, address: str, ask: bool, as_json: bool) -> int:
    """Delete it, after asking; 1 when the person at the terminal said no."""
    if len(mailbox(address)) < 3:
        raise ConfigError(f"{address!r} is no address: name it as 'digestbot subscriptions list' does, without 'mail:'")
    with ledger_of(settings) as ledger:
        if ask and not _agreed(ledger, address):
            terminal().say("Nothing was deleted.")
            return 1
        # Before the readers' part, which writes the database's file anew at its end.
        more = _said(ledger, {address.strip(), mailbox(address)})
        found = ledger.readers.forget(address, tokens_of(settings).name(mailbox(address)))
    named = mailbox(address) in map(mailbox, settings.recipients)
    if as_json:
        write_json(asdict(found) | more | {"in_settings": named})
        return 0
    where = terminal()
    rows = [(name.replace("_", " "), _shown(value)) for name, value in asdict(found).items() if name != "erased"]
    where.table(("deleted", "what"), [*rows, *((name, str(count)) for name, count in more.items())], wide="what")
    if not found.erased:
        where.say("Another process reads the ledger: its log keeps traces until the last one closes it.")
    if named:
        where.say("DIGESTBOT_MAIL_TO still names the address: take it out, or the next run writes to it again.")
    where.say("Not touched: backups, mails that were sent, files in the data folder's maildir and digests.")
    return 0


def _said(ledger: Ledger, names: Collection[str]) -> dict[str, int]:
    """Delete what a person asked and said, and their name on what they suggested; return how much that was."""
    return {
        "answers": sum(map(ledger.answers.forget, names)),
        "opinions": sum(map(ledger.opinions.forget, names)),
        "suggestions": sum(map(ledger.suggestions.forget, names)),
    }


def _agreed(ledger: Ledger, address: str) -> bool:
    import typer

    mine = ledger.readers.of(address)
    alone = sum(len(one.channels) == 1 for one in mine)
    what = f"{counted(alone, 'subscription')} with all they were sent, and the address in {len(mine) - alone} more"
    return typer.confirm(f"Delete {what}? It cannot be taken back.", err=True)


def _shown(value: object) -> str:
    return ", ".join(value) or "0" if isinstance(value, tuple) else str(value)
