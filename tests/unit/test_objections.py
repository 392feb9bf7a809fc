"""What stands against a decision is told in the language of whoever decides."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import digestbot
from digestbot.render.objections import OBJECTIONS, objection

ROOT = Path(digestbot.__file__).parent
ADVICE = ": look again with 'digestbot review show p1'"
ROOMS = ("review", "roadmap", "web/decisions.py", "adapters/github_pulls.py", "adapters/roadmap_git")


def raised() -> Iterator[str]:
    """Yield each message that a ReviewError is raised with, something in place of what is filled in."""
    for room in ROOMS:
        for file in [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "ReviewError":
                    yield from _texts(node.args[0])


def _texts(message: ast.expr) -> Iterator[str]:
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    if isinstance(message, ast.JoinedStr | ast.Constant):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


def test_whatever_the_review_objects_has_its_chinese() -> None:
    """A message that is new, or worded anew, stands in the table, too; none is half English."""
    found = {text: objection(text, "zh") for text in raised()}

    assert len(found) > 40
    assert [text for text, said in found.items() if re.search("[a-z]{2,}", re.sub("DIGESTBOT_[A-Z]+", "", said))] == []


@pytest.mark.parametrize("english", OBJECTIONS)
def test_both_languages_tell_the_same(english: str) -> None:
    """What is filled in is filled in in both."""
    assert sorted(re.findall(r"{\w+}", OBJECTIONS[english])) == sorted(re.findall(r"{\w+}", english))


@pytest.mark.parametrize(
    ("text", "lang", "said"),
    [
        (
            "p1 was changed since you saw it: look again with 'digestbot review show p1'",
            "en",
            "p1 was changed since you saw it",
        ),
        (
            "p1 was changed since you saw it: look again with 'digestbot review show p1'",
            "zh",
            "p1 在你查看之后有了变化",
        ),
        ("p1 was rejected by ada on 2026-04-12", "zh-Hans", "p1 已拒绝（ada，2026-04-12）"),
        ("p1 was rejected by ada on 2026-04-12", "zh-TW", "p1 已拒絕（ada，2026-04-12）"),
        (
            "the roadmap has changed since p1 was proposed (no place is left for the change to chapter 'II.3': "
            "propose it again on this version); it is stale, and comes back when it can be written anew",
            "zh",
            "提出 p1 之后路线图有了变化（对章节 'II.3' 的改动已没有合适的位置：请按此版本重新提出）；"
            "它已过期，可以重写时会再次出现",
        ),
        (
            "p1 cannot be brought into the roadmap now: a merge is under way in '/srv/it': finish it first",
            "zh",
            "p1 现在无法写入路线图：'/srv/it' 中正在进行合并：请先完成",
        ),
        ("the disk is on fire", "zh", "the disk is on fire"),
    ],
)
def test_an_objection_is_told_whole(text: str, lang: str, said: str) -> None:
    """Also what it holds of others; what to type in a terminal is left out, and what is not ours stays as it is."""
    assert objection(text, lang) == said


def test_a_long_message_takes_no_time() -> None:
    """Whatever stands in a roadmap's headings may stand in it."""
    assert len(objection("the change to chapter " * 100_000, "zh")) <= 2_000
