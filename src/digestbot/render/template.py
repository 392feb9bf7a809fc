"""Templates of a digest's HTML, plain text and subject: an operator's own, checked before anything is read or sent.

They run in Jinja's sandbox and know no variable that we do not give them; that of the HTML escapes what it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    nodes,
)
from jinja2.sandbox import SandboxedEnvironment

from digestbot.errors import ConfigError

NAME = "digest.html.j2"
TEXT, SUBJECT = "digest.txt.j2", "subject.txt.j2"
MAX_BYTES = 500_000


@cache
def shipped() -> Template:
    """Return the template that the package carries."""
    return _environment(None).get_template(NAME)


def load(folder: Path, sample: Mapping[str, Any], name: str = NAME) -> Template | None:
    """Return the folder's template of a name, None where it has none.

    It is tried out on the values of a sample; raises ConfigError with name and line for what is wrong with it.
    """
    file = folder / name
    if not file.is_file():
        return None
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{_shown(file)}: larger than {MAX_BYTES:,} bytes")
        source = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{_shown(file)}: cannot be read: {error}") from error
    environment = _environment(folder)
    try:
        problems = _unknown(environment.parse(source, name), set(sample), file)
        if problems:
            raise ConfigError("\n".join(problems))
        template = environment.get_template(name)
        if not template.render(sample).strip():
            raise ConfigError(f"{name} makes nothing of a digest; see {_shown(file)}")
    except TemplateSyntaxError as error:
        raise ConfigError(f"{error.name or name}:{error.lineno}: {error.message}; see {_shown(file)}") from error
    # A template can fail in any way that its expressions can: a wrong type, a missing part, a number too large.
    except (TemplateError, OSError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        said = str(error) or type(error).__name__
        raise ConfigError(f"{name}:{_line(error, name)}: {said}; see {_shown(file)}") from error
    return template


def _environment(folder: Path | None) -> SandboxedEnvironment:
    own = [FileSystemLoader(folder)] if folder else []
    return SandboxedEnvironment(
        loader=ChoiceLoader([*own, PackageLoader("digestbot.render", "templates")]),
        autoescape=lambda name: name is None or ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _unknown(tree: nodes.Template, known: set[str], file: Path) -> list[str]:
    """Return a line for each name that is neither given nor set in the template itself."""
    stored = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    stored |= {macro.name for macro in tree.find_all(nodes.Macro)} | {"loop", "range", "dict", "namespace", "caller"}
    use = f"use {', '.join(sorted(known))}; see {_shown(file)}"
    return [
        f"{file.name}:{name.lineno}: there is no variable {name.name!r}: {use}"
        for name in tree.find_all(nodes.Name)
        if name.ctx == "load" and name.name not in stored | known
    ]


def _line(error: BaseException, name: str) -> int:
    """Return the line of the template where an error was raised: Jinja puts it into the traceback."""
    line, frame = 0, error.__traceback__
    while frame:
        if frame.tb_frame.f_code.co_filename.endswith(name):
            line = frame.tb_lineno
        frame = frame.tb_next
    return line


def _shown(file: Path) -> str:
    return repr(str(file))
