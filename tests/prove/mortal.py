"""Runs digestbot and dies by SIGKILL just before it makes something last for the Nth time.

    python mortal.py N WORD…

What lasts is what a transaction commits, what the renaming of a file puts in place in the data folder, and what git
does. With N = 0 it lives, and says at the end on stderr how many such moments there were.
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import Engine, event

from digestbot.__main__ import main


class Life:
    """Counts the moments and ends the process at the last one."""

    def __init__(self, last: int, home: str) -> None:
        self.last = last
        self.home = home
        self.count = 0

    def step(self) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_audit(self, name: str, arguments: tuple[object, ...]) -> None:
        # Python renames files of its own, compiled modules.
        if name == "os.rename" and str(arguments[1]).startswith(self.home):
            self.step()
        if name == "subprocess.Popen" and arguments[0] == "git":
            self.step()


if __name__ == "__main__":
    life = Life(int(sys.argv.pop(1)), os.environ["DIGESTBOT_HOME"])
    sys.addaudithook(life.on_audit)
    event.listen(Engine, "commit", lambda _connection: life.step())
    try:
        main()
    finally:
        sys.stderr.write(f"{life.count} moments\n")
