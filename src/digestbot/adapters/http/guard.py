"""Keeps requests off addresses that are not public: where a name is resolved, and where a socket is made.

Both checks are needed. The resolver's answer is what is connected to, so that a name which changes its answer between
check and use gains nothing; the socket is the last door, which no way of writing a host gets around.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from digestbot.wire.addresses import Network, is_allowed

Lookup = Callable[..., list[Any]]
"""What `socket.getaddrinfo` does."""
_LOOKUPS = 32
"""Names resolved at once, in threads of their own: a slow name server must not stand in the way of the ledger."""


class RefusedAddress(OSError):
    """A name led to an address that we do not ask; an OSError, as aiohttp expects of resolvers and sockets."""


class GuardedResolver(AbstractResolver):
    """Resolves like the system does and keeps the addresses that may be asked."""

    def __init__(self, allow_nets: Sequence[Network], lookup: Lookup = socket.getaddrinfo) -> None:
        self._allow_nets = allow_nets
        self._lookup = lookup
        self._threads = ThreadPoolExecutor(_LOOKUPS, "resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host that may be asked; raises OSError, RefusedAddress where none may."""
        ask = partial(self._lookup, host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        kept = [one for one in found if is_allowed(str(one[4][0]), self._allow_nets)]
        if found and not kept:
            raise RefusedAddress(f"host {host!r} has no public address")
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in kept
        ]

    async def close(self) -> None:
        """End the threads; one that still waits for an answer is left to it."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def socket_for(info: Any, allow_nets: Sequence[Network]) -> socket.socket:
    """Make the socket for an address of `getaddrinfo`; raises RefusedAddress."""
    family, kind, protocol, _, address = info
    if not is_allowed(str(address[0]), allow_nets):
        raise RefusedAddress(f"address {address[0]} is not public")
    made = socket.socket(family, kind, protocol)
    made.setblocking(False)
    return made
