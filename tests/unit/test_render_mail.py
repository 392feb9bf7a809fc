"""The digest as a mail, read back with the standard library's parser."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import timedelta, timezone
from email.message import EmailMessage
from typing import cast

import digests
import pytest

from digestbot.domain import Channel, Digest, DigestId
from digestbot.pipeline.publish import delivery_key
from digestbot.render.html import digest_html
from digestbot.render.links import Links
from digestbot.render.mail import digest_mail, earlier_ids, message_id_for
from digestbot.render.text import digest_text

_FROM = "digestbot <digest@example.org>"


def _sent(source: Digest, sender: str = _FROM, to: str = "reader@example.com") -> EmailMessage:
    return read(digest_mail(source, sender, to, "<id@example.org>"))


def read(raw: bytes) -> EmailMessage:
    """Return a mail as its reader's program reads it."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_both_parts_arrive_as_they_were_rendered() -> None:
    """Plain text comes first and HTML second, and both survive the transfer encoding letter for letter."""
    message = _sent(digests.realistic())

    plain, html = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert cast(EmailMessage, plain).get_content().replace("\r\n", "\n") == digest_text(digests.realistic(), 76)
    assert cast(EmailMessage, html).get_content().replace("\r\n", "\n") == digest_html(digests.realistic())
    assert [part.get_content_charset() for part in message.iter_parts()] == ["utf-8", "utf-8"]


def test_the_headers_say_what_it_is() -> None:
    """Subject, date, ids and the marks of automatic list mail are there, and nothing is defective."""
    message = _sent(digests.realistic())

    assert message["Subject"] == "From N-grams to LLMs: 10 stories, 12 April 2026"
    assert message["Date"].datetime == digests.AT
    assert message["Message-ID"] == "<id@example.org>"
    assert message["List-Id"] == "<daily.digestbot.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert not message.defects


def test_the_same_digest_makes_the_same_bytes() -> None:
    """Nothing in a mail depends on the moment or on chance, and another Message-ID makes another boundary."""
    first, second = (digest_mail(digests.realistic(), _FROM, "a@b.example", "<i@b>") for _ in range(2))

    other = digest_mail(digests.realistic(), _FROM, "a@b.example", "<j@b>")
    assert first == second
    assert str(read(other).get_boundary()) not in first.decode()


def test_no_line_is_longer_than_smtp_allows() -> None:
    """Lines end in CRLF and are at most 998 bytes (RFC 5321), whatever the digest holds."""
    raw = digest_mail(digests.hostile(), _FROM, "a@b.example", "<i@b>")

    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_title_cannot_add_a_header() -> None:
    """Line ends in outside text stay out of the headers."""
    message = _sent(
        replace(digests.realistic(), roadmap_title="a\r\nBcc: v@e.example\r\n\r\nbody", subscription="x\r\nTo: y")
    )

    assert message["Bcc"] is None
    assert message["Subject"].startswith("a Bcc: v@e.example body: ")
    assert message["List-Id"] == "<x-to-y.digestbot.example.org>"


def test_a_chinese_subject_and_name_arrive() -> None:
    """Headers outside ASCII are encoded words and read back as they were."""
    message = _sent(replace(digests.realistic(), roadmap_title="大模型学习路线"), to="王小明 <wang@例子.cn>")

    assert message["Subject"] == "大模型学习路线: 10 stories, 12 April 2026"
    assert message["To"].addresses[0].display_name == "王小明"
    assert message["To"].addresses[0].addr_spec == "wang@xn--fsqu00a.cn"


def test_an_international_mailbox_makes_an_utf8_message() -> None:
    """A local part outside ASCII is written as it is, for servers with SMTPUTF8."""
    raw = digest_mail(digests.empty(), _FROM, "用户@例子.cn", "<i@b>")

    assert "To: 用户@xn--fsqu00a.cn\r\n".encode() in raw


@pytest.mark.parametrize(
    "to",
    ["", "nobody", "a@", "@b", "a@b, c@d", "a@b\r\nBcc: c@d", "a b@c.example", "a@b@c.example", "<a@b", "A <a@b> c"],
)
def test_what_is_no_single_address_is_refused(to: str) -> None:
    """Two addresses, a line end or a missing part raise before anything is sent."""
    with pytest.raises(ValueError, match="is not a mail address"):
        digest_mail(digests.empty(), _FROM, to, "<i@b>")


def test_the_date_keeps_its_instant_in_any_zone() -> None:
    """A digest made in another zone has the same instant in its Date and the UTC day in its subject."""
    late = digests.AT.astimezone(timezone(timedelta(hours=-8)))

    message = _sent(replace(digests.empty(), created_at=late))

    assert message["Date"].datetime == digests.AT
    assert message["Subject"].endswith("12 April 2026")


def test_the_message_id_is_the_same_at_every_try() -> None:
    """A delivery's Message-ID depends on its key and the sender's domain only."""
    assert message_id_for("k", _FROM) == message_id_for("k", "other@example.org")
    assert message_id_for("k", _FROM) != message_id_for("l", _FROM)
    assert message_id_for("k", _FROM).endswith("@example.org>")


@pytest.mark.parametrize("title", ["=?utf-8?q?map=0D=0ABcc:_eve?=", "=?utf-8?b?bWFwCkJjYzogZXZl?="])
def test_an_encoded_word_in_a_title_is_no_header(title: str) -> None:
    """The library decodes encoded words in what it is given, line ends within them too: they are broken up."""
    sent = digest_mail(
        replace(digests.digest(), roadmap_title=title), "a@example.org", "b@example.org", "<1@example.org>"
    )
    named = digest_mail(digests.digest(), f'"{title}" <a@example.org>', "b@example.org", "<1@example.org>")

    plain = read(digest_mail(digests.digest(), "a@example.org", "b@example.org", "<1@example.org>"))
    for again in map(read, (sent, named)):
        assert again["Bcc"] is None
        assert list(again.keys()) == list(plain.keys())


def test_news_of_a_story_replies_to_the_mail_that_told_it() -> None:
    """The headers name the very Message-IDs that the earlier digests had on the same channel, so that mails thread."""
    channel, sender = Channel("smtp", "ada@example.org"), "digest@example.org"
    first, second = (DigestId(f"20260{n}01-mine-abc") for n in (1, 2))
    now = digests.digest(id="20260301-mine-abc", earlier=(first, second))
    told = [message_id_for(delivery_key(id, channel), sender) for id in (first, second)]

    earlier = earlier_ids(now, delivery_key(now.id, channel), sender)
    message = read(digest_mail(now, sender, channel.address, "<1@example.org>", earlier=earlier))

    assert message["In-Reply-To"] == told[1]
    assert str(message["References"]).split() == told


def test_addresses_in_headers_are_not_encoded() -> None:
    """However long a link is, the header that a mail provider looks for it in says it letter for letter."""
    link = "https://d.example.org/unsubscribe/" + "x" * 300
    links = Links(one_click=link)

    raw = digest_mail(digests.realistic(), _FROM, "ada@example.org", "<1@example.org>", links)

    assert f"\r\nList-Unsubscribe: <{link}>,\r\n <mailto:digest@example.org?".encode() in raw
    assert b"\r\nMessage-ID: <1@example.org>\r\n" in raw


def test_a_digest_without_news_replies_to_nothing() -> None:
    """A plain digest begins a thread of its own."""
    message = read(digest_mail(digests.realistic(), "digest@example.org", "ada@example.org", "<1@example.org>"))

    assert message["In-Reply-To"] is None
    assert message["References"] is None
