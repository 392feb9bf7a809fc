"""Explanations over the wire: what discord.py sends for them, judged as Discord would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asked import Scripted
from discord_wire.server import Fault
from discord_wire.state import Json
from test_life import USER, Scene, alive

from digestbot.adapters.ledger import Ledger
from digestbot.errors import ModelError, StoreError
from digestbot.explain.citing import Drafted
from digestbot.explain.ports import Draft

pytestmark = pytest.mark.slow
WHAT = Drafted("what", "Speculative decoding is a technique for accelerating inference.", ("S1",))
HOW = Drafted("how", "A small draft model proposes tokens that the large model verifies.", ("S1",))
MARS = Drafted("how", "It was invented on Mars in 1812.", ("S1",))
BOB = {**USER, "id": "43", "username": "bob", "global_name": "Bob"}


async def ask(scene: Scene) -> Any:
    """Ask for an explanation and return the exchange."""
    id = next(one["id"] for one in scene.double.world.commands if one["name"] == "explain")
    options = [{"name": "topic", "type": 3, "value": "speculative decoding"}]
    return await scene.double.interact(
        2, {"id": id, "name": "explain", "type": 1, "options": options}, scene.channel, USER
    )


async def press(scene: Scene, message: Json, name: str, user: Json) -> Any:
    """Press a button of an answer, where everybody may do everything, and return the exchange."""
    found = [one["custom_id"] for row in message["components"] for one in row["components"]]
    data = {"component_type": 2, "custom_id": next(id for id in found if id.startswith(f"p:{name}:"))}
    may = (1 << 50) - 1
    where = {"message": message, "permissions": may, "app_permissions": str(may)}
    return await scene.double.interact(3, data, scene.channel, user, **where)


async def until(exchange: Any, there: Callable[[Json], object] = lambda reply: True) -> Json:
    """Wait for the reply, and until it is as it should be."""
    while not (exchange.replies and there(exchange.replies[0])):
        exchange.changed.clear()
        await exchange.changed.wait()
    found: Json = exchange.replies[0]
    return found


def whole(reply: Json) -> object:
    """Tell whether an answer has its buttons."""
    return reply["components"]


def test_an_explanation_is_answered_over_the_wire(ledger: Ledger) -> None:
    """Acknowledged within three seconds, then edited; its sources follow. Nothing of it is refused."""

    async def scenario(scene: Scene) -> None:
        asked = await ask(scene)
        message = await until(asked, whole)
        listed = await until(await press(scene, message, "sources", USER))

        assert asked.acknowledged_s < 3
        assert asked.callback is not None
        assert asked.callback["type"] == 5
        assert [len(row["components"]) for row in message["components"]] == [5, 2]
        assert "Drafting well" in listed["embeds"][0]["description"]

    alive(ledger, scenario)


def test_two_who_press_at_once_each_have_an_answer_and_share_a_thread(ledger: Ledger) -> None:
    """Simpler is explained to both; one of two opens the thread, and both are led to it."""

    async def scenario(scene: Scene) -> None:
        world = scene.double.world
        message = await until(await ask(scene), whole)
        world.messages[scene.channel["id"]][message["id"]] = message
        simpler = await asyncio.gather(*(press(scene, message, "simpler", who) for who in (USER, BOB)))
        answers = [await until(one, whole) for one in simpler]
        opened = await asyncio.gather(*(press(scene, message, "thread", who) for who in (USER, BOB)))
        told = [await until(one) for one in opened]

        assert len({answer["components"][0]["components"][0]["custom_id"] for answer in answers}) == 2
        assert [one["embeds"][0]["description"] for one in told] == [f"Go on in <#{message['id']}>."] * 2
        assert len(world.messages[message["id"]]) == 1

    alive(ledger, scenario)


def said(reply: Json) -> str:
    """Return what an answer's message says."""
    return " ".join(str(one.get("description", "")) for one in reply["embeds"])


def test_a_models_answer_grows_by_edits(ledger: Ledger) -> None:
    """Each claim is there once it is written and checked; the buttons come with the whole."""
    model = Scripted(WHAT, MARS, HOW, writes=[[WHAT], [WHAT, MARS, HOW]])

    async def scenario(scene: Scene) -> None:
        asked = await ask(scene)
        first = await until(asked, lambda reply: WHAT.text in said(reply))
        assert HOW.text not in said(first)
        model.turns.release()
        second = await until(asked, lambda reply: HOW.text in said(reply))
        assert not whole(second)
        model.turns.release()
        last = await until(asked, whole)

        assert WHAT.text in said(last)
        assert HOW.text in said(last)
        assert "Mars" not in "".join(map(said, (first, second, last)))
        assert len([one for one in scene.double.requests if one.startswith("PATCH /webhooks")]) <= 4

    alive(ledger, scenario, answerer=model)


def test_a_model_that_breaks_off_leaves_nothing_behind(ledger: Ledger) -> None:
    """The offline answer takes the place of what was shown, in the same message, and says why."""
    model = Scripted(error=ModelError("cut"), writes=[[WHAT, HOW]])

    async def scenario(scene: Scene) -> None:
        asked = await ask(scene)
        await until(asked, lambda reply: HOW.text in said(reply))
        model.turns.release()
        last = await until(asked, whole)

        assert HOW.text not in said(last)
        assert "What it is" in said(last)
        assert "gave no answer" in str(last["embeds"])
        assert len(asked.replies) == 1

    alive(ledger, scenario, answerer=model)


class Dying(Scripted):
    """A model whose answer is lost when it is whole."""

    async def answer(self, *given: Any, **more: Any) -> Draft:
        """Write, and fail."""
        await super().answer(*given, **more)
        raise StoreError("the disk is gone")


def test_an_answer_that_breaks_off_says_so(ledger: Ledger) -> None:
    """What was shown stays, with a word that no more of it comes; whoever asked is told what went wrong."""
    model = Dying(writes=[[WHAT]])

    async def scenario(scene: Scene) -> None:
        asked = await ask(scene)
        await until(asked, lambda reply: WHAT.text in said(reply))
        model.turns.release()
        last = await until(asked, lambda reply: len(asked.replies) == 2)

        assert WHAT.text in said(last)
        assert "broke off" in said(last)
        assert "Reading" not in said(last)
        assert "Try again" in said(asked.replies[1])

    alive(ledger, scenario, answerer=model)


def test_an_answer_is_not_lost_by_a_cut(ledger: Ledger) -> None:
    """Discord hangs up in the middle of the edit that shows it; what was acknowledged is answered."""

    async def scenario(scene: Scene) -> None:
        scene.double.faults.append(Fault("drop before", "PATCH /webhooks"))

        answer = await until(await ask(scene), whole)

        assert "What it is" in answer["embeds"][0]["description"]

    alive(ledger, scenario)
