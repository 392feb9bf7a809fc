"""Discord's gateway: identify, heartbeats, events in a compressed stream, and sessions that resume after a cut."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from discord_wire.state import Json, World

PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
"""Members, presences, message content (discord.com/developers/docs/events/gateway, privileged intents)."""
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
RESUME_URL = "wss://gateway-us-east1-b.discord.gg"


@dataclass
class Session:
    """A bot's session: all that was ever sent in it, so that it can go on after a cut."""

    id: str
    intents: int
    events: list[Json] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    squeeze: Callable[[bytes], bytes] | None = None

    async def tell(self, event: str, data: Json) -> None:
        """Send an event; one that finds nobody connected waits for the session to be resumed."""
        self.events.append({"op": DISPATCH, "t": event, "s": len(self.events) + 1, "d": data})
        await self.send(self.events[-1])

    async def send(self, payload: Json) -> None:
        """Send as the connection asked for it."""
        if self.socket is None or self.socket.closed:
            return
        raw = json.dumps(payload).encode()
        if self.squeeze:
            await self.socket.send_bytes(self.squeeze(raw))
        else:
            await self.socket.send_str(raw.decode())


class Gateway:
    """Takes connections. `log` holds what was received, as (op, data), in order."""

    def __init__(self, world: World, token: str, interval_s: float = 41.25) -> None:
        self._world, self._token, self._interval_ms = world, token, int(interval_s * 1000)
        self.sessions: dict[str, Session] = {}
        self.log: list[tuple[int, Any]] = []
        self.queries: list[str] = []
        self.hold_acks = False

    @property
    def session(self) -> Session:
        """Return the last session."""
        return list(self.sessions.values())[-1]

    def count(self, op: int) -> int:
        """Return how many messages of a kind came."""
        return sum(one == op for one, _ in self.log)

    async def tell(self, event: str, data: Json) -> None:
        """Send an event to the bot."""
        await self.session.tell(event, data)

    async def join(self, guild: Json) -> None:
        """Tell the bot that it was added to a guild: only one that was there before says whether it is available."""
        await self.tell("GUILD_CREATE", {name: value for name, value in guild.items() if name != "unavailable"})

    async def cut(self) -> None:
        """Break the bot's connection, as a network does: without a word."""
        socket = self.session.socket
        if socket is not None and socket._req is not None and socket._req.transport:
            socket._req.transport.abort()
        self.session.socket = None

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection from hello to its end."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self.queries.append(request.query_string)
        link = Session("", 0, socket=socket, squeeze=_squeezer(request.query.get("compress", "")))
        await link.send({"op": HELLO, "d": {"heartbeat_interval": self._interval_ms}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                link = await self._take(json.loads(message.data), link)
        return socket

    async def _take(self, given: Json, link: Session) -> Session:
        op, data = given["op"], given["d"]
        self.log.append((op, data))
        if op == HEARTBEAT and not self.hold_acks:
            await link.send({"op": ACK})
        elif op == IDENTIFY:
            return await self._identify(data, link)
        elif op == RESUME:
            return await self._resume(data, link)
        return link

    async def _identify(self, data: Json, link: Session) -> Session:
        assert link.socket is not None
        if data["token"] != self._token:
            await link.socket.close(code=4004, message=b"Authentication failed.")
            return link
        if data["intents"] & PRIVILEGED:
            await link.socket.close(code=4014, message=b"Disallowed intents.")
            return link
        session = Session(f"session-{len(self.sessions) + 1}", data["intents"], [], link.socket, link.squeeze)
        self.sessions[session.id] = session
        guilds = list(self._world.guilds.values())
        told: Json = {"v": 10, "user": self._world.bot, "session_id": session.id, "resume_gateway_url": RESUME_URL}
        told |= {"guilds": [{"id": guild["id"], "unavailable": True} for guild in guilds], "private_channels": []}
        await session.tell("READY", {**told, "application": {"id": self._world.bot["id"], "flags": 0}, "shard": [0, 1]})
        for guild in guilds:
            await session.tell("GUILD_CREATE", guild)
        return session

    async def _resume(self, data: Json, link: Session) -> Session:
        session = self.sessions.get(data["session_id"])
        if session is None or data["token"] != self._token:
            await link.send({"op": INVALID, "d": False})
            return link
        session.socket, session.squeeze = link.socket, link.squeeze
        for event in session.events[data["seq"] :]:
            await session.send(event)
        await session.tell("RESUMED", {})
        return session


def _squeezer(name: str) -> Callable[[bytes], bytes] | None:
    """Return what compresses each message so that it can be read when it arrives; None for none."""
    if name == "zlib-stream":
        stream = zlib.compressobj()
        return lambda raw: stream.compress(raw) + stream.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream":
        from backports.zstd import ZstdCompressor

        packer = ZstdCompressor()
        return lambda raw: packer.compress(raw, mode=ZstdCompressor.FLUSH_BLOCK)
    return None
