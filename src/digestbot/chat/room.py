"""How many stories a call of a chat model may hold, and how much it may write; learns from what came of calls."""

from __future__ import annotations

from dataclasses import dataclass

_SLACK = 200
"""Tokens that a reply has beside its rows: braces, line ends, a word before them."""
_UNDERRATED = 1.3
"""Small models cut words into more tokens than `tokens_of` counts: SmolLM2 into up to 1.3 times as many."""
_GENEROUS = 1.5
"""A cap is there to end what would not end: a long answer is not to be cut."""
_HELD = 3.0
"""The same where a server of one's own ends the reply by its schema: there a small model writes every string to its
limit, and a cut would lose what is whole."""
_LEAST = 256
_NO_LIMIT = 1_000


@dataclass
class Room:
    """What fits into one call: `context_tokens` is what a model reads and writes together, None where it is plenty.

    `thinking_tokens` is what it may write before its answer. What proves too long is not tried again; after replies
    that are of no use calls get shorter, and longer again after good ones.
    """

    context_tokens: int | None = None
    thinking_tokens: int = 0
    _most: int = _NO_LIMIT
    _trusted: int = _NO_LIMIT

    def stories(self, wanted: int, fixed: int, shown: int, written: int) -> int:
        """Return how many stories a call may hold, 1 to `wanted`.

        The tokens: what every call reads, what it reads for a story, and what it may write about one.
        """
        size = min(wanted, self._most, self._trusted)
        if self.context_tokens is not None:
            size = min(size, (self.context_tokens - round(_UNDERRATED * fixed) - _SLACK) // (shown + written))
        return max(size, 1)

    def cap(self, read: int, rows: int, written: int) -> int:
        """Return how many tokens a reply of so many rows may have, after a prompt of `read` tokens."""
        generous = _GENEROUS if self.context_tokens is None else _HELD
        most = _SLACK + round(generous * rows * written) + self.thinking_tokens
        if self.context_tokens is None:
            return most
        return max(min(most, self.context_tokens - round(_UNDERRATED * read)), _LEAST)

    def too_long(self, count: int) -> int:
        """Remember that a call of so many stories was too long; return how many to try."""
        self._most = min(self._most, max(count // 4, 1))
        return self._most

    def answered(self, count: int, usable: int) -> None:
        """Learn from a reply on `count` stories of which `usable` were answered as asked."""
        if 2 * usable < count:
            self._trusted = max(min(self._trusted, count) // 2, 1)
        elif count >= self._trusted:
            self._trusted *= 2
