"""What the pages do: take a wish, confirm it, change a subscription, end it. Acts on POST only; knows no HTTP.

Nothing is kept of an address before its owner has confirmed, but the mail that it is owed until that went, and a count
under a name that only we can make of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Literal, Protocol

from digestbot.domain import Channel, Digest, Letter, Outline, Subscription
from digestbot.errors import ConfigError
from digestbot.render.mail import mailbox
from digestbot.subscriptions.default import DEFAULT
from digestbot.subscriptions.sheet import applied, instant
from digestbot.web.letters import Envelope, confirm_mail, settings_mail
from digestbot.web.links import SETTINGS_LAST, page
from digestbot.web.tokens import Tokens
from digestbot.web.wish import Form, Wish, first, read_wish, subscription_of
from digestbot.web.words import PageWords, words_of

CONFIRM_WITHIN = timedelta(hours=48)
MAILS_PER_ADDRESS = 3
MAILS_PER_DAY = 500
"""Of mails that anybody can make us send, within a day; more would be an attack on somebody's mailbox."""
_FOR_EVER = 2200

Standing = Literal["own", "shared", "none"]


class Subscriptions(Protocol):
    """What the pages ask of the ledger's subscriptions."""

    def get(self, id: str) -> Subscription | None: ...
    def save(self, found: list[Subscription]) -> None: ...


class Readers(Protocol):
    """What the pages ask of the ledger's readers."""

    def of(self, address: str) -> list[Subscription]: ...
    def leave(self, id: str, channel: Channel, now: datetime) -> bool: ...
    def shut(self, channel: Channel, now: datetime, reason: str) -> None: ...
    def may_ask(self, name: str, now: datetime, most: int, most_in_all: int) -> bool: ...


class Letters(Protocol):
    """What the pages ask of the ledger's letters."""

    def owe(self, address: str, wish: Mapping[str, Any], now: datetime) -> None: ...


class Outbox(Protocol):
    """What the pages ask of the outbox."""

    def resume(self, address: str) -> int: ...


class Digests(Protocol):
    """What the pages ask of the ledger's publications."""

    def digest(self, prefix: str) -> list[Digest]: ...
    def digests(self, limit: int, subscription: str) -> list[Digest]: ...


@dataclass(frozen=True)
class Place:
    """The subscription that a token names: `own` when it goes to its address alone."""

    id: str
    channel: Channel
    found: Subscription | None
    standing: Standing


