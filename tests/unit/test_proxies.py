"""Behind a proxy: whose word is taken for where a request comes from."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from digestbot.commands.web import server_of
from digestbot.web.door import client_of

PROXY, READER = "127.0.0.1", "203.0.113.7"


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("", PROXY), ("192.0.2.9", PROXY), (PROXY, READER), (f"192.0.2.9,{PROXY}", READER), ("127.0.0.0/8", READER)],
)
def test_only_a_proxy_that_is_named_is_believed(proxies: str, seen: str) -> None:
    """A forwarded address counts where the settings name who forwards it; from anybody else it is only words."""

    async def client(request: Request) -> PlainTextResponse:
        return PlainTextResponse(client_of(request))

    config = server_of(Starlette(routes=[Route("/", client)]), "127.0.0.1:8421", proxies).config
    config.load()

    async def ask() -> str:
        transport = httpx.ASGITransport(config.loaded_app, client=(PROXY, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://pages") as asking:
            return (await asking.get("/", headers={"x-forwarded-for": READER, "forwarded": f"for={READER}"})).text

    assert asyncio.run(ask()) == seen
