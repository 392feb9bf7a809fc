"""The addresses of our pages that a digest's mail holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from digestbot.domain import Channel, Digest
from digestbot.render.links import Links
from digestbot.subscriptions.default import DEFAULT
from digestbot.web.tokens import Tokens

DIGEST_LASTS = timedelta(days=366)
SETTINGS_LAST = timedelta(days=90)
"""After a digest was made. Unsubscribing works from any old mail."""


def links_of(tokens: Tokens, public_url: str) -> Callable[[Digest, Channel], Links]:
    """Return what finds a mail's addresses: the same at every try, since they count from when the digest was made.

    What the settings subscribe has no page of settings: it is the operator's.
    """

    def find(digest: Digest, channel: Channel) -> Links:
        mine = {"i": digest.subscription, "a": channel.address}
        leave = page(public_url, "unsubscribe", tokens.sign("unsubscribe", None, **mine))
        settings = tokens.sign("settings", digest.created_at + SETTINGS_LAST, **mine)
        return Links(
            whole=page(public_url, "digest", tokens.sign("digest", digest.created_at + DIGEST_LASTS, d=digest.id)),
            settings="" if digest.subscription == DEFAULT else page(public_url, "settings", settings),
            unsubscribe=leave,
            one_click=leave,
            review=f"{public_url.rstrip('/')}/review",
        )

    return find


def page(public_url: str, name: str, token: str) -> str:
    """Return the address of a page."""
    return f"{public_url.rstrip('/')}/{name}/{token}"
