"""Keeps discord.py from sending again what it cannot know to have failed.

After a 5xx or a lost connection it repeats a request by itself. A message bears that, by its nonce; a forum's post has
none and would stand there twice. Whether it does is for the next try to ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from digestbot.errors import DeliveryError

_POSTS = ("POST", "PUT", "PATCH")


@dataclass
class _Sent:
    """How many requests went out that may have done something."""

    count: int = 0


_SENT: ContextVar[_Sent | None] = ContextVar("sent", default=None)


@contextmanager
def once() -> Iterator[None]:
    """Let what is inside post one request; the repetition of one that may have been done raises DeliveryError."""
    token = _SENT.set(_Sent())
    try:
        yield
    finally:
        _SENT.reset(token)


def trace() -> aiohttp.TraceConfig:
    """Return what a client has to be made with for `once` to see its requests."""
    found = aiohttp.TraceConfig()
    found.on_request_start.append(_started)
    found.on_request_end.append(_ended)
    return found


async def _started(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
) -> None:
    sent = _SENT.get()
    if sent is None or params.method not in _POSTS:
        return
    if sent.count:
        raise DeliveryError("Discord failed on a forum's post; it may stand there, which the next try asks")
    sent.count += 1


async def _ended(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
) -> None:
    sent = _SENT.get()
    if sent is not None and params.method in _POSTS and params.response.status == 429:
        sent.count -= 1
