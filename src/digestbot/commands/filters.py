"""Stages as filters: JSON Lines in, one compact object per accepted line out, in order; bad lines go to stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

_BATCH = 256
_MAX_SHOWN = 60
_UNDECODED = re.compile("[\udc80-\udcff]")
"""What `surrogateescape` makes of bytes that are not UTF-8; no JSON text holds these as they are."""

Record = Mapping[str, Any]


@dataclass
class Lines:
    """Reads records and remembers how many lines were bad."""

    source: TextIO
    check: Callable[[Record], str]
    bad: int = 0
    number: int = field(default=0)

    def batches(self, size: int = _BATCH) -> Iterator[list[Record]]:
        """Yield accepted records in batches; each bad line is told on stderr and skipped."""
        batch: list[Record] = []
        for line in self.source:
            self.number += 1
            record = self._record(line)
            if record is not None:
                batch.append(record)
            if len(batch) >= size:
                yield batch
                batch = []
        if batch:
            yield batch

    def _record(self, line: str) -> Record | None:
        if not line.strip():
            return None
        try:
            if _UNDECODED.search(line):
                raise ValueError("its bytes are not UTF-8")
            found = json.loads(line.removeprefix("\ufeff"))
            problem = (
                self.check(found) if isinstance(found, dict) else f"expected an object, found {type(found).__name__}"
            )
        except (ValueError, RecursionError) as error:
            problem, found = f"not JSON: {error}", None
        if problem:
            self.bad += 1
            sys.stderr.write(f"digestbot: line {self.number}: {problem}: {line.strip()[:_MAX_SHOWN]!r}\n")
            return None
        return {name: value for name, value in found.items() if value not in (None, "")}


def file_command(source: TextIO) -> int:
    """File each line into the default roadmap."""
    from digestbot.adapters.offline_model import NAME, probabilities, reason_of, top_of
    from digestbot.adapters.offline_model import chapters_of as chapters_in
    from digestbot.offline.relevance import relevance

    outline = _default_outline()
    lines = Lines(source, has_title)
    for batch in lines.batches():
        texts = [_filing_text(record) for record in batch]
        labels, table = probabilities(texts, outline)
        sections = [labels[int(row.argmax())] for row in table]
        chapters = chapters_in(texts, sections, outline)
        worth = relevance(texts)
        for record, text, section, chapter, row, value in zip(
            batch, texts, sections, chapters, table, worth, strict=True
        ):
            _write(
                {
                    "id": record["id"],
                    "section": section,
                    "chapter": chapter or None,
                    "confidence": round(float(row.max()), 4),
                    "top": [{"section": label, "p": p} for label, p in top_of(labels, row)],
                    "relevance": round(float(value), 6),
                    "reason": reason_of(text, section, chapter, outline),
                    "model": NAME,
                }
            )
    return int(lines.bad > 0)


def summarize_command(source: TextIO) -> int:
    """Summarize each line from its abstract, or from its title where it has none."""
    from digestbot.adapters.offline_model import NAME
    from digestbot.offline.extract import summarize

    lines = Lines(source, _has_text)
    for batch in lines.batches():
        for record in batch:
            title = string(record.get("title"))
            extract = summarize(string(record.get("abstract")) or string(record.get("description")) or title, title)
            _write(
                {
                    "id": record["id"],
                    "tldr": extract.tldr,
                    "points": extract.points,
                    "evidence": extract.evidence,
                    "model": NAME,
                }
            )
    return int(lines.bad > 0)


def pairs_command(source: TextIO) -> int:
    """Judge for each line whether its two records are one work."""
    from digestbot.offline.sameness import judge
    from digestbot.offline.work import work_from

    lines = Lines(source, _has_pair)
    for batch in lines.batches():
        for record in batch:
            verdict = judge(work_from(_present(record["a"])), work_from(_present(record["b"])))
            ids = {"id": record["id"]} if "id" in record else {}
            _write(ids | {"same": verdict.same, "score": round(verdict.score, 6), "basis": verdict.basis})
    return int(lines.bad > 0)


def dedupe_command(source: TextIO) -> int:
    """Group all lines into stories, by the same rules and code as an ingest, without a ledger."""
    from digestbot.commands.grouping import grouped

    lines = Lines(source, has_title)
    records = [record for batch in lines.batches() for record in batch]
    for record, (story, duplicate_of, basis) in zip(records, grouped(records), strict=True):
        _write({"id": record["id"], "story": story, "duplicate_of": duplicate_of, "basis": basis})
    return int(lines.bad > 0)


def _default_outline() -> Any:
    from digestbot.roadmap import outline, parse
    from digestbot.shipped import shipped

    return outline(parse(shipped("roadmaps", "genai.md").read_text(encoding="utf-8"), "genai"))


def _filing_text(record: Record) -> Any:
    from digestbot.offline.filer import FilingText

    return FilingText(
        string(record.get("title")),
        string(record.get("abstract")) or string(record.get("description")),
        string(record.get("url")),
        string(record.get("kind")),
        string(record.get("lang")),
        _strings(record.get("categories")),
    )


def has_title(record: Record) -> str:
    """Return what a record lacks to be told apart and judged, "" where it lacks nothing."""
    if not _is_id(record.get("id")):
        return "it has no id"
    return "" if string(record.get("title")) or string(record.get("abstract")) else "it has neither title nor abstract"


def _has_text(record: Record) -> str:
    if not _is_id(record.get("id")):
        return "it has no id"
    texts = (record.get("abstract"), record.get("description"), record.get("title"))
    return "" if any(string(text) for text in texts) else "it has no abstract and no title"


def _has_pair(record: Record) -> str:
    sides = (record.get("a"), record.get("b"))
    return "" if all(isinstance(side, dict) for side in sides) else "it has no two objects a and b"


def _present(record: Record) -> Record:
    return {name: value for name, value in record.items() if value not in (None, "")}


def _is_id(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip() != ""


def string(value: object) -> str:
    """Return a text, "" for anything that is none."""
    return value if isinstance(value, str) else ""


def _strings(value: object) -> tuple[str, ...]:
    return (
        tuple(entry for entry in value if isinstance(entry, str))
        if isinstance(value, Sequence) and not isinstance(value, str)
        else ()
    )


def _write(value: Mapping[str, Any]) -> None:
    # Lone surrogates of a hostile line cannot be encoded: they go out as JSON escapes.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        sys.stdout.write(text + "\n")
    except UnicodeEncodeError:
        sys.stdout.write(json.dumps(value, separators=(",", ":")) + "\n")
