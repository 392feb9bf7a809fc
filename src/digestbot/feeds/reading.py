"""Reads `feeds.yaml` into Feeds, and tells every problem in it at once, each with its line.

The file lists feeds under `feeds:`, each with `id` and `kind` (arxiv, feed, youtube); `url`, or for arXiv `categories`,
`query` or both; and where wanted `roadmaps`, `every` ("90m", "6h", "1d"), `lang`, and for arXiv `base_url`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import yaml

from digestbot.domain import Feed, FeedId, FeedKind
from digestbot.errors import ConfigError
from digestbot.feeds.addresses import masked
from digestbot.known_sites import ARXIV_API, YOUTUBE_NAME

KINDS: tuple[FeedKind, ...] = ("arxiv", "feed", "youtube")
KEYS = ("id", "kind", "categories", "query", "url", "base_url", "roadmaps", "every", "lang")
MAX_BYTES = 1_000_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C where PyYAML was built with it: ten times as fast."""
_ARXIV_KEYS = ("categories", "query", "base_url")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_CATEGORY = re.compile(r"[a-z-]+(?:\.(?:[A-Za-z-]+|\*))?")
_LANG = re.compile(r"[a-z]{2,3}")
_DURATION = re.compile(r"([1-9]\d{0,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_MAX_DEPTH = 8
_LEAST_EVERY = timedelta(minutes=5)
_LONGEST_EVERY = timedelta(days=90)


def load(path: Path) -> tuple[Feed, ...]:
    """Return the feeds of a file in its order; raises ConfigError."""
    return parse(decoded(path).removeprefix("\ufeff"), path.name)


def decoded(path: Path) -> str:
    """Return the text of a feeds file as it is, a byte more than is allowed at most; raises ConfigError."""
    try:
        return path.read_bytes()[: MAX_BYTES + 1].decode("utf-8")
    except OSError as error:
        raise ConfigError(f"cannot read feeds file {str(path)!r}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"feeds file {str(path)!r} is not utf-8: byte {error.start}") from error


def parse(text: str, name: str) -> tuple[Feed, ...]:
    """Return the feeds that a YAML text lists; raises one ConfigError with a line `name:line: problem` for each."""
    root = _compose(text, name)
    if root is None:
        return ()
    problems = _Problems(name)
    feeds: list[Feed] = []
    seen: dict[str, int] = {}
    for node in _rows(root, problems):
        feed = _feed(node, problems)
        if feed is not None:
            _note_duplicates(feed, node, seen, problems)
            feeds.append(feed)
    if problems.found:
        raise ConfigError("\n".join(line for _, line in sorted(problems.found, key=lambda one: one[0])))
    return tuple(feeds)


def read_duration(text: str, name: str) -> timedelta | None:
    """Return the time that an option names, None for ""; raises ConfigError."""
    if not text:
        return None
    match = _DURATION.fullmatch(text)
    every = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta(0)
    if not _LEAST_EVERY <= every <= _LONGEST_EVERY:
        raise ConfigError(f'{name} is {text[:40]!r}: expected 5m to 90d, such as "90m", "6h" or "1d"')
    return every


@dataclass
class _Problems:
    name: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, node: yaml.Node, says: str) -> None:
        self.found.append((_line(node), f"{self.name}:{_line(node)}: {says}"))


def _compose(text: str, name: str) -> yaml.Node | None:
    if len(text) > MAX_BYTES:
        raise ConfigError(f"{name}: larger than {MAX_BYTES} bytes")
    try:
        _refuse_unusual(text, name)
        return yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name}:{line}: not valid yaml: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}: not valid yaml: {str(error).splitlines()[0]}") from error


