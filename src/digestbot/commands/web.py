"""`digestbot web`: serve the pages that mails link to; `serve` does it beside its ticks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

from digestbot.app import Explainer, ledger_of, web_pages
from digestbot.commands.console import terminal
from digestbot.errors import ConfigError
from digestbot.memory import hand_back_memory
from digestbot.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

_START_S = 10.0


def web_command(settings: Settings, host: str, port: int) -> int:
    """Serve until the process is told to stop."""
    hand_back_memory()
    where = terminal()
    with ledger_of(settings) as ledger, closing(Explainer(lambda: settings)) as explainer:
        pages = web_pages(lambda: settings, ledger, where.say, explainer.explain)
        server = server_of(pages, f"{host}:{port}", settings.web_proxies or "")
        where.say(f"Serving {settings.public_url} on http://{host}:{port}; sign-up is {settings.sign_up}.")
        try:
            server.run()
        except SystemExit as error:
            raise _taken(f"{host}:{port}") from error
        except KeyboardInterrupt:
            pass  # how a person ends it, after the server has closed
    return 0


def server_of(application: Starlette, listen: str, proxies: str = "") -> uvicorn.Server:
    """Return a server for an application at host:port; `proxies` are those whose forwarded addresses are believed."""
    import uvicorn

    host, _, port = listen.rpartition(":")
    return uvicorn.Server(
        uvicorn.Config(
            application,
            host=host.strip("[]"),
            port=int(port),
            # Addresses of pages are secrets of readers: they stand in no log.
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            lifespan="auto",
            limit_concurrency=200,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies,
            timeout_graceful_shutdown=5,
        )
    )


@contextmanager
def served(application: Starlette, listen: str, proxies: str = "") -> Iterator[None]:
    """Serve an application in a thread for the length of a context; raises ConfigError where the port is taken."""
    server = server_of(application, listen, proxies)

    def work() -> None:
        with suppress(SystemExit):  # how it says that it could not listen
            server.run()

    thread = Thread(target=work, name=f"web {listen}", daemon=True)
    thread.start()
    patience = monotonic() + _START_S
    while not server.started and thread.is_alive() and monotonic() < patience:
        sleep(0.02)
    if not server.started:
        raise _taken(listen)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_START_S)


def _taken(listen: str) -> ConfigError:
    return ConfigError(f"nothing can be served on {listen}: is another program there?")
