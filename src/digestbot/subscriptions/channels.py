"""How a channel is written: `mail:ada@example.org`, `file:/srv/digests`, `maildir`; and shown without its secrets.

`discord:` with a number is a channel that the bot posts to; else it is a webhook, by its address or the settings' own.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from digestbot.domain import Channel, ChannelKind

NAMES: dict[str, ChannelKind] = {
    "terminal": "terminal",
    "file": "file",
    "maildir": "maildir",
    "mail": "smtp",
    "discord": "discord_webhook",
    "webhook": "webhook",
    "atom": "atom",
}
_WORDS = {**{kind: name for name, kind in NAMES.items()}, "discord": "discord"}
_SECRET = ("discord_webhook", "webhook")
_NEEDS_ADDRESS = ("smtp", "webhook", "atom")
_HOW = "write terminal, file[:FOLDER], maildir[:FOLDER], mail:ADDRESS, discord[:ID or URL], webhook:URL or atom:FILE"


def parsed(text: str) -> Channel:
    """Return the channel that is written so; raises ValueError with what to write instead."""
    name, _, address = text.strip().partition(":")
    kind = NAMES.get(name.lower())
    if kind is None:
        raise ValueError(f"there is no channel {name!r}: {_HOW}")
    address = address.strip()
    if kind in _NEEDS_ADDRESS and not address:
        raise ValueError(f"channel {name!r} needs an address: {_HOW}")
    if kind == "terminal" and address:
        raise ValueError("the terminal has no address: write terminal alone")
    if re.search(r"[\x00-\x1f\x7f]", address):
        raise ValueError(f"the address of {name!r} has control characters in it")
    if kind == "smtp":
        _check_mailbox(address)
    elif kind == "discord_webhook" and re.fullmatch(r"[0-9]{15,20}", address):
        return Channel("discord", address)
    elif kind in _SECRET and address:
        _check_url(name, address)
    return Channel(kind, address)


def written(channel: Channel) -> str:
    """Return a channel as `parsed` reads it, secrets included."""
    return f"{_WORDS[channel.kind]}:{channel.address}" if channel.address else _WORDS[channel.kind]


def shown(channel: Channel) -> str:
    """Return a channel for people to see: of an address that is a secret only its host."""
    if channel.kind in _SECRET and channel.address:
        return f"{_WORDS[channel.kind]}:{urlsplit(channel.address).hostname}/…"
    return written(channel)


def _check_mailbox(address: str) -> None:
    from digestbot.render.mail import address as mailbox

    try:
        mailbox(address)
    except ValueError as error:
        raise ValueError(str(error)) from None


def _check_url(name: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"the address of {name!r} is not an https address")
