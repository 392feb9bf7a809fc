"""Makes a requests session whose every request goes another way: for libraries that bring a client of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from digestbot.errors import SourceError
from digestbot.ports import Response

if TYPE_CHECKING:
    import requests

Ask = Callable[["requests.PreparedRequest"], Awaitable[Response]]


class Bridge:
    """Asks from a thread in the loop where the asking lives; refuses once nobody waits for the answers any more."""

    def __init__(self, ask: Ask, loop: asyncio.AbstractEventLoop) -> None:
        """Ask with a coroutine function, in this loop."""
        self._ask = ask
        self._loop = loop
        self._stopped = False

    def stop(self) -> None:
        """Refuse what is asked from now on."""
        self._stopped = True

    def send(self, request: requests.PreparedRequest) -> Response:
        """Return the answer; raises SourceError, `cancelled` after `stop`."""
        if self._stopped:
            raise SourceError("nobody waits for the answer", reason="cancelled")

        async def asking() -> Response:
            return await self._ask(request)

        return asyncio.run_coroutine_threadsafe(asking(), self._loop).result()


def session_over(send: Callable[[requests.PreparedRequest], Response]) -> requests.Session:
    """Return a session that opens no socket of its own: `send` answers, and its SourceError comes out as it is."""
    import requests
    from requests.adapters import BaseAdapter

    class Transport(BaseAdapter):
        def send(
            self,
            request: requests.PreparedRequest,
            stream: bool = False,
            timeout: object = None,
            verify: object = True,
            cert: object = None,
            proxies: Mapping[str, str] | None = None,
        ) -> requests.Response:
            return _answer(request, send(request))

        def close(self) -> None:
            pass

    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Transport())
    session.mount("http://", Transport())
    return session


def _answer(request: requests.PreparedRequest, found: Response) -> requests.Response:
    import requests

    answer: Any = requests.Response()
    answer.status_code = found.status
    answer.url = found.url
    answer.request = request
    answer.encoding = "utf-8"
    answer._content = found.body
    made: requests.Response = answer
    return made
