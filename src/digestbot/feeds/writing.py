"""Adds feeds to the text of `feeds.yaml` and takes them out, every other byte staying as it is; pure.

What comes out is read again and compared: a file written in a way that these rules do not foresee is refused, not
spoiled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import yaml

from digestbot.domain import Feed, FeedId
from digestbot.errors import ConfigError
from digestbot.feeds.reading import MAX_BYTES, parse
from digestbot.known_sites import ARXIV_API

_PLAIN = re.compile(r"[A-Za-z][\w./:?=&%+*~-]*(?<!:)")
"""Strings that YAML reads as they are."""
_MAX_NOTE_CHARS = 100
_WORDS_OF_YAML = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))


def with_feeds(text: str, name: str, added: Sequence[tuple[Feed, str]]) -> str:
    """Return the text with feeds at its end, each with its note as a comment ("" for none); raises ConfigError.

    `every` is written where a feed has one, in minutes, hours or days.
    """
    before = parse(text, name)
    changed = _extended(text, added)
    return _proven(changed, name, [*before, *(feed for feed, _ in added)])


def problem_with(feed: Feed) -> str:
    """Return what is wrong with a feed that was put together from outside, "" if it can be written to the file."""
    try:
        parse(_extended("", [(feed, "")]), "")
    except ConfigError as error:
        return "; ".join(line.split(": ", 1)[-1] for line in str(error).splitlines())
    return ""


def without_feed(text: str, name: str, feed: FeedId) -> str:
    """Return the text without a feed, comments and order kept; raises ConfigError if it is not there."""
    before = parse(text, name)
    if all(one.id != feed for one in before):
        raise ConfigError(f"there is no feed {feed!r} in {name}: 'digestbot feeds list' names them")
    return _proven(_cut(text, feed), name, [one for one in before if one.id != feed])


def _proven(changed: str, name: str, expected: list[Feed]) -> str:
    try:
        right = list(parse(changed, name)) == expected and len(changed.encode()) <= MAX_BYTES
    except ConfigError:
        right = False
    if not right:
        raise ConfigError(f"{name} is written in a way that cannot be changed safely: edit it by hand")
    return changed


def _listed(text: str) -> yaml.SequenceNode | None:
    """Return the list of feeds; the text has been read as a feeds file before."""
    # The loader in Python: only its marks carry offsets into the text.
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    found = root.value[0][1] if isinstance(root, yaml.MappingNode) else None
    return found if isinstance(found, yaml.SequenceNode) else None


def _extended(text: str, added: Sequence[tuple[Feed, str]]) -> str:
    listed = _listed(text)
    end = "\r\n" if "\r\n" in text else "\n"
    if listed is None:
        return _ended(text, end) + "feeds:" + end + _blocks(added, "  ", end)
    if not listed.value:
        start, stop = listed.start_mark.index, listed.end_mark.index
        return _ended(text[:start].rstrip(" ") + text[stop:], end) + _blocks(added, "  ", end)
    if listed.flow_style:
        stop = listed.end_mark.index - 1
        return text[:stop].rstrip() + "".join(f", {_flow(feed)}" for feed, _ in added) + text[stop:]
    return _ended(text, end) + _blocks(added, " " * listed.start_mark.column, end)


def _ended(text: str, end: str) -> str:
    return text if not text or text.endswith("\n") else text + end


def _blocks(added: Sequence[tuple[Feed, str]], indent: str, end: str) -> str:
    return "".join(_block(feed, note, indent, end) for feed, note in added)


def _block(feed: Feed, note: str, indent: str, end: str) -> str:
    # On the line of the id, so that it goes when the feed goes.
    comment = f"  # {' '.join(note.split())[:_MAX_NOTE_CHARS]}" if note else ""
    first, *others = (f"{key}: {value}" for key, value in _fields(feed))
    return f"{indent}- {first}{comment}{end}" + "".join(f"{indent}  {line}{end}" for line in others)


def _flow(feed: Feed) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in _fields(feed, flow=True)) + "}"


def _fields(feed: Feed, flow: bool = False) -> list[tuple[str, str]]:
    is_arxiv = feed.kind == "arxiv"
    base = feed.url if is_arxiv and feed.url != ARXIV_API else ""
    values = (
        ("id", _scalar(feed.id, flow)),
        ("kind", feed.kind),
        ("categories", _list(feed.categories)),
        ("query", _scalar(feed.query, flow)),
        ("url", "" if is_arxiv else _scalar(feed.url, flow)),
        ("base_url", _scalar(base, flow)),
        ("roadmaps", _list(feed.roadmaps)),
        ("every", _duration(feed)),
        ("lang", _scalar(feed.lang, flow)),
    )
    return [(key, value) for key, value in values if value]


def _scalar(value: str, flow: bool = False) -> str:
    # JSON's strings are YAML's double-quoted ones.
    plain = not flow and _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML
    return value if plain or not value else json.dumps(value, ensure_ascii=False)


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(_scalar(value, flow=False) for value in values)}]" if values else ""


def _duration(feed: Feed) -> str:
    if feed.every is None:
        return ""
    minutes = int(feed.every.total_seconds()) // 60
    return next(f"{minutes // size}{unit}" for unit, size in (("d", 1440), ("h", 60), ("m", 1)) if minutes % size == 0)


def _cut(text: str, feed: FeedId) -> str:
    listed = _listed(text)
    nodes = listed.value if listed else []
    place = next(n for n, node in enumerate(nodes) if any(k.value == "id" and v.value == feed for k, v in node.value))
    if listed is None or listed.flow_style:
        return _cut_flow(text, nodes, place)
    lines = text.splitlines(keepends=True)
    last = _last_line(nodes[place])
    first = nodes[place].start_mark.line
    # The dash may stand alone on a line before its first key.
    while first > 0 and not lines[first].lstrip().startswith("-"):
        first -= 1
    if len(nodes) == 1:
        lines[first : last + 1] = [f"{' ' * max(listed.start_mark.column, 1)}[]{_line_end(lines[first])}"]
    else:
        del lines[first : last + 1]
    return "".join(lines)


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _last_line(node: yaml.Node) -> int:
    """Return the line on which a node's last word stands; its own end mark lies beyond the comments that follow."""
    if isinstance(node, yaml.ScalarNode) or (isinstance(node, yaml.CollectionNode) and node.flow_style):
        return int(node.end_mark.line)
    children = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    return max((_last_line(child) for child in children), default=int(node.start_mark.line))


def _cut_flow(text: str, nodes: Sequence[yaml.Node], place: int) -> str:
    if place + 1 < len(nodes):
        return text[: nodes[place].start_mark.index] + text[nodes[place + 1].start_mark.index :]
    start = nodes[place - 1].end_mark.index if place else nodes[place].start_mark.index
    return text[:start] + text[nodes[place].end_mark.index :]
