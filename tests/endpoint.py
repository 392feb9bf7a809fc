"""An OpenAI-compatible endpoint on loopback that answers as a test says."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

PIECE = 24
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}

Answer = str | int | dict[str, Any]
"""A reply's content, a status that is an error, or a whole choice."""


@dataclass
class Endpoint:
    """What a test says the model answers to the ids of a request, and the requests that came."""

    answer: Callable[[list[str]], Answer]
    says: Callable[[dict[str, Any]], Answer] | None = None
    """In the place of `answer`, for a whole request."""
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    waits: bool = False
    slow_from: int | None = None
    """Requests with so many ids wait until the end, those with fewer do not."""
    refuses_schemas: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    embeds: Callable[[list[str]], int | list[list[float]]] = lambda texts: [letters(text) for text in texts]
    """What it answers to texts at /v1/embeddings: vectors in their order, or a status that is an error."""
    streams: Literal["yes", "no", "refused"] = "yes"
    """What becomes of a request for a stream: `no` answers it with the whole at once."""
    counts: bool = True
    """Whether a stream ends with what it took."""
    pauses: Callable[[int], object] = lambda piece: None
    """Is called before each piece of a stream, and may raise Broken."""
    under_way: int = 0
    most_under_way: int = 0


class Broken(Exception):
    """Ends a stream in the middle: by an event that tells of an error, else by hanging up."""


@contextmanager
def serve(answer: Callable[[list[str]], Answer]) -> Iterator[Endpoint]:
    """Serve an endpoint for the length of a context."""
    state, lock = Endpoint(answer), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        # As real servers do, it leaves connections open for the next request.
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                state.requests.append(request)
                state.under_way += 1
                state.most_under_way = max(state.most_under_way, state.under_way)
            if self.path.endswith("/embeddings"):
                self.embed(request)
                return
            if state.refuses_schemas and "response_format" in request:
                self.respond(400)
                return
            ids = re.findall(r"^id: (\S+)$", str(request["messages"][-1]["content"]), re.MULTILINE)
            if state.waits or (state.slow_from and len(ids) >= state.slow_from):
                state.released.wait(30)
            answer = state.says(request) if state.says else state.answer(ids)
            with lock:
                state.under_way -= 1
            if request.get("stream") and state.streams != "no" and not isinstance(answer, int):
                self.respond(400) if state.streams == "refused" else self.stream(completion(answer))
                return
            self.respond(answer)

        def embed(self, request: dict[str, Any]) -> None:
            with lock:
                state.under_way -= 1
            found = state.embeds(request["input"])
            self.send(*(found, {}) if isinstance(found, int) else (200, embeddings(found)))

        def respond(self, answer: Answer) -> None:
            self.send(answer, {}) if isinstance(answer, int) else self.send(200, completion(answer))

        def stream(self, whole: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                for number, event in enumerate(events(whole, state.counts)):
                    state.pauses(number)
                    self.piece(json.dumps(event))
                self.piece("[DONE]")
                self.wfile.write(b"0\r\n\r\n")
            except Broken as broken:
                if broken.args:
                    self.piece(json.dumps(broken.args[0]))
                self.close_connection = True
            except (BrokenPipeError, ConnectionResetError):
                pass

        def piece(self, told: str) -> None:
            data = f"data: {told}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

        def send(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told if status == 200 else {"error": {"message": "secret words"}}).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                for name, value in state.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield state
    state.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


def letters(text: str) -> list[float]:
    """Return how often each letter stands in a text: a vector of which texts of alike words have alike ones."""
    return [float(text.lower().count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz-"]


def embeddings(rows: list[list[float]]) -> dict[str, Any]:
    """Return a reply of /v1/embeddings, its rows out of order: they are told apart by `index`."""
    data = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(rows)]
    usage = {"prompt_tokens": 10 * len(rows), "total_tokens": 10 * len(rows)}
    return {"object": "list", "model": "m", "data": data[::-1], "usage": usage}


def events(whole: dict[str, Any], counts: bool) -> Iterator[dict[str, Any]]:
    """Yield a completion in parts, as a stream has them: `PIECE` characters each, then why it ends, then its count."""
    (choice,) = whole["choices"]
    said, calls = choice["message"].get("content") or "", choice["message"].get("tool_calls") or []
    deltas: list[dict[str, Any]] = [{"role": "assistant"}]
    deltas += [{"tool_calls": [{"index": place, **call}]} for place, call in enumerate(calls)]
    deltas += [{"content": said[place : place + PIECE]} for place in range(0, len(said), PIECE)]
    if refusal := choice["message"].get("refusal"):
        deltas.append({"refusal": refusal})
    part = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    for delta in deltas:
        yield {**part, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {**part, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]}
    if counts:
        yield {**part, "choices": [], "usage": whole["usage"]}


def completion(answer: Answer) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}
    if isinstance(answer, dict):
        choice = {"index": 0, "finish_reason": "stop", **answer}
    return {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": USAGE}
