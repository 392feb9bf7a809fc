"""An answer as a chat model writes it: a claim is checked once it is whole, and shown only if its sources show it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from digestbot.domain.answers import Answer
from digestbot.explain.briefs import answer_brief
from digestbot.explain.citing import Checked, Checking, Drafted
from digestbot.explain.numbering import numbered
from digestbot.explain.ports import Answerer, Draft, Library
from digestbot.explain.sources import Sources
from digestbot.explain.tools import tools_of
from digestbot.explain.understanding import Understood
from digestbot.search import Found

SHOWN = 8
"""Passages that a model is shown before it looks for more."""

Heard = asyncio.Queue[Sequence[Drafted] | None]
"""The claims of a reply so far, each time there are more; None behind the last."""


async def written(
    library: Library, answerer: Answerer, understood: Understood, found: Sequence[Found], blank: Answer, watched: bool
) -> AsyncIterator[Answer]:
    """Yield what is left of a model's answer after checking; the last is whole, and without claims where that is none.

    Where somebody watches, what is checked comes while the model writes, each time more claims than before. All of them
    pass the same check; the whole reply alone decides what the last holds, whatever was yielded before.
    """
    sources, heard = Sources(found[:SHOWN]), Heard()
    checking = Checking(lambda one, texts: max(library.similarities(one, texts), default=0.0))
    blank = replace(blank, model=answerer.name, paid=answerer.name)
    brief, tools = answer_brief(understood, sources, blank.standing), tools_of(library, sources)
    told = heard.put_nowait if watched else None
    asking = asyncio.create_task(answerer.answer(brief, understood.lang, blank.asked.level, tools, told))
    asking.add_done_callback(lambda _: heard.put_nowait(None))
    try:
        shown = 0
        while (claims := await _newest(heard)) is not None:
            # A copy: the model may look for more while a thread reads it.
            sound = await asyncio.to_thread(checking.checked, claims, dict(sources.by_key))
            if len(sound.claims) > shown:
                shown = len(sound.claims)
                yield _cited(blank, sound, sources)
        draft = await asking
    finally:
        asking.cancel()
    sound = await asyncio.to_thread(checking.checked, draft.claims, sources.by_key)
    yield _ended(_cited(replace(blank, usage=draft.usage), sound, sources), draft)


async def _newest(heard: Heard) -> Sequence[Drafted] | None:
    """Return the claims of a reply so far, None when the whole of it is there."""
    claims = await heard.get()
    while claims is not None and not heard.empty():
        claims = heard.get_nowait()
    return claims


def _cited(blank: Answer, sound: Checked, sources: Sources) -> Answer:
    told = [(claim, [sources.by_key[key] for key in claim.keys]) for claim in sound.claims]
    return replace(numbered(blank, told), dropped=sound.dropped)


def _ended(answer: Answer, draft: Draft) -> Answer:
    """Return a whole answer, or why there is none: nothing of a reply that failed counts."""
    name = answer.model
    if draft.error:
        note = f"{name} gave no answer"
        return replace(answer, model="offline", claims=(), sources=(), dropped=0, note=note)
    if not answer.claims:
        return replace(answer, model="offline", note=f"nothing that {name} wrote was shown by its sources")
    return answer
