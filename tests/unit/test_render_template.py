"""An operator's template of the HTML: taken, checked, and shut in."""

from __future__ import annotations

from pathlib import Path

import digests
import pytest

from digestbot.errors import ConfigError
from digestbot.render.html import checked_template, digest_html
from digestbot.render.template import NAME, shipped


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