@dataclass(frozen=True)
class Office:
    """Everything the pages act on."""

    subscriptions: Subscriptions
    readers: Readers
    letters: Letters
    outbox: Outbox
    digests: Digests
    outline: Callable[[str], Outline]
    """The roadmap of a name; the main one where none of that name is filed into."""
    tokens: Tokens
    public_url: str
    mail_from: Callable[[], str]
    wall: Callable[[], datetime]

    def ask(self, address: str, wish: Mapping[str, Any]) -> bool:
        """Owe a mail to an address; False where it, or all of them, have had enough for a day."""
        now = self.wall()
        if not self.readers.may_ask(self.name(address), now, MAILS_PER_ADDRESS, MAILS_PER_DAY):
            return False
        self.letters.owe(address, wish, now)
        return True

    def letter(self, owed: Letter) -> EmailMessage:
        """Return the mail that answers a wish: the same at every try, unless its sender has subscribed since."""
        asked_at, words = owed.asked_at, words_of(str(owed.wish.get("lang", "")))
        frame = Envelope(self.mail_from(), owed.address, f"{self.public_url}/subscribe", asked_at, owed.id)
        if mine := self._own(owed.address):
            token = self.tokens.sign("settings", asked_at + SETTINGS_LAST, i=mine.id, a=mine.channels[0].address)
            return settings_mail(words, frame, page(self.public_url, "settings", token))
        until = asked_at + CONFIRM_WITHIN
        token = self.tokens.sign("confirm", until, a=owed.address, v=dict(owed.wish))
        return confirm_mail(words, frame, page(self.public_url, "confirm", token), until)

    def name(self, address: str) -> str:
        """Return the name under which an address' sign-ups are counted."""
        return self.tokens.name(mailbox(address))

    def wished(self, token: str) -> tuple[str, Subscription] | None:
        """Return the address and the subscription that a token to confirm would make; None for an invalid one."""
        now = self.wall()
        values = self.tokens.read("confirm", token, now)
        if values is None:
            return None
        id = f"web-{hashlib.sha256(token.encode()).hexdigest()[:12]}"
        try:
            return str(values["a"]), subscription_of(id, str(values["a"]), values["v"], now)
        except ConfigError:
            return None

    def confirm(self, address: str, made: Subscription) -> bool:
        """Subscribe an address, to which mail has just been shown to arrive; False when it is subscribed already."""
        if self._own(address):
            return False
        self.subscriptions.save([made])
        self.outbox.resume(address)
        return True

    def place(self, purpose: Literal["settings", "unsubscribe", "feed"], token: str) -> Place | None:
        """Return what a token is about, None for one that is not valid."""
        values = self.tokens.read(purpose, token, self.wall())
        if values is None:
            return None
        id, channel = str(values["i"]), Channel("smtp", str(values["a"]))
        found = self.subscriptions.get(id)
        if found is None or channel not in found.channels:
            return Place(id, channel, None, "none")
        return Place(id, channel, found, "own" if found.channels == (channel,) else "shared")

    def leave(self, place: Place) -> None:
        """End what an address gets of a subscription; repeating that changes nothing.

        The settings' own subscription has no row to end: there the address is shut.
        """
        left = self.readers.leave(place.id, place.channel, self.wall())
        if not left and place.id == DEFAULT:
            self.readers.shut(place.channel, self.wall(), "unsubscribed")

    def change(self, found: Subscription, form: Form, words: PageWords) -> tuple[Subscription, Wish]:
        """Save what a form asks for, unless there is something wrong with it."""
        wish = read_wish(form, self.outline(found.rule.roadmap), words, found)
        if wish.problems:
            return found, wish
        now = self.wall()
        try:
            made = applied(found, wish.values, now)
        except ConfigError:
            return found, Wish({}, (words.broken,))
        self.subscriptions.save([made])
        return made, wish

    def pause(self, found: Subscription, form: Form) -> Subscription:
        """Pause a subscription for a span, or until it is resumed."""
        now, span = self.wall(), first(form, "span")
        until = instant(span, now, ahead=True) if span in ("1w", "2w", "4w") else now.replace(year=_FOR_EVER, day=1)
        made = replace(found, paused_until=until)
        self.subscriptions.save([made])
        return made

    def resume(self, found: Subscription) -> Subscription:
        """End a pause, where there is one."""
        now = self.wall()
        if not found.paused_until or found.paused_until <= now:
            return found
        made = replace(found, paused_until=now)
        self.subscriptions.save([made])
        return made

    def digest(self, token: str) -> Digest | None:
        """Return the digest that a token is for, None when it is not valid or the digest is gone."""
        values = self.tokens.read("digest", token, self.wall())
        found = self.digests.digest(str(values["d"])) if values else []
        return next((one for one in found if values and one.id == values["d"]), None)

    def lately(self, token: str, limit: int) -> list[Digest] | None:
        """Return the last digests of the subscription that a token is for, newest first; None when it has ended."""
        place = self.place("feed", token)
        return None if place is None or place.found is None else self.digests.digests(limit, place.id)

    def feed_link(self, place: Place, name: str) -> str:
        """Return the address of a subscription as a feed; whoever has it reads what the subscription was sent."""
        token = self.tokens.sign("feed", None, i=place.id, a=place.channel.address)
        return f"{page(self.public_url, 'subscription', token)}/feed.{name}"

    def unsubscribe_link(self, place: Place) -> str:
        """Return the page that ends this."""
        mine = {"i": place.id, "a": place.channel.address}
        return page(self.public_url, "unsubscribe", self.tokens.sign("unsubscribe", None, **mine))

    def _own(self, address: str) -> Subscription | None:
        """Return the first subscription that goes to an address alone."""
        return next((one for one in self.readers.of(address) if len(one.channels) == 1), None)
