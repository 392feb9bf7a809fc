"""`doctor`: what is configured, what works, and what to do about the rest. It sends nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from digestbot.commands.console import terminal, write_json
from digestbot.commands.doctor import storage, written
from digestbot.commands.doctor.clocks import clock
from digestbot.commands.doctor.discord import discord
from digestbot.commands.doctor.finding import Finding
from digestbot.commands.doctor.mail import mail
from digestbot.commands.doctor.models import embeddings, models
from digestbot.errors import ConfigError
from digestbot.settings import Settings


def doctor_command(read: Callable[[], Settings], as_json: bool, network: bool = True) -> int:
    """Write what is configured, what works and what to do; 1 when something is wrong.

    Without the `network` nothing beyond this machine is asked.
    """
    try:
        settings = read()
    except ConfigError as error:
        advice = "mend them; 'digestbot config show --origin' tells where each comes from"
        return _tell([Finding("settings", "error", str(error), advice)], as_json)
    return _tell(examine(settings, network), as_json)


def examine(settings: Settings, network: bool) -> Iterator[Finding]:
    """Yield a finding for each thing that can be wrong, what others rest on first."""
    yield storage.folder(settings)
    yield storage.secrets(settings)
    ledger = storage.ledger(settings, network)
    yield ledger
    reads = ledger.state == "ok"
    if reads:
        yield storage.leftovers(settings)
        yield storage.index(settings, network)
        yield storage.review(settings)
        yield embeddings(settings)
        yield written.zones(settings)
    yield from written.feeds(settings, reads)
    yield written.roadmap(settings)
    yield written.prompts(settings)
    yield from models(settings, network)
    yield written.templates(settings)
    yield Finding("files", "ok", f"Markdown and HTML in {settings.home / 'digests'}")
    yield from mail(settings, network)
    yield written.web(settings)
    yield from discord(settings, network)
    yield written.operators(settings)
    if network:
        yield clock(settings)


def _tell(findings: Iterable[Finding], as_json: bool) -> int:
    found = list(findings)
    if as_json:
        write_json([finding.__dict__ for finding in found])
    else:
        where = terminal()
        where.table(("", "what", "finding"), [(f.state, f.what, f.says) for f in found], wide="finding")
        for finding in found:
            if finding.advice:
                where.say(f"{finding.what}: {finding.advice}")
    return int(any(finding.state == "error" for finding in found))
