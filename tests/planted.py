"""A planted corpus: sixty works over ten days as papers, posts, videos and repositories, and near-misses beside them.

Every work is made up, and so are the people. `STORIES` says which entries are one work; `NEAR_MISSES` stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from digestbot.domain import FeedId, Item, ItemId, Medium

FIRST_DAY = datetime(2026, 4, 1, 6, tzinfo=UTC)
DAYS = 10

_WORKS = Path(__file__).parent / "data" / "planted.txt"
"""A line a work: its name, what it is, what it does, and what came out."""

_FIRST = (
    *("Ada", "Bruno", "Chiara", "Dmitri", "Esther", "Farid", "Greta", "Hideo", "Ines"),
    *("Jonas", "Kavya", "Lars", "Mina", "Noor", "Otto", "Petra", "Quentin", "Rosa"),
)
_LAST = (
    *("Abara", "Bellini", "Castellan", "Dragomir", "Eriksen", "Fontaine"),
    *("Grabowski", "Hartwell", "Ibrahimov", "Jankowski", "Kobayashi"),
)


@dataclass(frozen=True)
class Planted:
    """An entry on its day (0 to 9), and the work that it belongs to."""

    day: int
    work: str
    item: Item


@cache
def works() -> list[tuple[str, str, str, str]]:
    """Return (name, title, what it does, what came out) of the sixty works."""
    found = []
    for line in _WORKS.read_text(encoding="utf-8").splitlines():
        name, subject, does, result = line.split("|")
        found.append((name, f"{name}: {subject}", does, result))
    return found


def stories() -> list[Planted]:
    """Return the entries of the sixty works: of each its original and what came of it in other places and media."""
    makers = (_with_talk, _with_venue, _with_code, _before_its_paper, _as_post)
    return [entry for n, _ in enumerate(works()) for entry in makers[n % len(makers)](n)]


def near_misses() -> list[Planted]:
    """Return entries that look like some of the works and are none of them, nor each other."""
    one, two, three = (name for name, *_ in works()[:3])
    links = (_url(0), _url(1), _url(2), _url(5))
    lone = [
        # The same people a year on, with a title of the same shape.
        _paper(90, f"{one} 2: Caching the Values, Too, of Very Long Prompts", _sequel(one), _people(0)),
        _paper(
            91,
            "A Survey of Caches for Long Prompts",
            "We sort ninety caches for long prompts by what they forget.",
            _people(41),
        ),
        _paper(92, f"On the Failure of {one} under Adversarial Prompts", _attack(one), _people(52)),
        _paper(93, f"{two}-Bench: A Benchmark of Event Cameras at Night", _bench(two), _people(1)),
        # Parts of a series share nearly every word.
        _post(
            "attention-1",
            "Understanding attention, part 1",
            "The first part explains queries, keys and values with a library.",
        ),
        _post(
            "attention-2", "Understanding attention, part 2", "The second part explains many heads and why they differ."
        ),
        _post(
            "notes-i", "Notes on optimal transport, Part I", "We begin with heaps of sand and the cost of moving them."
        ),
        _post("notes-ii", "Notes on optimal transport, Part II", "We go on to the dual problem and its prices."),
        # Lists that cite the same papers.
        _post("week-14", "Papers of the week 14", f"{one}, {two}, {three} and more.", links),
        _post("week-15", "Papers of the week 15", f"Once more {one}, then {two} and {three}.", links),
        _post("opinion", "Why caches are overrated", f"Of the papers cited here, {one} is the loudest.", links[:2]),
        _post(
            "reply",
            "In defence of caches",
            f"I cite the same papers, {one} among them, and conclude the opposite.",
            links[:2],
        ),
        # Releases of one program are different news.
        _post("release-1-4", "Loomkit 1.4 released", "Loomkit 1.4 adds a faster loader and drops an old format."),
        _post("release-1-5", "Loomkit 1.5 released", "Loomkit 1.5 adds sharded checkpoints and a new scheduler."),
        # A link in passing.
        _post(
            "holiday", "What I did on my holiday", "I swam, cooked and slept. Nothing here is about work.", (_url(10),)
        ),
        _video(
            "qqqqqqqqqq1", "Live coding: a to-do list in an hour", f"Music by a friend. Unrelated reading: {_url(11)}"
        ),
    ]
    return [Planted(n % DAYS, f"alone {n}", item) for n, item in enumerate(lone)]


def everything() -> list[Planted]:
    """Return the whole corpus, day by day."""
    return sorted([*stories(), *near_misses()], key=lambda entry: (entry.day, entry.item.id))


def _with_talk(n: int) -> list[Planted]:
    """A paper; its authors' post the day after; a talk that names it in its description."""
    name, _, does, result = works()[n]
    day = n % 5
    post = _post(f"{_slug(name)}-post", f"Introducing {name}", _plain(name, does, result), (_url(n),))
    talk = _video(
        f"talk{n:07d}", f"{name} explained in ten minutes", f"{_plain(name, does, result)} Paper: arXiv:{_number(n)}"
    )
    return [Planted(day, name, _original(n)), Planted(day + 1, name, post), Planted(day + 4, name, talk)]


