"""`digestbot site build`: the pages that anybody may read, as files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

from digestbot.app import ledger_of
from digestbot.app.pages import surface_of
from digestbot.commands.console import counted, progress, terminal, write_json
from digestbot.errors import ConfigError
from digestbot.render.escape import safe_url
from digestbot.render.words import digest_lang
from digestbot.settings import Settings
from digestbot.web.site_build import build
from digestbot.web.tongues import LANGS


def build_command(settings: Settings, folder: Path, url: str, langs: tuple[str, ...], as_json: bool) -> int:
    """Bring a folder up to date, and tell what was done."""
    if unknown := [lang for lang in langs if lang not in LANGS]:
        raise ConfigError(f"--lang {unknown[0]!r} is none of {', '.join(LANGS)}")
    if url and not safe_url(url):
        raise ConfigError(f"--url {url!r} is no http or https address")
    where, began = terminal(), monotonic()
    with ledger_of(settings) as ledger, progress(where) as show:
        surface = surface_of(lambda: settings, ledger)
        surface = replace(surface, public_url=(url or surface.public_url).rstrip("/"), archive=ledger.ahead)
        langs = tuple(dict.fromkeys(langs)) or (digest_lang("", surface.roadmap("").lang),)
        try:
            shown = partial(show, "publish")
            built = build(surface, folder, langs, shown, ledger.ahead.announce)
        except OSError as error:
            raise ConfigError(f"cannot write {error.filename or str(folder)!r}: {error.strerror}") from error
    if as_json:
        counts = {
            "pages": built.pages,
            "written": built.written,
            "unchanged": built.unchanged,
            "removed": built.removed,
        }
        told = {
            "folder": str(folder),
            "languages": langs,
            "bytes": built.size,
            "seconds": round(monotonic() - began, 1),
        }
        write_json(counts | told)
        return 0
    where.say(
        f"{counted(built.pages, 'file')}, {built.size / 1e6:.1f} MB: "
        f"{built.written} written, {built.unchanged} as they were, {built.removed} taken away."
    )
    if not surface.public_url:
        where.say("There are no feeds in it, since they hold whole addresses: give --url, where it will be read.")
    where.write(f"{folder / 'index.html'}\n")
    return 0
