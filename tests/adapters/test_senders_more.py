"""The Atom file and the webhook: what arrives, once, whatever is in it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import feedparser
import pytest
from fakes import NOW, digest

from digestbot.adapters.atom_sender import MAX_ENTRIES, AtomSender
from digestbot.adapters.webhook_sender import WebhookSender, signing_key
from digestbot.domain import Channel, Digest, DigestId, DigestSection, Entry, StoryId
from digestbot.errors import ConfigError, DeliveryError

HOSTILE = ("<script>alert(1)</script>", "]]><b>x</b>", "&amp; &lt;", "\x00\x1b[31mred", "\u202egnp.exe", "x" * 10_000)


def entry(title: str, name: str = "s") -> Entry:
    """Return an entry whose every text is the title."""
    return Entry(StoryId(name), title, "javascript:alert(1)", "post", title, (title,), title, 0.5, "abstract")


def send(sender: AtomSender, path: Path, *digests: Digest) -> None:
    """Send digests to an Atom file."""
    for one in digests:
        asyncio.run(sender.send(one, Channel("atom", str(path)), f"{one.id}-atom"))


def test_stories_are_entries_newest_first_and_once(tmp_path: Path) -> None:
    """A second send of a digest replaces its entries; an earlier digest's stay behind it."""
    path, first, second = tmp_path / "out" / "a.xml", digest("d1"), digest("d2")
    sender = AtomSender()

    send(sender, path, first, second, second)

    found = feedparser.parse(path.read_bytes())
    assert not found.bozo
    assert [one.title for one in found.entries] == ["A title", "A title"]
    assert [one.id.rpartition(":")[0] for one in found.entries] == ["urn:digestbot:d2", "urn:digestbot:d1"]
    assert found.entries[0].link == "https://blog.example/a"
    assert asyncio.run(sender.find(first, Channel("atom", str(path)), "")) == str(path)
    assert asyncio.run(sender.find(digest("d3"), Channel("atom", str(path)), "")) == ""
    assert [file.name for file in path.parent.iterdir()] == ["a.xml"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path: Path, text: str) -> None:
    """No markup, no script address and no control character reaches a feed reader, again and again."""
    path = tmp_path / "a.xml"
    one = digest(sections=(DigestSection("I", text, (entry(text),)),))

    send(AtomSender(), path, one, replace(one, id=DigestId("d2")))

    found = feedparser.parse(path.read_bytes())
    assert not found.bozo
    assert len(found.entries) == 2
    assert [link for shown in found.entries for link in shown.get("links", ())] == []
    assert {shown.content[0].type for shown in found.entries} == {"text/plain"}
    assert b"\x1b" not in path.read_bytes()


def test_an_atom_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    """The oldest entries go; a file that is no feed is replaced."""
    path = tmp_path / "a.xml"
    path.write_text("not a feed")
    section = DigestSection("I", "One", tuple(entry(str(n), f"s{n}") for n in range(MAX_ENTRIES - 1)))

    send(AtomSender(), path, digest("d1", sections=(section,)), digest("d2"), digest("d3", sections=()))

    found = feedparser.parse(path.read_bytes()).entries
    assert (len(found), found[0].title, found[1].title) == (MAX_ENTRIES, "A map: nothing new, 12 April 2026", "A title")


class Hook:
    """A webhook that answers with a status and remembers what it got."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.got: list[tuple[str, Mapping[str, str], bytes]] = []

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.got.append((url, headers, body))
        return self.status


def test_a_webhook_gets_a_signed_digest() -> None:
    """Id, time and body are signed with the secret by HMAC-SHA256, as Standard Webhooks writes it."""
    hook, channel = Hook(), Channel("webhook", "https://hook.example/x")

    reference = asyncio.run(WebhookSender("s3cret", hook, lambda: NOW).send(digest(), channel, "key-1"))

    [(url, headers, body)] = hook.got
    signed = hmac.new(b"s3cret", b"key-1." + headers["webhook-timestamp"].encode() + b"." + body, hashlib.sha256)
    assert (url, reference, headers["webhook-id"]) == (channel.address, "key-1", "key-1")
    assert headers["webhook-signature"] == "v1," + base64.b64encode(signed.digest()).decode()
    assert json.loads(body)["data"]["sections"][0]["entries"][0]["title"] == "A title"


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (410, True), (302, True), (429, False), (503, False)])
def test_a_webhook_that_refuses_is_told_without_its_address(status: int, permanent: bool) -> None:
    """What cannot become better is given up, what can is tried again; the address stays secret."""
    with pytest.raises(DeliveryError) as caught:
        asyncio.run(
            WebhookSender(post=Hook(status)).send(digest(), Channel("webhook", "https://h.example/s3cret"), "k")
        )

    assert (caught.value.permanent, caught.value.in_doubt) == (permanent, False)
    assert "s3cret" not in str(caught.value)


def test_without_a_secret_nothing_is_signed_and_nothing_can_be_asked() -> None:
    """No signature rather than one with an empty key; whether a digest arrived, a webhook cannot tell."""
    sender = WebhookSender(post=Hook(), wall=lambda: NOW)

    assert "webhook-signature" not in sender.headers("k", b"")
    assert asyncio.run(sender.find(digest(), Channel("webhook", "x"), "k")) is None


def answering(status: str, allow_nets: str = "127.0.0.0/8", host: str = "127.0.0.1") -> tuple[list[bytes], object]:
    """Post to a server on loopback that says this; return what it got, and the reference or the error."""
    got: list[bytes] = []

    async def work() -> object:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.append(await reader.readuntil(b"\r\n\r\n"))
            if status:
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            writer.close()

        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            sender = WebhookSender(allow_nets=[ip_network(allow_nets)])
            try:
                return await sender.send(digest(), Channel("webhook", f"http://{host}:{port}/s3cret"), "key")
            except DeliveryError as error:
                return error

    return got, asyncio.run(work())


def test_a_webhook_of_this_machine_is_allowed_on_purpose_only() -> None:
    """Private networks are refused after the name was resolved, however the host is written; the settings open some."""
    allowed, reference = answering("204 No Content")
    refused = [answering("204 No Content", "10.0.0.0/8", host) for host in ("127.0.0.1", "localhost")]

    assert (reference, allowed[0].partition(b" HTTP")[0]) == ("key", b"POST /s3cret")
    assert [got for got, _ in refused] == [[], []]
    assert all(isinstance(error, DeliveryError) and error.permanent for _, error in refused)


def test_a_webhook_that_says_nothing_is_in_doubt() -> None:
    """The request may have been read before the connection went: the digest may have been taken."""
    got, error = answering("")

    assert len(got) == 1
    assert isinstance(error, DeliveryError)
    assert error.in_doubt
    assert "s3cret" not in str(error)


def test_a_webhook_that_is_gone_is_left_alone() -> None:
    """410 says that nothing more is wanted, so that the address is shut."""
    _, error = answering("410 Gone")

    assert isinstance(error, DeliveryError)
    assert (error.nobody, error.permanent) == (True, True)


def test_a_secret_may_be_written_as_the_standard_has_it() -> None:
    """`whsec_` and Base64 stand for bytes, as other programs that verify signatures read it."""
    key = base64.b64encode(b"bytes \xff of a key").decode()

    assert signing_key(f"whsec_{key}") == b"bytes \xff of a key"
    assert signing_key("plain") == b"plain"
    with pytest.raises(ConfigError, match="Base64"):
        signing_key("whsec_!")
