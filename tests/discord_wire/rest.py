"""Discord's REST API, as far as a bot that posts, reads and answers needs it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from aiohttp import web

from discord_wire import limits
from discord_wire.state import FORUM, Json, Refusal, World

Answer = Json | list[Json] | None
Handler = Callable[["Call"], Answer]
PREFIX = "/api/v10"
PARSED: ContextVar[tuple[Any, list[Json]]] = ContextVar("parsed")
"""The JSON body and the files of the request under way; a stream of parts can be read only once."""


class Call:
    """A request as the handlers see it: its variables, its query, its JSON body and the files that came with it."""

    def __init__(self, world: World, request: web.Request, body: Any, files: list[Json]) -> None:
        self.world, self.body, self.files = world, body, files
        self.path, self.query = request.match_info, request.query
        self.request = request

    def channel(self, *needed: str) -> Json:
        """Return the channel of the path, if the bot may do there what it needs."""
        return self.world.allowed(self.path["channel"], *needed)

    def message(self) -> Json:
        """Return the message of the path."""
        found = self.world.messages.get(self.path["channel"], {}).get(self.path["message"])
        if found is None:
            raise Refusal(404, 10008, "Unknown Message")
        return found


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Return an answer whose type is given as Discord gives it, without a character set: discord.py compares it so."""
    raw = json.dumps(value).encode()
    return web.Response(body=raw, status=status, headers=headers, content_type="application/json")


async def body_of(request: web.Request) -> tuple[Any, list[Json]]:
    """Return a request's JSON body, None where there is none, and its files."""
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return (json.loads(raw) if raw else None), []
    body: Any = {}
    files: list[Json] = []
    async for part in await request.multipart():
        if getattr(part, "name", "") == "payload_json":
            body = json.loads(await part.text())  # type: ignore[union-attr]  # no part of parts
        else:
            size = len(await part.read())  # type: ignore[union-attr]
            name = part.filename or ""  # type: ignore[union-attr]
            url = f"https://cdn.discordapp.com/attachments/{name}"
            files.append({"id": str(len(files)), "filename": name, "size": size, "url": url, "proxy_url": url})
    return body, files


def checked(payload: Any, files: list[Json], *, new: bool) -> Json:
    """Return a message's payload if Discord takes it; raises Refusal where it does not."""
    found = limits.problems(payload)
    if found:
        raise Refusal(400, 50035, f"Invalid Form Body: {'; '.join(found)}")
    if new and limits.is_empty(payload, len(files)):
        raise Refusal(400, 50006, "Cannot send an empty message")
    return dict(payload)


def _send(call: Call) -> Answer:
    channel = call.channel("send")
    if channel["type"] == FORUM:
        raise Refusal(400, 50008, "Cannot send messages in a non-text channel")
    if call.body.get("embeds"):
        call.channel("embed")
    return call.world.post(channel, checked(call.body, call.files, new=True), call.files)


def _edit(call: Call) -> Answer:
    call.channel()
    message = call.message()
    if message["author"]["id"] != call.world.bot["id"]:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    if (call.channel().get("thread_metadata") or {}).get("archived"):
        raise Refusal(400, 50083, "Thread is archived")
    return call.world.edit(message, checked(call.body, call.files, new=False), call.files)


def _delete(call: Call) -> Answer:
    call.channel()
    del call.world.messages[call.path["channel"]][call.message()["id"]]
    return None


def _history(call: Call) -> Answer:
    query = call.query
    found = call.channel()
    return call.world.history(found, query.get("after", ""), query.get("before", ""), int(query.get("limit", 50)))


def _thread_of_message(call: Call) -> Answer:
    channel = call.channel("threads")
    return call.world.thread(channel, call.message()["id"], call.body["name"])


def _forum_post(call: Call) -> Answer:
    world, channel = call.world, call.channel("send")
    if channel["type"] != FORUM:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    tags = [str(tag) for tag in call.body.get("applied_tags") or ()]
    if not {tag["id"] for tag in channel["available_tags"]} >= set(tags):
        raise Refusal(400, 50035, "Invalid Form Body: applied_tags: unknown tag")
    if channel["flags"] & 1 << 4 and not tags:
        raise Refusal(400, 40067, "A tag is required to create a forum post in this channel")
    payload = checked(call.body["message"], call.files, new=True)
    thread = world.thread(channel, world.snowflake(), call.body["name"], applied_tags=tags)
    channel["last_message_id"] = thread["id"]
    return {**thread, "message": world.post(thread, payload, call.files, id=thread["id"])}


def _edit_channel(call: Call) -> Answer:
    channel = call.channel()
    flat = {name: value for name, value in call.body.items() if name not in ("archived", "locked")}
    channel.update(flat)
    if "thread_metadata" in channel:
        channel["thread_metadata"].update({k: v for k, v in call.body.items() if k in ("archived", "locked")})
    return channel


