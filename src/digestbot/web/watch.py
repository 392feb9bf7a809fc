"""What watches over the bot reads /healthz, /readyz and /metrics: for the operator's machines, not for readers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from digestbot.errors import DigestbotError
from digestbot.status import Status, unready
from digestbot.web.metrics import metrics_of


def application(status: Callable[[], Status]) -> Starlette:
    """Return the ASGI application; `status` looks anew at every call, and may raise DigestbotError."""

    async def alive(request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(request: Request) -> Response:
        try:
            problems = unready(await asyncio.to_thread(status))
        except DigestbotError as error:
            problems = [str(error)]
        return JSONResponse({"ready": not problems, "problems": problems}, 503 if problems else 200)

    async def metrics(request: Request) -> Response:
        registry = CollectorRegistry(auto_describe=False)
        try:
            registry.register(_Found(await asyncio.to_thread(status)))
        except DigestbotError as error:
            return PlainTextResponse(f"{error}\n", 503)
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=None, headers={"Content-Type": kind})

    return Starlette(routes=[Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)])


class _Found(Collector):
    """One status as metrics: everything is counted from the ledger, so that a restart loses no count."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def collect(self) -> Iterable[Metric]:
        return metrics_of(self._status)
