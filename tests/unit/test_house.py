"""The house: modules import alone and quietly, weights are small and safe, no file knows this machine."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import digestbot
from digestbot import feeds
from digestbot.adapters.roadmap_git import names
from digestbot.app import load_feeds
from digestbot.chat import prompts
from digestbot.roadmap import parse
from digestbot.settings import load
from digestbot.shipped import shipped

ROOT = Path(__file__).parents[2]
PACKAGE = Path(digestbot.__file__).parent
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(digestbot.__path__, "digestbot.")
    if ".migrations" not in module.name
)
WRITTEN = sorted(
    path
    for folder in ("src", "tests", "prompts", "bench", "roadmaps", "deploy")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".md", ".yaml", ".toml", ".json", ".j2", ".txt", ".service", ".timer")
)
QUIET = ("digestbot.domain", "digestbot.roadmap", "digestbot.pipeline.line", "digestbot.app", "digestbot.__main__")


@pytest.mark.parametrize("module", MODULES)
def test_every_module_imports(module: str) -> None:
    """No module needs another one to have been imported before by luck, or fails by itself."""
    assert importlib.import_module(module).__doc__


@pytest.mark.slow
@pytest.mark.parametrize("module", QUIET)
def test_a_module_imports_alone_and_does_nothing(module: str, tmp_path: Path) -> None:
    """In a fresh interpreter a module imports without a word, opens nothing to write and makes no file."""
    code = (
        "import sys\n"
        "def watch(event, args):\n"
        "    writes = event == 'open' and isinstance(args[1], str) and set(args[1]) & set('wax+')\n"
        "    if writes or event in ('socket.connect', 'subprocess.Popen', 'sqlite3.connect'):\n"
        "        raise SystemExit(f'{event} {args}')\n"
        "sys.addaudithook(watch)\n"
        f"import {module}\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_command_line_loads_no_library_before_a_command_runs() -> None:
    """Help is quick because nothing heavy is imported for it."""
    heavy = {"numpy", "pydantic", "sqlalchemy", "chromadb", "langchain", "aiohttp", "feedparser", "lxml", "trafilatura"}
    code = "import sys, digestbot.__main__; print(*{name.partition('.')[0] for name in sys.modules})"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) & heavy == set()


def test_modules_hold_definitions_only() -> None:
    """At import a module defines things: no loop, no `with` and no bare call, but that commands are put together."""
    acts = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, (ast.For, ast.While, ast.With))
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and "add_typer" not in ast.unparse(node))
    ]

    assert acts == []


def test_weights_are_small() -> None:
    """All that the offline model has learned is under five megabytes."""
    sizes = [path.stat().st_size for path in (PACKAGE / "offline" / "weights").iterdir()]

    assert sizes
    assert sum(sizes) < 5_000_000


@pytest.mark.parametrize("path", sorted((PACKAGE / "offline" / "weights").glob("*.npz")), ids=lambda path: path.stem)
def test_weights_are_numbers_and_never_code(path: Path) -> None:
    """Weights load without pickle, which could run anything."""
    with np.load(path, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    """No file of the project names somebody's home or a working folder."""
    homes = "|".join(("ro" + "ot", "ho" + "me", "wo" + "rk", "Us" + "ers"))
    pattern = re.compile(rf"(?<![\w.:/~}}-])/(?:{homes})/[\w.-]+")

    found = {
        str(path.relative_to(ROOT)): place for path in WRITTEN for place in pattern.findall(path.read_text("utf-8"))
    }

    assert found == {}


def test_prompts_load() -> None:
    """Every shipped prompt is found and passes its checks, and each has a hash of its own."""
    found = prompts.load(shipped("prompts"), None)

    assert set(found) == {Path(entry.name).stem for entry in shipped("prompts").iterdir()}
    assert len({prompt.hash for prompt in found.values()}) == len(found)


@pytest.mark.parametrize("name", names())
def test_shipped_roadmaps_load(name: str) -> None:
    """Every shipped roadmap parses into sections with chapters and links."""
    roadmap = parse(shipped("roadmaps", f"{name}.md").read_text(encoding="utf-8"), name)

    assert roadmap.chapters
    assert roadmap.addresses


def test_a_file_in_the_data_folder_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    """The operator's own feeds.yaml is read where there is one, the shipped one otherwise."""
    settings = load(home=tmp_path)
    assert load_feeds(settings, None) == feeds.parse(shipped("feeds.yaml").read_text("utf-8"), "feeds.yaml")

    (tmp_path / "feeds.yaml").write_text("feeds:\n- {id: own, kind: feed, url: https://example.org/feed}\n")

    assert [feed.id for feed in load_feeds(settings, None)] == ["own"]
