"""Tells whether a text speaks of a work, and whether two titles name different things; both by their rare words.

Must not know media or links. Words count by how rare they are in the field (see `rarity`).
"""

from __future__ import annotations

from digestbot.offline.pair_profile import plain, words_of
from digestbot.offline.rarity import mass, rarity

# A head such as "Tidepool" alone names its work; one of common words, such as "Deep Learning", does not.
_NAMING_RARITY = 4.5
# Half of what a title says, by rarity: a post keeps the subject and drops the rest.
_NAMED_SHARE = 0.5
# A word that stands in fewer than one text of twenty.
_TELLING_RARITY = 3.0


def speaks_of(title: str, text: str) -> bool:
    """Tell whether a text names the work of this title: by the name before its colon, or by half of its words."""
    wanted, found = set(words_of(plain(title))), set(words_of(plain(text)))
    head = set(words_of(plain(title).partition(":")[0])) if ":" in title else set()
    if head and head <= found and max(map(rarity, head)) >= _NAMING_RARITY:
        return True
    return bool(wanted) and mass(wanted & found) >= _NAMED_SHARE * mass(wanted)


def are_different(a: tuple[str, str], b: tuple[str, str]) -> bool:
    """Tell whether each of two (title, text) has a telling word in its title that the other lacks altogether.

    Entries of one series share the pattern of their titles and the rest of their words; what they are about differs.
    """
    return _strange(a, b) and _strange(b, a)


def _strange(one: tuple[str, str], other: tuple[str, str]) -> bool:
    held = set(words_of(plain(f"{other[0]} {other[1]}")))
    return any(word not in held and rarity(word) >= _TELLING_RARITY for word in words_of(plain(one[0])))
