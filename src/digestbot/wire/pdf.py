"""Reads the text of a PDF with pypdf; pure, and for a process that can be stopped: some files take it for ever."""

from __future__ import annotations

import re
from io import BytesIO

from digestbot.errors import SourceError
from digestbot.ports import Page
from digestbot.wire.language import language_of
from digestbot.wire.plaintext import MAX_TEXT_CHARS, clean_text, clean_title

MAX_PAGES = 60
_REFERENCES = re.compile(r"^(?:\d+\.? )?(?:references|bibliography|参考文献)$", re.IGNORECASE | re.MULTILINE)
_BROKEN_WORD = re.compile(r"(?<=[a-z])-\n(?=[a-z])")


def pdf_page(body: bytes, url: str) -> Page:
    """Return a PDF's text without its references, and what its file says of title and authors.

    Raises SourceError: `not-html` for what is no PDF or is locked, `no-text` for pictures of pages.
    """
    from pypdf import PdfReader  # late: 0.1 s that few runs need
    from pypdf.errors import PyPdfError

    try:
        document = PdfReader(BytesIO(body))
        count = len(document.pages)
        text = "\n".join(page.extract_text() for page in document.pages[:MAX_PAGES])
        said = document.metadata
        title, author = (clean_title(str(value or "")) for value in (said.title, said.author)) if said else ("", "")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError(f"the pdf cannot be read: {type(error).__name__}", reason="not-html") from error
    text = clean_text(_BROKEN_WORD.sub("", text))
    references = [match.start() for match in _REFERENCES.finditer(text)]
    # The word stands in tables of contents too: only where most of the text is before it does it end the text.
    text = text[: references[-1]].rstrip() if references and references[-1] > len(text) // 2 else text
    if not text:
        raise SourceError("the pdf holds no text", reason="no-text")
    cut = count > MAX_PAGES or len(text) >= MAX_TEXT_CHARS
    return Page(
        text=text,
        url=url,
        title=title,
        authors=tuple(name.strip() for name in re.split(r"[;,]", author) if name.strip())[:50],
        lang=language_of(text),
        partial=f"only the first {min(count, MAX_PAGES)} of {count} pages were read" if cut else "",
    )
