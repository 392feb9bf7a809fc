"""What pages came to is kept for some seconds, made once however many ask, and bounded."""

from __future__ import annotations

import asyncio
import gzip
import threading
from functools import partial

from digestbot.web.keeping import Keep, Kept, Lately


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def page(text: str = "a page") -> Kept:
    """Return a page of a text."""
    return Kept(text.encode(), "text/html")


def test_a_page_is_kept_until_it_is_too_old() -> None:
    """Within its seconds it is not made again; after them it is."""
    clock, made = Clock(), list[int]()
    keep = Keep(10, clock)

    def make() -> Kept:
        made.append(1)
        return page()

    async def ask() -> None:
        await keep.get("home", make)
        clock.now = 9
        await keep.get("home", make)
        clock.now = 10
        await keep.get("home", make)

    asyncio.run(ask())

    assert len(made) == 2


def test_a_page_may_be_good_for_longer() -> None:
    """What takes long to count and changes slowly says for how long it is kept."""
    clock, made = Clock(), list[int]()
    keep = Keep(10, clock)

    def make() -> Kept:
        made.append(1)
        return Kept(b"weeks", "text/html", for_s=300)

    async def ask() -> None:
        for now in (0, 299, 300):
            clock.now = now
            await keep.get("trends", make)

    asyncio.run(ask())

    assert len(made) == 2


def test_many_who_ask_at_once_wait_for_one() -> None:
    """A page that is being made is not begun a second time."""
    keep, made, begun = Keep(), list[int](), threading.Event()

    def make() -> Kept:
        made.append(1)
        begun.wait(5)
        return page()

    async def ask() -> list[Kept]:
        asked = [asyncio.create_task(keep.get("home", make)) for _ in range(20)]
        await asyncio.sleep(0)
        begun.set()
        return await asyncio.gather(*asked)

    found = asyncio.run(ask())

    assert len(made) == 1
    assert len({id(one) for one in found}) == 1


def test_a_failure_reaches_all_who_wait_and_is_not_kept() -> None:
    """The next one who asks gets what can be made then."""
    keep = Keep()

    def fail() -> Kept:
        raise LookupError

    async def ask() -> tuple[list[object], Kept]:
        failed = await asyncio.gather(*(keep.get("home", fail) for _ in range(3)), return_exceptions=True)
        return list(failed), await keep.get("home", page)

    failed, found = asyncio.run(ask())

    assert [type(one) for one in failed] == [LookupError] * 3
    assert found.body == b"a page"


def test_what_is_kept_is_bounded() -> None:
    """The oldest page goes where there is no room for all."""
    keep, made = Keep(most_bytes=300), list[str]()

    def maker(name: str) -> Kept:
        made.append(name)
        return page("x" * 120)

    async def ask() -> None:
        for name in ("a", "b", "c", "c", "a"):
            await keep.get(name, partial(maker, name))

    asyncio.run(ask())

    assert made == ["a", "b", "c", "a"]


def test_equal_bytes_have_equal_names_and_pack_alike() -> None:
    """An ETag says what the bytes are, and packing them needs no clock."""
    one, other = page("text " * 500), page("text " * 500)

    assert one.etag == other.etag != page("other").etag
    assert one.packed == other.packed
    assert gzip.decompress(one.packed) == one.body


def test_a_value_is_made_anew_after_its_seconds() -> None:
    """Whatever thread asks."""
    clock, made = Clock(), list[int]()

    def make() -> int:
        made.append(1)
        return len(made)

    lately = Lately(make, 5, clock)

    found = [lately(), lately()]
    clock.now = 5
    found.append(lately())

    assert found == [1, 1, 2]
