"""Reads the prompts: Markdown files with a YAML header, checked at start, each with a hash of its bytes.

A header has `name` (the file's stem), `version`, `variables` (what the text uses as $name) and `schema` (what the reply
must look like). An operator's file of the same name takes the place of the shipped one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

import yaml

from digestbot.errors import ConfigError

KEYS = ("name", "version", "variables", "schema")
NAMES = ("file", "study", "summarize", "notes", "introduce", "explain")
"""The prompts that the program asks with."""
SUPPLIED: Mapping[str, frozenset[str]] = {
    "filing": frozenset({"roadmap", "sections"}),
    "summaries": frozenset({"language"}),
    "notes": frozenset(),
    "answer": frozenset({"language", "level"}),
    "introductions": frozenset({"language"}),
}
"""For each schema of a reply, the variables that its prompt may use."""


@dataclass(frozen=True)
class Prompt:
    """A prompt ready to be filled in; `hash` is the SHA-256 of its file, in hex."""

    name: str
    version: str
    variables: tuple[str, ...]
    schema: str
    text: str
    hash: str

    @property
    def label(self) -> str:
        """Return what is stored beside a result: `name@version+hash`, the hash cut to eight digits."""
        return f"{self.name}@{self.version}+{self.hash[:8]}"

    def render(self, **values: str) -> str:
        """Return the text with its variables filled in; values beyond them are ignored."""
        return Template(self.text).substitute({name: values[name] for name in self.variables})


def load(shipped: Traversable | Path, override: Path | None) -> Mapping[str, Prompt]:
    """Return every prompt of NAMES by its name; raises one ConfigError with a line `file:line: problem` for each."""
    prompts: dict[str, Prompt] = {}
    problems: list[str] = []
    for name in NAMES:
        own = override / f"{name}.md" if override else None
        source = own if own is not None and own.is_file() else shipped / f"{name}.md"
        try:
            prompts[name] = parse(read(source), name)
        except ConfigError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError("\n".join(problems))
    return prompts


def read(source: Traversable | Path) -> str:
    """Return a file's text with plain line ends; raises ConfigError `file:1: problem`."""
    try:
        return source.read_text("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise ConfigError(f"{source.name}:1: no such prompt; put the shipped file back") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source.name}:1: cannot be read as utf-8 text: {error}") from error


def parse(text: str, name: str) -> Prompt:
    """Return the prompt that a file's text holds; raises ConfigError with a line for each problem in it."""
    file = f"{name}.md"
    match = re.match(r"---\n(.*?)\n---\n+(.*)", text, re.DOTALL)
    if match is None:
        raise ConfigError(f"{file}:1: expected a header between two lines of ---")
    header = _Header(file, match[1])
    body, first_line = match[2].rstrip() + "\n", text[: match.start(2)].count("\n") + 1
    problems = [*header.problems(name), *_unlike(header, body, first_line)]
    if problems:
        raise ConfigError("\n".join(problems))
    return Prompt(
        name=name,
        version=header.text("version"),
        variables=header.variables,
        schema=header.text("schema"),
        text=body,
        hash=hashlib.sha256(text.encode()).hexdigest(),
    )


class _Header:
    """A header's values with the lines that they stand on; its first line is the file's second."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.values, self.lines = _values(file, text)

    def at(self, key: str) -> str:
        return f"{self.file}:{self.lines.get(key, 1)}"

    def text(self, key: str) -> str:
        value = self.values.get(key)
        return str(value) if isinstance(value, (str, int, float)) else ""

    @property
    def variables(self) -> tuple[str, ...]:
        value = self.values.get("variables")
        return tuple(str(one) for one in value) if isinstance(value, list) else ()

    def problems(self, name: str) -> Iterator[str]:
        for key in self.values:
            if key not in KEYS:
                yield f"{self.at(key)}: unknown key {key!r}: {_hint(key, KEYS)}"
        for key in KEYS:
            if key not in self.values:
                yield f"{self.file}:1: missing key {key!r}"
        if "name" in self.values and self.text("name") != name:
            yield f"{self.at('name')}: name is {self.text('name')!r}: expected {name!r}, as the file is called"
        if "version" in self.values and not re.fullmatch(r"[\w.-]{1,20}", self.text("version")):
            yield f"{self.at('version')}: version is {self.text('version')!r}: expected a number or a short word"
        if "variables" in self.values and not isinstance(self.values["variables"], list):
            yield f"{self.at('variables')}: variables must be a list, such as [sections]"
        if "schema" in self.values and self.text("schema") not in SUPPLIED:
            yield f"{self.at('schema')}: unknown schema {self.text('schema')!r}: {_hint(self.text('schema'), SUPPLIED)}"


def _values(file: str, text: str) -> tuple[dict[str, object], dict[str, int]]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        raise ConfigError(f"{file}:{line}: not valid yaml: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{file}:2: not valid yaml: {str(error).splitlines()[0]}") from error
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        raise ConfigError(f"{file}:2: expected keys and values, such as name: file")
    lines = {str(key.value): int(key.start_mark.line) + 2 for key, _ in node.value}
    return {str(key): value for key, value in values.items()}, lines


def _unlike(header: _Header, body: str, first_line: int) -> Iterator[str]:
    """Yield where the text and the header's variables differ, and what nobody would fill in."""
    supplied = SUPPLIED.get(header.text("schema"))
    used: dict[str, int] = {}
    for number, line in enumerate(body.splitlines(), first_line):
        if not Template(line).is_valid():
            yield f"{header.file}:{number}: a lone '$': write '$$' for a dollar sign"
        for name in Template(line).get_identifiers():
            used.setdefault(name, number)
    for name, number in used.items():
        if name not in header.variables:
            yield f"{header.file}:{number}: ${name} is used but not among the header's variables"
    for name in header.variables:
        if name not in used:
            yield f"{header.at('variables')}: variable {name!r} is declared but the text has no ${name}"
        if supplied is not None and name not in supplied:
            yield f"{header.at('variables')}: nothing fills in {name!r}: {_hint(name, supplied)}"


def _hint(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
