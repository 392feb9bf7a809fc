"""The log: wide lines for people and for machines, also of other libraries."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from digestbot.log import configure, logger


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the loggers of the process as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_machine_reads_an_object_a_line() -> None:
    """Event, level, time and values stand in one object; what has no value is left out."""
    out = io.StringIO()
    configure("json", out)

    logger().info("item", item="arxiv:2604.00001", title="多 modal", section="", tokens=0, failed=[])

    line = json.loads(out.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "item", "level": "info", "item": "arxiv:2604.00001", "title": "多 modal", "tokens": 0}


@pytest.mark.parametrize("form", ["pretty", "json"])
def test_whatever_is_in_a_value_it_stays_on_one_line(form: str) -> None:
    """A title with line ends or control characters forges no line of the log."""
    out = io.StringIO()
    configure(form, out)  # type: ignore[arg-type]  # one of the two

    logger().info("item", title="a\n2026-01-01 forged\x1b[31m\r\nb")

    assert out.getvalue().count("\n") == 1
    assert "\x1b" not in out.getvalue()
    assert "\r" not in out.getvalue()


def test_other_libraries_speak_the_same_way() -> None:
    """Their warnings are lines of ours; what they have to say below that is not logged."""
    out = io.StringIO()
    configure("json", out)

    logging.getLogger("some.library").warning("%s is late", "it")
    logging.getLogger("some.library").info("chatter")

    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["it is late"]


@pytest.mark.parametrize("form", ["pretty", "json"])
def test_an_exception_is_told_with_its_place(form: str) -> None:
    """A fault of ours comes with its traceback, and the log goes on."""
    out = io.StringIO()
    configure(form, out)  # type: ignore[arg-type]  # one of the two

    try:
        raise ValueError("no such thing")
    except ValueError:
        logger().exception("tick failed")

    assert "ValueError: no such thing" in out.getvalue()
    assert "test_log.py" in out.getvalue()
