"""Who gets which digest, as far as the settings say so."""

from __future__ import annotations

from digestbot.domain import Channel, Subscription
from digestbot.settings import Settings

DEFAULT = "default"


def from_settings(settings: Settings, terminal: bool) -> list[Subscription]:
    """Return the operator's own subscription: files always, a mail per recipient, Discord where a webhook is set.

    With no mail server the mail goes into a maildir. `terminal` adds the terminal of this very run.
    """
    channels = [Channel("terminal")] if terminal else []
    channels.append(Channel("file"))
    if settings.smtp_url:
        channels += [Channel("smtp", recipient) for recipient in settings.recipients]
    else:
        channels.append(Channel("maildir"))
    if settings.discord_webhook_url:
        channels.append(Channel("discord_webhook"))
    return [Subscription(DEFAULT, tuple(channels))]
