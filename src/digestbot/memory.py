"""How a process that lives for months deals with the C library's memory; only glibc can be told."""

from __future__ import annotations

import ctypes

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""Names of mallopt(3)."""
_LARGE = 128 * 1024
_ARENAS = 2


def hand_back_memory() -> bool:
    """Let the C library give every large block back to the system as it is freed; False where it cannot be told.

    By itself glibc raises what it calls large, from 128 kB up to 32 MB, with the first such block that is freed: from
    then on they lie among small ones, and a server's heap grows by holes that nothing fits. Twelve days of ticks with
    all of cs.CL and cs.LG: 323 MB after the first day and 598 after the last, of which 326 free; with this 226 and 293,
    of which 28. Threads share two heaps instead of up to eight for each core: to be called before there are any.
    """
    try:
        tell = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # no glibc
        return False
    return all([tell(_MMAP_THRESHOLD, _LARGE), tell(_ARENA_MAX, _ARENAS)])