def _with_venue(n: int) -> list[Planted]:
    """A paper; its version at a venue with a few words changed and no link to it; a post on another blog."""
    name, title, does, result = works()[n]
    day = n % 4
    key = f"2026.acl-long.{n}"
    venue = _paper(n, title, _abstract(n).replace("We present", "This paper presents"), _people(n))
    venue = _moved(venue, f"acl:{key}", f"https://aclanthology.org/{key}")
    post = _post(
        f"{_slug(name)}-read", f"Reading {title}", _plain(name, does, result), (f"https://aclanthology.org/{key}.pdf",)
    )
    return [Planted(day, name, _original(n)), Planted(day + 3, name, venue), Planted(day + 5, name, post)]


def _with_code(n: int) -> list[Planted]:
    """A paper; its repository, whose README has a badge with its number; a video on the code."""
    name, _, does, result = works()[n]
    day, where = n % 5, f"https://github.com/planted/{_slug(name)}"
    badge = f"[![arXiv](https://img.shields.io/badge/arXiv-{_number(n)}-red)]({_url(n)}) {_plain(name, does, result)}"
    code = _item(f"repo:planted/{_slug(name)}", where, f"planted/{_slug(name)}", badge, "repository")
    video = _video(f"code{n:07d}", f"{name}: walking through the code", f"{_plain(name, does, result)} {_url(n)}v2")
    return [Planted(day, name, _original(n)), Planted(day + 2, name, code), Planted(day + 3, name, video)]


def _before_its_paper(n: int) -> list[Planted]:
    """A post that comes before its paper; the paper; the post once more, by an aggregator's address."""
    name, _, does, result = works()[n]
    day = n % 6
    post = _post(f"{_slug(name)}-early", f"{name}: {does}", _plain(name, does, result), (f"{_url(n)}?utm_source=feed",))
    again = _moved(post, f"line:{n}", f"http://m.blog.example/{_slug(name)}-early/?utm_medium=rss#top")
    talk = _video(
        f"late{n:07d}", f"A talk on {name}", f"{_plain(name, does, result)} https://ar5iv.org/abs/{_number(n)}"
    )
    return [
        Planted(day, name, post),
        Planted(day + 1, name, _original(n)),
        Planted(day + 2, name, again),
        Planted(day + 3, name, talk),
    ]


def _as_post(n: int) -> list[Planted]:
    """A post without a paper; its copy on another site, word for word; the same under AMP."""
    name, title, does, result = works()[n]
    day, text = n % 5, f"{_plain(name, does, result)} {_abstract(n)}"
    post = _post(f"{_slug(name)}-blog", title, text)
    copy = _moved(post, f"line:c{n}", f"https://mirror.example/p/{n}")
    amp = _moved(post, f"line:a{n}", f"https://blog.example/{_slug(name)}-blog/amp?ref=home")
    return [Planted(day, name, post), Planted(day + 2, name, copy), Planted(day + 4, name, amp)]


def _original(n: int) -> Item:
    _, title, _, _ = works()[n]
    return _paper(n, title, _abstract(n), _people(n))


def _abstract(n: int) -> str:
    name, _, does, result = works()[n]
    openings = (
        f"We present {name}, which {does}.",
        f"We present {name}. It {does}, and needs no labels for it.",
        f"What others do by hand, {name} does alone: it {does}. We present its design.",
    )
    ends = ("All of it is made public.", "We close with where it fails.", "A user study supports the finding.")
    return f"{openings[n % 3]} In our trials {result}. {ends[(n // 3) % 3]}"


def _plain(name: str, does: str, result: str) -> str:
    return f"{name} is out. In short, {name} {does}. The number to remember: {result}."


def _sequel(name: str) -> str:
    return (
        f"Last year's {name} kept keys. We now keep the values too, in a second ring, and drop the first one's drains."
    )


def _attack(name: str) -> str:
    return f"We attack {name} with prompts that fill its pools with noise. Its answers become wrong in 77% of cases."


def _bench(name: str) -> str:
    return (
        f"We collect 40 hours of night driving to compare event cameras. {name} is one of eleven systems that we test."
    )


def _people(n: int) -> tuple[str, ...]:
    return tuple(f"{_FIRST[(n * 5 + k * 7) % len(_FIRST)]} {_LAST[(n * 3 + k * 4) % len(_LAST)]}" for k in range(3))


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _number(n: int) -> str:
    return f"2604.{n + 1000:05d}"


def _url(n: int) -> str:
    return f"https://arxiv.org/abs/{_number(n)}"


def _paper(n: int, title: str, text: str, authors: tuple[str, ...]) -> Item:
    return _item(f"arxiv:{_number(n)}", _url(n), title, text, "paper", authors)


def _post(slug: str, title: str, text: str, links: tuple[str, ...] = ()) -> Item:
    url = f"https://blog.example/{slug}"
    return _item(f"url:{url}", url, title, text, "post", links=links)


def _video(id: str, title: str, text: str) -> Item:
    return _item(f"youtube:{id}", f"https://www.youtube.com/watch?v={id}", title, text, "video")


def _item(
    id: str,
    url: str,
    title: str,
    text: str,
    medium: Medium,
    authors: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
) -> Item:
    published = FIRST_DAY + timedelta(minutes=sum(id.encode()) % 600)
    return Item(ItemId(id), FeedId("blog"), url, title, text, published, None, authors, medium, "en", links=links)


def _moved(item: Item, id: str, url: str) -> Item:
    return Item(
        ItemId(id), item.feed, url, item.title, item.text, item.published_at, None, item.authors, item.medium, "en",
        links=item.links,
    )  # fmt: skip
