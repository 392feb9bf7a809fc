"""The log: one wide line for each job, item and delivery, to stderr; pretty for people or JSON for machines.

What other libraries log at warning or above comes in the same form.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO, cast

import structlog

Form = Literal["pretty", "json"]


def configure(form: Form, stream: TextIO = sys.stderr) -> None:
    """Send every logger's lines to a stream; colours only where a person looks and NO_COLOR is not set."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_nothing,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: list[structlog.typing.Processor] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=stream.isatty() and not os.environ.get("NO_COLOR"), pad_event_to=0)]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            *last,
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("digestbot").setLevel(logging.INFO)


def logger() -> structlog.stdlib.BoundLogger:
    """Return the program's logger: `logger().info("event", key=value)`."""
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger("digestbot"))


def _without_nothing(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out what has no value: a wide line is long enough."""
    return {key: value for key, value in event.items() if value not in (None, "", (), [], {}) or key == "event"}
