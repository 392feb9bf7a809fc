"""Tells which network addresses may be asked, and how a URL is shown; pure, so that it is tested without a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_V6_GLOBAL = IPv6Network("2000::/3")
"""The only unicast space IANA has handed out (RFC 4291, section 2.4); all else is local, special or unassigned."""
_NAT64 = IPv6Network("64:ff9b::/96")
_V4_IN_V6 = IPv6Network("::/96")
_REFUSED: tuple[Network, ...] = (
    # Global by their numbers, yet answered by the machine or network we run in.
    IPv4Network("168.63.129.16/32"),  # Azure's host agent
    IPv4Network("192.0.0.0/24"),  # RFC 6890; some clouds serve metadata here
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    IPv4Network("198.18.0.0/15"),  # benchmarks, RFC 2544
    IPv6Network("2001::/23"),  # IETF protocols, Teredo among them
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)


def is_allowed(text: str, allow_nets: Sequence[Network] = ()) -> bool:
    """Tell whether a literal address is public, or lies in one of `allow_nets`; what cannot be read is refused.

    An IPv6 address that carries an IPv4 address (mapped, compatible, 6to4, NAT64) is judged by that one too.
    """
    try:
        address = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return False
    if address.version == 6 and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in net for net in allow_nets if net.version == address.version):
        return True
    return all(_is_public(one) for one in _meant(address))


def shown(url: object) -> str:
    """Return a URL, or what prints as one, for a message: scheme, host and path in quotes, no credentials or query."""
    text = str(url).partition("#")[0].partition("?")[0]
    scheme, mark, rest = text.partition("://")
    authority, slash, path = rest.partition("/")
    return repr((scheme + mark + authority.rpartition("@")[2] + slash + path)[:200])


def _meant(address: Address) -> Iterator[Address]:
    if address.version == 4:
        yield address
    elif address in _NAT64 or address in _V4_IN_V6:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address
        if address.sixtofour is not None:
            yield address.sixtofour


def _is_public(address: Address) -> bool:
    if address.version == 6 and address not in _V6_GLOBAL:
        return False
    if any(address in net for net in _REFUSED if net.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
