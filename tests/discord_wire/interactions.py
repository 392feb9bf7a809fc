"""Interactions: what people do in Discord, sent to the bot by the gateway and answered by it over REST."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from discord_wire.rest import PARSED, PREFIX, as_json, checked
from discord_wire.state import Json, Refusal, World

DEFERRED = 5, 6
WITH_MESSAGE = 4, 7


@dataclass
class Exchange:
    """One interaction: when it was sent, when and how the bot answered, and what followed."""

    id: str
    token: str
    channel: str
    sent_at: float
    answered_at: float = 0.0
    callback: Json | None = None
    replies: list[Json] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acknowledged_s(self) -> float:
        """Seconds until it was acknowledged."""
        return self.answered_at - self.sent_at


class Interactions:
    """Makes interactions and takes the answers to them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.by_token: dict[str, Exchange] = {}

    def new(
        self, kind: int, data: Json, channel: Json, user: Json, permissions: int = 0, **more: Any
    ) -> tuple[Exchange, Json]:
        """Return an exchange and the event that begins it; 2 is a command, 3 a component, 4 autocomplete, 5 a modal."""
        id = self._world.snowflake()
        found = Exchange(id, f"token-{id}", channel["id"], time.perf_counter())
        self.by_token[found.token] = found
        member: Json = {
            "user": user,
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
        }
        member |= {"flags": 0, "permissions": str(permissions)}
        base = {"id": id, "application_id": self._world.bot["id"], "type": kind, "token": found.token, "version": 1}
        place = {"channel_id": channel["id"], "channel": channel, "guild_id": channel["guild_id"], "member": member}
        place["guild"] = {"id": channel["guild_id"], "locale": "en-US", "features": []}
        rest: Json = {"app_permissions": str(1 << 50), "locale": "en-US", "guild_locale": "en-US", "entitlements": []}
        rest |= {"authorizing_integration_owners": {"0": channel["guild_id"]}, "context": 0}
        return found, {**base, **place, **rest, "attachment_size_limit": 10_000_000, "data": data, **more}

    def add_to(self, app: web.Application) -> None:
        """Add the addresses that answers go to."""
        hook = f"{PREFIX}/webhooks/{{application}}/{{token}}"
        app.router.add_post(f"{PREFIX}/interactions/{{interaction}}/{{token}}/callback", self._callback)
        app.router.add_post(hook, self._follow_up)
        app.router.add_route("*", f"{hook}/messages/{{message}}", self._message)

    async def _callback(self, request: web.Request) -> web.StreamResponse:
        found, (body, files) = self._found(request), PARSED.get()
        if found.callback is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged")
        if body["type"] in WITH_MESSAGE:
            checked(body.get("data") or {}, files, new=body["type"] == 4)
            self._say(found, body.get("data") or {}, files)
        found.callback, found.answered_at = body, time.perf_counter()
        found.changed.set()
        told: Json = {"interaction": {"id": found.id, "type": 2, "response_message_loading": body["type"] in DEFERRED}}
        if body["type"] in (*WITH_MESSAGE, *DEFERRED):
            message = found.replies[0] if found.replies else self._say(found, {}, [], keep=False)
            told["interaction"]["response_message_id"] = message["id"]
            told["resource"] = {"type": body["type"], "message": message}
        return as_json(told) if "with_response" in request.query else web.Response(status=204)

    async def _follow_up(self, request: web.Request) -> web.StreamResponse:
        found, (body, files) = self._found(request), PARSED.get()
        message = self._say(found, checked(body, files, new=True), files)
        found.changed.set()
        return as_json(message)

    async def _message(self, request: web.Request) -> web.StreamResponse:
        found, (body, files) = self._found(request), PARSED.get()
        id = request.match_info["message"]
        if request.method == "PATCH":
            payload = checked(body, files, new=False)
            if id == "@original" and not found.replies:
                self._say(found, payload, files)
            message = self._reply(found, id)
            self._world.edit(message, payload, [])
            found.changed.set()
        message = self._reply(found, id)
        if request.method == "DELETE":
            found.replies.remove(message)
            return web.Response(status=204)
        return as_json(message)

    def _reply(self, found: Exchange, id: str) -> Json:
        same = [one for one in found.replies if id in ("@original", one["id"])]
        if not same:
            raise Refusal(404, 10008, "Unknown Message")
        return same[0]

    def _say(self, found: Exchange, payload: Json, files: list[Json], *, keep: bool = True) -> Json:
        message = self._world.message(found.channel, payload, files, self._world.snowflake(), self._world.bot)
        message |= {"application_id": self._world.bot["id"], "webhook_id": self._world.bot["id"]}
        if keep:
            found.replies.append(message)
        return message

    def _found(self, request: web.Request) -> Exchange:
        found = self.by_token.get(request.match_info["token"])
        if found is None:
            raise Refusal(404, 10062, "Unknown interaction")
        return found
