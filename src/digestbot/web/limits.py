"""How often one client may ask; kept in memory, and bounded."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

MAX_CLIENTS = 10_000
"""Past that the one longest silent is forgotten."""


class Clients:
    """Counts what each client asked within a span."""

    def __init__(self, most: int, span: timedelta) -> None:
        """Let each ask `most` times within `span`."""
        self._most, self._span = most, span
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()

    def may(self, client: str, now: datetime) -> bool:
        """Tell whether a client may ask once more, and count it if so."""
        name = name_of(client)
        asked = self._asked.setdefault(name, deque())
        self._asked.move_to_end(name)
        if len(self._asked) > MAX_CLIENTS:
            self._asked.popitem(last=False)
        if self.is_spent(client, now):
            return False
        asked.append(now)
        return True

    def is_spent(self, client: str, now: datetime) -> bool:
        """Tell whether a client has asked as often as it may; counts nothing."""
        asked = self._asked.get(name_of(client), deque())
        while asked and asked[0] <= now - self._span:
            asked.popleft()
        return len(asked) >= self._most


def name_of(client: str) -> str:
    """Return whom an address stands for: IPv6 gives each subscriber 2^64 of them."""
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return client[:100]
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(ip_network((address, 64), strict=False))
    return str(address)
