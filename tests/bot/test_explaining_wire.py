"""Explanations over the wire: what discord.py sends for them, judged as Discord would."""

from __future__ import annotations

import pytest
from test_life import USER, Scene, alive

from digestbot.adapters.ledger import Ledger

pytestmark = pytest.mark.slow


def test_an_explanation_is_answered_over_the_wire(ledger: Ledger) -> None:
    """Acknowledged within three seconds, then edited; its sources follow. Nothing of it is refused."""

    async def scenario(scene: Scene) -> None:
        double = scene.double
        id = next(one["id"] for one in double.world.commands if one["name"] == "explain")
        options = [{"name": "topic", "type": 3, "value": "speculative decoding"}]
        data = {"id": id, "name": "explain", "type": 1, "options": options}
        asked = await double.interact(2, data, scene.channel, USER)
        while not (asked.replies and asked.replies[0]["components"]):
            asked.changed.clear()
            await asked.changed.wait()
        message = asked.replies[0]
        press = {"component_type": 2, "custom_id": message["components"][0]["components"][3]["custom_id"]}
        listed = await double.interact(3, press, scene.channel, USER, message=message)
        while not listed.replies:
            listed.changed.clear()
            await listed.changed.wait()

        assert asked.acknowledged_s < 3
        assert asked.callback is not None
        assert asked.callback["type"] == 5
        assert [len(row["components"]) for row in message["components"]] == [5, 2]
        assert "Drafting well" in listed.replies[0]["embeds"][0]["description"]

    alive(ledger, scenario)
