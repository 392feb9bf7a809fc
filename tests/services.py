"""Servers that the tests start for themselves, from what Debian and our own packages install."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import sqlalchemy as sa

_OPTIONS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=60"]
"""What a server needs that is thrown away: speed, and no port."""


def postgres_folder() -> Path | None:
    """Return where PostgreSQL's programs are; None where it is not installed."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


@contextmanager
def postgres(programs: Path, folder: Path) -> Iterator[sa.URL]:
    """Run a PostgreSQL of our own on a socket in a folder; give the URL of its first database."""
    owner = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if owner:
        shutil.chown(folder, owner)
    data, log = folder / "data", folder / "log"
    options = " ".join(f"-c {option}" for option in [*_OPTIONS, f"unix_socket_directories={folder}"])
    control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60"]

    def call(*command: str | Path) -> None:
        subprocess.run(command, check=True, user=owner, stdout=subprocess.DEVNULL, cwd=folder)

    call(programs / "initdb", "-D", data, "-U", "digestbot", "-A", "trust", "-E", "UTF8", "--no-sync")
    call(*control, "-o", options, "start")
    try:
        yield sa.URL.create(
            "postgresql+psycopg", username="digestbot", database="postgres", query={"host": str(folder)}
        )
    finally:
        call(*control, "-m", "immediate", "stop")


def run_sql(server: sa.URL, statement: str) -> None:
    """Run a statement that no transaction may hold, such as CREATE DATABASE."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def chroma_program() -> Path | None:
    """Return Chroma's own command, beside this Python or on the PATH; None where it is not there."""
    found = shutil.which("chroma", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return Path(found) if found else None


@contextmanager
def chroma(program: Path, folder: Path) -> Iterator[str]:
    """Run a Chroma server on a folder; give its URL. Raises OSError where it does not start within 30 s."""
    port = free_port()
    words = [str(program), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            if not _listens(port, process):
                raise OSError(f"it said {(folder / 'log').read_text()[-300:]!r}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until a server takes connections; False when it ends or takes longer than 30 s."""
    pause = threading.Event()
    for _ in range(300):
        with socket.socket() as found:
            if found.connect_ex(("127.0.0.1", port)) == 0:
                return True
        if process.poll() is not None:
            return False
        pause.wait(0.1)
    return False


@contextmanager
def guarded(url: str, token: str) -> Iterator[str]:
    """Put a proxy before a server that lets nobody pass without a bearer's token; give the proxy's URL."""

    class Guard(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != f"Bearer {token}":
                return self._answer(HTTPStatus.UNAUTHORIZED, b"")
            kind = self.headers.get("Content-Type", "application/json")
            passed = httpx.request(self.command, url + self.path, content=body, headers={"Content-Type": kind})
            return self._answer(passed.status_code, passed.content)

        do_POST = do_PUT = do_DELETE = do_GET

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Guard)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
