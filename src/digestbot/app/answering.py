"""The composition root's part for questions on pages: each gets a look of its own at everything that was read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from datetime import UTC, datetime

from digestbot.app.explaining import explaining
from digestbot.domain.answers import Answer, Asked
from digestbot.explain.asking import explain
from digestbot.settings import Settings


def answering(settings: Settings) -> Callable[[Asked], AsyncIterator[Answer]]:
    """Return what answers questions.

    The index is held for the length of an answer only, a tenth of a second of opening: runs beside it want it, too.
    """

    async def answers(asked: Asked) -> AsyncIterator[Answer]:
        now, stack = settings.now or datetime.now(UTC), ExitStack()
        opening = asyncio.ensure_future(asyncio.to_thread(stack.enter_context, explaining(settings, now)))
        try:
            deps, _ = await asyncio.shield(opening)
            async for answer in explain(deps, asked, now):
                yield answer
        finally:
            # Whoever left meanwhile leaves a thread that still opens: what it opens is closed, too.
            loop = asyncio.get_running_loop()
            opening.add_done_callback(lambda _: loop.run_in_executor(None, stack.close))

    return answers
