"""Memory: what a server frees goes back to the system."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys

import pytest

from digestbot.memory import hand_back_memory

WITH_GLIBC = platform.libc_ver()[0] == "glibc"
CAN_TELL = hasattr(ctypes.CDLL(None), "mallinfo2")
"""Whether the C library tells how it keeps its blocks: glibc does since 2.33."""
LATER = """
import ctypes
from digestbot.memory import hand_back_memory
hand_back_memory() if {asked} else None
memory = ctypes.CDLL(None)
memory.malloc.restype = ctypes.c_void_p
memory.free.argtypes = [ctypes.c_void_p]
class Told(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "apart")]
    _fields_ += [(name, ctypes.c_size_t) for name in ("hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "top")]
memory.mallinfo2.restype = Told
memory.free(memory.malloc(8_000_000))
before = memory.mallinfo2().apart
memory.malloc(1_000_000)
print(memory.mallinfo2().apart - before)
"""


def test_the_c_library_is_told_where_it_can_be() -> None:
    """With glibc it takes what it is told; any other C library is left alone."""
    assert hand_back_memory() is WITH_GLIBC


@pytest.mark.slow
@pytest.mark.skipif(not CAN_TELL, reason="the C library does not tell how it keeps its blocks")
@pytest.mark.parametrize(("asked", "apart"), [(True, "1"), (False, "0")])
def test_large_blocks_stay_apart(asked: bool, apart: str) -> None:
    """After a larger block was freed, the next large one has pages of its own; without our word it has not."""
    words = [sys.executable, "-c", LATER.format(asked=asked)]

    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.strip() == apart
