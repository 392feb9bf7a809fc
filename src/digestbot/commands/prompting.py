"""`digestbot prompts`: what a chat model is asked, what the operator changed in it, and what changed since."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from digestbot.chat import prompt_files
from digestbot.chat.prompt_files import PromptFile, prompt_file
from digestbot.chat.prompts import NAMES, Prompt, parse
from digestbot.commands.console import counted, terminal, write_json
from digestbot.errors import ConfigError
from digestbot.settings import Settings
from digestbot.shipped import shipped

_SHIPPED = "prompts"


def list_command(settings: Settings, as_json: bool) -> int:
    """Write each prompt with its version, its hash and whose text counts."""
    rows = [_row(_file(name, settings), _folder(settings)) for name in NAMES]
    if as_json:
        for row in rows:
            write_json(row)
        return 0
    columns = ("name", "version", "hash", "schema", "from", "state")
    terminal().table(
        columns, [[str(row[column])[:8] if column == "hash" else row[column] for column in columns] for row in rows]
    )
    return 0


def show_command(settings: Settings, name: str, as_shipped: bool, as_json: bool) -> int:
    """Write a prompt's text, header and all."""
    file = _file(name, settings)
    file = PromptFile(name, file.shipped) if as_shipped else file
    if as_json:
        write_json(_row(file, _folder(settings)) | {"text": file.text})
    else:
        terminal().write(file.text)
    return 0


def copy_command(settings: Settings, name: str, keep: bool) -> int:
    """Put a copy of a shipped prompt into the data folder."""
    path = prompt_files.copy(name, shipped(_SHIPPED), _folder(settings), keep)
    does = "begins from the shipped one of now" if keep else "is yours to edit"
    terminal().say(f"{path} {does}. Check it with 'digestbot prompts check'.")
    return 0


def check_command(settings: Settings, as_json: bool) -> int:
    """Write every problem of every prompt; 1 when there is one."""
    folder = _folder(settings)
    found = [problem for name in NAMES for problem in prompt_files.problems(_file(name, settings), folder)]
    found += [
        f"{path}:1: no prompt is called so: known are {', '.join(NAMES)}" for path in prompt_files.strangers(folder)
    ]
    if as_json:
        write_json({"prompts": len(NAMES), "problems": found})
        return int(bool(found))
    for problem in found:
        terminal().write(f"{problem}\n")
    terminal().say(f"{counted(len(NAMES), 'prompt')}, {counted(len(found), 'problem')}.")
    return int(bool(found))


def diff_command(settings: Settings, name: str, as_json: bool) -> int:
    """Write what the operator's prompts change and what the shipped ones changed since; 1 when one did."""
    files = [_file(one, settings) for one in ([name] if name else NAMES)]
    for file in files:
        if as_json:
            write_json({"name": file.name, "moved_on": file.moved_on, "changes": file.changes(), "news": file.news()})
        else:
            _write_diff(file)
    return int(any(file.moved_on for file in files))


def _write_diff(file: PromptFile) -> None:
    where = terminal()
    if file.own is None:
        where.say(f"{file.name}: the shipped one counts.")
        return
    where.write(file.changes())
    where.say(
        f"{file.name}: yours changes nothing." if not file.changes() else f"{file.name}: above is what yours changes."
    )
    if not file.moved_on:
        return
    where.write(file.news())
    told = "above is what the shipped one changed since" if file.news() else "the shipped one has another version"
    where.say(f"{file.name}: {told}. Take over what you want, then 'digestbot prompts copy {file.name} --keep'.")


def _row(file: PromptFile, folder: Path) -> dict[str, object]:
    """Return what is told of a prompt; one that is not good has neither version nor schema."""
    prompt: Prompt | None = None
    with suppress(ConfigError):
        prompt = parse(file.text, file.name)
    state = "not good" if prompt is None else "shipped one moved on" if file.moved_on else "good"
    return {
        "name": file.name,
        "version": prompt.version if prompt else "",
        "hash": prompt.hash if prompt else "",
        "schema": prompt.schema if prompt else "",
        "variables": prompt.variables if prompt else (),
        "from": "shipped" if file.own is None else str(folder / f"{file.name}.md"),
        "state": state,
    }


def _file(name: str, settings: Settings) -> PromptFile:
    return prompt_file(name, shipped(_SHIPPED), _folder(settings))


def _folder(settings: Settings) -> Path:
    return settings.home / "prompts"
