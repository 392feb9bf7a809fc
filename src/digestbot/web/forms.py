"""What browsers send: a form's fields, of no more than so many bytes and within some seconds."""

from __future__ import annotations

from asyncio import timeout
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from digestbot.web.wish import Form

MAX_FORM_BYTES = 20_000
MAX_FIELDS = 200
WITHIN_S = 20.0
"""Who takes longer to send a form keeps a place that others need; a phone sends the largest in a second."""


async def form_of(request: Request, max_bytes: int = MAX_FORM_BYTES) -> Form:
    """Return the fields of a form; raises HTTPException for what is none or is too large."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = await body_of(request, max_bytes)
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error


async def body_of(request: Request, max_bytes: int, within_s: float = WITHIN_S) -> bytes:
    """Return what a request brings; raises HTTPException as soon as it is too large or too late.

    What it says of its own size counts for nothing.
    """
    parts, size = [], 0
    try:
        async with timeout(within_s):
            async for part in request.stream():
                size += len(part)
                if size > max_bytes:
                    raise HTTPException(413)
                parts.append(part)
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    except TimeoutError as error:
        raise HTTPException(408, headers={"Connection": "close"}) from error
    return b"".join(parts)
