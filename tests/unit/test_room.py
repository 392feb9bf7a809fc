"""How many stories a call may hold and how much it may write."""

from __future__ import annotations

import pytest

from digestbot.chat.room import Room


@pytest.mark.parametrize(("context", "stories"), [(None, 30), (16_384, 30), (8_192, 11), (4_096, 1), (2_000, 1)])
def test_a_call_holds_what_fits_into_the_context(context: int | None, stories: int) -> None:
    """What is read once, what is read of each story and what may be written about it fit together; one always goes."""
    assert Room(context).stories(30, fixed=2_500, shown=200, written=220) == stories


def test_a_reply_may_be_as_long_as_its_rows() -> None:
    """The cap grows with the rows, leaves room to think, and never promises more than the context holds."""
    free, tight = Room(thinking_tokens=1_000), Room(4_096, thinking_tokens=1_000)

    caps = [free.cap(2_000, rows, 200) for rows in (1, 10)]

    assert caps == [1_500, 4_200]
    assert tight.cap(2_000, 10, 200) == 4_096 - 2_600
    assert tight.cap(9_000, 10, 200) > 0


def test_what_was_too_long_stays_short() -> None:
    """A call that proved too long is tried with a quarter of its stories, and no good reply makes it longer again."""
    room = Room()

    tried = [room.too_long(30), room.too_long(3)]
    room.answered(1, 1)

    assert tried == [7, 1]
    assert room.stories(30, 0, 1, 1) == 1


def test_calls_get_shorter_after_replies_of_no_use_and_longer_after_good_ones() -> None:
    """A reply that answers less than half of its stories halves the next call; a good one of that length doubles it."""
    room = Room()
    sizes = []

    for usable in (0, 4, 6, 10):
        room.answered(room.stories(30, 0, 1, 1), usable)
        sizes.append(room.stories(30, 0, 1, 1))

    assert sizes == [15, 7, 14, 28]


def test_a_server_of_one_s_own_may_write_every_string_to_its_end() -> None:
    """The schema ends the reply there; the cap is a last resort, twice as wide as elsewhere."""
    assert Room(context_tokens=100_000).cap(0, 10, 100) - Room().cap(0, 10, 100) == 1_500
