"""What Discord answers, as DeliveryErrors that say what to click."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from digestbot.errors import DeliveryError

# discord.com/developers/docs/topics/opcodes-and-status-codes, JSON error codes.
MISSING_ACCESS, MISSING_PERMISSIONS, NO_DIRECT_MESSAGES = 50001, 50013, 50007
ARCHIVED, LOCKED, TAG_NEEDED = 50083, 160005, 40067
_CLICK = "in Discord open the channel's settings › Permissions, add digestbot and allow"
_POSTING = (
    "View Channel, Send Messages, Embed Links, Read Message History, Create Public Threads and Send Messages in Threads"
)
_REFUSALS = {
    MISSING_ACCESS: f"the bot may not see it: {_CLICK} View Channel",
    MISSING_PERMISSIONS: f"the bot may not post there: {_CLICK} {_POSTING}",
    NO_DIRECT_MESSAGES: "this person takes no direct messages: in Discord allow them in a server's Privacy Settings",
    LOCKED: "the thread is locked: unlock it, or subscribe another place",
    TAG_NEEDED: "the forum wants a tag and has none: add one in the channel's settings",
}


@contextmanager
def told(channel: str) -> Iterator[None]:
    """Turn what fails inside into a DeliveryError about a channel; nothing here is in doubt, since it can be asked."""
    try:
        yield
    except discord.LoginFailure:
        text = "Discord refused the bot's token: copy it anew from the developer portal into DIGESTBOT_DISCORD_TOKEN"
        raise DeliveryError(text, unreachable=True) from None
    except discord.HTTPException as error:
        raise refusal(channel, error) from error
    except discord.RateLimited as error:
        text = f"Discord asks to wait {error.retry_after:.0f} s with channel {channel}"
        raise DeliveryError(text) from error
    except discord.InvalidData as error:
        text = f"Discord channel {channel} is of a kind that digestbot does not know: subscribe a text channel"
        raise DeliveryError(text, nobody=True) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise DeliveryError(f"no connection to Discord ({type(error).__name__})", unreachable=True) from None
    except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
        raise DeliveryError(f"the connection to Discord failed ({type(error).__name__})") from None


def refusal(channel: str, error: discord.HTTPException) -> DeliveryError:
    """Return what an answer means: a place that is shut until a person acts, or a fault that may pass."""
    again = f"; then 'digestbot outbox resume {channel}'"
    if error.status == 404:
        text = f"Discord channel {channel} is gone, or the bot was removed from its server: 'digestbot bot invite'"
        return DeliveryError(f"{text} invites it again{again}", nobody=True)
    if error.code in _REFUSALS:
        return DeliveryError(f"Discord channel {channel}: {_REFUSALS[error.code]}{again}", nobody=True)
    if error.status == 403:
        return DeliveryError(f"Discord forbids to post in channel {channel} (code {error.code}){again}", nobody=True)
    if error.status == 401:
        text = "Discord refused the bot's token: copy it anew from the developer portal into DIGESTBOT_DISCORD_TOKEN"
        return DeliveryError(text, unreachable=True)
    if error.status == 429:
        return DeliveryError(f"Discord asks to slow down and took nothing more in channel {channel}")
    if 400 <= error.status < 500:
        text = f"Discord refused a message in channel {channel} ({error.status}, code {error.code})"
        return DeliveryError(text, permanent=True)
    return DeliveryError(f"Discord failed in channel {channel} ({error.status})")