def _refuse_unusual(text: str, name: str) -> None:
    """Raise ConfigError for aliases, which can multiply, and deep nesting, which the next step would recurse into."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if getattr(event, "anchor", None) is not None:
            raise ConfigError(f"{name}:{line}: anchors and aliases are not used here")
        if depth > _MAX_DEPTH:
            raise ConfigError(f"{name}:{line}: nested more than {_MAX_DEPTH} deep")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _rows(root: yaml.Node, problems: _Problems) -> Iterator[yaml.MappingNode]:
    listed = _listed(root, problems)
    if listed is None:
        return
    for node in listed.value:
        if isinstance(node, yaml.MappingNode):
            yield node
        else:
            problems.add(node, "expected a feed with keys such as 'id' and 'kind'")


def _listed(root: yaml.Node, problems: _Problems) -> yaml.SequenceNode | None:
    """Return the list under the one top-level key, `feeds`; None, noted, where there is no such list."""
    if not isinstance(root, yaml.MappingNode):
        problems.add(root, "expected 'feeds:' at the top, with a list of feeds under it")
        return None
    listed = None
    for key, value in root.value:
        if key.value == "feeds" and isinstance(value, yaml.SequenceNode):
            listed = value
        elif key.value == "feeds":
            problems.add(value, "expected a list of feeds under 'feeds:', each starting with '- id: …'")
        else:
            problems.add(key, f"unknown key {str(key.value)!r} at the top: only 'feeds' stands there")
    if listed is None and not problems.found:
        problems.add(root, "expected 'feeds:' at the top, with a list of feeds under it")
    return listed


def _feed(node: yaml.MappingNode, problems: _Problems) -> Feed | None:
    """Return the feed a mapping describes, None where anything in it is wrong; every problem is noted."""
    before = len(problems.found)
    fields = _fields(node, problems)
    row = _Row(node, fields, problems)
    feed_id = row.text("id", _ID, "1 to 64 of a-z, 0-9, '.', '_' and '-'", required=True)
    kind = row.text("kind", re.compile("|".join(KINDS)), f"one of {', '.join(KINDS)}", required=True)
    feed = Feed(
        id=FeedId(feed_id),
        kind=cast("FeedKind", kind),  # checked by the pattern
        url=_address(row, kind),
        categories=row.texts("categories", _CATEGORY, "an arXiv category such as cs.CL"),
        query=row.text("query", re.compile(r"[^\n]{1,1000}"), "a search of at most 1000 characters"),
        roadmaps=row.texts("roadmaps", re.compile(r"[\w.-]{1,100}"), "the name of a roadmap"),
        every=row.duration("every"),
        lang=row.text("lang", _LANG, 'a language code such as "en", quoted'),
    )
    _check_kind(row, kind)
    return feed if len(problems.found) == before else None


def _address(row: _Row, kind: str) -> str:
    if kind == "arxiv":
        return row.address("base_url", ARXIV_API)
    return row.address("url", "", YOUTUBE_NAME if kind == "youtube" else None)


def _fields(node: yaml.MappingNode, problems: _Problems) -> dict[str, yaml.Node]:
    fields: dict[str, yaml.Node] = {}
    name = next((repr(str(v.value)[:64]) for k, v in node.value if k.value == "id"), "without id")
    for key_node, value in node.value:
        key = str(key_node.value)[:60] if isinstance(key_node, yaml.ScalarNode) else "…"
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(KEYS)}"
            problems.add(key_node, f"unknown key {key!r} in feed {name}: {hint}")
        elif key in fields:
            problems.add(key_node, f"key {key!r} stands twice in feed {name}")
        else:
            fields[key] = value
    return fields


@dataclass
class _Row:
    """One feed's fields; each method returns a value, or notes what is wrong and returns an empty one."""

    node: yaml.MappingNode
    fields: dict[str, yaml.Node]
    problems: _Problems

    @property
    def name(self) -> str:
        found = self.fields.get("id")
        return f"feed {str(found.value)[:64]!r}" if isinstance(found, yaml.ScalarNode) else "a feed without id"

    def text(self, key: str, pattern: re.Pattern[str], expected: str, required: bool = False) -> str:
        node = self.fields.get(key)
        if node is None:
            if required:
                self.problems.add(self.node, f"missing key {key!r} in {self.name}")
            return ""
        return self._matched(node, key, pattern, expected)

    def texts(self, key: str, pattern: re.Pattern[str], expected: str) -> tuple[str, ...]:
        node = self.fields.get(key)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.problems.add(node, f"{key} of {self.name} must be a list")
            return ()
        return tuple(dict.fromkeys(self._matched(one, key, pattern, expected) for one in node.value))

    def address(self, key: str, default: str, name: re.Pattern[str] | None = None) -> str:
        """Return an address, or a name that stands for one."""
        node = self.fields.get(key)
        if node is None:
            return default
        url = self._matched(node, key, re.compile(r"\S{1,2000}"), "an http or https address")
        is_name = name is not None and name.fullmatch(url) is not None
        if url and not is_name and not _is_web(url):
            self.problems.add(
                node,
                f"{key} of {self.name} is {masked(url)[:100]!r}: expected an http or https address with a host, "
                "without a user or password",
            )
        return url

    def duration(self, key: str) -> timedelta | None:
        node = self.fields.get(key)
        if node is None:
            return None
        text = self._matched(node, key, _DURATION, 'a duration such as "90m", "6h" or "1d"')
        match = _DURATION.fullmatch(text)
        every = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None
        if every is not None and not _LEAST_EVERY <= every <= _LONGEST_EVERY:
            self.problems.add(node, f"{key} of {self.name} is {text!r}: expected 5m to 90d")
        return every

    def _matched(self, node: yaml.Node, key: str, pattern: re.Pattern[str], expected: str) -> str:
        is_text = isinstance(node, yaml.ScalarNode) and node.tag in (_TEXT_TAG, _INT_TAG)
        if is_text and pattern.fullmatch(node.value):
            return str(node.value)
        held = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
        value = repr(str(node.value)[:100]) if isinstance(node, yaml.ScalarNode) else held
        self.problems.add(node, f"{key} of {self.name} is {value}: expected {expected}")
        return ""


_TEXT_TAG = "tag:yaml.org,2002:str"
_INT_TAG = "tag:yaml.org,2002:int"


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None


def _check_kind(row: _Row, kind: str) -> None:
    """Note keys that the feed's kind has no use for, and those it cannot do without."""
    if kind == "arxiv":
        if "url" in row.fields:
            row.problems.add(row.fields["url"], f"{row.name} is of kind arxiv, which has no 'url': use 'base_url'")
        if "categories" not in row.fields and "query" not in row.fields:
            row.problems.add(row.node, f"{row.name} needs 'categories' or 'query'")
    elif kind:
        for key in _ARXIV_KEYS:
            if key in row.fields:
                row.problems.add(row.fields[key], f"{key!r} in {row.name} is only for kind arxiv")
        if "url" not in row.fields:
            row.problems.add(row.node, f"missing key 'url' in {row.name}")


def _note_duplicates(feed: Feed, node: yaml.Node, seen: dict[str, int], problems: _Problems) -> None:
    for what, key in (
        (f"id {feed.id!r}", f"id {feed.id}"),
        (f"the source of feed {feed.id!r}", f"{feed.url} {sorted(feed.categories)} {feed.query}"),
    ):
        if key in seen:
            problems.add(node, f"{what} stands at line {seen[key]} already")
        seen.setdefault(key, _line(node))
