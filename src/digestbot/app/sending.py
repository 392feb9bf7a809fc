"""How each kind of channel is reached, and where mails lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from digestbot.app.storing import ledger_of, make_home
from digestbot.domain import Channel, ChannelKind, Digest, DigestId
from digestbot.ports import Route
from digestbot.render.links import Links
from digestbot.settings import Settings

if TYPE_CHECKING:
    from digestbot.render.bodies import Templates
    from digestbot.web.tokens import Tokens


_CHANNELS_AT_ONCE = 40
"""Of Discord: after five messages in a channel discord.py waits out its limit, 5 s, before it tells of the fifth."""


def routes_of(
    settings: Settings,
    write: Callable[[str], object] | None,
    width: int,
    colour: bool,
    templates: Templates | None = None,
) -> dict[ChannelKind, Route]:
    """Return how each kind of channel is reached; `write` prints to the terminal, None when there is none.

    `templates` are those that were checked before; the data folder's own are checked now if left out.
    """
    from digestbot.adapters.atom_sender import AtomSender
    from digestbot.adapters.discord_webhook import DiscordWebhookSender
    from digestbot.adapters.file_sender import FileSender
    from digestbot.adapters.maildir_sender import MaildirSender
    from digestbot.adapters.webhook_sender import WebhookSender
    from digestbot.render.bodies import checked_templates

    templates, to = templates or checked_templates(settings.home / "templates"), settings.recipients[0]
    routes: dict[ChannelKind, Route] = {
        "file": Route(FileSender(settings.home / "digests", templates.html)),
        "maildir": Route(MaildirSender(settings.mail_from, to, templates), str(settings.home / "maildir")),
    }
    if write:
        from digestbot.adapters.terminal import TerminalSender

        routes["terminal"] = Route(TerminalSender(write, width, colour))
    if settings.smtp_url:
        routes["smtp"] = _mail_route(settings, settings.smtp_url.get_secret_value(), templates)
    hook, secret = settings.discord_webhook_url, settings.webhook_secret
    routes["discord_webhook"] = Route(DiscordWebhookSender(), hook.get_secret_value() if hook else "")
    routes["webhook"] = Route(
        WebhookSender(secret.get_secret_value() if secret else "", allow_nets=settings.allow_nets)
    )
    routes["atom"] = Route(AtomSender())
    if settings.discord_token:
        routes["discord"] = discord_route(settings, settings.discord_token.get_secret_value())
    return routes


def _mail_route(settings: Settings, url: str, templates: Templates) -> Route:
    from digestbot.adapters.smtp_sender import SmtpSender

    mails = SmtpSender(
        url,
        settings.mail_from,
        per_minute=settings.smtp_per_minute,
        links_of=mail_links(settings),
        templates=templates,
    )
    return Route(mails, resend=settings.smtp_in_doubt == "resend")


def discord_route(settings: Settings, token: str) -> Route:
    """Return how the bot's own channels are reached: several at once, since a channel can be asked what it has."""
    from digestbot.adapters.discord_chat import DiscordChatSender, Lookups

    @cache
    def role_of(guild: str) -> str:
        with ledger_of(settings) as ledger:
            return ledger.guilds.get(guild).ping_role

    @cache
    def hears(guild: str) -> bool:
        # Only the bot on the gateway records a server: where there is none, buttons would answer nobody.
        with ledger_of(settings) as ledger:
            known = ledger.guilds.all()
        return any(one.joined_at and not one.left_at and guild in ("", one.id) for one in known)

    def references(digests: Sequence[DigestId], channel: Channel) -> Sequence[str]:
        with ledger_of(settings) as ledger:
            return ledger.outbox.references(digests, channel)

    return Route(DiscordChatSender(token, Lookups(role_of, hears, references)), at_once=_CHANNELS_AT_ONCE)


def mail_links(settings: Settings) -> Callable[[Digest, Channel], Links]:
    """Return what finds the addresses of pages that a mail holds: none where no pages are reached."""
    if not settings.public_url:
        return lambda digest, channel: Links()
    from digestbot.web.links import links_of

    found = links_of(tokens_of(settings), settings.public_url)
    # Operators are named by a setting: there is no page on which they could end it.
    return lambda digest, channel: Links() if digest.subject else found(digest, channel)


def tokens_of(settings: Settings) -> Tokens:
    """Return what signs links, by the secret of the settings or the data folder's own."""
    from digestbot.adapters.secret_file import secret_of
    from digestbot.web.tokens import Tokens

    if settings.web_secret:
        return Tokens(settings.web_secret.get_secret_value())
    make_home(settings.home)
    return Tokens(secret_of(settings.home / "web.secret"))
