"""What of GitHub's API pull requests need, on loopback: git objects, branches, files and pulls in memory."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

REPO = "/repos/ada/map"


@dataclass
class Hub:
    """A repository with one file; `fails_at` is the number of the request that is answered with 502."""

    text: str
    url: str = ""
    fails_at: int = 0
    refuses: bool = False
    objects: dict[str, Any] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        tree = self.keep({"README.md": self.text})
        self.branches["main"] = self.keep({"tree": tree, "message": "First", "parents": []})

    def keep(self, value: Any) -> str:
        sha = hashlib.sha1(json.dumps(value, sort_keys=True).encode()).hexdigest()
        self.objects[sha] = value
        return sha

    def file(self, branch: str) -> str:
        return str(self.objects[self.objects[self.branches[branch]]["tree"]]["README.md"])

    def message(self, branch: str) -> str:
        return str(self.objects[self.branches[branch]]["message"])

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """Return the status and the body of an answer."""
        if self.refuses:
            return 401, {"message": "Bad credentials"}
        if path == REPO:
            return 200, {"full_name": "ada/map", "default_branch": "main", "url": self.url + REPO}
        own = path.removeprefix(REPO)
        if match := re.fullmatch(r"/branches/(.+)", own):
            return self._branch(match[1])
        if match := re.fullmatch(r"/git/matching-refs/heads/(.+)", own):
            return 200, [self._ref(name) for name in self.branches if name.startswith(match[1])]
        if own == "/contents/README.md":
            text = self.objects[self.objects[query["ref"][0]]["tree"]]["README.md"]
            content = base64.b64encode(text.encode()).decode()
            named = {"path": "README.md", "name": "README.md", "sha": "b" * 40, "url": self.url + path}
            return 200, {"type": "file", "encoding": "base64", "content": content, "size": len(text), **named}
        if own == "/pulls":
            return self._pulls(method, query, body)
        return self._made(own, body) if method == "POST" else (404, {"message": "Not Found"})

    def _branch(self, name: str) -> tuple[int, Any]:
        if name not in self.branches:
            return 404, {"message": "Branch not found"}
        sha = self.branches[name]
        inner = {"sha": sha, "tree": {"sha": self.objects[sha]["tree"], "url": ""}, "message": ""}
        return 200, {"name": name, "commit": {"sha": sha, "url": "", "commit": inner}, "protected": False}

    def _ref(self, name: str) -> dict[str, Any]:
        return {
            "ref": f"refs/heads/{name}",
            "object": {"sha": self.branches[name], "type": "commit", "url": ""},
            "url": "",
        }

    def _pulls(self, method: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if method == "GET":
            wanted = query["head"][0].partition(":")[2]
            return 200, [pull for pull in self.pulls if pull["head"]["ref"] == wanted]
        number = len(self.pulls) + 1
        self.pulls.append(
            {
                "number": number,
                "state": "open",
                "merged_at": None,
                "merge_commit_sha": None,
                "title": body["title"],
                "body": body["body"],
                "html_url": f"https://hub.example/pull/{number}",
                "url": f"{self.url}{REPO}/pulls/{number}",
                "head": {"ref": body["head"]},
                "base": {"ref": body["base"]},
            }
        )
        return 201, self.pulls[-1]

    def _made(self, own: str, body: Any) -> tuple[int, Any]:
        if own == "/git/trees":
            files = dict(self.objects[body["base_tree"]])
            files |= {one["path"]: one["content"] for one in body["tree"]}
            return 201, {"sha": self.keep(files), "url": "", "tree": []}
        if own == "/git/commits":
            sha = self.keep({"tree": body["tree"], "message": body["message"], "parents": body["parents"]})
            return 201, {"sha": sha, "url": "", "tree": {"sha": body["tree"], "url": ""}, "message": body["message"]}
        if own == "/git/refs":
            name = body["ref"].removeprefix("refs/heads/")
            self.branches[name] = body["sha"]
            return 201, self._ref(name)
        return 404, {"message": "Not Found"}


@contextmanager
def serve(text: str) -> Iterator[Hub]:
    """Give a hub that answers at `url`."""
    hub = Hub(text)

    class Answers(BaseHTTPRequestHandler):
        def _do(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            hub.asked.append((self.command, parts.path))
            if hub.fails_at == len(hub.asked):
                status, found = 502, {"message": "Bad Gateway"}
            else:
                status, found = hub.answer(self.command, unquote(parts.path), parse_qs(parts.query), body)
            data = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _do

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
