"""`digestbot web`: serve the pages that mails link to."""

from __future__ import annotations

from digestbot.app import ledger_of, web_pages
from digestbot.commands.console import terminal
from digestbot.errors import ConfigError
from digestbot.settings import Settings


def web_command(settings: Settings, host: str, port: int) -> int:
    """Serve until the process is told to stop."""
    import uvicorn

    where = terminal()
    with ledger_of(settings) as ledger:
        server = uvicorn.Server(
            uvicorn.Config(
                web_pages(settings, ledger, where.say),
                host=host,
                port=port,
                # Addresses of pages are secrets of readers: they stand in no log.
                access_log=False,
                log_level="warning",
                server_header=False,
                lifespan="on",
                limit_concurrency=200,
                proxy_headers=bool(settings.web_proxies),
                forwarded_allow_ips=settings.web_proxies or "",
            )
        )
        where.say(f"Serving {settings.public_url} on http://{host}:{port}; sign-up is {settings.sign_up}.")
        try:
            server.run()
        except SystemExit as error:
            raise ConfigError(f"the pages cannot be served on {host}:{port}: is another program there?") from error
        except KeyboardInterrupt:
            pass  # how a person ends it, after the server has closed
    return 0
