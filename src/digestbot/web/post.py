"""Sends the mails that the pages owe: at once, and again while the mail server cannot be reached.

A letter that may have gone out when a process died is sent once more under the same Message-ID, or given up, as the
settings say of mails in doubt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Protocol

from digestbot.domain import Letter
from digestbot.errors import DeliveryError, DigestbotError

LEASE = timedelta(minutes=10)
_FIRST_RETRY = timedelta(minutes=1)
_MAX_ATTEMPTS = 10
"""With a wait that doubles from a minute, the last try is about nine hours after the first."""
_AT_ONCE = 2


class Mailer(Protocol):
    """Sends one mail now or not at all; raises DeliveryError."""

    async def post(self, message: EmailMessage, to: str) -> None: ...


class Letters(Protocol):
    """What is asked of the ledger's letters."""

    def take(self, now: datetime, owner: str, lease: timedelta) -> Letter | None: ...
    def put_back(self, id: str, due_at: datetime) -> None: ...
    def close(self, id: str) -> None: ...


@dataclass
class Post:
    """What sends letters; `write` makes the mail of one."""

    letters: Letters
    write: Callable[[Letter], EmailMessage]
    mailer: Mailer
    wall: Callable[[], datetime]
    owner: str
    tell: Callable[[str], None]
    """Takes a line for the operator, such as why a mail could not be sent."""
    resend: Callable[[], bool] = bool
    """Tells whether a mail that may have arrived is sent once more; not, if left out."""
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def send_due(self) -> None:
        """Send what is due; whatever goes wrong is told, and tried again where that can help."""
        # Few at once: a mail server that hangs must not take the threads that pages need.
        async with self.slots:
            try:
                while letter := await asyncio.to_thread(self.letters.take, self.wall(), self.owner, LEASE):
                    await self._send(letter)
            except DigestbotError as error:
                self.tell(f"sign-ups wait for an answer: {error}")

    async def _send(self, letter: Letter) -> None:
        if letter.doubt and not self.resend():
            self.tell("a sign-up may not have been answered: a process died while sending its mail")
        else:
            try:
                message = await asyncio.to_thread(self.write, letter)
                await self.mailer.post(message, letter.address)
            except DeliveryError as error:
                await self._failed(letter, error)
                return
        await asyncio.to_thread(self.letters.close, letter.id)

    async def _failed(self, letter: Letter, error: DeliveryError) -> None:
        if error.permanent or (error.in_doubt and not self.resend()) or letter.attempts >= _MAX_ATTEMPTS:
            self.tell(f"a sign-up was not answered: {error}")
            await asyncio.to_thread(self.letters.close, letter.id)
            return
        self.tell(f"a sign-up waits for its answer: {error}")
        due_at = self.wall() + _FIRST_RETRY * 2 ** (letter.attempts - 1)
        await asyncio.to_thread(self.letters.put_back, letter.id, due_at)

    async def send_until_ended(self, every_s: float = 30.0) -> None:
        """Send what is due now and then, until the task is cancelled."""
        while True:
            await self.send_due()
            await asyncio.sleep(every_s)
