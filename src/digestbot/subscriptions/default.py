"""The subscription that the settings alone make, for whoever has set up none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digestbot.domain import Cadence, Channel, Subscription
from digestbot.settings import Settings

DEFAULT = "default"
AT_ONCE = Cadence()
MORNING = Cadence("daily", "06:00")
"""In UTC: arXiv's announcements of the night are there, and readers in Europe get up."""


def from_settings(settings: Settings, terminal: bool, cadence: Cadence = AT_ONCE) -> list[Subscription]:
    """Return the operator's own subscription: files always, a mail per recipient, Discord where a webhook is set.

    With no mail server the mail goes into a maildir. `terminal` adds the terminal of this very run. Whoever runs it by
    hand wants to see what came at once; `cadence` is another one where it runs by itself.
    """
    channels = [Channel("terminal")] if terminal else []
    channels.append(Channel("file"))
    if settings.smtp_url:
        channels += [Channel("smtp", recipient) for recipient in settings.recipients]
    else:
        channels.append(Channel("maildir"))
    if settings.discord_webhook_url:
        channels.append(Channel("discord_webhook"))
    return [Subscription(DEFAULT, tuple(channels), cadence=cadence)]


def standing_ones(
    settings: Settings,
    own: Sequence[Subscription],
    terminal: bool,
    *,
    silent: bool = False,
    cadence: Cadence = AT_ONCE,
) -> list[Subscription]:
    """Return the subscriptions that count: people's own, and the settings' where none of them has its id.

    Without a `terminal` nothing goes to one. Those that go nowhere are left out, unless `silent` ones are asked for.
    `cadence` is that of the settings' own.
    """
    named = {subscription.id for subscription in own}
    found = [*(made for made in from_settings(settings, terminal, cadence) if made.id not in named), *own]
    if not terminal:
        found = [replace(one, channels=tuple(c for c in one.channels if c.kind != "terminal")) for one in found]
    return [one for one in found if one.channels or silent]
