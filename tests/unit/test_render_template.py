"""An operator's template of the HTML: taken, checked, and shut in."""

from __future__ import annotations

import quopri
from pathlib import Path

import digests
import pytest

from digestbot.errors import ConfigError
from digestbot.render.bodies import body_of, checked_templates
from digestbot.render.html import checked_template, digest_html
from digestbot.render.links import Links
from digestbot.render.template import NAME, SUBJECT, TEXT, shipped
from digestbot.render.text import digest_text


def written(folder: Path, text: str) -> Path:
    """Write a template and return its folder."""
    (folder / NAME).write_text(text, encoding="utf-8")
    return folder


def test_without_one_the_shipped_one_is_used(tmp_path: Path) -> None:
    """An absent folder is no mistake."""
    assert checked_template(tmp_path / "absent") is shipped()


def test_an_own_template_takes_its_place(tmp_path: Path) -> None:
    """It is given the same values, escaped all the same."""
    template = checked_template(written(tmp_path, "{% for b in blocks %}{{ b.title }}: {{ lead }}\n{% endfor %}"))

    found = digest_html(digests.digest(*digests.realistic().sections[:1], lead="<b>&"), template=template)

    assert found == "III · Large-scale pretraining: &lt;b&gt;&amp;\n"


def test_the_shipped_one_passes_its_own_check(tmp_path: Path) -> None:
    """A copy of it, unchanged, is taken and gives the same document."""
    source = Path(str(shipped().filename)).read_text("utf-8")
    template = checked_template(written(tmp_path, source))

    assert digest_html(digests.realistic(), template=template) == digest_html(digests.realistic())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<p>\n{% for b in blocks %}\n{{ b.title }}", "digest.html.j2:3: Unexpected end of template"),
        ("<p>\n{{ subjekt }}", "digest.html.j2:2: there is no variable 'subjekt': use blocks, "),
        ("\n\n{{ subject.nothing }}", "digest.html.j2:3: 'str object' has no attribute 'nothing'"),
        ("\n{{ ''.__class__.__mro__ }}", "digest.html.j2:2: access to attribute '__class__'"),
        ("{{ subject.__init__.__globals__ }}", "digest.html.j2:1: access to attribute '__init__'"),
        ("\n{{ 1 // 0 }}", "digest.html.j2:2: "),
        ("{% for n in range(10**9) %}x{% endfor %}", "digest.html.j2:1: Range too big"),
        ("{% include '../../secret' %}", "digest.html.j2:1: "),
        ("{% filter nothing %}{% endfilter %}", "digest.html.j2:1: No filter named 'nothing'"),
        ("x" * 500_001, "larger than 500,000 bytes"),
    ],
)
def test_a_template_that_cannot_work_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """At the start, with its name and line; Python's insides and other files are out of reach."""
    with pytest.raises(ConfigError) as caught:
        checked_template(written(tmp_path, text))

    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_text_and_subject_can_be_ones_own(tmp_path: Path) -> None:
    """They are given what the HTML is given, unescaped, and our own text; a subject stays one line."""
    (tmp_path / TEXT).write_text("Hello & welcome\n{{ text }}\nBye\n")
    (tmp_path / SUBJECT).write_text("[{{ count }}]\n\nBcc: eve@example.org {{ heading }}")
    found = digests.digest(roadmap_title="A & B")

    body = body_of(found, Links(), checked_templates(tmp_path))

    assert quopri.decodestring(body.text).decode() == f"Hello & welcome\n{digest_text(found, 76)}\nBye\n".replace(
        "\n", "\r\n"
    )
    assert body.subject == "[nothing new] Bcc: eve@example.org A & B"


@pytest.mark.parametrize("name", [TEXT, SUBJECT])
@pytest.mark.parametrize(("text", "said"), [("{{ nobody }}", ":1: there is no variable"), (" ", " makes nothing")])
def test_mistakes_in_them_are_told(tmp_path: Path, name: str, text: str, said: str) -> None:
    """They are checked at the start as the HTML's template is."""
    (tmp_path / name).write_text(text)

    with pytest.raises(ConfigError, match=f"{name}{said}"):
        checked_templates(tmp_path)
