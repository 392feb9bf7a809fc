"""Runs the whole line on a few papers with a real chat model, and tells how many of its replies fit their schema.

    python bench/real_model.py --data DIR --endpoint http://127.0.0.1:PORT/v1 [--model small] [--items 40]

`llama_server.py` starts such an endpoint in an environment of its own. Between the program and the model stands a
recorder on loopback: it passes every request on as it is, and checks every reply against the schema that was asked for.
A small model judges badly; this shows that nothing of ours depends on who wrote the server.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import arguments
import jsonschema
from served_day import Ended, papers_of, run, serve, write_feeds

_PATIENCE_S = 7200
"""The recorder waits longer than the program: who gives up first is the program."""


@dataclass
class Record:
    """What passed through: for each call its seconds, tokens read and written, and what was wrong with the reply."""

    seconds: list[float] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)
    """By story, the section that the model named last."""

    def add(self, asked: Mapping[str, Any], status: int, answer: Mapping[str, Any], seconds: float) -> None:
        """Take down one call."""
        usage = answer.get("usage") or {}
        self.seconds.append(seconds)
        self.read.append(int(usage.get("prompt_tokens", 0)))
        self.written.append(int(usage.get("completion_tokens", 0)))
        self.faults.append(fault(asked, status, answer))
        if not self.faults[-1]:
            self.sections |= sections_in(answer["choices"][0]["message"].get("content") or "")
        took = f"{seconds:.0f} s, {self.read[-1]} read, {self.written[-1]} written"
        print(f"call {len(self.seconds)}: {took}", flush=True)


def main() -> None:
    """Serve a few papers, run the line with the model, print what came back."""
    parser = argparse.ArgumentParser(description="Run the line with a real chat model.")
    arguments.add_data(parser)
    parser.add_argument("--endpoint", required=True, help="the model's address, ending in /v1")
    parser.add_argument("--model", default="small", help="its name there")
    parser.add_argument("--context", type=int, default=8192, help="tokens that it reads and writes in a call")
    parser.add_argument("--day", default="2026-04-10")
    parser.add_argument("--items", type=int, default=40)
    parser.add_argument("--patience", type=float, default=1800, metavar="S", help="seconds that a reply may take")
    options = parser.parse_args()
    announced = datetime.fromisoformat(options.day).replace(tzinfo=UTC)
    papers = papers_of(options.data / "arxiv-month/items.jsonl.gz", announced)
    papers = papers[:: max(1, len(papers) // options.items)][: options.items]
    now, record = announced + timedelta(hours=12), Record()
    with (
        tempfile.TemporaryDirectory(prefix="digestbot-real-") as folder,
        serve(papers, now) as feed,
        recorder(options.endpoint, record) as url,
    ):
        write_feeds(Path(folder), papers, feed)
        settings = {"DIGESTBOT_MODEL": f"openai:{options.model}", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none"}
        settings |= {"DIGESTBOT_MODEL_TIMEOUT_S": str(options.patience)}
        settings |= {"DIGESTBOT_MODEL_CONTEXT_TOKENS": str(options.context), "DIGESTBOT_MODEL_THINKING_TOKENS": "0"}
        ended = run(Path(folder), now, settings)
        show(len(papers), record, ended)
        show_worth(Path(folder) / "home" / "ledger.db", record)


@contextmanager
def recorder(endpoint: str, record: Record) -> Iterator[str]:
    """Give an address on loopback that passes requests on and records what comes back."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            started = time.perf_counter()
            status, answer = passed_on(endpoint + self.path, body)
            record.add(json.loads(body), status, json.loads(answer), time.perf_counter() - started)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def passed_on(url: str, body: bytes) -> tuple[int, bytes]:
    """Return status and body of the endpoint's answer."""
    try:
        with urlopen(Request(url, body, {"Content-Type": "application/json"}), timeout=_PATIENCE_S) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def fault(asked: Mapping[str, Any], status: int, answer: Mapping[str, Any]) -> str:
    """Return what is wrong with a reply, "" where it fits the schema that was asked for."""
    if status != 200:
        return f"status {status}"
    choice = answer["choices"][0]
    if choice["message"].get("tool_calls"):
        return ""
    if choice["finish_reason"] == "length":
        return "cut off at its length"
    shape = asked.get("response_format", {}).get("json_schema", {}).get("schema")
    try:
        value = json.loads(choice["message"]["content"] or "")
        jsonschema.validate(value, shape or {})
    except ValueError:
        return "not json"
    except jsonschema.ValidationError:
        return "another schema"
    return ""


def sections_in(content: str) -> dict[str, str]:
    """Return the section that a reply names for each story, none of a reply that files nothing."""
    try:
        rows = json.loads(content)["stories"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {row["id"]: row["section"] for row in rows if "section" in row}


def show_worth(ledger: Path, record: Record) -> None:
    """Print what became of the model's words: how many were believed, and how they stand beside the offline filer's."""
    with sqlite3.connect(ledger) as db:
        verdicts = db.execute("SELECT story, section, model, needs_review, top FROM verdicts").fetchall()
        summaries = dict(db.execute("SELECT model, count(*) FROM summaries GROUP BY model").fetchall())
    named = [(record.sections[story], json.loads(top)) for story, _, _, _, top in verdicts if story in record.sections]
    first = sum(top[0][0] == section for section, top in named)
    likely = sum(dict(map(tuple, top)).get(section, 0.0) >= 0.05 for section, top in named)
    print(f"stories it filed {len(named)}: {first} as the offline model would, {likely} where that gives 0.05 or more")
    believed = Counter(model for _, _, model, _, _ in verdicts)
    print(f"verdicts by {dict(believed)}, for a reviewer {sum(bool(review) for _, _, _, review, _ in verdicts)}")
    print(f"summaries by {summaries}")


def show(count: int, record: Record, ended: Ended) -> None:
    """Print calls, how many replies fit, seconds and tokens, and what became of the papers."""
    calls = len(record.faults)
    faults = {name: record.faults.count(name) for name in sorted(set(record.faults) - {""})}
    print(f"papers {count}, calls {calls}, replies that fit their schema {calls - sum(faults.values())} of {calls}")
    print(f"the others: {json.dumps(faults)}")
    print(f"tokens read {sum(record.read)}, written {sum(record.written)}")
    print(f"seconds of the run {ended.seconds:.0f}, in calls {sum(record.seconds):.0f}, peak {ended.peak_mb:.0f} MB")
    for step, spent in ended.report["steps"].items():
        print(f"  {step:<12}{spent['seconds']:>8.1f} s{spent['tokens']:>9} tokens")
    print("outcomes:", json.dumps({name: n for name, n in ended.report["outcomes"].items() if n}))
    print("degraded:", json.dumps(ended.report["degraded"]))


if __name__ == "__main__":
    main()
