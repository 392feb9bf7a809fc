"""What `doctor` and `bot invite` learn from Discord, and what they make of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from discord_wire.server import TOKEN
from discord_wire.server import discord as double_of

from digestbot.adapters.discord_chat.standing import Standing, standing
from digestbot.bot.invite import PERMISSIONS, invite_url, lacking, names
from digestbot.commands.doctor.discord import discord_finding, discord_places
from digestbot.errors import DeliveryError

MEMBER = 42


def asked(token: str = TOKEN) -> tuple[Standing, dict[str, str]]:
    """Return what Discord says of four channels, by name: one that is fine, one without rights, hidden and gone."""

    async def run() -> tuple[Standing, dict[str, str]]:
        async with double_of() as double:
            guild = double.world.guild()
            guild["roles"][0]["permissions"] = str(PERMISSIONS.value)
            double.world.guild("Another")
            deny: Any = {"id": guild["id"], "type": 0, "allow": "0", "deny": str(1 << 11 | 1 << 16)}
            ids = {
                "fine": double.world.channel(guild)["id"],
                "poor": double.world.channel(guild, permission_overwrites=[deny])["id"],
                "hidden": double.world.channel(guild)["id"],
                "gone": "99",
            }
            double.world.denied[ids["hidden"]] = {"view"}
            found = await standing(token, list(ids.values()), double.connector)
            assert double.refused == []
            assert not [one for one in double.requests if one.startswith(("POST", "PATCH", "PUT"))]
            return found, ids

    return asyncio.run(asyncio.wait_for(run(), 20))


def test_doctor_names_what_each_channel_lacks() -> None:
    """It asks and sends nothing; a channel that is fine is not mentioned, the others with what to click."""
    found, ids = asked()

    told = {finding.what: finding for finding in discord_places(found.channels)}

    assert (found.name, found.guilds, found.public) == ("digestbot#0000", 2, True)
    assert set(told) == {f"Discord {ids[name]}" for name in ("poor", "hidden", "gone")}
    poor = told[f"Discord {ids['poor']}"]
    assert poor.says == "the bot lacks Send Messages, Embed Links, Read Message History"
    assert "› Permissions" in poor.advice
    assert "may not see it" in told[f"Discord {ids['hidden']}"].says
    assert "is gone" in told["Discord 99"].says


def test_a_bot_on_no_server_is_told_to_be_invited() -> None:
    """One that is on some is fine."""
    assert "digestbot bot invite" in discord_finding("digestbot", 0, 0).advice
    assert discord_finding("digestbot", 2, 3).advice == ""
    assert discord_finding("digestbot", 2, 3).says == "digestbot, on 2 servers, posts to 3 channels"


def test_a_refused_token_is_told_without_it() -> None:
    """So that it is in no terminal and no log."""
    with pytest.raises(DeliveryError, match="DIGESTBOT_DISCORD_TOKEN") as raised:
        asked("s3cret-t0ken")

    assert "t0ken" not in str(raised.value)


def test_the_invitation_asks_for_what_it_takes_and_no_more() -> None:
    """The address has both scopes and the permissions that are listed; none of them manages or mentions anything."""
    url = invite_url(MEMBER)

    assert "client_id=42" in url
    assert "scope=bot+applications.commands" in url
    assert f"permissions={PERMISSIONS.value}" in url
    assert lacking(PERMISSIONS) == []
    assert len(names()) == bin(PERMISSIONS.value).count("1")
    assert not any((PERMISSIONS.administrator, PERMISSIONS.mention_everyone, PERMISSIONS.manage_messages))
