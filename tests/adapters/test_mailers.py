"""What the web pages mail with, and how the program puts both together."""

from __future__ import annotations

import asyncio
import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from fakes import NOW, digest

from digestbot.adapters.ledger import Ledger
from digestbot.adapters.maildir_sender import MaildirMailer
from digestbot.adapters.smtp_sender import SmtpMailer
from digestbot.app import Explainer, mail_links, tokens_of, web_pages
from digestbot.domain import Channel
from digestbot.errors import ConfigError, DeliveryError
from digestbot.render.mail import digest_mail
from digestbot.settings import load
from digestbot.web.letters import Envelope, confirm_mail
from digestbot.web.words import EN, ZH, PageWords

ADA = Channel("smtp", "ada@example.org")


def letter(words: PageWords = EN, to: str = "ada@example.org") -> EmailMessage:
    """Return a mail that asks to confirm."""
    frame = Envelope("Digest <d@example.org>", to, "https://d.example", NOW, "id")
    return confirm_mail(words, frame, "https://d.example/confirm/x", NOW)


@pytest.mark.parametrize(("words", "to"), [(EN, "ada@example.org"), (ZH, "ada@example.org"), (ZH, "用户@例子.cn")])
def test_a_letter_reads_back(words: PageWords, to: str, tmp_path: Path) -> None:
    """What a reader's program gets says in their language what was asked, with the link whole on a line of its own."""
    asyncio.run(MaildirMailer(tmp_path).post(letter(words, to), to))

    [file] = (tmp_path / "new").iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["Subject"] == words.confirm_subject
    assert message["Auto-Submitted"] == "auto-replied"
    assert isinstance(message, EmailMessage)
    assert "https://d.example/confirm/x" in message.get_content().splitlines()


def test_a_mail_that_cannot_be_put_away_is_told(tmp_path: Path) -> None:
    """A maildir that cannot be made is an error that names it."""
    (tmp_path / "file").write_text("")

    with pytest.raises(DeliveryError, match="maildir"):
        asyncio.run(MaildirMailer(tmp_path / "file").post(letter(), "ada@example.org"))


def test_mail_over_smtp_goes_over_one_connection(tmp_path: Path) -> None:
    """The envelope names sender and reader, the message follows, and the server is taken leave of."""
    said: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        while line := await reader.readline():
            said.append(line.decode().strip())
            if line.startswith(b"DATA"):
                writer.write(b"354 go\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 ok\r\n")
        writer.close()

    async def work() -> None:
        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            mailer = SmtpMailer(f"smtp+plain://127.0.0.1:{port}", "d@example.org")
            await mailer.post(letter(), "ada@example.org")

    asyncio.run(work())

    assert [line.split()[0].lower() for line in said] == ["ehlo", "mail", "rcpt", "data", "quit"]
    assert "<ada@example.org>" in said[2]


def test_mails_link_to_the_pages_where_there_are_some(tmp_path: Path) -> None:
    """With a public address a digest's mail can be ended in one click; without, by mail to the sender."""
    with_pages = mail_links(load(home=tmp_path, public_url="https://d.example.org"))(digest(subscription="s"), ADA)
    without = mail_links(load(home=tmp_path))(digest(), ADA)

    linked, plain = (
        email.message_from_bytes(digest_mail(digest(), "d@example.org", ADA.address, "<1@example.org>", links))
        for links in (with_pages, without)
    )
    assert linked["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert linked["List-Unsubscribe"].startswith("<https://d.example.org/unsubscribe/")
    assert plain["List-Unsubscribe-Post"] is None


def test_links_hold_as_long_as_the_secret(tmp_path: Path) -> None:
    """A token is read by the next process of the same data folder, or of the same setting, and by no other."""
    token = tokens_of(load(home=tmp_path)).sign("digest", None, d="1")

    found = [tokens_of(load(home=home)).read("digest", token, NOW) for home in (tmp_path, tmp_path / "other")]

    assert found == [{"d": "1"}, None]


def test_pages_need_an_address(ledger: Ledger, tmp_path: Path) -> None:
    """Nothing is served that mails could not link to."""
    with pytest.raises(ConfigError, match="DIGESTBOT_PUBLIC_URL"):
        web_pages(lambda: load(home=tmp_path), ledger, print, Explainer(load).explain)
