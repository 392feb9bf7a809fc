"""Updates in a digest: every format says what is new, since when, and escapes it."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import NOW, digest

from digestbot.domain import Digest, DigestSection
from digestbot.render.discord import MAX_DESCRIPTION, digest_messages, size
from digestbot.render.html import digest_html
from digestbot.render.mail import digest_mail
from digestbot.render.markdown import digest_markdown
from digestbot.render.text import digest_text

Render = Callable[[Digest], str]


def as_discord(found: Digest) -> str:
    """Return the whole of the payloads as JSON text."""
    return json.dumps(digest_messages(found), ensure_ascii=False)


def as_mail(found: Digest) -> str:
    """Return both parts of the mail."""
    sent = digest_mail(found, "digest@example.org", "ada@example.org", "<1@example.org>")
    mail = email.message_from_bytes(sent, policy=email.policy.default)
    return "".join(str(part.get_content()) for part in mail.iter_parts())


FORMATS = [digest_text, digest_markdown, digest_html, as_discord, as_mail]


def updated(*, brief: bool = False, **changes: object) -> Digest:
    """Return a digest whose one story is told again."""
    base = digest()
    entry = replace(
        base.sections[0].entries[0],
        **{"label": "Update", "change": "Its code was released.", "first_told_at": NOW - timedelta(days=3), **changes},  # type: ignore[arg-type]  # fields of an entry
    )
    return replace(
        base, sections=(DigestSection("I", "Sequences", () if brief else (entry,), (entry,) if brief else ()),)
    )


@pytest.mark.parametrize("brief", [False, True], ids=["entry", "line"])
@pytest.mark.parametrize("render", FORMATS, ids=lambda render: str(render.__name__))
def test_an_update_says_what_is_new_and_since_when_it_is_known(render: Render, brief: bool) -> None:
    """Label, sentence and the day of the first telling stand in every format, in whole entries and in brief ones."""
    found = " ".join(render(updated(brief=brief)).split())

    assert "Update: Its code was released." in found.replace("\\", "")
    assert "First told on 9 April 2026." in found.replace("\\", "")


@pytest.mark.parametrize("render", FORMATS, ids=lambda render: str(render.__name__))
def test_a_story_that_is_new_has_no_label(render: Render) -> None:
    """Entries without news look as they always did."""
    assert "Update:" not in render(digest())


@pytest.mark.parametrize(
    ("render", "forbidden"),
    [(digest_html, "<script>"), (digest_markdown, "](http://b.example)"), (as_discord, "@everyone")],
    ids=["html", "markdown", "discord"],
)
def test_what_an_entry_quotes_is_shown_as_it_is(render: Render, forbidden: str) -> None:
    """A withdrawal quotes its authors' comment: nothing of it becomes markup or a mention."""
    quoted = "Its entry says: “<script>x</script> [a](http://b.example) @everyone”"

    assert forbidden not in render(updated(label="Withdrawn", change=quoted))


def test_an_update_fits_into_an_embed() -> None:
    """However long the change, Discord's limit for a description holds."""
    long = updated(change="*" * 5000, tldr="_" * 5000, points=("~" * 900,) * 8, why="|" * 3000)

    embeds = [embed for message in digest_messages(long) for embed in message["embeds"]]  # type: ignore[attr-defined]  # a list

    assert max(size(embed.get("description", "")) for embed in embeds) <= MAX_DESCRIPTION