def _active(call: Call) -> Answer:
    mine = [one for one in call.world.channels.values() if one.get("guild_id") == call.path["guild"]]
    return _threads([one for one in mine if one.get("thread_metadata") and not one["thread_metadata"]["archived"]])


def _archived(call: Call) -> Answer:
    mine = [one for one in call.world.channels.values() if one.get("parent_id") == call.channel()["id"]]
    return _threads([one for one in mine if one.get("thread_metadata") and one["thread_metadata"]["archived"]])


def _threads(found: list[Json]) -> Json:
    return {"threads": found, "members": [], "has_more": False}


def _private(call: Call) -> Answer:
    world, user = call.world, str(call.body["recipient_id"])
    known = (one for one in world.channels.values() if one["type"] == 1 and one["recipients"][0]["id"] == user)
    other = {"id": user, "username": "ada", "discriminator": "0", "avatar": None, "global_name": "Ada"}
    made: Json = {"id": world.snowflake(), "type": 1, "recipients": [other], "last_message_id": None, "flags": 0}
    channel = next(known, made)
    world.channels[channel["id"]] = channel
    world.messages.setdefault(channel["id"], {})
    return channel


def _application(call: Call) -> Answer:
    bot = call.world.bot
    owner = {**bot, "id": "1", "username": "operator", "bot": False}
    texts = {"name": "digestbot", "description": "", "summary": "", "icon": None, "verify_key": "0" * 64}
    rules = {"bot_public": True, "bot_require_code_grant": False, "flags": 0, "hook": True, "is_monetized": False}
    return {
        "id": bot["id"],
        **texts,
        **rules,
        "owner": owner,
        "team": None,
        "redirect_uris": [],
        "install_params": None,
    }


def _commands(call: Call) -> Answer:
    if call.request.method == "PUT":
        own = {"application_id": call.world.bot["id"], "version": "1", "default_member_permissions": None}
        # Entries of menus have no description; Discord tells an empty one.
        base = {**own, "description": ""}
        call.world.commands = [{"id": call.world.snowflake(), **base, **given} for given in call.body]
    return call.world.commands


def _guild(call: Call) -> Answer:
    return _guild_of(call)


def _guild_of(call: Call) -> Json:
    found = call.world.guilds.get(call.path["guild"])
    if found is None:
        raise Refusal(404, 10004, "Unknown Guild")
    return found


def _channels(call: Call) -> Answer:
    return [one for one in _guild_of(call)["channels"] if "view" not in call.world.denied.get(one["id"], ())]


def _member(call: Call) -> Answer:
    member: Json = _guild_of(call)["members"][0]
    return member


def _guilds(call: Call) -> Answer:
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 200))
    found = sorted(call.world.guilds.values(), key=lambda guild: int(guild["id"]))
    mine = [{"icon": None, "owner": False, "permissions": "0", "features": [], **_named(one)} for one in found]
    return [one for one in mine if int(one["id"]) > after][:limit]


def _named(guild: Json) -> Json:
    return {"id": guild["id"], "name": guild["name"]}


def _nothing(call: Call) -> Answer:
    return None


_MESSAGES = "/channels/{channel}/messages"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/users/@me", lambda call: call.world.bot),
    ("GET", "/users/@me/guilds", _guilds),
    ("POST", "/users/@me/channels", _private),
    ("GET", "/oauth2/applications/@me", _application),
    ("GET", "/applications/@me", _application),
    ("GET", "/applications/{application}/commands", _commands),
    ("PUT", "/applications/{application}/commands", _commands),
    ("GET", "/guilds/{guild}", _guild),
    ("GET", "/guilds/{guild}/channels", _channels),
    ("GET", "/guilds/{guild}/members/{member}", _member),
    ("GET", "/guilds/{guild}/threads/active", _active),
    ("GET", "/channels/{channel}", lambda call: call.channel()),
    ("PATCH", "/channels/{channel}", _edit_channel),
    ("GET", "/channels/{channel}/threads/archived/public", _archived),
    ("POST", "/channels/{channel}/threads", _forum_post),
    ("POST", "/channels/{channel}/typing", _nothing),
    ("GET", _MESSAGES, _history),
    ("POST", _MESSAGES, _send),
    ("GET", f"{_MESSAGES}/{{message}}", lambda call: (call.channel(), call.message())[1]),
    ("PATCH", f"{_MESSAGES}/{{message}}", _edit),
    ("DELETE", f"{_MESSAGES}/{{message}}", _delete),
    ("POST", f"{_MESSAGES}/{{message}}/threads", _thread_of_message),
)


def handler(world: World, action: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return an action as aiohttp calls it."""

    async def handle(request: web.Request) -> web.StreamResponse:
        body, files = PARSED.get()
        answer = action(Call(world, request, body, files))
        return web.Response(status=204) if answer is None else as_json(answer)

    return handle
