"""Labelled pairs of the data folder as works, more pairs made from them, and folds without a record on both sides."""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from digestbot.offline.pair_profile import profile, words_of
from digestbot.offline.rarity import mass
from digestbot.offline.work import Work, work_from

SETS = (
    "arxiv_pairs",
    "dblp-acm_structured",
    "dblp-acm_dirty",
    "dblp-googlescholar_structured",
    "dblp-googlescholar_dirty",
)
FOLDS = 5


@dataclass(frozen=True)
class Pair:
    """Two works with the label 1 (same) or 0, the set and kind they come from and the entities behind them."""

    source: str
    kind: str
    label: int
    a: Work
    b: Work
    entities: tuple[str, str]
    weight: float = 1.0


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSON Lines file, gzip or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    yield from (json.loads(line) for line in text.split("\n") if line.strip())


def without_keys(work: Work) -> Work:
    """Return a work as if its address were unknown, so that text and people alone must decide."""
    return replace(work, keys=frozenset(), url="")


def labelled_pairs(data: Path) -> list[Pair]:
    """Return all pairs of the five sets, identifiers kept."""
    raw = {name: list(rows(data / "duplicates" / f"{name}.jsonl.gz")) for name in SETS}
    entity = _Entities(raw)
    pairs = []
    for name in SETS:
        for row in raw[name]:
            a, b = work_from(row["a"]), work_from(row["b"])
            kind = str(row.get("kind", "match" if row["label"] else "no match"))
            pairs.append(Pair(name, kind, int(row["label"]), a, b, (entity.of(a), entity.of(b))))
    return pairs


def folds(pairs: list[Pair]) -> Iterator[tuple[list[Pair], list[Pair]]]:
    """Yield (training, test): every pair is tested once, and no record or entity of the test stands in the training.

    Pairs connected through non-matches form one component with most records, so components cannot be the folds: a
    fold takes the pairs whose first entity falls in it, and training loses every pair that touches one of theirs.
    """
    groups = _joined(pairs)
    for fold in range(FOLDS):
        test = [p for p in pairs if zlib.crc32(groups[p.entities[0]].encode()) % FOLDS == fold]
        touched = {groups[e] for p in test for e in p.entities}
        yield [p for p in pairs if not touched.intersection(groups[e] for e in p.entities)], test


def augmented(pairs: Iterable[Pair], seed: int = 7) -> list[Pair]:
    """Return pairs made from labelled ones that show what the sets lack.

    In `arxiv_pairs` only matches lack authors and only non-matches are two full arXiv records; real feeds know no
    such rule. Fields are dropped on both labels, digest entries meet the wrong papers, titles get the wrappings of
    forums, and parts or years of a series stand against each other.
    """
    chance = random.Random(seed)
    base = list(pairs)
    made = [_with_fields_dropped(p, chance) for p in base if p.source == "arxiv_pairs" for _ in range(3)]
    made += [_with_fields_dropped(p, chance) for p in base if p.source != "arxiv_pairs" and chance.random() < 0.15]
    made += [_wrapped(p, chance) for p in base if chance.random() < (0.5 if p.source == "arxiv_pairs" else 0.06)]
    made += [b for p in base if chance.random() < _BARE_SHARE.get(p.kind, 0.08) for b in _bare(p)]
    made += _wrong_digest_entries(base)
    made += _columns(chance)
    made += [n for p in base if p.label and chance.random() < 0.2 for n in _series(p, chance)]
    return made


