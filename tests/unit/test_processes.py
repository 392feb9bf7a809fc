"""Processes: whether a named one still lives."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from digestbot.processes import gone, me

HOST = socket.gethostname()


def test_this_process_lives() -> None:
    """A process names itself alike at every call, and is not gone while it asks."""
    assert me() == me()
    assert not gone(me())


def test_a_process_that_has_ended_is_gone() -> None:
    """What another process was named while it ran tells that it has ended."""
    code = "from digestbot.processes import me; print(me())"
    name = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()

    assert name.startswith(f"{HOST}:")
    assert gone(name)


def test_a_zombie_is_gone() -> None:
    """A process that was killed is gone also while its parent has not looked after it."""
    code = "from digestbot.processes import me; print(me(), flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    name = child.stdout.readline().strip()
    lived = not gone(name)

    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert lived
    assert gone(name)
    child.communicate()


def test_a_process_id_that_came_again_is_another_process() -> None:
    """The same id with another start time is not the process that was named."""
    assert gone(f"{HOST}:{os.getpid()}:1")


@pytest.mark.parametrize("name", ["elsewhere:1:1", f"{HOST}:nonsense", "", "test", f"not-{HOST}:1:1"])
def test_in_doubt_a_process_lives(name: str) -> None:
    """Of another host, or of a name that none of ours has, nothing is known for sure."""
    assert not gone(name)
