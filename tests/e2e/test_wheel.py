"""The wheel, installed in an empty environment and used from another folder: everything the program needs is in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import digestbot

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "digestbot"
UV = Path(sys.executable).parent / "uv"
NO_INDEX = ("error sending request", "dns error", "failed to fetch", "client error (connect)")


@dataclass(frozen=True)
class Installed:
    """A wheel and the environment that it was installed in."""

    wheel: Path
    environment: Path
    folder: Path

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in a folder of its own, with next to nothing in its surroundings."""
        return subprocess.run(
            [str(self.environment / "bin" / program), *words],
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "DIGESTBOT_HOME": str(self.folder / "home")},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of this checkout in an empty environment; skips where no package index can be reached."""
    if not UV.exists():
        pytest.skip("uv is not installed beside this python: run 'make test'")
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--out-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    environment, elsewhere = folder / "environment", folder / "elsewhere"
    elsewhere.mkdir()
    uv("venv", "--python", sys.executable, str(environment))
    python = str(environment / "bin" / "python")
    uv("pip", "install", "--python", python, "-c", str(ROOT / "constraints.txt"), str(wheel))
    return Installed(wheel, environment, elsewhere)


def uv(*words: str) -> None:
    """Run uv; skip the test when what failed is the way to the package index."""
    own = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run([str(UV), *words], env=own, capture_output=True, text=True, check=False)
    if done.returncode and any(sign in done.stderr.lower() for sign in NO_INDEX):
        pytest.skip(f"the package index cannot be reached: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


def test_the_wheel_holds_every_file_that_is_not_code(installed: Installed) -> None:
    """Weights, the sample week and migrations lie in the package; feeds, prompts and roadmaps under `shipped`."""
    own = {path: path.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*") if "__pycache__" not in path.parts}
    top = [ROOT / "feeds.yaml", *(ROOT / "prompts").iterdir(), *(ROOT / "roadmaps").iterdir()]
    shipped = {path: Path("digestbot/shipped") / path.relative_to(ROOT) for path in top}

    with zipfile.ZipFile(installed.wheel) as wheel:
        names = set(wheel.namelist())

    assert {str(name) for path, name in (own | shipped).items() if path.is_file()} <= names


def test_the_command_tells_its_version(installed: Installed) -> None:
    """The console script runs, and the code is the environment's own."""
    told = installed.run("digestbot", "--version")
    found = installed.run("python", "-c", "import digestbot; print(digestbot.__file__)")

    assert told.stdout == f"digestbot {digestbot.__version__}\n"
    assert Path(found.stdout.strip()).is_relative_to(installed.environment)


def test_the_demo_runs_the_main_job(installed: Installed) -> None:
    """`digestbot demo` gives a digest on the terminal, in files and in a maildir, from the wheel alone."""
    done = installed.run("digestbot", "demo", "--home", "demo")

    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert len(list((installed.folder / "demo" / "digests").iterdir())) == 2
    assert len(list((installed.folder / "demo" / "maildir" / "new").iterdir())) == 1


def test_init_lays_out_feeds_and_roadmaps(installed: Installed) -> None:
    """`digestbot init` copies feeds.yaml and the roadmaps of the checkout into the data folder."""
    done = installed.run("digestbot", "init")

    home = installed.folder / "home"
    assert done.returncode == 0, done.stderr
    assert (home / "feeds.yaml").read_bytes() == (ROOT / "feeds.yaml").read_bytes()
    for path in (ROOT / "roadmaps").glob("*.md"):
        if path.name != "SOURCES.md":
            assert (home / "roadmaps" / path.name).read_bytes() == path.read_bytes()


def test_prompts_load_from_the_wheel(installed: Installed) -> None:
    """The prompts of the chat model are found and pass their checks."""
    code = (
        "from pathlib import Path; from digestbot.chat import prompts; from digestbot.shipped import shipped; "
        "prompts.load(shipped('prompts'), Path('none'))"
    )

    done = installed.run("python", "-c", code)

    assert done.returncode == 0, done.stderr
