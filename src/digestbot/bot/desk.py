"""What the bot asks of the rest of the program: parts of the ledger, the clock, and threads to wait in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, Protocol, TypeVar

from digestbot.domain import Channel, Guild, Subscription, Suspension

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Guilds(Protocol):
    """What the bot asks of the ledger's servers."""

    def all(self) -> list[Guild]: ...
    def get(self, id: str) -> Guild: ...
    def save(self, guild: Guild) -> None: ...
    def forget(self, id: str) -> None: ...


class Subscriptions(Protocol):
    """What the bot asks of the ledger's subscriptions."""

    def all(self) -> list[Subscription]: ...
    def get(self, id: str) -> Subscription | None: ...
    def save(self, found: Collection[Subscription]) -> None: ...
    def remove(self, id: str) -> None: ...


class Outbox(Protocol):
    """What the bot asks of the outbox."""

    def suspensions(self) -> list[Suspension]: ...
    def suspend(self, channel: Channel, now: datetime, reason: str) -> None: ...
    def resume(self, address: str) -> int: ...


@dataclass(frozen=True)
class Desk:
    """All of it in one hand. `tell` says a line to the operator; `threads` are few: the ledger is not to be stormed."""

    guilds: Guilds
    subscriptions: Subscriptions
    outbox: Outbox
    clock: Callable[[], datetime]
    tell: Callable[[str], object]
    threads: Executor

    async def do(self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
        """Return what a call that may block returns, made in a thread: heartbeats and answers never wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: work(*given, **named))


def subscribed(subscriptions: Sequence[Subscription]) -> set[str]:
    """Return the ids of the Discord channels that get something."""
    return {one.address for subscription in subscriptions for one in subscription.channels if one.kind == "discord"}


AddCommands = Callable[[Any, Desk], None]
"""What each group of commands is to the bot: adds its commands to a `discord.app_commands.CommandTree`."""
