"""What the domain name system says of a mail domain, by questions that end in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from digestbot.errors import SourceError

TIMEOUT_S = 5.0


@dataclass(frozen=True)
class MailNames:
    """What is known of a mail domain and of the server that sends for it; each list is empty where there is none.

    `reverse` has the names of the server's address, `confirmed` those of them that lead back to it.
    """

    mx: tuple[str, ...]
    addresses: tuple[str, ...]
    spf: tuple[str, ...]
    dmarc: tuple[str, ...]
    server: tuple[str, ...]
    reverse: tuple[str, ...]
    confirmed: tuple[str, ...]


class Names:
    """Asks a resolver: the system's own, or the servers that are named, for tests."""

    def __init__(self, servers: Sequence[str] = (), port: int = 53, timeout_s: float = TIMEOUT_S) -> None:
        import dns.resolver

        self._resolver = dns.resolver.Resolver(configure=not servers)
        if servers:
            self._resolver.nameservers, self._resolver.port = list(servers), port
        self._resolver.lifetime = timeout_s

    def of(self, domain: str, host: str) -> MailNames:
        """Return what is said of a sender's domain and of the mail server; raises SourceError where nobody answers."""
        server = self._values(host, "A") + self._values(host, "AAAA")
        reverse = self._reverse(server[0]) if server else []
        confirmed = [name for name in reverse if server[0] in self._values(name, "A") + self._values(name, "AAAA")]
        return MailNames(
            mx=tuple(self._values(domain, "MX")),
            addresses=tuple(self._values(domain, "A") + self._values(domain, "AAAA")),
            spf=tuple(_beginning(self._values(domain, "TXT"), "v=spf1")),
            dmarc=tuple(_beginning(self._values(f"_dmarc.{domain}", "TXT"), "v=dmarc1")),
            server=tuple(server),
            reverse=tuple(reverse),
            confirmed=tuple(confirmed),
        )

    def _reverse(self, address: str) -> list[str]:
        import dns.reversename

        return self._values(dns.reversename.from_address(address), "PTR")

    def _values(self, name: Any, kind: str) -> list[str]:
        import dns.exception
        import dns.name
        import dns.resolver

        try:
            found = self._resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.EmptyLabel, dns.name.LabelTooLong):
            return []
        except (dns.exception.DNSException, OSError) as error:
            text = f"the name server does not answer about {str(name)!r}: {type(error).__name__}"
            raise SourceError(text, reason="dns") from error
        # Resolvers hand out records in any order, some in another one each time.
        return sorted(_text(one, kind) for one in found)


def _text(record: Any, kind: str) -> str:
    if kind == "TXT":
        return b"".join(record.strings).decode("utf-8", "replace")
    if kind in ("MX", "PTR"):
        return str(record.exchange if kind == "MX" else record.target).rstrip(".").lower()
    return str(record)


def _beginning(texts: Iterable[str], start: str) -> list[str]:
    return [text for text in texts if text.lower().startswith(start)]