def month_pairs(data: Path, limit: int = 900) -> list[Pair]:
    """Return pairs made from the arXiv month: follow-ups by the same people as non-matches, revisions as matches.

    Two ids of the month that share an author and much of a title are nearly always two works; those whose title and
    abstract both agree are left out, since they are the exception. A revision loses sentences, a subtitle, an author.
    """
    chance = random.Random(11)
    works = [without_keys(work_from(row)) for row in rows(data / "arxiv-month/items.jsonl.gz")]
    by_author: dict[str, list[int]] = defaultdict(list)
    for place, work in enumerate(works):
        for author in work.authors[:12]:
            by_author[author.casefold()].append(place)
    close: set[tuple[int, int]] = set()
    for places in by_author.values():
        close |= {(i, j) for i in places[:40] for j in places[:40] if i < j}
    ranked = sorted((-_title_overlap(works[i], works[j]), i, j) for i, j in close)
    made = []
    for rank, (_, i, j) in enumerate(ranked[:limit]):
        a, b = profile(works[i]), profile(works[j])
        if len(a.shingles & b.shingles) < 0.5 * min(len(a.shingles), len(b.shingles)):
            made.append(_month_pair(works[i], works[j], 0))
            if rank < limit // 2:
                made += _bare(made[-1])
            if chance.random() < 0.5:
                made.append(_month_pair(works[i], replace(works[j], authors=()), 0))
            if chance.random() < 0.4:
                made.append(
                    _month_pair(works[i], replace(works[j], title=_varied(works[i].title, works[j].title, chance)), 0)
                )
    made += [_month_pair(work, _revised(work, chance), 1) for work in chance.sample(works, min(limit // 2, len(works)))]
    return made


def _month_pair(a: Work, b: Work, label: int) -> Pair:
    entities = (" ".join(words_of(a.title)), " ".join(words_of(b.title)) if not label else " ".join(words_of(a.title)))
    return Pair("arxiv_pairs", "made", label, a, b, entities, 0.5)


def _varied(title: str, other: str, chance: random.Random) -> str:
    """Return a title with one or two words changed for another's, as follow-ups by the same people are called."""
    words, others = title.split(), [w for w in other.split() if len(w) > 3] or ["revisited"]
    for _ in range(chance.randint(1, 2)):
        place, word = chance.randrange(len(words)), chance.choice(others)
        if len(words[place]) <= 3 or chance.random() < 0.4:
            words.insert(place, word)
        else:
            words[place] = word
    return " ".join(words)


def _title_overlap(a: Work, b: Work) -> float:
    words_a, words_b = frozenset(profile(a).words), frozenset(profile(b).words)
    shared = mass(words_a & words_b)
    return shared / max(1.0, mass(words_a) + mass(words_b) - shared)


_SHORTENINGS = (("large language model", "LLM"), ("reinforcement learning", "RL"), ("vision-language model", "VLM"))


def _revised(work: Work, chance: random.Random) -> Work:
    sentences = re.split(r"(?<=[.!?])\s+", work.abstract)
    for _ in range(chance.randint(0, 3)):
        if len(sentences) > 2:
            sentences.pop(chance.randrange(len(sentences)))
    title, draw = work.title, chance.random()
    if draw < 0.3 and ": " in title:
        title = title.split(": ", 1)[chance.randrange(2)]
    elif draw < 0.6:
        for long, short in _SHORTENINGS:
            title = re.sub(long, short, title, flags=re.IGNORECASE)
    authors = work.authors[: len(work.authors) - (chance.random() < 0.2)]
    return replace(work, title=title, abstract=" ".join(sentences), authors=authors, year=None)


class _Entities:
    """Names entities by their cleanest title; a dirty title goes under the longest clean one it begins with."""

    def __init__(self, raw: dict[str, list[dict[str, Any]]]) -> None:
        clean = (n for n in SETS if not n.endswith("dirty"))
        self._titles = {" ".join(words_of(str(r[s]["title"]))) for n in clean for r in raw[n] for s in ("a", "b")}

    def of(self, work: Work) -> str:
        words = words_of(work.title)
        for end in range(len(words), 2, -1):
            if (title := " ".join(words[:end])) in self._titles:
                return title
        return " ".join(words)


def _joined(pairs: list[Pair]) -> dict[str, str]:
    parent: dict[str, str] = {}

    def root(entity: str) -> str:
        parent.setdefault(entity, entity)
        while parent[entity] != entity:
            entity = parent[entity]
        return entity

    for pair in pairs:
        a, b = root(pair.entities[0]), root(pair.entities[1])
        if pair.label:
            parent[a] = b
    return {entity: root(entity) for entity in list(parent)}


def _with_fields_dropped(pair: Pair, chance: random.Random) -> Pair:
    def thinned(work: Work) -> Work:
        drops: dict[str, Any] = {}
        if chance.random() < 0.5:
            drops["authors"] = ()
        if chance.random() < 0.35 and (pair.kind != "paper-vs-digest-entry"):
            drops["abstract"] = ""
        if chance.random() < 0.4:
            drops["year"], drops["venue"] = None, ""
        return replace(work, **drops)

    if chance.random() < 0.5:
        return replace(pair, a=thinned(pair.a), kind="made", weight=0.4)
    return replace(pair, b=thinned(pair.b), kind="made", weight=0.4)


_BARE_SHARE = {"paper-vs-digest-entry": 0.0, "arxiv-vs-venue": 1.0, "hard-negative-title": 1.0, "arxiv-revised": 1.0}


def _bare(pair: Pair) -> list[Pair]:
    """Return a pair with nothing but titles, and one with titles and authors, as links in lists have them."""
    kept = [replace(work, abstract="", venue="", year=None) for work in (pair.a, pair.b)]
    titles = [replace(work, authors=()) for work in kept]
    made = [replace(pair, a=titles[0], b=titles[1], kind="made", weight=0.6)]
    return [*made, replace(pair, a=kept[0], b=kept[1], kind="made", weight=0.4)]


_COLUMN_TITLES = (
    "Weekly digest", "Editorial", "Guest editorial", "Introduction", "Release notes", "Changelog", "Weekly roundup",
    "Links of the week", "Open thread", "Newsletter", "News", "Preface", "Letter from the editor", "Weekly thread",
    "Message from the chairs", "Foreword", "Monthly newsletter",
)  # fmt: skip


def _columns(chance: random.Random) -> list[Pair]:
    """Return issues of one column as non-matches: equal titles that say nothing."""
    made = []
    for source in ("arxiv_pairs", "dblp-acm_structured"):
        for title in _COLUMN_TITLES:
            years = (chance.choice((None, 2001)), chance.choice((None, 2001, 2002)))
            texts = (
                ("", "") if chance.random() < 0.6 else ("Ten papers on vision this time.", "We look back on a talk.")
            )
            a, b = (Work(title, text, year=year) for text, year in zip(texts, years, strict=True))
            made.append(Pair(source, "made", 0, a, b, (title, title), 0.6))
    return made


_WRAPPINGS = (
    "[R] {}", "[D] {}", "[Paper] {}", "Paper: {}", "{} | OpenReview", "{} - arXiv", "{} [pdf]", "Show HN: {}",
    "{} (Paper Explained)", "{} - YouTube", "Paper review: {}", "{} (2025)", "New paper: {}", "[2604.01234] {}",
    "{} | by the authors | Medium", "GitHub - {}", "{}: official implementation", "Notes on {}",
)  # fmt: skip


def _wrapped(pair: Pair, chance: random.Random) -> Pair:
    """Return a pair whose second side is a post that wraps the title; posts on a paper have other authors or none."""
    title = chance.choice(_WRAPPINGS).format(pair.b.title)
    abstract = pair.b.abstract if chance.random() < 0.4 else ""
    b = replace(pair.b, title=title, authors=(), abstract=abstract, year=None, venue="")
    return replace(pair, b=b, kind="made", weight=0.4)


def _wrong_digest_entries(pairs: list[Pair]) -> list[Pair]:
    """Return each digest entry against the five other papers nearest to it in rare words."""
    entries = [p for p in pairs if p.kind == "paper-vs-digest-entry"]
    papers = list({p.entities[0]: p.a for p in pairs if p.source == "arxiv_pairs"}.items())
    texts = [profile(paper).bag | profile(paper).abstract_words for _, paper in papers]
    made = []
    for entry in entries:
        text = profile(entry.b).bag | profile(entry.b).abstract_words
        nearest = sorted(range(len(papers)), key=lambda i: -mass(text & texts[i]) / (30 + mass(texts[i])))
        wrong = [i for i in nearest[:8] if papers[i][0] != entry.entities[0]][:5]
        made += [replace(entry, label=0, a=papers[i][1], kind="made", weight=1.0) for i in wrong]
    return made


def _series(pair: Pair, chance: random.Random) -> list[Pair]:
    """Return two parts, versions or years made of one title as a non-match, and one of them twice as a match."""
    bare = re.sub(r"[\s.,]+$", "", pair.a.title)[:200]
    one, two = chance.choice(
        (
            ("{}: Part I", "{}: Part II"), ("{} part 1", "{} part 2"), ("{} II", "{} III"), ("{} (1)", "{} (2)"),
            ("{} 2025", "{} 2026"), ("{} 2", "{} 3"), ("The first challenge on {}", "The second challenge on {}"),
            ("{} v1.5 technical report", "{} v2.0 technical report"), ("Lecture 3: {}", "Lecture 4: {}"),
            ("{} 3", "{} 3.1"), ("{}2", "{}2.5"),
            ("{} 2024: methods and results", "{} 2025: methods and results"),
        )
    )  # fmt: skip
    year = pair.a.year
    first = replace(pair.a, title=one.format(bare), abstract="")
    second = replace(pair.a, title=two.format(bare), abstract="", year=year + chance.randint(0, 1) if year else None)
    draw = chance.random()
    if draw < 0.6:
        second = replace(second, authors=())
    if draw < 0.4:
        first = replace(first, authors=())
    twin = replace(pair.b, title=one.format(pair.b.title[:200]))
    different = replace(pair, label=0, a=first, b=second, kind="made", weight=0.6)
    return [different, replace(pair, a=replace(pair.a, title=one.format(bare)), b=twin, kind="made", weight=0.3)]


def by_source(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    """Return the pairs of each set."""
    found: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        found[pair.source].append(pair)
    return found
